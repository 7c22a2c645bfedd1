//! What can go wrong between two mail servers: which side, what kind of retry helps, what to type next.

use std::{io, time::Duration};

use thiserror::Error;

use crate::control::{
    code::Code,
    event::{Failure, Retry},
    sample::Side,
};

/// Why a request or a mailbox failed. No variant ever holds a password or a token.
#[derive(Debug, Error)]
pub enum MoveError {
    /// No connection, or it broke outside a transfer.
    #[error("{side}: cannot reach {host}: {cause}")]
    Unreachable {
        /// The server.
        side: Side,
        /// Its host and port.
        host: String,
        /// The network's words.
        cause: String,
    },
    /// The certificate is not trusted.
    #[error(
        "{side}: the certificate of {host} is not trusted ({cause}); its SHA-256 fingerprint is {fingerprint}"
    )]
    Untrusted {
        /// The server.
        side: Side,
        /// Its host and port.
        host: String,
        /// Why.
        cause: String,
        /// SHA-256 of the certificate it showed.
        fingerprint: String,
    },
    /// The administrator was refused.
    #[error("{side}: sign-in of {admin} was refused: {cause}")]
    SignIn {
        /// The server.
        side: Side,
        /// Who tried.
        admin: String,
        /// The server's words.
        cause: String,
    },
    /// The token ran out, or the server says so.
    #[error("{side}: the admin token is no longer accepted")]
    TokenRefused {
        /// The server.
        side: Side,
    },
    /// A SOAP fault.
    #[error("{side}: {request} was answered by {code}: {reason}")]
    Fault {
        /// The server.
        side: Side,
        /// The request's name.
        request: String,
        /// Such as `mail.MAINTENANCE`.
        code: String,
        /// The server's words.
        reason: String,
    },
    /// An answer that is not what the protocol promises.
    #[error("{side}: the answer to {request} cannot be understood: {cause}")]
    Garbled {
        /// The server.
        side: Side,
        /// The request's name.
        request: String,
        /// What is wrong with it.
        cause: String,
    },
    /// The account does not exist.
    #[error("{side}: there is no account {account}")]
    NoSuchAccount {
        /// The server.
        side: Side,
        /// Its address.
        account: String,
    },
    /// The account is locked away by maintenance, or its status forbids access.
    #[error("{side}: {account} cannot be opened: {cause}")]
    AccountShut {
        /// The server.
        side: Side,
        /// Its address.
        account: String,
        /// The server's words.
        cause: String,
    },
    /// The server refuses for the moment: filters, overload, proxy, restart.
    #[error("{side}: {what} was answered by HTTP {status}{}", retry_after.map(|wait| format!(", to be tried again in {} s", wait.as_secs())).unwrap_or_default())]
    Busy {
        /// The server.
        side: Side,
        /// Export, import or SOAP.
        what: &'static str,
        /// 429, 502, 503 or 504.
        status: u16,
        /// The pause asked for.
        retry_after: Option<Duration>,
    },
    /// Any other HTTP status.
    #[error("{side}: {what} was answered by HTTP {status}: {message}")]
    Refused {
        /// The server.
        side: Side,
        /// Export, import or SOAP.
        what: &'static str,
        /// The status.
        status: u16,
        /// The page's message.
        message: String,
    },
    /// Nothing moved for too long.
    #[error("{side}: {what} stood still for {} s", after.as_secs())]
    Stalled {
        /// The server.
        side: Side,
        /// Export or import.
        what: &'static str,
        /// How long.
        after: Duration,
    },
    /// The stream ended before its end.
    #[error("{side}: {what} was cut short: {cause}")]
    Cut {
        /// The server.
        side: Side,
        /// Export or import.
        what: &'static str,
        /// The network's words.
        cause: String,
    },
    /// The export is not a whole, sound archive.
    #[error("source: the archive is not sound: {cause}")]
    Unsound {
        /// What is wrong.
        cause: String,
    },
    /// The import was refused as a whole.
    #[error("destination: the import was refused: {code}: {reason}")]
    ImportRefused {
        /// Such as `formatter.INVALID_FORMAT`.
        code: String,
        /// The server's words.
        reason: String,
    },
    /// The destination's mailbox is full.
    #[error("destination: {account} is over its quota; {rejected} item(s) were not stored")]
    Quota {
        /// Its address.
        account: String,
        /// Items refused, as far as the answer tells.
        rejected: u64,
    },
    /// The destination's mailbox grows although nothing is being sent.
    #[error("destination: {account} grows by itself ({before} -> {after} items with no upload running)")]
    Runaway {
        /// Its address.
        account: String,
        /// Items at the first look.
        before: u64,
        /// Items at the last look.
        after: u64,
    },
    /// A temporary file could not be written.
    #[error("host: cannot keep a large item in a temporary file: {0}")]
    Spill(#[source] io::Error),
    /// The outside program did not do it.
    #[error("{program}: {cause}")]
    Program {
        /// Its name.
        program: String,
        /// How it ended, and what it said last.
        cause: String,
        /// What its exit code means.
        retry: Retry,
    },
    /// Ended on request.
    #[error("the transfer was ended on request; what was sent is stored")]
    Stopped,
}

