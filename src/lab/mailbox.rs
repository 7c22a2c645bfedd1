//! One mailbox: made up until somebody writes to it, then a list of what is stored.

use super::{
    mail::{self, FolderSpec, Plan, ids},
    vault::Place,
    view::{FolderView, ItemView, MailboxView},
};
use crate::zimbra::archive::format::{ItemKind, digest_text};
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard},
};

/// What a stored item's bytes are.
#[derive(Clone, Debug)]
pub(super) enum Blob {
    /// Made up: the item of this number.
    Made(u64),
    /// Imported, and kept unless the knob says otherwise.
    Kept(Kept),
    /// Imported and thrown away after its digest was taken.
    Gone,
}

/// Where the vault holds an item; a contact is its description alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    pub(super) meta: Place,
    pub(super) body: Place,
}

/// One stored item.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) kind: ItemKind,
    pub(super) folder: u32,
    /// As the description says.
    pub(super) digest: Box<str>,
    /// Of the real bytes, where they differ.
    pub(super) content: Option<Box<str>>,
    pub(super) size: u64,
    pub(super) date_s: u64,
    pub(super) changed_s: u64,
    pub(super) flags: u32,
    pub(super) unread: bool,
    pub(super) tags: Box<str>,
    /// What an import recognises it by where the digest is not it: UID, contact fields, name.
    pub(super) key: Box<str>,
    pub(super) blob: Blob,
}

impl Stored {
    /// Digest of the bytes that are really there: what a later import recognises a message by.
    pub(super) fn held(&self) -> &str {
        self.content.as_deref().unwrap_or(&self.digest)
    }
}

/// What is in a mailbox.
pub(super) struct Contents {
    /// Still exactly the plan; `items` is empty.
    pub(super) made_up: bool,
    pub(super) folders: Vec<FolderSpec>,
    pub(super) tags: Vec<String>,
    /// Names of saved searches and shares.
    pub(super) links: Vec<String>,
    pub(super) items: BTreeMap<u32, Stored>,
    /// Items and bytes per folder id.
    pub(super) counts: BTreeMap<u32, (u64, u64)>,
    pub(super) next_id: u32,
    pub(super) bytes: u64,
}

/// A mailbox.
pub(super) struct Mailbox {
    pub(super) plan: Plan,
    contents: Mutex<Contents>,
}

impl Mailbox {
    pub(super) fn new(plan: Plan) -> Self {
        let totals = plan.totals();
        let folders = plan.skeleton.folders.clone();
        let counts = folders.iter().zip(&totals.folders).map(|(folder, held)| (folder.id, *held)).collect();
        let contents = Contents {
            made_up: true,
            tags: plan.skeleton.tags.iter().map(|tag| tag.name.clone()).collect(),
            links: plan.skeleton.links.iter().map(|link| link.name.clone()).collect(),
            items: BTreeMap::new(),
            counts,
            next_id: plan.skeleton.next_id + totals.items as u32,
            bytes: totals.bytes,
            folders,
        };
        Self { plan, contents: Mutex::new(contents) }
    }

    pub(super) fn contents(&self) -> MutexGuard<'_, Contents> {
        super::lock(&self.contents)
    }

    /// The contents as a list that can be written to; made-up items are digested for it, once.
    pub(super) fn writable(&self) -> MutexGuard<'_, Contents> {
        let mut contents = self.contents();
        if contents.made_up {
            contents.made_up = false;
            contents.items = self.plan.items().map(|item| (item.id, self.stored(&item))).collect();
        }
        contents
    }

    fn stored(&self, item: &mail::Item) -> Stored {
        let is_contact = item.kind == ItemKind::Contact;
        let digest = if is_contact { String::new() } else { self.plan.body(item).digest() };
        let meta = self.plan.meta(item, (!is_contact).then_some(digest.as_str()));
        let described = super::rest::meta::Described::parse(&meta);
        let (key, digest) = match described {
            Some(described) if is_contact => (described.key.clone(), described.key),
            Some(described) => (described.key, digest),
            None => (String::new(), digest),
        };
        Stored {
            kind: item.kind,
            folder: self.plan.skeleton.folders[item.folder].id,
            digest: digest.into(),
            content: None,
            size: item.size,
            date_s: item.date_s,
            changed_s: item.changed_s(),
            flags: item.flags,
            unread: item.unread,
            tags: item
                .tags
                .iter()
                .map(|place| self.plan.skeleton.tags[*place].name.as_str())
                .collect::<Vec<_>>()
                .join(":")
                .into(),
            key: key.into(),
            blob: Blob::Made(item.index),
        }
    }

    /// All of it, bodies digested.
    pub(super) fn view(&self) -> MailboxView {
        let contents = self.contents();
        if contents.made_up {
            let items = self.plan.items().map(|item| (item.id, self.stored(&item)));
            return contents.laid_open(items);
        }
        contents.laid_open(contents.items.iter().map(|(id, item)| (*id, item.clone())))
    }

    /// What the plan says, whatever has been written since.
    pub(super) fn expected(&self) -> MailboxView {
        let fresh = Self::new(Plan::clone_of(&self.plan));
        fresh.view()
    }
}

