//! The ways down: critical and soft lines, back-pressure, lost sight (law R1 to R3, 6.8).

use super::{Law, Scene};
use crate::control::{
    decision::{Decision, Rule, Why},
    planted::{Fault, planted},
    signals::Gauge,
};

impl Law {
    /// R1: over a critical line on samples in a row: half, at once.
    pub(super) fn critical(&mut self, scene: &Scene) -> Option<Decision> {
        let guard = &self.policy.guard;
        let (samples, apart, ceiling) =
            (guard.critical_samples, guard.critical_apart_s, guard.critical_ceiling_s);
        let most = guard.critical_ceiling_most_s;
        let gauge = self
            .signals
            .gauges
            .values()
            .filter(|g| g.sheds() && g.critical(samples))
            .max_by(|a, b| a.score().total_cmp(&b.score()))?;
        let key = (gauge.side, gauge.measure);
        if scene.now - self.last_critical < apart || self.limit <= self.policy.min_workers {
            return None;
        }
        let from = self.limit;
        let to = (from / 2).max(self.policy.min_workers);
        // Critical again within twice the last hold: hold longer.
        let since = scene.now - self.last_critical;
        let ceiling = if since < self.policy.guard.cool_down_s {
            self.ceiling_hold_s
        } else if since < 2.0 * self.ceiling_hold_s {
            (self.ceiling_hold_s * 2.0).min(most)
        } else {
            ceiling
        };
        self.ceiling_hold_s = ceiling;
        self.last_critical = scene.now;
        self.signals.clear_critical();
        // Halvings in a row are one event: below half of where it began nothing was shown to be too much.
        // And what came long after the last growth says little about how many we were.
        let ours = scene.now - self.last_growth <= self.policy.guard.line_memory_s;
        let shown = if ours { self.grown_to / 2 } else { self.grown_to - 1 };
        let ceiling_at = (from - 1).max(shown).max(self.policy.min_workers);
        self.ceiling =
            Some((self.ceiling.map_or(ceiling_at, |(n, _)| n.min(ceiling_at)), scene.now + ceiling));
        Some(self.shrink(scene.now, to, Rule::Critical, Some(key)))
    }

    /// R2: over a soft line and not falling already: as many fewer as the excess is worth.
    pub(super) fn soft(&mut self, scene: &Scene) -> Option<Decision> {
        let guard = &self.policy.guard;
        if scene.now - self.last_shrink < guard.shrink_apart_s
            || self.limit <= self.policy.min_workers
            || planted(Fault::SoftIgnored)
        {
            return None;
        }
        let work = self.meter.smooth();
        let look = |g: &Gauge| g.ahead(guard.look_ahead_s, self.policy.timing.slow_s);
        // The slow average takes minutes to tell a small excess; the minute just past is what the promise is about.
        // One that began before the last shrink tells what is mended already; waits scatter too much for it.
        let minute_counts = scene.now - self.last_shrink >= self.policy.timing.slow_s;
        let over = |g: &Gauge| {
            let point = g.point();
            let margin = if g.is_wait() { guard.soft_margin_wait_points } else { guard.soft_margin_points };
            let told = if minute_counts && !g.is_wait() { look(g).max(g.minute()) } else { look(g) };
            told > g.soft + margin * point
                && g.fast() > g.soft
                && g.sure > g.soft
                && g.fast() >= g.slow() - guard.falling_points * point
                && g.sheds()
                && !(g.drains() && scene.running > self.limit)
        };
        let gauges = self.signals.gauges.values().filter(|g| over(g));
        let gauge = gauges.max_by(|a, b| (look(a) / a.soft).total_cmp(&(look(b) / b.soft)))?;
        // The averages are still on their way up when the first two readings are in: size by what is sure.
        let excess = look(gauge).max(gauge.sure) - gauge.soft;
        let marginal = gauge.marginal(self.limit, work);
        let worth = if marginal > 0.0 { (excess / marginal).ceil() } else { 1.0 };
        // A machine at its end cannot show by how much it is over: half as soon as that is sure.
        let saturated = gauge.critical.is_some_and(|c| gauge.sure > c);
        // What the last step crossed, undoing it mends.
        let own = scene.now - self.last_growth <= guard.cool_down_s;
        let most = match saturated {
            true => self.limit / 2,
            false if own => self.trial.as_ref().map_or(1, |t| self.limit.saturating_sub(t.from).max(1)),
            false => self.limit.div_ceil(4),
        };
        let worth = if saturated { f64::from(most) } else { worth };
        let fewer = (worth.clamp(1.0, f64::from(most))) as u32;
        let key = (gauge.side, gauge.measure);
        let why = gauge.rise().filter(|_| !own).map(|rise| Why::NotOurs { rise: rise as f32 });
        let to = self.limit.saturating_sub(fewer).max(self.policy.min_workers);
        self.hold_line(scene.now, key);
        let mut decision = self.shrink(scene.now, to, Rule::Soft, Some(key));
        decision.why = why;
        Some(decision)
    }

    /// R3: a server says it is busy, again and again.
    pub(super) fn backpressure(&mut self, scene: &Scene) -> Option<Decision> {
        let guard = &self.policy.guard;
        let recent = self.busy.iter().filter(|at| scene.now - **at <= guard.busy_within_s).count();
        if recent < guard.busy_answers as usize || self.limit <= self.policy.min_workers {
            return None;
        }
        self.busy.clear();
        let (hold, most) = (self.busy_hold_s, guard.hold_most_s);
        self.busy_hold_s = (hold * 2.0).min(most);
        let at = (self.limit - 1).max(self.policy.min_workers);
        self.ceiling = Some((self.ceiling.map_or(at, |(n, _)| n.min(at)), scene.now + hold));
        let mut decision = self.shrink(scene.now, self.limit - 1, Rule::Busy, None);
        self.quiet_until = scene.now + self.policy.guard.busy_hold_s.min(hold);
        decision.next_look_s = Some(hold);
        Some(decision)
    }

    /// 6.8: nobody is looking at a machine.
    pub(super) fn unseen(&mut self, scene: &Scene) -> Option<Decision> {
        let t = &self.policy.timing;
        let (side, age) = self.signals.oldest(scene.now, &self.policy)?;
        if self.unseen_s <= t.degraded_s || planted(Fault::BlindHolds) {
            self.degraded &= self.unseen_s > 0.0;
            return None;
        }
        let to = if self.unseen_s > t.blind_s {
            let floor = self.safe.div_ceil(2).max(self.policy.min_workers);
            if self.limit <= floor || scene.now - self.blind_step < t.blind_step_s {
                return None;
            }
            self.blind_step = scene.now;
            self.limit - 1
        } else if self.degraded {
            return None;
        } else {
            self.limit.min(self.safe.max(self.policy.min_workers))
        };
        let rule = if self.degraded { Rule::Blind } else { Rule::Degraded };
        self.degraded = true;
        let mut decision = if to < self.limit {
            self.shrink(scene.now, to, rule, None)
        } else {
            self.record(scene.now, self.limit, self.limit, rule, None)
        };
        decision.side = Some(side);
        decision.sample_age_s = age;
        Some(decision)
    }
}
