//! The parser and the rates on `/proc` texts of five kernels, worked out by hand, and on texts that are wrong.

use std::{fs, time::Duration};

use super::{proc::Counters, rates::Discard, *};
use crate::control::sample::{Cpu, Disk, Memory, Network, Pressure, Volume};

macro_rules! kernel {
    ($version:literal) => {
        (
            include_str!(concat!("../../tests/fixtures/proc/", $version, "/first.txt")),
            include_str!(concat!("../../tests/fixtures/proc/", $version, "/second.txt")),
        )
    };
}

fn paths(paths: &[&str]) -> Watch {
    Watch { paths: paths.iter().map(|path| (*path).to_owned()).collect() }
}

fn sample((first, second): (&str, &str), watched: &[&str]) -> Sample {
    let (earlier, later) = (Counters::parse(first).unwrap(), Counters::parse(second).unwrap());
    later.since(&earlier, Side::Source, &paths(watched)).unwrap()
}

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= expected.abs() * 1e-9, "{found} instead of {expected}");
}

#[track_caller]
fn cpu(sample: &Sample, busy: f64, iowait: f64, steal: f64) {
    let Cpu { busy: b, iowait: i, steal: s } = sample.cpu.unwrap();
    near(b, busy);
    near(i, iowait);
    near(s, steal);
}

/// Writes then reads: bytes/s, requests/s, ms; then the share of time busy.
#[track_caller]
fn disk(disk: &Disk, writes: (f64, f64, Option<f64>), reads: (f64, f64, Option<f64>), busy: f64) {
    near(disk.write_bytes_per_s, writes.0);
    near(disk.writes_per_s, writes.1);
    assert_eq!(disk.write_await_ms, writes.2);
    near(disk.read_bytes_per_s, reads.0);
    near(disk.reads_per_s, reads.1);
    assert_eq!(disk.read_await_ms, reads.2);
    near(disk.utilisation, busy);
}

#[track_caller]
fn memory(sample: &Sample, total_kb: u64, available_kb: u64, swap_in: f64) {
    let expected = Memory {
        total_bytes: total_kb * 1024,
        available_bytes: available_kb * 1024,
        swap_in_bytes_per_s: swap_in,
    };
    assert_eq!(sample.memory, Some(expected));
}

#[track_caller]
fn network(sample: &Sample, received: f64, sent: f64, link: Option<f64>) {
    let expected =
        Network { receive_bytes_per_s: received, transmit_bytes_per_s: sent, link_bytes_per_s: link };
    assert_eq!(sample.network, Some(expected));
}

#[test]
fn kernel_2_6_32() {
    let sample = sample(kernel!("2.6.32"), &["/opt/zimbra/store"]);
    assert_eq!(sample.span, Duration::from_secs(10));
    assert_eq!((sample.cores, sample.runnable, sample.blocked), (2, Some(4), Some(2)));
    cpu(&sample, 0.38, 0.12, 0.02);
    assert_eq!(sample.disks.len(), 1);
    assert_eq!(sample.disks[0].device, "dm-1");
    assert_eq!(sample.disks[0].rotational, Some(true));
    disk(&sample.disks[0], (9_437_184.0, 40.0, Some(42.0)), (368_640.0, 8.0, Some(16.25)), 0.51);
    memory(&sample, 8_062_040, 3_668_000, 102_400.0);
    network(&sample, 12e6, 3e6, Some(125e6));
    assert_eq!(sample.pressure, None);
    let volume = Volume {
        path: "/opt/zimbra/store".into(),
        total_bytes: 209_715_200 * 1024,
        free_bytes: 79_225_856 * 1024,
    };
    assert_eq!(sample.volumes, [volume]);
}

#[test]
fn a_32_bit_millisecond_counter_may_wrap() {
    let sample = sample(kernel!("2.6.32"), &[]);
    assert_eq!(sample.disks.iter().map(|disk| disk.device.as_str()).collect::<Vec<_>>(), ["sda"]);
    disk(&sample.disks[0], (10_485_760.0, 50.0, Some(40.0)), (409_600.0, 10.0, Some(15.0)), 0.6);
}

