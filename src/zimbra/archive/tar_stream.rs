//! Reads a tar stream as it arrives: bytes in, entries out. Pure; nothing is unpacked.

use super::format::{BLOCK, padded};

/// Names longer than this are refused; Zimbra's own are cut at a few hundred bytes.
const MAX_NAME: u64 = 64 << 10;

/// What the reader tells, in the order of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// An entry begins. `raw` is its header, with a long-name entry in front where it has one.
    Header {
        /// Its path, as bytes turned into text where they are none.
        name: &'a str,
        /// Bytes of content to come.
        size: u64,
        /// The header blocks as they stood in the stream.
        raw: &'a [u8],
    },
    /// Some of its content.
    Content(&'a [u8]),
    /// Its content is complete; this much padding follows to the next block.
    End {
        /// Zero bytes to the block's end.
        padding: usize,
    },
}

/// A tar stream being read.
#[derive(Debug)]
pub struct TarStream {
    state: State,
    /// Header blocks of the entry being opened.
    header: Vec<u8>,
    /// Its long name, when one went in front.
    long_name: Option<String>,
}

#[derive(Debug)]
enum State {
    /// Filling the last block of `header`; this many bytes of it are there.
    Header(usize),
    LongName {
        text: Vec<u8>,
        left: u64,
    },
    Content {
        left: u64,
        padding: usize,
    },
    Padding(usize),
    /// One zero block has been seen.
    HalfEnd(usize),
    /// Both zero blocks have been seen; what follows is ignored.
    End,
}

impl Default for TarStream {
    fn default() -> Self {
        Self { state: State::Header(0), header: Vec::with_capacity(3 * BLOCK), long_name: None }
    }
}

impl TarStream {
    /// Whether the end blocks have been seen.
    pub const fn ended(&self) -> bool {
        matches!(self.state, State::End)
    }

    /// Whether the stream stands between two entries.
    pub fn between_entries(&self) -> bool {
        matches!(self.state, State::Header(0) | State::HalfEnd(_) | State::End) && self.header.is_empty()
    }

