//! The two mail servers.
//!
//! - [`tls`] whom we trust: public authorities, a CA file, or pinned fingerprints.
//! - [`soap`] envelopes, faults and answers as a small tree.
//! - [`session`] one server: sign-in, lifetime, single-flight renewal.
//! - [`patience`] what passes by itself is asked for again, a few times.
//! - [`survey`] what a server says of itself: clock, version, caps.
//! - [`directory`] accounts, sizes, folders.
//! - [`plan`] which mailboxes can be moved.
//! - [`archive`] the stream a mailbox travels in, and its checker.
//! - [`answer`] what the import says of the items it got.
//! - [`upload`] the import request: one connection, read while writing.
//! - [`verify`] both sides' folder counts, compared.
//! - [`second`] the look at a mailbox verified after an attempt that broke.
//! - [`contents`] every item of both sides, compared by digest.
//! - [`alone`] one end alone, for benchmarks.
//! - [`link`] the wire format of each side.
//! - [`transfer`] export stream -> checker -> import stream: the mover itself.
//! - [`command`] any outside program as the mover.
//! - [`error`] what can go wrong, on which side, and what to do next.

pub mod alone;
pub mod answer;
pub mod archive;
pub mod command;
pub mod contents;
pub mod directory;
pub mod error;
pub mod link;
pub mod patience;
pub mod plan;
pub mod refusal;
pub mod second;
pub mod session;
pub mod soap;
pub mod survey;
pub mod tls;
pub mod token;
pub mod transfer;
mod trip;
pub mod upload;
pub mod verify;

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
    },
};

pub use error::MoveError;
use tokio::sync::watch;

use crate::control::event::Receipt;

/// One mailbox to carry.
#[derive(Clone, Debug)]
pub struct Job {
    /// Address on the source.
    pub source: String,
    /// Address on the destination.
    pub target: String,
    /// 1 for the first attempt ever.
    pub attempt: u32,
    /// Items the destination held before our first import into it, once known.
    pub baseline: Option<u64>,
}

/// What a worker has been told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Go on.
    Go,
    /// Stand still at the next parking point.
    Park,
    /// End at the next parking point; the mailbox stays unfinished.
    Stop,
}

/// Where a worker is with its mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Phase {
    /// Asking both servers about the account.
    Preparing = 0,
    /// Bytes are moving.
    Moving = 1,
    /// All is sent; the destination has not answered yet.
    Storing = 2,
    /// Counts are being compared.
    Verifying = 3,
}

/// A worker's counters, written by it and read by the loop.
#[derive(Debug, Default)]
pub struct Counters {
    /// Items read whole from the source.
    pub read_items: AtomicU64,
    /// Items handed to the destination's socket.
    pub sent_items: AtomicU64,
    /// Bytes of those.
    pub sent_bytes: AtomicU64,
    /// Items the destination has taken off the wire.
    pub stored_items: AtomicU64,
    /// Bytes of those.
    pub stored_bytes: AtomicU64,
    /// Whether the worker stands at a parking point.
    pub parked: AtomicBool,
    phase: AtomicU8,
    /// Items on the destination before our first import, once known.
    baseline: watch::Sender<Option<u64>>,
    /// Whether somebody has yet to write the baseline down.
    unkept: watch::Sender<bool>,
}

impl Counters {
    /// Counters whose worker waits, before it imports anything, until its baseline is written down.
    pub fn kept_by_somebody() -> Self {
        let counters = Self::default();
        counters.unkept.send_replace(true);
        counters
    }

    /// Where the worker is.
    pub fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Relaxed) {
            0 => Phase::Preparing,
            1 => Phase::Moving,
            2 => Phase::Storing,
            _ => Phase::Verifying,
        }
    }

    /// Says where the worker is.
    pub fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// Items on the destination before our first import, as soon as it is known.
    pub async fn baseline_found(&self) -> Option<u64> {
        self.baseline.subscribe().wait_for(Option::is_some).await.ok().and_then(|found| *found)
    }

    /// The same if it is known by now.
    pub fn baseline(&self) -> Option<u64> {
        *self.baseline.borrow()
    }

    /// Notes what the destination held before our first import, and waits until that is written down: after
    /// a kill it is the only way to tell our mail from what was there.
    pub async fn set_baseline(&self, items: u64) {
        self.baseline.send_replace(Some(items));
        let _ = self.unkept.subscribe().wait_for(|unkept| !unkept).await;
    }

    /// Says that the baseline is written down.
    pub fn keep(&self) {
        self.unkept.send_replace(false);
    }
}

/// Carries mailboxes; the second implementor is any outside program.
pub trait Mover: Send + Sync {
    /// Moves one mailbox and proves it. `orders` is read at every parking point.
    fn carry<'a>(
        &'a self,
        job: Job,
        orders: watch::Receiver<Order>,
        counters: Arc<Counters>,
    ) -> Pin<Box<dyn Future<Output = Result<Receipt, MoveError>> + Send + 'a>>;
}
