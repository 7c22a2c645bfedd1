//! Useful work: accounts, items and bytes weighed by the solo worker-seconds each costs (law 6.2).
//!
//! Windows keep what was acknowledged, not a number of seconds it was worth: the weights are applied when two
//! windows are compared, so learning better weights in between cannot fake a gain.

use std::collections::VecDeque;

use super::{policy::WorkPrior, stats::Ewma};

/// Work acknowledged by the destination.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Credit {
    /// Mailboxes opened.
    pub(super) opened: f64,
    /// Items accepted.
    pub(super) items: f64,
    /// Millions of bytes accepted.
    pub(super) mb: f64,
}

impl Credit {
    pub(super) fn add(&mut self, other: Self) {
        self.opened += other.opened;
        self.items += other.items;
        self.mb += other.mb;
    }

    /// What was added since `before`.
    pub(super) fn less(self, before: Self) -> Self {
        Self {
            opened: self.opened - before.opened,
            items: self.items - before.items,
            mb: self.mb - before.mb,
        }
    }

    pub(super) fn is_some_work(self) -> bool {
        self.opened > 0.0 || self.items > 0.0
    }

    const fn vector(self) -> [f64; 3] {
        [self.opened, self.items, self.mb]
    }
}

/// Weights of the three kinds of work, learned from workers' time.
#[derive(Clone, Debug)]
pub(super) struct Weights {
    prior: WorkPrior,
    now: [f64; 3],
    normal: [[f64; 3]; 3],
    target: [f64; 3],
    observed: u32,
    /// Workers' seconds observed that held items.
    seen_s: f64,
}

/// Observations between two fits, once there are many.
const FIT_EVERY: u32 = 10;
/// From so many workers' seconds of streaming on, the weights are the servers' own and no longer the prior's:
/// some twenty stretches for three unknowns.
const KNOWN_AFTER_S: f64 = 1200.0;

impl Weights {
    pub(super) const fn new(prior: WorkPrior) -> Self {
        Self {
            prior,
            now: [prior.account_s, prior.item_s, prior.mb_s],
            normal: [[0.0; 3]; 3],
            target: [0.0; 3],
            observed: 0,
            seen_s: 0.0,
        }
    }

    /// Worth of a credit in solo worker-seconds.
    pub(super) fn worth(&self, credit: Credit) -> f64 {
        credit.vector().iter().zip(self.now).map(|(x, c)| x * c).sum()
    }

    /// The same by the first guess, which never changes.
    pub(super) fn prior_worth(&self, credit: Credit) -> f64 {
        let WorkPrior { account_s, item_s, mb_s, .. } = self.prior;
        credit.vector().iter().zip([account_s, item_s, mb_s]).map(|(x, c)| x * c).sum()
    }

    /// Whether they rest on measurements rather than on the prior.
    pub(super) fn are_known(&self) -> bool {
        self.seen_s >= KNOWN_AFTER_S
    }

    /// A worker spent `active_s` seconds on `credit` while each second was worth `1 / stretch` alone.
    pub(super) fn observe(&mut self, credit: Credit, active_s: f64, stretch: f64) {
        if active_s <= 0.0 || credit == Credit::default() {
            return;
        }
        let solo_s = active_s / stretch.max(1.0);
        let keep = 1.0 - std::f64::consts::LN_2 / self.prior.half_life.max(1.0);
        // One over the time: a stretch counts for its length, an hour does not outvote a hundred minutes.
        let weight = 1.0 / solo_s.max(1.0);
        let x = credit.vector();
        for (i, row) in self.normal.iter_mut().enumerate() {
            for (j, cell) in row.iter_mut().enumerate() {
                *cell = *cell * keep + weight * x[i] * x[j];
            }
            self.target[i] = self.target[i] * keep + weight * x[i] * solo_s;
        }
        self.observed += 1;
        if credit.items > 0.0 {
            self.seen_s += active_s;
        }
        // The first ones each say something new.
        if self.observed < 4 * FIT_EVERY || self.observed.is_multiple_of(FIT_EVERY) {
            self.fit();
        }
    }

    /// Least squares with a pull towards the prior; no weight below zero, each subset of three tried.
    fn fit(&mut self) {
        let prior = [self.prior.account_s, self.prior.item_s, self.prior.mb_s];
        let mut normal = self.normal;
        let mut target = self.target;
        for i in 0..3 {
            // One observation of a minute weighs 60 in these sums; the prior weighs `strength` of them.
            let pull = self.prior.strength * 60.0 / (prior[i] * prior[i]) / 3.0;
            normal[i][i] += pull;
            target[i] += pull * prior[i];
        }
        let loss = |c: &[f64; 3]| -> f64 {
            let quadratic: f64 = (0..3)
                .flat_map(|i| (0..3).map(move |j| (i, j)))
                .map(|(i, j)| c[i] * normal[i][j] * c[j])
                .sum();
            quadratic - 2.0 * (0..3).map(|i| c[i] * target[i]).sum::<f64>()
        };
        let best = (1..8_u32)
            .filter_map(|subset| solve(&normal, &target, subset))
            .filter(|c| c.iter().all(|x| *x >= 0.0 && x.is_finite()))
            .min_by(|a, b| loss(a).total_cmp(&loss(b)));
        if let Some(best) = best {
            self.now = best;
        }
    }

