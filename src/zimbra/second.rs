//! The second look at a mailbox verified after an attempt that broke: has the destination grown since?
//!
//! Two counts, no export. [`growth`] is pure.

use std::collections::BTreeMap;

use super::{
    MoveError,
    directory::{self, FolderCount},
    transfer::Relay,
    verify::is_left_out,
};
use crate::control::event::{Folders, Held, Sight};

/// What both sides hold, as it is remembered for the look.
pub(super) fn held(
    source: &BTreeMap<String, FolderCount>,
    destination: &BTreeMap<String, FolderCount>,
) -> Held {
    Held { source: plain(source), destination: plain(destination) }
}

fn plain(folders: &BTreeMap<String, FolderCount>) -> Folders {
    folders.iter().map(|(path, count)| (path.clone(), (count.items, count.bytes))).collect()
}

/// Items by which the destination has grown beyond the source, folder by folder, and where. A folder of mail that
/// holds as many as then but other bytes, while the source's has not changed, counts as one.
pub fn growth(
    then: &Held,
    source: &BTreeMap<String, FolderCount>,
    destination: &BTreeMap<String, FolderCount>,
    trash_and_junk: bool,
) -> (u64, Vec<String>) {
    let (mut items, mut notes) = (0, Vec::new());
    for (folder, now) in destination {
        if !trash_and_junk && is_left_out(folder) {
            continue;
        }
        let here = then.source.get(folder).copied().unwrap_or_default();
        let here_now = source.get(folder).map_or((0, 0), |count| (count.items, count.bytes));
        let there = then.destination.get(folder).copied().unwrap_or_default();
        let came = now.items.saturating_sub(there.0).saturating_sub(here_now.0.saturating_sub(here.0));
        if came > 0 {
            notes.push(format!("{folder}: {} when it was verified, {} now", there.0, now.items));
        } else if now.mail && now.items == there.0 && now.bytes != there.1 && here == here_now {
            notes.push(format!("{folder}: {} bytes when it was verified, {} now", there.1, now.bytes));
            items += 1;
        }
        items += came;
    }
    (items, notes)
}

impl Relay {
    /// Looks at a mailbox that was verified when both sides held `then`.
    ///
    /// # Errors
    /// A side that cannot be asked, after a few tries.
    pub async fn look_again(&self, source: &str, target: &str, then: &Held) -> Result<Sight, MoveError> {
        // The destination first: what comes to the source after it was counted excuses nothing.
        let destination = directory::folders(&self.destination, target).await?;
        if plain(&destination) == then.destination {
            return Ok(Sight::Same);
        }
        let source = directory::folders(&self.source, source).await?;
        Ok(match growth(then, &source, &destination, self.manner.trash_and_junk) {
            (0, _) => Sight::Same,
            (items, notes) => Sight::Grown { items, notes },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(list: &[(&str, u64)]) -> BTreeMap<String, FolderCount> {
        let count = |items: &u64| FolderCount { items: *items, bytes: items * 100, mail: true };
        list.iter().map(|(path, items)| ((*path).to_owned(), count(items))).collect()
    }

    #[test]
    fn only_what_the_source_did_not_get_as_well_is_growth() {
        let before = folders(&[("/Inbox", 40), ("/Sent", 9)]);
        let then = held(&before, &before);
        let grown = |source: &[(&str, u64)], destination: &[(&str, u64)]| {
            growth(&then, &folders(source), &folders(destination), false)
        };
        let same = [("/Inbox", 40), ("/Sent", 9)];
        assert_eq!(grown(&same, &same).0, 0);
        assert_eq!(grown(&[("/Inbox", 45), ("/Sent", 9)], &same).0, 0, "new mail on the source alone");
        assert_eq!(grown(&same, &[("/Inbox", 39)]).0, 0, "somebody threw mail away");
        assert_eq!(grown(&same, &[("/Inbox", 52), ("/Sent", 10)]).0, 13);
        assert_eq!(grown(&[("/Inbox", 42)], &[("/Inbox", 42)]).0, 0, "delivered to both");
        assert_eq!(grown(&[("/Inbox", 42)], &[("/Inbox", 45)]).0, 3);
        assert_eq!(grown(&same, &[("/Late", 4), ("/Junk", 7)]).0, 4, "Junk was not to be carried");
        let (_, notes) = grown(&same, &[("/Inbox", 52)]);
        assert_eq!(notes, ["/Inbox: 40 when it was verified, 52 now"]);
    }

    #[test]
    fn as_many_items_of_other_bytes_are_a_difference() {
        let before = folders(&[("/Inbox", 40)]);
        let then = held(&before, &before);
        let mut now = before.clone();
        now.get_mut("/Inbox").unwrap().bytes += 7;
        assert_eq!(growth(&then, &before, &now, true).0, 1);
        assert_eq!(growth(&then, &now, &now, true).0, 0, "the source changed too");
        now.get_mut("/Inbox").unwrap().mail = false;
        assert_eq!(growth(&then, &before, &now, true).0, 0, "contacts have no one size");
    }
}
