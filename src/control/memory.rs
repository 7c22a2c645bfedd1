//! What a mailbox in flight costs a server in memory: learned from what the machine shows (law R4, 6.7).
//!
//! Only the sum can be seen, so the first guess per size class is scaled as a whole: by the ninety-fifth
//! percentile of what a worker really took, as a multiple of what the classes in flight had reserved.

use std::collections::VecDeque;

/// Readings kept, an hour of them at one every half minute.
const KEPT: usize = 120;
/// Readings before the first guess is doubted.
const LEAST: usize = 10;
/// Seconds between two readings: workers change slowly.
const EVERY_S: f64 = 30.0;
/// How far the first guess may be wrong either way.
const MOST: f64 = 4.0;

/// The scale of one server.
#[derive(Clone, Debug, Default)]
pub(super) struct Appetite {
    seen: VecDeque<f64>,
    last_s: Option<f64>,
}

impl Appetite {
    /// `used` bytes more than at rest are taken by workers that had `reserved` so many and show them all.
    pub(super) fn take(&mut self, now: f64, used: f64, reserved: u64) {
        if reserved == 0 || self.last_s.is_some_and(|last| now - last < EVERY_S) {
            return;
        }
        self.last_s = Some(now);
        self.seen.push_back((used / reserved as f64).clamp(0.0, MOST));
        if self.seen.len() > KEPT {
            self.seen.pop_front();
        }
    }

    /// What the first guess must be multiplied by; 1 until enough was seen. Never below a quarter: heap that is
    /// free inside a server's process does not show.
    pub(super) fn scale(&self) -> f64 {
        if self.seen.len() < LEAST {
            return 1.0;
        }
        let mut seen: Vec<f64> = self.seen.iter().copied().collect();
        seen.sort_by(f64::total_cmp);
        seen[(seen.len() - 1) * 95 / 100].max(1.0 / MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_learns_the_upper_end_of_what_workers_take() {
        let mut appetite = Appetite::default();
        for i in 0..100_u32 {
            appetite.take(
                f64::from(i) * 30.0,
                350e6 * f64::from(1 + i % 4),
                256_000_000 * u64::from(1 + i % 4),
            );
        }
        assert!((appetite.scale() - 350.0 / 256.0).abs() < 0.01, "{}", appetite.scale());
    }

    #[test]
    fn a_few_readings_or_a_burst_of_them_change_nothing() {
        let mut appetite = Appetite::default();
        for i in 0..100_u32 {
            appetite.take(f64::from(i), 1e12, 256_000_000);
        }
        assert!((appetite.scale() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn what_does_not_show_is_still_reserved_for() {
        let mut appetite = Appetite::default();
        for i in 0..20_u32 {
            appetite.take(f64::from(i) * 30.0, 0.0, 256_000_000);
        }
        assert!((appetite.scale() - 0.25).abs() < 1e-9);
    }
}
