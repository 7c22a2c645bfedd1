//! What the operator sees while it happens: a screen on a terminal, dated lines elsewhere.
//!
//! - [`live`] the one picture every surface shows; [`reel`] takes it. Both pure.
//! - [`face`] the screen: keys in, picture out; pure. [`ink`] what a terminal can show, [`term`] the terminal itself.
//! - [`lines`] dated lines, as text or JSON.
//! - [`metrics`] the picture as Prometheus reads it; pure.
//! - [`words`] numbers as people read them.
//!
//! Talk goes to standard error; standard output belongs to results.

pub mod face;
pub mod ink;
pub mod lines;
pub mod live;
pub mod metrics;
pub mod reel;
pub mod term;
pub mod words;

use std::{
    fs::{File, OpenOptions},
    io::{self, IsTerminal, Write},
    os::{
        fd::AsFd as _,
        unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    },
    path::PathBuf,
};

use jiff::tz::TimeZone;

use crate::{
    control::{
        Moment,
        code::{Code, Kind, Level},
        view::View,
    },
    lang::{Lang, tell},
};
use lines::{Format, Line};
use live::Flow;

/// Problems told again after a screen has gone.
const TOLD_AGAIN: usize = 20;

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A screen that redraws itself, and few lines before and after.
    Panel,
    /// Lines alone, and one a minute that sums up.
    Lines,
    /// Nothing but warnings.
    Quiet,
}

/// What is wanted of a [`Screen`].
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// How much is shown; `None` = what suits the terminal.
    pub style: Option<Style>,
    /// How lines are written.
    pub format: Format,
    /// A file that gets every line, whatever is shown.
    pub file: Option<PathBuf>,
    /// What people read is in this language.
    pub lang: Lang,
}

/// Where the operator looks.
pub struct Screen {
    style: Style,
    lang: Lang,
    out: Box<dyn Write + Send>,
    zone: TimeZone,
    colour: bool,
    format: Format,
    /// Whether standard error is systemd's journal.
    journal: bool,
    file: Option<(File, Format)>,
    run: Option<i64>,
    /// Lines that must be told again, and how many more there were; `None` while no screen hides them.
    hidden: Option<(Vec<String>, usize)>,
}

impl Screen {
    /// On standard error: the screen when it is a terminal that understands it, unless told otherwise.
    ///
    /// # Errors
    /// The file for the lines cannot be opened.
    pub fn stderr(wanted: &Wanted) -> io::Result<Self> {
        let terminal = has_screen();
        let style = wanted.style.unwrap_or(if terminal { Style::Panel } else { Style::Lines });
        let open = |path: &PathBuf| OpenOptions::new().append(true).create(true).mode(0o600).open(path);
        let file = wanted.file.as_ref().map(open).transpose()?.map(|file| (file, wanted.format));
        // People look at what is left around a screen; the file is for programs then.
        let format = if style == Style::Panel { Format::Text } else { wanted.format };
        Ok(Self {
            style,
            lang: wanted.lang,
            out: Box::new(io::stderr()),
            zone: TimeZone::system(),
            colour: terminal && has_colour(),
            format,
            journal: is_journal(),
            file,
            run: None,
            hidden: None,
        })
    }

    /// On any writer, for tests; times in UTC, no colour.
    pub fn on(out: Box<dyn Write + Send>, style: Style) -> Self {
        Self {
            style,
            lang: Lang::En,
            out,
            zone: TimeZone::UTC,
            colour: false,
            format: Format::Text,
            journal: false,
            file: None,
            run: None,
            hidden: None,
        }
    }

    /// The language of what people read.
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// How much is shown.
    pub const fn style(&self) -> Style {
        self.style
    }

    /// Whether lines are read by somebody: on standard error, or in a file.
    pub const fn has_lines(&self) -> bool {
        matches!(self.style, Style::Lines) || self.file.is_some()
    }

    /// The run that lines are about from now on.
    pub const fn about_run(&mut self, run: i64) {
        self.run = Some(run);
    }

    /// One dated line, where it belongs.
    pub fn say(&mut self, at: Moment, line: &Line<'_>) {
        let stamp = lines::stamp(at, &self.zone);
        if let Some((file, format)) = &mut self.file {
            // A full disk must not end a migration; the journal has all of it.
            let _ = writeln!(file, "{}", lines::write(*format, self.lang, &stamp, self.run, line));
        }
        if !self.shows(line) {
            return;
        }
        let mut text = lines::write(self.format, self.lang, &stamp, self.run, line);
        if self.colour && self.format == Format::Text && line.level() > Level::Info {
            text = format!("\x1b[33m{text}\x1b[0m");
        }
        if self.journal {
            text.insert_str(0, lines::priority(line.level()));
        }
        match &mut self.hidden {
            None => self.print(&text),
            Some((told_again, _)) if told_again.len() < TOLD_AGAIN => told_again.push(text),
            Some((_, more)) => *more += 1,
        }
    }

    /// A line that sums up, for whoever reads lines.
    pub fn sum_up(&mut self, at: Moment, view: &View, flow: &Flow) {
        let (text, told) = (lines::sum_up(view, flow, Lang::En), lines::sum_up(view, flow, self.lang));
        self.say(at, &Line { told: Some(&told), ..Line::of(Code::Progress, &text) });
    }

    /// From now on the terminal belongs to the screen; lines are kept.
    pub fn hide(&mut self) {
        self.hidden = Some((Vec::new(), 0));
    }

    /// The terminal is free again: what went wrong meanwhile is told.
    pub fn reveal(&mut self) {
        let Some((told_again, more)) = self.hidden.take() else { return };
        for line in told_again {
            self.print(&line);
        }
        if more > 0 {
            self.print(&tell!(self.lang, "line-more", more = more));
        }
    }

    fn shows(&self, line: &Line<'_>) -> bool {
        let loud = line.level() > Level::Info;
        match self.style {
            Style::Lines => true,
            Style::Quiet => loud,
            // What the screen shows is not told beside it.
            Style::Panel if self.hidden.is_some() => loud,
            Style::Panel => loud || !matches!(line.known.kind(), Kind::Mailbox | Kind::Decision),
        }
    }

    fn print(&mut self, text: &str) {
        // A closed standard error must not end a migration.
        let _ = writeln!(self.out, "{text}");
        let _ = self.out.flush();
    }
}

/// Whether standard error is a terminal that can be drawn on, and ours: a job in the background would be stopped.
#[must_use]
pub fn has_screen() -> bool {
    io::stderr().is_terminal()
        && std::env::var_os("TERM").is_some_and(|term| term != "dumb")
        && rustix::termios::tcgetpgrp(io::stderr()).is_ok_and(|group| group == rustix::process::getpgrp())
}

/// What the terminal can show.
#[must_use]
pub fn ink() -> ink::Ink {
    let told = ["LC_ALL", "LC_CTYPE", "LANG"].map(|name| std::env::var(name).ok());
    ink::Ink::of(told.each_ref().map(Option::as_deref), has_colour())
}

/// Whether colour is welcome.
#[must_use]
pub fn has_colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Whether standard error is the very stream systemd's journal reads.
fn is_journal() -> bool {
    let Some(told) = std::env::var_os("JOURNAL_STREAM") else { return false };
    let Ok(stream) = io::stderr().as_fd().try_clone_to_owned().map(File::from) else { return false };
    let same = |meta: std::fs::Metadata| told == format!("{}:{}", meta.dev(), meta.ino()).as_str();
    stream.metadata().is_ok_and(same)
}
