//! The timetable at work: what opens, what closes, and which mailbox still fits before closing.

use super::Dispatcher;
use crate::control::{
    backlog::Fits,
    decision::{Phase, Rule},
    event::{Action, Ending},
    policy::{Lines, Policy, SideLines},
    timetable::{Cutoff, Hours, Regime, Stretch, Timetable, seconds_between},
    view::Window,
    work::Credit,
};

/// After so long the timetable is asked again, should nothing have changed: it looks two months ahead only.
const ASK_AGAIN_MS: i64 = 86_400_000;
/// Items of a million bytes of mail, before any was seen.
const ITEMS_PER_MB: f64 = 20.0;
/// Bytes after which what was moved tells more than what was guessed.
const TELLING_BYTES: u64 = 1_000_000;
/// The law takes workers back long before they stretch a mailbox by more; beyond it, work is only just beginning.
const MOST_STRETCH: f64 = 4.0;
/// A stretch this close to the longest one is as good.
const AS_GOOD: f64 = 0.95;

/// What the day's numbers stand in for.
#[derive(Clone, Debug)]
struct Night {
    least: u32,
    most: u32,
    lines: Lines,
}

/// The operator's hours, and where in them the run is.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    table: Option<Timetable>,
    now: Option<Stretch>,
    ask_again_ms: i64,
    /// Seconds of the longest stretch of the coming fortnight.
    longest_s: f64,
    /// Whether it was open since the run began.
    opened: bool,
    /// Whether closing ends the run.
    ends: bool,
    wall_ms: i64,
    /// What holds by night, while the day's numbers are in force.
    by_night: Option<Night>,
}

impl Watch {
    pub(super) fn new(policy: &Policy) -> Self {
        // Words that mean nothing were refused with the settings.
        let table = Timetable::new(&policy.hours).ok().filter(|table| !table.is_always_open());
        Self {
            table,
            now: None,
            ask_again_ms: i64::MIN,
            longest_s: 0.0,
            opened: false,
            ends: false,
            wall_ms: 0,
            by_night: None,
        }
    }

    /// Takes the time; answers with the new stretch when one begins.
    fn turn(&mut self, wall_ms: i64) -> Option<Stretch> {
        self.wall_ms = wall_ms;
        let table = self.table.as_ref()?;
        // A clock set back leaves the stretch at its other end.
        let within = self.now.is_some_and(|now| now.since_ms.is_none_or(|since| since <= wall_ms));
        if within && wall_ms < self.ask_again_ms {
            return None;
        }
        let found = table.at(wall_ms);
        self.ask_again_ms = found.until_ms.unwrap_or(i64::MAX).min(wall_ms.saturating_add(ASK_AGAIN_MS));
        self.longest_s = table.longest_ms(wall_ms).map_or(0.0, |ms| ms as f64 / 1e3);
        let before = self.now.replace(found);
        before.is_none_or(|before| before.regime != found.regime).then_some(found)
    }

    pub(super) fn is_shut(&self) -> bool {
        self.now.is_some_and(|now| now.regime == Regime::Shut)
    }

    /// Seconds until it opens, if it does within two months.
    fn opens_in(&self) -> Option<f64> {
        let table = self.table.as_ref()?;
        table.opens(self.wall_ms).map(|at| seconds_between(self.wall_ms, at))
    }

    /// Seconds until mailboxes must have ended; `None` = there is no such time.
    pub(super) fn left_s(&self) -> Option<f64> {
        let (table, now) = (self.table.as_ref()?, self.now?);
        let until = now.until_ms?;
        let closes = match now.regime {
            Regime::Open => true,
            // What the day begins may go on in the night, unless a day without any work comes between.
            Regime::Trickle => table.at(until).regime == Regime::Shut,
            Regime::Shut => false,
        };
        closes.then(|| seconds_between(self.wall_ms, until))
    }

    /// Whether what comes next is a closure, and not a few workers by day.
    fn shuts_next(&self) -> bool {
        let until = self.now.and_then(|now| now.until_ms);
        self.table.as_ref().zip(until).is_some_and(|(table, until)| table.at(until).regime == Regime::Shut)
    }

    /// Length of the present stretch in seconds.
    fn length_s(&self) -> f64 {
        let ends = self.now.and_then(|now| now.since_ms.zip(now.until_ms));
        ends.map_or(f64::INFINITY, |(since, until)| seconds_between(since, until))
    }

    /// Seconds the coming closure lasts; `None` = for good.
    fn closure_s(&self) -> Option<f64> {
        let (table, now) = (self.table.as_ref()?, self.now?);
        let from = if now.regime == Regime::Shut { self.wall_ms } else { now.until_ms? };
        table.opens(from).map(|at| seconds_between(from, at))
    }

    fn is_bridged(&self, hours: &Hours) -> bool {
        self.closure_s().is_some_and(|closed| closed <= hours.bridge_s)
    }
}