#[test]
fn kernel_3_10() {
    let sample = sample(kernel!("3.10"), &["/opt/zimbra", "/opt/zimbra/my backup"]);
    assert_eq!(sample.span, Duration::from_secs(5));
    assert_eq!((sample.cores, sample.runnable, sample.blocked), (4, Some(3), Some(0)));
    cpu(&sample, 0.41, 0.04, 0.0);
    assert_eq!(sample.disks.len(), 2);
    assert_eq!(sample.disks[0].device, "vda1");
    assert_eq!(sample.disks[0].rotational, None);
    disk(&sample.disks[0], (10_485_760.0, 200.0, Some(3.0)), (0.0, 0.0, None), 0.5);
    assert_eq!(sample.disks[1].device, "vdb");
    disk(&sample.disks[1], (0.0, 0.0, None), (4096.0, 1.0, Some(2.0)), 0.002);
    memory(&sample, 16_268_532, 7_784_000, 0.0);
    network(&sample, 5e6, 1e6, None);
    assert_eq!(sample.pressure, None);
    assert!(sample.volumes.is_empty());
}

#[test]
fn kernel_4_18() {
    let sample = sample(kernel!("4.18"), &["/opt/zimbra/store"]);
    assert_eq!((sample.cores, sample.runnable, sample.blocked), (2, Some(4), Some(3)));
    cpu(&sample, 0.52, 0.08, 0.06);
    assert_eq!(sample.disks[0].device, "dm-0");
    assert_eq!(sample.disks[0].rotational, Some(false));
    disk(&sample.disks[0], (41_943_040.0, 400.0, Some(2.0)), (5_242_880.0, 80.0, Some(0.5)), 0.98);
    memory(&sample, 32_564_872, 13_934_464, 0.0);
    network(&sample, 1e8, 2e6, Some(1.25e9));
    assert_eq!(sample.pressure, None);
}

#[test]
fn kernel_5_15() {
    let sample = sample(kernel!("5.15"), &["/opt/zimbra/store", "/opt/zimbra/db"]);
    assert_eq!((sample.cores, sample.runnable, sample.blocked), (8, Some(2), Some(3)));
    cpu(&sample, 0.35, 0.025, 0.0);
    assert_eq!(sample.disks[0].device, "sdb1");
    assert_eq!(sample.disks[0].rotational, Some(true));
    disk(&sample.disks[0], (2_097_152.0, 50.0, Some(25.0)), (0.0, 0.0, None), 0.975);
    assert_eq!(sample.disks[1].device, "sda");
    disk(&sample.disks[1], (81_920.0, 10.0, Some(1.5)), (0.0, 0.0, None), 0.01);
    memory(&sample, 65_738_000, 40_000_000, 0.0);
    network(&sample, 500_100.0, 1_000_100.0, Some(125e6));
    let Pressure { cpu_some, io_full, memory_full } = sample.pressure.unwrap();
    near(cpu_some, 0.2);
    near(io_full, 0.3);
    near(memory_full, 0.001);
    assert_eq!(sample.volumes.len(), 2);
    assert_eq!(sample.volumes[1].free_bytes, 44_743_344 * 1024);
}

#[test]
fn kernel_6_1() {
    let texts = kernel!("6.1");
    let watched = ["/opt/zimbra/store", "/opt/zimbra/data/tmp"];
    let sample = sample(texts, &watched);
    assert_eq!((sample.cores, sample.runnable, sample.blocked), (2, Some(4), Some(1)));
    cpu(&sample, 0.625, 0.075, 0.04);
    assert_eq!(sample.disks.len(), 1);
    assert_eq!(sample.disks[0].device, "vda1");
    assert_eq!(sample.disks[0].rotational, Some(false));
    disk(&sample.disks[0], (10_485_760.0, 50.0, Some(2.0)), (40_960.0, 10.0, Some(0.5)), 0.62);
    memory(&sample, 24_684_084, 24_323_000, 12_288.0);
    network(&sample, 1_250_000.0, 40_000.0, Some(125e6));
    let Pressure { cpu_some, io_full, memory_full } = sample.pressure.unwrap();
    near(cpu_some, 0.43);
    near(io_full, 0.25);
    near(memory_full, 0.0);
    let without = Counters::parse(texts.1).unwrap().behind(&paths(&watched)).without;
    assert_eq!(without.len(), 1);
    assert!(without[0].starts_with("/opt/zimbra/data/tmp lies on tmpfs"), "{without:?}");
}

fn discarded(first: &str, second: &str) -> Discard {
    let (earlier, later) = (Counters::parse(first).unwrap(), Counters::parse(second).unwrap());
    later.since(&earlier, Side::Source, &Watch::default()).unwrap_err()
}

