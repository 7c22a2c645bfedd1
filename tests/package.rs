//! The Debian package: what is in it, and that it comes and goes without a trace.

use std::{path::Path, process::Command};

use crate::world::finish;

fn script(name: &str) -> Command {
    let mut command = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging").join(name));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_is_whole_and_leaves_nothing_behind() {
    let scratch = tempfile::tempdir().unwrap();
    let mut build = script("deb");
    build.arg(env!("CARGO_BIN_EXE_zmpace")).arg(scratch.path());
    let (code, out, said) = finish(build).await;
    assert_eq!(code, 0, "{said}");
    let package = out.trim();
    let mut list = Command::new("dpkg-deb");
    list.args(["--contents", package]);
    let (code, listed, said) = finish(list).await;
    assert_eq!(code, 0, "{said}");
    for path in [
        "/usr/bin/zmpace",
        "/usr/lib/systemd/system/zmpace.service",
        "/usr/lib/systemd/system/zmpace-night.timer",
        "/usr/share/man/man1/zmpace-run.1.gz",
        "/usr/share/man/man5/zmpace.toml.5.gz",
        "/usr/share/bash-completion/completions/zmpace",
        "/usr/share/zmpace/profiles/default.toml",
    ] {
        assert!(listed.lines().any(|line| line.ends_with(path)), "no {path} in {listed}");
    }
    let mut unit = Command::new("sh");
    let look = "dpkg-deb --fsys-tarfile \"$1\" | tar xO ./usr/lib/systemd/system/zmpace.service";
    unit.args(["-c", look, "sh", package]);
    let (_, unit, said) = finish(unit).await;
    assert!(unit.contains("ExecStart=/usr/bin/zmpace run --config /etc/zmpace/zmpace.toml"), "{unit}{said}");
    // Installing wants root and a mount namespace; everywhere else the contents must do.
    let root = finish({
        let mut who = Command::new("id");
        who.arg("-u");
        who
    });
    if root.await.1.trim() == "0" {
        let mut attempt = script("try");
        attempt.arg(package);
        let (code, out, said) = finish(attempt).await;
        assert_eq!(code, 0, "{out}{said}");
        assert!(out.contains("nothing is left"), "{out}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tarball_takes_no_program_that_needs_this_systems_libraries() {
    let scratch = tempfile::tempdir().unwrap();
    let mut pack = script("tarball");
    pack.arg(scratch.path()).env("PROGRAM", env!("CARGO_BIN_EXE_zmpace"));
    let (code, out, said) = finish(pack).await;
    assert_eq!((code, out.as_str()), (1, ""), "{said}");
    assert!(said.contains("is not static; next: packaging/tarball"), "{said}");
    assert!(scratch.path().read_dir().unwrap().next().is_none(), "nothing half is left");
}
