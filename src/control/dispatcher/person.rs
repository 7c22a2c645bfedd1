//! What only a person can decide or mend: a refused administrator, and a night in which too much fails (law R0).

use super::{Dispatcher, Lost};
use crate::control::{
    decision::{Phase, Rule},
    event::{Action, Ending},
    sample::Side,
};

impl Dispatcher {
    /// Parks everything until [`crate::control::event::Event::Mended`], or until the patience with people is
    /// over. Retries are of no use, and ten of them lock a real server's door.
    pub(super) fn await_person(&mut self, side: Side, out: &mut Vec<Action>) {
        if self.ending.is_some() || self.lost.is_some_and(|lost| lost.person) {
            return;
        }
        let patience = self.law.policy.side_loss.person_s;
        self.lost = Some(Lost { side, until: self.now + patience, probing: false, person: true });
        let limit = self.law.limit;
        let mut decision = self.law.record(self.now, limit, limit, Rule::PersonNeeded, None);
        decision.side = Some(side);
        decision.phase = Phase::SideLost;
        self.say(decision, out);
    }

    /// A person did something about a refused side: one worker tries.
    pub(super) fn mended(&mut self, side: Side) {
        let awaited = |lost: &&mut Lost| lost.person && lost.side == side;
        if let Some(lost) = self.lost.as_mut().filter(awaited) {
            *lost = Lost { side, until: self.now, probing: true, person: false };
        }
    }

    /// When a lost side's pause is over, one worker tries; when the wait for a person is, the run ends.
    pub(super) fn look_again(&mut self, out: &mut Vec<Action>) {
        let Some(lost) = &mut self.lost else { return };
        if self.now < lost.until {
            return;
        }
        if lost.person {
            let side = lost.side;
            self.give_up(side, Ending::Refused(side), out);
        } else {
            lost.probing = true;
        }
    }

    /// Ends a run in which more fails than the operator allows.
    pub(super) fn watch_failures(&mut self, out: &mut Vec<Action>) {
        let counts = self.backlog.counts();
        let total = counts.waiting
            + counts.in_flight
            + counts.verified
            + counts.empty
            + counts.incomplete
            + counts.failed;
        let allowed = self.law.policy.retries.failed_share;
        if self.ending.is_some() || allowed >= 1.0 || counts.failed as f64 <= total as f64 * allowed {
            return;
        }
        let limit = self.law.limit;
        let mut decision = self.law.record(self.now, limit, limit, Rule::TooManyFailures, None);
        decision.phase = Phase::Stopping;
        self.say(decision, out);
        self.stop(Ending::TooManyFailures, out);
    }
}