#[test]
fn impossible_intervals_are_discarded_with_their_reason() {
    let first = "== uptime\n100.00 0\n== stat\ncpu  100 0 0 100\ncpu0 100 0 0 100\n";
    let at = |uptime: &str, user: u64| {
        format!("== uptime\n{uptime} 0\n== stat\ncpu  {user} 0 0 200\ncpu0 1 0 0 1\n")
    };
    assert!(matches!(discarded(first, "== stat\ncpu 1 1 1 1\n"), Discard::NoClock));
    assert!(matches!(discarded(first, &at("99.99", 200)), Discard::ClockBack { .. }));
    assert!(matches!(discarded(first, &at("100.00", 200)), Discard::NoTime));
    assert!(matches!(discarded(first, &at("101.00", 99)), Discard::Reset { .. }));
    assert!(matches!(discarded(first, &at("101.00", 90_000)), Discard::ClockStep { .. }));
    let (first, second) = kernel!("6.1");
    let swapped = discarded(second, &first.replace("2212.58", "9999.00"));
    assert!(swapped.to_string().contains("went from"), "{swapped}");
}

#[test]
fn iowait_may_go_back_a_little() {
    let first = "== uptime\n100.00 0\n== stat\ncpu  100 0 0 100 50\n";
    let second = "== uptime\n101.00 0\n== stat\ncpu  150 0 0 150 49\n";
    let cpu = sample((first, second), &[]).cpu.unwrap();
    near(cpu.busy, 0.5);
    near(cpu.iowait, 0.0);
}

#[test]
fn missing_sections_are_none() {
    let text = |uptime: u32| {
        format!("Last login: today\n== uptime\n{uptime}.00 0\n== news\nof today\n== stat\n== end 1\n")
    };
    let sample = sample((&text(1), &text(3)), &["/"]);
    assert_eq!(sample.span, Duration::from_secs(2));
    assert_eq!((sample.cores, sample.cpu, sample.memory, sample.network), (1, None, None, None));
    assert!(sample.disks.is_empty());
}

#[test]
fn lines_that_make_no_sense_are_named() {
    let rows = "8 0 sda 1 2 3 4 5 6 7 8 9 10";
    for (text, section) in [
        ("== uptime\nyesterday\n".to_owned(), "uptime"),
        ("== stat\ncpu 1 2\n".to_owned(), "stat"),
        ("== stat\ncpu 1 2 3 99999999999999999999999\n".to_owned(), "stat"),
        (format!("== diskstats\n{rows} x\n").replace(" 7 ", " -7 "), "diskstats"),
        ("== meminfo\nMemTotal: lots kB\n".to_owned(), "meminfo"),
        ("== netdev\neth0: a 2 3 4 5 6 7 8 9\n".to_owned(), "netdev"),
    ] {
        assert_eq!(Counters::parse(&text).unwrap_err().section, section, "{text}");
    }
}

#[test]
fn no_text_makes_the_parser_panic() {
    let (_, second) = kernel!("5.15");
    for end in (0..second.len()).filter(|end| second.is_char_boundary(*end)) {
        let _ = Counters::parse(&second[..end]);
    }
    let huge = second.replace(['1', '2', '3'], "18446744073709551615");
    let _ = Counters::parse(&huge);
    let most = u64::MAX;
    let text = format!(
        "== uptime\n{most}.9 0\n== stat\ncpu {most} {most} {most} {most} {most}\n== meminfo\nMemTotal: {most} kB\nMemFree: {most} kB\nCached: {most} kB\n"
    );
    assert!(Counters::parse(&text).is_ok());
}

#[test]
fn a_watched_machine_tells_samples_and_failures() {
    let folder = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| {
        // Renamed into place, as the modelled machines do, so that no half-written file is read.
        fs::write(folder.path().join("new"), text).unwrap();
        fs::rename(folder.path().join("new"), folder.path().join(file)).unwrap();
    };
    write("stat", "cpu  100 0 0 100\n");
    write("uptime", "1.00 0\n");
    let reach = Reach::Local { root: folder.path().into() };
    let mut readings = watch(Side::Destination, reach, Watch::default(), Duration::from_millis(20));
    let first = readings.blocking_recv().unwrap();
    assert!(
        matches!(first, Reading::Failed(ProbeError::Discarded { reason: Discard::NoTime, .. })),
        "{first:?}"
    );
    write("uptime", "2.00 0\n");
    let found = (0..200).find_map(|_| match readings.blocking_recv().unwrap() {
        Reading::Sample(sample) => Some(sample),
        Reading::Failed(_) | Reading::Notice(_) => None,
    });
    let sample = found.unwrap();
    assert_eq!((sample.side, sample.span), (Side::Destination, Duration::from_secs(1)));
}
