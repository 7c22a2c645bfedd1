//! A scenario: two servers, their mailboxes, their weather and what must hold, as one TOML text says it.
//!
//! Every key has a default that describes a decent pair of servers, so a scenario says only what is special
//! about it. Unknown keys are refused. `tests/scenarios/README.md` tells the format to a stranger.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Everything about one made-up migration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Short name, the first column of the table.
    pub title: String,
    /// One sentence: what is special about it.
    pub what: String,
    /// Local hour at which the migration starts, 0 to 24.
    #[serde(default = "evening")]
    pub start_hour: f64,
    /// Hours after which a run is given up.
    #[serde(default = "two_days")]
    pub most_hours: f64,
    /// The mailboxes.
    #[serde(default)]
    pub accounts: Accounts,
    /// What a transfer waits for besides machines.
    #[serde(default)]
    pub transfer: Transfer,
    /// The server mailboxes are read from.
    #[serde(default)]
    pub source: Machine,
    /// The server mailboxes are written to.
    #[serde(default)]
    pub destination: Machine,
    /// What is seen of them.
    #[serde(default)]
    pub instruments: Instruments,
    /// Most workers the law may use.
    #[serde(default = "sixty_four")]
    pub max_workers: u32,
    /// What the bench runs.
    #[serde(default)]
    pub bench: Bench,
    /// What must hold, by name of the law; means over the seeds of the smoke set.
    #[serde(default)]
    pub expect: BTreeMap<String, Expect>,
}

const fn evening() -> f64 {
    20.0
}

const fn two_days() -> f64 {
    72.0
}

const fn sixty_four() -> u32 {
    64
}

/// The mailboxes.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Accounts {
    /// How many.
    pub count: u32,
    /// Share with nothing in them, 0 to 1.
    pub empty_share: f64,
    /// Median size of the others, MB (10^6 bytes).
    pub median_mb: f64,
    /// Spread of sizes (standard deviation of the logarithm).
    pub sigma: f64,
    /// Largest mailbox, MB.
    pub most_mb: f64,
    /// One mailbox gets this size, MB; 0 for none.
    pub giant_mb: f64,
    /// Median over mailboxes of the mean item size, kB.
    pub item_kb: f64,
    /// Spread of it.
    pub item_sigma: f64,
    /// Seconds to open a mailbox alone, from.
    pub setup_from_s: f64,
    /// To.
    pub setup_to_s: f64,
    /// Share of attempts that fail half way and are tried again, 0 to 1.
    pub failing_share: f64,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            count: 6000,
            empty_share: 0.3,
            median_mb: 25.0,
            sigma: 1.8,
            most_mb: 6000.0,
            giant_mb: 0.0,
            item_kb: 80.0,
            item_sigma: 0.6,
            setup_from_s: 3.0,
            setup_to_s: 6.0,
            failing_share: 0.0,
        }
    }
}

/// What a transfer waits for besides processors and disks.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Transfer {
    /// Milliseconds an item waits for nothing in particular (round trips, group commits).
    pub item_wait_ms: f64,
    /// Milliseconds an item holds locks that others want too.
    pub item_lock_ms: f64,
    /// Contention of those locks (alpha of the universal scalability law), 0 to 1.
    pub lock_alpha: f64,
    /// Their coherence cost (beta of the same law).
    pub lock_beta: f64,
    /// From this hour of the run on, other values of alpha and beta hold.
    pub lock_shift: Option<LockShift>,
    /// Speed of the link between the servers, Mbit/s.
    pub link_mbit: f64,
    /// Transfers the destination serves at once; 0 for no such cap.
    pub cap: u32,
    /// Whether transfers beyond the cap are refused (503) rather than silently stalled.
    pub cap_refuses: bool,
}

impl Default for Transfer {
    fn default() -> Self {
        Self {
            item_wait_ms: 3.0,
            item_lock_ms: 0.0,
            lock_alpha: 0.0,
            lock_beta: 0.0,
            lock_shift: None,
            link_mbit: 10_000.0,
            cap: 0,
            cap_refuses: false,
        }
    }
}

/// Locks that behave differently later.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockShift {
    /// Hours after the start.
    pub at_h: f64,
    /// Contention from then on.
    pub alpha: f64,
    /// Coherence cost from then on.
    pub beta: f64,
}

