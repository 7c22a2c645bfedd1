//! What the machines say: samples become gauges, each held against its line (law 6.3).

use std::collections::BTreeMap;

use super::{
    decision::{Measure, Resource},
    planted::{Fault, planted},
    policy::{Guard, Policy, SideLines},
    sample::{Disk, Sample, Side},
    stats::{Ewma, ForgettingLine, Moments, Trailing},
};

/// Samples wanted on both sides of a step before its cost is believed.
const LEAST_SAMPLES: u32 = 3;
/// Points a machine must be busier at the same limit for a load that is not ours to be named.
const RISE_POINTS: f64 = 10.0;
/// Points over the soft line the minute's mean must be for the time to count as over (law 7.4).
const OVER_POINTS: f64 = 2.0;

/// One measure of one machine.
#[derive(Clone, Debug)]
pub(super) struct Gauge {
    pub(super) side: Side,
    pub(super) measure: Measure,
    fast: Ewma,
    slow: Ewma,
    minute: Trailing,
    pub(super) soft: f64,
    pub(super) critical: Option<f64>,
    pub(super) background: Option<f64>,
    step: Option<f64>,
    level: Moments,
    before: Option<(f64, f64)>,
    /// Level when the present limit was last measured.
    accepted: Option<f64>,
    slope: ForgettingLine,
    critical_run: u32,
    newest: f64,
    /// The smaller of the last two readings: what one odd reading cannot raise.
    pub(super) sure: f64,
    pub(super) over_s: f64,
    rest: Moments,
}

impl Gauge {
    fn new(side: Side, measure: Measure, policy: &Policy) -> Self {
        let minute = policy.timing.slow_s;
        Self {
            side,
            measure,
            fast: Ewma::new(policy.timing.fast_s),
            slow: Ewma::new(policy.timing.slow_s),
            minute: Trailing::new(minute),
            soft: 1.0,
            critical: None,
            background: None,
            step: None,
            level: Moments::default(),
            before: None,
            accepted: None,
            slope: ForgettingLine::new(policy.guard.slope_s),
            critical_run: 0,
            newest: 0.0,
            sure: 0.0,
            over_s: 0.0,
            rest: Moments::default(),
        }
    }

    /// One hundredth of a share, or its like on another scale.
    pub(super) fn point(&self) -> f64 {
        match self.measure {
            Measure::WriteAwait | Measure::ReadAwait | Measure::SwapIn | Measure::AnswerTime => {
                self.soft / 80.0
            }
            _ => 0.01,
        }
    }

    pub(super) fn fast(&self) -> f64 {
        self.fast.get().unwrap_or(0.0)
    }

    pub(super) fn slow(&self) -> f64 {
        self.slow.get().unwrap_or(0.0)
    }

    /// Mean of the last minute.
    pub(super) fn minute(&self) -> f64 {
        self.minute.mean().unwrap_or(0.0)
    }

    /// The larger average: what is held against the line.
    pub(super) fn value(&self) -> f64 {
        self.fast().max(self.slow())
    }

    pub(super) fn score(&self) -> f64 {
        self.value() / self.soft
    }

    /// How much busier the machine is than when the present limit was measured, if that is more than the mail's
    /// own ups and downs.
    pub(super) fn rise(&self) -> Option<f64> {
        self.accepted.map(|level| self.value() - level).filter(|rise| *rise > RISE_POINTS * self.point())
    }

    /// Where the slow value is heading.
    pub(super) fn ahead(&self, look_s: f64, slow_s: f64) -> f64 {
        self.slow() + (self.fast() - self.slow()) * look_s / (slow_s + look_s)
    }

