//! Zimbra's own caps that a night can run into.

use std::net::IpAddr;

use super::{
    Line,
    facts::{SampleAccount, SideFacts},
};
use crate::{
    control::sample::Side,
    zimbra::{
        error::quoted,
        survey::{Allowance, Caps},
    },
};

/// Share of its HTTP threads that Zimbra gives to `/service`.
const SERVICE_SHARE: f64 = 0.8;
/// Requests of one account that Zimbra serves at once unless told otherwise.
const PER_ACCOUNT: u32 = 10;

/// The lines about one side's caps.
pub fn lines(facts: &SideFacts, most: u32) -> Vec<Line> {
    let side = facts.side;
    let Some(Ok(inside)) = &facts.inside else { return Vec::new() };
    let mut lines = Vec::new();
    match &inside.caps {
        Ok(stores) if !stores.is_empty() => {
            lines.push(threads(side, stores, most));
            lines.push(dos_filter(side, stores, facts.seen_as));
        }
        told => {
            let why =
                told.as_ref().err().map_or_else(|| "no mail store is listed".to_owned(), ToString::to_string);
            let look = |key: &str| format!("zmprov gs $(zmhostname) {key}");
            lines.push(Line::unknown(side, "HTTP threads", &why, look("zimbraHttpNumThreads")));
            lines.push(Line::unknown(side, "DoS filter", &why, look("zimbraHttpThrottleSafeIPs")));
        }
    }
    lines.push(at_once(side, most));
    lines.extend(facts.sample.as_ref().map(|sample| allowance(side, sample)));
    lines
}

/// Each transfer holds one thread from its first byte to its last.
fn threads(side: Side, stores: &[Caps], most: u32) -> Line {
    let what = "HTTP threads";
    let fewest = stores.iter().filter_map(|store| Some((store.http_threads?, &store.store))).min();
    let Some((threads, store)) = fewest else {
        let look = "zmprov gs $(zmhostname) zimbraHttpNumThreads";
        return Line::unknown(side, what, "the server does not say", look);
    };
    let serving = (threads as f64 * SERVICE_SHARE) as u64;
    if serving >= 2 * u64::from(most) {
        return Line::pass(side, what, format!("{threads}, and at most {most} transfers"));
    }
    Line::warn(
        side,
        what,
        format!(
            "{threads} on {store}, {serving} of them for requests: {most} transfers leave its users too few"
        ),
        format!("zmprov ms {} zimbraHttpNumThreads 250 && zmmailboxdctl restart", quoted(store)),
    )
}

fn dos_filter(side: Side, stores: &[Caps], seen_as: Option<IpAddr>) -> Line {
    let what = "DoS filter";
    let look = "zmprov gcf zimbraHttpThrottleSafeIPs";
    let Some(address) = seen_as else {
        return Line::unknown(side, what, "the address we come from", look);
    };
    if address.is_loopback() {
        return Line::pass(side, what, "does not count what comes from its own machine");
    }
    let Some(store) = stores.iter().find(|store| !store.safe_ips.iter().any(|safe| covers(safe, address)))
    else {
        return Line::pass(side, what, format!("leaves this machine ({address}) alone"));
    };
    let rate = store.dos_per_s.map_or_else(|| "some".to_owned(), |rate| rate.to_string());
    let fate = match store.dos_delay_ms {
        Some(delay) if delay >= 0 => format!("held for {delay} ms"),
        _ => "refused".to_owned(),
    };
    Line::warn(
        side,
        what,
        format!("{address} is not among its safe addresses: beyond {rate} requests a second one is {fate}"),
        format!("zmprov mcf +zimbraHttpThrottleSafeIPs {address} && zmmailboxdctl restart"),
    )
}

/// Whether an entry of the safe list, an address or `network/bits`, covers an address.
fn covers(safe: &str, address: IpAddr) -> bool {
    let (network, bits) = safe.trim().split_once('/').unwrap_or((safe.trim(), ""));
    let Ok(network) = network.parse::<IpAddr>() else { return false };
    let (network, address, width) = match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            (u128::from(network.to_bits()), u128::from(address.to_bits()), 32)
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => (network.to_bits(), address.to_bits(), 128),
        _ => return false,
    };
    let bits: u32 = if bits.is_empty() { width } else { bits.parse().unwrap_or(width) };
    let other = width - bits.min(width);
    other == 128 || network >> other == address >> other
}

/// It cannot be asked for; with no more workers than its default there is nothing to ask.
fn at_once(side: Side, most: u32) -> Line {
    let what = "at once";
    if most <= PER_ACCOUNT {
        let said = format!(
            "at most {most} transfers; Zimbra serves {PER_ACCOUNT} of one account unless told otherwise"
        );
        return Line::pass(side, what, said);
    }
    Line::warn(
        side,
        what,
        format!(
            "up to {most} transfers; Zimbra lets those beyond {PER_ACCOUNT} wait unless it was told otherwise, which it does not say"
        ),
        "zmlocalconfig servlet_max_concurrent_http_requests_per_account",
    )
}

