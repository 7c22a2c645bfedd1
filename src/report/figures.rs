//! The charts of a report: what the night looked like.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    advice::{Basis, CurveLine},
    bars,
    chart::{Axis, Chart, Curve, Ink, Mark, Shape, steps},
    hours::tightest,
    lines::MinuteLine,
    morning::Morning,
};
use crate::{
    control::{
        decision::{Decision, Measure, Resource},
        sample::Side,
    },
    lang::{Lang, tell},
    ui::words::{bytes, count},
};

/// Decisions marked in the chart; the table has more of them, the JSON all.
pub(super) const MOST_MARKS: usize = 400;
/// Cells of the scatter in either direction.
const CELLS: f64 = 36.0;

/// A chart with its words.
pub(super) struct Figure {
    pub(super) title: String,
    pub(super) note: String,
    pub(super) keys: Vec<(Ink, String)>,
    /// Whether the keys stand for filled stretches rather than for curves.
    pub(super) filled: bool,
    pub(super) svg: String,
}

pub(super) fn of(morning: &Morning, lang: Lang) -> Vec<Figure> {
    let mut figures = Vec::new();
    if !morning.minutes.is_empty() || !morning.records.is_empty() {
        figures.extend(limit(morning, lang));
        for (resource, title, share) in [
            (Resource::Cpu, tell!(lang, "chart-cpu"), false),
            (Resource::Disk, tell!(lang, "chart-disk"), true),
            (Resource::Memory, tell!(lang, "chart-memory"), false),
        ] {
            figures.extend(machines(morning, resource, title, share, lang));
        }
    }
    figures.extend(workers(morning, lang));
    figures.extend(sizes(morning, lang));
    figures.extend(bars::causes(morning, lang));
    figures.extend(bars::gantt(morning, lang));
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
pub(super) fn hours_axis<'a>(morning: &Morning, name: &'a str) -> Axis<'a> {
    Axis { range: (0.0, end_h(morning)), name, words: &clock, ticks: 9, room: 46 }
}

fn end_h(morning: &Morning) -> f64 {
    let minutes = morning.minutes.last().map_or(0.0, |minute| minute.at_s);
    let decided = morning.records.last().map_or(0.0, |decision| decision.at_s);
    (minutes.max(decided).max(morning.report.makespan_s) / 3600.0).max(1.0 / 60.0)
}

fn limit(morning: &Morning, lang: Lang) -> Option<Figure> {
    let decisions = &morning.records;
    let most = decisions.iter().map(|decision| decision.to.max(decision.from)).max().unwrap_or(1);
    let most =
        most.max(morning.minutes.iter().map(|minute| minute.running.max(minute.limit)).max().unwrap_or(1));
    let (across, up) = (tell!(lang, "chart-since"), tell!(lang, "chart-mailboxes"));
    let y = Axis { range: (0.0, f64::from(most) * 1.15 + 0.5), name: &up, words: &whole, ticks: 8, room: 70 };
    let named = tell!(lang, "chart-limit-over-time");
    let mut chart = Chart::new(&named, 260, hours_axis(morning, &across), y);
    let first = decisions
        .first()
        .map_or_else(|| morning.minutes.first().map_or(0, |minute| minute.limit), |decision| decision.from);
    let mut limits = vec![(0.0, f64::from(first))];
    limits.extend(decisions.iter().map(|decision| (decision.at_s / 3600.0, f64::from(decision.to))));
    chart.curves.push(Curve { name: String::new(), ink: Ink::First, points: steps(&limits, end_h(morning)) });
    let running = morning.minutes.iter().map(|minute| (minute.at_s / 3600.0, f64::from(minute.running)));
    chart.curves.push(Curve { name: String::new(), ink: Ink::Second, points: running.collect() });
    chart.marks = marks(morning, |_| true, |decision| f64::from(decision.to), lang);
    let mut note = tell!(lang, "chart-limit-note");
    if decisions.len() > MOST_MARKS {
        let all = count(decisions.len() as u64);
        let _ = write!(note, " {}", tell!(lang, "chart-limit-some", marked = MOST_MARKS, all = all));
    }
    let keys = vec![(Ink::First, tell!(lang, "chart-limit")), (Ink::Second, tell!(lang, "chart-in-flight"))];
    let title = tell!(lang, "chart-limit-title");
    Some(Figure { title, note, keys, filled: false, svg: chart.svg().ok()? })
}

