//! Looking into the journal: accounts, counts, failures, runs, decisions, and the events for a replay.

use std::{
    collections::{HashMap, VecDeque},
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{
    AccountRow, AttemptRow, Cause, DecisionRow, FailureRow, JournalError, Recorded, RunId, RunRow,
    StateCount, Summary,
    rows::{int, json, unsigned, variant, word},
    schema,
};
use crate::control::{
    Moment,
    event::{AccountId, AccountState, Held},
    finding::Finding,
    view::Minute,
};

/// Events fetched at a time.
const PAGE: i64 = 512;

/// Someone who looks on. Each call sees the journal as it is at that moment.
pub struct Reader {
    connection: Connection,
    dir: PathBuf,
}

impl Reader {
    pub(super) fn over(connection: Connection, dir: &Path) -> Self {
        Self { connection, dir: dir.to_owned() }
    }

    pub(super) fn connection_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// All accounts in the order of their numbers.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn load_accounts(&self) -> Result<Vec<AccountRow>, JournalError> {
        let mut accounts = Vec::new();
        self.each_account(|row| accounts.push(row))?;
        Ok(accounts)
    }

    /// The same one by one, for those who need not hold a million.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn each_account(&self, mut each: impl FnMut(AccountRow)) -> Result<(), JournalError> {
        self.asked(|connection| {
            let mut statement = connection.prepare(
                "SELECT id, source, target, bytes, source_id, mail_host, state, attempts, items, moved_bytes,
                        baseline_items, cause_code, cause, next
                 FROM accounts ORDER BY id",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                each(account(row)?);
            }
            Ok(())
        })
    }

    /// Items the destination held before the first import ever; `None` until counted.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn baseline(&self, account: AccountId) -> Result<Option<u64>, JournalError> {
        self.asked(|connection| {
            let found: Option<Option<i64>> = connection
                .prepare_cached("SELECT baseline_items FROM accounts WHERE id = ?1")?
                .query_row(params![account.0], |row| row.get(0))
                .optional()?;
            Ok(found.flatten().map(i64::unsigned_abs))
        })
    }

    /// What source and destination held after the last attempt of each account that ended with a receipt.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn held_afterwards(&self) -> Result<HashMap<AccountId, (u64, u64)>, JournalError> {
        let mut held = HashMap::new();
        self.each_attempt(|attempt| {
            if attempt.outcome.as_deref() == Some("moved") {
                held.insert(attempt.account, (attempt.source_items, attempt.destination_items));
            }
        })?;
        Ok(held)
    }

    /// Accounts verified after an attempt that broke and not looked at since, with what both sides held then.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn doubts(&self) -> Result<HashMap<AccountId, Held>, JournalError> {
        self.asked(|connection| {
            if schema::layout(connection)? < 2 {
                return Ok(HashMap::new());
            }
            connection
                .prepare("SELECT account, held FROM doubts")?
                .query_map([], |row| Ok((AccountId(row.get(0)?), json(1, row.get_ref(1)?.as_str()?)?)))?
                .collect()
        })
    }

    /// How many accounts stand where; states nobody is in are left out.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn counts(&self) -> Result<Vec<StateCount>, JournalError> {
        self.asked(counts)
    }

    /// Accounts that failed or are incomplete, in the order of their numbers, each with its cause.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn failures(&self) -> Result<Vec<FailureRow>, JournalError> {
        self.asked(|connection| {
            let mut notes = connection.prepare(
                "SELECT text FROM notes
                 WHERE account = ?1 AND attempt = (SELECT max(attempt) FROM notes WHERE account = ?1)
                 ORDER BY rowid",
            )?;
            let mut statement = connection.prepare(
                "SELECT id, source, target, bytes, source_id, mail_host, state, attempts, items, moved_bytes,
                        baseline_items, cause_code, cause, next
                 FROM accounts WHERE state IN (?1, ?2) ORDER BY id",
            )?;
            let (failed, incomplete) = (word(&AccountState::Failed)?, word(&AccountState::Incomplete)?);
            let mut rows = statement.query(params![failed, incomplete])?;
            let mut failures = Vec::new();
            while let Some(row) = rows.next()? {
                let AccountRow { id, source, target, state, attempts, cause, .. } = account(row)?;
                let notes = notes
                    .query_map(params![id.0], |row| row.get(0))?
                    .collect::<rusqlite::Result<Vec<String>>>()?;
                failures.push(FailureRow { id, source, target, state, attempts, cause, notes });
            }
            Ok(failures)
        })
    }

    /// The newest run; `None` before the first.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn last_run(&self) -> Result<Option<RunRow>, JournalError> {
        self.asked(|connection| {
            connection
                .query_row(
                    "SELECT id, started_ms, ended_ms, ending, settings_json, version
                     FROM runs ORDER BY id DESC LIMIT 1",
                    [],
                    run,
                )
                .optional()
        })
    }

    /// What a run did; `None` when there is no such run.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn summary(&self, id: RunId) -> Result<Option<Summary>, JournalError> {
        self.asked(|connection| summary(connection, id))
    }

    /// A run's decisions, oldest first.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn decisions(&self, run: RunId) -> Result<Vec<DecisionRow>, JournalError> {
        self.asked(|connection| {
            connection
                .prepare(
                    "SELECT seq, at_s, limit_from, limit_to, side, resource, reason, record
                     FROM decisions WHERE run = ?1 ORDER BY seq, n",
                )?
                .query_map(params![run.0], decision)?
                .collect()
        })
    }

    /// All runs, oldest first.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn runs(&self) -> Result<Vec<RunRow>, JournalError> {
        self.asked(|connection| {
            connection
                .prepare(
                    "SELECT id, started_ms, ended_ms, ending, settings_json, version FROM runs ORDER BY id",
                )?
                .query_map([], run)?
                .collect()
        })
    }

    /// A run's minutes one by one, oldest first.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn each_minute(&self, run: RunId, mut each: impl FnMut(Minute)) -> Result<(), JournalError> {
        self.asked(|connection| {
            let mut statement =
                connection.prepare("SELECT minute FROM minutes WHERE run = ?1 ORDER BY at_ms")?;
            let mut rows = statement.query(params![run.0])?;
            while let Some(row) = rows.next()? {
                each(json(0, row.get_ref(0)?.as_str()?)?);
            }
            Ok(())
        })
    }

    /// All attempts of all runs one by one, by account and in the order they were made.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn each_attempt(&self, mut each: impl FnMut(AttemptRow)) -> Result<(), JournalError> {
        self.asked(|connection| {
            let mut statement = connection.prepare(
                "SELECT account, run, n, started_ms, ended_ms, outcome, items, bytes, differences, active_s, code,
                        source_items, destination_items
                 FROM attempts ORDER BY account, run, n",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                each(attempt(row)?);
            }
            Ok(())
        })
    }

    /// What benchmarks found, oldest first, with the run and the wall clock in milliseconds.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn findings(&self) -> Result<Vec<(RunId, i64, Finding)>, JournalError> {
        self.asked(|connection| {
            connection
                .prepare("SELECT run, wall_ms, finding FROM findings ORDER BY rowid")?
                .query_map([], |row| {
                    Ok((RunId(row.get(0)?), row.get(1)?, json(2, row.get_ref(2)?.as_str()?)?))
                })?
                .collect()
        })
    }

    /// A run's events in order, read a page at a time, for a replay.
    #[must_use]
    pub fn events(&self, run: RunId) -> Events<'_> {
        Events { reader: self, run, after: -1, page: VecDeque::new(), ended: false }
    }

    fn asked<T>(&self, question: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, JournalError> {
        question(&self.connection).map_err(|error| JournalError::sqlite(&self.dir, &error))
    }
}

