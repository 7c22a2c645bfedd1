//! Benchmark mode: which number of workers to measure next, and what was found (law 6.11). Source also: Abedi
//! and Brecht, "Conducting repeatable experiments in highly variable cloud computing environments" (2017), on
//! why numbers compared one after another mislead and randomised blocks do not.
//!
//! The law moves the limit and guards it; this only says which number is wanted, listens while it is in force,
//! and keeps what each window showed. `rungs` chooses on the way up, `settling` tells when a number has settled,
//! `around` keeps the candidates near the top, `table` collects what the windows showed, `model` takes slow drift
//! out, `curve` smooths, `choice` recommends and says how sure that is, `tell` puts it into words.

mod around;
mod choice;
mod curve;
mod fullness;
mod model;
mod rungs;
mod settling;
mod table;
mod tell;

use std::collections::BTreeMap;

use choice::Answer;
use fullness::Key;

use super::{
    finding::Stopped,
    policy::{Policy, SweepPolicy},
    work::{Credit, Weights},
};

/// Seconds between two marks of the work done while a number settles.
const MARK_S: f64 = 5.0;
/// Share of a window in which not all workers were busy that spoils it.
const SPOILT_SHARE: f64 = 0.1;
/// Times one visit is begun anew because of that.
const MOST_TRIES: u32 = 2;
/// Seconds without anything to start after which the mailboxes count as used up.
const NO_WORK_S: f64 = 30.0;

/// One number in force for one window.
#[derive(Clone, Debug)]
pub(super) struct Window {
    /// `None` on the way up.
    block: Option<usize>,
    workers: u32,
    /// Workers with a mailbox, parked ones included: what holds memory.
    in_flight: u32,
    credit: Credit,
    seconds: f64,
    /// How full each resource was, as a share of its line.
    scores: Vec<(Key, f64)>,
}

/// A coarse point.
#[derive(Clone, Copy, Debug)]
struct Point {
    workers: u32,
    work: f64,
    lawful: bool,
}

/// What a visit is doing.
#[derive(Clone, Debug)]
enum Visit {
    /// Workers are being added or parked.
    Moving,
    /// The number is in force; what it does still changes.
    Settling { since: f64, marks: Vec<(f64, Credit)> },
    /// What is done counts.
    Measuring { since: f64, from: Credit, idle_s: f64 },
}

/// What the law must know of a moment's progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nothing special.
    On,
    /// A window opens: levels count from here.
    Opened,
    /// A window is full: its levels are wanted.
    Full,
}

/// The way a benchmark goes: up, then around.
#[derive(Clone, Debug)]
enum Stage {
    Up,
    Around { candidates: Vec<u32>, block: usize, left: Vec<u32> },
}

/// A benchmark under way.
#[derive(Clone, Debug)]
pub(super) struct Sweep {
    policy: SweepPolicy,
    phi: f64,
    seed: u64,
    /// For the bench alone: each number once, one after another.
    in_blocks: bool,
    stage: Stage,
    goal: u32,
    /// No number above this is visited: the settings, a line or a server said so.
    top: u32,
    /// The most workers the settings allow.
    most: u32,
    /// What set `top`, if a machine did.
    pub(super) barred_by: Option<Key>,
    visit: Visit,
    tries: u32,
    pub(super) next_add: f64,
    heard: f64,
    idle_since: Option<f64>,
    windows: Vec<Window>,
    blocks: usize,
    answer: Option<Answer>,
    over: Option<(Stopped, f64)>,
    /// Busy share of each machine's processors at rest.
    pub(super) at_rest: Vec<(String, f64)>,
    /// How full each resource was at rest, as a share of its line.
    pub(super) rest: BTreeMap<Key, f64>,
    /// A machine too busy at rest for an answer.
    pub(super) busy: Option<Key>,
}

impl Sweep {
    pub(super) fn new(policy: &Policy) -> Self {
        Self {
            policy: policy.sweep.clone(),
            phi: policy.gain.phi,
            seed: policy.seed,
            in_blocks: !policy.without.blocks,
            stage: Stage::Up,
            goal: 1,
            top: policy.max_workers,
            most: policy.max_workers,
            barred_by: None,
            visit: Visit::Moving,
            tries: 0,
            next_add: 0.0,
            heard: 0.0,
            idle_since: None,
            windows: Vec::new(),
            blocks: 0,
            answer: None,
            over: None,
            at_rest: Vec::new(),
            rest: BTreeMap::new(),
            busy: None,
        }
    }

