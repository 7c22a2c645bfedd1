//! The workers: who carries what, who is parked, what is left.

use std::collections::BTreeMap;

use super::{backlog::Past, event::AccountId, work::Credit};

/// Seconds without anything accepted after which a running worker counts as standing still.
const STANDS_S: f64 = 30.0;

/// One worker and its mailbox.
#[derive(Clone, Debug)]
pub(super) struct Worker {
    pub(super) bytes_total: u64,
    pub(super) items: u64,
    pub(super) bytes: u64,
    pub(super) past: Past,
    pub(super) lane: bool,
    pub(super) parked: bool,
    /// When it was last parked.
    pub(super) parked_s: f64,
    pub(super) cancelled: bool,
    pub(super) started_s: f64,
    /// When it last got something accepted.
    pub(super) moved_s: f64,
    pub(super) reserve: u64,
    clock_s: f64,
    active_s: f64,
    /// Credit and active seconds since the last observation.
    pub(super) stretch: (Credit, f64),
}

impl Worker {
    pub(super) fn new(now: f64, bytes_total: u64, past: Past, lane: bool, reserve: u64) -> Self {
        Self {
            bytes_total,
            items: 0,
            bytes: 0,
            past,
            lane,
            parked: false,
            parked_s: now,
            cancelled: false,
            started_s: now,
            moved_s: now,
            reserve,
            clock_s: now,
            active_s: 0.0,
            stretch: (Credit::default(), 0.0),
        }
    }

    /// Lets time pass; parked time is not active time.
    pub(super) fn advance(&mut self, now: f64) {
        let dt = (now - self.clock_s).max(0.0);
        self.clock_s = now;
        if !self.parked {
            self.active_s += dt;
            self.stretch.1 += dt;
        }
    }

    pub(super) const fn active_s(&self) -> f64 {
        self.active_s
    }

    pub(super) const fn left_bytes(&self) -> u64 {
        self.bytes_total.saturating_sub(self.bytes)
    }
}

/// All workers.
#[derive(Clone, Debug, Default)]
pub(super) struct Fleet {
    pub(super) workers: BTreeMap<AccountId, Worker>,
}

impl Fleet {
    pub(super) fn running(&self) -> u32 {
        self.workers.values().filter(|w| !w.parked).count() as u32
    }

    pub(super) fn parked(&self) -> u32 {
        self.workers.values().filter(|w| w.parked).count() as u32
    }

    pub(super) fn in_lane(&self) -> u32 {
        self.workers.values().filter(|w| w.lane && !w.parked).count() as u32
    }

    /// The running worker with the least left to do: never the one the end waits for. One that has stood
    /// still for long goes first: a server that serves ten leaves the eleventh waiting.
    pub(super) fn to_park(&self) -> Option<AccountId> {
        let stands = |w: &Worker| w.clock_s - w.moved_s > STANDS_S;
        self.workers
            .iter()
            .filter(|(_, w)| !w.parked)
            .min_by_key(|(id, w)| (!stands(w), w.left_bytes(), **id))
            .map(|(id, _)| *id)
    }

    /// The parked worker with the most left to do.
    pub(super) fn to_resume(&self) -> Option<AccountId> {
        let parked = self.workers.iter().filter(|(_, w)| w.parked && !w.cancelled);
        parked.max_by_key(|(id, w)| (w.left_bytes(), std::cmp::Reverse(**id))).map(|(id, _)| *id)
    }

    /// Bytes reserved by workers whose memory does not yet show in what the machine reports.
    pub(super) fn reserved(&self, now: f64, shows_after_s: f64, cost: impl Fn(&Worker) -> u64) -> u64 {
        self.workers
            .values()
            .map(|w| {
                let hidden = 1.0 - ((now - w.started_s) / shows_after_s.max(1.0)).clamp(0.0, 1.0);
                (cost(w) as f64 * hidden) as u64
            })
            .sum()
    }

    /// The mailbox that has been parked for longest, if for at least `most_s` seconds.
    pub(super) fn longest_parked(&mut self, now: f64, most_s: f64) -> Option<(AccountId, &mut Worker)> {
        self.workers
            .iter_mut()
            .filter(|(_, w)| w.parked && !w.cancelled && now - w.parked_s >= most_s)
            .min_by(|a, b| a.1.parked_s.total_cmp(&b.1.parked_s))
            .map(|(id, w)| (*id, w))
    }

    /// When anything was last accepted from any running worker.
    pub(super) fn still_since(&self) -> Option<f64> {
        self.workers.values().filter(|w| !w.parked).map(|w| w.moved_s).max_by(f64::total_cmp)
    }

    /// Seconds the longest running mailbox still needs at its own pace, and bytes left in flight.
    pub(super) fn longest(&self) -> (Option<f64>, u64) {
        let left = self.workers.values().map(Worker::left_bytes).sum();
        let longest = self
            .workers
            .values()
            .filter(|w| w.active_s > 60.0 && w.bytes > 0)
            .map(|w| w.left_bytes() as f64 * w.active_s / w.bytes as f64)
            .max_by(f64::total_cmp);
        (longest, left)
    }
}
