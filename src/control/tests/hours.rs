//! The timetable at work in the dispatcher: what begins, what waits, how it closes.

use super::world::{GIB, World};
use crate::control::{
    decision::{Measure, Rule},
    event::{AccountId, AccountState, Command, Ending, Event},
    policy::{LimitPolicy, Policy},
    sample::Side,
    timetable::{Cutoff, Hours},
};

/// Hours of UTC; the made-up world begins at midnight.
fn policy(window: &str, limit: LimitPolicy) -> Policy {
    let hours = Hours {
        window: window.to_owned(),
        drain_s: 600.0,
        cutoff: Cutoff::Soft,
        day_lines: 0.7,
        fit_margin: 1.25,
        drain_margin: 2.0,
        ..Hours::default()
    };
    Policy { limit, hours, ..Policy::for_tests() }
}

fn state(world: &World, id: u32) -> Option<AccountState> {
    world.states.get(&AccountId(id)).copied()
}

#[test]
fn a_mailbox_that_would_not_end_is_left_and_a_smaller_one_goes() {
    let sizes = [20, 20, 20, 1, 1].map(|gib| gib * GIB).to_vec();
    let mut world = World::new(policy("00:00-02:00", LimitPolicy::Fixed(1)), sizes);
    world.run_until(7300.0);
    assert_eq!(world.ending, Some(Ending::Closed), "{}", world.log());
    let verified = (0..5).filter(|id| state(&world, *id) == Some(AccountState::Verified)).collect::<Vec<_>>();
    assert_eq!(verified, [0, 1, 3, 4], "two large ones and the small ones; {}", world.log());
    assert!(world.now < 7200.0, "nothing is running at closing: {}", world.now);
    assert_eq!(world.said(Rule::TooLong), 1);
}

#[test]
fn what_fits_in_no_night_begins_early_in_the_longest_one() {
    let sizes = vec![200 * GIB, GIB];
    let mut world = World::new(policy("00:00-01:00", LimitPolicy::Fixed(1)), sizes.clone());
    world.run_until(40_000.0);
    assert_eq!(world.ending, Some(Ending::Closed));
    assert_eq!(
        (state(&world, 0), state(&world, 1)),
        (Some(AccountState::Verified), None),
        "finished past closing"
    );

    let mut late = World::new(policy("00:00-01:00", LimitPolicy::Fixed(1)), sizes);
    late.now = 2000.0;
    late.run_until(40_000.0);
    assert_eq!((late.ending, late.now < 3600.0), (Some(Ending::Closed), true), "{}", late.log());
    assert_eq!((state(&late, 0), state(&late, 1)), (None, Some(AccountState::Verified)));
}

#[test]
fn what_is_finished_past_closing_is_still_held_to_the_lines() {
    let limit = LimitPolicy::Adaptive { start: 3 };
    let mut world = World::new(policy("00:00-01:00", limit), vec![200 * GIB; 3]);
    // The users come at seven minutes past closing.
    world.background = |now| if now > 4000.0 { 0.75 } else { 0.05 };
    world.run_until(3700.0);
    assert_eq!((world.ending, world.limit() >= 3), (None, true), "{}", world.log());
    world.run_until(5000.0);
    assert!(world.limit() < 3 && world.ending.is_none(), "{}", world.log());
}

#[test]
fn a_run_that_is_early_waits_for_the_window_or_ends() {
    let given = policy("01:00-03:00", LimitPolicy::Adaptive { start: 1 });
    let mut world = World::new(given.clone(), vec![GIB; 3]);
    world.run_until(3629.0);
    assert!(world.states.is_empty() && world.ending.is_none(), "{}", world.log());
    world.run_until(3640.0);
    assert!(!world.states.is_empty(), "half a minute at rest after opening: {}", world.log());
    world.run_until(7000.0);
    assert_eq!(world.ending, Some(Ending::Done));

    let hours = Hours { wait: false, ..given.hours.clone() };
    let mut hasty = World::new(Policy { hours, ..given }, vec![GIB; 3]);
    hasty.run_until(10.0);
    assert_eq!((hasty.ending, hasty.states.len()), (Some(Ending::Closed), 0));
}

#[test]
fn by_day_a_few_go_on_under_stricter_lines() {
    let mut given = policy("00:00-01:00,02:00-03:00", LimitPolicy::Fixed(4));
    given.hours.day_workers = 1;
    given.hours.cutoff = Cutoff::Park;
    let mut world = World::new(given, vec![GIB; 400]);
    let line = |world: &World| {
        let view = world.dispatcher.view(super::world::at(world.now));
        let machine = view.machines.iter().find(|m| m.side == Side::Destination).unwrap();
        (view.running, (machine.gauge(Measure::CpuBusy).unwrap().line * 100.0).round() as u32)
    };
    world.run_until(1800.0);
    assert_eq!(line(&world), (4, 80));
    world.run_until(3700.0);
    assert_eq!(line(&world), (1, 56), "{}", world.log());
    world.tell(Event::Command(Command::Workers(Some(3))));
    world.run_until(3800.0);
    assert_eq!(line(&world).0, 1, "not even an order lets more in by day");
    world.tell(Event::Command(Command::Workers(Some(4))));
    world.run_until(7300.0);
    assert_eq!(line(&world), (4, 80), "{}", world.log());
}

#[test]
fn a_short_closure_is_bridged_standing_still() {
    let mut given = policy("00:00-02:00,02:10-03:00", LimitPolicy::Fixed(2));
    given.hours.cutoff = Cutoff::Park;
    given.hours.bridge_s = 900.0;
    // Too long for any of them, so that they run into the closure.
    let mut world = World::new(given, vec![100 * GIB; 2]);
    world.run_until(7201.0);
    let view = world.dispatcher.view(super::world::at(world.now));
    assert_eq!((view.running, view.parked), (0, 2), "{}", world.log());
    world.run_until(7900.0);
    let view = world.dispatcher.view(super::world::at(world.now));
    assert_eq!((view.running, view.parked, world.ending), (2, 0, None), "{}", world.log());
}

#[test]
fn new_hours_hold_at_once() {
    let mut world = World::new(policy("00:00-05:00", LimitPolicy::Fixed(2)), vec![GIB; 400]);
    world.run_until(600.0);
    let shorter = policy("00:00-00:05", LimitPolicy::Fixed(9));
    world.tell(Event::Policy(Box::new(shorter)));
    world.run_until(1200.0);
    assert_eq!(world.ending, Some(Ending::Closed));
    assert_eq!(
        world.dispatcher.summary().limit_max,
        2,
        "who chooses the number is no matter of the settings"
    );
}

#[test]
fn the_operator_may_drain_before_closing_and_take_it_back() {
    let mut world = World::new(policy("00:00-05:00", LimitPolicy::Fixed(2)), vec![GIB; 40]);
    world.run_until(60.0);
    world.tell(Event::Command(Command::Drain));
    world.run_until(70.0);
    world.tell(Event::Command(Command::Resume));
    world.run_until(17_000.0);
    assert_eq!(world.ending, Some(Ending::Done));
}
