//! Every item of a mailbox on both sides, by the digest of what is in it: what `zmpace verify --deep` compares.
//!
//! Both are read as archives, so what is compared is what either server would give out, not what it counts.
//! About fifty bytes of memory an item; nothing is kept of the mail itself.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use ring::digest;
use tokio::sync::watch;

use super::{
    Counters, Job, MoveError, Order,
    archive::{format::ItemKind, item::Item},
    transfer::Relay,
    trip::{Halt, Trip},
    verify::{LEFT_OUT, lies_under},
};
use crate::control::sample::Side;

/// Notes kept of one mailbox.
const MAX_NOTES: usize = 200;

/// Copies of one item.
#[derive(Debug, Default)]
struct Balance {
    source: u64,
    destination: u64,
    /// Whether it is known by its content, not by its kind alone.
    known: bool,
    kind: Option<ItemKind>,
    /// Id of the last one seen.
    id: Option<u64>,
}

/// What two sides hold of one mailbox, each item against its like.
#[derive(Debug, Default)]
pub struct Ledger {
    folders: HashMap<String, u32>,
    /// By folder and content.
    balance: HashMap<(u32, [u8; 16]), Balance>,
    /// Items read of each side.
    pub read: BTreeMap<Side, u64>,
    damaged: Vec<String>,
}

impl Ledger {
    /// Takes one item of one side in.
    pub fn take(&mut self, side: Side, item: &Item) {
        if !item.counts() {
            return;
        }
        *self.read.entry(side).or_default() += 1;
        let next = self.folders.len() as u32;
        let folder = *self.folders.entry(item.folder.clone()).or_insert(next);
        let entry = self.balance.entry((folder, identity(item))).or_default();
        *(if side == Side::Source { &mut entry.source } else { &mut entry.destination }) += 1;
        entry.kind = item.kind;
        entry.known = item.digest.is_some() || item.fields.is_some();
        entry.id = item.id.or(entry.id);
    }

    /// Items that are on one side only, and which: folder, kind and id, at most 200 of them. Where the destination
    /// held a `baseline` of its own before our first import, it may have what the source has not, but no more
    /// copies of what it has: the import passes over what is there.
    pub fn differences(&self, baseline: u64) -> (u64, Vec<String>) {
        let mut names: Vec<&str> = vec![""; self.folders.len()];
        for (name, number) in &self.folders {
            names[*number as usize] = name;
        }
        let (mut count, mut notes) = (self.damaged.len() as u64, self.damaged.clone());
        for ((folder, _), Balance { source, destination, known, kind, id }) in &self.balance {
            let own = baseline > 0 && !(*known && *source > 0);
            let copies = source.abs_diff(*destination);
            if copies == 0 || (destination > source && own) {
                continue;
            }
            let where_ = if source > destination { "missing on" } else { "only on" };
            count += copies;
            let kind = kind.map_or_else(|| "item".to_owned(), |kind| format!("{kind:?}").to_lowercase());
            let id = id.map(|id| format!(" {id}")).unwrap_or_default();
            let times = if copies > 1 { format!(", {copies} times") } else { String::new() };
            notes.push(format!("{}: {kind}{id} {where_} the destination{times}", names[*folder as usize]));
        }
        notes.sort_unstable();
        notes.truncate(MAX_NOTES);
        (count, notes)
    }
}

/// What makes an item itself: a message's or document's digest, a contact's fields; of anything else its kind and
/// nothing more, as ids and dates of change differ between servers.
fn identity(item: &Item) -> [u8; 16] {
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(&[item.kind.map_or(0, |kind| kind as u8)]);
    hash.update(item.digest.as_deref().or(item.fields.as_deref()).unwrap_or_default().as_bytes());
    let mut short = [0; 16];
    short.copy_from_slice(&hash.finish().as_ref()[..16]);
    short
}

