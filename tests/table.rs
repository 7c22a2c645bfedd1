//! The table of faults names tests that exist, and each once.

use std::{collections::BTreeSet, fs, path::Path};

/// Names of all tests under this folder.
fn tests_under(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            tests_under(&entry, found);
        } else if entry.extension().is_some_and(|kind| kind == "rs") {
            let text = fs::read_to_string(&entry).unwrap();
            let mut is_test = false;
            for line in text.lines().map(str::trim_start) {
                is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
                if let Some((_, rest)) = line.split_once("fn ").filter(|_| is_test && line.ends_with('{')) {
                    found.extend(rest.split('(').next().map(str::to_owned));
                    is_test = false;
                }
            }
        }
    }
}

#[test]
fn every_fault_has_its_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tests = BTreeSet::new();
    tests_under(&root.join("tests"), &mut tests);
    tests_under(&root.join("src"), &mut tests);
    let table = fs::read_to_string(root.join("docs/faults.md")).unwrap();
    let rows: Vec<&str> = table
        .lines()
        .filter_map(|line| line.strip_suffix("` |")?.rsplit_once('`'))
        .map(|(_, test)| test)
        .collect();
    assert!(rows.len() > 40, "{} rows: the table is not read any more", rows.len());
    let missing: Vec<_> = rows.iter().filter(|test| !tests.contains(**test)).collect();
    assert!(missing.is_empty(), "docs/faults.md names tests that are not there: {missing:?}");
    let distinct: BTreeSet<_> = rows.iter().collect();
    assert_eq!(distinct.len(), rows.len(), "a test stands twice in docs/faults.md");
}
