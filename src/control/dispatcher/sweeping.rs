//! What a benchmark changes in the dispatcher: the order of mailboxes, and that it ends by itself.

use super::Dispatcher;
use crate::control::{
    backlog::Backlog,
    event::{Account, Action, Ending},
    finding::{Finding, Learned, Mode, Moved, Stopped},
    policy::{LimitPolicy, Policy},
    sweep::Sweep,
};

impl Dispatcher {
    /// A benchmark wants work that is alike all the time; a migration wants the largest first.
    pub(super) fn backlog(policy: &Policy, accounts: &[Account]) -> Backlog {
        if policy.limit == LimitPolicy::Sweep {
            Backlog::mixed(accounts, policy.sweep.most_bytes)
        } else {
            Backlog::new(accounts)
        }
    }

    /// The same mailboxes in the order of a benchmark, whoever chooses the limit: for the simulator's truth.
    #[must_use]
    pub(in crate::control) fn in_mixed_order(mut self, accounts: &[Account]) -> Self {
        self.backlog = Backlog::mixed(accounts, self.law.policy.sweep.most_bytes);
        self.law.policy.lane.share = 0.0;
        self
    }

    /// Once the benchmark is over nothing more begins; what is under way gets a little time to end well.
    pub(super) fn end_sweep(&mut self, out: &mut Vec<Action>) {
        let Some((_, at)) = self.law.sweep.as_ref().and_then(Sweep::over) else { return };
        self.draining = true;
        if self.ending.is_none() && self.now - at > self.law.policy.sweep.drain_s {
            self.stop(Ending::Drained, out);
        }
    }

    /// What the benchmark learned for a later run; `None` if this run is none.
    #[must_use]
    pub fn learned(&self) -> Option<Learned> {
        let sweep = self.law.sweep.as_ref()?;
        let scale = sweep.scale(&self.law.weights);
        let [account_s, item_s, mb_s] = self.law.weights.values().map(|w| w * scale);
        let marginal = sweep.marginal();
        Some(Learned { account_s, item_s, mb_s, marginal })
    }

    /// What the benchmark found so far; `None` if this run is none.
    #[must_use]
    pub fn finding(&self, mode: Mode) -> Option<Finding> {
        let counts = self.backlog.counts();
        let moved = Moved { accounts: counts.verified + counts.empty, bytes: self.done.bytes };
        let none_left = counts.waiting + counts.in_flight == 0;
        let early = if none_left { Stopped::NoWork } else { Stopped::Operator };
        let sweep = self.law.sweep.as_ref()?;
        Some(sweep.finding(early, self.now, mode, moved, &self.law.weights))
    }
}