/// A run's events; after an error there are no more.
pub struct Events<'a> {
    reader: &'a Reader,
    run: RunId,
    after: i64,
    page: VecDeque<Recorded>,
    ended: bool,
}

impl Iterator for Events<'_> {
    type Item = Result<Recorded, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.page.is_empty() && !self.ended {
            let (run, after) = (self.run, self.after);
            match self.reader.asked(|connection| page(connection, run, after)) {
                Ok(page) => {
                    self.ended = page.is_empty();
                    self.page = page;
                }
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
        let recorded = self.page.pop_front()?;
        self.after = int(recorded.seq);
        Some(Ok(recorded))
    }
}

fn page(connection: &Connection, run: RunId, after: i64) -> rusqlite::Result<VecDeque<Recorded>> {
    connection
        .prepare_cached(
            "SELECT seq, elapsed_ns, wall_ms, event, actions FROM events
             WHERE run = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
        )?
        .query_map(params![run.0, after, PAGE], recorded)?
        .collect()
}

fn recorded(row: &Row<'_>) -> rusqlite::Result<Recorded> {
    Ok(Recorded {
        seq: unsigned(row, 0)?,
        at: Moment { elapsed: Duration::from_nanos(unsigned(row, 1)?), wall_ms: row.get(2)? },
        event: json(3, row.get_ref(3)?.as_str()?)?,
        actions: json(4, row.get_ref(4)?.as_str()?)?,
    })
}

