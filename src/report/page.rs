//! The report as one page that needs nothing else: no script, no request; every text escaped by the template.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{
    advice::Setting,
    chart,
    figures::{self, Figure},
    lines::MailboxLine,
    morning::Morning,
    settings::time,
    summary,
    text::{foremost, headroom, met, state, tightest},
};
use crate::{
    control::event::AccountState,
    lang::Lang,
    ui::words::{bytes, count, tame},
};

/// Mailboxes that are all listed; with more, the foremost ones and the sums by size stand for them.
const ALL_MAILBOXES: usize = 2000;
/// Mailboxes listed when there are more.
const FOREMOST: usize = 600;
/// Decisions listed.
const MOST_DECISIONS: usize = 1500;
/// Letters of a cause that are shown.
const MOST_CAUSE: usize = 300;

/// Nothing may be loaded from anywhere, and nothing may run.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

impl Morning {
    /// The page.
    #[must_use]
    pub fn html(&self) -> String {
        let title = format!("Migration report, run {}", self.run.id);
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    link rel="icon" href="data:,";
                    title { (title) }
                    style { (PreEscaped(include_str!("page.css"))) (PreEscaped(chart::style())) }
                }
                body {
                    header {
                        h1 { (title) }
                        p.note { (self.run.state) ", " (self.run.started)
                            @if let Some(ended) = &self.run.ended { " to " (ended) }
                            "; told at " (self.run.reported) " by zmpace " (env!("CARGO_PKG_VERSION")) }
                        nav aria-label="Sections" { ul {
                            @for (anchor, words) in SECTIONS { li { a href={ "#" (anchor) } { (words) } } }
                        } }
                    }
                    main {
                        (self.summary_part())
                        (self.settings_part())
                        (self.charts_part())
                        (self.hours_part())
                        (self.failures_part())
                        (self.decisions_part())
                        (self.mailboxes_part())
                    }
                }
            }
        };
        page.into_string()
    }

    fn summary_part(&self) -> Markup {
        let (report, accounts) = (&self.report, &self.report.accounts);
        let done = accounts.verified + accounts.empty;
        let number =
            self.advice.workers.recommended.map_or_else(|| "–".to_owned(), |number| number.to_string());
        html! {
            section id="summary" {
                h2 { "Summary" }
                ul.big {
                    li { b { (count(done)) } "of " (count(accounts.total)) " mailboxes done" }
                    li { b { (count(accounts.failed + accounts.incomplete)) } "failed or incomplete" }
                    li { b { (bytes(report.bytes)) } "moved in " (time(report.makespan_s)) }
                    li { b { (number) } "threads recommended" }
                }
                @for warning in &self.warnings { p.warn { b { "Warning: " } (prose(warning)) } }
                dl { @for (label, sentence) in summary::rows(self, Lang::En).into_iter().filter(|row| row.0 != "warnings") {
                    dt { (label) } dd { (prose(&sentence)) }
                } }
            }
        }
    }

    fn settings_part(&self) -> Markup {
        let advice = &self.advice;
        let row = |setting: &Setting| {
            html! { tr { th scope="row" { (setting.name) } td.a { b { (tame(&setting.value)) } } td.w { (prose(&setting.evidence)) } } }
        };
        html! {
            section id="settings" {
                h2 { "Recommended settings" }
                div.scroll { table.stack {
                    thead { tr { th scope="col" { "Setting" } th scope="col" { "Value" } th scope="col" { "Evidence" } } }
                    tbody { @for setting in &advice.settings { (row(setting)) } }
                } }
                h3 { "Would more be faster?" }
                dl { @for question in &advice.questions {
                    dt { (question.workers) " threads" } dd { (prose(&question.answer)) }
                } }
                h3 { "Headroom at that number" }
                ul { @for line in &advice.headroom { li { (headroom(line)) } } }
                h3 { "Zimbra's own caps" }
                @for cap in &advice.caps {
                    p { b { (cap.name) } ": " b { (met(cap.met)) } "; " (cap.evidence) }
                    pre { code { @for command in &cap.commands { (command) "\n" } } }
                    p.note { (prose(cap.note)) }
                }
                h3 { "What this does not cover" }
                ul { @for what in &advice.not_covered { li { (tame(what)) } } }
            }
        }
    }

    fn charts_part(&self) -> Markup {
        let figure = |figure: &Figure| {
            html! {
                figure {
                    h3 { (figure.title) }
                    @if !figure.keys.is_empty() {
                        ul.keys { @for (ink, words) in &figure.keys {
                            li { svg viewBox="0 0 42 10" aria-hidden="true" {
                                @if figure.filled { rect width="42" height="10" fill=(ink.hex()) {} }
                                @else { line x1="0" y1="5" x2="42" y2="5" stroke=(ink.hex()) stroke-width="3" {} }
                            } (words) }
                        } }
                    }
                    div.scroll tabindex="0" role="group" aria-label=(figure.title) { (PreEscaped(&figure.svg)) }
                    figcaption { (figure.note) }
                }
            }
        };
        html! {
            section id="charts" {
                h2 { "Charts" }
                @for drawn in &figures::of(self) { (figure(drawn)) }
            }
        }
    }

    fn hours_part(&self) -> Markup {
        let share = |value: Option<f64>| {
            value.map_or_else(|| "–".to_owned(), |value| format!("{:.0} %", value * 100.0))
        };
        html! {
            section id="hours" {
                h2 { "By hour" }
                div.scroll { table {
                    thead { tr {
                        th scope="col" { "Hour" }
                        @for name in ["Limit", "Ended", "Moved", "Work/s", "CPU source", "CPU dest."] { th.n scope="col" { (name) } }
                        th scope="col" { "Nearest to its line" }
                    } }
                    tbody { @for hour in &self.hours { tr {
                        th scope="row" { (hour.hour) }
                        td.n { (format!("{:.1}", hour.limit)) } td.n { (count(hour.mailboxes)) } td.n { (bytes(hour.bytes)) }
                        td.n { (format!("{:.2}", hour.work_rate)) } td.n { (share(hour.cpu[0])) } td.n { (share(hour.cpu[1])) }
                        td.a { (tightest(hour)) }
                    } } }
                } }
            }
        }
    }

    fn failures_part(&self) -> Markup {
        html! {
            section id="failures" {
                h2 { "Failures by cause" }
                @if self.causes.is_empty() { p { "Nothing failed." } } @else {
                    div.scroll { table {
                        thead { tr {
                            th scope="col" { "Code" } th.n scope="col" { "Mailboxes left" } th.n scope="col" { "Attempts" }
                            th scope="col" { "For instance" } th scope="col" { "Next command" }
                        } }
                        tbody { @for cause in &self.causes { tr {
                            th scope="row" { (tame(&cause.code)) }
                            td.n { (count(cause.mailboxes)) } td.n { (count(cause.attempts)) }
                            td.w { (cut(&cause.example)) } td.a { code { (cut(&cause.next)) } }
                        } } }
                    } }
                }
            }
        }
    }

    fn decisions_part(&self) -> Markup {
        let decisions = &self.report.decisions;
        let all = decisions.len() <= MOST_DECISIONS;
        // Where not all fit, refusals give way to changes.
        let shown =
            decisions.iter().filter(|decision| all || decision.from != decision.to).take(MOST_DECISIONS);
        html! {
            section id="decisions" {
                h2 { "Decisions" }
                @if !all {
                    p.note { "Changes of the limit only, " (count(MOST_DECISIONS as u64)) " at most, of " (count(decisions.len() as u64))
                        " decisions. All: " code { "zmpace report --run " (self.run.id) " --format csv --table decisions" } }
                }
                div.scroll { table {
                    thead { tr { th.n scope="col" { "After" } th.n scope="col" { "Limit" } th scope="col" { "Reason" } } }
                    tbody { @for decision in shown { tr {
                        td.n { (time(decision.at_s)) }
                        td.n { @if decision.from == decision.to { (decision.to) } @else { (decision.from) " → " (decision.to) } }
                        td.w { (tame(&decision.reason)) }
                    } } }
                } }
            }
        }
    }

    fn mailboxes_part(&self) -> Markup {
        let all = self.mailboxes.len() <= ALL_MAILBOXES;
        let listed = foremost(&self.mailboxes, if all { ALL_MAILBOXES } else { FOREMOST });
        let bad = self.report.accounts.failed + self.report.accounts.incomplete;
        html! {
            section id="mailboxes" {
                h2 { "Mailboxes" }
                h3 { "By size" }
                div.scroll { table {
                    thead { tr {
                        th scope="col" { "Size" }
                        @for name in ["Mailboxes", "Done", "Not well", "Bytes", "Items", "Worker time"] { th.n scope="col" { (name) } }
                    } }
                    tbody { @for class in &self.classes { tr {
                        th scope="row" { (class.class) }
                        td.n { (count(class.mailboxes)) } td.n { (count(class.done)) } td.n { (count(class.bad)) }
                        td.n { (bytes(class.bytes)) } td.n { (count(class.items)) } td.n { (time(class.worker_s)) }
                    } } }
                } }
                h3 { "One by one" }
                @if all { p.note { "Those that are not well first, then by size." } } @else {
                    p.note { (count(listed.len() as u64)) " of " (count(self.mailboxes.len() as u64))
                        " mailboxes are listed: those that are not well first (" (count(bad)) " in all), then the largest. "
                        "The others are in the sums above. All: "
                        code { "zmpace report --run " (self.run.id) " --format csv" } }
                }
                div.scroll { table {
                    thead { tr {
                        th scope="col" { "Account" } th scope="col" { "State" }
                        @for name in ["Size", "Expected", "Moved", "Verified", "Attempts", "Worker time", "Rate"] { th.n scope="col" { (name) } }
                        th scope="col" { "Cause" }
                    } }
                    tbody { @for line in listed { (mailbox(line)) } }
                } }
            }
        }
    }
}

