//! The modelled machine: it delays, and its `/proc` text tells the same story.

use super::lab;
use crate::lab::{
    Config, Population, Sized,
    machine::{Burst, Profile},
};
use std::{path::Path, time::Instant};

fn profile() -> Profile {
    Profile {
        cores: 2,
        request_cpu_s: 0.0,
        export_item_cpu_s: 0.5,
        export_tar_mb_cpu_s: 0.0,
        index_delay_s: 0.0,
        ..Profile::default()
    }
}

fn config(speed: f64, accounts: Vec<Sized>) -> Config {
    Config { machine: profile(), speed, accounts: Population::Listed(accounts), ..Config::default() }
}

/// User, system, idle and wait ticks of all cores, and uptime.
fn reading(folder: &Path) -> (f64, f64, f64) {
    let stat = std::fs::read_to_string(folder.join("stat")).unwrap();
    let fields: Vec<f64> =
        stat.lines().next().unwrap().split_whitespace().skip(1).map(|text| text.parse().unwrap()).collect();
    let uptime = std::fs::read_to_string(folder.join("uptime")).unwrap();
    let uptime: f64 = uptime.split(' ').next().unwrap().parse().unwrap();
    (fields[0] + fields[2], fields.iter().sum(), uptime)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_takes_its_time_and_shows() {
    let accounts = ["ann", "bob", "cyd", "dan"].map(|name| Sized::messages(name, 40, 40_000)).to_vec();
    let (lab, client) = lab(config(100.0, accounts)).await;
    while !["uptime", "stat"].iter().all(|file| lab.proc_dir().join(file).exists()) {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let begun = Instant::now();
    let before = reading(lab.proc_dir());
    let all = ["ann", "bob", "cyd", "dan"].map(|name| client.export(name, ""));
    for answer in futures_util::future::join_all(all).await {
        assert!(answer.whole);
    }
    // 4 x 40 items of half a second on two cores: 40 modelled seconds.
    let took = begun.elapsed().as_secs_f64() * 100.0;
    assert!((36.0..90.0).contains(&took), "{took} modelled seconds");
    tokio::time::sleep(std::time::Duration::from_millis(120)).await;
    let after = reading(lab.proc_dir());
    let (busy, total, span) = (after.0 - before.0, after.1 - before.1, after.2 - before.2);
    assert!((busy / 100.0 - 80.0).abs() < 4.0, "{} core seconds", busy / 100.0);
    assert!((total / 100.0 / span - 2.0).abs() < 0.05, "two cores in {span} s: {total}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_takes_its_share() {
    let mut config = config(100.0, vec![Sized::messages("ann", 20, 20_000)]);
    config.machine.bursts = vec![Burst { at_s: 0.0, for_s: 1e6, cpu: 0.5, disk: 0.0 }];
    let (_lab, client) = lab(config).await;
    let begun = Instant::now();
    client.export("ann", "").await;
    let took = begun.elapsed().as_secs_f64() * 100.0;
    assert!((19.0..40.0).contains(&took), "{took}: ten core seconds at half speed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn imports_share_a_commit() {
    let names = ["ann", "bob", "cyd", "dan"];
    let (_from, source) = lab(Config {
        accounts: Population::Listed(vec![Sized::messages("ann", 12, 12_000)]),
        ..Config::default()
    })
    .await;
    let archive = source.export("ann", "").await.body;
    let mut config = config(25.0, names.map(|name| Sized::bytes(name, 0)).to_vec());
    config.machine = Profile { fsync_ms: 500.0, import_item_cpu_s: 0.0, import_mb_cpu_s: 0.0, ..profile() };
    let (lab, target) = lab_started(config).await;
    let begun = Instant::now();
    let all = names.map(|name| target.import(name, "fmt=tar", &archive));
    for answer in futures_util::future::join_all(all).await {
        assert_eq!(answer.result(), "success");
    }
    let took = begun.elapsed().as_secs_f64() * 25.0;
    // One mailbox alone needs 12 x 0.5 s, four one after the other 24; sharing, twice as long at most.
    assert!((5.0..19.0).contains(&took), "{took} modelled seconds");
    assert_eq!(lab.record().imports_high, 4);
}

async fn lab_started(config: Config) -> (crate::lab::Lab, super::client::Client) {
    lab(config).await
}

#[test]
fn profiles_are_read_strictly() {
    assert!(Profile::from_toml_str("cores = 8\nfsync_ms = 2.5").is_ok_and(|profile| profile.cores == 8));
    let typo = Profile::from_toml_str("cors = 8").unwrap_err().to_string();
    assert!(typo.contains("cors"), "{typo}");
    assert!(Profile::from_toml_str("cores = 0").is_err());
}