impl Contents {
    fn laid_open(&self, items: impl Iterator<Item = (u32, Stored)>) -> MailboxView {
        let path = |id: u32| {
            let folder = self.folders.iter().find(|folder| folder.id == id);
            folder.map_or_else(|| format!("/#{id}"), |folder| folder.path.clone())
        };
        let items = items
            .map(|(id, item)| ItemView {
                folder: path(item.folder),
                kind: item.kind.word(),
                content: item.content.as_deref().unwrap_or(&item.digest).to_owned(),
                digest: item.digest.into(),
                size: item.size,
                flags: item.flags,
                unread: item.unread,
                tags: item.tags.into(),
                id,
            })
            .collect();
        let folders = self
            .folders
            .iter()
            .filter(|folder| folder.parent != 11 || folder.id == ids::ROOT)
            .map(|folder| {
                let (items, bytes) = self.held(folder.id);
                FolderView { path: folder.path.clone(), id: folder.id, items, bytes }
            })
            .collect();
        MailboxView { folders, items, tags: self.tags.clone() }
    }

    /// Items and bytes in a folder.
    pub(super) fn held(&self, folder: u32) -> (u64, u64) {
        self.counts.get(&folder).copied().unwrap_or_default()
    }

    /// The folder at this path (case kept), sub-folders of the hidden root left out.
    pub(super) fn folder_at(&self, path: &str) -> Option<&FolderSpec> {
        let wanted = if path.is_empty() { "/" } else { path };
        self.folders
            .iter()
            .find(|folder| folder.path == wanted && (folder.parent != 11 || folder.id == ids::ROOT))
    }

    /// The folder at this path, made with its parents when it is not there.
    pub(super) fn folder_made(&mut self, path: &str, view: u8) -> u32 {
        let path = path.trim_end_matches('/');
        if let Some(folder) = self.folder_at(path) {
            return folder.id;
        }
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        let parent = self.folder_made(parent, 0);
        let id = self.take_id();
        self.folders.push(FolderSpec {
            id,
            parent,
            name: name.into(),
            path: path.into(),
            view,
            attributes: 0,
            flags: 0,
            color: 0,
        });
        id
    }

    fn take_id(&mut self) -> u32 {
        self.next_id += 1;
        self.next_id - 1
    }

    pub(super) fn add(&mut self, item: Stored) -> u32 {
        let id = self.take_id();
        let held = self.counts.entry(item.folder).or_default();
        held.0 += 1;
        held.1 += item.size;
        self.bytes += item.size;
        self.items.insert(id, item);
        id
    }

    pub(super) fn remove(&mut self, id: u32) -> bool {
        let Some(item) = self.items.remove(&id) else { return false };
        if let Some(held) = self.counts.get_mut(&item.folder) {
            held.0 -= 1;
            held.1 -= item.size;
        }
        self.bytes -= item.size;
        true
    }
}

/// A digest of the bytes given so far, in Zimbra's notation, of the kind the description uses.
pub(super) struct Digesting {
    context: ring::digest::Context,
}

impl Digesting {
    /// Old servers described bodies by SHA-1 (28 characters); new ones use SHA-256.
    pub(super) fn like(described: &str) -> Self {
        let algorithm = if described.len() == 28 {
            &ring::digest::SHA1_FOR_LEGACY_USE_ONLY
        } else {
            &ring::digest::SHA256
        };
        Self { context: ring::digest::Context::new(algorithm) }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
    }

    pub(super) fn finish(self) -> String {
        digest_text(self.context.finish().as_ref())
    }
}
