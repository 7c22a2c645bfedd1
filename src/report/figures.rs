//! The charts of a report: what the night looked like.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    DecisionLine,
    advice::Basis,
    bars,
    chart::{Axis, Chart, Curve, Ink, Mark, Shape, steps},
    hours::tightest,
    lines::MinuteLine,
    morning::Morning,
};
use crate::{
    control::{
        decision::{Measure, Resource},
        sample::Side,
    },
    ui::words::{bytes, count},
};

/// Decisions marked in the chart; the table has more of them, the JSON all.
pub(super) const MOST_MARKS: usize = 400;
/// Cells of the scatter in either direction.
const CELLS: f64 = 36.0;

/// A chart with its words.
pub(super) struct Figure {
    pub(super) title: &'static str,
    pub(super) note: String,
    pub(super) keys: Vec<(Ink, &'static str)>,
    /// Whether the keys stand for filled stretches rather than for curves.
    pub(super) filled: bool,
    pub(super) svg: String,
}

pub(super) fn of(morning: &Morning) -> Vec<Figure> {
    let mut figures = Vec::new();
    if !morning.minutes.is_empty() || !morning.report.decisions.is_empty() {
        figures.extend(limit(morning));
        for (resource, title, share) in [
            (Resource::Cpu, "Processors", false),
            (Resource::Disk, "Disks", true),
            (Resource::Memory, "Memory", false),
        ] {
            figures.extend(machines(morning, resource, title, share));
        }
    }
    figures.extend(workers(morning));
    figures.extend(sizes(morning));
    figures.extend(bars::causes(morning));
    figures.extend(bars::gantt(morning));
    figures
}

/// Hours as `1:30`.
pub(super) fn clock(hours: f64) -> String {
    let minutes = (hours * 60.0).round() as i64;
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

pub(super) fn whole(value: f64) -> String {
    if (value - value.round()).abs() < 1e-6 { format!("{value:.0}") } else { String::new() }
}

fn percent(value: f64) -> String {
    format!("{:.0} %", value * 100.0)
}

/// The hours of the run from left to right.
pub(super) fn hours_axis(morning: &Morning) -> Axis<'static> {
    Axis {
        range: (0.0, end_h(morning)),
        name: "time since the start, h:mm",
        words: &clock,
        ticks: 9,
        room: 46,
    }
}

fn end_h(morning: &Morning) -> f64 {
    let minutes = morning.minutes.last().map_or(0.0, |minute| minute.at_s);
    let decided = morning.report.decisions.last().map_or(0.0, |decision| decision.at_s);
    (minutes.max(decided).max(morning.report.makespan_s) / 3600.0).max(1.0 / 60.0)
}

fn limit(morning: &Morning) -> Option<Figure> {
    let decisions = &morning.report.decisions;
    let most = decisions.iter().map(|decision| decision.to.max(decision.from)).max().unwrap_or(1);
    let most =
        most.max(morning.minutes.iter().map(|minute| minute.running.max(minute.limit)).max().unwrap_or(1));
    let y = Axis {
        range: (0.0, f64::from(most) * 1.15 + 0.5),
        name: "mailboxes",
        words: &whole,
        ticks: 8,
        room: 70,
    };
    let mut chart = Chart::new("Limit and mailboxes in flight over time", 260, hours_axis(morning), y);
    let first = decisions
        .first()
        .map_or_else(|| morning.minutes.first().map_or(0, |minute| minute.limit), |decision| decision.from);
    let mut limits = vec![(0.0, f64::from(first))];
    limits.extend(decisions.iter().map(|decision| (decision.at_s / 3600.0, f64::from(decision.to))));
    chart.curves.push(Curve { name: String::new(), ink: Ink::First, points: steps(&limits, end_h(morning)) });
    let running = morning.minutes.iter().map(|minute| (minute.at_s / 3600.0, f64::from(minute.running)));
    chart.curves.push(Curve { name: String::new(), ink: Ink::Second, points: running.collect() });
    chart.marks = marks(morning, |_| true, |decision| f64::from(decision.to));
    let mut note =
        "Each mark is a decision: a triangle up grows, one down shrinks, a dot stays. Point at it for its \
                    reason; the table below has them in words."
            .to_owned();
    if decisions.len() > MOST_MARKS {
        let all = count(decisions.len() as u64);
        let _ = write!(note, " {MOST_MARKS} of {all} are marked, changes first.");
    }
    let keys = vec![(Ink::First, "limit"), (Ink::Second, "in flight")];
    Some(Figure { title: "Limit and mailboxes in flight", note, keys, filled: false, svg: chart.svg().ok()? })
}

/// Decisions as marks, each at its time and at the height asked for.
fn marks(
    morning: &Morning,
    wanted: impl Fn(&DecisionLine) -> bool,
    height: impl Fn(&DecisionLine) -> f64,
) -> Vec<Mark> {
    let mut marked: Vec<_> = morning.report.decisions.iter().filter(|decision| wanted(decision)).collect();
    // Changes matter more than refusals where not all fit.
    if marked.len() > MOST_MARKS {
        marked.sort_by_key(|decision| decision.from == decision.to);
        marked.truncate(MOST_MARKS);
    }
    let (dot, triangle) = if marked.len() > 60 { (2.0, 4.0) } else { (4.0, 6.0) };
    let mark = |decision: &DecisionLine| Mark {
        at: (decision.at_s / 3600.0, height(decision)),
        shape: match decision.to.cmp(&decision.from) {
            std::cmp::Ordering::Greater => Shape::Up,
            std::cmp::Ordering::Less => Shape::Down,
            std::cmp::Ordering::Equal => Shape::Dot,
        },
        ink: if decision.to < decision.from { Ink::Limit } else { Ink::First },
        radius: if decision.to == decision.from { dot } else { triangle },
        words: format!(
            "{} {} → {}: {}",
            clock(decision.at_s / 3600.0),
            decision.from,
            decision.to,
            decision.reason
        ),
    };
    marked.into_iter().map(mark).collect()
}

/// One resource of both machines, as its share, or as a share of its line where measures differ.
fn machines(morning: &Morning, resource: Resource, title: &'static str, of_its_line: bool) -> Option<Figure> {
    let value = |minute: &MinuteLine, side: Side| {
        let of_side = minute.gauges.iter().filter(|gauge| gauge.side == side);
        if of_its_line {
            return tightest(of_side.filter(|gauge| gauge.measure.resource() == resource))
                .map(|most| most.of_line);
        }
        let wanted = if resource == Resource::Cpu { Measure::CpuBusy } else { Measure::MemoryUsed };
        of_side.filter(|gauge| gauge.measure == wanted).map(|gauge| gauge.value).next()
    };
    let name = if of_its_line { "of its line" } else { "in use" };
    let mut top: f64 = 1.0;
    let mut curves = Vec::new();
    let mut lines: Vec<f64> = if of_its_line { vec![1.0] } else { Vec::new() };
    for (side, ink) in
        [(Side::Source, Ink::First), (Side::Destination, Ink::Second), (Side::Host, Ink::Third)]
    {
        let of_side =
            morning.minutes.iter().filter_map(|minute| Some((minute.at_s / 3600.0, value(minute, side)?)));
        let points: Vec<(f64, f64)> = of_side.collect();
        if points.is_empty() {
            continue;
        }
        top = points.iter().map(|point| point.1 * 1.05).fold(top, f64::max);
        curves.push(Curve { name: String::new(), ink, points });
        if !of_its_line {
            lines.extend(line_of(morning, side, resource));
        }
    }
    if curves.is_empty() {
        return None;
    }
    lines.sort_by(f64::total_cmp);
    lines.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
    let y = Axis { range: (0.0, top), name, words: &percent, ticks: 6, room: 70 };
    let mut chart = Chart::new(title, 200, hours_axis(morning), y);
    let drawn: Vec<String> = lines.iter().map(|line| percent(*line)).collect();
    let note = if of_its_line {
        "Fullest disk measure (busy share of spindles, waiting time of others) as a share of its line, means of a \
         minute."
            .to_owned()
    } else {
        format!("Means of a minute; lines at {}. Triangles below: the limit changed.", drawn.join(" and "))
    };
    let names = [(Ink::First, "source"), (Ink::Second, "destination"), (Ink::Third, "this machine")];
    let mut keys: Vec<(Ink, &str)> =
        names.into_iter().filter(|(ink, _)| curves.iter().any(|curve| curve.ink == *ink)).collect();
    keys.push((Ink::Limit, "line"));
    (chart.curves, chart.lines) = (curves, lines);
    chart.marks = marks(morning, |decision| decision.from != decision.to, |_| 0.0);
    Some(Figure { title, note, keys, filled: false, svg: chart.svg().ok()? })
}

fn line_of(morning: &Morning, side: Side, resource: Resource) -> Option<f64> {
    let wanted = if resource == Resource::Cpu { Measure::CpuBusy } else { Measure::MemoryUsed };
    let last = morning.minutes.last()?;
    last.gauges.iter().find(|gauge| gauge.side == side && gauge.measure == wanted).map(|gauge| gauge.line)
}

fn workers(morning: &Morning) -> Option<Figure> {
    let curve = &morning.advice.curve;
    let last = curve.last()?;
    let top = curve.iter().map(|point| point.high.max(point.work_rate)).fold(0.1, f64::max) * 1.1;
    let number = |value: f64| format!("{value:.1}");
    let x = Axis {
        range: (0.0, f64::from(last.workers) + 1.0),
        name: "workers",
        words: &whole,
        ticks: (last.workers as usize + 2).min(16),
        room: 46,
    };
    let y = Axis { range: (0.0, top), name: "useful work a second", words: &number, ticks: 6, room: 66 };
    let mut chart = Chart::new("Useful work against workers", 260, x, y);
    let at = |workers: u32| f64::from(workers);
    let measured = last.basis == Basis::Benchmark;
    if measured {
        chart.bands.push(curve.iter().map(|point| (at(point.workers), point.low, point.high)).collect());
        let points = curve.iter().map(|point| (at(point.workers), point.work_rate));
        chart.curves.push(Curve { name: String::new(), ink: Ink::First, points: points.collect() });
    }
    for point in curve {
        let x = at(point.workers);
        let words = format!(
            "{} workers: {:.2} ({:.2} to {:.2}){}",
            point.workers,
            point.work_rate,
            point.low,
            point.high,
            if point.lawful == Some(false) { ", over a line" } else { "" }
        );
        if !measured {
            let ends = vec![(x, point.low), (x, point.high.min(top))];
            chart.curves.push(Curve { name: String::new(), ink: Ink::First, points: ends });
        }
        let (shape, ink) =
            if point.lawful == Some(false) { (Shape::Down, Ink::Limit) } else { (Shape::Dot, Ink::First) };
        chart.marks.push(Mark { at: (x, point.work_rate), shape, ink, radius: 5.0, words });
    }
    let note = if measured {
        "Measured by the benchmark in randomised blocks; the band is the 95 % interval, a red triangle is over a line."
    } else {
        "Not benchmarked: means of the minutes the law happened to spend at each number, with 95 % intervals. What \
         was moved differed from minute to minute, so this compares nothing."
    };
    let keys =
        if measured { vec![(Ink::First, "fitted curve"), (Ink::Band, "95 % interval")] } else { Vec::new() };
    Some(Figure {
        title: "Useful work against workers",
        note: note.to_owned(),
        keys,
        filled: false,
        svg: chart.svg().ok()?,
    })
}

fn sizes(morning: &Morning) -> Option<Figure> {
    let logs = |(bytes, seconds): &(u64, f64)| {
        ((bytes.max(&100).to_owned() as f64).log10(), seconds.max(0.1).log10())
    };
    let points: Vec<(f64, f64)> = morning.transfers.iter().map(logs).collect();
    let ends = |pick: fn(&(f64, f64)) -> f64| {
        let least = points.iter().map(pick).fold(f64::INFINITY, f64::min).floor();
        let most = points.iter().map(pick).fold(f64::NEG_INFINITY, f64::max).ceil();
        (least, if most > least { most } else { least + 1.0 })
    };
    if points.is_empty() {
        return None;
    }
    let (x, y) = (ends(|point| point.0), ends(|point| point.1));
    let mut cells: BTreeMap<(i64, i64), u64> = BTreeMap::new();
    for point in &points {
        let cell = |value: f64, (from, to): (f64, f64)| ((value - from) / (to - from) * CELLS).floor() as i64;
        *cells.entry((cell(point.0, x), cell(point.1, y))).or_default() += 1;
    }
    let size = |log: f64| if whole(log).is_empty() { String::new() } else { bytes(10_f64.powf(log) as u64) };
    let duration = |log: f64| {
        let seconds = 10_f64.powf(log);
        match whole(log).as_str() {
            "" => String::new(),
            _ if seconds < 1.0 => format!("{seconds:.1} s"),
            _ => format!("{seconds:.0} s"),
        }
    };
    let ticks = |(from, to): (f64, f64)| (to - from) as usize * 2 + 2;
    let across = Axis { range: x, name: "bytes moved", words: &size, ticks: ticks(x), room: 46 };
    let up = Axis { range: y, name: "seconds of a worker", words: &duration, ticks: ticks(y), room: 78 };
    let mut chart = Chart::new("Size against duration", 280, across, up);
    let middle = |cell: i64, (from, to): (f64, f64)| from + (cell as f64 + 0.5) / CELLS * (to - from);
    chart.marks = cells
        .into_iter()
        .map(|((across, up), number)| Mark {
            at: (middle(across, x), middle(up, y)),
            shape: Shape::Dot,
            ink: Ink::First,
            radius: (2.0 + (number as f64).log2()).min(9.0),
            words: format!("{} transfers", count(number)),
        })
        .collect();
    let note = format!(
        "{} transfers of this run, gathered in cells: the larger a dot, the more of them. Both axes are logarithmic.",
        count(points.len() as u64)
    );
    Some(Figure {
        title: "Size against duration",
        note,
        keys: Vec::new(),
        filled: false,
        svg: chart.svg().ok()?,
    })
}
