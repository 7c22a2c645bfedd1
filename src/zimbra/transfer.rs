//! The mover: export stream -> checker -> import stream, without a staging file, in bounded memory.
//!
//! Items leave whole or not at all; when the source fails, the upload still ends gracefully and the mailbox
//! counts as unfinished. A retry waits until the destination's counts stand still and sends with
//! `resolve=skip`, so nothing is lost and nothing doubled.

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

pub use super::link::Format;
use super::{
    Counters, Job, MoveError, Mover, Order, Phase,
    alone::Ends,
    answer::{Answer, Verdict},
    archive::wire::Wire,
    contents::Ledger,
    directory::{self, FolderCount},
    link::Link,
    refusal::refused_status,
    second,
    session::Server,
    token::Token,
    trip::{Halt, Trip},
    verify::{Evidence, compare},
};
use crate::control::{event::Receipt, sample::Side};

/// How items that the destination has already are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resolve {
    /// Left alone.
    Skip,
    /// Flags and tags are brought up to date.
    Modify,
    /// Deleted and added again.
    Replace,
}

impl Resolve {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Modify => "modify",
            Self::Replace => "replace",
        }
    }
}

/// How mailboxes are carried.
#[derive(Clone, Debug)]
pub struct Manner {
    /// Format of the export.
    pub source_format: Format,
    /// Format of the import.
    pub destination_format: Format,
    /// For the first attempt; retries always skip.
    pub resolve: Resolve,
    /// Whether folder grants are carried; they name accounts by the source's ids.
    pub acl: bool,
    /// Whether the contents of Trash and Junk are fetched too, by two more exports.
    pub trash_and_junk: bool,
    /// Longest silence before an export's first byte.
    pub first_byte: Duration,
    /// Longest silence later, on either side.
    pub stall: Duration,
    /// Longest wait for a connection.
    pub connect: Duration,
    /// Counts must be equal over this long before a retry sends anything.
    pub standstill: Duration,
    /// A destination that has not come to a standstill by then grows by itself.
    pub runaway: Duration,
    /// Items larger than this go through a temporary file.
    pub spill_bytes: usize,
    /// Under `auto`, a link slower than this is worth compressing for.
    pub slow_link_bytes_per_s: f64,
}

/// Moves mailboxes between two Zimbra servers.
pub struct Relay {
    pub(super) source: Arc<Server>,
    pub(super) destination: Arc<Server>,
    pub(super) manner: Manner,
    pub(super) source_link: Link,
    pub(super) destination_link: Link,
    pub(super) ends: Ends,
}

impl Relay {
    /// Between these two servers.
    pub fn new(source: Arc<Server>, destination: Arc<Server>, manner: Manner) -> Self {
        Self {
            source,
            destination,
            manner,
            source_link: Link::default(),
            destination_link: Link::default(),
            ends: Ends::Both,
        }
    }

    /// The same with one end only.
    #[must_use]
    pub fn with_ends(self, ends: Ends) -> Self {
        Self { ends, ..self }
    }

    /// Tells how busy a server's processors are (0 to 1), which `auto` needs to tell a slow link from a
    /// slow server.
    pub fn note_load(&self, side: Side, busy: f64) {
        match side {
            Side::Source => self.source_link.judge(busy, self.manner.slow_link_bytes_per_s),
            Side::Destination => self.destination_link.judge(busy, self.manner.slow_link_bytes_per_s),
            Side::Host => {}
        }
    }

    /// The format a transfer that starts now uses.
    pub fn wire(&self, side: Side) -> Wire {
        match side {
            Side::Source => self.source_link.wire(self.manner.source_format),
            _ => self.destination_link.wire(self.manner.destination_format),
        }
    }

    async fn move_one(
        &self,
        job: Job,
        orders: watch::Receiver<Order>,
        counters: Arc<Counters>,
    ) -> Result<Receipt, MoveError> {
        self.source_link.begin();
        self.destination_link.begin();
        let moved = self.move_and_prove(job, orders, counters).await;
        self.source_link.end();
        self.destination_link.end();
        moved
    }

    async fn move_and_prove(
        &self,
        job: Job,
        orders: watch::Receiver<Order>,
        counters: Arc<Counters>,
    ) -> Result<Receipt, MoveError> {
        if self.ends != Ends::Both {
            return self.carry_alone(&job, orders, &counters).await;
        }
        let begun = Instant::now();
        let held = self.prepare(&job, &counters).await?;
        let baseline = counters.baseline().unwrap_or(0);
        let mut trip = Trip::new(self, &job, orders, &counters);
        trip.ledger = (held > baseline).then(Ledger::default);
        let facts = trip.export_all().await;
        counters.enter(Phase::Storing);
        let parked = trip.parked;
        let answer = match trip.upload.take() {
            Some(upload) => Some(upload.finish().await),
            None => None,
        };
        if let Err(Halt::Failed(error)) = facts {
            return Err(error);
        }
        let answer = match answer {
            Some(answer) => self.judge(answer?, &job).await?,
            None => Answer::default(),
        };
        let Ok(facts) = facts else {
            let cause = "it was answered before the archive's end".to_owned();
            return Err(MoveError::Cut { side: Side::Destination, what: "the import", cause });
        };
        counters.enter(Phase::Verifying);
        let source = directory::folders(&self.source, &job.source).await?;
        // An import broken off earlier may go on unseen for a moment; what it adds must show in the counts.
        let destination = match job.attempt {
            1 => self.look(&job).await?,
            _ => self.at_rest(&job).await?,
        };
        let (mut differences, mut notes) = compare(&Evidence {
            facts: &facts,
            source: &source,
            destination: &destination,
            baseline,
            trash_and_junk: self.manner.trash_and_junk,
            answer: &answer,
        });
        if differences == 0
            && let Some(mut ledger) = trip.ledger.take()
        {
            // An attempt before left something. An upload that breaks inside a message can leave one with a foreign
            // tail, as long as the true one, and it takes its place in every count: only reading tells.
            trip.read_side(Side::Destination, &mut ledger).await?;
            let (found, which) = ledger.differences(baseline);
            differences = found;
            notes.extend(which);
        }
        Ok(Receipt {
            items: facts.items,
            bytes: counters.sent_bytes.load(Relaxed),
            differences,
            notes,
            active_s: begun.elapsed().saturating_sub(parked).as_secs_f64(),
            source_items: items_of(&source),
            destination_items: items_of(&destination),
            held: (job.attempt > 1).then(|| second::held(&source, &destination)),
        })
    }

