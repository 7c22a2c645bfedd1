//! One server of the made-up world: memory, write cache, index queue, and changes of speed.

use std::collections::VecDeque;

use super::{
    background::{Taken, Weather},
    scenario::Machine as Spec,
};

/// GB of a power of two.
const GIB: f64 = 1_073_741_824.0;

/// The state of one server.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    pub(super) spec: Spec,
    pub(super) weather: Weather,
    pub(super) taken: Taken,
    cache_mb: f64,
    cache_full: bool,
    /// Indexing that is due later: when, and its core seconds.
    later: VecDeque<(u64, f64)>,
    /// Indexing under way, at most as many as there are threads.
    indexing: Vec<f64>,
    leaked_mb: f64,
    /// MB taken by workers.
    pub(super) workers_mb: f64,
}

impl Machine {
    pub(super) fn new(spec: Spec, weather: Weather) -> Self {
        Self {
            spec,
            weather,
            taken: Taken::default(),
            cache_mb: 0.0,
            cache_full: false,
            later: VecDeque::new(),
            indexing: Vec::new(),
            leaked_mb: 0.0,
            workers_mb: 0.0,
        }
    }

    pub(super) fn total_bytes(&self) -> f64 {
        self.spec.memory_gb * GIB
    }

    /// Bytes in use, beyond the total when swapping.
    pub(super) fn used_bytes(&self) -> f64 {
        self.spec.memory_base_gb * GIB + (self.leaked_mb + self.workers_mb) * 1e6
    }

    /// How much slower everything is for swapping: 1 when it is not, 20 at worst.
    pub(super) fn swapping(&self) -> f64 {
        let excess = self.used_bytes() / self.total_bytes() - 1.0;
        1.0 + 19.0 * (excess / 0.05).clamp(0.0, 1.0)
    }

    /// Speeds of processors and disk now, with so many workers on it.
    pub(super) fn speeds(&self, at_s: f64, workers: f64) -> (f64, f64) {
        let shift = self.spec.shift.iter().rfind(|s| at_s >= s.at_h * 3600.0);
        let (cpu, disk) = shift.map_or((1.0, 1.0), |s| (s.cpu, s.disk));
        let seeks = (1.0 - self.spec.seek_loss * (workers - 1.0).max(0.0)).max(0.25);
        let cache = if self.cache_full { self.spec.cache_slow } else { 1.0 };
        let swapping = self.swapping();
        (cpu / swapping, disk * seeks * cache / swapping)
    }

    /// A mailbox ended: its indexing comes later.
    pub(super) fn index(&mut self, now_ms: u64, items: u64, bytes: u64) {
        let spec = &self.spec;
        let core_s =
            (items as f64 * spec.index_item_cpu_ms + bytes as f64 / 1e6 * spec.index_mb_cpu_ms) / 1e3;
        if core_s > 0.0 {
            self.later.push_back((now_ms + (spec.index_delay_s * 1e3) as u64, core_s));
        }
    }

    /// Threads indexing now.
    pub(super) fn threads(&self) -> f64 {
        self.indexing.len() as f64
    }

    /// Lets time pass: `core_s` of indexing done by each thread, `written_mb` to the disk in `dt_s` seconds.
    pub(super) fn pass(&mut self, now_ms: u64, dt_s: f64, core_s: f64, written_mb: f64, busy: bool) {
        for left in &mut self.indexing {
            *left -= core_s;
        }
        self.indexing.retain(|left| *left > 0.0);
        while self.indexing.len() < self.spec.index_threads as usize
            && self.later.front().is_some_and(|(due, _)| *due <= now_ms)
        {
            self.indexing.extend(self.later.pop_front().map(|(_, core_s)| core_s));
        }
        if self.spec.cache_mb > 0.0 {
            let drained = self.spec.disk_mb_per_s * self.spec.cache_slow * (1.0 - self.taken.disk) * dt_s;
            self.cache_mb = (self.cache_mb + written_mb - drained).clamp(0.0, self.spec.cache_mb);
            self.cache_full = if self.cache_full {
                self.cache_mb > 0.5 * self.spec.cache_mb
            } else {
                self.cache_mb >= self.spec.cache_mb
            };
        }
        if busy {
            self.leaked_mb += self.spec.leak_mb_per_h * dt_s / 3600.0;
        }
    }
}
