//! How many nights a plan takes, and which mailboxes fit in none of them.

use std::{fmt::Write as _, path::Path, time::Duration};

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    control::{policy::WorkPrior, timetable::Timetable},
    journal::{Journal, RunId},
    lang::{Lang, tell},
    settings::Settings,
    ui::words::{bytes, span, tame},
    zimbra::plan::Planned,
};

/// Runs that moved less than this tell nothing about the pace of a night.
const TELLING_S: f64 = 600.0;
/// Too long ones named in the text; the JSON has all.
const SHOWN: usize = 10;

/// What the hours mean for a plan.
#[derive(Debug, Serialize)]
pub struct Nights {
    window: String,
    timezone: String,
    /// `None` = within two months not at all.
    opens: Option<String>,
    open_now: bool,
    open_for_s: Option<f64>,
    /// The run whose pace was taken, if there was one long enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pace_of_run: Option<i64>,
    /// Nights at that pace, or with eight workers and with one before anything is measured; `None` = more than
    /// two months of them.
    count: [Option<usize>; 2],
    longest_s: Option<f64>,
    too_long: Vec<TooLong>,
    #[serde(skip)]
    table: Option<Timetable>,
    #[serde(skip)]
    opens_ms: Option<i64>,
}

/// A mailbox that fits in no single night.
#[derive(Debug, Serialize)]
struct TooLong {
    account: String,
    bytes: u64,
    forecast_s: f64,
}

/// Undisturbed worker-seconds of the prior.
fn work(prior: &WorkPrior, accounts: f64, bytes: f64) -> f64 {
    accounts * prior.account_s + bytes / 1e6 * prior.mb_s
}

/// What an earlier run tells: work per second of all workers, and how much slower than the prior one worker is.
struct Pace {
    run: RunId,
    rate: f64,
    stretch: f64,
}

fn measured(settings: &Settings) -> Option<Pace> {
    let reader = Journal::read(Path::new(&settings.state.directory)).ok()?;
    let run = reader.runs().ok()?.into_iter().rev().find_map(|run| {
        let summary = reader.summary(run.id).ok()??;
        let took = (summary.last_end_ms? - summary.first_start_ms?) as f64 / 1e3;
        let done = work(&settings.law.work, summary.attempts as f64, summary.bytes as f64);
        (took >= TELLING_S && done > 0.0 && summary.active_s > 0.0).then_some((
            run.id,
            took,
            done,
            summary.active_s,
        ))
    });
    run.map(|(run, took, done, active)| Pace { run, rate: done / took, stretch: active / done })
}

