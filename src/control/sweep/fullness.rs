//! How full every resource of both machines is at every number of workers: what a line is held against.

use std::collections::BTreeMap;

use super::{
    choice::{Table, curve_of, drawn_again},
    model::{Cell, Effects, fit},
};
use crate::control::{decision::Measure, sample::Side};

/// Use below this share of a line is not told apart from none.
const LEAST_USE: f64 = 0.001;

/// A resource of a machine.
pub(super) type Key = (Side, Measure);

/// How full a resource was in one window, as a share of its line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Load {
    /// `None` for the coarse rungs.
    pub(super) block: Option<usize>,
    pub(super) workers: u32,
    pub(super) key: Key,
    pub(super) score: f64,
    /// Work rate of the window.
    pub(super) work: f64,
}

/// The windows of every resource, made ready once for all replicates.
pub(super) struct Resources<'a> {
    candidates: &'a [u32],
    by_key: Vec<Resource<'a>>,
}

/// One resource.
struct Resource<'a> {
    key: Key,
    rest: f64,
    loads: Vec<&'a Load>,
    /// Logarithm of its use in each window of a block, and what that says of each number.
    cells: Vec<Cell>,
    effects: Effects,
}

impl<'a> Resources<'a> {
    pub(super) fn of(table: &'a Table) -> Self {
        let (low, high) = (table.candidates[0], table.candidates[table.candidates.len() - 1]);
        let mut by_key: BTreeMap<Key, Vec<&Load>> = BTreeMap::new();
        for load in table.loads.iter().filter(|l| (low..=high).contains(&l.workers)) {
            by_key.entry(load.key).or_default().push(load);
        }
        let by_key = by_key.into_iter().map(|(key, loads)| Resource::of(table, key, loads)).collect();
        Self { candidates: &table.candidates, by_key }
    }

    /// How full each is at every whole number along a curve of work; with `drawn`, from those blocks only.
    pub(super) fn along(&self, curve: &[f64], drawn: Option<&[usize]>) -> BTreeMap<Key, Vec<f64>> {
        self.by_key.iter().map(|r| (r.key, r.along(self.candidates, curve, drawn))).collect()
    }
}

impl<'a> Resource<'a> {
    fn of(table: &Table, key: Key, loads: Vec<&'a Load>) -> Self {
        let rest = table.rest.get(&key).copied().unwrap_or(0.0);
        let cell = |l: &&Load| {
            let place = table.candidates.iter().position(|n| *n == l.workers)?;
            Some(Cell { block: l.block?, place, value: (l.score - rest).max(LEAST_USE).ln() })
        };
        let cells: Vec<Cell> = loads.iter().filter_map(cell).collect();
        let effects = fit(&cells, table.candidates.len(), table.blocks);
        Self { key, rest, loads, cells, effects }
    }

    fn along(&self, candidates: &[u32], curve: &[f64], drawn: Option<&[usize]>) -> Vec<f64> {
        let times = |load: &Load| match (load.block, drawn) {
            (Some(block), Some(drawn)) => drawn.iter().filter(|d| **d == block).count() as f64,
            _ => 1.0,
        };
        let loads: Vec<(&Load, f64)> = self.loads.iter().map(|load| (*load, times(load))).collect();
        if !is_proportional(self.key.1) {
            return number_by_number(&loads, candidates[0], curve.len());
        }
        let by_work = self.by_work(&loads, curve);
        match self.by_reading(candidates, drawn) {
            Some(read) => by_work.iter().zip(read).map(|(a, b)| f64::midpoint(*a, b)).collect(),
            None => by_work,
        }
    }

    /// What is there at rest, and so much for each unit of work. A window in which more than usual was credited
    /// lifts its number's work and lowers the use of each unit.
    fn by_work(&self, loads: &[(&Load, f64)], curve: &[f64]) -> Vec<f64> {
        let used: f64 = loads.iter().map(|(l, times)| times * (l.score - self.rest)).sum();
        let work: f64 = loads.iter().map(|(l, times)| times * l.work).sum();
        let each = if work > 0.0 { used / work } else { 0.0 };
        curve.iter().map(|tau| self.rest + each * tau.exp()).collect()
    }

    /// What is there at rest, and the smooth curve through the readings themselves. They know nothing of work, so
    /// their errors are others than those of [`Self::by_work`]: the mean of both errs by half (`tuning/README.md`).
    fn by_reading(&self, candidates: &[u32], drawn: Option<&[usize]>) -> Option<Vec<f64>> {
        let again = drawn.map(|drawn| drawn_again(&self.cells, &self.effects, drawn));
        let curve = curve_of(candidates, again.as_ref().unwrap_or(&self.effects))?;
        Some(curve.iter().map(|tau| self.rest + tau.exp()).collect())
    }
}

/// Whether a resource is used in proportion to the work done: then all windows tell of each number.
pub(super) const fn is_proportional(measure: Measure) -> bool {
    matches!(measure, Measure::CpuBusy | Measure::DiskUtilisation | Measure::NetworkShare)
}

/// Standard deviation of a minute around the mean of its number, as a share of that.
pub(super) fn scatter(table: &Table, key: Key, full: &[f64]) -> f64 {
    let low = table.candidates[0];
    let of_key = table.loads.iter().filter(|l| l.key == key && l.block.is_some());
    let off = |l: &Load| {
        let mean = full.get(l.workers.checked_sub(low)? as usize).filter(|mean| **mean > 0.0)?;
        Some((l.score / mean - 1.0).powi(2))
    };
    let squares: Vec<f64> = of_key.filter_map(off).collect();
    if squares.len() < 2 { 0.0 } else { (squares.iter().sum::<f64>() / (squares.len() as f64 - 1.0)).sqrt() }
}

/// The mean of each number that was measured, straight in between.
fn number_by_number(loads: &[(&Load, f64)], low: u32, places: usize) -> Vec<f64> {
    let mut sums: BTreeMap<u32, (f64, f64, f64, f64)> = BTreeMap::new();
    for (load, times) in loads {
        let sum = sums.entry(load.workers).or_default();
        *sum = (sum.0 + times * load.score, sum.1 + times, sum.2 + load.score, sum.3 + 1.0);
    }
    // A number that no drawn block holds is as it was.
    let mean = |s: &(f64, f64, f64, f64)| if s.1 > 0.0 { s.0 / s.1 } else { s.2 / s.3 };
    let known: Vec<(u32, f64)> = sums.iter().map(|(n, s)| (*n, mean(s))).collect();
    (0..places as u32).map(|place| straight(&known, low + place)).collect()
}

fn straight(known: &[(u32, f64)], n: u32) -> f64 {
    let above = known.iter().find(|k| k.0 >= n);
    let below = known.iter().rev().find(|k| k.0 <= n);
    match (below, above) {
        (Some(a), Some(b)) if a.0 == b.0 => a.1,
        (Some(a), Some(b)) => a.1 + (b.1 - a.1) * f64::from(n - a.0) / f64::from(b.0 - a.0),
        (Some(only), None) | (None, Some(only)) => only.1,
        (None, None) => 0.0,
    }
}
