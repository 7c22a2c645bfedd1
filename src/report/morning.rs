//! The whole report of one run, folded row by row from what a journal holds.

use std::collections::{BTreeMap, HashMap};

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use super::{
    Accounts, DecisionLine, FailureLine, LimitRange, Report, Tally,
    advice::Advice,
    classes,
    facts::{AccountFacts, AttemptFacts, RunFacts},
    hours::Hours,
    lines::{
        Bar, CauseLine, ClassLine, GanttLine, GaugeLine, HourLine, Left, MailboxLine, MinuteLine, RunLine,
    },
};
use crate::{
    control::{
        decision::Decision,
        event::AccountState,
        finding::Finding,
        policy::Policy,
        view::{Minute, Summary},
    },
    lang::Lang,
};

/// Mailboxes the Gantt chart shows.
const GANTT_ROWS: usize = 24;

/// The report of one run: what `zmpace report --format json` prints. `schema_version` is in [`Report`].
#[derive(Clone, Debug, Serialize)]
pub struct Morning {
    /// The result, with the same fields as `zmpace run --json`.
    #[serde(flatten)]
    pub report: Report,
    /// The run.
    pub run: RunLine,
    /// What is not yet moved.
    pub left: Left,
    /// What went wrong, by cause, the most frequent first.
    pub causes: Vec<CauseLine>,
    /// What the operator should know before anything else.
    pub warnings: Vec<String>,
    /// What to set, and why.
    pub advice: Advice,
    /// By hour of the operator's clock.
    pub hours: Vec<HourLine>,
    /// By size of mailbox.
    pub classes: Vec<ClassLine>,
    /// The largest mailboxes of this run.
    pub gantt: Vec<GanttLine>,
    /// Minute by minute.
    pub minutes: Vec<MinuteLine>,
    /// Every mailbox of the journal.
    pub mailboxes: Vec<MailboxLine>,
    /// Size in bytes and seconds of every transfer of this run that ran to its end; the mailboxes have the same.
    #[serde(skip)]
    pub transfers: Vec<(u64, f64)>,
    /// The newest benchmark.
    #[serde(skip)]
    pub finding: Option<(String, Finding)>,
    /// The numbers it ran with.
    #[serde(skip)]
    pub policy: Option<Policy>,
    /// Mailboxes verified after an attempt that broke, and not looked at since.
    #[serde(skip)]
    pub in_doubt: u64,
    /// The wire formats in force, source and destination.
    #[serde(skip)]
    pub wire: Option<[String; 2]>,
    /// The records behind the decisions, in their order.
    #[serde(skip)]
    pub records: Vec<Decision>,
}

/// Takes rows in and gives the report out. Rows may come in this order only: minutes, decisions, accounts,
/// attempts, failures.
pub struct Fold {
    facts: RunFacts,
    minutes: Vec<MinuteLine>,
    last: Option<Minute>,
    records: Vec<Decision>,
    accounts: Accounts,
    mailboxes: Vec<MailboxLine>,
    baselines: Vec<u64>,
    place: HashMap<u32, usize>,
    transfers: Vec<(u64, f64)>,
    stretches: Vec<(usize, Bar)>,
    hours: Hours,
    seconds: Tally,
    sizes: Tally,
    items: u64,
    bytes: u64,
    span_ms: Option<(i64, i64)>,
    codes: BTreeMap<String, u64>,
    failures: Vec<FailureLine>,
}

impl Fold {
    /// Nothing yet.
    #[must_use]
    pub fn new(facts: RunFacts) -> Self {
        let hours = Hours::new(facts.zone.clone());
        Self {
            facts,
            minutes: Vec::new(),
            last: None,
            records: Vec::new(),
            accounts: Accounts::default(),
            mailboxes: Vec::new(),
            baselines: Vec::new(),
            place: HashMap::new(),
            transfers: Vec::new(),
            stretches: Vec::new(),
            hours,
            seconds: Tally::new(0.001),
            sizes: Tally::new(1.0),
            items: 0,
            bytes: 0,
            span_ms: None,
            codes: BTreeMap::new(),
            failures: Vec::new(),
        }
    }

    /// One minute of the run.
    pub fn minute(&mut self, minute: Minute) {
        let view = &minute.view;
        let gauges = view.machines.iter().flat_map(|machine| {
            machine.gauges.iter().map(|gauge| GaugeLine {
                side: machine.side,
                measure: gauge.measure,
                value: gauge.slow,
                line: gauge.line,
            })
        });
        let line = MinuteLine {
            at_s: minute.at_s,
            wall_ms: minute.wall_ms,
            limit: view.limit,
            running: view.running,
            parked: view.parked,
            waiting: view.accounts.waiting,
            work_rate: view.work_rate,
            items: view.items,
            bytes: view.bytes,
            gauges: gauges.collect(),
        };
        self.hours.minute(&line);
        self.minutes.push(line);
        self.last = Some(minute);
    }

    /// One decision of the run.
    pub fn decision(&mut self, decision: &Decision) {
        self.records.push(decision.clone());
    }

