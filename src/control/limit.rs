//! The law: how many mailboxes may be in flight (law 6.4 to 6.8). Readings in, decisions out.
//!
//! Rules are asked in a fixed order and the first that applies decides. Every state can be left by time alone.

mod experiment;
mod hours;
mod retreat;
mod sweeping;
mod warm;

use super::{
    decision::{Decision, Measure, Phase, Rule, Step, Why},
    guard::Refusal,
    late::Late,
    planted::{Fault, planted},
    policy::{LimitPolicy, Policy},
    sample::Side,
    signals::{Gauge, Load, Signals},
    stats::jitter,
    sweep::Sweep,
    trial::Trial,
    work::{Weights, WorkMeter},
};

/// What the dispatcher knows and the law must.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene {
    /// Seconds since the run began.
    pub(super) now: f64,
    /// Workers forwarding now.
    pub(super) running: u32,
    /// Whether a mailbox could be started if there were room.
    pub(super) more: bool,
    /// A machine without memory for the next mailbox.
    pub(super) no_memory: Option<Side>,
    /// Whether more workers could not end the run earlier: the longest mailbox decides.
    pub(super) enough: bool,
    /// Workers with a mailbox, parked ones included.
    pub(super) in_flight: u32,
}

/// A limit that brought too little when exceeded.
#[derive(Clone, Copy, Debug)]
struct Knee {
    at: u32,
    until: f64,
    why: Option<Why>,
}

/// A limit that crossed a line by growing, and the machine as it was once that was undone.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeldLine {
    at: u32,
    until: f64,
    key: (Side, Measure),
    from: f64,
    level: Option<f64>,
}

/// The control law and all it remembers.
#[derive(Clone, Debug)]
pub(super) struct Law {
    pub(super) policy: Policy,
    pub(super) signals: Signals,
    pub(super) meter: WorkMeter,
    pub(super) weights: Weights,
    pub(super) late: Late,
    pub(super) limit: u32,
    pub(super) pinned: Option<u32>,
    pub(super) preflight: bool,
    pub(super) lowest: u32,
    pub(super) highest: u32,
    /// Whether the last shrink is left to mailboxes that end: parking would not give back what is short.
    pub(super) drain: bool,
    /// The benchmark, if this is one.
    pub(super) sweep: Option<Sweep>,
    /// Where the climb without trials ends; 0 once it is over.
    warm_to: u32,
    /// When watching at rest began: with the run, or when the window opened.
    rest_since: f64,
    settle_until: f64,
    settling: bool,
    trial: Option<Trial>,
    accepted: bool,
    /// Whether nothing has stopped the first climb yet.
    first_climb: bool,
    knee: Option<Knee>,
    knee_hold_s: f64,
    knee_levels: Vec<((Side, Measure), f64)>,
    quiet_until: f64,
    ceiling: Option<(u32, f64)>,
    ceiling_hold_s: f64,
    line: Option<HeldLine>,
    line_hold_s: f64,
    fewer: bool,
    knees: u32,
    last_shrink: f64,
    last_critical: f64,
    pub(super) last_growth: f64,
    /// The limit the last growth led to.
    grown_to: u32,
    blocked_until: f64,
    busy: Vec<f64>,
    busy_hold_s: f64,
    safe: u32,
    safe_since: f64,
    degraded: bool,
    blind_step: f64,
    heard_s: f64,
    unseen_s: f64,
    jitters: u64,
    said: Vec<(Refusal, f64)>,
    phase: Phase,
}

