//! The guard: whether one more worker may be tried (law R6, R11). It only looks, it changes nothing.

use super::{
    decision::{Decision, Measure, Resource, Rule, Why},
    limit::{Law, Scene},
    planted::{Fault, planted},
    sample::Side,
};

/// A reason not to grow; two are the same if an operator would call them the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) rule: Rule,
    pub(super) side: Option<Side>,
    pub(super) measure: Option<Measure>,
}

/// Numbers a refusal adds to its record.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fill {
    age_s: Option<f64>,
    why: Option<Why>,
    next_look_s: Option<f64>,
}

impl Fill {
    pub(super) const fn apply(self, decision: &mut Decision) {
        if self.age_s.is_some() {
            decision.sample_age_s = self.age_s;
        }
        decision.next_look_s = self.next_look_s;
        decision.why = self.why;
    }
}

/// Whether one more may be tried, or why not.
pub(super) fn check(law: &Law, scene: &Scene, within_block: bool) -> Result<(), (Refusal, Fill)> {
    let now = scene.now;
    let refuse = |rule, side, measure, fill| Err((Refusal { rule, side, measure }, fill));
    if let Some((side, age_s)) = law.signals.unfit(now, &law.policy) {
        return refuse(Rule::Stale, Some(side), None, Fill { age_s, ..Fill::default() });
    }
    if !within_block && let Some((rule, next_look_s)) = law.barred(now) {
        let key = if rule == Rule::Line { law.held_line() } else { None };
        let (side, measure) = (key.map(|k| k.0), key.map(|k| k.1));
        return refuse(
            rule,
            side,
            measure,
            Fill { next_look_s, why: law.knee_why().filter(|_| rule == Rule::Knee), age_s: None },
        );
    }
    let without = law.policy.without;
    if scene.enough && !without.enough {
        return refuse(Rule::Enough, None, None, Fill::default());
    }
    let work = law.meter.smooth();
    let late = law.late.found().filter(|_| !without.lag);
    let mut worst: Option<(f64, Refusal)> = None;
    for gauge in law.signals.gauges.values().filter(|_| !without.guard) {
        let marginal = if without.prediction { 0.0 } else { gauge.marginal(law.limit, work) };
        let mut ahead = gauge.value() + marginal;
        if let Some(found) = late.filter(|_| is_late(gauge)) {
            // With everything indexed as fast as it is moved, and one worker more.
            let n = f64::from(law.limit.max(1));
            let steady =
                gauge.background.unwrap_or(0.0) + (found.now + found.late) * law.late.rate() * (n + 1.0) / n;
            ahead = ahead.max(steady);
        }
        let over = ahead - gauge.soft;
        if over <= 0.0 || planted(Fault::GuardDropped) {
            continue;
        }
        let refusal = Refusal { rule: Rule::Guard, side: Some(gauge.side), measure: Some(gauge.measure) };
        let score = ahead / gauge.soft;
        if worst.is_none_or(|(w, _)| score > w) {
            worst = Some((score, refusal));
        }
    }
    if let Some((_, refusal)) = worst {
        return Err((refusal, Fill::default()));
    }
    if let Some((refusal, wait)) = indexing(law, scene).filter(|_| !without.lag && !without.guard) {
        return Err((refusal, Fill { next_look_s: Some(wait), ..Fill::default() }));
    }
    Ok(())
}

/// Whether indexing shows in this gauge.
fn is_late(gauge: &super::signals::Gauge) -> bool {
    gauge.side == Side::Destination && gauge.measure == Measure::CpuBusy
}

/// Zimbra indexes after it has answered: near a line, the last worker's cost must have come in first.
/// The wait is the measured lag; a constant until there was time to measure one.
fn indexing(law: &Law, scene: &Scene) -> Option<(Refusal, f64)> {
    let guard = &law.policy.guard;
    let apart = match law.late.found() {
        Some(found) => found.lag_s + guard.late_spread_s,
        None if law.late.known() => return None,
        None => guard.late_apart_s,
    };
    let wait = law.last_growth + apart - scene.now;
    if wait <= 0.0 {
        return None;
    }
    // What ended lately must matter beside what is being done, or its indexing will not.
    let ended = law.late.ended_since(scene.now - guard.late_tail_s);
    let indexing = ended > guard.late_tail_share * law.late.rate() * guard.late_tail_s;
    if !indexing {
        return None;
    }
    let busy = law
        .signals
        .gauges
        .values()
        .filter(|g| {
            g.side == Side::Destination && matches!(g.measure.resource(), Resource::Cpu | Resource::Disk)
        })
        .filter(|g| g.value() > guard.late_share * g.soft)
        .max_by(|a, b| a.score().total_cmp(&b.score()))?;
    Some((Refusal { rule: Rule::LateCost, side: Some(busy.side), measure: Some(busy.measure) }, wait))
}
