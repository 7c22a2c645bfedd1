//! Two nights side by side: what changed, and whether it is more than noise.

use std::fmt::Write as _;

use serde::Serialize;

use super::{
    classes::{class_of, class_words},
    morning::Morning,
    noise::{Difference, Level, batches, pooled, welch},
    settings::time,
};
use crate::ui::words::{bytes, count, tame};

/// Minutes taken together as one value: neighbouring minutes share their mailboxes, ten minutes hardly.
const BATCH: usize = 10;

/// What changed from one run to another.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// 1.
    pub schema_version: u32,
    /// The two runs' numbers.
    pub runs: [i64; 2],
    /// Plain facts, first and second.
    pub facts: Vec<Fact>,
    /// What was tested against noise.
    pub tests: Vec<Test>,
    /// Settings of the law that differ, as `key: first -> second`.
    pub settings: Vec<String>,
    /// The whole in a sentence.
    pub verdict: String,
}

/// A number of both runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// Of what.
    pub name: &'static str,
    /// In the first run and in the second.
    pub values: [String; 2],
}

/// A difference held against noise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Test {
    /// Of what.
    pub name: String,
    /// Second over first, minus 1, with its 95 % interval; `None` when there is too little to tell.
    pub change: Option<Difference>,
    /// In words.
    pub verdict: String,
}

/// Compares two runs of one journal.
#[must_use]
pub fn compare(first: &Morning, second: &Morning) -> Comparison {
    let both = [first, second];
    let rate = |morning: &Morning| morning.report.bytes as f64 / morning.report.makespan_s.max(1e-9);
    let fact = |name, value: &dyn Fn(&Morning) -> String| Fact { name, values: both.map(value) };
    let over = |morning: &Morning| morning.report.over_line_s.values().copied().fold(0.0, f64::max);
    let facts = vec![
        fact("began", &|m| m.run.started.clone()),
        fact("state", &|m| m.run.state.to_owned()),
        fact("zmpace", &|m| m.run.version.clone()),
        fact("transfers that ended", &|m| count(m.transfers.len() as u64)),
        fact("items", &|m| count(m.report.items)),
        fact("bytes", &|m| bytes(m.report.bytes)),
        fact("makespan", &|m| time(m.report.makespan_s)),
        fact("bytes a second", &|m| format!("{}/s", bytes(rate(m) as u64))),
        fact("limit", &|m| format!("{} to {}", m.report.limit.min, m.report.limit.max)),
        fact("longest over one line", &|m| time(over(m))),
        fact("attempts that failed", &|m| count(m.causes.iter().map(|cause| cause.attempts).sum())),
    ];
    let tests = vec![by_minutes(first, second), by_mailboxes(first, second)];
    let settings = settings(first, second);
    let verdict = verdict(&tests, &settings);
    Comparison { schema_version: 1, runs: [first.run.id, second.run.id], facts, tests, settings, verdict }
}

/// Useful work a second while mailboxes were waiting: stretches of ten minutes of one run against the other's.
fn by_minutes(first: &Morning, second: &Morning) -> Test {
    let level = |morning: &Morning| {
        let busy = morning.minutes.iter().filter(|minute| minute.waiting > 0 && minute.running > 0);
        let rates: Vec<f64> =
            busy.map(|minute| minute.work_rate).filter(|rate| *rate > 0.0).map(f64::ln).collect();
        Level::of(&batches(&rates, BATCH))
    };
    let change = level(first).zip(level(second)).map(|(first, second)| welch(first, second).as_ratio());
    test(
        "useful work a second, in stretches of ten minutes".to_owned(),
        change,
        "half an hour of each run with mailboxes waiting",
    )
}

/// Bytes a second of one worker, mailboxes of like size against each other, the classes pooled.
fn by_mailboxes(first: &Morning, second: &Morning) -> Test {
    let rates = |morning: &Morning| {
        let mut classes: std::collections::BTreeMap<usize, Vec<f64>> = std::collections::BTreeMap::new();
        for (bytes, seconds) in
            morning.transfers.iter().filter(|(bytes, seconds)| *bytes > 0 && *seconds > 0.0)
        {
            classes.entry(class_of(*bytes)).or_default().push((*bytes as f64 / seconds).ln());
        }
        classes
    };
    let theirs = rates(second);
    let mut used = Vec::new();
    let mut estimates = Vec::new();
    for (class, values) in rates(first) {
        let other = theirs.get(&class).and_then(|values| Level::of(values));
        if let (Some(one), Some(other)) = (Level::of(&values), other) {
            let found = welch(one, other);
            // The half width carries Student's factor: few mailboxes weigh less.
            let error = (found.high - found.low) / 2.0 / 1.96;
            estimates.push((found.value, error * error));
            used.push(class_words(class));
        }
    }
    let name = if used.is_empty() {
        "bytes a second of one worker, mailboxes of like size".to_owned()
    } else {
        format!("bytes a second of one worker, mailboxes of like size ({})", used.join(", "))
    };
    let change = pooled(&estimates).map(|found| found.as_ratio());
    test(name, change, "three mailboxes of like size in each run")
}

