//! One end alone, to tell which side is the limit: the source into nothing, or made-up mail into one account.
//! Neither counts as moved.

use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Instant,
};

use super::{
    Counters, Job, MoveError, Phase,
    archive::{
        format::{ItemKind, header, padded},
        item::{Item, Spool},
    },
    transfer::Relay,
    trip::{Halt, Trip},
};
use crate::control::{event::Receipt, sample::Side};

/// Messages in a made-up mailbox.
const MESSAGES: u64 = 60;
/// Smallest and largest of them, bytes; they grow evenly between the two.
const SIZES: (u64, u64) = (4 << 10, 150 << 10);

/// Which ends a relay exercises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ends {
    /// The source into the destination.
    #[default]
    Both,
    /// The source into nothing.
    Source,
    /// Made-up mail into the job's target.
    Destination,
}

impl Relay {
    /// Carries a job with one end only.
    pub(super) async fn carry_alone(
        &self,
        job: &Job,
        orders: tokio::sync::watch::Receiver<super::Order>,
        counters: &Arc<Counters>,
    ) -> Result<Receipt, MoveError> {
        let begun = Instant::now();
        counters.enter(Phase::Moving);
        let mut trip = Trip::new(self, job, orders, counters);
        let done = match self.ends {
            Ends::Destination => trip.import_made_up().await,
            _ => trip.export_all().await.map(drop),
        };
        match done {
            Ok(()) => {}
            Err(Halt::Failed(error)) => return Err(error),
            Err(Halt::UploadEnded) => {
                let cause = "it was answered before the archive's end".to_owned();
                return Err(MoveError::Cut { side: Side::Destination, what: "the import", cause });
            }
        }
        let parked = trip.parked;
        if let Some(upload) = trip.upload.take() {
            self.judge(upload.finish().await?, job).await?;
        }
        Ok(Receipt {
            items: counters.stored_items.load(Relaxed),
            bytes: counters.stored_bytes.load(Relaxed),
            active_s: begun.elapsed().saturating_sub(parked).as_secs_f64(),
            ..Receipt::default()
        })
    }
}

impl Trip<'_> {
    async fn import_made_up(&mut self) -> Result<(), Halt> {
        for number in 0..MESSAGES {
            self.obey().await?;
            if self.upload.is_none() {
                self.upload = Some(self.open_import().await?);
            }
            let item = message(&self.job.source, number).map_err(MoveError::Spill)?;
            let Some(upload) = &self.upload else { continue };
            if !upload.item(item).await {
                return Err(Halt::UploadEnded);
            }
        }
        Ok(())
    }
}

/// Tells messages of one process apart, so that none is recognised as one that is there already.
static SERIAL: AtomicU64 = AtomicU64::new(0);

/// One made-up message of a made-up mailbox.
fn message(mailbox: &str, number: u64) -> std::io::Result<Item> {
    let size = SIZES.0 + (SIZES.1 - SIZES.0) * (number * 37 % MESSAGES) / MESSAGES;
    let serial = SERIAL.fetch_add(1, Relaxed);
    let mut body = format!(
        "From: bench@example\r\nTo: bench@example\r\nSubject: benchmark {serial}\r\n\
         Message-ID: <{}.{serial}.{number}@zmpace.invalid>\r\nContent-Type: text/plain\r\n\r\n",
        std::process::id()
    );
    // Text that compresses about as mail does.
    let mut word = serial.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    while (body.len() as u64) < size {
        word = word.wrapping_mul(0xD130_2B97_9A5E_3F75).rotate_left(17);
        let _ = write!(body, "{:x} lorem ipsum dolor\r\n", word >> 24);
    }
    body.truncate(size as usize);
    let name = format!("Inbox/{mailbox}-{serial}.eml");
    let mut spool = Spool::new(1 << 20);
    spool.push(&header(&name, size, 1_700_000_000, ItemKind::Message, false))?;
    spool.push(body.as_bytes())?;
    spool.push(&vec![0; (padded(size) - size) as usize])?;
    Ok(Item {
        payload: spool.seal()?,
        kind: Some(ItemKind::Message),
        folder: "/Inbox".to_owned(),
        fields: None,
        digest: None,
        id: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_up_message_is_whole_blocks_and_never_the_same_twice() {
        let (one, other) = (message("bench1", 3).unwrap(), message("bench1", 3).unwrap());
        assert!(one.payload.len().is_multiple_of(512) && one.counts());
        let bytes = |mut item: Item| item.payload.take().unwrap().unwrap();
        assert_ne!(bytes(one), bytes(other));
    }
}
