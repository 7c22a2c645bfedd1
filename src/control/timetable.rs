//! The hours of the week: when mailboxes may be moved, told from the clock on the operator's wall.
//!
//! A window belongs to the day it begins on: `Fri 22:00-05:30` goes on into Saturday. Its ends are moments of the
//! wall clock, so that on the nights of a clock change it is an hour shorter or longer; a moment the clock skips
//! is taken as long after the skip as it would have been after its beginning, one it shows twice is the first.
//! Time zones come from the database compiled in, so that a replay elsewhere decides the same.

mod words;

use std::collections::BTreeSet;

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Time, Weekday},
    tz::{TimeZone, TimeZoneDatabase},
};
use serde::{Deserialize, Serialize};

/// Days looked back for the beginning of a stretch, and ahead for its end at first.
const NEAR_DAYS: i32 = 9;
/// Days looked ahead at most; what does not change within them is told to last.
const FAR_DAYS: i32 = 70;
/// Days among which the longest stretch is looked for.
const FORTNIGHT_DAYS: i32 = 15;

/// The operator's hours as set, still words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// Such as `Mon-Fri 22:00-05:30; Sat-Sun 00:00-24:00`; empty = always.
    pub window: String,
    /// IANA name of the zone the hours are told in; empty = UTC.
    pub timezone: String,
    /// Dates (`2026-12-24`) or ranges of them (`2026-12-24..2027-01-03`) on which nothing runs or begins.
    pub blackout: Vec<String>,
    /// Seconds before closing in which only mailboxes begin that surely end in time.
    pub drain_s: f64,
    /// What happens to running mailboxes at closing.
    pub cutoff: Cutoff,
    /// A closure of at most so many seconds is waited for; a longer one ends the run.
    pub bridge_s: f64,
    /// Workers outside the window; 0 = closed.
    pub day_workers: u32,
    /// Share of every soft line that holds outside the window; above 0, at most 1.
    pub day_lines: f64,
    /// Whether a run started outside the window waits for it.
    pub wait: bool,
    /// A mailbox begins if so many times its forecast fits before closing; at least 1.
    pub fit_margin: f64,
    /// The same in the drain.
    pub drain_margin: f64,
}

impl Default for Hours {
    /// Always open.
    fn default() -> Self {
        Self {
            window: String::new(),
            timezone: String::new(),
            blackout: Vec::new(),
            drain_s: 0.0,
            cutoff: Cutoff::Park,
            bridge_s: 0.0,
            day_workers: 0,
            day_lines: 1.0,
            wait: true,
            fit_margin: 1.0,
            drain_margin: 1.0,
        }
    }
}

/// What happens to running mailboxes when the window closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cutoff {
    /// They are finished, however long that takes.
    Soft,
    /// They stand still; if it does not open again soon, they end where they stand.
    Park,
    /// They end at their next safe point.
    Hard,
}

/// What may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Regime {
    /// Everything.
    Open,
    /// A few workers, under stricter lines.
    Trickle,
    /// Nothing.
    Shut,
}

/// A stretch of time under one regime. Milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// What may run.
    pub regime: Regime,
    /// When it began; `None` = more than a week ago.
    pub since_ms: Option<i64>,
    /// When it ends; `None` = not within two months.
    pub until_ms: Option<i64>,
}

/// One window of the week.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Span {
    /// Monday first.
    days: [bool; 7],
    from: Time,
    /// `None` = 24:00.
    to: Option<Time>,
}

/// The hours of the week, ready to be asked.
#[derive(Clone, Debug)]
pub struct Timetable {
    zone: TimeZone,
    spans: Vec<Span>,
    blackout: BTreeSet<Date>,
    outside: Regime,
}

