//! The import's loop: entry after entry, each item on its own, with the real one's habits and silences.

use super::{
    Admitted,
    import::Settings,
    meta::Described,
    page::ImportFault,
    store::{Outcome, Received, Resolve, Shelf},
    tape::{Entry, Tape, TapeError},
};
use crate::{
    lab::{
        fault::FaultKind,
        http::Connection,
        machine::{Machine, Stream, Wire},
        mailbox::{Digesting, Kept},
        server::World,
        vault::{Place, Vault},
    },
    zimbra::archive::format::{self, ItemKind},
};
use std::sync::Arc;

/// A description may be this long; the longest real ones hold a whole calendar series.
const META_LIMIT: usize = 16 << 20;
/// Faults kept for the answer; more are only counted.
const FAULTS_KEPT: usize = 20_000;
/// Bytes of body between two accounts of what they cost.
const ACCOUNT_EVERY: u64 = 64 * 1024;

/// How an import ended.
pub(super) enum End {
    /// The answer is due.
    Answer,
    /// Full: the rest stays unread.
    Full,
    /// Nothing could be begun.
    Refused(ImportFault),
    /// The connection is to be reset.
    Reset,
}

/// From so many turns on a broken upload counts as a runaway.
pub(super) const RUNAWAY_TURNS: u32 = 50;

/// A description waiting for its body.
struct Pending {
    path: String,
    text: String,
    described: Described,
}

/// One import while it runs.
pub(super) struct Import<'a> {
    tape: Tape<'a>,
    machine: Arc<Machine>,
    stream: Stream,
    shelf: Shelf<'a>,
    settings: Settings,
    trouble: Vec<FaultKind>,
    pub(super) faults: Vec<ImportFault>,
    pending: Option<Pending>,
    meta_seen: bool,
    /// Items seen, and items and bytes stored.
    seen: u64,
    pub(super) stored: (u64, u64),
    /// Items stored since the upload broke.
    pub(super) served_again: u64,
    /// Turns of the loop since the upload broke.
    pub(super) turns: u32,
    hazard: (u32, f64),
    vault: Option<&'a Vault>,
    throttle: Option<f64>,
    pace_s: f64,
    format: &'static str,
}

impl<'a> Import<'a> {
    pub(super) fn new(
        world: &'a World,
        connection: &'a mut Connection,
        admitted: &'a Admitted,
        settings: Settings,
        archive: &str,
        stream: Stream,
    ) -> Self {
        let knobs = world.knobs();
        let base = match &settings.subfolder {
            Some(name) if admitted.folder == "/" => format!("/{name}"),
            Some(name) => format!("{}/{name}", admitted.folder),
            None => admitted.folder.clone(),
        };
        Self {
            tape: Tape::new(connection, archive == "tgz"),
            machine: Arc::clone(&world.machine),
            stream,
            shelf: Shelf::new(&admitted.mailbox, settings.resolve, admitted.quota, base),
            settings,
            trouble: admitted.faults.clone(),
            faults: Vec::new(),
            pending: None,
            meta_seen: false,
            seen: 0,
            stored: (0, 0),
            served_again: 0,
            turns: 0,
            hazard: (knobs.hazard_limit, knobs.hazard_per_s),
            vault: knobs.keep_bodies.then_some(&world.vault),
            throttle: knobs.import_stream_mb_per_s,
            pace_s: 0.0,
            format: if archive == "tgz" { "ZLIB input stream" } else { "archive" },
        }
    }

    pub(super) async fn run(&mut self) -> End {
        if self.settings.resolve == Resolve::Reset {
            // Before a byte of the archive is read: a bad upload leaves an emptied mailbox.
            self.shelf.wipe(self.settings.kinds.as_deref());
        }
        loop {
            if self.tape.broken {
                self.turns += 1;
                if self.turns > self.hazard.0 {
                    return End::Answer;
                }
                if self.turns > RUNAWAY_TURNS {
                    self.machine.rest(1.0 / self.hazard.1).await;
                }
            }
            let turn = match self.tape.entry().await {
                Ok(Some(entry)) => self.take(entry).await,
                Ok(None) if !self.tape.began && self.tape.read == 0 => {
                    return End::Refused(ImportFault::invalid_format());
                }
                Ok(None) => break,
                Err(error) => Err(error),
            };
            match turn {
                Ok(None) => {}
                Ok(Some(end)) => return end,
                Err(TapeError::Idle | TapeError::NotTar | TapeError::NotGzip) if !self.tape.began => {
                    return End::Refused(ImportFault::invalid_format());
                }
                // The flaw's other half: the loop takes note and goes on as if nothing were wrong.
                Err(TapeError::Early | TapeError::Idle) => self.early(),
                Err(TapeError::NotTar | TapeError::NotGzip) => {
                    if !self.tape.broken {
                        self.refuse(ImportFault::unknown("invalid entry header"));
                    }
                    break;
                }
            }
        }
        self.close_pending();
        if !self.tape.broken {
            self.tape.drain().await;
        }
        End::Answer
    }

