//! `profile.toml`: what a benchmark learned, as settings for `zmpace run --profile`. Every key in it is a setting
//! but those of `[measured]`, which say when and on what.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::Serialize;

use crate::{
    control::{
        finding::{Finding, Learned},
        policy::Lines,
    },
    settings::Settings,
};

#[derive(Serialize)]
struct Profile<'a> {
    measured: Measured<'a>,
    law: Law<'a>,
}

#[derive(Serialize)]
struct Measured<'a> {
    at: String,
    source: &'a str,
    destination: &'a str,
    mode: String,
    minutes: f64,
    accounts: u64,
    bytes: u64,
    workers: u32,
    low: u32,
    high: u32,
    limiting: &'a str,
    busy_at_rest: BTreeMap<&'a str, f64>,
    marginal_share_of_line: &'a BTreeMap<String, f64>,
}

#[derive(Serialize)]
struct Law<'a> {
    warm_to: u32,
    max_workers: u32,
    work: BTreeMap<&'static str, f64>,
    lines: &'a Lines,
}

/// The profile's text.
pub fn text(finding: &Finding, learned: &Learned, settings: &Settings) -> String {
    let Some(found) = &finding.recommended else { return String::new() };
    let work = BTreeMap::from([
        ("account_s", learned.account_s.max(1e-6)),
        ("item_s", learned.item_s.max(1e-9)),
        ("mb_s", learned.mb_s.max(1e-9)),
    ]);
    let profile = Profile {
        measured: Measured {
            at: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            source: &settings.source.host,
            destination: &settings.destination.host,
            mode: format!("{:?}", finding.mode),
            minutes: finding.minutes,
            accounts: finding.moved.accounts,
            bytes: finding.moved.bytes,
            workers: found.workers,
            low: found.low,
            high: found.high,
            limiting: &found.limiting,
            busy_at_rest: finding.at_rest.iter().map(|(side, busy)| (side.as_str(), *busy)).collect(),
            marginal_share_of_line: &learned.marginal,
        },
        law: Law {
            warm_to: settings.law.sweep.warm_from(found.workers),
            max_workers: settings.law.max_workers,
            work,
            lines: &settings.law.lines,
        },
    };
    let mut text = String::from(
        "# Written by `zmpace bench`; `zmpace run --profile` begins with it: up to warm_to workers one by one,\n\
         # without a trial, then as ever. It is no ceiling. [measured] is for people.\n",
    );
    let _ = writeln!(text, "\n{}", toml::to_string(&profile).unwrap_or_default());
    text
}
