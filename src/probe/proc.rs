//! `/proc` text in, counters out: reads one block of sections and touches neither files nor network.
//!
//! The parser is our own because the structs of `procfs-core` refuse a text in which a field is missing,
//! and the kernels under old mail servers miss many.
//!
//! Each section begins with a line `== <name>`. Known names: `uptime`, `stat`, `diskstats`, `meminfo`,
//! `vmstat`, `loadavg`, `netdev`, `pressure.cpu`, `pressure.io`, `pressure.memory`, `mountinfo` (all as the
//! kernel prints them), `rotational` (`<device> 0|1`), `linkspeed` (`<interface> <Mbit/s>`), `paths`
//! (`<watched path> TAB <the same without symbolic links>`) and `space` (a line `@ <watched path>`, then
//! what `df -Pk` prints). Others are skipped, and so is whatever stands before the first.
//!
//! Sources: the kernel's `filesystems/proc.rst`, `admin-guide/iostats.rst` and `accounting/psi.rst`; proc(5).

use std::{collections::BTreeMap, time::Duration};

use super::mounts::{self, Mount};
use crate::control::sample::Volume;

/// Counters and levels of one machine at one moment, as far as its text told them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counters {
    /// Time since boot: the machine's own clock, and the only one rates are taken on.
    pub uptime: Option<Duration>,
    /// Processor time since boot.
    pub cpu: Option<CpuTicks>,
    /// Logical processors; `None` when the text lists none.
    pub cores: Option<u32>,
    /// Block devices in the order of the text.
    pub disks: Vec<DiskCounters>,
    /// Memory.
    pub memory: Option<MemoryLevels>,
    /// Pages read back from swap since boot.
    pub swap_in_pages: Option<u64>,
    /// Network interfaces, loopback included.
    pub interfaces: Vec<Interface>,
    /// Microseconds some task waited for a processor.
    pub cpu_some_us: Option<u64>,
    /// Microseconds all tasks waited for input or output.
    pub io_full_us: Option<u64>,
    /// Microseconds all tasks waited for memory.
    pub memory_full_us: Option<u64>,
    /// Processes running or waiting for a processor.
    pub runnable: Option<u32>,
    /// Processes in uninterruptible sleep.
    pub blocked: Option<u32>,
    /// Mounted file systems; `None` when the list could not be read.
    pub mounts: Option<Vec<Mount>>,
    /// Watched path to the same path without symbolic links.
    pub resolved: BTreeMap<String, String>,
    /// Whole device to whether it is a spindle.
    pub rotational: BTreeMap<String, bool>,
    /// Interface to its link speed in Mbit/s.
    pub link_mbit: BTreeMap<String, u64>,
    /// Free space of the watched paths.
    pub volumes: Vec<Volume>,
}

/// Processor time since boot, in ticks of 1/100 s over all processors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CpuTicks {
    /// Everything but idle and iowait; steal is in it, guest time is there already as user time.
    pub busy: u64,
    /// Idle with no disk request outstanding.
    pub idle: u64,
    /// Idle with one outstanding.
    pub iowait: u64,
    /// Taken by the hypervisor; 0 where the column is missing.
    pub steal: u64,
}

/// One row of `diskstats`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DiskCounters {
    /// Device number, first half.
    pub major: u32,
    /// Device number, second half.
    pub minor: u32,
    /// Kernel name.
    pub name: String,
    /// Reads completed.
    pub reads: u64,
    /// Sectors of 512 bytes read.
    pub sectors_read: u64,
    /// Milliseconds spent by reads.
    pub read_ms: u64,
    /// Writes completed.
    pub writes: u64,
    /// Sectors of 512 bytes written.
    pub sectors_written: u64,
    /// Milliseconds spent by writes.
    pub write_ms: u64,
    /// Milliseconds with a request outstanding.
    pub busy_ms: u64,
}

/// Memory at one moment, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryLevels {
    /// Installed.
    pub total: u64,
    /// Available without swapping.
    pub available: u64,
}

/// One network interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// Kernel name.
    pub name: String,
    /// Bytes received.
    pub received: u64,
    /// Bytes sent.
    pub sent: u64,
}

/// A line that cannot be what the kernel prints.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {section} section holds a line that cannot be read: {line:?}")]
pub struct ParseError {
    /// Name of the section.
    pub section: &'static str,
    /// The line, cut to 120 characters.
    pub line: String,
}

impl ParseError {
    fn new(section: &'static str, line: &str) -> Self {
        Self { section, line: line.chars().take(120).collect() }
    }
}

