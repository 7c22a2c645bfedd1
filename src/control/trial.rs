//! A larger limit on trial: was the growth worth it (law R7, R8)?

use super::{
    decision::{Decision, Why},
    planted::{Fault, planted},
    policy::Policy,
    work::{Weights, Window, WorkMeter},
};

/// A trial under way.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    /// Limit before.
    pub(super) from: u32,
    /// Limit aimed at; more than one above `from` for a block, below it when fewer are tried.
    pub(super) target: u32,
    /// Work measured before.
    pub(super) base: Window,
    /// When the next worker of a block may be added.
    pub(super) next_add: f64,
    /// When it began.
    pub(super) began: f64,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Not clear yet.
    More,
    /// The growth stays.
    Keep,
    /// It does not.
    Undo,
    /// Too little could be measured; nothing is learned.
    Interrupted,
}

/// A verdict with its numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    pub(super) verdict: Verdict,
    /// Whether the verdict was clear of noise rather than the best guess when time was up.
    pub(super) clear: bool,
    before: f64,
    after: f64,
    error: f64,
    needed: f64,
}

impl Outcome {
    /// What a growth from `from` that brought too little met, with no machine near a line (law 6.9).
    pub(super) fn why(self, from: u32) -> Why {
        let gain = if self.before > 0.0 { self.after / self.before - 1.0 } else { 0.0 };
        if gain < -2.0 * self.error {
            Why::Locks
        } else if from.is_multiple_of(10) && gain < 2.0 * self.error {
            Why::ServerCap
        } else {
            Why::RoundTrips
        }
    }

    pub(super) const fn write(self, decision: &mut Decision) {
        decision.work_before = Some(self.before);
        decision.work_after = Some(self.after);
        decision.standard_error = Some(self.error);
        decision.needed = Some(self.needed);
    }
}

impl Trial {
    /// Judges the work measured at `limit` since `settled`.
    /// `phi` is the share of a fair share one worker must bring.
    #[expect(clippy::too_many_arguments, reason = "all of them are measurements or their units")]
    pub(super) fn judge(
        &self,
        now: f64,
        limit: u32,
        window_s: f64,
        settled: f64,
        phi: f64,
        meter: &WorkMeter,
        weights: &Weights,
        policy: &Policy,
    ) -> Outcome {
        let trial = meter.window();
        let before = self.base.rate(weights);
        let after = trial.rate(weights);
        let size = f64::from(limit.abs_diff(self.from).max(1));
        // Fewer workers stay if little was lost: half of what more would have had to bring.
        let fair = if limit < self.from { -policy.gain.release } else { 1.0 };
        let needed = fair * phi * size / f64::from(self.from.max(1));
        let samples = |n: usize| 1.0 / n.max(1) as f64;
        let error = meter.scatter() * (samples(trial.len()) + samples(self.base.len())).sqrt();
        let gain = if before > 0.0 { after / before - 1.0 } else { f64::from(u8::from(after > 0.0)) };
        let gain = if planted(Fault::GainInverted) { -gain } else { gain };
        let late = now - settled.max(self.began) >= policy.timing.window_most_s;
        // While the weights are a guess, a verdict that hangs on them is none: the guard alone decides then.
        let guessed = !weights.are_known() && !self.base.agrees_with(trial, needed);
        let verdict = if trial.seconds() >= window_s && guessed {
            Verdict::Interrupted
        } else if trial.seconds() < window_s {
            if late && trial.len() == 0 {
                Verdict::Interrupted
            } else if late {
                decide(gain >= needed)
            } else {
                Verdict::More
            }
        } else if gain - needed > policy.gain.z * error {
            Verdict::Keep
        } else if needed - gain > policy.gain.z * error {
            Verdict::Undo
        } else if late {
            decide(gain >= needed)
        } else {
            Verdict::More
        };
        let verdict = match verdict {
            Verdict::Keep | Verdict::Undo if guessed => Verdict::Interrupted,
            verdict => verdict,
        };
        let clear = (gain - needed).abs() > policy.gain.z * error;
        Outcome { verdict, clear, before, after, error, needed }
    }
}

const fn decide(keep: bool) -> Verdict {
    if keep { Verdict::Keep } else { Verdict::Undo }
}
