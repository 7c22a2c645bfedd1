//! What `init` does for a service that runs as user `zmpace`: it must read what root wrote, and find one journal.

use std::{
    fs::{self, Permissions},
    io,
    os::unix::fs::{PermissionsExt as _, chown},
    path::Path,
};

use crate::lang::{Lang, tell};

/// The user and group of the service, as the packages make them.
const SERVICE: &str = "zmpace";
/// Where systemd keeps its journal (`StateDirectory=zmpace`).
const STATE: &str = "/var/lib/zmpace";

/// The journal's folder for a settings file: that of the service where the file is the machine's.
pub fn state(settings: &Path) -> Option<&'static str> {
    let settings = std::path::absolute(settings).unwrap_or_else(|_| settings.to_owned());
    settings.starts_with("/etc").then_some(STATE)
}

/// Lets the service's group read what root wrote for nobody else; what to tell of it, if anything.
pub fn let_it_read<'a>(files: impl Iterator<Item = &'a Path>, lang: Lang) -> String {
    if !rustix::process::geteuid().is_root() {
        return String::new();
    }
    let files: Vec<&Path> = files.collect();
    let names = files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(" ");
    let by_hand = format!("chgrp {SERVICE} {names} && chmod 640 {names}");
    let groups = fs::read_to_string("/etc/group").unwrap_or_default();
    let told = match group(&groups, SERVICE) {
        None => tell!(lang, "init-no-service", user = SERVICE, command = by_hand),
        Some(gid) => match files.iter().try_for_each(|file| share(file, gid)) {
            Ok(()) => tell!(lang, "init-shared", user = SERVICE, files = names),
            Err(error) => {
                tell!(lang, "init-not-shared", user = SERVICE, cause = error.to_string(), command = by_hand)
            }
        },
    };
    format!("\n{told}")
}

/// A group's number in the text of `/etc/group`.
fn group(groups: &str, name: &str) -> Option<u32> {
    let line = groups.lines().find(|line| line.split(':').next() == Some(name))?;
    line.split(':').nth(2)?.parse().ok()
}

fn share(file: &Path, gid: u32) -> io::Result<()> {
    chown(file, None, Some(gid))?;
    fs::set_permissions(file, Permissions::from_mode(0o640))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    #[test]
    fn a_group_is_found_by_its_name_alone() {
        let groups = "root:x:0:\nzmpace-old:x:7:\nzmpace:x:997:ann\n";
        assert_eq!(group(groups, "zmpace"), Some(997));
        assert_eq!(group("zmpace:x:many:\nroot:x:0:zmpace\n", "zmpace"), None);
        assert_eq!(group("", "zmpace"), None);
    }

    #[test]
    fn what_is_shared_is_read_by_the_group_and_by_no_other() {
        let scratch = tempfile::tempdir().unwrap();
        let file = scratch.path().join("zmpace.toml");
        fs::write(&file, "").unwrap();
        let gid = rustix::process::getegid().as_raw();
        share(&file, gid).unwrap();
        let told = fs::metadata(&file).unwrap();
        assert_eq!((told.mode() & 0o777, told.gid()), (0o640, gid));
    }

    #[test]
    fn only_the_machines_own_settings_name_the_services_journal() {
        assert_eq!(state(Path::new("/etc/zmpace/zmpace.toml")), Some("/var/lib/zmpace"));
        assert_eq!(state(Path::new("/home/ann/zmpace.toml")), None);
    }
}
