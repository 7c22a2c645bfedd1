//! Counters of the modelled machine as Linux writes them in `/proc`, all in modelled time.

use super::{Profile, gauges::Counters};
use std::{fmt::Write as _, fs, io, path::Path};

/// The machine had been up for ten days when the lab began.
const UP_BEFORE_S: f64 = 864_000.0;
const HZ: f64 = 100.0;

/// Writes every file, each by rename so that no reader sees half of one.
pub(super) fn write(
    folder: &Path,
    profile: &Profile,
    now_s: f64,
    counters: &Counters,
    wire: [u64; 2],
) -> io::Result<()> {
    let files: [(&str, String); 11] = [
        ("stat", stat(now_s, counters)),
        ("diskstats", diskstats(profile, counters)),
        ("meminfo", meminfo(profile, counters)),
        ("vmstat", vmstat(counters)),
        ("loadavg", loadavg(counters)),
        ("net/dev", net_dev(wire)),
        ("pressure/cpu", pressure(counters.pressure[0], counters.cpu_stalled_s, None)),
        (
            "pressure/io",
            pressure(
                counters.pressure[1],
                counters.io_stalled_s,
                Some((counters.pressure[2], counters.io_full_s)),
            ),
        ),
        ("pressure/memory", pressure(counters.pressure[3], counters.memory_stalled_s, Some(([0.0; 3], 0.0)))),
        ("self/mountinfo", mountinfo(profile)),
        ("uptime", uptime(now_s, counters)),
    ];
    // The clock is away while the rest is written and comes last: a reader sees that it must read again.
    let _ = fs::remove_file(folder.join("uptime"));
    for (name, text) in files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let fresh = path.with_extension("new");
        fs::write(&fresh, text)?;
        fs::rename(&fresh, &path)?;
    }
    Ok(())
}

fn ticks(seconds: f64) -> u64 {
    (seconds * HZ) as u64
}

fn idle_s(now_s: f64, counters: &Counters) -> f64 {
    let busy: f64 = counters.cores.iter().map(|(ours, theirs)| ours + theirs).sum();
    (now_s * counters.cores.len() as f64 - busy - counters.iowait_s).max(0.0)
}

fn uptime(now_s: f64, counters: &Counters) -> String {
    let idle = UP_BEFORE_S * counters.cores.len() as f64 + idle_s(now_s, counters);
    format!("{:.2} {idle:.2}\n", UP_BEFORE_S + now_s)
}

fn stat(now_s: f64, counters: &Counters) -> String {
    let cores = counters.cores.len() as f64;
    let line = |name: &str, ours: f64, theirs: f64, wait: f64, span: f64| {
        let idle = (span - ours - theirs - wait).max(0.0) + UP_BEFORE_S * span / now_s.max(1e-9);
        format!(
            "{name} {} 0 {} {} {} 0 0 0 0 0\n",
            ticks(ours * 0.85 + theirs),
            ticks(ours * 0.15),
            ticks(idle),
            ticks(wait)
        )
    };
    let ours: f64 = counters.cores.iter().map(|core| core.0).sum();
    let theirs: f64 = counters.cores.iter().map(|core| core.1).sum();
    let mut out = line("cpu ", ours, theirs, counters.iowait_s, now_s * cores);
    for (number, (ours, theirs)) in counters.cores.iter().enumerate() {
        out.push_str(&line(&format!("cpu{number}"), *ours, *theirs, counters.iowait_s / cores, now_s));
    }
    let _ = write!(
        out,
        "intr 0\nctxt {}\nbtime 1700000000\nprocesses 4242\nprocs_running {}\nprocs_blocked {}\nsoftirq 0\n",
        ticks(ours) * 7,
        counters.running.max(1),
        counters.disk_waiting
    );
    out
}

fn diskstats(profile: &Profile, counters: &Counters) -> String {
    let (reads, writes) = (counters.reads, counters.writes);
    format!(
        " 253       0 {} {} 0 {} {} {} 0 {} {} {} {} {} 0 0 0 0\n",
        profile.disk_name,
        reads.operations as u64,
        (reads.bytes / 512.0) as u64,
        (reads.waited_s * 1_000.0) as u64,
        writes.operations as u64,
        (writes.bytes / 512.0) as u64,
        (writes.waited_s * 1_000.0) as u64,
        counters.disk_waiting,
        (counters.disk_busy_s * 1_000.0) as u64,
        ((reads.waited_s + writes.waited_s) * 1_000.0) as u64,
    )
}

fn meminfo(profile: &Profile, counters: &Counters) -> String {
    let kilobytes = |megabytes: f64| (megabytes.max(0.0) * 1_024.0) as u64;
    let available = (profile.memory_mb - counters.memory_mb).max(profile.memory_mb * 0.01);
    let free = available * 0.3;
    let mut out = String::new();
    for (name, megabytes) in [
        ("MemTotal", profile.memory_mb),
        ("MemFree", free),
        ("MemAvailable", available),
        ("Buffers", available * 0.1),
        ("Cached", available * 0.6),
        ("SwapCached", 0.0),
        ("Dirty", 2.0),
        ("Writeback", 0.0),
        ("SwapTotal", profile.swap_mb),
        ("SwapFree", profile.swap_mb - counters.swap_used_mb),
    ] {
        let _ = writeln!(out, "{:<15} {:>8} kB", format!("{name}:"), kilobytes(megabytes));
    }
    out
}

fn vmstat(counters: &Counters) -> String {
    let pages = |bytes: f64| (bytes / 1_024.0) as u64;
    format!(
        "nr_free_pages 100000\npgpgin {}\npgpgout {}\npswpin {}\npswpout {}\npgfault 1000\npgmajfault {}\noom_kill 0\n",
        pages(counters.reads.bytes),
        pages(counters.writes.bytes),
        counters.swapped_pages as u64,
        counters.swapped_pages as u64,
        counters.swapped_pages as u64,
    )
}

fn loadavg(counters: &Counters) -> String {
    let [one, five, fifteen] = counters.load;
    format!("{one:.2} {five:.2} {fifteen:.2} {}/300 4242\n", counters.running.max(1))
}

fn net_dev(wire: [u64; 2]) -> String {
    let packets = |bytes: u64| bytes / 1_400;
    let [received, sent] = wire;
    format!(
        "Inter-|   Receive                                                |  Transmit\n \
         face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls \
         carrier compressed\n    lo:       0       0    0    0    0     0          0         0        0       0    0    \
         0    0     0       0          0\n  eth0: {received} {} 0 0 0 0 0 0 {sent} {} 0 0 0 0 0 0\n",
        packets(received),
        packets(sent)
    )
}

fn pressure(some: [f64; 3], some_s: f64, full: Option<([f64; 3], f64)>) -> String {
    let line = |word: &str, [ten, sixty, hundreds]: [f64; 3], total_s: f64| {
        format!(
            "{word} avg10={ten:.2} avg60={sixty:.2} avg300={hundreds:.2} total={}\n",
            (total_s * 1e6) as u64
        )
    };
    let (full, full_s) = full.unwrap_or_default();
    line("some", some, some_s) + &line("full", full, full_s)
}

fn mountinfo(profile: &Profile) -> String {
    format!("22 1 253:0 / / rw,relatime shared:1 - ext4 /dev/{} rw\n", profile.disk_name)
}
