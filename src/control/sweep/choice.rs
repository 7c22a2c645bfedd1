//! The number to recommend, and how sure that is: the same choice made again for resampled blocks (law 6.11,
//! steps 5 and 6).

use std::collections::BTreeMap;

use super::{
    curve::{Knot, smooth},
    fullness::{Key, Load, Resources, is_proportional, scatter},
    model::{Cell, Effects, fit, student},
};
use crate::control::policy::SweepPolicy;

/// Two points of 80, as a share of a line: what a minute may be over by (law 7.4).
const FORGIVEN: f64 = 0.025;
/// Standard deviations that one minute in a hundred goes beyond.
const SELDOM: f64 = 2.33;

/// Two-sided 95 % quantile of the normal distribution.
const NORMAL: f64 = 1.96;

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
    let curve = curve_of(&table.candidates, &effects)?;
    let resources = Resources::of(table);
    let base = Along { full: resources.along(&curve, None), curve };
    // Drawing from a few blocks understates their scatter; the usual factor puts it right.
    let n = table.blocks as f64;
    let widen = if table.blocks > 1 { (n / (n - 1.0)).sqrt() } else { 1.0 };
    let mut rng = fastrand::Rng::with_seed(seed);
    let replicates: Vec<Along> = (0..policy.replicates)
        .filter_map(|_| {
            let drawn: Vec<usize> = (0..table.blocks).map(|_| rng.usize(0..table.blocks)).collect();
            let curve = curve_of(&table.candidates, &drawn_again(&table.cells, &effects, &drawn))?;
            let full = resources.along(&curve, Some(&drawn));
            Some(Along { curve, full }.spread(&base, widen))
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
pub(super) fn curve_of(candidates: &[u32], effects: &Effects) -> Option<Vec<f64>> {
    let knots: Vec<Knot> = candidates
        .iter()
        .zip(effects.tau.iter().zip(&effects.windows))
        .filter_map(|(n, (tau, windows))| Some((*n, (*tau)?, *windows)))
        .collect();
    let (first, last) = (knots.first()?.0, knots.last()?.0);
    let mut curve = smooth(&knots, effects.scatter);
    // A candidate at an end that was never measured is as good as its neighbour.
    let (low, high) = (candidates[0], candidates[candidates.len() - 1]);
    for _ in low..first {
        curve.insert(0, curve[0]);
    }
    for _ in last..high {
        curve.push(curve[curve.len() - 1]);
    }
    Some(curve)
}

/// The effects once more, from blocks drawn with replacement.
pub(super) fn drawn_again(cells: &[Cell], effects: &Effects, drawn: &[usize]) -> Effects {
    let again: Vec<Cell> = drawn
        .iter()
        .enumerate()
        .flat_map(|(block, from)| {
            cells.iter().filter(move |c| c.block == *from).map(move |c| Cell { block, ..*c })
        })
        .collect();
    let again = fit(&again, effects.tau.len(), drawn.len());
    // A number that no drawn block holds is as it was.
    let tau = again.tau.iter().zip(&effects.tau).map(|(new, old)| new.or(*old)).collect();
    Effects { tau, ..effects.clone() }
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

/// How far the mean may lie above what was measured, 95 % sure: from the replicates' scatter.
fn unsure(blocks: usize, replicates: &[Along], key: Key, at: usize) -> f64 {
    let n = replicates.len().max(1) as f64;
    let mean = replicates.iter().map(|r| r.full[&key][at]).sum::<f64>() / n;
    let squares: f64 = replicates.iter().map(|r| (r.full[&key][at] - mean).powi(2)).sum();
    one_sided(blocks.saturating_sub(1) as u32) * (squares / n).sqrt()
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
