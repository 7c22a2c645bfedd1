//! Tests of the lab server through its own front door.

mod client;
mod contract;
mod faults;
mod hazard;
mod machine;
mod measure;
mod night;
mod recorded;
mod transfer;

use super::{Config, Lab, Population, Sized};
use client::Client;

/// A server with these accounts, and a client that has signed in.
async fn lab_with(accounts: Vec<Sized>) -> (Lab, Client) {
    lab(Config { accounts: Population::Listed(accounts), ..Config::default() }).await
}

async fn lab(config: Config) -> (Lab, Client) {
    println!("seed {}", config.seed);
    let lab = Lab::start(config).await.unwrap();
    let client = Client::signed_in(&lab).await;
    (lab, client)
}