    /// One account of the journal.
    pub fn account(&mut self, account: AccountFacts) {
        self.accounts.count(account.state, 1);
        self.place.insert(account.id, self.mailboxes.len());
        self.baselines.push(account.baseline_items.unwrap_or(0));
        self.mailboxes.push(MailboxLine {
            account: account.source,
            state: account.state,
            bytes: account.bytes,
            items_expected: None,
            items_moved: account.items,
            items_verified: None,
            attempts: account.attempts,
            worker_s: 0.0,
            bytes_per_s: None,
            code: None,
            cause: None,
        });
    }

    /// One attempt of any run.
    pub fn attempt(&mut self, attempt: &AttemptFacts) {
        let Some(&place) = self.place.get(&attempt.account) else { return };
        let mailbox = &mut self.mailboxes[place];
        mailbox.worker_s += attempt.active_s;
        if attempt.moved {
            mailbox.items_expected = Some(attempt.source_items);
            mailbox.items_verified = Some(attempt.destination_items.saturating_sub(self.baselines[place]));
            mailbox.bytes_per_s = (attempt.active_s > 0.0).then(|| attempt.bytes as f64 / attempt.active_s);
        }
        if attempt.run == self.facts.id {
            self.attempt_of_this_run(place, attempt);
        }
    }

    fn attempt_of_this_run(&mut self, place: usize, attempt: &AttemptFacts) {
        self.items += attempt.items;
        self.bytes += attempt.bytes;
        let (first, last) = self.span_ms.unwrap_or((attempt.started_ms, attempt.started_ms));
        let end = attempt.ended_ms.unwrap_or(attempt.started_ms);
        self.span_ms = Some((first.min(attempt.started_ms), last.max(end)));
        if attempt.moved {
            self.transfers.push((attempt.bytes, attempt.active_s));
            if attempt.differences == 0 {
                self.seconds.add(attempt.active_s);
                self.sizes.add(attempt.bytes as f64);
            }
        }
        if let Some(code) = &attempt.code {
            *self.codes.entry(code.clone()).or_default() += 1;
        }
        if let Some(ended_ms) = attempt.ended_ms {
            self.hours.ended(ended_ms);
        }
        let since = |ms: i64| (ms - self.facts.started_ms).max(0) as f64 / 1000.0;
        let outcome = match (attempt.moved, attempt.ended_ms) {
            (true, _) => "moved",
            (false, Some(_)) => "failed",
            (false, None) => "unfinished",
        };
        // One without an end is drawn to the end of what is known, which only the whole fold tells.
        let to_s = attempt.ended_ms.map_or(f64::INFINITY, since);
        self.stretches.push((place, Bar { from_s: since(attempt.started_ms), to_s, outcome }));
    }

    /// One mailbox that failed or differs.
    pub fn failure(&mut self, number: u32, failure: FailureLine) {
        if let Some(&place) = self.place.get(&number) {
            self.mailboxes[place].code = Some(failure.code.clone());
            self.mailboxes[place].cause = Some(failure.cause.clone());
        }
        self.failures.push(failure);
    }

    /// The report.
    #[must_use]
    pub fn finish(mut self) -> Morning {
        let causes = self.causes();
        let report = self.report();
        let left = self.left(&report);
        let gantt = self.gantt(&report);
        let finding = self.facts.findings.pop().map(|(ms, finding)| (moment(ms, &self.facts.zone), finding));
        let mut morning = Morning {
            report,
            run: self.run_line(),
            left,
            causes,
            warnings: Vec::new(),
            advice: Advice::default(),
            hours: self.hours.finish(),
            classes: classes::of(&self.mailboxes),
            gantt,
            minutes: self.minutes,
            mailboxes: self.mailboxes,
            transfers: self.transfers,
            finding,
            policy: self.facts.policy,
            in_doubt: self.facts.in_doubt,
            wire: self.facts.wire,
            records: self.records,
        };
        morning.advice = Advice::of(&morning, Lang::En);
        morning.warnings = super::warnings::of(&morning, Lang::En);
        morning
    }

    fn report(&mut self) -> Report {
        let nothing = nothing();
        let summary = self.last.as_ref().map_or(&nothing, |minute| &minute.summary);
        let mut report = Report::new(summary, self.facts.ending);
        if self.facts.ending.is_none() {
            // The last minute is older than what has happened since.
            report.items = report.items.max(self.items);
            report.bytes = report.bytes.max(self.bytes);
            let span = self.span_ms.map_or(0.0, |(first, last)| (last - first) as f64 / 1000.0);
            report.makespan_s = report.makespan_s.max(span);
            let now = self.last.as_ref().map_or(0.0, |minute| minute.view.elapsed.as_secs_f64());
            report.makespan_s = report.makespan_s.max(now);
        }
        if let (None, Some(last)) = (&self.last, self.records.last()) {
            let limits = || self.records.iter().map(|decision| decision.to);
            report.limit = LimitRange {
                min: limits().min().unwrap_or(0),
                max: limits().max().unwrap_or(0),
                last: last.to,
            };
        }
        report.accounts = self.accounts;
        report.decisions = self.records.iter().map(DecisionLine::from).collect();
        report.failures = std::mem::take(&mut self.failures);
        report.mailbox_seconds = self.seconds.distribution();
        report.mailbox_bytes = self.sizes.distribution();
        if let Some(minute) = &self.last {
            let [source, destination] = minute.tokens_renewed;
            report.tokens_renewed = [("source", source), ("destination", destination)].into();
            report.peak_memory_bytes = minute.peak_memory_bytes;
        }
        report
    }

