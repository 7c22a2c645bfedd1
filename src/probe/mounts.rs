//! Which block devices stand behind the watched paths.
//!
//! Source: the kernel's `filesystems/proc.rst`, section 3.5 (`mountinfo`).

use super::{Watch, proc::Counters};

/// One mounted file system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mount {
    /// Device number, first half; 0 where no block device is behind it.
    pub major: u32,
    /// Device number, second half.
    pub minor: u32,
    /// Where it is mounted.
    pub point: String,
    /// Its type, such as `ext4`.
    pub file_system: String,
    /// What is mounted, such as `/dev/sda1`.
    pub source: String,
}

/// What was found behind the watched paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Behind {
    /// Kernel names of the devices, each once.
    pub devices: Vec<String>,
    /// One sentence for each path that has no readable block device.
    pub without: Vec<String>,
}

/// Reads `mountinfo`; lines that make no sense are left out.
pub(super) fn parse(body: &str) -> Vec<Mount> {
    body.lines().filter_map(line).collect()
}

fn line(line: &str) -> Option<Mount> {
    let (place, kind) = line.split_once(" - ")?;
    let mut fields = place.split(' ');
    let (major, minor) = fields.nth(2)?.split_once(':')?;
    let point = fields.nth(1)?;
    let mut kinds = kind.split(' ');
    Some(Mount {
        major: major.parse().ok()?,
        minor: minor.parse().ok()?,
        point: unescape(point),
        file_system: kinds.next()?.to_owned(),
        source: unescape(kinds.next().unwrap_or_default()),
    })
}

