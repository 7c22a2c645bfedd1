//! What a benchmark found, as a [`Finding`].

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Point, Sweep,
    choice::{Answer, Place},
    fullness::Key,
};
use crate::control::{
    decision::Measure,
    finding::{CurvePoint, Finding, Mode, Moved, Recommended, Stopped},
    work::Weights,
};

/// Share of its line from which a resource is what limits (law 6.9).
const NEAR: f64 = 0.9;

impl Sweep {
    /// What was found up to `now`; `early` says why, should it not have ended by itself.
    pub(in crate::control) fn finding(
        &self,
        early: Stopped,
        now: f64,
        mode: Mode,
        moved: Moved,
        weights: &Weights,
    ) -> Finding {
        let (stopped, at) = self.over.unwrap_or((early, now));
        let answer = self.answer.clone().or_else(|| self.look(weights));
        Finding {
            recommended: answer.as_ref().and_then(|answer| self.recommended(answer)),
            curve: self.curve(answer.as_ref(), weights),
            distinguishable: answer.as_ref().is_some_and(|a| a.distinguishable),
            mode,
            stopped,
            blocks: self.blocks as u32,
            minutes: at / 60.0,
            moved,
            at_rest: self.at_rest.clone(),
            wire: None,
        }
    }

    /// What one worker costs at the recommended number, as a share of each line above what is there at rest.
    pub(in crate::control) fn marginal(&self) -> BTreeMap<String, f64> {
        let chosen = self.answer.as_ref().and_then(|a| a.chosen).map_or(1, |(n, _)| n);
        let fewest = self.windows.iter().map(|w| w.workers).min().unwrap_or(1);
        let cost = |key: &Key| {
            let (low, high) = (self.seen(fewest, *key)?, self.seen(chosen, *key)?);
            Some(((high - low) / f64::from(chosen.saturating_sub(fewest).max(1))).max(0.0))
        };
        self.keys().into_iter().filter_map(|key| Some((name(key), cost(&key)?))).collect()
    }

    /// What a unit of work must be multiplied by for one worker alone to do the work of one.
    pub(in crate::control) fn scale(&self, weights: &Weights) -> f64 {
        let alone = self.windows.iter().filter(|w| w.block.is_none() && w.workers <= 2);
        let each: Vec<f64> = alone.map(|w| w.work(weights) / f64::from(w.workers)).collect();
        let mean = each.iter().sum::<f64>() / each.len().max(1) as f64;
        if mean > 0.0 { 1.0 / mean } else { 1.0 }
    }

    fn keys(&self) -> BTreeSet<Key> {
        self.windows.iter().flat_map(|w| w.scores.iter().map(|(key, _)| *key)).collect()
    }

    fn recommended(&self, answer: &Answer) -> Option<Recommended> {
        let (workers, share_of_best) = answer.chosen?;
        let (low, high) = answer.interval;
        let low = self.down_to_measured(answer.range.first().map(|p| p.workers), low.min(workers));
        let limiting = self.limiting(answer, workers);
        Some(Recommended { workers, low, high: high.max(workers), limiting, share_of_best })
    }

    /// The low end of an interval that reaches the smallest candidate: nothing was measured between that and the
    /// rung below, which brought clearly less, so what lies between cannot be ruled out.
    pub(super) fn down_to_measured(&self, smallest: Option<u32>, low: u32) -> u32 {
        if smallest.is_none_or(|smallest| smallest < low) {
            return low;
        }
        let below = self.windows.iter().map(|w| w.workers).filter(|n| *n < low).max();
        below.map_or(low, |rung| rung + 1)
    }

