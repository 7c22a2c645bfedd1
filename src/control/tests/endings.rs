//! How mailboxes and runs end.

use super::world::{GIB, accounts, at, failed, sample};
use crate::control::{
    dispatcher::Dispatcher,
    event::{AccountId, AccountState, Action, Command, Ending, Event, Outcome, Progress, Receipt, Retry},
    policy::{LimitPolicy, Policy},
    sample::Side,
};

fn fixed(n: u32, sizes: &[u64]) -> Dispatcher {
    Dispatcher::new(Policy { limit: LimitPolicy::Fixed(n), ..Policy::for_tests() }, accounts(sizes))
}

fn ended(account: u32, outcome: Outcome) -> Event {
    Event::Finished { account: AccountId(account), outcome }
}

fn moved(items: u64, differences: u64) -> Outcome {
    Outcome::Moved(Receipt { items, bytes: items * 1000, differences, ..Receipt::default() })
}

fn record(account: u32, state: AccountState) -> Action {
    Action::Record { account: AccountId(account), state }
}

fn start(account: u32, attempt: u32) -> Action {
    Action::Start { account: AccountId(account), attempt }
}

#[test]
fn a_run_without_accounts_is_done_at_once() {
    assert_eq!(fixed(1, &[]).on(at(0.0), Event::Tick), [Action::Finish(Ending::Done)]);
}

#[test]
fn an_account_is_recorded_before_it_starts_and_when_it_ends() {
    let mut run = fixed(1, &[1000]);
    assert_eq!(run.on(at(0.0), Event::Tick), [record(0, AccountState::InFlight), start(0, 1)]);
    let end = run.on(at(9.0), ended(0, moved(3, 0)));
    assert_eq!(end, [record(0, AccountState::Verified), Action::Finish(Ending::Done)]);
    let summary = run.summary();
    assert_eq!((summary.items, summary.bytes, summary.makespan.as_secs()), (3, 3000, 9));
    assert!(run.on(at(10.0), Event::Tick).is_empty(), "after the end there is nothing to do");
}

#[test]
fn nothing_moved_and_nothing_missing_is_an_empty_mailbox() {
    let mut run = fixed(1, &[0]);
    let _ = run.on(at(0.0), Event::Tick);
    assert_eq!(run.on(at(1.0), ended(0, moved(0, 0)))[0], record(0, AccountState::Empty));
}

#[test]
fn a_failing_mailbox_is_tried_three_times_and_then_given_up() {
    let mut run = fixed(1, &[1000]);
    let _ = run.on(at(0.0), Event::Tick);
    let mut now = 0.0;
    for attempt in 2..=3 {
        now += 1.0;
        assert_eq!(
            run.on(at(now), ended(0, failed(Retry::BackOff, false))),
            [record(0, AccountState::Waiting)]
        );
        assert!(run.on(at(now + 40.0), Event::Tick).is_empty(), "not yet");
        now += 200.0;
        assert_eq!(run.on(at(now), Event::Tick), [record(0, AccountState::InFlight), start(0, attempt)]);
    }
    let last = run.on(at(now + 1.0), ended(0, failed(Retry::BackOff, false)));
    assert_eq!(last, [record(0, AccountState::Failed), Action::Finish(Ending::Done)]);
}

#[test]
fn what_cannot_be_mended_is_given_up_at_once_and_the_others_go_on() {
    let mut run = fixed(1, &[1000, 10]);
    let first = run.on(at(0.0), Event::Tick);
    let Action::Start { account, .. } = first[1] else { panic!("{first:?}") };
    let next = run.on(at(1.0), ended(account.0, failed(Retry::Permanent, false)));
    assert_eq!(next[0], record(account.0, AccountState::Failed));
    assert!(matches!(next[2], Action::Start { .. }), "{next:?}");
}

#[test]
fn differences_are_tried_once_more_and_then_left_incomplete() {
    let mut run = fixed(1, &[1000]);
    let _ = run.on(at(0.0), Event::Tick);
    assert_eq!(run.on(at(1.0), ended(0, moved(5, 2))), [record(0, AccountState::Waiting)]);
    assert_eq!(run.on(at(100.0), Event::Tick)[1], start(0, 2));
    assert_eq!(run.on(at(101.0), ended(0, moved(5, 2)))[0], record(0, AccountState::Incomplete));
    assert_eq!(run.summary().items, 5, "what is moved again is not counted again");
}

#[test]
fn a_wrong_password_ends_the_run_and_names_the_side() {
    let mut run = fixed(2, &[1000, 2000, 3000]);
    let _ = run.on(at(0.0), Event::Tick);
    let actions = run.on(at(1.0), ended(2, failed(Retry::Operator, true)));
    assert!(actions.iter().any(|a| matches!(a, Action::Cancel { .. })), "{actions:?}");
    let actions = run.on(at(2.0), ended(0, failed(Retry::BackOff, false)));
    assert_eq!(actions, [record(0, AccountState::Waiting), Action::Finish(Ending::Refused(Side::Source))]);
}

