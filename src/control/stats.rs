//! Small statistics without a clock: time-weighted averages, trailing means, running moments, a forgetting line.
//!
//! Only additions, multiplications and divisions: the same numbers on every platform.

use std::collections::VecDeque;

/// Exponentially weighted average over irregular intervals.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ewma {
    tau_s: f64,
    value: Option<f64>,
}

impl Ewma {
    pub(super) const fn new(tau_s: f64) -> Self {
        Self { tau_s, value: None }
    }

    /// Takes in `x`, which held for `dt_s` seconds.
    pub(super) fn add(&mut self, x: f64, dt_s: f64) {
        let weight = dt_s / (self.tau_s + dt_s);
        self.value = Some(self.value.map_or(x, |v| v + (x - v) * weight));
    }

    pub(super) const fn get(&self) -> Option<f64> {
        self.value
    }
}

/// Time-weighted mean of the last `span_s` seconds; memory is bounded by the number of samples in it.
#[derive(Clone, Debug)]
pub(super) struct Trailing {
    span_s: f64,
    parts: VecDeque<(f64, f64)>,
}

impl Trailing {
    pub(super) const fn new(span_s: f64) -> Self {
        Self { span_s, parts: VecDeque::new() }
    }

    /// Takes in `x`, which held for the `dt_s` seconds just past.
    pub(super) fn add(&mut self, x: f64, dt_s: f64) {
        self.parts.push_back((dt_s, x));
        let mut held: f64 = self.parts.iter().map(|p| p.0).sum();
        while self.parts.len() > 1 && held - self.parts[0].0 >= self.span_s {
            held -= self.parts[0].0;
            self.parts.pop_front();
        }
    }

    /// Seconds covered, at most about the span.
    pub(super) fn covered_s(&self) -> f64 {
        self.parts.iter().map(|p| p.0).sum()
    }

    pub(super) fn mean(&self) -> Option<f64> {
        let time = self.covered_s();
        (time > 0.0).then(|| self.parts.iter().map(|(dt, x)| dt * x).sum::<f64>() / time)
    }
}

/// Running mean and variance (Welford).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moments {
    count: u32,
    mean: f64,
    squares: f64,
}

impl Moments {
    pub(super) fn add(&mut self, x: f64) {
        self.count += 1;
        let delta = x - self.mean;
        self.mean += delta / f64::from(self.count);
        self.squares += delta * (x - self.mean);
    }

    /// The mean, once at least `least` values are in.
    pub(super) fn mean_of(&self, least: u32) -> Option<f64> {
        (self.count >= least).then_some(self.mean)
    }

    #[cfg(test)]
    pub(super) fn variance(&self) -> f64 {
        if self.count < 2 { 0.0 } else { self.squares / f64::from(self.count - 1) }
    }
}

/// Slope of y on x with exponential forgetting.
#[derive(Clone, Copy, Debug)]
pub(super) struct ForgettingLine {
    tau_s: f64,
    weight: f64,
    x: f64,
    y: f64,
    xx: f64,
    xy: f64,
}

impl ForgettingLine {
    pub(super) const fn new(tau_s: f64) -> Self {
        Self { tau_s, weight: 0.0, x: 0.0, y: 0.0, xx: 0.0, xy: 0.0 }
    }

    pub(super) fn add(&mut self, x: f64, y: f64, dt_s: f64) {
        let keep = self.tau_s / (self.tau_s + dt_s);
        for sum in [&mut self.weight, &mut self.x, &mut self.y, &mut self.xx, &mut self.xy] {
            *sum *= keep;
        }
        self.weight += dt_s;
        self.x += dt_s * x;
        self.y += dt_s * y;
        self.xx += dt_s * x * x;
        self.xy += dt_s * x * y;
    }

    /// The slope, if x has varied by at least `spread` of its mean (one standard deviation).
    pub(super) fn slope(&self, spread: f64) -> Option<f64> {
        if self.weight <= 0.0 {
            return None;
        }
        let mean_x = self.x / self.weight;
        let variance = self.xx / self.weight - mean_x * mean_x;
        let covariance = self.xy / self.weight - mean_x * (self.y / self.weight);
        (variance > (spread * mean_x).powi(2) && variance > 1e-12).then(|| covariance / variance)
    }
}

/// A share in (-1, 1) that depends only on its inputs: seeded jitter without a generator to carry around.
pub(super) fn jitter(seed: u64, stream: u64) -> f64 {
    // SplitMix64's finaliser: well mixed, portable, a few instructions.
    let mut z =
        seed.wrapping_add(stream.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^= z >> 31;
    (z >> 11) as f64 / (1_u64 << 53) as f64 * 2.0 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_average_forgets_by_time_not_by_count() {
        let mut often = Ewma::new(60.0);
        let mut seldom = Ewma::new(60.0);
        often.add(0.0, 1.0);
        seldom.add(0.0, 1.0);
        for _ in 0..60 {
            often.add(1.0, 1.0);
        }
        seldom.add(1.0, 60.0);
        let (often, seldom) = (often.get().unwrap(), seldom.get().unwrap());
        assert!((often - 0.63).abs() < 0.01, "{often}");
        assert!((seldom - 0.5).abs() < 0.01, "{seldom}");
    }

    #[test]
    fn a_trailing_mean_covers_its_span() {
        let mut mean = Trailing::new(60.0);
        for _ in 0..12 {
            mean.add(0.0, 5.0);
        }
        for _ in 0..6 {
            mean.add(1.0, 5.0);
        }
        assert!((mean.mean().unwrap() - 0.5).abs() < 1e-9);
        assert!((mean.covered_s() - 60.0).abs() < 1e-9);
    }

    #[test]
    fn moments_match_the_textbook() {
        let mut moments = Moments::default();
        for x in [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0] {
            moments.add(x);
        }
        assert!((moments.mean_of(1).unwrap() - 5.0).abs() < 1e-12);
        assert!((moments.variance() - 32.0 / 7.0).abs() < 1e-12);
        assert!(moments.mean_of(9).is_none());
    }

    #[test]
    fn a_line_is_found_once_x_has_moved() {
        let mut line = ForgettingLine::new(900.0);
        for _ in 0..10 {
            line.add(4.0, 0.5, 5.0);
        }
        assert!(line.slope(0.05).is_none());
        for i in 0..10 {
            let x = 4.0 + f64::from(i);
            line.add(x, 0.1 + 0.1 * x, 5.0);
        }
        assert!((line.slope(0.05).unwrap() - 0.1).abs() < 0.02);
    }

    #[test]
    fn jitter_is_a_function_of_its_inputs() {
        assert!((jitter(1, 2) - jitter(1, 2)).abs() < f64::EPSILON);
        let values: Vec<f64> = (0..1000).map(|i| jitter(7, i)).collect();
        assert!(values.iter().all(|x| (-1.0..1.0).contains(x)));
        assert!(values.iter().sum::<f64>().abs() / 1000.0 < 0.05);
    }
}
