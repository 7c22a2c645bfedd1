//! The charts made of bars: failures by cause, and the night of the largest mailboxes.

use super::{
    chart::{Axis, Block, Chart, Ink},
    figures::{Figure, clock, hours_axis, whole},
    morning::Morning,
    settings::time,
};
use crate::{
    lang::{Lang, tell},
    ui::words::{bytes, count, tame},
};

pub(super) fn causes(morning: &Morning, lang: Lang) -> Option<Figure> {
    let causes: Vec<_> = morning.causes.iter().take(12).rev().collect();
    let most = causes.iter().map(|cause| cause.mailboxes.max(cause.attempts)).max()?;
    let name = |place: f64| {
        let at = place.round() as usize;
        let cause = (!whole(place).is_empty() && place >= 0.0).then(|| causes.get(at)).flatten();
        cause.map_or_else(String::new, |cause| tame(&cause.code).chars().take(18).collect())
    };
    let rows = causes.len() as f64;
    let number = |value: f64| if whole(value).is_empty() { String::new() } else { count(value as u64) };
    let x = Axis { range: (0.0, most as f64 * 1.25), name: "", words: &number, ticks: 6, room: 26 };
    let y = Axis { range: (-0.6, rows - 0.4), name: "", words: &name, ticks: causes.len() * 2, room: 150 };
    let title = tell!(lang, "page-by-cause");
    let mut chart = Chart::new(&title, 60 + 34 * causes.len() as u32, x, y);
    for (place, cause) in causes.iter().enumerate() {
        let y = place as f64;
        let block = |from: f64, to: f64, number: u64, ink, label: String| Block {
            from: (0.0, y + from),
            to: (number as f64, y + to),
            ink,
            words: format!("{}: {label}", cause.code),
            label,
        };
        let (left, attempts) = (count(cause.mailboxes), count(cause.attempts));
        let left = tell!(lang, "chart-mailboxes-left", mailboxes = left);
        let attempts = tell!(lang, "chart-attempts", attempts = attempts);
        chart.blocks.push(block(0.02, 0.36, cause.mailboxes, Ink::Limit, left));
        chart.blocks.push(block(-0.36, -0.02, cause.attempts, Ink::First, attempts));
    }
    let note = tell!(lang, "chart-causes-note");
    let svg = chart.svg().ok()?;
    Some(Figure { title, note, keys: Vec::new(), filled: false, svg })
}

pub(super) fn gantt(morning: &Morning, lang: Lang) -> Option<Figure> {
    let rows: Vec<_> = morning.gantt.iter().rev().collect();
    if rows.is_empty() {
        return None;
    }
    let name = |place: f64| {
        let row =
            (!whole(place).is_empty() && place >= 0.0).then(|| rows.get(place.round() as usize)).flatten();
        row.map_or_else(String::new, |row| short(&row.account))
    };
    let y = Axis {
        range: (-0.6, rows.len() as f64 - 0.4),
        name: "",
        words: &name,
        ticks: rows.len() * 2,
        room: 212,
    };
    let (title, across) = (tell!(lang, "chart-largest"), tell!(lang, "chart-since"));
    let mut chart = Chart::new(&title, 70 + 22 * rows.len() as u32, hours_axis(morning, &across), y);
    for (place, row) in rows.iter().enumerate() {
        for bar in &row.bars {
            chart.blocks.push(Block {
                from: (bar.from_s / 3600.0, place as f64 - 0.32),
                to: (bar.to_s / 3600.0, place as f64 + 0.32),
                ink: match bar.outcome {
                    "moved" => Ink::First,
                    "failed" => Ink::Limit,
                    _ => Ink::Third,
                },
                words: tell!(
                    lang,
                    "chart-stretch",
                    account = row.account.as_str(),
                    bytes = bytes(row.bytes),
                    outcome = tell!(lang, &format!("outcome-{}", bar.outcome)),
                    clock = clock(bar.from_s / 3600.0),
                    span = lang.time(&time(bar.to_s - bar.from_s)),
                ),
                label: match bar.outcome {
                    "moved" => String::new(),
                    "failed" => "✕".to_owned(),
                    _ => "…".to_owned(),
                },
            });
        }
    }
    let note = tell!(lang, "chart-largest-note", number = rows.len());
    let keys = vec![
        (Ink::First, tell!(lang, "outcome-moved")),
        (Ink::Limit, tell!(lang, "outcome-failed")),
        (Ink::Third, tell!(lang, "outcome-unfinished")),
    ];
    let svg = chart.svg().ok()?;
    Some(Figure { title, note, keys, filled: true, svg })
}

/// A name that fits beside a chart.
fn short(name: &str) -> String {
    let name = tame(name);
    if name.chars().count() <= 25 { name } else { name.chars().take(24).chain(['…']).collect() }
}
