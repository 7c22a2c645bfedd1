//! Everything that decides. Pure: told the time and the facts, answers with actions.
//!
//! Nothing in this room waits, reads, prints, logs or asks the time; randomness is seeded by the caller.
//! The same machine is driven by the real run, the simulator, the replay of a recorded night and the
//! benchmark sweep, so what is tuned on a desk is what runs at night.
//!
//! - [`sample`] one reading of one machine, and the lines it is held against.
//! - [`decision`] what the law said, and its one line.
//! - [`event`] what the dispatcher is told, and what it answers.
//! - [`finding`] what benchmark mode found, as plain values.
//! - [`policy`] the numbers of the law: meaning, unit, range.
//! - [`dispatcher`] event in, actions out: the only place that knows the whole state.
//! - [`sim`] a made-up pair of servers and the rival laws, driving the same machine.
//! - [`timetable`] the hours of the week in which mailboxes may be moved.
//! - [`view`] what people are shown of it, and what is left of it at the end.
//!
//! Inside: `stats` (averages and moments), `work` (useful work and its weights), `signals` (samples held
//! against lines), `late` (cost that comes after the work), `guard`
//! (may one more be tried), `doubt` (what is looked at once more), `trial` (was it worth it), `limit` (the law), `backlog` (accounts not yet moved),
//! `fleet` (workers), `sweep` (benchmark mode: which number to measure, and what was found).

use std::time::Duration;

use serde::{Deserialize, Serialize};

mod backlog;
pub mod code;
pub mod decision;
pub mod dispatcher;
mod doubt;
pub mod event;
pub mod finding;
mod fleet;
mod guard;
mod late;
mod limit;
mod planted;
pub mod policy;
pub mod sample;
mod signals;
pub mod sim;
mod stats;
mod sweep;
pub mod timetable;
mod trial;
pub mod view;
mod work;

#[cfg(test)]
mod tests;

/// An instant as the driver sees it. `elapsed` orders events and measures intervals; `wall_ms` only
/// answers "what time of day is it" and may jump.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    /// Time since the run began, on a clock that never goes backwards.
    pub elapsed: Duration,
    /// Milliseconds since the Unix epoch, UTC.
    pub wall_ms: i64,
}
