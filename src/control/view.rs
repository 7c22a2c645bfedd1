//! What people are shown while it runs ([`View`]), and what is left of it at the end ([`Summary`]).

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use super::{
    decision::{Decision, Measure, Phase, Resource},
    event::AccountId,
    sample::Side,
    timetable::Regime,
};

/// Upper ends of the size classes in bytes, with their words.
pub const SIZE_CLASSES: [(u64, &str); 6] = [
    (0, "empty"),
    (1_000_000, "up to 1 MB"),
    (10_000_000, "1 MB to 10 MB"),
    (100_000_000, "10 MB to 100 MB"),
    (1_000_000_000, "100 MB to 1 GB"),
    (u64::MAX, "over 1 GB"),
];

/// The size class of a mailbox, by its place.
#[must_use]
pub fn size_class(bytes: u64) -> usize {
    SIZE_CLASSES.iter().position(|(most, _)| bytes <= *most).unwrap_or(SIZE_CLASSES.len() - 1)
}

/// What is left to do in one size class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Mailboxes not yet moved and not in flight.
    pub waiting: u64,
    /// Their bytes.
    pub waiting_bytes: u64,
    /// Mailboxes in flight.
    pub in_flight: u64,
}

/// A mailbox in flight, as the dispatcher knows it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Carried {
    /// The mailbox.
    pub account: AccountId,
    /// Its size as the source states it.
    pub bytes: u64,
    /// Whether it stands still.
    pub parked: bool,
    /// Time since this attempt began.
    pub since: Duration,
}

/// Where in the operator's hours a run is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// What is allowed now.
    pub regime: Regime,
    /// When that changes, in milliseconds since the Unix epoch; `None` = not within weeks.
    pub until_ms: Option<i64>,
    /// The same moment as a clock in the zone of the hours shows it.
    #[serde(default)]
    pub clock: Option<String>,
    /// All of it as people read it, in English.
    pub words: String,
}

/// The state of a run at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// What the law, or the operator, is doing.
    pub phase: Phase,
    /// Mailboxes that may run now; 0 workers run during the preflight whatever it says.
    pub limit: u32,
    /// Accounts by where they stand.
    pub accounts: Accounts,
    /// In flight, forwarding.
    pub running: u32,
    /// In flight, not forwarding.
    pub parked: u32,
    /// Items the destination has accepted, each once.
    pub items: u64,
    /// Bytes of those items.
    pub bytes: u64,
    /// Useful work per second, in undisturbed workers; mean of about a minute.
    pub work_rate: f64,
    /// Work rate per running worker, 1 for an undisturbed one; `None` while none runs.
    pub efficiency: Option<f64>,
    /// Bytes per second, mean of about a minute.
    pub bytes_per_s: f64,
    /// Items per second, likewise.
    pub items_per_s: f64,
    /// Mailboxes ended per hour, likewise.
    pub mailboxes_per_h: f64,
    /// Time left, or `None` while it would be a guess.
    pub eta: Option<Duration>,
    /// The machines, those that spoke.
    pub machines: Vec<Machine>,
    /// The resource nearest its line, if it is at 90 % of it or more.
    pub bottleneck: Option<Bottleneck>,
    /// The newest decision.
    pub last_decision: Option<Decision>,
    /// Time since the first mailbox began, until the end of the run.
    pub elapsed: Duration,
}

/// Accounts by where they stand; `total` is the sum of the others but `retrying`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounts {
    /// All of them.
    pub total: u64,
    /// Not yet moved, those to be tried again included.
    pub waiting: u64,
    /// Being moved.
    pub in_flight: u64,
    /// Moved, counts agree.
    pub verified: u64,
    /// Moved, nothing in them.
    pub empty: u64,
    /// Moved, items differ.
    pub incomplete: u64,
    /// Given up.
    pub failed: u64,
    /// Of those waiting: failed before, to be tried again.
    pub retrying: u64,
}

/// One machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// Which.
    pub side: Side,
    /// Age of its newest sample; `None` before the first.
    pub sample_age: Option<Duration>,
    /// Its readings, in the order of [`Measure`].
    pub gauges: Vec<Gauge>,
}

impl Machine {
    /// The reading of one measure.
    #[must_use]
    pub fn gauge(&self, measure: Measure) -> Option<&Gauge> {
        self.gauges.iter().find(|g| g.measure == measure)
    }
}

/// One reading and its lines, in the unit of its [`Measure`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gauge {
    /// What is measured.
    pub measure: Measure,
    /// Average of about 15 seconds.
    pub fast: f64,
    /// Average of about a minute.
    pub slow: f64,
    /// Soft line.
    pub line: f64,
    /// Critical line, where there is one.
    pub critical: Option<f64>,
}

impl Gauge {
    /// The value at which a bar of it is full: all of it where it is a share, else somewhat over its last line.
    #[must_use]
    pub fn full(&self) -> f64 {
        match self.measure {
            Measure::WriteAwait | Measure::ReadAwait | Measure::SwapIn | Measure::AnswerTime => {
                (self.critical.unwrap_or(self.line) * 1.1).max(f64::MIN_POSITIVE)
            }
            _ => 1.0,
        }
    }
}

/// The side and resource with least headroom.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bottleneck {
    /// The machine.
    pub side: Side,
    /// What of it.
    pub resource: Resource,
    /// How it was measured.
    pub measure: Measure,
    /// Line minus reading, as a share of the line; negative is over.
    pub headroom: f64,
}

/// Where a run stood at the end of one minute: kept by the journal, so that a report need not read every event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Minute {
    /// Seconds of control time since the run began.
    pub at_s: f64,
    /// Milliseconds since the Unix epoch.
    pub wall_ms: i64,
    /// What people were shown; without the last decision, which is kept elsewhere.
    pub view: View,
    /// What would have been left of the run, had it ended then.
    pub summary: Summary,
    /// Times an admin token was renewed so far, source and destination.
    pub tokens_renewed: [u32; 2],
    /// Peak memory of this process so far in bytes, where it can be told.
    pub peak_memory_bytes: Option<u64>,
}

/// What is left of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Accounts by where they stand.
    pub accounts: Accounts,
    /// Items the destination has accepted, each once.
    pub items: u64,
    /// Bytes of those items.
    pub bytes: u64,
    /// Start of the first to end of the last mailbox.
    pub makespan: Duration,
    /// Lowest limit, from the first mailbox on.
    pub limit_min: u32,
    /// Highest limit.
    pub limit_max: u32,
    /// Limit at the end.
    pub limit_final: u32,
    /// Decisions said, refusals included.
    pub decisions: u64,
    /// Changes of the limit among them.
    pub changes: u64,
    /// Seconds during which the mean of the last minute was more than 2 points over the soft line, by
    /// `side.resource`; every resource that was read has an entry.
    pub over_line_s: BTreeMap<String, f64>,
    /// Time during the migration in which both servers were read; the shorter of the two.
    pub observed: Duration,
}
