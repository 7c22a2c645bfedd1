//! The numbers of the law: what the operator and the profile may set, checked once.
//!
//! No number has a home in code. The profile `tuning/profiles/default.toml` carries every key with the
//! reason for its value; [`Policy`] only says what each means, in which unit and range, and where the idea
//! comes from. Section numbers refer to the law as `tuning/README.md` keeps it.

use serde::{Deserialize, Serialize};

use super::{
    sample::Side,
    timetable::{Hours, Timetable},
};

/// Everything the law and the dispatcher may be told about how to behave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Whether the law chooses the limit or the operator does.
    pub limit: LimitPolicy,
    /// Fewest workers the law goes down to; at least 1. A migration never parks its last worker for load.
    pub min_workers: u32,
    /// Workers up to which the law climbs one by one without a trial, because a benchmark measured here; 0 for
    /// none. It is no ceiling, and every line holds on the way.
    pub warm_to: u32,
    /// Most workers the law goes up to; 1 to 1000. Zimbra serves 10 transfers per admin account at once.
    pub max_workers: u32,
    /// Seed of all jitter; any number. The same seed and events give the same actions.
    pub seed: u64,
    /// Sides without whose fresh samples nothing grows. A side that has sent one sample is watched too.
    pub required_sides: Vec<Side>,
    /// What each machine may be used up to.
    pub lines: Lines,
    /// How fast the law listens and acts.
    pub timing: Timing,
    /// When one more worker is worth keeping.
    pub gain: Gain,
    /// What must hold before one more worker is tried.
    pub guard: Guard,
    /// What each mailbox in flight is expected to cost in memory.
    pub memory: MemoryPolicy,
    /// How small mailboxes get past the large ones.
    pub lane: Lane,
    /// What happens to a mailbox that failed.
    pub retries: Retries,
    /// What happens when a whole side is out of order.
    pub side_loss: SideLoss,
    /// First guess of what a unit of work costs.
    pub work: WorkPrior,
    /// How benchmark mode measures.
    pub sweep: SweepPolicy,
    /// When mailboxes may be moved; always, unless the settings' own table of hours says otherwise.
    #[serde(default)]
    pub hours: Hours,
    /// Rules taken out, for the bench alone: no setting reaches it.
    #[serde(skip)]
    pub without: Without,
}

/// Rules the bench takes out to see what each is worth. All are in force outside the bench.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Without {
    /// Growth asks no line (R6); what is crossed is still left again (R1, R2).
    pub guard: bool,
    /// The guard looks at the present only, not at one worker more (R6).
    pub prediction: bool,
    /// Fewer workers are never tried (R9).
    pub down: bool,
    /// Late cost is not waited for (R6).
    pub lag: bool,
    /// The longest mailbox does not stop growth (R11).
    pub enough: bool,
    /// Benchmark mode compares each number once, one after another (6.11, step 3).
    pub blocks: bool,
}

/// Who chooses the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum LimitPolicy {
    /// The law, beginning at `start` workers once the preflight is over.
    Adaptive {
        /// Workers to begin with, from 1.
        start: u32,
    },
    /// The operator: exactly this many, from the first second. Only memory admission and a lost side still
    /// keep workers back.
    Fixed(u32),
    /// Benchmark mode: number after number is measured, by [`SweepPolicy`], and the run ends by itself.
    Sweep,
}

