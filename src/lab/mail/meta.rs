//! The `.meta` JSON of an item: the keys of Zimbra 10.1 in its order, `metadata` bencoded.

use super::{
    Dice, contact,
    items::{Item, Plan},
    names,
    skeleton::{FolderSpec, LinkSpec, TagSpec},
};
use crate::zimbra::archive::format::ItemKind;
use std::fmt::Write as _;

/// A text as JSON writes it here: slashes escaped, other alphabets left alone.
pub(in crate::lab) fn json_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' => out.push_str("\\/"),
            control if control.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out
}

/// Flags as letters; `u` for unread comes last.
fn flag_letters(flags: u32, unread: bool) -> String {
    const LETTERS: &[(u32, char)] = &[
        (0x1, 's'),
        (0x2, 'a'),
        (0x4, 'r'),
        (0x8, 'w'),
        (0x20, 'f'),
        (0x40, 'd'),
        (0x400, '!'),
        (0x800, '?'),
        (0x1_0000, 'v'),
        (0x20_0000, '#'),
    ];
    let mut letters: String =
        LETTERS.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, letter)| letter).collect();
    if unread {
        letters.push('u');
    }
    letters
}

fn bencoded(text: &str) -> String {
    format!("{}:{text}", text.len())
}

struct Keys<'a> {
    date: u64,
    changed: u64,
    path: &'a str,
    metadata: String,
    sequence: u64,
    flags: u32,
    unread: bool,
    /// With its comma-free quotes; contacts have none.
    subject: Option<&'a str>,
    tag_ids: String,
    tag_names: String,
    kind: u8,
    uuid: Option<String>,
    digest: Option<&'a str>,
    size: u64,
    sender: &'a str,
    parent: i64,
    name: Option<&'a str>,
    id: u32,
    folder: u32,
    imap: i64,
}

fn meta(keys: &Keys<'_>) -> String {
    let mut out = String::with_capacity(700);
    let text = json_text;
    let _ = write!(
        out,
        "{{\"date\":{},\"Path\":\"{}\",\"metadata\":\"{}\",\"Ver\":10,\"mod_metadata\":{},\"FlagStr\":\"{}\",\
         \"volume_id\":0,\"unread\":{},",
        keys.date,
        text(keys.path),
        text(&keys.metadata),
        keys.sequence,
        flag_letters(keys.flags, keys.unread),
        u8::from(keys.unread),
    );
    if let Some(subject) = keys.subject {
        let _ = write!(out, "\"subject\":\"{}\",", text(subject));
    }
    let _ = write!(
        out,
        "\"change_date\":{},\"mod_content\":{},\"flags\":{},\"TagStr\":\"{}\",\"type\":{},",
        keys.changed, keys.sequence, keys.flags, keys.tag_ids, keys.kind
    );
    if let Some(uuid) = &keys.uuid {
        let _ = write!(out, "\"uuid\":\"{uuid}\",");
    }
    if let Some(digest) = keys.digest {
        let _ = write!(out, "\"blob_digest\":\"{}\",", text(digest));
    }
    let _ = write!(
        out,
        "\"size\":{},\"sender\":\"{}\",\"TagNames\":\"{}\",\"parent_id\":{},",
        keys.size,
        text(keys.sender),
        text(&keys.tag_names),
        keys.parent
    );
    if let Some(name) = keys.name {
        let _ = write!(out, "\"name\":\"{}\",", text(name));
    }
    let _ = write!(
        out,
        "\"id\":{},\"folder_id\":{},\"index_id\":0,\"imap_id\":{}}}",
        keys.id, keys.folder, keys.imap
    );
    out
}

impl Plan {
    /// The description of one item. `digest` is that of its body.
    pub(in crate::lab) fn meta(&self, item: &Item, digest: Option<&str>) -> String {
        let path = &self.skeleton.folders[item.folder].path;
        let tags: Vec<&TagSpec> = item.tags.iter().map(|place| &self.skeleton.tags[*place]).collect();
        let (first, last) = names::display(item.from.0, item.from.1);
        let mail = format!("{}.{}@partner.example", item.from.0, item.from.1);
        let sender = match item.kind {
            ItemKind::Contact => format!("{last}, {first}"),
            _ if item.index.is_multiple_of(3) => format!("{first} {last} <{mail}>"),
            _ => mail,
        };
        meta(&Keys {
            date: item.date_s,
            changed: item.changed_s(),
            path: &format!("{path}/"),
            metadata: self.metadata(item, &sender),
            sequence: u64::from(item.id) - 200,
            flags: item.flags,
            unread: item.unread,
            subject: (item.kind != ItemKind::Contact).then_some(item.subject.as_str()),
            tag_ids: tags.iter().map(|tag| tag.id.to_string()).collect::<Vec<_>>().join(","),
            tag_names: tags.iter().map(|tag| tag_escaped(&tag.name)).collect::<Vec<_>>().join(":"),
            kind: item.kind as u8,
            uuid: None,
            digest,
            size: item.size,
            sender: &sender,
            parent: if item.kind == ItemKind::Message { -i64::from(item.id) } else { -1 },
            name: None,
            id: item.id,
            folder: self.skeleton.folders[item.folder].id,
            imap: i64::from(item.id),
        })
    }

