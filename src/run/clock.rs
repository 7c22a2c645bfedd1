//! The only clock. The demo's runs faster than real time; everything that waits asks here how long.

use std::{
    sync::atomic::{AtomicI64, Ordering::Relaxed},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use crate::control::Moment;

/// Control time: real time, or a multiple of it.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    begun: Instant,
    wall_ms: i64,
    speed: f64,
    /// Whether the wall clock is our own.
    made_up: bool,
    /// Milliseconds by which somebody sets a made-up wall clock while it runs.
    set_by: Option<&'static AtomicI64>,
}

impl Clock {
    /// Starts now; `speed` seconds of control time pass in one real second.
    pub fn start(speed: f64) -> Self {
        #[expect(clippy::float_cmp, reason = "1.0 is set, not computed")]
        let made_up = speed != 1.0;
        Self { begun: Instant::now(), wall_ms: wall_ms(), speed, made_up, set_by: None }
    }

    /// Starts now, at a made-up time of day: for whoever wants to see a night at noon.
    pub const fn at(wall_ms: i64, begun: Instant, speed: f64) -> Self {
        Self { begun, wall_ms, speed, made_up: true, set_by: None }
    }

    /// The same, its wall clock set by so many milliseconds from the moment that number changes.
    #[must_use]
    pub const fn set_by(self, milliseconds: &'static AtomicI64) -> Self {
        Self { set_by: Some(milliseconds), ..self }
    }

    /// The present moment.
    pub fn now(&self) -> Moment {
        let elapsed = self.begun.elapsed().mul_f64(self.speed);
        // In real time the wall clock is asked each time: it may be set while we run.
        let made_up =
            || self.wall_ms + elapsed.as_millis() as i64 + self.set_by.map_or(0, |by| by.load(Relaxed));
        let wall_ms = if self.made_up { made_up() } else { wall_ms() };
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