    /// Solo seconds to open a mailbox, per item, per million bytes.
    pub(super) const fn values(&self) -> [f64; 3] {
        self.now
    }
}

/// Solves the normal equations for the variables in `subset` (a bit each); the others are zero.
fn solve(normal: &[[f64; 3]; 3], target: &[f64; 3], subset: u32) -> Option<[f64; 3]> {
    let chosen: Vec<usize> = (0..3).filter(|i| subset & (1 << i) != 0).collect();
    let n = chosen.len();
    let mut rows: Vec<Vec<f64>> = chosen
        .iter()
        .map(|&i| chosen.iter().map(|&j| normal[i][j]).chain(std::iter::once(target[i])).collect())
        .collect();
    for k in 0..n {
        let top = rows[k].clone();
        if top[k].abs() < 1e-12 {
            return None;
        }
        for (_, row) in rows.iter_mut().enumerate().filter(|(i, _)| *i != k) {
            let factor = row[k] / top[k];
            for (cell, above) in row.iter_mut().zip(&top) {
                *cell -= factor * above;
            }
        }
    }
    let mut result = [0.0; 3];
    for (k, &i) in chosen.iter().enumerate() {
        result[i] = rows[k][n] / rows[k][k];
    }
    Some(result)
}

/// Work acknowledged in one batch.
#[derive(Clone, Copy, Debug)]
struct Batch {
    credit: Credit,
    seconds: f64,
}

/// Batches taken at one limit.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    batches: VecDeque<Batch>,
}

impl Window {
    pub(super) fn seconds(&self) -> f64 {
        self.batches.iter().map(|b| b.seconds).sum()
    }

    pub(super) fn len(&self) -> usize {
        self.batches.len()
    }

    /// Whether every kind of work, or none, grew by `needed` from `self` to `later`: then weights do not
    /// matter. A different mix of mailboxes moves them apart.
    pub(super) fn agrees_with(&self, later: &Self, needed: f64) -> bool {
        let (before, after) = (self.rates(), later.rates());
        let grew = |(x, y): (&f64, &f64)| (*x > 0.0 || *y > 0.0).then_some(*y >= *x * (1.0 + needed));
        let mut kinds = before.iter().zip(&after).filter_map(grew);
        let first = kinds.next();
        kinds.all(|kind| Some(kind) == first)
    }

    fn rates(&self) -> [f64; 3] {
        let seconds = self.seconds().max(1e-9);
        let mut sum = Credit::default();
        self.batches.iter().for_each(|batch| sum.add(batch.credit));
        sum.vector().map(|x| x / seconds)
    }

    /// Mean work rate, in undisturbed workers.
    pub(super) fn rate(&self, weights: &Weights) -> f64 {
        let seconds = self.seconds();
        if seconds > 0.0 {
            self.batches.iter().map(|b| weights.worth(b.credit)).sum::<f64>() / seconds
        } else {
            0.0
        }
    }
}

/// Accumulates credit into batches, and knows which of them can be compared.
#[derive(Clone, Debug)]
pub(super) struct WorkMeter {
    batch_s: f64,
    most: usize,
    open: Credit,
    opened_at: f64,
    waiting: bool,
    clean: bool,
    window: Window,
    scatter: Ewma,
    smooth: Ewma,
    smooth_at: f64,
    smooth_open: Credit,
    total: Credit,
}

impl WorkMeter {
    pub(super) fn new(batch_s: f64, most_s: f64, slow_s: f64, scatter_prior: f64) -> Self {
        let mut scatter = Ewma::new(batch_s * 8.0);
        scatter.add(scatter_prior * scatter_prior, batch_s);
        Self {
            batch_s,
            most: (most_s / batch_s).ceil().max(2.0) as usize,
            open: Credit::default(),
            opened_at: 0.0,
            waiting: true,
            clean: false,
            window: Window::default(),
            scatter,
            smooth: Ewma::new(slow_s),
            smooth_at: 0.0,
            smooth_open: Credit::default(),
            total: Credit::default(),
        }
    }

    /// All work ever acknowledged.
    pub(super) const fn total(&self) -> Credit {
        self.total
    }

