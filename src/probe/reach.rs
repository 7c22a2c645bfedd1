//! Where a machine's counters are read, and how it is done on this one.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use secrecy::SecretString;
use sysinfo::{DiskRefreshKind, Disks};

use super::{Probe, ProbeError, SLOW_EVERY, Watch, mounts, ssh};
use crate::control::sample::Side;

/// Where a machine's counters are read.
#[derive(Clone, Debug)]
pub enum Reach {
    /// Files below a folder: `/proc` for this machine, another folder for a modelled one. The folder of a
    /// modelled machine may also hold `rotational`, `linkspeed`, `paths` and `space`, in the form the
    /// sections of [`super::proc`] have.
    Local {
        /// The folder.
        root: PathBuf,
    },
    /// Another machine, over SSH.
    Ssh(SshTarget),
}

/// Another machine.
#[derive(Clone, Debug)]
pub struct SshTarget {
    /// Name or address.
    pub host: String,
    /// Usually 22.
    pub port: u16,
    /// Whom to sign in as; an account without rights of its own is enough.
    pub user: String,
    /// Private keys to try, in this order.
    pub identity_files: Vec<PathBuf>,
    /// Opens the private keys, where they need it.
    pub passphrase: Option<SecretString>,
    /// The known-hosts file; one that does not exist knows no host.
    pub known_hosts: PathBuf,
    /// Whether to ask the SSH agent after the key files.
    pub use_agent: bool,
    /// Longest wait for a connection and for each answer.
    pub timeout: Duration,
}

impl Reach {
    /// Connects, or makes sure that the folder is there.
    ///
    /// # Errors
    /// Whatever stands in the way, with the next command to type.
    pub fn open(&self, side: Side, watch: &Watch) -> Result<Box<dyn Probe>, ProbeError> {
        for path in &watch.paths {
            if !path.starts_with('/') || path.chars().any(char::is_control) {
                return Err(ProbeError::WatchedPath { side, path: path.clone() });
            }
        }
        let probe: Box<dyn Probe> = match self {
            Self::Local { root } => Box::new(Local::new(side, root.clone(), watch.clone())),
            Self::Ssh(target) => Box::new(ssh::Remote::connect(side, target, watch)?),
        };
        Ok(probe)
    }
}

/// Sections read as files below the root; the name in the block, then the file.
const FILES: [(&str, &str); 9] = [
    ("stat", "stat"),
    ("diskstats", "diskstats"),
    ("meminfo", "meminfo"),
    ("vmstat", "vmstat"),
    ("loadavg", "loadavg"),
    ("netdev", "net/dev"),
    ("pressure.cpu", "pressure/cpu"),
    ("pressure.io", "pressure/io"),
    ("pressure.memory", "pressure/memory"),
];
/// Sections a modelled machine may bring along ready made.
const READY_MADE: [&str; 4] = ["rotational", "linkspeed", "paths", "space"];

/// Counters read within this many seconds count as read at once.
const ONE_MOMENT: f64 = 0.2;
/// Times a reading is repeated until it is of one moment.
const TRIES: u32 = 50;

/// This machine, or a modelled one.
struct Local {
    side: Side,
    root: PathBuf,
    watch: Watch,
    turn: u64,
    slow: String,
}

impl Local {
    fn new(side: Side, root: PathBuf, watch: Watch) -> Self {
        Self { side, root, watch, turn: 0, slow: String::new() }
    }

    /// What seldom changes, from outside `/proc`.
    fn slow_sections(&self, mountinfo: &str) -> String {
        let mut text = String::new();
        section(&mut text, "rotational", &block_devices());
        section(&mut text, "linkspeed", &link_speeds());
        let resolved: Vec<(String, String)> =
            self.watch.paths.iter().map(|path| (path.clone(), real(path))).collect();
        let lines: Vec<String> = resolved.iter().map(|(path, real)| format!("{path}\t{real}\n")).collect();
        section(&mut text, "paths", &lines.concat());
        section(&mut text, "space", &free_space(&resolved, mountinfo));
        text
    }
}

impl Probe for Local {
    fn read(&mut self) -> Result<String, ProbeError> {
        let mut text = self.counters()?;
        let mountinfo = contents(&self.root.join("self/mountinfo")).unwrap_or_default();
        section(&mut text, "mountinfo", &mountinfo);
        if self.root == Path::new("/proc") {
            if self.turn.is_multiple_of(SLOW_EVERY) {
                self.slow = self.slow_sections(&mountinfo);
            }
            text.push_str(&self.slow);
        } else {
            for name in READY_MADE {
                if let Ok(body) = contents(&self.root.join(name)) {
                    section(&mut text, name, &body);
                }
            }
        }
        self.turn += 1;
        Ok(text)
    }
}

