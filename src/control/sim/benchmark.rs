//! Benchmark mode in a made-up world, beside the truth: what every fixed number really does there (law 7.6).

use super::{
    jobs,
    judge::{Judge, MEASURES},
    scenario::Scenario,
    stage::{ASK_MS, SAMPLE_MS, Stage},
    world::{Truth as Seen, World},
};
use crate::control::{
    decision::Decision,
    dispatcher::Dispatcher,
    event::Event,
    finding::{Finding, Mode},
    policy::{LimitPolicy, Policy},
};

/// Seconds a fixed number runs before the truth about it is taken.
const WARM_S: f64 = 300.0;
/// Share of the time a lawful number may be over a line, as in the bench of whole runs (law 7.4).
const LAWFUL: f64 = 0.01;

/// What a fixed number really does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Truth {
    /// The number.
    pub workers: u32,
    /// Work rate, in undisturbed workers.
    pub work: f64,
    /// The fullest resource as a share of its line, in the mean.
    pub score: f64,
    /// Share of the time over any line.
    pub over: f64,
}

impl Truth {
    /// Within every line in the mean, as a recommendation must be, and seldom over one for a minute.
    const fn is_lawful(&self) -> bool {
        self.score <= 1.0 && self.over <= LAWFUL
    }
}

/// What a benchmark found and said.
#[derive(Clone, Debug)]
pub struct Told {
    /// What it found.
    pub finding: Finding,
    /// What it said.
    pub decisions: Vec<Decision>,
}

struct Loop<'a> {
    stage: Stage<'a>,
    decisions: Vec<Decision>,
}

impl<'a> Loop<'a> {
    fn new(scenario: &'a Scenario, seed: u64, policy: Policy) -> Self {
        let boxes = jobs::mailboxes(scenario, seed);
        let accounts = jobs::accounts(&boxes);
        let world = World::new(scenario, boxes, seed);
        let dispatcher = Dispatcher::new(policy, accounts.clone()).in_mixed_order(&accounts);
        Self { stage: Stage::new(scenario, seed, world, dispatcher), decisions: Vec::new() }
    }

    fn second(&mut self, each_sample: &mut impl FnMut(&World, &Seen)) {
        let to = (self.stage.world.now_ms / 1000 + 1) * 1000;
        while self.stage.world.now_ms < to && self.stage.ending.is_none() {
            for event in self.stage.world.advance(to) {
                self.feed(event);
            }
        }
        let progress = self.stage.world.progress();
        if !progress.is_empty() {
            self.feed(Event::Progress(progress));
        }
        let now = self.stage.world.now_ms;
        if now.is_multiple_of(SAMPLE_MS) {
            let seen = self.stage.world.truth();
            each_sample(&self.stage.world, &seen);
            self.stage.world.weather();
            self.stage.instruments.read(now, &seen);
            if now.is_multiple_of(ASK_MS) {
                self.stage.instruments.ask(now, &seen);
            }
        }
        for event in self.stage.instruments.arrived(now) {
            self.feed(event);
        }
        self.feed(Event::Tick);
    }

    fn feed(&mut self, event: Event) {
        self.decisions.extend(self.stage.feed(event));
    }
}

/// Runs benchmark mode; `naive` compares each number once, one after another.
#[must_use]
pub fn sweep(scenario: &Scenario, seed: u64, base: &Policy, naive: bool) -> Option<Told> {
    let mut policy =
        Policy { limit: LimitPolicy::Sweep, max_workers: scenario.max_workers, seed, ..base.clone() };
    policy.without.blocks = naive;
    let most_ms = ((policy.sweep.budget_s + policy.sweep.drain_s) * 2.0 * 1e3) as u64;
    let mut this = Loop::new(scenario, seed, policy);
    while this.stage.ending.is_none() && this.stage.world.now_ms < most_ms {
        this.second(&mut |_, _| ());
    }
    let finding = this.stage.dispatcher.finding(Mode::EndToEnd)?;
    Some(Told { finding, decisions: this.decisions })
}

