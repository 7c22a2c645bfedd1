//! What codes and exit codes mean and what to do, in words: `NAME` and `NAME.next` in the files of messages.

use super::{Lang, tell};
use crate::control::code::Code;

impl Lang {
    /// What a code means.
    #[must_use]
    pub fn meaning(self, code: Code) -> String {
        tell!(self, code.name())
    }

    /// What to do about it.
    #[must_use]
    pub fn next(self, code: Code) -> String {
        tell!(self, &format!("{}.next", code.name()))
    }

    /// Words of a server or an error: our own in this language, others with what their code means in front.
    #[must_use]
    pub fn about(self, code: &str, words: &str) -> String {
        match (self, Code::named(code)) {
            (Self::En, _) | (_, None) => words.to_owned(),
            (_, Some(code)) => {
                self.retold(code, words).unwrap_or_else(|| format!("{} ({words})", self.meaning(code)))
            }
        }
    }

    /// What to do about a mailbox or a server with this code: an error's own advice where it is a command, which is
    /// never translated, else the code's.
    #[must_use]
    pub fn advice(self, code: &str, own: &str) -> String {
        let is_typed = ["zmpace ", "zmprov ", "curl "].iter().any(|command| own.starts_with(command));
        match (self, Code::named(code)) {
            (Self::En, _) | (_, None) => own.to_owned(),
            _ if is_typed => own.to_owned(),
            (_, Some(code)) => self.next(code),
        }
    }

    /// What an exit code means, and what to do; the number is one of the program's.
    #[must_use]
    pub fn exit(self, number: u8) -> (String, String) {
        (tell!(self, &format!("exit-{number}")), tell!(self, &format!("exit-{number}.next")))
    }
}
