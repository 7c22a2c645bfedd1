//! Compares what the archive held, what the source holds and what the destination holds, folder by folder.
//! Pure. [`compare`] judges a mailbox that has just been moved, [`compare_folders`] one at any time later.

use std::collections::{BTreeMap, BTreeSet};

use super::{answer::Answer, archive::checker::Facts, directory::FolderCount};

/// Folders that a plain export states but leaves empty.
pub const LEFT_OUT: [&str; 2] = ["/Trash", "/Junk"];
/// Notes kept of one mailbox.
const MAX_NOTES: usize = 200;

/// How a folder that changed on the source while it was moved is told.
const CHANGED: &str = "changed on the source meanwhile";

/// Whether a folder of messages holds as many on both sides, but other bytes.
fn sizes_differ(
    folder: &str,
    source: FolderCount,
    destination: FolderCount,
    notes: &mut Vec<String>,
) -> bool {
    let differ = source.mail && source.items == destination.items && source.bytes != destination.bytes;
    if differ {
        notes.push(format!(
            "{folder}: {} items on both sides, but {} bytes on the source and {} on the destination",
            source.items, source.bytes, destination.bytes
        ));
    }
    differ
}

/// Both sides of a mailbox moved some time ago: items that differ, and in which way. With a `baseline` (items
/// that were there before our first import) the destination may hold more.
pub fn compare_folders(
    source: &BTreeMap<String, FolderCount>,
    destination: &BTreeMap<String, FolderCount>,
    baseline: u64,
    trash_and_junk: bool,
) -> (u64, Vec<String>) {
    let (mut differences, mut notes) = (0, Vec::new());
    let folders: BTreeSet<&String> = source.keys().chain(destination.keys()).collect();
    for folder in folders {
        if !trash_and_junk && is_left_out(folder) {
            continue;
        }
        let count = |side: &BTreeMap<String, FolderCount>| side.get(folder).copied().unwrap_or_default();
        let (here, there) = (count(source), count(destination));
        if there.items < here.items || (there.items > here.items && baseline == 0) {
            differences += there.items.abs_diff(here.items);
            notes.push(format!("{folder}: {} on the source, {} on the destination", here.items, there.items));
        } else if baseline == 0 {
            differences += u64::from(sizes_differ(folder, here, there, &mut notes));
        }
    }
    notes.truncate(MAX_NOTES);
    (differences, notes)
}

pub(super) fn is_left_out(folder: &str) -> bool {
    LEFT_OUT.iter().any(|root| lies_under(folder, root))
}

/// Whether `path` is `root` or lies under it.
pub fn lies_under(path: &str, root: &str) -> bool {
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What is known once the import has answered.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// What passed.
    pub facts: &'a Facts,
    /// Folders of the source, after the export.
    pub source: &'a BTreeMap<String, FolderCount>,
    /// Folders of the destination, after the import.
    pub destination: &'a BTreeMap<String, FolderCount>,
    /// Items the destination held before our first import.
    pub baseline: u64,
    /// Whether Trash and Junk were to be carried.
    pub trash_and_junk: bool,
    /// What the import said.
    pub answer: &'a Answer,
}

