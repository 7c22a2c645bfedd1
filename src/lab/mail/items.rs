//! The items of a made-up mailbox as a sequence: each follows from its number, none is kept.

use super::{
    Dice, body, ids, names,
    skeleton::{Skeleton, skeleton},
};
use crate::{lab::config::MailShape, zimbra::archive::format::ItemKind};
use std::sync::OnceLock;

/// The smallest message that can be made.
pub(in crate::lab) const SMALLEST: u64 = 640;
/// Generated mail is dated before this second (November 2026).
pub(in crate::lab) const TODAY_S: u64 = 1_795_000_000;
const THREE_YEARS_S: u64 = 3 * 365 * 86_400;

/// A mailbox that could be written down.
#[derive(Debug)]
pub(in crate::lab) struct Plan {
    pub(in crate::lab) address: String,
    pub(in crate::lab) seed: u64,
    /// Bytes wanted; what comes out is in [`Totals`] and equal unless the wish was below [`SMALLEST`].
    bytes: u64,
    equal_messages: Option<u64>,
    shape: MailShape,
    pub(in crate::lab) skeleton: Skeleton,
    totals: OnceLock<Totals>,
}

/// Sums over a plan.
#[derive(Clone, Debug, Default)]
pub(in crate::lab) struct Totals {
    /// Items and bytes, in the order of the skeleton's folders.
    pub(in crate::lab) folders: Vec<(u64, u64)>,
    pub(in crate::lab) items: u64,
    pub(in crate::lab) bytes: u64,
}

/// One item.
#[derive(Clone, Debug)]
pub(in crate::lab) struct Item {
    pub(in crate::lab) index: u64,
    pub(in crate::lab) id: u32,
    pub(in crate::lab) kind: ItemKind,
    /// Place in the skeleton's list of folders.
    pub(in crate::lab) folder: usize,
    /// Bytes of the body; 0 for a contact.
    pub(in crate::lab) size: u64,
    pub(in crate::lab) date_s: u64,
    pub(in crate::lab) flags: u32,
    pub(in crate::lab) unread: bool,
    /// Places in the skeleton's list of tags.
    pub(in crate::lab) tags: Vec<usize>,
    pub(in crate::lab) subject: String,
    pub(in crate::lab) from: (&'static str, &'static str),
    /// Everything else about it follows from this.
    pub(in crate::lab) seed: u64,
}

impl Item {
    /// When it was last changed: a little after it came.
    pub(in crate::lab) const fn changed_s(&self) -> u64 {
        self.date_s + self.seed % 86_400
    }
}

impl Plan {
    pub(in crate::lab) fn new(
        seed: u64,
        address: &str,
        bytes: u64,
        equal_messages: Option<u64>,
        shape: MailShape,
    ) -> Self {
        let own = seed ^ super::text_hash(address);
        let used = bytes > 0 && equal_messages.is_none();
        Self {
            address: address.into(),
            seed: own,
            bytes,
            equal_messages,
            skeleton: skeleton(own, used, &shape.names),
            shape,
            totals: OnceLock::new(),
        }
    }

    /// The same plan again.
    pub(in crate::lab) fn clone_of(other: &Self) -> Self {
        Self {
            address: other.address.clone(),
            seed: other.seed,
            bytes: other.bytes,
            equal_messages: other.equal_messages,
            shape: other.shape.clone(),
            skeleton: other.skeleton.clone(),
            totals: OnceLock::new(),
        }
    }

