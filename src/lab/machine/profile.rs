//! The hardware a lab server pretends to have, as a TOML text says it.

use serde::{Deserialize, Serialize};

/// Load that is not ours, at certain hours of the (modelled) day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Background {
    /// Hour of the day it begins, 0 to 24, fractions allowed.
    pub from: f64,
    /// Hour of the day it ends; smaller than `from` runs over midnight.
    pub to: f64,
    /// Share of all cores, 0 to 1.
    #[serde(default)]
    pub cpu: f64,
    /// Share of the disk, 0 to 1.
    #[serde(default)]
    pub disk: f64,
}

/// Load that is not ours, at a certain time after the start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Burst {
    /// Modelled seconds after the server's start.
    pub at_s: f64,
    /// Modelled seconds it lasts.
    pub for_s: f64,
    /// Share of all cores, 0 to 1.
    #[serde(default)]
    pub cpu: f64,
    /// Share of the disk, 0 to 1.
    #[serde(default)]
    pub disk: f64,
}

/// A machine. Seconds are modelled seconds on one core; MB are 10^6 bytes of tar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// Nothing costs anything; the rest is then only shown in `/proc`.
    pub unlimited: bool,
    /// CPU cores.
    pub cores: u32,
    /// Core seconds per HTTP request.
    pub request_cpu_s: f64,
    /// Core seconds per exported item.
    pub export_item_cpu_s: f64,
    /// Core seconds per exported MB as tar.
    pub export_tar_mb_cpu_s: f64,
    /// Core seconds per exported MB as tgz.
    pub export_tgz_mb_cpu_s: f64,
    /// Core seconds per imported item.
    pub import_item_cpu_s: f64,
    /// Seconds an imported item waits for what is not modelled (database, locks, other servers).
    pub import_item_wait_s: f64,
    /// Core seconds per imported MB.
    pub import_mb_cpu_s: f64,
    /// Core seconds of indexing per imported item, after the answer.
    pub index_item_cpu_s: f64,
    /// Core seconds of indexing per imported MB, after the answer.
    pub index_mb_cpu_s: f64,
    /// Threads that index.
    pub index_threads: u32,
    /// Seconds between an import's answer and the start of its indexing.
    pub index_delay_s: f64,
    /// MB/s the disk writes.
    pub disk_write_mb_per_s: f64,
    /// MB/s the disk reads.
    pub disk_read_mb_per_s: f64,
    /// Operations per second the disk does.
    pub disk_iops: f64,
    /// Milliseconds until a write is safe; mailboxes that ask within one share it.
    pub fsync_ms: f64,
    /// How many times the bytes of an import are written (blob and redo log: 2).
    pub write_factor: f64,
    /// Disk operations per imported item.
    pub import_item_ops: f64,
    /// Disk operations per exported item.
    pub export_item_ops: f64,
    /// MB of memory.
    pub memory_mb: f64,
    /// MB in use with no transfer going on.
    pub memory_base_mb: f64,
    /// MB per export going on.
    pub export_memory_mb: f64,
    /// MB per import going on.
    pub import_memory_mb: f64,
    /// MB of swap space.
    pub swap_mb: f64,
    /// MB/s each way.
    pub network_mb_per_s: f64,
    /// The disk's name in `/proc/diskstats`.
    pub disk_name: String,
    /// Hour of the (modelled) day at which the server starts.
    pub start_hour: f64,
    /// Load by hour of the day.
    pub background: Vec<Background>,
    /// Load by time since the start.
    pub bursts: Vec<Burst>,
}

impl Default for Profile {
    /// A decent small server: the one to change a few keys of.
    fn default() -> Self {
        Self {
            unlimited: false,
            cores: 4,
            request_cpu_s: 0.002,
            export_item_cpu_s: 0.000_2,
            export_tar_mb_cpu_s: 0.005,
            export_tgz_mb_cpu_s: 0.04,
            import_item_cpu_s: 0.002,
            import_item_wait_s: 0.0,
            import_mb_cpu_s: 0.03,
            index_item_cpu_s: 0.001,
            index_mb_cpu_s: 0.02,
            index_threads: 2,
            index_delay_s: 2.0,
            disk_write_mb_per_s: 150.0,
            disk_read_mb_per_s: 200.0,
            disk_iops: 1_500.0,
            fsync_ms: 4.0,
            write_factor: 2.0,
            import_item_ops: 2.0,
            export_item_ops: 1.0,
            memory_mb: 8_192.0,
            memory_base_mb: 5_000.0,
            export_memory_mb: 8.0,
            import_memory_mb: 40.0,
            swap_mb: 2_048.0,
            network_mb_per_s: 110.0,
            disk_name: "vda".into(),
            start_hour: 22.0,
            background: Vec::new(),
            bursts: Vec::new(),
        }
    }
}

