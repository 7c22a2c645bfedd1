//! The mover: export stream -> checker -> import stream, without a staging file, in bounded memory.
//!
//! Items leave whole or not at all; when the source fails, the upload still ends gracefully and the mailbox
//! counts as unfinished. A retry waits until the destination's counts stand still and sends with
//! `resolve=skip`, so nothing is lost and nothing doubled.

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Response, StatusCode};
use serde::{Deserialize, Serialize};
use tokio::{sync::watch, time::timeout};

use super::{
    Counters, Job, MoveError, Mover, Order, Phase,
    answer::{Answer, Verdict},
    archive::{
        checker::{Broken, Checker, Facts},
        item::Item,
        wire::{Unpacker, Wire},
    },
    directory::{self, FolderCount},
    session::{Server, Token, chain, refusal, refused_status},
    upload::{Patience, Upload},
    verify::{Evidence, LEFT_OUT, compare, lies_under},
};
use crate::control::{event::Receipt, sample::Side};

/// What may stand in a path as it is.
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@').remove(b'/');
/// The function name the import's page calls; any name switches its report on.
const CALLBACK: &str = "zmpace";
/// Bytes after which a link's speed is judged.
const JUDGED_BYTES: u64 = 8 << 20;

/// How one side's wire format is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Entries as they are: the least work for the servers.
    Tar,
    /// Compressed: the least bytes on the link.
    Tgz,
    /// `tar` until the link turns out to be slower than the server.
    Auto,
}

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
    const fn word(self) -> &'static str {
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
    source: Arc<Server>,
    destination: Arc<Server>,
    manner: Manner,
    source_link: Link,
    destination_link: Link,
}

/// One side's link, as the transfers see it.
#[derive(Debug, Default)]
pub struct Link {
    bytes: AtomicU64,
    waited_us: AtomicU64,
    streams: AtomicU32,
    slow: AtomicBool,
}

impl Link {
    fn note(&self, bytes: u64, waited: Duration) {
        self.bytes.fetch_add(bytes, Relaxed);
        self.waited_us.fetch_add(waited.as_micros() as u64, Relaxed);
    }

    /// Judges by what was waited for so far: a slow stream from an idle server means a slow link.
    fn judge(&self, server_busy: f64, slow_bytes_per_s: f64) {
        let (bytes, waited) = (self.bytes.load(Relaxed), self.waited_us.load(Relaxed));
        if bytes < JUDGED_BYTES || waited == 0 {
            return;
        }
        let rate = bytes as f64 / (waited as f64 / 1e6) * f64::from(self.streams.load(Relaxed).max(1));
        self.slow.store(rate < slow_bytes_per_s && server_busy < 0.5, Relaxed);
        self.bytes.store(0, Relaxed);
        self.waited_us.store(0, Relaxed);
    }
}