    /// What is left, at the pace of bytes and mailboxes of this run, whichever is slower.
    fn left(&self, report: &Report) -> Left {
        let open =
            |mailbox: &&MailboxLine| matches!(mailbox.state, AccountState::Waiting | AccountState::InFlight);
        let mailboxes = self.mailboxes.iter().filter(open).count() as u64;
        let bytes: u64 = self.mailboxes.iter().filter(open).map(|mailbox| mailbox.bytes).sum();
        let live = self.last.as_ref().filter(|_| self.facts.running).and_then(|minute| minute.view.eta);
        let ended = self.transfers.len() as f64;
        let took = report.makespan_s;
        let by_pace = (ended >= 3.0 && took > 0.0).then(|| {
            let by_count = mailboxes as f64 / ended * took;
            let by_bytes = if report.bytes > 0 { bytes as f64 / report.bytes as f64 * took } else { 0.0 };
            by_count.max(by_bytes)
        });
        let seconds = if mailboxes == 0 { Some(0.0) } else { live.map(|eta| eta.as_secs_f64()).or(by_pace) };
        let nights = seconds.filter(|_| took > 0.0 && !self.facts.running).map(|seconds| seconds / took);
        Left { mailboxes, bytes, seconds, nights }
    }

    fn causes(&self) -> Vec<CauseLine> {
        let mut causes: BTreeMap<&str, CauseLine> = BTreeMap::new();
        let blank = |code: &str| CauseLine {
            code: code.to_owned(),
            mailboxes: 0,
            attempts: self.codes.get(code).copied().unwrap_or(0),
            example: "mended by a later attempt".to_owned(),
            next: "nothing".to_owned(),
        };
        for code in self.codes.keys() {
            causes.insert(code, blank(code));
        }
        for failure in &self.failures {
            let line = causes.entry(&failure.code).or_insert_with(|| blank(&failure.code));
            line.mailboxes += 1;
            line.example.clone_from(&failure.cause);
            line.next.clone_from(&failure.next);
        }
        let mut lines: Vec<CauseLine> = causes.into_values().collect();
        lines.sort_by_key(|line| std::cmp::Reverse((line.mailboxes, line.attempts)));
        lines
    }

    fn gantt(&self, report: &Report) -> Vec<GanttLine> {
        let known_s = report.makespan_s.max(self.minutes.last().map_or(0.0, |minute| minute.at_s));
        let mut bars: BTreeMap<usize, Vec<Bar>> = BTreeMap::new();
        for (place, bar) in &self.stretches {
            let to_s = if bar.to_s.is_finite() { bar.to_s } else { known_s.max(bar.from_s) };
            bars.entry(*place).or_default().push(Bar { to_s, ..bar.clone() });
        }
        let mut rows: Vec<(usize, Vec<Bar>)> = bars.into_iter().collect();
        rows.sort_by_key(|(place, _)| std::cmp::Reverse(self.mailboxes[*place].bytes));
        rows.truncate(GANTT_ROWS);
        rows.into_iter()
            .map(|(place, bars)| GanttLine {
                account: self.mailboxes[place].account.clone(),
                bytes: self.mailboxes[place].bytes,
                bars,
            })
            .collect()
    }

    fn run_line(&self) -> RunLine {
        let facts = &self.facts;
        RunLine {
            id: facts.id,
            state: match (facts.ended_ms, facts.running) {
                (Some(_), _) => "finished",
                (None, true) => "running",
                (None, false) => "killed",
            },
            started: moment(facts.started_ms, &facts.zone),
            ended: facts.ended_ms.map(|ms| moment(ms, &facts.zone)),
            reported: moment(facts.now_ms, &facts.zone),
            version: facts.version.clone(),
        }
    }
}

/// A moment by the operator's clock, RFC 3339.
fn moment(ms: i64, zone: &TimeZone) -> String {
    Timestamp::from_millisecond(ms)
        .map(|at| at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
        .unwrap_or_default()
}

/// What is known of a run before its first minute.
fn nothing() -> Summary {
    Summary {
        accounts: crate::control::view::Accounts::default(),
        items: 0,
        bytes: 0,
        makespan: std::time::Duration::ZERO,
        limit_min: 0,
        limit_max: 0,
        limit_final: 0,
        decisions: 0,
        changes: 0,
        over_line_s: BTreeMap::new(),
        observed: std::time::Duration::ZERO,
    }
}
