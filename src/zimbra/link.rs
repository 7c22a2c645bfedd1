//! One side's wire format, and how `auto` finds out that a link is slower than the server behind it.

use std::{
    sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::archive::wire::Wire;

/// Bytes after which a link's speed is judged.
const JUDGED_BYTES: u64 = 8 << 20;

/// How one side's wire format is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Entries as they are: the least work for the servers.
    Tar,
    /// Compressed: the least bytes on the link.
    Tgz,
    /// `tar` until the link turns out to be slower than the server.
    Auto,
}

/// One side's link, as the transfers see it.
#[derive(Debug, Default)]
pub struct Link {
    bytes: AtomicU64,
    waited_us: AtomicU64,
    streams: AtomicU32,
    slow: AtomicBool,
}

impl Link {
    pub(super) fn note(&self, bytes: u64, waited: Duration) {
        self.bytes.fetch_add(bytes, Relaxed);
        self.waited_us.fetch_add(waited.as_micros() as u64, Relaxed);
    }

    /// Judges by what was waited for so far: a slow stream from an idle server means a slow link.
    pub(super) fn judge(&self, server_busy: f64, slow_bytes_per_s: f64) {
        let (bytes, waited) = (self.bytes.load(Relaxed), self.waited_us.load(Relaxed));
        if bytes < JUDGED_BYTES || waited == 0 {
            return;
        }
        let rate = bytes as f64 / (waited as f64 / 1e6) * f64::from(self.streams.load(Relaxed).max(1));
        self.slow.store(rate < slow_bytes_per_s && server_busy < 0.5, Relaxed);
        self.bytes.store(0, Relaxed);
        self.waited_us.store(0, Relaxed);
    }

    /// Counts a stream that begins.
    pub(super) fn begin(&self) {
        self.streams.fetch_add(1, Relaxed);
    }

    /// Counts a stream that ended.
    pub(super) fn end(&self) {
        self.streams.fetch_sub(1, Relaxed);
    }

    /// The format a transfer that starts now uses.
    pub(super) fn wire(&self, chosen: Format) -> Wire {
        match chosen {
            Format::Tgz => Wire::Tgz,
            Format::Auto if self.slow.load(Relaxed) => Wire::Tgz,
            Format::Tar | Format::Auto => Wire::Tar,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_link_is_told_from_a_slow_server() {
        let judged = |bytes: u64, seconds: u64, busy: f64| {
            let link = Link::default();
            link.streams.store(1, Relaxed);
            link.note(bytes, Duration::from_secs(seconds));
            link.judge(busy, 10e6);
            link.slow.load(Relaxed)
        };
        assert!(judged(20_000_000, 10, 0.1), "2 MB/s from an idle server");
        assert!(!judged(20_000_000, 10, 0.9), "2 MB/s from a busy one");
        assert!(!judged(200_000_000, 10, 0.1), "20 MB/s");
        assert!(!judged(1_000_000, 10, 0.1), "too little to judge by");
    }
}