/// Items that differ, and in which way.
pub fn compare(evidence: &Evidence<'_>) -> (u64, Vec<String>) {
    let mut differences = 0;
    let mut notes: Vec<String> = evidence.facts.notes.clone();
    for (folder, now) in evidence.source {
        if !evidence.trash_and_junk && is_left_out(folder) {
            continue;
        }
        let found = evidence.facts.found.get(folder).copied().unwrap_or(0);
        let there = evidence.destination.get(folder).map_or(0, |count| count.items);
        // The source may have changed while it was read: both its old and its new count are right.
        let stated = evidence.facts.stated.get(folder).copied();
        let changed = stated.is_some_and(|stated| stated != now.items);
        if let Some(stated) = stated.filter(|_| changed) {
            notes.push(format!("{folder}: {CHANGED}: {stated} items at first, {} afterwards", now.items));
        }
        let (least, most) =
            if changed { (found.min(now.items), found.max(now.items)) } else { (now.items, now.items) };
        if there < least {
            differences += least - there;
            notes.push(format!("{folder}: {least} on the source, {there} on the destination"));
        } else if there > most && evidence.baseline == 0 {
            differences += there - most;
            notes.push(format!("{folder}: {most} on the source, {there} on the destination (in excess)"));
        } else if !changed && evidence.baseline == 0 {
            let there = evidence.destination.get(folder).copied().unwrap_or_default();
            differences += u64::from(sizes_differ(folder, *now, there, &mut notes));
        }
    }
    let rejected = evidence.answer.faults;
    if rejected > 0 {
        let first =
            evidence.answer.first.iter().map(|fault| format!("rejected: {}: {}", fault.code, fault.reason));
        notes.extend(first.take(MAX_NOTES));
        differences = differences.max(rejected);
    }
    notes.truncate(MAX_NOTES);
    (differences, notes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(counts: &[(&str, u64)]) -> BTreeMap<String, FolderCount> {
        counts
            .iter()
            .map(|(path, items)| {
                ((*path).to_owned(), FolderCount { items: *items, bytes: 100 * *items, mail: true })
            })
            .collect()
    }

    fn differ(stated: u64, found: u64, now: u64, there: u64, baseline: u64, faults: u64) -> u64 {
        let mut facts = Facts::default();
        facts.stated.insert("/Inbox".into(), stated);
        facts.found.insert("/Inbox".into(), found);
        let answer = Answer { faults, ..Answer::default() };
        let evidence = Evidence {
            facts: &facts,
            source: &folders(&[("/Inbox", now), ("/Trash", 9)]),
            destination: &folders(&[("/Inbox", there)]),
            baseline,
            trash_and_junk: false,
            answer: &answer,
        };
        compare(&evidence).0
    }

    #[test]
    fn equal_counts_are_verified_and_anything_else_is_counted() {
        assert_eq!(differ(60, 60, 60, 60, 0, 0), 0);
        assert_eq!(differ(60, 60, 60, 59, 0, 0), 1, "lost on the way");
        assert_eq!(differ(60, 59, 60, 59, 0, 0), 1, "left out by the export");
        assert_eq!(differ(60, 60, 60, 61, 0, 0), 1, "doubled");
        assert_eq!(differ(60, 60, 60, 61, 5, 0), 0, "the destination had mail of its own");
        assert_eq!(differ(60, 60, 62, 60, 0, 0), 0, "two arrived on the source meanwhile");
        assert_eq!(differ(60, 60, 60, 60, 0, 3), 3, "a warning is never a success");
    }

    #[test]
    fn later_both_sides_must_agree_in_items_and_in_the_bytes_of_mail() {
        let source = folders(&[("/Inbox", 3), ("/Trash", 9)]);
        let judge =
            |there: &[(&str, u64)], baseline| compare_folders(&source, &folders(there), baseline, false).0;
        assert_eq!(judge(&[("/Inbox", 3)], 0), 0, "Trash was not to be carried");
        assert_eq!(judge(&[("/Inbox", 1)], 0), 2);
        assert_eq!(judge(&[("/Inbox", 3), ("/Other", 4)], 0), 4, "nobody knows where those come from");
        assert_eq!(judge(&[("/Inbox", 3), ("/Other", 4)], 4), 0, "they were there before");
        let mut damaged = folders(&[("/Inbox", 3)]);
        damaged.get_mut("/Inbox").unwrap().bytes += 1;
        let (differences, notes) = compare_folders(&source, &damaged, 0, false);
        assert_eq!(differences, 1);
        assert!(notes[0].contains("300 bytes on the source and 301 on the destination"), "{notes:?}");
        damaged.get_mut("/Inbox").unwrap().mail = false;
        let source = damaged.clone();
        assert_eq!(
            compare_folders(&source, &folders(&[("/Inbox", 3)]), 0, false).0,
            0,
            "contacts have no one size"
        );
    }

    #[test]
    fn trash_counts_when_it_is_carried() {
        let facts = Facts::default();
        let evidence = Evidence {
            facts: &facts,
            source: &folders(&[("/Trash/old", 2)]),
            destination: &folders(&[]),
            baseline: 0,
            trash_and_junk: true,
            answer: &Answer::default(),
        };
        assert_eq!(compare(&evidence).0, 2);
        assert!(lies_under("/Trash/old", "/Trash") && !lies_under("/Trashcan", "/Trash"));
    }
}
