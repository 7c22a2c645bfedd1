//! The judge: sees the truth, never what the law sees, and says what was over a line and whose doing it was.
//!
//! A line counts as crossed while the mean of the last minute is more than two points above it (law 7.4).
//! That is *imposed* when a single worker would be over it too, or when load that is not ours rose within the
//! last two minutes by enough to explain it; everything else is *self-inflicted*.

use std::collections::VecDeque;

use super::{
    stations::{DESTINATION_CPU, DESTINATION_DISK, LINK, SOURCE_CPU, SOURCE_DISK},
    world::{Truth, World},
};
use crate::control::{
    decision::{Decision, Resource, Rule},
    policy::Lines,
    sample::Side,
};

/// Readings in a minute.
const MINUTE: usize = 12;
/// Readings in the two minutes after which a rise is no excuse any more.
const EXCUSE: usize = 24;
/// Points over a line that count as over.
const OVER_POINTS: f64 = 2.0;
/// Share of its line from which a resource is what limits.
const NEAR: f64 = 0.9;
/// Measures the judge watches.
pub(super) const MEASURES: usize = 9;

/// One measure with its lines, as the truth has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    pub(super) side: Side,
    pub(super) resource: Resource,
    pub(super) value: f64,
    pub(super) soft: f64,
    pub(super) critical: f64,
    /// Load that is not ours in it, as far as it can be told apart.
    taken: f64,
}

impl Reading {
    /// A hundredth of a share, or its like.
    pub(super) fn point(&self) -> f64 {
        if self.soft > 1.0 { self.soft / 80.0 } else { 0.01 }
    }
}

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Verdict {
    pub(super) seconds: f64,
    pub(super) over_self_s: f64,
    pub(super) over_imposed_s: f64,
    pub(super) worst_points: f64,
    pub(super) critical_self: u32,
    pub(super) longest_imposed_s: f64,
    pub(super) refusals: u32,
    pub(super) named_right: u32,
}

/// The judge of one run.
#[derive(Clone, Debug)]
pub(super) struct Judge {
    lines: Lines,
    usual_wait_ms: [f64; 2],
    usual_answer_ms: [f64; 2],
    rotational: [bool; 2],
    past: VecDeque<[(f64, f64); MEASURES]>,
    softs: [f64; MEASURES],
    /// How slowly each server truly answers, as a share of its line, over about a minute.
    slowness: [f64; 2],
    imposed_run_s: f64,
    pub(super) verdict: Verdict,
    pub(super) latest: Vec<Reading>,
}

impl Judge {
    pub(super) fn new(world: &World, lines: &Lines) -> Self {
        let floor = lines.destination.disk_await_floor_ms;
        // The wait with one worker and with two, as the law learns it.
        let (one, two) = (world.imagine(1, 0.08).0.wait_ms, world.imagine(2, 0.08).0.wait_ms);
        let usual = [0, 1].map(|i| f64::midpoint(one[i].max(floor), two[i].max(floor)));
        Self {
            lines: lines.clone(),
            usual_wait_ms: usual,
            usual_answer_ms: world.imagine(1, 0.08).0.answer_ms,
            rotational: [world.source.spec.rotational, world.destination.spec.rotational],
            past: VecDeque::new(),
            softs: [1.0; MEASURES],
            slowness: [0.0; 2],
            imposed_run_s: 0.0,
            verdict: Verdict::default(),
            latest: Vec::new(),
        }
    }

    /// The truth against the lines.
    pub(super) fn readings(&self, truth: &Truth, world: &World) -> [Reading; MEASURES] {
        let of = |place: usize| {
            let (side, lines, cpu, disk, machine) = if place == 0 {
                (Side::Source, &self.lines.source, SOURCE_CPU, SOURCE_DISK, &world.source)
            } else {
                (
                    Side::Destination,
                    &self.lines.destination,
                    DESTINATION_CPU,
                    DESTINATION_DISK,
                    &world.destination,
                )
            };
            let reading = |resource, value, soft, critical, taken| Reading {
                side,
                resource,
                value,
                soft,
                critical,
                taken,
            };
            let reserve = lines
                .memory_reserve_share
                .max(lines.memory_reserve_bytes as f64 / machine.total_bytes())
                .min(0.5);
            let wait = truth.wait_ms[place].max(lines.disk_await_floor_ms) / self.usual_wait_ms[place];
            let spindle = if self.rotational[place] { truth.used[disk] } else { 0.0 };
            let rest = machine.used_bytes() - machine.workers_mb * 1e6;
            [
                reading(Resource::Cpu, truth.used[cpu], lines.cpu_soft, lines.cpu_critical, truth.taken[cpu]),
                reading(
                    Resource::Disk,
                    spindle,
                    lines.disk_utilisation_soft,
                    lines.disk_utilisation_critical,
                    truth.taken[disk],
                ),
                reading(
                    Resource::Disk,
                    wait,
                    lines.disk_await_soft,
                    lines.disk_await_critical,
                    truth.taken[disk],
                ),
                reading(
                    Resource::Memory,
                    truth.memory[place],
                    1.0 - reserve,
                    1.0 - reserve / 2.0,
                    rest / machine.total_bytes(),
                ),
            ]
        };
        let (source, destination) = (of(0), of(1));
        let lines = &self.lines.destination;
        let link = Reading {
            side: Side::Destination,
            resource: Resource::Network,
            value: truth.used[LINK],
            soft: lines.network_soft,
            critical: lines.network_critical,
            taken: 0.0,
        };
        std::array::from_fn(|at| match at {
            0..4 => source[at],
            4..8 => destination[at - 4],
            _ => link,
        })
    }

