//! What each command does, and what the commands share.

mod ctl;
mod install;
mod lab;
mod migrate;
mod nights;
mod plan;
mod probe;
mod report;
mod retry;
mod status;
mod verify;

use std::io::Write as _;

use serde::Serialize;

pub use ctl::ctl;
pub use install::install;
pub use lab::lab;
pub use migrate::{Carried, Errand, carry_out, migrate, run};
pub use plan::plan;
pub use probe::probe;
pub use report::report;
pub use retry::retry;
pub use status::status;
pub use verify::verify;

use crate::{
    cli::ProgressKind,
    journal::{Cause, FailureRow},
    report::FailureLine,
    ui::Style,
};

/// Rows of a list shown on a terminal; the JSON has all of them.
const SHOWN_ROWS: usize = 20;

/// The style a `--progress` asks for; `None` = whatever suits the terminal.
pub const fn style_of(kind: ProgressKind) -> Option<Style> {
    match kind {
        ProgressKind::Auto => None,
        ProgressKind::View => Some(Style::Panel),
        ProgressKind::Lines => Some(Style::Lines),
        ProgressKind::None => Some(Style::Quiet),
    }
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
            code: "ZP-DIFFERS".to_owned(),
            cause: notes.join("; "),
            next: "zmpace run".to_owned(),
        },
    }
}
