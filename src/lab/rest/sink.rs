//! Tar bytes on their way out: packed, paced, chunked, and cut off where a fault was ordered.

use crate::{
    lab::{
        fault::FaultKind,
        http::{CHUNK_ROOM, Connection},
        machine::{Machine, Stream, Wire},
    },
    zimbra::archive::format,
};
use flate2::write::GzEncoder;
use std::{io, io::Write as _, sync::Arc, time::Duration};

pub(super) const CHUNK: usize = 64 * 1024;

/// Why sending stopped.
pub(super) enum Stop {
    Gone(io::Error),
    Cut,
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Gone(error)
    }
}

/// Tar bytes on their way out.
pub(super) struct Sink<'a> {
    pub(super) connection: &'a mut Connection,
    pub(super) machine: &'a Arc<Machine>,
    pub(super) stream: Stream,
    pub(super) gzip: Option<GzEncoder<Vec<u8>>>,
    pub(super) framed: Vec<u8>,
    /// Tar bytes so far.
    pub(super) position: u64,
    /// Tar bytes and items not yet accounted for.
    pub(super) owed: (u64, u64),
    pub(super) seconds_per_byte: f64,
    pub(super) pace_s: f64,
    pub(super) throttle: Option<f64>,
    /// Tar position at which the connection is cut; inside a chunk or not.
    pub(super) cut: Option<(u64, bool)>,
}

impl Sink<'_> {
    pub(super) async fn put(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        let mut bytes = bytes;
        if let Some((at, _)) = self.cut {
            bytes = &bytes[..bytes.len().min(at.saturating_sub(self.position) as usize)];
        }
        self.position += bytes.len() as u64;
        self.owed.0 += bytes.len() as u64;
        match &mut self.gzip {
            None => self.framed.extend_from_slice(bytes),
            Some(gzip) => {
                gzip.write_all(bytes)?;
                self.framed.append(gzip.get_mut());
            }
        }
        if self.cut.is_some_and(|(at, _)| self.position >= at) {
            return self.break_off().await;
        }
        if self.framed.len() >= CHUNK || self.owed.0 >= 4 * CHUNK as u64 {
            self.send().await?;
        }
        Ok(())
    }

    pub(super) async fn break_off(&mut self) -> Result<(), Stop> {
        if let Some(gzip) = &mut self.gzip {
            gzip.flush()?;
            self.framed.append(gzip.get_mut());
        }
        if self.cut.is_some_and(|(_, inside)| inside) {
            let data = self.framed.split_off(CHUNK_ROOM);
            self.connection.half_chunk(&data).await?;
        } else {
            self.connection.chunk(&mut self.framed).await?;
            self.connection.flush().await?;
        }
        Err(Stop::Cut)
    }

    pub(super) async fn send(&mut self) -> Result<(), Stop> {
        let (bytes, items) = std::mem::take(&mut self.owed);
        let profile = &self.machine.profile;
        let cpu = items as f64 * profile.export_item_cpu_s + bytes as f64 * self.seconds_per_byte;
        let operations = items as f64 * profile.export_item_ops;
        self.machine.read_disk(&mut self.stream, bytes as f64, operations).await;
        self.machine.compute(&mut self.stream, cpu).await;
        let wire = (self.framed.len() - CHUNK_ROOM) as u64;
        self.machine.carry(&mut self.stream, wire, Wire::Out).await;
        if let Some(rate) = self.throttle {
            let now = self.machine.now_s();
            self.pace_s = self.pace_s.max(now - 0.1) + bytes as f64 / (rate * 1e6);
            self.machine.rest(self.pace_s - now).await;
        }
        self.connection.chunk(&mut self.framed).await?;
        Ok(())
    }

    pub(super) async fn end(&mut self) -> Result<(), Stop> {
        let end = format::trailer(self.position);
        self.put(&end).await?;
        if let Some(mut gzip) = self.gzip.take() {
            gzip.try_finish()?;
            self.framed.append(gzip.get_mut());
        }
        self.send().await?;
        self.connection.finish().await?;
        Ok(())
    }
}

/// What the ordered faults come to.
#[derive(Default)]
pub(super) struct Trouble {
    pub(super) cut_after_items: Option<u64>,
    pub(super) short_after_items: Option<u64>,
    pub(super) errors: Vec<u64>,
    pub(super) missing: Vec<u64>,
    pub(super) damaged: Vec<u64>,
    pub(super) stall: Option<(Duration, u64)>,
    pub(super) cut: Option<(u64, bool)>,
}

impl Trouble {
    pub(super) fn of(faults: &[FaultKind]) -> Self {
        let mut trouble = Self::default();
        for fault in faults {
            match *fault {
                FaultKind::CutInsideEntry { after_bytes } => {
                    // Nudged off every boundary of entries and records.
                    let at = after_bytes - after_bytes % format::RECORD as u64 + 700;
                    trouble.cut = Some((at, false));
                }
                FaultKind::CutInsideChunk { after_bytes } => trouble.cut = Some((after_bytes.max(1), true)),
                FaultKind::CutBetweenEntries { after_items } => trouble.cut_after_items = Some(after_items),
                FaultKind::ShortArchive { after_items } => trouble.short_after_items = Some(after_items),
                FaultKind::ErrEntry { item } => trouble.errors.push(item),
                FaultKind::MissingBlob { item } => trouble.missing.push(item),
                FaultKind::DamagedBody { item } => trouble.damaged.push(item),
                FaultKind::StallMiddle { pause, after_items } => trouble.stall = Some((pause, after_items)),
                _ => {}
            }
        }
        trouble
    }
}