impl Counters {
    /// Reads one block of sections. What the text leaves out stays `None` or empty.
    ///
    /// # Errors
    /// A line of a known section whose numbers are not numbers.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let mut all = Self::default();
        for (name, body) in sections(text) {
            match name.trim_end() {
                "uptime" => all.uptime = uptime(body)?,
                "stat" => stat(body, &mut all)?,
                "diskstats" => all.disks = diskstats(body)?,
                "meminfo" => all.memory = meminfo(body)?,
                "vmstat" => all.swap_in_pages = swapped_in(body),
                "loadavg" => all.runnable = all.runnable.or_else(|| load_running(body)),
                "netdev" => all.interfaces = netdev(body)?,
                "pressure.cpu" => all.cpu_some_us = stalled(body, "some"),
                "pressure.io" => all.io_full_us = stalled(body, "full"),
                "pressure.memory" => all.memory_full_us = stalled(body, "full"),
                "mountinfo" => all.mounts = Some(mounts::parse(body)).filter(|list| !list.is_empty()),
                "rotational" => all.rotational = pairs(body).map(|(k, v)| (k.to_owned(), v == "1")).collect(),
                "linkspeed" => {
                    let known = pairs(body).filter_map(|(k, v)| Some((k.to_owned(), v.parse::<u64>().ok()?)));
                    all.link_mbit = known.collect();
                }
                "paths" => all.resolved = resolved(body),
                "space" => all.volumes = space(body),
                _ => {}
            }
        }
        Ok(all)
    }
}

/// The sections of a block: name and body.
fn sections(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let first = text.strip_prefix("== ").or_else(|| text.split_once("\n== ").map(|(_, rest)| rest));
    first
        .into_iter()
        .flat_map(|rest| rest.split("\n== "))
        .map(|part| part.split_once('\n').unwrap_or((part, "")))
}

/// Lines of exactly two words.
fn pairs(body: &str) -> impl Iterator<Item = (&str, &str)> {
    body.lines().filter_map(|line| {
        let mut words = line.split_ascii_whitespace();
        let pair = (words.next()?, words.next()?);
        words.next().is_none().then_some(pair)
    })
}

fn number(section: &'static str, line: &str, word: &str) -> Result<u64, ParseError> {
    word.parse().map_err(|_| ParseError::new(section, line))
}

fn uptime(body: &str) -> Result<Option<Duration>, ParseError> {
    let Some(line) = body.lines().next().filter(|line| !line.is_empty()) else { return Ok(None) };
    let word = line.split_ascii_whitespace().next().unwrap_or_default();
    seconds(word).map(Some).ok_or_else(|| ParseError::new("uptime", line))
}

/// Decimal seconds without the detour through binary fractions, so that equal texts give equal spans.
fn seconds(word: &str) -> Option<Duration> {
    let (whole, fraction) = word.split_once('.').unwrap_or((word, ""));
    let padded = format!("{fraction:0<9}");
    let nanos = padded.get(..9)?;
    if !nanos.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Some(Duration::new(whole.parse().ok()?, nanos.parse().ok()?))
}

fn stat(body: &str, all: &mut Counters) -> Result<(), ParseError> {
    let mut cores = 0;
    for line in body.lines() {
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            Some("cpu") => all.cpu = Some(ticks(line)?),
            Some("procs_running") => all.runnable = words.next().and_then(|word| word.parse().ok()),
            Some("procs_blocked") => all.blocked = words.next().and_then(|word| word.parse().ok()),
            Some(name) if is_core(name) => cores += 1,
            _ => {}
        }
    }
    all.cores = (cores > 0).then_some(cores);
    Ok(())
}

fn is_core(name: &str) -> bool {
    name.strip_prefix("cpu")
        .is_some_and(|index| !index.is_empty() && index.bytes().all(|digit| digit.is_ascii_digit()))
}

/// The columns are user, nice, system, idle, iowait, irq, softirq, steal, guest, `guest_nice`; kernels before
/// 2.6.33 end earlier. Guest time is left out because user and nice hold it already.
fn ticks(line: &str) -> Result<CpuTicks, ParseError> {
    let columns = line
        .split_ascii_whitespace()
        .skip(1)
        .map(|word| number("stat", line, word))
        .collect::<Result<Vec<u64>, _>>()?;
    if columns.len() < 4 {
        return Err(ParseError::new("stat", line));
    }
    let column = |index: usize| columns.get(index).copied().unwrap_or(0);
    let busy = [0, 1, 2, 5, 6, 7].into_iter().fold(0_u64, |sum, index| sum.saturating_add(column(index)));
    Ok(CpuTicks { busy, idle: column(3), iowait: column(4), steal: column(7) })
}