impl MoveError {
    /// What kind of retry can help.
    pub fn retry(&self) -> Retry {
        match self {
            Self::TokenRefused { .. } => Retry::Renew,
            Self::Program { retry, .. } => *retry,
            Self::Busy { .. } => Retry::Busy,
            // Fewer at once need less room, and others may give some back.
            Self::Spill(error) if is_full(error) => Retry::Busy,
            Self::Unreachable { .. }
            | Self::Stalled { .. }
            | Self::Cut { .. }
            | Self::Garbled { .. }
            | Self::Unsound { .. }
            | Self::ImportRefused { .. }
            | Self::Spill(_)
            | Self::Stopped => Retry::BackOff,
            Self::Refused { status, .. } if *status >= 500 => Retry::BackOff,
            // A mailbox lock that is contended has no code of its own.
            Self::Fault { reason, .. }
                if reason.contains("LockFailed") || reason.contains("too many waiters") =>
            {
                Retry::Busy
            }
            Self::Fault { code, .. } => retry_of_code(code),
            Self::AccountShut { cause, .. } if cause.contains("maintenance") => Retry::BackOff,
            Self::Untrusted { .. }
            | Self::SignIn { .. }
            | Self::Runaway { .. }
            | Self::AccountShut { .. } => Retry::Operator,
            Self::NoSuchAccount { .. } | Self::Quota { .. } | Self::Refused { .. } => Retry::Permanent,
        }
    }

    /// Whether the whole side is out of order, not this mailbox alone.
    pub const fn whole_side(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::Untrusted { .. }
                | Self::SignIn { .. }
                | Self::TokenRefused { .. }
        )
    }

    /// Where it failed.
    pub const fn side(&self) -> Option<Side> {
        match self {
            Self::Unreachable { side, .. }
            | Self::Untrusted { side, .. }
            | Self::SignIn { side, .. }
            | Self::TokenRefused { side }
            | Self::Fault { side, .. }
            | Self::Garbled { side, .. }
            | Self::NoSuchAccount { side, .. }
            | Self::AccountShut { side, .. }
            | Self::Busy { side, .. }
            | Self::Refused { side, .. }
            | Self::Stalled { side, .. }
            | Self::Cut { side, .. } => Some(*side),
            Self::Unsound { .. } => Some(Side::Source),
            Self::ImportRefused { .. } | Self::Quota { .. } | Self::Runaway { .. } => Some(Side::Destination),
            Self::Spill(_) => Some(Side::Host),
            Self::Stopped | Self::Program { .. } => None,
        }
    }

    /// Stable code for logs, reports and metrics; it never changes meaning.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => Code::Unreachable.name(),
            Self::Untrusted { .. } => Code::Untrusted.name(),
            Self::SignIn { .. } => Code::SignIn.name(),
            Self::TokenRefused { .. } => Code::AuthExpired.name(),
            Self::Fault { .. } => Code::SoapFault.name(),
            Self::Garbled { .. } => Code::Garbled.name(),
            Self::NoSuchAccount { .. } => Code::NoAccount.name(),
            Self::AccountShut { .. } => Code::AccountShut.name(),
            Self::Busy { .. } => Code::Busy.name(),
            Self::Refused { .. } => Code::Http.name(),
            Self::Stalled { .. } => Code::Stalled.name(),
            Self::Cut { .. } => Code::Cut.name(),
            Self::Unsound { .. } => Code::Archive.name(),
            Self::ImportRefused { .. } => Code::ImportFail.name(),
            Self::Quota { .. } => Code::Quota.name(),
            Self::Runaway { .. } => Code::Runaway.name(),
            Self::Spill(_) => Code::TempSpace.name(),
            Self::Program { .. } => Code::Program.name(),
            Self::Stopped => Code::Stopped.name(),
        }
    }

    /// The next command to type.
    pub fn next(&self) -> String {
        match self {
            Self::Untrusted { side, fingerprint, .. } => {
                format!(
                    "compare it on the server, then set `fingerprints = [\"{fingerprint}\"]` under [{side}]"
                )
            }
            Self::SignIn { side, admin, .. } => {
                format!(
                    "check the password of {admin} (`password_file` under [{side}]), then `zmpace run` again"
                )
            }
            Self::NoSuchAccount { account, .. } => format!("zmprov ca {} '' && zmpace run", quoted(account)),
            Self::AccountShut { account, .. } => format!("zmprov ga {} zimbraAccountStatus", quoted(account)),
            Self::Quota { account, .. } => {
                format!("zmprov ma {} zimbraMailQuota 0 && zmpace run", quoted(account))
            }
            Self::Runaway { account, .. } => format!(
                "restart mailboxd on the destination (`zmmailboxdctl restart`), inspect {account}, then `zmpace run`"
            ),
            Self::Program { .. } => {
                "try `command` under [mover] by hand for this mailbox, then `zmpace run` again".to_owned()
            }
            Self::Spill(_) => "make room where TMPDIR points, then `zmpace run` again".to_owned(),
            Self::Unreachable { host, .. } => format!("curl -kI https://{host}/"),
            _ => "zmpace run".to_owned(),
        }
    }

    /// The same, as the dispatcher wants to hear it.
    pub fn failure(&self) -> Failure {
        Failure {
            code: self.code().to_owned(),
            cause: self.to_string(),
            next: self.next(),
            side: self.side(),
            whole_side: self.whole_side(),
            retry: self.retry(),
        }
    }
}

