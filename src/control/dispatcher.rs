//! Event in, actions out: the only place that knows the whole state of a run.

mod critical;
mod endings;
mod hours;
mod looking;
mod person;
mod sight;
mod sweeping;

use std::time::Duration;

use super::{
    Moment,
    backlog::{Backlog, beyond},
    decision::{Decision, Measure, Phase, Rule, Step},
    doubt::Doubts,
    event::{Account, AccountState, Action, Command, Ending, Event, Progress},
    fleet::{Fleet, Worker},
    limit::{Law, Scene},
    policy::Policy,
    sample::Side,
    signals::reserve_bytes,
    stats::Ewma,
    work::Credit,
};

/// Active seconds after which a running worker's pace is learned from.
const STRETCH_S: f64 = 60.0;
/// Seconds between two readings of the displayed rates.
const RATE_EVERY_S: f64 = 5.0;
/// Share of a line from which a resource is named as the bottleneck (law 6.9).
const NAMED_FROM: f64 = 0.9;

/// A side that cannot be worked with.
#[derive(Clone, Copy, Debug)]
struct Lost {
    side: Side,
    until: f64,
    probing: bool,
    /// Waits for a person rather than for the weather.
    person: bool,
}

/// What was done so far.
#[derive(Clone, Copy, Debug, Default)]
struct Done {
    items: u64,
    bytes: u64,
    ended: u64,
    credit: Credit,
}

/// Rates for people, about a minute long.
#[derive(Clone, Debug)]
struct Rates {
    at: f64,
    last: Done,
    items: Ewma,
    bytes: Ewma,
    ended: Ewma,
}

/// The state machine of a run. See the module's first line.
#[derive(Clone, Debug)]
pub struct Dispatcher {
    law: Law,
    hours: hours::Watch,
    backlog: Backlog,
    fleet: Fleet,
    doubts: Doubts,
    now: f64,
    paused: bool,
    draining: bool,
    ending: Option<(Ending, f64)>,
    finished: bool,
    lost: Option<Lost>,
    side_tries: u32,
    no_space: Option<Side>,
    no_memory: Option<Side>,
    /// Since when a machine has been critical with nothing left to shed.
    critical_since: Option<f64>,
    began: Option<f64>,
    ended: f64,
    lane_s: f64,
    head_s: f64,
    done: Done,
    rates: Rates,
    decisions: u64,
    changes: u64,
    last_decision: Option<Decision>,
}

impl Dispatcher {
    /// A run about to begin. Accounts may come in any order; 1,000,000 of them cost less than a second.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "the caller's list is of no more use and may be large")]
    pub fn new(policy: Policy, accounts: Vec<Account>) -> Self {
        let slow = policy.timing.slow_s;
        let rates = Rates {
            at: 0.0,
            last: Done::default(),
            items: Ewma::new(slow),
            bytes: Ewma::new(slow),
            ended: Ewma::new(slow),
        };
        Self {
            backlog: Self::backlog(&policy, &accounts),
            hours: hours::Watch::new(&policy),
            law: Law::new(policy),
            fleet: Fleet::default(),
            doubts: Doubts::default(),
            now: 0.0,
            paused: false,
            draining: false,
            ending: None,
            finished: false,
            lost: None,
            side_tries: 0,
            no_space: None,
            no_memory: None,
            critical_since: None,
            began: None,
            ended: 0.0,
            lane_s: 0.0,
            head_s: 0.0,
            done: Done::default(),
            rates,
            decisions: 0,
            changes: 0,
            last_decision: None,
        }
    }

    /// Takes one event in and answers with what must be done, in this order.
    #[must_use]
    pub fn on(&mut self, at: Moment, event: Event) -> Vec<Action> {
        self.now = at.elapsed.as_secs_f64().max(self.now);
        let mut out = Vec::new();
        for worker in self.fleet.workers.values_mut() {
            worker.advance(self.now);
        }
        match event {
            Event::Sample(sample) => {
                let load = self.law.load(self.fleet.running(), self.began.is_some());
                let Law { signals, policy, .. } = &mut self.law;
                signals.sample(self.now, &sample, load, policy);
                if let (Side::Destination, Some(cpu), Some(_)) = (sample.side, sample.cpu, self.began) {
                    let dt = sample.span.as_secs_f64().clamp(0.1, 60.0);
                    self.law.late.take(self.now, cpu.busy, dt);
                }
            }
            Event::Response { side, millis } => {
                let load = self.law.load(self.fleet.running(), self.began.is_some());
                let Law { signals, policy, .. } = &mut self.law;
                signals.response(side, millis, load, policy);
            }
            Event::Progress(list) => {
                for progress in list {
                    self.progress(progress, &mut out);
                }
            }
            Event::Finished { account, outcome } => self.end(account, outcome, &mut out),
            Event::Looked { account, sight } => self.looked(account, &sight, &mut out),
            Event::Mended { side } => self.mended(side),
            Event::Command(command) => self.command(command, &mut out),
            Event::Policy(policy) => self.adopt(*policy, &mut out),
            Event::Tick => {}
        }
        if !self.finished {
            self.watch_hours(at.wall_ms, &mut out);
            // A freed worker gets its next mailbox before the law looks, or each end would look like idleness.
            self.enforce(&mut out);
            self.decide(&mut out);
            self.enforce(&mut out);
            self.close(&mut out);
        }
        out
    }

