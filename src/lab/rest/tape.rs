//! The tar reader of the import, with the real one's flaw.
//!
//! It fetches blocks of 10,240 bytes and counts records in them. When the upload ends in the middle of a
//! block, the count has already been set back to the start: whoever swallows the error and asks again is
//! served what the block holds, the end of the upload over the remains of the block before it. Whether that
//! ends, repeats for ever or glues a message to a foreign tail depends on the bytes alone.

use crate::{
    lab::http::Connection,
    zimbra::archive::format::{BLOCK, RECORD},
};
use flate2::write::GzDecoder;
use std::{io, io::Write as _, time::Duration};

/// Why an entry could not be read.
#[derive(Debug)]
pub(super) enum TapeError {
    /// The upload ended early; asking again is the flaw.
    Early,
    /// This is no header; nothing can be read from here on.
    NotTar,
    /// Nothing came before the idle time-out.
    Idle,
    /// Not gzip, or damaged gzip.
    NotGzip,
}

/// An entry's header.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) mtime_s: u64,
    pub(super) is_directory: bool,
}

/// Where decoded tar bytes come from.
pub(super) struct Tape<'a> {
    pub(super) connection: &'a mut Connection,
    gunzip: Option<GzDecoder<Vec<u8>>>,
    /// Decoded and not yet in a block.
    pending: Vec<u8>,
    pending_from: usize,
    ended: bool,
    block: Box<[u8; RECORD]>,
    /// Next record in the block; 20 = fetch a new one.
    next: usize,
    /// The flaw has begun.
    pub(super) broken: bool,
    /// Bytes and padding of the current entry not yet read.
    left: u64,
    padding: u64,
    /// A header has been read.
    pub(super) began: bool,
    /// Decoded bytes put into blocks.
    pub(super) read: u64,
    /// The upload is damaged rather than short.
    pub(super) corrupt: bool,
}

const RECORDS: usize = RECORD / BLOCK;

impl<'a> Tape<'a> {
    pub(super) fn new(connection: &'a mut Connection, gzip: bool) -> Self {
        Self {
            connection,
            gunzip: gzip.then(|| GzDecoder::new(Vec::new())),
            pending: Vec::new(),
            pending_from: 0,
            ended: false,
            block: Box::new([0; RECORD]),
            next: RECORDS,
            broken: false,
            left: 0,
            padding: 0,
            began: false,
            read: 0,
            corrupt: false,
        }
    }

    /// Copies decoded bytes into the block from `at`; 0 at the end of the upload, however it ended.
    async fn take(&mut self, at: usize) -> Result<usize, TapeError> {
        loop {
            if self.pending_from < self.pending.len() {
                let from = &self.pending[self.pending_from..];
                let count = from.len().min(RECORD - at);
                self.block[at..at + count].copy_from_slice(&from[..count]);
                self.pending_from += count;
                return Ok(count);
            }
            self.pending.clear();
            self.pending_from = 0;
            if self.ended {
                return Ok(0);
            }
            self.receive().await?;
        }
    }

    async fn receive(&mut self) -> Result<(), TapeError> {
        match self.connection.body().await {
            Ok(Some(piece)) => match &mut self.gunzip {
                None => self.pending.extend_from_slice(piece),
                Some(gunzip) => {
                    if gunzip.write_all(piece).is_err() {
                        self.ended = true;
                        self.corrupt = true;
                        if self.read == 0 && gunzip.get_ref().is_empty() {
                            return Err(TapeError::NotGzip);
                        }
                    }
                    self.pending.append(gunzip.get_mut());
                }
            },
            Ok(None) => {
                self.ended = true;
                if let Some(gunzip) = &mut self.gunzip
                    && gunzip.try_finish().is_ok()
                {
                    self.pending.append(gunzip.get_mut());
                }
            }
            Err(error) if error.kind() == io::ErrorKind::TimedOut => return Err(TapeError::Idle),
            Err(_) => self.ended = true,
        }
        Ok(())
    }

    /// The next record, as a place in the block; `None` at a clean end between entries.
    async fn record(&mut self, between: bool) -> Result<Option<usize>, TapeError> {
        if self.next == RECORDS {
            // Set back before the block is there: that is the flaw.
            self.next = 0;
            if self.broken {
                return Err(TapeError::Early);
            }
            let mut filled = 0;
            while filled < RECORD {
                let count = self.take(filled).await?;
                if count == 0 {
                    break;
                }
                filled += count;
            }
            self.read += filled as u64;
            if filled == 0 && between {
                self.next = RECORDS;
                return Ok(None);
            }
            if filled < RECORD {
                self.broken = true;
                return Err(TapeError::Early);
            }
        }
        self.next += 1;
        Ok(Some((self.next - 1) * BLOCK))
    }

