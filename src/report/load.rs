//! What the night itself showed of the machines: what one worker costs each, and what is there without us.
//!
//! A line through the minutes, `value = background of the hour + cost x workers`, with one cost for the whole
//! night. It is an observation and no experiment: the law chose the workers, and indexing comes late.

use std::collections::BTreeMap;

use super::{
    lines::{HourLine, MinuteLine},
    noise::Level,
};
use crate::control::{decision::Measure, sample::Side};

/// Fewer minutes than this show nothing.
const LEAST_MINUTES: usize = 6;

/// Hour, workers, value and line of one minute.
type Point = (i64, f64, f64, f64);

/// What one measure of one machine did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cost {
    pub(super) side: Side,
    pub(super) measure: Measure,
    /// Mean number of workers and mean value over the night.
    pub(super) mean: (f64, f64),
    /// Highest minute.
    pub(super) peak: f64,
    /// What one worker costs; `None` where the number of workers did not change enough to tell.
    pub(super) per_worker: Option<f64>,
    /// Soft line.
    pub(super) line: f64,
}

impl Cost {
    /// Its value at a number of workers.
    pub(super) fn at(&self, workers: f64) -> Option<f64> {
        self.per_worker.map(|cost| (self.mean.1 + cost * (workers - self.mean.0)).max(0.0))
    }
}

/// Every measure that was read, in the order of sides and measures.
pub(super) fn costs(minutes: &[MinuteLine]) -> Vec<Cost> {
    let mut points: BTreeMap<(Side, Measure), Vec<Point>> = BTreeMap::new();
    for minute in minutes {
        let hour = minute.wall_ms.div_euclid(3_600_000);
        for gauge in &minute.gauges {
            let point = (hour, f64::from(minute.running), gauge.value, gauge.line);
            points.entry((gauge.side, gauge.measure)).or_default().push(point);
        }
    }
    points.into_iter().map(|((side, measure), points)| cost(side, measure, &points)).collect()
}

fn cost(side: Side, measure: Measure, points: &[Point]) -> Cost {
    let number = points.len().max(1) as f64;
    let mean = |pick: fn(&Point) -> f64| points.iter().map(pick).sum::<f64>() / number;
    let linear = matches!(
        measure,
        Measure::CpuBusy | Measure::DiskUtilisation | Measure::MemoryUsed | Measure::NetworkShare
    );
    Cost {
        side,
        measure,
        mean: (mean(|point| point.1), mean(|point| point.2)),
        peak: points.iter().map(|point| point.2).fold(0.0, f64::max),
        per_worker: slope(points).filter(|cost| linear && *cost > 0.0),
        line: points.last().map_or(0.0, |point| point.3),
    }
}

/// Common slope within hours: an hour that is busy by itself must not look like our doing.
fn slope(points: &[Point]) -> Option<f64> {
    if points.len() < LEAST_MINUTES {
        return None;
    }
    let mut hours: BTreeMap<i64, Vec<(f64, f64)>> = BTreeMap::new();
    for (hour, workers, value, _) in points {
        hours.entry(*hour).or_default().push((*workers, *value));
    }
    let (mut over, mut below) = (0.0, 0.0);
    for hour in hours.values() {
        let number = hour.len() as f64;
        let x = hour.iter().map(|point| point.0).sum::<f64>() / number;
        let y = hour.iter().map(|point| point.1).sum::<f64>() / number;
        over += hour.iter().map(|point| (point.0 - x) * (point.1 - y)).sum::<f64>();
        below += hour.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>();
    }
    (below > LEAST_MINUTES as f64 / 2.0).then(|| over / below)
}

/// Busy share of the busier server's processors without us, hour by hour, for hours seen half or more.
pub(super) fn quiet_hours(hours: &[HourLine], costs: &[Cost]) -> Vec<(usize, f64)> {
    let cost_of = |side| {
        let found = costs.iter().find(|cost| cost.side == side && cost.measure == Measure::CpuBusy);
        found.and_then(|cost| cost.per_worker)
    };
    let by_side = [cost_of(Side::Source), cost_of(Side::Destination)];
    hours
        .iter()
        .enumerate()
        .filter(|(_, hour)| hour.minutes >= 30)
        .filter_map(|(place, hour)| {
            let own = |side: usize| {
                hour.cpu[side].map(|cpu| (cpu - by_side[side].unwrap_or(0.0) * hour.running).max(0.0))
            };
            own(0).into_iter().chain(own(1)).max_by(f64::total_cmp).map(|load| (place, load))
        })
        .collect()
}

/// Mean work rate of the minutes with so many workers and more waiting, with its interval.
pub(super) fn work_by_workers(minutes: &[MinuteLine]) -> BTreeMap<u32, Level> {
    let mut rates: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for minute in minutes.iter().filter(|minute| minute.running > 0 && minute.waiting > 0) {
        rates.entry(minute.running).or_default().push(minute.work_rate);
    }
    rates.into_iter().filter_map(|(workers, rates)| Some((workers, Level::of(&rates)?))).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::report::lines::GaugeLine;

    /// A minute with the destination's processors at `busy`.
    pub(crate) fn minute(at: u32, running: u32, busy: f64) -> MinuteLine {
        let gauge = GaugeLine { side: Side::Destination, measure: Measure::CpuBusy, value: busy, line: 0.8 };
        MinuteLine {
            at_s: f64::from(at) * 60.0,
            wall_ms: 1_795_438_800_000 + i64::from(at) * 60_000,
            limit: running,
            running,
            parked: 0,
            waiting: 9,
            work_rate: f64::from(running) * 0.9,
            items: u64::from(at) * 100,
            bytes: u64::from(at) * 1_000_000,
            gauges: vec![gauge],
        }
    }

    #[test]
    fn a_busy_hour_is_not_taken_for_our_doing() {
        // The second hour is 30 points busier by itself, and the law ran fewer workers in it.
        let minutes: Vec<MinuteLine> = (0..120)
            .map(|at| {
                let workers = if at < 60 { 4 + at % 4 } else { 1 + at % 3 };
                minute(at, workers, 0.05 * f64::from(workers) + if at < 60 { 0.1 } else { 0.4 })
            })
            .collect();
        let found = costs(&minutes)[0];
        assert!((found.per_worker.unwrap() - 0.05).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn a_number_that_never_changed_tells_no_cost() {
        let minutes: Vec<MinuteLine> = (0..60).map(|at| minute(at, 5, 0.4)).collect();
        assert_eq!(costs(&minutes)[0].per_worker, None);
        assert_eq!(costs(&minutes)[0].at(9.0), None);
    }
}
