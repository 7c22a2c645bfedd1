//! The report as plain text for a terminal and as Markdown for a ticket.

use std::fmt::Write as _;

use super::{
    hours::of_line,
    lines::{HourLine, MailboxLine},
    morning::Morning,
    settings::time,
    summary,
};
use crate::{
    control::event::AccountState,
    lang::{Lang, tell},
    ui::words::{bytes, count, tame},
};

/// Failures listed.
const SHOWN_FAILURES: usize = 20;
/// Decisions listed in Markdown.
const SHOWN_DECISIONS: usize = 200;
/// Mailboxes listed in Markdown.
const SHOWN_MAILBOXES: usize = 100;

impl Morning {
    /// The summary alone: some twenty lines, for a mail.
    #[must_use]
    pub fn summary(&self, lang: Lang) -> String {
        let mut text = tell!(lang, "sum-title") + "\n";
        for (label, sentence) in summary::rows(self, lang) {
            let _ = writeln!(text, "  {label:18} {}", tame(&sentence));
        }
        text
    }

    /// As text: summary, failures, recommended settings, hours. Settings and hours are told in English only.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let mut text = self.summary(lang);
        let failures = &self.report.failures;
        if !failures.is_empty() {
            let _ = writeln!(text, "\n{}", tell!(lang, "sum-not-verified"));
        }
        for failure in failures.iter().take(SHOWN_FAILURES) {
            text += &failure.text(lang);
        }
        if failures.len() > SHOWN_FAILURES {
            let more = count((failures.len() - SHOWN_FAILURES) as u64);
            let _ = writeln!(text, "  {}", tell!(lang, "sum-more-failures", more = more));
        }
        self.settings_text(&mut text);
        text += "\nBy hour\n  hour                    limit  done      moved    work  tightest\n";
        for hour in &self.hours {
            let _ = writeln!(
                text,
                "  {:22} {:6.1} {:>5} {:>10} {:7.1}  {}",
                hour.hour,
                hour.limit,
                count(hour.mailboxes),
                bytes(hour.bytes),
                hour.work_rate,
                tightest(hour)
            );
        }
        text
    }

    fn settings_text(&self, text: &mut String) {
        let advice = &self.advice;
        *text += "\nRecommended settings\n";
        for setting in &advice.settings {
            let _ = writeln!(text, "  {:20} {}", setting.name, wrapped(&setting.value));
            let _ = writeln!(text, "  {:20} {}", "", wrapped(&setting.evidence));
        }
        *text += "\nHeadroom at that number\n";
        for line in &advice.headroom {
            let _ = writeln!(text, "  {}", headroom(line));
        }
        *text += "\nWould more be faster?\n";
        for question in &advice.questions {
            let _ = writeln!(text, "  {:>3}  {}", question.workers, question.answer);
        }
        *text += "\nZimbra's caps\n";
        for cap in &advice.caps {
            let _ = writeln!(text, "  {}: {}; {}", met(cap.met), cap.name, cap.evidence);
            for command in cap.commands.iter().filter(|_| cap.met) {
                let _ = writeln!(text, "      {command}");
            }
            if cap.met {
                let _ = writeln!(text, "      ({})", cap.note);
            }
        }
        *text += "\nNot covered\n";
        for what in &advice.not_covered {
            let _ = writeln!(text, "  - {what}");
        }
    }

    /// As Markdown: the same, and the tables as far as a ticket bears them.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!("# Migration report, run {}\n\n## Summary\n\n| | |\n|---|---|\n", self.run.id);
        for (label, sentence) in summary::rows(self, Lang::En) {
            let _ = writeln!(text, "| {label} | {} |", plain(&sentence));
        }
        text += "\n## Recommended settings\n\n| setting | value | evidence |\n|---|---|---|\n";
        for setting in &self.advice.settings {
            let _ = writeln!(
                text,
                "| {} | {} | {} |",
                setting.name,
                plain(&setting.value),
                plain(&setting.evidence)
            );
        }
        text += "\n### Headroom at that number\n\n";
        for line in &self.advice.headroom {
            let _ = writeln!(text, "- {}", plain(&headroom(line)));
        }
        text += "\n### Would more be faster?\n\n";
        for question in &self.advice.questions {
            let _ = writeln!(text, "- **{}**: {}", question.workers, plain(&question.answer));
        }
        text += "\n### Zimbra's caps\n\n";
        for cap in &self.advice.caps {
            let _ = writeln!(text, "- {}: {}; {}", met(cap.met), cap.name, plain(&cap.evidence));
            for command in &cap.commands {
                let _ = writeln!(text, "  - `{command}`");
            }
            let _ = writeln!(text, "  - {}", cap.note);
        }
        text += "\n### Not covered\n\n";
        for what in &self.advice.not_covered {
            let _ = writeln!(text, "- {}", plain(what));
        }
        self.tables_markdown(&mut text);
        text
    }

    fn tables_markdown(&self, text: &mut String) {
        *text += "\n## By hour\n\n| hour | limit | done | moved | work rate | tightest |\n|---|--:|--:|--:|--:|---|\n";
        for hour in &self.hours {
            let (done, moved) = (count(hour.mailboxes), bytes(hour.bytes));
            let _ = writeln!(
                text,
                "| {} | {:.1} | {done} | {moved} | {:.1} | {} |",
                hour.hour,
                hour.limit,
                hour.work_rate,
                plain(&tightest(hour))
            );
        }
        let decisions = &self.report.decisions;
        *text += "\n## Decisions\n\n| at | limit | reason |\n|---|---|---|\n";
        for decision in decisions.iter().take(SHOWN_DECISIONS) {
            let at = time(decision.at_s);
            let _ = writeln!(
                text,
                "| {at} | {} → {} | {} |",
                decision.from,
                decision.to,
                plain(&decision.reason)
            );
        }
        left_out(text, decisions.len(), SHOWN_DECISIONS, "decisions", "--table decisions");
        *text += "\n## Mailboxes\n\nThe largest, and before them those that are not verified.\n\n\
                  | account | state | size | expected | moved | verified | attempts | worker time | cause |\n\
                  |---|---|--:|--:|--:|--:|--:|--:|---|\n";
        for line in foremost(&self.mailboxes, SHOWN_MAILBOXES) {
            let number = |number: Option<u64>| number.map_or_else(|| "–".to_owned(), count);
            let cause = line.cause.as_deref().unwrap_or_default();
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                plain(&line.account),
                state(line.state),
                bytes(line.bytes),
                number(line.items_expected),
                count(line.items_moved),
                number(line.items_verified),
                line.attempts,
                time(line.worker_s),
                plain(cause)
            );
        }
        left_out(text, self.mailboxes.len(), SHOWN_MAILBOXES, "mailboxes", "");
    }
}