    /// The number wanted in force.
    pub(super) const fn goal(&self) -> u32 {
        self.goal
    }

    /// Why and when it ended.
    pub(super) const fn over(&self) -> Option<(Stopped, f64)> {
        self.over
    }

    /// Whether the way up is over and candidates are compared.
    pub(super) const fn compares(&self) -> bool {
        matches!(self.stage, Stage::Around { .. })
    }

    /// The largest number that was measured within every line: what the limit goes back to.
    pub(super) fn safe(&self) -> u32 {
        let lawful = |w: &&Window| w.scores.iter().all(|(_, score)| *score <= 1.0);
        self.windows.iter().filter(lawful).map(|w| w.workers).max().unwrap_or(1)
    }

    /// The last window's number and how full a resource was then, as a share of its line.
    pub(super) fn last(&self, key: Key) -> Option<(u32, f64)> {
        let window = self.windows.last()?;
        window.scores.iter().find(|(k, _)| *k == key).map(|(_, score)| (window.workers, *score))
    }

    /// How much fuller a resource became per worker between the last two windows.
    pub(super) fn rise(&self, key: Key) -> Option<f64> {
        let [.., before, last] = self.windows.as_slice() else { return None };
        let score = |w: &Window| w.scores.iter().find(|(k, _)| *k == key).map(|(_, score)| *score);
        let more = f64::from(last.workers) - f64::from(before.workers);
        (more > 0.0).then_some((score(last)? - score(before)?) / more)
    }

    /// The mean fullness of a resource while `workers` were in force, and in how many windows.
    pub(super) fn seen(&self, workers: u32, key: Key) -> Option<f64> {
        let scores = self.windows.iter().filter(|w| w.workers == workers);
        let scores: Vec<f64> =
            scores.flat_map(|w| w.scores.iter().filter(|(k, _)| *k == key).map(|(_, s)| *s)).collect();
        (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64)
    }

    /// Ends it.
    pub(super) fn end(&mut self, now: f64, why: Stopped, weights: &Weights) {
        if self.over.is_none() {
            self.answer = self.look(weights);
            self.over = Some((why, now));
        }
    }

    /// The visit under way begins anew: something else happened meanwhile.
    pub(super) fn again(&mut self) {
        self.visit = Visit::Moving;
    }

    /// One more than `limit` is not to be had; `by` a line, or for another reason.
    pub(super) fn blocked(&mut self, now: f64, limit: u32, by: Option<Key>, weights: &Weights) {
        match &mut self.stage {
            // A guess from a lower number stops short of what this one, measured, may allow.
            Stage::Up if self.windows.iter().all(|w| w.workers != limit) => self.goal = limit.max(1),
            Stage::Up => {
                self.top = self.top.min(limit.max(1));
                self.barred_by = by;
                self.go_around(now, weights);
            }
            // Crowded out for now; the block goes on without it.
            Stage::Around { .. } => self.next(now, weights),
        }
        self.visit = Visit::Moving;
    }

    /// Time passes with the wanted number in force. `steady`: all of them are at work; `more`: others could start.
    pub(super) fn pass(
        &mut self,
        now: f64,
        steady: bool,
        more: bool,
        total: Credit,
        weights: &Weights,
    ) -> Turn {
        let gap = now - std::mem::replace(&mut self.heard, now);
        self.idle_since = if steady || more { None } else { self.idle_since.or(Some(now)) };
        if self.idle_since.is_some_and(|since| now - since > NO_WORK_S) {
            self.end(now, Stopped::NoWork, weights);
            return Turn::On;
        }
        match &mut self.visit {
            Visit::Moving => {
                self.visit = Visit::Settling { since: now, marks: vec![(now, total)] };
                Turn::On
            }
            Visit::Settling { since, marks } => {
                if marks.last().is_none_or(|(at, _)| now - at >= MARK_S) {
                    marks.push((now, total));
                }
                let p = &self.policy;
                let waited = now - *since;
                let done = if matches!(self.stage, Stage::Up) {
                    waited >= p.rung_settle_most_s
                        || (waited >= p.rung_settle_s && !settling::drifts(marks, weights))
                } else {
                    waited >= p.settle_s
                };
                if done {
                    self.visit = Visit::Measuring { since: now, from: total, idle_s: 0.0 };
                    return Turn::Opened;
                }
                Turn::On
            }
            Visit::Measuring { since, idle_s, .. } => {
                *idle_s += if steady { 0.0 } else { gap };
                if now - *since >= self.policy.window_s { Turn::Full } else { Turn::On }
            }
        }
    }

