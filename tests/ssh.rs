//! A real sshd on loopback, sampled through the probe: one channel for many readings, and host keys that are
//! believed for a reason only.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::world::{program, until};

const SSHD: &str = "/usr/sbin/sshd";

/// An sshd that lets one key in, and its log.
pub struct Sshd {
    scratch: TempDir,
    pub port: u16,
    child: Child,
    log: Arc<Mutex<String>>,
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn keygen(file: &Path) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f"])
        .arg(file)
        .status()
        .expect("ssh-keygen is missing: `tests/run` installs openssh-server and openssh-client");
    assert!(made.success());
}

impl Sshd {
    pub async fn start() -> Self {
        Self::reading(Path::new("/proc")).await
    }

    /// One whose machine's counters lie elsewhere, as a modelled machine's do.
    pub async fn reading(counters: &Path) -> Self {
        assert!(
            Path::new(SSHD).exists(),
            "{SSHD} is missing: `tests/run` installs it (Debian package openssh-server)"
        );
        let scratch = tempfile::tempdir().unwrap();
        keygen(&scratch.path().join("host"));
        keygen(&scratch.path().join("user"));
        if counters != Path::new("/proc") {
            let script = format!(
                "#!/bin/sh\nexec sh -c \"$(printf %s \"$SSH_ORIGINAL_COMMAND\" | sed 's#/proc/#{}/#g')\"\n",
                counters.display()
            );
            fs::write(scratch.path().join("command"), script).unwrap();
            let mode = fs::Permissions::from_mode(0o755);
            fs::set_permissions(scratch.path().join("command"), mode).unwrap();
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self::on(scratch, port).await
    }

    /// Serves with the keys in this folder on this port.
    async fn on(scratch: TempDir, port: u16) -> Self {
        let folder = scratch.path();
        // Run by root, sshd wants this folder of its own.
        let _ = fs::create_dir_all("/run/sshd");
        let public = fs::read_to_string(folder.join("user.pub")).unwrap();
        fs::write(folder.join("authorized"), public).unwrap();
        fs::set_permissions(folder.join("authorized"), fs::Permissions::from_mode(0o600)).unwrap();
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {host}\nAuthorizedKeysFile {authorized}\n\
             UsePAM no\nStrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
             {command}PidFile none\nLogLevel VERBOSE\nPermitRootLogin yes\n",
            host = folder.join("host").display(),
            command = match folder.join("command") {
                command if command.exists() => format!("ForceCommand {}\n", command.display()),
                _ => String::new(),
            },
            authorized = folder.join("authorized").display()
        );
        fs::write(folder.join("config"), config).unwrap();
        let mut child = Command::new(SSHD)
            .args(["-D", "-e", "-f"])
            .arg(folder.join("config"))
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (lines, kept) = (BufReader::new(child.stderr.take().unwrap()), Arc::clone(&log));
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                println!("sshd: {line}");
                let mut log = kept.lock().unwrap();
                log.push_str(&line);
                log.push('\n');
            }
        });
        let sshd = Self { scratch, port, child, log };
        until("sshd listens", || sshd.says("Server listening")).await;
        sshd
    }

    fn says(&self, words: &str) -> bool {
        self.log.lock().unwrap().contains(words)
    }

    fn times(&self, words: &str) -> usize {
        self.log.lock().unwrap().matches(words).count()
    }

    fn known_hosts(&self) -> PathBuf {
        self.scratch.path().join("known_hosts")
    }

    /// The host's key in the form of a known-hosts line, without its name.
    fn host_key(&self) -> String {
        let text = fs::read_to_string(self.scratch.path().join("host.pub")).unwrap();
        text.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
    }

    fn name(&self) -> String {
        format!("[127.0.0.1]:{}", self.port)
    }

    /// Makes its key known under the port of a gate before it.
    pub fn know_behind(&self, port: u16) {
        self.know(&format!("[127.0.0.1]:{port} {}", self.host_key()));
    }

    fn know(&self, line: &str) {
        let mut file = fs::OpenOptions::new().create(true).append(true).open(self.known_hosts()).unwrap();
        writeln!(file, "{line}").unwrap();
    }

    /// Settings by which a side is read over this sshd, or a gate before it.
    pub fn reach(&self, side: &str, port: u16) -> Vec<String> {
        let user = std::env::var("USER").ok().filter(|name| !name.is_empty()).unwrap_or_else(whoami);
        vec![
            format!("{side}.reach=ssh"),
            format!("{side}.ssh_port={port}"),
            format!("{side}.ssh_user={user}"),
            format!("{side}.ssh_keys={}", self.scratch.path().join("user").display()),
            format!("{side}.ssh_known_hosts={}", self.known_hosts().display()),
            format!("{side}.watch=/"),
        ]
    }

    /// `zmpace probe` of the source over this sshd; the destination is not looked at.
    fn probe(&self, more: &[&str]) -> Command {
        let mut command = program();
        command.arg("probe").args(["--interval", "0.1", "--json"]).args(more);
        command.args(["--set", "source.host=127.0.0.1", "--set", "destination.reach=none"]);
        for setting in self.reach("source", self.port) {
            command.args(["--set", &setting]);
        }
        command.current_dir(self.scratch.path());
        command
    }
}