fn left_out(text: &mut String, all: usize, shown: usize, what: &str, more: &str) {
    if all > shown {
        let rest = count((all - shown) as u64);
        let _ = writeln!(text, "\n{rest} more {what}: `zmpace report --format csv {more}` has all.");
    }
}

/// A sentence in lines of at most 80 letters, set under the column of values.
fn wrapped(sentence: &str) -> String {
    let mut out = String::new();
    let mut length = 0;
    for word in tame(sentence).split(' ') {
        if length > 0 && length + 1 + word.chars().count() > 80 {
            out += "\n                       ";
            length = 0;
        } else if length > 0 {
            out.push(' ');
            length += 1;
        }
        out += word;
        length += word.chars().count();
    }
    out
}

/// Those that are not well first, then the largest.
pub(super) fn foremost(mailboxes: &[MailboxLine], number: usize) -> Vec<&MailboxLine> {
    let bad = |line: &MailboxLine| matches!(line.state, AccountState::Failed | AccountState::Incomplete);
    let mut lines: Vec<&MailboxLine> = mailboxes.iter().collect();
    lines.sort_by_key(|line| std::cmp::Reverse((bad(line), line.bytes)));
    lines.truncate(number);
    lines
}

/// A state in a word.
pub(super) const fn state(state: AccountState) -> &'static str {
    match state {
        AccountState::Waiting => "waiting",
        AccountState::InFlight => "in flight",
        AccountState::Verified => "verified",
        AccountState::Empty => "empty",
        AccountState::Incomplete => "incomplete",
        AccountState::Failed => "failed",
    }
}

/// Whether a cap was met, in a word or two.
pub(super) const fn met(met: bool) -> &'static str {
    if met { "met" } else { "not met" }
}

/// What an hour was nearest to.
pub(super) fn tightest(hour: &HourLine) -> String {
    hour.tightest.map_or_else(
        || "not seen".to_owned(),
        |most| format!("{} {} at {:.0} % of its line", most.side, most.measure.words(), most.of_line * 100.0),
    )
}

/// One line's headroom in a sentence.
pub(super) fn headroom(line: &super::advice::Headroom) -> String {
    let how = match (line.predicted, line.per_worker) {
        (true, Some(cost)) => format!("predicted, {} a worker", share(line.measure, cost)),
        _ => "highest minute seen".to_owned(),
    };
    let filled = of_line(&super::lines::GaugeLine {
        side: line.side,
        measure: line.measure,
        value: line.value,
        line: line.line,
    });
    format!(
        "{} {}: {} of {} ({how}), {:+.0} % headroom",
        line.side,
        line.measure.words(),
        line.measure.show(line.value),
        line.measure.show(line.line),
        (1.0 - filled) * 100.0
    )
}

/// A small share with one digit more than usual.
fn share(measure: crate::control::decision::Measure, value: f64) -> String {
    if value < 0.095 { format!("{:.1} %", value * 100.0) } else { measure.show(value) }
}

/// Text that Markdown takes as nothing but text, on one line.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in tame(text).chars() {
        match letter {
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '&' => out += "&amp;",
            '\\' | '`' | '*' | '_' | '[' | ']' | '(' | ')' | '#' | '|' | '!' | '~' | '$' => {
                out.push('\\');
                out.push(letter);
            }
            '@' => out += "&#64;", // no mention of anybody, no link to a mailbox
            ':' => out += "&#58;", // no link to anywhere
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_only_a_name_in_markdown() {
        let hostile = "a|b](http://x)<img src=x>\n# `c`**d**\u{1b}[31m@all";
        let text = plain(hostile);
        for sign in ["](", "<img", "\n", "http://", "@all", "\u{1b}"] {
            assert!(!text.contains(sign), "{sign:?} in {text}");
        }
        assert!(text.contains("\\|") && text.contains("\\`c\\`") && text.contains("\\*\\*d"), "{text}");
    }
}
