//! Two nights side by side: what changed, and whether it is more than noise.

use std::fmt::Write as _;

use serde::Serialize;

use super::{
    classes::class_of,
    morning::Morning,
    noise::{Difference, Level, batches, pooled, welch},
    settings::time,
};
use crate::{
    lang::{Lang, tell},
    ui::words::{bytes, count, tame},
};

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
    pub name: String,
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

/// Compares two runs of one journal, in a language; JSON has it in English.
#[must_use]
pub fn compare(first: &Morning, second: &Morning, lang: Lang) -> Comparison {
    let tests = vec![by_minutes(first, second, lang), by_mailboxes(first, second, lang)];
    let settings = settings(first, second);
    let verdict = verdict(&tests, &settings, lang);
    let facts = facts([first, second], lang);
    Comparison { schema_version: 1, runs: [first.run.id, second.run.id], facts, tests, settings, verdict }
}

fn facts(both: [&Morning; 2], lang: Lang) -> Vec<Fact> {
    let rate = |morning: &Morning| morning.report.bytes as f64 / morning.report.makespan_s.max(1e-9);
    let fact = |name, value: &dyn Fn(&Morning) -> String| Fact { name, values: both.map(value) };
    let over = |morning: &Morning| morning.report.over_line_s.values().copied().fold(0.0, f64::max);
    let span = |seconds: f64| lang.time(&time(seconds));
    let state = |m: &Morning| tell!(lang, &format!("state-{}", m.run.state));
    let limit =
        |m: &Morning| tell!(lang, "fact-limit-is", min = m.report.limit.min, max = m.report.limit.max);
    vec![
        fact(tell!(lang, "fact-began"), &|m| m.run.started.clone()),
        fact(tell!(lang, "fact-state"), &state),
        fact("zmpace".to_owned(), &|m| m.run.version.clone()),
        fact(tell!(lang, "fact-transfers"), &|m| count(m.transfers.len() as u64)),
        fact(tell!(lang, "fact-items"), &|m| count(m.report.items)),
        fact(tell!(lang, "fact-bytes"), &|m| bytes(m.report.bytes)),
        fact(tell!(lang, "fact-makespan"), &|m| span(m.report.makespan_s)),
        fact(tell!(lang, "fact-rate"), &|m| format!("{}/s", bytes(rate(m) as u64))),
        fact(tell!(lang, "fact-limit"), &limit),
        fact(tell!(lang, "fact-over"), &|m| span(over(m))),
        fact(tell!(lang, "fact-failed"), &|m| count(m.causes.iter().map(|cause| cause.attempts).sum())),
    ]
}

/// Useful work a second while mailboxes were waiting: stretches of ten minutes of one run against the other's.
fn by_minutes(first: &Morning, second: &Morning, lang: Lang) -> Test {
    let level = |morning: &Morning| {
        let busy = morning.minutes.iter().filter(|minute| minute.waiting > 0 && minute.running > 0);
        let rates: Vec<f64> =
            busy.map(|minute| minute.work_rate).filter(|rate| *rate > 0.0).map(f64::ln).collect();
        Level::of(&batches(&rates, BATCH))
    };
    let change = level(first).zip(level(second)).map(|(first, second)| welch(first, second).as_ratio());
    test(tell!(lang, "test-minutes"), change, &tell!(lang, "test-minutes-needed"), lang)
}

/// Bytes a second of one worker, mailboxes of like size against each other, the classes pooled.
fn by_mailboxes(first: &Morning, second: &Morning, lang: Lang) -> Test {
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
            used.push(lang.size_class(class));
        }
    }
    let name = if used.is_empty() {
        tell!(lang, "test-mailboxes")
    } else {
        tell!(lang, "test-mailboxes-of", classes = used.join(", "))
    };
    let change = pooled(&estimates).map(|found| found.as_ratio());
    test(name, change, &tell!(lang, "test-mailboxes-needed"), lang)
}

fn test(name: String, change: Option<Difference>, needed: &str, lang: Lang) -> Test {
    let verdict = match &change {
        None => tell!(lang, "test-too-little", needed = needed),
        Some(found) => {
            let percent = |value: f64| format!("{:+.1}", value * 100.0);
            let interval = tell!(
                lang,
                "test-interval",
                value = percent(found.value),
                low = percent(found.low),
                high = percent(found.high),
            );
            match (found.is_real(), found.value > 0.0) {
                (false, _) => tell!(lang, "test-noise", interval = interval),
                (true, true) => tell!(lang, "test-more", interval = interval),
                (true, false) => tell!(lang, "test-less", interval = interval),
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

fn verdict(tests: &[Test], settings: &[String], lang: Lang) -> String {
    let real: Vec<&str> = tests
        .iter()
        .filter(|test| test.change.is_some_and(|change| change.is_real()))
        .map(|test| test.verdict.as_str())
        .collect();
    let judged = tests.iter().any(|test| test.change.is_some());
    let speed = match (judged, real.is_empty()) {
        (false, _) => tell!(lang, "runs-too-little"),
        (true, true) => tell!(lang, "runs-noise"),
        (true, false) => tell!(lang, "runs-differ", how = real.join("; ")),
    };
    match (real.is_empty(), settings.len()) {
        (_, 0) => tell!(lang, "runs-same-settings", speed = speed),
        (true, _) => tell!(lang, "runs-other-settings", speed = speed),
        (false, _) => tell!(lang, "runs-no-cause", speed = speed),
    }
}

impl Comparison {
    /// As text.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let [first, second] = self.runs;
        let title = tell!(lang, "runs-title", first = first, second = second);
        let mut text = format!("{title}: {}\n\n", tame(&self.verdict));
        for fact in &self.facts {
            let [one, other] = &fact.values;
            let _ = writeln!(text, "  {:22} {one:>28} {other:>28}", fact.name);
        }
        let _ = writeln!(text, "\n{}", tell!(lang, "runs-more-than-noise"));
        for test in &self.tests {
            let _ = writeln!(text, "  {}\n      {}", test.name, test.verdict);
        }
        let _ = writeln!(text, "\n{}", tell!(lang, "runs-settings"));
        for setting in &self.settings {
            let _ = writeln!(text, "  {}", tame(setting));
        }
        if self.settings.is_empty() {
            let _ = writeln!(text, "  {}", tell!(lang, "runs-none"));
        }
        text
    }

    /// As Markdown.
    #[must_use]
    pub fn markdown(&self, lang: Lang) -> String {
        let [first, second] = self.runs;
        let mut text = format!(
            "# {}\n\n{}\n\n| | {first} | {second} |\n|---|--:|--:|\n",
            tell!(lang, "runs-title", first = first, second = second),
            super::markdown::plain(&self.verdict)
        );
        for fact in &self.facts {
            let [one, other] = &fact.values;
            let _ = writeln!(text, "| {} | {one} | {other} |", fact.name);
        }
        let _ = writeln!(text, "\n## {}\n", tell!(lang, "runs-more-than-noise"));
        for test in &self.tests {
            let _ = writeln!(text, "- {}: {}", test.name, test.verdict);
        }
        let _ = writeln!(text, "\n## {}\n", tell!(lang, "runs-settings"));
        for setting in &self.settings {
            let _ = writeln!(text, "- {}", super::markdown::plain(setting));
        }
        if self.settings.is_empty() {
            let _ = writeln!(text, "{}", tell!(lang, "runs-none"));
        }
        text
    }
}
