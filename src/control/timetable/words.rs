//! Windows and dates as people write them, and what is wrong with them.

use std::{collections::BTreeSet, fmt::Write as _};

use jiff::civil::{Date, Time};

use super::Span;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const EXAMPLE: &str = "write it like `Mon-Fri 22:00-05:30; Sat-Sun 00:00-24:00`";
/// Longest list of windows, and longest range of dates: more is a mistake.
const MOST: usize = 400;

/// `Mon-Fri 22:00-05:30; Sat,Sun 00:00-24:00`; without days, every day. Empty = none.
pub(super) fn window(text: &str) -> Result<Vec<Span>, String> {
    let mut spans = Vec::new();
    let parts: Vec<&str> = text.split(';').map(str::trim).collect();
    if parts == [""] {
        return Ok(spans);
    }
    for part in parts {
        if part.is_empty() {
            return Err(format!("there is nothing between two `;` in `{text}`; {EXAMPLE}"));
        }
        if !part.contains(':') {
            return Err(format!("`{part}` says no hours; {EXAMPLE}"));
        }
        let (days, times) = match part.split_once(char::is_whitespace) {
            Some((days, times)) => (days_of(days, part)?, times.trim()),
            None => ([true; 7], part),
        };
        for time in times.split(',') {
            let (from, to) = hours(time.trim(), part)?;
            spans.push(Span { days, from, to });
        }
        if spans.len() > MOST {
            return Err(format!("more than {MOST} windows"));
        }
    }
    Ok(spans)
}

fn days_of(text: &str, part: &str) -> Result<[bool; 7], String> {
    let mut days = [false; 7];
    if ["daily", "every"].contains(&text.to_ascii_lowercase().as_str()) {
        return Ok([true; 7]);
    }
    for piece in text.split(',') {
        let (first, last) = piece.split_once('-').unwrap_or((piece, piece));
        let (first, last) = (day(first, part)?, day(last, part)?);
        let mut at = first;
        loop {
            days[at] = true;
            if at == last {
                break;
            }
            at = (at + 1) % 7;
        }
    }
    Ok(days)
}

fn day(text: &str, part: &str) -> Result<usize, String> {
    let wanted = text.trim();
    DAYS.iter()
        .position(|day| day.eq_ignore_ascii_case(wanted))
        .ok_or_else(|| format!("`{wanted}` in `{part}` is no day; days are {}; {EXAMPLE}", DAYS.join(", ")))
}

/// `22:00-05:30`; the end is `None` for 24:00.
fn hours(text: &str, part: &str) -> Result<(Time, Option<Time>), String> {
    let Some((from, to)) = text.split_once('-') else {
        return Err(format!("`{text}` in `{part}` is not FROM-TO; {EXAMPLE}"));
    };
    let (from, to) = (from.trim(), to.trim());
    let begin = clock(from, part)?;
    if to == "24:00" {
        return Ok((begin, None));
    }
    let end = clock(to, part)?;
    if begin == end {
        return Err(format!("`{text}` in `{part}` ends when it begins; a whole day is `00:00-24:00`"));
    }
    Ok((begin, Some(end)))
}

fn clock(text: &str, part: &str) -> Result<Time, String> {
    let wrong = || format!("`{text}` in `{part}` is no time of day from 00:00 to 24:00; {EXAMPLE}");
    let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
    let number = |digits: &str, least: usize| {
        let plain = (least..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| digits.parse::<i8>().ok()).flatten().ok_or_else(wrong)
    };
    Time::new(number(hour, 1)?, number(minute, 2)?, 0, 0).map_err(|_| wrong())
}

/// `2026-12-24`, or `2026-12-24..2027-01-03` with both ends.
pub(super) fn dates(list: &[String]) -> Result<BTreeSet<Date>, String> {
    let mut dates = BTreeSet::new();
    let date = |text: &str| {
        text.trim()
            .parse::<Date>()
            .map_err(|_| format!("`{text}` is no date; write it like 2026-12-24 or 2026-12-24..2027-01-03"))
    };
    for text in list {
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let (first, last) = (date(first)?, date(last)?);
        if last < first {
            return Err(format!("`{text}` ends before it begins"));
        }
        let mut at = first;
        for n in 0.. {
            if n > MOST {
                return Err(format!("`{text}` is longer than a year"));
            }
            dates.insert(at);
            match at.tomorrow() {
                Ok(next) if at < last => at = next,
                _ => break,
            }
        }
    }
    Ok(dates)
}

/// The beginning of a window for systemd: `Mon,Tue *-*-* 22:00:00`.
pub(super) fn calendar(span: &Span) -> String {
    let mut text = String::new();
    if span.days != [true; 7] {
        let days: Vec<&str> = DAYS.iter().zip(span.days).filter(|(_, on)| *on).map(|(day, _)| *day).collect();
        let _ = write!(text, "{} ", days.join(","));
    }
    let _ = write!(text, "*-*-* {:02}:{:02}:00", span.from.hour(), span.from.minute());
    text
}
