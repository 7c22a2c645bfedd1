//! Whether a number of workers has settled: work neither rises nor falls beyond its noise.

use super::model;
use crate::control::work::{Credit, Weights};

/// Whether work still rises or falls: the slope of the last marks against its own error.
pub(super) fn drifts(marks: &[(f64, Credit)], weights: &Weights) -> bool {
    let rates: Vec<f64> = marks
        .windows(2)
        .map(|pair| weights.worth(pair[1].1.less(pair[0].1)) / (pair[1].0 - pair[0].0).max(1e-9))
        .collect();
    // The first ones are the change itself.
    let rates = &rates[rates.len().saturating_sub(6)..];
    if rates.len() < 4 {
        return true;
    }
    let n = rates.len() as f64;
    let middle = (n - 1.0) / 2.0;
    let mean = rates.iter().sum::<f64>() / n;
    let spread: f64 = (0..rates.len()).map(|i| (i as f64 - middle) * (i as f64 - middle)).sum();
    let slope: f64 =
        rates.iter().enumerate().map(|(i, r)| (i as f64 - middle) * (r - mean)).sum::<f64>() / spread;
    let squares: f64 = rates
        .iter()
        .enumerate()
        .map(|(i, r)| {
            let rest = r - mean - slope * (i as f64 - middle);
            rest * rest
        })
        .sum();
    let error = (squares / (n - 2.0) / spread).sqrt();
    slope.abs() > model::student(rates.len() as u32 - 2) * error && mean > 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::policy::Policy;

    fn marks(rates: &[f64]) -> Vec<(f64, Credit)> {
        let mut items = 0.0;
        let mut marks = vec![(0.0, Credit::default())];
        for (i, rate) in rates.iter().enumerate() {
            items += rate * 1000.0;
            marks.push(((i + 1) as f64 * 5.0, Credit { items, ..Credit::default() }));
        }
        marks
    }

    #[test]
    fn a_clear_slope_drifts_and_noise_does_not() {
        let weights = Weights::new(Policy::for_tests().work);
        assert!(drifts(&marks(&[1.0, 1.5, 2.0, 2.5, 3.1, 3.5]), &weights));
        assert!(!drifts(&marks(&[2.0, 2.2, 1.9, 2.1, 2.0, 2.05]), &weights));
        assert!(drifts(&marks(&[2.0, 2.0]), &weights), "too little to tell");
    }
}
