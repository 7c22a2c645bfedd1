//! The second look at what was verified after an attempt that broke.

use super::world::{accounts, at, failed};
use crate::control::{
    dispatcher::Dispatcher,
    event::{AccountId, AccountState, Action, Command, Ending, Event, Held, Outcome, Receipt, Retry, Sight},
    policy::{LimitPolicy, Policy},
    timetable::{Cutoff, Hours},
};

/// Pause before a look.
const PAUSE: f64 = 60.0;

fn fixed(n: u32, sizes: &[u64]) -> Dispatcher {
    let policy = Policy { limit: LimitPolicy::Fixed(n), ..Policy::for_tests() };
    assert!((policy.retries.look_s - PAUSE).abs() < 1e-9);
    Dispatcher::new(policy, accounts(sizes))
}

fn ended(account: u32, outcome: Outcome) -> Event {
    Event::Finished { account: AccountId(account), outcome }
}

/// Moved by the first attempt.
fn moved(account: u32) -> Event {
    ended(account, Outcome::Moved(Receipt { items: 3, bytes: 3000, ..Receipt::default() }))
}

/// Moved by an attempt that had one before it.
fn moved_again(account: u32) -> Event {
    let receipt = Receipt { items: 3, bytes: 3000, held: Some(Held::default()), ..Receipt::default() };
    ended(account, Outcome::Moved(receipt))
}

fn looked(account: u32, sight: Sight) -> Event {
    Event::Looked { account: AccountId(account), sight }
}

fn grown() -> Sight {
    Sight::Grown { items: 4, notes: vec!["/Inbox: 3 when it was verified, 7 now".into()] }
}

fn unseen() -> Sight {
    let Outcome::Failed(failure) = failed(Retry::BackOff, true) else { unreachable!() };
    Sight::Unseen(failure)
}

fn look(account: u32) -> Action {
    Action::Look { account: AccountId(account) }
}

fn record(account: u32, state: AccountState) -> Action {
    Action::Record { account: AccountId(account), state }
}

fn done() -> Action {
    Action::Finish(Ending::Done)
}

#[test]
fn only_what_took_several_attempts_is_looked_at_and_the_run_ends_after_it() {
    let mut run = fixed(2, &[1000, 2000]);
    let _ = run.on(at(0.0), Event::Tick);
    assert_eq!(
        run.on(at(5.0), moved_again(0)),
        [record(0, AccountState::Verified)],
        "the other is under way"
    );
    assert!(!run.only_looks() && run.in_doubt() == 1);
    let end = run.on(at(9.0), moved(1));
    assert_eq!(end, [record(1, AccountState::Verified)], "too early to look");
    assert!(run.only_looks());
    assert!(run.on(at(5.0 + PAUSE - 0.1), Event::Tick).is_empty(), "the law has nothing to say meanwhile");
    assert_eq!(run.on(at(5.0 + PAUSE), Event::Tick), [look(0)]);
    assert!(run.on(at(66.0), Event::Tick).is_empty(), "once");
    assert_eq!(run.on(at(67.0), looked(0, Sight::Same)), [done()]);
    assert_eq!(run.summary().makespan.as_secs(), 9, "looking moves nothing");
}

#[test]
fn a_long_run_looks_at_its_end_at_once() {
    let mut run = fixed(2, &[1000, 2000]);
    let _ = run.on(at(0.0), Event::Tick);
    let _ = run.on(at(5.0), moved_again(0));
    let _ = run.on(at(600.0), Event::Tick);
    assert_eq!(run.on(at(700.0), moved(1)), [record(1, AccountState::Verified), look(0)]);
}

#[test]
fn what_has_grown_becomes_incomplete_in_every_count() {
    let mut run = fixed(1, &[1000]);
    let _ = run.on(at(0.0), Event::Tick);
    let _ = run.on(at(5.0), moved_again(0));
    assert_eq!(run.view(at(5.0)).accounts.verified, 1);
    assert_eq!(run.on(at(65.0), Event::Tick), [look(0)]);
    assert_eq!(run.on(at(66.0), looked(0, grown())), [record(0, AccountState::Incomplete), done()]);
    let counts = run.summary().accounts;
    assert_eq!((counts.total, counts.verified, counts.incomplete, counts.failed), (1, 0, 1, 0));
}

#[test]
fn a_mailbox_whose_items_differ_is_told_already_and_not_looked_at() {
    let mut run = fixed(1, &[1000]);
    let mut now = 0.0;
    let differs = || {
        let held = Some(Held::default());
        ended(0, Outcome::Moved(Receipt { items: 3, differences: 2, held, ..Receipt::default() }))
    };
    let _ = run.on(at(now), Event::Tick);
    for _ in 0..5 {
        let actions = run.on(at(now), differs());
        if actions.contains(&done()) {
            assert_eq!(actions, [record(0, AccountState::Incomplete), done()]);
            return;
        }
        now += 1000.0;
        let _ = run.on(at(now), Event::Tick);
    }
    panic!("it never ended");
}

