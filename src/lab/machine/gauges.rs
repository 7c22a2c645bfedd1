//! The books of a modelled machine: who has been promised what, and how much of it has been served by now.
//!
//! Each resource is a queue with the moment it will be free. Promises lie in the future, so what is shown
//! is always cut at the present.

use super::Profile;
use std::collections::VecDeque;

/// Union of stretches of time, each beginning no earlier than about the one before.
#[derive(Clone, Copy, Debug, Default)]
struct Covered {
    total_s: f64,
    until_s: f64,
}

impl Covered {
    fn add(&mut self, from_s: f64, to_s: f64) {
        let from = from_s.max(self.until_s);
        if to_s > from {
            self.total_s += to_s - from;
            self.until_s = to_s;
        }
    }

    /// The part of it that is past.
    fn by(&self, now_s: f64) -> f64 {
        (self.total_s - (self.until_s - now_s).max(0.0)).max(0.0)
    }
}

/// One finished or promised disk operation (or several booked as one).
#[derive(Clone, Copy, Debug)]
struct Booking {
    done_s: f64,
    waited_s: f64,
    bytes: f64,
    operations: f64,
    write: bool,
}

/// Work done on the disk.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct DiskTotals {
    pub(super) operations: f64,
    pub(super) bytes: f64,
    pub(super) waited_s: f64,
}

/// What `/proc` is written from, all since the start.
#[derive(Clone, Debug, Default)]
pub(super) struct Counters {
    /// Busy, background and I/O-wait seconds per core; idle is the rest.
    pub(super) cores: Vec<(f64, f64)>,
    pub(super) iowait_s: f64,
    pub(super) reads: DiskTotals,
    pub(super) writes: DiskTotals,
    pub(super) disk_busy_s: f64,
    pub(super) disk_waiting: usize,
    pub(super) running: usize,
    pub(super) memory_mb: f64,
    pub(super) swapped_pages: f64,
    pub(super) swap_used_mb: f64,
    pub(super) cpu_stalled_s: f64,
    pub(super) io_stalled_s: f64,
    pub(super) io_full_s: f64,
    pub(super) memory_stalled_s: f64,
    pub(super) load: [f64; 3],
    /// Pressure averages over 10, 60 and 300 s: cpu, io some, io full, memory.
    pub(super) pressure: [[f64; 3]; 4],
}

/// The state behind the machine's lock.
pub(super) struct Gauges {
    core_free_s: Vec<f64>,
    core_busy_s: Vec<f64>,
    disk_free_s: f64,
    disk_busy: Covered,
    bookings: VecDeque<Booking>,
    sync_begins_s: f64,
    sync_ends_s: f64,
    wire_free_s: [f64; 2],
    pub(super) memory_mb: f64,
    memory_total_mb: f64,
    cpu_stalled: Covered,
    io_stalled: Covered,
    read_at_s: f64,
    shown: Counters,
    background_cpu_s: f64,
    background_disk_s: f64,
}

impl Gauges {
    pub(super) fn new(profile: &Profile) -> Self {
        let cores = profile.cores.max(1) as usize;
        Self {
            core_free_s: vec![0.0; cores],
            core_busy_s: vec![0.0; cores],
            disk_free_s: 0.0,
            disk_busy: Covered::default(),
            bookings: VecDeque::new(),
            sync_begins_s: 0.0,
            sync_ends_s: 0.0,
            wire_free_s: [0.0; 2],
            memory_mb: profile.memory_base_mb,
            memory_total_mb: profile.memory_mb,
            cpu_stalled: Covered::default(),
            io_stalled: Covered::default(),
            read_at_s: 0.0,
            shown: Counters { cores: vec![(0.0, 0.0); cores], ..Counters::default() },
            background_cpu_s: 0.0,
            background_disk_s: 0.0,
        }
    }

    /// How much slower everything is because memory has run out.
    fn thrashing(&self) -> f64 {
        let over = (self.memory_mb / self.memory_total_mb.max(1.0) - 0.97).max(0.0);
        1.0 + over * 40.0
    }

    /// Books CPU; gives the moment it will be done.
    pub(super) fn compute(&mut self, now: f64, ready: f64, cost: f64, background: f64) -> f64 {
        let thrashing = self.thrashing();
        let wanted = now.max(ready);
        let core = (0..self.core_free_s.len())
            .min_by(|one, other| self.core_free_s[*one].total_cmp(&self.core_free_s[*other]))
            .unwrap_or(0);
        let begins = wanted.max(self.core_free_s[core]);
        let done = begins + cost * thrashing / (1.0 - background);
        self.core_free_s[core] = done;
        self.core_busy_s[core] += cost * thrashing;
        self.cpu_stalled.add(wanted, begins);
        done
    }

    #[expect(clippy::too_many_arguments, reason = "one call in one place, each with a name there")]
    pub(super) fn disk(
        &mut self,
        now: f64,
        ready: f64,
        cost: f64,
        background: f64,
        bytes: f64,
        operations: f64,
        write: bool,
    ) -> f64 {
        let wanted = now.max(ready);
        let begins = wanted.max(self.disk_free_s);
        let done = begins + cost * self.thrashing() / (1.0 - background);
        self.disk_free_s = done;
        self.disk_busy.add(begins, done);
        self.io_stalled.add(wanted, done);
        self.bookings.push_back(Booking { done_s: done, waited_s: done - wanted, bytes, operations, write });
        done
    }

    /// Work of an unlimited disk: counted, not waited for.
    pub(super) fn disk_free(&mut self, bytes: f64, operations: f64, write: bool) {
        let totals = if write { &mut self.shown.writes } else { &mut self.shown.reads };
        totals.bytes += bytes;
        totals.operations += operations;
    }

