//! Words for what control names: machines, measures, phases, hours, spans of time.

use super::{Lang, tell};
use crate::control::{
    decision::{Measure, Phase},
    sample::Side,
    view::Window,
};

impl Lang {
    /// A side in prose.
    #[must_use]
    pub fn side(self, side: Side) -> String {
        tell!(self, &format!("side-{side}"))
    }

    /// What is measured.
    #[must_use]
    pub fn measure(self, measure: Measure) -> String {
        tell!(self, &format!("measure-{measure:?}"))
    }

    /// What the law, or the operator, is doing.
    #[must_use]
    pub fn phase(self, phase: Phase) -> String {
        tell!(self, &format!("phase-{phase:?}"))
    }

    /// A size class, by its place.
    #[must_use]
    pub fn size_class(self, place: usize) -> String {
        tell!(self, &format!("class-{place}"))
    }

    /// A span such as `3 min 20 s` with its units in this language.
    #[must_use]
    pub fn time(self, span: &str) -> String {
        let unit = |word| match word {
            "s" | "min" | "h" | "d" => tell!(self, &format!("unit-{word}")),
            number => number.to_owned(),
        };
        span.split(' ').map(unit).collect::<Vec<_>>().join(" ")
    }

    /// Where in the operator's hours a run is.
    #[must_use]
    pub fn window(self, window: &Window) -> String {
        let word = tell!(self, &format!("window-{:?}", window.regime));
        match (&window.clock, window.until_ms) {
            (Some(clock), _) => tell!(self, "window-until", window = word, clock = self.day(clock)),
            (None, None) => word,
            // From a run of an older version.
            (None, Some(_)) => window.words.clone(),
        }
    }

    /// `Tue 2026-11-24 05:30` with its day in this language.
    #[must_use]
    pub fn day(self, clock: &str) -> String {
        match clock.split_once(' ') {
            Some((day @ ("Mon" | "Tue" | "Wed" | "Thu" | "Fri" | "Sat" | "Sun"), rest)) => {
                format!("{} {rest}", tell!(self, &format!("day-{day}")))
            }
            _ => clock.to_owned(),
        }
    }
}
