//! The number to recommend, and how sure that is: the same choice made again for resampled blocks (law 6.11,
//! steps 5 and 6).

use std::collections::BTreeMap;

use super::{
    curve::{Knot, smooth},
    model::{Cell, Effects, fit, student},
};
use crate::control::{decision::Measure, policy::SweepPolicy, sample::Side};

/// Two points of 80, as a share of a line: what a minute may be over by (law 7.4).
const FORGIVEN: f64 = 0.025;
/// Standard deviations that one minute in a hundred goes beyond.
const SELDOM: f64 = 2.33;

/// Two-sided 95 % quantile of the normal distribution.
const NORMAL: f64 = 1.96;

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

/// Everything the choice rests on.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// Numbers measured in blocks, ascending, not empty.
    pub(super) candidates: Vec<u32>,
    pub(super) cells: Vec<Cell>,
    pub(super) loads: Vec<Load>,
    /// How full each resource is at rest, as a share of its line.
    pub(super) rest: BTreeMap<Key, f64>,
    pub(super) blocks: usize,
}

/// The answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// The number, if any is lawful, and its share of the best lawful work rate.
    pub(super) chosen: Option<(u32, f64)>,
    /// Ends of its 95 % interval.
    pub(super) interval: (u32, u32),
    /// Share of the replicates that chose the same.
    pub(super) same: f64,
    /// Whether a number that would bring more is within its lines by the mean, but not surely.
    pub(super) contested: bool,
    /// Largest half-width of a candidate's share of the best.
    pub(super) half_width: f64,
    /// Whether any two candidates differ beyond noise.
    pub(super) distinguishable: bool,
    /// Whole numbers from the first to the last candidate.
    pub(super) range: Vec<Place>,
}

/// One whole number among the candidates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) workers: u32,
    /// Logarithm of the work rate, smoothed, and the ends of its interval.
    pub(super) tau: (f64, f64, f64),
    pub(super) lawful: bool,
    /// The fullest resource and its share of the line.
    pub(super) tightest: Option<(Key, f64)>,
}

impl Answer {
    /// Whether measuring on is not worth it.
    pub(super) fn is_certain(&self, policy: &SweepPolicy) -> bool {
        !self.contested && (self.same >= policy.sure_share || self.half_width <= policy.sure_half_width)
    }
}

/// A curve and how full every resource is along it: what was measured, or a replicate of it.
#[derive(Clone, Debug)]
struct Along {
    curve: Vec<f64>,
    full: BTreeMap<Key, Vec<f64>>,
}

impl Along {
    /// The same, so many times as far from `base`.
    fn spread(&self, base: &Self, by: f64) -> Self {
        let away = |from: &[f64], to: &[f64]| from.iter().zip(to).map(|(f, t)| f + (t - f) * by).collect();
        Self {
            curve: away(&base.curve, &self.curve),
            full: base.full.iter().map(|(key, full)| (*key, away(full, &self.full[key]))).collect(),
        }
    }
}

