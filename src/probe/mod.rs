//! The two machines: their counters, read where they are and turned into samples.
//!
//! - [`proc`] `/proc` text to counters, and [`rates`] two sets of counters to a sample; both pure.
//! - [`mounts`] the devices behind the watched paths.
//! - [`reach`] reading from this machine, [`ssh`] from another, [`known_hosts`] whether it is the right one.
//! - [`mod@facts`] what this machine is made of; [`mod@line`] one reading as one line.
//!
//! Each side has a thread of its own, because the SSH library blocks and a blocked task cannot be ended.

use std::{thread, time::Duration};

use tokio::sync::mpsc::{self, Sender, error::TrySendError};

use crate::control::sample::{Sample, Side};

pub mod error;
pub mod facts;
pub mod known_hosts;
pub mod line;
pub mod mounts;
pub mod proc;
pub mod rates;
pub mod reach;
pub mod ssh;
#[cfg(test)]
mod tests;

pub use error::ProbeError;
pub use facts::{Facts, facts, own_memory_bytes};
pub use line::{header, line};
pub use reach::{Reach, SshTarget};

use proc::Counters;

/// First pause after a lost connection; doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Longest pause between two attempts to reach a machine.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// How soon a thread notices that nobody listens any more.
const NOTICE: Duration = Duration::from_millis(100);
/// What is told about free space, mounts and links is asked for once in so many readings: once a minute at
/// the usual 5 s, because `df` must be started as a process while everything else is read by the shell itself.
pub const SLOW_EVERY: u64 = 12;

/// What to look at on a machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// Absolute paths whose devices and free space matter; none means all whole disks.
    pub paths: Vec<String>,
}

/// What comes out of [`watch`].
#[derive(Debug)]
pub enum Reading {
    /// Rates over the last interval.
    Sample(Sample),
    /// No sample this time; never a reason to grow.
    Failed(ProbeError),
    /// Something the operator should know once, such as a watched path without a block device.
    Notice(String),
}

/// A way to get at one machine's counters. The second implementor is [`ssh::Remote`].
pub trait Probe {
    /// One block of sections as [`proc`] describes them, read now.
    ///
    /// # Errors
    /// Whatever stands in the way; [`ProbeError::ends_connection`] tells whether to connect anew.
    fn read(&mut self) -> Result<String, ProbeError>;
}

/// Reads one machine every `interval` of real time until the receiver is dropped. The first sample comes after
/// two readings. A lost machine is tried again after 1 s, doubling to 60 s; each failure is one
/// [`Reading::Failed`]. A receiver that falls 16 readings behind loses the newest ones.
#[must_use]
pub fn watch(side: Side, reach: Reach, watch: Watch, interval: Duration) -> mpsc::Receiver<Reading> {
    let (sender, receiver) = mpsc::channel(16);
    let report = sender.clone();
    let watcher = Watcher { side, reach, watch, interval, sender, told: Vec::new() };
    let spawned = thread::Builder::new().name(format!("probe-{side}")).spawn(move || watcher.run());
    if let Err(source) = spawned {
        // Nobody else can fill the channel now, so this cannot fail.
        let _ = report.try_send(Reading::Failed(ProbeError::Thread { side, source }));
    }
    receiver
}

/// Reads one machine twice, `interval` apart, on the calling thread: what a preflight check needs.
///
/// # Errors
/// The first failure to reach, read or compare.
pub fn sample_once(
    side: Side,
    reach: &Reach,
    watch: &Watch,
    interval: Duration,
) -> Result<Sample, ProbeError> {
    let mut probe = reach.open(side, watch)?;
    let earlier = counters(side, probe.as_mut())?;
    thread::sleep(interval);
    let later = counters(side, probe.as_mut())?;
    later.since(&earlier, side, watch).map_err(|reason| ProbeError::Discarded { side, reason })
}

fn counters(side: Side, probe: &mut dyn Probe) -> Result<Counters, ProbeError> {
    Counters::parse(&probe.read()?).map_err(|source| ProbeError::Text { side, source })
}

/// The receiver was dropped: the thread has nothing left to do.
struct Gone;

/// One side's thread.
struct Watcher {
    side: Side,
    reach: Reach,
    watch: Watch,
    interval: Duration,
    sender: Sender<Reading>,
    told: Vec<String>,
}

impl Watcher {
    fn run(mut self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let outcome = match self.reach.open(self.side, &self.watch) {
                Ok(mut probe) => self.follow(probe.as_mut(), &mut pause),
                Err(error) => self.send(Reading::Failed(error)),
            };
            if outcome.is_err() || self.wait(pause).is_err() {
                return;
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Reads until the connection is lost (`Ok`) or nobody listens (`Err`).
    fn follow(&mut self, probe: &mut dyn Probe, pause: &mut Duration) -> Result<(), Gone> {
        let mut earlier: Option<Counters> = None;
        loop {
            match counters(self.side, probe) {
                Ok(now) => {
                    *pause = FIRST_PAUSE;
                    self.tell(now.behind(&self.watch).without)?;
                    if let Some(before) = &earlier {
                        self.send(match now.since(before, self.side, &self.watch) {
                            Ok(sample) => Reading::Sample(sample),
                            Err(reason) => Reading::Failed(ProbeError::Discarded { side: self.side, reason }),
                        })?;
                    }
                    earlier = Some(now);
                }
                Err(error) => {
                    let lost = error.ends_connection();
                    self.send(Reading::Failed(error))?;
                    if lost {
                        return Ok(());
                    }
                }
            }
            self.wait(self.interval)?;
        }
    }

    /// Passes on what was not said before.
    fn tell(&mut self, sentences: Vec<String>) -> Result<(), Gone> {
        for sentence in sentences {
            if !self.told.contains(&sentence) {
                self.told.push(sentence.clone());
                self.send(Reading::Notice(format!("{}: {sentence}", self.side)))?;
            }
        }
        Ok(())
    }

    fn send(&self, reading: Reading) -> Result<(), Gone> {
        match self.sender.try_send(reading) {
            // A reader this far behind is better served by the next reading than by waiting with this one.
            Ok(()) | Err(TrySendError::Full(_)) => Ok(()),
            Err(TrySendError::Closed(_)) => Err(Gone),
        }
    }

    fn wait(&self, pause: Duration) -> Result<(), Gone> {
        let mut left = pause;
        while !left.is_zero() {
            if self.sender.is_closed() {
                return Err(Gone);
            }
            let slice = left.min(NOTICE);
            thread::sleep(slice);
            left -= slice;
        }
        if self.sender.is_closed() { Err(Gone) } else { Ok(()) }
    }
}
