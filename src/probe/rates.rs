//! Two readings of one machine become a sample, or a reason why they cannot.
//!
//! An impossible reading counts as missing, never as a low one. Sources: the kernel's
//! `admin-guide/iostats.rst` (which counters wrap at 32 bits) and `filesystems/proc.rst` (iowait may go back).

use std::time::Duration;

use super::{
    Watch,
    proc::{Counters, DiskCounters, Interface},
};
use crate::control::sample::{Cpu, Disk, Memory, Network, Pressure, Sample, Side};

/// Bytes of a `diskstats` sector, whatever the device's own sector size.
const SECTOR: u64 = 512;
/// Bytes of a page on x86-64, the only machine Zimbra is shipped for.
const PAGE: u64 = 4096;
/// Ticks per second in `/proc/stat`, on every architecture.
const TICKS_PER_S: f64 = 100.0;

/// Why two readings give no sample.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Discard {
    /// One of the texts holds no uptime.
    #[error("the machine did not tell its uptime")]
    NoClock,
    /// Uptime went back: a restart, or a clock set back.
    #[error("uptime went from {earlier:?} back to {later:?}: the machine was restarted")]
    ClockBack {
        /// At the first reading.
        earlier: Duration,
        /// At the second.
        later: Duration,
    },
    /// Uptime stood still.
    #[error("no time passed between the two readings")]
    NoTime,
    /// A counter that only grows became smaller.
    #[error("counter {counter} went from {earlier} back to {later}")]
    Reset {
        /// Which.
        counter: String,
        /// At the first reading.
        earlier: u64,
        /// At the second.
        later: u64,
    },
    /// More processor time passed than the clock allows.
    #[error("{ticks} ticks of processor time in {seconds:.2} s on {cores} processors: the clock was stepped")]
    ClockStep {
        /// Ticks counted over all processors.
        ticks: u64,
        /// Seconds by uptime.
        seconds: f64,
        /// Processors.
        cores: u32,
    },
    /// A share of processor time outside 0 to 100 %.
    #[error("processor shares outside 0 to 100 %")]
    Share,
}

impl Counters {
    /// Rates between an earlier reading of the same machine and this one.
    ///
    /// # Errors
    /// The reason why the interval must be thrown away. A span that differs from the one asked for is left for
    /// the caller to judge.
    pub fn since(&self, earlier: &Self, side: Side, watch: &Watch) -> Result<Sample, Discard> {
        let (Some(then), Some(now)) = (earlier.uptime, self.uptime) else { return Err(Discard::NoClock) };
        let span = now.checked_sub(then).ok_or(Discard::ClockBack { earlier: then, later: now })?;
        if span.is_zero() {
            return Err(Discard::NoTime);
        }
        let seconds = span.as_secs_f64();
        Ok(Sample {
            side,
            span,
            cores: self.cores.unwrap_or(1).max(1),
            cpu: self.cpu_since(earlier, seconds)?,
            disks: self.disks_since(earlier, seconds, watch)?,
            memory: self.memory_since(earlier, seconds)?,
            network: self.network_since(earlier, seconds)?,
            pressure: self.pressure_since(earlier, seconds)?,
            volumes: self.volumes.clone(),
            runnable: self.runnable,
            blocked: self.blocked,
        })
    }

    fn cpu_since(&self, earlier: &Self, seconds: f64) -> Result<Option<Cpu>, Discard> {
        let (Some(now), Some(then)) = (self.cpu, earlier.cpu) else { return Ok(None) };
        let busy = grown("cpu", then.busy, now.busy)?;
        let steal = grown("cpu steal", then.steal, now.steal)?;
        // The kernel documents that iowait, and with it idle, may go back a little: no reset.
        let iowait = now.iowait.saturating_sub(then.iowait);
        let total = busy.saturating_add(iowait).saturating_add(now.idle.saturating_sub(then.idle));
        if total == 0 {
            return Ok(None);
        }
        if let Some(cores) = self.cores {
            // A torn reading is off by little, a stepped clock by a lot: twice the time and a second's grace.
            let most = f64::from(cores) * TICKS_PER_S * (2.0 * seconds + 1.0);
            if total as f64 > most {
                return Err(Discard::ClockStep { ticks: total, seconds, cores });
            }
        }
        if steal > busy {
            return Err(Discard::Share);
        }
        let share = |ticks: u64| ticks as f64 / total as f64;
        Ok(Some(Cpu { busy: share(busy), iowait: share(iowait), steal: share(steal) }))
    }

    fn disks_since(&self, earlier: &Self, seconds: f64, watch: &Watch) -> Result<Vec<Disk>, Discard> {
        let mut disks = Vec::new();
        for device in self.behind(watch).devices {
            let row = |all: &Self| all.disks.iter().position(|disk| disk.name == device);
            // A device that has just appeared has no rate yet.
            let (Some(now), Some(then)) = (row(self), row(earlier)) else { continue };
            let spins = self.is_rotational(&device);
            disks.push(disk_since(&earlier.disks[then], &self.disks[now], seconds, spins)?);
        }
        Ok(disks)
    }

