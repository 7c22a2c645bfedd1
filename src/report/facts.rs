//! What the fold is fed: plain rows, whatever journal they come from.

use jiff::tz::TimeZone;

use crate::control::{
    event::{AccountState, Ending},
    finding::Finding,
    policy::Policy,
};

/// The run that is reported on.
#[derive(Clone, Debug)]
pub struct RunFacts {
    /// Its number in the journal.
    pub id: i64,
    /// The zmpace that ran.
    pub version: String,
    /// Milliseconds since the Unix epoch.
    pub started_ms: i64,
    /// The same; `None` while it runs or after a kill.
    pub ended_ms: Option<i64>,
    /// Why it ended.
    pub ending: Option<Ending>,
    /// Whether it is under way at this moment.
    pub running: bool,
    /// The numbers it ran with, where they can still be read.
    pub policy: Option<Policy>,
    /// What benchmarks found, oldest first, with the wall clock in milliseconds.
    pub findings: Vec<(i64, Finding)>,
    /// Wire formats in force, source and destination; `None` when not known.
    pub wire: Option<[String; 2]>,
    /// Mailboxes verified after an attempt that broke, and not looked at since.
    pub in_doubt: u64,
    /// Milliseconds since the Unix epoch at which the report is made.
    pub now_ms: i64,
    /// The operator's time zone, for the hours of the night.
    pub zone: TimeZone,
}

/// One account as the journal knows it.
#[derive(Clone, Debug)]
pub struct AccountFacts {
    /// Number in the journal.
    pub id: u32,
    /// Address on the source.
    pub source: String,
    /// Size as the source states it, in bytes.
    pub bytes: u64,
    /// Where it stands.
    pub state: AccountState,
    /// Attempts begun, over all runs.
    pub attempts: u32,
    /// Items sent by the attempt that moved it.
    pub items: u64,
    /// Items on the destination before the first import ever; `None` until counted.
    pub baseline_items: Option<u64>,
}

/// One attempt at moving one account.
#[derive(Clone, Debug)]
pub struct AttemptFacts {
    /// The account's number.
    pub account: u32,
    /// The run it was made in.
    pub run: i64,
    /// Milliseconds since the Unix epoch.
    pub started_ms: i64,
    /// The same; `None` while it runs or after a kill.
    pub ended_ms: Option<i64>,
    /// Whether the transfer ran to its end.
    pub moved: bool,
    /// Items sent.
    pub items: u64,
    /// Bytes of archive sent.
    pub bytes: u64,
    /// Items that differ.
    pub differences: u64,
    /// Seconds of work, parked time left out.
    pub active_s: f64,
    /// Code of its failure.
    pub code: Option<String>,
    /// Items the source held afterwards.
    pub source_items: u64,
    /// Items the destination held afterwards.
    pub destination_items: u64,
}
