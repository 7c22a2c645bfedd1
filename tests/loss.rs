//! What is lost in mid-run and comes back: the sight of a machine, names, room on a disk, an open door.

use std::{
    os::unix::net::UnixDatagram,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use zmpace::{
    control::{
        decision::{Decision, Rule, Step},
        event::{Action, Ending, Event},
        sample::Side,
    },
    journal::{Journal, Recorded},
    lab::{
        Config, DosAnswer, Lab, Population, Sized,
        machine::{Background, Profile},
    },
    run::clock::Clock,
    zimbra::directory,
};

use crate::{
    gate::{Gate, Way},
    hours::night_by,
    night::assert_replays,
    ssh::Sshd,
    weather::{QUICK, Run, assert_all_moved, lift, moves, run_on_a_small_disk, slow_world},
    world::{World, finish, until},
};

/// The law's clocks, some thirty times as fast: seconds without sight are here what hours are at night.
const FAST_LAW: [&str; 18] = [
    "timing.preflight_s=4",
    "timing.preflight_most_s=20",
    "timing.fast_s=0.5",
    "timing.slow_s=1",
    "timing.settle_s=0.5",
    "timing.settle_green_s=0.3",
    "timing.window_s=1",
    "timing.window_green_s=0.8",
    "timing.window_most_s=2",
    "timing.batch_s=0.25",
    "timing.stale_s=3",
    "timing.degraded_s=4",
    "timing.blind_s=5",
    "timing.blind_step_s=0.5",
    "timing.fresh_s=1",
    "timing.safe_s=0.5",
    "gain.climb_apart_s=1",
    "memory.admission=false",
];

/// Lines that nothing crosses, however slow the tester's own machine is to answer.
pub const NO_LINES: [&str; 8] = [
    "cpu_soft=1.0",
    "cpu_critical=2.0",
    "disk_utilisation_soft=5.0",
    "disk_utilisation_critical=6.0",
    "disk_await_soft=1e6",
    "disk_await_critical=2e6",
    "response_soft_ms=1e6",
    "response_critical_ms=2e6",
];

/// Waits until the run has said this.
async fn told(run: &Run, words: &str) {
    for _ in 0..300 {
        if run.said().contains(words) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("`{words}` was not said in 30 s: {}", run.said());
}

/// How the way to an sshd is lost.
#[derive(Clone, Copy, Debug)]
enum Loss {
    /// For so long that the law's patience is over many times.
    Long(Way),
    /// Away and back, again and again.
    Flapping,
}

async fn lose(gates: &[&Gate], loss: Loss) {
    let set = |way| gates.iter().for_each(|gate| gate.set(way));
    match loss {
        Loss::Long(way) => {
            set(way);
            tokio::time::sleep(Duration::from_secs(13)).await;
            set(Way::Open);
        }
        Loss::Flapping => {
            for _ in 0..5 {
                set(Way::Shut);
                tokio::time::sleep(Duration::from_millis(1_700)).await;
                set(Way::Open);
                tokio::time::sleep(Duration::from_millis(1_300)).await;
            }
        }
    }
}

/// Everything that happened in the last run.
fn events(world: &World) -> Vec<Recorded> {
    let reader = Journal::read(&world.state()).unwrap();
    let run = reader.last_run().unwrap().unwrap();
    reader.events(run.id).map(Result::unwrap).collect()
}

/// When the source and the destination were last read before each event, and the event.
fn with_samples(world: &World) -> Vec<([f64; 2], Recorded)> {
    let mut seen = [0.0; 2];
    let mut all = Vec::new();
    for recorded in events(world) {
        if let Event::Sample(sample) = &recorded.event {
            seen[usize::from(sample.side == Side::Destination)] = recorded.at.elapsed.as_secs_f64();
        }
        all.push((seen, recorded));
    }
    all
}

/// When each side was last read.
fn last_samples(world: &World) -> [f64; 2] {
    with_samples(world).last().unwrap().0
}

/// Every decision with the age of the older side's last sample at that moment.
fn decisions(world: &World) -> Vec<(Decision, f64)> {
    let mut made = Vec::new();
    for (seen, recorded) in with_samples(world) {
        let age = recorded.at.elapsed.as_secs_f64() - f64::min(seen[0], seen[1]);
        made.extend(recorded.actions.into_iter().filter_map(|action| match action {
            Action::Decide(decision) => Some((decision, age)),
            _ => None,
        }));
    }
    made
}

fn log_of(world: &World) -> String {
    decisions(world).iter().map(|(decision, _)| decision.line() + "\n").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn ssh_lost_on_one_side_on_both_and_flapping_blinds_the_law_and_never_makes_it_grow() {
    for (seed, ends, loss) in [
        (341, &[Side::Source][..], Loss::Long(Way::Shut)),
        (342, &[Side::Source, Side::Destination], Loss::Long(Way::Silent)),
        (343, &[Side::Destination], Loss::Flapping),
    ] {
        let list = (0..48).map(|number| Sized::messages(&format!("u{number}"), 30, 300_000));
        let world = World::with(seed, list.collect()).await;
        world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = Some(0.2 / 50.0));
        let (mut set, mut servers) = (Vec::new(), Vec::new());
        for side in [Side::Source, Side::Destination] {
            let sshd = Sshd::reading(world.lab(side).proc_dir()).await;
            let gate = Gate::before(([127, 0, 0, 1], sshd.port).into()).await;
            sshd.know_behind(gate.port());
            set.extend(sshd.reach(side.word(), gate.port()));
            // What else the tester's machine does is not what is tested.
            set.extend(NO_LINES.map(|line| format!("law.lines.{side}.{line}")));
            servers.push((side, sshd, gate));
        }
        set.extend(FAST_LAW.map(|number| format!("law.{number}")));
        set.extend(["probe.ssh_timeout=2s", "probe.interval=500ms"].map(str::to_owned));
        let mut more = vec!["--max-workers", "4", "--workers", "auto"];
        more.extend(set.iter().flat_map(|setting| ["--set", setting]));

        let gates: Vec<&Gate> =
            servers.iter().filter(|(side, ..)| ends.contains(side)).map(|(_, _, gate)| gate).collect();
        let clock = Clock::start(1.0);
        let weather = async {
            for _ in 0..300 {
                if world.destination.record().imports_now >= 2 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            assert!(world.destination.record().imports_now >= 2, "it never grew: {}", log_of(&world));
            let begun = clock.now().elapsed.as_secs_f64();
            lose(&gates, loss).await;
            begun..clock.now().elapsed.as_secs_f64()
        };
        let (carried, lost) = tokio::join!(night_by(clock, &world, &more), weather);
        assert_eq!(carried.report.ending, Some(Ending::Done), "{loss:?}");
        drop(carried);
        for number in 0..48 {
            world.assert_moved(&format!("u{number}"));
        }
        let (made, log) = (decisions(&world), log_of(&world));
        for (decision, age) in &made {
            let blind = decision.step == Step::Grow && *age > 3.1;
            assert!(!blind, "grew {age:.1} s after the last sample: {}\n{log}", decision.line());
        }
        let during = |rules: &[Rule]| {
            made.iter().any(|(decision, _)| lost.contains(&decision.at_s) && rules.contains(&decision.rule))
        };
        if matches!(loss, Loss::Long(_)) {
            assert!(during(&[Rule::Degraded]), "{ends:?} {loss:?}: the limit fell back\n{log}");
        }
        assert!(!made.iter().any(|(decision, _)| decision.rule == Rule::SideLost), "mail moved on: {log}");
        assert!(
            last_samples(&world).iter().all(|at| *at > lost.end),
            "{ends:?} {loss:?}: it sees again\n{log}"
        );
        assert!(assert_replays(&world.state()) > 40);
    }
}

/// A library that answers for every name under `.example`: with this machine, or, while a file is there, not.
fn names(world: &World) -> (PathBuf, PathBuf) {
    let (source, library) = (world.scratch.path().join("names.c"), world.scratch.path().join("names.so"));
    std::fs::write(&source, include_str!("names.c")).unwrap();
    let built =
        Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).arg("-ldl").status();
    assert!(built.expect("cc is missing: `tests/run` installs gcc").success());
    (library, world.scratch.path().join("names.down"))
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_are_not_resolved_for_a_while_cost_time_alone() {
    for (seed, answer) in [(344, "again"), (345, "none")] {
        let world = slow_world(seed, 8).await;
        let (library, down) = names(&world);
        let mut command = world.zmpace("run", QUICK);
        command
            .args(["--json", "--progress", "lines", "--workers", "3"])
            .args(["--set", "source.host=mail.old.example", "--set", "destination.host=mail.new.example"])
            .env("LD_PRELOAD", &library)
            .env("NAMES_DOWN", &down);
        let run = Run::of(&world, command);
        moves(&world).await;
        std::fs::write(&down, answer).unwrap();
        told(&run, "cannot be worked with").await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(run.said().contains("cannot reach mail.new.example:"), "{}", run.said());
        std::fs::remove_file(&down).unwrap();
        let (code, said) = run.end().await;
        assert!(said.contains("works again"), "{answer}: {said}");
        assert_all_moved(&world, 8, code, &said);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_temporary_disk_is_waited_for_and_the_others_go_on() {
    let large = |number: u32| Sized::messages(&format!("u{number}"), 1, 20_000_000);
    let small = |number: u32| Sized::messages(&format!("u{number}"), 6, 60_000);
    let list = (0..2).map(large).chain((2..8).map(small)).collect();
    let world = World::with(346, list).await;
    // Room for the journal, none for what a message of twenty megabytes leaves to a file.
    let run = Run::of(&world, run_on_a_small_disk(&world, 12_000, &[]));
    told(&run, "ZP-TEMP-SPACE").await;
    until("the small ones are through", || (2..8).all(|n| world.arrived(&format!("u{n}")).items.len() == 6))
        .await;
    assert!((0..2).all(|n| world.arrived(&format!("u{n}")).items.is_empty()), "nothing half is stored");
    // More tries than any other failure gets.
    until("it is tried again and again", || run.said().matches("ZP-TEMP-SPACE").count() > 6).await;
    lift(&run);
    let (code, said) = run.end().await;
    assert_all_moved(&world, 8, code, &said);
}

/// A run whose journal's disk is full, and what it tells the service manager.
async fn full_journal(seed: u64) -> (World, Run, UnixDatagram) {
    let list = (0..40).map(|number| Sized::messages(&format!("u{number}"), 3, 20_000)).collect();
    let world = World::with(seed, list).await;
    let path = world.scratch.path().join("notify");
    let notices = UnixDatagram::bind(&path).unwrap();
    notices.set_nonblocking(true).unwrap();
    let mut command = run_on_a_small_disk(&world, 400, &[]);
    command.env("NOTIFY_SOCKET", Path::new(&path)).env("WATCHDOG_USEC", "400000");
    let run = Run::of(&world, command);
    told(&run, "no space left for the journal").await;
    (world, run, notices)
}

fn heard(notices: &UnixDatagram) -> Vec<String> {
    let mut buffer = [0; 4096];
    let next =
        || notices.recv(&mut buffer).ok().map(|read| String::from_utf8_lossy(&buffer[..read]).into_owned());
    std::iter::from_fn(next).collect()
}

async fn ctl(world: &World, order: &[&str]) -> (i32, String, String) {
    let mut command = world.zmpace("ctl", QUICK);
    command.args(order);
    finish(command).await
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_journals_disk_is_full_watchdog_socket_and_signals_are_served() {
    let (world, run, notices) = full_journal(347).await;
    drop(heard(&notices));
    tokio::time::sleep(Duration::from_millis(2_200)).await;
    let said = heard(&notices);
    let alive = said.iter().filter(|notice| notice.trim() == "WATCHDOG=1").count();
    assert!(alive >= 3, "a watchdog would have killed it: {said:?}");
    let (code, out, _) = ctl(&world, &["explain"]).await;
    assert!(code == 0 && out.contains("no space left for the journal"), "{code}: {out}");
    let (code, out, _) = ctl(&world, &["workers", "2"]).await;
    assert!(code == 0 && out.contains("as soon as there is room"), "{code}: {out}");
    lift(&run);
    told(&run, "2 workers from now on").await;
    let (code, said) = run.end().await;
    assert_all_moved(&world, 40, code, &said);

    for (seed, by_signal) in [(348, true), (349, false)] {
        let (world, run, _notices) = full_journal(seed).await;
        if by_signal {
            run.signal("TERM");
        } else {
            let (code, out, _) = ctl(&world, &["drain"]).await;
            assert!(code == 0 && out.contains("ends now"), "{code}: {out}");
        }
        let (code, said) = run.end().await;
        assert_eq!(code, 8, "{said}");
        let (code, said) = Run::start(&world, &[]).end().await;
        assert_all_moved(&world, 40, code, &said);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_filter_that_shuts_the_door_for_a_while_costs_time_alone() {
    for (seed, answer) in [(350, DosAnswer::TooManyRequests), (351, DosAnswer::Unavailable)] {
        let world = slow_world(seed, 8).await;
        let run = Run::start(&world, &[]);
        moves(&world).await;
        world.habits(|knobs| (knobs.stopped_logins, knobs.dos_answer) = (12, answer));
        world.source.revoke_tokens();
        world.destination.revoke_tokens();
        let (code, said) = run.end().await;
        assert_all_moved(&world, 8, code, &said);
        for lab in [&world.source, &world.destination] {
            let record = lab.record();
            assert_eq!(record.failed_logins, 0, "a password is not what was wrong");
            assert!(record.soap["AuthRequest"] > 0 && record.logins >= 2, "{answer:?}");
        }
    }
}

/// Somebody else behind the same address has typed a wrong password ten times.
#[tokio::test(flavor = "multi_thread")]
async fn locked_out_for_anothers_wrong_passwords_it_waits_and_goes_on() {
    let world = slow_world(352, 6).await;
    let run = Run::start(&world, &["--workers", "1"]);
    moves(&world).await;
    for _ in 0..10 {
        let _ = directory::no_op(&world.server(Side::Destination, "mistyped")).await;
    }
    assert_eq!(world.destination.record().failed_logins, 10);
    told(&run, "HTTP 503").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    world.destination.set_knobs(|knobs| knobs.login_failures = None);
    let (code, said) = run.end().await;
    assert_all_moved(&world, 6, code, &said);
    assert_eq!(world.destination.record().failed_logins, 10, "none of them was ours");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_stays_critical_ends_the_run_where_that_is_asked_for_and_the_next_goes_on() {
    let list = (0..8).map(|number| Sized::messages(&format!("u{number}"), 30, 900_000)).collect();
    let source = Config { accounts: Population::Listed(list), seed: 353, speed: 50.0, ..Config::default() };
    println!("seed 353");
    // Something else of its own keeps the destination at half of its processors all the time.
    let busy = Background { from: 0.0, to: 24.0, cpu: 0.5, disk: 0.0 };
    let machine = Profile { background: vec![busy], ..Config::destination_for(&source).machine };
    let destination = Config { machine, ..Config::destination_for(&source) };
    let world = World {
        destination: Lab::start(destination).await.unwrap(),
        source: Lab::start(source).await.unwrap(),
        scratch: tempfile::tempdir().unwrap(),
    };
    let mut more = vec!["--workers", "auto", "--critical-abort", "3s"];
    let law: Vec<String> = FAST_LAW.iter().map(|number| format!("law.{number}")).collect();
    for setting in &law {
        more.extend(["--set", setting]);
    }
    more.extend(["--set", "law.lines.destination.cpu_soft=0.2"]);
    more.extend(["--set", "law.lines.destination.cpu_critical=0.3"]);
    let (code, said) = Run::start(&world, &more).end().await;
    assert_eq!(code, 11, "{said}");
    assert!(said.contains("stays critical with nothing left to shed: destination CPU"), "{said}");
    world.imports_ended().await;
    let (code, said) = Run::start(&world, &[]).end().await;
    assert_all_moved(&world, 8, code, &said);
}
