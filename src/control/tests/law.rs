//! The law against a made-up world: it grows, keeps its promise, and says why.

use super::world::{GIB, World, accounts, at, sample};
use crate::control::{
    decision::{Resource, Rule, Step},
    dispatcher::Dispatcher,
    event::{Action, Command, Event},
    policy::{LimitPolicy, Policy},
    sample::Side,
};

pub(super) fn large() -> Vec<u64> {
    vec![200 * GIB; 80]
}

#[test]
pub(in crate::control) fn it_climbs_to_the_line_and_stays_under_it() {
    let mut world = World::new(Policy::for_tests(), large());
    world.run_until(1800.0);
    // 5 % background and 10 % each: seven workers are 75 %, eight would be 85 %.
    assert_eq!(world.limit(), 7, "{}", world.log());
    let summary = world.dispatcher.summary();
    assert!(summary.over_line_s["destination.cpu"] < 1.0, "{summary:?}\n{}", world.log());
    assert!(summary.observed.as_secs() > 1700, "{summary:?}");
    let refusal = world.decisions.iter().rev().find(|d| d.rule == Rule::Guard).unwrap();
    assert_eq!((refusal.side, refusal.resource), (Some(Side::Destination), Some(Resource::Cpu)));
    assert!(refusal.reason().starts_with("one more would take destination CPU to 8"), "{}", refusal.reason());
}

/// However short the watch at rest: one machine's first readings say nothing of the other.
#[test]
fn it_begins_once_each_machine_was_seen_or_says_which_was_not() {
    for (spoke, silent) in [(Side::Source, Side::Destination), (Side::Destination, Side::Source)] {
        let mut policy = Policy::for_tests();
        policy.timing.preflight_s = 1.0;
        policy.timing.preflight_most_s = 60.0;
        let mut dispatcher = Dispatcher::new(policy, accounts(&[GIB; 9]));
        let mut hear = |second: u32, side| {
            dispatcher.on(at(f64::from(second)), Event::Sample(sample(side, 0.05, 12 * GIB)))
        };
        let early: Vec<Action> = (1..30).flat_map(|second| hear(second, spoke)).collect();
        let [Action::Decide(told)] = &early[..] else { panic!("{silent} never spoke: {early:?}") };
        assert_eq!((told.rule, told.side, told.to), (Rule::Stale, Some(silent), told.from));
        assert!(told.reason().contains(silent.word()), "{}", told.reason());
        let begun = hear(30, silent);
        let starts = begun.iter().filter(|action| matches!(action, Action::Start { .. })).count();
        assert_eq!(starts, 1, "{begun:?}");
        let grown = (31..60)
            .flat_map(|second| hear(second, spoke))
            .filter(|action| matches!(action, Action::Decide(decision) if decision.step == Step::Grow));
        assert_eq!(grown.count(), 0, "one reading of {silent} is none to climb on");
    }
}

#[test]
fn it_reaches_ten_in_ten_minutes_when_nothing_is_near_a_line() {
    let mut world = World::new(Policy::for_tests(), large());
    world.cost = 0.01;
    world.run_until(600.0);
    assert!(world.limit() >= 10, "{}", world.log());
}

#[test]
pub(in crate::control) fn it_stops_at_a_knee_and_names_no_machine() {
    let mut world = World::new(Policy::for_tests(), large());
    world.cost = 0.01;
    world.curve = |n| n.min(5.0);
    world.run_until(3600.0);
    assert!((5..=6).contains(&world.limit()), "{}", world.log());
    let undone = world.decisions.iter().find(|d| d.rule == Rule::Undone).unwrap();
    assert_eq!((undone.step, undone.side), (Step::Shrink, None));
    assert!(undone.reason().contains("no machine is near its line"), "{}", undone.reason());
}

#[test]
pub(in crate::control) fn a_burst_shrinks_it_and_it_comes_back() {
    let mut world = World::new(Policy::for_tests(), large());
    world.background = |t| if (1200.0..1500.0).contains(&t) { 0.4 } else { 0.05 };
    world.run_until(1500.0);
    assert!(world.limit() <= 4, "{}", world.log());
    let over = world.dispatcher.summary().over_line_s["destination.cpu"];
    assert!(over <= 20.0, "{over} s over\n{}", world.log());
    world.run_until(5400.0);
    assert_eq!(world.limit(), 7, "{}", world.log());
}

#[test]
pub(in crate::control) fn a_small_overload_is_shed_within_a_minute() {
    let mut world = World::new(Policy::for_tests(), large());
    world.background = |t| if t >= 1200.0 { 0.2 } else { 0.05 };
    world.run_until(2400.0);
    assert_eq!(world.limit(), 6, "{}", world.log());
    let over = world.dispatcher.summary().over_line_s["destination.cpu"];
    assert!(over <= 45.0, "{over} s over\n{}", world.log());
}

#[test]
pub(in crate::control) fn blind_it_never_grows_and_falls_back() {
    let mut world = World::new(Policy::for_tests(), large());
    world.seen = |t| !(400.0..1000.0).contains(&t);
    world.run_until(400.0);
    let before = world.limit();
    assert!(before > 1, "{}", world.log());
    world.run_until(1000.0);
    let blind = world.limits.iter().filter(|(t, _)| (416.0..1060.0).contains(t)).collect::<Vec<_>>();
    assert!(blind.windows(2).all(|w| w[1].1 <= w[0].1) && world.limit() < before, "{}", world.log());
    assert_eq!(world.said(Rule::Degraded), 1, "{}", world.log());
    world.run_until(2800.0);
    assert!(world.limit() >= before, "{}", world.log());
}

