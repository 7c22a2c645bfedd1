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
                    Ok(_) => {
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
        if let Some(decision) = self.changed(now) {
            return Some(decision);
        }
        if let Some(decision) = self.try_fewer(now) {
            return Some(decision);
        }
        let green = self.green();
        let window = if green { self.policy.timing.window_green_s } else { self.policy.timing.window_s };
        match guard::check(self, scene, false) {
            Err(refusal) => {
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
            }
            Ok(slack) => {
                if now < self.blocked_until {
                    self.phase = Phase::HoldLimit;
                    return None;
                }
                self.phase = Phase::Measure;
                if self.meter.window().seconds() < window {
                    return None;
                }
                let cap = self.cap(now);
                let size = if self.accepted && self.limit >= self.policy.gain.block_from {
                    (self.limit / self.policy.gain.block_divisor).clamp(1, cap - self.limit)
                } else {
                    1
                };
                self.slack_used = slack;
                if slack {
                    self.slack_after = now + self.slack_every_s;
                }
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
    }

    /// R10: work at this limit is a tenth less, or more, than when it was first measured for minutes.
    fn changed(&mut self, now: f64) -> Option<Decision> {
        let enough = self.policy.timing.window_most_s;
        let window = self.meter.window();
        if window.seconds() < enough / 2.0 {
            return None;
        }
        let Some((limit, usual)) = &self.usual else {
            self.usual = Some((self.limit, window.clone()));
            return None;
        };
        if *limit != self.limit {
            self.usual = None;
            return None;
        }
        let (before, after) = (usual.rate(&self.weights), window.rate(&self.weights));
        let moved = if before > 0.0 { after / before - 1.0 } else { 0.0 };
        if window.seconds() < enough || moved.abs() < self.policy.gain.change || self.policy.without.change {
            return None;
        }
        self.usual = None;
        self.knee = None;
        // Less work and no machine near a line: perhaps there are too many of us.
        self.fewer |= moved < 0.0 && self.signals.tightest().is_none_or(|g| g.score() < 0.9);
        let mut decision = self.record(now, self.limit, self.limit, Rule::Changed, self.tightest());
        decision.work_before = Some(before);
        decision.work_after = Some(after);
        decision.needed = Some(self.policy.gain.change * moved.signum());
        Some(decision)
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
        let size = if self.limit >= self.policy.gain.block_from {
            (self.limit / self.policy.gain.block_divisor).max(1)
        } else {
            1
        };
        let to = (self.limit - size).max(self.policy.min_workers);
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
                self.knee = Some(Knee { at: from, until: now + self.knee_hold_s });
            }
            back
        };
        outcome.write(&mut decision);
        decision
    }

    pub(super) fn judge(&mut self, now: f64, trial: Trial) -> Option<Decision> {
        let window =
            if self.green() { self.policy.timing.window_green_s } else { self.policy.timing.window_s };
        let outcome =
            trial.judge(now, self.limit, window, self.settle_until, &self.meter, &self.weights, &self.policy);
        if trial.target < trial.from && matches!(outcome.verdict, Verdict::Keep | Verdict::Undo) {
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
                self.slack_used = false;
                self.slack_every_s = self.policy.guard.slack_every_s;
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
                    self.knee = Some(Knee { at: to, until: now + hold });
                    self.knee_levels = self.signals.gauges.iter().map(|(key, g)| (*key, g.slow())).collect();
                    self.knee_hold_s = (self.knee_hold_s * 2.0).min(self.policy.gain.knee_hold_most_s);
                    decision.next_look_s = Some(hold);
                    if self.slack_used {
                        self.slack_used = false;
                        self.slack_failed(now);
                    }
                }
                Some(decision)
            }
        }
    }
}