    /// What one worker costs, by the dearest of three estimates; workers at least 1.
    pub(super) fn marginal(&self, workers: u32, work: f64) -> f64 {
        if !self.predictable() {
            return 0.0;
        }
        let n = f64::from(workers.max(1));
        let average = ((self.slow() - self.background.unwrap_or(0.0)) / n).max(0.0);
        let late = self.slope.slope(0.1).map_or(0.0, |s| (s * work / n).clamp(0.0, 2.0 * average));
        let step = self.step.unwrap_or(average);
        if self.is_wait() {
            return step.max(late).max(queueing(self.value(), n));
        }
        // Shares add up: one more costs at most what the others cost in the mean.
        step.min(average).max(late).max(average / 2.0)
    }

    /// Mean since the last change settled.
    pub(super) fn level(&self) -> Option<f64> {
        self.level.mean_of(1)
    }

    /// Whether one more worker's effect can be told beforehand.
    const fn predictable(&self) -> bool {
        !matches!(self.measure, Measure::SwapIn | Measure::AnswerTime | Measure::SpaceUsed)
    }

    /// Whether the critical line was crossed by so many readings in a row that it is believed. Readings, not
    /// averages: an average needs half a minute to get there, and the minute is then lost. Answers are rarer
    /// and mean more, so two of them do.
    pub(super) const fn critical(&self, samples: u32) -> bool {
        let wanted = if matches!(self.measure, Measure::AnswerTime) { 2 } else { samples };
        self.critical_run >= wanted
    }

    /// Whether it is a wait, a multiple of what was usual in the first minute.
    pub(super) const fn is_wait(&self) -> bool {
        matches!(self.measure, Measure::WriteAwait | Measure::ReadAwait)
    }

    /// Whether parking a worker helps.
    pub(super) const fn sheds(&self) -> bool {
        !matches!(self.measure, Measure::SpaceUsed)
    }

    /// Whether load of this kind goes only when a mailbox ends.
    pub(super) const fn drains(&self) -> bool {
        matches!(self.measure, Measure::MemoryUsed)
    }

    fn take(&mut self, value: f64, dt_s: f64, work: f64, at_rest: bool, migrating: bool) {
        self.fast.add(value, dt_s);
        self.slow.add(value, dt_s);
        self.minute.add(value, dt_s);
        self.level.add(value);
        self.sure = value.min(self.newest);
        self.newest = value;
        if at_rest {
            self.rest.add(value);
            self.background = self.rest.mean_of(1);
        } else {
            self.slope.add(work, value, dt_s);
        }
        let over = self.critical.is_some_and(|c| value > c);
        self.critical_run = if over { self.critical_run + 1 } else { 0 };
        if migrating
            && self.measure != Measure::SpaceUsed
            && self.minute() > self.soft + OVER_POINTS * self.point()
        {
            self.over_s += dt_s;
        }
    }
}

/// One machine as last seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Machine {
    pub(super) last_s: Option<f64>,
    fresh_since_s: f64,
    pub(super) seen_s: f64,
    pub(super) memory: Option<(u64, u64)>,
    pub(super) space_low: bool,
    /// Waits at rest, with one worker and with two.
    waits: BTreeMap<(String, bool), [Moments; 3]>,
    answers: Moments,
    failed_answers: u32,
    unread: bool,
}

/// What kind of load a side was under while a sample was taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    /// Workers running.
    pub(super) running: u32,
    /// Work rate of the last minute.
    pub(super) work: f64,
    /// Whether the first mailbox has been started.
    pub(super) migrating: bool,
    /// Whether there were never more than two workers: what is usual is learned now.
    pub(super) early: bool,
    /// Whether the last change of the limit has taken effect.
    pub(super) settled: bool,
}

/// All gauges of all machines.
#[derive(Clone, Debug, Default)]
pub(super) struct Signals {
    pub(super) machines: BTreeMap<Side, Machine>,
    pub(super) gauges: BTreeMap<(Side, Measure), Gauge>,
}

