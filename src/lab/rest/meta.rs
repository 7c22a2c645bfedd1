//! The description of an item as an import reads it.

use crate::zimbra::archive::format::ItemKind;
use serde::Deserialize;

#[derive(Deserialize)]
struct Raw {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(default)]
    id: i64,
    #[serde(rename = "Path", default)]
    path: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    blob_digest: Option<String>,
    #[serde(default)]
    date: i64,
    #[serde(default)]
    change_date: i64,
    #[serde(default)]
    flags: i64,
    #[serde(default)]
    unread: i64,
    #[serde(rename = "TagNames", default)]
    tag_names: String,
    #[serde(default)]
    metadata: String,
    #[serde(default)]
    size: i64,
}

/// What the import needs of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::lab) struct Described {
    pub(in crate::lab) kind: ItemKind,
    pub(in crate::lab) source_id: u32,
    /// Of the folder for an item, of itself for a folder.
    pub(in crate::lab) path: String,
    pub(in crate::lab) name: String,
    pub(in crate::lab) digest: String,
    pub(in crate::lab) date_s: u64,
    pub(in crate::lab) changed_s: u64,
    pub(in crate::lab) flags: u32,
    pub(in crate::lab) unread: bool,
    pub(in crate::lab) tags: String,
    /// UID of an appointment or task; the fields of a contact.
    pub(in crate::lab) key: String,
    /// A contact's e-mail addresses.
    pub(in crate::lab) emails: Vec<String>,
    /// The kind a folder is for.
    pub(in crate::lab) view: u8,
    pub(in crate::lab) size: u64,
}

impl Described {
    pub(in crate::lab) fn parse(text: &str) -> Option<Self> {
        let raw: Raw = serde_json::from_str(text).ok()?;
        let kind = ItemKind::from_number(raw.kind)?;
        let fields = bencoded_pairs(&raw.metadata);
        let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let (key, emails) = match kind {
            ItemKind::Contact => {
                let emails = fields
                    .iter()
                    .filter(|(key, _)| key.starts_with("email") || key.starts_with("workEmail"))
                    .map(|(_, value)| value.to_lowercase())
                    .collect();
                (contact_key(&fields), emails)
            }
            ItemKind::Appointment | ItemKind::Task => (field("u").unwrap_or_default(), Vec::new()),
            _ => (raw.name.clone().unwrap_or_default(), Vec::new()),
        };
        let view = number_after(&raw.metadata, "2:vti").unwrap_or(0);
        Some(Self {
            kind,
            source_id: u32::try_from(raw.id).unwrap_or(0),
            path: raw.path,
            name: raw.name.unwrap_or_default(),
            digest: raw.blob_digest.unwrap_or_default(),
            date_s: raw.date.max(0) as u64,
            changed_s: raw.change_date.max(0) as u64,
            flags: raw.flags.max(0) as u32,
            unread: raw.unread > 0,
            tags: raw.tag_names,
            key,
            emails,
            view: view as u8,
            size: raw.size.max(0) as u64,
        })
    }
}

/// What makes two contacts the same: first e-mail, first name, full name. All fields, to tell them apart in
/// a view.
fn contact_key(fields: &[(String, String)]) -> String {
    let inner = fields.iter().filter(|(key, _)| key != "v");
    inner.map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(";")
}

fn number_after(text: &str, mark: &str) -> Option<u64> {
    let rest = &text[text.rfind(mark)? + mark.len()..];
    rest[..rest.find('e')?].parse().ok()
}

/// Pairs of texts in a bencoded dictionary, however deep, in order; numbers and lists are passed over.
///
/// Lengths count bytes or characters depending on the version that wrote them: whichever leads to
/// something readable next is taken.
fn bencoded_pairs(text: &str) -> Vec<(String, String)> {
    let mut texts: Vec<Option<&str>> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        match first {
            'd' | 'l' | 'e' => {
                texts.push(None);
                rest = &rest[1..];
            }
            'i' => {
                texts.push(None);
                let Some(end) = rest.find('e') else { break };
                rest = &rest[end + 1..];
            }
            digit if digit.is_ascii_digit() => {
                let Some((length, tail)) = rest.split_once(':') else { break };
                let Ok(length) = length.parse::<usize>() else { break };
                let Some(value) = counted(tail, length) else { break };
                texts.push(Some(value));
                rest = &tail[value.len()..];
            }
            _ => break,
        }
    }
    pairs(&texts)
}

fn counted(tail: &str, length: usize) -> Option<&str> {
    let follows = |value: &&str| {
        let next = tail[value.len()..].chars().next();
        next.is_none_or(|next| next.is_ascii_digit() || matches!(next, 'd' | 'l' | 'e' | 'i'))
    };
    let by_bytes = tail.get(..length).filter(follows);
    by_bytes.or_else(|| {
        let end = tail.char_indices().nth(length).map_or(tail.len(), |(at, _)| at);
        Some(&tail[..end])
    })
}

/// Keys and values alternate between the marks of structure.
fn pairs(texts: &[Option<&str>]) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut key: Option<&str> = None;
    for text in texts {
        match (key.take(), text) {
            (Some(key), Some(value)) => out.push((key.to_owned(), (*value).to_owned())),
            (None, Some(text)) => key = Some(text),
            (_, None) => {}
        }
    }
    out
}
