//! Mailboxes gathered by size.

use super::lines::{ClassLine, MailboxLine};
use crate::control::event::AccountState;

/// Upper ends of the size classes in bytes, with their words.
const CLASSES: [(u64, &str); 6] = [
    (0, "empty"),
    (1_000_000, "up to 1 MB"),
    (10_000_000, "1 MB to 10 MB"),
    (100_000_000, "10 MB to 100 MB"),
    (1_000_000_000, "100 MB to 1 GB"),
    (u64::MAX, "over 1 GB"),
];

/// The size class of a mailbox, by its place.
pub(super) fn class_of(bytes: u64) -> usize {
    CLASSES.iter().position(|(most, _)| bytes <= *most).unwrap_or(CLASSES.len() - 1)
}

/// The words of a size class.
pub(super) const fn class_words(class: usize) -> &'static str {
    CLASSES[class].1
}

/// The sums of each class that is not empty.
pub(super) fn of(mailboxes: &[MailboxLine]) -> Vec<ClassLine> {
    let mut classes: Vec<ClassLine> = CLASSES
        .iter()
        .map(|(_, words)| ClassLine {
            class: (*words).to_owned(),
            mailboxes: 0,
            done: 0,
            bad: 0,
            bytes: 0,
            items: 0,
            worker_s: 0.0,
        })
        .collect();
    for mailbox in mailboxes {
        let class = &mut classes[class_of(mailbox.bytes)];
        class.mailboxes += 1;
        class.bytes += mailbox.bytes;
        class.items += mailbox.items_moved;
        class.worker_s += mailbox.worker_s;
        match mailbox.state {
            AccountState::Verified | AccountState::Empty => class.done += 1,
            AccountState::Failed | AccountState::Incomplete => class.bad += 1,
            AccountState::Waiting | AccountState::InFlight => {}
        }
    }
    classes.retain(|class| class.mailboxes > 0);
    classes
}
