//! What can go wrong between here and a machine's counters, each with the side and the next command to type.

use std::{io, path::PathBuf};

use super::{proc::ParseError, rates::Discard};
use crate::control::sample::Side;

/// Why a machine could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// No connection.
    #[error("{side}: cannot reach {host} port {port}: {source}; try: ssh -p {port} {host} true")]
    Unreachable {
        /// The side.
        side: Side,
        /// As configured.
        host: String,
        /// SSH port.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// The two ends could not agree on how to talk.
    #[error(
        "{side}: {host} port {port} did not complete the SSH handshake ({message}); see what it offers with: ssh -vv -p {port} {host} true"
    )]
    Handshake {
        /// The side.
        side: Side,
        /// As configured.
        host: String,
        /// SSH port.
        port: u16,
        /// What the SSH library said.
        message: String,
    },
    /// The known-hosts file says nothing about the host.
    #[error(
        "{side}: the host key of {host} port {port} ({fingerprint}) is not in {file}; compare it with `ssh-keygen -lf` on that host's /etc/ssh/ssh_host_*_key.pub, then add this line: {line}"
    )]
    UnknownHostKey {
        /// The side.
        side: Side,
        /// As configured.
        host: String,
        /// SSH port.
        port: u16,
        /// SHA-256 of the key as `ssh-keygen -l` prints it.
        fingerprint: String,
        /// The exact line to add.
        line: String,
        /// Where to add it.
        file: PathBuf,
    },
    /// The host shows another key than the one written down.
    #[error(
        "{side}: WARNING: THE HOST KEY OF {host} PORT {port} HAS CHANGED. It shows {fingerprint}, which is not the one in {file}: either the machine was reinstalled or somebody is listening in. Nothing was sent. If you know why, remove the old key with: ssh-keygen -f {file} -R {name}"
    )]
    ChangedHostKey {
        /// The side.
        side: Side,
        /// As configured.
        host: String,
        /// SSH port.
        port: u16,
        /// The host's name in the file.
        name: String,
        /// SHA-256 of the key shown.
        fingerprint: String,
        /// The known-hosts file.
        file: PathBuf,
    },
    /// The key is marked as stolen or withdrawn.
    #[error(
        "{side}: {host} port {port} shows a host key marked @revoked in {file} ({fingerprint}); refused. Look with: grep @revoked {file}"
    )]
    RevokedHostKey {
        /// The side.
        side: Side,
        /// As configured.
        host: String,
        /// SSH port.
        port: u16,
        /// SHA-256 of the key shown.
        fingerprint: String,
        /// The known-hosts file.
        file: PathBuf,
    },
    /// The known-hosts file exists and cannot be read.
    #[error("{side}: cannot read {file}: {source}; look with: ls -l {file}")]
    KnownHosts {
        /// The side.
        side: Side,
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A private key that does not open; the SSH library calls this an unsupported format.
    #[error(
        "{side}: the private key {file} for {host} does not open: {problem}; try: ssh-keygen -y -f {file}"
    )]
    Passphrase {
        /// The side.
        side: Side,
        /// As configured.
        host: String,
        /// The key file.
        file: PathBuf,
        /// Missing or wrong passphrase, in words.
        problem: &'static str,
    },
    /// The host let none of our keys in.
    #[error(
        "{side}: {user}@{host} port {port} let none of our keys in ({tried}); try: ssh-copy-id -p {port} {user}@{host}"
    )]
    Refused {
        /// The side.
        side: Side,
        /// As configured.
        host: String,
        /// SSH port.
        port: u16,
        /// As configured.
        user: String,
        /// Each key with what became of it.
        tried: String,
    },
    /// The connection or the remote loop ended.
    #[error("{side}: lost the channel to {host}: {message}; try: ssh -p {port} {host} cat /proc/loadavg")]
    Lost {
        /// The side.
        side: Side,
        /// As configured.
        host: String,
        /// SSH port.
        port: u16,
        /// What happened, with the first words the host said instead of counters.
        message: String,
    },
    /// A file of this machine could not be read.
    #[error("{side}: cannot read {file}: {source}; look with: ls -l {file}")]
    File {
        /// The side.
        side: Side,
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A watched path that cannot be passed to a shell or found on a mount.
    #[error(
        "{side}: {path:?} cannot be watched: it must be absolute and free of control characters; mend the watch list in the settings file"
    )]
    WatchedPath {
        /// The side.
        side: Side,
        /// The path.
        path: String,
    },
    /// The text makes no sense.
    #[error("{side}: {source}; look with: zmpace probe --json")]
    Text {
        /// The side.
        side: Side,
        /// Which line.
        source: ParseError,
    },
    /// Two readings that give no rates.
    #[error("{side}: reading discarded, {reason}; if it comes again, look with: zmpace probe")]
    Discarded {
        /// The side.
        side: Side,
        /// Why.
        reason: Discard,
    },
    /// The system gave us no thread.
    #[error("{side}: cannot start the probe's thread: {source}; look with: ulimit -u")]
    Thread {
        /// The side.
        side: Side,
        /// What the system said.
        source: io::Error,
    },
    /// The facts of this machine could not be read.
    #[error("host: cannot read what this machine is made of: {message}; look with: ls -l /proc")]
    Facts {
        /// What the library said.
        message: String,
    },
}

impl ProbeError {
    /// Whether the connection must be made anew; otherwise the next reading may do.
    #[must_use]
    pub const fn ends_connection(&self) -> bool {
        !matches!(self, Self::Text { .. } | Self::Discarded { .. } | Self::File { .. })
    }

    /// Whether only a person can mend it: waiting alone will not.
    #[must_use]
    pub const fn needs_operator(&self) -> bool {
        matches!(
            self,
            Self::UnknownHostKey { .. }
                | Self::ChangedHostKey { .. }
                | Self::RevokedHostKey { .. }
                | Self::KnownHosts { .. }
                | Self::Passphrase { .. }
                | Self::Refused { .. }
                | Self::WatchedPath { .. }
        )
    }
}
