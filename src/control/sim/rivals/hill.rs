//! .NET's hill climbing on completed mailboxes: a square wave on the limit, read back at its own frequency.

use super::{Judge, Rival, Seen, World};

/// Samples of one wave.
const PERIOD: usize = 4;
/// Samples kept: eight waves.
const HISTORY: usize = 32;
/// Elasticity a worker must bring.
const TARGET: f64 = 0.15;

/// The law.
#[derive(Clone, Debug)]
pub(super) struct Hill {
    control: f64,
    samples: Vec<(f64, f64)>,
    completions: f64,
    from_s: f64,
    wave: usize,
    size: f64,
}

impl Hill {
    pub(super) fn new(seed: u64) -> Self {
        // The wave begins at a seeded place, so that it never locks onto another periodic actor.
        let wave = seed as usize % PERIOD;
        Self { control: 1.0, samples: Vec::new(), completions: 0.0, from_s: 0.0, wave, size: 1.0 }
    }

    fn limit(&self) -> u32 {
        let high = (self.wave / (PERIOD / 2)) % 2 == 1;
        (self.control + if high { self.size } else { 0.0 }).clamp(1.0, 200.0) as u32
    }

    fn step(&mut self) {
        let n = self.samples.len() as f64;
        let mean = |pick: fn(&(f64, f64)) -> f64| self.samples.iter().map(pick).sum::<f64>() / n;
        let (threads, rate) = (mean(|s| s.0), mean(|s| s.1));
        if threads <= 0.0 || rate <= 0.0 {
            return;
        }
        let wave = |series: fn(&(f64, f64)) -> f64, mean: f64| {
            let values: Vec<f64> = self.samples.iter().map(|s| series(s) / mean).collect();
            component(&values)
        };
        let x = wave(|s| s.1, rate);
        let t = wave(|s| s.0, threads);
        let power = t.0 * t.0 + t.1 * t.1;
        if power <= 0.0 {
            return;
        }
        // Real part of (X - 0.15 N) / N.
        let goal = (x.0 - TARGET * t.0, x.1 - TARGET * t.1);
        let ratio = ((goal.0 * t.0 + goal.1 * t.1) / power).clamp(-1.0, 1.0);
        let values: Vec<f64> = self.samples.iter().map(|s| s.1 / rate).collect();
        let noise = neighbours(&values).max(1e-6);
        let confidence = (power.sqrt() / noise / 3.0).clamp(0.0, 1.0);
        let size = ratio * confidence;
        let step = (size * size * 4.0 * n.min(8.0)).min(20.0);
        self.control = (self.control + if ratio < 0.0 { -step } else { step }).clamp(1.0, 200.0);
        self.size = (noise * self.control).clamp(1.0, 20.0);
    }
}

/// Component of a series at the period of the wave; a period of four needs no sine table.
fn component(values: &[f64]) -> (f64, f64) {
    let mut sum = (0.0, 0.0);
    for (i, v) in values.iter().enumerate() {
        match i % PERIOD {
            0 => sum.0 += v,
            1 => sum.1 -= v,
            2 => sum.0 -= v,
            _ => sum.1 += v,
        }
    }
    let n = values.len() as f64 / 2.0;
    (sum.0 / n, sum.1 / n)
}

/// Strength of a neighbouring band (a period of eight), where the wave has nothing.
fn neighbours(values: &[f64]) -> f64 {
    let half = std::f64::consts::FRAC_1_SQRT_2;
    let table = [
        (1.0, 0.0),
        (half, -half),
        (0.0, -1.0),
        (-half, -half),
        (-1.0, 0.0),
        (-half, half),
        (0.0, 1.0),
        (half, half),
    ];
    let sum = values.iter().enumerate().fold((0.0, 0.0), |sum: (f64, f64), (i, v)| {
        let (c, s) = table[i % 8];
        (sum.0 + c * v, sum.1 + s * v)
    });
    let n = values.len() as f64 / 2.0;
    ((sum.0 * sum.0 + sum.1 * sum.1) / (n * n)).sqrt()
}

impl Rival for Hill {
    fn decide(&mut self, seen: &Seen, _: &World, _: &Judge) -> u32 {
        self.completions += seen.durations.len() as f64;
        // A sample counts only when what each worker hides is little against what was completed.
        let enough = (f64::from(seen.limit) - 1.0) / TARGET;
        if self.completions < enough.max(1.0) {
            return seen.limit;
        }
        let seconds = seen.now_s - self.from_s;
        self.samples.push((f64::from(seen.limit), self.completions / seconds.max(5.0)));
        if self.samples.len() > HISTORY {
            self.samples.remove(0);
        }
        self.from_s = seen.now_s;
        self.completions = 0.0;
        self.wave += 1;
        if self.samples.len() >= 2 * PERIOD && self.samples.len().is_multiple_of(PERIOD) && seen.cpu < 0.95 {
            self.step();
        }
        self.limit()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::testing::answers, *};

    #[test]
    fn the_wave_is_found_in_a_series() {
        let series = [1.0, 1.0, 2.0, 2.0, 1.0, 1.0, 2.0, 2.0];
        // Sum of real parts: (1 - 2) * 2 = -2, of imaginary: (-1 + 2) * 2 = 2; over 4.
        let (re, im) = component(&series);
        assert!((re + 0.5).abs() < 1e-12 && (im - 0.5).abs() < 1e-12, "{re} {im}");
        assert!(neighbours(&series) < 1e-12);
    }

    #[test]
    fn proportional_gains_move_it_up_by_the_squared_ratio() {
        // Two clean waves between 1 and 2 with a rate in proportion: the ratio is 1 - 0.15 = 0.85, the noise
        // nothing, the confidence 1: 0.85^2 * 4 * 8 = 23.1, at most 20.
        let mut law = Hill::new(0);
        law.samples = [1.0, 1.0, 2.0, 2.0].repeat(2).into_iter().map(|n| (n, n)).collect();
        law.step();
        assert!((law.control - 21.0).abs() < 1e-9, "{}", law.control);
        // The same waves without any gain: -0.15^2 * 4 * 8 = -0.72.
        let mut law = Hill::new(0);
        law.control = 10.0;
        law.samples = [1.0, 1.0, 2.0, 2.0].repeat(2).into_iter().map(|n| (n, 5.0)).collect();
        law.step();
        assert!((law.control - 9.28).abs() < 1e-9, "{}", law.control);
    }

    #[test]
    fn it_waits_for_enough_completions() {
        let look = |i: u32| Seen { now_s: f64::from(i) * 5.0, durations: vec![9.0; 10], ..Seen::default() };
        // At 3 workers a sample wants 2 / 0.15 = 13.3 completions: two looks.
        let mut law = Hill::new(2);
        assert_eq!(answers(&mut law, 3, [look(1)]), [3]);
        assert_eq!(law.samples.len(), 0);
        answers(&mut law, 3, [look(2)]);
        assert_eq!(law.samples.len(), 1);
    }
}