fn account(row: &Row<'_>) -> rusqlite::Result<AccountRow> {
    let code: Option<String> = row.get(11)?;
    let cause = match code {
        Some(code) => Some(Cause { code, cause: text(row, 12)?, next: text(row, 13)? }),
        None => None,
    };
    Ok(AccountRow {
        id: AccountId(row.get(0)?),
        source: row.get(1)?,
        target: row.get(2)?,
        bytes: unsigned(row, 3)?,
        source_id: row.get(4)?,
        mail_host: row.get(5)?,
        state: variant(6, row.get_ref(6)?.as_str()?)?,
        attempts: row.get(7)?,
        items: unsigned(row, 8)?,
        moved_bytes: unsigned(row, 9)?,
        baseline_items: row.get::<_, Option<i64>>(10)?.map(i64::unsigned_abs),
        cause,
    })
}

fn attempt(row: &Row<'_>) -> rusqlite::Result<AttemptRow> {
    Ok(AttemptRow {
        account: AccountId(row.get(0)?),
        run: RunId(row.get(1)?),
        n: row.get(2)?,
        started_ms: row.get(3)?,
        ended_ms: row.get(4)?,
        outcome: row.get(5)?,
        items: unsigned(row, 6)?,
        bytes: unsigned(row, 7)?,
        differences: unsigned(row, 8)?,
        active_s: row.get(9)?,
        code: row.get(10)?,
        source_items: unsigned(row, 11)?,
        destination_items: unsigned(row, 12)?,
    })
}

/// Text that may be missing, which is as good as empty.
fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(row.get::<_, Option<String>>(column)?.unwrap_or_default())
}

fn run(row: &Row<'_>) -> rusqlite::Result<RunRow> {
    let ending: Option<String> = row.get(3)?;
    Ok(RunRow {
        id: RunId(row.get(0)?),
        started_ms: row.get(1)?,
        ended_ms: row.get(2)?,
        ending: ending.as_deref().map(|text| json(3, text)).transpose()?,
        settings_json: row.get(4)?,
        version: row.get(5)?,
    })
}

fn decision(row: &Row<'_>) -> rusqlite::Result<DecisionRow> {
    let (side, resource): (Option<String>, Option<String>) = (row.get(4)?, row.get(5)?);
    Ok(DecisionRow {
        seq: unsigned(row, 0)?,
        at_s: row.get(1)?,
        from: row.get(2)?,
        to: row.get(3)?,
        side: side.as_deref().map(|word| variant(4, word)).transpose()?,
        resource: resource.as_deref().map(|word| variant(5, word)).transpose()?,
        reason: row.get(6)?,
        decision: json(7, row.get_ref(7)?.as_str()?)?,
    })
}

fn counts(connection: &Connection) -> rusqlite::Result<Vec<StateCount>> {
    connection
        .prepare("SELECT state, count(*), total(bytes) FROM accounts GROUP BY state ORDER BY min(id)")?
        .query_map([], |row| {
            // A sum in floating point, as one in integers may overflow and then is an error.
            let bytes: f64 = row.get(2)?;
            let state = variant(0, row.get_ref(0)?.as_str()?)?;
            Ok(StateCount { state, accounts: unsigned(row, 1)?, bytes: bytes as u64 })
        })?
        .collect()
}

fn summary(connection: &Connection, id: RunId) -> rusqlite::Result<Option<Summary>> {
    let found = connection
        .query_row(
            "SELECT id, started_ms, ended_ms, ending, settings_json, version FROM runs WHERE id = ?1",
            params![id.0],
            run,
        )
        .optional()?;
    let Some(run) = found else { return Ok(None) };
    let states = counts(connection)?;
    let limits = connection.query_row(
        "SELECT count(*), min(limit_to), max(limit_to),
                (SELECT limit_to FROM decisions WHERE run = ?1 ORDER BY seq DESC, n DESC LIMIT 1)
         FROM decisions WHERE run = ?1",
        params![id.0],
        |row| Ok((unsigned(row, 0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    let (decisions, limit_min, limit_max, limit_final) = limits;
    connection
        .query_row(
            "SELECT count(*), total(items), total(bytes), total(differences), total(active_s),
                    min(started_ms), max(ended_ms)
             FROM attempts WHERE run = ?1",
            params![id.0],
            |row| {
                let sum = |column: usize| row.get::<_, f64>(column).map(|sum| sum as u64);
                Ok(Summary {
                    run,
                    states,
                    attempts: unsigned(row, 0)?,
                    items: sum(1)?,
                    bytes: sum(2)?,
                    differences: sum(3)?,
                    active_s: row.get(4)?,
                    first_start_ms: row.get(5)?,
                    last_end_ms: row.get(6)?,
                    decisions,
                    limit_min,
                    limit_max,
                    limit_final,
                })
            },
        )
        .map(Some)
}
