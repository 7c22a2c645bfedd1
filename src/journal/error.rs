//! What can go wrong with the journal, each with the folder and the next command to type.

use std::{
    io,
    path::{Path, PathBuf},
};

use rusqlite::{ErrorCode, ffi};

/// Why the journal could not be opened, written or read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Another run holds the journal.
    #[error(
        "another run is using the journal in {dir}{holder}; watch it with: zmpace status, or wait until it ends",
        holder = .pid.map_or_else(String::new, |pid| format!(" (process {pid})"))
    )]
    Locked {
        /// The journal's folder.
        dir: PathBuf,
        /// The other run's process, if it wrote it down.
        pid: Option<u32>,
    },
    /// No space left. What was committed before is safe.
    #[error(
        "no space left for the journal in {dir}; nothing in it is damaged. Make room (see: df -h {dir}) and start again"
    )]
    Full {
        /// The journal's folder.
        dir: PathBuf,
    },
    /// The file is damaged or is no journal.
    #[error(
        "the journal in {dir} cannot be understood: {message}; set it aside with: mv {dir} {dir}.bad, and start again: finished mailboxes are recognised on the destination"
    )]
    Corrupt {
        /// The journal's folder.
        dir: PathBuf,
        /// What SQLite or the decoder said.
        message: String,
    },
    /// The system refused a file operation.
    #[error("the journal in {dir} cannot be used: {message}; look with: ls -ld {dir} {dir}/*")]
    Io {
        /// The journal's folder.
        dir: PathBuf,
        /// What the system said.
        message: String,
    },
    /// Written by a newer zmpace.
    #[error(
        "the journal in {dir} has layout {found}, this zmpace knows {known}; use the newer zmpace that wrote it (see: zmpace --version)"
    )]
    Newer {
        /// The journal's folder.
        dir: PathBuf,
        /// Layout of the file.
        found: u32,
        /// Newest layout known here.
        known: u32,
    },
    /// There is nothing to read.
    #[error("there is no journal in {dir}; start one with: zmpace run")]
    Absent {
        /// The folder looked into.
        dir: PathBuf,
    },
}

/// Whether it was writing or growing a file that failed.
fn is_failed_write(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| {
        matches!(error.extended_code, ffi::SQLITE_IOERR_WRITE | ffi::SQLITE_IOERR_SHMSIZE)
    })
}

impl JournalError {
    /// Translates SQLite's word into what an operator can act on.
    pub(super) fn sqlite(dir: &Path, error: &rusqlite::Error) -> Self {
        let dir = dir.to_owned();
        let message = error.to_string();
        match error.sqlite_error_code() {
            // SQLite calls only one of the system's words "full"; a quota, a size limit, or no room for the
            // shared memory file are failed writes to it.
            Some(code) if code == ErrorCode::DiskFull || is_failed_write(error) => Self::Full { dir },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { dir, pid: None },
            // None is not SQLite's own: a value that is not what the layout promises.
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) | None => {
                Self::Corrupt { dir, message }
            }
            Some(_) => Self::Io { dir, message },
        }
    }

    /// The same for a file operation.
    pub(super) fn file(dir: &Path, error: &io::Error) -> Self {
        let dir = dir.to_owned();
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { dir },
            _ => Self::Io { dir, message: error.to_string() },
        }
    }
}
