//! The summary: some twenty rows of a label and a sentence, the same in text, Markdown and HTML.

use super::{morning::Morning, settings::time, text::example, warnings};
use crate::{
    lang::{Lang, tell},
    ui::words::{bytes, count},
};

/// Causes told one by one.
const SHOWN_CAUSES: usize = 5;
/// Warnings told one by one.
const SHOWN_WARNINGS: usize = 4;

/// Label and sentence. A label of blanks goes on with the row before.
pub(super) fn rows(morning: &Morning, lang: Lang) -> Vec<(String, String)> {
    let mut rows = facts(morning, lang);
    rows.extend(listed(tell!(lang, "sum-warnings"), warned(morning, lang)));
    rows
}

/// The same without the warnings, which a page shows in its own way.
pub(super) fn facts(morning: &Morning, lang: Lang) -> Vec<(String, String)> {
    let mut rows = vec![
        (tell!(lang, "sum-run"), run(morning, lang)),
        (tell!(lang, "sum-done"), done(morning, lang)),
        (tell!(lang, "sum-not-done"), not_done(morning, lang)),
    ];
    rows.extend(listed(tell!(lang, "sum-causes"), causes(morning, lang)));
    rows.extend(went(morning, lang));
    rows.push((tell!(lang, "sum-over"), over(morning, lang)));
    let renewed = |side: &str| morning.report.tokens_renewed.get(side).copied().unwrap_or(0);
    let (source, destination) = (renewed("source"), renewed("destination"));
    rows.push((
        tell!(lang, "sum-tokens"),
        tell!(lang, "sum-tokens-are", source = source, destination = destination),
    ));
    rows
}

/// The first of several sentences has the label.
fn listed(label: String, sentences: Vec<String>) -> impl Iterator<Item = (String, String)> {
    std::iter::once(label).chain(std::iter::repeat(String::new())).zip(sentences)
}

fn run(morning: &Morning, lang: Lang) -> String {
    let run = &morning.run;
    let state = tell!(lang, &format!("state-{}", run.state));
    let (id, started, version) = (run.id, run.started.as_str(), run.version.as_str());
    let Some(ended) = run.ended.as_deref() else {
        return tell!(lang, "sum-run-open", id = id, state = state, started = started, version = version);
    };
    tell!(lang, "sum-run-ended", id = id, state = state, started = started, ended = ended, version = version,)
}

fn done(morning: &Morning, lang: Lang) -> String {
    let accounts = &morning.report.accounts;
    tell!(
        lang,
        "sum-done-are",
        done = count(accounts.verified + accounts.empty),
        total = count(accounts.total),
        verified = count(accounts.verified),
        empty = count(accounts.empty),
    )
}

fn not_done(morning: &Morning, lang: Lang) -> String {
    let (accounts, left) = (&morning.report.accounts, &morning.left);
    let mut text = tell!(
        lang,
        "sum-not-done-are",
        left = count(left.mailboxes),
        bytes = bytes(left.bytes),
        failed = count(accounts.failed),
        incomplete = count(accounts.incomplete),
    );
    if left.mailboxes > 0 {
        text += "; ";
        text += &left.seconds.map_or_else(
            || tell!(lang, "sum-too-early"),
            |seconds| tell!(lang, "sum-more", span = lang.time(&time(seconds))),
        );
        if let Some(nights) = left.nights {
            text += ": ";
            text += &tell!(lang, "sum-runs", runs = nights.ceil());
        }
    }
    text
}

fn causes(morning: &Morning, lang: Lang) -> Vec<String> {
    let one = |cause: &super::lines::CauseLine| {
        tell!(
            lang,
            "sum-cause",
            code = cause.code.as_str(),
            left = count(cause.mailboxes),
            attempts = count(cause.attempts),
            next = example(cause, lang).1,
        )
    };
    let mut list: Vec<String> = morning.causes.iter().take(SHOWN_CAUSES).map(one).collect();
    if morning.causes.len() > SHOWN_CAUSES {
        list.push(tell!(lang, "sum-more-causes", more = morning.causes.len() - SHOWN_CAUSES));
    }
    list
}

/// How fast it went, with how many at once.
fn went(morning: &Morning, lang: Lang) -> Vec<(String, String)> {
    let report = &morning.report;
    let span = |seconds: f64| lang.time(&time(seconds));
    let seconds = report.makespan_s.max(1e-9);
    let (items, size) = (count(report.items), bytes(report.bytes));
    let mut rows = vec![(tell!(lang, "sum-moved"), tell!(lang, "sum-moved-is", items = items, bytes = size))];
    rows.push((
        tell!(lang, "sum-makespan"),
        tell!(
            lang,
            "sum-makespan-is",
            span = span(report.makespan_s),
            rate = bytes((report.bytes as f64 / seconds) as u64),
            items = format!("{:.0}", report.items as f64 / seconds),
        ),
    ));
    if let Some(took) = &report.mailbox_seconds {
        let (half, nine, most) = (span(took.p50), span(took.p90), span(took.max));
        rows.push((
            tell!(lang, "sum-took"),
            tell!(lang, "sum-took-is", half = half, nine = nine, most = most),
        ));
    }
    let limit = &report.limit;
    rows.push((
        tell!(lang, "sum-limit"),
        tell!(
            lang,
            "sum-limit-is",
            min = limit.min,
            max = limit.max,
            last = limit.last,
            decisions = count(report.decisions.len() as u64),
        ),
    ));
    rows
}

fn over(morning: &Morning, lang: Lang) -> String {
    let over: Vec<String> = morning
        .report
        .over_line_s
        .iter()
        .filter(|(_, seconds)| **seconds > 0.0)
        .map(|(name, seconds)| format!("{} {}", lang.line_named(name), lang.time(&format!("{seconds:.0} s"))))
        .collect();
    let over = if over.is_empty() { tell!(lang, "sum-never") } else { over.join(", ") };
    tell!(lang, "sum-over-is", over = over, span = lang.time(&time(morning.report.observed_s)))
}

fn warned(morning: &Morning, lang: Lang) -> Vec<String> {
    let mut list = warnings::of(morning, lang);
    if list.is_empty() {
        return vec![tell!(lang, "sum-no-warnings")];
    }
    if list.len() > SHOWN_WARNINGS {
        let more = list.len() - SHOWN_WARNINGS;
        list.truncate(SHOWN_WARNINGS);
        list.push(tell!(lang, "sum-more-warnings", more = more));
    }
    list
}