/// One look at the table: the choice, and its replicates by a generator that follows from `seed`.
pub(super) fn look(table: &Table, policy: &SweepPolicy, seed: u64) -> Option<Answer> {
    let effects = fit(&table.cells, table.candidates.len(), table.blocks);
    let curve = curve_of(table, &effects)?;
    let base = Along { full: fullness(table, &curve, None), curve };
    let mut rng = fastrand::Rng::with_seed(seed);
    let replicates: Vec<Along> = (0..policy.replicates)
        .filter_map(|_| {
            let drawn: Vec<usize> = (0..table.blocks).map(|_| rng.usize(0..table.blocks)).collect();
            let curve = replicate(table, &effects, &drawn)?;
            Some(Along { full: fullness(table, &curve, Some(&drawn)), curve })
        })
        .collect();
    let margins = margins(table, &base, &replicates);
    let distinguishable = distinguishable(&effects);
    let best = best_of(&base, &margins);
    // What is known to a percent only must come nearer than two to be within two.
    let doubt = best.map_or(0.0, |best| doubt(&replicates, best)).min(policy.within / 2.0);
    let nearer = policy.within - doubt;
    let choice = decide(&base, &margins, nearer, distinguishable);
    let choices = replicates.iter().map(|along| decide(along, &margins, nearer, distinguishable));
    let same = choices.filter(|c| *c == choice).count() as f64 / replicates.len().max(1) as f64;
    // The blocks drawn from are few: an interval rests on Student's distribution, not on the normal one.
    let by = student(table.blocks.saturating_sub(1) as u32) / NORMAL;
    let wide: Vec<Along> = replicates.iter().map(|along| along.spread(&base, by)).collect();
    let all = |within: f64| -> Vec<Option<usize>> {
        wide.iter().map(|along| decide(along, &margins, within, distinguishable)).collect()
    };
    let low = table.candidates[0];
    let number = |place: usize| low + place as u32;
    let end = |choices: Vec<Option<usize>>, q: f64| {
        let mut chosen: Vec<usize> = choices.into_iter().flatten().collect();
        chosen.sort_unstable();
        chosen.get(quantile(chosen.len(), q)).map_or(low, |place| number(*place))
    };
    Some(Answer {
        chosen: choice.zip(best).map(|(c, b)| (number(c), (base.curve[c] - base.curve[b]).exp())),
        interval: (end(all(policy.within), 0.025), end(all(nearer), 0.975)),
        same,
        contested: is_contested(&base, &margins, best, policy.within),
        half_width: best.map_or(1.0, |best| half_width(&replicates, best, table)),
        distinguishable,
        range: (0..base.curve.len()).map(|at| place(&base, &replicates, &margins, at, number(at))).collect(),
    })
}

fn place(base: &Along, replicates: &[Along], margins: &Margins, at: usize, workers: u32) -> Place {
    let mut all: Vec<f64> = replicates.iter().map(|r| r.curve[at]).collect();
    all.sort_by(f64::total_cmp);
    let end = |q: f64| all.get(quantile(all.len(), q)).copied().unwrap_or(base.curve[at]);
    let tightest = base.full.iter().map(|(key, full)| (*key, full[at]));
    Place {
        workers,
        tau: (base.curve[at], end(0.025), end(0.975)),
        lawful: is_lawful(base, margins, at),
        tightest: tightest.max_by(|a, b| a.1.total_cmp(&b.1)),
    }
}

/// The smooth curve over every whole number from the first to the last candidate.
fn curve_of(table: &Table, effects: &Effects) -> Option<Vec<f64>> {
    let knots: Vec<Knot> = table
        .candidates
        .iter()
        .zip(effects.tau.iter().zip(&effects.windows))
        .filter_map(|(n, (tau, windows))| Some((*n, (*tau)?, *windows)))
        .collect();
    let (first, last) = (knots.first()?.0, knots.last()?.0);
    let mut curve = smooth(&knots, effects.scatter);
    // A candidate at an end that was never measured is as good as its neighbour.
    let (low, high) = (table.candidates[0], table.candidates[table.candidates.len() - 1]);
    for _ in low..first {
        curve.insert(0, curve[0]);
    }
    for _ in last..high {
        curve.push(curve[curve.len() - 1]);
    }
    Some(curve)
}

/// The curve once more, from blocks drawn with replacement. Drawing from a few blocks understates their scatter;
/// the usual factor puts it right.
fn replicate(table: &Table, effects: &Effects, drawn: &[usize]) -> Option<Vec<f64>> {
    let cells: Vec<Cell> = drawn
        .iter()
        .enumerate()
        .flat_map(|(block, from)| {
            table.cells.iter().filter(move |c| c.block == *from).map(move |c| Cell { block, ..*c })
        })
        .collect();
    let again = fit(&cells, table.candidates.len(), drawn.len());
    let n = table.blocks as f64;
    let widen = if table.blocks > 1 { (n / (n - 1.0)).sqrt() } else { 1.0 };
    let tau = again.tau.iter().zip(&effects.tau).map(|(new, old)| match (new, old) {
        (Some(new), Some(old)) => Some(old + (new - old) * widen),
        _ => *old,
    });
    curve_of(table, &Effects { tau: tau.collect(), ..effects.clone() })
}