/// Turns `\040` and its like back into the byte they stand for.
fn unescape(text: &str) -> String {
    let raw = text.as_bytes();
    let mut bytes = Vec::with_capacity(raw.len());
    let mut at = 0;
    while at < raw.len() {
        let octal = raw.get(at + 1..at + 4).filter(|digits| {
            raw[at] == b'\\' && digits.iter().all(|digit| (b'0'..=b'7').contains(digit)) && digits[0] <= b'3'
        });
        if let Some(digits) = octal {
            bytes.push(digits.iter().fold(0, |value, digit| value * 8 + (digit - b'0')));
            at += 4;
        } else {
            bytes.push(raw[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The file system a path lies on: the longest mount point above it; of equals the last, which hides the others.
pub(super) fn holding<'a>(mounts: &'a [Mount], path: &str) -> Option<&'a Mount> {
    mounts.iter().filter(|mount| lies_under(path, &mount.point)).max_by_key(|mount| mount.point.len())
}

fn lies_under(path: &str, point: &str) -> bool {
    let point = point.trim_end_matches('/');
    path.strip_prefix(point).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Counters {
    /// The devices behind the watched paths. Without watched paths, or where the mounts cannot be read, all
    /// whole disks: more than needed, but nothing that matters is missed.
    #[must_use]
    pub fn behind(&self, watch: &Watch) -> Behind {
        let Some(mounts) = self.mounts.as_ref().filter(|_| !watch.paths.is_empty()) else {
            return Behind { devices: self.whole_disks(), without: Vec::new() };
        };
        let mut found = Behind::default();
        for path in &watch.paths {
            let real = self.resolved.get(path).unwrap_or(path);
            match holding(mounts, real) {
                Some(mount) => match self.device_of(mount) {
                    Some(name) if found.devices.contains(&name) => {}
                    Some(name) => found.devices.push(name),
                    None => found.without.push(format!(
                        "{path} lies on {} ({} at {}), which has no block device here: its disk is not watched",
                        mount.file_system, mount.source, mount.point
                    )),
                },
                None => found.without.push(format!("{path} lies on no mounted file system: its disk is not watched")),
            }
        }
        found
    }

    /// The device number decides; file systems that make up their own (btrfs) at least name a device.
    fn device_of(&self, mount: &Mount) -> Option<String> {
        let numbered = self.disks.iter().find(|disk| (disk.major, disk.minor) == (mount.major, mount.minor));
        let named = || {
            let name = mount.source.strip_prefix("/dev/").filter(|_| mount.major == 0)?;
            self.disks.iter().find(|disk| disk.name == name)
        };
        numbered.or_else(named).map(|disk| disk.name.clone())
    }

    /// Physical disks: no partitions, no memory or image files, no optical drives, and nothing stacked on top
    /// of other devices, which would be counted twice.
    fn whole_disks(&self) -> Vec<String> {
        let stacked = ["loop", "ram", "sr", "fd", "zram", "dm-", "md", "nbd", "drbd"];
        let names: Vec<&str> = self.disks.iter().map(|disk| disk.name.as_str()).collect();
        names
            .iter()
            .filter(|name| !stacked.iter().any(|prefix| name.starts_with(prefix)))
            .filter(|name| !names.iter().any(|whole| is_partition(name, whole)))
            .map(|name| (*name).to_owned())
            .collect()
    }

    /// Whether a device, or the disk it is a partition of, is a spindle. A virtual disk that says yes says so
    /// by default, not because it knows.
    pub(super) fn is_rotational(&self, device: &str) -> Option<bool> {
        let whole =
            || self.rotational.iter().find(|(whole, _)| is_partition(device, whole)).map(|(_, spins)| *spins);
        let told = self.rotational.get(device).copied().or_else(whole);
        let guest = device.starts_with("vd") || device.starts_with("xvd");
        told.filter(|spins| !(guest && *spins))
    }
}

/// `sda1` of `sda`, `nvme0n1p1` of `nvme0n1`; a disk whose name ends in a digit sets its partitions off by `p`.
fn is_partition(name: &str, whole: &str) -> bool {
    let Some(rest) = name.strip_prefix(whole) else { return false };
    let number = if whole.ends_with(|last: char| last.is_ascii_digit()) {
        rest.strip_prefix('p').unwrap_or_default()
    } else {
        rest
    };
    !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{super::proc::DiskCounters, *};

    const TEXT: &str = "\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw
40 27 253:3 / /opt/zimbra rw,noatime shared:9 - xfs /dev/mapper/vg-zimbra rw
41 40 8:17 / /opt/zimbra/my\\040store rw,noatime - ext4 /dev/sdb1 rw
42 27 0:45 / /opt/zimbra/backup rw - nfs4 nas:/export rw
43 27 0:50 / /data rw - btrfs /dev/sdc rw
garbage";

    fn machine() -> Counters {
        let disk =
            |major, minor, name: &str| DiskCounters { major, minor, name: name.into(), ..Default::default() };
        Counters {
            mounts: Some(parse(TEXT)),
            disks: vec![
                disk(7, 0, "loop0"),
                disk(8, 0, "sda"),
                disk(8, 2, "sda2"),
                disk(8, 16, "sdb"),
                disk(8, 17, "sdb1"),
                disk(8, 32, "sdc"),
                disk(253, 3, "dm-3"),
                disk(259, 0, "nvme0n1"),
                disk(259, 1, "nvme0n1p1"),
                disk(202, 1, "xvda1"),
            ],
            rotational: [("sda".to_owned(), true), ("nvme0n1".to_owned(), false)].into(),
            ..Counters::default()
        }
    }

    fn watch(paths: &[&str]) -> Watch {
        Watch { paths: paths.iter().map(|path| (*path).to_owned()).collect() }
    }

    #[test]
    fn the_longest_mount_point_decides() {
        let found = machine().behind(&watch(&[
            "/opt/zimbra/store/0",
            "/opt/zimbra/my store/",
            "/var",
            "/opt/zimbraX",
        ]));
        assert_eq!(found.devices, ["dm-3", "sdb1", "sda2"]);
        assert!(found.without.is_empty());
    }

    #[test]
    fn a_path_without_a_block_device_is_named() {
        let found = machine().behind(&watch(&["/opt/zimbra/backup", "/data/x"]));
        assert_eq!(found.devices, ["sdc"]);
        assert_eq!(found.without.len(), 1);
        assert!(found.without[0].contains("nfs4"), "{:?}", found.without);
    }

    #[test]
    fn symbolic_links_are_followed_when_told() {
        let mut machine = machine();
        machine.resolved.insert("/opt/zimbra/store".into(), "/opt/zimbra/my store".into());
        assert_eq!(machine.behind(&watch(&["/opt/zimbra/store"])).devices, ["sdb1"]);
    }

    #[test]
    fn without_mounts_all_whole_disks() {
        let machine = Counters { mounts: None, ..machine() };
        assert_eq!(machine.behind(&watch(&["/"])).devices, ["sda", "sdb", "sdc", "nvme0n1", "xvda1"]);
    }

    #[test]
    fn partitions_spin_like_their_disk() {
        let machine = machine();
        assert_eq!(machine.is_rotational("sda2"), Some(true));
        assert_eq!(machine.is_rotational("nvme0n1p1"), Some(false));
        assert_eq!(machine.is_rotational("dm-3"), None);
        let guest = Counters { rotational: [("vda".to_owned(), true)].into(), ..Counters::default() };
        assert_eq!(guest.is_rotational("vda1"), None);
        assert!(!is_partition("dm-10", "dm-1"));
        assert!(!is_partition("sdaa", "sda"));
    }
}
