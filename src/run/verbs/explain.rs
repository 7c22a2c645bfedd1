//! `zmpace explain`: what a code or an exit code means, and what to do. From the same tables the program uses.

use std::fmt::Write as _;

use super::say;
use crate::{
    cli::ExplainArgs,
    control::code::Code,
    lang::{Lang, tell},
    run::{Ended, Exit},
};

/// `zmpace explain`
///
/// # Errors
/// There is no such code.
pub fn explain(args: &ExplainArgs, lang: Lang) -> Result<Exit, Ended> {
    match &args.code {
        _ if args.markdown => say(&markdown()),
        None => say(&list(lang)),
        Some(name) => {
            let none = || format!("there is no code `{}`\nnext: zmpace explain", name.escape_debug());
            say(&one(name, lang).ok_or_else(|| Ended::new(Exit::Usage, none()))?);
        }
    }
    Ok(Exit::Done)
}

fn one(name: &str, lang: Lang) -> Option<String> {
    let told = |head: String, meaning: String, next: String| {
        format!("{head}\n  {meaning}\n  {}\n", tell!(lang, "explain-todo", next = next))
    };
    if let Some(code) = Code::named(name) {
        let head = format!("{} ({}, {})", code.name(), code.kind().word(), code.level().word());
        return Some(told(head, lang.meaning(code), lang.next(code)));
    }
    let number: u16 = name.trim_start_matches("exit-").parse().ok()?;
    let head = tell!(lang, "explain-exit", number = number);
    if (129..=192).contains(&number) {
        let ended = tell!(lang, "explain-signal", signal = number - 128);
        return Some(told(head, ended, tell!(lang, "explain-signal-next")));
    }
    let exit = Exit::ALL.into_iter().find(|exit| *exit as u16 == number)?;
    let (meaning, next) = lang.exit(exit as u8);
    Some(told(head, meaning, next))
}

fn list(lang: Lang) -> String {
    let mut text = String::new();
    for code in Code::ALL {
        let _ = writeln!(text, "{:<24}{}", code.name(), lang.meaning(*code));
    }
    for exit in Exit::ALL {
        let _ = writeln!(text, "exit {:<19}{}", exit as u8, lang.exit(exit as u8).0);
    }
    text
}

/// The page `docs/events.md`; English, like everything that is looked up by its code.
fn markdown() -> String {
    let lang = Lang::En;
    let mut text = "# Codes and exit codes\n\nMade by `zmpace explain --markdown`; a test keeps it true. \
                    They never change meaning.\n\n| code | kind | level | meaning | what to do |\n\
                    |---|---|---|---|---|\n"
        .to_owned();
    for code in Code::ALL {
        let (kind, level) = (code.kind().word(), code.level().word());
        let (meaning, next) = (lang.meaning(*code), lang.next(*code));
        let _ = writeln!(text, "| {} | {kind} | {level} | {meaning} | {next} |", code.name());
    }
    text += "\n| exit code | meaning | what to do |\n|---|---|---|\n";
    for exit in Exit::ALL {
        let (meaning, next) = lang.exit(exit as u8);
        let _ = writeln!(text, "| {} | {meaning} | {next} |", exit as u8);
    }
    text += "| 128 + n | ended at once by the third signal, n | `zmpace run` goes on |\n";
    text
}