    pub(in crate::lab) fn items(&self) -> Items<'_> {
        Items { plan: self, next: 0, left: self.bytes }
    }

    /// Counted once, by walking through all items (no body is made).
    pub(in crate::lab) fn totals(&self) -> &Totals {
        self.totals.get_or_init(|| {
            let mut totals =
                Totals { folders: vec![(0, 0); self.skeleton.folders.len()], ..Totals::default() };
            for (folder, size) in self.items().outlines() {
                totals.folders[folder].0 += 1;
                totals.folders[folder].1 += size;
                totals.items += 1;
                totals.bytes += size;
            }
            totals
        })
    }

    pub(in crate::lab) fn body(&self, item: &Item) -> body::Body {
        body::Body::of(self, item)
    }

    /// One item again, from its number and size.
    pub(in crate::lab) fn item(&self, index: u64, size: u64) -> Item {
        self.detailed(&self.outline(index), size)
    }

    fn outline(&self, index: u64) -> Outline {
        let mut dice = Dice::new(self.seed, index + 1);
        let kind = match dice.below(100) {
            _ if self.equal_messages.is_some() => ItemKind::Message,
            0..=3 => ItemKind::Contact,
            4..=5 => ItemKind::Appointment,
            6 => ItemKind::Task,
            _ => ItemKind::Message,
        };
        let folder = match kind {
            ItemKind::Contact if dice.once_in(3) => ids::EMAILED,
            ItemKind::Contact => ids::CONTACTS,
            ItemKind::Appointment => ids::CALENDAR,
            ItemKind::Task => ids::TASKS,
            _ if self.equal_messages.is_some() => ids::INBOX,
            _ => match dice.below(100) {
                0..=44 => ids::INBOX,
                45..=64 => ids::SENT,
                65 => ids::DRAFTS,
                66..=68 => ids::TRASH,
                69..=70 => ids::JUNK,
                _ => 0,
            },
        };
        let folders = &self.skeleton.folders;
        let own = folders.len() - super::SYSTEM_FOLDERS.len();
        let folder = if folder == 0 && own > 0 {
            super::SYSTEM_FOLDERS.len() + dice.below(own as u64) as usize
        } else {
            let wanted = if folder == 0 { ids::INBOX } else { folder };
            folders.iter().position(|known| known.id == wanted).unwrap_or(0)
        };
        Outline { index, kind, folder, dice }
    }

    fn size(&self, outline: &mut Outline, left: u64) -> u64 {
        let drawn = match outline.kind {
            ItemKind::Contact => return 0,
            ItemKind::Appointment | ItemKind::Task => 2_000 + outline.dice.below(4_000),
            _ => {
                let drawn = outline.dice.log_normal(self.shape.message_median, self.shape.message_sigma);
                (drawn as u64).clamp(SMALLEST, self.shape.message_cap)
            }
        };
        if left < drawn + 2_000 { left.max(SMALLEST) } else { drawn }
    }

    fn detailed(&self, outline: &Outline, size: u64) -> Item {
        let mut dice = Dice::new(self.seed ^ 0x6465_7461, outline.index + 1);
        let folder = &self.skeleton.folders[outline.folder];
        let mail = outline.kind == ItemKind::Message;
        let unread = mail && folder.id != ids::SENT && dice.once_in(5);
        let mut flags = 0;
        for (bit, times) in [(0x20, 12), (0x4, 6), (0x8, 20), (0x400, 50)] {
            if mail && dice.once_in(times) {
                flags |= bit;
            }
        }
        flags |= u32::from(folder.id == ids::SENT) | (u32::from(folder.id == ids::DRAFTS) << 6);
        if mail && body::has_attachment(size, outline.index) {
            flags |= 0x2;
        }
        let tags = (0..self.skeleton.tags.len()).filter(|_| dice.once_in(15)).collect();
        Item {
            index: outline.index,
            id: self.skeleton.next_id + outline.index as u32,
            kind: outline.kind,
            folder: outline.folder,
            size,
            date_s: TODAY_S - dice.below(THREE_YEARS_S),
            flags,
            unread,
            tags,
            subject: match self.shape.names.as_slice() {
                given if !given.is_empty() && outline.index.is_multiple_of(2) => {
                    given[outline.index as usize / 2 % given.len()].clone()
                }
                _ => names::subject(&mut dice),
            },
            from: (dice.pick(names::FIRST), dice.pick(names::LAST)),
            seed: dice.next(),
        }
    }
}

struct Outline {
    index: u64,
    kind: ItemKind,
    folder: usize,
    dice: Dice,
}

/// The items one after the other.
pub(in crate::lab) struct Items<'a> {
    plan: &'a Plan,
    next: u64,
    left: u64,
}

impl<'a> Items<'a> {
    fn step(&mut self) -> Option<(Outline, u64)> {
        if let Some(count) = self.plan.equal_messages {
            if self.next >= count {
                return None;
            }
            let share = self.left / (count - self.next);
            let size = share.max(SMALLEST);
            self.left = self.left.saturating_sub(size);
            self.next += 1;
            return Some((self.plan.outline(self.next - 1), size));
        }
        if self.left == 0 {
            return None;
        }
        let mut outline = self.plan.outline(self.next);
        let size = self.plan.size(&mut outline, self.left);
        self.left = self.left.saturating_sub(size);
        self.next += 1;
        Some((outline, size))
    }

    /// Folder and size only: what sums need.
    fn outlines(mut self) -> impl Iterator<Item = (usize, u64)> + 'a {
        std::iter::from_fn(move || self.step().map(|(outline, size)| (outline.folder, size)))
    }
}

impl Iterator for Items<'_> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        let (outline, size) = self.step()?;
        Some(self.plan.detailed(&outline, size))
    }
}
