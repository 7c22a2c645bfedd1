//! Proves an archive while it passes: entries in, whole items out, facts at its end.
//!
//! An upload broken inside an entry can make the destination loop, multiply mail or store a wrong message,
//! so an item leaves here only when its meta and body are whole, its digest agrees, and the next entry shows
//! that no `.err` mark follows it. What is not proven is held back and named.

use std::{collections::BTreeMap, io};

use ring::digest;
use serde::Deserialize;

use super::{
    format::{BLOCK, ERROR_SUFFIX, FILLER_PREFIX, ItemKind, META_SUFFIX, digest_text},
    item::{Item, Spool, counts_in_folder},
    tar_stream::{Part, TarStream},
};

/// A description larger than this is refused: real ones are below a megabyte.
const MAX_META: u64 = 4 << 20;
/// Notes kept about damaged items.
const MAX_NOTES: usize = 200;

/// Why an archive cannot be read on.
#[derive(Debug)]
pub enum Broken {
    /// It is not what an export writes.
    Unsound(String),
    /// A large item could not be kept.
    Spill(io::Error),
}

impl From<String> for Broken {
    fn from(cause: String) -> Self {
        Self::Unsound(cause)
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Spill(error)
    }
}

/// What an archive said and what was found in it, by folder path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Items per folder, as the folders' own descriptions state.
    pub stated: BTreeMap<String, u64>,
    /// Sound items per folder.
    pub found: BTreeMap<String, u64>,
    /// Items held back because they are damaged on the source.
    pub damaged: u64,
    /// Which those are, at most 200.
    pub notes: Vec<String>,
    /// Sound items in all.
    pub items: u64,
    /// Whether the tar's end has been seen.
    pub ended: bool,
}

impl Facts {
    /// Items stated in `folder` but not found in it.
    pub fn missing(&self, folder: &str) -> u64 {
        let count = |map: &BTreeMap<String, u64>| map.get(folder).copied().unwrap_or(0);
        count(&self.stated).saturating_sub(count(&self.found))
    }

    /// Adds what another archive of the same mailbox held; the first statement about a folder stands.
    pub fn merge(&mut self, other: Self) {
        for (folder, items) in other.stated {
            self.stated.entry(folder).or_insert(items);
        }
        for (folder, items) in other.found {
            *self.found.entry(folder).or_default() += items;
        }
        self.damaged += other.damaged;
        self.items += other.items;
        self.notes.extend(other.notes);
        self.ended &= other.ended;
    }
}

/// The fields of a `.meta` that matter here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Meta {
    id: Option<u64>,
    #[serde(rename = "type")]
    kind: u8,
    #[serde(rename = "Path")]
    path: String,
    size: u64,
    blob_digest: Option<String>,
    metadata: String,
}

impl Meta {
    /// A contact's fields, from the bencoded dictionary under `fld`: names and values, a line end between
    /// them. What follows the dictionary (the version) is left out.
    fn fields(&self) -> String {
        let mut rest = self.metadata.split_once("3:fldd").map_or("", |(_, fields)| fields);
        let mut fields = String::with_capacity(rest.len());
        while let Some((value, tail)) = bencoded_text(rest) {
            fields.push_str(value);
            fields.push('\n');
            rest = tail;
        }
        // What is not made of texts alone stands as it is.
        if !rest.starts_with('e') {
            fields.push_str(rest);
        }
        fields
    }

    /// `/Inbox/` and `/Inbox` both to `/Inbox`; the root stays `/`.
    fn folder(&self) -> String {
        let trimmed = self.path.trim_end_matches('/');
        if trimmed.is_empty() { "/".to_owned() } else { trimmed.to_owned() }
    }
}

/// `3:abc...` to `abc` and the rest. Some versions count a text's bytes and others its characters: what leads
/// to something readable next is right.
fn bencoded_text(text: &str) -> Option<(&str, &str)> {
    let (length, tail) = text.split_once(':')?;
    let length: usize = length.parse().ok()?;
    let by_bytes = tail.split_at_checked(length).filter(|(_, rest)| {
        rest.starts_with('e')
            || rest.split_once(':').is_some_and(|(length, _)| length.parse::<usize>().is_ok())
    });
    by_bytes.or_else(|| {
        let end = tail.char_indices().nth(length).map_or(tail.len(), |(at, _)| at);
        tail.split_at_checked(end)
    })
}

