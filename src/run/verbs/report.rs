//! `zmpace report`: reads the journal, feeds the fold, and writes what was asked for.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use jiff::{Timestamp, tz::TimeZone};

use super::{failure_line, json};
use crate::{
    cli::{Emit, ReportArgs, ReportFormat, ReportTable},
    journal::{Journal, Reader, RunId, RunRow},
    lang::Lang,
    report::{
        self, Fold, Morning, Table,
        facts::{AccountFacts, AttemptFacts, RunFacts},
    },
    run::{Ended, Exit, night::journal_failed},
    settings::{self, Settings, Surroundings},
    zimbra::transfer::Format,
};

/// `zmpace report`
///
/// # Errors
/// There is no journal or no such run, or the result cannot be written.
pub fn report(args: &ReportArgs, around: &Surroundings) -> Result<Exit, Ended> {
    let settings = settings::load(&args.common, around)?;
    let directory = Path::new(&settings.state.directory);
    let reader = Journal::read(directory).map_err(|error| journal_failed(&error))?;
    let held = Journal::is_held(directory);
    let (format, lang) = (format_of(args), settings.show.lang());
    let told = |id: Option<i64>| morning(&reader, id, held, &settings);
    if let Some([first, second]) = args.compare.as_deref() {
        let (first, second) = (told(Some(*first))?, told(Some(*second))?);
        let text = match format {
            ReportFormat::Text => report::compare(&first, &second, lang).text(lang),
            ReportFormat::Markdown => report::compare(&first, &second, lang).markdown(lang),
            ReportFormat::Json => json(&report::compare(&first, &second, Lang::En)),
            ReportFormat::Html | ReportFormat::Csv => {
                let message = "--compare: --format text, markdown or json";
                return Err(Ended::new(Exit::Usage, message));
            }
        };
        return deliver(text.as_bytes(), args.output.as_deref());
    }
    let morning = told(args.run)?;
    let bytes = if let Some(Emit::Zmztozmig) = args.emit {
        let nothing = "nothing tells a number of threads yet; `zmpace bench` measures one, a night under `zmpace run` shows one";
        morning.zmztozmig().ok_or_else(|| Ended::new(Exit::Unclassified, nothing))?.into_bytes()
    } else {
        let mut bytes = Vec::new();
        render(&morning, format, args.table, lang, &mut bytes)
            .map_err(|error| Ended::new(Exit::Unclassified, error.to_string()))?;
        bytes
    };
    deliver(&bytes, args.output.as_deref())
}

/// What was asked for, or what the file's name says.
fn format_of(args: &ReportArgs) -> ReportFormat {
    let by_name = || match args.output.as_deref()?.extension()?.to_str()? {
        "html" | "htm" => Some(ReportFormat::Html),
        "json" => Some(ReportFormat::Json),
        "csv" => Some(ReportFormat::Csv),
        "md" => Some(ReportFormat::Markdown),
        _ => None,
    };
    args.format.or_else(by_name).unwrap_or(ReportFormat::Text)
}

fn render(
    morning: &Morning,
    format: ReportFormat,
    table: ReportTable,
    lang: Lang,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    match format {
        ReportFormat::Text => out.write_all(morning.text(lang).as_bytes()),
        ReportFormat::Markdown => out.write_all(morning.markdown(lang).as_bytes()),
        ReportFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, morning)?;
            out.write_all(b"\n")
        }
        ReportFormat::Csv => {
            let table = match table {
                ReportTable::Mailboxes => Table::Mailboxes,
                ReportTable::Decisions => Table::Decisions,
                ReportTable::Hours => Table::Hours,
                ReportTable::Minutes => Table::Minutes,
            };
            morning.csv(table, out)
        }
        ReportFormat::Html => out.write_all(morning.html(lang).as_bytes()),
    }
}

/// To the file, or to standard output, where a closed pipe (as with `| head`) is no error.
fn deliver(bytes: &[u8], output: Option<&Path>) -> Result<Exit, Ended> {
    let Some(path) = output else {
        let _ = io::stdout().write_all(bytes);
        return Ok(Exit::Done);
    };
    let written = File::create(path).and_then(|file| {
        let mut file = BufWriter::new(file);
        file.write_all(bytes)?;
        file.flush()
    });
    let failed = |error: io::Error| Ended::new(Exit::Space, format!("{}: {error}", path.display()));
    written.map(|()| Exit::Done).map_err(failed)
}

/// Folds one run of a journal: the one of that number, else the newest.
///
/// # Errors
/// The journal cannot be read, or has no such run.
pub(super) fn morning(
    reader: &Reader,
    id: Option<i64>,
    held: bool,
    settings: &Settings,
) -> Result<Morning, Ended> {
    let lost = |error| journal_failed(&error);
    let runs = reader.runs().map_err(lost)?;
    let last = runs.last().map(|run| run.id);
    let numbers = runs.iter().map(|run| run.id.0.to_string()).collect::<Vec<_>>().join(", ");
    let wanted = id.map(RunId).or(last);
    let Some(run) = runs.into_iter().find(|run| Some(run.id) == wanted) else {
        let message = match id {
            Some(id) if !numbers.is_empty() => format!("no run {id} in the journal; there are: {numbers}"),
            _ => "no run in the journal yet; `zmpace run` makes one".to_owned(),
        };
        return Err(Ended::new(Exit::Usage, message));
    };
    let running = held && last == Some(run.id) && run.ended_ms.is_none();
    let number = run.id;
    let mut fold = Fold::new(facts(reader, run, running, settings)?);
    reader.each_minute(number, |minute| fold.minute(minute)).map_err(lost)?;
    for row in reader.decisions(number).map_err(lost)? {
        fold.decision(&row.decision);
    }
    reader
        .each_account(|row| {
            fold.account(AccountFacts {
                id: row.id.0,
                source: row.source,
                bytes: row.bytes,
                state: row.state,
                attempts: row.attempts,
                items: row.items,
                baseline_items: row.baseline_items,
            });
        })
        .map_err(lost)?;
    reader
        .each_attempt(|row| {
            fold.attempt(&AttemptFacts {
                account: row.account.0,
                run: row.run.0,
                started_ms: row.started_ms,
                ended_ms: row.ended_ms,
                moved: row.outcome.as_deref() == Some("moved"),
                items: row.items,
                bytes: row.bytes,
                differences: row.differences,
                active_s: row.active_s,
                code: row.code,
                source_items: row.source_items,
                destination_items: row.destination_items,
            });
        })
        .map_err(lost)?;
    for row in reader.failures().map_err(lost)? {
        fold.failure(row.id.0, failure_line(row));
    }
    Ok(fold.finish())
}

fn facts(reader: &Reader, run: RunRow, running: bool, settings: &Settings) -> Result<RunFacts, Ended> {
    let findings = reader.findings().map_err(|error| journal_failed(&error))?;
    let in_doubt = reader.doubts().map_err(|error| journal_failed(&error))?.len() as u64;
    let word = |value: &Format| format!("{value:?}").to_lowercase();
    Ok(RunFacts {
        id: run.id.0,
        version: run.version,
        started_ms: run.started_ms,
        ended_ms: run.ended_ms,
        ending: run.ending,
        running,
        policy: serde_json::from_str(&run.settings_json).ok(),
        findings: findings.into_iter().map(|(_, wall_ms, finding)| (wall_ms, finding)).collect(),
        wire: Some([word(&settings.mover.source_format), word(&settings.mover.destination_format)]),
        in_doubt,
        now_ms: Timestamp::now().as_millisecond(),
        zone: TimeZone::system(),
    })
}
