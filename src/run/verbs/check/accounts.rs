//! What stands in the way of the accounts: where they live, who is missing or shut, whose quota is too small.

use std::collections::{BTreeMap, HashMap};

use super::{
    Line,
    facts::{SideFacts, Unplanned},
    wrong,
};
use crate::{
    control::sample::Side,
    lang::{Lang, tell},
    run::verbs::plan::solo_s,
    settings::Settings,
    ui::words::{bytes, count},
    zimbra::{
        directory::Listed,
        error::quoted,
        plan::{Obstacle, Planned},
    },
};

/// Seconds one worker would take for what can be moved.
pub fn forecast_s(planned: &[Planned], settings: &Settings) -> f64 {
    let free = || planned.iter().filter(|row| row.obstacle.is_none());
    solo_s(free().count() as u64, free().map(|row| row.bytes).sum(), settings)
}

/// Bytes that will come to this side; `None` where that is not known or none will.
pub fn to_come(facts: &SideFacts, planned: Option<&[Planned]>) -> Option<u64> {
    let accounts = facts.accounts.as_ref()?.as_ref().ok().filter(|_| facts.side == Side::Destination)?;
    Some(missing_bytes(planned?, accounts))
}

/// What the source holds more than the destination, account by account: a second run brings only the rest.
fn missing_bytes(planned: &[Planned], there: &[Listed]) -> u64 {
    let used: HashMap<&str, u64> =
        there.iter().map(|account| (account.address.as_str(), account.used)).collect();
    let free = planned.iter().filter(|row| row.obstacle.is_none());
    free.map(|row| row.bytes.saturating_sub(used.get(row.target.as_str()).copied().unwrap_or(0))).sum()
}

/// The lines about one side's accounts.
pub fn lines(facts: &SideFacts, planned: &Result<Vec<Planned>, Unplanned>, lang: Lang) -> Vec<Line> {
    let side = facts.side;
    let accounts = match &facts.accounts {
        None => return Vec::new(), // its own lines say why
        Some(Err(error)) => {
            let said = tell!(lang, "check-unlisted", cause = wrong(side, error, lang));
            return vec![Line::fail(side, "accounts", said, lang.advice(error.code(), &error.next()))];
        }
        Some(Ok(accounts)) => accounts,
    };
    match planned {
        Ok(planned) if side == Side::Source => {
            let mut lines = of_source(planned, lang);
            lines.push(hosts(side, planned.iter().map(|row| row.mail_host.as_str()), lang));
            lines
        }
        Ok(planned) => {
            let mut lines = of_destination(planned, accounts, lang);
            let targets: HashMap<&str, &Listed> =
                accounts.iter().map(|account| (account.address.as_str(), account)).collect();
            let there = planned.iter().filter_map(|row| targets.get(row.target.as_str()));
            lines.push(hosts(side, there.map(|account| account.mail_host.as_str()), lang));
            lines
        }
        Err(why) => {
            let why = tell!(lang, &format!("check-unplanned-{why:?}"));
            let said = tell!(lang, "check-not-compared", number = count(accounts.len() as u64), why = why);
            vec![Line::warn(side, "accounts", said, tell!(lang, "check-then-again"))]
        }
    }
}

fn of_source(planned: &[Planned], lang: Lang) -> Vec<Line> {
    let side = Side::Source;
    let free: Vec<_> = planned.iter().filter(|row| row.obstacle.is_none()).collect();
    let total: u64 = free.iter().map(|row| row.bytes).sum();
    let mut lines = vec![if free.is_empty() {
        Line::fail(side, "accounts", tell!(lang, "check-none-moves"), "zmpace plan")
    } else {
        let number = count(free.len() as u64);
        let said = tell!(lang, "check-to-move", number = number, bytes = bytes(total));
        Line::pass(side, "accounts", said)
    }];
    let unlisted = |obstacle: &Obstacle| matches!(obstacle, Obstacle::MissingOnSource);
    lines.extend(stuck(side, planned, "listed", lang, unlisted));
    let shut = |obstacle: &Obstacle| matches!(obstacle, Obstacle::SourceShut(_));
    lines.extend(stuck(side, planned, "shut", lang, shut));
    lines
}

