//! Which candidates are still worth a window, and whether one more belongs among them.

use super::{Stage, Sweep, Window, choice::Place, table};
use crate::control::work::Weights;

/// Share over a line that the number above the largest candidate may be predicted to reach.
const UP_SLACK: f64 = 0.01;

impl Sweep {
    /// Candidates that need not be tried again: over a line, or clearly less than the best with others as near.
    pub(super) fn hopeless(&self) -> Vec<u32> {
        let Stage::Around { candidates, .. } = &self.stage else { return Vec::new() };
        let over = candidates.iter().copied().filter(|n| self.is_over(*n));
        let Some(answer) = &self.answer else { return over.collect() };
        let best =
            answer.range.iter().filter(|p| p.lawful).map(|p| p.tau.0).fold(f64::NEG_INFINITY, f64::max);
        let chosen = answer.chosen.map_or(1, |(n, _)| n);
        let poor =
            |p: &&Place| p.tau.2 < best + (1.0 - self.policy.near).ln() && p.workers.abs_diff(chosen) > 1;
        let poor = answer.range.iter().filter(poor).map(|p| p.workers);
        over.chain(poor.filter(|n| candidates.contains(n))).collect()
    }

    /// One more than the largest candidate, if what was measured says that it may be lawful and better.
    pub(super) fn reach_up(&mut self, weights: &Weights) {
        let Some(answer) = self.look(weights) else { return };
        let Stage::Around { candidates, .. } = &mut self.stage else { return };
        let (Some(highest), [.., before, top]) = (candidates.last().copied(), answer.range.as_slice()) else {
            return;
        };
        let rises = top.tau.0 - before.tau.0 > self.policy.within / 2.0;
        let room = top.tightest.is_none_or(|(key, full)| {
            // What one more adds to work it adds to use, no more than the last one did.
            let grows = (2.0 - (before.tau.0 - top.tau.0).exp()).max(1.0);
            let rest = self.rest.get(&key).copied().unwrap_or(0.0);
            rest + (full - rest) * grows <= 1.0 + UP_SLACK
        });
        if rises && room && highest == top.workers && highest < self.most {
            candidates.push(highest + 1);
        }
        self.answer = Some(answer);
    }

    /// Whether a number was over a line in so many windows that it need not be tried again.
    fn is_over(&self, workers: u32) -> bool {
        let of: Vec<&Window> = self.windows.iter().filter(|w| w.workers == workers).collect();
        of.len() >= 2
            && of
                .iter()
                .all(|w| w.scores.iter().any(|((_, measure), score)| *score > table::coarse_line(*measure)))
    }

    /// Whether a candidate has just been added and must be seen first.
    pub(super) fn is_new(&self) -> bool {
        let Stage::Around { candidates, .. } = &self.stage else { return false };
        let seen = |n: &u32| self.windows.iter().filter(|w| w.workers == *n).count() >= 2;
        candidates.last().is_some_and(|n| !seen(n))
    }
}
