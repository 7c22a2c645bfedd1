//! One mailbox on its way: reads the export, forwards what is whole, obeys its orders between two chunks.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Response, StatusCode};
use tokio::{sync::watch, time::timeout};

use super::{
    Counters, Job, MoveError, Order, Phase,
    alone::Ends,
    archive::{
        checker::{Broken, Checker, Facts},
        item::Item,
        wire::{Unpacker, Wire},
    },
    contents::Ledger,
    refusal::{chain, refusal},
    transfer::{Relay, Resolve},
    upload::{Patience, Upload},
    verify::{LEFT_OUT, lies_under},
};
use crate::control::sample::Side;

/// What may stand in an account's name in a path as it is.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');
/// The same for a folder's path.
const PATH: &AsciiSet = &NAME.remove(b'/');
/// The function name the import's page calls; any name switches its report on.
const CALLBACK: &str = "zmpace";

/// Why an export is not read on.
pub(super) enum Halt {
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
pub(super) struct Trip<'a> {
    pub(super) relay: &'a Relay,
    pub(super) job: &'a Job,
    pub(super) orders: watch::Receiver<Order>,
    pub(super) counters: &'a Arc<Counters>,
    pub(super) upload: Option<Upload>,
    pub(super) parked: Duration,
    /// Contacts the destination holds from an attempt of ours before, by folder and fields: it recognises
    /// none that has no e-mail address, so it would store those again.
    pub(super) contacts_there: BTreeMap<(String, String), u64>,
    /// What the source gives out, where it is to be compared with all the destination holds.
    pub(super) ledger: Option<Ledger>,
}

impl<'a> Trip<'a> {
    pub(super) fn new(
        relay: &'a Relay,
        job: &'a Job,
        orders: watch::Receiver<Order>,
        counters: &'a Arc<Counters>,
    ) -> Self {
        Self {
            relay,
            job,
            orders,
            counters,
            upload: None,
            parked: Duration::ZERO,
            contacts_there: BTreeMap::new(),
            ledger: None,
        }
    }
}

impl Trip<'_> {
    /// The mailbox, then Trash and Junk where the first export stated items it did not hold.
    pub(super) async fn export_all(&mut self) -> Result<Facts, Halt> {
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
        let query = "fmt=tar&types=contact&query=is:anywhere";
        let mut there = BTreeMap::new();
        self.read_archive(Side::Destination, "", query, "the export of its contacts", &mut |item: Item| {
            if let Some(fields) = item.fields {
                *there.entry((item.folder, fields)).or_default() += 1;
            }
        })
        .await?;
        self.contacts_there = there;
        Ok(())
    }

    /// Reads an uncompressed archive for its items alone; an answer without a body holds none.
    pub(super) async fn read_archive(
        &mut self,
        side: Side,
        folder: &str,
        query: &str,
        what: &'static str,
        each: &mut (dyn FnMut(Item) + Send),
    ) -> Result<Facts, Halt> {
        let nothing = || Facts { ended: true, ..Facts::default() };
        let Some(mut response) = self.open_export(side, folder, query).await? else { return Ok(nothing()) };
        let mut checker = Checker::new(self.relay.manner.spill_bytes);
        let mut ready = Vec::new();
        let mut patience = self.relay.manner.first_byte;
        loop {
            self.obey().await?;
            let chunk = tokio::select! {
                chunk = timeout(patience, response.chunk()) => chunk,
                _ = self.orders.changed() => continue,
            };
            let chunk = chunk
                .map_err(|_| MoveError::Stalled { side, what, after: patience })?
                .map_err(|error| MoveError::Cut { side, what, cause: chain(&error.without_url()) })?;
            let Some(chunk) = chunk else { break };
            patience = self.relay.manner.stall;
            checker.feed(&chunk, &mut ready).map_err(|broken| match broken {
                Broken::Unsound(cause) => MoveError::Garbled { side, request: what.to_owned(), cause },
                Broken::Spill(error) => MoveError::Spill(error),
            })?;
            ready.drain(..).for_each(&mut *each);
        }
        let facts = checker.finish();
        if facts.ended {
            return Ok(facts);
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
        self.read_export(&mut response, wire).await
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
            utf8_percent_encode(account, NAME),
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
            if let Some(ledger) = &mut self.ledger {
                ledger.take(Side::Source, &item);
            }
            if self.relay.ends == Ends::Source {
                self.counters.stored_items.fetch_add(u64::from(item.counts()), Relaxed);
                self.counters.stored_bytes.fetch_add(item.payload.len(), Relaxed);
                continue;
            }
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

    pub(super) async fn open_import(&self) -> Result<Upload, Halt> {
        let (relay, account) = (self.relay, self.job.target.as_str());
        let wire = relay.wire(Side::Destination);
        let resolve = if self.job.attempt > 1 { Resolve::Skip } else { relay.manner.resolve };
        let path = format!(
            "/service/home/{}?fmt={}&resolve={}&callback={CALLBACK}{}",
            utf8_percent_encode(account, NAME),
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
    pub(super) async fn obey(&mut self) -> Result<(), Halt> {
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
