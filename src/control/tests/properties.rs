//! Invariants of the law over arbitrary histories (law 6.13).

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::world::{GIB, World, accounts, at, sample};
use crate::control::{
    decision::{Rule, Step},
    dispatcher::Dispatcher,
    event::{
        AccountId, AccountState, Action, Command, Ending, Event, Failure, Held, Outcome, Progress, Receipt,
        Retry, Sight,
    },
    policy::{LimitPolicy, Policy},
    sample::Side,
};

/// One thing that happens in a made-up history.
#[derive(Clone, Debug)]
enum Deed {
    Sample(Side, f64, u64),
    Blind(Side),
    Response(Side, Option<f64>),
    Progress(u8, u16),
    End(u8, u8),
    Look(u8, u8),
    Command(Command),
    Tick,
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Source), Just(Side::Destination)]
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        12 => (side(), 0.0..1.0_f64, 0..12 * GIB).prop_map(|(s, b, m)| Deed::Sample(s, b, m)),
        1 => side().prop_map(Deed::Blind),
        2 => (side(), proptest::option::of(1.0..3000.0_f64)).prop_map(|(s, r)| Deed::Response(s, r)),
        8 => (any::<u8>(), any::<u16>()).prop_map(|(w, n)| Deed::Progress(w, n)),
        4 => (any::<u8>(), any::<u8>()).prop_map(|(w, o)| Deed::End(w, o)),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(w, s)| Deed::Look(w, s)),
        1 => prop_oneof![
            Just(Command::Pause), Just(Command::Resume), Just(Command::Workers(Some(3))),
            Just(Command::Workers(None)), Just(Command::Drain),
        ].prop_map(Deed::Command),
        3 => Just(Deed::Tick),
    ]
}

fn outcome(kind: u8, items: u64) -> Outcome {
    let failed = |retry, whole_side| {
        Outcome::Failed(Failure {
            code: String::new(),
            cause: String::new(),
            next: String::new(),
            side: Some(Side::Source),
            whole_side,
            retry,
        })
    };
    match kind % 10 {
        0 => failed(Retry::BackOff, false),
        1 => failed(Retry::Renew, false),
        2 => failed(Retry::Permanent, false),
        3 => failed(Retry::Busy, false),
        4 => failed(Retry::BackOff, true),
        5 => Outcome::Moved(Receipt { items, bytes: items, differences: 1, ..Receipt::default() }),
        6 | 9 => {
            Outcome::Moved(Receipt { items, bytes: items, held: Some(Held::default()), ..Receipt::default() })
        }
        _ => Outcome::Moved(Receipt { items, bytes: items, ..Receipt::default() }),
    }
}

fn sight(kind: u8) -> Sight {
    match kind % 4 {
        0 => Sight::Grown { items: 1, notes: Vec::new() },
        1 => {
            let Outcome::Failed(failure) = outcome(0, 0) else { unreachable!() };
            Sight::Unseen(failure)
        }
        _ => Sight::Same,
    }
}

/// Drives a dispatcher through a history and checks every action against what was true before it.
struct Witness {
    dispatcher: Dispatcher,
    running: BTreeSet<AccountId>,
    parked: BTreeSet<AccountId>,
    items: BTreeMap<AccountId, u64>,
    looking: BTreeSet<AccountId>,
    finals: BTreeMap<AccountId, AccountState>,
    limit: u32,
    last_growth: f64,
    last_sample: BTreeMap<Side, f64>,
    operator: bool,
    log: Vec<(f64, Vec<Action>)>,
}

impl Witness {
    fn new(policy: Policy, count: u64) -> Self {
        let sizes: Vec<u64> = (0..count).map(|i| i * 1_000_000).collect();
        Self {
            limit: 1,
            dispatcher: Dispatcher::new(policy, accounts(&sizes)),
            running: BTreeSet::new(),
            parked: BTreeSet::new(),
            items: BTreeMap::new(),
            looking: BTreeSet::new(),
            finals: BTreeMap::new(),
            last_growth: f64::NEG_INFINITY,
            last_sample: BTreeMap::new(),
            operator: false,
            log: Vec::new(),
        }
    }

    fn pick(&self, which: u8) -> Option<AccountId> {
        let flying: Vec<_> = self.running.iter().chain(&self.parked).copied().collect();
        (!flying.is_empty()).then(|| flying[usize::from(which) % flying.len()])
    }

