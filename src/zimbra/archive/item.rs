//! One whole item on its way: its blocks in memory, or in a temporary file when it is large.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
};

use bytes::{Bytes, BytesMut};

use super::format::ItemKind;

/// Bytes collected in memory up to a threshold, then in a nameless temporary file, which the system removes
/// however we end.
#[derive(Debug)]
pub struct Spool {
    head: BytesMut,
    file: Option<File>,
    length: u64,
    threshold: usize,
}

impl Spool {
    /// An empty spool that keeps up to `threshold` bytes in memory.
    pub fn new(threshold: usize) -> Self {
        Self { head: BytesMut::new(), file: None, length: 0, threshold }
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.length += bytes.len() as u64;
        if self.file.is_none() && self.head.len() + bytes.len() <= self.threshold {
            self.head.extend_from_slice(bytes);
            return Ok(());
        }
        if self.file.is_none() {
            self.file = Some(tempfile::tempfile()?);
        }
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(bytes))
    }

    /// Bytes in it.
    pub const fn len(&self) -> u64 {
        self.length
    }

    /// Whether nothing is in it.
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// What is held in memory; all of it unless it spilled.
    pub fn memory(&self) -> &[u8] {
        &self.head
    }

    /// Ends collecting.
    ///
    /// # Errors
    /// When the temporary file cannot be read back.
    pub fn seal(self) -> io::Result<Payload> {
        let file = match self.file {
            None => None,
            Some(mut file) => {
                file.seek(SeekFrom::Start(0))?;
                Some(file)
            }
        };
        Ok(Payload { head: self.head.freeze(), file, length: self.length })
    }
}

/// An item's blocks, to be taken piece by piece.
#[derive(Debug)]
pub struct Payload {
    head: Bytes,
    file: Option<File>,
    length: u64,
}

impl Payload {
    /// Bytes in all.
    pub const fn len(&self) -> u64 {
        self.length
    }

    /// Whether there is nothing in it.
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The next piece: what is in memory at once, then the file in pieces of 256 KiB.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub fn take(&mut self) -> io::Result<Option<Bytes>> {
        if !self.head.is_empty() {
            return Ok(Some(std::mem::take(&mut self.head)));
        }
        let Some(file) = &mut self.file else { return Ok(None) };
        let mut piece = vec![0; 256 << 10];
        let read = file.read(&mut piece)?;
        piece.truncate(read);
        Ok((read > 0).then(|| piece.into()))
    }
}

/// An item that is whole and proven, ready to be forwarded.
#[derive(Debug)]
pub struct Item {
    /// Its entries, header blocks and padding and all.
    pub payload: Payload,
    /// What it is, when its meta says so.
    pub kind: Option<ItemKind>,
    /// The folder it lies in, such as `/Inbox`; for a folder, itself.
    pub folder: String,
    /// Of a contact: its fields in a form that is the same on every server. Nothing else tells one contact
    /// without an e-mail address from another.
    pub fields: Option<String>,
    /// Of a message: the digest of its body, which has been seen to agree with it. Of a document: the SHA-256 of its
    /// body.
    pub digest: Option<String>,
    /// Its id on the server it comes from, when its meta says so.
    pub id: Option<u64>,
}

impl Item {
    /// Whether it counts as an item of its folder.
    pub fn counts(&self) -> bool {
        self.kind.is_none_or(counts_in_folder)
    }
}

/// Whether items of this kind are counted in a folder's `size`.
pub const fn counts_in_folder(kind: ItemKind) -> bool {
    !kind.is_skeleton() && !matches!(kind, ItemKind::Conversation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spool_gives_back_what_it_took_on_both_sides_of_its_threshold() {
        for size in [0usize, 1, 999, 1000, 1001, 700_000] {
            let bytes: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
            let mut spool = Spool::new(1000);
            for piece in bytes.chunks(333) {
                spool.push(piece).unwrap();
            }
            assert!(spool.memory().len() <= 1000);
            let mut payload = spool.seal().unwrap();
            assert_eq!(payload.len(), size as u64);
            let mut back = Vec::new();
            while let Some(piece) = payload.take().unwrap() {
                back.extend_from_slice(&piece);
            }
            assert_eq!(back, bytes);
        }
    }
}
