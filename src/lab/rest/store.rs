//! Putting one item into a mailbox under a rule for what is there already.

use super::{meta::Described, page::ImportFault};
use crate::{
    lab::mailbox::{Blob, Contents, Kept, Mailbox, Stored},
    zimbra::archive::format::ItemKind,
};
use std::collections::HashMap;

/// What to do about an item that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resolve {
    Skip,
    Modify,
    Replace,
    Reset,
}

impl Resolve {
    pub(super) fn parse(text: Option<&str>) -> Result<Self, String> {
        Ok(match text.map(str::to_lowercase).as_deref() {
            None | Some("skip") => Self::Skip,
            Some("modify") => Self::Modify,
            Some("replace") => Self::Replace,
            Some("reset") => Self::Reset,
            Some(_) => {
                // The enum's own complaint, with the word capitalised as the real code looks it up.
                let text = text.unwrap_or_default().to_lowercase();
                let mut letters = text.chars();
                let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
                return Err(format!(
                    "No enum constant com.zimbra.cs.service.formatter.ArchiveFormatter.Resolve.{first}{}",
                    letters.as_str()
                ));
            }
        })
    }
}

/// A body that has been received.
pub(super) struct Received {
    /// Digest of its bytes.
    pub(super) content: String,
    pub(super) size: u64,
    /// Where it is kept, if it is.
    pub(super) kept: Option<Kept>,
}

/// What became of an item.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Stored,
    /// Something of the kind was there.
    Matched,
    Refused(ImportFault),
    /// Refused, and the import ends here.
    Full(ImportFault),
}

/// One import's view of a mailbox.
pub(super) struct Shelf<'a> {
    mailbox: &'a Mailbox,
    resolve: Resolve,
    quota: u64,
    /// Where paths begin: the folder of the request.
    base: String,
    /// Digest to id per folder, as it was when the folder was first used.
    snapshots: HashMap<u32, HashMap<String, u32>>,
}

impl<'a> Shelf<'a> {
    pub(super) fn new(mailbox: &'a Mailbox, resolve: Resolve, quota: u64, base: String) -> Self {
        Self { mailbox, resolve, quota, base, snapshots: HashMap::new() }
    }

    /// Deletes everything (of these kinds) that is not part of every mailbox.
    pub(super) fn wipe(&self, kinds: Option<&[ItemKind]>) {
        let mut contents = self.mailbox.writable();
        let doomed: Vec<u32> = contents
            .items
            .iter()
            .filter(|(_, item)| kinds.is_none_or(|kinds| kinds.contains(&item.kind)))
            .map(|(id, _)| *id)
            .collect();
        for id in doomed {
            contents.remove(id);
        }
        if kinds.is_none() {
            contents.folders.retain(|folder| folder.id < 256);
            contents.tags.clear();
            contents.links.clear();
        }
    }

    fn path(&self, path: &str) -> String {
        let path = path.trim_end_matches('/');
        if self.base == "/" { path.to_owned() } else { format!("{}{path}", self.base) }
    }

    /// A folder, tag, saved search or share.
    pub(super) fn skeleton(&self, described: &Described) -> Outcome {
        let mut contents = self.mailbox.writable();
        match described.kind {
            ItemKind::Folder => {
                let path = self.path(&described.path);
                // Folders beside the user's root (tags, conversations) come as paths of their own; only those
                // that exist under the root in no mailbox are made.
                let hidden = ["/Tags", "/Conversations"].contains(&path.as_str());
                if path.is_empty() || hidden || contents.folder_at(&path).is_some() {
                    return Outcome::Matched;
                }
                contents.folder_made(&path, described.view);
                Outcome::Stored
            }
            ItemKind::Tag => {
                if contents.tags.contains(&described.name) {
                    return Outcome::Matched;
                }
                contents.tags.push(described.name.clone());
                Outcome::Stored
            }
            ItemKind::SearchFolder | ItemKind::Mountpoint => {
                if !contents.links.contains(&described.name) {
                    contents.links.push(described.name.clone());
                    return Outcome::Stored;
                }
                if self.resolve == Resolve::Skip {
                    return Outcome::Matched;
                }
                let text = format!("object with that name already exists: {}", described.name);
                Outcome::Refused(ImportFault::sender("mail.ALREADY_EXISTS", &text).at_path(&described.path))
            }
            _ => Outcome::Matched,
        }
    }

