//! What an operator types: help, wrong usage, wrong settings, and the lab as a process of its own.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::world::{PASSWORD, finish, program, until};

async fn zmpace(arguments: &[&str]) -> (i32, String, String) {
    let mut command = program();
    command.args(arguments).current_dir("/");
    finish(command).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_verb_explains_itself() {
    let verbs = [
        "check", "plan", "run", "bench", "status", "ctl", "retry", "install", "report", "probe", "lab",
        "demo",
    ];
    let (code, out, _) = zmpace(&["--help"]).await;
    assert_eq!(code, 0);
    for verb in verbs {
        assert!(out.contains(&format!("  {verb} ")), "{verb} is not listed: {out}");
        let (code, out, said) = zmpace(&[verb, "--help"]).await;
        assert_eq!((code, said.as_str()), (0, ""), "{verb}");
        assert!(out.contains("Usage: zmpace ") && out.contains("--help"), "{verb}: {out}");
        if !["status", "probe"].contains(&verb) {
            assert!(out.contains(&format!("  zmpace {verb}")), "{verb} shows no example");
        }
        assert!(out.lines().all(|line| line.chars().count() <= 110), "{verb}: lines too long");
    }
    let (code, out, _) = zmpace(&["--version"]).await;
    assert_eq!((code, out.trim()), (0, concat!("zmpace ", env!("CARGO_PKG_VERSION"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_is_exit_2_and_says_what_is_wrong() {
    for (arguments, word) in [
        (&[] as &[&str], "Usage"),
        (&["migrate"], "migrate"),
        (&["run", "--worker", "5"], "--workers"),
        (&["run", "--workers"], "--workers"),
        (&["run", "--workers", "many"], "neither `auto` nor a number"),
        (&["run", "--workers", "0"], "from 1 to"),
        (&["run", "--workers", "4000"], "from 1 to"),
        (&["run", "--max-workers", "x"], "--max-workers"),
        (&["run", "--max-workers", "0"], "max_workers"),
        (&["run", "--progress", "loud"], "loud"),
        (&["plan"], "source.host"),
        (&["run"], "source.host"),
        (&["run", "--config", "/nonexistent/zmpace.toml"], "/nonexistent/zmpace.toml"),
        (&["run", "--set", "source.host"], "KEY=VALUE"),
        (&["run", "--set", "source.hots=x"], "source.host"),
        (&["run", "--set", "sauce.host=x"], "source"),
        (&["run", "--set", "source.port=70000"], "source.port"),
        (&["run", "--set", "source.port=imap"], "source.port"),
        (&["run", "--set", "source.reach=telnet"], "source.reach"),
        (&["run", "--set", "mover.resolve=reset"], "mover.resolve"),
        (&["run", "--set", "mover.stall_timeout=5"], "mover.stall_timeout"),
        (&["run", "--set", "mover.stall_timeout=-5s"], "negative"),
        (&["run", "--set", "law.min_workers=50"], "min_workers"),
        (&["run", "--critical-abort", "soon"], "`soon` is not a span"),
        (&["run", "--window", "Mon-Fri 22:00"], "`22:00` in `Mon-Fri 22:00`"),
        (&["run", "--window", "Mo-Fr 22:00-05:30"], "`Mo`"),
        (&["run", "--window", "22:00-05:30", "--timezone", "Moon/Base"], "Moon/Base"),
        (&["run", "--blackout", "24.12.2026"], "`24.12.2026`"),
        (&["run", "--cutoff", "gentle"], "hours.cutoff"),
        (&["run", "--drain", "soon"], "hours.drain"),
        (&["run", "--set", "hours.day_lines=0"], "hours.day_lines"),
        (&["run", "--set", "hooks.on=[\"always\"]"], "`always`"),
        (&["run", "--set", "hooks.webhook=example.org"], "https://"),
        (&["run", "--set", "hooks.timeout=5m"], "50s"),
        (&["ctl"], "ORDER"),
        (&["ctl", "halt"], "`halt`"),
        (&["ctl", "workers", "none"], "`none`"),
        (&["install", "launchd"], "systemd"),
        (&["probe", "--interval", "0"], "--interval"),
        (&["probe", "--interval", "NaN"], "--interval"),
        (&["lab", "--machine", "/nonexistent/machine.toml"], "/nonexistent/machine.toml"),
        (&["lab", "--listen", "here"], "here"),
        (&["report", "--format", "pdf"], "pdf"),
        (&["report", "--run", "1", "--compare", "1", "2"], "--compare"),
        (&["report", "--compare", "1"], "--compare"),
        (&["demo", "--speed", "0"], "--speed"),
        (&["demo", "--accounts", "0"], "--accounts"),
        (&["demo", "--workers", "none"], "--workers"),
    ] {
        let (code, out, said) = zmpace(arguments).await;
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}: {said}");
        assert!(said.contains(word), "{arguments:?}: no `{word}` in: {said}");
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settings_file_with_a_mistake_is_refused_with_its_place() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("zmpace.toml");
    let both = "[source]\nhost = \"a\"\nadmin = \"x@a\"\n[destination]\nhost = \"b\"\nadmin = \"x@b\"\n";
    for (text, word) in [
        ("[source]\nhots = \"a\"\n", "source.host"),
        ("[soruce]\nhost = \"a\"\n", "source"),
        ("[source\nhost = 1\n", "line 1"),
        ("[source]\nhost = \"a\"\nhost = \"b\"\n", "duplicate"),
        ("[source]\nhost = 7\n", "source.host"),
        ("[source]\nport = \"7071\"\n", "source.port"),
        ("[source]\nport = 0\n", "source."),
        ("[source]\nfingerprints = \"ab\"\n", "source.fingerprints"),
        ("[law]\nlimit = { fixed = \"many\" }\n", "law.limit"),
        ("[law]\nlimit = { fast = 5 }\n", "law.limit"),
        ("[law.timing]\nslow_s = 0\n", "slow_s"),
        ("[law.timing]\nslow_s = \"60s\"\n", "law.timing.slow_s"),
        ("[law.timing]\nslows = 60\n", "law.timing.slow_s"),
        ("[mover]\nsource_format = \"zip\"\n", "mover.source_format"),
        ("[plan]\ndomain_map = 5\n", "plan.domain_map"),
        ("password = \"x\"\n", "password"),
        ("[source]\npassword = \"x\"\n", "source.password_file"),
        ("[source]\nhost = \"a\"\nadmin = \"x@a\"\n", "destination.host"),
        (
            "[source]\nhost = \"https://a/\"\nadmin = \"x@a\"\n[destination]\nhost = \"b\"\nadmin = \"x@b\"\n",
            "source.host",
        ),
        (&format!("{both}[plan]\naccounts_file = \"/nonexistent\"\n"), "source"),
    ] {
        std::fs::write(&path, text).unwrap();
        let (code, out, said) = zmpace(&["run", "--config", path.to_str().unwrap()]).await;
        let expected = if text.contains("accounts_file") { 7 } else { 2 }; // no password comes first there
        assert_eq!((code, out.as_str()), (expected, ""), "{text}: {said}");
        assert!(said.contains(word), "{text}: no `{word}` in: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_comes_from_anywhere_but_the_command_line() {
    for verb in ["run", "plan", "status", "report", "probe"] {
        for flag in ["--password", "--source-password", "-p"] {
            let (code, _, said) = zmpace(&[verb, flag, "secret"]).await;
            assert_eq!(code, 2, "{verb} {flag}: {said}");
        }
        let (_, out, _) = zmpace(&[verb, "--help"]).await;
        assert!(!out.contains("--password"), "{verb}");
    }
    let (code, _, said) = zmpace(&["run", "--set", "source.password=secret"]).await;
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("source.password_file") && !said.contains("secret"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_journal_yet_is_told_with_the_next_command() {
    let scratch = tempfile::tempdir().unwrap();
    let state = scratch.path().join("state");
    let (code, out, said) = zmpace(&["status", "--state-dir", state.to_str().unwrap()]).await;
    assert_ne!(code, 0);
    assert!(out.is_empty() && said.contains("zmpace run"), "{said}");
    assert!(!state.exists(), "looking creates nothing");
}

/// `zmpace lab` as a process; ends with the test.
struct Server {
    child: Child,
    settings: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts it and takes the settings it prints.
    fn start(role: &str, more: &[&str]) -> Self {
        let mut child = program()
            .args([
                "lab",
                "--role",
                role,
                "--listen",
                "127.0.0.1:0",
                "--seed",
                "5",
                "--domain",
                "old.example",
            ])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut settings = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
            let last = line.starts_with("proc_root");
            settings += &line;
            settings.push('\n');
            if last {
                break;
            }
        }
        Self { child, settings }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_labs_started_by_hand_are_migrated_by_the_settings_they_print() {
    let scratch = tempfile::tempdir().unwrap();
    let source = Server::start("source", &["--accounts", "9", "--giant", "3000000"]);
    let mut destination = Server::start("destination", &["--accounts", "9"]);
    let state = scratch.path().join("state");
    let path = scratch.path().join("zmpace.toml");
    let settings =
        format!("{}{}[state]\ndirectory = \"{}\"\n", source.settings, destination.settings, state.display());
    std::fs::write(&path, settings).unwrap();
    std::fs::write(scratch.path().join("pw"), format!("{PASSWORD}\n")).unwrap();
    let password = format!("source.password_file={}", scratch.path().join("pw").display());
    let run = |verb: &str| {
        let mut command = program();
        command.arg(verb).arg("--config").arg(&path).env("ZMPACE_DESTINATION_PASSWORD", PASSWORD);
        command.args(["--json", "--set", &password]);
        command
    };
    let mut command = run("run");
    command.args(["--workers", "4", "--progress", "none"]);
    let (code, out, said) = finish(command).await;
    assert_eq!((code, said.as_str()), (0, ""), "{said}");
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["accounts"]["failed"], 0, "{json}");
    let moved = json["accounts"]["verified"].as_u64().unwrap() + json["accounts"]["empty"].as_u64().unwrap();
    assert!(moved >= 9 && json["bytes"].as_u64().unwrap() > 3_000_000, "{json}");
    let (code, out, said) = finish(run("status")).await;
    assert_eq!(code, 0, "{said}");
    let status: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(status["accounts"]["total"], json["accounts"]["total"]);

    let stopped = Command::new("kill").arg("-INT").arg(destination.child.id().to_string()).status().unwrap();
    assert!(stopped.success());
    until("the lab ends by itself", || destination.child.try_wait().unwrap().is_some()).await;
    assert_eq!(destination.child.try_wait().unwrap().unwrap().code(), Some(0));
    let proc_root = destination.settings.split("proc_root = \"").nth(1).unwrap().split('"').next().unwrap();
    assert!(!Path::new(proc_root).exists(), "it cleans up behind itself");
}
