//! A smooth curve through what was measured: the universal scalability law where it fits and is concave, else
//! rising to a peak and falling from it (law 5.1 and 6.11, step 4).

/// One measured number: workers, logarithm of its work rate, windows it rests on.
pub(super) type Knot = (u32, f64, u32);

/// A residual this many standard errors large, taken together, means that the law does not fit.
const MISFIT: f64 = 2.0;
/// Standard errors below this are not believed.
const LEAST_ERROR: f64 = 0.002;

/// Logarithm of the work rate at every whole number from the first to the last knot. `knots` ascend by workers
/// and are not empty; `scatter` is the standard deviation of one window.
pub(super) fn smooth(knots: &[Knot], scatter: f64) -> Vec<f64> {
    let (low, high) = (knots[0].0, knots[knots.len() - 1].0);
    if let Some(law) = scalability(knots).filter(|law| fits(law, knots, scatter)) {
        return (low..=high).map(|n| law.at(n)).collect();
    }
    let peaked = peaked(knots);
    (low..=high).map(|n| straight(knots, &peaked, n)).collect()
}

/// `W = N / (a + b N + c N²)`.
#[derive(Clone, Copy, Debug)]
struct Scalability([f64; 3]);

impl Scalability {
    fn at(&self, n: u32) -> f64 {
        let n = f64::from(n);
        let [a, b, c] = self.0;
        (n / (a + b * n + c * n * n)).ln()
    }
}

/// The law that fits best, with as many of its three numbers as the knots can tell and as make sense.
fn scalability(knots: &[Knot]) -> Option<Scalability> {
    let (low, high) = (knots[0].0, knots[knots.len() - 1].0);
    (1..=knots.len().min(3)).rev().find_map(|terms| {
        let law = Scalability(least_squares(knots, terms)?);
        let works: Vec<f64> = (low..=high).map(|n| law.at(n).exp()).collect();
        let sound = works.iter().all(|w| w.is_finite() && *w > 0.0);
        let bends = works.windows(3).all(|w| w[2] - 2.0 * w[1] + w[0] <= 1e-9 * w[1]);
        (sound && bends && law.0[2] >= 0.0).then_some(law)
    })
}

/// `N / W` is a polynomial in N: weighted least squares, relative errors alike.
fn least_squares(knots: &[Knot], terms: usize) -> Option<[f64; 3]> {
    let mut rows = vec![vec![0.0; terms + 1]; terms];
    for &(workers, tau, windows) in knots {
        let n = f64::from(workers);
        let y = n / tau.exp();
        let weight = f64::from(windows) / (y * y);
        let x = [1.0, n, n * n];
        for (i, row) in rows.iter_mut().enumerate() {
            for (j, cell) in row.iter_mut().take(terms).enumerate() {
                *cell += weight * x[i] * x[j];
            }
            row[terms] += weight * x[i] * y;
        }
    }
    for k in 0..terms {
        let top = rows[k].clone();
        if top[k].abs() < 1e-12 {
            return None;
        }
        for (_, row) in rows.iter_mut().enumerate().filter(|(i, _)| *i != k) {
            let factor = row[k] / top[k];
            row.iter_mut().zip(&top).for_each(|(cell, above)| *cell -= factor * above);
        }
    }
    let mut found = [0.0; 3];
    for k in 0..terms {
        found[k] = rows[k][terms] / rows[k][k];
    }
    Some(found)
}

fn fits(law: &Scalability, knots: &[Knot], scatter: f64) -> bool {
    let error = |windows: u32| (scatter / f64::from(windows).sqrt()).max(LEAST_ERROR);
    let squares: f64 = knots
        .iter()
        .map(|&(n, tau, windows)| {
            let off = (law.at(n) - tau) / error(windows);
            off * off
        })
        .sum();
    squares / (knots.len() as f64) <= MISFIT * MISFIT
}