impl Signals {
    pub(super) fn sample(&mut self, now: f64, sample: &Sample, load: Load, policy: &Policy) {
        let lines = policy.lines.of(sample.side);
        let machine = self.machines.entry(sample.side).or_default();
        let gap = machine.last_s.map(|last| now - last);
        // Rates hold for the span between two readings, but never for longer than since the last one.
        let span = sample.span.as_secs_f64();
        let dt = gap.map_or(span, |g| if span > 0.0 { span.min(g.max(0.1)) } else { g }).clamp(0.1, 60.0);
        let busy = sample.cpu.map(|c| c.busy).filter(|b| (-0.01..=1.01).contains(b));
        machine.unread = busy.is_none();
        if busy.is_some() {
            if gap.is_none_or(|g| g > policy.timing.degraded_s) {
                machine.fresh_since_s = now;
            }
            machine.last_s = Some(now);
            if load.migrating {
                machine.seen_s += gap.map_or(dt, |g| g.min(policy.timing.stale_s));
            }
        }
        let mut readings: Vec<(Measure, f64, f64, Option<f64>)> = Vec::with_capacity(8);
        if let Some(busy) = busy {
            readings.push((Measure::CpuBusy, busy.clamp(0.0, 1.0), lines.cpu_soft, Some(lines.cpu_critical)));
        }
        disks(machine, &sample.disks, load, lines, &mut readings);
        machine.memory = sample.memory.map(|m| (m.total_bytes, m.available_bytes));
        if let Some(memory) = sample.memory.filter(|m| m.total_bytes > 0) {
            let total = memory.total_bytes as f64;
            let reserve = reserve_bytes(memory.total_bytes, lines) as f64 / total;
            let used = 1.0 - (memory.available_bytes as f64 / total).clamp(0.0, 1.0);
            readings.push((Measure::MemoryUsed, used, 1.0 - reserve, Some(1.0 - reserve / 2.0)));
            let most = lines.swap_in_soft_bytes_per_s * 4.0;
            readings.push((
                Measure::SwapIn,
                memory.swap_in_bytes_per_s.clamp(0.0, most),
                lines.swap_in_soft_bytes_per_s,
                None,
            ));
        }
        if let Some((network, link)) =
            sample.network.and_then(|n| n.link_bytes_per_s.map(|l| (n, l))).filter(|(_, l)| *l > 0.0)
        {
            let share = network.receive_bytes_per_s.max(network.transmit_bytes_per_s) / link;
            readings.push((
                Measure::NetworkShare,
                share.clamp(0.0, 1.1),
                lines.network_soft,
                Some(lines.network_critical),
            ));
        }
        let fullest = sample
            .volumes
            .iter()
            .filter(|v| v.total_bytes > 0)
            .map(|v| v.free_bytes as f64 / v.total_bytes as f64)
            .min_by(f64::total_cmp);
        if let Some(free) = fullest {
            machine.space_low = free < lines.space_critical;
            readings.push((
                Measure::SpaceUsed,
                1.0 - free,
                1.0 - lines.space_soft,
                Some(1.0 - lines.space_critical),
            ));
        }
        for (measure, value, soft, critical) in readings {
            let gauge = self
                .gauges
                .entry((sample.side, measure))
                .or_insert_with(|| Gauge::new(sample.side, measure, policy));
            gauge.soft = soft;
            gauge.critical = critical;
            gauge.take(value, dt, load.work, load.running == 0 && !load.migrating, load.migrating);
        }
    }

    /// A server answered a request for nothing, or did not.
    pub(super) fn response(&mut self, side: Side, millis: Option<f64>, load: Load, policy: &Policy) {
        let lines = policy.lines.of(side);
        let machine = self.machines.entry(side).or_default();
        machine.failed_answers = if millis.is_some() { 0 } else { machine.failed_answers + 1 };
        if let (Some(millis), true) = (millis, load.early) {
            machine.answers.add(millis);
        }
        let start = machine.answers.mean_of(1).unwrap_or(0.0);
        let soft = (start * lines.response_soft_ratio)
            .max(lines.response_soft_ms)
            .min(lines.response_critical_ms * 0.99);
        // One missing answer is as bad as the soft line allows; two in a row are critical.
        let value = match (millis, machine.failed_answers) {
            (Some(ms), _) => ms.clamp(0.0, lines.response_critical_ms * 1.5),
            (None, 1) => soft,
            (None, _) => lines.response_critical_ms * 1.5,
        };
        let measure = Measure::AnswerTime;
        let gauge = self.gauges.entry((side, measure)).or_insert_with(|| Gauge::new(side, measure, policy));
        gauge.soft = soft;
        gauge.critical = Some(lines.response_critical_ms);
        gauge.take(value, 15.0, load.work, load.running == 0 && !load.migrating, load.migrating);
    }