#[test]
fn a_lost_side_parks_everything_and_one_worker_tries_again() {
    let mut run = fixed(3, &[1_000_000; 4]);
    let _ = run.on(at(0.0), Event::Tick);
    let actions = run.on(at(10.0), ended(0, failed(Retry::BackOff, true)));
    assert_eq!(actions.iter().filter(|a| matches!(a, Action::Park { .. })).count(), 2, "{actions:?}");
    assert!(run.on(at(60.0), Event::Tick).is_empty());
    let actions = run.on(at(71.0), Event::Tick);
    assert!(matches!(actions[..], [Action::Resume { .. }]), "{actions:?}");
    let Action::Resume { account } = actions[0] else { panic!() };
    let progress = Progress { account, items: 4, bytes: 400, parked: false };
    let actions = run.on(at(72.0), Event::Progress(vec![progress]));
    assert!(actions.iter().any(|a| matches!(a, Action::Resume { .. })), "{actions:?}");
    assert_eq!(run.view(at(72.0)).running, 3, "{actions:?}");
}

#[test]
fn a_side_that_stays_away_ends_the_run() {
    let mut run = fixed(1, &[1000]);
    let mut actions = run.on(at(0.0), Event::Tick);
    let mut now = 0.0;
    for _ in 0..20_000 {
        now += 1.0;
        let event = if actions.iter().any(|a| matches!(a, Action::Start { .. })) {
            ended(0, failed(Retry::BackOff, true))
        } else {
            Event::Tick
        };
        actions = run.on(at(now), event);
        if actions.contains(&Action::Finish(Ending::SideLost(Side::Source))) {
            assert!(now > 2.0 * 3600.0, "{now}");
            return;
        }
    }
    panic!("never ended");
}

#[test]
fn pause_parks_and_resume_goes_on() {
    let mut run = fixed(2, &[1000, 2000, 3000]);
    let _ = run.on(at(0.0), Event::Tick);
    let actions = run.on(at(1.0), Event::Command(Command::Pause));
    assert_eq!(actions.iter().filter(|a| matches!(a, Action::Park { .. })).count(), 2);
    assert!(run.on(at(2.0), Event::Tick).is_empty());
    let actions = run.on(at(3.0), Event::Command(Command::Resume));
    assert_eq!(actions.iter().filter(|a| matches!(a, Action::Resume { .. })).count(), 2);
}

#[test]
fn drain_finishes_what_runs() {
    let mut run = fixed(1, &[1000, 2000]);
    let first = run.on(at(0.0), Event::Tick);
    let Action::Start { account, .. } = first[1] else { panic!("{first:?}") };
    let _ = run.on(at(1.0), Event::Command(Command::Drain));
    let actions = run.on(at(2.0), ended(account.0, moved(1, 0)));
    assert_eq!(actions, [record(account.0, AccountState::Verified), Action::Finish(Ending::Drained)]);
}

#[test]
fn stop_cancels_and_does_not_wait_for_ever() {
    let mut run = fixed(1, &[1000]);
    let _ = run.on(at(0.0), Event::Tick);
    let actions = run.on(at(1.0), Event::Command(Command::Stop));
    assert!(actions.contains(&Action::Cancel { account: AccountId(0) }));
    assert!(run.on(at(30.0), Event::Tick).is_empty());
    assert_eq!(run.on(at(62.0), Event::Tick), [Action::Finish(Ending::Stopped)]);
    assert_eq!(
        run.on(at(63.0), ended(0, moved(1, 0))),
        [record(0, AccountState::Verified)],
        "still written down"
    );
}

#[test]
fn no_mailbox_starts_without_memory_for_it() {
    let mut run = fixed(8, &[GIB; 8]);
    let _ = run.on(at(0.0), Event::Command(Command::Pause));
    let _ = run.on(at(1.0), Event::Sample(sample(Side::Destination, 0.1, 2 * GIB + GIB / 4)));
    let _ = run.on(at(2.0), Event::Command(Command::Resume));
    // 2.25 GiB available, 1.6 GiB reserved: two workers of 256 MiB fit, a third does not.
    assert_eq!(run.view(at(2.0)).running, 2);
}

#[test]
fn a_million_accounts_are_ordered_in_a_second() {
    let sizes: Vec<u64> = (0..1_000_000_u64).map(|i| i.wrapping_mul(2_654_435_761) % 5_000_000_000).collect();
    let mut run = fixed(4, &sizes);
    let actions = run.on(at(0.0), Event::Tick);
    assert_eq!(actions.len(), 8);
    assert_eq!(run.view(at(0.0)).accounts.total, 1_000_000);
}