    /// What keeps more workers from helping.
    fn limiting(&self, answer: &Answer, workers: u32) -> String {
        let here = answer.range.iter().find(|p| p.workers == workers);
        let tightest = here.and_then(|p| p.tightest);
        // The next larger number crossed a line, or was refused because it would.
        let crossed = answer.range.iter().find(|p| p.workers > workers && !p.lawful).and_then(|p| p.tightest);
        let falls = answer
            .range
            .last()
            .is_some_and(|last| last.workers > workers && last.lawful && !self.rises(answer, workers));
        if let Some((key, _)) = crossed.filter(|_| !falls) {
            return name(key);
        }
        if let Some((key, _)) = tightest.filter(|(_, score)| *score >= NEAR) {
            return name(key);
        }
        if let Some(key) = self.barred_by.filter(|_| workers >= self.top) {
            return name(key);
        }
        if workers >= self.top && self.barred_by.is_none() {
            return format!("the most workers the settings allow ({})", self.top);
        }
        "waiting (locks, round trips or a server-side cap); no machine is near its line".to_owned()
    }

    /// Whether anything lawful above `workers` brings clearly more.
    fn rises(&self, answer: &Answer, workers: u32) -> bool {
        let at = |p: &Place| p.tau.0;
        let here = answer.range.iter().find(|p| p.workers == workers).map_or(0.0, at);
        let above = answer.range.iter().filter(|p| p.workers > workers && p.lawful).map(at);
        above.fold(f64::NEG_INFINITY, f64::max) > here - (1.0 - self.policy.within).ln()
    }

    /// Candidates from the blocks, the other rungs from the way up, on the candidates' level.
    fn curve(&self, answer: Option<&Answer>, weights: &Weights) -> Vec<CurvePoint> {
        let compared = self.windows.iter().any(|w| w.block.is_some());
        let fine: Vec<&Place> = answer
            .iter()
            .flat_map(|a| &a.range)
            .filter(|p| self.windows.iter().any(|w| w.workers == p.workers))
            .collect();
        let points = self.points(weights);
        let scale = self.scale(weights) / mean(&shared(&fine, &points)).exp();
        let both = shared(&fine, &points);
        let level = mean(&both);
        // One window alone scatters about twice as much as what is left of two.
        let scatter = (both.iter().map(|b| (b - level) * (b - level)).sum::<f64>()
            / (both.len().max(2) - 1) as f64)
            .sqrt()
            .max(0.02);
        let mut curve: Vec<CurvePoint> = points
            .iter()
            .filter(|p| !compared || !fine.iter().any(|f| f.workers == p.workers))
            .map(|p| {
                let at = |z: f64| (p.work.ln() + level + z * scatter).exp();
                self.point(p.workers, (at(0.0), at(-1.96), at(1.96)), p.lawful, scale)
            })
            .collect();
        if compared {
            curve.extend(fine.iter().map(|f| {
                self.point(f.workers, (f.tau.0.exp(), f.tau.1.exp(), f.tau.2.exp()), f.lawful, scale)
            }));
        }
        curve.sort_by_key(|p| p.workers);
        curve
    }

    fn point(&self, workers: u32, work: (f64, f64, f64), lawful: bool, scale: f64) -> CurvePoint {
        let fullest = self
            .keys()
            .into_iter()
            .filter_map(|key| Some((key, self.seen(workers, key)?)))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        CurvePoint {
            workers,
            work_rate: work.0 * scale,
            low: work.1.min(work.0) * scale,
            high: work.2.max(work.0) * scale,
            lawful,
            tightest: fullest.map(|(key, score)| (name(key), score)),
        }
    }
}

/// By how much the blocks' level lies above the way up, at each number both have seen.
fn shared(fine: &[&Place], points: &[Point]) -> Vec<f64> {
    let seen = |p: &Point| Some(fine.iter().find(|f| f.workers == p.workers)?.tau.0 - p.work.ln());
    points.iter().filter_map(seen).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// A resource in words: `destination CPU`.
fn name((side, measure): Key) -> String {
    let what = match measure {
        Measure::CpuBusy => "CPU",
        Measure::DiskUtilisation => "disk",
        Measure::WriteAwait => "disk writes",
        Measure::ReadAwait => "disk reads",
        Measure::MemoryUsed | Measure::SwapIn => "memory",
        Measure::NetworkShare => "network",
        Measure::AnswerTime => "answer time",
        Measure::SpaceUsed => "disk space",
    };
    format!("{side} {what}")
}
