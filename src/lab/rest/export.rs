//! A mailbox as an archive: skeleton first, then every item, made up while it is sent.

use super::{
    Admitted, page,
    query::{Candidate, Filter},
    sink::{CHUNK, Sink, Stop, Trouble},
};
use crate::{
    lab::{
        fault::FaultKind,
        head::Head,
        http::{CHUNK_ROOM, Connection},
        machine::{Stream, Tenant},
        mail::{self, Item, Plan},
        mailbox::{Blob, Mailbox, Stored},
        record::Ticket,
        server::{After, World},
        vault::Vault,
    },
    zimbra::archive::format::{self, ItemKind},
};
use flate2::{Compression, write::GzEncoder};
use std::{collections::HashMap, io, sync::Arc};

/// Answers one GET.
pub(super) async fn serve(
    world: &Arc<World>,
    connection: &mut Connection,
    head: &Head,
    ticket: &Ticket<'_>,
    admitted: Admitted,
    archive: &str,
    stream: Stream,
) -> io::Result<After> {
    for fault in &admitted.faults {
        match fault {
            FaultKind::ExportStatus(status) => {
                return page::refuse(connection, head, ticket, *status, None, &[]).await;
            }
            FaultKind::Export500 => {
                return page::formatter_failure(connection, head, ticket, archive).await;
            }
            FaultKind::StallBeforeFirstByte(pause) => tokio::time::sleep(*pause).await,
            _ => {}
        }
    }
    let parameter = |name: &str| head.parameter(name).map(str::to_owned);
    let (throttle, most_days) = {
        let knobs = world.knobs();
        (knobs.export_stream_mb_per_s, knobs.export_max_days)
    };
    if most_days > 0 && (parameter("start").is_none() || parameter("end").is_none()) {
        let message = "mail.EXPORT_PERIOD_NOT_SPECIFIED";
        return page::refuse(connection, head, ticket, 500, Some(message), &[]).await;
    }
    if admitted.folder != "/" && admitted.mailbox.contents().folder_at(&admitted.folder).is_none() {
        return page::refuse(connection, head, ticket, 404, None, &[]).await;
    }
    let Ok(filter) = Filter::new(parameter, &admitted.folder, admitted.includes) else {
        return page::formatter_failure(connection, head, ticket, archive).await;
    };
    if !filter.is_everything() && parameter("emptyname").is_none() && !matches_any(&admitted.mailbox, &filter)
    {
        ticket.status(204);
        connection.answer(204, &[], b"").await?;
        return Ok(After::Next);
    }
    let file =
        parameter("filename").unwrap_or_else(|| format!("{}.11-23-25.9-5-7.{archive}", admitted.account_id));
    let kind = if archive == "tar" { "application/x-tar" } else { "application/x-compressed-tar" };
    let headers = [
        ("Cache-Control", "no-store, no-cache"),
        ("Content-Disposition", &format!("attachment; filename=\"{file}\"")),
        ("Content-Type", kind),
    ];
    connection.begin(200, &headers).await?;
    ticket.status(200);
    let _memory = world.machine.lodge(Tenant::Export);
    let trouble = Trouble::of(&admitted.faults);
    let profile = &world.machine.profile;
    let tgz = archive != "tar";
    let per_mb = if tgz { profile.export_tgz_mb_cpu_s } else { profile.export_tar_mb_cpu_s };
    let mut framed = Vec::with_capacity(CHUNK * 2 + CHUNK_ROOM);
    framed.resize(CHUNK_ROOM, 0);
    let sink = Sink {
        connection,
        machine: &world.machine,
        stream,
        gzip: tgz.then(|| GzEncoder::new(Vec::with_capacity(CHUNK), Compression::fast())),
        framed,
        position: 0,
        owed: (0, 0),
        seconds_per_byte: per_mb / 1e6,
        pace_s: 0.0,
        throttle,
        cut: trouble.cut,
    };
    let with_meta = head.parameter("meta") != Some("0");
    let mut writer = Writer {
        sink,
        mailbox: &admitted.mailbox,
        vault: &world.vault,
        trouble,
        sent: 0,
        per_folder: HashMap::new(),
        with_meta,
    };
    match writer.all(&filter, &admitted.folder).await {
        Ok(()) => Ok(After::Next),
        Err(Stop::Cut) => {
            ticket.status(0);
            Ok(After::Cut)
        }
        Err(Stop::Gone(error)) => Err(error),
    }
}

fn matches_any(mailbox: &Mailbox, filter: &Filter) -> bool {
    let contents = mailbox.contents();
    if contents.made_up {
        return mailbox.plan.items().any(|item| filter.takes(&candidate(&mailbox.plan, &item)));
    }
    let folder = |id: u32| contents.folders.iter().find(|folder| folder.id == id);
    contents.items.iter().any(|(id, item)| {
        folder(item.folder).is_some_and(|folder| filter.takes(&stored_candidate(*id, item, &folder.path)))
    })
}

