//! Compares what the archive held, what the source holds and what the destination holds, folder by folder.
//! Pure.

use std::collections::BTreeMap;

use super::{answer::Answer, archive::checker::Facts, directory::FolderCount};

/// Folders that a plain export states but leaves empty.
pub const LEFT_OUT: [&str; 2] = ["/Trash", "/Junk"];
/// Notes kept of one mailbox.
const MAX_NOTES: usize = 200;

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
        if !evidence.trash_and_junk && LEFT_OUT.iter().any(|root| lies_under(folder, root)) {
            continue;
        }
        let found = evidence.facts.found.get(folder).copied().unwrap_or(0);
        let there = evidence.destination.get(folder).map_or(0, |count| count.items);
        // The source may have changed while it was read: both its old and its new count are right.
        let changed = evidence.facts.stated.get(folder).is_some_and(|stated| *stated != now.items);
        let (least, most) =
            if changed { (found.min(now.items), found.max(now.items)) } else { (now.items, now.items) };
        if there < least {
            differences += least - there;
            notes.push(format!("{folder}: {least} on the source, {there} on the destination"));
        } else if there > most && evidence.baseline == 0 {
            differences += there - most;
            notes.push(format!("{folder}: {most} on the source, {there} on the destination (in excess)"));
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
            .map(|(path, items)| ((*path).to_owned(), FolderCount { items: *items, bytes: 0 }))
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
