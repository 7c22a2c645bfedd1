//! Remembers what a live picture needs beyond the present moment, and takes the pictures. Pure.

use std::collections::{BTreeMap, VecDeque};

use super::{
    live::{Flow, Forecast, Live, Problem, SCHEMA_VERSION, Said, Spread, TokenClock, Totals, Trend, Worker},
    words::tame,
};
use crate::control::{
    Moment,
    code::Code,
    decision::{Decision, Measure, Phase, Step},
    event::{AccountId, AccountState, Action, Event, Outcome},
    sample::{Sample, Side},
    view::{Left, SIZE_CLASSES, View, Window, size_class},
};

/// Decisions and problems kept.
const KEPT: usize = 50;
/// Seconds of one point of a trend, and points of an hour.
const POINT_S: f64 = 30.0;
const POINTS: usize = 120;
/// Seconds over which a worker's rate is averaged.
const PACE_S: f64 = 30.0;
/// Forecasts are compared over so many seconds, and a range is told once they span so many.
const FORECASTS_S: f64 = 600.0;
const FORECASTS_LEAST_S: f64 = 120.0;
/// Seconds between two forecasts kept.
const FORECAST_EVERY_S: f64 = 10.0;

/// The present moment, as the loop knows it.
#[derive(Clone, Debug)]
pub struct Now {
    /// What the dispatcher lets people see.
    pub view: View,
    /// What went through the workers' hands.
    pub flow: Flow,
    /// The mailboxes in flight; their rates are worked out here.
    pub workers: Vec<Worker>,
    /// What is left by size class.
    pub backlog: Vec<Left>,
    /// The administrators' tokens.
    pub tokens: Vec<TokenClock>,
    /// The operator's hours.
    pub window: Option<Window>,
    /// Most workers the settings allow.
    pub ceiling: u32,
}

/// A rate in the making.
#[derive(Clone, Copy, Debug)]
struct Pace {
    at_s: f64,
    bytes: u64,
    rate: Option<f64>,
}

/// One gauge's hour in the making.
#[derive(Clone, Debug)]
struct Hour {
    points: VecDeque<f32>,
    /// The newest point's number, its sum and how many readings are in it.
    newest: (u64, f64, u32),
}

/// What a run has been.
#[derive(Clone, Debug)]
pub struct Reel {
    run: i64,
    hosts: BTreeMap<Side, String>,
    decisions: VecDeque<Said>,
    problems: VecDeque<Problem>,
    samples: BTreeMap<Side, Sample>,
    hours: BTreeMap<(Side, Measure), Hour>,
    forecasts: VecDeque<(f64, f64)>,
    paces: BTreeMap<u32, Pace>,
    totals: Totals,
    /// Seconds and stored bytes at the last picture.
    last: (f64, u64),
}

impl Reel {
    /// Of a run that begins.
    #[must_use]
    pub fn new(run: i64, hosts: BTreeMap<Side, String>) -> Self {
        let totals = Totals { mailbox_s: vec![Spread::default(); SIZE_CLASSES.len()], ..Totals::default() };
        Self {
            run,
            hosts,
            decisions: VecDeque::new(),
            problems: VecDeque::new(),
            samples: BTreeMap::new(),
            hours: BTreeMap::new(),
            forecasts: VecDeque::new(),
            paces: BTreeMap::new(),
            totals,
            last: (0.0, 0),
        }
    }