    /// Replaces the numbers while running, after the operator changed the settings. Who chooses the limit
    /// stays as it is: that is [`Command::Workers`].
    pub fn set_policy(&mut self, policy: Policy) {
        let limit = self.law.policy.limit;
        self.law.policy = Policy { limit, ..policy };
    }

    /// Items and bytes the destination has accepted so far, each once.
    pub(super) const fn done(&self) -> (u64, u64) {
        (self.done.items, self.done.bytes)
    }

    fn command(&mut self, command: Command, out: &mut Vec<Action>) {
        if self.finished || self.ending.is_some() {
            if command == Command::Stop {
                self.doubts.leave();
            }
            return;
        }
        match command {
            Command::Pause if !self.paused => {
                self.paused = true;
                self.say_operator(Phase::Paused, out);
            }
            Command::Resume if self.paused || self.draining => {
                self.paused = false;
                self.draining = false;
                self.law.interrupted(self.now);
                self.say_operator(Phase::Settle, out);
            }
            Command::Drain if !self.draining => {
                self.draining = true;
                self.paused = false;
                self.say_operator(Phase::Draining, out);
            }
            Command::Stop => {
                self.say_operator(Phase::Stopping, out);
                self.stop(Ending::Stopped, out);
            }
            Command::Workers(workers) => {
                let decision = self.law.pin(self.now, workers);
                self.say(decision, out);
            }
            _ => {}
        }
    }

    fn say_operator(&mut self, phase: Phase, out: &mut Vec<Action>) {
        let limit = self.law.limit;
        let mut decision = self.law.record(self.now, limit, limit, Rule::Operator, None);
        decision.phase = phase;
        self.say(decision, out);
    }

    fn say(&mut self, decision: Decision, out: &mut Vec<Action>) {
        self.decisions += 1;
        self.changes += u64::from(decision.step != Step::Hold);
        self.last_decision = Some(decision.clone());
        out.push(Action::Decide(decision));
    }

    fn stop(&mut self, ending: Ending, out: &mut Vec<Action>) {
        self.ending = Some((ending, self.now));
        for (account, worker) in &mut self.fleet.workers {
            worker.cancelled = true;
            out.push(Action::Cancel { account: *account });
        }
    }

    fn progress(&mut self, progress: Progress, out: &mut Vec<Action>) {
        let now = self.now;
        let Some(worker) = self.fleet.workers.get_mut(&progress.account) else { return };
        let mut credit = beyond(worker.past, (worker.items, worker.bytes), progress.items, progress.bytes);
        if progress.items > 0 && worker.items == 0 && !worker.past.opened {
            worker.past.opened = true;
            credit.opened = 1.0;
        }
        let alive = progress.items > worker.items;
        if alive {
            worker.moved_s = now;
        }
        worker.items = worker.items.max(progress.items);
        worker.bytes = worker.bytes.max(progress.bytes);
        worker.stretch.0.add(credit);
        if worker.stretch.1 >= STRETCH_S {
            let (credit, active_s) = std::mem::take(&mut worker.stretch);
            self.learn(credit, active_s);
        }
        self.credit(credit);
        if alive && self.lost.is_some_and(|l| l.probing || now >= l.until) {
            self.side_back(true, out);
        }
    }

    fn credit(&mut self, credit: Credit) {
        self.law.meter.credit(credit);
        self.law.late.did(self.law.weights.prior_worth(credit));
        self.done.items += credit.items as u64;
        self.done.bytes += (credit.mb * 1e6).round() as u64;
        self.done.credit.add(credit);
    }

    /// A worker's time and what came of it, against the present stretch of one.
    fn learn(&mut self, credit: Credit, active_s: f64) {
        let running = f64::from(self.fleet.running().max(1));
        let work = self.law.meter.smooth();
        let stretch = if self.law.highest > 1 && work > 0.0 { running / work } else { 1.0 };
        self.law.weights.observe(credit, active_s, stretch);
    }

