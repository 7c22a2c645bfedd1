//! The rows of a report's tables, as JSON has them.

use serde::Serialize;

use crate::control::{decision::Measure, event::AccountState, sample::Side};

/// One mailbox.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MailboxLine {
    /// Its address on the source.
    pub account: String,
    /// Where it stands.
    pub state: AccountState,
    /// Size as the source states it.
    pub bytes: u64,
    /// Items the source held after the last transfer; `None` before it.
    pub items_expected: Option<u64>,
    /// Items sent by the transfer that moved it.
    pub items_moved: u64,
    /// Items on the destination after it that were not there before the first import; `None` before it.
    pub items_verified: Option<u64>,
    /// Attempts begun, over all runs.
    pub attempts: u32,
    /// Seconds workers spent on it, over all runs, parked time left out.
    pub worker_s: f64,
    /// Bytes of archive per second of the transfer that moved it.
    pub bytes_per_s: Option<f64>,
    /// Code of what went wrong last, if it is not verified.
    pub code: Option<String>,
    /// What went wrong, in words.
    pub cause: Option<String>,
}

/// One reading of one machine over a minute, in the unit of its measure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct GaugeLine {
    /// The machine.
    pub side: Side,
    /// What was measured.
    pub measure: Measure,
    /// Mean of the minute.
    pub value: f64,
    /// Its soft line.
    pub line: f64,
}

/// One minute of the run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MinuteLine {
    /// Seconds since the run began.
    pub at_s: f64,
    /// Milliseconds since the Unix epoch.
    pub wall_ms: i64,
    /// Mailboxes that might be in flight.
    pub limit: u32,
    /// In flight, forwarding.
    pub running: u32,
    /// In flight, standing still.
    pub parked: u32,
    /// Mailboxes not yet begun.
    pub waiting: u64,
    /// Useful work per second, in undisturbed workers.
    pub work_rate: f64,
    /// Items accepted so far.
    pub items: u64,
    /// Bytes of those.
    pub bytes: u64,
    /// The machines.
    pub gauges: Vec<GaugeLine>,
}

/// One hour by the operator's clock.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HourLine {
    /// Its beginning, as `2026-11-23T22:00+07:00`.
    pub hour: String,
    /// Minutes of it that were seen.
    pub minutes: u32,
    /// Mean limit.
    pub limit: f64,
    /// Mean number of mailboxes in flight and forwarding.
    pub running: f64,
    /// Mailboxes that ended.
    pub mailboxes: u64,
    /// Items accepted.
    pub items: u64,
    /// Bytes of those.
    pub bytes: u64,
    /// Mean useful work per second, in undisturbed workers.
    pub work_rate: f64,
    /// The measure nearest its line and how full it was at its fullest minute, as a share of the line.
    pub tightest: Option<Tightest>,
    /// Mean busy share of the processors, source and destination, 0 to 1.
    pub cpu: [Option<f64>; 2],
    /// Fullest disk measure as a share of its line, mean of the hour, source and destination.
    pub disk_of_line: [Option<f64>; 2],
    /// Mean share of memory in use, source and destination, 0 to 1.
    pub memory: [Option<f64>; 2],
}

/// A measure and how full it was.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Tightest {
    /// The machine.
    pub side: Side,
    /// What was measured.
    pub measure: Measure,
    /// Value as a share of its line; above 1 is over it.
    pub of_line: f64,
}

/// All mailboxes of about one size.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassLine {
    /// In words, as `1 MB to 10 MB`.
    pub class: String,
    /// Mailboxes.
    pub mailboxes: u64,
    /// Of those, verified or empty.
    pub done: u64,
    /// Of those, failed or incomplete.
    pub bad: u64,
    /// Their size as the source states it.
    pub bytes: u64,
    /// Items moved.
    pub items: u64,
    /// Seconds of workers.
    pub worker_s: f64,
}

/// Everything that went wrong for one cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CauseLine {
    /// Stable code.
    pub code: String,
    /// Mailboxes that are left failed or incomplete by it.
    pub mailboxes: u64,
    /// Attempts of this run that failed with it, those that a retry mended included.
    pub attempts: u64,
    /// What one of them said.
    pub example: String,
    /// The next command to type.
    pub next: String,
}

/// What is not yet moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Left {
    /// Mailboxes.
    pub mailboxes: u64,
    /// Their size as the source states it.
    pub bytes: u64,
    /// Seconds it takes at this run's pace; `None` while that would be a guess.
    pub seconds: Option<f64>,
    /// Runs as long as this one that it takes; `None` likewise.
    pub nights: Option<f64>,
}

/// The run itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunLine {
    /// Its number.
    pub id: i64,
    /// `finished`, `running`, or `killed`: it has no end and nobody runs it.
    pub state: &'static str,
    /// When it began, RFC 3339.
    pub started: String,
    /// When it ended, likewise.
    pub ended: Option<String>,
    /// When the report was made, likewise.
    pub reported: String,
    /// The zmpace that ran.
    pub version: String,
}

/// One stretch of work on a large mailbox, for the Gantt chart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bar {
    /// Seconds since the run began.
    pub from_s: f64,
    /// The same; the end of what is known if it has no end.
    pub to_s: f64,
    /// `moved`, `failed`, or `unfinished`.
    pub outcome: &'static str,
}

/// A large mailbox's attempts in this run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GanttLine {
    /// Its address on the source.
    pub account: String,
    /// Size as the source states it.
    pub bytes: u64,
    /// The attempts.
    pub bars: Vec<Bar>,
}
