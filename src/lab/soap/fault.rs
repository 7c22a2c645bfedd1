//! SOAP faults, in both versions' shapes.

use super::xml::escaped;
use crate::lab::rest::page::trace;

/// A fault.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) code: String,
    pub(super) text: String,
    pub(super) receiver: bool,
}

impl Fault {
    fn new(code: &str, text: impl Into<String>, receiver: bool) -> Self {
        Self { code: code.into(), text: text.into(), receiver }
    }

    pub(super) fn auth_expired() -> Self {
        Self::new("service.AUTH_EXPIRED", "auth credentials have expired", false)
    }

    pub(super) fn auth_required() -> Self {
        Self::new("service.AUTH_REQUIRED", "no valid authtoken present", false)
    }

    pub(super) fn auth_failed(name: &str) -> Self {
        Self::new("account.AUTH_FAILED", format!("authentication failed for [{name}]"), false)
    }

    pub(super) fn denied(why: &str) -> Self {
        Self::new("service.PERM_DENIED", format!("permission denied: {why}"), false)
    }

    pub(super) fn invalid(why: &str) -> Self {
        Self::new("service.INVALID_REQUEST", format!("invalid request: {why}"), false)
    }

    pub(super) fn unknown_document(name: &str) -> Self {
        Self::new("service.UNKNOWN_DOCUMENT", format!("unknown document: {name}"), false)
    }

    pub(super) fn parse_error() -> Self {
        Self::new("service.PARSE_ERROR", "parse error: document is not well-formed", false)
    }

    pub(super) fn no_such(what: &str, name: &str) -> Self {
        let code = format!("account.NO_SUCH_{}", what.to_uppercase());
        Self::new(&code, format!("no such {what}: {name}"), false)
    }

    pub(super) fn exists(code: &str, what: &str) -> Self {
        Self::new(code, what, false)
    }

    pub(super) fn too_many_results() -> Self {
        let text = "number of results exceeded the limit: search result size limit exceeded";
        Self::new("account.TOO_MANY_SEARCH_RESULTS", text, true)
    }

    pub(super) fn maintenance() -> Self {
        Self::new("account.MAINTENANCE_MODE", "account is in maintenance mode", true)
    }

    pub(super) fn unavailable() -> Self {
        Self::new("service.TEMPORARILY_UNAVAILABLE", "service temporarily unavailable", true)
    }

    pub(super) fn lock_failed() -> Self {
        let text = "system failure: MailboxLock$LockFailedException: too many waiters: 15";
        Self::new("service.FAILURE", text, true)
    }

    /// As a `Fault` element; `prefix` is that of the envelope.
    pub(super) fn xml(&self, modern: bool, prefix: &str) -> String {
        let (code, text) = (escaped(&self.code), escaped(&self.text));
        let error =
            format!("<Error xmlns=\"urn:zimbra\"><Code>{code}</Code><Trace>{}</Trace></Error>", trace());
        if modern {
            let side = if self.receiver { "Receiver" } else { "Sender" };
            format!(
                "<{prefix}:Fault><{prefix}:Code><{prefix}:Value>{prefix}:{side}</{prefix}:Value></{prefix}:Code>\
                 <{prefix}:Reason><{prefix}:Text>{text}</{prefix}:Text></{prefix}:Reason><{prefix}:Detail>{error}\
                 </{prefix}:Detail></{prefix}:Fault>"
            )
        } else {
            let side = if self.receiver { "Server" } else { "Client" };
            format!(
                "<{prefix}:Fault><faultcode>{prefix}:{side}</faultcode><faultstring>{text}</faultstring>\
                 <detail>{error}</detail></{prefix}:Fault>"
            )
        }
    }
}
