//! `zmpace bench`: which number of workers is best here, by real and useful work.
//!
//! - `demo` the same on two lab servers in this process, whose best number is known; `truth` knows it.
//! - `words` the finding for people. [`profile`] what a later run may begin with.

pub mod demo;
pub mod profile;
pub mod truth;
mod wire;
mod words;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::{
    Ended, Exit,
    clock::Clock,
    night::journal_failed,
    verbs::{Carried, Errand, carry_out, json, say, screen},
    world::{self, Pair},
};
use crate::{
    cli::{BenchArgs, BenchMode},
    control::{
        event::Ending,
        finding::{Finding, Mode, Moved, Stopped},
    },
    journal::Journal,
    settings::{self, ReachKind, Settings, Surroundings},
    ui::Screen,
    zimbra::{alone::Ends, plan::Planned},
};

/// Made-up mailboxes for import-only, and about how large each is.
const MADE_UP: u32 = 20_000;
const MADE_UP_BYTES: u64 = 4_600_000;

/// A finding as `--json` prints it.
#[derive(Debug, Serialize)]
struct Told<'a> {
    schema_version: u32,
    #[serde(flatten)]
    finding: &'a Finding,
    /// The demo's true answer, from the model of its machines.
    #[serde(skip_serializing_if = "Option::is_none")]
    truth_workers: Option<u32>,
    /// Where the profile was written.
    profile: Option<PathBuf>,
}

/// `zmpace bench`
///
/// # Errors
/// What keeps it from measuring.
pub async fn bench(args: BenchArgs, around: &Surroundings) -> Result<Exit, Ended> {
    if args.demo {
        return Box::pin(demo::demo(args, around.lang())).await;
    }
    let settings = settings::for_bench(&args, around)?;
    let mode = mode(&args)?;
    let clock = Clock::start(1.0);
    let pair = world::pair(&settings, around, &clock).await?;
    let planned = match &mode {
        (Mode::ImportOnly, into) => made_up(into),
        _ => world::plan(&pair, &settings).await?,
    };
    let mut screen = screen(args.show.progress, &settings.show)?;
    let with_host =
        settings.source.reach != ReachKind::Local && settings.destination.reach != ReachKind::Local;
    let measured = measure(&settings, clock, &pair, &planned, &mut screen, with_host, mode.0).await;
    drop(screen);
    tell(&args, &settings, &measured?, None)
}

/// Measures, and compares the wire formats where mail is read.
async fn measure(
    settings: &Settings,
    clock: Clock,
    pair: &Pair,
    planned: &[Planned],
    screen: &mut Screen,
    with_host: bool,
    mode: Mode,
) -> Result<Carried, Ended> {
    let ends = match mode {
        Mode::EndToEnd => Ends::Both,
        Mode::ExportOnly => Ends::Source,
        Mode::ImportOnly => Ends::Destination,
    };
    if !settings.mover.command.is_empty() {
        return Err(Ended::new(
            Exit::Usage,
            "setting `mover.command`: zmpace bench measures its own mover; unset it with --set mover.command=[]",
        ));
    }
    let relay = world::relay(settings, pair, &clock).with_ends(ends);
    let errand = Errand { mode, ..Errand::by(Arc::new(relay)) };
    // What counts as nothing moved must not be written down as moved: such a run has a journal of its own.
    let aside = match mode {
        Mode::EndToEnd => None,
        _ => Some(tempfile::tempdir().map_err(|error| {
            Ended::new(Exit::Space, format!("cannot make a temporary directory: {error}"))
        })?),
    };
    let mut own = settings.clone();
    if let Some(aside) = &aside {
        own.state.directory = aside.path().to_string_lossy().into_owned();
    }
    let mut carried = Box::pin(carry_out(own, clock, pair, planned, screen, with_host, errand)).await?;
    let Some((finding, _)) = &mut carried.found else { return Ok(carried) };
    if mode != Mode::EndToEnd {
        finding.moved = Moved::default();
    }
    // Whoever said stop, and a machine that is over a line, did not ask for more reading.
    let calm = matches!(finding.stopped, Stopped::Certain | Stopped::Budget | Stopped::NoWork);
    if mode != Mode::ImportOnly && calm && finding.recommended.is_some() {
        finding.wire = wire::compare(settings, pair, planned, &clock).await;
    }
    let lost = |error| journal_failed(&error);
    let at = clock.now();
    if aside.is_none() {
        carried.journal.keep_finding(carried.run, at, finding).map_err(lost)?;
    } else {
        let mut journal = Journal::open(Path::new(&settings.state.directory)).map_err(lost)?;
        let law = serde_json::to_string(&settings.law).unwrap_or_default();
        let run = journal.begin_run(at, &law, env!("CARGO_PKG_VERSION")).map_err(lost)?;
        journal.keep_finding(run, at, finding).map_err(lost)?;
        journal.end_run(run, at, Ending::Drained).map_err(lost)?;
    }
    Ok(carried)
}

