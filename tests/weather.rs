//! Weather: what a night brings to a running program, one thing a test, and where every mailbox stands after it.

use std::{
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Child, Command},
    time::Duration,
};

use serde_json::Value;
use zmpace::{
    control::sample::Side,
    lab::{DosAnswer, Fault, FaultKind, PathClass, Sized},
};

use crate::{
    gate::{Gate, Way},
    machine::copy,
    world::{PASSWORD, World, address, assert_no_secret, finish, on_a_small_disk, three, until},
};

/// Patience of seconds where it is minutes by default.
pub const QUICK: &str = "[plan]\nexclude = [\"admin@old.example\"]\n\
    [mover]\nstandstill = \"200ms\"\nfirst_byte_timeout = \"3s\"\nstall_timeout = \"2s\"\n\
    connect_timeout = \"2s\"\nanswer_timeout = \"5s\"\n[probe]\ninterval = \"250ms\"\n\
    [law.retries]\nbase_s = 0.3\nmost_s = 0.6\nlook_s = 0.3\n[law.side_loss]\nbase_s = 0.3\nmost_s = 0.6\ntries = 20\n";

/// The program on its way, with what it says in a file.
pub struct Run {
    pub child: Child,
    log: PathBuf,
}

impl Run {
    pub fn start(world: &World, more: &[&str]) -> Self {
        let mut command = world.zmpace("run", QUICK);
        command.args(["--json", "--progress", "lines"]).args(more);
        if !more.contains(&"--workers") {
            command.args(["--workers", "3"]);
        }
        Self::of(world, command)
    }

