//! `zmpace install systemd`: a service that is drained when stopped, and a timer that starts it when the window opens.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::say;
use crate::{
    cli::{InstallArgs, Manager},
    control::timetable::Timetable,
    run::{Ended, Exit},
    settings::{self, Surroundings},
};

/// The two units.
const SERVICE: &str = "zmpace.service";
const TIMER: &str = "zmpace-night.timer";

/// `zmpace install`
///
/// # Errors
/// The folder cannot be written, or holds units of other content.
pub fn install(args: &InstallArgs, around: &Surroundings) -> Result<Exit, Ended> {
    let Manager::Systemd = args.manager;
    let settings = settings::load(&args.common, around)?;
    let dir = folder(args, around)?;
    let program = std::env::current_exe()
        .map_err(|error| Ended::new(Exit::Unclassified, format!("cannot tell where zmpace is: {error}")))?;
    let config = config_path(args)?;
    let units = Units { program: &program, config: config.as_deref(), user: args.user };
    let table = Timetable::new(&settings.law.hours).map_err(|cause| Ended::new(Exit::Usage, cause))?;
    let texts = [(SERVICE, units.service()), (TIMER, timer(&table, &settings.law.hours.timezone))];
    for (name, text) in &texts {
        let path = dir.join(name);
        match fs::read_to_string(&path) {
            Ok(there) if there != *text && !args.force => {
                return Err(Ended::new(
                    Exit::Refused,
                    format!(
                        "{} is there and differs\nnext: move it away, or --force replaces it",
                        path.display()
                    ),
                ));
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unwritten(&path, &error)),
            _ => {}
        }
    }
    fs::create_dir_all(&dir).map_err(|error| unwritten(&dir, &error))?;
    for (name, text) in &texts {
        let path = dir.join(name);
        fs::write(&path, text).map_err(|error| unwritten(&path, &error))?;
    }
    say(&told(&dir, args.user, &verified(&dir)));
    Ok(Exit::Done)
}

fn unwritten(path: &Path, error: &io::Error) -> Ended {
    Ended::new(
        Exit::Refused,
        format!("{}: {error}\nnext: as root, or with --user, or another --dir", path.display()),
    )
}

fn folder(args: &InstallArgs, around: &Surroundings) -> Result<PathBuf, Ended> {
    if let Some(dir) = &args.dir {
        return Ok(dir.clone());
    }
    if !args.user {
        return Ok("/etc/systemd/system".into());
    }
    let home = || around.variable("HOME").map(|home| Path::new(home).join(".config"));
    around
        .variable("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(home)
        .map(|config| config.join("systemd/user"))
        .ok_or_else(|| Ended::new(Exit::Usage, "--user: there is no $HOME; name the folder with --dir"))
}

/// A service has no working directory to find a relative file in.
fn config_path(args: &InstallArgs) -> Result<Option<PathBuf>, Ended> {
    let Some(given) = &args.common.config else { return Ok(None) };
    let absolute = std::path::absolute(given)
        .map_err(|error| Ended::new(Exit::Usage, format!("--config {}: {error}", given.display())))?;
    Ok(Some(absolute))
}

/// What the units are made of.
struct Units<'a> {
    program: &'a Path,
    config: Option<&'a Path>,
    user: bool,
}