    /// Joins the next group commit.
    pub(super) fn sync(&mut self, now: f64, ready: f64, lasts: f64, operation: f64, background: f64) -> f64 {
        let wanted = now.max(ready);
        if wanted > self.sync_begins_s {
            // The group that was open has set off; the next one follows it.
            self.sync_begins_s = wanted.max(self.sync_ends_s);
            self.sync_ends_s = self.sync_begins_s + lasts / (1.0 - background);
            let from = self.sync_begins_s.max(self.disk_free_s);
            self.disk_free_s = from + operation;
            self.disk_busy.add(from, from + operation);
            self.bookings.push_back(Booking {
                done_s: self.sync_ends_s,
                waited_s: lasts,
                bytes: 4_096.0,
                operations: 1.0,
                write: true,
            });
        }
        self.io_stalled.add(wanted, self.sync_ends_s);
        self.sync_ends_s
    }

    pub(super) fn carry(&mut self, now: f64, ready: f64, cost: f64, way: usize) -> f64 {
        let begins = now.max(ready).max(self.wire_free_s[way]);
        self.wire_free_s[way] = begins + cost;
        begins + cost
    }

    /// Brings everything shown up to now. Nothing shown ever goes back.
    pub(super) fn read(&mut self, now: f64, profile: &Profile) -> Counters {
        let step = (now - self.read_at_s).max(0.0);
        self.read_at_s = now;
        let (cpu, disk) = profile.load_at(now);
        self.background_cpu_s += cpu * step;
        self.background_disk_s += disk * step;
        let (old_busy, old_disk) = (self.busy_shown(), self.shown.disk_busy_s);
        for core in 0..self.core_free_s.len() {
            let served = self.core_busy_s[core] - (self.core_free_s[core] - now).max(0.0) * (1.0 - cpu);
            let shown = &mut self.shown.cores[core];
            shown.0 = served.max(shown.0);
            shown.1 = self.background_cpu_s;
        }
        self.settle_disk(now);
        let busy_disk = (self.disk_busy.by(now) * (1.0 - disk) + self.background_disk_s).max(old_disk);
        self.shown.disk_busy_s = busy_disk.min(old_disk + step);
        self.shown.disk_waiting = self.bookings.len();
        self.shown.running =
            self.core_free_s.iter().filter(|free| **free > now).count() + usize::from(cpu > 0.3);
        let cores = self.core_free_s.len() as f64;
        let busy_share = ((self.busy_shown() - old_busy) / (step * cores).max(1e-9)).clamp(0.0, 1.0);
        let io_delta = self.show_pressure(now, step, busy_share);
        self.shown.iowait_s += ((1.0 - busy_share) * cores * step).min(io_delta * self.waiters().min(cores));
        self.show_memory(step, profile);
        self.shown.clone()
    }

    fn waiters(&self) -> f64 {
        (self.bookings.len() as f64).clamp(1.0, 64.0)
    }

    fn busy_shown(&self) -> f64 {
        self.shown.cores.iter().map(|(ours, theirs)| ours + theirs).sum()
    }

    fn settle_disk(&mut self, now: f64) {
        let mut left = VecDeque::new();
        for booking in self.bookings.drain(..) {
            if booking.done_s > now {
                left.push_back(booking);
                continue;
            }
            let totals = if booking.write { &mut self.shown.writes } else { &mut self.shown.reads };
            totals.operations += booking.operations;
            totals.bytes += booking.bytes;
            totals.waited_s += booking.waited_s;
        }
        self.bookings = left;
    }

    /// Stalls so far and their averages; gives the I/O stall of this step.
    fn show_pressure(&mut self, now: f64, step: f64, busy_share: f64) -> f64 {
        let shown = &mut self.shown;
        let io = self.io_stalled.by(now).clamp(shown.io_stalled_s, shown.io_stalled_s + step);
        let cpu = self.cpu_stalled.by(now).clamp(shown.cpu_stalled_s, shown.cpu_stalled_s + step);
        let io_delta = io - shown.io_stalled_s;
        let cpu_delta = cpu - shown.cpu_stalled_s;
        let full_delta = io_delta * (1.0 - busy_share);
        let memory_delta = if self.memory_mb > self.memory_total_mb * 0.97 { step * 0.6 } else { 0.0 };
        shown.io_stalled_s = io;
        shown.cpu_stalled_s = cpu;
        shown.io_full_s += full_delta;
        shown.memory_stalled_s += memory_delta;
        if step > 0.0 {
            let deltas = [cpu_delta, io_delta, full_delta, memory_delta];
            for (averages, delta) in shown.pressure.iter_mut().zip(deltas) {
                for (average, window) in averages.iter_mut().zip([10.0, 60.0, 300.0]) {
                    let keep = (-step / window).exp();
                    *average = *average * keep + 100.0 * (delta / step).min(1.0) * (1.0 - keep);
                }
            }
            let active = (shown.running + shown.disk_waiting.min(64)) as f64;
            for (average, window) in shown.load.iter_mut().zip([60.0, 300.0, 900.0]) {
                let keep = (-step / window).exp();
                *average = *average * keep + active * (1.0 - keep);
            }
        }
        io_delta
    }

    fn show_memory(&mut self, step: f64, profile: &Profile) {
        self.shown.memory_mb = self.memory_mb;
        let over = (self.memory_mb - profile.memory_mb * 0.97).max(0.0);
        self.shown.swap_used_mb = over.min(profile.swap_mb);
        // What does not fit is pushed out and fetched again, some of it every second.
        self.shown.swapped_pages += over * 8.0 * step;
    }
}
