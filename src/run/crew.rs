//! The workers: one task per mailbox in flight, each with its orders and its counters.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, atomic::Ordering::Relaxed},
};

use tokio::sync::{mpsc, watch};

use super::night::Happening;
use crate::{
    control::event::{AccountId, Held, Progress},
    ui::live::{Flow, Stage},
    zimbra::{Counters, Job, MoveError, Mover, Order, Phase, transfer::Relay},
};

/// All workers.
pub struct Crew {
    mover: Arc<dyn Mover>,
    results: mpsc::UnboundedSender<Happening>,
    workers: BTreeMap<AccountId, Worker>,
    /// What ended workers carried.
    past: Flow,
    /// Workers that stand still while the journal cannot be written, whatever the dispatcher wants.
    held: BTreeSet<AccountId>,
    holding: bool,
}

struct Worker {
    orders: watch::Sender<Order>,
    counters: Arc<Counters>,
    told: (u64, u64, bool),
    attempt: u32,
}

/// A worker at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// What it is at.
    pub stage: Stage,
    /// Items sent.
    pub sent_items: u64,
    /// Their bytes.
    pub sent_bytes: u64,
    /// 1 for the first attempt ever.
    pub attempt: u32,
}

impl Crew {
    /// Nobody yet; results go to `results`.
    pub fn new(mover: Arc<dyn Mover>, results: mpsc::UnboundedSender<Happening>) -> Self {
        Self {
            mover,
            results,
            workers: BTreeMap::new(),
            past: Flow::default(),
            held: BTreeSet::new(),
            holding: false,
        }
    }

    /// Gives a mailbox to a new worker.
    pub fn start(&mut self, account: AccountId, job: Job) {
        let (orders, told) = watch::channel(Order::Go);
        let counters = Arc::new(Counters::kept_by_somebody());
        let attempt = job.attempt;
        let (mover, results, its_counters) =
            (Arc::clone(&self.mover), self.results.clone(), Arc::clone(&counters));
        // A task of its own inside: a panic ends that mailbox, not the night.
        let mut carrying = tokio::spawn({
            let counters = Arc::clone(&its_counters);
            async move { mover.carry(job, told, counters).await }
        });
        tokio::spawn(async move {
            let ended = tokio::select! {
                ended = &mut carrying => Some(ended),
                Some(items) = its_counters.baseline_found() => {
                    let _ = results.send(Happening::Found(account, items));
                    None
                }
            };
            let ended = match ended {
                Some(ended) => ended,
                None => carrying.await,
            };
            let result = ended.unwrap_or_else(|panic| {
                Err(MoveError::Unsound { cause: format!("reading it failed inside zmpace: {panic}") })
            });
            // The loop is gone only when the process ends.
            let _ = results.send(Happening::Ended(account, result));
        });
        self.workers.insert(account, Worker { orders, counters, told: (0, 0, false), attempt });
    }

    /// Looks again at a mailbox that was verified when both sides held `then`. It is no worker: nobody waits for it
    /// when the run is cut short.
    pub fn look(&self, account: AccountId, relay: Arc<Relay>, job: Job, then: Held) {
        let results = self.results.clone();
        let looking = tokio::spawn(async move { relay.look_again(&job.source, &job.target, &then).await });
        tokio::spawn(async move {
            let result = looking.await.unwrap_or_else(|panic| {
                Err(MoveError::Unsound { cause: format!("looking again failed inside zmpace: {panic}") })
            });
            let _ = results.send(Happening::Looked(account, result));
        });
    }

    /// Tells a worker what to do.
    pub fn order(&self, account: AccountId, order: Order) {
        if let Some(worker) = self.workers.get(&account) {
            worker.orders.send_replace(order);
        }
    }

    /// Tells all.
    pub fn order_all(&self, order: Order) {
        for worker in self.workers.values() {
            worker.orders.send_replace(order);
        }
    }

    /// Lets everybody who is at work stand still; says whether that is news.
    pub fn hold(&mut self) -> bool {
        for (account, worker) in &self.workers {
            if *worker.orders.borrow() == Order::Go {
                worker.orders.send_replace(Order::Park);
                self.held.insert(*account);
            }
        }
        !std::mem::replace(&mut self.holding, true)
    }

    /// Lets those go on that [`Self::hold`] stopped.
    pub fn release(&mut self) {
        self.holding = false;
        for account in std::mem::take(&mut self.held) {
            self.order(account, Order::Go);
        }
    }

    /// Takes note that a worker ended.
    pub fn end(&mut self, account: AccountId) {
        if let Some(worker) = self.workers.remove(&account) {
            add(&mut self.past, &worker.counters);
        }
    }

    /// Tells a worker that its baseline is written down.
    pub fn keep(&self, account: AccountId) {
        if let Some(worker) = self.workers.get(&account) {
            worker.counters.keep();
        }
    }

    /// Counters that changed since the last call.
    pub fn progress(&mut self) -> Vec<Progress> {
        let mut changed = Vec::new();
        for (account, worker) in &mut self.workers {
            let counters = &worker.counters;
            let now = (
                counters.stored_items.load(Relaxed),
                counters.stored_bytes.load(Relaxed),
                counters.parked.load(Relaxed),
            );
            if now != worker.told {
                worker.told = now;
                changed.push(Progress { account: *account, items: now.0, bytes: now.1, parked: now.2 });
            }
        }
        changed
    }

    /// All that went through the workers' hands.
    pub fn flow(&self) -> Flow {
        let mut flow = self.past;
        for worker in self.workers.values() {
            add(&mut flow, &worker.counters);
        }
        flow
    }

    /// What a worker is at.
    pub fn seen(&self, account: AccountId) -> Option<Seen> {
        let Worker { counters, attempt, .. } = self.workers.get(&account)?;
        let stage = match counters.phase() {
            Phase::Preparing => Stage::Prepare,
            Phase::Moving => Stage::Export,
            Phase::Storing => Stage::Import,
            Phase::Verifying => Stage::Verify,
        };
        let (sent_items, sent_bytes) = (counters.sent_items.load(Relaxed), counters.sent_bytes.load(Relaxed));
        Some(Seen { stage, sent_items, sent_bytes, attempt: *attempt })
    }

    /// Whether nobody is at work.
    pub fn is_empty(&self) -> bool {
        self.workers.is_empty()
    }
}

fn add(flow: &mut Flow, counters: &Counters) {
    flow.read_items += counters.read_items.load(Relaxed);
    flow.sent_items += counters.sent_items.load(Relaxed);
    flow.sent_bytes += counters.sent_bytes.load(Relaxed);
    flow.stored_items += counters.stored_items.load(Relaxed);
    flow.stored_bytes += counters.stored_bytes.load(Relaxed);
}
