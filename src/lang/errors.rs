//! The program's own words about an error, retold. The journal and JSON have them in English, as the error words
//! itself; here they are recognised by the English message and said with the same values in the other language.

use fluent_bundle::FluentArgs;

use super::{Lang, tell};
use crate::control::code::Code;

/// All that an error's words may name.
const NAMES: [&str; 16] = [
    "account",
    "admin",
    "after",
    "before",
    "cause",
    "code",
    "fingerprint",
    "host",
    "message",
    "pause",
    "reason",
    "rejected",
    "request",
    "seconds",
    "status",
    "what",
];
/// Stands on either side of a name in a message that is to be recognised; no text has it.
const MARK: char = '\u{1}';

impl Lang {
    /// An error's words in this language; `None` if they are in English, or not ours.
    pub(super) fn retold(self, code: Code, words: &str) -> Option<String> {
        if self == Self::En {
            return None;
        }
        let mut sides = ["source", "destination", "host"].into_iter();
        let parts = sides.find_map(|side| Some((side, words.strip_prefix(side)?.strip_prefix(": ")?)));
        let (side, bare) = parts.map_or((None, words), |(side, bare)| (Some(side), bare));
        let told = if code == Code::Differs {
            self.notes(words)
        } else {
            said(code).iter().find_map(|key| self.same(key, bare))
        }?;
        Some(match side.filter(|_| code != Code::Differs) {
            Some(side) => format!("{}: {told}", self.side_named(side)),
            None => told,
        })
    }

    /// Words that are this message in English, in this language.
    fn same(self, key: &str, words: &str) -> Option<String> {
        let mut marked = FluentArgs::new();
        for name in NAMES {
            marked.set(name, format!("{MARK}{name}{MARK}"));
        }
        let pattern = Self::En.message(key, Some(&marked));
        let mut values = FluentArgs::new();
        for (name, value) in found(&pattern, words)? {
            let value = if name == "what" { self.transfer(value) } else { value.to_owned() };
            values.set(name.to_owned(), value);
        }
        Some(self.message(key, Some(&values)))
    }

    /// What moves mail, as an error names it.
    fn transfer(self, what: &str) -> String {
        match what {
            "the export" => tell!(self, "what-export"),
            "the import" => tell!(self, "what-import"),
            other => other.to_owned(),
        }
    }

    /// Notes about a mailbox that differs; `None` if none of them is known.
    fn notes(self, words: &str) -> Option<String> {
        let told: Vec<String> = words.split("; ").map(|note| self.note(note)).collect();
        let told = told.join("; ");
        (told != words).then_some(told)
    }
}

/// Names and values of words that follow a marked pattern.
fn found<'p, 'w>(pattern: &'p str, words: &'w str) -> Option<Vec<(&'p str, &'w str)>> {
    let mut pieces = pattern.split(MARK);
    let mut rest = words.strip_prefix(pieces.next()?)?;
    let mut values = Vec::new();
    while let Some(name) = pieces.next() {
        let text = pieces.next().unwrap_or_default();
        let is_last = pieces.clone().next().is_none();
        // The last value may hold anything, also what stands between the others.
        let (value, after) = if is_last { (rest.strip_suffix(text)?, "") } else { rest.split_once(text)? };
        values.push((name, value));
        rest = after;
    }
    rest.is_empty().then_some(values)
}

/// How an error of this code words itself, the longest first.
const fn said(code: Code) -> &'static [&'static str] {
    match code {
        Code::Unreachable => &["ZP-UNREACHABLE.said"],
        Code::Untrusted => &["ZP-TLS.said"],
        Code::SignIn => &["ZP-SIGN-IN.said"],
        Code::AuthExpired => &["ZP-AUTH-EXPIRED.said"],
        Code::SoapFault => &["ZP-SOAP-FAULT.said"],
        Code::Garbled => &["ZP-GARBLED.said"],
        Code::NoAccount => &["ZP-NO-ACCOUNT.said"],
        Code::AccountShut => &["ZP-ACCOUNT-SHUT.status", "ZP-ACCOUNT-SHUT.said"],
        Code::Busy => &["ZP-BUSY.pause", "ZP-BUSY.said"],
        Code::Http => &["ZP-HTTP.said"],
        Code::Stalled => &["ZP-STALLED.said"],
        Code::Cut => &["ZP-CUT.said"],
        Code::Archive => &["ZP-ARCHIVE.said"],
        Code::ImportFail => &["ZP-IMPORT-FAIL.said"],
        Code::Quota => &["ZP-QUOTA.said"],
        Code::Runaway => &["ZP-RUNAWAY.said"],
        Code::TempSpace => &["ZP-TEMP-SPACE.said"],
        Code::Stopped => &["ZP-STOPPED.said"],
        _ => &[],
    }
}
