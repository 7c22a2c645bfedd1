//! Transfer tuners: Falcon's gradient, `AzCopy`'s automatic concurrency, and the operators' rule of imapsync.

use super::{Judge, Rival, Seen, World};

/// Mean rate over an interval, the first part of it left to settle.
#[derive(Clone, Debug, Default)]
struct Meter {
    from_s: f64,
    bytes: f64,
    seconds: f64,
}

impl Meter {
    /// The rate once `settle_s + measure_s` have passed since the last answer.
    fn take(&mut self, seen: &Seen, settle_s: f64, measure_s: f64) -> Option<f64> {
        let since = seen.now_s - self.from_s;
        if since > settle_s {
            self.bytes += seen.bytes;
            self.seconds += 5.0;
        }
        if since < settle_s + measure_s {
            return None;
        }
        let rate = self.bytes / self.seconds.max(1.0);
        *self = Self { from_s: seen.now_s, ..Self::default() };
        Some(rate)
    }
}

/// Falcon: utility = rate / 1.02^n, a step of the relative slope, faster the longer one direction lasts.
/// Probes of 30 s instead of 3: mail is too coarse for less.
#[derive(Clone, Debug, Default)]
pub(super) struct Falcon {
    meter: Meter,
    last: Option<(u32, f64)>,
    best: (u32, f64),
    up: bool,
    streak: u32,
}

/// Base of Falcon's cost of one more stream.
const COST: f64 = 1.02;

impl Rival for Falcon {
    fn decide(&mut self, seen: &Seen, _: &World, _: &Judge) -> u32 {
        let Some(rate) = self.meter.take(seen, 10.0, 20.0) else { return seen.limit };
        let cost = (0..seen.limit).fold(1.0, |c, _| c * COST);
        let loss = f64::from(seen.drops.min(1)) * 0.01;
        let utility = rate / cost - rate * 10.0 * loss;
        if utility > self.best.1 {
            self.best = (seen.limit, utility);
        }
        let n = seen.limit;
        let Some((before, old)) = self.last.replace((n, utility)) else {
            self.up = true;
            self.streak = 1;
            return n + 1;
        };
        let step = f64::from(n) - f64::from(before);
        let slope = if step != 0.0 && old > 0.0 { (utility - old) / old / step } else { 0.01 };
        let up = slope > 0.0;
        self.streak = if up == self.up { self.streak + 1 } else { 1 };
        self.up = up;
        let size = self.streak * (f64::from(n) * slope.abs()).ceil().clamp(1.0, 10.0) as u32;
        let wanted = if up { n + size } else { n.saturating_sub(size) };
        wanted.clamp(1, self.best.0.max(1) + 10).min(100)
    }
}

/// `AzCopy`: multiply while it pays, go back and measure again, multiply by less; then never move again.
/// Intervals of 30 s instead of 4: kinder to it than its own.
#[derive(Clone, Debug)]
pub(super) struct AzCopy {
    meter: Meter,
    factor: f64,
    base: Option<(u32, f64)>,
    done: bool,
}

impl Default for AzCopy {
    fn default() -> Self {
        Self { meter: Meter::default(), factor: 4.0, base: None, done: false }
    }
}

impl Rival for AzCopy {
    fn decide(&mut self, seen: &Seen, _: &World, _: &Judge) -> u32 {
        if self.done {
            return seen.limit;
        }
        let Some(rate) = self.meter.take(seen, 30.0, 30.0) else { return seen.limit };
        let Some((from, before)) = self.base else {
            // First measurement of this level: try the next.
            self.base = Some((seen.limit, rate));
            return self.next(seen.limit);
        };
        if rate > before * (1.0 + 0.2 * (self.factor - 1.0)) {
            self.base = Some((seen.limit, rate));
            if seen.limit >= 256 {
                self.factor = self.factor.min(2.0);
            }
            return self.next(seen.limit);
        }
        self.factor = if self.factor > 2.0 { 2.0 } else { 1.0 + (self.factor - 1.0) / 5.0 };
        self.done = self.factor < 1.19;
        // Back, and measured again before anything else.
        self.base = None;
        from
    }
}

impl AzCopy {
    fn next(&self, limit: u32) -> u32 {
        ((f64::from(limit) * self.factor) as u32).max(limit + 1)
    }
}

/// imapsync: one more at a time while the total rate rises; when it falls note the number and keep two fewer.
#[derive(Clone, Debug, Default)]
pub(super) struct Imapsync {
    meter: Meter,
    last: f64,
    done: bool,
}

impl Rival for Imapsync {
    fn decide(&mut self, seen: &Seen, _: &World, _: &Judge) -> u32 {
        if self.done {
            return seen.limit;
        }
        let Some(rate) = self.meter.take(seen, 20.0, 100.0) else { return seen.limit };
        if rate < self.last {
            self.done = true;
            return seen.limit.saturating_sub(2).max(1);
        }
        self.last = rate;
        seen.limit + 1
    }
}

#[cfg(test)]
mod tests {
    use super::{super::testing::answers, *};

    /// Looks every five seconds at a rate that depends on when.
    fn looks(seconds: u32, rate: impl Fn(u32) -> f64) -> Vec<Seen> {
        (1..=seconds / 5)
            .map(|i| Seen { now_s: f64::from(i) * 5.0, bytes: rate(i * 5) * 5.0, ..Seen::default() })
            .collect()
    }

    /// The answers that differ from the one before.
    fn changes(answers: Vec<u32>, start: u32) -> Vec<u32> {
        let mut all = vec![start];
        all.extend(answers);
        all.dedup();
        all
    }

    #[test]
    fn imapsync_adds_until_it_falls_and_keeps_two_fewer() {
        // 100, 180, 240, 230 in successive intervals of 120 s: falls at 4, keeps 2 for good.
        let rate = |s: u32| [100.0, 180.0, 240.0, 230.0, 500.0, 600.0][((s - 1) / 120) as usize];
        assert_eq!(changes(answers(&mut Imapsync::default(), 1, looks(700, rate)), 1), [1, 2, 3, 4, 2]);
    }

    #[test]
    fn azcopy_multiplies_goes_back_measures_again_and_stops() {
        // 4 -> 16 accepted (x4 wants 1.6: 100 -> 170), 16 -> 64 refused (180), 16 again 170, x2 -> 32 refused
        // (175 < 1.2 * 170), 16 again, x1.2 -> 19 refused (172 < 1.04 * 170), 16 and done.
        let rate =
            |s: u32| [100.0, 170.0, 180.0, 170.0, 175.0, 170.0, 172.0, 170.0, 1e6][((s - 1) / 60) as usize];
        let seen = answers(&mut AzCopy::default(), 4, looks(540, rate));
        assert_eq!(changes(seen, 4), [4, 16, 64, 16, 32, 16, 19, 16]);
    }

    #[test]
    fn falcon_follows_the_slope_of_its_utility() {
        // Rates 100, 195, 250, 255 at n = 2, 3, 4, 5: 1.02 a stream.
        // 2 -> 3. Utility 96.1 -> 183.8: slope 0.912, ceil(3 * 0.912) = 3, second move up: 2 * 3 = 6 -> 9.
        let rate = |s: u32| [100.0, 195.0, 250.0][((s - 1) / 30) as usize];
        assert_eq!(changes(answers(&mut Falcon::default(), 2, looks(60, rate)), 2), [2, 3, 9]);
    }
}
