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

    /// What an exit code means, and what to do; the number is one of the program's.
    #[must_use]
    pub fn exit(self, number: u8) -> (String, String) {
        (tell!(self, &format!("exit-{number}")), tell!(self, &format!("exit-{number}.next")))
    }
}