    fn decide(&mut self, out: &mut Vec<Action>) {
        let now = self.now;
        self.refresh_rates();
        self.watch_space(out);
        self.look_again(out);
        self.watch_silence(out);
        if self.paused
            || self.lost.is_some()
            || self.no_space.is_some()
            || self.ending.is_some()
            || self.rests()
            || self.only_looks()
        {
            self.critical_since = None;
            return;
        }
        self.watch_critical(out);
        if self.ending.is_some() {
            return;
        }
        let fits = self.fits();
        let scene = Scene {
            now,
            running: self.fleet.running(),
            more: !self.draining && self.backlog.startable(now, fits),
            no_memory: self.no_memory,
            enough: self.enough(),
            in_flight: self.fleet.workers.len() as u32,
        };
        for decision in self.law.step(&scene) {
            self.say(decision, out);
        }
        self.end_sweep(out);
    }

    /// 6.8: a machine has been unseen for minutes and nothing gets done either: that side is down.
    fn watch_silence(&mut self, out: &mut Vec<Action>) {
        let silent = self.fleet.running() > 0
            && self.lost.is_none()
            && self.law.is_blind()
            && self.fleet.still_since().is_some_and(|at| self.now - at > self.law.policy.timing.blind_s);
        if let Some((side, _)) = self.law.signals.oldest(self.now, &self.law.policy).filter(|_| silent) {
            self.lose(side, out);
        }
    }

    /// R0 for space: a nearly full store on the destination or the host stops everything.
    fn watch_space(&mut self, out: &mut Vec<Action>) {
        let machines = &self.law.signals.machines;
        let full = [Side::Destination, Side::Host]
            .into_iter()
            .find(|s| machines.get(s).is_some_and(|m| m.space_low));
        if full == self.no_space {
            return;
        }
        let limit = self.law.limit;
        let side = full.or(self.no_space);
        self.no_space = full;
        let key = side.map(|s| (s, Measure::SpaceUsed));
        let rule = if full.is_some() { Rule::SpaceLow } else { Rule::SideBack };
        let decision = self.law.record(self.now, limit, limit, rule, key);
        if full.is_none() {
            self.law.interrupted(self.now);
        }
        self.say(decision, out);
    }

    /// R11: the longest mailbox lasts longer than the rest shared out at the present rate.
    fn enough(&self) -> bool {
        let (longest, _) = self.fleet.longest();
        match (longest, self.left_s()) {
            (Some(longest), Some(left)) => self.fleet.running() >= 2 && longest > left,
            _ => false,
        }
    }

    /// Seconds of everything left at the present work rate; `None` while it would be a guess.
    fn left_s(&self) -> Option<f64> {
        let work = self.law.meter.smooth();
        let began = self.began?;
        if work <= 0.0 || self.done.bytes == 0 || self.now - began < STRETCH_S {
            return None;
        }
        let streamed = Credit { opened: 0.0, ..self.done.credit };
        let per_byte = self.law.weights.worth(streamed) / self.done.bytes as f64;
        let (_, flying) = self.fleet.longest();
        let waiting = Credit { opened: self.backlog.counts().waiting as f64, ..Credit::default() };
        let left =
            self.law.weights.worth(waiting) + per_byte * (self.backlog.waiting_bytes() + flying) as f64;
        Some(left / work)
    }

    fn target(&self) -> u32 {
        match self.lost {
            _ if self.paused || self.no_space.is_some() || self.law.preflight => 0,
            _ if self.is_parked_by_hours() => 0,
            Some(lost) => u32::from(lost.probing),
            None => self.law.limit.min(self.most_now()),
        }
    }

    /// Brings the workers to the limit: parks, resumes, starts.
    fn enforce(&mut self, out: &mut Vec<Action>) {
        self.no_memory = None;
        if self.ending.is_some() {
            return;
        }
        let target = self.target();
        let mut running = self.fleet.running();
        let drains = (self.law.drain || self.lets_finish()) && target == self.law.limit;
        while running > target && !drains {
            let Some(account) = self.fleet.to_park() else { break };
            if let Some(worker) = self.fleet.workers.get_mut(&account) {
                worker.parked = true;
                worker.parked_s = self.now;
            }
            out.push(Action::Park { account });
            running -= 1;
        }
        while running < target {
            if let Some(account) = self.fleet.to_resume() {
                if let Some(worker) = self.fleet.workers.get_mut(&account) {
                    worker.parked = false;
                }
                out.push(Action::Resume { account });
            } else if self.draining || !self.start(target, out) {
                break;
            }
            running += 1;
        }
    }