fn allowance(side: Side, sample: &SampleAccount) -> Line {
    let (what, key) = match side {
        Side::Source => ("export days", "zimbraExportMaxDays"),
        _ => ("contacts", "zimbraContactMaxNumEntries"),
    };
    let address = quoted(&sample.address);
    let look = format!("zmprov ga {address} {key}");
    match &sample.allowance {
        Err(error) => Line::unknown(side, what, &error.to_string(), look),
        Ok(Allowance { export_max_days: Some(days @ 1..), .. }) if side == Side::Source => Line::fail(
            side,
            what,
            format!("an export may not reach back further than {days} days: whole mailboxes are refused"),
            format!(
                "zmprov mc default zimbraExportMaxDays 0, or of one account: zmprov ma {address} {key} 0"
            ),
        ),
        Ok(_) if side == Side::Source => Line::pass(side, what, "an export may hold a whole mailbox"),
        Ok(Allowance { contacts: Some(0), .. }) => Line::pass(side, what, "without limit"),
        Ok(Allowance { contacts: Some(most), .. }) => Line::pass(
            side,
            what,
            format!("up to {most} in a mailbox; more are refused one by one and named"),
        ),
        Ok(_) => Line::unknown(side, what, "the server does not say", look),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};
    use crate::zimbra::MoveError;

    fn store(safe: &[&str]) -> Caps {
        Caps {
            store: "mail.a".into(),
            http_threads: Some(250),
            dos_per_s: Some(30),
            dos_delay_ms: Some(-1),
            safe_ips: safe.iter().map(|&safe| safe.to_owned()).collect(),
        }
    }

    #[test]
    fn the_filter_is_told_unless_every_store_trusts_this_machine() {
        let us: IpAddr = "10.2.3.4".parse().unwrap();
        let verdict = |stores: &[Caps], from| dos_filter(Side::Source, stores, from).verdict;
        assert_eq!(verdict(&[store(&["10.2.3.4"])], Some(us)), Verdict::Pass);
        assert_eq!(verdict(&[store(&["10.2.0.0/16"])], Some(us)), Verdict::Pass);
        assert_eq!(verdict(&[store(&[])], Some("127.0.0.1".parse().unwrap())), Verdict::Pass);
        assert_eq!(verdict(&[store(&["10.2.3.4"]), store(&["10.3.0.0/16"])], Some(us)), Verdict::Warn);
        let line = dos_filter(Side::Source, &[store(&[])], Some(us));
        assert!(line.said.contains("30 requests a second one is refused"), "{}", line.said);
        assert!(line.mend.unwrap().contains("+zimbraHttpThrottleSafeIPs 10.2.3.4"));
    }

    #[test]
    fn networks_cover_their_addresses_only() {
        let is = |safe: &str, address: &str| covers(safe, address.parse().unwrap());
        assert!(
            is("0.0.0.0/0", "9.9.9.9") && is("::/0", "2001:db8::1") && is("2001:db8::/32", "2001:db8::1")
        );
        assert!(!is("10.0.0.0/8", "11.0.0.1") && !is("10.0.0.0/8", "::1") && !is("gibberish", "10.0.0.1"));
    }

    #[test]
    fn few_threads_and_many_transfers_are_told() {
        assert_eq!(threads(Side::Source, &[store(&[])], 10).verdict, Verdict::Pass);
        let few = Caps { http_threads: Some(20), ..store(&[]) };
        assert!(threads(Side::Source, &[store(&[]), few], 10).mend.unwrap().contains("zmprov ms mail.a"));
        assert_eq!(at_once(Side::Source, 10).verdict, Verdict::Pass);
        assert_eq!(at_once(Side::Source, 20).verdict, Verdict::Warn);
    }

    #[test]
    fn exports_kept_to_some_days_refuse_the_run() {
        let of = |side, allowance| allowance_line(side, allowance).verdict;
        let days = |days| Ok(Allowance { export_max_days: Some(days), contacts: Some(10_000) });
        assert_eq!(of(Side::Source, days(30)), Verdict::Fail);
        assert_eq!(of(Side::Source, days(0)), Verdict::Pass);
        assert_eq!(of(Side::Destination, days(30)), Verdict::Pass);
        assert_eq!(of(Side::Source, Err(MoveError::TokenRefused { side: Side::Source })), Verdict::Warn);
    }

    fn allowance_line(side: Side, told: Result<Allowance, MoveError>) -> Line {
        allowance(side, &SampleAccount { address: "ann@a".into(), allowance: told, folders: None })
    }
}
