//! Questions and answers, over any reader and writer.

use std::io::{BufRead, Write};

use crate::{
    lang::{Lang, tell},
    run::{Ended, Exit},
};

/// Asks for what must not be shown.
type Hidden = dyn Fn(&str) -> std::io::Result<String>;

/// Somebody who is asked.
pub struct Dialogue {
    from: Box<dyn BufRead>,
    to: Box<dyn Write>,
    hidden: Box<Hidden>,
    lang: Lang,
}

impl Dialogue {
    /// Answers come from `from`, questions go to `to`; `hidden` asks for what must not be shown.
    pub fn new(
        from: impl BufRead + 'static,
        to: impl Write + 'static,
        hidden: impl Fn(&str) -> std::io::Result<String> + 'static,
        lang: Lang,
    ) -> Self {
        Self { from: Box::new(from), to: Box::new(to), hidden: Box::new(hidden), lang }
    }

    /// One line to read.
    pub fn say(&mut self, text: &str) -> Result<(), Ended> {
        writeln!(self.to, "{text}").and_then(|()| self.to.flush()).map_err(|error| gone(&error.to_string()))
    }

    /// A line about the answer before.
    pub fn hint(&mut self, text: &str) -> Result<(), Ended> {
        self.say(&format!("  {text}"))
    }

    /// An answer; an empty one is the usual one, if there is a usual one.
    pub fn ask(&mut self, question: &str, usual: &str) -> Result<String, Ended> {
        loop {
            let hint = if usual.is_empty() { String::new() } else { format!(" [{usual}]") };
            write!(self.to, "{question}{hint}: ")
                .and_then(|()| self.to.flush())
                .map_err(|error| gone(&error.to_string()))?;
            let mut line = String::new();
            match self.from.read_line(&mut line) {
                Ok(0) => return Err(gone("the answers ended")),
                Ok(_) => {}
                Err(error) => return Err(gone(&error.to_string())),
            }
            let answer = line.trim();
            if answer.chars().any(char::is_control) {
                self.hint(&tell!(self.lang, "init-no-control"))?;
            } else if !answer.is_empty() {
                return Ok(answer.to_owned());
            } else if !usual.is_empty() {
                return Ok(usual.to_owned());
            }
        }
    }

    /// A port.
    pub fn number(&mut self, question: &str, usual: u16) -> Result<u16, Ended> {
        loop {
            match self.ask(question, &usual.to_string())?.parse() {
                Ok(number @ 1..) => return Ok(number),
                _ => self.hint(&tell!(self.lang, "init-a-port"))?,
            }
        }
    }

    /// One of a few words.
    pub fn one_of(&mut self, question: &str, words: &[&str], usual: &str) -> Result<String, Ended> {
        loop {
            let answer = self.ask(&format!("{question} ({})", words.join(", ")), usual)?.to_lowercase();
            if words.contains(&answer.as_str()) {
                return Ok(answer);
            }
            self.hint(&tell!(self.lang, "init-one-of", words = words.join(", ")))?;
        }
    }

    /// Yes or no.
    pub fn yes(&mut self, question: &str, usual: bool) -> Result<bool, Ended> {
        let words = tell!(self.lang, "init-yes-no");
        let words: Vec<&str> = words.split(", ").collect();
        let (yes, no) = (words[0], words[1]);
        let answer = self.one_of(question, &words, if usual { yes } else { no })?;
        Ok(answer.starts_with(yes))
    }

    /// What must not be shown.
    pub fn secret(&mut self, question: &str) -> Result<String, Ended> {
        loop {
            let typed = (self.hidden)(question).map_err(|error| gone(&error.to_string()))?;
            if !typed.is_empty() {
                return Ok(typed);
            }
        }
    }
}

fn gone(cause: &str) -> Ended {
    Ended::new(Exit::Usage, format!("nobody answers any more ({cause}); nothing was written"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(answers: &'static str) -> Dialogue {
        asked_in(Lang::En, answers)
    }

    fn asked_in(lang: Lang, answers: &'static str) -> Dialogue {
        Dialogue::new(answers.as_bytes(), std::io::sink(), |_| Ok("secret".to_owned()), lang)
    }

    #[test]
    fn yes_and_no_are_typed_in_ones_own_language() {
        let mut dialogue = asked_in(Lang::Id, "no\nya\nt\n\n\n");
        assert!(dialogue.yes("yakin", false).unwrap());
        assert!(!dialogue.yes("yakin", true).unwrap());
        assert!(dialogue.yes("yakin", true).unwrap() && !dialogue.yes("yakin", false).unwrap());
    }

    #[test]
    fn what_cannot_be_meant_is_asked_again() {
        let mut dialogue = asked("\n\nold.example\nport\n0\n7072\nperhaps\nY\n\n");
        assert_eq!(dialogue.ask("host", "").unwrap(), "old.example");
        assert_eq!(dialogue.number("port", 7071).unwrap(), 7072);
        assert!(dialogue.yes("sure", false).unwrap());
        assert!(!dialogue.yes("sure", false).unwrap(), "an empty answer is the usual one");
        assert!(dialogue.ask("more", "").unwrap_err().message.contains("nothing was written"));
    }
}
