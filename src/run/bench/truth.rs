//! The true best number of the demo's machines: every fixed number tried in the simulator with the same numbers.

use std::collections::BTreeMap;

use crate::{
    control::{
        policy::Policy,
        sim::{
            benchmark::{Truth, best as best_of, truths},
            scenario::{Accounts, Bench, Instruments, Load, Machine, Scenario, Transfer},
        },
    },
    lab::{MailShape, machine::Profile},
};

/// Seconds of each fixed number.
const SECONDS: f64 = 2400.0;
/// SOAP requests to look at a mailbox on each side before and after it is carried.
const REQUESTS: f64 = 2.0;

/// Operations that make an item safe on the disk; several workers rarely share one.
const SYNC_OPS: f64 = 1.0;

/// The smallest number within 2 % of the best lawful work rate.
pub(super) fn best(source: &Profile, destination: &Profile, shape: &MailShape, law: &Policy) -> Option<u32> {
    let found = all(source, destination, shape, law);
    best_of(&found, law.sweep.within).map(|(_, workers)| workers)
}

/// What every fixed number does.
fn all(source: &Profile, destination: &Profile, shape: &MailShape, law: &Policy) -> Vec<Truth> {
    truths(&scenario(source, destination, shape), 1, law, SECONDS, law.max_workers)
}

/// The same machines as the simulator knows them. The lab carries an item on the source while the one before is
/// stored, so what it costs there is no time of its own.
#[must_use]
pub fn scenario(source: &Profile, destination: &Profile, shape: &MailShape) -> Scenario {
    let item_mb = shape.message_median * (shape.message_sigma * shape.message_sigma / 2.0).exp() / 1e6;
    let export_ms = (source.export_item_cpu_s + item_mb * source.export_tar_mb_cpu_s) * 1e3
        + source.export_item_ops / source.disk_iops * 1e3;
    let setup_s = REQUESTS * (source.request_cpu_s + destination.request_cpu_s);
    Scenario {
        title: "demo".to_owned(),
        what: "the demo's two machines".to_owned(),
        start_hour: destination.start_hour,
        most_hours: 24.0,
        accounts: Accounts {
            count: 6000,
            empty_share: shape.empty_share,
            median_mb: shape.median_bytes / 1e6,
            sigma: shape.sigma,
            most_mb: shape.cap_bytes as f64 / 1e6,
            giant_mb: 0.0,
            item_kb: item_mb * 1e3,
            item_sigma: 0.0,
            setup_from_s: setup_s,
            setup_to_s: setup_s,
            failing_share: 0.0,
        },
        transfer: Transfer {
            item_wait_ms: (destination.import_item_wait_s * 1e3 + destination.fsync_ms - export_ms).max(0.0),
            link_mbit: destination.network_mb_per_s * 8.0,
            ..Transfer::default()
        },
        source: Machine {
            item_cpu_ms: source.export_item_cpu_s * 1e3,
            mb_cpu_ms: source.export_tar_mb_cpu_s * 1e3,
            setup_cpu_ms: REQUESTS * source.request_cpu_s * 1e3,
            disk_mb_per_s: source.disk_read_mb_per_s,
            item_ops: source.export_item_ops,
            ..machine(source)
        },
        destination: Machine {
            item_cpu_ms: destination.import_item_cpu_s * 1e3,
            mb_cpu_ms: destination.import_mb_cpu_s * 1e3,
            setup_cpu_ms: REQUESTS * destination.request_cpu_s * 1e3,
            disk_mb_per_s: destination.disk_write_mb_per_s,
            disk_factor: destination.write_factor,
            item_ops: destination.import_item_ops + SYNC_OPS,
            index_item_cpu_ms: destination.index_item_cpu_s * 1e3,
            index_mb_cpu_ms: destination.index_mb_cpu_s * 1e3,
            index_delay_s: destination.index_delay_s,
            index_threads: destination.index_threads,
            worker_mb: destination.import_memory_mb,
            ..machine(destination)
        },
        instruments: Instruments::default(),
        max_workers: 64,
        bench: Bench::default(),
        expect: BTreeMap::new(),
    }
}

/// What both sides have.
fn machine(profile: &Profile) -> Machine {
    let background = profile
        .background
        .iter()
        .map(|load| Load {
            cpu: load.cpu,
            disk: load.disk,
            from_hour: Some(load.from),
            to_hour: Some(load.to),
            ..Load::default()
        })
        .collect();
    Machine {
        cores: profile.cores,
        disk_iops: profile.disk_iops,
        memory_gb: profile.memory_mb / 1e3,
        memory_base_gb: profile.memory_base_mb / 1e3,
        background,
        ..Machine::default()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::demo::steady_destination, *};

    #[test]
    fn the_demos_answer_is_no_close_call() {
        let law = Policy { max_workers: 14, ..Policy::for_tests() };
        let found = all(&Profile::demo_source(), &steady_destination(), &MailShape::demo(), &law);
        for truth in &found {
            println!("{truth:?}");
        }
        let (_, workers) = best_of(&found, law.sweep.within).unwrap();
        let at = |n: u32| found.iter().find(|t| t.workers == n).unwrap().score;
        assert!(at(workers) < 0.96 && at(workers + 1) > 1.004, "{} {}", at(workers), at(workers + 1));
    }
}
