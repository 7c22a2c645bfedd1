//! One run: a scenario, a seed and a law, closed into a loop around the production dispatcher.

use super::{
    jobs,
    judge::{Judge, Reading},
    law::Law,
    rivals::{Rival, Seen},
    scenario::Scenario,
    stage::{ASK_MS, SAMPLE_MS, Stage},
    world::{Truth, World},
};
use crate::control::{
    decision::{Decision, Rule, Step},
    dispatcher::Dispatcher,
    event::{Command, Ending, Event, Outcome as Ended},
    policy::Policy,
};

/// What came of one run.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Seconds until the last mailbox was moved, the preflight included; of a run given up, until then.
    pub makespan_s: f64,
    /// Whether every mailbox was moved.
    pub finished: bool,
    /// Mailboxes given up.
    pub failed: u64,
    /// Percent of the time over a line by the law's own doing.
    pub over_self_pct: f64,
    /// Percent of the time over a line for other reasons.
    pub over_imposed_pct: f64,
    /// Worst excess over a line by the law's own doing, points.
    pub worst_points: f64,
    /// Samples over a critical line by the law's own doing.
    pub critical_self: u32,
    /// Longest time over a line for other reasons, seconds.
    pub longest_imposed_s: f64,
    /// Changes of the limit an hour.
    pub changes_per_hour: f64,
    /// The same after the first hour.
    pub late_changes_per_hour: f64,
    /// Refusals to grow, and those that named the true limit.
    pub refusals: (u32, u32),
    /// Limits over time: seconds, limit.
    pub limits: Vec<(f64, u32)>,
    /// Every decision, if they were asked for.
    pub decisions: Vec<Decision>,
    /// Every five seconds, if asked for.
    pub trace: Vec<Instant>,
}

/// Five seconds of a run, for traces and plots.
#[derive(Clone, Debug)]
pub struct Instant {
    /// Seconds since the start.
    pub at_s: f64,
    /// The limit.
    pub limit: u32,
    /// Workers that made progress, on average.
    pub active: f64,
    /// Bytes per second moved.
    pub bytes_per_s: f64,
    /// Side, resource, value, soft line and critical line of every measure, as the truth has it.
    pub readings: Vec<(&'static str, &'static str, f64, f64, f64)>,
}

/// How to run.
#[derive(Clone, Copy, Debug, Default)]
pub struct How {
    /// Keep decisions and trace.
    pub keep: bool,
    /// Give up after this many seconds.
    pub cut_s: Option<f64>,
}

struct Loop<'a> {
    stage: Stage<'a>,
    judge: Judge,
    rival: Option<Box<dyn Rival>>,
    seen: Seen,
    limit: u32,
    how: How,
    out: Outcome,
    changes: u32,
    late_changes: u32,
}

/// Runs one law through one scenario.
#[must_use]
pub fn run(scenario: &Scenario, seed: u64, law: &Law, base: &Policy, how: How) -> Outcome {
    let policy = law.policy(scenario, base, seed);
    let boxes = jobs::mailboxes(scenario, seed);
    let accounts = jobs::accounts(&boxes);
    let world = World::new(scenario, boxes, seed);
    let judge = Judge::new(&world, &policy.lines);
    let start = law.start();
    let tick_ms = if law.is_ours() { 1000 } else { SAMPLE_MS };
    let mut this = Loop {
        stage: Stage::new(scenario, seed, world, Dispatcher::new(policy, accounts)),
        judge,
        rival: law.rival(seed),
        seen: Seen::default(),
        limit: start,
        how,
        out: Outcome::default(),
        changes: 0,
        late_changes: 0,
    };
    this.out.limits.push((0.0, if law.is_ours() { 0 } else { start }));
    this.feed(Event::Tick);
    let most_s = (scenario.most_hours * 3600.0).min(how.cut_s.unwrap_or(f64::INFINITY));
    while this.stage.ending.is_none() && (this.stage.world.now_ms as f64) < most_s * 1e3 {
        this.turn(tick_ms);
    }
    this.finish()
}

