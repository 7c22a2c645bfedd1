//! What goes into the journal and comes out of it, as plain values.

use rusqlite::Row;
use serde::{Deserialize, Serialize, de::IntoDeserializer as _};

use crate::control::{
    Moment,
    decision::{Decision, Resource},
    event::{AccountId, AccountState, Action, Ending, Event},
    sample::Side,
};

/// A run, numbered from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub i64);

/// One mailbox to be moved, before the journal knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanRow {
    /// Address on the source; what the journal knows an account by.
    pub source: String,
    /// Address on the destination.
    pub target: String,
    /// Size as the source states it.
    pub bytes: u64,
    /// Zimbra's id on the source.
    pub source_id: Option<String>,
    /// The source's mailbox server.
    pub mail_host: Option<String>,
}

/// One account as the journal knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// Number in the journal: from 1 without gaps, the same in every run.
    pub id: AccountId,
    /// Address on the source.
    pub source: String,
    /// Address on the destination.
    pub target: String,
    /// Size as the source states it.
    pub bytes: u64,
    /// Zimbra's id on the source.
    pub source_id: Option<String>,
    /// The source's mailbox server.
    pub mail_host: Option<String>,
    /// Where it stands.
    pub state: AccountState,
    /// Attempts begun, over all runs.
    pub attempts: u32,
    /// Items of the attempt that moved it.
    pub items: u64,
    /// Bytes of that attempt.
    pub moved_bytes: u64,
    /// Items on the destination before the first import ever; `None` until counted.
    pub baseline_items: Option<u64>,
    /// Why the last attempt failed.
    pub cause: Option<Cause>,
}

/// One attempt at moving one account.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptRow {
    /// The account.
    pub account: AccountId,
    /// The run it was made in.
    pub run: RunId,
    /// 1 for the first ever.
    pub n: u32,
    /// Milliseconds since the Unix epoch.
    pub started_ms: i64,
    /// The same; `None` while it runs or after a kill.
    pub ended_ms: Option<i64>,
    /// `moved`, `failed`, `interrupted`; `None` while it runs or after a kill.
    pub outcome: Option<String>,
    /// Items sent.
    pub items: u64,
    /// Bytes of archive sent.
    pub bytes: u64,
    /// Items that differ.
    pub differences: u64,
    /// Seconds of work, parked time left out; 0 for an attempt that did not end well.
    pub active_s: f64,
    /// Code of its failure.
    pub code: Option<String>,
    /// Items the source held afterwards.
    pub source_items: u64,
    /// Items the destination held afterwards.
    pub destination_items: u64,
}

/// Why an attempt failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// Stable code, such as `ZP-QUOTA`.
    pub code: String,
    /// In words.
    pub cause: String,
    /// The next command to type.
    pub next: String,
}

/// An account that did not come through whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FailureRow {
    /// Number in the journal.
    pub id: AccountId,
    /// Address on the source.
    pub source: String,
    /// Address on the destination.
    pub target: String,
    /// `Failed` or `Incomplete`.
    pub state: AccountState,
    /// Attempts begun, over all runs.
    pub attempts: u32,
    /// Why, where a failure told.
    pub cause: Option<Cause>,
    /// What differs, from the last attempt that said so.
    pub notes: Vec<String>,
}

/// How many accounts stand where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StateCount {
    /// Where they stand.
    pub state: AccountState,
    /// How many.
    pub accounts: u64,
    /// Their size as the source states it.
    pub bytes: u64,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunRow {
    /// Its number.
    pub id: RunId,
    /// Milliseconds since the Unix epoch.
    pub started_ms: i64,
    /// The same; `None` while it runs or after a kill.
    pub ended_ms: Option<i64>,
    /// Why it ended.
    pub ending: Option<Ending>,
    /// The settings it ran with, as JSON without secrets.
    pub settings_json: String,
    /// The zmpace that ran.
    pub version: String,
}

/// What one run did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The run.
    pub run: RunRow,
    /// All accounts of the journal, by state.
    pub states: Vec<StateCount>,
    /// Attempts begun in this run.
    pub attempts: u64,
    /// Items of the attempts that ended.
    pub items: u64,
    /// Bytes of the attempts that ended.
    pub bytes: u64,
    /// Items that differ, over all attempts of this run.
    pub differences: u64,
    /// Seconds of work, parked time left out.
    pub active_s: f64,
    /// Start of the first attempt, milliseconds since the Unix epoch.
    pub first_start_ms: Option<i64>,
    /// End of the last attempt that ended, likewise.
    pub last_end_ms: Option<i64>,
    /// Decisions taken.
    pub decisions: u64,
    /// Lowest limit decided on.
    pub limit_min: Option<u32>,
    /// Highest.
    pub limit_max: Option<u32>,
    /// Last.
    pub limit_final: Option<u32>,
}

/// One decision of the law.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DecisionRow {
    /// The event it followed.
    pub seq: u64,
    /// Seconds since the run began.
    pub at_s: f64,
    /// Limit before.
    pub from: u32,
    /// Limit after.
    pub to: u32,
    /// The limiting side.
    pub side: Option<Side>,
    /// The limiting resource.
    pub resource: Option<Resource>,
    /// Why, in words and numbers, as it was said at the time.
    pub reason: String,
    /// The whole decision.
    pub decision: Decision,
}

/// One event with what it led to.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Its number within the run.
    pub seq: u64,
    /// When.
    pub at: Moment,
    /// What happened.
    pub event: Event,
    /// What was to be done about it.
    pub actions: Vec<Action>,
}

/// The word a unit variant is stored as: the one its JSON has.
pub(super) fn word<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    match serde_json::to_value(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?
    {
        serde_json::Value::String(word) => Ok(word),
        other => Ok(other.to_string()),
    }
}

/// The variant a word stands for.
pub(super) fn variant<'a, T: Deserialize<'a>>(column: usize, word: &'a str) -> rusqlite::Result<T> {
    let deserializer: serde::de::value::StrDeserializer<'a, serde::de::value::Error> =
        word.into_deserializer();
    T::deserialize(deserializer).map_err(|error| unreadable(column, error))
}

/// A value stored as JSON.
pub(super) fn json<'a, T: Deserialize<'a>>(column: usize, text: &'a str) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(|error| unreadable(column, error))
}

/// A value as JSON to store.
pub(super) fn to_json<T: Serialize + ?Sized>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

fn unreadable(column: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
}

/// SQLite's integers are signed: anything larger is as good as the largest.
pub(super) fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The way back; a negative number is not what the layout promises.
pub(super) fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, value))
}