impl Profile {
    /// Costs nothing: for tests of behaviour and measurements of zmpace itself.
    #[must_use]
    pub fn unlimited() -> Self {
        Self { unlimited: true, cores: 8, ..Self::default() }
    }

    /// Two cores, one slow disk.
    #[must_use]
    pub fn small() -> Self {
        Self { cores: 2, disk_write_mb_per_s: 60.0, disk_iops: 300.0, fsync_ms: 12.0, ..Self::default() }
    }

    /// The demo's old server: an export costs it little.
    #[must_use]
    pub fn demo_source() -> Self {
        Self {
            cores: 4,
            request_cpu_s: 0.15,
            export_item_cpu_s: 0.05,
            export_tar_mb_cpu_s: 0.5,
            export_tgz_mb_cpu_s: 4.0,
            disk_read_mb_per_s: 40.0,
            disk_iops: 300.0,
            export_item_ops: 3.0,
            background: vec![Background { from: 0.0, to: 24.0, cpu: 0.08, disk: 0.05 }],
            ..Self::default()
        }
    }

    /// The demo's new server: five cores that eight imports or so keep busy, and a nightly job in between.
    #[must_use]
    pub fn demo_destination() -> Self {
        Self {
            cores: 5,
            request_cpu_s: 0.2,
            import_item_cpu_s: 0.3,
            import_item_wait_s: 0.6,
            import_mb_cpu_s: 2.5,
            index_item_cpu_s: 0.06,
            index_mb_cpu_s: 0.5,
            index_threads: 1,
            index_delay_s: 5.0,
            disk_write_mb_per_s: 60.0,
            disk_iops: 250.0,
            fsync_ms: 10.0,
            import_item_ops: 2.0,
            memory_mb: 6_144.0,
            memory_base_mb: 3_600.0,
            import_memory_mb: 60.0,
            background: vec![Background { from: 0.0, to: 24.0, cpu: 0.05, disk: 0.03 }],
            // A nightly job that comes up over a few minutes and goes again.
            bursts: [(780.0, 600.0), (860.0, 440.0), (940.0, 280.0)]
                .map(|(at_s, for_s)| Burst { at_s, for_s, cpu: 0.05, disk: 0.06 })
                .to_vec(),
            ..Self::default()
        }
    }

    /// Reads a profile; keys left out keep the values of [`Profile::default`], unknown ones are refused.
    ///
    /// # Errors
    /// With the key and the line when the text is not a profile, or a value makes no sense.
    pub fn from_toml_str(text: &str) -> anyhow::Result<Self> {
        let profile: Self = toml::from_str(text)?;
        let positive = [
            ("cores", f64::from(profile.cores)),
            ("disk_write_mb_per_s", profile.disk_write_mb_per_s),
            ("disk_read_mb_per_s", profile.disk_read_mb_per_s),
            ("disk_iops", profile.disk_iops),
            ("memory_mb", profile.memory_mb),
            ("network_mb_per_s", profile.network_mb_per_s),
            ("index_threads", f64::from(profile.index_threads)),
        ];
        for (name, value) in positive {
            anyhow::ensure!(value > 0.0, "machine profile: {name} must be greater than 0");
        }
        let shares = profile.background.iter().flat_map(|load| [load.cpu, load.disk]);
        let shares = shares.chain(profile.bursts.iter().flat_map(|burst| [burst.cpu, burst.disk]));
        for share in shares {
            anyhow::ensure!((0.0..1.0).contains(&share), "machine profile: a share of load is 0 to below 1");
        }
        Ok(profile)
    }

    /// Background load (CPU share, disk share) at this many modelled seconds after the start.
    #[must_use]
    pub fn load_at(&self, at_s: f64) -> (f64, f64) {
        let hour = (self.start_hour + at_s / 3_600.0).rem_euclid(24.0);
        let (mut cpu, mut disk) = (0.0, 0.0);
        for load in &self.background {
            let inside = if load.from <= load.to {
                (load.from..load.to).contains(&hour)
            } else {
                hour >= load.from || hour < load.to
            };
            if inside {
                cpu += load.cpu;
                disk += load.disk;
            }
        }
        for burst in &self.bursts {
            if (burst.at_s..burst.at_s + burst.for_s).contains(&at_s) {
                cpu += burst.cpu;
                disk += burst.disk;
            }
        }
        (cpu.min(0.97), disk.min(0.97))
    }
}
