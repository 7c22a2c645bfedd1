//! Mailboxes gathered by size.

use super::lines::{ClassLine, MailboxLine};
use crate::control::{event::AccountState, view::SIZE_CLASSES};

/// The size class of a mailbox, by its place.
pub(super) use crate::control::view::size_class as class_of;

/// The words of a size class.
pub(super) const fn class_words(class: usize) -> &'static str {
    SIZE_CLASSES[class].1
}

/// The sums of each class that is not empty.
pub(super) fn of(mailboxes: &[MailboxLine]) -> Vec<ClassLine> {
    let mut classes: Vec<ClassLine> = SIZE_CLASSES
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
