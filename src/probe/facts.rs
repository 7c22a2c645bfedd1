//! What the machine zmpace runs on is made of, and how much memory zmpace itself holds.

use std::path::Path;

use serde::Serialize;
use sysinfo::{
    DiskKind, DiskRefreshKind, Disks, MemoryRefreshKind, ProcessRefreshKind, ProcessesToUpdate, System,
    get_current_pid,
};

use super::ProbeError;

/// This machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// Network name.
    pub hostname: Option<String>,
    /// Kernel release, such as `6.1.0-25-amd64`.
    pub kernel: Option<String>,
    /// Distribution and version.
    pub system: Option<String>,
    /// Processors this process may use, at least 1.
    pub cores: usize,
    /// Installed memory in bytes; less where a control group allows less.
    pub memory_bytes: u64,
    /// Memory available without swapping, in bytes.
    pub available_bytes: u64,
    /// Swap in bytes.
    pub swap_bytes: u64,
    /// Mounted disks; network and memory file systems are left out.
    pub mounts: Vec<MountFacts>,
}

/// One mounted disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MountFacts {
    /// Where it is mounted.
    pub path: String,
    /// What is mounted.
    pub device: String,
    /// Such as `ext4`.
    pub file_system: String,
    /// Size in bytes.
    pub total_bytes: u64,
    /// Bytes free for ordinary users.
    pub free_bytes: u64,
    /// Whether it is a spindle, where known.
    pub rotational: Option<bool>,
}

/// Reads what this machine is made of.
///
/// # Errors
/// [`ProbeError::Facts`] when the system does not tell.
pub fn facts() -> Result<Facts, ProbeError> {
    let mut system = System::new().map_err(|error| refused(&error))?;
    system.refresh_memory_specifics(MemoryRefreshKind::everything());
    let disks =
        Disks::new_with_refreshed_list_specifics(DiskRefreshKind::nothing().with_storage().with_kind())
            .map_err(|error| refused(&error))?;
    let allowed = system.cgroup_limits().map(|limits| limits.total_memory).filter(|bytes| *bytes > 0);
    let installed = system.total_memory();
    let memory_bytes = allowed.map_or(installed, |bytes| bytes.min(installed));
    Ok(Facts {
        hostname: System::host_name().ok(),
        kernel: System::kernel_version().ok(),
        system: System::long_os_version().ok(),
        cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        memory_bytes,
        available_bytes: system.available_memory().min(memory_bytes),
        swap_bytes: system.total_swap(),
        mounts: disks.iter().map(mount).collect(),
    })
}

fn mount(disk: &sysinfo::Disk) -> MountFacts {
    MountFacts {
        path: text(disk.mount_point()),
        device: text(Path::new(disk.name())),
        file_system: disk.file_system().to_string_lossy().into_owned(),
        total_bytes: disk.total_space(),
        free_bytes: disk.available_space(),
        rotational: match disk.kind() {
            DiskKind::HDD => Some(true),
            DiskKind::SSD => Some(false),
            DiskKind::Unknown(_) => None,
        },
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn refused(error: &sysinfo::Error) -> ProbeError {
    ProbeError::Facts { message: error.to_string() }
}

/// Resident memory of this process in bytes; `None` when the system does not tell.
#[must_use]
pub fn own_memory_bytes() -> Option<u64> {
    let own = get_current_pid().ok()?;
    let mut system = System::new().ok()?;
    let kind = ProcessRefreshKind::nothing().with_memory();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[own]), false, kind);
    system.process(own).map(sysinfo::Process::memory).filter(|bytes| *bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_cores_and_memory() {
        let facts = facts().unwrap();
        assert!(facts.cores >= 1);
        assert!(facts.memory_bytes > 0);
        assert!(facts.available_bytes <= facts.memory_bytes);
    }

    #[test]
    fn this_process_holds_memory() {
        let held = own_memory_bytes().unwrap();
        assert!((100_000..100_000_000_000).contains(&held), "{held}");
    }
}
