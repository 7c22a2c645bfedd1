//! `zmpace check`: what stands in the way of a night, each line with the command that mends it.

mod accounts;
mod caps;
mod facts;
mod host;
mod machine;
mod server;

use std::fmt::Write as _;

use serde::Serialize;

use super::{json, say};
use crate::{
    cli::{CheckArgs, HoursFlags},
    control::sample::Side,
    lang::{Lang, tell},
    run::{Ended, Exit, clock::Clock},
    settings::{self, Settings, Surroundings},
    ui::words::tame,
    zimbra::MoveError,
};
use facts::Facts;

/// `zmpace check`
///
/// # Errors
/// Settings that are missing or wrong; everything else is a line.
pub async fn check(args: CheckArgs, around: &Surroundings) -> Result<Exit, Ended> {
    let settings = settings::for_plan(&args.common, &args.selection, &HoursFlags::default(), around)?;
    settings.check_servers()?;
    let facts = Box::pin(Facts::gather(&settings, around, &Clock::start(1.0))).await;
    // Programs read English.
    let lang = if args.json { Lang::En } else { settings.show.lang() };
    let report = Report::new(lines(&facts, &settings, lang));
    say(&if args.json { json(&report) } else { report.text(lang) });
    Ok(if report.fails == 0 { Exit::Done } else { Exit::Refused })
}

/// How one line judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Pass,
    Warn,
    Fail,
}

impl Verdict {
    fn word(self, lang: Lang) -> String {
        match self {
            Self::Pass => tell!(lang, "check-pass"),
            Self::Warn => tell!(lang, "check-warn"),
            Self::Fail => tell!(lang, "check-fail"),
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Line {
    what: &'static str,
    side: Side,
    verdict: Verdict,
    said: String,
    /// The command to type, where there is something to mend or to look at.
    mend: Option<String>,
}

impl Line {
    fn pass(side: Side, what: &'static str, said: impl Into<String>) -> Self {
        Self { what, side, verdict: Verdict::Pass, said: said.into(), mend: None }
    }

    fn warn(side: Side, what: &'static str, said: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { what, side, verdict: Verdict::Warn, said: said.into(), mend: Some(mend.into()) }
    }

    fn fail(side: Side, what: &'static str, said: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { verdict: Verdict::Fail, ..Self::warn(side, what, said, mend) }
    }

    /// A fact that could not be had.
    fn unknown(side: Side, what: &'static str, why: String, mend: impl Into<String>, lang: Lang) -> Self {
        Self::warn(side, what, tell!(lang, "check-unknown", why = why), mend)
    }
}

/// An error's words without the side, which stands in front of the line anyway.
fn bare(side: Side, words: &str) -> &str {
    words.strip_prefix(side.word()).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(words)
}

/// An error in a line: without its side, and with what it means where it is not in the operator's language.
fn wrong(side: Side, error: &MoveError, lang: Lang) -> String {
    lang.about(error.code(), bare(side, &error.to_string()))
}

/// Everything that was looked at, in the order it is read in.
fn lines(facts: &Facts, settings: &Settings, lang: Lang) -> Vec<Line> {
    let planned = facts.planned.as_deref().ok();
    let forecast_s = planned.map(|planned| accounts::forecast_s(planned, settings));
    let mut lines = Vec::new();
    for side in [&facts.source, &facts.destination] {
        lines.extend(server::lines(side, forecast_s, lang));
        lines.extend(accounts::lines(side, &facts.planned, lang));
        lines.extend(caps::lines(side, settings.law.max_workers, lang));
        lines.extend(machine::lines(&side.machine, side.side, accounts::to_come(side, planned), lang));
    }
    if let Some(words) = &facts.list {
        lines.push(Line::fail(Side::Host, "list", words, tell!(lang, "check-list-next")));
    }
    lines.extend(host::lines(&facts.host, settings.law.max_workers, lang));
    lines
}

/// The lines, as `check --json` prints them.
#[derive(Debug, Serialize)]
struct Report {
    schema_version: u32,
    /// Whether a run would be refused.
    refused: bool,
    fails: usize,
    warnings: usize,
    lines: Vec<Line>,
}

impl Report {
    fn new(lines: Vec<Line>) -> Self {
        let of = |verdict| lines.iter().filter(|line| line.verdict == verdict).count();
        let (fails, warnings) = (of(Verdict::Fail), of(Verdict::Warn));
        Self { schema_version: 1, refused: fails > 0, fails, warnings, lines }
    }

    fn text(&self, lang: Lang) -> String {
        let verdicts = [Verdict::Pass, Verdict::Warn, Verdict::Fail].map(|verdict| verdict.word(lang));
        let room = verdicts.iter().map(|word| word.chars().count()).max().unwrap_or_default();
        let mut text = String::new();
        for Line { what, side, verdict, said, mend } in &self.lines {
            let (verdict, side) = (verdict.word(lang), lang.side(*side));
            let what = tell!(lang, &format!("check-what-{}", what.replace(' ', "-")));
            let _ = writeln!(text, "{verdict:<room$}  {side:<11}  {what:<12}  {}", tame(said));
            if let Some(mend) = mend {
                let _ = writeln!(text, "{:2$}{}", "", tell!(lang, "sum-next", next = tame(mend)), room + 27);
            }
        }
        let end = match (self.fails, self.warnings) {
            (0, 0) => tell!(lang, "check-free"),
            (0, warnings) => tell!(lang, "check-warned", warnings = warnings),
            (fails, warnings) => tell!(lang, "check-refused", fails = fails, warnings = warnings),
        };
        text + &end + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fail_refuses_a_warning_does_not_and_each_shows_its_command() {
        let warn = Line::warn(Side::Source, "clock", "3 min ahead", "timedatectl set-ntp true");
        let report = Report::new(vec![Line::pass(Side::Host, "open files", "1,024"), warn.clone()]);
        assert!(!report.refused && report.text(Lang::En).contains("next: timedatectl set-ntp true"));
        let report = Report::new(vec![warn, Line::fail(Side::Destination, "reached", "no", "curl")]);
        assert!(report.refused && report.text(Lang::En).contains("1 to mend before a run, 1 to think of"));
    }

    #[test]
    fn a_side_is_not_said_twice_and_control_characters_are_not_obeyed() {
        let line = Line::unknown(
            Side::Source,
            "version",
            bare(Side::Source, "source: odd \u{1b}[31m answer").to_owned(),
            "look",
            Lang::En,
        );
        assert_eq!(line.said, "not known: odd \u{1b}[31m answer");
        assert!(!Report::new(vec![line]).text(Lang::En).contains('\u{1b}'));
    }
}
