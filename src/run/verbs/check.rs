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
    run::{Ended, Exit, clock::Clock},
    settings::{self, Settings, Surroundings},
    ui::words::tame,
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
    let report = Report::new(lines(&facts, &settings));
    say(&if args.json { json(&report) } else { report.text() });
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
    const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "FAIL",
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
    fn unknown(side: Side, what: &'static str, why: &str, mend: impl Into<String>) -> Self {
        Self::warn(side, what, format!("not known: {}", bare(side, why)), mend)
    }
}

/// An error's words without the side, which stands in front of the line anyway.
fn bare(side: Side, words: &str) -> &str {
    words.strip_prefix(side.word()).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(words)
}

/// Everything that was looked at, in the order it is read in.
fn lines(facts: &Facts, settings: &Settings) -> Vec<Line> {
    let planned = facts.planned.as_deref().ok();
    let forecast_s = planned.map(|planned| accounts::forecast_s(planned, settings));
    let mut lines = Vec::new();
    for side in [&facts.source, &facts.destination] {
        lines.extend(server::lines(side, forecast_s));
        lines.extend(accounts::lines(side, &facts.planned));
        lines.extend(caps::lines(side, settings.law.max_workers));
        lines.extend(machine::lines(&side.machine, side.side, accounts::to_come(side, planned)));
    }
    if let Some(words) = &facts.list {
        let next = "write one address a line, or `source,target`, into it";
        lines.push(Line::fail(Side::Host, "list", words, next));
    }
    lines.extend(host::lines(&facts.host, settings.law.max_workers));
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

    fn text(&self) -> String {
        let mut text = String::new();
        for Line { what, side, verdict, said, mend } in &self.lines {
            let _ = writeln!(text, "{}  {:<11}  {what:<12}  {}", verdict.word(), side.word(), tame(said));
            if let Some(mend) = mend {
                let _ = writeln!(text, "{:31}next: {}", "", tame(mend));
            }
        }
        let end = match (self.fails, self.warnings) {
            (0, 0) => "nothing stands in the way: zmpace run".to_owned(),
            (0, warnings) => format!("nothing stands in the way, {warnings} to think of: zmpace run"),
            (fails, warnings) => {
                format!("{fails} to mend before a run, {warnings} to think of; then `zmpace check` again")
            }
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
        assert!(!report.refused && report.text().contains("next: timedatectl set-ntp true"));
        let report = Report::new(vec![warn, Line::fail(Side::Destination, "reached", "no", "curl")]);
        assert!(report.refused && report.text().contains("1 to mend before a run, 1 to think of"));
    }

    #[test]
    fn a_side_is_not_said_twice_and_control_characters_are_not_obeyed() {
        let line = Line::unknown(Side::Source, "version", "source: odd \u{1b}[31m answer", "look");
        assert_eq!(line.said, "not known: odd \u{1b}[31m answer");
        assert!(!Report::new(vec![line]).text().contains('\u{1b}'));
    }
}
