//! What the operator should know before anything else.

use super::{hours::tightest, morning::Morning};
use crate::{control::event::Ending, ui::words::count};

/// Share of a run's time over a line that is worth a warning.
const OVER_SHARE: f64 = 0.05;

pub(super) fn of(morning: &Morning) -> Vec<String> {
    let report = &morning.report;
    let mut list = Vec::new();
    match (morning.run.state, report.ending) {
        ("running", _) => list.push("the run is under way: all numbers are as of its last minute".to_owned()),
        ("killed", _) => list.push(
            "the run has no end: it was killed or the machine went down; `zmpace run` goes on where it was"
                .to_owned(),
        ),
        (_, Some(Ending::SideLost(side))) => {
            list.push(format!("the {side} could not be worked with any more, and the run gave up"));
        }
        (_, Some(Ending::Closed)) => {
            list.push(
                "the window closed before all was moved; `zmpace run` goes on in the next one".to_owned(),
            );
        }
        (_, Some(Ending::Refused(side))) => list.push(format!(
            "the {side} refused the administrator or showed a certificate nobody trusts, and the run gave up"
        )),
        (_, Some(Ending::TooManyFailures)) => {
            list.push(
                "more mailboxes failed than allowed (--max-failures), and the run ended early".to_owned(),
            );
        }
        (_, Some(Ending::Critical(side))) => list.push(format!(
            "the {side} stayed critical with the fewest workers for longer than allowed (--critical-abort), and the run ended early; look what else runs there, then `zmpace run`"
        )),
        (_, Some(Ending::Drained | Ending::Stopped)) if report.accounts.waiting > 0 => {
            list.push("ended on request before all was moved; `zmpace run` goes on".to_owned());
        }
        (_, Some(Ending::Done | Ending::Drained | Ending::Stopped) | None) => {}
    }
    if morning.minutes.is_empty() {
        list.push("no minute of this run was kept: load, limits and hours are not known".to_owned());
    } else if report.makespan_s > 60.0 && report.observed_s < 0.8 * report.makespan_s {
        list.push(format!(
            "both servers were read for {:.0} of {:.0} s only: what happened in between is not known",
            report.observed_s, report.makespan_s
        ));
    }
    for (name, seconds) in &report.over_line_s {
        if *seconds > OVER_SHARE * report.observed_s.max(1.0) {
            list.push(format!("{name} was over its line for {seconds:.0} s"));
        }
    }
    if report.accounts.incomplete > 0 {
        list.push(format!("{} mailboxes arrived with differences", count(report.accounts.incomplete)));
    }
    if let Some(space) = tightest(
        morning
            .minutes
            .last()
            .into_iter()
            .flat_map(|minute| minute.gauges.iter())
            .filter(|gauge| gauge.measure == crate::control::decision::Measure::SpaceUsed),
    )
    .filter(|space| space.of_line > 0.95)
    {
        list.push(format!("{} disk space is at {:.0} % of its line", space.side, space.of_line * 100.0));
    }
    list
}
