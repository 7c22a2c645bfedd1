//! How a benchmark drives the limit: up one at a time within the lines, down at once, over at a critical sample.

use super::{Law, Scene};
use crate::control::{
    decision::{Decision, Measure, Phase, Resource, Rule},
    finding::Stopped,
    sample::Side,
    signals::Gauge,
    sweep::{Sweep, Turn},
};

type Key = (Side, Measure);

impl Law {
    /// One moment of a benchmark.
    pub(super) fn sweep_on(&mut self, scene: &Scene) -> Vec<Decision> {
        let Some(mut sweep) = self.sweep.take() else { return Vec::new() };
        let decision = self.sweep_by(&mut sweep, scene);
        self.sweep = Some(sweep);
        decision.into_iter().collect()
    }

    fn sweep_by(&mut self, sweep: &mut Sweep, scene: &Scene) -> Option<Decision> {
        let now = scene.now;
        let samples = self.policy.guard.critical_samples;
        if self.limit <= self.policy.min_workers
            && sweep.over().is_none()
            && self.signals.gauges.values().any(|g| g.sheds() && g.critical(samples))
        {
            // Nothing can be parked any more, but nothing need be measured either.
            sweep.end(now, Stopped::Critical, &self.weights);
            return self.said_over(sweep, now);
        }
        if let Some(decision) = self.critical(scene) {
            if sweep.over().is_none() {
                sweep.end(now, Stopped::Critical, &self.weights);
            }
            return Some(decision);
        }
        if sweep.over().is_some() {
            self.phase = Phase::Tail;
            let back = self.limit.min(sweep.safe());
            return (back < self.limit).then(|| self.shrink_quietly(now, back, Rule::Benchmarked, None));
        }
        if let Some(decision) = self.unseen(scene).or_else(|| self.backpressure(scene)) {
            sweep.again();
            if decision.rule == Rule::Busy {
                sweep.blocked(now, decision.to, None, &self.weights);
            }
            return Some(decision);
        }
        if now >= self.policy.sweep.budget_s {
            sweep.end(now, Stopped::Budget, &self.weights);
            return self.said_over(sweep, now);
        }
        if self.signals.unfit(now, &self.policy).is_some() {
            sweep.again();
            return None;
        }
        let goal = sweep.goal();
        if self.limit > goal {
            self.phase = Phase::Settle;
            return Some(self.shrink_quietly(now, goal, Rule::Rung, self.tightest()));
        }
        if self.limit < goal {
            return self.sweep_up(sweep, scene);
        }
        self.sweep_there(sweep, scene)
    }

    /// One more, if the lines allow it and the last one is at work.
    fn sweep_up(&mut self, sweep: &mut Sweep, scene: &Scene) -> Option<Decision> {
        let now = scene.now;
        self.phase = Phase::Settle;
        if now < sweep.next_add {
            return None;
        }
        if let Some(side) = scene.no_memory.filter(|_| scene.running < self.limit) {
            sweep.blocked(now, scene.running, Some((side, Measure::MemoryUsed)), &self.weights);
            return self.said_over(sweep, now);
        }
        if let Some(key) = self.no_room(sweep) {
            sweep.blocked(now, self.limit, Some(key), &self.weights);
            return self.said_over(sweep, now);
        }
        sweep.next_add = now + self.policy.sweep.apart_s;
        let mut decision = self.grow(now, self.limit + 1);
        decision.rule = Rule::Rung;
        Some(decision)
    }

    /// The number wanted is in force.
    fn sweep_there(&mut self, sweep: &mut Sweep, scene: &Scene) -> Option<Decision> {
        let now = scene.now;
        let steady = scene.running == self.limit;
        if let Some(side) = scene.no_memory.filter(|_| !steady && !sweep.compares()) {
            sweep.blocked(now, scene.running.max(1), Some((side, Measure::MemoryUsed)), &self.weights);
            return self.said_over(sweep, now);
        }
        self.phase = Phase::Measure;
        match sweep.pass(now, steady, scene.more, self.meter.total(), &self.weights) {
            Turn::On => {
                self.phase = Phase::Settle;
                self.said_over(sweep, now)
            }
            Turn::Opened => {
                self.settling = false;
                self.signals.settled();
                None
            }
            Turn::Full => {
                let scores = self.signals.gauges.values().filter_map(score).collect();
                self.signals.learn(&self.policy.guard);
                let in_flight = scene.in_flight;
                let work = sweep.keep(now, self.meter.total(), in_flight, scores, &self.weights);
                let mut decision = self.record(now, self.limit, self.limit, Rule::Measured, self.tightest());
                decision.work_after = work;
                Some(decision)
            }
        }
    }

