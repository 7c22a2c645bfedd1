//! `zmpace explain`: what a code or an exit code means, and what to do. From the same tables the program uses.

use std::fmt::Write as _;

use super::say;
use crate::{
    cli::ExplainArgs,
    control::code::Code,
    run::{Ended, Exit},
};

/// `zmpace explain`
///
/// # Errors
/// There is no such code.
pub fn explain(args: &ExplainArgs) -> Result<Exit, Ended> {
    match &args.code {
        _ if args.markdown => say(&markdown()),
        None => say(&list()),
        Some(name) => {
            let text = one(name).ok_or_else(|| {
                let text = format!("there is no code `{}`", name.escape_debug());
                Ended::new(Exit::Usage, text + "\nnext: zmpace explain (lists all of them)")
            })?;
            say(&text);
        }
    }
    Ok(Exit::Done)
}

fn one(name: &str) -> Option<String> {
    if let Some(code) = Code::named(name) {
        let (level, kind) = (code.level().word(), code.kind().word());
        return Some(format!(
            "{} ({kind}, {level})\n  {}\n  what to do: {}\n",
            code.name(),
            code.meaning(),
            code.next()
        ));
    }
    let number: u16 = name.trim_start_matches("exit-").parse().ok()?;
    if (129..=192).contains(&number) {
        let signal = number - 128;
        return Some(format!(
            "exit code {number}\n  ended at once by signal {signal}\n  what to do: `zmpace run` goes on\n"
        ));
    }
    let exit = Exit::ALL.into_iter().find(|exit| *exit as u16 == number)?;
    let (meaning, next) = exit.explained();
    Some(format!("exit code {number}\n  {meaning}\n  what to do: {next}\n"))
}

fn list() -> String {
    let mut text = String::new();
    for code in Code::ALL {
        let _ = writeln!(text, "{:<24}{}", code.name(), code.meaning());
    }
    for exit in Exit::ALL {
        let _ = writeln!(text, "exit {:<19}{}", exit as u8, exit.explained().0);
    }
    text
}

/// The page `docs/events.md`.
fn markdown() -> String {
    let mut text = "# Codes and exit codes\n\nMade by `zmpace explain --markdown`; a test keeps it true. \
                    They never change meaning.\n\n| code | kind | level | meaning | what to do |\n\
                    |---|---|---|---|---|\n"
        .to_owned();
    for code in Code::ALL {
        let (kind, level) = (code.kind().word(), code.level().word());
        let _ =
            writeln!(text, "| {} | {kind} | {level} | {} | {} |", code.name(), code.meaning(), code.next());
    }
    text += "\n| exit code | meaning | what to do |\n|---|---|---|\n";
    for exit in Exit::ALL {
        let (meaning, next) = exit.explained();
        let _ = writeln!(text, "| {} | {meaning} | {next} |", exit as u8);
    }
    text += "| 128 + n | ended at once by the third signal, n | `zmpace run` goes on |\n";
    text
}