/// What a fixed number really does over `seconds`, on the same mailboxes in the same order.
#[must_use]
pub fn truth(scenario: &Scenario, seed: u64, base: &Policy, workers: u32, seconds: f64) -> Truth {
    let mut policy = Policy { limit: LimitPolicy::Fixed(workers), max_workers: 1000, seed, ..base.clone() };
    policy.memory.admission = false;
    let lines = policy.lines.clone();
    let mut this = Loop::new(scenario, seed, policy);
    let mut judge = Judge::new(&this.stage.world, &lines);
    let warm_ms = (WARM_S * 1e3) as u64;
    let (mut from, mut sums, mut samples) = (None, [0.0; MEASURES], 0_u32);
    while (this.stage.world.now_ms as f64) < (WARM_S + seconds) * 1e3 && this.stage.ending.is_none() {
        let world = &this.stage.world;
        if world.now_ms >= warm_ms && from.is_none() {
            from = Some((world.solo_s, world.now_ms));
        }
        this.second(&mut |world, seen| {
            if world.now_ms > warm_ms {
                judge.take(seen, world, SAMPLE_MS as f64 / 1e3);
                let readings = judge.readings(seen, world);
                sums.iter_mut().zip(readings).for_each(|(sum, r)| *sum += r.value / r.soft);
                samples += 1;
            }
        });
    }
    let world = &this.stage.world;
    let (solo, since) = from.unwrap_or((0.0, 0));
    let span = (world.now_ms - since) as f64 / 1e3;
    let mean = |sum: f64| sum / f64::from(samples.max(1));
    let verdict = judge.verdict;
    Truth {
        workers,
        work: (world.solo_s - solo) / span.max(1.0),
        score: sums.map(mean).into_iter().fold(0.0, f64::max),
        over: (verdict.over_self_s + verdict.over_imposed_s) / verdict.seconds.max(1.0),
    }
}

/// Truths from one worker up to where more cannot be lawful or better, at most `most`.
#[must_use]
pub fn truths(scenario: &Scenario, seed: u64, base: &Policy, seconds: f64, most: u32) -> Vec<Truth> {
    let mut found: Vec<Truth> = Vec::new();
    let mut best = 0.0_f64;
    for workers in 1..=most.min(scenario.max_workers) {
        let next = truth(scenario, seed, base, workers, seconds);
        best = best.max(next.work);
        let done = next.score > 1.05 || next.over > 0.5 || next.work < 0.93 * best;
        found.push(next);
        if done {
            break;
        }
    }
    found
}

/// What every number does in the mean of several draws: the truth about the machines, where one draw still has noise.
/// Only numbers that each draw tells of.
#[must_use]
pub fn pooled(draws: &[&[Truth]]) -> Vec<Truth> {
    let told = draws.iter().map(|truths| truths.len()).min().unwrap_or(0);
    let n = draws.len() as f64;
    let mean = |at: usize, of: fn(&Truth) -> f64| draws.iter().map(|truths| of(&truths[at])).sum::<f64>() / n;
    (0..told)
        .map(|at| Truth {
            workers: draws[0][at].workers,
            work: mean(at, |t| t.work),
            score: mean(at, |t| t.score),
            over: mean(at, |t| t.over),
        })
        .collect()
}

/// The best lawful truth (within every line in the mean, and at most 1 % of the time over one), and the smallest number within `within` of it: what benchmark mode is asked for.
#[must_use]
pub fn best(truths: &[Truth], within: f64) -> Option<(Truth, u32)> {
    let lawful = || truths.iter().filter(|t| t.is_lawful());
    let best = *lawful().max_by(|a, b| a.work.total_cmp(&b.work))?;
    let smallest = lawful().find(|t| t.work >= best.work * (1.0 - within))?;
    Some((best, smallest.workers))
}

/// Whether a number is lawful and as good as the best lawful one, to a share of `within`.
#[must_use]
pub fn is_good(truths: &[Truth], workers: u32, within: f64) -> bool {
    let Some((best, _)) = best(truths, within) else { return false };
    let own = truths.iter().find(|t| t.workers == workers);
    own.is_some_and(|t| t.is_lawful() && t.work >= best.work * (1.0 - within))
}