    /// Reads `input` whole, telling `each` what it holds.
    ///
    /// # Errors
    /// What is wrong with the stream, or whatever `each` answers.
    pub fn feed<E: From<String>>(
        &mut self,
        mut input: &[u8],
        mut each: impl FnMut(Part<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        while !input.is_empty() {
            input = match &mut self.state {
                State::Header(filled) | State::HalfEnd(filled) => {
                    let take = input.len().min(BLOCK - *filled);
                    *filled += take;
                    self.header.extend_from_slice(&input[..take]);
                    if *filled == BLOCK {
                        self.block(&mut each)?;
                    }
                    &input[take..]
                }
                State::LongName { text, left } => {
                    let take = input.len().min(*left as usize);
                    text.extend_from_slice(&input[..take]);
                    self.header.extend_from_slice(&input[..take]);
                    *left -= take as u64;
                    if *left == 0 {
                        let end = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
                        self.long_name = Some(String::from_utf8_lossy(&text[..end]).into_owned());
                        self.state = State::Header(0);
                    }
                    &input[take..]
                }
                State::Content { left, padding } => {
                    let take = input.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                    *left -= take as u64;
                    let (content, rest) = input.split_at(take);
                    let ended = (*left == 0).then_some(*padding);
                    each(Part::Content(content))?;
                    if let Some(padding) = ended {
                        self.end_entry(padding, &mut each)?;
                    }
                    rest
                }
                State::Padding(left) => {
                    let take = input.len().min(*left);
                    *left -= take;
                    if *left == 0 {
                        self.state = State::Header(0);
                    }
                    &input[take..]
                }
                State::End => &[],
            };
        }
        Ok(())
    }

    fn end_entry<E>(
        &mut self,
        padding: usize,
        each: &mut impl FnMut(Part<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.state = if padding == 0 { State::Header(0) } else { State::Padding(padding) };
        each(Part::End { padding })
    }

    /// A block is complete where a header is expected.
    fn block<E: From<String>>(&mut self, each: &mut impl FnMut(Part<'_>) -> Result<(), E>) -> Result<(), E> {
        let start = self.header.len() - BLOCK;
        if self.header[start..].iter().all(|byte| *byte == 0) {
            self.header.clear();
            self.state = if matches!(self.state, State::HalfEnd(_)) { State::End } else { State::HalfEnd(0) };
            return Ok(());
        }
        let header = tar::Header::from_byte_slice(&self.header[start..]);
        if header.cksum().ok() != Some(checksum(&self.header[start..])) {
            return Err("a tar header's checksum is wrong".to_owned().into());
        }
        let size = header.entry_size().map_err(|_| "a tar header's size cannot be read".to_owned())?;
        if header.entry_type() == tar::EntryType::GNULongName {
            if size > MAX_NAME {
                return Err("an entry's name is longer than 64 KiB".to_owned().into());
            }
            self.state = State::LongName { text: Vec::new(), left: padded(size) };
            if size == 0 {
                self.state = State::Header(0);
            }
            return Ok(());
        }
        let name = match self.long_name.take() {
            Some(name) => name,
            None => String::from_utf8_lossy(&header.path_bytes()).into_owned(),
        };
        each(Part::Header { name: &name, size, raw: &self.header })?;
        self.header.clear();
        let padding = (padded(size) - size) as usize;
        if size == 0 {
            return self.end_entry(0, each);
        }
        self.state = State::Content { left: size, padding };
        Ok(())
    }
}

/// Sum of a header's bytes with its checksum field read as blanks.
fn checksum(block: &[u8]) -> u32 {
    block
        .iter()
        .enumerate()
        .map(|(at, byte)| u32::from(if (148..156).contains(&at) { b' ' } else { *byte }))
        .sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::format::{ItemKind, filler, header, trailer},
        *,
    };

    fn archive(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, content) in entries {
            bytes.extend(header(name, content.len() as u64, 7, ItemKind::Message, false));
            bytes.extend_from_slice(content);
            bytes.resize(padded(bytes.len() as u64) as usize, 0);
        }
        bytes.extend(trailer(bytes.len() as u64));
        bytes
    }

    type Entries = Vec<(String, Vec<u8>)>;

    fn read(bytes: &[u8], step: usize) -> Result<(Entries, TarStream), String> {
        let mut stream = TarStream::default();
        let mut found = Entries::new();
        for chunk in bytes.chunks(step.max(1)) {
            stream.feed::<String>(chunk, |part| {
                match part {
                    Part::Header { name, .. } => found.push((name.to_owned(), Vec::new())),
                    Part::Content(content) => found.last_mut().unwrap().1.extend_from_slice(content),
                    Part::End { .. } => {}
                }
                Ok(())
            })?;
        }
        Ok((found, stream))
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_back_however_it_is_cut(
            entries in prop::collection::vec(("[a-zé/]{1,180}", prop::collection::vec(any::<u8>(), 0..2000)), 0..6),
            step in 1usize..3000,
        ) {
            let (found, stream) = read(&archive(&entries), step).unwrap();
            prop_assert!(stream.ended());
            prop_assert_eq!(found, entries);
        }

        #[test]
        fn noise_is_an_error_or_an_unended_stream_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..5000)) {
            if let Ok((_, stream)) = read(&bytes, 700) {
                prop_assert!(!stream.ended() || bytes.iter().all(|byte| *byte == 0));
            }
        }
    }

    #[test]
    fn a_flipped_bit_in_a_header_is_seen() {
        let mut bytes = archive(&[("Inbox/1.eml".to_owned(), b"x".to_vec())]);
        bytes[100] ^= 1;
        assert!(read(&bytes, 512).is_err());
    }

    #[test]
    fn filler_is_an_ordinary_entry() {
        let mut bytes = filler(BLOCK as u64);
        bytes.extend(trailer(0));
        let (found, stream) = read(&bytes, 10_000).unwrap();
        assert!(stream.ended() && found[0].0.starts_with("__MACOSX/"));
    }
}
