//! The report as one page that needs nothing else: no script, no request; every text escaped by the template.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{
    advice::{Advice, Setting},
    chart,
    figures::{self, Figure},
    lines::MailboxLine,
    morning::Morning,
    settings::time,
    summary,
    text::{boxed, cause, example, foremost, headroom, met, tightest},
    warnings,
};
use crate::{
    control::event::AccountState,
    lang::{Lang, tell},
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
    pub fn html(&self, lang: Lang) -> String {
        let title = tell!(lang, "rep-title", run = self.run.id);
        let page = html! {
            (DOCTYPE)
            html lang=(lang.name()) {
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
                        p.note { (self.told_when(lang)) }
                        nav aria-label=(tell!(lang, "page-sections")) { ul {
                            @for anchor in SECTIONS { li { a href={ "#" (anchor) } { (section(anchor, lang)) } } }
                        } }
                    }
                    main {
                        (self.summary_part(lang))
                        (self.settings_part(lang))
                        (self.charts_part(lang))
                        (self.hours_part(lang))
                        (self.failures_part(lang))
                        (self.decisions_part(lang))
                        (self.mailboxes_part(lang))
                    }
                }
            }
        };
        page.into_string()
    }

    fn told_when(&self, lang: Lang) -> String {
        let run = &self.run;
        let state = tell!(lang, &format!("state-{}", run.state));
        let span = match &run.ended {
            None => run.started.clone(),
            Some(ended) => {
                tell!(lang, "page-from-to", started = run.started.as_str(), ended = ended.as_str())
            }
        };
        let (at, version) = (run.reported.as_str(), env!("CARGO_PKG_VERSION"));
        tell!(lang, "page-told", state = state, span = span, at = at, version = version)
    }

    fn summary_part(&self, lang: Lang) -> Markup {
        let (report, accounts) = (&self.report, &self.report.accounts);
        let done = accounts.verified + accounts.empty;
        let took = lang.time(&time(report.makespan_s));
        let number =
            self.advice.workers.recommended.map_or_else(|| "–".to_owned(), |number| number.to_string());
        html! {
            section id="summary" {
                h2 { (section("summary", lang)) }
                ul.big {
                    li { b { (count(done)) } (tell!(lang, "page-done", total = count(accounts.total))) }
                    li { b { (count(accounts.failed + accounts.incomplete)) } (tell!(lang, "page-not-well")) }
                    li { b { (bytes(report.bytes)) } (tell!(lang, "page-moved-in", span = took)) }
                    li { b { (number) } (tell!(lang, "page-threads")) }
                }
                @for warning in &warnings::of(self, lang) { p.warn { b { (tell!(lang, "page-warning")) " " } (prose(warning)) } }
                dl { @for (label, sentence) in summary::facts(self, lang) {
                    dt { (label) } dd { (prose(&sentence)) }
                } }
            }
        }
    }

    fn settings_part(&self, lang: Lang) -> Markup {
        let advice = Advice::of(self, lang);
        let row = |setting: &Setting| {
            html! { tr { th scope="row" { (&setting.name) } td.a { b { (tame(&setting.value)) } } td.w { (prose(&setting.evidence)) } } }
        };
        html! {
            section id="settings" {
                h2 { (section("settings", lang)) }
                div.scroll { table.stack {
                    thead { tr { @for name in [tell!(lang, "page-setting"), tell!(lang, "page-value"), tell!(lang, "page-evidence")] { th scope="col" { (name) } } } }
                    tbody { @for setting in &advice.settings { (row(setting)) } }
                } }
                h3 { (tell!(lang, "rep-faster")) }
                dl { @for question in &advice.questions {
                    dt { (tell!(lang, "page-number", number = question.workers)) } dd { (prose(&question.answer)) }
                } }
                h3 { (tell!(lang, "rep-headroom")) }
                ul { @for line in &advice.headroom { li { (headroom(line, lang)) } } }
                h3 { (tell!(lang, "page-caps")) }
                @for cap in &advice.caps {
                    p { b { (cap.name) } ": " b { (met(cap.met, lang)) } "; " (cap.evidence) }
                    pre { code { @for command in &cap.commands { (command) "\n" } } }
                    p.note { (prose(&cap.note)) }
                }
                h3 { (tell!(lang, "page-not-covered")) }
                ul { @for what in &advice.not_covered { li { (tame(what)) } } }
            }
        }
    }

    fn charts_part(&self, lang: Lang) -> Markup {
        let figure = |figure: &Figure| {
            html! {
                figure {
                    h3 { (&figure.title) }
                    @if !figure.keys.is_empty() {
                        ul.keys { @for (ink, words) in &figure.keys {
                            li { svg viewBox="0 0 42 10" aria-hidden="true" {
                                @if figure.filled { rect width="42" height="10" fill=(ink.hex()) {} }
                                @else { line x1="0" y1="5" x2="42" y2="5" stroke=(ink.hex()) stroke-width="3" {} }
                            } (words) }
                        } }
                    }
                    div.scroll tabindex="0" role="group" aria-label=(&figure.title) { (PreEscaped(&figure.svg)) }
                    figcaption { (figure.note) }
                }
            }
        };
        html! {
            section id="charts" {
                h2 { (section("charts", lang)) }
                @for drawn in &figures::of(self, lang) { (figure(drawn)) }
            }
        }
    }

    fn hours_part(&self, lang: Lang) -> Markup {
        let share = |value: Option<f64>| {
            value.map_or_else(|| "–".to_owned(), |value| format!("{:.0} %", value * 100.0))
        };
        let heads = [
            tell!(lang, "page-limit"),
            tell!(lang, "page-ended"),
            tell!(lang, "page-moved"),
            tell!(lang, "page-work"),
            tell!(lang, "page-cpu-source"),
            tell!(lang, "page-cpu-destination"),
        ];
        html! {
            section id="hours" {
                h2 { (section("hours", lang)) }
                div.scroll { table {
                    thead { tr {
                        th scope="col" { (tell!(lang, "page-hour")) }
                        @for name in heads { th.n scope="col" { (name) } }
                        th scope="col" { (tell!(lang, "page-nearest")) }
                    } }
                    tbody { @for hour in &self.hours { tr {
                        th scope="row" { (hour.hour) }
                        td.n { (format!("{:.1}", hour.limit)) } td.n { (count(hour.mailboxes)) } td.n { (bytes(hour.bytes)) }
                        td.n { (format!("{:.2}", hour.work_rate)) } td.n { (share(hour.cpu[0])) } td.n { (share(hour.cpu[1])) }
                        td.a { (tightest(hour, lang)) }
                    } } }
                } }
            }
        }
    }

    fn failures_part(&self, lang: Lang) -> Markup {
        html! {
            section id="failures" {
                h2 { (tell!(lang, "page-by-cause")) }
                @if self.causes.is_empty() { p { (tell!(lang, "page-nothing-failed")) } } @else {
                    div.scroll { table {
                        thead { tr {
                            th scope="col" { (tell!(lang, "page-code")) }
                            th.n scope="col" { (tell!(lang, "page-left")) } th.n scope="col" { (tell!(lang, "page-attempts")) }
                            th scope="col" { (tell!(lang, "page-example")) } th scope="col" { (tell!(lang, "page-next")) }
                        } }
                        tbody { @for cause in &self.causes { @let (example, next) = example(cause, lang); tr {
                            th scope="row" { (tame(&cause.code)) }
                            td.n { (count(cause.mailboxes)) } td.n { (count(cause.attempts)) }
                            td.w { (cut(&example, lang)) } td.a { code { (cut(&next, lang)) } }
                        } } }
                    } }
                }
            }
        }
    }

    fn decisions_part(&self, lang: Lang) -> Markup {
        let decisions = &self.records;
        let all = decisions.len() <= MOST_DECISIONS;
        let (most, number) = (count(MOST_DECISIONS as u64), count(decisions.len() as u64));
        // Where not all fit, refusals give way to changes.
        let shown =
            decisions.iter().filter(|decision| all || decision.from != decision.to).take(MOST_DECISIONS);
        html! {
            section id="decisions" {
                h2 { (section("decisions", lang)) }
                @if !all {
                    p.note { (tell!(lang, "page-changes-only", most = most, all = number)) " "
                        code { "zmpace report --run " (self.run.id) " --format csv --table decisions" } }
                }
                div.scroll { table {
                    thead { tr { th.n scope="col" { (tell!(lang, "page-after")) } th.n scope="col" { (tell!(lang, "page-limit")) } th scope="col" { (tell!(lang, "page-reason")) } } }
                    tbody { @for decision in shown { tr {
                        td.n { (lang.time(&time(decision.at_s))) }
                        td.n { @if decision.from == decision.to { (decision.to) } @else { (decision.from) " → " (decision.to) } }
                        td.w { (tame(&lang.reason(decision))) }
                    } } }
                } }
            }
        }
    }

    fn mailboxes_part(&self, lang: Lang) -> Markup {
        let all = self.mailboxes.len() <= ALL_MAILBOXES;
        let listed = foremost(&self.mailboxes, if all { ALL_MAILBOXES } else { FOREMOST });
        let heads = [
            tell!(lang, "page-size"),
            tell!(lang, "page-expected"),
            tell!(lang, "page-moved"),
            tell!(lang, "page-verified"),
            tell!(lang, "page-attempts"),
            tell!(lang, "page-worker-time"),
            tell!(lang, "page-rate"),
        ];
        html! {
            section id="mailboxes" {
                h2 { (section("mailboxes", lang)) }
                h3 { (tell!(lang, "page-by-size")) }
                (self.classes_table(lang))
                h3 { (tell!(lang, "page-one-by-one")) }
                @if all { p.note { (tell!(lang, "page-not-well-first")) } } @else {
                    p.note { (self.some_listed(listed.len(), lang)) " "
                        code { "zmpace report --run " (self.run.id) " --format csv" } }
                }
                div.scroll { table {
                    thead { tr {
                        th scope="col" { (tell!(lang, "page-account")) } th scope="col" { (tell!(lang, "page-state")) }
                        @for name in heads { th.n scope="col" { (name) } }
                        th scope="col" { (tell!(lang, "page-cause")) }
                    } }
                    tbody { @for line in listed { (mailbox(line, lang)) } }
                } }
            }
        }
    }

    fn some_listed(&self, listed: usize, lang: Lang) -> String {
        let bad = self.report.accounts.failed + self.report.accounts.incomplete;
        let (listed, all) = (count(listed as u64), count(self.mailboxes.len() as u64));
        tell!(lang, "page-some-listed", listed = listed, all = all, bad = count(bad))
    }

    fn classes_table(&self, lang: Lang) -> Markup {
        let heads = [
            tell!(lang, "page-mailboxes"),
            tell!(lang, "page-class-done"),
            tell!(lang, "page-class-bad"),
            tell!(lang, "page-bytes"),
            tell!(lang, "page-items"),
            tell!(lang, "page-worker-time"),
        ];
        html! {
            div.scroll { table {
                thead { tr {
                    th scope="col" { (tell!(lang, "page-size")) }
                    @for name in heads { th.n scope="col" { (name) } }
                } }
                tbody { @for class in &self.classes { tr {
                    th scope="row" { (class.words(lang)) }
                    td.n { (count(class.mailboxes)) } td.n { (count(class.done)) } td.n { (count(class.bad)) }
                    td.n { (bytes(class.bytes)) } td.n { (count(class.items)) } td.n { (lang.time(&time(class.worker_s))) }
                } } }
            } }
        }
    }
}

