//! An outside program as the mover: it carries, fails, stands still and is ended as ours would.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Stdio, time::Duration};

use serde_json::Value;
use zmpace::lab::Sized;

use crate::{
    night::QUICK,
    world::{PASSWORD, World, address, assert_no_secret, finish, three, until},
};

/// The outside program of most tests: a shell script beside the settings.
fn script(world: &World, text: &str) -> String {
    let path = world.scratch.path().join("mover.sh");
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path.display().to_string()
}

/// Settings under which `command` carries.
fn by(command: &str, more: &str) -> String {
    let mover = format!(
        "[mover]\ncommand = [\"{command}\", \"--from\", \"{{source.host}}:{{source.port}}\", \"--user\", \"{{account}}\"]\n{more}"
    );
    QUICK.replace("[mover]\n", &mover)
}

/// A script that carries one mailbox for real: zmpace itself, with a journal of its own for each.
fn carrier(world: &World) -> String {
    fs::copy(world.settings(QUICK), world.scratch.path().join("inner.toml")).unwrap();
    let own = world.scratch.path().display();
    let program = env!("CARGO_BIN_EXE_zmpace");
    format!(
        "echo \"$ZMPACE_ACCOUNT\" > {own}/$$.txt; echo \"$@\" >> {own}/argv; env >> {own}/env\n\
         export ZMPACE_SOURCE_PASSWORD=\"$PW\" ZMPACE_DESTINATION_PASSWORD=\"$PW\"\n\
         exec {program} run --config {own}/inner.toml --accounts {own}/$$.txt --state-dir {own}/inner.$$ --workers 1"
    )
}

async fn ran(world: &World, settings: &str, more: &[&str]) -> (i32, Value, String) {
    let mut command = world.zmpace("run", settings);
    command.args(["--json", "--progress", "lines", "--workers", "2"]).args(more);
    let (code, out, said) = finish(command).await;
    assert_no_secret(&out);
    assert_no_secret(&said);
    (code, serde_json::from_str(&out).unwrap_or(Value::Null), said)
}

fn read(world: &World, name: &str) -> String {
    fs::read_to_string(world.scratch.path().join(name)).unwrap_or_default()
}

