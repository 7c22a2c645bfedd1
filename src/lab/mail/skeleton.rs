//! The folders, tags, saved searches and shares of a made-up mailbox.

use super::{Dice, ids};

/// One folder.
#[derive(Clone, Debug)]
pub(in crate::lab) struct FolderSpec {
    pub(in crate::lab) id: u32,
    pub(in crate::lab) parent: u32,
    pub(in crate::lab) name: String,
    /// With a leading slash.
    pub(in crate::lab) path: String,
    /// The kind of item it is made for; 0 = any.
    pub(in crate::lab) view: u8,
    /// Bits of the folder's nature (1 = cannot be deleted, 3 = hidden as well).
    pub(in crate::lab) attributes: u8,
    pub(in crate::lab) flags: u32,
    pub(in crate::lab) color: u8,
}

/// Folders every mailbox has: name, id, parent, view, attributes, flags. In the order of an export.
pub(in crate::lab) const SYSTEM_FOLDERS: &[(&str, u32, u32, u8, u8, u32)] = &[
    ("ROOT", 11, 11, 0, 3, 0),
    ("USER_ROOT", ids::ROOT, 11, 0, 1, 0),
    ("Briefcase", 16, 1, 8, 1, 0),
    ("Calendar", ids::CALENDAR, 1, 11, 1, 0x20_0000),
    ("Chats", 14, 1, 5, 1, 0),
    ("Comments", 17, 11, 17, 3, 0),
    ("Contacts", ids::CONTACTS, 1, 6, 1, 0),
    ("Conversations", 9, 11, 4, 3, 0),
    ("Drafts", ids::DRAFTS, 1, 5, 1, 0),
    ("Emailed Contacts", ids::EMAILED, 1, 6, 1, 0),
    ("Files shared with me", 20, 1, 8, 1, 0),
    ("Inbox", ids::INBOX, 1, 5, 1, 0),
    ("Junk", ids::JUNK, 1, 5, 1, 0),
    ("Sent", ids::SENT, 1, 5, 1, 0),
    ("Tags", 8, 11, 3, 3, 0),
    ("Tasks", ids::TASKS, 1, 15, 1, 0x20_0000),
    ("Trash", ids::TRASH, 1, 0, 1, 0),
];

/// One tag: id, name, colour.
#[derive(Clone, Debug)]
pub(in crate::lab) struct TagSpec {
    pub(in crate::lab) id: u32,
    pub(in crate::lab) name: String,
    pub(in crate::lab) color: u8,
}

/// A saved search, or a share of somebody else's folder.
#[derive(Clone, Debug)]
pub(in crate::lab) struct LinkSpec {
    pub(in crate::lab) id: u32,
    pub(in crate::lab) name: String,
    /// The search's text; `None` for a share.
    pub(in crate::lab) query: Option<String>,
}

/// All of it.
#[derive(Clone, Debug)]
pub(in crate::lab) struct Skeleton {
    pub(in crate::lab) folders: Vec<FolderSpec>,
    pub(in crate::lab) tags: Vec<TagSpec>,
    pub(in crate::lab) links: Vec<LinkSpec>,
    /// The first id that is free for items.
    pub(in crate::lab) next_id: u32,
}

/// What a mailbox has before anybody used it, plus, when `used`, what its owner made, with folders of these names.
pub(in crate::lab) fn skeleton(seed: u64, used: bool, names: &[String]) -> Skeleton {
    let mut skeleton =
        Skeleton { folders: Vec::new(), tags: Vec::new(), links: Vec::new(), next_id: ids::FIRST_USER };
    for &(name, id, parent, view, attributes, flags) in SYSTEM_FOLDERS {
        let path = if id == ids::ROOT || id == 11 { "/".into() } else { format!("/{name}") };
        let name = name.to_owned();
        skeleton.folders.push(FolderSpec { id, parent, name, path, view, attributes, flags, color: 0 });
    }
    if used {
        let mut dice = Dice::new(seed, 0x666f_6c64);
        skeleton.furnish(&mut dice);
        for name in names {
            skeleton.add_folder(name, &mut dice);
        }
    }
    skeleton
}

impl Skeleton {
    fn furnish(&mut self, dice: &mut Dice) {
        const TREES: &[&[&str]] = &[
            &["Work", "Work/Projects", "Work/Projects/Über", "Work/Archive 2019"],
            &["Clients", "Clients/Müller & Söhne", "Clients/North, East"],
            &["Newsletters"],
            &["Family", "Family/Photos"],
            &["Lists", "Lists/rust", "Lists/rust/2024", "Lists/rust/2024/Q4"],
            &["Trash/Old stuff"],
        ];
        for tree in TREES {
            if dice.once_in(2) {
                for path in *tree {
                    self.add_folder(path, dice);
                }
            }
        }
        for name in ["Important", "to do: today", "Blue\\Green", "privat"] {
            if dice.once_in(2) {
                let id = self.take_id();
                self.tags.push(TagSpec { id, name: name.into(), color: dice.below(8) as u8 });
            }
        }
        if dice.once_in(3) {
            let id = self.take_id();
            let query = Some("is:unread in:inbox".to_owned());
            self.links.push(LinkSpec { id, name: "Unread mail".into(), query });
        }
        if dice.once_in(4) {
            let id = self.take_id();
            self.links.push(LinkSpec { id, name: "Team calendar".into(), query: None });
        }
    }

    fn take_id(&mut self) -> u32 {
        self.next_id += 1;
        self.next_id - 1
    }

    fn add_folder(&mut self, path: &str, dice: &mut Dice) {
        let (parent, name) =
            path.rsplit_once('/').map_or(("/".into(), path), |(parent, name)| (format!("/{parent}"), name));
        let Some(parent) = self.folders.iter().find(|folder| folder.path == parent && folder.id != 11) else {
            return;
        };
        let parent = parent.id;
        let id = self.take_id();
        self.folders.push(FolderSpec {
            id,
            parent,
            name: name.into(),
            path: format!("/{path}"),
            view: 5,
            attributes: 0,
            flags: 0,
            color: dice.below(8) as u8,
        });
    }
}