/// An address as one word of a shell's line: it comes from a server and is made to be copied.
pub fn quoted(address: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@._-+=%:,/".contains(c);
    if address.chars().all(plain) && !address.starts_with(['-', '=']) && !address.is_empty() {
        return address.to_owned();
    }
    format!("'{}'", address.replace('\'', "'\\''"))
}

/// Whether there was no room, rather than no file.
fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}

/// Classes of zimbra's own fault codes; what is not listed is worth a few tries.
fn retry_of_code(code: &str) -> Retry {
    match code {
        "service.AUTH_EXPIRED" | "service.AUTH_REQUIRED" => Retry::Renew,
        "service.PERM_DENIED"
        | "service.INVALID_REQUEST"
        | "service.UNKNOWN_DOCUMENT"
        | "service.PARSE_ERROR"
        | "service.WRONG_HOST"
        | "service.TOO_MANY_HOPS"
        | "account.ACCOUNT_INACTIVE"
        | "account.NO_SUCH_ACCOUNT"
        | "account.NO_SUCH_DOMAIN"
        | "account.TOO_MANY_SEARCH_RESULTS"
        | "mail.QUOTA_EXCEEDED"
        | "mail.DOMAIN_QUOTA_EXCEEDED" => Retry::Permanent,
        "account.AUTH_FAILED" | "account.TWO_FACTOR_AUTH_REQUIRED" | "account.CHANGE_PASSWORD" => {
            Retry::Operator
        }
        _ => Retry::BackOff,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_password_is_never_retried_and_stops_the_side() {
        let error = MoveError::SignIn {
            side: Side::Source,
            admin: "admin@old.example".into(),
            cause: "authentication failed".into(),
        };
        assert_eq!(error.retry(), Retry::Operator);
        assert!(error.whole_side());
        assert!(error.to_string().starts_with("source:"));
    }

    #[test]
    fn a_command_to_copy_holds_an_address_as_one_word() {
        assert_eq!(quoted("ann.lee+x@old.example"), "ann.lee+x@old.example");
        assert_eq!(quoted("a;reboot@x"), "'a;reboot@x'");
        assert_eq!(quoted("o'hara@x"), "'o'\\''hara@x'");
        for odd in ["$(id)@x", "a b@x", "`id`@x", "-rf", "=1", "a\nb"] {
            assert!(quoted(odd).starts_with('\''), "{odd}");
        }
    }

    #[test]
    fn each_fault_code_has_the_class_its_meaning_asks_for() {
        for (code, class) in [
            ("service.AUTH_EXPIRED", Retry::Renew),
            ("service.FAILURE", Retry::BackOff),
            ("service.TEMPORARILY_UNAVAILABLE", Retry::BackOff),
            ("mail.MAINTENANCE", Retry::BackOff),
            ("service.PERM_DENIED", Retry::Permanent),
            ("account.AUTH_FAILED", Retry::Operator),
        ] {
            assert_eq!(retry_of_code(code), class, "{code}");
        }
    }
}