/// Decisions as marks, each at its time and at the height asked for.
fn marks(
    morning: &Morning,
    wanted: impl Fn(&Decision) -> bool,
    height: impl Fn(&Decision) -> f64,
    lang: Lang,
) -> Vec<Mark> {
    let mut marked: Vec<_> = morning.records.iter().filter(|decision| wanted(decision)).collect();
    // Changes matter more than refusals where not all fit.
    if marked.len() > MOST_MARKS {
        marked.sort_by_key(|decision| decision.from == decision.to);
        marked.truncate(MOST_MARKS);
    }
    let (dot, triangle) = if marked.len() > 60 { (2.0, 4.0) } else { (4.0, 6.0) };
    let mark = |decision: &Decision| Mark {
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
            lang.reason(decision)
        ),
    };
    marked.into_iter().map(mark).collect()
}

/// One resource of both machines, as its share, or as a share of its line where measures differ.
fn machines(
    morning: &Morning,
    resource: Resource,
    title: String,
    of_its_line: bool,
    lang: Lang,
) -> Option<Figure> {
    let value = |minute: &MinuteLine, side: Side| {
        let of_side = minute.gauges.iter().filter(|gauge| gauge.side == side);
        if of_its_line {
            return tightest(of_side.filter(|gauge| gauge.measure.resource() == resource))
                .map(|most| most.of_line);
        }
        let wanted = if resource == Resource::Cpu { Measure::CpuBusy } else { Measure::MemoryUsed };
        of_side.filter(|gauge| gauge.measure == wanted).map(|gauge| gauge.value).next()
    };
    let name = if of_its_line { tell!(lang, "chart-of-line") } else { tell!(lang, "chart-in-use") };
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
    let y = Axis { range: (0.0, top), name: &name, words: &percent, ticks: 6, room: 70 };
    let across = tell!(lang, "chart-since");
    let mut chart = Chart::new(&title, 200, hours_axis(morning, &across), y);
    let drawn: Vec<String> = lines.iter().map(|line| percent(*line)).collect();
    let note = if of_its_line {
        tell!(lang, "chart-disk-note")
    } else {
        tell!(lang, "chart-line-note", lines = drawn.join(&format!(" {} ", tell!(lang, "chart-and"))))
    };
    let keys = sides(&curves, lang);
    (chart.curves, chart.lines) = (curves, lines);
    chart.marks = marks(morning, |decision| decision.from != decision.to, |_| 0.0, lang);
    let svg = chart.svg().ok()?;
    Some(Figure { title, note, keys, filled: false, svg })
}

/// The keys of the machines that are drawn, and of the line.
fn sides(curves: &[Curve], lang: Lang) -> Vec<(Ink, String)> {
    let names = [
        (Ink::First, tell!(lang, "side-source")),
        (Ink::Second, tell!(lang, "side-destination")),
        (Ink::Third, tell!(lang, "chart-this-machine")),
        (Ink::Limit, tell!(lang, "chart-line")),
    ];
    let drawn = |ink: Ink| ink == Ink::Limit || curves.iter().any(|curve| curve.ink == ink);
    names.into_iter().filter(|(ink, _)| drawn(*ink)).collect()
}

fn line_of(morning: &Morning, side: Side, resource: Resource) -> Option<f64> {
    let wanted = if resource == Resource::Cpu { Measure::CpuBusy } else { Measure::MemoryUsed };
    let last = morning.minutes.last()?;
    last.gauges.iter().find(|gauge| gauge.side == side && gauge.measure == wanted).map(|gauge| gauge.line)
}