impl Law {
    pub(super) fn new(policy: Policy) -> Self {
        let (limit, pinned) = match policy.limit {
            LimitPolicy::Adaptive { start } => (start.clamp(policy.min_workers, policy.max_workers), None),
            LimitPolicy::Fixed(n) => (n.max(1), Some(n.max(1))),
            LimitPolicy::Sweep => (1, None),
        };
        let sweep = (policy.limit == LimitPolicy::Sweep).then(|| Sweep::new(&policy));
        let t = &policy.timing;
        let meter = WorkMeter::new(t.batch_s, t.window_most_s, t.slow_s, policy.gain.scatter_prior);
        Self {
            weights: Weights::new(policy.work),
            meter,
            signals: Signals::default(),
            late: Late::new(),
            limit,
            pinned,
            preflight: pinned.is_none(),
            lowest: limit,
            highest: limit,
            drain: false,
            sweep,
            warm_to: policy.warm_to,
            rest_since: 0.0,
            settle_until: 0.0,
            settling: false,
            trial: None,
            accepted: false,
            first_climb: true,
            knee: None,
            knee_hold_s: policy.gain.knee_hold_s,
            knee_levels: Vec::new(),
            quiet_until: 0.0,
            ceiling: None,
            ceiling_hold_s: 0.0,
            line: None,
            line_hold_s: policy.guard.line_hold_s,
            fewer: false,
            knees: 0,
            last_shrink: f64::NEG_INFINITY,
            last_critical: f64::NEG_INFINITY,
            last_growth: f64::NEG_INFINITY,
            grown_to: limit,
            blocked_until: 0.0,
            busy: Vec::new(),
            busy_hold_s: policy.guard.busy_hold_s,
            safe: policy.min_workers,
            safe_since: 0.0,
            degraded: false,
            blind_step: f64::NEG_INFINITY,
            heard_s: 0.0,
            unseen_s: 0.0,
            jitters: 0,
            said: Vec::new(),
            phase: if pinned.is_some() { Phase::Pinned } else { Phase::Preflight },
            policy,
        }
    }

    pub(super) const fn phase(&self) -> Phase {
        self.phase
    }

    pub(super) fn load(&self, running: u32, migrating: bool) -> Load {
        Load {
            running,
            work: self.meter.smooth(),
            migrating,
            early: self.highest <= 2 && self.limit <= 2,
            settled: !self.settling,
        }
    }

    /// A server asked for less.
    pub(super) fn busy_answer(&mut self, now: f64) {
        self.busy.retain(|at| now - at <= self.policy.guard.busy_within_s);
        // What was refused while the last shrink takes effect says nothing new.
        if now - self.last_shrink < self.policy.timing.settle_s {
            return;
        }
        if self.busy.len() < 64 {
            self.busy.push(now);
        }
    }

    /// Time passes; at most one change of the limit comes of it, with whatever else must be said.
    pub(super) fn step(&mut self, scene: &Scene) -> Vec<Decision> {
        self.hear(scene.now);
        let steady = scene.running == self.limit && !self.preflight;
        self.meter.advance(scene.now, steady, &self.weights);
        if self.preflight {
            return self.watch_at_rest(scene).into_iter().collect();
        }
        if self.pinned.is_some() {
            self.phase = if scene.more { Phase::Pinned } else { Phase::Tail };
            return Vec::new();
        }
        if self.sweep.is_some() {
            return self.sweep_on(scene);
        }
        if self.settling && scene.now >= self.settle_until {
            self.settling = false;
            self.signals.settled();
        }
        self.expire(scene.now);
        let change = self
            .critical(scene)
            .or_else(|| self.unseen(scene))
            .or_else(|| self.soft(scene))
            .or_else(|| self.backpressure(scene));
        if let Some(decision) = change {
            return vec![decision];
        }
        self.remember_safe(scene.now);
        self.experiment(scene).into_iter().collect()
    }

    /// Ages count only the time in which anything was heard at all: a stalled loop is not a lost machine.
    fn hear(&mut self, now: f64) {
        let gap = (now - self.heard_s).max(0.0);
        self.heard_s = now;
        let oldest = self.signals.oldest(now, &self.policy).map_or(0.0, |(_, age)| age.unwrap_or(now));
        self.unseen_s = if oldest <= self.policy.timing.stale_s {
            0.0
        } else {
            (self.unseen_s + gap.min(self.policy.timing.stale_s)).min(oldest)
        };
    }

    /// Whether a machine has not been seen for minutes.
    pub(super) fn is_blind(&self) -> bool {
        self.unseen_s > self.policy.timing.blind_s
    }

