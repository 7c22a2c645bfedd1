//! What happened, as rows: each function writes its part inside the caller's transaction.

use rusqlite::{Transaction, params};

use super::{
    RunId,
    rows::{int, to_json, word},
};
use crate::control::{
    Moment,
    code::Code,
    event::{AccountId, AccountState, Action, Failure, Outcome, Receipt, Retry, Sight},
    sample::Side,
};

/// Notes kept of one attempt.
const MOST_NOTES: usize = 200;

/// One row of `events`.
pub(super) struct Line {
    pub run: RunId,
    pub seq: u64,
    pub at: Moment,
    pub event: String,
    pub actions: String,
}

pub(super) fn write_line(transaction: &Transaction<'_>, line: &Line) -> rusqlite::Result<()> {
    let elapsed = i64::try_from(line.at.elapsed.as_nanos()).unwrap_or(i64::MAX);
    transaction
        .prepare_cached(
            "INSERT INTO events (run, seq, elapsed_ns, wall_ms, event, actions) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![line.run.0, int(line.seq), elapsed, line.at.wall_ms, line.event, line.actions])?;
    Ok(())
}

/// What an action means for accounts, attempts and decisions.
pub(super) fn carry(
    transaction: &Transaction<'_>,
    line: &Line,
    n: usize,
    action: &Action,
) -> rusqlite::Result<()> {
    match action {
        Action::Start { account, .. } => start(transaction, line, *account),
        Action::Record { account, state } => set_state(transaction, line.at, *account, *state),
        Action::Decide(decision) => {
            let side = decision.side.as_ref().map(word).transpose()?;
            let resource = decision.resource.as_ref().map(word).transpose()?;
            transaction
                .prepare_cached(
                    "INSERT INTO decisions
                       (run, seq, n, at_s, limit_from, limit_to, side, resource, reason, record)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                )?
                .execute(params![
                    line.run.0,
                    int(line.seq),
                    int(n as u64),
                    decision.at_s,
                    decision.from,
                    decision.to,
                    side,
                    resource,
                    decision.reason(),
                    to_json(decision)?
                ])?;
            Ok(())
        }
        Action::Park { .. }
        | Action::Resume { .. }
        | Action::Cancel { .. }
        | Action::Look { .. }
        | Action::Finish(_) => Ok(()),
    }
}

/// A start implies that the account is in flight, whether or not that is recorded beside it. Attempts are
/// counted here, over all runs, so that the count does not hang on who numbers them.
fn start(transaction: &Transaction<'_>, line: &Line, account: AccountId) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE accounts SET attempts = attempts + 1 WHERE id = ?1")?
        .execute(params![account.0])?;
    transaction
        .prepare_cached(
            "INSERT INTO attempts (account, run, n, started_ms)
             SELECT id, ?2, attempts, ?3 FROM accounts WHERE id = ?1",
        )?
        .execute(params![account.0, line.run.0, line.at.wall_ms])?;
    forget_doubt(transaction, account)?;
    set_state(transaction, line.at, account, AccountState::InFlight)
}

/// Closes the account's open attempt. `counted` is what the worker had counted, for want of a receipt.
pub(super) fn finish(
    transaction: &Transaction<'_>,
    at: Moment,
    account: AccountId,
    outcome: &Outcome,
    counted: (u64, u64),
) -> rusqlite::Result<()> {
    let counted = Receipt { items: counted.0, bytes: counted.1, ..Receipt::default() };
    let (word, receipt, failure) = match outcome {
        Outcome::Moved(receipt) => {
            moved(transaction, account, receipt)?;
            ("moved", receipt, None)
        }
        Outcome::Failed(failure) => {
            set_cause(transaction, account, failure)?;
            ("failed", &counted, Some(failure))
        }
    };
    transaction
        .prepare_cached(
            "UPDATE attempts SET ended_ms = ?2, outcome = ?3, items = ?4, bytes = ?5, differences = ?6,
               active_s = ?7, code = ?8, cause = ?9, source_items = ?10, destination_items = ?11
             WHERE account = ?1 AND outcome IS NULL",
        )?
        .execute(params![
            account.0,
            at.wall_ms,
            word,
            int(receipt.items),
            int(receipt.bytes),
            int(receipt.differences),
            receipt.active_s,
            failure.map(|failure| failure.code.as_str()),
            failure.map(|failure| failure.cause.as_str()),
            int(receipt.source_items),
            int(receipt.destination_items)
        ])?;
    Ok(())
}

fn moved(transaction: &Transaction<'_>, account: AccountId, receipt: &Receipt) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "UPDATE accounts SET items = ?2, moved_bytes = ?3, cause_code = NULL, cause = NULL, next = NULL
             WHERE id = ?1",
        )?
        .execute(params![account.0, int(receipt.items), int(receipt.bytes)])?;
    let mut note = transaction.prepare_cached(
        "INSERT INTO notes (account, attempt, text) SELECT id, attempts, ?2 FROM accounts WHERE id = ?1",
    )?;
    for text in receipt.notes.iter().take(MOST_NOTES) {
        note.execute(params![account.0, text])?;
    }
    let Some(held) = receipt.held.as_ref().filter(|_| receipt.differences == 0) else { return Ok(()) };
    transaction
        .prepare_cached("INSERT OR REPLACE INTO doubts (account, held) VALUES (?1, ?2)")?
        .execute(params![account.0, to_json(held)?])?;
    Ok(())
}

