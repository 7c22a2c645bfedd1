//! `zmpace status`: where a migration stands, also beside a running one.

use std::{fmt::Write as _, path::Path};

use serde::Serialize;

use super::{SHOWN_ROWS, failure_line, json, say};
use crate::{
    cli::StatusArgs,
    journal::Journal,
    lang::{Lang, tell},
    report::{Accounts, FailureLine},
    run::{Ended, Exit, night::journal_failed},
    settings::{self, Surroundings},
    ui::words::{bytes, count},
};

/// Where a migration stands, as `status --json` prints it.
#[derive(Debug, Serialize)]
struct Status {
    schema_version: u32,
    running: bool,
    accounts: Accounts,
    moved_bytes: u64,
    failures: Vec<FailureLine>,
}

/// `zmpace status`
///
/// # Errors
/// There is no journal, or it cannot be read.
pub fn status(args: &StatusArgs, around: &Surroundings) -> Result<Exit, Ended> {
    let settings = settings::load(&args.common, around)?;
    let directory = Path::new(&settings.state.directory);
    let lost = |error| journal_failed(&error);
    let reader = Journal::read(directory).map_err(lost)?;
    let mut accounts = Accounts::default();
    for row in reader.counts().map_err(lost)? {
        accounts.count(row.state, row.accounts);
    }
    let mut moved_bytes = 0;
    reader.each_account(|row| moved_bytes += row.moved_bytes).map_err(lost)?;
    let status = Status {
        schema_version: 1,
        running: Journal::is_held(directory),
        accounts,
        moved_bytes,
        failures: reader.failures().map_err(lost)?.into_iter().map(failure_line).collect(),
    };
    say(&if args.json { json(&status) } else { status_text(&status, settings.show.lang()) });
    Ok(Exit::Done)
}

fn status_text(status: &Status, lang: Lang) -> String {
    let accounts = &status.accounts;
    let running = if status.running { tell!(lang, "status-running") } else { tell!(lang, "status-idle") };
    let mut text = tell!(
        lang,
        "status-stands",
        running = running,
        total = count(accounts.total),
        verified = count(accounts.verified),
        empty = count(accounts.empty),
        incomplete = count(accounts.incomplete),
        failed = count(accounts.failed),
        waiting = count(accounts.waiting),
        moved = bytes(status.moved_bytes),
    );
    text.push('\n');
    for failure in status.failures.iter().take(SHOWN_ROWS) {
        text += &failure.text(lang);
    }
    if status.failures.len() > SHOWN_ROWS {
        let more = status.failures.len() - SHOWN_ROWS;
        let _ = writeln!(text, "  {}", tell!(lang, "status-more", more = more));
    }
    text
}