impl Dispatcher {
    pub(super) fn watch_hours(&mut self, wall_ms: i64, out: &mut Vec<Action>) {
        let Some(stretch) = self.hours.turn(wall_ms) else { return };
        if self.ending.is_some() {
            return;
        }
        match stretch.regime {
            Regime::Open => self.open(out),
            Regime::Trickle => self.trickle(out),
            Regime::Shut => self.shut(out),
        }
    }

    fn open(&mut self, out: &mut Vec<Action>) {
        let (first, ended) = (!self.hours.opened, self.hours.ends);
        let news = !first || self.decisions > 0;
        self.hours.opened = true;
        self.hours.ends = false;
        self.law.awake(self.now);
        if let Some(night) = self.hours.by_night.take() {
            self.law.policy.lines = night.lines;
            self.law.policy.min_workers = night.least;
            let decision = self.law.at_most(self.now, night.most);
            self.say(decision, out);
        } else if news || ended {
            self.say_hours(Phase::Settle, None, out);
        }
    }

    /// Outside the window with workers left to it: fewer of them, under stricter lines.
    fn trickle(&mut self, out: &mut Vec<Action>) {
        self.hours.ends = false;
        self.by_day();
        let hours = &self.law.policy.hours;
        let (most, hard) = (hours.day_workers, hours.cutoff == Cutoff::Hard && self.hours.opened);
        let night = self.hours.by_night.as_ref().map_or(most, |night| night.most);
        self.law.awake(self.now);
        let mut decision = self.law.at_most(self.now, most.min(night));
        decision.phase = Phase::HoldLimit;
        let limit = decision.to;
        self.say(decision, out);
        if hard {
            self.cancel_beyond(limit, out);
        }
    }

    /// Puts the day's lines in force, keeping the night's.
    fn by_day(&mut self) {
        let policy = &mut self.law.policy;
        if self.hours.by_night.is_none() {
            let (least, most) = (policy.min_workers, policy.max_workers);
            self.hours.by_night = Some(Night { least, most, lines: policy.lines.clone() });
        }
        let share = policy.hours.day_lines;
        for side in [&mut policy.lines.source, &mut policy.lines.destination, &mut policy.lines.host] {
            stricter(side, share);
        }
    }

    fn shut(&mut self, out: &mut Vec<Action>) {
        let hours = &self.law.policy.hours;
        let bridged = self.hours.is_bridged(hours);
        let opens_in = self.hours.opens_in();
        let waits = !self.hours.opened && hours.wait && opens_in.is_some();
        self.hours.ends = !bridged && !waits;
        let idle = self.fleet.workers.is_empty();
        let phase = match hours.cutoff {
            _ if idle => Phase::Shut,
            Cutoff::Soft => Phase::Draining,
            Cutoff::Park if bridged => Phase::Paused,
            Cutoff::Park | Cutoff::Hard => Phase::Stopping,
        };
        self.say_hours(phase, opens_in, out);
        if phase == Phase::Stopping {
            if self.hours.ends {
                self.stop(Ending::Closed, out);
            } else {
                self.cancel_beyond(0, out);
            }
        }
    }

    /// Ends all but so many mailboxes at their next safe point; those with most left to do go on.
    fn cancel_beyond(&mut self, limit: u32, out: &mut Vec<Action>) {
        let mut workers: Vec<_> = self.fleet.workers.iter_mut().collect();
        workers.sort_by_key(|(id, worker)| (worker.left_bytes(), **id));
        let excess = workers.len().saturating_sub(limit as usize);
        for (account, worker) in workers.into_iter().take(excess) {
            worker.cancelled = true;
            out.push(Action::Cancel { account: *account });
        }
    }

    fn say_hours(&mut self, phase: Phase, next: Option<f64>, out: &mut Vec<Action>) {
        let limit = self.law.limit;
        let mut decision = self.law.record(self.now, limit, limit, Rule::Hours, None);
        decision.phase = phase;
        decision.next_look_s = next;
        self.say(decision, out);
    }

    /// The most workers the hour allows, whatever number was given.
    pub(super) fn most_now(&self) -> u32 {
        if self.hours.by_night.is_some() { self.law.policy.hours.day_workers } else { u32::MAX }
    }

    /// Whether the law has nothing to watch because of the hour. What is finished past closing is watched on.
    pub(super) fn rests(&self) -> bool {
        self.hours.is_shut() && (self.is_parked_by_hours() || self.fleet.workers.is_empty())
    }

    /// Whether running mailboxes must stand still because of the hour.
    pub(super) fn is_parked_by_hours(&self) -> bool {
        self.hours.is_shut() && self.law.policy.hours.cutoff != Cutoff::Soft
    }