impl Relay {
    /// Between these two servers.
    pub fn new(source: Arc<Server>, destination: Arc<Server>, manner: Manner) -> Self {
        Self { source, destination, manner, source_link: Link::default(), destination_link: Link::default() }
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

    const fn link(&self, side: Side) -> &Link {
        match side {
            Side::Source => &self.source_link,
            _ => &self.destination_link,
        }
    }

    /// The format a transfer that starts now uses.
    pub fn wire(&self, side: Side) -> Wire {
        let chosen = match side {
            Side::Source => self.manner.source_format,
            _ => self.manner.destination_format,
        };
        match chosen {
            Format::Tgz => Wire::Tgz,
            Format::Auto if self.link(side).slow.load(Relaxed) => Wire::Tgz,
            Format::Tar | Format::Auto => Wire::Tar,
        }
    }

    async fn move_one(
        &self,
        job: Job,
        orders: watch::Receiver<Order>,
        counters: Arc<Counters>,
    ) -> Result<Receipt, MoveError> {
        let begun = Instant::now();
        self.prepare(&job, &counters).await?;
        let baseline = counters.baseline().unwrap_or(0);
        let mut trip = Trip {
            relay: self,
            job: &job,
            orders,
            counters: &counters,
            upload: None,
            parked: Duration::ZERO,
            contacts_there: BTreeMap::new(),
        };
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
        let destination = directory::folders(&self.destination, &job.target).await?;
        let (differences, notes) = compare(&Evidence {
            facts: &facts,
            source: &source,
            destination: &destination,
            baseline,
            trash_and_junk: self.manner.trash_and_junk,
            answer: &answer,
        });
        Ok(Receipt {
            items: facts.items,
            bytes: counters.sent_bytes.load(Relaxed),
            differences,
            notes,
            active_s: begun.elapsed().saturating_sub(parked).as_secs_f64(),
        })
    }

    /// Waits until the destination's mailbox stands still, and remembers what it held at first.
    async fn prepare(&self, job: &Job, counters: &Counters) -> Result<(), MoveError> {
        counters.enter(Phase::Preparing);
        let look = || async {
            match directory::folders(&self.destination, &job.target).await {
                Err(MoveError::Fault { code, .. }) if code == "account.NO_SUCH_ACCOUNT" => {
                    Err(MoveError::NoSuchAccount { side: Side::Destination, account: job.target.clone() })
                }
                other => other,
            }
        };
        let items =
            |counts: &BTreeMap<String, FolderCount>| counts.values().map(|count| count.items).sum::<u64>();
        let mut seen = look().await?;
        let first = items(&seen);
        if job.attempt > 1 {
            let begun = Instant::now();
            loop {
                tokio::time::sleep(self.manner.standstill).await;
                let now = look().await?;
                if now == seen {
                    break;
                }
                if begun.elapsed() > self.manner.runaway {
                    let account = job.target.clone();
                    return Err(MoveError::Runaway { account, before: first, after: items(&now) });
                }
                seen = now;
            }
        }
        counters.set_baseline(job.baseline.unwrap_or_else(|| items(&seen))).await;
        Ok(())
    }

    /// What the import's answer means for this mailbox.
    async fn judge(&self, answer: Answer, job: &Job) -> Result<Answer, MoveError> {
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
    async fn explain(&self, server: &Server, account: &str, refused: MoveError) -> MoveError {
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
    async fn after_401(&self, server: &Server) -> Result<Token, MoveError> {
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

/// Why an export is not read on.
enum Halt {
    Failed(MoveError),
    /// The destination has answered already.
    UploadEnded,
}

impl From<MoveError> for Halt {
    fn from(error: MoveError) -> Self {
        Self::Failed(error)
    }
}

impl From<Broken> for Halt {
    fn from(broken: Broken) -> Self {
        Self::Failed(match broken {
            Broken::Unsound(cause) => MoveError::Unsound { cause },
            Broken::Spill(error) => MoveError::Spill(error),
        })
    }
}

/// One mailbox on its way.
struct Trip<'a> {
    relay: &'a Relay,
    job: &'a Job,
    orders: watch::Receiver<Order>,
    counters: &'a Arc<Counters>,
    upload: Option<Upload>,
    parked: Duration,
    /// Contacts the destination holds from an attempt of ours before, by folder and fields: it recognises
    /// none that has no e-mail address, so it would store those again.
    contacts_there: BTreeMap<(String, String), u64>,
}

impl Trip<'_> {
    /// The mailbox, then Trash and Junk where the first export stated items it did not hold.
    async fn export_all(&mut self) -> Result<Facts, Halt> {
        if self.job.attempt > 1 {
            self.look_at_contacts().await?;
        }
        self.counters.enter(Phase::Moving);
        let mut facts = self.export("").await?;
        if self.relay.manner.trash_and_junk {
            for root in LEFT_OUT {
                if facts.stated.keys().any(|folder| lies_under(folder, root) && facts.missing(folder) > 0) {
                    let more = self.export(root).await?;
                    facts.merge(more);
                }
            }
        }
        Ok(facts)
    }

    /// Notes which contacts the destination has already.
    async fn look_at_contacts(&mut self) -> Result<(), Halt> {
        let (side, what) = (Side::Destination, "the export of its contacts");
        let query = "fmt=tar&types=contact&query=is:anywhere";
        let Some(mut response) = self.open_export(side, "", query).await? else { return Ok(()) };
        let mut checker = Checker::new(self.relay.manner.spill_bytes);
        let mut ready = Vec::new();
        let mut patience = self.relay.manner.first_byte;
        loop {
            let chunk = timeout(patience, response.chunk())
                .await
                .map_err(|_| MoveError::Stalled { side, what, after: patience })?
                .map_err(|error| MoveError::Cut { side, what, cause: chain(&error.without_url()) })?;
            let Some(chunk) = chunk else { break };
            patience = self.relay.manner.stall;
            checker.feed(&chunk, &mut ready).map_err(|broken| match broken {
                Broken::Unsound(cause) => MoveError::Garbled { side, request: what.to_owned(), cause },
                Broken::Spill(error) => MoveError::Spill(error),
            })?;
            for item in ready.drain(..) {
                if let Some(fields) = item.fields {
                    *self.contacts_there.entry((item.folder, fields)).or_default() += 1;
                }
            }
        }
        if checker.finish().ended {
            return Ok(());
        }
        let cause = "it ends before the end of the archive".to_owned();
        Err(MoveError::Garbled { side, request: what.to_owned(), cause }.into())
    }

    async fn export(&mut self, folder: &str) -> Result<Facts, Halt> {
        let wire = self.relay.wire(Side::Source);
        let query = format!("fmt={}", wire.word());
        let Some(mut response) = self.open_export(Side::Source, folder, &query).await? else {
            return Ok(Facts { ended: true, ..Facts::default() });
        };
        let link = &self.relay.source_link;
        link.streams.fetch_add(1, Relaxed);
        let read = self.read_export(&mut response, wire).await;
        link.streams.fetch_sub(1, Relaxed);
        read
    }

    async fn read_export(&mut self, response: &mut Response, wire: Wire) -> Result<Facts, Halt> {
        let manner = &self.relay.manner;
        let mut unpacker = Unpacker::new(wire);
        let mut checker = Checker::new(manner.spill_bytes);
        let mut ready = Vec::new();
        let mut patience = manner.first_byte;
        loop {
            self.obey().await?;
            let asked = Instant::now();
            let chunk = tokio::select! {
                chunk = timeout(patience, response.chunk()) => chunk,
                _ = self.orders.changed() => continue,
            };
            let cut = |cause: String| MoveError::Cut { side: Side::Source, what: "the export", cause };
            let chunk = chunk
                .map_err(|_| MoveError::Stalled { side: Side::Source, what: "the export", after: patience })?
                .map_err(|error| cut(chain(&error.without_url())))?;
            let Some(chunk) = chunk else { break };
            self.relay.source_link.note(chunk.len() as u64, asked.elapsed());
            patience = manner.stall;
            let read = unpacker.feed::<Broken>(&chunk, |bytes| checker.feed(bytes, &mut ready));
            self.forward(&mut ready).await?;
            read?;
        }
        let read = unpacker.finish::<Broken>(|bytes| checker.feed(bytes, &mut ready));
        self.forward(&mut ready).await?;
        read?;
        let facts = checker.finish();
        if !facts.ended {
            return Err(
                MoveError::Unsound { cause: "it ends before the end of the archive".to_owned() }.into()
            );
        }
        Ok(facts)
    }

    /// The answer to an export once its head is here, or `None` when there is nothing to export.
    async fn open_export(&mut self, side: Side, folder: &str, query: &str) -> Result<Option<Response>, Halt> {
        let what = "the export";
        let relay = self.relay;
        let (server, account) = match side {
            Side::Destination => (&relay.destination, self.job.target.as_str()),
            _ => (&relay.source, self.job.source.as_str()),
        };
        let path = format!(
            "/service/home/{}{}?{query}",
            utf8_percent_encode(account, PATH),
            utf8_percent_encode(folder, PATH)
        );
        let mut token = server.token().await?;
        for last in [false, true] {
            let sent = loop {
                self.obey().await?;
                tokio::select! {
                    sent = timeout(relay.manner.first_byte, server.get(&path, &token).send()) => break sent,
                    _ = self.orders.changed() => {}
                }
            };
            let after = relay.manner.first_byte;
            let response = sent
                .map_err(|_| MoveError::Stalled { side, what, after })?
                .map_err(|error| server.unreachable(&error.without_url()))?;
            match response.status() {
                StatusCode::OK => return Ok(Some(response)),
                StatusCode::NO_CONTENT => return Ok(None),
                StatusCode::UNAUTHORIZED if !last => token = relay.after_401(server).await?,
                _ => {
                    let refused = refusal(side, what, response).await;
                    return Err(relay.explain(server, account, refused).await.into());
                }
            }
        }
        Err(MoveError::TokenRefused { side }.into())
    }

    /// Sends what is whole. The import is opened with the first item, so that its first byte follows at once.
    async fn forward(&mut self, ready: &mut Vec<Item>) -> Result<(), Halt> {
        for item in ready.drain(..) {
            self.counters.read_items.fetch_add(u64::from(item.counts()), Relaxed);
            if self.is_there_already(&item) {
                continue;
            }
            if self.upload.is_none() {
                self.upload = Some(self.open_import().await?);
            }
            let Some(upload) = &self.upload else { continue };
            let (asked, bytes) = (Instant::now(), item.payload.len());
            if !upload.item(item).await {
                return Err(Halt::UploadEnded);
            }
            self.relay.destination_link.note(bytes, asked.elapsed());
        }
        Ok(())
    }

    fn is_there_already(&mut self, item: &Item) -> bool {
        let Some(fields) = item.fields.as_ref().filter(|_| !self.contacts_there.is_empty()) else {
            return false;
        };
        match self.contacts_there.get_mut(&(item.folder.clone(), fields.clone())) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        }
    }

    async fn open_import(&self) -> Result<Upload, Halt> {
        let (relay, account) = (self.relay, self.job.target.as_str());
        let wire = relay.wire(Side::Destination);
        let resolve = if self.job.attempt > 1 { Resolve::Skip } else { relay.manner.resolve };
        let path = format!(
            "/service/home/{}?fmt={}&resolve={}&callback={CALLBACK}{}",
            utf8_percent_encode(account, PATH),
            wire.word(),
            resolve.word(),
            if relay.manner.acl { "" } else { "&acl=0" }
        );
        let patience = Patience { connect: relay.manner.connect, stall: relay.manner.stall };
        let mut token = relay.destination.token().await?;
        for last in [false, true] {
            let counters = Arc::clone(self.counters);
            let answer =
                match Upload::open(&relay.destination, &path, wire, &token, patience, counters).await? {
                    Ok(upload) => return Ok(upload),
                    Err(answer) => answer,
                };
            if answer.status == 401 && !last {
                token = relay.after_401(&relay.destination).await?;
                continue;
            }
            relay.judge(answer, self.job).await?;
            return Err(MoveError::Garbled {
                side: Side::Destination,
                request: "the import".to_owned(),
                cause: "it was answered before anything was sent".to_owned(),
            }
            .into());
        }
        Err(MoveError::TokenRefused { side: Side::Destination }.into())
    }

    /// Does as told: goes on, stands still at a safe spot, or ends.
    async fn obey(&mut self) -> Result<(), Halt> {
        let order = *self.orders.borrow_and_update();
        match order {
            Order::Go => return Ok(()),
            Order::Stop => return Err(MoveError::Stopped.into()),
            Order::Park => {}
        }
        if let Some(upload) = &self.upload
            && !upload.fill().await
        {
            return Err(Halt::UploadEnded);
        }
        let begun = Instant::now();
        self.counters.parked.store(true, Relaxed);
        let told = self.orders.wait_for(|order| *order != Order::Park).await.map(|order| *order);
        self.counters.parked.store(false, Relaxed);
        self.parked += begun.elapsed();
        match told {
            Ok(Order::Go) => Ok(()),
            _ => Err(MoveError::Stopped.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_link_is_told_from_a_slow_server() {
        let judged = |bytes: u64, seconds: u64, busy: f64| {
            let link = Link::default();
            link.streams.store(1, Relaxed);
            link.note(bytes, Duration::from_secs(seconds));
            link.judge(busy, 10e6);
            link.slow.load(Relaxed)
        };
        assert!(judged(20_000_000, 10, 0.1), "2 MB/s from an idle server");
        assert!(!judged(20_000_000, 10, 0.9), "2 MB/s from a busy one");
        assert!(!judged(200_000_000, 10, 0.1), "20 MB/s");
        assert!(!judged(1_000_000, 10, 0.1), "too little to judge by");
    }
}