    /// A window is full. Whether it counts; the next number is chosen in any case.
    pub(super) fn keep(
        &mut self,
        now: f64,
        total: Credit,
        in_flight: u32,
        scores: Vec<(Key, f64)>,
        weights: &Weights,
    ) -> Option<f64> {
        let Visit::Measuring { since, from, idle_s } = self.visit.clone() else { return None };
        self.visit = Visit::Moving;
        let seconds = now - since;
        if idle_s > SPOILT_SHARE * seconds && self.tries < MOST_TRIES {
            self.tries += 1;
            return None;
        }
        self.tries = 0;
        let block = match &self.stage {
            Stage::Up => None,
            Stage::Around { block, .. } => Some(*block),
        };
        let window =
            Window { block, workers: self.goal, in_flight, credit: total.less(from), seconds, scores };
        let work = window.work(weights);
        self.windows.push(window);
        self.next(now, weights);
        Some(work)
    }

    /// Chooses the next number.
    fn next(&mut self, now: f64, weights: &Weights) {
        match &mut self.stage {
            Stage::Up => {
                let points = self.points(weights);
                let higher = if self.in_blocks { rungs::above(self.goal) } else { self.goal + 1 };
                let higher = higher.min(self.top);
                let crossed = points.last().is_some_and(|p| !p.lawful);
                if higher <= self.goal || crossed || rungs::is_flat(&points, self.phi) {
                    self.go_around(now, weights);
                } else {
                    self.goal = higher;
                }
            }
            Stage::Around { left, .. } => match left.pop() {
                Some(goal) => self.goal = goal,
                None => self.close_block(now, weights),
            },
        }
    }

    /// From the way up to the comparison.
    fn go_around(&mut self, now: f64, weights: &Weights) {
        let p = &self.policy;
        let visit_s = p.settle_s + p.window_s + p.apart_s;
        let first = f64::from(p.looks[0]);
        let affordable = ((p.budget_s - now) / visit_s / first).floor().max(0.0) as u32;
        let candidates = rungs::candidates(&self.points(weights), p, affordable);
        if candidates.len() < 2 || !self.in_blocks {
            // One worker, or none, is lawful: there is nothing to compare.
            self.end(now, Stopped::Certain, weights);
            return;
        }
        self.stage = Stage::Around { candidates, block: 0, left: Vec::new() };
        self.open_block(0);
    }

    fn open_block(&mut self, number: usize) {
        let seed = self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(number as u64);
        let last = self.goal;
        let hopeless = self.hopeless();
        let Stage::Around { candidates, block, left } = &mut self.stage else { return };
        *block = number;
        *left = candidates.iter().copied().filter(|n| !hopeless.contains(n)).collect();
        fastrand::Rng::with_seed(seed).shuffle(left);
        // Going on with the number in force would cost nothing and measure the last window once more.
        if left.len() > 1 && left.last() == Some(&last) {
            left.rotate_left(1);
        }
        if let Some(goal) = left.pop() {
            self.goal = goal;
        }
    }

    fn close_block(&mut self, now: f64, weights: &Weights) {
        self.blocks += 1;
        if self.blocks >= 2 {
            self.reach_up(weights);
        }
        let looks = &self.policy.looks;
        if looks.contains(&(self.blocks as u32)) {
            let certain = self.answer.as_ref().is_some_and(|answer| answer.is_certain(&self.policy));
            let certain = certain && !self.is_new();
            let last = looks.last().is_some_and(|last| self.blocks >= *last as usize);
            if certain || last {
                self.end(now, if certain { Stopped::Certain } else { Stopped::Budget }, weights);
                return;
            }
        }
        self.open_block(self.blocks);
    }
}

#[cfg(test)]
mod tests;
