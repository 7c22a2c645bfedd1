//! The laws a good engineer would reach for instead, written from what their authors published.
//!
//! Each sees what its published form sees; the readings of those that look at machines carry the same noise as
//! ours. A law's own interval is kept where mail allows it and said where not.

mod gradient;
mod hill;
mod limits;
mod oracle;
mod transfer;

use super::{
    instruments::SIDES,
    judge::{Judge, MEASURES, Reading},
    stations::{DESTINATION_CPU, DESTINATION_DISK, LINK, SOURCE_CPU, SOURCE_DISK},
    world::{Truth, World},
};
use crate::control::sample::Sample;

/// What a rival may look at, every five seconds.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Seconds since the start.
    pub(super) now_s: f64,
    /// The limit in force.
    pub(super) limit: u32,
    /// Workers that made progress.
    pub(super) active: f64,
    /// Points the minute's mean of the tightest measure lies over its line; negative is headroom.
    pub(super) over_points: f64,
    /// Busiest processors, share.
    pub(super) cpu: f64,
    /// Bytes moved since the last look.
    pub(super) bytes: f64,
    /// Items moved since the last look.
    pub(super) items: f64,
    /// Durations of mailboxes that ended since the last look, seconds.
    pub(super) durations: Vec<f64>,
    /// Failures since the last look.
    pub(super) drops: u32,
    minute: Vec<[f64; MEASURES]>,
    total: (u64, u64),
}

impl Seen {
    pub(super) fn take(
        &mut self,
        now_s: f64,
        limit: u32,
        readings: &[Reading; MEASURES],
        total: (u64, u64),
        active: f64,
    ) {
        self.now_s = now_s;
        self.limit = limit;
        self.active = active;
        self.minute.push(readings.each_ref().map(|r| (r.value - r.soft) / r.point()));
        if self.minute.len() > 12 {
            self.minute.remove(0);
        }
        let n = self.minute.len() as f64;
        self.over_points = (0..MEASURES)
            .map(|at| self.minute.iter().map(|m| m[at]).sum::<f64>() / n)
            .fold(f64::NEG_INFINITY, f64::max);
        self.cpu = readings[0].value.max(readings[4].value);
        self.items = (total.0 - self.total.0) as f64;
        self.bytes = (total.1 - self.total.1) as f64;
        self.total = total;
    }
}

/// Somebody else's law.
pub(super) trait Rival {
    /// The number of workers wanted from now on. Only the oracle may look at the world.
    fn decide(&mut self, seen: &Seen, world: &World, judge: &Judge) -> u32;
}

/// Workers a law begins with.
pub(super) fn start(name: &str) -> u32 {
    match name {
        "gradient2" => 20,
        "azcopy" => 4,
        "falcon" => 2,
        _ => 1,
    }
}

/// The law of this name.
pub(super) fn named(name: &str, seed: u64) -> Option<Box<dyn Rival>> {
    Some(match name {
        "wiki" => Box::new(limits::Wiki::default()),
        "aimd" => Box::new(limits::Aimd::default()),
        "arc" => Box::new(gradient::Arc::new(false)),
        "arc-item" => Box::new(gradient::Arc::new(true)),
        "gradient2" => Box::new(gradient::Gradient2::new(false)),
        "gradient2-item" => Box::new(gradient::Gradient2::new(true)),
        "hill" => Box::new(hill::Hill::new(seed)),
        "falcon" => Box::new(transfer::Falcon::default()),
        "azcopy" => Box::new(transfer::AzCopy::default()),
        "imapsync" => Box::new(transfer::Imapsync::default()),
        "oracle" => Box::new(oracle::Oracle::default()),
        _ => return None,
    })
}

/// The truth with the instruments' noise on it: what a rival reads.
pub(super) fn seen_truth(samples: &[Sample; 2], truth: &Truth) -> Truth {
    let mut seen = *truth;
    for (place, (cpu, disk)) in
        [(SOURCE_CPU, SOURCE_DISK), (DESTINATION_CPU, DESTINATION_DISK)].into_iter().enumerate()
    {
        let sample = &samples[place];
        debug_assert_eq!(sample.side, SIDES[place]);
        seen.used[cpu] = sample.cpu.map_or(0.0, |c| c.busy);
        let device = &sample.disks[0];
        seen.used[disk] = device.utilisation;
        let wait = if place == 0 { device.read_await_ms } else { device.write_await_ms };
        seen.wait_ms[place] = wait.unwrap_or(0.0);
    }
    let link = samples[1].network.and_then(|n| Some(n.receive_bytes_per_s / n.link_bytes_per_s?));
    seen.used[LINK] = link.unwrap_or(0.0);
    seen
}

#[cfg(test)]
pub(super) mod testing {
    //! A tiny world for hand-computed sequences.
    use super::*;
    use crate::control::{policy::Policy, sim::scenario::Scenario};

    /// A world nobody looks at, and its judge.
    pub(in crate::control::sim) fn nothing() -> (World, Judge) {
        let scenario = Scenario::read("title = \"x\"\nwhat = \"y\"").unwrap();
        let world = World::new(&scenario, Vec::new(), 1);
        let judge = Judge::new(&world, &Policy::for_tests().lines);
        (world, judge)
    }

    /// Asks a law for its answers to a row of looks, feeding each answer back as the limit in force.
    pub(in crate::control::sim) fn answers(
        rival: &mut dyn Rival,
        start: u32,
        looks: impl IntoIterator<Item = Seen>,
    ) -> Vec<u32> {
        let (world, judge) = nothing();
        let mut limit = start;
        looks
            .into_iter()
            .map(|look| {
                limit = rival.decide(&Seen { limit, ..look }, &world, &judge);
                limit
            })
            .collect()
    }
}