    pub fn of(world: &World, mut command: Command) -> Self {
        let log = world.scratch.path().join("run.log");
        let child = command
            .stdout(std::fs::File::create(world.scratch.path().join("run.json")).unwrap())
            .stderr(std::fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        Self { child, log }
    }

    /// Through gates instead of straight to the labs.
    fn through(world: &World, source: &Gate, destination: &Gate) -> Self {
        let ports =
            [format!("source.port={}", source.port()), format!("destination.port={}", destination.port())];
        Self::start(world, &["--set", &ports[0], "--set", &ports[1]])
    }

    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// Its exit code and what it said; it has two minutes.
    pub async fn end(mut self) -> (i32, String) {
        for _ in 0..12_000 {
            if let Some(status) = self.child.try_wait().unwrap() {
                let said = self.said();
                assert_no_secret(&said);
                return (status.code().unwrap_or(-9), said);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let _ = self.child.kill();
        panic!("two minutes were not enough: {}", self.said());
    }
}

/// So many mailboxes that take about half a second each.
pub async fn slow_world(seed: u64, count: u64) -> World {
    let list = (0..count).map(|number| Sized::messages(&format!("u{number}"), 30, 900_000));
    let world = World::with(seed, list.collect()).await;
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = Some(2.0 / 50.0));
    world
}

pub async fn moves(world: &World) {
    until("mail moves", || world.destination.record().of(PathClass::Import).count() > 0).await;
}

/// Everything is there once; what an import broken at the wrong byte did to the destination is told.
pub fn assert_all_moved(world: &World, count: u64, code: i32, said: &str) {
    if world.destination.record().runaways > 0 {
        println!("the destination ran away: {said}");
        return assert!(code == 4 || code == 3, "{said}");
    }
    assert_eq!(code, 0, "{said}");
    for number in 0..count {
        world.assert_moved(&format!("u{number}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_restarts_and_a_network_that_parts_cost_time_alone() {
    for (seed, way, ends) in [
        (301, Way::Shut, [true, false]),
        (302, Way::Shut, [false, true]),
        (303, Way::Silent, [true, false]),
        (304, Way::Silent, [false, true]),
        (305, Way::Silent, [true, true]),
        (306, Way::Babble, [false, true]),
    ] {
        let world = slow_world(seed, 8).await;
        let gates =
            [Gate::before(world.source.address()).await, Gate::before(world.destination.address()).await];
        let run = Run::through(&world, &gates[0], &gates[1]);
        moves(&world).await;
        let struck = || gates.iter().zip(ends).filter(|(_, struck)| *struck).map(|(gate, _)| gate);
        struck().for_each(|gate| gate.set(way));
        tokio::time::sleep(Duration::from_secs(4)).await;
        struck().for_each(|gate| gate.set(Way::Open));
        let (code, said) = run.end().await;
        assert!(
            way == Way::Silent || said.contains("ZP-") || said.contains("cannot be worked with"),
            "{way:?} {ends:?}: nothing was told: {said}"
        );
        assert_all_moved(&world, 8, code, &said);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_side_that_stays_away_ends_the_run_as_weather_and_the_next_goes_on() {
    let world = slow_world(307, 6).await;
    let gates = [Gate::before(world.source.address()).await, Gate::before(world.destination.address()).await];
    let ports = [format!("source.port={}", gates[0].port()), format!("destination.port={}", gates[1].port())];
    let few = "law.side_loss.tries=2";
    let run = Run::start(&world, &["--set", &ports[0], "--set", &ports[1], "--set", few]);
    moves(&world).await;
    gates[1].set(Way::Shut);
    let (code, said) = run.end().await;
    assert_eq!(code, 5, "weather, not a refusal: {said}");
    assert!(said.contains("destination cannot be worked with"), "{said}");
    gates[1].set(Way::Open);
    world.imports_ended().await;
    let (code, said) = Run::through(&world, &gates[0], &gates[1]).end().await;
    assert_all_moved(&world, 6, code, &said);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_sleeps_for_longer_than_any_patience_goes_on_where_it_was() {
    let world = slow_world(308, 6).await;
    let run = Run::start(&world, &[]);
    moves(&world).await;
    run.signal("STOP");
    // Longer than the stall time-out; tokens are gone as well when it wakes up.
    tokio::time::sleep(Duration::from_secs(4)).await;
    world.habits(|_| ());
    world.source.revoke_tokens();
    world.destination.revoke_tokens();
    run.signal("CONT");
    let (code, said) = run.end().await;
    assert_all_moved(&world, 6, code, &said);
}

#[tokio::test(flavor = "multi_thread")]
async fn storms_of_refusals_and_full_queues_pass() {
    let world = slow_world(309, 8).await;
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = None);
    for (what, change) in [
        ("429", (Some(3), DosAnswer::TooManyRequests, Some(10))),
        ("503", (Some(3), DosAnswer::Unavailable, Some(10))),
        ("held back", (Some(3), DosAnswer::Delay(Duration::from_millis(80)), Some(10))),
        ("two at once", (None, DosAnswer::TooManyRequests, Some(2))),
    ] {
        let (rate, answer, at_once) = change;
        world.habits(|knobs| {
            // Requests a real second; the lab counts modelled ones.
            knobs.dos_per_s = rate;
            knobs.dos_answer = answer;
            knobs.qos_concurrent = at_once;
        });
        std::fs::remove_dir_all(world.state()).ok();
        let (code, said) = Run::start(&world, &["--workers", "5"]).end().await;
        assert_eq!(code, 0, "{what}: {said}");
        for number in 0..8 {
            world.assert_moved(&format!("u{number}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_deleted_meanwhile_is_told_and_the_others_go_on() {
    for (seed, side) in [(310, Side::Source), (311, Side::Destination)] {
        let world = slow_world(seed, 6).await;
        let run = Run::start(&world, &["--workers", "1"]);
        moves(&world).await;
        let gone = (0..6)
            .map(|number| address(&format!("u{number}")))
            .find(|name| {
                !world.source.record().requests.iter().any(|seen| seen.account.as_ref() == Some(name))
            })
            .expect("some have not begun");
        world.lab(side).remove_account(&gone);
        let (code, said) = run.end().await;
        assert_eq!(code, 3, "{side}: {said}");
        assert!(said.contains("ZP-NO-ACCOUNT") && said.contains(&gone), "{side}: {said}");
        for number in (0..6).filter(|number| address(&format!("u{number}")) != gone) {
            world.assert_moved(&format!("u{number}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_of_a_machine_that_turn_to_garbage_hold_the_law_and_harm_nothing() {
    let world = slow_world(312, 6).await;
    let root = world.scratch.path().join("proc");
    copy(world.destination.proc_dir(), &root);
    let proc_root = format!("destination.proc_root={}", root.display());
    let run = Run::start(&world, &["--set", &proc_root]);
    moves(&world).await;
    for entry in std::fs::read_dir(&root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::write(path, b"\x00\xff cpu -1 nan\n\n\n99999999999999999999999999").unwrap();
        }
    }
    let (code, said) = run.end().await;
    assert_all_moved(&world, 6, code, &said);
    assert!(!said.contains("panic"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_changed_at_night_is_waited_for_and_the_run_goes_on() {
    let world = slow_world(313, 6).await;
    let file = world.scratch.path().join("destination.pw");
    std::fs::write(&file, PASSWORD).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let mut command = world.zmpace("run", QUICK);
    command
        .args(["--json", "--progress", "lines", "--workers", "2"])
        .args(["--set", &format!("destination.password_file={}", file.display())]);
    let run = Run::of(&world, command);
    moves(&world).await;
    world.destination.set_password("the new one");
    until("it is told", || run.said().contains("until the password is changed")).await;
    let tried = world.destination.record().failed_logins;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!((tried, world.destination.record().failed_logins), (1, 1), "one try, then it waits");
    std::fs::write(&file, "wrong again\n").unwrap();
    until("the next is tried", || world.destination.record().failed_logins == 2).await;
    std::fs::write(&file, "the new one\n").unwrap();
    let (code, said) = run.end().await;
    assert!(said.contains("destination works again"), "{said}");
    assert!(!said.contains("the new one"), "{said}");
    assert_eq!(world.destination.record().failed_logins, 2);
    assert_all_moved(&world, 6, code, &said);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_a_person_for_ever() {
    let world = slow_world(314, 4).await;
    let file = world.scratch.path().join("source.pw");
    std::fs::write(&file, PASSWORD).unwrap();
    let (from, patience) = (format!("source.password_file={}", file.display()), "law.side_loss.person_s=1.5");
    let run = Run::start(&world, &["--set", &from, "--set", patience, "--workers", "1"]);
    moves(&world).await;
    world.source.set_password("another");
    let (code, said) = run.end().await;
    assert_eq!(code, 7, "{said}");
    assert!(said.contains("source refuses the administrator"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_goes_wrong_ends_early_and_loudly() {
    let world = slow_world(315, 20).await;
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = None);
    for number in 0..20 {
        world.destination.inject(&address(&format!("u{number}")), Fault::always(FaultKind::ImportFail));
    }
    let (code, said) = Run::start(&world, &["--max-failures", "10%"]).end().await;
    assert_eq!(code, 12, "{said}");
    assert!(said.contains("too many mailboxes failed"), "{said}");
    let failed = said.lines().filter(|line| line.contains("ZP-IMPORT-FAIL")).count();
    assert!(failed < 20 * 3, "most were never tried to the end: {failed}");
    for number in 0..20 {
        world.destination.clear(&address(&format!("u{number}")));
    }
    world.destination.inject(&address("u0"), Fault::always(FaultKind::ImportFail));
    let (code, said) = Run::start(&world, &["--max-failures", "10%"]).end().await;
    assert_eq!(code, 3, "one of twenty is allowed: {said}");
    for number in 1..20 {
        world.assert_moved(&format!("u{number}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_under_the_journal_is_waited_for() {
    let list = (0..40).map(|number| Sized::messages(&format!("u{number}"), 3, 20_000)).collect();
    let world = World::with(316, list).await;
    let run = Run::of(&world, run_on_a_small_disk(&world, 400, &[]));
    until("the disk is full", || run.said().contains("no space left for the journal")).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let exports = world.source.record().of(PathClass::Export).count();
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(world.source.record().of(PathClass::Export).count(), exports, "nothing new begins");
    lift(&run);
    let (code, said) = run.end().await;
    assert_eq!(said.matches("no space left for the journal").count(), 1, "told once: {said}");
    assert!(said.contains("the journal has room again"), "{said}");
    assert_all_moved(&world, 40, code, &said);
}

/// The main job where files are small, as [`on_a_small_disk`] makes them.
pub fn run_on_a_small_disk(world: &World, blocks: u32, more: &[&str]) -> Command {
    let mut command = world.zmpace("run", QUICK);
    command.args(["--json", "--progress", "lines", "--workers", "3"]).args(more);
    on_a_small_disk(&command, blocks)
}

/// There is room again.
pub fn lift(run: &Run) {
    let pid = run.child.id().to_string();
    assert!(Command::new("prlimit").args(["--fsize=unlimited", "--pid", &pid]).status().unwrap().success());
}

/// `zmpace verify`: exit code and JSON.
async fn verify(world: &World, more: &[&str]) -> (i32, Value) {
    let mut command = world.zmpace("verify", QUICK);
    command.arg("--json").args(more);
    let (code, out, said) = finish(command).await;
    assert_no_secret(&out);
    (code, serde_json::from_str(&out).unwrap_or_else(|_| panic!("{code}: {out} {said}")))
}

/// What was found, without the folders.
fn brief(found: &Value) -> String {
    let mut found = found.clone();
    for one in found["mailboxes"].as_array_mut().into_iter().flatten() {
        one["folders"] = Value::Null;
    }
    found.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_moved_is_compared_again_any_time_later() {
    let world = World::with(317, three()).await;
    let (code, said) = Run::start(&world, &[]).end().await;
    assert_eq!(code, 0, "{said}");
    let before = world.destination.record();
    for more in [&[][..], &["--deep"][..]] {
        let (code, found) = verify(&world, more).await;
        assert_eq!(
            (code, &found["verified"], &found["not_moved"]),
            (0, &3.into(), &0.into()),
            "{}",
            brief(&found)
        );
        assert_eq!(found["deep"], !more.is_empty());
    }
    let (code, found) = verify(&world, &["--sample", "1%", "--seed", "4"]).await;
    assert_eq!((code, found["mailboxes"].as_array().unwrap().len()), (0, 1), "{}", brief(&found));
    let list = world.scratch.path().join("list");
    std::fs::write(&list, address("ann")).unwrap();
    let (_, found) = verify(&world, &["--accounts", list.to_str().unwrap()]).await;
    let inbox = &found["mailboxes"][0]["folders"].as_array().unwrap().iter().find(|f| f["path"] == "/Inbox");
    assert_eq!(inbox.unwrap()["source_items"], 60, "{}", brief(&found));
    assert_eq!(inbox.unwrap()["source_bytes"], inbox.unwrap()["destination_bytes"], "{}", brief(&found));
    let after = world.destination.record();
    assert_eq!(
        before.of(PathClass::Import).count(),
        after.of(PathClass::Import).count(),
        "nothing is written"
    );

    // A body that is no longer what it was: counts cannot tell, digests do.
    world.source.inject(&address("ann"), Fault::always(FaultKind::DamagedBody { item: 7 }));
    assert_eq!(verify(&world, &[]).await.0, 0);
    let (code, found) = verify(&world, &["--deep"]).await;
    assert_eq!((code, &found["differs"], &found["verified"]), (4, &1.into(), &2.into()), "{}", brief(&found));
    let ann = found["mailboxes"].as_array().unwrap().iter().find(|one| one["outcome"] == "differs").unwrap();
    assert!(ann["notes"].to_string().contains("only on the destination"), "{}", ann["notes"]);
    assert!(ann["notes"].to_string().contains("its digest does not agree"), "{}", ann["notes"]);
    assert_eq!(ann["source"], address("ann"));
    world.source.clear(&address("ann"));

    // Mail that arrives on the source afterwards.
    let other = World::with(318, vec![Sized::messages("bob", 5, 50_000)]).await;
    let relay = zmpace::zimbra::transfer::Relay::new(
        other.server(Side::Source, PASSWORD),
        world.server(Side::Source, PASSWORD),
        World::manner(),
    );
    world.attempt(&relay, "bob", 1, None).await.unwrap();
    let (code, found) = verify(&world, &[]).await;
    assert_eq!((code, &found["changed"], &found["differs"]), (5, &1.into(), &0.into()), "{}", brief(&found));

    // One that cannot be looked at is not called good.
    world.destination.remove_account(&address("eve"));
    let (code, found) = verify(&world, &["--domain", "old.example"]).await;
    assert_eq!((code, &found["unverified"]), (5, &1.into()), "{}", brief(&found));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_incomplete_differs_and_what_never_came_is_not_moved() {
    let world = World::with(319, three()).await;
    world.source.inject(&address("ann"), Fault::always(FaultKind::MissingBlob { item: 5 }));
    world.destination.inject(&address("bob"), Fault::always(FaultKind::ImportFail));
    let (code, said) = Run::start(&world, &[]).end().await;
    assert_eq!(code, 3, "{said}");
    let (code, found) = verify(&world, &[]).await;
    assert_eq!(
        (code, &found["differs"], &found["not_moved"]),
        (4, &1.into(), &1.into()),
        "{}",
        brief(&found)
    );
    assert!(found.to_string().contains("60 on the source, 59 on the destination"), "{}", brief(&found));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_longer_than_a_token_says_that_it_is_renewed_and_how_to_raise_it() {
    let source = zmpace::lab::Config {
        accounts: zmpace::lab::Population::Listed(three()),
        seed: 320,
        speed: 50.0,
        token_lifetime: Duration::from_secs(450), // nine real seconds; three mailboxes are reckoned with twelve
        ..zmpace::lab::Config::default()
    };
    let world = World::of(source).await;
    let (code, out, said) = finish(world.zmpace("plan", QUICK)).await;
    assert_eq!(code, 0, "{said}");
    for side in ["source", "destination"] {
        assert!(out.contains(&format!("warning: {side}: an admin token lives")), "{out}");
    }
    assert!(out.contains("zmprov mc default zimbraAdminAuthTokenLifetime"), "{out}");
    assert_eq!(world.source.record().logins, 2, "the renewal was tried");
    let long = World::with(321, three()).await;
    let (_, out, _) = finish(long.zmpace("plan", QUICK)).await;
    assert!(!out.contains("zimbraAdminAuthTokenLifetime"), "{out}");
}