    fn watch_at_rest(&mut self, scene: &Scene) -> Option<Decision> {
        let t = &self.policy.timing;
        let (least, most) = (self.rest_since + t.preflight_s, self.rest_since + t.preflight_most_s);
        if scene.now < least {
            return None;
        }
        if scene.now < most {
            // The one seen longest ago: the first that is unfit may only be new, and hide one never seen.
            if let Some((side, age)) = self
                .signals
                .oldest(scene.now, &self.policy)
                .filter(|(_, age)| age.is_none_or(|a| a > self.policy.timing.stale_s))
            {
                return self.refuse(
                    scene.now,
                    Refusal { rule: Rule::Stale, side: Some(side), measure: None },
                    |d| {
                        d.sample_age_s = age;
                    },
                );
            }
            let over = self
                .signals
                .gauges
                .values()
                .filter(|g| g.sheds() && g.slow() > g.soft)
                .max_by(|a, b| a.score().total_cmp(&b.score()));
            if let Some(gauge) = over {
                let refusal =
                    Refusal { rule: Rule::BusyAtRest, side: Some(gauge.side), measure: Some(gauge.measure) };
                return self
                    .refuse(scene.now, refusal, |d| d.next_look_s = Some((most - scene.now).max(0.0)));
            }
        }
        self.sweep_at_rest(scene.now);
        self.preflight = false;
        self.last_growth = scene.now;
        self.signals.mark(f64::from(self.limit));
        self.begin_settle(scene.now, self.green());
        let tightest = self.tightest();
        let mut decision = self.record(scene.now, 0, self.limit, Rule::Begin, tightest);
        decision.phase = Phase::Preflight;
        self.safe_since = scene.now;
        Some(decision)
    }

    /// What a setting, a ceiling or a knee says against more, with the seconds until it expires.
    pub(super) fn barred(&self, now: f64) -> Option<(Rule, Option<f64>)> {
        if self.limit >= self.policy.max_workers {
            return Some((Rule::Cap, None));
        }
        if let Some((n, until)) = self.ceiling
            && self.limit >= n
        {
            return Some((Rule::Ceiling, Some(until - now)));
        }
        if let Some(held) = self.line
            && self.limit >= held.at
        {
            return Some((Rule::Line, Some(held.until - now)));
        }
        if let Some(knee) = self.knee
            && self.limit >= knee.at
        {
            return Some((Rule::Knee, Some(knee.until - now)));
        }
        (now < self.quiet_until).then_some((Rule::CoolDown, Some(self.quiet_until - now)))
    }

    pub(super) fn knee_why(&self) -> Option<Why> {
        self.knee.and_then(|k| k.why)
    }

    pub(super) fn held_line(&self) -> Option<(Side, Measure)> {
        self.line.map(|l| l.key)
    }

    fn cap(&self, now: f64) -> u32 {
        let ceiling = self.ceiling.filter(|(_, until)| now < *until).map_or(u32::MAX, |(n, _)| n);
        let knee = self.knee.map_or(u32::MAX, |k| k.at).min(self.line.map_or(u32::MAX, |l| l.at));
        self.policy.max_workers.min(ceiling).min(knee).max(self.limit + 1)
    }

    fn expire(&mut self, now: f64) {
        self.ceiling = self.ceiling.filter(|(_, until)| now < *until || planted(Fault::CeilingForEver));
        self.expire_line(now);
        if let Some(knee) = self.knee {
            let points = self.policy.gain.knee_forget_points;
            let calmer = self.knee_levels.iter().any(|(key, level)| {
                let gauge = &self.signals.gauges[key];
                gauge.sheds()
                    && gauge.measure != Measure::SwapIn
                    && gauge.slow() < level - points * gauge.point()
            });
            let over = now >= knee.until || (calmer && self.limit >= knee.at);
            if over && !planted(Fault::KneeForEver) {
                self.knee = None;
                if self.limit >= knee.at {
                    self.meter.restart(now);
                    // Up and down take turns: the way back out of a region where more do less.
                    self.knees += 1;
                    self.fewer |= self.knees.is_multiple_of(self.policy.gain.fewer_every);
                }
            }
        }
    }

