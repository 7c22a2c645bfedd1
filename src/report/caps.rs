//! Zimbra's own caps: which were met, and the line an administrator would type.

use serde::Serialize;

use super::morning::Morning;
use crate::{
    control::decision::Rule,
    lang::{Lang, tell},
};

/// Transfers Zimbra serves at once for one account unless told otherwise.
const PER_ACCOUNT: u32 = 10;

/// One cap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cap {
    /// What it caps.
    pub name: String,
    /// Whether this run met it.
    pub met: bool,
    /// What tells so.
    pub evidence: String,
    /// What to type, as user `zimbra`, if it is to be raised.
    pub commands: Vec<String>,
    /// Where and with which care.
    pub note: String,
}

pub(super) fn of(morning: &Morning, lang: Lang) -> Vec<Cap> {
    vec![per_account(morning, lang), dos_filter(morning, lang), token(morning, lang)]
}

fn named(morning: &Morning, wanted: Rule) -> usize {
    morning.records.iter().filter(|decision| decision.rule == wanted).count()
}

fn per_account(morning: &Morning, lang: Lang) -> Cap {
    let at_cap = named(morning, Rule::Cap);
    let most = morning.report.limit.max;
    let allowed = morning.policy.as_ref().map_or(PER_ACCOUNT, |policy| policy.max_workers);
    let met = most >= PER_ACCOUNT && allowed <= PER_ACCOUNT && at_cap > 0;
    Cap {
        name: tell!(lang, "cap-account"),
        met,
        evidence: if met {
            tell!(lang, "cap-account-met", most = most, decisions = at_cap)
        } else {
            tell!(lang, "cap-account-free", most = most, served = PER_ACCOUNT)
        },
        commands: vec![
            "zmlocalconfig -e servlet_max_concurrent_http_requests_per_account=20".to_owned(),
            "zmmailboxdctl restart".to_owned(),
            "zmpace run --max-workers 20".to_owned(),
        ],
        note: tell!(lang, "cap-account-note"),
    }
}

fn dos_filter(morning: &Morning, lang: Lang) -> Cap {
    let refusals: u64 = morning
        .causes
        .iter()
        .filter(|cause| matches!(cause.code.as_str(), "ZP-BUSY"))
        .map(|cause| cause.attempts.max(cause.mailboxes))
        .sum();
    let said = named(morning, Rule::Busy);
    let met = refusals > 0 || said > 0;
    Cap {
        name: tell!(lang, "cap-busy"),
        met,
        evidence: if met {
            tell!(lang, "cap-busy-met", refusals = refusals.to_string(), times = said)
        } else {
            tell!(lang, "cap-busy-free")
        },
        commands: vec![
            "zmprov mcf +zimbraHttpThrottleSafeIPs ADDRESS_OF_THIS_MACHINE".to_owned(),
            "zmmailboxdctl restart".to_owned(),
        ],
        note: tell!(lang, "cap-busy-note"),
    }
}

fn token(morning: &Morning, lang: Lang) -> Cap {
    let renewed = |side: &str| morning.report.tokens_renewed.get(side).copied().unwrap_or(0);
    let (source, destination) = (renewed("source"), renewed("destination"));
    let met = source + destination > 0;
    Cap {
        name: tell!(lang, "cap-token"),
        met,
        evidence: if met {
            tell!(lang, "cap-token-met", source = source, destination = destination)
        } else {
            tell!(lang, "cap-token-free")
        },
        commands: vec!["zmprov mc default zimbraAdminAuthTokenLifetime 3d".to_owned()],
        note: tell!(lang, "cap-token-note"),
    }
}
