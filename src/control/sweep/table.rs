//! What the windows of a benchmark showed, as the table a choice is made from.

use super::{
    Point, Sweep, Window,
    choice::{self, Answer, Table},
    fullness::{Key, Load},
    model::Cell,
};
use crate::control::{decision::Measure, work::Weights};

impl Sweep {
    /// The coarse curve, ascending.
    pub(super) fn points(&self, weights: &Weights) -> Vec<Point> {
        let mut points: Vec<Point> = self
            .windows
            .iter()
            .filter(|w| w.block.is_none())
            .map(|w| Point {
                workers: w.workers,
                work: w.work(weights),
                lawful: w.scores.iter().all(|((_, measure), score)| *score <= coarse_line(*measure)),
            })
            .collect();
        points.sort_by_key(|p| p.workers);
        points
    }

    pub(super) fn look(&self, weights: &Weights) -> Option<Answer> {
        choice::look(&self.table(weights)?, &self.policy, self.seed)
    }

    /// What was measured in blocks; before there are any, the way up counts as one.
    fn table(&self, weights: &Weights) -> Option<Table> {
        let in_blocks = self.windows.iter().any(|w| w.block.is_some());
        let used = |w: &&Window| w.block.is_some() == in_blocks && w.credit.is_some_work();
        let mut candidates: Vec<u32> = self.windows.iter().filter(used).map(|w| w.workers).collect();
        candidates.sort_unstable();
        candidates.dedup();
        if candidates.is_empty() {
            return None;
        }
        let place = |n: u32| candidates.iter().position(|c| *c == n).unwrap_or(0);
        let cells: Vec<Cell> = self
            .windows
            .iter()
            .filter(used)
            .map(|w| Cell {
                block: w.block.unwrap_or(0),
                place: place(w.workers),
                value: w.work(weights).ln(),
            })
            .collect();
        let blocks = cells.iter().map(|c| c.block + 1).max().unwrap_or(1);
        Some(Table { cells, loads: self.loads(weights), rest: self.rest.clone(), blocks, candidates })
    }

    /// How full everything was in every window. Parked workers keep their memory, so memory belongs to the
    /// number in flight: it counts for a smaller number only as far as a straight line says.
    fn loads(&self, weights: &Weights) -> Vec<Load> {
        let mut loads = Vec::new();
        for window in &self.windows {
            for &(key, score) in &window.scores {
                let score = if key.1 == Measure::MemoryUsed { self.memory(key, window) } else { score };
                let work = window.work(weights);
                loads.push(Load { block: window.block, workers: window.workers, key, score, work });
            }
        }
        loads
    }

    /// Memory at a window's number, from the line through all windows over what was in flight.
    fn memory(&self, key: Key, window: &Window) -> f64 {
        let all = self.windows.iter().flat_map(|w| {
            w.scores.iter().filter(|(k, _)| *k == key).map(|(_, score)| (f64::from(w.in_flight), *score))
        });
        let all: Vec<(f64, f64)> = all.collect();
        let n = all.len() as f64;
        let (x, y) = all.iter().fold((0.0, 0.0), |sum, p| (sum.0 + p.0 / n, sum.1 + p.1 / n));
        let spread: f64 = all.iter().map(|p| (p.0 - x) * (p.0 - x)).sum();
        let both: f64 = all.iter().map(|p| (p.0 - x) * (p.1 - y)).sum();
        let slope = if spread > 0.0 { (both / spread).max(0.0) } else { 0.0 };
        let own = window.scores.iter().find(|(k, _)| *k == key).map_or(y, |(_, score)| *score);
        own - slope * f64::from(window.in_flight.saturating_sub(window.workers))
    }
}

impl Window {
    /// Work rate, in undisturbed workers, with today's weights.
    pub(super) fn work(&self, weights: &Weights) -> f64 {
        (weights.worth(self.credit) / self.seconds.max(1e-9)).max(1e-9)
    }
}

/// Share of a line at which a single coarse window rules a number out: waits scatter much.
pub(super) const fn coarse_line(measure: Measure) -> f64 {
    match measure {
        Measure::WriteAwait | Measure::ReadAwait => 1.2,
        _ => 1.03,
    }
}
