//! The way up: one more worker, tried and judged (law R5 to R8).

use super::{Knee, Law, Scene};
use crate::control::{
    decision::{Decision, Phase, Rule},
    guard::{self, Refusal},
    stats::jitter,
    trial::{Outcome, Trial, Verdict},
};

impl Law {
    /// R5 to R8: whether to grow, and whether the growth was worth it.
    pub(super) fn experiment(&mut self, scene: &Scene) -> Option<Decision> {
        let now = scene.now;
        if !scene.more {
            self.phase = Phase::Tail;
            self.trial = None;
            return None;
        }
        if scene.running < self.limit {
            self.phase = if self.trial.is_some() { Phase::Trial } else { Phase::Settle };
            if let Some(side) = scene.no_memory {
                self.phase = Phase::HoldLimit;
                return self.refuse(
                    now,
                    Refusal { rule: Rule::Admission, side: Some(side), measure: None },
                    |_| (),
                );
            }
            return None;
        }
        if let Some(decision) = self.warm_up(scene) {
            return Some(decision);
        }
        if let Some(mut trial) = self.trial.take() {
            self.phase = Phase::Trial;
            if self.limit < trial.target && now >= trial.next_add {
                match guard::check(self, scene, true) {
                    Ok(()) => {
                        trial.next_add = now + self.policy.gain.block_apart_s;
                        self.trial = Some(trial);
                        return Some(self.grow(now, self.limit + 1));
                    }
                    Err(_) => trial.target = self.limit,
                }
            }
            if now < self.settle_until || self.limit < trial.target {
                self.trial = Some(trial);
                return None;
            }
            return self.judge(now, trial);
        }
        if now < self.settle_until {
            self.phase = Phase::Settle;
            return None;
        }
        self.consider(scene)
    }

    pub(super) fn consider(&mut self, scene: &Scene) -> Option<Decision> {
        let now = scene.now;
        if let Some(decision) = self.try_fewer(now) {
            return Some(decision);
        }
        let green = self.green();
        let window = self.least_window();
        if let Err(refusal) = guard::check(self, scene, false) {
            if matches!(refusal.0.rule, Rule::Guard | Rule::Stale) {
                self.blocked_until = now + self.policy.guard.clear_s;
            }
            self.phase = match refusal.0.rule {
                Rule::Knee => Phase::HoldKnee,
                Rule::CoolDown | Rule::Ceiling => Phase::CoolDown,
                Rule::Stale => Phase::Degraded,
                _ => Phase::HoldLimit,
            };
            let (refusal, fill) = refusal;
            self.refuse(now, refusal, |d| fill.apply(d))
        } else {
            if now < self.blocked_until {
                self.phase = Phase::HoldLimit;
                return None;
            }
            self.phase = Phase::Measure;
            if green && self.first_climb && self.limit < self.policy.gain.climb_to {
                return self.climb(now);
            }
            if self.meter.window().seconds() < window {
                return None;
            }
            let cap = self.cap(now);
            let size = if self.accepted {
                self.block(green && self.first_climb).clamp(1, cap - self.limit)
            } else {
                1
            };
            self.trial = Some(Trial {
                from: self.limit,
                target: self.limit + size,
                base: self.meter.window().clone(),
                next_add: now + self.policy.gain.block_apart_s,
                began: now,
            });
            Some(self.grow(now, self.limit + 1))
        }
    }

    /// The first few workers, far below every line: one by one, each long enough to see what it costs.
    fn climb(&mut self, now: f64) -> Option<Decision> {
        if now - self.last_growth < self.policy.gain.climb_apart_s {
            return None;
        }
        self.signals.learn(&self.policy.guard);
        self.accepted = true;
        let mut decision = self.grow(now, self.limit + 1);
        decision.rule = Rule::Climb;
        Some(decision)
    }

    /// Seconds of work measured before a verdict. One that cannot be had yet is not waited for.
    fn least_window(&self) -> f64 {
        let t = &self.policy.timing;
        if self.green() || !self.weights.are_known() { t.window_green_s } else { t.window_s }
    }

    /// R8: workers tested at a time.
    fn block(&self, green: bool) -> u32 {
        let gain = &self.policy.gain;
        self.limit / if green { gain.block_divisor_green } else { gain.block_divisor }
    }

