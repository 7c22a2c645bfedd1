//! Golden decision logs: what the law says in three nights, word for word, reviewed like code.
//!
//! After a wanted change write them anew with `ZMPACE_GOLDEN=write cargo test --lib golden`, and read the
//! difference before committing it.

use super::named;
use crate::control::{
    policy::Policy,
    sim::{
        law::Law,
        run::{How, run},
    },
};

/// Hours of each night that are kept.
const HOURS: f64 = 2.0;

fn log(name: &str) -> String {
    let how = How { keep: true, cut_s: Some(HOURS * 3600.0) };
    let outcome = run(&named(name), 1, &Law::Ours(None), &Policy::for_tests(), how);
    outcome.decisions.iter().map(|d| d.line() + "\n").collect()
}

#[test]
fn three_nights_are_told_as_they_were() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios/golden");
    let mut differing = Vec::new();
    for name in ["01-cpu-bound", "05-retrograde", "14-blind"] {
        let path = format!("{folder}/{name}.log");
        let now = log(name);
        if std::env::var_os("ZMPACE_GOLDEN").is_some() {
            std::fs::create_dir_all(folder).unwrap();
            std::fs::write(&path, &now).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap();
        if let Some((at, (a, b))) = kept.lines().zip(now.lines()).enumerate().find(|(_, (a, b))| a != b) {
            differing.push(format!("{name}, line {}:\n  was {a}\n  is  {b}", at + 1));
        } else if kept.lines().count() != now.lines().count() {
            differing.push(format!("{name}: {} lines, were {}", now.lines().count(), kept.lines().count()));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
