//! The warm start: up to half of what a benchmark recommended, one by one, without a trial (law 6.6, 6.11).

use super::{Law, Scene};
use crate::control::{
    decision::{Decision, Rule},
    guard,
};

impl Law {
    /// One more if the climb is not over, the last one has had its time, and every line allows it.
    pub(super) fn warm_up(&mut self, scene: &Scene) -> Option<Decision> {
        if self.limit >= self.warm_to.min(self.policy.max_workers) {
            self.warm_to = 0;
            return None;
        }
        if scene.now - self.last_growth < self.policy.gain.block_apart_s {
            return None;
        }
        match guard::check(self, scene, true) {
            Ok(()) => {
                let mut decision = self.grow(scene.now, self.limit + 1);
                decision.rule = Rule::Warm;
                Some(decision)
            }
            // Unseen for a moment is no reason to forget what is known of these servers.
            Err((refusal, _)) => {
                if refusal.rule != Rule::Stale {
                    self.warm_to = 0;
                }
                None
            }
        }
    }
}