impl Units<'_> {
    fn service(&self) -> String {
        let secrets = if self.user { "%h/.config/zmpace" } else { "/etc/zmpace" };
        let config =
            self.config.map_or_else(|| format!("{secrets}/zmpace.toml"), |path| path.display().to_string());
        let mut text = format!(
            "[Unit]\n\
             Description=zmpace: moves mailboxes between two Zimbra servers\n\
             Wants=network-online.target\n\
             After=network-online.target\n\
             \n\
             [Service]\n\
             Type=notify\n\
             NotifyAccess=main\n\
             ExecStart={} run --config {} --progress lines\n\
             ExecReload=/bin/kill -HUP $MAINPID\n",
            quoted(&self.program.display().to_string()),
            quoted(&config)
        );
        text += "# Listing a million accounts takes minutes, and comes before the first mailbox.\n\
                 TimeoutStartSec=30min\n\
                 # The control loop feeds it every few seconds.\n\
                 WatchdogSec=60\n\
                 # The first TERM drains: what runs is finished. What is left then is sent again by the next run.\n\
                 KillSignal=SIGTERM\n\
                 KillMode=mixed\n\
                 TimeoutStopSec=45min\n\
                 # 10: the window closed. 5: run again. Both are a good night's end.\n\
                 SuccessExitStatus=10 5\n\
                 Restart=on-failure\n\
                 RestartSec=60\n\
                 # Usage, refusal, sign-in, space, mailboxes that failed: a restart mends none of these.\n\
                 RestartPreventExitStatus=2 3 4 6 7 8 9\n";
        let _ = write!(
            text,
            "LoadCredential=source-password:{secrets}/source.pw\n\
             LoadCredential=destination-password:{secrets}/destination.pw\n\
             StateDirectory=zmpace\n\
             StateDirectoryMode=0700\n\
             UMask=0077\n"
        );
        if !self.user {
            text += "# SSH needs a home with known_hosts and a key.\nUser=zmpace\nGroup=zmpace\n";
        }
        text += "# Postfix's sendmail is setgid: mails through it need `no` here, in a drop-in; webhooks and commands do not.\n\
                 NoNewPrivileges=yes\n\
                 LockPersonality=yes\n\
                 MemoryDenyWriteExecute=yes\n\
                 RestrictRealtime=yes\n\
                 RestrictSUIDSGID=yes\n\
                 RestrictNamespaces=yes\n\
                 RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK\n\
                 SystemCallArchitectures=native\n\
                 SystemCallFilter=@system-service\n\
                 LimitCORE=0\n";
        if !self.user {
            text += "ProtectSystem=strict\n\
                     ProtectHome=read-only\n\
                     PrivateTmp=yes\n\
                     PrivateDevices=yes\n\
                     ProtectKernelTunables=yes\n\
                     ProtectKernelModules=yes\n\
                     ProtectKernelLogs=yes\n\
                     ProtectControlGroups=yes\n\
                     ProtectClock=yes\n\
                     ProtectHostname=yes\n\
                     CapabilityBoundingSet=\n\
                     AmbientCapabilities=\n";
        }
        text
    }
}

/// A window in the settings says when to start; without one, ten in the evening. The tool looks itself, too.
fn timer(table: &Timetable, zone: &str) -> String {
    let mut text = String::from(
        "[Unit]\n\
         Description=zmpace: starts when the window opens\n\
         \n\
         [Timer]\n",
    );
    let mut starts = table.calendar();
    if starts.is_empty() {
        starts.push("*-*-* 22:00:00".to_owned());
    }
    let zone = if zone.is_empty() { String::new() } else { format!(" {zone}") };
    for start in starts {
        let _ = writeln!(text, "OnCalendar={start}{zone}");
    }
    text += "# A host that boots at ten in the morning must not begin the night it missed.\n\
             Persistent=false\n\
             AccuracySec=1s\n";
    let _ = write!(text, "Unit={SERVICE}\n\n[Install]\nWantedBy=timers.target\n");
    text
}

/// systemd splits at blanks and expands `%` and `$`.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "$$");
    let escaped = escaped.replace('%', "%%").replace("%%h/", "%h/");
    if escaped.contains(char::is_whitespace) || escaped != text { format!("\"{escaped}\"") } else { escaped }
}

/// What `systemd-analyze verify` says of the units, where it is installed.
fn verified(dir: &Path) -> String {
    let mut command = Command::new("systemd-analyze");
    command.arg("verify").args([dir.join(SERVICE), dir.join(TIMER)]).stdin(Stdio::null());
    match command.output() {
        Err(_) => "not checked: there is no systemd-analyze here".to_owned(),
        Ok(output) if output.status.success() && output.stderr.is_empty() => {
            "checked by systemd-analyze verify".to_owned()
        }
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            format!("systemd-analyze verify says:\n{}", said.trim_end())
        }
    }
}

fn told(dir: &Path, user: bool, verified: &str) -> String {
    let (systemctl, secrets) =
        if user { ("systemctl --user", "~/.config/zmpace") } else { ("systemctl", "/etc/zmpace") };
    let mut text =
        format!("{}\n{}\n{verified}\nnext:\n", dir.join(SERVICE).display(), dir.join(TIMER).display());
    if !user {
        text +=
            "  useradd --system --create-home --home-dir /var/lib/zmpace-home zmpace   # SSH needs a home\n";
    }
    let _ = write!(
        text,
        "  put the passwords into {secrets}/source.pw and {secrets}/destination.pw, mode 0600\n  \
         {systemctl} daemon-reload && {systemctl} enable --now {TIMER}\n"
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_survive_systemd() {
        for (path, written) in [
            ("/usr/bin/zmpace", "/usr/bin/zmpace"),
            ("/opt/my tools/zmpace", "\"/opt/my tools/zmpace\""),
            ("/opt/50%/z$m", "\"/opt/50%%/z$$m\""),
            ("%h/.config/zmpace/zmpace.toml", "%h/.config/zmpace/zmpace.toml"),
        ] {
            assert_eq!(quoted(path), written);
        }
    }
}