fn of_destination(planned: &[Planned], there: &[Listed], lang: Lang) -> Vec<Line> {
    let side = Side::Destination;
    let mut lines = Vec::new();
    let missing = |obstacle: &Obstacle| matches!(obstacle, Obstacle::MissingOnDestination);
    lines.extend(stuck(side, planned, "missing", lang, missing));
    let shut = |obstacle: &Obstacle| matches!(obstacle, Obstacle::DestinationShut(_));
    lines.extend(stuck(side, planned, "shut", lang, shut));
    if lines.is_empty() {
        lines.push(Line::pass(side, "accounts", tell!(lang, "check-all-there")));
    }
    lines.extend(closed(planned, there, lang));
    lines.push(quota(planned, lang));
    lines
}

/// Accounts that one kind of obstacle keeps back: how many, the first, and what is typed for it.
fn stuck(
    side: Side,
    planned: &[Planned],
    what: &'static str,
    lang: Lang,
    is: impl Fn(&Obstacle) -> bool,
) -> Option<Line> {
    let rows: Vec<_> = planned
        .iter()
        .filter_map(|row| Some((row, row.obstacle.as_ref().filter(|found| is(found))?)))
        .collect();
    let (first, obstacle) = rows.first()?;
    let address = if side == Side::Source { &first.source } else { &first.target };
    let (accounts, names) = (accounts(rows.len(), lang), named(address, rows.len(), lang));
    let said = tell!(lang, &format!("check-stuck-{what}"), accounts = accounts, names = names);
    let next = match obstacle {
        Obstacle::MissingOnSource => tell!(lang, "check-list-correct"),
        _ => obstacle.next(first).replace("zmpace run", "zmpace check"),
    };
    Some(Line::warn(side, "accounts", said, next))
}

fn accounts(number: usize, lang: Lang) -> String {
    tell!(lang, "check-accounts", number = number, shown = count(number as u64))
}

/// The first of several.
fn named(first: &str, number: usize, lang: Lang) -> String {
    if number == 1 {
        return first.to_owned();
    }
    tell!(lang, "check-and-more", first = first, more = count(number as u64 - 1))
}

/// Accounts that take mail from us, but whose owners cannot sign in.
fn closed(planned: &[Planned], there: &[Listed], lang: Lang) -> Option<Line> {
    let shut: HashMap<&str, &str> = there
        .iter()
        .filter(|account| !matches!(account.status.as_str(), "active" | "maintenance" | ""))
        .map(|account| (account.address.as_str(), account.status.as_str()))
        .collect();
    let rows: Vec<_> = planned.iter().filter(|row| shut.contains_key(row.target.as_str())).collect();
    let first = &rows.first()?.target;
    let said = tell!(
        lang,
        "check-closed",
        accounts = accounts(rows.len(), lang),
        status = *shut.get(first.as_str())?,
        names = named(first, rows.len(), lang),
    );
    let mend = format!("zmprov ma {} zimbraAccountStatus active", quoted(first));
    Some(Line::warn(Side::Destination, "accounts", said, mend))
}

fn quota(planned: &[Planned], lang: Lang) -> Line {
    let side = Side::Destination;
    let rows: Vec<_> = planned.iter().filter(|row| row.obstacle.is_none() && row.warning.is_some()).collect();
    let Some(first) = rows.first() else {
        return Line::pass(side, "quota", tell!(lang, "check-quota"));
    };
    let said = tell!(
        lang,
        "check-quota-small",
        accounts = accounts(rows.len(), lang),
        names = named(&first.target, rows.len(), lang),
        bytes = bytes(first.bytes),
    );
    Line::warn(side, "quota", said, format!("zmprov ma {} zimbraMailQuota 0", quoted(&first.target)))
}

