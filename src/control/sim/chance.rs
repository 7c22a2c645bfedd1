//! Seeded chance: one generator per concern, and the few distributions the made-up world needs.
//!
//! Only the four operations and comparisons: the same seed gives the same bytes on every platform, which the
//! system's own `exp` and `ln` do not promise.

/// What a stream of chance is for. Each has a generator of its own, so that a law that behaves differently
/// never shifts the sizes, the noise or the weather of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Concern {
    /// Sizes and items of mailboxes.
    Sizes = 1,
    /// Memory of a worker.
    Memory = 2,
    /// Load that is not ours, on the source.
    SourceLoad = 3,
    /// The same on the destination.
    DestinationLoad = 4,
    /// Noise of the instruments.
    Noise = 5,
    /// Samples that get lost.
    Loss = 6,
    /// Mailboxes that fail.
    Failures = 7,
}

/// A stream of chance.
#[derive(Clone, Debug)]
pub(super) struct Chance(fastrand::Rng);

impl Chance {
    pub(super) fn new(seed: u64, concern: Concern) -> Self {
        Self(fastrand::Rng::with_seed(
            seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add((concern as u64) << 32),
        ))
    }

    /// From 0 to below 1.
    pub(super) fn share(&mut self) -> f64 {
        (self.0.u64(..) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Nearly normal, mean 0, variance 1, never beyond 6: the sum of twelve shares.
    pub(super) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }

    /// Lognormal with median 1.
    pub(super) fn lognormal(&mut self, sigma: f64) -> f64 {
        exp(self.normal() * sigma)
    }
}

/// The exponential function to about six digits, by halving the argument and squaring back.
pub(super) fn exp(x: f64) -> f64 {
    let small = x.clamp(-40.0, 40.0) / 1024.0;
    let mut y = 1.0 + small * (1.0 + small / 2.0 * (1.0 + small / 3.0 * (1.0 + small / 4.0)));
    for _ in 0..10 {
        y *= y;
    }
    y
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_exp() {
        for x in [-30.0, -3.3, -0.1, 0.0, 0.5, 1.0, 4.7, 10.0] {
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-6, "{x}");
        }
    }

    #[test]
    fn a_stream_has_the_moments_it_claims_and_repeats() {
        let mut a = Chance::new(7, Concern::Noise);
        let mut b = Chance::new(7, Concern::Noise);
        let values: Vec<f64> = (0..20_000).map(|_| a.normal()).collect();
        assert!(values.iter().all(|x| (b.normal() - x).abs() < f64::EPSILON));
        let mean = values.iter().sum::<f64>() / 20_000.0;
        let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
        assert!(
            (Chance::new(7, Concern::Sizes).share() - Chance::new(7, Concern::Loss).share()).abs() > 1e-9
        );
    }
}