impl Loop<'_> {
    fn turn(&mut self, tick_ms: u64) {
        let to = (self.stage.world.now_ms / tick_ms + 1) * tick_ms;
        for event in self.stage.world.advance(to) {
            if let Event::Finished { outcome, .. } = &event {
                match outcome {
                    Ended::Moved(receipt) => self.seen.durations.push(receipt.active_s),
                    Ended::Failed(_) => self.seen.drops += 1,
                }
            }
            self.feed(event);
        }
        let now = self.stage.world.now_ms;
        if now != to || self.stage.ending.is_some() {
            return;
        }
        let progress = self.stage.world.progress();
        if !progress.is_empty() {
            self.feed(Event::Progress(progress));
        }
        if now.is_multiple_of(SAMPLE_MS) {
            self.sample(now);
        }
        for event in self.stage.instruments.arrived(now) {
            self.feed(event);
        }
        self.feed(Event::Tick);
    }

    fn sample(&mut self, now: u64) {
        let truth = self.stage.world.truth();
        if self.stage.world.in_flight() > 0 {
            self.judge.take(&truth, &self.stage.world, SAMPLE_MS as f64 / 1e3);
        }
        self.stage.world.weather();
        let samples = self.stage.instruments.read(now, &truth);
        if now.is_multiple_of(ASK_MS) {
            self.stage.instruments.ask(now, &truth);
        }
        if self.how.keep {
            self.keep(now, &truth);
        }
        if let Some(mut rival) = self.rival.take() {
            let noisy = super::rivals::seen_truth(&samples, &truth);
            let readings = self.judge.readings(&noisy, &self.stage.world);
            let summary = self.stage.dispatcher.done();
            self.seen.take(now as f64 / 1e3, self.limit, &readings, summary, truth.active);
            let wanted = rival
                .decide(&self.seen, &self.stage.world, &self.judge)
                .clamp(1, self.stage.scenario.max_workers);
            self.rival = Some(rival);
            self.seen.durations.clear();
            self.seen.drops = 0;
            if wanted != self.limit {
                self.feed(Event::Command(Command::Workers(Some(wanted))));
            }
        }
    }

    fn keep(&mut self, now: u64, truth: &Truth) {
        let readings = self.judge.readings(truth, &self.stage.world);
        let tell = |r: &Reading| (r.side.word(), r.resource.word(), r.value, r.soft, r.critical);
        self.out.trace.push(Instant {
            at_s: now as f64 / 1e3,
            limit: self.limit,
            active: truth.active,
            bytes_per_s: truth.link_bytes_per_s,
            readings: readings.iter().map(tell).collect(),
        });
    }

    fn feed(&mut self, event: Event) {
        for decision in self.stage.feed(event) {
            self.decided(decision);
        }
    }

    fn decided(&mut self, decision: Decision) {
        let now_s = self.stage.world.now_ms as f64 / 1e3;
        if decision.step != Step::Hold {
            self.limit = decision.to;
            if decision.rule != Rule::Begin {
                self.changes += 1;
                self.late_changes += u32::from(now_s > 3600.0);
            }
            self.out.limits.push((now_s, decision.to));
        }
        self.judge.refusal(&decision);
        if self.how.keep {
            self.out.decisions.push(decision);
        }
    }

    fn finish(mut self) -> Outcome {
        let seconds = self.stage.world.now_ms as f64 / 1e3;
        let v = self.judge.verdict;
        let percent = |s: f64| if v.seconds > 0.0 { s / v.seconds * 100.0 } else { 0.0 };
        self.out.makespan_s = seconds;
        self.out.failed = self.stage.failed;
        self.out.finished = self.stage.ending == Some(Ending::Done);
        self.out.over_self_pct = percent(v.over_self_s);
        self.out.over_imposed_pct = percent(v.over_imposed_s);
        self.out.worst_points = v.worst_points;
        self.out.critical_self = v.critical_self;
        self.out.longest_imposed_s = v.longest_imposed_s;
        self.out.changes_per_hour = f64::from(self.changes) / (seconds / 3600.0);
        self.out.late_changes_per_hour =
            if seconds > 5400.0 { f64::from(self.late_changes) / (seconds / 3600.0 - 1.0) } else { 0.0 };
        self.out.refusals = (v.refusals, v.named_right);
        self.out
    }
}
