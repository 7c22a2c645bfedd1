//! While the journal's disk is full: everything stands still, is told once, and goes on when there is room.
//!
//! Nothing may be carried out that is not written down, so the loop itself waits here; what happens meanwhile
//! is kept for later, except a request to end. Whoever asks by the socket is answered at once, and the service
//! manager hears that the loop is alive.

use std::time::{Duration, Instant};

use tokio::runtime::{Handle, RuntimeFlavor};

use super::{
    hand::Ask,
    night::{Happening, Night},
};
use crate::{
    control::{code::Code, event::Command},
    journal::{Journal, JournalError},
    ui::words::span,
};

/// Between two tries.
const EVERY: Duration = Duration::from_millis(500);

impl Night<'_> {
    /// Writes to the journal, and waits for room as long as the settings allow.
    ///
    /// # Errors
    /// What the journal said; for a full disk only after that wait, or when the operator asked to end.
    pub(super) fn keep<T>(
        &mut self,
        mut write: impl FnMut(&mut Journal) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let mut since = None;
        loop {
            match write(&mut self.given.journal) {
                Err(error @ JournalError::Full { .. }) => {
                    let since = *since.get_or_insert_with(Instant::now);
                    if !self.waits_for_room(since, &error) {
                        return Err(error);
                    }
                }
                done => {
                    if since.is_some() && done.is_ok() {
                        self.tell(Code::JournalRoom, "the journal has room again: going on");
                        self.crew.release();
                    }
                    return done;
                }
            }
        }
    }

    /// One pause; `false` when it has lasted too long or the operator wants to end.
    fn waits_for_room(&mut self, since: Instant, error: &JournalError) -> bool {
        let most = self.given.room_wait;
        if since.elapsed() >= most {
            return false;
        }
        let news =
            format!("{error}; everything stands still and goes on by itself, for {} at most", span(most));
        if self.crew.hold() {
            self.tell(Code::JournalFull, &news);
        }
        // A watchdog that hears nothing for a minute would kill what only waits.
        self.given.herald.alive();
        self.given
            .herald
            .status("no space left for the journal: everything stands still until there is room");
        pause(EVERY.min(most));
        while let Ok(happening) = self.happenings.try_recv() {
            if !self.heard(happening, &news) {
                return false;
            }
        }
        true
    }

    /// Keeps what happened for later; `false` when the operator wants to end.
    fn heard(&mut self, happening: Happening, news: &str) -> bool {
        match happening {
            Happening::Told(Command::Drain | Command::Stop) => return false,
            Happening::Asked(Ask::Command(Command::Drain | Command::Stop), answer) => {
                // A caller who has gone away does not want it.
                let _ = answer.map(|answer| answer.send(Ok(format!("ends now: {news}"))));
                return false;
            }
            Happening::Asked(Ask::Explain, Some(answer)) => drop(answer.send(Ok(news.to_owned()))),
            Happening::Asked(ask, Some(answer)) => {
                let _ = answer.send(Ok(format!("heard, and done as soon as there is room: {news}")));
                self.late.push_back(Happening::Asked(ask, None));
            }
            other => self.late.push_back(other),
        }
        true
    }
}

/// The loop's own thread waits; the workers, on the others, come to their safe spots.
fn pause(span: Duration) {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(|| std::thread::sleep(span)),
        _ => std::thread::sleep(span),
    }
}