/// One server.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Machine {
    /// Processors.
    pub cores: u32,
    /// Core milliseconds to open a mailbox (part of the opening time).
    pub setup_cpu_ms: f64,
    /// Core milliseconds per item.
    pub item_cpu_ms: f64,
    /// Core milliseconds per MB.
    pub mb_cpu_ms: f64,
    /// MB/s of the disk.
    pub disk_mb_per_s: f64,
    /// Requests per second of the disk.
    pub disk_iops: f64,
    /// Disk requests per item.
    pub item_ops: f64,
    /// How many times the bytes go to or come from the disk.
    pub disk_factor: f64,
    /// Whether the disk is a spindle.
    pub rotational: bool,
    /// Share of the disk's speed each further worker costs (seeks), 0 to 1.
    pub seek_loss: f64,
    /// MB that a write cache takes at full speed; 0 for no such cliff.
    pub cache_mb: f64,
    /// Share of its speed the disk keeps once the cache is full.
    pub cache_slow: f64,
    /// Milliseconds of one disk request alone.
    pub await_ms: f64,
    /// GB of memory.
    pub memory_gb: f64,
    /// GB in use at rest.
    pub memory_base_gb: f64,
    /// MB a worker takes, median.
    pub worker_mb: f64,
    /// Spread of it.
    pub worker_sigma: f64,
    /// MB of memory lost for good every hour while mailboxes are moved.
    pub leak_mb_per_h: f64,
    /// Milliseconds the server takes to answer when asked for nothing.
    pub answer_ms: f64,
    /// Core milliseconds of indexing per item, after the mailbox has ended.
    pub index_item_cpu_ms: f64,
    /// Core milliseconds of indexing per MB.
    pub index_mb_cpu_ms: f64,
    /// Seconds between a mailbox's end and the start of its indexing.
    pub index_delay_s: f64,
    /// Threads that index.
    pub index_threads: u32,
    /// Load that is not ours.
    pub background: Vec<Load>,
    /// Slow random variation of it (standard deviation), share of the processors.
    pub wander_cpu: f64,
    /// The same, share of the disk.
    pub wander_disk: f64,
    /// Later changes of speed.
    pub shift: Vec<Shift>,
}

impl Default for Machine {
    fn default() -> Self {
        Self {
            cores: 16,
            setup_cpu_ms: 300.0,
            item_cpu_ms: 1.0,
            mb_cpu_ms: 10.0,
            disk_mb_per_s: 400.0,
            disk_iops: 8000.0,
            item_ops: 1.0,
            disk_factor: 1.0,
            rotational: false,
            seek_loss: 0.0,
            cache_mb: 0.0,
            cache_slow: 1.0,
            await_ms: 2.0,
            memory_gb: 32.0,
            memory_base_gb: 8.0,
            worker_mb: 40.0,
            worker_sigma: 0.4,
            leak_mb_per_h: 0.0,
            answer_ms: 15.0,
            index_item_cpu_ms: 0.0,
            index_mb_cpu_ms: 0.0,
            index_delay_s: 5.0,
            index_threads: 4,
            background: vec![Load { cpu: 0.05, disk: 0.03, ..Load::default() }],
            wander_cpu: 0.01,
            wander_disk: 0.01,
            shift: Vec::new(),
        }
    }
}

/// Load that is not ours: always, at certain hours of the day, or again and again.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Load {
    /// Share of all processors, 0 to 1.
    pub cpu: f64,
    /// Share of the disk, 0 to 1.
    pub disk: f64,
    /// Share of all processors the hypervisor takes, 0 to 1.
    pub steal: f64,
    /// Hour of the day it begins; with `to_hour`.
    pub from_hour: Option<f64>,
    /// Hour of the day it ends; smaller than `from_hour` runs over midnight.
    pub to_hour: Option<f64>,
    /// It comes every so many minutes; with `for_min`.
    pub every_min: Option<f64>,
    /// It lasts so many minutes.
    pub for_min: Option<f64>,
}

/// A machine that becomes faster or slower.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// Hours after the start.
    pub at_h: f64,
    /// Speed of its processors from then on, as a multiple of the speed at the start.
    #[serde(default = "one")]
    pub cpu: f64,
    /// Speed of its disk.
    #[serde(default = "one")]
    pub disk: f64,
}

const fn one() -> f64 {
    1.0
}

/// What is seen of the machines.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Instruments {
    /// Relative noise of every reading (standard deviation).
    pub noise: f64,
    /// Seconds a sample is late.
    pub delay_s: f64,
    /// Share of samples that never come, 0 to 1.
    pub loss: f64,
    /// Share of samples spoilt by a counter reset, 0 to 1.
    pub resets: f64,
    /// Whether disk waits can be read.
    pub disk_wait: bool,
    /// Whether pressure stall shares can be read.
    pub pressure: bool,
    /// Times without samples.
    pub blind: Vec<Blind>,
}

impl Default for Instruments {
    fn default() -> Self {
        Self {
            noise: 0.02,
            delay_s: 0.0,
            loss: 0.002,
            resets: 0.0005,
            disk_wait: true,
            pressure: true,
            blind: Vec::new(),
        }
    }
}

/// A time without samples.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blind {
    /// `source`, `destination` or `both`.
    pub side: String,
    /// Minutes after the start.
    pub at_min: f64,
    /// Minutes.
    pub for_min: f64,
}