/// The item being put together.
struct Open {
    spool: Spool,
    /// Header blocks in front of the first content.
    start: usize,
    /// Path of its body: its meta's without the suffix, or its own when it has no meta.
    path: String,
    meta: Option<Meta>,
    stage: Stage,
    body: Option<Body>,
    marked: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Meta,
    Body,
    Rest,
}

struct Body {
    length: u64,
    digest: Option<digest::Context>,
}

/// An archive being checked.
pub struct Checker {
    stream: TarStream,
    state: Items,
}

struct Items {
    open: Option<Open>,
    facts: Facts,
    spill_above: usize,
}

impl Checker {
    /// A checker that keeps items up to `spill_above` bytes in memory.
    pub fn new(spill_above: usize) -> Self {
        Self {
            stream: TarStream::default(),
            state: Items { open: None, facts: Facts::default(), spill_above },
        }
    }

    /// Reads `input`; items that are whole and proven by now are added to `ready`.
    ///
    /// # Errors
    /// See [`Broken`]. What is in `ready` is sound all the same.
    pub fn feed(&mut self, input: &[u8], ready: &mut Vec<Item>) -> Result<(), Broken> {
        let state = &mut self.state;
        self.stream.feed(input, |part| state.take(part, ready))?;
        if self.stream.ended() {
            state.release(ready)?;
        }
        Ok(())
    }

    /// The facts, once no more is to come. An item that is not proven whole is dropped.
    pub fn finish(self) -> Facts {
        Facts { ended: self.stream.ended(), ..self.state.facts }
    }
}

impl Items {
    fn take(&mut self, part: Part<'_>, ready: &mut Vec<Item>) -> Result<(), Broken> {
        match part {
            Part::Header { name, size, raw } => self.begin(name, size, raw, ready),
            Part::Content(bytes) => self.content(bytes),
            Part::End { padding } => self.end_entry(padding),
        }
    }

    fn begin(&mut self, name: &str, size: u64, raw: &[u8], ready: &mut Vec<Item>) -> Result<(), Broken> {
        if let Some(open) = &mut self.open {
            if open.is_body(name) {
                let digest = open.meta.as_ref().and_then(Meta::digest_algorithm).map(digest::Context::new);
                open.body = Some(Body { length: size, digest });
                open.stage = Stage::Body;
                return Ok(open.spool.push(raw)?);
            }
            if name.strip_suffix(ERROR_SUFFIX) == Some(open.path.as_str()) {
                open.marked = true;
                open.stage = Stage::Rest;
                return Ok(());
            }
        }
        self.release(ready)?;
        let (path, stage) = match name.strip_suffix(META_SUFFIX) {
            Some(path) if size > MAX_META => {
                return Err(format!("the description of {path} is too large").into());
            }
            Some(path) => (path, Stage::Meta),
            None => (name, Stage::Body),
        };
        let body = (stage == Stage::Body).then_some(Body { length: size, digest: None });
        let mut spool = Spool::new(self.spill_above.max(2 * MAX_META as usize));
        spool.push(raw)?;
        let start = raw.len();
        self.open =
            Some(Open { spool, start, path: path.to_owned(), meta: None, stage, body, marked: false });
        Ok(())
    }

    fn content(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        let Some(open) = &mut self.open else { return Ok(()) };
        if open.stage == Stage::Rest {
            return Ok(());
        }
        if let Some(digest) = open.body.as_mut().and_then(|body| body.digest.as_mut()) {
            digest.update(bytes);
        }
        Ok(open.spool.push(bytes)?)
    }

    fn end_entry(&mut self, padding: usize) -> Result<(), Broken> {
        let Some(open) = &mut self.open else { return Ok(()) };
        if open.stage == Stage::Rest {
            return Ok(());
        }
        if open.stage == Stage::Meta {
            let meta: Meta = serde_json::from_slice(&open.spool.memory()[open.start..]).map_err(|error| {
                format!("the description of {} cannot be read: {error}", printable(&open.path))
            })?;
            open.meta = Some(meta);
        }
        open.stage = Stage::Rest;
        Ok(open.spool.push(&[0; BLOCK][..padding])?)
    }

