//! The number to recommend, and how sure that is: the same choice made again for resampled blocks (law 6.11,
//! steps 5 and 6).

use std::collections::BTreeMap;

use super::{
    curve::{Knot, smooth},
    model::{Cell, Effects, fit, student},
};
use crate::control::{decision::Measure, policy::SweepPolicy, sample::Side};

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
}

/// Everything the choice rests on.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// Numbers measured in blocks, ascending, not empty.
    pub(super) candidates: Vec<u32>,
    pub(super) cells: Vec<Cell>,
    pub(super) loads: Vec<Load>,
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
    /// Share of the replicates in which the largest lawful number is the same.
    pub(super) same_line: f64,
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
        let line = self.same_line >= policy.sure_share;
        self.same >= policy.sure_share || (line && self.half_width <= policy.sure_half_width)
    }
}

/// One look at the table: the choice, and its replicates by a generator that follows from `seed`.
pub(super) fn look(table: &Table, policy: &SweepPolicy, seed: u64) -> Option<Answer> {
    let effects = fit(&table.cells, table.candidates.len(), table.blocks);
    let curve = curve_of(table, &effects)?;
    let margins = margins(&table.loads);
    let fullest = bounds(table, &margins, None);
    let distinguishable = distinguishable(&effects);
    let base = decide(&curve, &fullest, policy.within, distinguishable);
    let best = best_of(&curve, &fullest);
    let top = top_of(&fullest);
    let mut rng = fastrand::Rng::with_seed(seed);
    let (mut chosen, mut spread, mut shares) = (Vec::new(), vec![Vec::new(); curve.len()], Vec::new());
    let (mut same, mut same_line, mut made) = (0_u32, 0_u32, 0_u32);
    for _ in 0..policy.replicates {
        let drawn: Vec<usize> = (0..table.blocks).map(|_| rng.usize(0..table.blocks)).collect();
        let Some(again) = replicate(table, &effects, &drawn) else { continue };
        let loads = bounds(table, &margins, Some(&drawn));
        let choice = decide(&again, &loads, policy.within, distinguishable);
        made += 1;
        same += u32::from(choice == base);
        same_line += u32::from(top_of(&loads) == top);
        chosen.extend(choice);
        again.iter().zip(&mut spread).for_each(|(tau, all)| all.push(*tau));
        shares.push(best.map(|b| again.iter().map(|tau| tau - again[b]).collect::<Vec<f64>>()));
    }
    let share = |n: u32| f64::from(n) / f64::from(made.max(1));
    let low = table.candidates[0];
    let number = |place: usize| low + place as u32;
    chosen.sort_unstable();
    let end = |q: f64| chosen.get(quantile(chosen.len(), q)).map_or(low, |place| number(*place));
    let range = spread.into_iter().enumerate().map(|(place, mut all)| {
        all.sort_by(f64::total_cmp);
        let at = |q: f64| all.get(quantile(all.len(), q)).copied().unwrap_or(curve[place]);
        let (lawful, tightest) = fullest[place];
        Place { workers: number(place), tau: (curve[place], at(0.025), at(0.975)), lawful, tightest }
    });
    Some(Answer {
        chosen: base.zip(best).map(|(place, best)| (number(place), (curve[place] - curve[best]).exp())),
        interval: (end(0.025), end(0.975)),
        same: share(same),
        same_line: share(same_line),
        half_width: half_width(&shares, table),
        distinguishable,
        range: range.collect(),
    })
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

/// Lawful or not, and the fullest resource, for each whole number.
type Fullness = (bool, Option<(Key, f64)>);

/// Standard deviation of one window's score about its number's mean, with degrees of freedom, for each resource.
fn margins(loads: &[Load]) -> BTreeMap<Key, (f64, u32)> {
    let mut groups: BTreeMap<(Key, u32), Vec<f64>> = BTreeMap::new();
    for load in loads {
        groups.entry((load.key, load.workers)).or_default().push(load.score);
    }
    let mut pooled: BTreeMap<Key, (f64, u32)> = BTreeMap::new();
    for ((key, _), scores) in groups {
        let mean = scores.iter().sum::<f64>() / scores.len() as f64;
        let entry = pooled.entry(key).or_default();
        entry.0 += scores.iter().map(|s| (s - mean) * (s - mean)).sum::<f64>();
        entry.1 += scores.len() as u32 - 1;
    }
    pooled.into_iter().map(|(k, (sum, n))| (k, ((sum / f64::from(n.max(1))).sqrt(), n))).collect()
}

/// One-sided 95 % quantile of Student's distribution, to a few hundredths.
fn one_sided(freedom: u32) -> f64 {
    let f = f64::from(freedom.max(1));
    1.645 + 1.6 / f + 1.6 / (f * f)
}

/// The 95 % upper bound on every resource at every whole number; with `drawn`, from those blocks only.
fn bounds(table: &Table, margins: &BTreeMap<Key, (f64, u32)>, drawn: Option<&[usize]>) -> Vec<Fullness> {
    let (low, high) = (table.candidates[0], table.candidates[table.candidates.len() - 1]);
    let times = |block: Option<usize>| match (block, drawn) {
        (Some(block), Some(drawn)) => drawn.iter().filter(|d| **d == block).count() as f64,
        _ => 1.0,
    };
    let mut sums: BTreeMap<Key, BTreeMap<u32, (f64, f64)>> = BTreeMap::new();
    for load in table.loads.iter().filter(|l| (low..=high).contains(&l.workers)) {
        let weight = times(load.block);
        let sum = sums.entry(load.key).or_default().entry(load.workers).or_default();
        *sum = (sum.0 + weight * load.score, sum.1 + weight);
    }
    let mut fullest: Vec<Fullness> = vec![(true, None); (high - low + 1) as usize];
    for (key, by_number) in &sums {
        let (scatter, freedom) = margins[key];
        let known: Vec<(u32, f64, f64)> = by_number
            .iter()
            .filter(|(_, (_, weight))| *weight > 0.0)
            .map(|(n, (sum, weight))| {
                let mean = sum / weight;
                (*n, mean, mean + one_sided(freedom) * scatter / weight.sqrt())
            })
            .collect();
        for (place, (lawful, tightest)) in fullest.iter_mut().enumerate() {
            let Some((mean, bound)) = at(&known, low + place as u32) else { continue };
            *lawful &= bound <= 1.0;
            if tightest.is_none_or(|(_, most)| mean > most) {
                *tightest = Some((*key, mean));
            }
        }
    }
    fullest
}

/// Mean and bound at `n`, straight between the numbers that were measured.
fn at(known: &[(u32, f64, f64)], n: u32) -> Option<(f64, f64)> {
    let above = known.iter().find(|k| k.0 >= n);
    let below = known.iter().rev().find(|k| k.0 <= n);
    match (below, above) {
        (Some(a), Some(b)) if a.0 == b.0 => Some((a.1, a.2)),
        (Some(a), Some(b)) => {
            let share = f64::from(n - a.0) / f64::from(b.0 - a.0);
            Some((a.1 + (b.1 - a.1) * share, a.2 + (b.2 - a.2) * share))
        }
        (Some(only), None) | (None, Some(only)) => Some((only.1, only.2)),
        (None, None) => None,
    }
}

fn best_of(curve: &[f64], fullest: &[Fullness]) -> Option<usize> {
    let lawful = (0..curve.len()).filter(|place| fullest[*place].0);
    lawful.max_by(|a, b| curve[*a].total_cmp(&curve[*b]))
}

fn top_of(fullest: &[Fullness]) -> Option<usize> {
    fullest.iter().rposition(|(lawful, _)| *lawful)
}

/// The smallest lawful number within reach of the best; where nothing differs, the smallest lawful one.
fn decide(curve: &[f64], fullest: &[Fullness], within: f64, distinguishable: bool) -> Option<usize> {
    let best = curve[best_of(curve, fullest)?];
    let reach = if distinguishable { best + (1.0 - within).ln() } else { f64::NEG_INFINITY };
    (0..curve.len()).find(|place| fullest[*place].0 && curve[*place] >= reach)
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
fn half_width(shares: &[Option<Vec<f64>>], table: &Table) -> f64 {
    let known: Vec<&Vec<f64>> = shares.iter().flatten().collect();
    if known.is_empty() {
        return 1.0;
    }
    let width = |place: usize| {
        let mut values: Vec<f64> = known.iter().map(|s| s[place].exp()).collect();
        values.sort_by(f64::total_cmp);
        let end = |q: f64| values[quantile(values.len(), q)];
        (end(0.975) - end(0.025)) / 2.0
    };
    let low = table.candidates[0];
    table.candidates.iter().map(|n| width((n - low) as usize)).fold(0.0, f64::max)
}

/// Place of a quantile among `n` sorted values.
fn quantile(n: usize, q: f64) -> usize {
    ((n as f64 * q) as usize).min(n.saturating_sub(1))
}

#[cfg(test)]
mod tests;
