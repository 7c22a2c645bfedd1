//! A machine that stays critical although only one worker is left.

use super::{law::large, world::World};
use crate::control::{decision::Rule, event::Ending, policy::Policy, sample::Side};

fn world(allowed_s: f64, background: fn(f64) -> f64) -> World {
    let mut policy = Policy::for_tests();
    policy.guard.critical_abort_s = allowed_s;
    let mut world = World::new(policy, large());
    world.background = background;
    world.run_until(1200.0);
    assert!(world.limit() > 1, "{}", world.log());
    world
}

#[test]
fn it_ends_the_run_where_the_operator_wants_that_and_only_after_his_time() {
    let mut run = world(1800.0, |t| if t < 1200.0 { 0.05 } else { 0.97 });
    run.run_until(9000.0);
    assert_eq!(run.ending, Some(Ending::Critical(Side::Destination)), "{}", run.log());
    assert!((3000.0..3300.0).contains(&run.now), "{} s\n{}", run.now, run.log());
    assert_eq!((run.limit(), run.said(Rule::StaysCritical)), (1, 1), "{}", run.log());

    let mut patient = world(0.0, |t| if t < 1200.0 { 0.05 } else { 0.97 });
    patient.run_until(9000.0);
    assert_eq!((patient.ending, patient.limit()), (None, 1), "one worker goes on: {}", patient.log());
}

#[test]
fn what_passes_in_time_or_is_not_seen_ends_nothing() {
    let mut passing = world(1800.0, |t| if (1200.0..2700.0).contains(&t) { 0.97 } else { 0.05 });
    passing.run_until(6000.0);
    assert_eq!(passing.ending, None, "{}", passing.log());

    let mut unseen = world(1800.0, |t| if t < 1200.0 { 0.05 } else { 0.97 });
    unseen.seen = |t| t < 2000.0;
    unseen.run_until(9000.0);
    assert_eq!((unseen.ending, unseen.said(Rule::StaysCritical)), (None, 0), "{}", unseen.log());
}
