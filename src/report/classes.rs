//! Mailboxes gathered by size.

use super::lines::{ClassLine, MailboxLine};
use crate::{
    control::{event::AccountState, view::SIZE_CLASSES},
    lang::Lang,
};

/// The size class of a mailbox, by its place.
pub(super) use crate::control::view::size_class as class_of;

impl ClassLine {
    /// Its name as people read it.
    pub(super) fn words(&self, lang: Lang) -> String {
        let place = SIZE_CLASSES.iter().position(|(_, words)| *words == self.class);
        place.map_or_else(|| self.class.clone(), |place| lang.size_class(place))
    }
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
