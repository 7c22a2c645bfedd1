//! The composition root: the only room that reads the clock, spawns the workers, installs signal handlers
//! and knows everybody.
//!
//! - [`clock`] the only clock.
//! - [`crew`] the workers: one task per mailbox in flight.
//! - [`world`] settings become servers, probes and a plan.
//! - [`night`] the loop: wait, decide, act; [`room`] what it does while the journal's disk is full.
//! - [`glass`] the live screen's thread.
//! - [`hand`] the operator's orders while it runs; [`herald`] what is told to people and to systemd.
//! - `serve` the live picture for other programs: metrics and the page.
//! - [`simulate`] the bench as a command, and its drawing.
//! - [`bench`] benchmark mode as a command.
//! - [`verbs`] what each command does; [`demo`] the one that needs nothing.

pub mod bench;
pub mod clock;
pub mod crew;
pub mod demo;
pub mod glass;
pub mod hand;
pub mod herald;
pub mod night;
mod outside;
mod plot;
mod room;
mod serve;
pub mod simulate;
pub mod verbs;
pub mod world;

use std::process::ExitCode;

use crate::lang::{Lang, tell};

/// How the process ends. The list never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All selected mailboxes are moved and verified.
    Done = 0,
    /// Something unforeseen.
    Unclassified = 1,
    /// Wrong usage or settings.
    Usage = 2,
    /// Finished, but some mailboxes failed.
    SomeFailed = 3,
    /// Finished, but items differ.
    Differences = 4,
    /// Ended early by request or weather; run again.
    Temporary = 5,
    /// Refused before anything was moved.
    Refused = 6,
    /// Sign-in, TLS or host key: nothing can be done without a person.
    Fatal = 7,
    /// No room for the journal or a temporary file.
    Space = 8,
    /// Nothing was left to do, and that was to be told.
    Nothing = 9,
    /// The window closed; run again, or wait for it.
    Window = 10,
    /// A machine stayed critical for longer than `--critical-abort` allows.
    Critical = 11,
    /// More mailboxes failed than `--max-failures` allows; the rest was not tried.
    TooManyFailures = 12,
}

impl Exit {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Done,
        Self::Unclassified,
        Self::Usage,
        Self::SomeFailed,
        Self::Differences,
        Self::Temporary,
        Self::Refused,
        Self::Fatal,
        Self::Space,
        Self::Nothing,
        Self::Window,
        Self::Critical,
        Self::TooManyFailures,
    ];
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// An error that knows its exit code.
#[derive(Debug)]
pub struct Ended {
    /// The code.
    pub exit: Exit,
    /// What to tell, with the next command where there is one; in English.
    pub message: String,
    /// The code of what a server refused, if it was one.
    pub code: Option<&'static str>,
}

/// Before the next command to type in an [`Ended::message`].
const NEXT: &str = "\nnext: ";

impl Ended {
    /// What to tell in a language: elsewhere than in English, what the code or exit code means stands in front of
    /// the message's own words, and commands stay what they are.
    pub fn told(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.message.clone();
        }
        let (words, next) = self.message.split_once(NEXT).unwrap_or((&self.message, ""));
        let meaning = || match self.exit {
            Exit::Unclassified => words.to_owned(), // which would say no more
            exit => format!("{} ({words})", lang.exit(exit as u8).0),
        };
        let words = self.code.map_or_else(meaning, |code| lang.about(code, words));
        if next.is_empty() {
            return words;
        }
        let next = self.code.map_or_else(|| next.to_owned(), |code| lang.advice(code, next));
        format!("{words}\n{}", tell!(lang, "sum-next", next = next))
    }

    /// With these words.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), code: None }
    }
}
