//! How fast the lab itself is, by curl; run by hand: `cargo test --release --lib measure -- --ignored --nocapture`.

use super::{client::Client, lab};
use crate::lab::{Config, Population, Sized};
use std::{process::Command, time::Instant};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, and it needs curl"]
async fn by_curl() {
    const BYTES: u64 = 1_000_000_000;
    let source =
        Config { accounts: Population::Listed(vec![Sized::bytes("ann", BYTES)]), ..Config::default() };
    let (to, _) = lab(Config::destination_for(&source)).await;
    let (from, client) = lab(source).await;
    let other = Client::signed_in(&to).await;
    let curl = |client: &Client| format!("curl -sSk --cookie ZM_ADMIN_AUTH_TOKEN={}", client.token);
    for format in ["tar", "tgz"] {
        let get = format!(
            "{} 'https://{}/service/home/ann@old.example?fmt={format}'",
            curl(&client),
            from.address()
        );
        let put = format!(
            "{} -H Expect: -X POST -T - 'https://{}/service/home/ann@old.example?fmt={format}&callback=cb&resolve=reset'",
            curl(&other),
            to.address()
        );
        for (what, command) in [
            ("export", format!("{get} >/dev/null")),
            ("export | import", format!("{get} | {put} | grep -o \"('.*'\"")),
        ] {
            let begun = Instant::now();
            let run = tokio::task::spawn_blocking(move || Command::new("sh").args(["-c", &command]).status());
            assert!(run.await.unwrap().unwrap().success());
            println!("{format} {what}: {:.0} MB/s", BYTES as f64 / 1e6 / begun.elapsed().as_secs_f64());
        }
    }
}
