//! Facts of Zimbra's archive format, shared by the checker and the lab server.
//!
//! Read off archives written by Zimbra 5.0 to 10.1: ustar headers padded to 10,240 bytes, GNU long names,
//! `gname` = item type in lower case, `devmajor` = type number, each item as `<path>.meta` (JSON) and,
//! when it has a body, `<path>`.

use base64::{Engine, alphabet, engine};
use ring::digest;

/// Tar's unit of addressing: every entry starts at a multiple of it.
pub const BLOCK: usize = 512;
/// Tar's unit of transfer. The import's reader works in it; a break on a multiple of it is harmless.
pub const RECORD: usize = 10_240;
/// Names below this are ignored by the import, so they serve as filler.
pub const FILLER_PREFIX: &str = "__MACOSX/";
/// Ending of an item's description.
pub const META_SUFFIX: &str = ".meta";
/// Ending of the empty entry by which the export says "the body before this one is not what was stored".
pub const ERROR_SUFFIX: &str = ".err";
/// From this many items on, a folder's directory becomes `Name!1`, `Name!2`, ...
pub const ITEMS_PER_DIRECTORY: u64 = 500;

/// Kinds of item, by the number in `devmajor` and in the meta's `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ItemKind {
    /// A folder of any view.
    Folder = 1,
    /// A saved search.
    SearchFolder = 2,
    /// A tag.
    Tag = 3,
    /// A conversation (never exported).
    Conversation = 4,
    /// A mail message.
    Message = 5,
    /// A contact or contact group.
    Contact = 6,
    /// A briefcase file.
    Document = 8,
    /// A note.
    Note = 9,
    /// A flag.
    Flag = 10,
    /// An appointment series.
    Appointment = 11,
    /// A folder shared by somebody else.
    Mountpoint = 13,
    /// A wiki page.
    Wiki = 14,
    /// A task.
    Task = 15,
    /// A chat.
    Chat = 16,
}

impl ItemKind {
    /// The kind with this number.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Folder,
            2 => Self::SearchFolder,
            3 => Self::Tag,
            4 => Self::Conversation,
            5 => Self::Message,
            6 => Self::Contact,
            8 => Self::Document,
            9 => Self::Note,
            10 => Self::Flag,
            11 => Self::Appointment,
            13 => Self::Mountpoint,
            14 => Self::Wiki,
            15 => Self::Task,
            16 => Self::Chat,
            _ => return None,
        })
    }

    /// The word in `gname`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::SearchFolder => "searchfolder",
            Self::Tag => "tag",
            Self::Conversation => "conversation",
            Self::Message => "message",
            Self::Contact => "contact",
            Self::Document => "document",
            Self::Note => "note",
            Self::Flag => "flag",
            Self::Appointment => "appointment",
            Self::Mountpoint => "mountpoint",
            Self::Wiki => "wiki",
            Self::Task => "task",
            Self::Chat => "chat",
        }
    }

    /// Whether it belongs to the mailbox's skeleton (folders, saved searches, tags, mount points) rather
    /// than being an item counted in a folder.
    #[must_use]
    pub const fn is_skeleton(self) -> bool {
        matches!(self, Self::Folder | Self::SearchFolder | Self::Tag | Self::Mountpoint | Self::Flag)
    }
}

const DIGEST_ALPHABET: engine::GeneralPurpose = {
    let Ok(comma_for_slash) =
        alphabet::Alphabet::new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,")
    else {
        panic!("64 distinct characters")
    };
    engine::GeneralPurpose::new(&comma_for_slash, engine::general_purpose::PAD)
};

/// `blob_digest` of a body: base64 of its SHA-256, with `,` for `/`.
#[must_use]
pub fn blob_digest(body: &[u8]) -> String {
    digest_text(digest::digest(&digest::SHA256, body).as_ref())
}

/// Any digest in the notation of `blob_digest`.
#[must_use]
pub fn digest_text(digest: &[u8]) -> String {
    DIGEST_ALPHABET.encode(digest)
}

