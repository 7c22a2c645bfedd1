//! Latency-driven limiters: Vector's adaptive request concurrency and Netflix's Gradient2, as published (on the
//! duration of mailboxes) and carried over to worker-seconds per item.

use super::{Judge, Rival, Seen, World};

/// Seconds of mail that make one measurement of worker-seconds per item.
const WINDOW_S: f64 = 15.0;

/// Latencies from what is seen: durations of mailboxes, or worker-seconds per item.
#[derive(Clone, Debug)]
struct Latency {
    per_item: bool,
    from_s: f64,
    worker_s: f64,
    items: f64,
    last_s: f64,
}

impl Latency {
    const fn new(per_item: bool) -> Self {
        Self { per_item, from_s: 0.0, worker_s: 0.0, items: 0.0, last_s: 0.0 }
    }

    fn take(&mut self, seen: &Seen) -> Vec<f64> {
        if !self.per_item {
            return seen.durations.clone();
        }
        self.worker_s += seen.active * (seen.now_s - self.last_s);
        self.items += seen.items;
        self.last_s = seen.now_s;
        if seen.now_s - self.from_s < WINDOW_S || self.items <= 0.0 {
            return Vec::new();
        }
        let latency = self.worker_s / self.items;
        *self = Self { from_s: seen.now_s, last_s: seen.now_s, ..Self::new(true) };
        vec![latency]
    }
}

/// Vector's law, once per window of one mean latency.
#[derive(Clone, Debug)]
pub(super) struct Arc {
    latency: Latency,
    mean: Option<f64>,
    variance: f64,
    window: Vec<f64>,
    until_s: f64,
    reached: bool,
    dropped: bool,
}

impl Arc {
    pub(super) const fn new(per_item: bool) -> Self {
        Self {
            latency: Latency::new(per_item),
            mean: None,
            variance: 0.0,
            window: Vec::new(),
            until_s: 0.0,
            reached: false,
            dropped: false,
        }
    }
}

/// Weight of a new window in mean and variance.
const ALPHA: f64 = 0.4;

impl Rival for Arc {
    fn decide(&mut self, seen: &Seen, _: &World, _: &Judge) -> u32 {
        self.window.extend(self.latency.take(seen));
        self.reached |= seen.active >= f64::from(seen.limit) - 0.5;
        self.dropped |= seen.drops > 0;
        if self.window.is_empty() || seen.now_s < self.until_s {
            return seen.limit;
        }
        let now = self.window.iter().sum::<f64>() / self.window.len() as f64;
        let mut limit = seen.limit;
        if let Some(mean) = self.mean {
            let spread = self.variance.sqrt();
            if self.dropped || now >= mean + 2.5 * spread && spread > 0.0 {
                limit = (limit * 9 / 10).max(1);
            } else if self.reached && now <= mean {
                limit += 1;
            }
            let delta = now - mean;
            self.variance = (1.0 - ALPHA) * (self.variance + ALPHA * delta * delta);
            self.mean = Some(mean + ALPHA * delta);
        } else {
            self.mean = Some(now);
        }
        self.until_s = seen.now_s + if self.latency.per_item { WINDOW_S } else { self.mean.unwrap_or(0.0) };
        self.window.clear();
        self.reached = false;
        self.dropped = false;
        limit
    }
}

/// Netflix's Gradient2, once per latency sample.
#[derive(Clone, Debug)]
pub(super) struct Gradient2 {
    latency: Latency,
    limit: f64,
    floor: f64,
    long: Option<f64>,
    count: f64,
}

impl Gradient2 {
    pub(super) const fn new(per_item: bool) -> Self {
        // As published it starts at its floor of 20; per item it may start at one.
        let floor = if per_item { 1.0 } else { 20.0 };
        Self { latency: Latency::new(per_item), limit: floor, floor, long: None, count: 0.0 }
    }
}

impl Rival for Gradient2 {
    fn decide(&mut self, seen: &Seen, _: &World, _: &Judge) -> u32 {
        for short in self.latency.take(seen) {
            self.count = (self.count + 1.0).min(600.0);
            let weight = 2.0 / (self.count + 1.0);
            let mut long = self.long.map_or(short, |l| l + (short - l) * weight);
            if long / short > 2.0 {
                long *= 0.95;
            }
            self.long = Some(long);
            if seen.active < self.limit / 2.0 {
                continue;
            }
            let gradient = (1.5 * long / short).clamp(0.5, 1.0);
            self.limit = (0.8 * self.limit + 0.2 * (self.limit * gradient + 4.0)).clamp(self.floor, 200.0);
        }
        self.limit as u32
    }
}

#[cfg(test)]
mod tests {
    use super::{super::testing::answers, *};

    fn looks(durations: &[f64], active: f64) -> Vec<Seen> {
        (1..)
            .zip(durations)
            .map(|(i, &d)| Seen {
                now_s: f64::from(i) * 1000.0,
                durations: vec![d],
                active,
                ..Seen::default()
            })
            .collect()
    }

    #[test]
    fn arc_adds_one_at_or_below_the_mean_and_takes_a_tenth_beyond_two_and_a_half_sigma() {
        // Mean 10 after the first. Second 9: <= 10, +1; then mean 9.6, variance 0.6*0.4*1 = 0.24.
        // Third 9.6 <= 9.6: +1; variance 0.144, sigma 0.379: the line is 10.55. Fourth 12: 22 * 0.9 = 19.
        let mut arc = Arc::new(false);
        assert_eq!(answers(&mut arc, 20, looks(&[10.0, 9.0, 9.6, 12.0], 99.0)), [20, 21, 22, 19]);
    }

    #[test]
    fn gradient2_moves_a_fifth_of_the_way() {
        // Equal latencies: gradient 1, each step adds 0.8. A sample of 4 after two of 1: the long average is
        // 1 + (4 - 1) * 2 / 4 = 2.5, the gradient 1.5 * 2.5 / 4 = 0.9375.
        let mut law = Gradient2::new(false);
        assert_eq!(answers(&mut law, 20, looks(&[1.0, 1.0], 99.0)), [20, 21]);
        assert!((law.limit - 21.6).abs() < 1e-9);
        answers(&mut law, 21, looks(&[4.0], 99.0));
        let expected = 0.8 * 21.6 + 0.2 * (21.6 * 0.9375 + 4.0);
        assert!((law.limit - expected).abs() < 1e-9, "{}", law.limit);
    }

    #[test]
    fn per_item_they_see_worker_seconds_per_item() {
        let mut latency = Latency::new(true);
        let look = |now_s: f64| Seen { now_s, active: 6.0, items: 10.0, ..Seen::default() };
        assert!(latency.take(&look(5.0)).is_empty());
        assert!(latency.take(&look(10.0)).is_empty());
        assert_eq!(latency.take(&look(15.0)), [3.0]);
    }
}
