//! The demo's pair of machines under a fixed number of workers; run by hand to tune the demo's profiles:
//! `cargo test --lib night -- --ignored --nocapture`.

use super::{client::Client, lab};
use crate::lab::{Config, MailShape, Population, machine::Profile};
use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn by_number_of_workers() {
    const SPEED: f64 = 60.0;
    let count = std::env::var("ACCOUNTS").ok().and_then(|text| text.parse().ok()).unwrap_or(50);
    for workers in [1, 4, 6, 8, 12] {
        let mut machine = Profile::demo_destination();
        machine.bursts.clear();
        let source = Config {
            accounts: Population::Generated {
                count,
                giant_bytes: None,
                shape: MailShape::demo(),
                empty: false,
            },
            machine: Profile::demo_source(),
            speed: SPEED,
            ..Config::default()
        };
        let (to, target) = lab(Config { machine, ..Config::destination_for(&source) }).await;
        let (from, client) = lab(source).await;
        let mut accounts = from.addresses();
        accounts.sort_by_key(|address| from.used(address));
        let bytes: u64 = accounts.iter().filter_map(|address| from.used(address)).sum();
        let backlog = Mutex::new(accounts);
        let begun = Instant::now();
        let (client, target, backlog) = (Arc::new(client), Arc::new(target), Arc::new(backlog));
        let workers_done: Vec<_> = (0..workers)
            .map(|_| tokio::spawn(work(Arc::clone(&client), Arc::clone(&target), Arc::clone(&backlog))))
            .collect();
        for worker in workers_done {
            worker.await.unwrap();
        }
        let modelled = begun.elapsed().as_secs_f64() * SPEED;
        let busy = busy_share(&to, modelled);
        println!("{workers} workers: {bytes} bytes in {modelled:.0} s, CPU {:.0} %", busy * 100.0);
    }
}

async fn work(client: Arc<Client>, target: Arc<Client>, backlog: Arc<Mutex<Vec<String>>>) {
    loop {
        let Some(account) = backlog.lock().unwrap().pop() else { return };
        let archive = client.export(&account, "").await.body;
        let answer = target.import(&account, "fmt=tar", &archive).await;
        assert_eq!(answer.result(), "success", "{account}");
    }
}

fn busy_share(lab: &crate::lab::Lab, modelled: f64) -> f64 {
    let stat = std::fs::read_to_string(lab.proc_dir().join("stat")).unwrap();
    let fields: Vec<f64> =
        stat.lines().next().unwrap().split_whitespace().skip(1).map(|text| text.parse().unwrap()).collect();
    (fields[0] + fields[2]) / 100.0 / modelled / 4.0
}