/// Header of one entry: mode 0100644 (0100444 marks an unread item's meta), no owner names but `gname`.
///
/// Names over 100 bytes get a GNU long-name entry in front, so the answer is one or three blocks and more.
#[must_use]
pub fn header(name: &str, size: u64, mtime_s: u64, kind: ItemKind, unread: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(BLOCK);
    if name.len() > 100 {
        let mut long = plain_header(name.len() as u64 + 1, 0);
        long.set_entry_type(tar::EntryType::GNULongName);
        long.as_mut_bytes()[..13].copy_from_slice(b"././@LongLink");
        long.set_cksum();
        out.extend_from_slice(long.as_bytes());
        out.extend_from_slice(name.as_bytes());
        out.push(0);
        out.resize(padded(out.len() as u64) as usize, 0);
    }
    let mut entry = plain_header(size, mtime_s);
    let short = &name.as_bytes()[..name.len().min(100)];
    entry.as_mut_bytes()[..short.len()].copy_from_slice(short);
    entry.set_mode(if unread { 0o100_444 } else { 0o100_644 });
    if let Some(ustar) = entry.as_ustar_mut() {
        ustar.gname[..kind.word().len()].copy_from_slice(kind.word().as_bytes());
        ustar.set_device_major(u32::from(kind as u8));
        ustar.set_device_minor(0);
    }
    entry.set_cksum();
    out.extend_from_slice(entry.as_bytes());
    out
}

/// An entry the import ignores, from `position` (a multiple of [`BLOCK`]) to the next multiple of
/// [`RECORD`]; empty when `position` is one already.
#[must_use]
pub fn filler(position: u64) -> Vec<u8> {
    let room = (RECORD as u64 - position % RECORD as u64) % RECORD as u64;
    if room == 0 {
        return Vec::new();
    }
    let name = format!("{FILLER_PREFIX}zmpace");
    let mut entry = plain_header(room - BLOCK as u64, 0);
    entry.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
    entry.set_cksum();
    let mut out = entry.as_bytes().to_vec();
    out.resize(room as usize, 0);
    out
}

/// The end of an archive that stands at `position`: two zero blocks, padded to a multiple of [`RECORD`].
#[must_use]
pub fn trailer(position: u64) -> Vec<u8> {
    let end = position + 2 * BLOCK as u64;
    vec![0; (end.next_multiple_of(RECORD as u64) - position) as usize]
}

/// `size` rounded up to whole blocks.
#[must_use]
pub const fn padded(size: u64) -> u64 {
    size.next_multiple_of(BLOCK as u64)
}

fn plain_header(size: u64, mtime_s: u64) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(tar::EntryType::Regular);
    header.set_mode(0o100_644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(mtime_s);
    header.set_size(size);
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_base64_with_a_comma_for_the_slash() {
        // SHA-256 of the empty string, whose base64 holds a slash.
        assert_eq!(blob_digest(b""), "47DEQpj8HBSa+,TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }

    #[test]
    fn filler_reaches_the_next_record_exactly() {
        for position in (0..40_960u64).step_by(BLOCK) {
            let end = position + filler(position).len() as u64;
            assert_eq!(end % RECORD as u64, 0, "from {position}");
            assert!(end - position < RECORD as u64);
        }
    }

    #[test]
    fn long_names_travel_in_front_of_their_entry() {
        let name = format!("Inbox/{}.eml", "x".repeat(200));
        let bytes = header(&name, 5, 1, ItemKind::Message, false);
        assert_eq!(bytes.len() % BLOCK, 0);
        let mut archive = tar::Archive::new(std::io::Cursor::new([bytes, vec![0; 2048]].concat()));
        let entry = archive.entries().unwrap().next().unwrap().unwrap();
        assert_eq!(entry.path_bytes().as_ref(), name.as_bytes());
        assert_eq!(entry.header().groupname_bytes(), Some(b"message".as_slice()));
        assert_eq!(entry.header().device_major().unwrap(), Some(5));
    }

    #[test]
    fn the_trailer_holds_two_zero_blocks_and_ends_on_a_record() {
        for position in (0..20_480u64).step_by(BLOCK) {
            let end = trailer(position);
            assert!(end.len() >= 2 * BLOCK && end.iter().all(|byte| *byte == 0));
            assert_eq!((position + end.len() as u64) % RECORD as u64, 0);
        }
    }
}
