//! The report as Markdown for a ticket: the text's parts, and the tables as far as a ticket bears them.

use std::fmt::Write as _;

use super::{
    advice::Advice,
    morning::Morning,
    settings::time,
    summary,
    text::{boxed, cause, foremost, headroom, met, tightest},
};
use crate::{
    lang::{Lang, tell},
    ui::words::{bytes, count, tame},
};

/// Decisions listed.
const SHOWN_DECISIONS: usize = 200;
/// Mailboxes listed.
const SHOWN_MAILBOXES: usize = 100;

impl Morning {
    /// As Markdown.
    #[must_use]
    pub fn markdown(&self, lang: Lang) -> String {
        let mut text = format!(
            "# {}\n\n## {}\n\n| | |\n|---|---|\n",
            tell!(lang, "rep-title", run = self.run.id),
            tell!(lang, "sum-title")
        );
        for (label, sentence) in summary::rows(self, lang) {
            let _ = writeln!(text, "| {label} | {} |", plain(&sentence));
        }
        settings_markdown(&Advice::of(self, lang), lang, &mut text);
        self.hours_markdown(lang, &mut text);
        self.decisions_markdown(lang, &mut text);
        self.mailboxes_markdown(lang, &mut text);
        text
    }

    fn hours_markdown(&self, lang: Lang, text: &mut String) {
        let _ = writeln!(
            text,
            "\n## {}\n\n| {} | {} | {} | {} | {} | {} |\n|---|--:|--:|--:|--:|---|",
            tell!(lang, "rep-by-hour"),
            tell!(lang, "rep-hour"),
            tell!(lang, "rep-limit"),
            tell!(lang, "rep-done"),
            tell!(lang, "rep-moved"),
            tell!(lang, "rep-work-rate"),
            tell!(lang, "rep-tightest")
        );
        for hour in &self.hours {
            let (done, moved) = (count(hour.mailboxes), bytes(hour.bytes));
            let _ = writeln!(
                text,
                "| {} | {:.1} | {done} | {moved} | {:.1} | {} |",
                hour.hour,
                hour.limit,
                hour.work_rate,
                plain(&tightest(hour, lang))
            );
        }
    }

    fn decisions_markdown(&self, lang: Lang, text: &mut String) {
        let _ = writeln!(
            text,
            "\n## {}\n\n| {} | {} | {} |\n|---|---|---|",
            tell!(lang, "page-decisions"),
            tell!(lang, "rep-at"),
            tell!(lang, "rep-limit"),
            tell!(lang, "rep-reason")
        );
        for decision in self.records.iter().take(SHOWN_DECISIONS) {
            let at = lang.time(&time(decision.at_s));
            let reason = plain(&lang.reason(decision));
            let _ = writeln!(text, "| {at} | {} → {} | {reason} |", decision.from, decision.to);
        }
        if let Some(more) = more(self.records.len(), SHOWN_DECISIONS) {
            let _ = writeln!(text, "\n{}", tell!(lang, "rep-more-decisions", more = more));
        }
    }

    fn mailboxes_markdown(&self, lang: Lang, text: &mut String) {
        let heads = [
            tell!(lang, "rep-account"),
            tell!(lang, "rep-state"),
            tell!(lang, "rep-size"),
            tell!(lang, "rep-expected"),
            tell!(lang, "rep-moved"),
            tell!(lang, "rep-verified"),
            tell!(lang, "rep-attempts"),
            tell!(lang, "rep-worker-time"),
            tell!(lang, "rep-cause"),
        ];
        let _ = writeln!(
            text,
            "\n## {}\n\n{}\n\n| {} |\n|---|---|--:|--:|--:|--:|--:|--:|---|",
            tell!(lang, "page-mailboxes"),
            tell!(lang, "rep-foremost"),
            heads.join(" | ")
        );
        for line in foremost(&self.mailboxes, SHOWN_MAILBOXES) {
            let number = |number: Option<u64>| number.map_or_else(|| "–".to_owned(), count);
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                plain(&line.account),
                boxed(line.state, lang),
                bytes(line.bytes),
                number(line.items_expected),
                count(line.items_moved),
                number(line.items_verified),
                line.attempts,
                lang.time(&time(line.worker_s)),
                plain(&cause(line, lang))
            );
        }
        if let Some(more) = more(self.mailboxes.len(), SHOWN_MAILBOXES) {
            let _ = writeln!(text, "\n{}", tell!(lang, "rep-more-mailboxes", more = more));
        }
    }
}

fn settings_markdown(advice: &Advice, lang: Lang, text: &mut String) {
    let _ = writeln!(
        text,
        "\n## {}\n\n| {} | {} | {} |\n|---|---|---|",
        tell!(lang, "rep-settings"),
        tell!(lang, "rep-setting"),
        tell!(lang, "rep-value"),
        tell!(lang, "rep-evidence")
    );
    for setting in &advice.settings {
        let (value, evidence) = (plain(&setting.value), plain(&setting.evidence));
        let _ = writeln!(text, "| {} | {value} | {evidence} |", setting.name);
    }
    let _ = writeln!(text, "\n### {}\n", tell!(lang, "rep-headroom"));
    for line in &advice.headroom {
        let _ = writeln!(text, "- {}", plain(&headroom(line, lang)));
    }
    let _ = writeln!(text, "\n### {}\n", tell!(lang, "rep-faster"));
    for question in &advice.questions {
        let _ = writeln!(text, "- **{}**: {}", question.workers, plain(&question.answer));
    }
    let _ = writeln!(text, "\n### {}\n", tell!(lang, "rep-caps"));
    for cap in &advice.caps {
        let _ = writeln!(text, "- {}: {}; {}", met(cap.met, lang), cap.name, plain(&cap.evidence));
        for command in &cap.commands {
            let _ = writeln!(text, "  - `{command}`");
        }
        let _ = writeln!(text, "  - {}", cap.note);
    }
    let _ = writeln!(text, "\n### {}\n", tell!(lang, "rep-not-covered"));
    for what in &advice.not_covered {
        let _ = writeln!(text, "- {}", plain(what));
    }
}

/// How many are left out.
fn more(all: usize, shown: usize) -> Option<String> {
    (all > shown).then(|| count((all - shown) as u64))
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