/// Processes of which the command line holds `word`.
fn processes(word: &str) -> Vec<(i32, char)> {
    let numbers = fs::read_dir("/proc").unwrap().flatten();
    let numbers = numbers.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let of = |id: i32| {
        let line = fs::read(format!("/proc/{id}/cmdline")).ok()?;
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        let state = stat.rsplit_once(')')?.1.trim_start().chars().next()?;
        String::from_utf8_lossy(&line).contains(word).then_some((id, state))
    };
    numbers.filter_map(of).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outside_program_carries_under_the_same_law_and_is_judged_by_both_sides() {
    let world = World::with(701, three()).await;
    let text = carrier(&world);
    let settings = by(&script(&world, &text), "environment = { PW = \"{source.password}\" }\n");
    let (code, report, said) = ran(&world, &settings, &[]).await;
    assert_eq!(code, 0, "{said}");
    let accounts = &report["accounts"];
    assert_eq!((accounts["verified"].as_u64(), accounts["empty"].as_u64()), (Some(2), Some(1)), "{accounts}");
    for name in ["ann", "bob"] {
        world.assert_moved(name);
    }
    let argv = read(&world, "argv");
    assert!(argv.contains(&format!("--user {}", address("ann"))), "{argv}");
    assert!(argv.contains(&format!("--from 127.0.0.1:{}", world.source.address().port())), "{argv}");
    assert!(!argv.contains(PASSWORD), "a password among the arguments");
    let environment = read(&world, "env");
    assert!(
        environment.contains("PW=") && !environment.contains("ZMPACE_SOURCE_PASSWORD"),
        "not what it got"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_codes_tell_what_another_try_can_do_and_its_last_words_are_kept() {
    let world = World::with(702, three()).await;
    let tries = format!("echo x >> {}/tries-$ZMPACE_ACCOUNT", world.scratch.path().display());
    let text = format!(
        "{tries}\ncase $ZMPACE_ACCOUNT in ann*) echo \"no such user, password $PW\" >&2; exit 67;; bob*) exit 75;; esac"
    );
    let settings = by(&script(&world, &text), "environment = { PW = \"{source.password}\" }\n");
    let (code, report, said) = ran(&world, &settings, &[]).await;
    assert_eq!(code, 3, "{said}");
    let failures = report["failures"].to_string();
    assert!(
        failures.contains("exit code 67") && failures.contains("no such user, password ***"),
        "{failures}"
    );
    assert!(failures.contains("ZP-PROGRAM") && failures.contains("exit code 75"), "{failures}");
    let tries = |name: &str| read(&world, &format!("tries-{}", address(name))).lines().count();
    assert_eq!(tries("ann"), 1, "the same would fail again");
    assert!(tries("bob") > 1, "what asks for less is tried again");
}

/// The program itself changes the file, so that it is changed between two of them however slow the machine.
#[tokio::test(flavor = "multi_thread")]
async fn a_password_changed_in_its_file_meanwhile_is_the_next_programs() {
    let world = World::with(707, three()).await;
    let file = world.scratch.path().join("source.pw");
    fs::write(&file, PASSWORD).unwrap();
    let own = world.scratch.path().display();
    let text = format!(
        "echo \"$PW\" >> {own}/given\necho changed-$(wc -l < {own}/given) > {own}/source.pw\n\
         echo \"signed in with $PW\" >&2; exit 67"
    );
    let settings = by(&script(&world, &text), "environment = { PW = \"{source.password}\" }\n");
    let mut command = world.zmpace("run", &settings);
    command.args(["--json", "--progress", "lines", "--workers", "1"]);
    command.args(["--set", &format!("source.password_file={}", file.display())]);
    let (code, out, said) = finish(command).await;
    assert_eq!(code, 3, "{said}");
    assert_eq!(read(&world, "given").lines().collect::<Vec<_>>(), [PASSWORD, "changed-1", "changed-2"]);
    assert_no_secret(&(out.clone() + &said));
    assert!(out.contains("signed in with ***") && !(out + &said).contains("changed-"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn success_that_moved_nothing_is_no_success() {
    let world = World::with(703, vec![Sized::messages("ann", 20, 100_000)]).await;
    let (code, report, said) = ran(&world, &by(&script(&world, "exit 0"), ""), &[]).await;
    assert_eq!(code, 4, "{said}");
    assert_eq!(report["accounts"]["incomplete"].as_u64(), Some(1), "{report}");
}

/// A program that tells of its progress and never ends by itself, with a child of its own.
const ENDLESS: &str = "trap 'exit 0' TERM\nsleep 1000 &\nn=0\nwhile :; do n=$((n+1)); echo \"copied $n messages\"; sleep 0.05; done";

#[tokio::test(flavor = "multi_thread")]
async fn it_is_parked_and_ended_with_all_it_started() {
    let world = World::with(704, three()).await;
    let name = script(&world, ENDLESS);
    let settings = by(&name, "progress = \"copied (?<items>[0-9]+) messages\"\n");
    let mut command = world.zmpace("run", &settings);
    let log = fs::File::create(world.scratch.path().join("log")).unwrap();
    command.args(["--progress", "lines", "--workers", "2"]).stdout(Stdio::null()).stderr(log);
    let mut run = command.spawn().unwrap();
    let states = || processes(&name).into_iter().map(|p| p.1).collect::<Vec<_>>();
    until("two are at work", || states().len() >= 2).await;
    let ctl = async |order: &str| {
        let mut command = world.zmpace("ctl", &settings);
        command.arg(order);
        finish(command).await
    };
    assert_eq!(ctl("pause").await.0, 0);
    until("they stand still", || states().iter().all(|state| *state == 'T')).await;
    assert_eq!(ctl("resume").await.0, 0);
    until("they go on", || states().iter().all(|state| *state != 'T')).await;
    assert_eq!(ctl("stop").await.0, 0);
    until("the run ends", || run.try_wait().unwrap().is_some()).await;
    assert_eq!(run.wait().unwrap().code(), Some(5), "{}", read(&world, "log"));
    until("nothing of it is left", || states().is_empty()).await;
    assert!(crate::world::is_empty(&world.state().join("programs")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_run_left_behind_is_ended_by_the_next() {
    let world = World::with(705, vec![Sized::messages("ann", 20, 100_000)]).await;
    // The child alone is left: the script itself ends when nobody reads what it says.
    let name = script(&world, &ENDLESS.replace("sleep 1000", "sh -c 'while :; do sleep 0.1; done' mover.sh"));
    let settings = by(&name, "");
    let mut command = world.zmpace("run", &settings);
    let mut run =
        command.args(["--workers", "1"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("it is at work", || !processes(&name).is_empty()).await;
    until("it is noted", || !crate::world::is_empty(&world.state().join("programs"))).await;
    run.kill().unwrap();
    run.wait().unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let left = || processes("sleep 0.1; done");
    assert!(!left().is_empty(), "something outlives a SIGKILL");
    fs::write(Path::new(&name), format!("#!/bin/sh\n{}\n", carrier(&world))).unwrap();
    let settings = by(&name, "environment = { PW = \"{source.password}\" }\n");
    let (code, _, said) = ran(&world, &settings, &[]).await;
    assert_eq!(code, 0, "{said}");
    assert!(left().is_empty(), "two at once");
    world.assert_moved("ann");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_not_there_or_shows_a_password_is_refused_before_anything() {
    let world = World::with(706, three()).await;
    for (settings, word) in [
        (by("/nowhere/mover", ""), "there is no program /nowhere/mover"),
        (
            QUICK.replace("[mover]\n", "[mover]\ncommand = [\"sh\", \"{source.password}\"]\n"),
            "mover.environment",
        ),
    ] {
        let (code, _, said) = ran(&world, &settings, &[]).await;
        assert_eq!(code, 2, "{said}");
        assert!(said.contains(word), "{said}");
    }
    assert_eq!(world.destination.record().imports_now, 0);
}
