//! One decision of the law, and the one line an operator reads of it.
//!
//! The line is rendered from the record, so the log cannot disagree with what was decided (law 6.10).

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::sample::Side;

/// What is measured against a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resource {
    /// Processor time.
    Cpu,
    /// Disk requests.
    Disk,
    /// Memory.
    Memory,
    /// Network.
    Network,
    /// The time the server takes to answer when asked for nothing.
    Response,
    /// Free space of the watched file systems.
    Space,
}

impl Resource {
    /// Lower-case word used in JSON and decision lines.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Disk => "disk",
            Self::Memory => "memory",
            Self::Network => "network",
            Self::Response => "response",
            Self::Space => "space",
        }
    }
}

/// How a resource was measured; tells the unit of a value and its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Busy share of all processors, 0 to 1.
    CpuBusy,
    /// Busy share of the busiest spindle, 0 to 1.
    DiskUtilisation,
    /// Mean wait of a write as a multiple of its value with few workers.
    WriteAwait,
    /// The same for reads.
    ReadAwait,
    /// Share of memory not available, 0 to 1.
    MemoryUsed,
    /// Bytes per second read back from swap.
    SwapIn,
    /// Share of the link in the busier direction, 0 to 1.
    NetworkShare,
    /// Milliseconds until the server answers a no-operation request.
    AnswerTime,
    /// Used share of the fullest watched file system, 0 to 1.
    SpaceUsed,
}

impl Measure {
    /// The resource it speaks for.
    #[must_use]
    pub const fn resource(self) -> Resource {
        match self {
            Self::CpuBusy => Resource::Cpu,
            Self::DiskUtilisation | Self::WriteAwait | Self::ReadAwait => Resource::Disk,
            Self::MemoryUsed | Self::SwapIn => Resource::Memory,
            Self::NetworkShare => Resource::Network,
            Self::AnswerTime => Resource::Response,
            Self::SpaceUsed => Resource::Space,
        }
    }

    /// A word or two for people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::CpuBusy => "CPU",
            Self::DiskUtilisation => "disk",
            Self::WriteAwait => "disk writes wait",
            Self::ReadAwait => "disk reads wait",
            Self::MemoryUsed => "memory",
            Self::SwapIn => "swap-in",
            Self::NetworkShare => "network",
            Self::AnswerTime => "answer time",
            Self::SpaceUsed => "disk space",
        }
    }

    /// A value in this measure's unit, as people write it.
    #[must_use]
    pub fn show(self, value: f64) -> String {
        match self {
            Self::WriteAwait | Self::ReadAwait => format!("×{value:.1}"),
            Self::SwapIn => format!("{:.0} KiB/s", value / 1024.0),
            Self::AnswerTime => format!("{value:.0} ms"),
            _ => format!("{:.0} %", value * 100.0),
        }
    }
}

/// Which way the limit went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Up: by one, or to the operator's number.
    Grow,
    /// Unchanged.
    Hold,
    /// Down.
    Shrink,
}

/// The rule that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The preflight is over; the first worker may start.
    Begin,
    /// A machine is over a line while nothing of ours runs.
    BusyAtRest,
    /// A side cannot be worked with; everything is parked (R0).
    SideLost,
    /// The side works again.
    SideBack,
    /// The side refuses us until a person has mended something; everything is parked (R0).
    PersonNeeded,
    /// More mailboxes failed than allowed; the run ends (R0).
    TooManyFailures,
    /// A file system is nearly full (R0).
    SpaceLow,
    /// A critical line was crossed (R1).
    Critical,
    /// A machine stays critical with nothing left to shed; the run ends, as the operator wished (R1).
    StaysCritical,
    /// A soft line was crossed (R2).
    Soft,
    /// A server said it was busy (R3).
    Busy,
    /// No memory for one more mailbox (R4).
    Admission,
    /// One more would cross a line (R6).
    Guard,
    /// After a shrink nothing grows for a while (R6).
    CoolDown,
    /// The limit was critical a while ago (R1).
    Ceiling,
    /// One more crossed a line a while ago (R6).
    Line,
    /// One fewer is tried (R9).
    Fewer,
    /// The last worker's late cost has not shown yet (R6).
    LateCost,
    /// A sample is missing or too old (6.8).
    Stale,
    /// A side has been unseen for long; back to what was safe (6.8).
    Degraded,
    /// A side is still unseen; one less (6.8).
    Blind,
    /// One worker more is tried (R7, R8).
    Try,
    /// One of the first few workers, far below every line (R7).
    Climb,
    /// The tried workers brought enough (R7).
    Kept,
    /// They did not (R7).
    Undone,
    /// One more was tried a while ago and brought too little (R7).
    Knee,
    /// The longest mailbox ends after everything else; more workers cannot help (R11).
    Enough,
    /// The most workers the settings allow.
    Cap,
    /// The operator said so.
    Operator,
    /// The window opens, closes or is closed.
    Hours,
    /// Nothing that is left ends before the window closes.
    TooLong,
    /// One worker more without a trial: a benchmark measured here (6.11).
    Warm,
    /// Benchmark: the next number is measured (6.11).
    Rung,
    /// Benchmark: a number was measured.
    Measured,
    /// Benchmark: it is over; the limit goes back.
    Benchmarked,
}