/// Rising to the best place for a peak and falling from it: isotonic regression on each side.
fn peaked(knots: &[Knot]) -> Vec<f64> {
    let shape = |peak: usize| {
        let mut left = rising(knots[..=peak].iter().map(|k| (k.1, f64::from(k.2))));
        let mut right = rising(knots[peak..].iter().rev().map(|k| (k.1, f64::from(k.2))));
        right.reverse();
        left[peak] = left[peak].max(right[0]);
        left.extend(right.into_iter().skip(1));
        left
    };
    let loss = |shape: &[f64]| -> f64 {
        shape.iter().zip(knots).map(|(s, k)| f64::from(k.2) * (s - k.1) * (s - k.1)).sum()
    };
    let shapes = (0..knots.len()).map(shape);
    shapes.min_by(|a, b| loss(a).total_cmp(&loss(b))).unwrap_or_default()
}

/// Pools neighbours until nothing falls.
fn rising(values: impl Iterator<Item = (f64, f64)>) -> Vec<f64> {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (value, weight) in values {
        pools.push((value, weight, 1));
        while let [.., before, last] = pools.as_slice()
            && before.0 > last.0
        {
            let weight = before.1 + last.1;
            let joined = ((before.0 * before.1 + last.0 * last.1) / weight, weight, before.2 + last.2);
            pools.truncate(pools.len() - 2);
            pools.push(joined);
        }
    }
    pools.into_iter().flat_map(|(value, _, n)| std::iter::repeat_n(value, n)).collect()
}

/// Between two knots the work rate goes straight.
fn straight(knots: &[Knot], values: &[f64], n: u32) -> f64 {
    let high = knots.iter().position(|k| k.0 >= n).unwrap_or(knots.len() - 1);
    if knots[high].0 == n || high == 0 {
        return values[high];
    }
    let (low, top) = (knots[high - 1].0, knots[high].0);
    let share = f64::from(n - low) / f64::from(top - low);
    (values[high - 1].exp() * (1.0 - share) + values[high].exp() * share).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knots(of: impl Fn(f64) -> f64, numbers: &[u32]) -> Vec<Knot> {
        numbers.iter().map(|&n| (n, of(f64::from(n)).ln(), 4)).collect()
    }

    #[test]
    fn the_scalability_law_is_found_again_between_its_points() {
        let truth = |n: f64| n / (1.0 + 0.04 * (n - 1.0) + 0.006 * n * (n - 1.0));
        let curve = smooth(&knots(truth, &[8, 11, 14, 17]), 0.01);
        for (n, found) in (8..=17).zip(&curve) {
            assert!((found - truth(f64::from(n)).ln()).abs() < 1e-6, "{n}");
        }
    }

    #[test]
    fn noise_is_smoothed_to_something_concave() {
        let mut noisy = knots(|n| n / (1.0 + 0.05 * n), &[5, 6, 7, 8, 9]);
        for (i, knot) in noisy.iter_mut().enumerate() {
            knot.1 += if i % 2 == 0 { 0.01 } else { -0.01 };
        }
        let works: Vec<f64> = smooth(&noisy, 0.02).iter().map(|t| t.exp()).collect();
        assert!(works.windows(3).all(|w| w[2] - 2.0 * w[1] + w[0] <= 1e-6), "{works:?}");
    }

    #[test]
    fn a_sharp_bend_falls_back_to_rising_and_falling() {
        // A server that serves ten: the eleventh and later bring nothing at all.
        let truth = |n: f64| n.min(10.0);
        let curve = smooth(&knots(truth, &[8, 9, 10, 11, 12]), 0.002);
        assert!((curve[2] - 10_f64.ln()).abs() < 1e-9 && (curve[4] - 10_f64.ln()).abs() < 1e-9, "{curve:?}");
        assert!((curve[0] - 8_f64.ln()).abs() < 1e-9);
    }

    #[test]
    fn isotonic_pools_what_is_out_of_order() {
        assert_eq!(rising([(1.0, 1.0), (3.0, 1.0), (2.0, 1.0)].into_iter()), [1.0, 2.5, 2.5]);
        let peak = peaked(&[(1, 1.0, 1), (2, 3.0, 1), (3, 2.0, 1), (4, 2.5, 1)]);
        assert_eq!(peak, [1.0, 3.0, 2.25, 2.25]);
    }

    #[test]
    fn one_number_is_a_curve_too() {
        assert_eq!(smooth(&[(3, 1.0, 2)], 0.01).len(), 1);
    }
}