/// How benchmark mode measures (law 6.11). Seconds are control time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweepPolicy {
    /// Longest a benchmark takes, preflight included.
    pub budget_s: f64,
    /// Whether it goes on although a machine is busy at rest; the answer then holds for a busy hour.
    pub busy_hour: bool,
    /// Share of a line that load at rest may reach; 0 to 1.
    pub busy_share: f64,
    /// Points over a line a number may be predicted to reach and is measured all the same.
    pub over_points: f64,
    /// Seconds between two workers that are added.
    pub apart_s: f64,
    /// Shortest wait before the window of a coarse rung.
    pub rung_settle_s: f64,
    /// Longest such wait, while work still rises or falls.
    pub rung_settle_most_s: f64,
    /// Wait before the window of a candidate in a block.
    pub settle_s: f64,
    /// Length of a window.
    pub window_s: f64,
    /// Candidates bring at least this share less than the best; 0 to 1.
    pub near: f64,
    /// The number recommended may bring this share less than the best; 0 to 1.
    pub within: f64,
    /// Fewest candidates; at least 2.
    pub candidates_least: u32,
    /// Most candidates.
    pub candidates_most: u32,
    /// Blocks after which the answer is looked at; ascending. After the last it ends.
    pub looks: Vec<u32>,
    /// Replicates of the choice.
    pub replicates: u32,
    /// Half-width of every candidate's share of the best that is certain enough; 0 to 1.
    pub sure_half_width: f64,
    /// Share of replicates with the same choice that is certain enough; 0 to 1.
    pub sure_share: f64,
    /// Share of the recommended number that a run with this profile climbs to without a trial; 0 to 1.
    pub warm_share: f64,
    /// Mailboxes above this many bytes are measured with last.
    pub most_bytes: u64,
    /// Seconds mailboxes under way get to end once the answer is there.
    pub drain_s: f64,
}

impl SweepPolicy {
    /// Where a run begins for which so many workers were recommended.
    #[must_use]
    pub fn warm_from(&self, recommended: u32) -> u32 {
        (f64::from(recommended) * self.warm_share).ceil() as u32
    }
}

/// Lines per machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    /// The server mailboxes are read from.
    pub source: SideLines,
    /// The server mailboxes are written to.
    pub destination: SideLines,
    /// The machine zmpace runs on.
    pub host: SideLines,
}

impl Lines {
    /// The lines of one side.
    #[must_use]
    pub const fn of(&self, side: Side) -> &SideLines {
        match side {
            Side::Source => &self.source,
            Side::Destination => &self.destination,
            Side::Host => &self.host,
        }
    }
}

/// The lines one machine is held against: `soft` holds back, `critical` halves at once (law 6.3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SideLines {
    /// Busy share of all processors, steal included; 0 to 1.
    pub cpu_soft: f64,
    /// The same, critical; above `cpu_soft`.
    pub cpu_critical: f64,
    /// Share of time a spindle is busy; 0 to 1. Only read where the device is known to be rotational.
    pub disk_utilisation_soft: f64,
    /// The same, critical.
    pub disk_utilisation_critical: f64,
    /// Mean wait of a disk request, as a multiple of its value with at most two workers; above 1.
    pub disk_await_soft: f64,
    /// The same, critical.
    pub disk_await_critical: f64,
    /// Milliseconds; an await below this is as good as none, so it is the least the multiple is taken of.
    pub disk_await_floor_ms: f64,
    /// Share of memory that must stay available; 0 to 1. Half of the reserve is critical.
    pub memory_reserve_share: f64,
    /// Bytes that must stay available whatever the share says.
    pub memory_reserve_bytes: u64,
    /// Bytes per second read back from swap, over a minute, that count as too much.
    pub swap_in_soft_bytes_per_s: f64,
    /// Share of the link in the busier direction; 0 to 1. Only where the link's speed is known.
    pub network_soft: f64,
    /// The same, critical.
    pub network_critical: f64,
    /// Answer time of the server's no-operation request, as a multiple of its value at the start.
    pub response_soft_ratio: f64,
    /// Milliseconds; answers below this are never too slow.
    pub response_soft_ms: f64,
    /// Milliseconds; answers above this are critical, as are two in a row that never came.
    pub response_critical_ms: f64,
    /// Free share of a watched file system below which nothing grows; 0 to 1.
    pub space_soft: f64,
    /// Free share below which everything stops; 0 to 1, below `space_soft`.
    pub space_critical: f64,
}

