//! What only a person can mend or decide.

use super::world::{accounts, at, failed};
use crate::control::{
    decision::Rule,
    dispatcher::Dispatcher,
    event::{AccountId, Action, Ending, Event, Progress, Retry},
    policy::{LimitPolicy, Policy},
    sample::Side,
};

fn run(workers: u32, mailboxes: usize, change: impl Fn(&mut Policy)) -> Dispatcher {
    let mut policy = Policy { limit: LimitPolicy::Fixed(workers), ..Policy::for_tests() };
    change(&mut policy);
    Dispatcher::new(policy, accounts(&vec![1000; mailboxes]))
}

fn fails(account: u32, retry: Retry, whole_side: bool) -> Event {
    Event::Finished { account: AccountId(account), outcome: failed(retry, whole_side) }
}

fn started(actions: &[Action]) -> usize {
    actions.iter().filter(|action| matches!(action, Action::Start { .. } | Action::Resume { .. })).count()
}

fn says(actions: &[Action], rule: Rule) -> bool {
    actions.iter().any(|action| matches!(action, Action::Decide(decision) if decision.rule == rule))
}

#[test]
fn a_refused_side_waits_for_its_person_and_then_one_worker_tries() {
    let mut run = run(2, 4, |_| ());
    let begun: Vec<u32> = run
        .on(at(0.0), Event::Tick)
        .iter()
        .filter_map(|action| if let Action::Start { account, .. } = action { Some(account.0) } else { None })
        .collect();
    assert_eq!(begun.len(), 2);
    let actions = run.on(at(5.0), fails(begun[0], Retry::Awaited, true));
    assert!(says(&actions, Rule::PersonNeeded), "{actions:?}");
    assert!(actions.iter().any(|action| matches!(action, Action::Park { .. })), "{actions:?}");
    // The other worker meets the same refusal; that is no news.
    let actions = run.on(at(6.0), fails(begun[1], Retry::Awaited, true));
    assert!(!says(&actions, Rule::PersonNeeded), "{actions:?}");
    for minute in 1..60 {
        assert_eq!(started(&run.on(at(60.0 * f64::from(minute)), Event::Tick)), 0, "minute {minute}");
    }
    assert_eq!(started(&run.on(at(3600.0), Event::Mended { side: Side::Destination })), 0);
    let actions = run.on(at(3601.0), Event::Mended { side: Side::Source });
    assert_eq!(started(&actions), 1, "{actions:?}");
    let Some(Action::Start { account, attempt }) =
        actions.iter().find(|a| matches!(a, Action::Start { .. })).cloned()
    else {
        panic!("{actions:?}")
    };
    assert_eq!(attempt, 2, "attempts are counted for what the destination holds, not against the mailbox");
    let progress = Progress { account, items: 3, bytes: 300, parked: false };
    let actions = run.on(at(3605.0), Event::Progress(vec![progress]));
    assert!(says(&actions, Rule::SideBack) && started(&actions) == 1, "{actions:?}");
}

#[test]
fn a_new_password_that_is_refused_too_is_waited_for_again() {
    let mut run = run(1, 2, |_| ());
    let _ = run.on(at(0.0), Event::Tick);
    let _ = run.on(at(1.0), fails(0, Retry::Awaited, true));
    assert_eq!(started(&run.on(at(9.0), Event::Mended { side: Side::Source })), 1);
    let again = run.on(at(10.0), fails(0, Retry::Awaited, true));
    let other = run.on(at(10.0), fails(1, Retry::Awaited, true));
    assert!(says(&again, Rule::PersonNeeded) || says(&other, Rule::PersonNeeded), "{again:?} {other:?}");
    assert_eq!(started(&run.on(at(900.0), Event::Tick)), 0);
}

#[test]
fn patience_with_people_has_an_end() {
    let mut run = run(1, 2, |policy| policy.side_loss.person_s = 600.0);
    let _ = run.on(at(0.0), Event::Tick);
    let _ = run.on(at(1.0), fails(0, Retry::Awaited, true));
    assert!(run.on(at(600.0), Event::Tick).is_empty());
    let actions = run.on(at(602.0), Event::Tick);
    assert!(actions.contains(&Action::Finish(Ending::Refused(Side::Source))), "{actions:?}");
}

#[test]
fn more_failures_than_allowed_end_the_run_and_as_many_as_allowed_do_not() {
    for (allowed, ends_at) in [(0.10, Some(2)), (0.25, Some(3)), (1.0, None)] {
        let mut run = run(1, 10, |policy| policy.retries.failed_share = allowed);
        let mut actions = run.on(at(0.0), Event::Tick);
        let mut failed = 0;
        for second in 1..=10 {
            let Some(account) = actions.iter().find_map(|action| match action {
                Action::Start { account, .. } => Some(account.0),
                _ => None,
            }) else {
                break;
            };
            failed += 1;
            actions = run.on(at(f64::from(second)), fails(account, Retry::Permanent, false));
        }
        assert_eq!(failed, ends_at.unwrap_or(10), "{allowed}");
        assert_eq!(says(&actions, Rule::TooManyFailures), ends_at.is_some());
        let ending = if ends_at.is_some() { Ending::TooManyFailures } else { Ending::Done };
        assert!(actions.contains(&Action::Finish(ending)), "{allowed}: {actions:?}");
    }
}