/// A sample younger than this was not late: it could not be used.
pub const UNREAD_S: f64 = 10.0;

/// One decision of the law, with the numbers it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Seconds since the run began.
    pub at_s: f64,
    /// Limit before.
    pub from: u32,
    /// Limit after.
    pub to: u32,
    /// Direction.
    pub step: Step,
    /// The rule.
    pub rule: Rule,
    /// What the law was doing.
    pub phase: Phase,
    /// The limiting side, if a machine is what limits (with [`Rule::Try`] and [`Rule::Kept`]: the tightest).
    pub side: Option<Side>,
    /// The limiting resource.
    pub resource: Option<Resource>,
    /// How it was measured; the unit of the next five.
    pub measure: Option<Measure>,
    /// Its value, the larger of the fast and slow averages.
    pub value: Option<f64>,
    /// The line it is held against.
    pub line: Option<f64>,
    /// Its value with one worker more.
    pub predicted: Option<f64>,
    /// What one worker costs it.
    pub marginal: Option<f64>,
    /// Its value without us.
    pub background: Option<f64>,
    /// Work rate before, in undisturbed workers.
    pub work_before: Option<f64>,
    /// Work rate after.
    pub work_after: Option<f64>,
    /// Standard error of the relative gain.
    pub standard_error: Option<f64>,
    /// Relative gain wanted.
    pub needed: Option<f64>,
    /// Age of the oldest side's newest sample, seconds.
    pub sample_age_s: Option<f64>,
    /// Seconds until the matter is looked at again.
    pub next_look_s: Option<f64>,
    /// What is behind it, where the numbers above do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
}

/// What limits where no machine does, or what moved a machine that we did not (law 6.9).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// More workers did less: they wait for each other.
    Locks,
    /// More workers did neither more nor less at a multiple of ten: Zimbra serves ten transfers per account.
    ServerCap,
    /// More workers brought too little: each waits for answers.
    RoundTrips,
    /// The machine is busier by this much (in the unit of its measure) than when this limit was accepted.
    NotOurs {
        /// By how much.
        rise: f32,
    },
}

impl Why {
    fn words(self, measure: Option<Measure>) -> String {
        match self {
            Self::Locks => "time is spent waiting for locks, more workers do less".to_owned(),
            Self::ServerCap => {
                "a plateau at a multiple of ten, the server's cap of ten transfers per admin account; \
                                another admin account lifts it"
                    .to_owned()
            }
            Self::RoundTrips => "time is spent waiting (round trips or a server-side cap)".to_owned(),
            Self::NotOurs { rise } => {
                let rise = measure.map_or_else(String::new, |m| m.show(f64::from(rise)) + " of it ");
                format!("{rise}came without a worker more: a load that is not ours, or comes late")
            }
        }
    }
}