/// The stores the accounts live on, with how many each.
fn hosts<'a>(side: Side, homes: impl Iterator<Item = &'a str>, lang: Lang) -> Line {
    let mut stores: BTreeMap<&str, u64> = BTreeMap::new();
    for home in homes.filter(|home| !home.is_empty()) {
        *stores.entry(home).or_default() += 1;
    }
    let each: Vec<String> =
        stores.iter().map(|(store, number)| format!("{store} ({})", count(*number))).collect();
    match each.as_slice() {
        [] => Line::unknown(side, "mail hosts", tell!(lang, "check-no-store"), "zmprov gas mailbox", lang),
        [one] => Line::pass(side, "mail hosts", tell!(lang, "check-one-store", store = one.as_str())),
        several => Line::warn(
            side,
            "mail hosts",
            tell!(lang, "check-stores", stores = several.join(", ")),
            tell!(lang, "check-stores-next", side = side.word()),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};
    use crate::zimbra::plan::Warning;

    fn row(name: &str, bytes: u64, obstacle: Option<Obstacle>) -> Planned {
        Planned {
            source: format!("{name}@a"),
            target: format!("{name}@b"),
            source_id: String::new(),
            mail_host: "mail.a".into(),
            bytes,
            obstacle,
            warning: None,
        }
    }

    fn listed(name: &str, used: u64, status: &str) -> Listed {
        Listed { address: format!("{name}@b"), used, status: status.into(), ..Listed::default() }
    }

    #[test]
    fn missing_accounts_are_counted_and_the_first_is_named() {
        let planned = [
            row("ann", 5, None),
            row("bob", 5, Some(Obstacle::MissingOnDestination)),
            row("cid", 5, Some(Obstacle::MissingOnDestination)),
        ];
        let lines = of_destination(&planned, &[listed("ann", 0, "active")], Lang::En);
        assert_eq!(lines[0].verdict, Verdict::Warn);
        assert!(lines[0].said.contains("2 accounts are missing: bob@b and 1 more"), "{}", lines[0].said);
        assert!(lines[0].mend.as_ref().unwrap().contains("zmprov ca bob@b"));
        assert_eq!(of_source(&planned, Lang::En)[0].verdict, Verdict::Pass);
        assert_eq!(of_source(&planned[1..], Lang::En)[0].verdict, Verdict::Fail);
    }

    #[test]
    fn a_closed_account_and_a_small_quota_are_told() {
        let mut planned = [row("ann", 500, None)];
        assert_eq!(closed(&planned, &[listed("ann", 0, "active")], Lang::En), None);
        let line = closed(&planned, &[listed("ann", 0, "closed")], Lang::En).unwrap();
        assert!(line.said.contains("(closed)") && line.mend.unwrap().contains("zimbraAccountStatus active"));
        assert_eq!(quota(&planned, Lang::En).verdict, Verdict::Pass);
        planned[0].warning = Some(Warning::Quota { quota: 1, bytes: 2 });
        assert!(quota(&planned, Lang::En).mend.unwrap().contains("zimbraMailQuota 0"));
    }

    #[test]
    fn only_what_is_not_there_yet_will_come() {
        let planned =
            [row("ann", 500, None), row("bob", 70, None), row("cid", 9, Some(Obstacle::MissingOnSource))];
        assert_eq!(missing_bytes(&planned, &[listed("ann", 450, "active"), listed("bob", 90, "active")]), 50);
    }

    #[test]
    fn several_stores_are_named_with_their_accounts() {
        let line = hosts(Side::Source, ["one.a", "two.a", "one.a"].into_iter(), Lang::En);
        assert_eq!(line.verdict, Verdict::Warn);
        assert!(line.said.starts_with("one.a (2), two.a (1)"), "{}", line.said);
        assert_eq!(hosts(Side::Source, ["one.a"].into_iter(), Lang::En).verdict, Verdict::Pass);
    }
}
