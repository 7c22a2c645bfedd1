//! `zmpace install systemd`: what it writes, what systemd says of it, and what it does not replace.

use std::{fs, path::Path, process::Command};

use crate::world::{finish, program};

async fn install(dir: &Path, more: &[&str]) -> (i32, String, String) {
    let mut command = program();
    command.args(["install", "systemd", "--dir"]).arg(dir).args(more).current_dir("/");
    finish(command).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_units_are_as_systemd_wants_them_and_start_when_the_window_opens() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path().join("units");
    let config = scratch.path().join("zmpace.toml");
    let window =
        "[hours]\nwindow = \"Mon-Fri 22:00-05:30; Sat-Sun 00:00-24:00\"\ntimezone = \"Asia/Jakarta\"\n";
    fs::write(&config, window).unwrap();
    for user in [false, true] {
        let mut more = vec!["--config", config.to_str().unwrap(), "--force"];
        if user {
            more.push("--user");
        }
        let (code, out, said) = install(&dir, &more).await;
        assert_eq!((code, said.as_str()), (0, ""), "{said}");
        assert!(out.contains("enable --now zmpace-night.timer"), "{out}");
        let service = fs::read_to_string(dir.join("zmpace.service")).unwrap();
        for line in [
            "Type=notify",
            "WatchdogSec=60",
            "KillSignal=SIGTERM",
            "TimeoutStopSec=45min",
            "SuccessExitStatus=10 5",
            "StateDirectory=zmpace",
            "NoNewPrivileges=yes",
            "ExecReload=/bin/kill -HUP $MAINPID",
        ] {
            assert!(service.lines().any(|there| there == line), "no {line} in {service}");
        }
        for side in ["source", "destination"] {
            assert!(service.contains(&format!("LoadCredential={side}-password:")), "{service}");
        }
        assert!(service.contains(&format!("--config {}", config.display())), "{service}");
        assert_eq!(service.contains("User=zmpace"), !user);
        let timer = fs::read_to_string(dir.join("zmpace-night.timer")).unwrap();
        for line in [
            "OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 22:00:00 Asia/Jakarta",
            "OnCalendar=Sat,Sun *-*-* 00:00:00 Asia/Jakarta",
            "Persistent=false",
        ] {
            assert!(timer.lines().any(|there| there == line), "no {line} in {timer}");
        }
        if Command::new("systemd-analyze").arg("--version").output().is_ok() {
            assert!(out.contains("checked by systemd-analyze verify"), "{out}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn units_that_differ_are_not_replaced_without_force() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    assert_eq!(install(dir, &[]).await.0, 0);
    assert_eq!(install(dir, &[]).await.0, 0, "the same again is no harm");
    let service = dir.join("zmpace.service");
    fs::write(&service, "[Service]\nExecStart=/bin/true\n").unwrap();
    let timer = fs::read_to_string(dir.join("zmpace-night.timer")).unwrap();
    let (code, out, said) = install(dir, &["--set", "hours.window=21:00-05:00"]).await;
    assert_eq!((code, out.as_str()), (6, ""), "{said}");
    assert!(said.contains("zmpace.service") && said.contains("--force"), "{said}");
    assert_eq!(fs::read_to_string(dir.join("zmpace-night.timer")).unwrap(), timer, "all or nothing");
    assert_eq!(install(dir, &["--force"]).await.0, 0);
    assert!(fs::read_to_string(&service).unwrap().contains("Type=notify"));
    let (code, _, said) = install(Path::new("/proc/units"), &[]).await;
    assert_eq!(code, 6, "{said}");
    assert!(said.contains("--user"), "{said}");
}
