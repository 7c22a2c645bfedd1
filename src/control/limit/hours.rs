//! What the hours mean for the law: a ceiling of their own, and a night that begins when the window opens.

use super::Law;
use crate::control::decision::{Decision, Phase, Rule};

impl Law {
    /// At most so many workers from now on; a pinned number comes back as far as that allows.
    pub(in crate::control) fn at_most(&mut self, now: f64, most: u32) -> Decision {
        let from = self.limit;
        self.policy.max_workers = most.max(1);
        self.policy.min_workers = self.policy.min_workers.min(self.policy.max_workers);
        self.limit = self.pinned.unwrap_or(from).min(self.policy.max_workers);
        self.lowest = self.lowest.min(self.limit);
        self.highest = self.highest.max(self.limit);
        self.interrupted(now);
        let mut decision = self.record(now, from, self.limit, Rule::Hours, None);
        decision.phase = Phase::Settle;
        decision
    }

    /// The window opens: a machine at rest is watched anew before the first worker, if none has run yet.
    pub(in crate::control) fn awake(&mut self, now: f64) {
        self.rest_since = now;
        self.interrupted(now);
    }
}