    /// Sides that must be fresh: those required, and any that ever spoke.
    pub(super) fn watched<'a>(&'a self, policy: &'a Policy) -> impl Iterator<Item = Side> + 'a {
        [Side::Source, Side::Destination, Side::Host].into_iter().filter(|side| {
            policy.required_sides.contains(side)
                || self.machines.get(side).is_some_and(|m| m.last_s.is_some())
        })
    }

    /// The side seen longest ago with the age of its sample, `None` for never.
    pub(super) fn oldest(&self, now: f64, policy: &Policy) -> Option<(Side, Option<f64>)> {
        self.watched(policy)
            .map(|side| {
                (side, self.machines.get(&side).and_then(|m| m.last_s).map(|last| (now - last).max(0.0)))
            })
            .max_by(|a, b| a.1.unwrap_or(f64::MAX).total_cmp(&b.1.unwrap_or(f64::MAX)))
    }

    /// A side whose samples are too new, too old or unreadable to grow on.
    pub(super) fn unfit(&self, now: f64, policy: &Policy) -> Option<(Side, Option<f64>)> {
        self.watched(policy).find_map(|side| {
            let Some(machine) = self.machines.get(&side) else { return Some((side, None)) };
            let Some(last) = machine.last_s else { return Some((side, None)) };
            let age = now - last;
            let unfit = (age > policy.timing.stale_s && !planted(Fault::StaleAccepted))
                || machine.unread
                || machine.memory.is_none()
                || now - machine.fresh_since_s < policy.timing.fresh_s;
            unfit.then_some((side, Some(age)))
        })
    }

    /// The gauge with the highest score.
    pub(super) fn tightest(&self) -> Option<&Gauge> {
        self.gauges.values().max_by(|a, b| a.score().total_cmp(&b.score()))
    }

    /// Whether every server tells how long its disks' requests wait.
    pub(super) fn disks_are_told(&self) -> bool {
        [(Side::Source, Measure::ReadAwait), (Side::Destination, Measure::WriteAwait)]
            .iter()
            .all(|key| self.gauges.contains_key(key))
    }

    /// Every fast value below `share` of its line.
    pub(super) fn green(&self, share: f64) -> bool {
        self.gauges.values().all(|g| {
            g.measure == Measure::SpaceUsed || g.measure == Measure::MemoryUsed || g.fast() < share * g.soft
        })
    }

    /// Remembers the level before a change of the limit by `delta`, to learn what a worker costs.
    pub(super) fn mark(&mut self, delta: f64) {
        for gauge in self.gauges.values_mut() {
            gauge.accepted = None;
            gauge.before = gauge.level.mean_of(LEAST_SAMPLES).map(|mean| (mean, delta));
            gauge.level = Moments::default();
        }
    }

    /// The change has settled: levels from here on belong to the new limit.
    pub(super) fn settled(&mut self) {
        for gauge in self.gauges.values_mut() {
            gauge.level = Moments::default();
        }
    }

    /// The change was measured long enough: what did a worker cost?
    pub(super) fn learn(&mut self, guard: &Guard) {
        for gauge in self.gauges.values_mut() {
            let (Some((before, delta)), Some(after)) = (gauge.before, gauge.level.mean_of(LEAST_SAMPLES))
            else {
                continue;
            };
            gauge.before = None;
            gauge.accepted = Some(after);
            let cost = ((after - before) / delta).max(0.0);
            let weight = guard.marginal_weight;
            gauge.step = Some(gauge.step.map_or(cost, |old| old * (1.0 - weight) + cost * weight));
        }
    }

