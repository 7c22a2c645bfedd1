//! What benchmark mode found: a number of workers, its interval, and what it rests on.
//!
//! Plain values, written to the journal by `zmpace bench`, read by `zmpace report`. Source: law 6.11.

use serde::{Deserialize, Serialize};

/// The result of one benchmark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The number to use; `None` when not even one worker stayed within the lines.
    pub recommended: Option<Recommended>,
    /// Every number that was measured, ascending.
    pub curve: Vec<CurvePoint>,
    /// Whether the measured numbers could be told apart at all.
    pub distinguishable: bool,
    /// What was exercised.
    pub mode: Mode,
    /// Why it stopped measuring.
    pub stopped: Stopped,
    /// Randomised blocks that were completed.
    pub blocks: u32,
    /// Minutes of control time, preflight included.
    pub minutes: f64,
    /// What was moved meanwhile, for good.
    pub moved: Moved,
    /// Busy share of each machine's processors at rest, 0 to 1: the load the answer holds for.
    pub at_rest: Vec<(String, f64)>,
    /// The better wire format here, if both were tried.
    pub wire: Option<WireFinding>,
}

/// The smallest number of workers within 2 % of the best lawful work rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recommended {
    /// The number.
    pub workers: u32,
    /// Lower end of its 95 % interval, from replicates of this very choice.
    pub low: u32,
    /// Upper end.
    pub high: u32,
    /// What keeps more workers from helping, in words: `destination CPU`, `waiting (locks, ...)`.
    pub limiting: String,
    /// Share of the best lawful work rate it brings, 0 to 1.
    pub share_of_best: f64,
}

/// One number of workers, measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// The number.
    pub workers: u32,
    /// Useful work in undisturbed workers (law 6.2), smoothed to a concave curve.
    pub work_rate: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Whether the upper bound of every utilisation stayed at or under its line.
    pub lawful: bool,
    /// Nearest line at this number, as `destination CPU`, and how full it was as a share of the line.
    pub tightest: Option<(String, f64)>,
}

/// What a benchmark exercises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Source into destination, as the night does.
    #[default]
    EndToEnd,
    /// Source into nothing.
    ExportOnly,
    /// Made-up mailboxes into a throw-away account.
    ImportOnly,
}

/// Why a benchmark stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stopped {
    /// It was certain enough at one of its fixed looks.
    Certain,
    /// Its time was over.
    Budget,
    /// A machine crossed a critical line.
    Critical,
    /// A machine was too busy at rest for an answer.
    Busy,
    /// No mailboxes were left to measure with.
    NoWork,
    /// The operator said so.
    Operator,
}

/// What a benchmark moved for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Mailboxes.
    pub accounts: u64,
    /// Bytes of archive.
    pub bytes: u64,
}

/// What a benchmark learned that a later run can begin with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Learned {
    /// Solo worker-seconds to open and close a mailbox.
    pub account_s: f64,
    /// Solo worker-seconds per item.
    pub item_s: f64,
    /// Solo worker-seconds per million bytes.
    pub mb_s: f64,
    /// What one worker costs at the recommended number, as a share of each line, by `side resource`.
    pub marginal: std::collections::BTreeMap<String, f64>,
}

/// Which wire format is better here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WireFinding {
    /// `tar` or `tgz`.
    pub better: String,
    /// Why, with numbers.
    pub reason: String,
}