    /// The item at hand is complete: forward it, or say why not.
    fn release(&mut self, ready: &mut Vec<Item>) -> Result<(), Broken> {
        let Some(open) = self.open.take() else { return Ok(()) };
        if open.path.starts_with(FILLER_PREFIX) {
            return Ok(());
        }
        let kind = open.meta.as_ref().and_then(|meta| ItemKind::from_number(meta.kind));
        let folder = open.meta.as_ref().map_or_else(|| parent(&open.path), Meta::folder);
        if let Some(flaw) = open.flaw(kind) {
            self.facts.damaged += 1;
            if self.facts.notes.len() < MAX_NOTES {
                self.facts.notes.push(format!("{}: {flaw}", printable(&open.path)));
            }
            return Ok(());
        }
        match (kind, &open.meta) {
            (Some(ItemKind::Folder), Some(meta)) => {
                // The two roots share the path `/`; neither holds items.
                *self.facts.stated.entry(folder.clone()).or_default() += meta.size;
            }
            (Some(kind), _) if !counts_in_folder(kind) => {}
            _ => {
                *self.facts.found.entry(folder.clone()).or_default() += 1;
                self.facts.items += 1;
            }
        }
        let fields = open.meta.as_ref().filter(|_| kind == Some(ItemKind::Contact)).map(Meta::fields);
        let digest = open.digest(kind);
        let id = open.meta.as_ref().and_then(|meta| meta.id);
        ready.push(Item { payload: open.spool.seal()?, kind, folder, fields, digest, id });
        Ok(())
    }
}

impl Open {
    /// Whether the entry `name` is the body of the description just read.
    fn is_body(&self, name: &str) -> bool {
        self.body.is_none() && self.meta.is_some() && self.path == name
    }

    /// What tells it from others of its kind, to be asked for once it has no flaw: a message's own digest, or that
    /// of a document's bytes.
    fn digest(&self, kind: Option<ItemKind>) -> Option<String> {
        match kind {
            Some(ItemKind::Message) => self.meta.as_ref()?.blob_digest.clone(),
            Some(ItemKind::Document) => self.body.as_ref()?.digest(),
            _ => None,
        }
    }

    /// Why it must not be forwarded, if so.
    fn flaw(&self, kind: Option<ItemKind>) -> Option<String> {
        if self.marked {
            return Some("its stored body is damaged on the source (marked .err)".to_owned());
        }
        let meta = self.meta.as_ref()?;
        if kind != Some(ItemKind::Message) {
            return None;
        }
        let Some(body) = &self.body else { return Some("its body is missing on the source".to_owned()) };
        if body.length != meta.size {
            return Some(format!("{} bytes stated, {} sent", meta.size, body.length));
        }
        let stated = meta.blob_digest.as_deref()?;
        let actual = body.digest()?;
        (actual != stated).then(|| "its digest does not agree with its content".to_owned())
    }
}

impl Body {
    fn digest(&self) -> Option<String> {
        Some(digest_text(self.digest.clone()?.finish().as_ref()))
    }
}

impl Meta {
    /// Of a message SHA-256 since 8.0, SHA-1 before, told by its digest's length: only messages carry the digest of
    /// the very bytes in the archive. What servers write anew for each export (appointments, tasks) has none.
    fn digest_algorithm(&self) -> Option<&'static digest::Algorithm> {
        let stated = self.blob_digest.as_ref().map(String::len);
        match (ItemKind::from_number(self.kind), stated) {
            (Some(ItemKind::Message), Some(44)) | (Some(ItemKind::Document), _) => Some(&digest::SHA256),
            (Some(ItemKind::Message), Some(28)) => Some(&digest::SHA1_FOR_LEGACY_USE_ONLY),
            _ => None,
        }
    }
}

