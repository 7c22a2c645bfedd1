//! Zimbra's own caps: which were met, and the line an administrator would type.

use serde::Serialize;

use super::morning::Morning;
use crate::control::decision::Rule;

/// Transfers Zimbra serves at once for one account unless told otherwise.
const PER_ACCOUNT: u32 = 10;

/// One cap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cap {
    /// What it caps.
    pub name: &'static str,
    /// Whether this run met it.
    pub met: bool,
    /// What tells so.
    pub evidence: String,
    /// What to type, as user `zimbra`, if it is to be raised.
    pub commands: Vec<String>,
    /// Where and with which care.
    pub note: &'static str,
}

pub(super) fn of(morning: &Morning) -> Vec<Cap> {
    vec![per_account(morning), dos_filter(morning), token(morning)]
}

fn per_account(morning: &Morning) -> Cap {
    let at_cap = morning.rules.iter().filter(|rule| matches!(rule, Rule::Cap)).count();
    let most = morning.report.limit.max;
    let allowed = morning.policy.as_ref().map_or(PER_ACCOUNT, |policy| policy.max_workers);
    let met = most >= PER_ACCOUNT && allowed <= PER_ACCOUNT && at_cap > 0;
    Cap {
        name: "requests at once of one account",
        met,
        evidence: if met {
            format!(
                "the law was kept at {most} by it ({at_cap} decisions say so); Zimbra stalls the 11th without a word"
            )
        } else {
            format!("at most {most} mailboxes were allowed at once; Zimbra serves {PER_ACCOUNT}")
        },
        commands: vec![
            "zmlocalconfig -e servlet_max_concurrent_http_requests_per_account=20".to_owned(),
            "zmmailboxdctl restart".to_owned(),
            "zmpace run --max-workers 20".to_owned(),
        ],
        note: "the first two on both servers; only worth it when no machine is near a line",
    }
}

fn dos_filter(morning: &Morning) -> Cap {
    let refusals: u64 = morning
        .causes
        .iter()
        .filter(|cause| matches!(cause.code.as_str(), "ZP-BUSY"))
        .map(|cause| cause.attempts.max(cause.mailboxes))
        .sum();
    let said = morning.rules.iter().filter(|rule| matches!(rule, Rule::Busy)).count();
    let met = refusals > 0 || said > 0;
    Cap {
        name: "DoS filter and busy answers (429, 503)",
        met,
        evidence: if met {
            format!("{refusals} attempts were refused as too many, {said} times the law gave way")
        } else {
            "no server refused anything as too much".to_owned()
        },
        commands: vec![
            "zmprov mcf +zimbraHttpThrottleSafeIPs ADDRESS_OF_THIS_MACHINE".to_owned(),
            "zmmailboxdctl restart".to_owned(),
        ],
        note: "on the server that refused; take it back with `-zimbraHttpThrottleSafeIPs` afterwards",
    }
}

fn token(morning: &Morning) -> Cap {
    let renewed = |side: &str| morning.report.tokens_renewed.get(side).copied().unwrap_or(0);
    let (source, destination) = (renewed("source"), renewed("destination"));
    let met = source + destination > 0;
    Cap {
        name: "life of the admin token",
        met,
        evidence: if met {
            format!("renewed by itself, {source} times on the source and {destination} on the destination")
        } else {
            "no token had to be renewed".to_owned()
        },
        commands: vec!["zmprov mc default zimbraAdminAuthTokenLifetime 3d".to_owned()],
        note: "only for a tool that does not renew, such as zmztozmig; tokens made before keep their life",
    }
}