    /// 6.7: memory is short and a mailbox has been parked for long: its session is closed at an item's boundary,
    /// and it goes back to the backlog without having lost an attempt.
    fn release(&mut self, out: &mut Vec<Action>) {
        let most = self.law.policy.memory.parked_most_s;
        let Some((account, worker)) = self.fleet.longest_parked(self.now, most) else { return };
        worker.cancelled = true;
        out.push(Action::Cancel { account });
    }

    fn start(&mut self, target: u32, out: &mut Vec<Action>) -> bool {
        let lane = self.lane(target);
        let fits = self.fits();
        let Some(mut pick) = self.backlog.peek(self.now, lane, fits) else { return false };
        if let Some(side) = self.short_of_memory(pick.bytes) {
            let small = self
                .backlog
                .peek(self.now, Some(u64::MAX), fits)
                .filter(|p| self.short_of_memory(p.bytes).is_none());
            let Some(small) = small else {
                self.no_memory = Some(side);
                self.release(out);
                return false;
            };
            pick = small;
        }
        let past = self.backlog.past(pick.id);
        let attempt = self.backlog.take(pick);
        let worker = Worker::new(self.now, pick.bytes, past, pick.small(), self.reserve(pick.bytes));
        self.fleet.workers.insert(pick.id, worker);
        self.began.get_or_insert(self.now);
        out.push(Action::Record { account: pick.id, state: AccountState::InFlight });
        out.push(Action::Start { account: pick.id, attempt });
        true
    }

    /// The size bound of the express lane, if the next start belongs to it.
    fn lane(&self, target: u32) -> Option<u64> {
        let lane = &self.law.policy.lane;
        let open = if lane.share <= 0.0 || self.law.sweep.is_some() {
            false
        } else if target <= 1 {
            self.lane_s < lane.alone_first_s + lane.share * (self.lane_s + self.head_s)
        } else {
            f64::from(self.fleet.in_lane()) < (f64::from(target) * lane.share).floor().max(1.0)
        };
        open.then_some(lane.most_bytes)
    }

    fn reserve(&self, bytes: u64) -> u64 {
        let classes = &self.law.policy.memory.classes;
        classes.iter().find(|c| bytes <= c.up_to_bytes).or(classes.last()).map_or(0, |c| c.reserve_bytes)
    }

    /// R4: the machine without room for a mailbox of this size. The only mailbox in flight is always let in.
    fn short_of_memory(&self, bytes: u64) -> Option<Side> {
        let policy = &self.law.policy;
        if !policy.memory.admission || self.fleet.workers.is_empty() {
            return None;
        }
        self.law.signals.machines.iter().find_map(|(&side, machine)| {
            let (total, available) = machine.memory?;
            let host = side == Side::Host;
            let need = if host { policy.memory.host_bytes_per_worker } else { self.reserve(bytes) };
            let hidden = self.fleet.reserved(self.now, policy.memory.shows_after_s, |w| {
                if host { policy.memory.host_bytes_per_worker } else { w.reserve }
            });
            let kept = reserve_bytes(total, policy.lines.of(side));
            (available < kept.saturating_add(hidden).saturating_add(need)).then_some(side)
        })
    }

    fn close(&mut self, out: &mut Vec<Action>) {
        let idle = self.fleet.workers.is_empty();
        let left = self.backlog.counts().waiting > 0;
        if idle && left && self.ending.is_none() && !self.draining && self.closes_idle(out) {
            self.ending = Some((Ending::Closed, self.now));
        }
        let ending = match self.ending {
            Some((ending, at)) => {
                (idle || self.now - at >= self.law.policy.timing.stop_grace_s).then_some(ending)
            }
            None if idle && !left => Some(Ending::Done),
            None if idle && self.draining => Some(Ending::Drained),
            None => None,
        };
        let Some(ending) = ending else { return };
        if !idle || !self.looks_again(ending, out) {
            self.finished = true;
            out.push(Action::Finish(ending));
        }
    }

    fn refresh_rates(&mut self) {
        let dt = self.now - self.rates.at;
        if dt < RATE_EVERY_S {
            return;
        }
        let (done, last) = (self.done, self.rates.last);
        self.rates.items.add((done.items - last.items) as f64 / dt, dt);
        self.rates.bytes.add((done.bytes - last.bytes) as f64 / dt, dt);
        self.rates.ended.add((done.ended - last.ended) as f64 / dt, dt);
        self.rates.at = self.now;
        self.rates.last = done;
    }
}

/// `base` doubled for each try after the first, at most `most`.
fn doubled(base: f64, most: f64, tries: u32) -> f64 {
    (base * f64::from(1_u32 << tries.saturating_sub(1).min(20))).min(most)
}

fn seconds(x: f64) -> Duration {
    Duration::try_from_secs_f64(x.max(0.0)).unwrap_or(Duration::MAX)
}