    /// The item's path in an archive, without the ending for its description; `taken` counts contacts of
    /// the same name before it.
    pub(in crate::lab) fn leaf(item: &Item, taken: u32) -> String {
        let ending = match item.kind {
            ItemKind::Message => "eml",
            ItemKind::Appointment => "appt",
            ItemKind::Task => "task",
            _ => {
                let name = names::safe_name(&contact::file_as(item));
                return if taken == 0 { name } else { format!("{name}-{taken:02}") };
            }
        };
        format!("{:010}-{}.{ending}", item.id, names::safe_name(&item.subject))
    }

    fn metadata(&self, item: &Item, sender: &str) -> String {
        match item.kind {
            ItemKind::Contact => {
                let fields = contact::fields(item);
                let pairs = fields.iter().map(|(name, value)| bencoded(name) + &bencoded(value));
                let fields: String = pairs.collect();
                format!("d3:fldd{fields}e1:vi10ee")
            }
            ItemKind::Appointment | ItemKind::Task => {
                let start = item.date_s * 1_000;
                format!(
                    "d3:apei0e3:apsi0e4:inv0d2:afi128e4:frag0:4:mthd7:PUBLISH1:n{}2:st{}e\
                     2:nci1e2:sti{start}e1:u{}1:vi10ee",
                    bencoded(&item.subject),
                    bencoded(sender),
                    bencoded(&uid(item)),
                )
            }
            _ => format!(
                "d1:f{}1:s{}1:t{}1:vi10ee",
                bencoded("please find the details below, we look forward to your answer"),
                bencoded(sender),
                bencoded(&self.address)
            ),
        }
    }
}

/// The identity of an appointment or task, by which an import recognises it.
pub(super) fn uid(item: &Item) -> String {
    Dice::new(item.seed, 0x7569_6400).uuid()
}

fn tag_escaped(name: &str) -> String {
    name.replace('\\', "\\\\").replace(':', "\\:")
}

/// The description of a folder that holds `items` and `bytes`.
pub(in crate::lab) fn folder_meta(folder: &FolderSpec, seed: u64, items: u64, bytes: u64) -> String {
    let attributes =
        if folder.attributes > 0 { format!("1:ai{}e", folder.attributes) } else { String::new() };
    let color = if folder.color > 0 { format!("1:ci{}e", folder.color) } else { String::new() };
    let held = if bytes > 0 { format!("2:szi{bytes}e") } else { String::new() };
    let view = if folder.view > 0 { format!("2:vti{}e", folder.view) } else { String::new() };
    let (sequence, next) = (items.max(1), u64::from(folder.id) + items + 1);
    meta(&Keys {
        date: super::items::TODAY_S,
        changed: super::items::TODAY_S,
        path: &folder.path,
        metadata: format!(
            "d{attributes}{color}3:das5:false4:mseqi{sequence}e{held}4:unxti{next}e1:vi10e{view}e"
        ),
        sequence: 1,
        flags: folder.flags,
        unread: false,
        subject: Some(&folder.name),
        tag_ids: String::new(),
        tag_names: String::new(),
        kind: ItemKind::Folder as u8,
        uuid: Some(Dice::new(seed, u64::from(folder.id)).uuid()),
        digest: None,
        size: items,
        sender: "",
        parent: i64::from(folder.parent),
        name: Some(&folder.name),
        id: folder.id,
        folder: folder.parent,
        imap: -1,
    })
}

/// The description of a tag.
pub(in crate::lab) fn tag_meta(tag: &TagSpec) -> String {
    let color = if tag.color > 0 { format!("1:ci{}e", tag.color) } else { String::new() };
    meta(&Keys {
        path: &format!("/Tags/{}", tag.name),
        metadata: format!("d{color}3:lst4:true1:vi10ee"),
        name: Some(&tag.name),
        subject: Some(&tag.name),
        kind: ItemKind::Tag as u8,
        date: 0,
        parent: -1,
        folder: 8,
        ..plain(tag.id)
    })
}

/// The description of a saved search.
pub(in crate::lab) fn search_meta(link: &LinkSpec, seed: u64) -> String {
    let query = bencoded(link.query.as_deref().unwrap_or_default());
    meta(&Keys {
        path: &format!("/{}", link.name),
        metadata: format!("d1:q{query}1:s8:dateDesc1:t7:message1:vi10ee"),
        name: Some(&link.name),
        subject: Some(&link.name),
        kind: ItemKind::SearchFolder as u8,
        uuid: Some(Dice::new(seed, u64::from(link.id)).uuid()),
        ..plain(link.id)
    })
}

/// The description of a share.
pub(in crate::lab) fn mountpoint_meta(link: &LinkSpec, seed: u64) -> String {
    let owner = Dice::new(seed, 0x6f77_6e65).uuid();
    meta(&Keys {
        path: &format!("/{}", link.name),
        metadata: format!("d3:das5:false4:mseqi1e3:ridi10e4:unxti0e1:vi10e2:vti11e3:zid36:{owner}e"),
        name: Some(&link.name),
        subject: Some(&link.name),
        kind: ItemKind::Mountpoint as u8,
        uuid: Some(Dice::new(seed, u64::from(link.id)).uuid()),
        ..plain(link.id)
    })
}

const fn plain(id: u32) -> Keys<'static> {
    Keys {
        date: super::items::TODAY_S,
        changed: super::items::TODAY_S,
        path: "",
        metadata: String::new(),
        sequence: 2,
        flags: 0,
        unread: false,
        subject: None,
        tag_ids: String::new(),
        tag_names: String::new(),
        kind: 0,
        uuid: None,
        digest: None,
        size: 0,
        sender: "",
        parent: 1,
        name: None,
        id,
        folder: 1,
        imap: -1,
    }
}
