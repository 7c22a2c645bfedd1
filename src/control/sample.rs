//! One reading of one machine at one moment, and the lines it is held against.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

/// Which machine is spoken of. `Host` is the one zmpace itself runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The server mailboxes are read from.
    Source,
    /// The server mailboxes are written to.
    Destination,
    /// The machine zmpace runs on.
    Host,
}

impl Side {
    /// Lower-case word used in settings, JSON and decision lines.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Destination => "destination",
            Self::Host => "host",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Rates and levels of one machine, taken over `span`. A field is `None` (or empty) where the machine
/// does not tell it or told something impossible: a missing reading never counts as a low one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// The machine.
    pub side: Side,
    /// Time between the two readings the rates were taken from, on that machine's own clock.
    pub span: Duration,
    /// Logical processors, at least 1.
    pub cores: u32,
    /// Shares of processor time.
    pub cpu: Option<Cpu>,
    /// Devices behind the watched paths.
    pub disks: Vec<Disk>,
    /// Memory and swap.
    pub memory: Option<Memory>,
    /// All interfaces but loopback.
    pub network: Option<Network>,
    /// Pressure stall shares, where the kernel offers them.
    pub pressure: Option<Pressure>,
    /// Free space of the watched paths; may be older than the rest of the sample.
    pub volumes: Vec<Volume>,
    /// Processes running or waiting for a processor.
    pub runnable: Option<u32>,
    /// Processes in uninterruptible sleep.
    pub blocked: Option<u32>,
}

/// Shares of all processor time, each 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cpu {
    /// Everything but idle and iowait; steal counts as busy.
    pub busy: f64,
    /// Idle while a disk request was outstanding.
    pub iowait: f64,
    /// Taken by the hypervisor (part of `busy`).
    pub steal: f64,
}

/// One block device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disk {
    /// Kernel name, such as `sda`.
    pub device: String,
    /// Bytes written per second.
    pub write_bytes_per_s: f64,
    /// Bytes read per second.
    pub read_bytes_per_s: f64,
    /// Completed writes per second.
    pub writes_per_s: f64,
    /// Completed reads per second.
    pub reads_per_s: f64,
    /// Mean milliseconds from request to completion of a write; `None` when none completed.
    pub write_await_ms: Option<f64>,
    /// The same for reads.
    pub read_await_ms: Option<f64>,
    /// Share of the time with at least one request outstanding, 0 to 1.
    pub utilisation: f64,
    /// Whether it is a spindle, where known: only there does `utilisation` mean saturation.
    pub rotational: Option<bool>,
}

/// Memory of one machine.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// Installed bytes.
    pub total_bytes: u64,
    /// Bytes available without swapping (`MemAvailable`, or free + buffers + cached on old kernels).
    pub available_bytes: u64,
    /// Bytes per second read back from swap.
    pub swap_in_bytes_per_s: f64,
}

/// Network of one machine.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Network {
    /// Bytes received per second.
    pub receive_bytes_per_s: f64,
    /// Bytes sent per second.
    pub transmit_bytes_per_s: f64,
    /// Link speed in bytes per second, where known.
    pub link_bytes_per_s: Option<f64>,
}

/// Share of the time tasks waited for a resource, each 0 to 1 (kernel 4.20 and later).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pressure {
    /// Some task waited for a processor.
    pub cpu_some: f64,
    /// All tasks waited for input or output.
    pub io_full: f64,
    /// All tasks waited for memory.
    pub memory_full: f64,
}

/// Free space behind one watched path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Volume {
    /// The watched path as configured.
    pub path: String,
    /// Size of the file system in bytes.
    pub total_bytes: u64,
    /// Bytes free for ordinary users.
    pub free_bytes: u64,
}