    /// R9: fewer, in blocks like more.
    fn try_fewer(&mut self, now: f64) -> Option<Decision> {
        if !self.fewer || self.policy.without.down {
            return None;
        }
        if self.limit <= self.policy.min_workers
            || self.signals.unfit(now, &self.policy).is_some()
            || now < self.quiet_until
            || self.meter.window().seconds() < self.policy.timing.window_s
        {
            return None;
        }
        self.fewer = false;
        let to = (self.limit - self.block(false).max(1)).max(self.policy.min_workers);
        let base = self.meter.window().clone();
        self.trial = Some(Trial { from: self.limit, target: to, base, next_add: f64::INFINITY, began: now });
        self.phase = Phase::Trial;
        let tightest = self.tightest();
        Some(self.shrink_quietly(now, to, Rule::Fewer, tightest))
    }

    /// What fewer workers lost, against what they may.
    fn judge_fewer(&mut self, now: f64, from: u32, outcome: Outcome) -> Decision {
        self.signals.learn(&self.policy.guard);
        self.accepted = false;
        let mut decision = if outcome.verdict == Verdict::Keep {
            // And again while it costs nothing.
            self.fewer = true;
            self.knee = None;
            self.record(now, self.limit, self.limit, Rule::Kept, self.tightest())
        } else {
            // Back by one; the rest, if it was a block, is tried again as usual.
            let mut back = self.grow(now, self.limit + 1);
            back.rule = Rule::Undone;
            if self.limit == from {
                // Neither fewer nor, as was found before, more.
                self.knee = Some(Knee { at: from, until: now + self.knee_hold_s, why: None });
            }
            back
        };
        outcome.write(&mut decision);
        decision
    }

    pub(super) fn judge(&mut self, now: f64, trial: Trial) -> Option<Decision> {
        let window = self.least_window();
        let Self { meter, weights, policy, .. } = self;
        let phi = if self.signals.disks_are_told() { policy.gain.phi } else { policy.gain.phi_unread };
        let outcome = trial.judge(now, self.limit, window, self.settle_until, phi, meter, weights, policy);
        let fewer = trial.target < trial.from;
        if fewer && outcome.verdict == Verdict::Undo && self.signals.unfit(now, &self.policy).is_some() {
            // Going back up is a growth too: not before both machines are seen again.
            self.trial = Some(trial);
            return None;
        }
        if fewer && matches!(outcome.verdict, Verdict::Keep | Verdict::Undo) {
            return Some(self.judge_fewer(now, trial.from, outcome));
        }
        match outcome.verdict {
            Verdict::More => {
                self.trial = Some(trial);
                None
            }
            Verdict::Interrupted => {
                self.accepted = false;
                // Every step has its verdict in the log, also when it is none.
                Some(self.record(now, self.limit, self.limit, Rule::Kept, self.tightest()))
            }
            Verdict::Keep => {
                self.signals.learn(&self.policy.guard);
                self.accepted = true;
                if outcome.clear {
                    self.knee_hold_s = self.policy.gain.knee_hold_s;
                }
                self.knee = None;
                let mut decision = self.record(now, self.limit, self.limit, Rule::Kept, self.tightest());
                outcome.write(&mut decision);
                Some(decision)
            }
            Verdict::Undo => {
                self.signals.learn(&self.policy.guard);
                self.accepted = false;
                self.first_climb = false;
                let (from, size) = (trial.from, self.limit - trial.from);
                let to = if size > 1 { from + size / 2 } else { from };
                let near = self.tightest().filter(|key| self.signals.gauges[key].score() >= 0.9);
                let mut decision = self.shrink_quietly(now, to, Rule::Undone, near);
                outcome.write(&mut decision);
                if to > from {
                    self.trial = Some(Trial { target: to, began: now, next_add: f64::INFINITY, ..trial });
                } else {
                    self.jitters += 1;
                    let hold = self.knee_hold_s
                        * (1.0 + self.policy.timing.jitter * jitter(self.policy.seed, self.jitters));
                    let why = near.is_none().then(|| outcome.why(to));
                    self.knee = Some(Knee { at: to, until: now + hold, why });
                    decision.why = why;
                    self.knee_levels = self.signals.gauges.iter().map(|(key, g)| (*key, g.slow())).collect();
                    self.knee_hold_s = (self.knee_hold_s * 2.0).min(self.policy.gain.knee_hold_most_s);
                    decision.next_look_s = Some(hold);
                }
                Some(decision)
            }
        }
    }
}
