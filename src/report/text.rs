//! The report as plain text for a terminal, and sentences it shares with the other ways of telling.

use std::fmt::Write as _;

use super::{
    advice::{Advice, Headroom},
    hours::of_line,
    lines::{CauseLine, GaugeLine, HourLine, MailboxLine},
    morning::Morning,
    summary,
};
use crate::{
    control::{decision::Measure, event::AccountState},
    lang::{Lang, tell},
    ui::words::{bytes, count, tame},
};

/// Failures listed.
const SHOWN_FAILURES: usize = 20;

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

    /// As text: summary, failures, recommended settings, hours.
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
        settings_text(&Advice::of(self, lang), lang, &mut text);
        self.hours_text(lang, &mut text);
        text
    }

    fn hours_text(&self, lang: Lang, text: &mut String) {
        let [hour, limit, done] =
            [tell!(lang, "rep-hour"), tell!(lang, "rep-limit"), tell!(lang, "rep-done")];
        let [moved, work, tight] =
            [tell!(lang, "rep-moved"), tell!(lang, "rep-work"), tell!(lang, "rep-tightest")];
        let wide = done.chars().count().max(5);
        let _ = writeln!(text, "\n{}", tell!(lang, "rep-by-hour"));
        let _ = writeln!(text, "  {hour:22} {limit:>6} {done:>wide$} {moved:>10} {work:>7}  {tight}");
        for hour in &self.hours {
            let _ = writeln!(
                text,
                "  {:22} {:6.1} {:>wide$} {:>10} {:7.1}  {}",
                hour.hour,
                hour.limit,
                count(hour.mailboxes),
                bytes(hour.bytes),
                hour.work_rate,
                tightest(hour, lang)
            );
        }
    }
}

fn settings_text(advice: &Advice, lang: Lang, text: &mut String) {
    let _ = writeln!(text, "\n{}", tell!(lang, "rep-settings"));
    for setting in &advice.settings {
        let _ = writeln!(text, "  {:20} {}", setting.name, wrapped(&setting.value));
        let _ = writeln!(text, "  {:20} {}", "", wrapped(&setting.evidence));
    }
    let _ = writeln!(text, "\n{}", tell!(lang, "rep-headroom"));
    for line in &advice.headroom {
        let _ = writeln!(text, "  {}", headroom(line, lang));
    }
    let _ = writeln!(text, "\n{}", tell!(lang, "rep-faster"));
    for question in &advice.questions {
        let _ = writeln!(text, "  {:>3}  {}", question.workers, question.answer);
    }
    let _ = writeln!(text, "\n{}", tell!(lang, "rep-caps"));
    for cap in &advice.caps {
        let _ = writeln!(text, "  {}: {}; {}", met(cap.met, lang), cap.name, cap.evidence);
        for command in cap.commands.iter().filter(|_| cap.met) {
            let _ = writeln!(text, "      {command}");
        }
        if cap.met {
            let _ = writeln!(text, "      ({})", cap.note);
        }
    }
    let _ = writeln!(text, "\n{}", tell!(lang, "rep-not-covered"));
    for what in &advice.not_covered {
        let _ = writeln!(text, "  - {what}");
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

/// A state in a word, as CSV has it.
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

/// The same as people read it.
pub(super) fn boxed(state: AccountState, lang: Lang) -> String {
    tell!(lang, &format!("box-{state:?}"))
}

/// What went wrong with a mailbox last; empty if nothing.
pub(super) fn cause(line: &MailboxLine, lang: Lang) -> String {
    let (code, cause) = (line.code.as_deref().unwrap_or_default(), line.cause.as_deref().unwrap_or_default());
    if cause.is_empty() { String::new() } else { lang.about(code, cause) }
}

/// An example of a cause, and what to do about it.
pub(super) fn example(cause: &CauseLine, lang: Lang) -> (String, String) {
    if cause.mailboxes == 0 {
        return (tell!(lang, "rep-mended"), tell!(lang, "rep-nothing"));
    }
    (lang.about(&cause.code, &cause.example), lang.advice(&cause.code, &cause.next))
}

/// Whether a cap was met, in a word or two.
pub(super) fn met(met: bool, lang: Lang) -> String {
    if met { tell!(lang, "rep-cap-met") } else { tell!(lang, "rep-cap-free") }
}

/// What an hour was nearest to.
pub(super) fn tightest(hour: &HourLine, lang: Lang) -> String {
    let Some(most) = hour.tightest else { return tell!(lang, "rep-not-seen") };
    let share = format!("{:.0}", most.of_line * 100.0);
    let (side, measure) = (lang.side(most.side), lang.measure(most.measure));
    tell!(lang, "rep-of-line", side = side, measure = measure, share = share)
}

/// One line's headroom in a sentence.
pub(super) fn headroom(line: &Headroom, lang: Lang) -> String {
    let how = match (line.predicted, line.per_worker) {
        (true, Some(cost)) => tell!(lang, "rep-predicted", cost = share(line.measure, cost)),
        _ => tell!(lang, "rep-highest"),
    };
    let filled =
        of_line(&GaugeLine { side: line.side, measure: line.measure, value: line.value, line: line.line });
    tell!(
        lang,
        "rep-headroom-is",
        side = lang.side(line.side),
        measure = lang.measure(line.measure),
        value = line.measure.show(line.value),
        line = line.measure.show(line.line),
        how = how,
        left = format!("{:+.0}", (1.0 - filled) * 100.0),
    )
}

/// A small share with one digit more than usual.
fn share(measure: Measure, value: f64) -> String {
    if value < 0.095 { format!("{:.1} %", value * 100.0) } else { measure.show(value) }
}