    /// A resource that would cross its line with one worker more: at what the last window showed and what a
    /// worker costs there on average, a little over being allowed, because a number that is visited is
    /// measured. A number that was seen within its lines only needs them not to be crossed now.
    fn no_room(&self, sweep: &Sweep) -> Option<Key> {
        let next = self.limit + 1;
        let slack = self.policy.sweep.over_points;
        self.signals.gauges.values().find_map(|gauge| {
            let key = (gauge.side, gauge.measure);
            if !gauge.sheds() {
                return None;
            }
            let allowed = gauge.soft + slack * gauge.point();
            let known = sweep.seen(next, key).is_some_and(|score| score <= 1.0);
            // Candidates were chosen by more than the last window.
            let ahead = if known || sweep.compares() { 0.0 } else { predicted(gauge, sweep, next) };
            let both = gauge.fast().min(gauge.slow());
            (ahead > allowed || both > allowed).then_some(key)
        })
    }

    fn said_over(&self, sweep: &Sweep, now: f64) -> Option<Decision> {
        sweep.over()?;
        Some(self.record(now, self.limit, self.limit, Rule::Benchmarked, self.tightest()))
    }

    /// Looks at the machines at rest: their load, and whether one is too busy for an answer that means much.
    pub(super) fn sweep_at_rest(&mut self, now: f64) {
        let share = self.policy.sweep.busy_share;
        let Some(mut sweep) = self.sweep.take() else { return };
        sweep.at_rest = self
            .signals
            .gauges
            .values()
            .filter(|g| g.measure == Measure::CpuBusy)
            .map(|g| (g.side.to_string(), g.slow()))
            .collect();
        let rest = |g: &Gauge| Some(((g.side, g.measure), g.background? / g.soft));
        sweep.rest = self.signals.gauges.values().filter_map(rest).collect();
        // Memory in use is no load: it is held against its whole line.
        let line = |g: &Gauge| if g.drains() { g.soft } else { share * g.soft };
        let busy = self.signals.gauges.values().filter(|g| g.sheds() && g.slow() > line(g));
        let busy = busy.max_by(|a, b| a.score().total_cmp(&b.score()));
        sweep.busy = busy.map(|g| (g.side, g.measure));
        if sweep.busy.is_some() && !self.policy.sweep.busy_hour {
            sweep.end(now, Stopped::Busy, &self.weights);
        }
        self.sweep = Some(sweep);
    }
}

/// How full a resource was over the window just past, as a share of its line.
fn score(gauge: &Gauge) -> Option<(Key, f64)> {
    let counts = gauge.sheds() && gauge.measure != Measure::SwapIn;
    let level = gauge.level().filter(|_| counts && gauge.soft > 0.0)?;
    Some(((gauge.side, gauge.measure), level / gauge.soft))
}

/// A gauge with `workers`, from the last window.
fn predicted(gauge: &Gauge, sweep: &Sweep, workers: u32) -> f64 {
    let Some((last, score)) = sweep.last((gauge.side, gauge.measure)) else { return 0.0 };
    if !matches!(
        gauge.measure.resource(),
        Resource::Cpu | Resource::Disk | Resource::Network | Resource::Memory
    ) {
        return 0.0;
    }
    let level = score * gauge.soft;
    let idle = match gauge.measure {
        Measure::WriteAwait | Measure::ReadAwait => 1.0,
        _ => gauge.background.unwrap_or(0.0),
    };
    let each = (level - idle).max(0.0) / f64::from(last.max(1));
    // A resource that fills up takes less from each more worker; one window alone is half believed.
    let rise = sweep.rise((gauge.side, gauge.measure)).map_or(each, |r| (r * gauge.soft).clamp(0.0, each));
    let each = match gauge.measure {
        Measure::WriteAwait | Measure::ReadAwait => each,
        _ => f64::midpoint(each, rise),
    };
    level + each * (f64::from(workers) - f64::from(last))
}
