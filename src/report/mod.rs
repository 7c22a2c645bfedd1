//! What happened, folded into one [`Report`], and how it is told.
//!
//! - [`Report`] the result of a run; [`Morning`] all that a journal tells of it, folded row by row ([`Fold`]).
//! - `advice`, `number`, `answers`, `settings`, `caps` what to set and why; `load` and `noise` the sums behind them.
//! - `summary`, `text`, `markdown`, `tables`, `page`, `emit` the ways it is told; `figures` and [`chart`] its drawings.
//! - `compare` two runs side by side.

mod advice;
mod answers;
mod bars;
mod caps;
pub mod chart;
mod classes;
mod compare;
mod emit;
pub mod facts;
mod figures;
mod hours;
mod ink;
pub mod lines;
mod load;
mod markdown;
mod morning;
mod noise;
mod number;
mod page;
mod settings;
mod summary;
mod tables;
#[cfg(test)]
mod tests;
mod text;
mod warnings;

pub use advice::{Advice, Basis, CurveLine, Headroom, Question, Setting, Workers};
pub use caps::Cap;
pub use compare::{Comparison, compare};
pub use morning::{Fold, Morning};
pub use noise::Difference;
pub use tables::Table;

use std::{collections::BTreeMap, fmt::Write as _};

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::{
    control::{
        decision::{Decision, Resource},
        event::{AccountState, Ending},
        sample::Side,
        view::Summary,
    },
    lang::{Lang, tell},
    ui::words::tame,
};

/// Failures listed in the text; the JSON has all of them.
const SHOWN_FAILURES: usize = 20;

/// The result of a run, as `--json` prints it. `schema_version` changes when a field changes its meaning.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// 1.
    pub schema_version: u32,
    /// How the run ended; `None` while it runs or after a kill.
    pub ending: Option<Ending>,
    /// Mailboxes of the plan by where they stand.
    pub accounts: Accounts,
    /// Items the destination accepted in this run.
    pub items: u64,
    /// Bytes of archive of those.
    pub bytes: u64,
    /// Start of the first to end of the last mailbox, in seconds of control time.
    pub makespan_s: f64,
    /// The limit over the run.
    pub limit: LimitRange,
    /// Every change of the limit and every refusal that was said, in order.
    pub decisions: Vec<DecisionLine>,
    /// Seconds during which a minute's mean was more than 2 points over its soft line.
    pub over_line_s: BTreeMap<String, f64>,
    /// Seconds during which both servers were read.
    pub observed_s: f64,
    /// What was given up or differs, with its cause.
    pub failures: Vec<FailureLine>,
    /// How long mailboxes took, parked time left out.
    pub mailbox_seconds: Option<Distribution>,
    /// Sizes of moved mailboxes in bytes of archive.
    pub mailbox_bytes: Option<Distribution>,
    /// Times an admin token was renewed, by side.
    pub tokens_renewed: BTreeMap<&'static str, u32>,
    /// Peak memory of this process in bytes, where it can be told.
    pub peak_memory_bytes: Option<u64>,
}

/// Mailboxes by where they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Accounts {
    /// All of them.
    pub total: u64,
    /// Moved and proven; empty ones are counted apart.
    pub verified: u64,
    /// Moved, but items differ.
    pub incomplete: u64,
    /// Given up.
    pub failed: u64,
    /// Verified, and there was nothing in them.
    pub empty: u64,
    /// Not yet moved.
    pub waiting: u64,
}

impl Accounts {
    /// Counts one mailbox.
    pub fn count(&mut self, state: AccountState, number: u64) {
        self.total += number;
        match state {
            AccountState::Waiting | AccountState::InFlight => self.waiting += number,
            AccountState::Verified => self.verified += number,
            AccountState::Empty => self.empty += number,
            AccountState::Incomplete => self.incomplete += number,
            AccountState::Failed => self.failed += number,
        }
    }
}

/// The limit over a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LimitRange {
    /// Lowest.
    pub min: u32,
    /// Highest.
    pub max: u32,
    /// At the end.
    #[serde(rename = "final")]
    pub last: u32,
}

/// One decision, for reading.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DecisionLine {
    /// Seconds since the run began.
    pub at_s: f64,
    /// Limit before.
    pub from: u32,
    /// Limit after.
    pub to: u32,
    /// The limiting side, if a machine is what limits.
    pub side: Option<Side>,
    /// The limiting resource.
    pub resource: Option<Resource>,
    /// Why, with numbers.
    pub reason: String,
}

impl From<&Decision> for DecisionLine {
    fn from(decision: &Decision) -> Self {
        Self {
            at_s: decision.at_s,
            from: decision.from,
            to: decision.to,
            side: decision.side,
            resource: decision.resource,
            reason: decision.reason(),
        }
    }
}

/// One mailbox that is not verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FailureLine {
    /// Its address on the source.
    pub account: String,
    /// Stable code.
    pub code: String,
    /// What failed, with the side.
    pub cause: String,
    /// The next command to type.
    pub next: String,
}

/// A distribution in a few numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Distribution {
    /// How many.
    pub count: u64,
    /// Half are at most this.
    pub p50: f64,
    /// Nine in ten.
    pub p90: f64,
    /// Ninety-nine in a hundred.
    pub p99: f64,
    /// The largest.
    pub max: f64,
}

