//! What the operator should know before anything else.

use super::{hours::tightest, morning::Morning};
use crate::{
    control::{decision::Measure, event::Ending},
    lang::{Lang, tell},
    ui::words::count,
};

/// Share of a run's time over a line that is worth a warning.
const OVER_SHARE: f64 = 0.05;

pub(super) fn of(morning: &Morning, lang: Lang) -> Vec<String> {
    let report = &morning.report;
    let mut list: Vec<String> = ending(morning, lang).into_iter().collect();
    if morning.minutes.is_empty() {
        list.push(tell!(lang, "warn-no-minute"));
    } else if report.makespan_s > 60.0 && report.observed_s < 0.8 * report.makespan_s {
        let (read, all) = (format!("{:.0}", report.observed_s), format!("{:.0}", report.makespan_s));
        list.push(tell!(lang, "warn-unread", read = read, all = all));
    }
    for (name, seconds) in &report.over_line_s {
        if *seconds > OVER_SHARE * report.observed_s.max(1.0) {
            list.push(tell!(
                lang,
                "warn-over",
                name = lang.line_named(name),
                seconds = format!("{seconds:.0}")
            ));
        }
    }
    if report.accounts.incomplete > 0 {
        list.push(tell!(lang, "warn-differ", mailboxes = count(report.accounts.incomplete)));
    }
    if morning.in_doubt > 0 && morning.run.state != "running" {
        list.push(tell!(lang, "warn-in-doubt", mailboxes = count(morning.in_doubt)));
    }
    list.extend(space(morning, lang));
    list
}

/// What the end, or its lack, means.
fn ending(morning: &Morning, lang: Lang) -> Option<String> {
    Some(match (morning.run.state, morning.report.ending) {
        ("running", _) => tell!(lang, "warn-running"),
        ("killed", _) => tell!(lang, "warn-killed"),
        (_, Some(Ending::SideLost(side))) => tell!(lang, "warn-side-lost", side = lang.side(side)),
        (_, Some(Ending::Closed)) => tell!(lang, "warn-closed"),
        (_, Some(Ending::Refused(side))) => tell!(lang, "warn-refused", side = lang.side(side)),
        (_, Some(Ending::TooManyFailures)) => tell!(lang, "warn-failures"),
        (_, Some(Ending::Critical(side))) => tell!(lang, "warn-critical", side = lang.side(side)),
        (_, Some(Ending::Drained | Ending::Stopped)) if morning.report.accounts.waiting > 0 => {
            tell!(lang, "warn-request")
        }
        (_, Some(Ending::Done | Ending::Drained | Ending::Stopped) | None) => return None,
    })
}

/// A file system that is nearly at its line.
fn space(morning: &Morning, lang: Lang) -> Option<String> {
    let last = morning.minutes.last()?;
    let space = tightest(last.gauges.iter().filter(|gauge| gauge.measure == Measure::SpaceUsed))
        .filter(|space| space.of_line > 0.95)?;
    let share = format!("{:.0}", space.of_line * 100.0);
    Some(tell!(lang, "warn-space", side = lang.side(space.side), share = share))
}
