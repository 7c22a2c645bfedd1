//! Minutes and endings gathered by the hour of the operator's clock.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};

use super::lines::{GaugeLine, HourLine, MinuteLine, Tightest};
use crate::control::{
    decision::{Measure, Resource},
    sample::Side,
};

/// Gathers.
pub(super) struct Hours {
    zone: TimeZone,
    gathered: BTreeMap<i64, Hour>,
    /// Items and bytes at the minute before.
    before: (u64, u64),
}

#[derive(Default)]
struct Hour {
    minutes: u32,
    limit: f64,
    running: f64,
    work_rate: f64,
    mailboxes: u64,
    items: u64,
    bytes: u64,
    tightest: Option<Tightest>,
    cpu: [Mean; 2],
    disk: [Mean; 2],
    memory: [Mean; 2],
}

#[derive(Clone, Copy, Default)]
struct Mean {
    sum: f64,
    number: f64,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.number += 1.0;
    }

    fn get(self) -> Option<f64> {
        (self.number > 0.0).then(|| self.sum / self.number)
    }
}

/// How full a gauge is, as a share of its line; lines are above zero.
pub(super) fn of_line(gauge: &GaugeLine) -> f64 {
    if gauge.line > 0.0 { gauge.value / gauge.line } else { 0.0 }
}

/// The gauge nearest its line.
pub(super) fn tightest<'a>(gauges: impl Iterator<Item = &'a GaugeLine>) -> Option<Tightest> {
    gauges
        .map(|gauge| Tightest { side: gauge.side, measure: gauge.measure, of_line: of_line(gauge) })
        .max_by(|a, b| a.of_line.total_cmp(&b.of_line))
}

impl Hours {
    pub(super) const fn new(zone: TimeZone) -> Self {
        Self { zone, gathered: BTreeMap::new(), before: (0, 0) }
    }

    /// Milliseconds at which the hour begins by the operator's clock; zones may be half an hour off.
    fn hour(&mut self, wall_ms: i64) -> &mut Hour {
        let offset_ms = Timestamp::from_millisecond(wall_ms)
            .map_or(0, |at| i64::from(self.zone.to_offset(at).seconds()) * 1000);
        let begin = (wall_ms + offset_ms).div_euclid(3_600_000) * 3_600_000 - offset_ms;
        self.gathered.entry(begin).or_default()
    }

    pub(super) fn ended(&mut self, wall_ms: i64) {
        self.hour(wall_ms).mailboxes += 1;
    }

    pub(super) fn minute(&mut self, minute: &MinuteLine) {
        let before = std::mem::replace(&mut self.before, (minute.items, minute.bytes));
        // A minute is written at its end: what it tells happened in the hour just before.
        let hour = self.hour(minute.wall_ms - 1000);
        hour.minutes += 1;
        hour.limit += f64::from(minute.limit);
        hour.running += f64::from(minute.running);
        hour.work_rate += minute.work_rate;
        hour.items += minute.items.saturating_sub(before.0);
        hour.bytes += minute.bytes.saturating_sub(before.1);
        let now = tightest(minute.gauges.iter());
        if now.is_some_and(|now| hour.tightest.is_none_or(|most| most.of_line < now.of_line)) {
            hour.tightest = now;
        }
        for (place, side) in [Side::Source, Side::Destination].into_iter().enumerate() {
            let of_side = || minute.gauges.iter().filter(move |gauge| gauge.side == side);
            let value = |measure| of_side().find(|gauge| gauge.measure == measure).map(|gauge| gauge.value);
            if let Some(cpu) = value(Measure::CpuBusy) {
                hour.cpu[place].add(cpu);
            }
            if let Some(memory) = value(Measure::MemoryUsed) {
                hour.memory[place].add(memory);
            }
            let disks = of_side().filter(|gauge| gauge.measure.resource() == Resource::Disk);
            if let Some(disk) = tightest(disks) {
                hour.disk[place].add(disk.of_line);
            }
        }
    }

    pub(super) fn finish(self) -> Vec<HourLine> {
        let Self { zone, gathered, .. } = self;
        gathered
            .into_iter()
            .map(|(begin, hour)| {
                let per = |sum: f64| if hour.minutes > 0 { sum / f64::from(hour.minutes) } else { 0.0 };
                let at =
                    Timestamp::from_millisecond(begin).unwrap_or_default().to_zoned_datetime(zone.clone());
                HourLine {
                    hour: at.strftime("%Y-%m-%dT%H:%M%:z").to_string(),
                    minutes: hour.minutes,
                    limit: per(hour.limit),
                    running: per(hour.running),
                    mailboxes: hour.mailboxes,
                    items: hour.items,
                    bytes: hour.bytes,
                    work_rate: per(hour.work_rate),
                    tightest: hour.tightest,
                    cpu: hour.cpu.map(Mean::get),
                    disk_of_line: hour.disk.map(Mean::get),
                    memory: hour.memory.map(Mean::get),
                }
            })
            .collect()
    }
}
