//! Passwords: from a file, the environment, systemd's credentials or a prompt; never from the command line.

use std::{
    fs,
    io::IsTerminal,
    path::{Path, PathBuf},
};

use secrecy::SecretString;
use thiserror::Error;

use super::{ServerSettings, Surroundings};
use crate::control::sample::Side;

/// Why there is no password.
#[derive(Debug, Error)]
pub enum SecretError {
    /// The file cannot be read.
    #[error("{side}: cannot read the password file {path}: {source}")]
    Unreadable {
        /// Whose password.
        side: Side,
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// It holds nothing.
    #[error("{side}: the password file {path} is empty")]
    Empty {
        /// Whose password.
        side: Side,
        /// Which file.
        path: String,
    },
    /// Nobody told it.
    #[error(
        "{side}: no password for {admin}; set `password_file` under [{side}], or ZMPACE_{}_PASSWORD, or start zmpace on a terminal",
        side.word().to_uppercase()
    )]
    Missing {
        /// Whose password.
        side: Side,
        /// The administrator.
        admin: String,
    },
}

/// The administrator's password for one side: `password_file`, then `$ZMPACE_<SIDE>_PASSWORD`, then
/// systemd's credential `<side>-password`, then a prompt when there is a terminal.
///
/// # Errors
/// See [`SecretError`].
pub fn password(
    side: Side,
    server: &ServerSettings,
    around: &Surroundings,
) -> Result<SecretString, SecretError> {
    if !server.password_file.is_empty() {
        return from_file(side, &server.password_file);
    }
    if let Some(value) = around.variable(&format!("ZMPACE_{}_PASSWORD", side.word().to_uppercase())) {
        return Ok(value.into());
    }
    if let Some(directory) = around.variable("CREDENTIALS_DIRECTORY") {
        let path = Path::new(directory).join(format!("{side}-password"));
        if path.exists() {
            return from_file(side, &path.to_string_lossy());
        }
    }
    let missing = || SecretError::Missing { side, admin: server.admin.clone() };
    if !std::io::stdin().is_terminal() {
        return Err(missing());
    }
    let typed = rpassword::prompt_password(format!("Password of {} ({side}): ", server.admin))
        .map_err(|_| missing())?;
    if typed.is_empty() { Err(missing()) } else { Ok(typed.into()) }
}

/// The file a side's password comes from, if it comes from one: only there can it be changed while a run lasts.
pub fn file(side: Side, server: &ServerSettings, around: &Surroundings) -> Option<PathBuf> {
    if !server.password_file.is_empty() {
        return Some(server.password_file.clone().into());
    }
    if around.variable(&format!("ZMPACE_{}_PASSWORD", side.word().to_uppercase())).is_some() {
        return None;
    }
    let path = Path::new(around.variable("CREDENTIALS_DIRECTORY")?).join(format!("{side}-password"));
    path.exists().then_some(path)
}

/// The password a file holds: its first line.
///
/// # Errors
/// See [`SecretError`].
pub fn from_file(side: Side, path: &str) -> Result<SecretString, SecretError> {
    let text = fs::read_to_string(path).map_err(|source| SecretError::Unreadable {
        side,
        path: path.to_owned(),
        source,
    })?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(line.into()),
        _ => Err(SecretError::Empty { side, path: path.to_owned() }),
    }
}
