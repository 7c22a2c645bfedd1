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

#[cfg(test)]
mod tests {
    use std::{io, time::Duration};

    use super::*;
    use crate::{
        control::sample::Side::{Destination, Source},
        lang::tests::english_in,
        zimbra::MoveError::{self, *},
    };

    /// One of each that words itself, with what servers say in no language.
    fn errors() -> Vec<MoveError> {
        let word = |text: &str| text.to_owned();
        let (cause, host) = (|| word("c: (d); e"), || word("h:7071"));
        let pause = Some(Duration::from_secs(9));
        vec![
            Unreachable { side: Source, host: host(), cause: cause() },
            Untrusted { side: Source, host: host(), cause: word("x"), fingerprint: word("AB:CD") },
            SignIn { side: Source, admin: word("a@b"), cause: cause() },
            TokenRefused { side: Destination },
            Fault { side: Source, request: word("R"), code: word("mail.X"), reason: cause() },
            Garbled { side: Source, request: word("R"), cause: cause() },
            NoSuchAccount { side: Source, account: word("a@b") },
            AccountShut { side: Source, account: word("a@b"), cause: word("its status is closed") },
            AccountShut { side: Source, account: word("a@b"), cause: cause() },
            Busy { side: Source, what: "the export", status: 503, retry_after: pause },
            Busy { side: Source, what: "SOAP", status: 503, retry_after: None },
            Refused { side: Source, what: "the import", status: 404, message: cause() },
            Stalled { side: Source, what: "the import", after: Duration::from_secs(61) },
            Cut { side: Source, what: "the export", cause: cause() },
            Unsound { cause: cause() },
            ImportRefused { code: word("mail.X"), reason: cause() },
            Quota { account: word("a@b"), rejected: 12 },
            Runaway { account: word("a@b"), before: 1, after: 2 },
            Spill(io::Error::other("x")),
            Stopped,
        ]
    }

    #[test]
    fn every_error_of_ours_is_worded_in_indonesian() {
        for error in errors() {
            let words = error.to_string();
            let told = Lang::Id.about(error.code(), &words);
            assert!(!told.contains(&words), "{told}");
            assert_eq!(english_in(&told), [""; 0], "{told}");
            assert_eq!(Lang::En.about(error.code(), &words), words);
        }
    }

    #[test]
    fn what_a_server_says_is_kept_in_its_place() {
        let told = |error: &MoveError| Lang::Id.about(error.code(), &error.to_string());
        let all = errors();
        assert_eq!(told(&all[0]), "sumber: tidak bisa menghubungi h:7071: c: (d); e");
        assert_eq!(told(&all[4]), "sumber: R dijawab dengan mail.X: c: (d); e");
        assert_eq!(told(&all[7]), "sumber: a@b tidak bisa dibuka: statusnya closed");
        assert_eq!(told(&all[9]), "sumber: ekspor dijawab dengan HTTP 503, coba lagi dalam 9 dtk");
        assert_eq!(told(&all[18]), "mesin ini: item besar tidak bisa disimpan di file sementara: x");
        assert_eq!(
            Lang::Id.about("ZP-QUOTA", "destination: it is full"),
            format!("{} (destination: it is full)", Lang::Id.meaning(crate::control::code::Code::Quota)),
            "words that are not ours"
        );
        let notes = "/Inbox: 9 on the source, 7 on the destination; /a: 1 on the source, 2 on the destination (in excess)";
        assert_eq!(
            Lang::Id.about("ZP-DIFFERS", notes),
            "/Inbox: 9 di sumber, 7 di tujuan; /a: 1 di sumber, 2 di tujuan (kelebihan)"
        );
    }
}