    pub(super) fn credit(&mut self, credit: Credit) {
        self.open.add(credit);
        self.smooth_open.add(credit);
        self.total.add(credit);
    }

    /// Forgets what was measured and begins anew at `from` (which may lie ahead).
    pub(super) fn restart(&mut self, from: f64) {
        self.window = Window::default();
        self.open = Credit::default();
        self.opened_at = from;
        self.waiting = true;
        self.clean = true;
    }

    /// Lets time pass. A batch during which the pool was not `steady` (all of the limit running) is dropped.
    pub(super) fn advance(&mut self, now: f64, steady: bool, weights: &Weights) {
        if now - self.smooth_at >= 5.0 {
            let dt = now - self.smooth_at;
            self.smooth.add(weights.worth(self.smooth_open) / dt, dt);
            self.smooth_open = Credit::default();
            self.smooth_at = now;
        }
        if self.waiting {
            // What was acknowledged up to this very moment belongs to the time before.
            self.waiting = now < self.opened_at;
            self.opened_at = self.opened_at.max(now);
            self.open = Credit::default();
            return;
        }
        self.clean &= steady;
        let seconds = now - self.opened_at;
        if seconds < self.batch_s {
            return;
        }
        if self.clean {
            let batch = Batch { credit: self.open, seconds };
            if let Some(last) = self.window.batches.back() {
                let rate = |b: &Batch| weights.worth(b.credit) / b.seconds;
                let mean = f64::midpoint(rate(last), rate(&batch));
                if mean > 0.0 {
                    let relative = (rate(&batch) - rate(last)) / mean;
                    // Half the squared difference estimates the variance; a single leap says little.
                    self.scatter.add((relative * relative / 2.0).min(0.25), self.batch_s);
                }
            }
            self.window.batches.push_back(batch);
            if self.window.batches.len() > self.most {
                self.window.batches.pop_front();
            }
        }
        self.open = Credit::default();
        self.opened_at = now;
        self.clean = steady;
    }

    pub(super) const fn window(&self) -> &Window {
        &self.window
    }

    /// Relative standard deviation of one batch mean.
    pub(super) fn scatter(&self) -> f64 {
        self.scatter.get().unwrap_or(0.0).sqrt().max(0.005)
    }

    /// The work rate of about the last minute.
    pub(super) fn smooth(&self) -> f64 {
        self.smooth.get().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prior() -> WorkPrior {
        WorkPrior { account_s: 4.0, item_s: 0.006, mb_s: 0.05, strength: 3.0, half_life: 500.0 }
    }

    #[test]
    fn weights_find_the_truth_behind_workers_time() {
        let mut weights = Weights::new(prior());
        for i in 0..2000_u32 {
            let credit = Credit {
                opened: f64::from(i % 5),
                items: f64::from(i * 37 % 2000),
                mb: f64::from(i * 91 % 300) + 0.1,
            };
            let truth = 2.0 * credit.opened + 0.012 * credit.items + 0.02 * credit.mb;
            weights.observe(credit, truth * 3.0, 3.0);
        }
        let [account, item, mb] = weights.values();
        assert!((account - 2.0).abs() < 0.7, "{account}");
        assert!((item - 0.012).abs() < 0.002, "{item}");
        assert!((mb - 0.02).abs() < 0.01, "{mb}");
    }

    #[test]
    fn no_weight_goes_below_zero() {
        let mut weights = Weights::new(prior());
        for i in 0..100_u32 {
            weights.observe(
                Credit { opened: 0.0, items: f64::from(i), mb: f64::from(100 - i) },
                f64::from(i) * 0.01 + 0.01,
                1.0,
            );
        }
        assert!(weights.values().iter().all(|c| *c >= 0.0));
    }

    #[test]
    fn batches_of_an_unsteady_pool_are_dropped() {
        let weights = Weights::new(prior());
        let mut meter = WorkMeter::new(15.0, 240.0, 60.0, 0.04);
        meter.restart(20.0);
        for second in 0..120_u32 {
            meter.credit(Credit { opened: 0.0, items: 100.0, mb: 0.0 });
            meter.advance(f64::from(second), second != 40, &weights);
        }
        assert_eq!(meter.window().len(), 5);
        assert!((meter.window().rate(&weights) - 0.6).abs() < 0.05, "{}", meter.window().rate(&weights));
    }

    #[test]
    fn a_window_is_bounded() {
        let weights = Weights::new(prior());
        let mut meter = WorkMeter::new(15.0, 240.0, 60.0, 0.04);
        meter.restart(0.0);
        for second in 0..10_000_u32 {
            meter.advance(f64::from(second), true, &weights);
        }
        assert_eq!(meter.window().len(), 16);
    }
}
