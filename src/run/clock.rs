//! The only clock. The demo's runs faster than real time; everything that waits asks here how long.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::control::Moment;

/// Control time: real time, or a multiple of it.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    begun: Instant,
    wall_ms: i64,
    speed: f64,
}

impl Clock {
    /// Starts now; `speed` seconds of control time pass in one real second.
    pub fn start(speed: f64) -> Self {
        Self { begun: Instant::now(), wall_ms: wall_ms(), speed }
    }

    /// The present moment.
    pub fn now(&self) -> Moment {
        let elapsed = self.begun.elapsed().mul_f64(self.speed);
        // In real time the wall clock is asked each time: it may be set while we run.
        #[expect(clippy::float_cmp, reason = "1.0 is set, not computed")]
        let wall_ms = if self.speed == 1.0 { wall_ms() } else { self.wall_ms + elapsed.as_millis() as i64 };
        Moment { elapsed, wall_ms }
    }

    /// How long `control` time takes in real time.
    pub fn real(&self, control: Duration) -> Duration {
        control.div_f64(self.speed)
    }

    /// How much control time `real` seconds are.
    pub fn control_s(&self, real_s: f64) -> f64 {
        real_s * self.speed
    }
}

fn wall_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}
