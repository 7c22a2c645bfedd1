//! The one picture of a running migration that every live surface shows: the screen, `top`, metrics, the page.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::control::{
    decision::{Decision, Measure},
    sample::{Sample, Side},
    view::{Left, View, Window},
};

/// Changes when a field changes its meaning.
pub const SCHEMA_VERSION: u32 = 1;

/// Where a run stands at one moment. All text in it is tame: it can be shown as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Live {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The run's number in the journal.
    pub run: i64,
    /// The program's version.
    pub version: String,
    /// Seconds of the run's clock since it began; a demo's clock is fast.
    pub at_s: f64,
    /// The same clock, in milliseconds since the Unix epoch.
    pub wall_ms: i64,
    /// Most workers the settings allow now.
    pub ceiling: u32,
    /// What the dispatcher lets people see.
    pub view: View,
    /// What went through the workers' hands.
    pub flow: Flow,
    /// Time left; `None` while it would be a guess.
    pub left: Option<Forecast>,
    /// The mailboxes in flight.
    pub workers: Vec<Worker>,
    /// Mailboxes not yet moved, by size class ([`crate::control::view::SIZE_CLASSES`]).
    pub backlog: Vec<Left>,
    /// The administrators' tokens.
    pub tokens: Vec<TokenClock>,
    /// The operator's hours, where there are any.
    pub window: Option<Window>,
    /// The newest sample of each machine.
    pub samples: Vec<Sample>,
    /// Name or address of each machine that is read.
    pub hosts: BTreeMap<Side, String>,
    /// The last hour of each machine's gauges.
    pub trends: Vec<Trend>,
    /// The last decisions, oldest first.
    pub decisions: Vec<Said>,
    /// The last problems, oldest first.
    pub problems: Vec<Problem>,
    /// What has been counted since the run began.
    pub totals: Totals,
}

/// What has gone through the workers' hands, the running ones included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    /// Items read whole from the source.
    pub read_items: u64,
    /// Items written to the destination's socket.
    pub sent_items: u64,
    /// Their bytes.
    pub sent_bytes: u64,
    /// Items the destination has taken.
    pub stored_items: u64,
    /// Their bytes.
    pub stored_bytes: u64,
    /// Seconds within which half, and nine in ten, of the moved mailboxes were done.
    pub mailbox_s: Option<(f64, f64)>,
}

/// Time left, in seconds: the newest forecast, and the least and most of the last ten minutes' ones.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// If the earliest of them is right.
    pub least_s: f64,
    /// By the newest.
    pub likely_s: f64,
    /// If the latest is right.
    pub most_s: f64,
}

/// What a worker is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Asking both servers about the account.
    Prepare,
    /// The export runs, and what is read is sent on.
    Export,
    /// All is sent; the destination has yet to answer.
    Import,
    /// Counts are being compared.
    Verify,
}

impl Stage {
    /// Lower-case word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Prepare => "prepare",
            Self::Export => "export",
            Self::Import => "import",
            Self::Verify => "verify",
        }
    }
}

/// A mailbox in flight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Worker {
    /// Its number in the journal.
    pub id: u32,
    /// Address on the source.
    pub account: String,
    /// Size as the source states it.
    pub bytes: u64,
    /// What its worker is at.
    pub stage: Stage,
    /// Bytes sent in this attempt.
    pub sent_bytes: u64,
    /// Items sent in this attempt.
    pub sent_items: u64,
    /// Bytes sent per second, mean of about half a minute; `None` at first.
    pub bytes_per_s: Option<f64>,
    /// Seconds since this attempt began.
    pub since_s: f64,
    /// 1 for the first attempt ever.
    pub attempt: u32,
    /// Whether it stands still.
    pub parked: bool,
}

/// An administrator's token, in real time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenClock {
    /// Whose.
    pub side: Side,
    /// Seconds until it ends; renewed at half its life.
    pub left_s: f64,
    /// Seconds it lives.
    pub lifetime_s: f64,
    /// Times it was renewed.
    pub renewals: u32,
}

/// The last hour of one gauge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trend {
    /// The machine.
    pub side: Side,
    /// What is measured.
    pub measure: Measure,
    /// Its soft line now.
    pub line: f64,
    /// Its critical line, where there is one.
    pub critical: Option<f64>,
    /// Means of half a minute each, oldest first; the last is still growing.
    pub points: Vec<f32>,
}

/// One decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// When, in milliseconds since the Unix epoch.
    pub wall_ms: i64,
    /// Its code, for `zmpace explain`.
    pub code: String,
    /// The line, in English.
    pub text: String,
    /// The record it was made from, to word it in another language; older runs send none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
}

/// Something that went wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// When, in milliseconds since the Unix epoch.
    pub wall_ms: i64,
    /// Its code, for `zmpace explain`.
    pub code: String,
    /// The mailbox, if it is about one.
    pub account: Option<String>,
    /// What went wrong, on which side.
    pub text: String,
}

/// What has been counted since the run began.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// Mailboxes given up, by code.
    pub failures: BTreeMap<String, u64>,
    /// Failures after which a mailbox is tried again, by code.
    pub retries: BTreeMap<String, u64>,
    /// Items found missing, rejected or in excess.
    pub differing_items: u64,
    /// Steps up, by code.
    pub grown: BTreeMap<String, u64>,
    /// Steps down, by code.
    pub shrunk: BTreeMap<String, u64>,
    /// Seconds spent in each phase.
    pub phase_s: BTreeMap<String, f64>,
    /// Seconds each moved mailbox took, by size class.
    pub mailbox_s: Vec<Spread>,
    /// Problems of any kind; more than are kept.
    pub problems: u64,
    /// When anything was last taken by the destination, in milliseconds since the Unix epoch.
    pub progress_ms: Option<i64>,
}

/// Seconds that mailboxes are counted by; from an empty one to one that takes the night.
pub const ENDS_S: [f64; 10] = [1.0, 3.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 10_800.0, 36_000.0];

/// How many values lie up to each of [`ENDS_S`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Values up to each end, each counted once, in its first one.
    pub counts: [u64; ENDS_S.len()],
    /// All of them.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
}

impl Spread {
    /// Takes one value in.
    pub fn add(&mut self, seconds: f64) {
        if let Some(slot) = ENDS_S.iter().position(|end| seconds <= *end) {
            self.counts[slot] += 1;
        }
        self.count += 1;
        self.sum += seconds;
    }
}

impl Live {
    /// A trend of the last hour.
    #[must_use]
    pub fn trend(&self, side: Side, measure: Measure) -> Option<&Trend> {
        self.trends.iter().find(|trend| trend.side == side && trend.measure == measure)
    }
}
