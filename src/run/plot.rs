//! One simulated run as a drawing: the limit, both machines and their lines over time.

use crate::{
    control::sim::run::Outcome,
    report::chart::{Axis, Chart, Curve, Ink, sheet, steps},
};

/// Draws it.
#[must_use]
pub fn svg(title: &str, outcome: &Outcome) -> String {
    let end_h = outcome.makespan_s.max(60.0) / 3600.0;
    let hours = |value: f64| format!("{value:.1} h");
    let whole = |value: f64| format!("{value:.0}");
    let share = |value: f64| format!("{:.0} %", value * 100.0);
    let across = || Axis { range: (0.0, end_h), name: "", words: &hours, ticks: 9, room: 30 };
    let most = outcome.limits.iter().map(|limit| limit.1).max().unwrap_or(1).max(1);
    let up = Axis { range: (0.0, f64::from(most) * 1.2), name: "", words: &whole, ticks: 6, room: 60 };
    let mut limit = Chart::new("limit", 200, across(), up);
    let limits: Vec<(f64, f64)> =
        outcome.trace.iter().map(|instant| (instant.at_s / 3600.0, f64::from(instant.limit))).collect();
    let points = steps(&limits, end_h);
    limit.curves.push(Curve { name: String::new(), ink: Ink::First, points });
    let mut charts = vec![limit];
    for (side, title) in
        [("source", "source, share of each line"), ("destination", "destination, share of each line")]
    {
        let up = Axis { range: (0.0, 2.0), name: "", words: &share, ticks: 6, room: 60 };
        let mut chart = Chart::new(title, 260, across(), up);
        chart.lines.push(1.0);
        chart.curves = curves(outcome, side);
        charts.push(chart);
    }
    sheet(title, &charts).unwrap_or_default()
}

/// Every measure of a side that was ever above zero, as a share of its line.
fn curves(outcome: &Outcome, side: &str) -> Vec<Curve> {
    let Some(first) = outcome.trace.first() else { return Vec::new() };
    let of_side = (0..first.readings.len()).filter(|place| first.readings[*place].0 == side);
    of_side
        .map(|place| {
            let value = |reading: &(&str, &str, f64, f64, f64)| (reading.2 / reading.3).min(2.0);
            let points = outcome
                .trace
                .iter()
                .map(|instant| (instant.at_s / 3600.0, value(&instant.readings[place])))
                .collect::<Vec<_>>();
            (first.readings[place].1.to_owned(), points)
        })
        .filter(|(_, points)| points.iter().any(|point| point.1 > 0.0))
        .zip(Ink::CURVES.into_iter().cycle())
        .map(|((name, points), ink)| Curve { name, ink, points })
        .collect()
}
