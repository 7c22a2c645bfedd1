//! Dated lines for logs and for terminals without a screen: as text, or one JSON object each.

use std::fmt::Write as _;

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use super::{
    live::Flow,
    words::{bytes, count, span, tame},
};
use crate::{
    control::{
        Moment,
        code::{Code, Level},
        decision::Measure,
        view::View,
    },
    lang::{Lang, tell},
};

/// How a line is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people: time, level, `key=value`, words.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Something to be told.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// What it is.
    pub code: &'a str,
    /// Its level and kind.
    pub known: Code,
    /// The mailbox it is about.
    pub account: Option<&'a str>,
    /// Where that mailbox was.
    pub phase: Option<&'a str>,
    /// The words, in English.
    pub text: &'a str,
    /// The words in the operator's language, where somebody wrote them.
    pub told: Option<&'a str>,
}

impl<'a> Line<'a> {
    /// About the run as a whole.
    #[must_use]
    pub const fn of(code: Code, text: &'a str) -> Self {
        Self { code: code.name(), known: code, account: None, phase: None, text, told: None }
    }

    /// About one mailbox, by the code its failure carries.
    #[must_use]
    pub fn about(code: &'a str, account: &'a str, text: &'a str) -> Self {
        // A code of an outside program is none of ours; it is a failure all the same.
        let known = Code::named(code).unwrap_or(Code::SoapFault);
        Self { code, known, account: Some(account), phase: None, text, told: None }
    }

    /// How much attention it wants.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.known.level()
    }
}

/// A line as JSON; the keys never change meaning.
#[derive(Serialize)]
struct Json<'a> {
    time: &'a str,
    level: &'static str,
    msg: &'a str,
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<&'a str>,
    code: &'a str,
}

/// The line as it is written, without its end; for people in their language, for programs in English.
#[must_use]
pub fn write(format: Format, lang: Lang, stamp: &str, run: Option<i64>, line: &Line<'_>) -> String {
    let (code, text) = (tame(line.code), tame(line.text));
    let account = line.account.map(tame);
    let (level, account, phase) = (line.level().word(), account.as_deref(), line.phase);
    if format == Format::Json {
        let event = line.known.kind().word();
        let json = Json { time: stamp, level, msg: &text, event, run_id: run, account, phase, code: &code };
        return serde_json::to_string(&json).unwrap_or_default();
    }
    let mut out = format!("{stamp} {level} code={code}");
    for (key, value) in [("account", account), ("phase", phase)] {
        if let Some(value) = value {
            let _ = write!(out, " {key}={}", word(value));
        }
    }
    let told = line.told.map_or_else(|| lang.about(line.code, &text), tame);
    let _ = write!(out, " {told}");
    out
}

/// A value as one word: quoted where it would look like several.
fn word(value: &str) -> String {
    let plain = !value.is_empty() && !value.contains([' ', '"', '=', '\\']);
    if plain { value.to_owned() } else { format!("{value:?}") }
}

/// A moment in a time zone, to the second, with its offset.
#[must_use]
pub fn stamp(at: Moment, zone: &TimeZone) -> String {
    let instant = Timestamp::from_millisecond(at.wall_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    instant.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// systemd's journal reads a line's priority from its beginning.
#[must_use]
pub const fn priority(level: Level) -> &'static str {
    match level {
        Level::Info => "<6>",
        Level::Warn => "<4>",
        Level::Error => "<3>",
    }
}

/// Where a run stands, in one line.
#[must_use]
pub fn sum_up(view: &View, flow: &Flow, lang: Lang) -> String {
    let accounts = &view.accounts;
    let mut line = tell!(
        lang,
        "line-sum",
        done = count(accounts.verified + accounts.empty + accounts.incomplete + accounts.failed),
        total = count(accounts.total),
        failed = count(accounts.failed),
        limit = view.limit,
        flying = view.running + view.parked,
        parked = view.parked,
        sent = bytes(flow.sent_bytes),
        stored = bytes(flow.stored_bytes),
        rates = rates(view, lang),
    );
    if let Some(eta) = view.eta {
        let _ = write!(line, "; {}", tell!(lang, "line-left", span = lang.time(&span(eta))));
    }
    for machine in &view.machines {
        let _ = write!(line, "; {}", lang.side(machine.side));
        for (word, measure) in [("cpu", Measure::CpuBusy), ("disk", Measure::DiskUtilisation)] {
            if let Some(gauge) = machine.gauge(measure) {
                let _ = write!(line, " {word} {}", measure.show(gauge.fast));
            }
        }
    }
    line
}

/// Throughput in three units.
#[must_use]
pub fn rates(view: &View, lang: Lang) -> String {
    tell!(
        lang,
        "line-rates",
        bytes = bytes(view.bytes_per_s as u64),
        items = format!("{:.1}", view.items_per_s),
        mailboxes = count(view.mailboxes_per_h as u64),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: Line<'_> = Line {
        code: "ZP-QUOTA",
        known: Code::Quota,
        account: Some("a b@x\u{1b}[2J"),
        phase: Some("import"),
        text: "destination: it is full\nand this is no new line",
        told: None,
    };

    #[test]
    fn text_is_one_tame_line_with_quoted_words() {
        let text = write(Format::Text, Lang::En, "2026-11-23T22:10:05+07:00", Some(3), &LINE);
        assert_eq!(
            text,
            "2026-11-23T22:10:05+07:00 WARN code=ZP-QUOTA account=\"a b@x\u{fffd}[2J\" phase=import \
             destination: it is full\u{fffd}and this is no new line"
        );
    }

    #[test]
    fn people_read_their_language_and_else_what_the_code_means_in_it() {
        let text = write(Format::Text, Lang::Id, "t", None, &LINE);
        assert!(text.contains("mailbox di tujuan sudah penuh (destination: it is full"), "{text}");
        let told = Line { told: Some("mulai"), ..Line::of(Code::Begin, "begins") };
        assert_eq!(write(Format::Text, Lang::Id, "t", None, &told), "t INFO code=ZP-BEGIN mulai");
        assert!(write(Format::Json, Lang::Id, "t", None, &told).contains("\"msg\":\"begins\""));
    }

    #[test]
    fn json_has_the_keys_that_were_promised() {
        let text = write(Format::Json, Lang::Id, "2026-11-23T22:10:05+07:00", Some(3), &LINE);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
        let mut wanted = ["time", "level", "msg", "event", "run_id", "account", "phase", "code"];
        wanted.sort_unstable();
        assert_eq!(keys, wanted);
        assert_eq!(
            (&json["event"], &json["level"], &json["run_id"]),
            (&"failure".into(), &"WARN".into(), &3.into())
        );
        let text = write(Format::Json, Lang::Id, "t", None, &Line::of(Code::Begin, "begins"));
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(json.get("account").is_none() && json.get("run_id").is_none(), "{json}");
    }
}
