//! The summary: some twenty rows of a label and a sentence, the same in text, Markdown and HTML.

use std::fmt::Write as _;

use super::{morning::Morning, settings::time};
use crate::ui::words::{bytes, count};

/// Causes told one by one.
const SHOWN_CAUSES: usize = 5;
/// Warnings told one by one.
const SHOWN_WARNINGS: usize = 4;

/// Label and sentence. A label of blanks goes on with the row before.
pub(super) fn rows(morning: &Morning) -> Vec<(&'static str, String)> {
    let report = &morning.report;
    let accounts = &report.accounts;
    let done = accounts.verified + accounts.empty;
    let mut rows = vec![("run", run(morning))];
    rows.push((
        "done",
        format!(
            "{} of {} mailboxes ({} with mail verified, {} empty)",
            count(done),
            count(accounts.total),
            count(accounts.verified),
            count(accounts.empty)
        ),
    ));
    rows.push(("not done", not_done(morning)));
    for (at, cause) in morning.causes.iter().take(SHOWN_CAUSES).enumerate() {
        let label = if at == 0 { "causes" } else { "" };
        rows.push((
            label,
            format!(
                "{}: {} mailboxes left, {} attempts; next: {}",
                cause.code,
                count(cause.mailboxes),
                count(cause.attempts),
                cause.next
            ),
        ));
    }
    if morning.causes.len() > SHOWN_CAUSES {
        rows.push(("", format!("and {} more causes, listed below", morning.causes.len() - SHOWN_CAUSES)));
    }
    let rate = report.bytes as f64 / report.makespan_s.max(1e-9);
    rows.push(("moved in this run", format!("{} items, {}", count(report.items), bytes(report.bytes))));
    rows.push((
        "makespan",
        format!(
            "{}; {}/s, {:.0} items/s",
            time(report.makespan_s),
            bytes(rate as u64),
            report.items as f64 / report.makespan_s.max(1e-9)
        ),
    ));
    if let Some(took) = &report.mailbox_seconds {
        rows.push((
            "a mailbox took",
            format!(
                "{} (half), {} (nine in ten), {} at most",
                time(took.p50),
                time(took.p90),
                time(took.max)
            ),
        ));
    }
    rows.push((
        "limit",
        format!(
            "{} to {}, {} at the end; {} decisions",
            report.limit.min,
            report.limit.max,
            report.limit.last,
            count(report.decisions.len() as u64)
        ),
    ));
    rows.push(("over a line", over(morning)));
    let renewed = |side: &str| report.tokens_renewed.get(side).copied().unwrap_or(0);
    rows.push((
        "tokens renewed",
        format!("{} on the source, {} on the destination", renewed("source"), renewed("destination")),
    ));
    for (at, warning) in morning.warnings.iter().take(SHOWN_WARNINGS).enumerate() {
        rows.push((if at == 0 { "warnings" } else { "" }, warning.clone()));
    }
    match morning.warnings.len() {
        0 => rows.push(("warnings", "none".to_owned())),
        number if number > SHOWN_WARNINGS => {
            rows.push(("", format!("and {} more, listed below", number - SHOWN_WARNINGS)));
        }
        _ => {}
    }
    rows
}

fn run(morning: &Morning) -> String {
    let run = &morning.run;
    let end = run.ended.as_deref().map_or_else(String::new, |ended| format!(" to {ended}"));
    format!("{}, {}, {}{end}, zmpace {}", run.id, run.state, run.started, run.version)
}

fn not_done(morning: &Morning) -> String {
    let (accounts, left) = (&morning.report.accounts, &morning.left);
    let mut text = format!(
        "{} not yet moved ({}), {} failed, {} incomplete",
        count(left.mailboxes),
        bytes(left.bytes),
        count(accounts.failed),
        count(accounts.incomplete)
    );
    if left.mailboxes > 0 {
        let more = left.seconds.map_or_else(
            || "; too early to tell how long".to_owned(),
            |seconds| format!("; about {} more", time(seconds)),
        );
        text += &more;
        if let Some(nights) = left.nights {
            let runs = nights.ceil();
            let word = if runs > 1.0 { "runs" } else { "run" };
            let _ = write!(text, ": {runs} {word} of this length");
        }
    }
    text
}

fn over(morning: &Morning) -> String {
    let over: Vec<String> = morning
        .report
        .over_line_s
        .iter()
        .filter(|(_, seconds)| **seconds > 0.0)
        .map(|(name, seconds)| format!("{name} {seconds:.0} s"))
        .collect();
    let over = if over.is_empty() { "never".to_owned() } else { over.join(", ") };
    format!("{over} (of {} observed)", time(morning.report.observed_s))
}