/// Time constants, all in seconds of control time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timing {
    /// Time at no workers, both ends sampled, before the first mailbox.
    pub preflight_s: f64,
    /// Longest the preflight waits for samples, or for a server that is over a line at rest.
    pub preflight_most_s: f64,
    /// Time constant of the fast average.
    pub fast_s: f64,
    /// Time constant of the slow average.
    pub slow_s: f64,
    /// Time after a change before anything is believed.
    pub settle_s: f64,
    /// The same while every machine is far below its lines.
    pub settle_green_s: f64,
    /// Least time work is measured at one limit before it is judged.
    pub window_s: f64,
    /// The same while every machine is far below its lines.
    pub window_green_s: f64,
    /// Longest a trial is measured.
    pub window_most_s: f64,
    /// Length of one batch mean of the work rate.
    pub batch_s: f64,
    /// Share of the soft lines below which all is *deep green*; 0 to 1.
    pub green_share: f64,
    /// Age of a side's newest sample beyond which nothing grows.
    pub stale_s: f64,
    /// Age beyond which the limit falls back to what was safe.
    pub degraded_s: f64,
    /// Age beyond which it goes on falling.
    pub blind_s: f64,
    /// Time between two steps down while blind.
    pub blind_step_s: f64,
    /// Time a limit must have held within every line to count as safe.
    pub safe_s: f64,
    /// Fresh samples wanted from a side that is new or was away.
    pub fresh_s: f64,
    /// How long a stop waits for cancelled workers before the run ends without them.
    pub stop_grace_s: f64,
    /// After this long a refusal that still stands is said again.
    pub say_again_s: f64,
    /// A refusal that comes and goes is said at most this often.
    pub say_apart_s: f64,
    /// Share by which long timers are jittered, so that they never lock onto hourly jobs; 0 to 1.
    pub jitter: f64,
}

/// The gain test (law R7, R8, 6.6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gain {
    /// Share of a fair share one more worker must bring; 0 to 1.
    pub phi: f64,
    /// Standard errors by which a difference must be clear to be decided early.
    pub z: f64,
    /// Relative scatter of a batch mean before any was measured; 0 to 1.
    pub scatter_prior: f64,
    /// First hold at a knee, seconds.
    pub knee_hold_s: f64,
    /// Longest hold at a knee, seconds; holds double up to it.
    pub knee_hold_most_s: f64,
    /// The same on a server whose disks tell no waits, where only the gain can show that they are full.
    pub phi_unread: f64,
    /// Workers the first climb adds one by one without a verdict on each, while every machine is far below its
    /// lines; 1 judges all.
    pub climb_to: u32,
    /// Seconds between two such workers, settling included.
    pub climb_apart_s: f64,
    /// A block is the limit divided by this, at least one worker.
    pub block_divisor: u32,
    /// The same while every machine is far below its lines.
    pub block_divisor_green: u32,
    /// Seconds between two workers of a block.
    pub block_apart_s: f64,
    /// Fewer workers are tried at every so many-th expiry of a knee; at least 1.
    pub fewer_every: u32,
    /// Share of `phi` that fewer workers may cost and still stay; 0 to 1.
    pub release: f64,
    /// Points (hundredths) a machine's slow value must fall for a knee to be forgotten.
    pub knee_forget_points: f64,
}

