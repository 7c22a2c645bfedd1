//! The durable record of a migration: accounts, attempts, events, actions and decisions, in one SQLite file.
//!
//! - [`Journal`] the one writer, which holds the lock; [`Reader`] anyone who looks on.
//! - What a run decided is on disk before it is carried out; a kill at any moment costs the unfinished
//!   mailboxes' present attempts and nothing else.
//! - Events are kept with the actions they led to, so that replaying the former must give the latter.

mod deeds;
mod error;
mod reader;
mod rows;
mod schema;
#[cfg(test)]
mod tests;
mod writer;

pub use error::JournalError;
pub use reader::{Events, Reader};
pub use rows::{
    AccountRow, AttemptRow, Cause, DecisionRow, FailureRow, PlanRow, Recorded, RunId, RunRow, StateCount,
    Summary,
};
pub use writer::Journal;
