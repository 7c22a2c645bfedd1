//! What each command does, and what the commands share.

mod check;
mod ctl;
mod explain;
mod import;
mod init;
mod install;
mod lab;
mod manual;
mod migrate;
mod nights;
mod plan;
mod probe;
mod report;
mod retry;
mod status;
mod top;
mod verify;

use std::io::Write as _;

use serde::Serialize;

pub use check::check;
pub use ctl::ctl;
pub use explain::explain;
pub use import::import;
pub use init::init;
pub use install::install;
pub use lab::lab;
pub use manual::{completions, man};
pub use migrate::{Carried, Errand, carry_out, migrate, run};
pub use plan::plan;
pub use probe::probe;
pub use report::report;
pub use retry::retry;
pub use status::status;
pub use top::top;
pub use verify::verify;

use crate::{
    cli::ProgressKind,
    control::code::Code,
    journal::{Cause, FailureRow},
    report::FailureLine,
    run::{Ended, Exit},
    settings::show::{LineFormat, ShowSettings},
    ui::{self, Screen, Style, Wanted, lines::Format},
};

/// Rows of a list shown on a terminal; the JSON has all of them.
const SHOWN_ROWS: usize = 20;

/// Where the operator looks, as asked for.
///
/// # Errors
/// A screen where there is none, or a file for the lines that cannot be opened.
pub fn screen(kind: ProgressKind, show: &ShowSettings) -> Result<Screen, Ended> {
    let style = match kind {
        ProgressKind::Auto => None,
        ProgressKind::View if !ui::has_screen() => {
            let text = "--progress view: standard error is no terminal that can be drawn on; leave it out, or --progress lines";
            return Err(Ended::new(Exit::Usage, text));
        }
        ProgressKind::View => Some(Style::Panel),
        ProgressKind::Lines => Some(Style::Lines),
        ProgressKind::None => Some(Style::Quiet),
    };
    let format = match show.log_format {
        LineFormat::Text => Format::Text,
        LineFormat::Json => Format::Json,
    };
    let file = Some(show.log_file.clone()).filter(|file| !file.as_os_str().is_empty());
    Screen::stderr(&Wanted { style, format, file, lang: show.lang() }).map_err(|error| {
        let text = format!("cannot write the log file {}: {error}", show.log_file.display());
        Ended::new(Exit::Usage, text + "; name another with --log-file")
    })
}

/// Writes a result to standard output; a closed pipe (as with `| head`) is no error.
pub fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// A value as indented JSON with a newline.
pub fn json(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

/// One mailbox that is not verified; what differs stands in for a cause.
fn failure_line(row: FailureRow) -> FailureLine {
    let FailureRow { source, cause, notes, .. } = row;
    match cause {
        Some(Cause { code, cause, next }) => FailureLine { account: source, code, cause, next },
        None => FailureLine {
            account: source,
            code: Code::Differs.name().to_owned(),
            cause: notes.join("; "),
            next: "zmpace run".to_owned(),
        },
    }
}