    /// A machine that does not tell its swapping still tells its memory, and the reserve is held against that.
    fn memory_since(&self, earlier: &Self, seconds: f64) -> Result<Option<Memory>, Discard> {
        let Some(memory) = self.memory else { return Ok(None) };
        let pages = match (earlier.swap_in_pages, self.swap_in_pages) {
            (Some(then), Some(now)) => grown("pswpin", then, now)?,
            _ => 0,
        };
        Ok(Some(Memory {
            total_bytes: memory.total,
            available_bytes: memory.available,
            swap_in_bytes_per_s: pages.saturating_mul(PAGE) as f64 / seconds,
        }))
    }

    fn network_since(&self, earlier: &Self, seconds: f64) -> Result<Option<Network>, Discard> {
        let mut sums: Option<(u64, u64)> = None;
        let mut busiest: Option<(u64, &str)> = None;
        for now in self.carriers() {
            let Some(then) = earlier.interfaces.iter().find(|old| old.name == now.name) else { continue };
            let received = grown(&format!("{} received", now.name), then.received, now.received)?;
            let sent = grown(&format!("{} sent", now.name), then.sent, now.sent)?;
            let sum = sums.unwrap_or_default();
            sums = Some((sum.0.saturating_add(received), sum.1.saturating_add(sent)));
            let both = received.saturating_add(sent);
            if busiest.is_none_or(|(most, _)| both > most) {
                busiest = Some((both, &now.name));
            }
        }
        // One link carries the migration; adding idle links to its speed would hide that it is full.
        let link = busiest.and_then(|(_, name)| self.link_mbit.get(name)).filter(|mbit| **mbit > 0);
        Ok(sums.map(|(received, sent)| Network {
            receive_bytes_per_s: received as f64 / seconds,
            transmit_bytes_per_s: sent as f64 / seconds,
            link_bytes_per_s: link.map(|mbit| *mbit as f64 * 125_000.0),
        }))
    }

    /// Interfaces that are not loopback and do not merely pass on what another one carries (bridges, bonds,
    /// VLANs, tunnels); all but loopback when nothing else is left.
    fn carriers(&self) -> Vec<&Interface> {
        let passing = ["veth", "docker", "br", "virbr", "bond", "team", "tun", "tap", "dummy", "vnet", "wg"];
        let outside = || self.interfaces.iter().filter(|one| one.name != "lo");
        let own: Vec<&Interface> = outside()
            .filter(|one| !one.name.contains(['.', ':', '@']))
            .filter(|one| !passing.iter().any(|prefix| one.name.starts_with(prefix)))
            .collect();
        if own.is_empty() { outside().collect() } else { own }
    }

    fn pressure_since(&self, earlier: &Self, seconds: f64) -> Result<Option<Pressure>, Discard> {
        let share = |counter: &str, then: Option<u64>, now: Option<u64>| {
            let Some((then, now)) = then.zip(now) else { return Ok(None) };
            // The kernel folds its per-processor sums a moment late: a share just over 1 is 1.
            grown(counter, then, now).map(|micros| Some((micros as f64 / 1e6 / seconds).min(1.0)))
        };
        let cpu = share("cpu some", earlier.cpu_some_us, self.cpu_some_us)?;
        let io = share("io full", earlier.io_full_us, self.io_full_us)?;
        let memory = share("memory full", earlier.memory_full_us, self.memory_full_us)?;
        Ok(cpu.zip(io).zip(memory).map(|((cpu_some, io_full), memory_full)| Pressure {
            cpu_some,
            io_full,
            memory_full,
        }))
    }
}

fn disk_since(
    then: &DiskCounters,
    now: &DiskCounters,
    seconds: f64,
    rotational: Option<bool>,
) -> Result<Disk, Discard> {
    let grew = |what: &str, earlier, later| grown(&format!("{} {what}", now.name), earlier, later);
    let reads = grew("reads", then.reads, now.reads)?;
    let writes = grew("writes", then.writes, now.writes)?;
    let sectors_read = grew("sectors read", then.sectors_read, now.sectors_read)?;
    let sectors_written = grew("sectors written", then.sectors_written, now.sectors_written)?;
    let mean = |count: u64, millis: u64| (count > 0).then(|| millis as f64 / count as f64);
    Ok(Disk {
        device: now.name.clone(),
        write_bytes_per_s: sectors_written.saturating_mul(SECTOR) as f64 / seconds,
        read_bytes_per_s: sectors_read.saturating_mul(SECTOR) as f64 / seconds,
        writes_per_s: writes as f64 / seconds,
        reads_per_s: reads as f64 / seconds,
        write_await_ms: mean(writes, millis(then.write_ms, now.write_ms)),
        read_await_ms: mean(reads, millis(then.read_ms, now.read_ms)),
        utilisation: (millis(then.busy_ms, now.busy_ms) as f64 / 1000.0 / seconds).min(1.0),
        rotational,
    })
}

fn grown(counter: &str, earlier: u64, later: u64) -> Result<u64, Discard> {
    later.checked_sub(earlier).ok_or_else(|| Discard::Reset { counter: counter.to_owned(), earlier, later })
}

/// The millisecond columns are 32 bits wide and wrap after 49 days of busy time, on a busy array much sooner;
/// a real reset has shown in the request counts by now. A step back by little is the kernel's rounding.
fn millis(earlier: u64, later: u64) -> u64 {
    const WRAP: u64 = 1 << 32;
    match later.checked_sub(earlier) {
        Some(passed) => passed,
        None if earlier < WRAP => {
            Some(WRAP - earlier + later).filter(|passed| *passed < WRAP / 2).unwrap_or(0)
        }
        None => 0,
    }
}