    /// The next entry; `None` at the end of the archive.
    pub(super) async fn entry(&mut self) -> Result<Option<Entry>, TapeError> {
        self.skip().await?;
        let mut long_name = None;
        loop {
            let Some(at) = self.record(true).await? else { return Ok(None) };
            let header = &self.block[at..at + BLOCK];
            if header.iter().all(|byte| *byte == 0) {
                return Ok(None);
            }
            let Some((entry, kind)) = parse(header) else { return Err(TapeError::NotTar) };
            self.began = true;
            self.left = entry.size;
            self.padding = entry.size.next_multiple_of(BLOCK as u64) - entry.size;
            match kind {
                b'L' => {
                    let name = self.whole(64 * 1024).await?;
                    let name = String::from_utf8_lossy(&name).trim_end_matches('\0').to_owned();
                    long_name = Some(name);
                    self.skip().await?;
                }
                b'x' | b'g' => self.skip().await?,
                _ => {
                    let name = long_name.take().unwrap_or_else(|| entry.name.clone());
                    return Ok(Some(Entry { name, is_directory: kind == b'5', ..entry }));
                }
            }
        }
    }

    /// Passes over what is left of the current entry.
    async fn skip(&mut self) -> Result<(), TapeError> {
        if self.broken {
            // Within the one block there is; a longer way asks for a second one and finds the end.
            let records = ((self.left + self.padding) / BLOCK as u64) as usize;
            (self.left, self.padding) = (0, 0);
            if records > RECORDS {
                return Err(TapeError::NotTar);
            }
            self.next = (self.next + records) % RECORDS;
            return Ok(());
        }
        while self.left + self.padding > 0 {
            self.record(false).await?;
            let gone = (BLOCK as u64).min(self.left + self.padding);
            self.left = self.left.saturating_sub(gone);
            if self.left == 0 {
                self.padding = 0;
            }
        }
        Ok(())
    }

    /// The next piece of the current entry's body: as many whole records as the block holds.
    pub(super) async fn piece(&mut self) -> Result<Option<&[u8]>, TapeError> {
        if self.left == 0 {
            return Ok(None);
        }
        let Some(at) = self.record(false).await? else { return Err(TapeError::Early) };
        let wanted = self.left.div_ceil(BLOCK as u64) as usize;
        let more = (wanted - 1).min(RECORDS - self.next);
        self.next += more;
        let length = ((more + 1) * BLOCK).min(self.left as usize);
        self.left -= length as u64;
        if self.left == 0 {
            self.padding = 0;
        }
        Ok(Some(&self.block[at..at + length]))
    }

    /// The current entry's body, at most `limit` bytes of it.
    pub(super) async fn whole(&mut self, limit: usize) -> Result<Vec<u8>, TapeError> {
        let mut whole = Vec::new();
        while let Some(piece) = self.piece().await? {
            let room = limit.saturating_sub(whole.len());
            whole.extend_from_slice(&piece[..piece.len().min(room)]);
        }
        Ok(whole)
    }

    /// Reads what the client still sends after the archive's end, as far as it is little and comes soon.
    pub(super) async fn drain(&mut self) {
        let reading = async {
            let mut most = 1 << 20;
            while let Ok(Some(piece)) = self.connection.body().await {
                most -= piece.len() as i64;
                if most < 0 {
                    break;
                }
            }
        };
        let _ = tokio::time::timeout(Duration::from_secs(5), reading).await;
    }
}

fn octal(field: &[u8]) -> Option<u64> {
    if field.first()? & 0x80 != 0 {
        return Some(field[1..].iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)));
    }
    let text = std::str::from_utf8(field).ok()?.trim_matches([' ', '\0']);
    if text.is_empty() { Some(0) } else { u64::from_str_radix(text, 8).ok() }
}

/// Name, size and type of a header whose checksum is right.
fn parse(header: &[u8]) -> Option<(Entry, u8)> {
    let sum: u64 = header
        .iter()
        .enumerate()
        .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u64::from(*byte) })
        .sum();
    if octal(&header[148..156])? != sum {
        return None;
    }
    let text = |field: &[u8]| {
        let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
        String::from_utf8_lossy(&field[..end]).into_owned()
    };
    let entry = Entry {
        name: text(&header[..100]),
        size: octal(&header[124..136])?,
        mtime_s: octal(&header[136..148])?,
        is_directory: false,
    };
    Some((entry, header[156]))
}
