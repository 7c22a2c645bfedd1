//! What is more than chance: means with their errors, Welch's interval, and a line through noisy points.

/// Mean and its squared standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Level {
    /// Values it rests on.
    pub number: usize,
    /// Their mean.
    pub mean: f64,
    /// Variance of the mean.
    pub error2: f64,
}

impl Level {
    /// Of values that are independent of one another; `None` below three, which tell no spread.
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        let number = values.len();
        if number < 3 {
            return None;
        }
        let mean = values.iter().sum::<f64>() / number as f64;
        let spread = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (number - 1) as f64;
        Some(Self { number, mean, error2: spread / number as f64 })
    }

    /// 95 % interval of the mean.
    pub(super) fn interval(self) -> (f64, f64) {
        let half = quantile((self.number - 1) as f64) * self.error2.sqrt();
        (self.mean - half, self.mean + half)
    }
}

/// A difference of two means with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Difference {
    /// Second minus first.
    pub value: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Difference {
    /// Whether the interval leaves zero out.
    #[must_use]
    pub fn is_real(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }

    /// A difference of logarithms as a ratio minus one.
    #[must_use]
    pub fn as_ratio(&self) -> Self {
        let ratio = |value: f64| value.exp_m1();
        Self { value: ratio(self.value), low: ratio(self.low), high: ratio(self.high) }
    }
}

/// Welch's interval for the second mean minus the first: the spreads may differ.
pub(super) fn welch(first: Level, second: Level) -> Difference {
    let error2 = first.error2 + second.error2;
    let part = |level: Level| level.error2.powi(2) / (level.number - 1) as f64;
    let below = part(first) + part(second);
    let freedom = if below > 0.0 { error2.powi(2) / below } else { f64::INFINITY };
    let half = quantile(freedom) * error2.sqrt();
    let value = second.mean - first.mean;
    Difference { value, low: value - half, high: value + half }
}

/// Several independent estimates of one difference, each weighed by its certainty.
pub(super) fn pooled(estimates: &[(f64, f64)]) -> Option<Difference> {
    let weights: f64 = estimates.iter().map(|(_, error2)| 1.0 / error2.max(1e-12)).sum();
    if estimates.is_empty() {
        return None;
    }
    let value = estimates.iter().map(|(value, error2)| value / error2.max(1e-12)).sum::<f64>() / weights;
    let half = 1.96 / weights.sqrt();
    Some(Difference { value, low: value - half, high: value + half })
}

/// Student's two-sided 95 % point, by the expansion of Cornish and Fisher; good to 2 % from two degrees on.
fn quantile(freedom: f64) -> f64 {
    let z: f64 = 1.959_964;
    let v = freedom.max(2.0);
    let (z3, z5, z7) = (z.powi(3), z.powi(5), z.powi(7));
    z + (z3 + z) / (4.0 * v)
        + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * v * v)
        + (3.0 * z7 + 19.0 * z5 + 17.0 * z3 - 15.0 * z) / (384.0 * v.powi(3))
}

/// Means of stretches of `length` neighbours, which are nearly independent where neighbours are not.
pub(super) fn batches(values: &[f64], length: usize) -> Vec<f64> {
    values.chunks_exact(length.max(1)).map(|part| part.iter().sum::<f64>() / part.len() as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantile_is_students() {
        for (freedom, known) in [(2.0, 4.303), (3.0, 3.182), (5.0, 2.571), (10.0, 2.228), (1e9, 1.960)] {
            let found = quantile(freedom);
            assert!((found / known - 1.0).abs() < 0.05, "{freedom}: {found} is not {known}");
        }
    }

    #[test]
    fn chance_is_no_difference_and_a_large_one_is() {
        let mut random = fastrand::Rng::with_seed(5);
        let mut real = 0;
        for _ in 0..400 {
            let mut draw = |mean: f64| -> Vec<f64> { (0..12).map(|_| mean + random.f64()).collect() };
            let (a, b) = (Level::of(&draw(1.0)).unwrap(), Level::of(&draw(1.0)).unwrap());
            real += u32::from(welch(a, b).is_real());
            assert!(welch(a, Level::of(&draw(3.0)).unwrap()).is_real());
        }
        assert!((4..=40).contains(&real), "{real} of 400 false alarms; 20 are expected");
    }

    #[test]
    fn two_values_tell_no_spread() {
        assert_eq!(Level::of(&[1.0, 2.0]), None);
        assert_eq!(pooled(&[]), None);
        assert_eq!(batches(&[1.0, 3.0, 5.0, 7.0, 9.0], 2), vec![2.0, 6.0]);
    }
}