/// What must hold before growth, and how a line is left again (law R1, R2, R3, R6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guard {
    /// Seconds the guard must be clear after it forbade growth.
    pub clear_s: f64,
    /// Points the look-ahead of the slow value must be over a line before workers are parked.
    pub soft_margin_points: f64,
    /// The same for waits, whose usual value was taken in a minute and may be wrong by a tenth.
    pub soft_margin_wait_points: f64,
    /// Points the fast value may lie below the slow one before the load counts as falling already.
    pub falling_points: f64,
    /// Seconds the slow value is carried forward towards the fast one.
    pub look_ahead_s: f64,
    /// Seconds between two shrinks for one cause.
    pub shrink_apart_s: f64,
    /// Seconds without growth after a shrink.
    pub cool_down_s: f64,
    /// Readings in a row over a critical line that are believed; at least 1.
    pub critical_samples: u32,
    /// Seconds between two critical halvings.
    pub critical_apart_s: f64,
    /// Seconds the limit stays below the one that was critical.
    pub critical_ceiling_s: f64,
    /// The longest of such times; they double while it goes on happening.
    pub critical_ceiling_most_s: f64,
    /// Seconds a machine may stay critical with nothing left to shed before the run ends; 0 = it never ends so.
    #[serde(default)]
    pub critical_abort_s: f64,
    /// Share of a line above which late cost is waited for; 0 to 1.
    pub late_share: f64,
    /// Seconds waited beyond the measured lag of late cost before the next growth.
    pub late_spread_s: f64,
    /// Seconds between two growths while late cost may be on its way and its lag is not yet measured.
    pub late_apart_s: f64,
    /// Seconds after a mailbox's end in which the destination may still index it.
    pub late_tail_s: f64,
    /// Share of the work done meanwhile that must have ended for its indexing to be waited for; 0 to 1.
    pub late_tail_share: f64,
    /// Busy answers within `busy_within_s` that mean back-pressure.
    pub busy_answers: u32,
    /// Seconds after a growth in which crossing a line is laid to it.
    pub line_memory_s: f64,
    /// Seconds the limit stays below one that crossed a line by growing, at first; doubles each time.
    pub line_hold_s: f64,
    /// Points a machine's slow value must fall for such a line to be forgotten before its time.
    pub line_forget_points: f64,
    /// The longest of such holds, and of those after back-pressure and critical lines.
    pub hold_most_s: f64,
    /// Seconds over which busy answers are counted.
    pub busy_within_s: f64,
    /// Seconds without growth after back-pressure.
    pub busy_hold_s: f64,
    /// Time constant, seconds, of the regression of use on work.
    pub slope_s: f64,
    /// Weight of a new step in the marginal cost of a worker; 0 to 1.
    pub marginal_weight: f64,
}

/// Memory admission (law R4, 6.7).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemoryPolicy {
    /// Whether a start waits for memory at all.
    pub admission: bool,
    /// Reservations on each server by mailbox size, smallest class first; the last holds for all above.
    pub classes: Vec<MemoryClass>,
    /// Bytes one worker costs on the machine zmpace runs on.
    pub host_bytes_per_worker: u64,
    /// Seconds after which a parked mailbox gives its memory back when another waits for it.
    pub parked_most_s: f64,
    /// Seconds after which a worker's memory is taken to show in what the machine reports.
    pub shows_after_s: f64,
}

/// One size class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemoryClass {
    /// Mailboxes up to this many bytes.
    pub up_to_bytes: u64,
    /// Bytes reserved on each server.
    pub reserve_bytes: u64,
}

/// The express lane: workers that take the smallest mailbox instead of the largest (law 5.3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lane {
    /// Share of the workers in the lane; 0 closes it, 1 makes everything smallest first.
    pub share: f64,
    /// Largest mailbox the lane takes, bytes.
    pub most_bytes: u64,
    /// Seconds of small mailboxes before the first large one while there is a single worker.
    pub alone_first_s: f64,
}

/// Retries of one mailbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retries {
    /// Attempts in this run before a failing mailbox is given up; at least 1.
    pub attempts: u32,
    /// Attempts in this run before a mailbox whose counts differ is left incomplete; at least 1.
    pub incomplete_attempts: u32,
    /// Seconds before the second attempt; doubles each time.
    pub base_s: f64,
    /// Longest pause, seconds.
    pub most_s: f64,
    /// Seconds from the verification of a mailbox that took several attempts to the soonest second look at it, and
    /// between two tries at one; 0 to 3600.
    #[serde(default)]
    pub look_s: f64,
    /// Share of the run's mailboxes that may fail before the run ends early; 1 = all of them.
    #[serde(default = "all")]
    pub failed_share: f64,
}

const fn all() -> f64 {
    1.0
}