impl Timetable {
    /// Reads the words.
    ///
    /// # Errors
    /// The part that is wrong, with an example.
    pub fn new(hours: &Hours) -> Result<Self, String> {
        let zone = if hours.timezone.is_empty() {
            TimeZone::UTC
        } else {
            TimeZoneDatabase::bundled().get(&hours.timezone).map_err(|_| {
                format!(
                    "timezone: `{}` is no time zone; write it like Asia/Jakarta or Europe/Berlin",
                    hours.timezone
                )
            })?
        };
        let spans = words::window(&hours.window).map_err(|cause| format!("window: {cause}"))?;
        let blackout = words::dates(&hours.blackout).map_err(|cause| format!("blackout: {cause}"))?;
        for (name, value) in [
            ("drain_s", hours.drain_s),
            ("bridge_s", hours.bridge_s),
            ("fit_margin", hours.fit_margin - 1.0),
            ("drain_margin", hours.drain_margin - 1.0),
        ] {
            if !value.is_finite() || value < 0.0 {
                return Err(format!("{name}: it is too small; margins begin at 1, spans at 0"));
            }
        }
        if !(hours.day_lines > 0.0 && hours.day_lines <= 1.0) {
            return Err("day_lines: it must be above 0 and at most 1".to_owned());
        }
        let outside = if hours.day_workers > 0 { Regime::Trickle } else { Regime::Shut };
        Ok(Self { zone, spans, blackout, outside })
    }

    /// Whether it never closes.
    #[must_use]
    pub fn is_always_open(&self) -> bool {
        self.spans.is_empty() && self.blackout.is_empty()
    }

    /// The zone the hours are told in.
    #[must_use]
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// What holds at a moment, since when and until when.
    #[must_use]
    pub fn at(&self, wall_ms: i64) -> Stretch {
        if self.is_always_open() {
            return Stretch { regime: Regime::Open, since_ms: None, until_ms: None };
        }
        let near = self.stretches(wall_ms, NEAR_DAYS);
        let found = pick(&near, wall_ms);
        if found.until_ms.is_some() {
            return found;
        }
        pick(&self.stretches(wall_ms, FAR_DAYS), wall_ms)
    }

    /// When it opens next after a moment at which it is not open; `None` = not within two months.
    #[must_use]
    pub fn opens(&self, wall_ms: i64) -> Option<i64> {
        let open = |days| {
            let list = self.stretches(wall_ms, days);
            list.into_iter().find(|(at, regime)| *at > wall_ms && *regime == Regime::Open).map(|(at, _)| at)
        };
        open(NEAR_DAYS).or_else(|| open(FAR_DAYS))
    }

    /// The open stretches from a moment on, begin and end, within two months; the last may end later than told.
    #[must_use]
    pub fn nights(&self, wall_ms: i64) -> Vec<(i64, i64)> {
        self.open_within(wall_ms, FAR_DAYS)
    }

    /// Length in milliseconds of the longest open stretch of the coming fortnight; one under way counts whole.
    #[must_use]
    pub fn longest_ms(&self, wall_ms: i64) -> Option<i64> {
        if self.is_always_open() {
            return None;
        }
        let now = self.at(wall_ms);
        let whole = now.until_ms.zip(now.since_ms).filter(|_| now.regime == Regime::Open);
        let coming = self.open_within(wall_ms, FORTNIGHT_DAYS).into_iter().map(|(from, to)| to - from);
        coming.chain(whole.map(|(until, since)| until - since)).max()
    }

    fn open_within(&self, wall_ms: i64, days: i32) -> Vec<(i64, i64)> {
        let day_ms = 86_400_000;
        let horizon = wall_ms.saturating_add(i64::from(days) * day_ms);
        if self.is_always_open() {
            return vec![(wall_ms, horizon)];
        }
        let list = self.stretches(wall_ms, days);
        let ends = list.iter().skip(1).map(|(at, _)| *at).chain([horizon]);
        list.iter()
            .zip(ends)
            .filter(|((_, regime), end)| *regime == Regime::Open && *end > wall_ms)
            .map(|((at, _), end)| ((*at).max(wall_ms), end))
            .collect()
    }

