//! One simulated run as a drawing: the limit, both machines and their lines over time.

use std::fmt::Write as _;

use crate::control::sim::run::Outcome;

const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 180.0;
const LEFT: f64 = 60.0;
const COLOURS: [&str; 5] = ["#1f6fb2", "#c2451e", "#2e8b57", "#8a4fb0", "#8c6d1f"];

/// Points of one curve, at most a few hundred: each the largest of its stretch.
fn points(values: &[(f64, f64)], end_s: f64, top: f64, at_y: f64) -> String {
    let stretch = values.len().div_ceil(800).max(1);
    let mut text = String::new();
    for chunk in values.chunks(stretch) {
        let value = chunk.iter().map(|v| v.1).fold(0.0, f64::max);
        let x = LEFT + chunk[0].0 / end_s * WIDTH;
        let _ = write!(text, "{x:.1},{:.1} ", at_y + HEIGHT - (value / top).min(1.1) * HEIGHT);
    }
    text
}

/// Draws it.
#[must_use]
pub fn svg(title: &str, outcome: &Outcome) -> String {
    let end_s = outcome.makespan_s.max(1.0);
    let total = 3.0 * (HEIGHT + 50.0) + 60.0;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0} {total:.0}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{LEFT}\" y=\"24\" font-size=\"16\">{title}</text>\n",
        LEFT + WIDTH + 160.0
    );
    let most = outcome.limits.iter().map(|l| l.1).max().unwrap_or(1).max(1);
    let limits: Vec<(f64, f64)> = outcome.trace.iter().map(|i| (i.at_s, f64::from(i.limit))).collect();
    panel(&mut text, "limit", f64::from(most), 50.0, end_s, &[("limit".to_owned(), limits, None)]);
    for (place, side) in ["source", "destination"].into_iter().enumerate() {
        let curves: Vec<Curve> = (0..outcome.trace.first().map_or(0, |i| i.readings.len()))
            .filter(|&at| outcome.trace[0].readings[at].0 == side)
            .map(|at| {
                let values: Vec<(f64, f64)> =
                    outcome.trace.iter().map(|i| (i.at_s, i.readings[at].2 / i.readings[at].3)).collect();
                (outcome.trace[0].readings[at].1.to_owned(), values, Some(1.0))
            })
            .filter(|(_, values, _)| values.iter().any(|v| v.1 > 0.0))
            .collect();
        let at_y = 50.0 + (place + 1) as f64 * (HEIGHT + 50.0);
        panel(&mut text, &format!("{side}, share of each line"), 1.3, at_y, end_s, &curves);
    }
    text.push_str("</svg>\n");
    text
}

/// Name, curve and line of one measure.
type Curve = (String, Vec<(f64, f64)>, Option<f64>);

fn panel(text: &mut String, title: &str, top: f64, at_y: f64, end_s: f64, curves: &[Curve]) {
    let _ = writeln!(
        text,
        "<text x=\"{LEFT}\" y=\"{:.0}\">{title}</text>\n<rect x=\"{LEFT}\" y=\"{at_y}\" width=\"{WIDTH}\" \
         height=\"{HEIGHT}\" fill=\"none\" stroke=\"#999\"/>\n<text x=\"8\" y=\"{:.0}\">{top:.1}</text>",
        at_y - 6.0,
        at_y + 10.0
    );
    for hour in 0..=(end_s / 3600.0) as u32 {
        let x = LEFT + f64::from(hour) * 3600.0 / end_s * WIDTH;
        let _ = writeln!(
            text,
            "<text x=\"{x:.0}\" y=\"{:.0}\" fill=\"#666\">{hour} h</text>",
            at_y + HEIGHT + 14.0
        );
    }
    for (i, (name, values, line)) in curves.iter().enumerate() {
        let colour = COLOURS[i % COLOURS.len()];
        if let Some(line) = line {
            let y = at_y + HEIGHT - line / top * HEIGHT;
            let _ = writeln!(
                text,
                "<line x1=\"{LEFT}\" x2=\"{:.0}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#333\" stroke-dasharray=\"6 4\"/>",
                LEFT + WIDTH
            );
        }
        let _ = writeln!(
            text,
            "<polyline fill=\"none\" stroke=\"{colour}\" points=\"{}\"/>\n<text x=\"{:.0}\" y=\"{:.0}\" fill=\"{colour}\">{name}</text>",
            points(values, end_s, top, at_y),
            LEFT + WIDTH + 8.0,
            at_y + 14.0 + 16.0 * i as f64
        );
    }
}