    /// Whether mailboxes in excess of the limit are left to end by themselves.
    pub(super) fn lets_finish(&self) -> bool {
        self.hours.by_night.is_some() && self.law.policy.hours.cutoff == Cutoff::Soft
    }

    /// Seconds a mailbox costs before its first byte and for each, at the pace of now.
    fn pace(&self) -> (f64, f64) {
        let weights = &self.law.weights;
        let account_s = weights.worth(Credit { opened: 1.0, ..Credit::default() });
        let byte_s = if self.done.bytes >= TELLING_BYTES {
            weights.worth(Credit { opened: 0.0, ..self.done.credit }) / self.done.bytes as f64
        } else {
            weights.worth(Credit { opened: 0.0, items: ITEMS_PER_MB, mb: 1.0 }) / 1e6
        };
        let (running, work) = (f64::from(self.fleet.running()), self.law.meter.smooth());
        let stretch =
            if running > 0.0 && work > 0.0 { (running / work).clamp(1.0, MOST_STRETCH) } else { 1.0 };
        (account_s * stretch, byte_s * stretch)
    }

    /// Which sizes may begin now.
    pub(super) fn fits(&self) -> Fits {
        if self.hours.is_shut() {
            return Fits { upto: None, beyond: None };
        }
        let Some(left_s) = self.hours.left_s() else { return Fits::ALL };
        let hours = &self.law.policy.hours;
        let (account_s, byte_s) = self.pace();
        let bytes = |seconds: f64| (seconds >= account_s).then(|| ((seconds - account_s) / byte_s) as u64);
        let drains = left_s <= hours.drain_s;
        let margin = if drains { hours.drain_margin } else { hours.fit_margin };
        let length_s = self.hours.length_s();
        let long = hours.cutoff == Cutoff::Soft || length_s >= self.hours.longest_s * AS_GOOD;
        let early = left_s > length_s / 2.0 && !drains;
        let beyond = bytes(self.hours.longest_s / hours.fit_margin).unwrap_or(0);
        Fits { upto: bytes(left_s / margin), beyond: (long && early).then_some(beyond) }
    }

    /// Whether nobody works and the hour is the reason: the run may end here.
    pub(super) fn closes_idle(&mut self, out: &mut Vec<Action>) -> bool {
        if self.hours.ends {
            return true;
        }
        let held = self.paused || self.lost.is_some() || self.no_space.is_some() || self.law.preflight;
        let hours = &self.law.policy.hours;
        if held || self.hours.is_shut() || self.backlog.any_fits(self.fits()) {
            return false;
        }
        if !self.hours.shuts_next() || self.hours.is_bridged(hours) {
            return false;
        }
        let limit = self.law.limit;
        let mut decision = self.law.record(self.now, limit, limit, Rule::TooLong, None);
        decision.phase = Phase::Shut;
        self.say(decision, out);
        true
    }

    /// Takes new numbers while running; who chooses the limit stays as it is.
    pub(super) fn adopt(&mut self, policy: Policy, out: &mut Vec<Action>) {
        let (same, most) = (policy.hours == self.law.policy.hours, policy.max_workers);
        let by_day = self.hours.by_night.take().is_some();
        self.set_policy(policy);
        if !same {
            // Without a timetable it was open.
            let opened = self.hours.opened || self.hours.table.is_none();
            self.hours = Watch { opened, ..Watch::new(&self.law.policy) };
        } else if by_day {
            self.by_day();
        }
        let day = (same && by_day).then_some(self.law.policy.hours.day_workers);
        let most = day.map_or(most, |workers| workers.min(most));
        if self.law.limit > most || day.is_some() {
            let mut decision = self.law.at_most(self.now, most);
            decision.rule = Rule::Cap;
            self.say(decision, out);
        }
    }

    /// What the timetable says; `None` = there is none.
    #[must_use]
    pub fn window(&self) -> Option<Window> {
        let (table, now) = (self.hours.table.as_ref()?, self.hours.now?);
        let word = match now.regime {
            Regime::Open => "window open",
            Regime::Trickle => "outside the window, a few workers allowed",
            Regime::Shut => "outside the window",
        };
        let clock = now.until_ms.map(|until| table.clock(until));
        let until = clock.as_ref().map_or_else(String::new, |clock| format!(" until {clock}"));
        Some(Window { regime: now.regime, until_ms: now.until_ms, clock, words: word.to_owned() + &until })
    }
}

fn stricter(lines: &mut SideLines, share: f64) {
    for line in [
        &mut lines.cpu_soft,
        &mut lines.disk_utilisation_soft,
        &mut lines.network_soft,
        &mut lines.swap_in_soft_bytes_per_s,
    ] {
        *line *= share;
    }
    // Multiples of a usual wait begin at one.
    for line in [&mut lines.disk_await_soft, &mut lines.response_soft_ratio] {
        *line = 1.0 + (*line - 1.0) * share;
    }
}