    /// Changes of regime from some days before a moment to some days after it, in order. The first is where
    /// looking began.
    fn stretches(&self, wall_ms: i64, ahead: i32) -> Vec<(i64, Regime)> {
        let Ok(now) = Timestamp::from_millisecond(wall_ms) else { return vec![(i64::MIN, self.outside)] };
        let today = self.zone.to_datetime(now).date();
        let days = || (-NEAR_DAYS..=ahead).filter_map(|n| today.checked_add(jiff::Span::new().days(n)).ok());
        let mut open = Vec::new();
        let mut black = Vec::new();
        for date in days() {
            if self.blackout.contains(&date) {
                black.extend(self.whole(date));
            } else if self.spans.is_empty() {
                open.extend(self.whole(date));
            } else {
                open.extend(self.spans.iter().filter_map(|span| self.on(date, span)));
            }
        }
        let mut edges: Vec<i64> = open.iter().chain(&black).flat_map(|&(from, to)| [from, to]).collect();
        edges.extend(days().next().and_then(|first| self.instant(first, Time::midnight())));
        edges.sort_unstable();
        edges.dedup();
        let within = |list: &[(i64, i64)], at| list.iter().any(|&(from, to)| from <= at && at < to);
        let mut list: Vec<(i64, Regime)> = Vec::new();
        for at in edges {
            let regime = match (within(&black, at), within(&open, at)) {
                (true, _) => Regime::Shut,
                (false, true) => Regime::Open,
                (false, false) => self.outside,
            };
            if list.last().is_none_or(|(_, last)| *last != regime) {
                list.push((at, regime));
            }
        }
        // What ends at the edge of what was looked at goes on, were one to look further; a clock change moves the edge.
        let horizon = i64::from(ahead) * 86_400_000 - 7_200_000;
        list.retain(|(at, _)| *at <= wall_ms.saturating_add(horizon));
        list
    }

    fn on(&self, date: Date, span: &Span) -> Option<(i64, i64)> {
        if !span.days[weekday(date.weekday())] {
            return None;
        }
        let (until, overnight) = span.to.map_or((Time::midnight(), true), |to| (to, to <= span.from));
        let last = if overnight { date.tomorrow().ok()? } else { date };
        let (from, to) = (self.instant(date, span.from)?, self.instant(last, until)?);
        (from < to).then_some((from, to))
    }

    fn whole(&self, date: Date) -> Option<(i64, i64)> {
        let midnight = Time::midnight();
        Some((self.instant(date, midnight)?, self.instant(date.tomorrow().ok()?, midnight)?))
    }

    fn instant(&self, date: Date, time: Time) -> Option<i64> {
        self.zone.to_timestamp(date.to_datetime(time)).ok().map(Timestamp::as_millisecond)
    }

    /// A moment as the operator's clock shows it: `Tue 2026-11-24 05:30`.
    #[must_use]
    pub fn clock(&self, wall_ms: i64) -> String {
        let at = Timestamp::from_millisecond(wall_ms).unwrap_or_default();
        at.to_zoned_datetime(self.zone.clone()).strftime("%a %Y-%m-%d %H:%M").to_string()
    }

    /// The windows as systemd's `OnCalendar=` wants their beginnings, without the zone.
    #[must_use]
    pub fn calendar(&self) -> Vec<String> {
        let mut list: Vec<String> = self.spans.iter().map(words::calendar).collect();
        list.dedup();
        list
    }
}

fn pick(list: &[(i64, Regime)], wall_ms: i64) -> Stretch {
    let after = list.partition_point(|(at, _)| *at <= wall_ms);
    let (since, regime) = list[after.saturating_sub(1)];
    Stretch {
        regime,
        since_ms: (after > 1).then_some(since),
        until_ms: list.get(after).map(|(until, _)| *until),
    }
}

fn weekday(day: Weekday) -> usize {
    day.to_monday_zero_offset() as usize
}

/// Milliseconds as a span of time, for people; never negative.
pub(super) fn seconds_between(from_ms: i64, to_ms: i64) -> f64 {
    SignedDuration::from_millis(to_ms.saturating_sub(from_ms)).as_secs_f64().max(0.0)
}

#[cfg(test)]
mod tests;