    /// Waits until the destination's mailbox stands still, and remembers what it held at first. Items it holds now.
    pub(super) async fn prepare(&self, job: &Job, counters: &Counters) -> Result<u64, MoveError> {
        counters.enter(Phase::Preparing);
        let seen = match job.attempt {
            1 => self.look(job).await?,
            _ => self.at_rest(job).await?,
        };
        let held = items_of(&seen);
        counters.set_baseline(job.baseline.unwrap_or(held)).await;
        Ok(held)
    }

    /// What the destination's mailbox holds.
    async fn look(&self, job: &Job) -> Result<BTreeMap<String, FolderCount>, MoveError> {
        match directory::folders(&self.destination, &job.target).await {
            Err(MoveError::Fault { code, .. }) if code == "account.NO_SUCH_ACCOUNT" => {
                Err(MoveError::NoSuchAccount { side: Side::Destination, account: job.target.clone() })
            }
            other => other,
        }
    }

    /// The same once two looks, a standstill apart, have seen the same.
    async fn at_rest(&self, job: &Job) -> Result<BTreeMap<String, FolderCount>, MoveError> {
        let mut seen = self.look(job).await?;
        let (begun, first) = (Instant::now(), items_of(&seen));
        loop {
            tokio::time::sleep(self.manner.standstill).await;
            let now = self.look(job).await?;
            if now == seen {
                return Ok(now);
            }
            if begun.elapsed() > self.manner.runaway {
                let account = job.target.clone();
                return Err(MoveError::Runaway { account, before: first, after: items_of(&now) });
            }
            seen = now;
        }
    }

    /// What the import's answer means for this mailbox.
    pub(super) async fn judge(&self, answer: Answer, job: &Job) -> Result<Answer, MoveError> {
        let (side, account) = (Side::Destination, job.target.clone());
        if answer.status != 200 {
            let refused = refused_status(side, "the import", answer.status, answer.retry_after, &answer.page);
            return Err(self.explain(&self.destination, &account, refused).await);
        }
        let quota = answer.first.iter().any(|fault| fault.code.ends_with("QUOTA_EXCEEDED"));
        match answer.verdict {
            _ if quota => Err(MoveError::Quota { account, rejected: answer.faults }),
            Some(Verdict::Success | Verdict::Warn) => Ok(answer),
            Some(Verdict::Fail) => {
                let fault = answer.first.first().cloned();
                let (code, reason) = fault.map(|fault| (fault.code, fault.reason)).unwrap_or_default();
                Err(MoveError::ImportRefused { code, reason })
            }
            None => {
                let cause = "it does not say what became of the items".to_owned();
                Err(MoveError::Garbled { side, request: "the import".to_owned(), cause })
            }
        }
    }

    /// A 401 or 404 hides missing accounts and maintenance by design; SOAP tells them apart.
    pub(super) async fn explain(&self, server: &Server, account: &str, refused: MoveError) -> MoveError {
        let MoveError::Refused { side, status: status @ (401 | 404), .. } = refused else { return refused };
        let shut = |cause| MoveError::AccountShut { side, account: account.to_owned(), cause };
        match directory::account(server, account).await {
            Ok(None) => MoveError::NoSuchAccount { side, account: account.to_owned() },
            Ok(Some(listed)) if listed.status != "active" => shut(format!("its status is {}", listed.status)),
            // A mailbox alone can be in maintenance too, while it is backed up or moved; that passes.
            Ok(Some(_)) => {
                shut(format!("HTTP {status} though the account is active: mailbox in maintenance?"))
            }
            Err(error) => error,
        }
    }

    /// After a 401: a fresh token when the old one has run out, else the same one, to be tried once more: a
    /// server whose directory is away for a moment forgets good tokens too.
    pub(super) async fn after_401(&self, server: &Server) -> Result<Token, MoveError> {
        directory::no_op(server).await?; // renews on AUTH_EXPIRED
        server.token().await
    }
}

impl Mover for Relay {
    fn carry<'a>(
        &'a self,
        job: Job,
        orders: watch::Receiver<Order>,
        counters: Arc<Counters>,
    ) -> Pin<Box<dyn Future<Output = Result<Receipt, MoveError>> + Send + 'a>> {
        Box::pin(self.move_one(job, orders, counters))
    }
}

/// Items of a whole mailbox.
pub(super) fn items_of(folders: &BTreeMap<String, FolderCount>) -> u64 {
    folders.values().map(|count| count.items).sum()
}