    /// A held line is forgotten in time, or when the machine has become clearly calmer than it was below it.
    fn expire_line(&mut self, now: f64) {
        let quiet = now >= self.quiet_until;
        let Some(held) = &mut self.line else { return };
        let gauge = &self.signals.gauges[&held.key];
        if held.level.is_none() && quiet && now >= held.from {
            held.level = Some(gauge.slow());
        }
        let points = self.policy.guard.line_forget_points * gauge.point();
        // Where indexing comes late a calm is only a pause between two mailboxes' cost.
        let own = is_late(held.key, &self.late);
        let calmer =
            held.level.is_some_and(|level| gauge.slow() < level - points) && self.limit >= held.at && !own;
        if calmer {
            self.line_hold_s = self.policy.guard.line_hold_s;
        }
        if calmer || now >= held.until {
            self.line = None;
        }
    }

    /// A line was crossed soon after a growth, or by what comes late anyway: one lower for a while, longer each
    /// time.
    fn hold_line(&mut self, now: f64, key: (Side, Measure)) {
        let guard = &self.policy.guard;
        if now - self.last_growth > guard.line_memory_s && !is_late(key, &self.late) {
            return;
        }
        let at = self.limit.saturating_sub(1).max(self.policy.min_workers);
        let from = now + guard.cool_down_s;
        if let Some(held) = self.line.as_mut().filter(|l| self.limit <= l.at && now < l.from) {
            // Still on the way down from the same growth: lower, not longer.
            *held = HeldLine { at, from, level: None, ..*held };
            return;
        }
        self.jitters += 1;
        let hold =
            self.line_hold_s * (1.0 + self.policy.timing.jitter * jitter(self.policy.seed, self.jitters));
        self.line_hold_s = (self.line_hold_s * 2.0).min(guard.hold_most_s);
        let at = self.line.map_or(at, |l| l.at.min(at));
        self.line = Some(HeldLine { at, until: now + hold, key, from, level: None });
    }

    fn remember_safe(&mut self, now: f64) {
        if self.unseen_s > 0.0 || self.signals.gauges.values().any(|g| g.slow() > g.soft) {
            self.safe_since = now;
        } else if now - self.safe_since >= self.policy.timing.safe_s {
            self.safe = self.limit;
        }
    }

    pub(super) fn green(&self) -> bool {
        self.signals.green(self.policy.timing.green_share)
    }

    pub(super) fn tightest(&self) -> Option<(Side, Measure)> {
        self.signals.tightest().map(|g| (g.side, g.measure))
    }

    fn begin_settle(&mut self, now: f64, green: bool) {
        let settle = if green { self.policy.timing.settle_green_s } else { self.policy.timing.settle_s };
        self.settle_until = now + settle;
        self.settling = true;
        self.meter.restart(self.settle_until);
        self.safe_since = now;
    }

    fn grow(&mut self, now: f64, to: u32) -> Decision {
        let to = if planted(Fault::StepOfTwo) { to + 1 } else { to };
        let decision = self.record(now, self.limit, to, Rule::Try, self.tightest());
        self.signals.mark(1.0);
        self.limit = to;
        self.drain = false;
        self.highest = self.highest.max(to);
        self.last_growth = now;
        self.grown_to = to;
        self.begin_settle(now, self.green());
        decision
    }

    fn shrink(&mut self, now: f64, to: u32, rule: Rule, key: Option<(Side, Measure)>) -> Decision {
        self.quiet_until = self.quiet_until.max(now + self.policy.guard.cool_down_s);
        self.last_shrink = now;
        self.first_climb = false;
        self.warm_to = 0;
        self.trial = None;
        self.accepted = false;
        let mut decision = self.shrink_quietly(now, to, rule, key);
        self.drain = key.is_some_and(|key| self.signals.gauges[&key].drains());
        decision.next_look_s = Some(self.quiet_until - now);
        decision
    }