/// Anchors and words of the sections.
const SECTIONS: [(&str, &str); 7] = [
    ("summary", "Summary"),
    ("settings", "Recommended settings"),
    ("charts", "Charts"),
    ("hours", "By hour"),
    ("failures", "Failures"),
    ("decisions", "Decisions"),
    ("mailboxes", "Mailboxes"),
];

fn mailbox(line: &MailboxLine) -> Markup {
    let number = |number: Option<u64>| number.map_or_else(|| "–".to_owned(), count);
    let bad = matches!(line.state, AccountState::Failed | AccountState::Incomplete);
    html! {
        tr {
            td.a { (tame(&line.account)) } td.s.bad[bad] { (state(line.state)) }
            td.n { (bytes(line.bytes)) } td.n { (number(line.items_expected)) } td.n { (count(line.items_moved)) }
            td.n { (number(line.items_verified)) } td.n { (line.attempts) } td.n { (time(line.worker_s)) }
            td.n { (line.bytes_per_s.map_or_else(|| "–".to_owned(), |rate| format!("{}/s", bytes(rate as u64)))) }
            td { @if let Some(code) = &line.code { (tame(code)) ": " } @if let Some(cause) = &line.cause { (cut(cause)) } }
        }
    }
}

/// A sentence of ours with its commands, which stand between backticks, set apart.
fn prose(text: &str) -> Markup {
    let text = tame(text);
    html! { @for (place, part) in text.split('`').enumerate() {
        @if place % 2 == 1 { code { (part) } } @else { (part) }
    } }
}

/// As much of a text as a page bears, with a sign that there is more.
fn cut(text: &str) -> String {
    let text = tame(text);
    match text.char_indices().nth(MOST_CAUSE) {
        Some((end, _)) => format!("{}… (the JSON has all)", &text[..end]),
        None => text,
    }
}
