//! The way up: one more worker, tried and judged (law R5 to R8).

use super::{Knee, Law, Scene};
use crate::control::{
    decision::{Decision, Phase, Rule},
    guard::{self, Refusal},
    stats::jitter,
    trial::{Trial, Verdict},
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

    pub(super) fn judge(&mut self, now: f64, trial: Trial) -> Option<Decision> {
        let window =
            if self.green() { self.policy.timing.window_green_s } else { self.policy.timing.window_s };
        let outcome =
            trial.judge(now, self.limit, window, self.settle_until, &self.meter, &self.weights, &self.policy);
        match outcome.verdict {
            Verdict::More => {
                self.trial = Some(trial);
                None
            }
            Verdict::Interrupted => {
                self.accepted = false;
                None
            }
            Verdict::Keep => {
                self.signals.learn(&self.policy.guard);
                self.accepted = true;
                self.slack_used = false;
                self.slack_every_s = self.policy.guard.slack_every_s;
                self.knee_hold_s = self.policy.gain.knee_hold_s;
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
