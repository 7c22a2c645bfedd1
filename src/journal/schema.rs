//! The journal's file: its lock, its settings, its tables and their version.
//!
//! Sources: SQLite's documents `pragma.html`, `wal.html` and `lang_upsert.html`. `synchronous=FULL` is what
//! covers a power cut; a migration makes only a few commits per mailbox. Never put the file on NFS.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::JournalError;

/// Layout written here; raised with each change of the tables.
pub(super) const LAYOUT: u32 = 2;

/// Longer than anyone looks whether the lock is held.
const GLANCE: Duration = Duration::from_millis(20);

const TABLES: &str = "
CREATE TABLE runs (
  id            INTEGER PRIMARY KEY,
  started_ms    INTEGER NOT NULL,
  ended_ms      INTEGER,
  ending        TEXT,
  settings_json TEXT NOT NULL,
  version       TEXT NOT NULL
);
CREATE TABLE accounts (
  id             INTEGER PRIMARY KEY,
  source         TEXT NOT NULL UNIQUE,
  target         TEXT NOT NULL,
  bytes          INTEGER NOT NULL,
  source_id      TEXT,
  mail_host      TEXT,
  state          TEXT NOT NULL,
  attempts       INTEGER NOT NULL DEFAULT 0,
  items          INTEGER NOT NULL DEFAULT 0,
  moved_bytes    INTEGER NOT NULL DEFAULT 0,
  baseline_items INTEGER,
  cause_code     TEXT,
  cause          TEXT,
  next           TEXT,
  updated_ms     INTEGER
);
CREATE TABLE attempts (
  account     INTEGER NOT NULL,
  run         INTEGER NOT NULL,
  n           INTEGER NOT NULL,
  started_ms  INTEGER NOT NULL,
  ended_ms    INTEGER,
  outcome     TEXT,
  items       INTEGER NOT NULL DEFAULT 0,
  bytes       INTEGER NOT NULL DEFAULT 0,
  differences INTEGER NOT NULL DEFAULT 0,
  active_s    REAL NOT NULL DEFAULT 0,
  code        TEXT,
  cause       TEXT,
  source_items      INTEGER NOT NULL DEFAULT 0,
  destination_items INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account, run, n)
) WITHOUT ROWID;
CREATE INDEX attempts_by_run ON attempts (run);
CREATE TABLE events (
  run        INTEGER NOT NULL,
  seq        INTEGER NOT NULL,
  elapsed_ns INTEGER NOT NULL,
  wall_ms    INTEGER NOT NULL,
  event      TEXT NOT NULL,
  actions    TEXT NOT NULL,
  PRIMARY KEY (run, seq)
);
CREATE TABLE decisions (
  run        INTEGER NOT NULL,
  seq        INTEGER NOT NULL,
  n          INTEGER NOT NULL,
  at_s       REAL NOT NULL,
  limit_from INTEGER NOT NULL,
  limit_to   INTEGER NOT NULL,
  side       TEXT,
  resource   TEXT,
  reason     TEXT NOT NULL,
  record     TEXT NOT NULL,
  PRIMARY KEY (run, seq, n)
) WITHOUT ROWID;
CREATE TABLE notes (
  account INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  text    TEXT NOT NULL
);
CREATE INDEX notes_by_account ON notes (account, attempt);
CREATE TABLE minutes (
  run    INTEGER NOT NULL,
  at_ms  INTEGER NOT NULL,
  minute TEXT NOT NULL,
  PRIMARY KEY (run, at_ms)
) WITHOUT ROWID;
CREATE TABLE findings (
  run     INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL,
  finding TEXT NOT NULL
);
";

/// What layout 2 added: mailboxes verified after an attempt that broke and not looked at since, with what both sides
/// held then.
const DOUBTS: &str = "
CREATE TABLE doubts (
  account INTEGER PRIMARY KEY,
  held    TEXT NOT NULL
);
";