    fn early(&mut self) {
        self.pending = None;
        let text = format!("Unexpected end of {}", self.format);
        self.refuse(ImportFault::unknown(&text));
    }

    fn refuse(&mut self, fault: ImportFault) {
        if self.faults.len() < FAULTS_KEPT {
            self.faults.push(fault);
        }
    }

    /// A description that no body followed.
    fn close_pending(&mut self) {
        if let Some(pending) = self.pending.take() {
            self.refuse(
                ImportFault::sender("formatter.MISSING_BLOB", "missing blob for the item")
                    .at_path(&pending.path),
            );
        }
    }

    async fn take(&mut self, entry: Entry) -> Result<Option<End>, TapeError> {
        if entry.is_directory || entry.name.starts_with(format::FILLER_PREFIX) {
            return Ok(None);
        }
        if let Some(path) = entry.name.strip_suffix(format::META_SUFFIX) {
            self.close_pending();
            return self.description(path).await;
        }
        if let Some(path) = entry.name.strip_suffix(format::ERROR_SUFFIX) {
            self.refuse(
                ImportFault::sender("formatter.MISMATCHED_SIZE", "mismatched size of the item").at_path(path),
            );
            return Ok(None);
        }
        match self.pending.take() {
            Some(pending) if pending.path == entry.name => self.body(pending, entry.size).await,
            pending => {
                self.pending = pending;
                self.close_pending();
                self.undescribed(entry).await
            }
        }
    }

    async fn description(&mut self, path: &str) -> Result<Option<End>, TapeError> {
        let text = self.tape.whole(META_LIMIT).await?;
        self.meta_seen = true;
        let text = String::from_utf8_lossy(&text).into_owned();
        let Some(described) = Described::parse(&text) else {
            self.refuse(ImportFault::unknown("cannot read the item's description").at_path(path));
            return Ok(None);
        };
        if !self.settings.wants(&described) || described.kind == ItemKind::Conversation {
            return Ok(None);
        }
        if described.kind.is_skeleton() {
            if let Outcome::Refused(fault) = self.shelf.skeleton(&described) {
                self.refuse(fault);
            }
            return Ok(None);
        }
        if described.kind == ItemKind::Contact {
            self.machine.carry(&mut self.stream, text.len() as u64, Wire::In).await;
            let received =
                Received { content: String::new(), size: 0, kept: self.keep(&text, Place::default()) };
            return Ok(self.commit(&described, received).await);
        }
        self.pending = Some(Pending { path: path.into(), text, described });
        Ok(None)
    }

    async fn body(&mut self, pending: Pending, size: u64) -> Result<Option<End>, TapeError> {
        let mut digest = Digesting::like(&pending.described.digest);
        let mut place = self.vault.map(|vault| vault.reserve(size));
        let foreign = self.trouble.contains(&FaultKind::ImportForeignTail { item: self.seen });
        let per_byte = self.machine.profile.import_mb_cpu_s / 1e6;
        let (mut owed, mut read) = (0, 0);
        while let Some(piece) = self.tape.piece().await? {
            let glued;
            let piece = if foreign {
                glued = vec![b'~'; piece.len()];
                &glued
            } else {
                piece
            };
            digest.update(piece);
            if let (Some(vault), Some(room)) = (self.vault, place)
                && vault.put(room, read, piece).is_err()
            {
                place = None;
            }
            read += piece.len() as u64;
            owed += piece.len() as u64;
            if owed >= ACCOUNT_EVERY {
                self.account(owed, per_byte).await;
                owed = 0;
            }
        }
        self.account(owed + pending.text.len() as u64, per_byte).await;
        let received = Received {
            content: digest.finish(),
            size,
            kept: place.and_then(|body| self.keep(&pending.text, body)),
        };
        Ok(self.commit(&pending.described, received).await)
    }

