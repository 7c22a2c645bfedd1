//! The charts made of bars: failures by cause, and the night of the largest mailboxes.

use super::{
    chart::{Axis, Block, Chart, Ink},
    figures::{Figure, clock, hours_axis, whole},
    morning::Morning,
    settings::time,
};
use crate::ui::words::{bytes, count, tame};

pub(super) fn causes(morning: &Morning) -> Option<Figure> {
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
    let mut chart = Chart::new("Failures by cause", 60 + 34 * causes.len() as u32, x, y);
    for (place, cause) in causes.iter().enumerate() {
        let y = place as f64;
        let block = |from: f64, to: f64, number: u64, ink, what: &str| Block {
            from: (0.0, y + from),
            to: (number as f64, y + to),
            ink,
            words: format!("{}: {} {what}", cause.code, count(number)),
            label: format!("{} {what}", count(number)),
        };
        chart.blocks.push(block(0.02, 0.36, cause.mailboxes, Ink::Limit, "mailboxes left"));
        chart.blocks.push(block(-0.36, -0.02, cause.attempts, Ink::First, "attempts"));
    }
    let note =
        "Mailboxes that are left failed or incomplete, and attempts of this run that ended so, those that a \
                later attempt mended included."
            .to_owned();
    Some(Figure { title: "Failures by cause", note, keys: Vec::new(), filled: false, svg: chart.svg().ok()? })
}

pub(super) fn gantt(morning: &Morning) -> Option<Figure> {
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
    let mut chart = Chart::new("The largest mailboxes", 70 + 22 * rows.len() as u32, hours_axis(morning), y);
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
                words: format!(
                    "{}, {}: {} from {} for {}",
                    row.account,
                    bytes(row.bytes),
                    bar.outcome,
                    clock(bar.from_s / 3600.0),
                    time(bar.to_s - bar.from_s)
                ),
                label: match bar.outcome {
                    "moved" => String::new(),
                    "failed" => "✕".to_owned(),
                    _ => "…".to_owned(),
                },
            });
        }
    }
    let note = format!(
        "The {} largest mailboxes of this run, largest on top; ✕ is an attempt that failed, … one without an end.",
        rows.len()
    );
    let keys = vec![(Ink::First, "moved"), (Ink::Limit, "failed"), (Ink::Third, "unfinished")];
    Some(Figure { title: "The largest mailboxes", note, keys, filled: true, svg: chart.svg().ok()? })
}

/// A name that fits beside a chart.
fn short(name: &str) -> String {
    let name = tame(name);
    if name.chars().count() <= 25 { name } else { name.chars().take(24).chain(['…']).collect() }
}
