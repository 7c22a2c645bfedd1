//! A mailbox laid open for a test: folders, items, what was promised and what is there.

use std::collections::BTreeMap;

/// One folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderView {
    /// With a leading slash; the root is `/`.
    pub path: String,
    /// Its id.
    pub id: u32,
    /// Items in it, not counting sub-folders.
    pub items: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// One item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ItemView {
    /// Path of its folder.
    pub folder: String,
    /// `message`, `contact`, ...
    pub kind: &'static str,
    /// Digest as described (a contact's is that of its fields).
    pub digest: String,
    /// Digest of the bytes that are really there, in the same notation.
    pub content: String,
    /// Bytes of the body.
    pub size: u64,
    /// Bits of `flags`.
    pub flags: u32,
    /// Not yet read.
    pub unread: bool,
    /// Tag names as written in the description.
    pub tags: String,
    /// Id in this mailbox.
    pub id: u32,
}

impl ItemView {
    /// The bytes are what the description promises.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.digest == self.content
    }

    fn identity(&self) -> String {
        format!("{} {} {} ({} bytes)", self.folder, self.kind, self.content, self.size)
    }
}

/// A whole mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailboxView {
    /// Its folders.
    pub folders: Vec<FolderView>,
    /// Its items.
    pub items: Vec<ItemView>,
    /// Names of its tags.
    pub tags: Vec<String>,
}

impl MailboxView {
    /// Bytes of all items.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.items.iter().map(|item| item.size).sum()
    }

    /// One folder.
    #[must_use]
    pub fn folder(&self, path: &str) -> Option<&FolderView> {
        self.folders.iter().find(|folder| folder.path == path)
    }

    /// Without what a default export leaves out: the contents of Trash and Junk.
    #[must_use]
    pub fn without_trash_and_junk(mut self) -> Self {
        let inside = |path: &str, root: &str| path == root || path.starts_with(&format!("{root}/"));
        self.items.retain(|item| !inside(&item.folder, "/Trash") && !inside(&item.folder, "/Junk"));
        for folder in &mut self.folders {
            if inside(&folder.path, "/Trash") || inside(&folder.path, "/Junk") {
                (folder.items, folder.bytes) = (0, 0);
            }
        }
        self
    }

    /// How `self` (what should be there) and `other` (what is there) differ in items, a line each; empty
    /// when every item is there once, in its folder, with its bytes.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut balance: BTreeMap<String, i64> = BTreeMap::new();
        for item in &self.items {
            *balance.entry(item.identity()).or_default() += 1;
        }
        for item in &other.items {
            *balance.entry(item.identity()).or_default() -= 1;
        }
        balance
            .into_iter()
            .filter(|(_, count)| *count != 0)
            .map(|(what, count)| match count {
                1.. => format!("missing {count}x: {what}"),
                _ => format!("too many {}x: {what}", -count),
            })
            .collect()
    }
}