/// Back-off of a whole side (law R0).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SideLoss {
    /// Seconds before the first new try; doubles each time.
    pub base_s: f64,
    /// Longest pause, seconds.
    pub most_s: f64,
    /// Tries in a row after which the run ends; at least 1.
    pub tries: u32,
    /// Seconds a refused side waits for a person before the run ends.
    #[serde(default)]
    pub person_s: f64,
}

/// Solo worker-seconds per unit of work, before anything was measured (law 6.2).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkPrior {
    /// Seconds to open and close one mailbox.
    pub account_s: f64,
    /// Seconds per item.
    pub item_s: f64,
    /// Seconds per million bytes.
    pub mb_s: f64,
    /// Strength of the prior, in stretches of a worker's time it is worth.
    pub strength: f64,
    /// Stretches after which an observation counts half.
    pub half_life: f64,
}

impl Policy {
    /// Says what is wrong with the numbers, naming the key, or nothing.
    pub fn check(&self) -> Result<(), String> {
        let workers = match self.limit {
            LimitPolicy::Adaptive { start } => start,
            LimitPolicy::Fixed(n) => n,
            LimitPolicy::Sweep => self.min_workers,
        };
        let rules = [
            (self.min_workers >= 1, "min_workers must be at least 1"),
            (self.max_workers >= self.min_workers, "max_workers must not be below min_workers"),
            (self.max_workers <= 1000, "max_workers must be at most 1000"),
            (workers >= 1, "limit must be at least 1"),
            (workers <= self.max_workers, "limit must not be above max_workers"),
            (self.retries.attempts >= 1, "retries.attempts must be at least 1"),
            (self.retries.incomplete_attempts >= 1, "retries.incomplete_attempts must be at least 1"),
            ((0.0..=3600.0).contains(&self.retries.look_s), "retries.look_s must be from 0 to 3600"),
            (self.side_loss.tries >= 1, "side_loss.tries must be at least 1"),
            ((0.0..=1.0).contains(&self.lane.share), "lane.share must be from 0 to 1"),
            ((0.0..=0.9).contains(&self.timing.jitter), "timing.jitter must be from 0 to 0.9"),
            (
                self.timing.fast_s > 0.0 && self.timing.slow_s > 0.0,
                "timing.fast_s and slow_s must be above 0",
            ),
            (self.timing.batch_s > 0.0, "timing.batch_s must be above 0"),
            (self.timing.stale_s < self.timing.degraded_s, "timing.stale_s must be below degraded_s"),
            (self.timing.degraded_s < self.timing.blind_s, "timing.degraded_s must be below blind_s"),
            (self.gain.phi > 0.0 && self.gain.phi < 1.0, "gain.phi must be between 0 and 1"),
            (self.gain.fewer_every >= 1, "gain.fewer_every must be at least 1"),
            (self.gain.block_divisor >= 1, "gain.block_divisor must be at least 1"),
            (self.gain.block_divisor_green >= 1, "gain.block_divisor_green must be at least 1"),
            (self.guard.critical_samples >= 1, "guard.critical_samples must be at least 1"),
            (self.guard.critical_abort_s >= 0.0, "guard.critical_abort_s must not be below 0"),
            (!self.memory.classes.is_empty(), "memory.classes must not be empty"),
            (
                self.memory.classes.is_sorted_by_key(|c| c.up_to_bytes),
                "memory.classes must be in order of up_to_bytes",
            ),
            (
                self.work.account_s > 0.0 && self.work.item_s > 0.0 && self.work.mb_s > 0.0,
                "work.account_s, item_s and mb_s must be above 0",
            ),
            (self.sweep.budget_s > 0.0, "sweep.budget_s must be above 0"),
            (self.sweep.window_s >= 1.0, "sweep.window_s must be at least 1"),
            (
                self.sweep.candidates_least >= 2 && self.sweep.candidates_most >= self.sweep.candidates_least,
                "sweep.candidates_least must be at least 2 and not above candidates_most",
            ),
            (
                !self.sweep.looks.is_empty() && self.sweep.looks.is_sorted() && self.sweep.looks[0] >= 2,
                "sweep.looks must be ascending numbers from 2",
            ),
            ((0.0..0.5).contains(&self.sweep.within), "sweep.within must be from 0 to below 0.5"),
            ((0.0..=1.0).contains(&self.sweep.warm_share), "sweep.warm_share must be from 0 to 1"),
            ((100..=100_000).contains(&self.sweep.replicates), "sweep.replicates must be from 100 to 100000"),
        ];
        if let Some((_, message)) = rules.iter().find(|(holds, _)| !holds) {
            return Err((*message).to_owned());
        }
        Timetable::new(&self.hours).map_err(|m| format!("hours.{m}"))?;
        for side in [Side::Source, Side::Destination, Side::Host] {
            self.lines.of(side).check().map_err(|m| format!("lines.{side}.{m}"))?;
        }
        Ok(())
    }