/// What is exercised, and with import-only into which account.
fn mode(args: &BenchArgs) -> Result<(Mode, String), Ended> {
    match (args.mode, &args.into) {
        (BenchMode::EndToEnd, None) => Ok((Mode::EndToEnd, String::new())),
        (BenchMode::ExportOnly, None) => Ok((Mode::ExportOnly, String::new())),
        (BenchMode::ImportOnly, Some(into)) if into.contains('@') => Ok((Mode::ImportOnly, into.clone())),
        (BenchMode::ImportOnly, _) => Err(Ended::new(
            Exit::Usage,
            "--mode import-only: name the throw-away account that takes the made-up mail, as in --into scratch@new.example; delete it afterwards",
        )),
        (_, Some(_)) => Err(Ended::new(Exit::Usage, "--into: only with --mode import-only")),
    }
}

/// Made-up mailboxes, enough for any budget, all into one account.
fn made_up(into: &str) -> Vec<Planned> {
    let mailbox = |n: u32| Planned {
        source: format!("bench{n:05}"),
        target: into.to_owned(),
        source_id: String::new(),
        mail_host: String::new(),
        bytes: MADE_UP_BYTES,
        obstacle: None,
        warning: None,
    };
    (0..MADE_UP).map(mailbox).collect()
}

/// Prints the finding and writes the profile.
fn tell(args: &BenchArgs, settings: &Settings, carried: &Carried, truth: Option<u32>) -> Result<Exit, Ended> {
    let Some((finding, learned)) = &carried.found else {
        return Err(Ended::new(Exit::Unclassified, "the benchmark found nothing; run zmpace bench again"));
    };
    let path = match (&args.profile_out, args.demo) {
        (Some(path), _) => Some(path.clone()),
        (None, true) => None, // its state directory is gone in a moment
        (None, false) => Some(Path::new(&settings.state.directory).join("profile.toml")),
    };
    let path = path.filter(|_| finding.recommended.is_some());
    if let Some(path) = &path {
        let text = profile::text(finding, learned, settings);
        std::fs::write(path, text)
            .map_err(|error| Ended::new(Exit::Space, format!("cannot write {}: {error}", path.display())))?;
    }
    let told = Told { schema_version: 1, finding, truth_workers: truth, profile: path.clone() };
    say(&if args.json {
        json(&told)
    } else {
        words::text(finding, truth, path.as_deref(), settings.show.lang())
    });
    Ok(exit_of(finding))
}

/// An answer is a success; a machine too busy for one is a refusal; anything else may be tried again.
const fn exit_of(finding: &Finding) -> Exit {
    match (finding.stopped, &finding.recommended) {
        (Stopped::Busy, _) => Exit::Refused,
        (Stopped::Critical | Stopped::Operator, _) | (_, None) => Exit::Temporary,
        _ => Exit::Done,
    }
}