/// What is added to each resource's fullness at each place to be sure enough of its line.
type Margins = BTreeMap<Key, Vec<f64>>;

/// One-sided 95 % quantile of Student's distribution, to a few hundredths.
fn one_sided(freedom: u32) -> f64 {
    let f = f64::from(freedom.max(1));
    1.645 + 1.6 / f + 1.6 / (f * f)
}

/// A line holds if the mean is surely below it; a wait, whose minutes scatter by more than is forgiven, must also
/// stay there in ninety-nine minutes of a hundred (law 7.4). Whichever asks for more.
fn margins(table: &Table, base: &Along, replicates: &[Along]) -> Margins {
    let of = |(key, full): (&Key, &Vec<f64>)| {
        let scatter = if is_proportional(key.1) { 0.0 } else { scatter(table, *key, full) };
        let sure = |at: usize| unsure(table.blocks, replicates, *key, at);
        let calm = |at: usize| SELDOM * scatter * full[at] - FORGIVEN;
        (*key, (0..full.len()).map(|at| sure(at).max(calm(at))).collect())
    };
    base.full.iter().map(of).collect()
}

/// How far the mean may lie above what was measured, 95 % sure: from the replicates' scatter, widened for the few
/// blocks it rests on.
fn unsure(blocks: usize, replicates: &[Along], key: Key, at: usize) -> f64 {
    let n = replicates.len().max(1) as f64;
    let mean = replicates.iter().map(|r| r.full[&key][at]).sum::<f64>() / n;
    let squares: f64 = replicates.iter().map(|r| (r.full[&key][at] - mean).powi(2)).sum();
    let few = if blocks > 1 { blocks as f64 / (blocks as f64 - 1.0) } else { 1.0 };
    one_sided(blocks.saturating_sub(1) as u32) * (squares / n * few).sqrt()
}

/// Standard deviation of a minute around the mean of its number, as a share of that.
fn scatter(table: &Table, key: Key, full: &[f64]) -> f64 {
    let low = table.candidates[0];
    let of_key = table.loads.iter().filter(|l| l.key == key && l.block.is_some());
    let off = |l: &Load| {
        let mean = full.get(l.workers.checked_sub(low)? as usize).filter(|mean| **mean > 0.0)?;
        Some((l.score / mean - 1.0).powi(2))
    };
    let squares: Vec<f64> = of_key.filter_map(off).collect();
    if squares.len() < 2 { 0.0 } else { (squares.iter().sum::<f64>() / (squares.len() as f64 - 1.0)).sqrt() }
}

/// Whether a resource is used in proportion to the work done: then all windows tell of each number.
const fn is_proportional(measure: Measure) -> bool {
    matches!(measure, Measure::CpuBusy | Measure::DiskUtilisation | Measure::NetworkShare)
}

/// How full every resource is at every whole number; with `drawn`, from those blocks only.
fn fullness(table: &Table, curve: &[f64], drawn: Option<&[usize]>) -> BTreeMap<Key, Vec<f64>> {
    let (low, high) = (table.candidates[0], table.candidates[table.candidates.len() - 1]);
    let times = |block: Option<usize>| match (block, drawn) {
        (Some(block), Some(drawn)) => drawn.iter().filter(|d| **d == block).count() as f64,
        _ => 1.0,
    };
    let mut by_key: BTreeMap<Key, Vec<(&Load, f64)>> = BTreeMap::new();
    for load in table.loads.iter().filter(|l| (low..=high).contains(&l.workers)) {
        by_key.entry(load.key).or_default().push((load, times(load.block)));
    }
    by_key
        .into_iter()
        .map(|(key, loads)| {
            let rest = table.rest.get(&key).copied().unwrap_or(0.0);
            let full = if is_proportional(key.1) {
                proportional(&loads, rest, curve)
            } else {
                number_by_number(&loads, low, curve.len())
            };
            (key, full)
        })
        .collect()
}

