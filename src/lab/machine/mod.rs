//! A modelled machine: it really delays work, and tells in `/proc` text what it has been doing.

mod gauges;
mod proctext;
mod profile;

pub use profile::{Background, Burst, Profile};

use gauges::Gauges;
use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;

/// Longest stretch of work booked at once, so that others get their turn in between (modelled seconds).
const QUANTUM_S: f64 = 0.5;
/// Shorter waits (real time) are not slept: the books run ahead by that much and no further.
const NOT_WORTH_SLEEPING: Duration = Duration::from_millis(1);

/// What a stream of work has been promised so far: its next piece cannot begin before.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stream {
    ready_s: f64,
}

/// The machine.
pub(super) struct Machine {
    pub(super) profile: Profile,
    start: Instant,
    speed: f64,
    gauges: Mutex<Gauges>,
    network: [AtomicU64; 2],
    index: Semaphore,
}

/// Direction of network traffic, seen from the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire {
    In = 0,
    Out = 1,
}

/// What occupies memory for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tenant {
    Export,
    Import,
}

/// Memory taken until dropped.
pub(super) struct Lodging {
    machine: Arc<Machine>,
    megabytes: f64,
}

impl Drop for Lodging {
    fn drop(&mut self) {
        super::lock(&self.machine.gauges).memory_mb -= self.megabytes;
    }
}

impl Machine {
    pub(super) fn new(profile: Profile, speed: f64) -> Arc<Self> {
        let index = Semaphore::new(profile.index_threads.max(1) as usize);
        let gauges = Mutex::new(Gauges::new(&profile));
        let network = [AtomicU64::new(0), AtomicU64::new(0)];
        Arc::new(Self { profile, start: Instant::now(), speed: speed.max(0.001), gauges, network, index })
    }

    /// Modelled seconds since the start.
    pub(super) fn now_s(&self) -> f64 {
        self.start.elapsed().as_secs_f64() * self.speed
    }

    /// A modelled duration as the real one to wait.
    pub(super) fn real(&self, modelled_s: f64) -> Duration {
        Duration::from_secs_f64((modelled_s / self.speed).clamp(0.0, 1e9))
    }

    async fn until(&self, at_s: f64) {
        let ahead = self.real(at_s - self.now_s());
        if ahead > NOT_WORTH_SLEEPING {
            tokio::time::sleep(ahead).await;
        }
    }

    /// Waits a modelled while without using anything.
    pub(super) async fn rest(&self, modelled_s: f64) {
        let wait = self.real(modelled_s);
        if wait > Duration::ZERO {
            tokio::time::sleep(wait).await;
        }
    }

    /// Keeps one core busy for so long.
    pub(super) async fn compute(&self, stream: &mut Stream, core_s: f64) {
        if self.profile.unlimited {
            return;
        }
        let mut left = core_s;
        while left > 0.0 {
            let piece = left.min(QUANTUM_S);
            left -= piece;
            let now = self.now_s();
            let (share, _) = self.profile.load_at(now);
            let done = super::lock(&self.gauges).compute(now, stream.ready_s, piece, share);
            stream.ready_s = done;
            self.until(done).await;
        }
    }

    /// Reads from the disk.
    pub(super) async fn read_disk(&self, stream: &mut Stream, bytes: f64, operations: f64) {
        self.disk(stream, bytes, operations, false).await;
    }

    /// Writes to the disk, without waiting for it to be safe there.
    pub(super) async fn write_disk(&self, stream: &mut Stream, bytes: f64, operations: f64) {
        self.disk(stream, bytes, operations, true).await;
    }

    async fn disk(&self, stream: &mut Stream, bytes: f64, operations: f64, write: bool) {
        if self.profile.unlimited {
            super::lock(&self.gauges).disk_free(bytes, operations, write);
            return;
        }
        let rate = if write { self.profile.disk_write_mb_per_s } else { self.profile.disk_read_mb_per_s };
        let cost = bytes / (rate * 1e6) + operations / self.profile.disk_iops;
        let now = self.now_s();
        let (_, share) = self.profile.load_at(now);
        let done = super::lock(&self.gauges).disk(now, stream.ready_s, cost, share, bytes, operations, write);
        stream.ready_s = done;
        self.until(done).await;
    }

    /// Waits until what was written is safe; shares the wait with everybody who asked just before.
    pub(super) async fn sync_disk(&self, stream: &mut Stream) {
        if self.profile.unlimited || self.profile.fsync_ms <= 0.0 {
            return;
        }
        let now = self.now_s();
        let (_, share) = self.profile.load_at(now);
        let (lasts, operation) = (self.profile.fsync_ms / 1_000.0, 1.0 / self.profile.disk_iops);
        let done = super::lock(&self.gauges).sync(now, stream.ready_s, lasts, operation, share);
        stream.ready_s = done;
        self.until(done).await;
    }

    /// Sends or receives.
    pub(super) async fn carry(&self, stream: &mut Stream, bytes: u64, wire: Wire) {
        self.network[wire as usize].fetch_add(bytes, Ordering::Relaxed);
        if self.profile.unlimited {
            return;
        }
        let cost = bytes as f64 / (self.profile.network_mb_per_s * 1e6);
        let done = super::lock(&self.gauges).carry(self.now_s(), stream.ready_s, cost, wire as usize);
        stream.ready_s = done;
        self.until(done).await;
    }

    /// Takes memory for a transfer.
    pub(super) fn lodge(self: &Arc<Self>, tenant: Tenant) -> Lodging {
        let megabytes = match tenant {
            Tenant::Export => self.profile.export_memory_mb,
            Tenant::Import => self.profile.import_memory_mb,
        };
        super::lock(&self.gauges).memory_mb += megabytes;
        Lodging { machine: Arc::clone(self), megabytes }
    }

    /// The work that an import leaves behind, done after its answer.
    pub(super) async fn index(self: Arc<Self>, items: u64, bytes: u64) {
        let profile = &self.profile;
        if profile.unlimited || items == 0 {
            return;
        }
        self.rest(profile.index_delay_s).await;
        let Ok(_thread) = self.index.acquire().await else { return };
        let mut stream = Stream::default();
        let batches = items.div_ceil(20);
        let share = 1.0 / batches as f64;
        let cpu = items as f64 * profile.index_item_cpu_s + bytes as f64 / 1e6 * profile.index_mb_cpu_s;
        for _ in 0..batches {
            self.compute(&mut stream, cpu * share).await;
            self.write_disk(&mut stream, bytes as f64 * 0.2 * share, 2.0).await;
        }
    }

    /// Writes the `/proc` text every modelled second, or every 50 ms if that is longer, until dropped.
    pub(super) async fn narrate(self: Arc<Self>, folder: std::path::PathBuf) {
        let pause = self.real(1.0).max(Duration::from_millis(50));
        loop {
            tokio::time::sleep(pause).await;
            if let Err(error) = self.write_proc(&folder) {
                if !folder.exists() {
                    return;
                }
                eprintln!("lab: cannot write {}: {error}", folder.display());
            }
        }
    }

    /// Writes the `/proc` text as of now.
    pub(super) fn write_proc(&self, folder: &Path) -> std::io::Result<()> {
        let now = self.now_s();
        let wire = [0, 1].map(|way| self.network[way].load(Ordering::Relaxed));
        let counters = super::lock(&self.gauges).read(now, &self.profile);
        proctext::write(folder, &self.profile, now, &counters, wire)
    }
}