    /// The compiled-in numbers, for tests and benches that drive the dispatcher without settings.
    #[doc(hidden)]
    pub fn for_tests() -> Self {
        let profile: toml::Table =
            include_str!("../../tuning/profiles/default.toml").parse().expect("the default profile parses");
        let law = profile.get("law").cloned().expect("the default profile has a law");
        // The ceiling is one server's cap, not a property of the law.
        let policy = Self { max_workers: 64, ..law.try_into().expect("the default law is complete") };
        policy.check().expect("default policy is consistent");
        policy
    }
}

impl SideLines {
    fn check(&self) -> Result<(), &'static str> {
        let share = 0.0..=1.0;
        let rules = [
            (share.contains(&self.cpu_soft), "cpu_soft must be from 0 to 1"),
            (self.cpu_soft > 0.0, "cpu_soft must be above 0"),
            (self.cpu_critical > self.cpu_soft, "cpu_critical must be above cpu_soft"),
            (self.disk_utilisation_soft > 0.0, "disk_utilisation_soft must be above 0"),
            (
                self.disk_utilisation_critical > self.disk_utilisation_soft,
                "disk_utilisation_critical must be above disk_utilisation_soft",
            ),
            (self.disk_await_soft > 1.0, "disk_await_soft must be above 1"),
            (
                self.disk_await_critical > self.disk_await_soft,
                "disk_await_critical must be above disk_await_soft",
            ),
            (self.disk_await_floor_ms > 0.0, "disk_await_floor_ms must be above 0"),
            ((0.0..0.9).contains(&self.memory_reserve_share), "memory_reserve_share must be from 0 to 0.9"),
            (self.swap_in_soft_bytes_per_s > 0.0, "swap_in_soft_bytes_per_s must be above 0"),
            (self.network_soft > 0.0, "network_soft must be above 0"),
            (self.network_critical > self.network_soft, "network_critical must be above network_soft"),
            (self.response_soft_ms > 0.0, "response_soft_ms must be above 0"),
            (
                self.response_critical_ms > self.response_soft_ms,
                "response_critical_ms must be above response_soft_ms",
            ),
            (share.contains(&self.space_soft), "space_soft must be from 0 to 1"),
            (self.space_critical < self.space_soft, "space_critical must be below space_soft"),
        ];
        rules.iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, message)| Err(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_policy_parses_and_survives_a_round_trip() {
        let policy = Policy::for_tests();
        let text = toml::to_string(&policy).unwrap();
        assert_eq!(toml::from_str::<Policy>(&text).unwrap(), policy);
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let text =
            format!("{}\n[lines.moon]\ncpu_soft = 0.5\n", toml::to_string(&Policy::for_tests()).unwrap());
        assert!(toml::from_str::<Policy>(&text).is_err());
    }

    #[test]
    fn contradictions_are_named() {
        let mut policy = Policy::for_tests();
        policy.lines.source.cpu_critical = 0.5;
        assert_eq!(policy.check().unwrap_err(), "lines.source.cpu_critical must be above cpu_soft");
        let mut policy = Policy::for_tests();
        policy.max_workers = 0;
        assert!(policy.check().unwrap_err().starts_with("max_workers"));
    }
}