    fn event(&mut self, now: f64, deed: &Deed) -> Option<Event> {
        Some(match *deed {
            Deed::Sample(side, busy, memory) => {
                self.last_sample.insert(side, now);
                Event::Sample(sample(side, busy, memory))
            }
            Deed::Blind(side) => {
                let mut unread = sample(side, 0.1, GIB);
                unread.cpu = None;
                unread.memory = None;
                Event::Sample(unread)
            }
            Deed::Response(side, millis) => Event::Response { side, millis },
            Deed::Progress(which, more) => {
                let account = self.pick(which)?;
                let items = self.items.entry(account).or_default();
                *items += u64::from(more);
                let bytes = *items * 1000;
                Event::Progress(vec![Progress { account, items: *items, bytes, parked: false }])
            }
            Deed::End(which, kind) => {
                let account = self.pick(which)?;
                self.running.remove(&account);
                self.parked.remove(&account);
                let items = self.items.remove(&account).unwrap_or(0);
                Event::Finished { account, outcome: outcome(kind, items) }
            }
            Deed::Look(which, kind) => {
                let asked = self.looking.len().max(1);
                let account = *self.looking.iter().nth(usize::from(which) % asked)?;
                self.looking.remove(&account);
                Event::Looked { account, sight: sight(kind) }
            }
            Deed::Command(command) => {
                self.operator = true;
                Event::Command(command)
            }
            Deed::Tick => Event::Tick,
        })
    }

    fn happen(&mut self, now: f64, deed: &Deed) {
        let Some(event) = self.event(now, deed) else { return };
        let actions = self.dispatcher.on(at(now), event);
        for action in &actions {
            self.check(now, action);
        }
        let view = self.dispatcher.view(at(now));
        assert!((1..=64).contains(&view.limit));
        assert_eq!(view.limit, self.limit, "a change without its record");
        assert_eq!((view.running as usize, view.parked as usize), (self.running.len(), self.parked.len()));
        let a = view.accounts;
        assert_eq!(a.total, a.waiting + a.in_flight + a.verified + a.empty + a.incomplete + a.failed);
        self.log.push((now, actions));
    }

    fn check(&mut self, now: f64, action: &Action) {
        match action {
            Action::Start { account, .. } => {
                assert!(
                    !self.parked.contains(account) && self.running.insert(*account),
                    "two starts of one account"
                );
                assert!(!self.finals.contains_key(account), "a finished account starts again");
            }
            Action::Park { account } => assert!(self.running.remove(account) && self.parked.insert(*account)),
            Action::Resume { account } => {
                assert!(self.parked.remove(account) && self.running.insert(*account));
            }
            Action::Record { account, state }
                if !matches!(state, AccountState::Waiting | AccountState::InFlight) =>
            {
                let before = self.finals.insert(*account, *state);
                let late = before.is_some_and(is_verified) && *state == AccountState::Incomplete;
                assert!(before.is_none() || late, "two last states");
            }
            Action::Look { account } => {
                assert!(self.running.is_empty() && self.parked.is_empty(), "a look while there is work");
                assert!(self.finals.get(account).copied().is_some_and(is_verified), "nothing to doubt");
                assert!(self.looking.insert(*account) && self.looking.len() <= 4, "{:?}", self.looking);
            }
            Action::Decide(decision) => {
                assert_eq!(decision.from, if decision.rule == Rule::Begin { 0 } else { self.limit });
                assert!(!decision.reason().is_empty());
                self.limit = decision.to;
                if decision.step == Step::Grow && decision.rule == Rule::Try {
                    assert_eq!(decision.to, decision.from + 1);
                    assert!(now - self.last_growth >= 10.0, "no settle between two growths");
                    assert!(now >= 60.0 || self.operator, "the first minute");
                    for side in [Side::Source, Side::Destination] {
                        assert!(self.last_sample.get(&side).is_some_and(|t| now - t <= 15.0), "stale");
                    }
                    self.last_growth = now;
                }
                if decision.rule == Rule::Critical || decision.rule == Rule::Soft {
                    assert!(decision.to < decision.from);
                }
            }
            _ => {}
        }
    }
}