/// What is there at rest, and so much for each unit of work.
fn proportional(loads: &[(&Load, f64)], rest: f64, curve: &[f64]) -> Vec<f64> {
    let used: f64 = loads.iter().map(|(l, times)| times * (l.score - rest)).sum();
    let work: f64 = loads.iter().map(|(l, times)| times * l.work).sum();
    let each = if work > 0.0 { used / work } else { 0.0 };
    curve.iter().map(|tau| rest + each * tau.exp()).collect()
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

fn is_lawful(along: &Along, margins: &Margins, at: usize) -> bool {
    along.full.iter().all(|(key, full)| full[at] + margins[key][at] <= 1.0)
}

fn best_of(along: &Along, margins: &Margins) -> Option<usize> {
    let lawful = (0..along.curve.len()).filter(|at| is_lawful(along, margins, *at));
    lawful.max_by(|a, b| along.curve[*a].total_cmp(&along.curve[*b]))
}

/// The smallest lawful number within reach of the best; where nothing differs, the smallest lawful one.
fn decide(along: &Along, margins: &Margins, within: f64, distinguishable: bool) -> Option<usize> {
    let best = along.curve[best_of(along, margins)?];
    let reach = if distinguishable { best + (1.0 - within).ln() } else { f64::NEG_INFINITY };
    (0..along.curve.len()).find(|at| is_lawful(along, margins, *at) && along.curve[*at] >= reach)
}

/// Whether a number that brings clearly more than the best lawful one may be lawful too.
fn is_contested(base: &Along, margins: &Margins, best: Option<usize>, within: f64) -> bool {
    let reach = best.map_or(f64::NEG_INFINITY, |b| base.curve[b] - (1.0 - within).ln());
    (0..base.curve.len()).any(|at| {
        let may_be = base.full.values().all(|full| full[at] <= 1.0);
        may_be && !is_lawful(base, margins, at) && base.curve[at] > reach
    })
}

/// Whether any two candidates differ by more than their noise.
fn distinguishable(effects: &Effects) -> bool {
    let known: Vec<(f64, f64)> = effects
        .tau
        .iter()
        .zip(&effects.windows)
        .filter_map(|(tau, n)| Some(((*tau)?, 1.0 / f64::from((*n).max(1)))))
        .collect();
    let limit = student(effects.freedom) * effects.scatter;
    let differ = |a: &(f64, f64), b: &(f64, f64)| (a.0 - b.0).abs() > limit * (a.1 + b.1).sqrt();
    known.len() == 1 || known.iter().any(|a| known.iter().any(|b| differ(a, b)))
}

/// Largest 95 % half-width of a candidate's share of the best.
fn half_width(replicates: &[Along], best: usize, table: &Table) -> f64 {
    let width = |place: usize| {
        let mut shares: Vec<f64> =
            replicates.iter().map(|r| (r.curve[place] - r.curve[best]).exp()).collect();
        shares.sort_by(f64::total_cmp);
        let end = |q: f64| shares.get(quantile(shares.len(), q)).copied().unwrap_or(1.0);
        (end(0.975) - end(0.025)) / 2.0
    };
    let low = table.candidates[0];
    table.candidates.iter().map(|n| width((n - low) as usize)).fold(0.0, f64::max)
}

/// Standard deviation of a number's share of the best, in the mean over all numbers.
fn doubt(replicates: &[Along], best: usize) -> f64 {
    let n = replicates.len().max(1) as f64;
    let places = replicates.first().map_or(0, |r| r.curve.len());
    let of = |at: usize| {
        let shares = || replicates.iter().map(|r| r.curve[at] - r.curve[best]);
        let mean = shares().sum::<f64>() / n;
        (shares().map(|s| (s - mean) * (s - mean)).sum::<f64>() / n).sqrt()
    };
    (0..places).filter(|at| *at != best).map(of).sum::<f64>() / (places.max(2) - 1) as f64
}

/// Place of a quantile among `n` sorted values.
fn quantile(n: usize, q: f64) -> usize {
    ((n as f64 * q) as usize).min(n.saturating_sub(1))
}

#[cfg(test)]
mod tests;