    /// Keeps a description with its body; a store without room keeps neither.
    fn keep(&self, description: &str, body: Place) -> Option<Kept> {
        let meta = self.vault?.keep(description.as_bytes()).ok()?;
        Some(Kept { meta, body })
    }

    async fn account(&mut self, bytes: u64, per_byte: f64) {
        self.machine.carry(&mut self.stream, bytes, Wire::In).await;
        self.machine.compute(&mut self.stream, bytes as f64 * per_byte).await;
        if let Some(rate) = self.throttle {
            let now = self.machine.now_s();
            self.pace_s = self.pace_s.max(now - 0.1) + bytes as f64 / (rate * 1e6);
            self.machine.rest(self.pace_s - now).await;
        }
    }

    /// One item in one transaction.
    async fn commit(&mut self, described: &Described, received: Received) -> Option<End> {
        self.seen += 1;
        if let Some(end) = self.strikes(&described.path).await {
            return end;
        }
        let size = received.size;
        let profile = &self.machine.profile;
        let (cpu, wait) = (profile.import_item_cpu_s, profile.import_item_wait_s);
        let (operations, factor) = (profile.import_item_ops, profile.write_factor);
        match self.shelf.item(described, received) {
            Outcome::Stored => {
                self.stored.0 += 1;
                self.stored.1 += size;
                self.served_again += u64::from(self.tape.broken);
                self.machine.compute(&mut self.stream, cpu).await;
                self.machine.write_disk(&mut self.stream, size as f64 * factor, operations).await;
                self.machine.sync_disk(&mut self.stream).await;
                if !self.machine.profile.unlimited {
                    self.machine.rest(wait).await;
                }
                None
            }
            Outcome::Matched => {
                self.machine.compute(&mut self.stream, cpu / 2.0).await;
                None
            }
            Outcome::Refused(fault) => {
                self.refuse(fault);
                None
            }
            Outcome::Full(fault) => {
                self.refuse(fault);
                Some(End::Full)
            }
        }
    }

    /// Faults ordered for this item; `Some` when it is not stored.
    async fn strikes(&mut self, path: &str) -> Option<Option<End>> {
        let mut answer = None;
        for place in 0..self.trouble.len() {
            match &mut self.trouble[place] {
                FaultKind::ImportFail => {
                    answer = Some(Some(End::Refused(ImportFault::unknown("system failure: import refused"))));
                }
                FaultKind::ImportWarn { code, count, every }
                    if *count > 0 && self.seen.is_multiple_of(u64::from((*every).max(1))) =>
                {
                    *count -= 1;
                    let fault = ImportFault::sender(code, "item refused").at_path(path);
                    self.refuse(fault);
                    answer = Some(None);
                }
                FaultKind::ImportStall { after_items, pause } if self.seen > *after_items => {
                    let pause = std::mem::take(pause);
                    tokio::time::sleep(pause).await;
                }
                FaultKind::ImportResetAfter { after_items } if self.seen > *after_items => {
                    answer = Some(Some(End::Reset));
                }
                _ => {}
            }
        }
        answer
    }

    /// A file without a description: an archive written by hand, or a damaged one.
    async fn undescribed(&mut self, entry: Entry) -> Result<Option<End>, TapeError> {
        if self.meta_seen {
            self.refuse(
                ImportFault::sender("formatter.MISSING_META", "missing metadata for the item")
                    .at_path(&entry.name),
            );
            return Ok(None);
        }
        let (folder, leaf) = entry.name.rsplit_once('/').unwrap_or(("", &entry.name));
        let kind = match leaf.rsplit_once('.').map(|(_, ending)| ending) {
            Some("eml") => ItemKind::Message,
            Some("vcf" | "csv") => ItemKind::Contact,
            Some("ics") => ItemKind::Appointment,
            Some("wiki") => ItemKind::Wiki,
            _ => ItemKind::Document,
        };
        let described = Described {
            kind,
            source_id: 0,
            path: format!("/{folder}"),
            name: leaf.into(),
            digest: String::new(),
            date_s: entry.mtime_s,
            changed_s: entry.mtime_s,
            flags: 0,
            unread: false,
            tags: String::new(),
            key: leaf.into(),
            emails: Vec::new(),
            view: 0,
            size: entry.size,
        };
        let pending = Pending { path: entry.name.clone(), text: String::new(), described };
        self.body(pending, entry.size).await
    }
}