#[test]
fn blind_for_hours_it_goes_on_with_few_and_grows_again_once_it_sees() {
    let mut world = World::new(Policy::for_tests(), large());
    world.seen = |t| !(1200.0..12_000.0).contains(&t);
    world.run_until(1200.0);
    let before = world.limit();
    assert!(before > 2, "{}", world.log());
    world.run_until(12_000.0);
    let unseen = |(t, _): &&(f64, u32)| (1216.0..12_000.0).contains(t);
    let steps = world.limits.iter().filter(unseen).collect::<Vec<_>>();
    assert!(steps.windows(2).all(|w| w[1].1 < w[0].1), "{}", world.log());
    assert!((1..before).contains(&world.limit()) && world.ending.is_none(), "{}", world.log());
    world.run_until(14_400.0);
    assert!(world.limit() >= before, "{}", world.log());
}

#[test]
fn a_server_busy_at_rest_is_waited_for_and_then_met_with_one_worker() {
    let mut world = World::new(Policy::for_tests(), large());
    world.background = |_| 0.9;
    world.run_until(500.0);
    assert_eq!(world.said(Rule::BusyAtRest), 1);
    assert_eq!(world.dispatcher.view(at(world.now)).running, 0);
    world.run_until(3600.0);
    assert_eq!((world.limit(), world.dispatcher.view(at(world.now)).running), (1, 1), "{}", world.log());
}

#[test]
fn refusals_are_said_when_they_change_and_four_times_an_hour() {
    let mut world = World::new(Policy::for_tests(), large());
    world.run_until(4.0 * 3600.0);
    assert!(world.said(Rule::Guard) <= 25, "{}", world.log());
    let late = world.limits.iter().filter(|(t, _)| *t > 3600.0).count();
    assert!(late <= 6, "{}", world.log());
}

#[test]
pub(in crate::control) fn growth_stops_with_the_samples() {
    let mut world = World::new(Policy::for_tests(), large());
    world.seen = |t| t < 100.0;
    world.run_until(155.0);
    let grown = world.decisions.iter().filter(|d| d.step == Step::Grow && d.at_s > 116.0).count();
    assert_eq!((grown, world.said(Rule::Stale)), (0, 1), "{}", world.log());
}

#[test]
pub(in crate::control) fn what_was_critical_is_tried_again_within_the_hour() {
    let mut world = World::new(Policy::for_tests(), large());
    world.background = |t| if (1200.0..1230.0).contains(&t) { 0.9 } else { 0.05 };
    world.run_until(1240.0);
    assert!(world.said(Rule::Critical) >= 1, "{}", world.log());
    world.run_until(1240.0 + 3600.0);
    assert_eq!(world.limit(), 7, "{}", world.log());
}

#[test]
fn a_pinned_limit_is_obeyed_and_given_back() {
    let mut world = World::new(Policy { limit: LimitPolicy::Fixed(3), ..Policy::for_tests() }, large());
    world.tell(Event::Tick);
    assert_eq!(world.dispatcher.view(at(0.0)).running, 3, "from the first second");
    world.run_until(600.0);
    assert_eq!(world.limit(), 3);
    world.tell(Event::Command(Command::Workers(Some(5))));
    assert_eq!(world.dispatcher.view(at(world.now)).running, 5);
    world.tell(Event::Command(Command::Workers(None)));
    world.run_until(2400.0);
    assert_eq!(world.limit(), 7, "{}", world.log());
}

#[test]
fn giants_do_not_hold_up_small_ones() {
    let mut sizes = vec![0; 300];
    sizes.extend([20 * GIB; 10]);
    let mut world = World::new(Policy::for_tests(), sizes);
    world.run_until(1800.0);
    let counts = world.dispatcher.view(at(world.now)).accounts;
    assert_eq!(counts.empty, 300, "{counts:?}");
}

#[test]
fn a_short_night_of_mixed_mailboxes_grows_shrinks_and_keeps_its_promise() {
    // 200 mailboxes, 30 % empty, the others from 1 MB to 10 GB: about half an hour at seven workers.
    let sizes = (0..200_u64).map(|i| if i % 10 < 3 { 0 } else { 1_000_000 << (i * 5 % 13) }).collect();
    let mut world = World::new(Policy::for_tests(), sizes);
    world.background = |t| if (900.0..1100.0).contains(&t) { 0.3 } else { 0.05 };
    world.run_until(4.0 * 3600.0);
    let summary = world.dispatcher.summary();
    let share = summary.over_line_s["destination.cpu"] / summary.observed.as_secs_f64();
    assert!(share < 0.02, "{share}\n{}", world.log());
    assert_eq!(summary.accounts.verified + summary.accounts.empty, 200, "{summary:?}");
    assert!(summary.limit_max >= 6 && summary.limit_min == 1, "{summary:?}\n{}", world.log());
    assert!(world.decisions.iter().any(|d| matches!(d.rule, Rule::Soft | Rule::Critical)), "{}", world.log());
}