/// What the bench runs, where it differs from the usual.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bench {
    /// Fixed numbers of workers to compare with; empty for the usual grid.
    pub fixed: Vec<u32>,
    /// Where the best fixed number lies, roughly: tried first, and the smoke set tries only its neighbours.
    pub near: u32,
    /// Laws compared; empty for all.
    pub laws: Vec<String>,
    /// Most seeds worth running; 0 for as many as asked.
    pub most_seeds: u32,
    /// Whether the smoke set of the ordinary tests includes it.
    pub smoke: bool,
}

/// Ranges. Each may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expect {
    /// Mean makespan relative to the best lawful fixed number, at most.
    pub relative_most: Option<f64>,
    /// Percent of the time over a line by our own doing, at most.
    pub over_self_most: Option<f64>,
    /// Percent of the time over a line for other reasons, at most.
    pub over_imposed_most: Option<f64>,
    /// Changes of the limit an hour, at most.
    pub changes_most: Option<f64>,
    /// Percent of refusals that name the true limit, at least.
    pub named_least: Option<f64>,
    /// Workers the law must reach at some time.
    pub workers_least: Option<u32>,
    /// Workers it must never exceed.
    pub workers_most: Option<u32>,
}

impl Scenario {
    /// Reads a scenario. The message names the key.
    pub fn read(text: &str) -> Result<Self, String> {
        let scenario: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        scenario.check()?;
        Ok(scenario)
    }

    fn check(&self) -> Result<(), String> {
        let share = |x: f64| (0.0..=1.0).contains(&x);
        let a = &self.accounts;
        let mut rules = vec![
            (a.count >= 1, "accounts.count must be at least 1"),
            (share(a.empty_share), "accounts.empty_share must be from 0 to 1"),
            (a.median_mb > 0.0, "accounts.median_mb must be above 0"),
            (a.item_kb > 0.0, "accounts.item_kb must be above 0"),
            (
                a.setup_from_s > 0.0 && a.setup_to_s >= a.setup_from_s,
                "accounts.setup_from_s and setup_to_s must be above 0 and in order",
            ),
            (a.failing_share < 0.9, "accounts.failing_share must be below 0.9"),
            (self.transfer.link_mbit > 0.0, "transfer.link_mbit must be above 0"),
            (self.max_workers >= 1, "max_workers must be at least 1"),
            (share(self.instruments.loss), "instruments.loss must be from 0 to 1"),
        ];
        for m in [&self.source, &self.destination] {
            rules.extend([
                (m.cores >= 1, "cores must be at least 1"),
                (m.disk_mb_per_s > 0.0 && m.disk_iops > 0.0, "disk_mb_per_s and disk_iops must be above 0"),
                (m.await_ms > 0.0, "await_ms must be above 0"),
                (m.memory_gb > m.memory_base_gb, "memory_gb must be above memory_base_gb"),
                (m.index_threads >= 1, "index_threads must be at least 1"),
                (m.cache_slow > 0.0 && m.cache_slow <= 1.0, "cache_slow must be above 0 and at most 1"),
                (
                    m.background.iter().all(|l| share(l.cpu) && share(l.disk) && share(l.steal)),
                    "a share of background load must be from 0 to 1",
                ),
                (
                    m.background.iter().all(|l| l.from_hour.is_some() == l.to_hour.is_some()),
                    "from_hour and to_hour come together",
                ),
                (
                    m.background.iter().all(|l| l.every_min.is_some() == l.for_min.is_some()),
                    "every_min and for_min come together",
                ),
                (m.shift.iter().all(|s| s.cpu > 0.0 && s.disk > 0.0), "shift speeds must be above 0"),
            ]);
        }
        let sides = ["source", "destination", "both"];
        rules.push((
            self.instruments.blind.iter().all(|b| sides.contains(&b.side.as_str())),
            "instruments.blind.side is source, destination or both",
        ));
        rules.iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, message)| Err((*message).to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_and_a_sentence_are_a_scenario() {
        let scenario = Scenario::read("title = \"plain\"\nwhat = \"nothing special\"").unwrap();
        assert_eq!((scenario.accounts.count, scenario.destination.cores), (6000, 16));
    }

    #[test]
    fn unknown_keys_and_contradictions_are_refused() {
        let base = "title = \"x\"\nwhat = \"y\"\n";
        for (wrong, word) in [
            ("colour = 3", "colour"),
            ("[accounts]\nmedain_mb = 3", "medain_mb"),
            ("[destination]\ncores = 0", "cores"),
            ("[[destination.background]]\ncpu = 0.3\nfrom_hour = 2", "to_hour"),
            ("[[instruments.blind]]\nside = \"left\"\nat_min = 1\nfor_min = 1", "side"),
        ] {
            let error = Scenario::read(&format!("{base}{wrong}")).unwrap_err();
            assert!(error.contains(word), "{wrong}: {error}");
        }
    }
}
