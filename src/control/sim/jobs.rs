//! The mailboxes of a scenario, the same for every law and seed by seed.

use super::{
    chance::{Chance, Concern},
    scenario::Scenario,
};
use crate::control::event::{Account, AccountId};

/// One mailbox as the made-up world knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mailbox {
    /// Bytes in it.
    pub(super) bytes: u64,
    /// Items in it.
    pub(super) items: u64,
    /// Seconds to open it alone.
    pub(super) setup_s: f64,
    /// Multiple of the usual worker's memory it takes.
    pub(super) memory: f64,
    /// Attempts that fail half way before one succeeds.
    pub(super) failures: u8,
}

/// Makes the mailboxes.
pub(super) fn mailboxes(scenario: &Scenario, seed: u64) -> Vec<Mailbox> {
    let a = &scenario.accounts;
    let mut sizes = Chance::new(seed, Concern::Sizes);
    let mut memory = Chance::new(seed, Concern::Memory);
    let mut failures = Chance::new(seed, Concern::Failures);
    let mut boxes: Vec<Mailbox> = (0..a.count)
        .map(|_| {
            let empty = sizes.share() < a.empty_share;
            let mb = (a.median_mb * sizes.lognormal(a.sigma)).min(a.most_mb);
            let item_kb = a.item_kb * sizes.lognormal(a.item_sigma);
            let setup_s = a.setup_from_s + sizes.share() * (a.setup_to_s - a.setup_from_s);
            let failing = failures.share() < a.failing_share;
            let (bytes, items) =
                if empty { (0, 0) } else { ((mb * 1e6) as u64, ((mb * 1000.0 / item_kb) as u64).max(1)) };
            let memory = memory.lognormal(scenario.destination.worker_sigma);
            Mailbox { bytes, items, setup_s, memory, failures: u8::from(failing && !empty) }
        })
        .collect();
    if a.giant_mb > 0.0 {
        boxes[0].bytes = (a.giant_mb * 1e6) as u64;
        boxes[0].items = (a.giant_mb * 1000.0 / a.item_kb) as u64;
    }
    boxes
}

/// The same as the dispatcher is told of them.
pub(super) fn accounts(boxes: &[Mailbox]) -> Vec<Account> {
    boxes
        .iter()
        .enumerate()
        .map(|(i, b)| Account { id: AccountId(i as u32), bytes: b.bytes, attempts: 0 })
        .collect()
}