/// What the law is doing (law 6.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Both machines are watched at rest.
    Preflight,
    /// A change is left to take effect.
    Settle,
    /// Work is measured at the present limit.
    Measure,
    /// A larger limit is on trial.
    Trial,
    /// A line forbids growth.
    HoldLimit,
    /// The gain test forbade growth.
    HoldKnee,
    /// Calm after a shrink.
    CoolDown,
    /// A side is not seen.
    Degraded,
    /// Nothing is left to start.
    Tail,
    /// A side is lost; everything is parked.
    SideLost,
    /// Parked by the operator.
    Paused,
    /// The operator chose the number.
    Pinned,
    /// Outside the window.
    Shut,
    /// What runs is finished, nothing more begins.
    Draining,
    /// What runs is being cancelled.
    Stopping,
    /// The run is over.
    Finished,
}

impl Phase {
    /// A word or two for people.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Preflight => "preflight",
            Self::Settle => "settling",
            Self::Measure => "measuring",
            Self::Trial => "trial",
            Self::HoldLimit => "held by a line",
            Self::HoldKnee => "held, no gain",
            Self::CoolDown => "cooling down",
            Self::Degraded => "degraded",
            Self::Tail => "tail",
            Self::SideLost => "side lost",
            Self::Paused => "paused",
            Self::Pinned => "pinned",
            Self::Shut => "outside the window",
            Self::Draining => "draining",
            Self::Stopping => "stopping",
            Self::Finished => "finished",
        }
    }
}

impl Decision {
    /// Why, in words and numbers, without time and limits.
    #[must_use]
    pub fn reason(&self) -> String {
        let mut text = self.cause();
        if let Some(next) = self.next_look_s {
            let _ = write!(text, "; next look in {}", span(next));
        }
        text
    }

    /// The whole line: time since the start, limits, reason.
    #[must_use]
    pub fn line(&self) -> String {
        let seconds = self.at_s.max(0.0) as u64;
        let clock = format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        let change = match (self.step, self.rule) {
            (Step::Hold, Rule::Kept) => format!("{} kept", self.to),
            (Step::Hold, _) => format!("stays {}", self.to),
            (_, Rule::Undone) => format!("{} → {} undone", self.from, self.to),
            _ => format!("{} → {}", self.from, self.to),
        };
        format!("{clock}  {change}  {}", self.reason())
    }