fn test(name: String, change: Option<Difference>, needed: &str) -> Test {
    let verdict = match &change {
        None => format!("too little to tell: {needed} are needed"),
        Some(found) => {
            let percent = |value: f64| value * 100.0;
            let interval = format!(
                "{:+.1} % ({:+.1} to {:+.1} % with 95 % certainty)",
                percent(found.value),
                percent(found.low),
                percent(found.high)
            );
            match (found.is_real(), found.value > 0.0) {
                (false, _) => format!("no difference beyond noise: {interval}"),
                (true, true) => format!("more in the second: {interval}"),
                (true, false) => format!("less in the second: {interval}"),
            }
        }
    };
    Test { name, change, verdict }
}

/// Every key of the law's numbers that differs.
fn settings(first: &Morning, second: &Morning) -> Vec<String> {
    let json = |morning: &Morning| serde_json::to_value(&morning.policy).unwrap_or_default();
    let mut list = Vec::new();
    differences("law", &json(first), &json(second), &mut list);
    list
}

fn differences(key: &str, first: &serde_json::Value, second: &serde_json::Value, list: &mut Vec<String>) {
    match (first, second) {
        (serde_json::Value::Object(one), serde_json::Value::Object(other)) if one.keys().eq(other.keys()) => {
            for (name, value) in one {
                differences(&format!("{key}.{name}"), value, &other[name], list);
            }
        }
        _ if first != second => list.push(format!("{key}: {first} -> {second}")),
        _ => {}
    }
}

fn verdict(tests: &[Test], settings: &[String]) -> String {
    let real: Vec<&str> = tests
        .iter()
        .filter(|test| test.change.is_some_and(|change| change.is_real()))
        .map(|test| test.verdict.as_str())
        .collect();
    let judged = tests.iter().any(|test| test.change.is_some());
    let speed = match (judged, real.is_empty()) {
        (false, _) => "too little to tell the two runs apart".to_owned(),
        (true, true) => "no difference beyond noise".to_owned(),
        (true, false) => format!("the runs differ beyond noise: {}", real.join("; ")),
    };
    let why = match (real.is_empty(), settings.len()) {
        (_, 0) => "; the law's settings were the same",
        (true, _) => "; the law's settings differed, without a difference that shows",
        (false, _) => "; the law's settings differed too, but so did the nights: this names no cause",
    };
    format!("{speed}{why}")
}

impl Comparison {
    /// As text.
    #[must_use]
    pub fn text(&self) -> String {
        let [first, second] = self.runs;
        let mut text = format!("Run {first} against run {second}: {}\n\n", tame(&self.verdict));
        for fact in &self.facts {
            let [one, other] = &fact.values;
            let _ = writeln!(text, "  {:22} {one:>28} {other:>28}", fact.name);
        }
        text += "\nMore than noise?\n";
        for test in &self.tests {
            let _ = writeln!(text, "  {}\n      {}", test.name, test.verdict);
        }
        text += "\nSettings that differ\n";
        for setting in &self.settings {
            let _ = writeln!(text, "  {}", tame(setting));
        }
        if self.settings.is_empty() {
            text += "  none\n";
        }
        text
    }

    /// As Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let [first, second] = self.runs;
        let mut text = format!(
            "# Run {first} against run {second}\n\n{}\n\n| | {first} | {second} |\n|---|--:|--:|\n",
            super::text::plain(&self.verdict)
        );
        for fact in &self.facts {
            let [one, other] = &fact.values;
            let _ = writeln!(text, "| {} | {one} | {other} |", fact.name);
        }
        text += "\n## More than noise?\n\n";
        for test in &self.tests {
            let _ = writeln!(text, "- {}: {}", test.name, test.verdict);
        }
        text += "\n## Settings that differ\n\n";
        for setting in &self.settings {
            let _ = writeln!(text, "- {}", super::text::plain(setting));
        }
        if self.settings.is_empty() {
            text += "none\n";
        }
        text
    }
}