fn is_verified(state: AccountState) -> bool {
    matches!(state, AccountState::Verified | AccountState::Empty)
}

fn history() -> impl Strategy<Value = Vec<(f64, Deed)>> {
    proptest::collection::vec((0.0..8.0_f64, deed()), 50..600)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn nothing_that_can_happen_breaks_a_promise(history in history(), n in 1_u64..60, fixed in any::<bool>()) {
        let mut policy = Policy::for_tests();
        if fixed {
            policy.limit = LimitPolicy::Fixed(1);
        }
        let mut witness = Witness::new(policy, n);
        let mut now = 0.0;
        for (gap, deed) in &history {
            now += gap;
            witness.happen(now, deed);
        }
    }

    #[test]
    fn the_same_events_give_the_same_actions(history in history()) {
        let run = || {
            let mut witness = Witness::new(Policy::for_tests(), 30);
            let mut now = 0.0;
            for (gap, deed) in &history {
                now += gap;
                witness.happen(now, deed);
            }
            witness.log
        };
        prop_assert_eq!(run(), run());
    }

    #[test]
    fn whatever_the_outcomes_every_account_ends_in_one_state(kinds in proptest::collection::vec(any::<u8>(), 1..40), n in 1_u64..30) {
        let mut witness = Witness::new(Policy { limit: LimitPolicy::Fixed(4), ..Policy::for_tests() }, n);
        witness.limit = 4;
        let mut now = 0.0;
        let mut ending = None;
        for step in 0..20_000_usize {
            now += 2.0;
            let deed = match step % 4 {
                0 => Deed::Tick,
                2 => Deed::Look(step as u8, kinds[step % kinds.len()]),
                1 => Deed::Progress(step as u8, 10),
                // Now and then something that works, so that a lost side can be found again.
                _ => Deed::End(step as u8, if step % 3 == 0 { 9 } else { kinds[step % kinds.len()] }),
            };
            witness.happen(now, &deed);
            let last = witness.log.last().map(|(_, actions)| actions.as_slice()).unwrap_or_default();
            ending = last.iter().find_map(|a| if let Action::Finish(e) = a { Some(*e) } else { None });
            if ending.is_some() {
                break;
            }
        }
        // A side that fails ten times running ends the run; whatever else comes, nobody is left over.
        prop_assert!(matches!(ending, Some(Ending::Done | Ending::SideLost(Side::Source) | Ending::Refused(Side::Source))), "{ending:?}");
        if ending == Some(Ending::Done) {
            prop_assert_eq!(witness.dispatcher.in_doubt(), 0);
            prop_assert_eq!(witness.finals.len() as u64, n);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn constant_inputs_reach_at_most_two_neighbours(cost in 0.01..0.4_f64, peak in 0_usize..4) {
        let curves: [fn(f64) -> f64; 4] = [|n| n, |n| n.min(3.0), |n| n.min(9.5), |n| n / (1.0 + 0.004 * n * (n - 1.0))];
        let mut world = World::new(Policy { max_workers: 24, ..Policy::for_tests() }, vec![500 * GIB; 40]);
        world.cost = cost;
        world.curve = curves[peak];
        world.run_until(2.0 * 3600.0);
        let settled = world.limit();
        world.run_until(5.0 * 3600.0);
        // It rests on two neighbours; probes up and down, which are undone again, take a tenth of the time.
        let mut rests: BTreeMap<u32, f64> = BTreeMap::new();
        let late = world.limits.iter().filter(|l| l.0 > 7200.0).copied();
        let steps: Vec<(f64, u32)> = std::iter::once((7200.0, settled)).chain(late).chain([(world.now, 0)]).collect();
        for pair in steps.windows(2) {
            *rests.entry(pair[0].1).or_default() += pair[1].0 - pair[0].0;
        }
        let pair = |n: u32| rests.get(&n).unwrap_or(&0.0) + rests.get(&(n + 1)).unwrap_or(&0.0);
        let most = rests.keys().map(|&n| pair(n)).fold(0.0, f64::max);
        prop_assert!(most > 0.9 * (world.now - 7200.0), "{rests:?}\n{}", world.log());
        let over = world.dispatcher.summary().over_line_s["destination.cpu"];
        prop_assert!(over < 0.01 * 5.0 * 3600.0, "{over} s over\n{}", world.log());
    }
}