fn whoami() -> String {
    let output = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Starts a probe; its lines (both streams) as they come.
struct Probing {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Drop for Probing {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Probing {
    fn begin(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let streams: [Box<dyn std::io::Read + Send>; 2] = [Box::new(out), Box::new(err)];
        for stream in streams {
            let lines = Arc::clone(&lines);
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    lines.lock().unwrap().push(line);
                }
            });
        }
        Self { child, lines }
    }

    fn samples(&self) -> usize {
        self.lines.lock().unwrap().iter().filter(|line| line.starts_with('{')).count()
    }

    fn said(&self) -> String {
        self.lines.lock().unwrap().join("\n")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_samples_come_through_one_channel() {
    let sshd = Sshd::start().await;
    sshd.know(&format!("{} {}", sshd.name(), sshd.host_key()));
    let (code, out, said) = crate::world::finish(sshd.probe(&["--count", "25"])).await;
    assert_eq!(code, 0, "{said}");
    let samples: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(samples.len() >= 25);
    for sample in &samples {
        assert_eq!(sample["side"], "source");
        assert!(sample["memory"].is_object(), "{sample}");
    }
    assert!(samples.iter().any(|sample| sample["cpu"].is_object()), "{}", samples[0]);
    // A reading is no session, no command, no sign-in of its own.
    assert_eq!(sshd.times("Accepted publickey"), 1);
    assert_eq!(sshd.times("Starting session: command"), 1);
    assert_eq!(sshd.times("Connection from 127.0.0.1"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_host_key_is_refused_with_the_very_line_to_add() {
    let sshd = Sshd::start().await;
    for known in ["", "# nothing of use\n", "otherhost ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGFh\n"] {
        fs::write(sshd.known_hosts(), known).unwrap();
        let (code, out, said) = crate::world::finish(sshd.probe(&["--count", "1"])).await;
        assert_eq!((code, out.as_str()), (7, ""), "{said}");
        assert!(said.contains("source: the host key of 127.0.0.1"), "{said}");
        assert!(said.contains("SHA256:"), "{said}");
    }
    let (_, _, said) = crate::world::finish(sshd.probe(&["--count", "1"])).await;
    let line = said.split("add this line: ").nth(1).unwrap().lines().next().unwrap().to_owned();
    assert_eq!(line, format!("{} {}", sshd.name(), sshd.host_key()), "what ssh-keyscan would print");
    assert!(!sshd.says("Accepted publickey"), "nobody signed in to a stranger");
    sshd.know(&line);
    let (code, out, said) = crate::world::finish(sshd.probe(&["--count", "2"])).await;
    assert_eq!((code, out.lines().count() >= 2), (0, true), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_or_revoked_host_key_is_refused_loudly() {
    let sshd = Sshd::start().await;
    keygen(&sshd.scratch.path().join("old"));
    let old = fs::read_to_string(sshd.scratch.path().join("old.pub")).unwrap();
    fs::write(sshd.known_hosts(), format!("{} {old}", sshd.name())).unwrap();
    let (code, out, said) = crate::world::finish(sshd.probe(&["--count", "1"])).await;
    assert_eq!((code, out.as_str()), (7, ""), "{said}");
    assert!(said.contains("HAS CHANGED") && said.contains("ssh-keygen -f"), "{said}");

    let key = sshd.host_key();
    fs::write(sshd.known_hosts(), format!("{name} {key}\n@revoked * {key}\n", name = sshd.name())).unwrap();
    let (code, out, said) = crate::world::finish(sshd.probe(&["--count", "1"])).await;
    assert_eq!((code, out.as_str()), (7, ""), "{said}");
    assert!(said.contains("@revoked"), "{said}");
    assert!(!sshd.says("Accepted publickey"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_nobody_knows_is_told_with_what_to_do() {
    let sshd = Sshd::start().await;
    sshd.know(&format!("{} {}", sshd.name(), sshd.host_key()));
    keygen(&sshd.scratch.path().join("stranger"));
    fs::copy(sshd.scratch.path().join("stranger"), sshd.scratch.path().join("user")).unwrap();
    let (code, _, said) = crate::world::finish(sshd.probe(&["--count", "1"])).await;
    assert_eq!(code, 7, "{said}");
    assert!(said.contains("let none of our keys in") && said.contains("ssh-copy-id"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_is_told_and_made_anew() {
    let sshd = Sshd::start().await;
    sshd.know(&format!("{} {}", sshd.name(), sshd.host_key()));
    let probing = Probing::begin(sshd.probe(&[]));
    until("samples come", || probing.samples() >= 3).await;
    // The processes that serve the connection go, as with a reboot; the one that listens stays.
    let children = Command::new("pgrep").arg("-P").arg(sshd.child.id().to_string()).output();
    let children = match children {
        Ok(output) => String::from_utf8(output.stdout).unwrap(),
        Err(_) => children_of(sshd.child.id()),
    };
    assert!(!children.trim().is_empty(), "somebody serves the connection");
    for child in children.split_whitespace() {
        let _ = Command::new("kill").arg("-KILL").arg(child).status();
    }
    until("the loss is told", || probing.said().contains("lost the channel")).await;
    let before = probing.samples();
    until("samples come again", || probing.samples() >= before + 3).await;
    assert_eq!(sshd.times("Starting session: command"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_not_there_is_given_up_with_a_hint() {
    let mut sshd = Sshd::start().await;
    sshd.know(&format!("{} {}", sshd.name(), sshd.host_key()));
    sshd.child.kill().unwrap();
    sshd.child.wait().unwrap();
    let (code, _, said) = crate::world::finish(sshd.probe(&["--count", "1"])).await;
    assert_eq!(code, 7, "{said}");
    assert!(said.contains("source: cannot reach 127.0.0.1 port") && said.contains("try: ssh -p"), "{said}");
}

/// Where there is no pgrep: the parent stands in each process's `stat`.
fn children_of(parent: u32) -> String {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().filter_map(Result::ok) {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        let after = stat.rsplit(')').next().unwrap_or_default();
        if after.split_whitespace().nth(1) == Some(&parent.to_string()) {
            found.push(pid.to_string());
        }
    }
    found.join(" ")
}
