//! What must hold in every simulated night, whatever the weather (law 6.13).

use proptest::prelude::*;

use super::named;
use crate::control::{
    decision::{Rule, Step},
    policy::Policy,
    sim::{
        law::Law,
        run::{How, Outcome, run},
        scenario::{Blind, Scenario},
    },
};

fn night(scenario: &Scenario, seed: u64) -> Outcome {
    run(scenario, seed, &Law::Ours(None), &Policy::for_tests(), How { keep: true, cut_s: Some(8.0 * 3600.0) })
}

/// A pair of servers nobody thought of.
fn worlds() -> impl Strategy<Value = (Scenario, u64)> {
    (
        1_u32..12,
        0.5..12.0_f64,
        0.0..0.5_f64,
        0.0..0.06_f64,
        0.0..0.01_f64,
        0.0..60.0_f64,
        any::<bool>(),
        0_u64..1000,
    )
        .prop_map(|(cores, cpu, background, noise, beta, blind, spindle, seed)| {
            let mut world = named("01-cpu-bound");
            world.accounts.count = 400;
            world.destination.cores = cores;
            world.destination.item_cpu_ms = cpu;
            world.destination.rotational = spindle;
            world.destination.background[0].cpu = background;
            world.instruments.noise = noise;
            world.transfer.item_lock_ms = 5.0;
            world.transfer.lock_beta = beta;
            let side = if spindle { "both" } else { "source" }.to_owned();
            world.instruments.blind.push(Blind { side, at_min: blind, for_min: 7.0 });
            (world, seed)
        })
}

fn hold(scenario: &Scenario, outcome: &Outcome) -> Result<(), String> {
    let (mut limit, mut grew_at, mut seen) = (0, f64::NEG_INFINITY, f64::NEG_INFINITY);
    for decision in &outcome.decisions {
        let line = decision.line();
        if decision.step == Step::Grow && decision.rule != Rule::Begin {
            if decision.to != limit + 1 {
                return Err(format!("more than one at a time: {line}"));
            }
            if decision.at_s - grew_at < 10.0 {
                return Err(format!("two growths without a settle between: {line}"));
            }
            if decision.sample_age_s.is_none_or(|age| age > 15.0) {
                return Err(format!("growth on a stale sample: {line}"));
            }
            grew_at = decision.at_s;
        }
        if matches!(decision.rule, Rule::Critical | Rule::Soft | Rule::Busy) && decision.to > decision.from {
            return Err(format!("a shrink that grows: {line}"));
        }
        if decision.from != decision.to && decision.from != limit && decision.rule != Rule::Begin {
            return Err(format!("a change without its record before: {line}"));
        }
        if decision.to < 1 || decision.to > scenario.max_workers || decision.reason().is_empty() {
            return Err(format!("out of bounds, or without a reason: {line}"));
        }
        if decision.at_s < seen {
            return Err(format!("out of order: {line}"));
        }
        seen = decision.at_s;
        limit = decision.to;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn in_any_world_the_invariants_hold((scenario, seed) in worlds()) {
        let outcome = night(&scenario, seed);
        if let Err(broken) = hold(&scenario, &outcome) {
            prop_assert!(false, "seed {seed}: {broken}");
        }
    }
}

#[test]
pub(super) fn a_plain_night_keeps_them() {
    let scenario = named("01-cpu-bound");
    hold(&scenario, &night(&scenario, 1)).unwrap();
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
    let scenario = named("18-noise");
    let cut = How { keep: true, cut_s: Some(3600.0) };
    let lines = |seed| {
        let outcome = run(&scenario, seed, &Law::Ours(None), &Policy::for_tests(), cut);
        outcome.decisions.iter().map(|d| format!("{d:?}")).collect::<Vec<_>>()
    };
    assert_eq!(lines(3), lines(3));
    assert_ne!(lines(3), lines(4));
}

#[test]
pub(super) fn blind_it_never_grows() {
    let scenario = named("14-blind");
    let outcome = night(&scenario, 1);
    let blind = |at: f64| (735.0..1320.0).contains(&at) || (7215.0..7800.0).contains(&at);
    let grown: Vec<String> = outcome
        .decisions
        .iter()
        .filter(|d| d.step == Step::Grow && blind(d.at_s))
        .map(crate::control::decision::Decision::line)
        .collect();
    assert!(grown.is_empty(), "{grown:?}");
}

#[test]
pub(super) fn every_hold_ends_by_time_alone() {
    // A world in which nothing ever changes: the law must still look again within about an hour of any hold.
    let mut scenario = named("05-retrograde");
    scenario.accounts.count = 3000;
    let outcome = night(&scenario, 2);
    let mut tries: Vec<f64> = outcome
        .decisions
        .iter()
        .filter(|d| matches!(d.rule, Rule::Try | Rule::Fewer))
        .map(|d| d.at_s)
        .collect();
    // The last tenth is the tail: nothing is left to try with.
    tries.push((outcome.makespan_s * 0.9).max(tries.last().copied().unwrap_or(0.0)));
    let longest = tries.windows(2).map(|w| w[1] - w[0]).fold(0.0, f64::max);
    assert!(longest <= 1.25 * 3600.0 + 300.0, "{longest} s without a try");
}

#[test]
fn a_silent_cap_is_met_and_named() {
    let scenario = named("15-stall-at-ten");
    let outcome = night(&scenario, 1);
    assert!(outcome.finished);
    let undone = outcome.decisions.iter().filter(|d| d.rule == Rule::Undone).count();
    assert!(undone >= 1 && outcome.limits.iter().all(|l| l.1 <= 16), "{:?}", outcome.limits);
}