    /// One turn of the loop: what happened, and what came of it. `name` tells an account's address.
    pub fn turn<'n>(
        &mut self,
        at: Moment,
        event: &Event,
        actions: &[Action],
        name: impl Fn(AccountId) -> &'n str,
    ) {
        match event {
            Event::Sample(sample) => drop(self.samples.insert(sample.side, sample.clone())),
            Event::Finished { account, outcome } => self.finished(at, outcome, actions, name(*account)),
            _ => {}
        }
        for action in actions {
            if let Action::Decide(decision) = action {
                self.decided(at, decision);
            }
        }
    }

    fn decided(&mut self, at: Moment, decision: &Decision) {
        let code = Code::from(decision.rule).name().to_owned();
        let steps = match decision.step {
            Step::Grow => Some(&mut self.totals.grown),
            Step::Shrink => Some(&mut self.totals.shrunk),
            Step::Hold => None,
        };
        if let Some(steps) = steps {
            *steps.entry(code.clone()).or_default() += 1;
        }
        let (text, decision) = (tame(&decision.line()), Some(decision.clone()));
        keep(&mut self.decisions, Said { wall_ms: at.wall_ms, code, text, decision });
    }

    fn finished(&mut self, at: Moment, outcome: &Outcome, actions: &[Action], name: &str) {
        let again = actions
            .iter()
            .any(|action| matches!(action, Action::Record { state: AccountState::Waiting, .. }));
        match outcome {
            Outcome::Moved(receipt) => {
                self.totals.mailbox_s[size_class(receipt.bytes)].add(receipt.active_s);
                self.totals.differing_items += receipt.differences;
                if receipt.differences > 0 {
                    let first = receipt.notes.first().map_or("", String::as_str);
                    let text = format!("{} item(s) differ; {first}", receipt.differences);
                    self.problem(at, Code::Differs.name(), Some(name), &text);
                }
            }
            Outcome::Failed(failure) => {
                let counts = if again { &mut self.totals.retries } else { &mut self.totals.failures };
                *counts.entry(failure.code.clone()).or_default() += 1;
                self.problem(at, &failure.code, Some(name), &failure.cause);
            }
        }
    }

    /// Something went wrong.
    pub fn problem(&mut self, at: Moment, code: &str, account: Option<&str>, text: &str) {
        self.totals.problems += 1;
        let (code, account) = (tame(code), account.map(tame));
        keep(&mut self.problems, Problem { wall_ms: at.wall_ms, code, account, text: tame(text) });
    }

    /// The picture of this moment.
    pub fn frame(&mut self, at: Moment, now: Now) -> Live {
        let at_s = at.elapsed.as_secs_f64();
        let Now { view, flow, mut workers, backlog, tokens, window, ceiling } = now;
        self.count(at, at_s, &view, &flow);
        self.measure(at_s, &view);
        for worker in &mut workers {
            worker.account = tame(&worker.account);
            worker.bytes_per_s = self.pace(at_s, worker);
        }
        self.paces.retain(|id, _| workers.iter().any(|worker| worker.id == *id));
        let left = self.forecast(at_s, &view);
        Live {
            schema_version: SCHEMA_VERSION,
            run: self.run,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            at_s,
            wall_ms: at.wall_ms,
            ceiling,
            trends: self.trends(&view),
            view,
            flow,
            left,
            workers,
            backlog,
            tokens,
            window,
            samples: self.samples.values().cloned().collect(),
            hosts: self.hosts.clone(),
            decisions: self.decisions.iter().cloned().collect(),
            problems: self.problems.iter().cloned().collect(),
            totals: self.totals.clone(),
        }
    }

    fn count(&mut self, at: Moment, at_s: f64, view: &View, flow: &Flow) {
        let (last_s, stored) = std::mem::replace(&mut self.last, (at_s, flow.stored_bytes));
        let phase = self.totals.phase_s.entry(view.phase.word().to_owned()).or_default();
        *phase += (at_s - last_s).max(0.0);
        if flow.stored_bytes > stored {
            self.totals.progress_ms = Some(at.wall_ms);
        }
    }

    fn measure(&mut self, at_s: f64, view: &View) {
        let number = (at_s / POINT_S) as u64;
        for machine in &view.machines {
            for gauge in &machine.gauges {
                let hour = self
                    .hours
                    .entry((machine.side, gauge.measure))
                    .or_insert_with(|| Hour { points: VecDeque::new(), newest: (number, 0.0, 0) });
                hour.add(number, gauge.fast);
            }
        }
    }

    fn trends(&self, view: &View) -> Vec<Trend> {
        let gauges = view.machines.iter().flat_map(|m| m.gauges.iter().map(move |gauge| (m.side, gauge)));
        let trends = gauges.filter_map(|(side, gauge)| {
            let hour = self.hours.get(&(side, gauge.measure))?;
            let points = hour.points.iter().copied().collect();
            Some(Trend { side, measure: gauge.measure, line: gauge.line, critical: gauge.critical, points })
        });
        trends.collect()
    }

    fn pace(&mut self, at_s: f64, worker: &Worker) -> Option<f64> {
        let fresh = Pace { at_s, bytes: worker.sent_bytes, rate: None };
        let pace = self.paces.entry(worker.id).or_insert(fresh);
        let dt = at_s - pace.at_s;
        if worker.sent_bytes < pace.bytes {
            *pace = fresh; // another attempt
        } else if dt >= 1.0 {
            let rate = (worker.sent_bytes - pace.bytes) as f64 / dt;
            let weight = 1.0 - (-dt / PACE_S).exp();
            let mean = pace.rate.map_or(rate, |mean| mean + weight * (rate - mean));
            *pace = Pace { at_s, bytes: worker.sent_bytes, rate: Some(mean) };
        }
        pace.rate
    }

    /// A single forecast is a guess: a range is told once several were made, and forgotten when nothing moves.
    fn forecast(&mut self, at_s: f64, view: &View) -> Option<Forecast> {
        let moving = view.running > 0 && !matches!(view.phase, Phase::Draining | Phase::Stopping);
        let Some(likely) = view.eta.filter(|_| moving).map(|eta| eta.as_secs_f64()) else {
            self.forecasts.clear();
            return None;
        };
        if self.forecasts.back().is_none_or(|(told, _)| at_s - told >= FORECAST_EVERY_S) {
            self.forecasts.push_back((at_s, at_s + likely));
        }
        while self.forecasts.front().is_some_and(|(told, _)| at_s - told > FORECASTS_S) {
            self.forecasts.pop_front();
        }
        let first = self.forecasts.front().map_or(at_s, |(told, _)| *told);
        if at_s - first < FORECASTS_LEAST_S {
            return None;
        }
        let ends = self.forecasts.iter().map(|(_, end)| end - at_s);
        let (least, most) = ends.fold((likely, likely), |(least, most), end| (least.min(end), most.max(end)));
        Some(Forecast { least_s: least.max(0.0), likely_s: likely, most_s: most })
    }
}

impl Hour {
    fn add(&mut self, number: u64, reading: f64) {
        let (newest, sum, readings) = &mut self.newest;
        if *readings == 0 {
            self.points.push_back(0.0);
        }
        // A gap, as on a clock that runs fast, is filled with what comes after it.
        for _ in 0..(number.saturating_sub(*newest)).min(POINTS as u64) {
            (*sum, *readings) = (0.0, 0);
            self.points.push_back(reading as f32);
        }
        *newest = number.max(*newest);
        *sum += reading;
        *readings += 1;
        let mean = *sum / f64::from(*readings);
        if let Some(point) = self.points.back_mut() {
            *point = (mean * 1000.0).round() as f32 / 1000.0;
        }
        while self.points.len() > POINTS {
            self.points.pop_front();
        }
    }
}

fn keep<T>(ring: &mut VecDeque<T>, new: T) {
    if ring.len() == KEPT {
        ring.pop_front();
    }
    ring.push_back(new);
}

#[cfg(test)]
pub(crate) mod tests;