fn candidate<'a>(plan: &'a Plan, item: &Item) -> Candidate<'a> {
    Candidate {
        kind: item.kind,
        folder: &plan.skeleton.folders[item.folder].path,
        id: item.id,
        date_s: item.date_s,
        changed_s: item.changed_s(),
        unread: item.unread,
        flags: item.flags,
    }
}

const fn stored_candidate<'a>(id: u32, item: &Stored, folder: &'a str) -> Candidate<'a> {
    Candidate {
        kind: item.kind,
        folder,
        id,
        date_s: item.date_s,
        changed_s: item.changed_s,
        unread: item.unread,
        flags: item.flags,
    }
}

/// Lays the archive out.
struct Writer<'a> {
    sink: Sink<'a>,
    mailbox: &'a Mailbox,
    vault: &'a Vault,
    trouble: Trouble,
    /// Items sent or left out by a fault.
    sent: u64,
    /// Items of each folder so far, and contacts of each name.
    per_folder: HashMap<(usize, String), u64>,
    with_meta: bool,
}

impl Writer<'_> {
    async fn all(&mut self, filter: &Filter, root: &str) -> Result<(), Stop> {
        let whole = filter.is_everything();
        if whole || root != "/" {
            self.skeleton(if whole { "/" } else { root }, whole).await?;
        }
        // A short archive is a loop that ended early: what follows is as ever.
        self.items(filter).await?;
        self.sink.end().await
    }

    async fn skeleton(&mut self, root: &str, whole: bool) -> Result<(), Stop> {
        let plan = &self.mailbox.plan;
        let mut entries = Vec::new();
        {
            let contents = self.mailbox.contents();
            for folder in contents.folders.iter().filter(|folder| whole || folder.path == root) {
                let (items, bytes) = contents.held(folder.id);
                let parent =
                    folder.path.trim_start_matches('/').rsplit_once('/').map_or("", |(parent, _)| parent);
                let slash = if parent.is_empty() { "" } else { "/" };
                let name = format!("{parent}{slash}{:010}-{}", folder.id, folder.name);
                let meta = mail::folder_meta(folder, plan.seed, items, bytes);
                entries.push((name, ItemKind::Folder, meta));
            }
        }
        if whole {
            for link in &plan.skeleton.links {
                let (kind, meta) = match link.query {
                    Some(_) => (ItemKind::SearchFolder, mail::search_meta(link, plan.seed)),
                    None => (ItemKind::Mountpoint, mail::mountpoint_meta(link, plan.seed)),
                };
                entries.push((format!("{:010}-{}", link.id, link.name), kind, meta));
            }
            for tag in &plan.skeleton.tags {
                let name = tag.name.replace([':', '\\', '*', '?', '"', '<', '>', '|'], "_");
                entries.push((format!("Tags/{:010}-{name}", tag.id), ItemKind::Tag, mail::tag_meta(tag)));
            }
        }
        for (name, kind, meta) in entries {
            let date = if kind == ItemKind::Tag { 0 } else { mail::TODAY_S };
            self.entry(&format!("{name}{}", format::META_SUFFIX), meta.as_bytes(), date, kind, false).await?;
        }
        Ok(())
    }

    /// A whole entry from memory.
    async fn entry(
        &mut self,
        name: &str,
        body: &[u8],
        date: u64,
        kind: ItemKind,
        unread: bool,
    ) -> Result<(), Stop> {
        self.sink.put(&format::header(name, body.len() as u64, date, kind, unread)).await?;
        self.sink.put(body).await?;
        self.pad(body.len() as u64).await
    }

    async fn pad(&mut self, size: u64) -> Result<(), Stop> {
        const ZEROS: [u8; format::BLOCK] = [0; format::BLOCK];
        self.sink.put(&ZEROS[..(format::padded(size) - size) as usize]).await
    }

    async fn items(&mut self, filter: &Filter) -> Result<(), Stop> {
        let mailbox = self.mailbox;
        if mailbox.contents().made_up {
            for item in mailbox.plan.items() {
                if filter.takes(&candidate(&mailbox.plan, &item)) {
                    if self.strikes().await? {
                        return Ok(());
                    }
                    self.made(&item).await?;
                }
            }
            return Ok(());
        }
        let chosen: Vec<(u32, Stored)> = {
            let contents = mailbox.contents();
            let path = |id: u32| {
                contents
                    .folders
                    .iter()
                    .find(|folder| folder.id == id)
                    .map_or("/", |folder| folder.path.as_str())
            };
            let takes = |id: u32, item: &Stored| filter.takes(&stored_candidate(id, item, path(item.folder)));
            contents
                .items
                .iter()
                .filter(|(id, item)| takes(**id, item))
                .map(|(id, item)| (*id, item.clone()))
                .collect()
        };
        for (id, item) in chosen {
            if self.strikes().await? {
                return Ok(());
            }
            self.stored(id, &item).await?;
        }
        Ok(())
    }

    /// Faults that come between items; true when the loop ends here.
    async fn strikes(&mut self) -> Result<bool, Stop> {
        if self.trouble.stall.is_some_and(|(_, after)| self.sent >= after)
            && let Some((pause, _)) = self.trouble.stall.take()
        {
            self.sink.send().await?;
            self.sink.connection.flush().await?;
            tokio::time::sleep(pause).await;
        }
        if self.trouble.cut_after_items.is_some_and(|after| self.sent >= after) {
            return self.sink.break_off().await.map(|()| true);
        }
        let short = self.trouble.short_after_items.is_some_and(|after| self.sent >= after);
        self.sent += 1;
        Ok(short)
    }

    /// The directory of an item's folder, changing every so many items.
    fn directory(&mut self, folder: usize, path: &str) -> String {
        let count = self.per_folder.entry((folder, String::new())).or_default();
        let part = *count / format::ITEMS_PER_DIRECTORY;
        *count += 1;
        let path = path.trim_start_matches('/');
        if part == 0 { path.to_owned() } else { format!("{path}!{part}") }
    }

    async fn made(&mut self, item: &Item) -> Result<(), Stop> {
        let number = self.sent - 1;
        if self.trouble.missing.contains(&number) {
            return Ok(());
        }
        let plan = &self.mailbox.plan;
        let directory = self.directory(item.folder, &plan.skeleton.folders[item.folder].path);
        let mut taken = 0;
        if item.kind == ItemKind::Contact {
            let name = Plan::leaf(item, 0);
            let count = self.per_folder.entry((item.folder, name)).or_default();
            taken = *count as u32;
            *count += 1;
        }
        let path = format!("{directory}/{}", Plan::leaf(item, taken));
        let body = (item.kind != ItemKind::Contact).then(|| plan.body(item));
        let digest = body.as_ref().map(mail::Body::digest);
        if self.with_meta {
            let meta = plan.meta(item, digest.as_deref());
            let name = format!("{path}{}", format::META_SUFFIX);
            self.entry(&name, meta.as_bytes(), item.date_s, item.kind, item.unread).await?;
        }
        self.sink.owed.1 += 1;
        let Some(body) = body else { return Ok(()) };
        self.sink.put(&format::header(&path, item.size, item.date_s, item.kind, false)).await?;
        let short = self.trouble.errors.contains(&number);
        let damaged = self.trouble.damaged.contains(&number);
        for (at, piece) in body.pieces().enumerate() {
            if short && at == 1 {
                self.sink.put(&vec![b' '; piece.len()]).await?;
            } else if damaged && at == 0 {
                let mut piece = piece.to_vec();
                if let Some(byte) = piece.last_mut() {
                    *byte ^= 1;
                }
                self.sink.put(&piece).await?;
            } else {
                self.sink.put(piece).await?;
            }
        }
        self.pad(item.size).await?;
        if short {
            let name = format!("{path}{}", format::ERROR_SUFFIX);
            self.entry(&name, b"", item.date_s, item.kind, false).await?;
        }
        Ok(())
    }

    async fn stored(&mut self, id: u32, item: &Stored) -> Result<(), Stop> {
        match &item.blob {
            Blob::Made(index) => {
                let made = self.mailbox.plan.item(*index, item.size);
                self.made(&made).await
            }
            Blob::Kept(kept) => {
                let folder =
                    self.mailbox.contents().folders.iter().position(|folder| folder.id == item.folder);
                let path = {
                    let contents = self.mailbox.contents();
                    folder.map_or_else(String::new, |place| contents.folders[place].path.clone())
                };
                let directory = self.directory(folder.unwrap_or(0), &path);
                let ending = match item.kind {
                    ItemKind::Message => ".eml",
                    ItemKind::Appointment => ".appt",
                    ItemKind::Task => ".task",
                    _ => "",
                };
                let path = format!("{directory}/{id:010}-item{ending}");
                let name = format!("{path}{}", format::META_SUFFIX);
                self.entry(&name, &self.vault.read(kept.meta)?, item.date_s, item.kind, item.unread).await?;
                if item.kind != ItemKind::Contact {
                    self.entry(&path, &self.vault.read(kept.body)?, item.date_s, item.kind, false).await?;
                }
                Ok(())
            }
            // As with a missing blob on the real server: left out without a word.
            Blob::Gone => Ok(()),
        }
    }
}
