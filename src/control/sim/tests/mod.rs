//! The made-up world tested as a whole: determinism, conservation, the smoke subset of the scenarios, goldens.

mod golden;
mod invariants;
mod planted;
mod smoke;

use super::scenario::Scenario;

/// A scenario of the shared set.
fn scenario(text: &str) -> Scenario {
    Scenario::read(text).unwrap()
}

/// The scenarios the smoke set and the goldens use, by file name.
const FILES: [(&str, &str); 25] = [
    ("01-cpu-bound", include_str!("../../../../tests/scenarios/01-cpu-bound.toml")),
    ("02-hdd", include_str!("../../../../tests/scenarios/02-hdd.toml")),
    ("03-network", include_str!("../../../../tests/scenarios/03-network.toml")),
    ("04-memory", include_str!("../../../../tests/scenarios/04-memory.toml")),
    ("05-retrograde", include_str!("../../../../tests/scenarios/05-retrograde.toml")),
    ("06-neighbour", include_str!("../../../../tests/scenarios/06-neighbour.toml")),
    ("07-day-night", include_str!("../../../../tests/scenarios/07-day-night.toml")),
    ("08-slow-source", include_str!("../../../../tests/scenarios/08-slow-source.toml")),
    ("09-big-iron", include_str!("../../../../tests/scenarios/09-big-iron.toml")),
    ("10-heavy-tail", include_str!("../../../../tests/scenarios/10-heavy-tail.toml")),
    ("11-small-accounts", include_str!("../../../../tests/scenarios/11-small-accounts.toml")),
    ("12-short", include_str!("../../../../tests/scenarios/12-short.toml")),
    ("13-giant", include_str!("../../../../tests/scenarios/13-giant.toml")),
    ("14-blind", include_str!("../../../../tests/scenarios/14-blind.toml")),
    ("15-stall-at-ten", include_str!("../../../../tests/scenarios/15-stall-at-ten.toml")),
    ("16-refuse-at-twelve", include_str!("../../../../tests/scenarios/16-refuse-at-twelve.toml")),
    ("17-write-cache", include_str!("../../../../tests/scenarios/17-write-cache.toml")),
    ("18-noise", include_str!("../../../../tests/scenarios/18-noise.toml")),
    ("19-bursts", include_str!("../../../../tests/scenarios/19-bursts.toml")),
    ("20-late-indexing", include_str!("../../../../tests/scenarios/20-late-indexing.toml")),
    ("21-roles", include_str!("../../../../tests/scenarios/21-roles.toml")),
    ("22-leak", include_str!("../../../../tests/scenarios/22-leak.toml")),
    ("23-shift", include_str!("../../../../tests/scenarios/23-shift.toml")),
    ("24-unreadable", include_str!("../../../../tests/scenarios/24-unreadable.toml")),
    ("25-million", include_str!("../../../../tests/scenarios/25-million.toml")),
];

fn named(name: &str) -> Scenario {
    scenario(FILES.iter().find(|f| f.0 == name).unwrap().1)
}

#[test]
fn every_scenario_reads_and_says_what_is_special() {
    let mut titles: Vec<String> = Vec::new();
    for (name, text) in FILES {
        let scenario = scenario(text);
        assert!(scenario.what.ends_with('.'), "{name}");
        assert!(!titles.contains(&scenario.title), "{name}: title used twice");
        titles.push(scenario.title);
    }
}