    /// Five seconds passed.
    pub(super) fn take(&mut self, truth: &Truth, world: &World, seconds: f64) {
        let readings = self.readings(truth, world);
        self.past.push_back(readings.map(|r| (r.value, r.taken)));
        if self.past.len() > MINUTE + EXCUSE {
            self.past.pop_front();
        }
        self.softs = readings.map(|r| r.soft);
        for (place, lines) in [&self.lines.source, &self.lines.destination].into_iter().enumerate() {
            let line = (self.usual_answer_ms[place] * lines.response_soft_ratio).max(lines.response_soft_ms);
            self.slowness[place] += (truth.answer_ms[place] / line - self.slowness[place]) / MINUTE as f64;
        }
        self.latest = readings.to_vec();
        self.verdict.seconds += seconds;
        let mut over = None;
        for (at, reading) in readings.iter().enumerate() {
            let excess = (self.minute(at, 0).0 - reading.soft) / reading.point();
            if excess > OVER_POINTS && over.is_none_or(|(_, worst)| excess > worst) {
                over = Some((at, excess));
            }
            if reading.value > reading.critical && !self.excused(at, &readings, world, reading.critical) {
                self.verdict.critical_self += 1;
            }
        }
        let Some((at, excess)) = over else {
            self.imposed_run_s = 0.0;
            return;
        };
        let soft = readings[at].soft + OVER_POINTS * readings[at].point();
        if self.excused(at, &readings, world, soft) {
            self.verdict.over_imposed_s += seconds;
            self.imposed_run_s += seconds;
            self.verdict.longest_imposed_s = self.verdict.longest_imposed_s.max(self.imposed_run_s);
        } else {
            self.verdict.over_self_s += seconds;
            self.verdict.worst_points = self.verdict.worst_points.max(excess);
        }
    }

    /// Mean of a measure and of what others take of it, over the minute that ended `ago` readings ago.
    fn minute(&self, at: usize, ago: usize) -> (f64, f64) {
        let newest = self.past.len().saturating_sub(ago);
        let parts = self.past.range(newest.saturating_sub(MINUTE)..newest);
        let n = parts.len().max(1) as f64;
        let (value, taken) = parts.fold((0.0, 0.0), |sum, p| (sum.0 + p[at].0, sum.1 + p[at].1));
        (value / n, taken / n)
    }

    fn excused(&self, at: usize, readings: &[Reading; MEASURES], world: &World, line: f64) -> bool {
        let item_mb = world.item_mb();
        let alone = self.readings(&world.imagine(1, if item_mb > 0.0 { item_mb } else { 0.08 }).0, world);
        if alone[at].value > line {
            return true;
        }
        let (value, taken) = self.minute(at, 0);
        let least = (1..=EXCUSE).map(|ago| self.minute(at, ago).1).fold(taken, f64::min);
        let newest = readings[at].taken;
        let rise = (taken.max(newest) - least).max(0.0);
        if readings[at].soft > 1.0 {
            // Waits do not add up: any clear rise explains them.
            rise > 0.02
        } else {
            value.min(readings[at].value) - rise <= line && rise > 0.0
        }
    }

    /// Whether a refusal named what really limited.
    pub(super) fn refusal(&mut self, decision: &Decision) {
        let machine = match decision.rule {
            Rule::Guard | Rule::LateCost | Rule::Line => true,
            Rule::Admission => {
                let tight = (0..MEASURES).any(|at| {
                    let reading = self.latest.get(at);
                    reading.is_some_and(|r| r.resource == Resource::Memory)
                        && self.minute(at, 0).0 > 0.8 * self.softs[at]
                });
                self.verdict.refusals += 1;
                self.verdict.named_right += u32::from(tight);
                return;
            }
            Rule::Undone | Rule::Knee => decision.resource.is_some(),
            _ => return,
        };
        if self.latest.is_empty() {
            return;
        }
        if let (Some(Resource::Response), Some(side)) = (decision.resource, decision.side) {
            self.verdict.refusals += 1;
            self.verdict.named_right += u32::from(self.slowness[usize::from(side != Side::Source)] >= NEAR);
            return;
        }
        let score = |at: usize| self.minute(at, 0).0 / self.softs[at];
        let top = (0..MEASURES).map(score).fold(0.0, f64::max);
        let right = if machine {
            (0..MEASURES).any(|at| {
                let reading = &self.latest[at];
                let side = Some(reading.side) == decision.side || reading.resource == Resource::Network;
                side && Some(reading.resource) == decision.resource && score(at) >= top - 0.05
            })
        } else {
            top < NEAR
        };
        self.verdict.refusals += 1;
        self.verdict.named_right += u32::from(right);
    }
}
