//! A machine that stays critical although nothing is left to shed: where the operator wants it, the run ends (law R1).

use super::Dispatcher;
use crate::control::{
    decision::{Measure, Phase, Rule},
    event::{Action, Ending},
    sample::Side,
};

impl Dispatcher {
    /// Ends a run that cannot be made small enough, once that has lasted as long as the operator allows.
    pub(super) fn watch_critical(&mut self, out: &mut Vec<Action>) {
        let most = self.law.policy.guard.critical_abort_s;
        let Some(key) = self.beyond_shedding().filter(|_| most > 0.0) else {
            self.critical_since = None;
            return;
        };
        let since = *self.critical_since.get_or_insert(self.now);
        if self.now - since < most {
            return;
        }
        let limit = self.law.limit;
        let mut decision = self.law.record(self.now, limit, limit, Rule::StaysCritical, Some(key));
        decision.phase = Phase::Stopping;
        self.say(decision, out);
        self.stop(Ending::Critical(key.0), out);
    }

    /// What is critical and seen to be so, while no worker can be taken back.
    fn beyond_shedding(&self) -> Option<(Side, Measure)> {
        let law = &self.law;
        if law.pinned.is_none() && law.limit > law.policy.min_workers {
            return None;
        }
        let seen = |side| {
            let last = law.signals.machines.get(&side).and_then(|machine| machine.last_s);
            last.is_some_and(|last| self.now - last <= law.policy.timing.stale_s)
        };
        let gauges = law.signals.gauges.values();
        gauges
            .filter(|gauge| gauge.sheds() && seen(gauge.side))
            // The larger average: a moment's calm is no end of it.
            .filter(|gauge| gauge.critical.is_some_and(|line| gauge.value() > line))
            .max_by(|a, b| a.score().total_cmp(&b.score()))
            .map(|gauge| (gauge.side, gauge.measure))
    }
}
