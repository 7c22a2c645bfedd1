//! What the operator sees while it happens: a view on a terminal, dated lines elsewhere.
//!
//! - [`panel`] the view as lines of text; pure.
//! - [`words`] numbers as people read them.
//!
//! Talk goes to standard error; standard output belongs to results.

pub mod panel;
pub mod words;

use std::io::{self, IsTerminal, Write};

use jiff::{Timestamp, tz::TimeZone};

use crate::control::{Moment, view::View};
use panel::Flow;

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Lines, with the view redrawn below them.
    Panel,
    /// Lines alone, and one a minute that sums up.
    Lines,
    /// Nothing but warnings.
    Quiet,
}

/// Where the operator looks.
pub struct Screen {
    style: Style,
    out: Box<dyn Write + Send>,
    zone: TimeZone,
    drawn: usize,
    colour: bool,
}

impl Screen {
    /// On standard error: the view when it is a terminal that understands it, unless told otherwise.
    pub fn stderr(wanted: Option<Style>) -> Self {
        let terminal =
            io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        let style = wanted.unwrap_or(if terminal { Style::Panel } else { Style::Lines });
        let colour = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self { style, out: Box::new(io::stderr()), zone: TimeZone::system(), drawn: 0, colour }
    }

    /// On any writer, for tests; times in UTC, no colour.
    pub fn on(out: Box<dyn Write + Send>, style: Style) -> Self {
        Self { style, out, zone: TimeZone::UTC, drawn: 0, colour: false }
    }

    /// How much is shown.
    pub const fn style(&self) -> Style {
        self.style
    }

    /// One dated line about something that happened.
    pub fn note(&mut self, at: Moment, text: &str) {
        if self.style != Style::Quiet {
            self.line(at, text);
        }
    }

    /// One dated line that a log should have but a view would drown in.
    pub fn log(&mut self, at: Moment, text: &str) {
        if self.style == Style::Lines {
            self.line(at, text);
        }
    }

    /// One dated line that must be seen even when little is shown.
    pub fn warn(&mut self, at: Moment, text: &str) {
        let text = if self.colour { format!("\x1b[33m{text}\x1b[0m") } else { text.to_owned() };
        self.line(at, &text);
    }

    fn line(&mut self, at: Moment, text: &str) {
        self.clear();
        let stamp = self.stamp(at);
        // A closed standard error must not end a migration.
        let _ = writeln!(self.out, "{stamp} {text}");
        let _ = self.out.flush();
    }

    /// Shows the state: redraws the view, or writes one summing line.
    pub fn show(&mut self, at: Moment, view: &View, flow: &Flow) {
        match self.style {
            Style::Panel => {
                let (width, height) = terminal_size::terminal_size().map_or((80, 24), |(w, h)| (w.0, h.0));
                self.clear();
                let lines = panel::panel(view, flow, usize::from(width));
                for line in lines.iter().take(usize::from(height).saturating_sub(1)) {
                    let _ = writeln!(self.out, "{line}");
                    self.drawn += 1;
                }
                let _ = self.out.flush();
            }
            Style::Lines => {
                let text = panel::sum_up(view, flow);
                self.line(at, &text);
            }
            Style::Quiet => {}
        }
    }

    fn clear(&mut self) {
        if self.drawn > 0 {
            let _ = write!(self.out, "\x1b[{}A\x1b[J", self.drawn);
            self.drawn = 0;
        }
    }

    fn stamp(&self, at: Moment) -> String {
        let instant = Timestamp::from_millisecond(at.wall_ms).unwrap_or(Timestamp::UNIX_EPOCH);
        instant.to_zoned_datetime(self.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }
}
