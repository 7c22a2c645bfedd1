//! The one writer: what happened, what it led to and where each account stands, made durable together.

use std::{
    collections::HashMap,
    fs::File,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::{
    JournalError, PlanRow, Reader, RunId,
    deeds::{Line, carry, finish, looked, move_states, set_cause, set_state, write_line},
    rows::{int, to_json, unsigned, word},
    schema,
};
use crate::control::{
    Moment,
    event::{AccountId, AccountState, Action, Ending, Event, Failure},
    finding::Finding,
    view::Minute,
};

/// Events that may wait for company before they are written.
const MOST_WAITING: usize = 200;
/// The journal, open for writing. Dropping it without a word is as good as a kill: only waiting events, which
/// decide nothing, are lost; [`Journal::close`] keeps those too.
pub struct Journal {
    reader: Reader,
    waiting: Vec<Line>,
    /// Counters of the mailboxes in flight, for attempts that end without a receipt.
    progress: HashMap<AccountId, (u64, u64)>,
    dir: PathBuf,
    _lock: File,
}

impl Journal {
    /// Opens the journal in a folder, creating both if need be, and takes its lock.
    ///
    /// # Errors
    /// [`JournalError::Locked`] while another run holds it, [`JournalError::Newer`] for a layout from the
    /// future, or what the system said.
    pub fn open(dir: &Path) -> Result<Self, JournalError> {
        let lock = schema::lock(dir)?;
        let connection = schema::writer(dir)?;
        Ok(Self {
            reader: Reader::over(connection, dir),
            waiting: Vec::new(),
            progress: HashMap::new(),
            dir: dir.to_owned(),
            _lock: lock,
        })
    }

    /// Opens the journal for reading, also beside a running writer.
    ///
    /// # Errors
    /// [`JournalError::Absent`] when there is none, else as for [`Journal::open`].
    pub fn read(dir: &Path) -> Result<Reader, JournalError> {
        Ok(Reader::over(schema::reader(dir)?, dir))
    }

    /// Whether a run holds the journal in a folder at this moment. The answer may be old by the time it is
    /// used: good for telling people, not for deciding.
    #[must_use]
    pub fn is_held(dir: &Path) -> bool {
        schema::is_held(dir)
    }

    /// Reads through the writer's own connection. Events that still wait are not in it; all else is.
    #[must_use]
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Writes down that a run begins. The settings must hold no secrets.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn begin_run(
        &mut self,
        at: Moment,
        settings_json: &str,
        version: &str,
    ) -> Result<RunId, JournalError> {
        self.transact(|transaction| {
            transaction.execute(
                "INSERT INTO runs (started_ms, settings_json, version) VALUES (?1, ?2, ?3)",
                params![at.wall_ms, settings_json, version],
            )?;
            Ok(RunId(transaction.last_insert_rowid()))
        })
    }

    /// Writes down why a run ends, with all that waited.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn end_run(&mut self, run: RunId, at: Moment, ending: Ending) -> Result<(), JournalError> {
        self.transact(|transaction| {
            transaction.execute(
                "UPDATE runs SET ended_ms = ?2, ending = ?3 WHERE id = ?1",
                params![run.0, at.wall_ms, to_json(&ending)?],
            )?;
            Ok(())
        })
    }

    /// Keeps what a benchmark found, for the report of this run and of later ones.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn keep_finding(&mut self, run: RunId, at: Moment, finding: &Finding) -> Result<(), JournalError> {
        self.transact(|transaction| {
            transaction.execute(
                "INSERT INTO findings (run, wall_ms, finding) VALUES (?1, ?2, ?3)",
                params![run.0, at.wall_ms, to_json(finding)?],
            )?;
            Ok(())
        })
    }

    /// Keeps where the run stands at this minute, with all that waited.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn keep_minute(&mut self, run: RunId, minute: &Minute) -> Result<(), JournalError> {
        self.transact(|transaction| {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO minutes (run, at_ms, minute) VALUES (?1, ?2, ?3)")?
                .execute(params![run.0, (minute.at_s * 1000.0) as i64, to_json(minute)?])?;
            Ok(())
        })
    }

    /// Makes accounts known, all or none. One that is known keeps its number and state; one that is finished
    /// is not touched at all. An unfinished one whose target changed loses its baseline, which was the old
    /// target's. Returns how many are new.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn enrol(&mut self, plan: impl IntoIterator<Item = PlanRow>) -> Result<u64, JournalError> {
        self.transact(|transaction| {
            let count = "SELECT count(*) FROM accounts";
            let before = transaction.query_row(count, [], |row| unsigned(row, 0))?;
            let mut upsert = transaction.prepare(
                "INSERT INTO accounts (source, target, bytes, source_id, mail_host, state)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (source) DO UPDATE SET
                   baseline_items = CASE WHEN target = excluded.target THEN baseline_items END,
                   target = excluded.target, bytes = excluded.bytes,
                   source_id = excluded.source_id, mail_host = excluded.mail_host
                 WHERE state NOT IN (?7, ?8)
                   AND (target, bytes, source_id, mail_host)
                       IS NOT (excluded.target, excluded.bytes, excluded.source_id, excluded.mail_host)",
            )?;
            let waiting = word(&AccountState::Waiting)?;
            let (verified, empty) = (word(&AccountState::Verified)?, word(&AccountState::Empty)?);
            for row in plan {
                upsert.execute(params![
                    row.source,
                    row.target,
                    int(row.bytes),
                    row.source_id,
                    row.mail_host,
                    waiting,
                    verified,
                    empty
                ])?;
            }
            drop(upsert);
            let after = transaction.query_row(count, [], |row| unsigned(row, 0))?;
            Ok(after - before)
        })
    }

    /// Puts accounts that a killed run left in flight back to waiting and closes their attempts as
    /// interrupted; the attempts still count. Returns how many.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn recover(&mut self, at: Moment) -> Result<u64, JournalError> {
        self.progress.clear();
        self.transact(|transaction| {
            transaction.execute("UPDATE attempts SET outcome = 'interrupted' WHERE outcome IS NULL", [])?;
            move_states(transaction, at, &[AccountState::InFlight])
        })
    }

    /// Puts accounts in one of these states back to waiting, to be tried anew. Returns how many.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn reopen(&mut self, at: Moment, states: &[AccountState]) -> Result<u64, JournalError> {
        self.transact(|transaction| move_states(transaction, at, states))
    }

    /// Writes down an account's state outside a run's events, such as a destination account that is missing.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn record(
        &mut self,
        at: Moment,
        account: AccountId,
        state: AccountState,
        cause: Option<&Failure>,
    ) -> Result<(), JournalError> {
        self.transact(|transaction| {
            set_state(transaction, at, account, state)?;
            cause.map_or(Ok(()), |failure| set_cause(transaction, account, failure))
        })
    }

    /// Writes down how many items the destination held before the first import ever. Later calls change
    /// nothing: after an import the count is no longer that.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn set_baseline(&mut self, account: AccountId, items: u64) -> Result<(), JournalError> {
        self.transact(|transaction| {
            transaction
                .prepare_cached(
                    "UPDATE accounts SET baseline_items = ?2 WHERE id = ?1 AND baseline_items IS NULL",
                )?
                .execute(params![account.0, int(items)])?;
            Ok(())
        })
    }

    /// The count written down by [`Journal::set_baseline`].
    ///
    /// # Errors
    /// What SQLite said.
    pub fn baseline(&self, account: AccountId) -> Result<Option<u64>, JournalError> {
        self.reader.baseline(account)
    }

    /// Writes down an event and what it led to. When that decides anything (a start, a state, a decision, an
    /// end), it is durable on return, together with all that waited and with the accounts and attempts it
    /// concerns; the rest may wait for [`Journal::flush`]. Ticks are kept
    /// too: averages move with them, and a replay needs the same.
    ///
    /// # Errors
    /// What SQLite said. The event is then not in the journal and nothing it led to may be carried out.
    pub fn append(
        &mut self,
        run: RunId,
        seq: u64,
        at: Moment,
        event: &Event,
        actions: &[Action],
    ) -> Result<(), JournalError> {
        let line = self.line(run, seq, at, event, actions)?;
        if let Event::Progress(workers) = event {
            self.progress.extend(workers.iter().map(|worker| (worker.account, (worker.items, worker.bytes))));
        }
        if !decides(event, actions) {
            self.waiting.push(line);
            return if self.waiting.len() >= MOST_WAITING { self.flush() } else { Ok(()) };
        }
        let done = match event {
            Event::Finished { account, .. } => self.progress.get(account).copied().unwrap_or_default(),
            _ => (0, 0),
        };
        self.transact(|transaction| {
            write_line(transaction, &line)?;
            if let Event::Finished { account, outcome } = event {
                finish(transaction, at, *account, outcome, done)?;
            }
            if let Event::Looked { account, sight } = event {
                looked(transaction, *account, sight)?;
            }
            for (n, action) in actions.iter().enumerate() {
                carry(transaction, &line, n, action)?;
            }
            Ok(())
        })?;
        if let Event::Finished { account, .. } = event {
            self.progress.remove(account);
        }
        Ok(())
    }

    /// Makes all that waits durable.
    ///
    /// # Errors
    /// What SQLite said; what waits goes on waiting.
    pub fn flush(&mut self) -> Result<(), JournalError> {
        if self.waiting.is_empty() { Ok(()) } else { self.transact(|_| Ok(())) }
    }

    /// Makes all that waits durable and gives the lock back.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn close(mut self) -> Result<(), JournalError> {
        self.flush()
    }

    /// The connection, for tests that must bring SQLite into trouble.
    #[cfg(test)]
    pub(super) fn connection(&mut self) -> &mut Connection {
        self.reader.connection_mut()
    }

    fn line(
        &self,
        run: RunId,
        seq: u64,
        at: Moment,
        event: &Event,
        actions: &[Action],
    ) -> Result<Line, JournalError> {
        let failed = |error: rusqlite::Error| JournalError::sqlite(&self.dir, &error);
        let event = to_json(event).map_err(failed)?;
        let actions = to_json(actions).map_err(failed)?;
        Ok(Line { run, seq, at, event, actions })
    }

    /// One durable transaction: first what waits, then `work`. Whatever fails, nothing of it is in the file.
    fn transact<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, JournalError> {
        let done = commit(self.reader.connection_mut(), &self.waiting, work)
            .map_err(|error| JournalError::sqlite(&self.dir, &error))?;
        self.waiting.clear();
        Ok(done)
    }
}

fn commit<T>(
    connection: &mut Connection,
    waiting: &[Line],
    work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for line in waiting {
        write_line(&transaction, line)?;
    }
    let done = work(&transaction)?;
    transaction.commit()?;
    Ok(done)
}

/// Whether the world changes by it, so that it must be on disk before anything is carried out.
fn decides(event: &Event, actions: &[Action]) -> bool {
    matches!(event, Event::Finished { .. } | Event::Looked { .. })
        || actions.iter().any(|action| {
            matches!(
                action,
                Action::Start { .. } | Action::Record { .. } | Action::Decide(_) | Action::Finish(_)
            )
        })
}