    fn shrink_quietly(&mut self, now: f64, to: u32, rule: Rule, key: Option<(Side, Measure)>) -> Decision {
        let decision = self.record(now, self.limit, to, rule, key);
        let delta = f64::from(to) - f64::from(self.limit);
        self.signals.mark(delta);
        self.limit = to;
        self.drain = false;
        self.lowest = self.lowest.min(to);
        self.begin_settle(now, false);
        decision
    }

    /// Sets the limit by hand, or gives it back to the law.
    pub(super) fn pin(&mut self, now: f64, workers: Option<u32>) -> Decision {
        let from = self.limit;
        self.pinned = workers.map(|n| n.clamp(1, 1000));
        self.trial = None;
        self.accepted = false;
        self.preflight = false;
        self.limit = self.pinned.unwrap_or(from.clamp(self.policy.min_workers, self.policy.max_workers));
        self.lowest = self.lowest.min(self.limit);
        self.highest = self.highest.max(self.limit);
        self.begin_settle(now, false);
        self.signals.mark(1.0);
        let mut decision = self.record(now, from, self.limit, Rule::Operator, None);
        decision.phase = if self.pinned.is_some() { Phase::Pinned } else { Phase::Settle };
        decision
    }

    /// Everything was parked and goes on: nothing measured before counts.
    pub(super) fn interrupted(&mut self, now: f64) {
        self.trial = None;
        self.begin_settle(now, false);
    }

    /// Says a refusal when it is new or long standing; otherwise nothing.
    fn refuse(&mut self, now: f64, refusal: Refusal, fill: impl FnOnce(&mut Decision)) -> Option<Decision> {
        let again = self.policy.timing.say_again_s;
        let apart = self.policy.timing.say_apart_s;
        let latest = self.said.last().is_some_and(|(last, _)| *last == refusal);
        let wait = if latest { again } else { apart };
        let at = self.said.iter().position(|(said, _)| *said == refusal);
        if at.is_some_and(|i| now - self.said[i].1 < wait) {
            return None;
        }
        if let Some(i) = at {
            self.said.remove(i);
        }
        self.said.push((refusal, now));
        let key = refusal.side.zip(refusal.measure);
        let mut decision = self.record(now, self.limit, self.limit, refusal.rule, key);
        decision.side = refusal.side;
        fill(&mut decision);
        Some(decision)
    }

    /// A record of this moment with the numbers of one gauge.
    pub(super) fn record(
        &self,
        now: f64,
        from: u32,
        to: u32,
        rule: Rule,
        key: Option<(Side, Measure)>,
    ) -> Decision {
        let gauge = key.and_then(|key| self.signals.gauges.get(&key));
        let work = self.meter.smooth();
        let marginal = gauge.map(|g| g.marginal(self.limit, work));
        Decision {
            at_s: now,
            from,
            to,
            step: match to.cmp(&from) {
                std::cmp::Ordering::Greater => Step::Grow,
                std::cmp::Ordering::Equal => Step::Hold,
                std::cmp::Ordering::Less => Step::Shrink,
            },
            rule,
            phase: self.phase,
            side: gauge.map(|g| g.side),
            resource: gauge.map(|g| g.measure.resource()),
            measure: gauge.map(|g| g.measure),
            value: gauge.map(Gauge::value),
            line: gauge.map(|g| if rule == Rule::Critical { g.critical.unwrap_or(g.soft) } else { g.soft }),
            predicted: gauge.zip(marginal).map(|(g, m)| g.value() + m),
            marginal,
            background: gauge.and_then(|g| g.background),
            work_before: None,
            work_after: None,
            standard_error: None,
            needed: None,
            sample_age_s: self.signals.oldest(now, &self.policy).and_then(|(_, age)| age),
            next_look_s: None,
            why: None,
        }
    }
}

/// Whether a resource is one whose load was found to come after the work.
fn is_late(key: (Side, Measure), late: &Late) -> bool {
    key == (Side::Destination, Measure::CpuBusy) && late.found().is_some()
}
