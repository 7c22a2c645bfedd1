//! `zmpace status`: where a migration stands, also beside a running one.

use std::{fmt::Write as _, path::Path};

use serde::Serialize;

use super::{SHOWN_ROWS, failure_line, json, say};
use crate::{
    cli::StatusArgs,
    journal::Journal,
    report::{Accounts, FailureLine},
    run::{Ended, Exit, night::journal_failed},
    settings::{self, Surroundings},
    ui::words::{bytes, count, tame},
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
    say(&if args.json { json(&status) } else { status_text(&status) });
    Ok(Exit::Done)
}

fn status_text(status: &Status) -> String {
    let accounts = &status.accounts;
    let mut text = format!(
        "{}: {} mailboxes: {} verified, {} empty, {} incomplete, {} failed, {} not yet moved; {} moved\n",
        if status.running { "running" } else { "not running" },
        count(accounts.total),
        count(accounts.verified),
        count(accounts.empty),
        count(accounts.incomplete),
        count(accounts.failed),
        count(accounts.waiting),
        bytes(status.moved_bytes)
    );
    for failure in status.failures.iter().take(SHOWN_ROWS) {
        let _ = writeln!(
            text,
            "  {} {}: {}\n      next: {}",
            failure.code,
            tame(&failure.account),
            tame(&failure.cause),
            tame(&failure.next)
        );
    }
    if status.failures.len() > SHOWN_ROWS {
        let _ = writeln!(text, "  and {} more; --json lists all", status.failures.len() - SHOWN_ROWS);
    }
    text
}
