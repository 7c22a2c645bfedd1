//! The direction of imports, and what the pure room must not contain; each breach names its remedy.

use std::{fs, path::Path};

/// Room, what it may not mention, and what to do instead.
const RULES: [(&str, &[&str], &str); 9] = [
    (
        "control",
        &[
            "crate::zimbra",
            "crate::probe",
            "crate::journal",
            "crate::report",
            "crate::ui",
            "crate::lab",
            "crate::run",
            "crate::settings",
            "crate::cli",
            "crate::lang",
        ],
        "control knows nobody: pass what it needs in an Event or a Policy",
    ),
    (
        "control",
        &[
            "tokio::",
            "async fn",
            ".await;",
            ".await?",
            ".await.",
            ".await)",
            ".await,",
            "std::fs",
            "std::net",
            "std::process",
            "std::env",
            "std::thread",
            "Instant::now",
            "SystemTime",
            "println!",
            "eprintln!",
            "print!(",
            "dbg!(",
            "HashMap<",
            "thread_rng",
            "fastrand::u",
            "fastrand::f",
            "fastrand::shuffle",
        ],
        "control is pure: take the moment and the seed as arguments, return actions",
    ),
    (
        "zimbra",
        &[
            "crate::run",
            "crate::settings",
            "crate::ui",
            "crate::report",
            "crate::journal",
            "crate::probe",
            "crate::lab",
        ],
        "zimbra knows control only",
    ),
    (
        "probe",
        &[
            "crate::run",
            "crate::settings",
            "crate::ui",
            "crate::report",
            "crate::journal",
            "crate::zimbra",
            "crate::lab",
        ],
        "probe knows control only",
    ),
    (
        "journal",
        &[
            "crate::run",
            "crate::settings",
            "crate::ui",
            "crate::report",
            "crate::probe",
            "crate::zimbra",
            "crate::lab",
        ],
        "journal knows control only",
    ),
    (
        "report",
        &[
            "crate::run",
            "crate::settings",
            "crate::ui::live",
            "crate::ui::reel",
            "crate::ui::lines",
            "crate::ui::Screen",
            "crate::journal",
            "crate::probe",
            "crate::zimbra",
            "crate::lab",
            "tokio::",
        ],
        "report folds plain rows and knows no protocol; of ui it has the words only",
    ),
    (
        "ui",
        &[
            "crate::run",
            "crate::settings",
            "crate::probe",
            "crate::zimbra",
            "crate::lab",
            "crate::journal",
            "tokio::",
        ],
        "ui shows a View and knows no protocol",
    ),
    (
        "lang",
        &[
            "crate::run",
            "crate::settings",
            "crate::ui",
            "crate::report",
            "crate::probe",
            "crate::journal",
            "crate::zimbra",
            "crate::lab",
        ],
        "lang words what control says, and what it is given",
    ),
    (
        "lab",
        &[
            "crate::lang",
            "crate::run",
            "crate::settings",
            "crate::ui",
            "crate::report",
            "crate::probe",
            "crate::journal",
            "crate::control",
            "crate::zimbra::session",
            "crate::zimbra::transfer",
        ],
        "the lab shares nothing but the archive's format",
    ),
];

#[test]
fn imports_run_downwards_only() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut breaches = Vec::new();
    for (room, forbidden, remedy) in RULES {
        let mut read = 0;
        each_file(&source.join(room), &mut |path, text| {
            read += 1;
            for (number, line) in code_lines(text) {
                for word in forbidden.iter().filter(|word| line.contains(**word)) {
                    breaches.push(format!("{}:{number}: `{word}`: {remedy}", path.display()));
                }
            }
        });
        assert!(read > 0, "no files in src/{room}: the rule checks nothing");
    }
    assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    let mut silent = Vec::new();
    each_file(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut |path, text| {
        if !text.starts_with("//! ") {
            silent.push(path.display().to_string());
        }
    });
    assert!(silent.is_empty(), "these files do not open with a `//!` sentence: {silent:?}");
}

/// Lines that are neither comments nor part of a test module.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .take_while(|line| !line.starts_with("#[cfg(test)]"))
        .enumerate()
        .map(|(at, line)| (at + 1, line.split("//").next().unwrap_or_default()))
}

fn each_file(folder: &Path, each: &mut dyn FnMut(&Path, &str)) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "tests") {
                each_file(&path, each);
            }
        } else if path.extension().is_some_and(|kind| kind == "rs")
            && path.file_name().is_some_and(|name| name != "tests.rs")
        {
            each(&path, &fs::read_to_string(&path).unwrap());
        }
    }
}