/// Folder of an item that has no meta: its directory, without the `!1` of crowded ones.
fn parent(path: &str) -> String {
    match path.rsplit_once('/') {
        None => "/".to_owned(),
        Some((directory, _)) => {
            let cut = directory
                .rfind('!')
                .filter(|at| directory[at + 1..].bytes().all(|byte| byte.is_ascii_digit()));
            format!("/{}", &directory[..cut.unwrap_or(directory.len())])
        }
    }
}

/// A name from a mailbox made safe to show: it may hold anything.
fn printable(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::format::{blob_digest, header, padded, trailer},
        *,
    };

    #[test]
    fn a_contact_is_the_same_on_every_version() {
        let fields = |metadata: &str| Meta { metadata: metadata.to_owned(), ..Meta::default() }.fields();
        let old = fields("d3:fldd9:firstName3:Zo\u{e9}5:phone6:+49 17e1:vi8ee");
        let new = fields("d3:fldd9:firstName4:Zo\u{e9}5:phone6:+49 17e1:vi10ee");
        assert_eq!(old, new);
        assert_ne!(old, fields("d3:fldd9:firstName3:Zo\u{eb}5:phone6:+49 17e1:vi10ee"));
        assert_ne!(fields("d3:fldd4:name1:1e1:vi10ee"), fields("d3:fldd4:name1:2e1:vi10ee"));
        assert_ne!(fields("d3:fldd4:name2:11e1:vi10ee"), fields("d3:fldd4:name2:12e1:vi10ee"));
        assert_ne!(fields("d3:fldd1:ad1:b1:cee"), fields("d3:fldd1:ad1:b1:dee"), "what is not understood");
        assert_eq!((fields(""), fields("d3:fldde1:vi10ee")), (String::new(), String::new()));
    }

    #[derive(Default)]
    struct Builder(Vec<u8>);

    impl Builder {
        fn entry(mut self, name: &str, kind: ItemKind, content: &[u8]) -> Self {
            self.0.extend(header(name, content.len() as u64, 1, kind, false));
            self.0.extend_from_slice(content);
            self.0.resize(padded(self.0.len() as u64) as usize, 0);
            self
        }

        fn folder(self, path: &str, size: u64) -> Self {
            let meta = format!("{{\"type\":1,\"Path\":\"{path}\",\"size\":{size}}}");
            self.entry(&format!("00{path}.meta"), ItemKind::Folder, meta.as_bytes())
        }

        fn message(self, folder: &str, name: &str, body: &[u8], digest: &str) -> Self {
            let meta = format!(
                "{{\"type\":5,\"Path\":\"{folder}/\",\"size\":{},\"blob_digest\":\"{digest}\"}}",
                body.len()
            );
            let path = format!("{}/{name}.eml", folder.trim_start_matches('/'));
            self.entry(&format!("{path}.meta"), ItemKind::Message, meta.as_bytes()).entry(
                &path,
                ItemKind::Message,
                body,
            )
        }

        fn good(self, folder: &str, name: &str, body: &[u8]) -> Self {
            self.message(folder, name, body, &blob_digest(body))
        }

        fn end(mut self) -> Vec<u8> {
            let end = trailer(self.0.len() as u64);
            self.0.extend(end);
            self.0
        }
    }

    fn check(bytes: &[u8]) -> (Vec<Item>, Result<Facts, Broken>) {
        let mut checker = Checker::new(8 << 20);
        let mut ready = Vec::new();
        for piece in bytes.chunks(700) {
            if let Err(broken) = checker.feed(piece, &mut ready) {
                return (ready, Err(broken));
            }
        }
        (ready, Ok(checker.finish()))
    }

    #[test]
    fn a_sound_archive_is_forwarded_byte_for_byte() {
        let bytes = Builder::default()
            .folder("/Inbox", 2)
            .good("/Inbox", "a", b"one")
            .good("/Inbox", "b", b"two")
            .end();
        let (items, facts) = check(&bytes);
        let facts = facts.unwrap();
        let mut forwarded = Vec::new();
        for mut item in items {
            while let Some(piece) = item.payload.take().unwrap() {
                forwarded.extend_from_slice(&piece);
            }
        }
        assert_eq!(forwarded, bytes[..forwarded.len()]);
        assert!(facts.ended && facts.missing("/Inbox") == 0 && facts.items == 2 && facts.damaged == 0);
    }

    #[test]
    fn a_short_archive_betrays_itself_by_its_folder_counts() {
        let bytes = Builder::default().folder("/Inbox", 60).good("/Inbox", "a", b"one").end();
        let facts = check(&bytes).1.unwrap();
        assert!(facts.ended);
        assert_eq!(facts.missing("/Inbox"), 59);
    }

    #[test]
    fn what_is_cut_inside_an_entry_is_never_forwarded() {
        let bytes = Builder::default().good("/Inbox", "a", &[1; 3000]).good("/Inbox", "b", &[2; 3000]).end();
        for cut in 0..bytes.len() {
            let (items, facts) = check(&bytes[..cut]);
            let facts = facts.unwrap();
            assert_eq!(items.iter().filter(|item| item.counts()).count() as u64, facts.items);
            for item in items {
                assert_eq!(item.payload.len(), 512 + 512 + 512 + padded(3000), "cut at {cut}");
            }
        }
    }

    #[test]
    fn damaged_messages_are_held_back_and_named() {
        let bytes = Builder::default()
            .message("/Inbox", "wrong", b"body", &blob_digest(b"other"))
            .good("/Inbox", "marked", b"padded   ")
            .entry("Inbox/marked.eml.err", ItemKind::Message, b"")
            .good("/Inbox", "sound", b"fine")
            .end();
        let (items, facts) = check(&bytes);
        let facts = facts.unwrap();
        assert_eq!((items.len(), facts.items, facts.damaged), (1, 1, 2));
        assert!(facts.notes[0].contains("wrong") && facts.notes[1].contains(".err"), "{:?}", facts.notes);
    }

    #[test]
    fn a_message_of_another_length_than_stated_is_held_back_without_a_digest_too() {
        let meta = b"{\"type\":5,\"Path\":\"/Inbox/\",\"size\":9}";
        let sent = Builder::default().entry("Inbox/x.eml.meta", ItemKind::Message, meta);
        let facts = check(&sent.entry("Inbox/x.eml", ItemKind::Message, b"short").end()).1.unwrap();
        assert_eq!((facts.items, facts.damaged), (0, 1));
        assert!(facts.notes[0].contains("9 bytes stated, 5 sent"), "{:?}", facts.notes);
    }

    #[test]
    fn a_message_without_its_body_is_held_back() {
        let meta = b"{\"type\":5,\"Path\":\"/Inbox/\",\"size\":9}";
        let bytes = Builder::default().entry("Inbox/x.eml.meta", ItemKind::Message, meta).end();
        assert_eq!(check(&bytes).1.unwrap().damaged, 1);
    }

    #[test]
    fn contacts_need_no_body_and_old_digests_are_sha1() {
        let sha1 = digest_text(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, b"old").as_ref());
        let contact = b"{\"type\":6,\"Path\":\"/Contacts/\",\"size\":0}";
        let bytes = Builder::default()
            .entry("Contacts/Example, Ann.meta", ItemKind::Contact, contact)
            .message("/Inbox", "old", b"old", &sha1)
            .end();
        let facts = check(&bytes).1.unwrap();
        assert_eq!((facts.items, facts.damaged), (2, 0));
        assert_eq!(facts.found["/Contacts"], 1);
    }

    #[test]
    fn a_large_item_spills_and_still_arrives_whole() {
        let body = vec![7; 9 << 20];
        let bytes = Builder::default().good("/Inbox", "large", &body).end();
        let (mut items, facts) = check(&bytes);
        assert_eq!(facts.unwrap().damaged, 0);
        let mut length = 0;
        while let Some(piece) = items[0].payload.take().unwrap() {
            length += piece.len() as u64;
        }
        assert_eq!(length, 512 * 3 + padded(body.len() as u64));
    }

    #[test]
    fn names_without_meta_fall_back_on_their_directory() {
        assert_eq!(parent("Inbox!3/x.eml"), "/Inbox");
        assert_eq!(parent("Wow!/x.eml"), "/Wow");
        assert_eq!(parent("x"), "/");
    }
}