impl Nights {
    /// What the hours mean at a moment; `None` when there are none.
    pub fn of(planned: &[Planned], settings: &Settings, now_ms: i64) -> Option<Self> {
        let hours = &settings.law.hours;
        let table = Timetable::new(hours).ok().filter(|table| !table.is_always_open())?;
        let prior = &settings.law.work;
        let free: Vec<&Planned> = planned.iter().filter(|row| row.obstacle.is_none()).collect();
        let total: u64 = free.iter().map(|row| row.bytes).sum();
        let need = work(prior, free.len() as f64, total as f64);
        let pace = measured(settings);
        let windows = table.nights(now_ms);
        let nights = |rate: f64| nights_for(&windows, need / rate);
        let longest_s = table.longest_ms(now_ms).map(|ms| ms as f64 / 1e3);
        let stretch = pace.as_ref().map_or(1.0, |pace| pace.stretch.max(1.0)) * hours.fit_margin;
        let mut too_long: Vec<TooLong> = free
            .iter()
            .map(|row| (row, work(prior, 1.0, row.bytes as f64) * stretch))
            .filter(|(_, forecast_s)| longest_s.is_some_and(|longest| *forecast_s > longest))
            .map(|(row, forecast_s)| TooLong { account: row.source.clone(), bytes: row.bytes, forecast_s })
            .collect();
        too_long.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.account.cmp(&b.account)));
        let first = windows.first();
        let opens_ms = first.map(|(from, _)| *from);
        let at = |ms: i64| {
            Timestamp::from_millisecond(ms).unwrap_or_default().to_zoned_datetime(table.zone().clone())
        };
        Some(Self {
            window: hours.window.clone(),
            timezone: hours.timezone.clone(),
            opens: opens_ms.map(|ms| at(ms).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()),
            open_now: opens_ms == Some(now_ms),
            open_for_s: first.map(|(from, to)| (to - from) as f64 / 1e3),
            count: pace.as_ref().map_or([nights(8.0), nights(1.0)], |pace| [nights(pace.rate); 2]),
            pace_of_run: pace.map(|pace| pace.run.0),
            longest_s,
            too_long,
            opens_ms,
            table: Some(table),
        })
    }

    /// For people.
    pub fn text(&self, lang: Lang) -> String {
        let every_day = tell!(lang, "nights-every-day");
        let window = if self.window.is_empty() { &every_day } else { &self.window };
        let zone = if self.timezone.is_empty() { "UTC" } else { &self.timezone };
        let (window, zone, opens) = (tame(window), tame(zone), self.opens_text(lang));
        let window = tell!(lang, "nights-window", window = window, zone = zone, opens = opens);
        format!("{window}\n{}\n{}", self.count_text(lang), self.too_long_text(lang))
    }

    fn opens_text(&self, lang: Lang) -> String {
        let clock = |ms| self.table.as_ref().map_or_else(String::new, |table| lang.day(&table.clock(ms)));
        let long = self.open_for_s.map(|seconds| long(seconds, lang));
        match (self.opens_ms, long) {
            (None, _) => tell!(lang, "nights-never"),
            (Some(_), Some(span)) if self.open_now => tell!(lang, "nights-open-for", span = span),
            (Some(_), None) if self.open_now => tell!(lang, "nights-open"),
            (Some(ms), Some(span)) => tell!(lang, "nights-opens-for", clock = clock(ms), span = span),
            (Some(ms), None) => tell!(lang, "nights-opens", clock = clock(ms)),
        }
    }

    fn count_text(&self, lang: Lang) -> String {
        let number = |nights: Option<usize>| {
            nights.map_or_else(|| tell!(lang, "nights-many"), |nights| nights.to_string())
        };
        let [eight, one] = self.count.map(number);
        if let Some(run) = self.pace_of_run {
            return tell!(lang, "nights-pace", nights = eight, run = run);
        }
        tell!(lang, "nights-unmeasured", eight = eight, one = one)
    }

    fn too_long_text(&self, lang: Lang) -> String {
        let mut text = String::new();
        for row in self.too_long.iter().take(SHOWN) {
            let told = tell!(
                lang,
                "nights-too-long",
                longest = self.longest_s.map_or_else(String::new, |seconds| long(seconds, lang)),
                account = tame(&row.account),
                bytes = bytes(row.bytes),
                forecast = long(row.forecast_s, lang),
            );
            let _ = writeln!(text, "{told}");
        }
        if self.too_long.len() > SHOWN {
            let more = self.too_long.len() - SHOWN;
            let _ = writeln!(text, "{}", tell!(lang, "nights-more-too-long", more = more));
        }
        if !self.too_long.is_empty() {
            let next = tell!(lang, "nights-too-long-next");
            let _ = writeln!(text, "   {}", tell!(lang, "sum-next", next = next));
        }
        text
    }
}

fn long(seconds: f64, lang: Lang) -> String {
    lang.time(&span(Duration::from_secs_f64(seconds)))
}

/// The window in which so many seconds of opening are used up, counted from 1.
fn nights_for(windows: &[(i64, i64)], mut need_s: f64) -> Option<usize> {
    for (at, (from, to)) in windows.iter().enumerate() {
        need_s -= (to - from) as f64 / 1e3;
        if need_s <= 0.0 {
            return Some(at + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nights_are_counted_by_their_length() {
        let hour = 3_600_000;
        let windows = [(0, 2 * hour), (10 * hour, 17 * hour), (30 * hour, 37 * hour)];
        for (hours, nights) in [(0.0, Some(1)), (2.0, Some(1)), (2.1, Some(2)), (9.5, Some(3)), (17.0, None)]
        {
            assert_eq!(nights_for(&windows, hours * 3600.0), nights, "{hours}");
        }
        assert_eq!(nights_for(&[], 1.0), None);
    }
}