/// Anchors of the sections.
const SECTIONS: [&str; 7] = ["summary", "settings", "charts", "hours", "failures", "decisions", "mailboxes"];

/// What the section at an anchor is called.
fn section(anchor: &str, lang: Lang) -> String {
    match anchor {
        "summary" => tell!(lang, "sum-title"),
        "settings" => tell!(lang, "rep-settings"),
        "hours" => tell!(lang, "rep-by-hour"),
        "charts" => tell!(lang, "page-charts"),
        "failures" => tell!(lang, "page-failures"),
        "decisions" => tell!(lang, "page-decisions"),
        _ => tell!(lang, "page-mailboxes"),
    }
}

fn mailbox(line: &MailboxLine, lang: Lang) -> Markup {
    let number = |number: Option<u64>| number.map_or_else(|| "–".to_owned(), count);
    let bad = matches!(line.state, AccountState::Failed | AccountState::Incomplete);
    let cause = cause(line, lang);
    html! {
        tr {
            td.a { (tame(&line.account)) } td.s.bad[bad] { (boxed(line.state, lang)) }
            td.n { (bytes(line.bytes)) } td.n { (number(line.items_expected)) } td.n { (count(line.items_moved)) }
            td.n { (number(line.items_verified)) } td.n { (line.attempts) } td.n { (lang.time(&time(line.worker_s))) }
            td.n { (line.bytes_per_s.map_or_else(|| "–".to_owned(), |rate| format!("{}/s", bytes(rate as u64)))) }
            td { @if let Some(code) = &line.code { (tame(code)) ": " } @if !cause.is_empty() { (cut(&cause, lang)) } }
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
fn cut(text: &str, lang: Lang) -> String {
    let text = tame(text);
    match text.char_indices().nth(MOST_CAUSE) {
        Some((end, _)) => format!("{}… {}", &text[..end], tell!(lang, "page-json-has-all")),
        None => text,
    }
}