/// 14 columns since 2.6.25, 18 with discards (4.18), 20 with flushes (5.5): the first 14 never moved.
fn diskstats(body: &str) -> Result<Vec<DiskCounters>, ParseError> {
    let mut disks = Vec::new();
    for line in body.lines() {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        if words.len() < 14 {
            continue;
        }
        let column = |index: usize| number("diskstats", line, words[index]);
        let half =
            |index: usize| u32::try_from(column(index)?).map_err(|_| ParseError::new("diskstats", line));
        disks.push(DiskCounters {
            major: half(0)?,
            minor: half(1)?,
            name: words[2].to_owned(),
            reads: column(3)?,
            sectors_read: column(5)?,
            read_ms: column(6)?,
            writes: column(7)?,
            sectors_written: column(9)?,
            write_ms: column(10)?,
            busy_ms: column(12)?,
        });
    }
    Ok(disks)
}

/// `MemAvailable` came with 3.14 (Red Hat put it into later 3.10s); before that free, buffers and cache
/// together are the usual stand-in, a little too high.
fn meminfo(body: &str) -> Result<Option<MemoryLevels>, ParseError> {
    let mut found: BTreeMap<&str, u64> = BTreeMap::new();
    for line in body.lines() {
        let Some((key, rest)) = line.split_once(':') else { continue };
        if matches!(key, "MemTotal" | "MemFree" | "MemAvailable" | "Buffers" | "Cached") {
            let word = rest.split_ascii_whitespace().next().unwrap_or_default();
            found.insert(key, number("meminfo", line, word)?.saturating_mul(1024));
        }
    }
    let level = |key: &str| found.get(key).copied();
    let held = ["Buffers", "Cached"].into_iter().filter_map(level).fold(0, u64::saturating_add);
    let free = || level("MemFree").map(|free| free.saturating_add(held));
    let both = level("MemTotal").zip(level("MemAvailable").or_else(free));
    Ok(both.map(|(total, available)| MemoryLevels { total, available: available.min(total) }))
}

fn swapped_in(body: &str) -> Option<u64> {
    pairs(body).find(|(key, _)| *key == "pswpin").and_then(|(_, value)| value.parse().ok())
}

/// `0.20 0.18 0.12 1/80 11206`: the fourth word is running over existing.
fn load_running(body: &str) -> Option<u32> {
    body.split_ascii_whitespace().nth(3)?.split_once('/')?.0.parse().ok()
}

/// Old kernels print no blank between the colon and the first number.
fn netdev(body: &str) -> Result<Vec<Interface>, ParseError> {
    let mut interfaces = Vec::new();
    for line in body.lines().filter(|line| !line.contains('|')) {
        let Some((name, rest)) = line.rsplit_once(':') else { continue };
        let words: Vec<&str> = rest.split_ascii_whitespace().collect();
        if words.len() < 9 {
            continue;
        }
        interfaces.push(Interface {
            name: name.trim().to_owned(),
            received: number("netdev", line, words[0])?,
            sent: number("netdev", line, words[8])?,
        });
    }
    Ok(interfaces)
}

/// `full avg10=0.00 avg60=0.00 avg300=0.00 total=1234`, in microseconds.
fn stalled(body: &str, kind: &str) -> Option<u64> {
    let line = body.lines().find(|line| line.split_ascii_whitespace().next() == Some(kind))?;
    line.split_ascii_whitespace().find_map(|word| word.strip_prefix("total="))?.parse().ok()
}

fn resolved(body: &str) -> BTreeMap<String, String> {
    body.lines()
        .filter_map(|line| line.split_once('\t'))
        .filter(|(_, target)| target.starts_with('/'))
        .map(|(path, target)| (path.to_owned(), target.to_owned()))
        .collect()
}

/// The word with the per cent sign is the anchor: device names and mount points may hold blanks.
fn space(body: &str) -> Vec<Volume> {
    let mut volumes = Vec::new();
    let mut path = None;
    for line in body.lines() {
        if let Some(next) = line.strip_prefix("@ ") {
            path = Some(next);
            continue;
        }
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let share = |word: &&str| word.strip_suffix('%').is_some_and(|n| n.parse::<u32>().is_ok());
        let Some(anchor) = words.iter().position(share).filter(|at| *at >= 3) else { continue };
        let kilobytes = |index: usize| words[index].parse::<u64>().ok().map(|n| n.saturating_mul(1024));
        let sizes = kilobytes(anchor - 3).zip(kilobytes(anchor - 1));
        if let Some(((total_bytes, free_bytes), path)) = sizes.zip(path.take()) {
            volumes.push(Volume { path: path.to_owned(), total_bytes, free_bytes });
        }
    }
    volumes
}