impl Local {
    /// The counters of one moment: read again when the clock went on meanwhile, because we were not running
    /// or a modelled machine was just being written (its clock is then away).
    fn counters(&self) -> Result<String, ProbeError> {
        let clock = self.root.join("uptime");
        let mut text = String::with_capacity(16 * 1024);
        let mut tries = 0;
        loop {
            let before = contents(&clock);
            text.clear();
            for (name, file) in FILES {
                // What a kernel does not offer is left out; the sample says so by `None`.
                if let Ok(body) = contents(&self.root.join(file)) {
                    section(&mut text, name, &body);
                }
            }
            tries += 1;
            match (before, contents(&clock)) {
                (Ok(before), Ok(after))
                    if seconds(&after) - seconds(&before) < ONE_MOMENT || tries == TRIES =>
                {
                    section(&mut text, "uptime", &before);
                    return Ok(text);
                }
                (Err(source), _) | (_, Err(source)) if tries == TRIES => {
                    return Err(ProbeError::File { side: self.side, file: clock, source });
                }
                _ => thread::sleep(Duration::from_millis(2)),
            }
        }
    }
}

/// First number of `/proc/uptime`.
fn seconds(uptime: &str) -> f64 {
    uptime.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0.0)
}

/// A file as text; whatever is not UTF-8 in a device or mount name is replaced.
fn contents(file: &Path) -> io::Result<String> {
    fs::read(file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn section(text: &mut String, name: &str, body: &str) {
    text.push_str("== ");
    text.push_str(name);
    text.push('\n');
    text.push_str(body);
    if !body.is_empty() && !body.ends_with('\n') {
        text.push('\n');
    }
}

fn real(path: &str) -> String {
    fs::canonicalize(path).map_or_else(|_| path.to_owned(), |real| real.to_string_lossy().into_owned())
}

/// `<device> 0|1` for each disk but memory and image files.
fn block_devices() -> String {
    attributes("/sys/block", "queue/rotational", |name| !name.starts_with("loop") && !name.starts_with("ram"))
}

/// `<interface> <Mbit/s>` for each interface that knows; one that is down does not.
fn link_speeds() -> String {
    attributes("/sys/class/net", "speed", |_| true)
}

fn attributes(folder: &str, file: &str, wanted: impl Fn(&str) -> bool) -> String {
    let Ok(entries) = fs::read_dir(folder) else { return String::new() };
    let mut lines: Vec<String> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok().filter(|name| wanted(name))?;
            let value = contents(&entry.path().join(file)).ok()?;
            Some(format!("{name} {}\n", value.trim()))
        })
        .collect();
    lines.sort_unstable();
    lines.concat()
}

/// Rows as `df -Pk` prints them. `sysinfo` leaves network file systems out, whose answer may never come; the
/// mount point must be the very one the path lies on, or a path on such a file system would get the numbers of
/// the one above it.
fn free_space(resolved: &[(String, String)], mountinfo: &str) -> String {
    let Ok(disks) = Disks::new_with_refreshed_list_specifics(DiskRefreshKind::nothing().with_storage())
    else {
        return String::new();
    };
    let mounts = mounts::parse(mountinfo);
    let mut text = String::new();
    for (path, real) in resolved {
        let Some(mount) = mounts::holding(&mounts, real) else { continue };
        let Some(disk) = disks.iter().find(|disk| disk.mount_point() == Path::new(&mount.point)) else {
            continue;
        };
        let (total, free) = (disk.total_space() / 1024, disk.available_space() / 1024);
        let used = total.saturating_sub(free);
        let share = used.saturating_mul(100).checked_div(total).unwrap_or(0);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "@ {path}\n- {total} {used} {free} {share}% {}", mount.point);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{super::proc::Counters, *};

    #[test]
    fn this_machine_can_be_read() {
        let watch = Watch { paths: vec!["/".into()] };
        let mut probe = Reach::Local { root: "/proc".into() }.open(Side::Host, &watch).unwrap();
        let counters = Counters::parse(&probe.read().unwrap()).unwrap();
        assert!(counters.uptime.is_some());
        assert!(counters.cpu.is_some());
        assert!(counters.cores >= Some(1));
        assert!(counters.memory.is_some_and(|memory| memory.total > 0));
        assert!(counters.mounts.is_some());
    }

    #[test]
    fn a_modelled_machine_brings_its_own_files() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("uptime"), "100.00 0.00\n").unwrap();
        fs::write(folder.path().join("stat"), "cpu  1 0 1 8\ncpu0 1 0 1 8").unwrap();
        fs::write(folder.path().join("space"), "@ /store\n- 100 40 60 40% /\n").unwrap();
        let reach = Reach::Local { root: folder.path().into() };
        let text = reach.open(Side::Source, &Watch::default()).unwrap().read().unwrap();
        let counters = Counters::parse(&text).unwrap();
        assert_eq!(counters.cores, Some(1));
        assert_eq!(counters.volumes[0].free_bytes, 60 * 1024);
        assert_eq!(counters.mounts, None);
    }

    #[test]
    fn a_missing_folder_is_named() {
        let reach = Reach::Local { root: "/nonexistent/proc".into() };
        let error = reach.open(Side::Source, &Watch::default()).unwrap().read().unwrap_err();
        assert!(error.to_string().contains("source: cannot read /nonexistent/proc/uptime"), "{error}");
        assert!(!error.ends_connection());
    }

    #[test]
    fn odd_watched_paths_are_refused() {
        for path in ["store", "/a\nb", ""] {
            let watch = Watch { paths: vec![path.into()] };
            let refused = Reach::Local { root: "/proc".into() }.open(Side::Host, &watch);
            assert!(matches!(refused, Err(ProbeError::WatchedPath { .. })), "{path:?}");
        }
    }
}