    fn cause(&self) -> String {
        let machine = || self.machine().unwrap_or_else(|| "no machine near its line".to_owned());
        let where_ = || self.side.map_or("a side", Side::word);
        match self.rule {
            Rule::Begin => match self.machine() {
                Some(tightest) => format!("begins; at rest the tightest is {tightest}"),
                None => "begins".to_owned(),
            },
            Rule::BusyAtRest => format!("waits: over the line with none of our work running, {}", machine()),
            Rule::SideLost => format!("{} cannot be worked with: everything is parked", where_()),
            Rule::SideBack => format!("{} works again", where_()),
            Rule::PersonNeeded => {
                format!(
                    "{} refuses the administrator: everything is parked until the password is changed",
                    where_()
                )
            }
            Rule::TooManyFailures => "too many mailboxes failed: the run ends".to_owned(),
            Rule::SpaceLow => format!("nearly full: {}; everything is parked", machine()),
            Rule::Critical => format!("critical: {}", machine()),
            Rule::StaysCritical => {
                format!("stays critical with nothing left to shed: {}; the run ends", machine())
            }
            Rule::Soft => match self.why {
                Some(why) => format!("over the line: {}; {}", machine(), why.words(self.measure)),
                None => format!("over the line: {}", machine()),
            },
            Rule::Busy => format!("{} says it is busy", where_()),
            Rule::Admission => format!("no room in {} memory for one mailbox more", where_()),
            Rule::Guard => match (self.predicted, self.measure, self.line) {
                (Some(p), Some(m), Some(l)) => format!(
                    "one more would take {} {} to {} (limit {})",
                    where_(),
                    m.words(),
                    m.show(p),
                    m.show(l)
                ),
                _ => format!("no room: {}", machine()),
            },
            Rule::CoolDown => "calm after a shrink".to_owned(),
            Rule::Ceiling => "one more was too many a while ago".to_owned(),
            Rule::Line => match (self.side, self.measure, self.line) {
                (Some(side), Some(m), Some(l)) => {
                    format!("one more took {side} {} over {} a while ago", m.words(), m.show(l))
                }
                _ => "one more crossed a line a while ago".to_owned(),
            },
            Rule::Fewer => format!("tries fewer; tightest: {}", machine()),
            Rule::LateCost => format!("waits for indexing that is still to come: {}", machine()),
            Rule::Stale => match self.sample_age_s {
                Some(age) if age < UNREAD_S => format!("the last sample of {} could not be read", where_()),
                Some(age) => format!("no fresh sample of {} ({} old)", where_(), span(age)),
                None => format!("no sample of {} yet", where_()),
            },
            Rule::Degraded => format!("{} not seen for {}: back to what was safe", where_(), self.age()),
            Rule::Blind => format!("{} not seen for {}: one less", where_(), self.age()),
            Rule::Climb => format!("one more, every machine is far below its lines; tightest: {}", machine()),
            Rule::Try => format!("tries one more; tightest: {}", machine()),
            Rule::Undone if self.machine().is_none() => {
                let why = self.why.unwrap_or(Why::RoundTrips).words(None);
                format!("{}: no machine is near its line, {why}", self.gain())
            }
            Rule::Kept | Rule::Undone => format!("{}; tightest: {}", self.gain(), machine()),
            Rule::Knee => match self.why {
                Some(why) => format!("one more brought too little a while ago: {}", why.words(None)),
                None => "one more brought too little a while ago".to_owned(),
            },
            Rule::Enough => {
                "the longest mailbox ends after everything else: more workers cannot help".to_owned()
            }
            Rule::Cap => "the most the settings allow".to_owned(),
            Rule::Warm => format!("one more untested, as measured by a benchmark; tightest: {}", machine()),
            Rule::Rung => format!("benchmark goes to the next number; tightest: {}", machine()),
            Rule::Measured => match self.work_after {
                Some(work) => {
                    format!("measured: work of {work:.2} undisturbed workers; tightest: {}", machine())
                }
                None => "measured, but not all workers were busy: once more".to_owned(),
            },
            Rule::Benchmarked => "the benchmark has measured enough: what is under way ends".to_owned(),
            Rule::Hours => match self.phase {
                Phase::Shut => "outside the window".to_owned(),
                Phase::Draining => "the window closes: what runs is finished".to_owned(),
                Phase::Stopping => "the window closes: what runs ends at its next safe point".to_owned(),
                Phase::Paused => "the window closes for a while: what runs stands still".to_owned(),
                Phase::HoldLimit => format!("outside the window: at most {}, under stricter lines", self.to),
                _ => "the window is open".to_owned(),
            },
            Rule::TooLong => "nothing that is left would end before the window closes".to_owned(),
            Rule::Operator => match self.phase {
                Phase::Paused => "paused by the operator".to_owned(),
                Phase::Pinned => "the operator chose the number".to_owned(),
                Phase::Draining => "drains on request: nothing more begins".to_owned(),
                Phase::Stopping => "stops on request".to_owned(),
                _ => "the operator let it go on".to_owned(),
            },
        }
    }

    /// The limiting machine with its value and line, if the record names one whole.
    #[must_use]
    pub fn machine(&self) -> Option<String> {
        let (side, measure, value, line) = (self.side?, self.measure?, self.value?, self.line?);
        Some(format!("{side} {} {} of {}", measure.words(), measure.show(value), measure.show(line)))
    }

    fn gain(&self) -> String {
        match (self.work_before, self.work_after, self.needed) {
            (Some(before), Some(after), Some(needed)) if before > 0.0 => {
                format!("work {:+.1} % (needs {:+.1} %)", (after / before - 1.0) * 100.0, needed * 100.0)
            }
            _ => "work could not be compared, other mailboxes than before".to_owned(),
        }
    }

    fn age(&self) -> String {
        self.sample_age_s.map_or_else(|| "long".to_owned(), span)
    }
}

/// Seconds as people write them.
#[must_use]
pub fn span(seconds: f64) -> String {
    if seconds < 120.0 {
        format!("{seconds:.0} s")
    } else if seconds < 7200.0 {
        format!("{:.0} min", seconds / 60.0)
    } else {
        format!("{:.1} h", seconds / 3600.0)
    }
}
