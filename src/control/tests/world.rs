//! A pair of machines made of a few numbers, enough to close the loop around the dispatcher.

use std::{collections::BTreeMap, time::Duration};

use crate::control::{
    Moment,
    decision::{Decision, Rule, Step},
    dispatcher::Dispatcher,
    event::{
        Account, AccountId, AccountState, Action, Ending, Event, Failure, Outcome, Progress, Receipt, Retry,
    },
    policy::Policy,
    sample::{Cpu, Memory, Sample, Side},
};

pub(super) const GIB: u64 = 1 << 30;

pub(super) fn at(seconds: f64) -> Moment {
    Moment { elapsed: Duration::from_secs_f64(seconds), wall_ms: (seconds * 1000.0) as i64 }
}

pub(super) fn accounts(sizes: &[u64]) -> Vec<Account> {
    sizes
        .iter()
        .enumerate()
        .map(|(i, &bytes)| Account { id: AccountId(i as u32), bytes, attempts: 0 })
        .collect()
}

/// A mailbox, or with it its whole source, that failed.
pub(super) fn failed(retry: Retry, whole_side: bool) -> Outcome {
    Outcome::Failed(Failure {
        code: "ZP-TEST".to_owned(),
        cause: "it broke".to_owned(),
        next: "zmpace run".to_owned(),
        side: Some(Side::Source),
        whole_side,
        retry,
    })
}

pub(super) fn sample(side: Side, busy: f64, available: u64) -> Sample {
    Sample {
        side,
        span: Duration::from_secs(5),
        cores: 4,
        cpu: Some(Cpu { busy: busy.clamp(0.0, 1.0), iowait: 0.0, steal: 0.0 }),
        disks: Vec::new(),
        memory: Some(Memory { total_bytes: 16 * GIB, available_bytes: available, swap_in_bytes_per_s: 0.0 }),
        network: None,
        pressure: None,
        volumes: Vec::new(),
        runnable: None,
        blocked: None,
    }
}

struct Job {
    left: f64,
    size: u64,
    done: f64,
    parked: bool,
}

/// A world whose destination spends `cost` of its processors on each worker and slows down past `peak`.
pub(super) struct World {
    pub(super) dispatcher: Dispatcher,
    pub(super) background: fn(f64) -> f64,
    pub(super) cost: f64,
    /// Work rate of n workers, in undisturbed workers.
    pub(super) curve: fn(f64) -> f64,
    pub(super) seen: fn(f64) -> bool,
    pub(super) now: f64,
    pub(super) decisions: Vec<Decision>,
    pub(super) limits: Vec<(f64, u32)>,
    pub(super) states: BTreeMap<AccountId, AccountState>,
    pub(super) ending: Option<Ending>,
    sizes: Vec<u64>,
    jobs: BTreeMap<AccountId, Job>,
    wobble: u64,
    noise: f64,
}

/// Bytes one undisturbed worker moves in a second; about the prior's price of them.
const PACE: f64 = 9.0e6;

impl World {
    pub(super) fn new(policy: Policy, sizes: Vec<u64>) -> Self {
        Self {
            dispatcher: Dispatcher::new(policy, accounts(&sizes)),
            background: |_| 0.05,
            cost: 0.1,
            curve: |n| n,
            seen: |_| true,
            now: 0.0,
            decisions: Vec::new(),
            limits: Vec::new(),
            states: BTreeMap::new(),
            ending: None,
            sizes,
            jobs: BTreeMap::new(),
            wobble: 1,
            noise: 0.01,
        }
    }

    fn noise(&mut self) -> f64 {
        self.wobble =
            self.wobble.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.wobble >> 33) as f64 / f64::from(1_u32 << 30) - 1.0) * self.noise
    }

    pub(super) fn tell(&mut self, event: Event) {
        let actions = self.dispatcher.on(at(self.now), event);
        for action in actions {
            match action {
                Action::Start { account, .. } => {
                    let size = self.sizes[account.0 as usize];
                    assert_eq!(
                        self.states.get(&account),
                        Some(&AccountState::InFlight),
                        "recorded before it starts"
                    );
                    let job = Job { left: size as f64 + PACE * 2.0, size, done: 0.0, parked: false };
                    assert!(self.jobs.insert(account, job).is_none(), "never twice at once");
                }
                Action::Park { account } => self.jobs.get_mut(&account).unwrap().parked = true,
                Action::Resume { account } => self.jobs.get_mut(&account).unwrap().parked = false,
                Action::Look { account } => unreachable!("nothing is in doubt here: {account:?}"),
                Action::Cancel { account } => assert!(self.jobs.contains_key(&account)),
                Action::Record { account, state } => {
                    self.states.insert(account, state);
                }
                Action::Decide(decision) => {
                    if decision.step != Step::Hold {
                        self.limits.push((self.now, decision.to));
                    }
                    self.decisions.push(decision);
                }
                Action::Finish(ending) => self.ending = Some(ending),
            }
        }
    }

    /// Lets a second pass.
    pub(super) fn second(&mut self) {
        self.now += 1.0;
        let running = self.jobs.values().filter(|j| !j.parked).count() as f64;
        let pace = if running > 0.0 { PACE * (self.curve)(running) / running } else { 0.0 };
        let mut moved = Vec::new();
        let mut ended = Vec::new();
        for (id, job) in &mut self.jobs {
            if !job.parked {
                job.left -= pace;
                job.done = (job.done + pace).min(job.size as f64);
                let (items, bytes) = ((job.done / 80_000.0) as u64, job.done as u64);
                moved.push(Progress { account: *id, items, bytes, parked: false });
                if job.left <= 0.0 {
                    ended.push((*id, items, bytes));
                }
            }
        }
        self.tell(Event::Progress(moved));
        for (account, items, bytes) in ended {
            self.jobs.remove(&account);
            let receipt = Receipt { items, bytes, ..Receipt::default() };
            self.tell(Event::Finished { account, outcome: Outcome::Moved(receipt) });
        }
        if self.now % 5.0 == 0.0 && (self.seen)(self.now) {
            let busy = (self.background)(self.now) + self.cost * running + self.noise();
            let calm = 0.05 + self.noise().abs();
            self.tell(Event::Sample(sample(Side::Destination, busy, 12 * GIB)));
            self.tell(Event::Sample(sample(Side::Source, calm, 12 * GIB)));
        }
        self.tell(Event::Tick);
    }

    pub(super) fn run_until(&mut self, seconds: f64) {
        while self.now < seconds && self.ending.is_none() {
            self.second();
        }
    }

    pub(super) fn limit(&self) -> u32 {
        self.dispatcher.view(at(self.now)).limit
    }

    pub(super) fn said(&self, rule: Rule) -> usize {
        self.decisions.iter().filter(|d| d.rule == rule).count()
    }

    pub(super) fn log(&self) -> String {
        self.decisions.iter().map(Decision::line).collect::<Vec<_>>().join("\n")
    }
}