fn workers(morning: &Morning, lang: Lang) -> Option<Figure> {
    let curve = &morning.advice.curve;
    let last = curve.last()?;
    let top = curve.iter().map(|point| point.high.max(point.work_rate)).fold(0.1, f64::max) * 1.1;
    let number = |value: f64| format!("{value:.1}");
    let (across, up) = (tell!(lang, "chart-workers"), tell!(lang, "chart-work"));
    let x = Axis {
        range: (0.0, f64::from(last.workers) + 1.0),
        name: &across,
        words: &whole,
        ticks: (last.workers as usize + 2).min(16),
        room: 46,
    };
    let y = Axis { range: (0.0, top), name: &up, words: &number, ticks: 6, room: 66 };
    let title = tell!(lang, "chart-work-title");
    let mut chart = Chart::new(&title, 260, x, y);
    let at = |workers: u32| f64::from(workers);
    let measured = last.basis == Basis::Benchmark;
    if measured {
        chart.bands.push(curve.iter().map(|point| (at(point.workers), point.low, point.high)).collect());
        let points = curve.iter().map(|point| (at(point.workers), point.work_rate));
        chart.curves.push(Curve { name: String::new(), ink: Ink::First, points: points.collect() });
    }
    for point in curve {
        let x = at(point.workers);
        let words = work_words(point, lang);
        if !measured {
            let ends = vec![(x, point.low), (x, point.high.min(top))];
            chart.curves.push(Curve { name: String::new(), ink: Ink::First, points: ends });
        }
        let (shape, ink) =
            if point.lawful == Some(false) { (Shape::Down, Ink::Limit) } else { (Shape::Dot, Ink::First) };
        chart.marks.push(Mark { at: (x, point.work_rate), shape, ink, radius: 5.0, words });
    }
    let (note, keys) = if measured {
        let band = (Ink::Band, tell!(lang, "chart-interval"));
        (tell!(lang, "chart-work-measured"), vec![(Ink::First, tell!(lang, "chart-fitted")), band])
    } else {
        (tell!(lang, "chart-work-seen"), Vec::new())
    };
    let svg = chart.svg().ok()?;
    Some(Figure { title, note, keys, filled: false, svg })
}

fn work_words(point: &CurveLine, lang: Lang) -> String {
    let two = |value: f64| format!("{value:.2}");
    let words = tell!(
        lang,
        "chart-work-at",
        workers = point.workers,
        rate = two(point.work_rate),
        low = two(point.low),
        high = two(point.high),
    );
    if point.lawful == Some(false) { tell!(lang, "chart-work-over", words = words) } else { words }
}

fn sizes(morning: &Morning, lang: Lang) -> Option<Figure> {
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
            _ if seconds < 1.0 => lang.time(&format!("{seconds:.1} s")),
            _ => lang.time(&format!("{seconds:.0} s")),
        }
    };
    let ticks = |(from, to): (f64, f64)| (to - from) as usize * 2 + 2;
    let (moved, spent) = (tell!(lang, "chart-bytes"), tell!(lang, "chart-seconds"));
    let across = Axis { range: x, name: &moved, words: &size, ticks: ticks(x), room: 46 };
    let up = Axis { range: y, name: &spent, words: &duration, ticks: ticks(y), room: 78 };
    let title = tell!(lang, "chart-size-title");
    let mut chart = Chart::new(&title, 280, across, up);
    let middle = |cell: i64, (from, to): (f64, f64)| from + (cell as f64 + 0.5) / CELLS * (to - from);
    chart.marks = cells
        .into_iter()
        .map(|((across, up), number)| Mark {
            at: (middle(across, x), middle(up, y)),
            shape: Shape::Dot,
            ink: Ink::First,
            radius: (2.0 + (number as f64).log2()).min(9.0),
            words: tell!(lang, "chart-transfers", transfers = count(number)),
        })
        .collect();
    let note = tell!(lang, "chart-size-note", transfers = count(points.len() as u64));
    let svg = chart.svg().ok()?;
    Some(Figure { title, note, keys: Vec::new(), filled: false, svg })
}