/// Collects values of three significant digits, whatever their range.
#[derive(Clone, Debug)]
pub struct Tally {
    histogram: Histogram<u64>,
    unit: f64,
}

impl Tally {
    /// Values are kept as whole multiples of `unit`.
    ///
    /// # Panics
    /// Never: three digits are always possible.
    pub fn new(unit: f64) -> Self {
        Self { histogram: Histogram::new(3).expect("three significant digits"), unit }
    }

    /// Adds one value.
    pub fn add(&mut self, value: f64) {
        // It grows as needed, so the only failure is a size no machine has.
        let _ = self.histogram.record((value / self.unit).max(0.0) as u64);
    }

    /// In a few numbers, or `None` when nothing was added.
    pub fn distribution(&self) -> Option<Distribution> {
        let quantile = |share: f64| self.histogram.value_at_quantile(share) as f64 * self.unit;
        (!self.histogram.is_empty()).then(|| Distribution {
            count: self.histogram.len(),
            p50: quantile(0.5),
            p90: quantile(0.9),
            p99: quantile(0.99),
            max: self.histogram.max() as f64 * self.unit,
        })
    }
}

impl Report {
    /// A report with what the dispatcher sums up; the rest is filled in by the driver.
    pub fn new(summary: &Summary, ending: Option<Ending>) -> Self {
        Self {
            schema_version: 1,
            ending,
            accounts: Accounts::default(),
            items: summary.items,
            bytes: summary.bytes,
            makespan_s: summary.makespan.as_secs_f64(),
            limit: LimitRange { min: summary.limit_min, max: summary.limit_max, last: summary.limit_final },
            decisions: Vec::new(),
            over_line_s: summary.over_line_s.clone(),
            observed_s: summary.observed.as_secs_f64(),
            failures: Vec::new(),
            mailbox_seconds: None,
            mailbox_bytes: None,
            tokens_renewed: BTreeMap::new(),
            peak_memory_bytes: None,
        }
    }

    /// Whether every mailbox is where it should be.
    pub const fn is_complete(&self) -> bool {
        self.accounts.verified + self.accounts.empty == self.accounts.total
    }

    /// As the operator reads it when the run has ended.
    pub fn text(&self, lang: Lang) -> String {
        let mut lines = vec![self.accounts.text(lang), self.moved_text(lang), self.limit_text(lang)];
        lines.push(self.over_text(lang));
        if let (Some(seconds), Some(bytes)) = (&self.mailbox_seconds, &self.mailbox_bytes) {
            let short = |value: f64| format!("{value:.1}");
            lines.push(tell!(
                lang,
                "end-took",
                half = short(seconds.p50),
                nine = short(seconds.p90),
                most = short(seconds.max),
                bytes = short(bytes.max / 1e6),
            ));
        }
        let mut text = lines.join("\n") + "\n";
        for failure in self.failures.iter().take(SHOWN_FAILURES) {
            text += &failure.text(lang);
        }
        if self.failures.len() > SHOWN_FAILURES {
            let more = self.failures.len() - SHOWN_FAILURES;
            let _ = writeln!(text, "  {}", tell!(lang, "end-more-failures", more = more));
        }
        text
    }

    fn moved_text(&self, lang: Lang) -> String {
        let megabytes = self.bytes as f64 / 1e6;
        tell!(
            lang,
            "end-moved",
            items = self.items.to_string(),
            bytes = format!("{megabytes:.1}"),
            span = lang.time(&minutes(self.makespan_s)),
            rate = format!("{:.2}", megabytes / self.makespan_s.max(1e-9)),
        )
    }

    fn limit_text(&self, lang: Lang) -> String {
        let LimitRange { min, max, last } = self.limit;
        tell!(lang, "end-limit", min = min, max = max, last = last, decisions = self.decisions.len())
    }

    fn over_text(&self, lang: Lang) -> String {
        let over: Vec<String> = self
            .over_line_s
            .iter()
            .filter(|(_, seconds)| **seconds > 0.0)
            .map(|(name, seconds)| format!("{name} {}", lang.time(&format!("{seconds:.0} s"))))
            .collect();
        let over = if over.is_empty() { tell!(lang, "end-none") } else { over.join(", ") };
        tell!(lang, "end-over", over = over, seconds = format!("{:.0}", self.observed_s))
    }
}

impl Accounts {
    fn text(&self, lang: Lang) -> String {
        tell!(
            lang,
            "end-accounts",
            total = self.total.to_string(),
            verified = self.verified.to_string(),
            empty = self.empty.to_string(),
            incomplete = self.incomplete.to_string(),
            failed = self.failed.to_string(),
            waiting = self.waiting.to_string(),
        )
    }
}

impl FailureLine {
    /// Code, mailbox, cause and next command in two lines.
    pub fn text(&self, lang: Lang) -> String {
        let cause = lang.about(&self.code, &tame(&self.cause));
        let next = tell!(lang, "sum-next", next = tame(&lang.advice(&self.code, &self.next)));
        format!("  {} {}: {cause}\n      {next}\n", tame(&self.code), tame(&self.account))
    }
}

/// Seconds below two minutes, minutes above.
fn minutes(seconds: f64) -> String {
    if seconds < 120.0 { format!("{seconds:.1} s") } else { format!("{:.1} min", seconds / 60.0) }
}