/// What a second look means: one that was made ends the doubt, and what it found is the mailbox's cause.
pub(super) fn looked(
    transaction: &Transaction<'_>,
    account: AccountId,
    sight: &Sight,
) -> rusqlite::Result<()> {
    match sight {
        Sight::Unseen(_) => return Ok(()),
        Sight::Same => {}
        Sight::Grown { items, notes } => set_cause(transaction, account, &late_import(*items, notes))?,
    }
    forget_doubt(transaction, account)
}

/// An import that came after the mailbox was verified, as the cause of its being incomplete.
fn late_import(items: u64, notes: &[String]) -> Failure {
    let folders = notes.iter().take(MOST_NOTES).map(String::as_str).collect::<Vec<_>>().join("; ");
    Failure {
        code: Code::LateImport.name().to_owned(),
        cause: format!(
            "an earlier import came late: {items} item(s) in excess on the destination; {folders}"
        ),
        next: "zmpace verify --deep --accounts FILE".to_owned(),
        side: Some(Side::Destination),
        whole_side: false,
        retry: Retry::Permanent,
    }
}

fn forget_doubt(transaction: &Transaction<'_>, account: AccountId) -> rusqlite::Result<()> {
    transaction.prepare_cached("DELETE FROM doubts WHERE account = ?1")?.execute(params![account.0])?;
    Ok(())
}

pub(super) fn set_state(
    transaction: &Transaction<'_>,
    at: Moment,
    account: AccountId,
    state: AccountState,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE accounts SET state = ?2, updated_ms = ?3 WHERE id = ?1")?
        .execute(params![account.0, word(&state)?, at.wall_ms])?;
    Ok(())
}

pub(super) fn set_cause(
    transaction: &Transaction<'_>,
    account: AccountId,
    failure: &Failure,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE accounts SET cause_code = ?2, cause = ?3, next = ?4 WHERE id = ?1")?
        .execute(params![account.0, failure.code, failure.cause, failure.next])?;
    Ok(())
}

pub(super) fn move_states(
    transaction: &Transaction<'_>,
    at: Moment,
    states: &[AccountState],
) -> rusqlite::Result<u64> {
    let waiting = word(&AccountState::Waiting)?;
    let mut update =
        transaction.prepare("UPDATE accounts SET state = ?1, updated_ms = ?2 WHERE state = ?3")?;
    let mut moved = 0;
    for state in states {
        moved += update.execute(params![waiting, at.wall_ms, word(state)?])?;
    }
    Ok(moved as u64)
}