impl Relay {
    /// Reads the whole mailbox on both sides, Trash and Junk where they are carried.
    ///
    /// # Errors
    /// A side that cannot be read, or whose archive is not sound.
    pub async fn read_both(&self, source: &str, target: &str) -> Result<Ledger, MoveError> {
        let mut ledger = Ledger::default();
        let job = Job { source: source.to_owned(), target: target.to_owned(), attempt: 1, baseline: None };
        let (_orders, told) = watch::channel(Order::Go);
        let counters = Arc::new(Counters::default());
        let mut trip = Trip::new(self, &job, told, &counters);
        for side in [Side::Source, Side::Destination] {
            trip.read_side(side, &mut ledger).await?;
        }
        Ok(ledger)
    }
}

impl Trip<'_> {
    /// Enters every item one side gives out into the ledger.
    pub(super) async fn read_side(&mut self, side: Side, ledger: &mut Ledger) -> Result<(), MoveError> {
        self.read_whole(side, ledger).await.map_err(|halt| match halt {
            Halt::Failed(error) => error,
            Halt::UploadEnded => MoveError::Stopped,
        })
    }

    async fn read_whole(&mut self, side: Side, ledger: &mut Ledger) -> Result<(), Halt> {
        let what = "the export for comparing";
        let mut take = |item: Item| ledger.take(side, &item);
        let mut facts = self.read_archive(side, "", "fmt=tar", what, &mut take).await?;
        if self.relay.manner.trash_and_junk {
            for root in LEFT_OUT {
                if facts.stated.keys().any(|folder| lies_under(folder, root) && facts.missing(folder) > 0) {
                    facts.merge(self.read_archive(side, root, "fmt=tar", what, &mut take).await?);
                }
            }
        }
        ledger.damaged.extend(facts.notes.iter().map(|note| format!("{side}: {note}")));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zimbra::archive::item::Spool;

    fn message(folder: &str, digest: &str, id: u64) -> Item {
        Item {
            payload: Spool::new(1).seal().unwrap(),
            kind: Some(ItemKind::Message),
            folder: folder.to_owned(),
            fields: None,
            digest: Some(digest.to_owned()),
            id: Some(id),
        }
    }

    #[test]
    fn each_item_needs_its_like_in_the_same_folder() {
        let mut ledger = Ledger::default();
        for (side, folder, digest, id) in [
            (Side::Source, "/Inbox", "a", 257),
            (Side::Source, "/Inbox", "b", 258),
            (Side::Source, "/Inbox", "b", 259),
            (Side::Destination, "/Inbox", "b", 301),
            (Side::Destination, "/Inbox", "a", 302),
            (Side::Destination, "/Sent", "c", 303),
        ] {
            ledger.take(side, &message(folder, digest, id));
        }
        let (count, notes) = ledger.differences(0);
        assert_eq!(count, 2);
        assert!(notes[0].starts_with("/Inbox: message") && notes[0].contains("missing on"), "{notes:?}");
        assert_eq!(notes[1], "/Sent: message 303 only on the destination");
        assert_eq!(ledger.differences(5).0, 1, "the destination had mail of its own");
        ledger.take(Side::Destination, &message("/Inbox", "a", 304));
        let (count, notes) = ledger.differences(5);
        assert_eq!(count, 2, "but not twice what the source has once: {notes:?}");
        assert!(notes.contains(&"/Inbox: message 304 only on the destination".to_owned()), "{notes:?}");
    }

    #[test]
    fn what_has_no_content_to_tell_it_by_may_be_the_destinations_own() {
        let task = |id| Item { kind: Some(ItemKind::Task), digest: None, ..message("/Tasks", "", id) };
        let mut ledger = Ledger::default();
        ledger.take(Side::Source, &task(257));
        (301..304).for_each(|id| ledger.take(Side::Destination, &task(id)));
        assert_eq!((ledger.differences(2).0, ledger.differences(0).0), (0, 2));
    }
}
