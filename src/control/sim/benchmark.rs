//! Benchmark mode in a made-up world, beside the truth: what every fixed number really does there (law 7.6).

use std::time::Duration;

use super::{
    instruments::Instruments,
    jobs,
    judge::{Judge, MEASURES},
    scenario::Scenario,
    world::World,
};
use crate::control::{
    Moment,
    decision::Decision,
    dispatcher::Dispatcher,
    event::{Action, Ending, Event},
    finding::{Finding, Mode},
    policy::{LimitPolicy, Policy},
};

/// Milliseconds between two samples of a machine.
const SAMPLE_MS: u64 = 5000;
/// Milliseconds between two requests for nothing.
const ASK_MS: u64 = 15_000;
/// Seconds a fixed number runs before the truth about it is taken.
const WARM_S: f64 = 300.0;
/// Share by which a line may be touched in the truth: half a point of 80.
const TOUCH: f64 = 1.006;

/// What a fixed number really does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Truth {
    /// The number.
    pub workers: u32,
    /// Work rate, in undisturbed workers.
    pub work: f64,
    /// The fullest resource as a share of its line.
    pub score: f64,
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
    scenario: &'a Scenario,
    world: World,
    dispatcher: Dispatcher,
    instruments: Instruments,
    decisions: Vec<Decision>,
    ending: Option<Ending>,
}

impl<'a> Loop<'a> {
    fn new(scenario: &'a Scenario, seed: u64, policy: Policy) -> Self {
        let boxes = jobs::mailboxes(scenario, seed);
        let accounts = jobs::accounts(&boxes);
        let world = World::new(scenario, boxes, seed);
        let dispatcher = Dispatcher::new(policy, accounts.clone()).in_mixed_order(&accounts);
        let instruments = Instruments::new(scenario, seed);
        Self { scenario, world, dispatcher, instruments, decisions: Vec::new(), ending: None }
    }

    fn second(&mut self, each_sample: &mut impl FnMut(&mut World)) {
        let to = (self.world.now_ms / 1000 + 1) * 1000;
        while self.world.now_ms < to && self.ending.is_none() {
            for event in self.world.advance(to) {
                self.feed(event);
            }
        }
        let progress = self.world.progress();
        if !progress.is_empty() {
            self.feed(Event::Progress(progress));
        }
        let now = self.world.now_ms;
        if now.is_multiple_of(SAMPLE_MS) {
            let truth = self.world.truth();
            each_sample(&mut self.world);
            self.world.weather();
            self.instruments.read(now, &truth);
            if now.is_multiple_of(ASK_MS) {
                self.instruments.ask(now, &truth);
            }
        }
        for event in self.instruments.arrived(now) {
            self.feed(event);
        }
        self.feed(Event::Tick);
    }

    fn feed(&mut self, event: Event) {
        let now = self.world.now_ms;
        let wall = (self.scenario.start_hour * 3.6e6) as i64 + now as i64;
        let at = Moment { elapsed: Duration::from_millis(now), wall_ms: wall };
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            for action in self.dispatcher.on(at, event) {
                match action {
                    Action::Start { account, attempt } => self.world.start(account, attempt),
                    Action::Park { account } => self.world.park(account),
                    Action::Resume { account } => self.world.resume(account),
                    Action::Cancel { account } => events.extend(self.world.cancel(account)),
                    Action::Record { .. } => {}
                    Action::Decide(decision) => self.decisions.push(decision),
                    Action::Finish(ending) => self.ending = Some(ending),
                }
            }
        }
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
    while this.ending.is_none() && this.world.now_ms < most_ms {
        this.second(&mut |_| ());
    }
    let finding = this.dispatcher.finding(Mode::EndToEnd)?;
    Some(Told { finding, decisions: this.decisions })
}

/// What a fixed number really does over `seconds`, on the same mailboxes in the same order.
#[must_use]
pub fn truth(scenario: &Scenario, seed: u64, base: &Policy, workers: u32, seconds: f64) -> Truth {
    let mut policy = Policy { limit: LimitPolicy::Fixed(workers), max_workers: 1000, seed, ..base.clone() };
    policy.memory.admission = false;
    let lines = policy.lines.clone();
    let mut this = Loop::new(scenario, seed, policy);
    let judge = Judge::new(&this.world, &lines);
    let (mut from, mut sums, mut samples) = (None, [0.0; MEASURES], 0_u32);
    while (this.world.now_ms as f64) < (WARM_S + seconds) * 1e3 && this.ending.is_none() {
        let warm = this.world.now_ms as f64 >= WARM_S * 1e3;
        if warm && from.is_none() {
            from = Some((this.world.solo_s, this.world.now_ms));
        }
        let sample = this.world.now_ms.is_multiple_of(SAMPLE_MS);
        this.second(&mut |_| ());
        if warm && sample {
            let readings = judge.readings(&this.world.present(), &this.world);
            sums.iter_mut().zip(readings).for_each(|(sum, r)| *sum += r.value / r.soft);
            samples += 1;
        }
    }
    let (solo, since) = from.unwrap_or((0.0, 0));
    let span = (this.world.now_ms - since) as f64 / 1e3;
    let mean = |sum: f64| sum / f64::from(samples.max(1));
    Truth {
        workers,
        work: (this.world.solo_s - solo) / span.max(1.0),
        score: sums.map(mean).into_iter().fold(0.0, f64::max),
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
        let done = next.score > 1.05 || next.work < 0.93 * best;
        found.push(next);
        if done {
            break;
        }
    }
    found
}

/// The best lawful truth, and the smallest number within `within` of it: what benchmark mode is asked for.
#[must_use]
pub fn best(truths: &[Truth], within: f64) -> Option<(Truth, u32)> {
    let lawful = || truths.iter().filter(|t| t.score <= 1.0);
    let best = *lawful().max_by(|a, b| a.work.total_cmp(&b.work))?;
    let smallest = lawful().find(|t| t.work >= best.work * (1.0 - within))?;
    Some((best, smallest.workers))
}

/// Whether a number is as good as the best lawful one, to a share of `within`, and lawful itself but for a touch.
#[must_use]
pub fn is_good(truths: &[Truth], workers: u32, within: f64) -> bool {
    let Some((best, _)) = best(truths, within) else { return false };
    let own = truths.iter().find(|t| t.workers == workers);
    own.is_some_and(|t| t.score <= TOUCH && t.work >= best.work * (1.0 - within))
}