    /// A message, contact, appointment, ...
    pub(super) fn item(&mut self, described: &Described, received: Received) -> Outcome {
        let mut contents = self.mailbox.writable();
        let contents = &mut *contents;
        let folder = contents.folder_made(&self.path(&described.path), view_for(described.kind));
        if !fits(contents, folder, described.kind) {
            let text = format!("invalid type of item for folder: {}", described.kind.word());
            return Outcome::Refused(
                ImportFault::sender("formatter.INVALID_TYPE", &text).at_path(&described.path),
            );
        }
        if let Some(there) = self.match_of(contents, folder, described) {
            match self.resolve {
                Resolve::Skip => return Outcome::Matched,
                Resolve::Reset if described.kind == ItemKind::Message => return Outcome::Matched,
                Resolve::Modify => {
                    update(contents, there, described);
                    return Outcome::Matched;
                }
                Resolve::Replace => {
                    if !contents.remove(there) {
                        let text = format!("no such message: {there}");
                        return Outcome::Refused(ImportFault::sender("mail.NO_SUCH_MSG", &text));
                    }
                }
                Resolve::Reset => {}
            }
        }
        if self.quota > 0 && contents.bytes + received.size > self.quota {
            let text = format!("mailbox exceeded quota of {} bytes", self.quota);
            let mut fault = ImportFault::sender("mail.QUOTA_EXCEEDED", &text);
            fault.argument = Some(("limit", "NUM", self.quota.to_string()));
            return Outcome::Full(fault);
        }
        contents.add(stored(described, received, folder));
        Outcome::Stored
    }

    /// The item that counts as the same one.
    fn match_of(&mut self, contents: &Contents, folder: u32, described: &Described) -> Option<u32> {
        let reset = self.resolve == Resolve::Reset;
        match described.kind {
            ItemKind::Message => {
                let by_id = contents.items.get(&described.source_id).filter(|item| {
                    !reset
                        && item.folder == folder
                        && item.held() == described.digest
                        && !described.digest.is_empty()
                });
                if by_id.is_some() {
                    return Some(described.source_id);
                }
                let snapshot = self.snapshots.entry(folder).or_insert_with(|| {
                    let items = contents.items.iter().filter(|(_, item)| item.folder == folder);
                    items.map(|(id, item)| (item.held().to_owned(), *id)).collect()
                });
                snapshot.get(&described.digest).copied()
            }
            _ if reset => None,
            ItemKind::Contact if described.emails.is_empty() || self.base != "/" => None,
            ItemKind::Contact => contents
                .items
                .iter()
                .find(|(_, item)| {
                    item.kind == ItemKind::Contact && item.folder == folder && *item.key == *described.key
                })
                .map(|(id, _)| *id),
            ItemKind::Appointment | ItemKind::Task if !described.key.is_empty() => contents
                .items
                .iter()
                .find(|(_, item)| item.kind == described.kind && *item.key == *described.key)
                .map(|(id, _)| *id),
            ItemKind::Appointment | ItemKind::Task => None,
            kind => contents
                .items
                .iter()
                .find(|(_, item)| item.kind == kind && item.folder == folder && *item.key == *described.key)
                .map(|(id, _)| *id),
        }
    }
}

fn stored(described: &Described, received: Received, folder: u32) -> Stored {
    let digest = match described.kind {
        ItemKind::Contact => described.key.clone(),
        _ if described.digest.is_empty() => received.content.clone(),
        _ => described.digest.clone(),
    };
    let differs = described.kind != ItemKind::Contact && received.content != digest;
    Stored {
        kind: described.kind,
        folder,
        content: differs.then(|| received.content.into()),
        digest: digest.into(),
        size: received.size,
        date_s: described.date_s,
        changed_s: described.changed_s,
        flags: described.flags,
        unread: described.unread,
        tags: described.tags.as_str().into(),
        key: described.key.as_str().into(),
        blob: received.kept.map_or(Blob::Gone, Blob::Kept),
    }
}

fn update(contents: &mut Contents, id: u32, described: &Described) {
    if let Some(item) = contents.items.get_mut(&id) {
        item.flags = described.flags;
        item.unread = described.unread;
        item.tags = described.tags.as_str().into();
        item.changed_s = described.changed_s;
    }
}

/// What a folder made for an item of this kind is for.
const fn view_for(kind: ItemKind) -> u8 {
    match kind {
        ItemKind::Wiki | ItemKind::Document => 8,
        other => other as u8,
    }
}

fn fits(contents: &Contents, folder: u32, kind: ItemKind) -> bool {
    let view = contents.folders.iter().find(|known| known.id == folder).map_or(0, |folder| folder.view);
    let mail = |number: u8| matches!(number, 0 | 4 | 5 | 16);
    match (view, view_for(kind)) {
        (0, _) => true,
        (view, wanted) => view == wanted || (mail(view) && mail(wanted)),
    }
}
