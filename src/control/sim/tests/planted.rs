//! A suite that cannot fail proves nothing: each fault planted in the law must be found by a test of the law.

use std::panic::catch_unwind;

use super::invariants;
use crate::control::{
    planted::{Fault, plant},
    tests::law,
};

/// Tests of the suite, by name.
const SUITE: [(&str, fn()); 10] = [
    ("it climbs to the line", law::it_climbs_to_the_line_and_stays_under_it),
    ("it stops at a knee", law::it_stops_at_a_knee_and_names_no_machine),
    ("a burst shrinks it", law::a_burst_shrinks_it_and_it_comes_back),
    ("a small overload is shed", law::a_small_overload_is_shed_within_a_minute),
    ("what was critical is tried again", law::what_was_critical_is_tried_again_within_the_hour),
    ("growth stops with the samples", law::growth_stops_with_the_samples),
    ("blind it falls back", law::blind_it_never_grows_and_falls_back),
    ("blind it never grows", invariants::blind_it_never_grows),
    ("every hold ends", invariants::every_hold_ends_by_time_alone),
    ("one at a time", invariants::a_plain_night_keeps_them),
];

/// Names of the tests that fail.
fn failing(fault: Option<Fault>) -> Vec<&'static str> {
    plant(fault);
    let failing =
        SUITE.iter().filter(|(_, test)| catch_unwind(test).is_err()).map(|(name, _)| *name).collect();
    plant(None);
    failing
}

#[test]
fn each_planted_fault_is_found() {
    assert_eq!(failing(None), Vec::<&str>::new(), "the suite fails without a fault");
    for fault in [
        Fault::GuardDropped,
        Fault::GainInverted,
        Fault::StaleAccepted,
        Fault::CeilingForEver,
        Fault::KneeForEver,
        Fault::StepOfTwo,
        Fault::BlindHolds,
        Fault::SoftIgnored,
    ] {
        let found = failing(Some(fault));
        println!("{fault:?}: found by {found:?}");
        assert!(!found.is_empty(), "{fault:?} is found by no test");
    }
}
