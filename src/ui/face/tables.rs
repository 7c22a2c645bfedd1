//! The lower part of the screen: workers, what waits, decisions and problems.

use std::time::Duration;

use jiff::Timestamp;
use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::Face;
use crate::{
    lang::tell,
    ui::{
        live::{Live, Problem, Worker},
        words::{bytes, count, span},
    },
};

/// Columns right of a worker's account.
const COLUMNS: usize = 53;
/// The size classes in short; the first is the empty ones.
const SHORT: [&str; 6] = ["", "≤1 MB", "≤10 MB", "≤100 MB", "≤1 GB", ">1 GB"];

impl Face {
    /// The mailboxes in flight, in at most so many rows besides heading and columns.
    pub(super) fn worker_lines(&self, live: &Live, width: usize, rows: usize) -> Vec<Line<'static>> {
        let (ink, lang) = (self.ink, self.lang);
        let workers = self.workers(live);
        let (number, sort) = (live.workers.len(), tell!(lang, &format!("sort-{}", self.sort.word())));
        let words = if self.filter.is_empty() {
            tell!(lang, "face-flying", number = number, sort = sort)
        } else {
            let (filter, shown) = (self.filter.clone(), workers.len());
            tell!(lang, "face-flying-filtered", number = number, sort = sort, filter = filter, shown = shown)
        };
        let name = width.saturating_sub(COLUMNS + 2);
        let columns = format!(
            "  {:<name$}{:>8} {:>8} {:>5} {:>10}  {:<8}{:>9}",
            tell!(lang, "face-account"),
            tell!(lang, "face-size"),
            tell!(lang, "face-sent"),
            "",
            tell!(lang, "face-rate"),
            tell!(lang, "face-stage"),
            tell!(lang, "face-time")
        );
        let mut lines =
            vec![Line::styled(ink.heading(&words, width), ink.faint()), Line::from(ink.fit(&columns, width))];
        let chosen = self.chosen.min(workers.len().saturating_sub(1));
        let rows = rows.max(1);
        let first = (chosen + 1).saturating_sub(rows);
        for (at, worker) in workers.iter().enumerate().skip(first).take(rows) {
            lines.push(self.worker_line(worker, at == chosen, name, width));
        }
        if workers.is_empty() {
            lines.push(Line::from(format!("  {}", tell!(lang, "face-none"))));
        }
        lines
    }

    fn worker_line(&self, worker: &Worker, chosen: bool, name: usize, width: usize) -> Line<'static> {
        let stage = if worker.parked { "parked" } else { worker.stage.word() };
        let stage = tell!(self.lang, &format!("stage-{stage}"));
        let rate = worker.bytes_per_s.map_or_else(String::new, |rate| format!("{}/s", bytes(rate as u64)));
        let text = format!(
            "{} {:<name$}{:>8} {:>8} {:>5} {rate:>10}  {stage:<8}{:>9}",
            if chosen { ">" } else { " " },
            self.ink.fit(&worker.account, name.saturating_sub(1)),
            bytes(worker.bytes),
            bytes(worker.sent_bytes),
            percent(worker),
            short_span(worker.since_s)
        );
        let style = if worker.parked { self.ink.warn() } else { Style::new() };
        Line::styled(self.ink.fit(&text, width), style)
    }

    /// What waits, in one line.
    pub(super) fn waiting_line(&self, live: &Live, width: usize) -> Line<'static> {
        let empty = tell!(self.lang, "face-empty");
        let classes = live.backlog.iter().zip(SHORT).filter(|(left, _)| left.waiting > 0);
        let word = |short: &'static str| if short.is_empty() { empty.clone() } else { short.to_owned() };
        let classes: Vec<String> =
            classes.map(|(left, short)| format!("{} {}", word(short), count(left.waiting))).collect();
        let bytes_left: u64 = live.backlog.iter().map(|left| left.waiting_bytes).sum();
        let text = if classes.is_empty() {
            tell!(self.lang, "face-nothing")
        } else {
            format!("{} ({})", classes.join(" · "), bytes(bytes_left))
        };
        Line::from(self.ink.fit(&format!("{:<10} {text}", tell!(self.lang, "face-waiting")), width))
    }

    /// The same as a table.
    pub(super) fn backlog_lines(&self, live: &Live, width: usize) -> Vec<Line<'static>> {
        let lang = self.lang;
        let columns = format!(
            "  {:<20}{:>10}{:>12}{:>12}",
            tell!(lang, "face-size"),
            tell!(lang, "face-waiting"),
            tell!(lang, "face-of-them"),
            tell!(lang, "face-in-flight")
        );
        let heading = self.ink.heading(&tell!(lang, "face-backlog"), width);
        let mut lines = vec![Line::styled(heading, self.ink.faint()), Line::from(columns)];
        for (class, left) in live.backlog.iter().enumerate() {
            let words = lang.size_class(class);
            let (waiting, flying) = (count(left.waiting), count(left.in_flight));
            let text = format!("  {words:<20}{waiting:>10}{:>12}{flying:>12}", bytes(left.waiting_bytes));
            lines.push(Line::from(self.ink.fit(&text, width)));
        }
        lines
    }

    /// The last decisions, newest first, each as long as it is.
    pub(super) fn decision_lines(&self, live: &Live, width: usize, rows: usize) -> Vec<Line<'static>> {
        let mut lines = vec![Line::styled(
            self.ink.heading(&tell!(self.lang, "face-decisions"), width),
            self.ink.faint(),
        )];
        for said in live.decisions.iter().rev() {
            if lines.len() >= rows {
                break;
            }
            let words = said.decision.as_ref().map(|decision| self.lang.decision(decision));
            let text = self.ink.text(words.as_deref().unwrap_or(&said.text));
            lines.extend(wrap(&text, width, 9).into_iter().map(Line::from));
        }
        if live.decisions.is_empty() {
            lines.push(Line::from(format!("  {}", tell!(self.lang, "face-no-decisions"))));
        }
        lines.truncate(rows.max(1));
        lines
    }

    /// The last problems, newest first.
    pub(super) fn problem_lines(&self, live: &Live, width: usize, rows: usize) -> Vec<Line<'static>> {
        let total = live.totals.problems;
        if live.problems.is_empty() {
            let words = tell!(self.lang, "face-no-problems");
            return vec![Line::styled(self.ink.heading(&words, width), self.ink.faint())];
        }
        let words = tell!(self.lang, "face-problems", number = count(total));
        let mut lines = vec![Line::styled(self.ink.heading(&words, width), self.ink.warn())];
        for problem in live.problems.iter().rev() {
            if lines.len() > rows {
                break;
            }
            for (at, line) in wrap(&self.problem(problem), width, 6).into_iter().enumerate() {
                let style = if at == 0 { self.ink.bad() } else { Style::new() };
                // Only the code stands out: a screen full of red says nothing.
                match line.split_once(&problem.code) {
                    Some((clock, rest)) if at == 0 => lines.push(Line::from(vec![
                        Span::raw(clock.to_owned()),
                        Span::styled(problem.code.clone(), style),
                        Span::raw(rest.to_owned()),
                    ])),
                    _ => lines.push(Line::from(line)),
                }
            }
        }
        lines.truncate(rows.max(2));
        lines
    }

    pub(super) fn problem(&self, problem: &Problem) -> String {
        let account = problem.account.as_ref().map_or_else(String::new, |name| format!(" {name}:"));
        let instant = Timestamp::from_millisecond(problem.wall_ms).unwrap_or(Timestamp::UNIX_EPOCH);
        let clock = instant.to_zoned_datetime(self.zone.clone()).strftime("%H:%M");
        let words = self.lang.about(&problem.code, &problem.text);
        self.ink.text(&format!("{clock} {}{account} {words}", problem.code))
    }
}

/// `45 %` of what the source stated; an archive is larger than the mailbox, and that is told as 100 %.
fn percent(worker: &Worker) -> String {
    match worker.bytes {
        0 => String::new(),
        bytes => format!("{} %", (worker.sent_bytes.saturating_mul(100) / bytes).min(100)),
    }
}

/// Hours and minutes, or minutes and seconds: what matters of a span in nine columns.
pub(super) fn short_span(seconds: f64) -> String {
    let text = span(Duration::from_secs_f64(seconds.max(0.0)));
    text.replace(" min", "m").replace(" s", "s").replace(" h", "h").replace(" d", "d")
}

/// Text in lines of so many columns, the later ones set in.
pub(super) fn wrap(text: &str, width: usize, indent: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = " ".repeat(text.len() - text.trim_start_matches(' ').len());
    for word in text.trim_start_matches(' ').split(' ') {
        let begun = !line.trim().is_empty();
        if begun && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
        } else if begun {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines.into_iter().map(|line| line.chars().take(width).collect()).collect()
}