/// Takes the lock of the folder, which it creates if need be. The lock lives as long as the file is open, so a
/// killed process leaves none behind.
pub(super) fn lock(dir: &Path) -> Result<File, JournalError> {
    let failed = |error| JournalError::file(dir, &error);
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(failed)?;
    let mut file = private(&lock_in(dir)).map_err(failed)?;
    let mut held = file.try_lock();
    if matches!(held, Err(TryLockError::WouldBlock)) {
        // It may be no run but the glance of `is_held`, which is over at once.
        thread::sleep(GLANCE);
        held = file.try_lock();
    }
    match held {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            // The holder's number is a courtesy: without it the refusal stands all the same.
            let _ = file.read_to_string(&mut text);
            return Err(JournalError::Locked { dir: dir.to_owned(), pid: text.trim().parse().ok() });
        }
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    file.set_len(0).map_err(failed)?;
    writeln!(file, "{}", std::process::id()).map_err(failed)?;
    Ok(file)
}

/// Whether a run holds the lock of the folder at this moment.
pub(super) fn is_held(dir: &Path) -> bool {
    let Ok(file) = File::open(lock_in(dir)) else { return false };
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// Opens or creates a file that only its owner may read.
fn private(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

/// Creates the file if it is missing; SQLite gives its companions the same mode. One that exists is not even
/// opened: closing it again would drop the locks that a reader in this process holds on it.
fn create_private(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        created => created.map(drop),
    }
}

fn lock_in(dir: &Path) -> PathBuf {
    dir.join("zmpace.lock")
}

fn file_in(dir: &Path) -> PathBuf {
    dir.join("journal.sqlite")
}

/// The one writer. The lock must be held.
pub(super) fn writer(dir: &Path) -> Result<Connection, JournalError> {
    let path = file_in(dir);
    create_private(&path).map_err(|error| JournalError::file(dir, &error))?;
    let failed = |error: rusqlite::Error| JournalError::sqlite(dir, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(&path, flags).map_err(failed)?;
    // The layout comes first: a newer file must not be touched at all.
    let found = layout(&connection).map_err(failed)?;
    if found > LAYOUT {
        return Err(JournalError::Newer { dir: dir.to_owned(), found, known: LAYOUT });
    }
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0)).map_err(failed)?;
    if mode != "wal" {
        let message = format!("its file system cannot share memory between processes (journal mode {mode})");
        return Err(JournalError::Io { dir: dir.to_owned(), message });
    }
    connection
        .execute_batch(
            "PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; PRAGMA journal_size_limit=67108864;",
        )
        .map_err(failed)?;
    let missing: &[&str] = match found {
        0 => &[TABLES, DOUBTS],
        1 => &[DOUBTS],
        _ => &[],
    };
    if !missing.is_empty() {
        create(&mut connection, missing).map_err(failed)?;
    }
    Ok(connection)
}

/// Someone who looks on while the writer works.
pub(super) fn reader(dir: &Path) -> Result<Connection, JournalError> {
    let path = file_in(dir);
    match fs::metadata(&path) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(JournalError::Absent { dir: dir.to_owned() });
        }
        Err(error) => return Err(JournalError::file(dir, &error)),
    }
    let failed = |error: rusqlite::Error| JournalError::sqlite(dir, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&path, flags).map_err(failed)?;
    match layout(&connection).map_err(failed)? {
        0 => Err(JournalError::Absent { dir: dir.to_owned() }),
        // An older one is brought up to date by the next run; until then it lacks what it has no rows for.
        1..=LAYOUT => Ok(connection),
        found => Err(JournalError::Newer { dir: dir.to_owned(), found, known: LAYOUT }),
    }
}

pub(super) fn layout(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// The missing tables and the layout number in one transaction: a kill in between leaves the file as it was.
fn create(connection: &mut Connection, missing: &[&str]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for tables in missing {
        transaction.execute_batch(tables)?;
    }
    transaction.pragma_update(None, "user_version", LAYOUT)?;
    transaction.commit()
}
