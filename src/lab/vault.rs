//! The bytes of what was imported, in one nameless temporary file for a whole server, so that they can be exported
//! again and cost no memory.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt as _,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

/// Where something lies in the file.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    at: u64,
    length: u64,
}

/// The file. The system removes it however we end.
pub(super) struct Vault {
    file: File,
    end: AtomicU64,
}

impl Vault {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { file: tempfile::tempfile()?, end: AtomicU64::new(0) })
    }

    /// Room for so many bytes.
    pub(super) fn reserve(&self, length: u64) -> Place {
        Place { at: self.end.fetch_add(length, Relaxed), length }
    }

    /// Puts a piece into reserved room, `offset` bytes from its beginning.
    pub(super) fn put(&self, place: Place, offset: u64, piece: &[u8]) -> io::Result<()> {
        self.file.write_all_at(piece, place.at + offset)
    }

    /// Keeps something whole.
    pub(super) fn keep(&self, bytes: &[u8]) -> io::Result<Place> {
        let place = self.reserve(bytes.len() as u64);
        self.put(place, 0, bytes).map(|()| place)
    }

    pub(super) fn read(&self, place: Place) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; place.length as usize];
        self.file.read_exact_at(&mut bytes, place.at).map(|()| bytes)
    }
}
