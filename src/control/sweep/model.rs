//! `ln W = block + tau_N + noise`: what each number brings once slow drift is taken out (law 6.11, step 4).

/// One window: block, number of workers, logarithm of the work rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cell {
    pub(super) block: usize,
    /// Place of the number among the candidates.
    pub(super) place: usize,
    pub(super) value: f64,
}

/// Effects of the numbers, and the scatter of a window about the model.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Effects {
    /// One for each candidate, on the scale of the mean block; `None` where nothing was measured.
    pub(super) tau: Vec<Option<f64>>,
    /// Windows of each candidate.
    pub(super) windows: Vec<u32>,
    /// Standard deviation of one window.
    pub(super) scatter: f64,
    /// Degrees of freedom it rests on.
    pub(super) freedom: u32,
}

/// Rounds of the alternating fit; a complete table is exact after one.
const ROUNDS: usize = 60;

/// Least squares for a table with holes, by alternating means.
pub(super) fn fit(cells: &[Cell], candidates: usize, blocks: usize) -> Effects {
    let mut tau = vec![0.0; candidates];
    let mut block = vec![0.0; blocks];
    let mut windows = vec![0_u32; candidates];
    for cell in cells {
        windows[cell.place] += 1;
    }
    for _ in 0..ROUNDS {
        let moved = means(&mut block, cells.iter().map(|c| (c.block, c.value - tau[c.place])));
        means(&mut tau, cells.iter().map(|c| (c.place, c.value - block[c.block])));
        if moved < 1e-12 {
            break;
        }
    }
    let used = (0..blocks).filter(|b| cells.iter().any(|c| c.block == *b)).count();
    let level = if used > 0 { block.iter().sum::<f64>() / used as f64 } else { 0.0 };
    let squares: f64 = cells
        .iter()
        .map(|c| {
            let rest = c.value - tau[c.place] - block[c.block];
            rest * rest
        })
        .sum();
    let measured = windows.iter().filter(|n| **n > 0).count();
    let freedom = (cells.len() + 1).saturating_sub(used + measured) as u32;
    let scatter = if freedom > 0 { (squares / f64::from(freedom)).sqrt() } else { 0.0 };
    let tau = tau.iter().zip(&windows).map(|(t, n)| (*n > 0).then_some(t + level)).collect();
    Effects { tau, windows, scatter, freedom }
}

/// Sets each place to the mean of its values; a place without any becomes 0. The largest move.
fn means(of: &mut [f64], values: impl Iterator<Item = (usize, f64)>) -> f64 {
    let mut sums = vec![(0.0, 0_u32); of.len()];
    for (place, value) in values {
        sums[place].0 += value;
        sums[place].1 += 1;
    }
    let mut most = 0.0_f64;
    for (old, (sum, n)) in of.iter_mut().zip(sums) {
        let new = if n > 0 { sum / f64::from(n) } else { 0.0 };
        most = most.max((new - *old).abs());
        *old = new;
    }
    most
}

/// Two-sided 95 % quantile of Student's distribution.
pub(super) fn student(freedom: u32) -> f64 {
    const TABLE: [f64; 12] = [12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18];
    match freedom {
        0 => TABLE[0],
        1..=12 => TABLE[freedom as usize - 1],
        n => 1.96 + 2.5 / f64::from(n),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(tau: &[f64], blocks: &[f64]) -> Vec<Cell> {
        let cells = blocks.iter().enumerate().flat_map(|(block, level)| {
            tau.iter().enumerate().map(move |(place, t)| Cell { block, place, value: level + t })
        });
        cells.collect()
    }

    #[test]
    fn drift_between_blocks_cancels() {
        let effects = fit(&table(&[1.0, 1.2, 1.1], &[-0.3, 0.0, 0.3]), 3, 3);
        for (found, truth) in effects.tau.iter().zip([1.0, 1.2, 1.1]) {
            assert!((found.unwrap() - truth).abs() < 1e-9, "{found:?}");
        }
        assert!(effects.scatter < 1e-9 && effects.freedom == 4);
    }

    #[test]
    fn a_missing_window_does_not_tilt_the_rest() {
        let mut cells = table(&[1.0, 1.2, 1.1], &[-0.3, 0.0, 0.4]);
        cells.retain(|c| !(c.block == 2 && c.place == 1));
        let effects = fit(&cells, 3, 3);
        let gain = effects.tau[1].unwrap() - effects.tau[0].unwrap();
        assert!((gain - 0.2).abs() < 1e-6, "{gain}");
        assert_eq!(effects.windows, [3, 2, 3]);
    }

    #[test]
    fn what_was_not_measured_is_not_known() {
        let effects = fit(&table(&[1.0], &[0.1, 0.2]), 2, 2);
        assert!(effects.tau[0].is_some() && effects.tau[1].is_none());
    }

    #[test]
    fn the_scatter_is_that_of_a_window() {
        let mut cells = table(&[1.0, 1.0], &[0.0, 0.0, 0.0, 0.0]);
        for (i, cell) in cells.iter_mut().enumerate() {
            cell.value += if i % 3 == 0 { 0.01 } else { -0.01 };
        }
        let effects = fit(&cells, 2, 4);
        assert!((0.005..0.02).contains(&effects.scatter), "{}", effects.scatter);
        assert!(student(3) > student(10) && (student(1000) - 1.96).abs() < 0.01);
    }
}
