//! One reading as one line of fixed columns, in the manner of vmstat.

use crate::control::sample::{Disk, Sample};

/// The column titles that stand over [`line`].
#[must_use]
pub fn header() -> String {
    format!(
        "{:<11} {:>5} {:>5} {:>5} {:<9} {:>8} {:>8} {:>8} {:>5} {:>9} {:>9} {:>8} {:>8} {:>14} {:>4} {:>4} {:>8}",
        "side",
        "cpu%",
        "wait%",
        "steal",
        "disk",
        "wrMB/s",
        "rdMB/s",
        "await_ms",
        "busy%",
        "availMB",
        "swapkB/s",
        "rxMB/s",
        "txMB/s",
        "psi_cpu/io/mem",
        "run",
        "blk",
        "freeGB"
    )
}

/// One sample under [`header`]. Of several disks the busiest, of several volumes the fullest; `-` stands for
/// what the machine does not tell. MB and GB are powers of ten.
#[must_use]
pub fn line(sample: &Sample) -> String {
    let cpu = sample.cpu.as_ref();
    let disk = busiest(&sample.disks);
    let memory = sample.memory.as_ref();
    let network = sample.network.as_ref();
    let pressure = sample.pressure.as_ref().map(|pressure| {
        let share = |value: f64| format!("{:.0}", value * 100.0);
        format!("{}/{}/{}", share(pressure.cpu_some), share(pressure.io_full), share(pressure.memory_full))
    });
    let free = sample.volumes.iter().map(|volume| volume.free_bytes).min();
    format!(
        "{:<11} {:>5} {:>5} {:>5} {:<9} {:>8} {:>8} {:>8} {:>5} {:>9} {:>9} {:>8} {:>8} {:>14} {:>4} {:>4} {:>8}",
        sample.side.word(),
        number(cpu.map(|cpu| cpu.busy * 100.0), 0),
        number(cpu.map(|cpu| cpu.iowait * 100.0), 0),
        number(cpu.map(|cpu| cpu.steal * 100.0), 0),
        disk.map_or("-", |disk| disk.device.as_str()),
        number(disk.map(|disk| disk.write_bytes_per_s / 1e6), 1),
        number(disk.map(|disk| disk.read_bytes_per_s / 1e6), 1),
        number(disk.and_then(|disk| disk.write_await_ms), 1),
        number(disk.map(|disk| disk.utilisation * 100.0), 0),
        number(memory.map(|memory| memory.available_bytes as f64 / 1e6), 0),
        number(memory.map(|memory| memory.swap_in_bytes_per_s / 1e3), 0),
        number(network.map(|network| network.receive_bytes_per_s / 1e6), 1),
        number(network.map(|network| network.transmit_bytes_per_s / 1e6), 1),
        pressure.unwrap_or_else(|| "-".to_owned()),
        number(sample.runnable.map(f64::from), 0),
        number(sample.blocked.map(f64::from), 0),
        number(free.map(|bytes| bytes as f64 / 1e9), 1),
    )
}

fn busiest(disks: &[Disk]) -> Option<&Disk> {
    disks.iter().max_by(|one, other| one.utilisation.total_cmp(&other.utilisation))
}

fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.decimals$}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::control::sample::{Cpu, Side};

    #[test]
    fn columns_stand_under_their_titles() {
        let sample = Sample {
            side: Side::Destination,
            span: Duration::from_secs(1),
            cores: 4,
            cpu: Some(Cpu { busy: 0.426, iowait: 0.05, steal: 0.0 }),
            disks: vec![],
            memory: None,
            network: None,
            pressure: None,
            volumes: vec![],
            runnable: Some(3),
            blocked: None,
        };
        let (title, text) = (header(), line(&sample));
        assert_eq!(title.len(), text.len());
        assert!(text.starts_with("destination    43     5     0 -"), "{text}");
        assert_eq!(title.find("run").map(|at| &text[at..at + 3]), Some("  3"));
    }
}
