//! Zimbra's own caps that a night can run into.

use std::net::IpAddr;

use super::{
    Line,
    facts::{SampleAccount, SideFacts},
    wrong,
};
use crate::{
    control::sample::Side,
    lang::{Lang, tell},
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
pub fn lines(facts: &SideFacts, most: u32, lang: Lang) -> Vec<Line> {
    let side = facts.side;
    let Some(Ok(inside)) = &facts.inside else { return Vec::new() };
    let mut lines = Vec::new();
    match &inside.caps {
        Ok(stores) if !stores.is_empty() => {
            lines.push(threads(side, stores, most, lang));
            lines.push(dos_filter(side, stores, facts.seen_as, lang));
        }
        told => {
            let why = told.as_ref().err();
            let why = why.map_or_else(|| tell!(lang, "check-no-stores"), |error| wrong(side, error, lang));
            let look = |key: &str| format!("zmprov gs $(zmhostname) {key}");
            lines.push(Line::unknown(side, "HTTP threads", why.clone(), look("zimbraHttpNumThreads"), lang));
            lines.push(Line::unknown(side, "DoS filter", why, look("zimbraHttpThrottleSafeIPs"), lang));
        }
    }
    lines.push(at_once(side, most, lang));
    lines.extend(facts.sample.as_ref().map(|sample| allowance(side, sample, lang)));
    lines
}

/// Each transfer holds one thread from its first byte to its last.
fn threads(side: Side, stores: &[Caps], most: u32, lang: Lang) -> Line {
    let what = "HTTP threads";
    let fewest = stores.iter().filter_map(|store| Some((store.http_threads?, &store.store))).min();
    let Some((threads, store)) = fewest else {
        let look = "zmprov gs $(zmhostname) zimbraHttpNumThreads";
        return Line::unknown(side, what, tell!(lang, "check-server-silent"), look, lang);
    };
    let serving = (threads as f64 * SERVICE_SHARE) as u64;
    if serving >= 2 * u64::from(most) {
        return Line::pass(side, what, tell!(lang, "check-threads", threads = threads, most = most));
    }
    let at = store.as_str();
    let said =
        tell!(lang, "check-threads-few", threads = threads, store = at, serving = serving, most = most);
    let mend = format!("zmprov ms {} zimbraHttpNumThreads 250 && zmmailboxdctl restart", quoted(store));
    Line::warn(side, what, said, mend)
}

fn dos_filter(side: Side, stores: &[Caps], seen_as: Option<IpAddr>, lang: Lang) -> Line {
    let what = "DoS filter";
    let look = "zmprov gcf zimbraHttpThrottleSafeIPs";
    let Some(address) = seen_as else {
        return Line::unknown(side, what, tell!(lang, "check-our-address"), look, lang);
    };
    if address.is_loopback() {
        return Line::pass(side, what, tell!(lang, "check-dos-own"));
    }
    let Some(store) = stores.iter().find(|store| !store.safe_ips.iter().any(|safe| covers(safe, address)))
    else {
        return Line::pass(side, what, tell!(lang, "check-dos-safe", address = address.to_string()));
    };
    let rate = store.dos_per_s.map_or_else(|| tell!(lang, "check-dos-some"), |rate| rate.to_string());
    let fate = match store.dos_delay_ms {
        Some(delay) if delay >= 0 => tell!(lang, "check-dos-held", ms = delay),
        _ => tell!(lang, "check-dos-refused"),
    };
    let said = tell!(lang, "check-dos", address = address.to_string(), rate = rate, fate = fate);
    let mend = format!("zmprov mcf +zimbraHttpThrottleSafeIPs {address} && zmmailboxdctl restart");
    Line::warn(side, what, said, mend)
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
fn at_once(side: Side, most: u32, lang: Lang) -> Line {
    let what = "at once";
    if most <= PER_ACCOUNT {
        let said = tell!(lang, "check-at-once", most = most, served = PER_ACCOUNT);
        return Line::pass(side, what, said);
    }
    let said = tell!(lang, "check-at-once-many", most = most, served = PER_ACCOUNT);
    Line::warn(side, what, said, "zmlocalconfig servlet_max_concurrent_http_requests_per_account")
}

fn allowance(side: Side, sample: &SampleAccount, lang: Lang) -> Line {
    let (what, key) = match side {
        Side::Source => ("export days", "zimbraExportMaxDays"),
        _ => ("contacts", "zimbraContactMaxNumEntries"),
    };
    let address = quoted(&sample.address);
    let look = format!("zmprov ga {address} {key}");
    match &sample.allowance {
        Err(error) => Line::unknown(side, what, wrong(side, error, lang), look, lang),
        Ok(Allowance { export_max_days: Some(days @ 1..), .. }) if side == Side::Source => Line::fail(
            side,
            what,
            tell!(lang, "check-export-days", days = *days),
            tell!(lang, "check-export-days-next", address = address),
        ),
        Ok(_) if side == Side::Source => Line::pass(side, what, tell!(lang, "check-export-whole")),
        Ok(Allowance { contacts: Some(0), .. }) => Line::pass(side, what, tell!(lang, "check-no-limit")),
        Ok(Allowance { contacts: Some(most), .. }) => {
            Line::pass(side, what, tell!(lang, "check-contacts", most = *most))
        }
        Ok(_) => Line::unknown(side, what, tell!(lang, "check-server-silent"), look, lang),
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
        let verdict = |stores: &[Caps], from| dos_filter(Side::Source, stores, from, Lang::En).verdict;
        assert_eq!(verdict(&[store(&["10.2.3.4"])], Some(us)), Verdict::Pass);
        assert_eq!(verdict(&[store(&["10.2.0.0/16"])], Some(us)), Verdict::Pass);
        assert_eq!(verdict(&[store(&[])], Some("127.0.0.1".parse().unwrap())), Verdict::Pass);
        assert_eq!(verdict(&[store(&["10.2.3.4"]), store(&["10.3.0.0/16"])], Some(us)), Verdict::Warn);
        let line = dos_filter(Side::Source, &[store(&[])], Some(us), Lang::En);
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
        assert_eq!(threads(Side::Source, &[store(&[])], 10, Lang::En).verdict, Verdict::Pass);
        let few = Caps { http_threads: Some(20), ..store(&[]) };
        assert!(
            threads(Side::Source, &[store(&[]), few], 10, Lang::En)
                .mend
                .unwrap()
                .contains("zmprov ms mail.a")
        );
        assert_eq!(at_once(Side::Source, 10, Lang::En).verdict, Verdict::Pass);
        assert_eq!(at_once(Side::Source, 20, Lang::En).verdict, Verdict::Warn);
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
        allowance(side, &SampleAccount { address: "ann@a".into(), allowance: told, folders: None }, Lang::En)
    }
}