#[test]
fn a_look_that_fails_is_tried_a_few_times_and_the_mailbox_stays_verified() {
    let mut run = fixed(1, &[1000]);
    let _ = run.on(at(0.0), Event::Tick);
    let _ = run.on(at(5.0), moved_again(0));
    let (mut now, mut tries) = (5.0, 0);
    let last = loop {
        now += PAUSE;
        assert_eq!(run.on(at(now), Event::Tick), [look(0)]);
        tries += 1;
        let actions = run.on(at(now), looked(0, unseen()));
        if !actions.is_empty() {
            break actions;
        }
    };
    assert_eq!((last, tries), (vec![done()], 3));
    assert_eq!(run.summary().accounts.verified, 1);
}

#[test]
fn a_drained_run_looks_and_one_that_is_resumed_meanwhile_goes_on() {
    let mut run = fixed(1, &[1000, 2000]);
    let _ = run.on(at(0.0), Event::Tick);
    let _ = run.on(at(1.0), Event::Command(Command::Drain));
    let _ = run.on(at(2.0), moved_again(1));
    assert_eq!(run.on(at(62.0), Event::Tick), [look(1)]);
    let actions = run.on(at(63.0), Event::Command(Command::Resume));
    assert!(actions.contains(&Action::Start { account: AccountId(0), attempt: 1 }), "{actions:?}");
    assert!(run.on(at(64.0), looked(1, Sight::Same)).is_empty());
    let _ = run.on(at(65.0), Event::Command(Command::Drain));
    assert_eq!(
        run.on(at(66.0), moved(0)),
        [record(0, AccountState::Verified), done()],
        "nothing is left at all"
    );
    let mut run = fixed(1, &[1000, 2000]);
    let _ = run.on(at(0.0), Event::Tick);
    let _ = run.on(at(1.0), Event::Command(Command::Drain));
    let _ = run.on(at(2.0), moved_again(1));
    let _ = run.on(at(62.0), Event::Tick);
    assert_eq!(run.on(at(63.0), looked(1, Sight::Same)), [Action::Finish(Ending::Drained)]);
}

#[test]
fn a_run_that_is_stopped_leaves_the_look_to_the_next() {
    let mut run = fixed(1, &[1000]);
    let _ = run.on(at(0.0), Event::Tick);
    let _ = run.on(at(5.0), moved_again(0));
    let actions = run.on(at(6.0), Event::Command(Command::Stop));
    assert_eq!(actions.last(), Some(&Action::Finish(Ending::Stopped)), "{actions:?}");

    let mut run = fixed(2, &[1000, 2000]);
    let _ = run.on(at(0.0), Event::Tick);
    let _ = run.on(at(5.0), moved_again(0));
    let actions = run.on(at(100.0), ended(1, failed(Retry::Operator, true)));
    assert!(!actions.iter().any(|action| matches!(action, Action::Look { .. })), "{actions:?}");
}

#[test]
fn the_window_closes_after_the_looks_and_whoever_stops_it_need_not_wait() {
    let closed = || {
        let hours = Hours { window: "00:00-00:10".to_owned(), cutoff: Cutoff::Soft, ..Hours::default() };
        let policy = Policy { limit: LimitPolicy::Fixed(1), hours, ..Policy::for_tests() };
        let mut run = Dispatcher::new(policy, accounts(&[1000, 2000]));
        let _ = run.on(at(0.0), Event::Tick);
        let actions = run.on(at(700.0), moved_again(1));
        assert_eq!(actions[0], record(1, AccountState::Verified), "{actions:?}");
        assert!(run.only_looks());
        run
    };
    let mut run = closed();
    assert_eq!(run.on(at(760.0), Event::Tick), [look(1)]);
    let end = run.on(at(761.0), looked(1, grown()));
    assert_eq!(end, [record(1, AccountState::Incomplete), Action::Finish(Ending::Closed)]);
    let end = closed().on(at(701.0), Event::Command(Command::Stop));
    assert_eq!(end, [Action::Finish(Ending::Closed)]);
}

#[test]
fn a_run_with_nothing_to_move_looks_at_what_an_earlier_one_left_in_doubt() {
    let begin = || fixed(1, &[]).doubting([AccountId(7), AccountId(9)]);
    let mut run = begin();
    assert!(run.on(at(0.0), Event::Tick).is_empty());
    assert_eq!(run.on(at(PAUSE), Event::Tick), [look(7), look(9)]);
    assert!(run.on(at(61.0), looked(7, Sight::Same)).is_empty());
    assert_eq!(run.view(at(61.0)).accounts.total, 0, "an earlier run's");
    assert_eq!(run.on(at(62.0), looked(9, grown())), [record(9, AccountState::Incomplete), done()]);
    let counts = run.summary().accounts;
    assert_eq!((counts.total, counts.incomplete), (1, 1), "this run's, since it found it");
}

#[test]
fn a_few_are_looked_at_together() {
    let mut run = fixed(1, &[]).doubting((0..10).map(AccountId));
    let asked = run.on(at(PAUSE), Event::Tick);
    assert_eq!(asked, (0..4).map(look).collect::<Vec<_>>());
    assert_eq!(run.on(at(61.0), looked(2, Sight::Same)), [look(4)]);
}
