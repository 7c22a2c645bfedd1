//! One decision of the law, and the one line an operator reads of it.

use serde::{Deserialize, Serialize};

use super::sample::Side;

/// What is measured against a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resource {
    /// Processor time.
    Cpu,
    /// Disk writes.
    Disk,
    /// Memory.
    Memory,
    /// Network.
    Network,
}

/// Which way the limit went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Up by one.
    Grow,
    /// Unchanged.
    Hold,
    /// Down.
    Shrink,
}

/// One decision of the law, with the numbers it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Seconds since the run began.
    pub at_s: f64,
    /// Limit before.
    pub from: u32,
    /// Limit after.
    pub to: u32,
    /// Direction.
    pub step: Step,
    /// The limiting side, if a machine is what limits.
    pub side: Option<Side>,
    /// The limiting resource.
    pub resource: Option<Resource>,
}

impl Decision {
    /// Why, in words and numbers, without time and limits.
    #[must_use]
    pub fn reason(&self) -> String {
        String::new()
    }
}