    pub(super) fn clear_critical(&mut self) {
        for gauge in self.gauges.values_mut() {
            gauge.critical_run = 0;
        }
    }

    /// Time over a line by side and resource: the worst measure of each.
    pub(super) fn over(&self) -> BTreeMap<(Side, Resource), f64> {
        let mut over = BTreeMap::new();
        for gauge in self.gauges.values().filter(|g| g.measure != Measure::SpaceUsed) {
            let entry: &mut f64 = over.entry((gauge.side, gauge.measure.resource())).or_default();
            *entry = entry.max(gauge.over_s);
        }
        over
    }
}

/// What one more worker adds to a wait that `n` have raised to `value` times that of few: the wait of a queue
/// is 1 / (1 - use), and use grows with the workers. Waits bend upwards, so a straight line comes too late.
fn queueing(value: f64, n: f64) -> f64 {
    let used = 1.0 - 1.0 / value.max(1.0);
    let next = (used * (n + 1.0) / n).min(0.95);
    1.0 / (1.0 - next) - value.max(1.0)
}

/// Bytes that must stay available.
pub(super) fn reserve_bytes(total: u64, lines: &SideLines) -> u64 {
    let share = (total as f64 * lines.memory_reserve_share) as u64;
    // A small machine cannot promise more than half of itself.
    share.max(lines.memory_reserve_bytes).min(total / 2)
}

/// Reads the disks: the busiest spindle, and the worst waits as multiples of their value with few workers.
fn disks(
    machine: &mut Machine,
    disks: &[Disk],
    load: Load,
    lines: &SideLines,
    out: &mut Vec<(Measure, f64, f64, Option<f64>)>,
) {
    let busiest =
        disks.iter().filter(|d| d.rotational == Some(true)).map(|d| d.utilisation).max_by(f64::total_cmp);
    if let Some(busiest) = busiest {
        out.push((
            Measure::DiskUtilisation,
            busiest.clamp(0.0, 1.0),
            lines.disk_utilisation_soft,
            Some(lines.disk_utilisation_critical),
        ));
    }
    for (measure, writes) in [(Measure::WriteAwait, true), (Measure::ReadAwait, false)] {
        let mut worst: Option<f64> = None;
        for disk in disks {
            let (wait, rate) = if writes {
                (disk.write_await_ms, disk.writes_per_s)
            } else {
                (disk.read_await_ms, disk.reads_per_s)
            };
            let ratio = match wait.filter(|w| *w >= 0.0) {
                Some(wait) => {
                    let wait = wait.max(lines.disk_await_floor_ms);
                    let usual = machine.waits.entry((disk.device.clone(), writes)).or_default();
                    // A worker that still signs in writes nothing: its disk is no measure of one worker.
                    if load.early && (load.settled || load.running == 0) {
                        usual[load.running.min(2) as usize].add(wait);
                    }
                    let [rest, one, two] = usual.each_ref().map(|waits| waits.mean_of(1));
                    let usual = one.zip(two).map(|(a, b)| f64::midpoint(a, b)).or(one).or(two).or(rest);
                    wait / usual.unwrap_or(lines.disk_await_floor_ms)
                }
                // Nothing completed: idle, unless the device is busy with something that never ends.
                None if rate > 0.0 || disk.utilisation > 0.5 => continue,
                None => 1.0,
            };
            worst = Some(worst.map_or(ratio, |w| w.max(ratio)));
        }
        if let Some(worst) = worst {
            // One sample far out must not carry the fast average over the critical line by itself.
            let most = lines.disk_await_critical * 1.25;
            out.push((measure, worst.min(most), lines.disk_await_soft, Some(lines.disk_await_critical)));
        }
    }
}
