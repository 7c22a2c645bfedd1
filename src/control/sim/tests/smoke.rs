//! The smoke subset: three seeds, fixed numbers around the best only, ranges as the scenario files state them.

use super::{FILES, scenario};
use crate::control::{
    policy::Policy,
    sim::{
        law::Law,
        table::{Score, misses, reference, row, score},
    },
};

/// Fixed numbers around the hint of a scenario.
fn around(near: u32) -> Vec<u32> {
    (near.saturating_sub(2).max(1)..=near + 2).collect()
}

#[test]
fn the_smoke_scenarios_keep_to_their_ranges() {
    let base = Policy::for_tests();
    let mut missed = Vec::new();
    for (name, text) in FILES {
        let scenario = scenario(text);
        if !scenario.bench.smoke {
            continue;
        }
        assert!(!scenario.expect.is_empty(), "{name}: smoke without ranges");
        let seeds = [1, 2, 3];
        let grid = around(scenario.bench.near);
        let references = seeds.map(|seed| reference(&scenario, seed, &base, &grid));
        for (law, expect) in &scenario.expect {
            let law = Law::named(law).unwrap();
            let scores: Vec<Score> = seeds
                .iter()
                .zip(&references)
                .map(|(&seed, reference)| score(&scenario, seed, &law, &base, reference))
                .collect();
            missed.extend(misses(expect, &row(&scenario, &law, &seeds, &scores)));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
