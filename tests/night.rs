//! The whole program, started as a process between two labs: what it moves, what it survives, how it ends.

use std::{
    collections::{BTreeMap, BTreeSet},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::Value;
use zmpace::{
    control::{
        dispatcher::Dispatcher,
        event::{Account, AccountState},
        policy::Policy,
        sample::Side,
    },
    journal::Journal,
    lab::{Config, Fault, FaultKind, Lab, MailShape, PathClass, Population, Sized},
};

use crate::world::{World, address, assert_no_secret, finish, is_empty, on_a_small_disk, three, until};

/// Settings that lose no time.
pub const QUICK: &str = "[plan]\nexclude = [\"admin@old.example\"]\n[mover]\nstandstill = \"200ms\"\n[probe]\ninterval = \"250ms\"\n\
    [law.retries]\nbase_s = 0.2\nmost_s = 0.5\nlook_s = 0.2\n[law.side_loss]\nbase_s = 0.2\nmost_s = 0.5\ntries = 2\n";

/// How a run ended.
#[derive(Debug)]
struct Ran {
    code: i32,
    json: Value,
    said: String,
}

impl Ran {
    fn count(&self, what: &str) -> u64 {
        self.json["accounts"][what].as_u64().unwrap_or_else(|| panic!("no accounts.{what}: {self:?}"))
    }

    fn failures(&self) -> BTreeMap<String, (String, String)> {
        let list = self.json["failures"].as_array().unwrap();
        let text = |failure: &Value, key: &str| failure[key].as_str().unwrap().to_owned();
        list.iter()
            .map(|failure| (text(failure, "account"), (text(failure, "cause"), text(failure, "next"))))
            .collect()
    }
}

fn run_command(world: &World, more: &[&str]) -> Command {
    let mut command = world.zmpace("run", QUICK);
    command.args(["--json", "--progress", "lines"]).args(more);
    if !more.contains(&"--workers") {
        command.args(["--workers", "3"]);
    }
    command
}

async fn run(world: &World, more: &[&str]) -> Ran {
    let (code, out, said) = finish(run_command(world, more)).await;
    assert_no_secret(&out);
    assert_no_secret(&said);
    Ran { code, json: serde_json::from_str(&out).unwrap_or(Value::Null), said }
}

fn spawn(world: &World, more: &[&str]) -> Child {
    run_command(world, more).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits for a process: its code and what it said on standard error.
async fn wait(child: Child) -> (Option<i32>, String) {
    let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(child.id().to_string()).status().unwrap();
    assert!(sent.success());
}

async fn status(world: &World) -> Value {
    let mut command = world.zmpace("status", QUICK);
    command.arg("--json");
    let (code, out, said) = finish(command).await;
    assert_eq!(code, 0, "{said}");
    serde_json::from_str(&out).unwrap()
}

/// Transfers the labs have seen.
fn transfers(world: &World) -> usize {
    world.source.record().of(PathClass::Export).count()
        + world.destination.record().of(PathClass::Import).count()
}

/// Exports of each account since the request of that number.
fn exported_since(lab: &Lab, number: u64) -> BTreeSet<String> {
    let record = lab.record();
    let later = record.of(PathClass::Export).filter(|seen| seen.number >= number);
    later.filter_map(|seen| seen.account.clone()).collect()
}

/// So many mailboxes that take about a second each.
async fn slow_world(seed: u64, count: u64) -> World {
    let list = (0..count).map(|number| Sized::messages(&format!("u{number}"), 30, 1_800_000));
    let world = World::with(seed, list.collect()).await;
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = Some(2.0 / 50.0));
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_moves_everybody_and_says_so() {
    println!("seed 71");
    let shape = MailShape { median_bytes: 100_000.0, sigma: 1.0, ..MailShape::default() };
    let accounts = Population::Generated { count: 12, giant_bytes: Some(12_000_000), shape, empty: false };
    let world = World::of(Config { accounts, seed: 71, speed: 50.0, ..Config::default() }).await;
    // The giant takes some two seconds, so that the machines are read meanwhile.
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = Some(6.0 / 50.0));
    let temporary = world.scratch.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let mut command = run_command(&world, &[]);
    command.env("TMPDIR", &temporary);
    let (code, out, said) = finish(command).await;
    assert_eq!(code, 0, "{said}");
    assert_no_secret(&out);
    assert_no_secret(&said);
    let ran = Ran { code, json: serde_json::from_str(&out).unwrap(), said };

    assert_eq!(ran.json["schema_version"], 1);
    assert_eq!((ran.count("total"), ran.count("failed"), ran.count("incomplete")), (12, 0, 0));
    assert_eq!(ran.count("verified") + ran.count("empty"), 12);
    for key in ["items", "bytes"] {
        assert!(ran.json[key].as_u64().unwrap() > 0, "{key}");
    }
    assert!(ran.json["makespan_s"].as_f64().unwrap() > 0.0);
    assert!(ran.json["observed_s"].as_f64().unwrap() > 0.0);
    for key in ["min", "max", "final"] {
        assert_eq!(ran.json["limit"][key], 3, "{key}");
    }
    assert!(ran.json["decisions"].is_array() && ran.json["failures"].as_array().unwrap().is_empty());
    assert!(ran.json["over_line_s"].as_object().unwrap().contains_key("source.cpu"), "{}", ran.json);

    let everybody: BTreeSet<String> = world.source.addresses().into_iter().collect();
    assert_eq!(exported_since(&world.source, 0), everybody, "people and nobody else");
    for address in &everybody {
        world.assert_moved(address.split('@').next().unwrap());
    }
    assert!(is_empty(&temporary), "something is left in the temporary folder");
    assert_private(&world.state());
    assert!(world.destination.record().imports_high <= 3);

    // Once more: nothing is left to do, and nothing is touched.
    let before = transfers(&world);
    let again = run(&world, &[]).await;
    assert_eq!((again.code, again.count("total"), transfers(&world)), (0, 12, before), "{}", again.said);
}

/// Nobody else may look, and there is nothing secret to be seen.
fn assert_private(state: &Path) {
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(state), 0o700);
    let mut files = 0;
    for entry in std::fs::read_dir(state).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        let bytes = std::fs::read(&path).unwrap();
        assert_no_secret(&String::from_utf8_lossy(&bytes));
        files += 1;
    }
    assert!(files >= 2, "a lock and a journal");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_account_is_listed_and_the_others_go_on() {
    let world = World::with(72, three()).await;
    world.destination.remove_account(&address("bob"));
    let ran = run(&world, &[]).await;
    assert_eq!(ran.code, 3, "{}", ran.said);
    assert_eq!((ran.count("total"), ran.count("failed")), (3, 1));
    let failures = ran.failures();
    let (cause, next) = &failures[&address("bob")];
    assert!(cause.contains("destination") && cause.contains(&address("bob")), "{cause}");
    assert!(next.contains("zmprov ca"), "{next}");
    for name in ["ann", "eve"] {
        world.assert_moved(name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn items_that_differ_are_an_exit_code_of_their_own_until_they_are_there() {
    let world = World::with(73, three()).await;
    world.source.inject(&address("ann"), Fault::always(FaultKind::MissingBlob { item: 5 }));
    let ran = run(&world, &[]).await;
    assert_eq!((ran.code, ran.count("incomplete"), ran.count("failed")), (4, 1, 0), "{}", ran.said);
    let failures = ran.failures();
    assert!(failures[&address("ann")].0.contains("60 on the source, 59 on the destination"), "{failures:?}");
    assert_eq!(status(&world).await["accounts"]["incomplete"], 1);
    world.source.clear(&address("ann"));
    let again = run(&world, &[]).await;
    assert_eq!((again.code, again.count("incomplete")), (0, 0), "{}", again.said);
    for name in ["ann", "bob", "eve"] {
        world.assert_moved(name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn passing_faults_cost_a_retry_and_lasting_ones_the_mailbox_alone() {
    let names = ["a", "b", "c", "d", "e", "f"];
    let list = names.map(|name| Sized::messages(name, 20, 300_000)).to_vec();
    let world = World::with(74, list).await;
    world.source.inject(&address("a"), Fault::once(FaultKind::CutInsideEntry { after_bytes: 100_000 }));
    world.source.inject(&address("b"), Fault::times(FaultKind::ExportStatus(503), 2));
    world.destination.inject(&address("c"), Fault::once(FaultKind::ImportAnswerLost));
    world.destination.inject(&address("d"), Fault::always(FaultKind::ImportFail));
    world.destination.set_quota(&address("e"), 100_000);
    let ran = run(&world, &[]).await;
    assert_eq!((ran.code, ran.count("verified"), ran.count("failed")), (3, 4, 2), "{}", ran.said);
    let failures = ran.failures();
    assert!(failures[&address("d")].0.contains("refused"), "{failures:?}");
    assert!(failures[&address("e")].1.contains("zimbraMailQuota"), "{failures:?}");
    for name in ["a", "b", "c", "f"] {
        world.assert_moved(name);
    }
    world.destination.clear(&address("d"));
    world.destination.set_quota(&address("e"), 0);
    let again = run(&world, &[]).await;
    assert_eq!((again.code, again.count("verified")), (0, 6), "{}", again.said);
    for name in names {
        world.assert_moved(name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_and_started_again_nothing_is_lost_or_doubled() {
    let world = slow_world(75, 10).await;
    let mut dice = fastrand::Rng::with_seed(75);
    let mut finished: BTreeSet<String> = BTreeSet::new();
    for round in 1..=5 {
        let (begun, starts) = (world.source.record().total, world.destination.record().imports_high);
        let mut child = spawn(&world, &[]);
        let exports =
            || world.source.record().of(PathClass::Export).filter(|seen| seen.number >= begun).count();
        until("it moves", || exports() > 0 || child.try_wait().unwrap().is_some()).await;
        assert!(starts <= 3);
        tokio::time::sleep(Duration::from_millis(dice.u64(100..900))).await;
        let live = status(&world).await;
        signal(&child, "KILL");
        let _ = wait(child).await;
        assert_eq!(live["accounts"]["total"], 10, "round {round}: {live}");

        let told = status(&world).await;
        assert_eq!(told["running"], false);
        println!("round {round}: {}", told["accounts"]);
        let reader = Journal::read(&world.state()).unwrap();
        let rows = reader.load_accounts().unwrap();
        let now: BTreeSet<String> = rows
            .iter()
            .filter(|row| row.state == AccountState::Verified)
            .map(|row| row.source.clone())
            .collect();
        assert_eq!(told["accounts"]["verified"], now.len(), "{told}");
        // What is finished stays so, was not read again, and is really there.
        assert!(finished.is_subset(&now));
        let touched = exported_since(&world.source, begun);
        assert!(touched.is_disjoint(&finished), "round {round}: {touched:?} and {finished:?}");
        for address in now.difference(&finished) {
            world.assert_moved(address.split('@').next().unwrap());
        }
        finished = now;
        world.imports_ended().await;
    }
    let begun = world.source.record().total;
    let ran = run(&world, &[]).await;
    assert!(exported_since(&world.source, begun).is_disjoint(&finished));
    // A kill may fall inside an item. Should the lab then have run away, the mailbox must not be called good.
    if world.destination.record().runaways == 0 {
        assert_eq!((ran.code, ran.count("verified")), (0, 10), "{}", ran.said);
    }
    for number in 0..10 {
        if !ran.failures().contains_key(&address(&format!("u{number}"))) {
            world.assert_moved(&format!("u{number}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn large_items_leave_nothing_in_the_temporary_folder() {
    let world = World::with(88, vec![Sized::messages("gus", 2, 20_000_000)]).await;
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = Some(6.0 / 50.0));
    let temporary = world.scratch.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let command = || {
        let mut command = run_command(&world, &["--workers", "1"]);
        command.env("TMPDIR", &temporary);
        command
    };
    let child = command().stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    until("an item lies in a nameless file there", || {
        let open = std::fs::read_dir(format!("/proc/{}/fd", child.id())).unwrap();
        let mut targets = open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
        targets.any(|target| target.starts_with(&temporary))
    })
    .await;
    signal(&child, "KILL");
    let _ = wait(child).await;
    assert!(is_empty(&temporary), "a kill leaves nothing behind");
    world.imports_ended().await;
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = None);
    let (code, _, said) = finish(command()).await;
    assert_eq!(code, 0, "{said}");
    world.assert_moved("gus");
    assert!(is_empty(&temporary), "something is left in the temporary folder");

    let mut nowhere = run_command(&world, &["--workers", "1"]);
    nowhere
        .env("TMPDIR", "/nonexistent")
        .args(["--state-dir", world.scratch.path().join("other").to_str().unwrap()]);
    world.destination.set_quota(&address("gus"), 0);
    let (code, out, said) = finish(nowhere).await;
    assert_eq!(code, 3, "{said}");
    let json: Value = serde_json::from_str(&out).unwrap();
    let failure = &json["failures"][0];
    assert_eq!(failure["code"], "ZP-TEMP-SPACE", "{failure}");
    assert!(failure["next"].as_str().unwrap().contains("TMPDIR"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_polite_signal_finishes_what_runs_and_starts_nothing_more() {
    let world = slow_world(76, 12).await;
    let child = spawn(&world, &[]);
    until("three are under way", || world.destination.record().imports_now == 3).await;
    signal(&child, "TERM");
    let (code, said) = wait(child).await;
    assert_eq!(code, Some(5), "{said}");
    let told = status(&world).await;
    let (verified, waiting) = (&told["accounts"]["verified"], &told["accounts"]["waiting"]);
    assert!(verified.as_u64() >= Some(3) && waiting.as_u64() >= Some(1), "{told}");
    let record = world.destination.record();
    assert_eq!((record.imports_now, record.runaways), (0, 0));
    let ran = run(&world, &["--max-workers", "6", "--workers", "6"]).await;
    assert_eq!((ran.code, ran.count("verified")), (0, 12), "{}", ran.said);
    assert_eq!(world.source.record().of(PathClass::Export).count(), 12, "nobody was read twice");
    for number in 0..12 {
        world.assert_moved(&format!("u{number}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_signals_end_it_now_and_a_later_run_goes_on() {
    let world = slow_world(77, 6).await;
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = Some(0.4 / 50.0));
    let child = spawn(&world, &[]);
    until("mail is moving", || world.destination.record().imports_now == 3).await;
    signal(&child, "INT");
    tokio::time::sleep(Duration::from_millis(300)).await;
    signal(&child, "INT");
    let (code, said) = wait(child).await;
    assert_eq!(code, Some(5), "{said}");
    assert_eq!(world.destination.record().runaways, 0);
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = None);
    let ran = run(&world, &[]).await;
    assert_eq!((ran.code, ran.count("verified")), (0, 6), "{}", ran.said);
    for number in 0..6 {
        world.assert_moved(&format!("u{number}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_is_refused_and_named_the_first() {
    let world = slow_world(78, 4).await;
    let child = spawn(&world, &[]);
    until("the first moves", || world.destination.record().imports_now > 0).await;
    let before = world.source.record().of(PathClass::Export).count();
    let cmdline = std::fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
    assert_no_secret(&String::from_utf8_lossy(&cmdline));
    let second = run(&world, &[]).await;
    assert_eq!(second.code, 6, "{}", second.said);
    assert!(second.said.contains(&child.id().to_string()), "{}", second.said);
    assert_eq!(status(&world).await["running"], true);
    assert!(world.source.record().of(PathClass::Export).count() >= before);
    let (code, said) = wait(child).await;
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(world.source.record().of(PathClass::Export).count(), 4, "only one of the two moved mail");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_costs_nothing_that_was_done() {
    let list = (0..40).map(|number| Sized::messages(&format!("u{number}"), 3, 20_000)).collect();
    let world = World::with(79, list).await;
    let limited = run_command(&world, &["--set", "state.room_wait=0s"]);
    let (code, _, said) = finish(on_a_small_disk(&limited, 400)).await;
    assert_eq!(code, 8, "{said}");
    assert!(said.contains("no space left for the journal") && said.contains("df -h"), "{said}");
    assert!(!said.contains("panic"), "{said}");
    let told = status(&world).await;
    assert_eq!(told["running"], false);
    let done = told["accounts"]["verified"].as_u64().unwrap();
    println!("{done} were verified when the disk was full");
    let begun = world.source.record().total;
    let ran = run(&world, &[]).await;
    assert_eq!((ran.code, ran.count("verified")), (0, 40), "{}", ran.said);
    assert_eq!(exported_since(&world.source, begun).len() as u64, 40 - done, "finished ones are not touched");
    for number in 0..40 {
        world.assert_moved(&format!("u{number}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_a_person_can_mend_ends_it_at_once() {
    let world = World::with(80, three()).await;
    for side in [Side::Source, Side::Destination] {
        let mut command = run_command(&world, &[]);
        command.env(format!("ZMPACE_{}_PASSWORD", side.word().to_uppercase()), "not-it-at-all");
        let (code, out, said) = finish(command).await;
        assert_eq!(code, 7, "{said}");
        assert!(said.contains(&format!("{side}: sign-in of admin@old.example was refused")), "{said}");
        assert!(said.contains("next: ") && said.contains("password_file"), "{said}");
        assert!(!said.contains("not-it-at-all") && out.is_empty(), "{said}");
        assert_eq!(world.lab(side).record().failed_logins, 1);
    }
    let pinned = format!("source.fingerprints={}", world.destination.fingerprint());
    let ran = run(&world, &["--set", &pinned]).await;
    assert_eq!(ran.code, 7, "{}", ran.said);
    assert!(ran.said.contains(&world.source.fingerprint().to_uppercase()), "{}", ran.said);
    let ran = run(&world, &["--set", "destination.fingerprints=[]"]).await;
    assert_eq!(ran.code, 7, "{}", ran.said);
    assert!(ran.said.contains(&world.destination.fingerprint().to_uppercase()), "{}", ran.said);

    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let ran = run(&world, &["--set", &format!("destination.port={closed}")]).await;
    assert_eq!(ran.code, 5, "{}", ran.said);
    assert!(ran.said.contains("destination: cannot reach 127.0.0.1"), "{}", ran.said);
    assert_eq!(transfers(&world), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_changed_at_night_stops_it_after_one_try() {
    let world = slow_world(81, 8).await;
    let child = spawn(&world, &["--workers", "2"]);
    until("the first are through", || world.source.record().of(PathClass::Export).count() > 2).await;
    world.source.set_password("changed");
    let (code, said) = wait(child).await;
    assert_eq!(code, Some(7), "{said}");
    assert!(said.contains("source"), "{said}");
    assert_eq!(world.source.record().failed_logins, 1);
    world.source.set_password(crate::world::PASSWORD);
    let ran = run(&world, &["--workers", "8"]).await;
    assert_eq!((ran.code, ran.count("verified")), (0, 8), "{}", ran.said);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_and_a_dry_run_move_nothing() {
    let world = World::with(82, three()).await;
    world.destination.remove_account(&address("eve"));
    world.destination.set_quota(&address("ann"), 100_000);
    let mut command = world.zmpace("plan", QUICK);
    command.arg("--json");
    let (code, out, said) = finish(command).await;
    assert_eq!(code, 0, "{said}");
    let plan: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(plan["schema_version"], 1);
    let rows: BTreeMap<&str, &Value> = plan["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["source"].as_str().unwrap(), row))
        .collect();
    assert_eq!(rows.len(), 3, "{plan}");
    let row = |name: &str| rows[address(name).as_str()];
    assert!(row("bob")["bytes"].as_u64().unwrap() > 1_000_000 && row("bob")["obstacle"].is_null());
    assert!(row("eve")["obstacle"].as_str().unwrap().contains("no account"), "{plan}");
    assert!(row("eve")["next"].as_str().unwrap().contains("zmprov ca"), "{plan}");
    assert!(row("ann")["warning"].as_str().unwrap().contains("quota"), "{plan}");

    let mut command = world.zmpace("run", QUICK);
    command.arg("--dry-run");
    let (code, out, said) = finish(command).await;
    assert_eq!(code, 0, "{said}");
    assert!(out.contains("2 mailboxes to move") && out.contains("blocked:"), "{out}");
    assert!(out.contains("quota"), "{out}");
    assert_eq!(transfers(&world), 0);
    assert!(!world.state().exists(), "a dry run leaves no journal");
    for lab in [&world.source, &world.destination] {
        assert!(!lab.record().soap.contains_key("GetMailboxRequest"), "it would create mailboxes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_accounts_chooses_and_renames() {
    let world =
        World::with(83, ["a", "b", "c", "new"].map(|name| Sized::messages(name, 4, 40_000)).to_vec()).await;
    let list = world.scratch.path().join("pilot.txt");
    std::fs::write(
        &list,
        "# pilot users\nA@old.example\nb@old.example, new@old.example\nnobody@old.example\n",
    )
    .unwrap();
    let ran = run(&world, &["--accounts", list.to_str().unwrap()]).await;
    assert_eq!((ran.code, ran.count("total"), ran.count("verified")), (3, 3, 2), "{}", ran.said);
    assert!(ran.failures()[&address("nobody")].0.contains("source: there is no account"), "{ran:?}");
    world.assert_moved("a");
    let expected = world.source.expected(&address("b")).unwrap();
    assert_eq!(expected.differences(&world.arrived("new")), Vec::<String>::new());
    assert!(world.arrived("b").items.is_empty() && world.arrived("c").items.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_moves_to_another_name() {
    println!("seed 84");
    let shape = MailShape { median_bytes: 30_000.0, ..MailShape::default() };
    let accounts = Population::Generated { count: 3, giant_bytes: None, shape, empty: false };
    let source = Config { accounts, seed: 84, speed: 50.0, ..Config::default() };
    let destination = Config {
        domain: "new.example".into(),
        admin_name: "admin@new.example".into(),
        ..Config::destination_for(&source)
    };
    let world = World {
        source: Lab::start(source).await.unwrap(),
        destination: Lab::start(destination).await.unwrap(),
        scratch: tempfile::tempdir().unwrap(),
    };
    let mut command =
        world.zmpace("run", &format!("{QUICK}[plan.domain_map]\n\"old.example\" = \"new.example\"\n"));
    command.args(["--workers", "2", "--json", "--domain", "old.example"]);
    command.args(["--set", "destination.admin=admin@new.example"]);
    let (code, out, said) = finish(command).await;
    assert_eq!(code, 0, "{said}");
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&json["accounts"]["total"], &json["accounts"]["failed"]), (&3.into(), &0.into()));
    for address in world.source.addresses() {
        let expected = world.source.expected(&address).unwrap();
        let arrived = world.destination.mailbox(&address.replace("old.example", "new.example")).unwrap();
        assert_eq!(expected.differences(&arrived), Vec::<String>::new(), "{address}");
    }
    let mut command = world.zmpace("plan", QUICK);
    command.args(["--json", "--domain", "elsewhere.example", "--set", "destination.admin=admin@new.example"]);
    let (code, out, said) = finish(command).await;
    assert_eq!(code, 0, "{said}");
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap()["accounts"].as_array().unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_probe_prints_both_machines() {
    let world = World::with(85, three()).await;
    let mut command = world.zmpace("probe", QUICK);
    command.args(["--count", "2", "--json", "--interval", "0.2"]);
    let (code, out, said) = finish(command).await;
    assert_eq!(code, 0, "{said}");
    let mut sides: BTreeMap<String, u32> = BTreeMap::new();
    for line in out.lines() {
        let sample: Value = serde_json::from_str(line).unwrap();
        assert!(sample["cpu"].is_object() && sample["memory"].is_object(), "{line}");
        *sides.entry(sample["side"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert!(sides["source"] >= 2 && sides["destination"] >= 2, "{sides:?}");
    let mut command = world.zmpace("probe", QUICK);
    command.args(["--count", "1", "--interval", "0.2"]);
    let (code, out, _) = finish(command).await;
    assert_eq!(code, 0);
    assert!(out.lines().next().unwrap().contains("cpu") && out.lines().count() >= 3, "{out}");
}

/// What a run decided, decided again from what the journal holds.
pub fn assert_replays(state: &Path) -> usize {
    let reader = Journal::read(state).unwrap();
    let run = reader.last_run().unwrap().unwrap();
    let policy: Policy = serde_json::from_str(&run.settings_json).unwrap();
    let rows = reader.load_accounts().unwrap();
    let accounts = rows.iter().map(|row| Account { id: row.id, bytes: row.bytes, attempts: 0 }).collect();
    let mut dispatcher = Dispatcher::new(policy, accounts);
    let mut events = 0;
    for recorded in reader.events(run.id) {
        let recorded = recorded.unwrap();
        let actions = dispatcher.on(recorded.at, recorded.event);
        assert_eq!(actions, recorded.actions, "event {} at {:?}", recorded.seq, recorded.at);
        events += 1;
    }
    events
}

#[tokio::test(flavor = "multi_thread")]
async fn the_law_chooses_the_workers_and_a_replay_chooses_the_same() {
    let list = (0..24).map(|number| Sized::messages(&format!("u{number}"), 20, 1_000_000)).collect();
    let world = World::with(86, list).await;
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = Some(1.0 / 50.0));
    let mut quick = vec!["--workers".to_owned(), "auto".to_owned()];
    for (key, value) in [
        ("preflight_s", "1"),
        ("preflight_most_s", "5"),
        ("fast_s", "0.5"),
        ("slow_s", "1"),
        ("settle_s", "0.5"),
        ("settle_green_s", "0.3"),
        ("window_s", "1"),
        ("window_green_s", "0.8"),
        ("window_most_s", "2"),
        ("batch_s", "0.25"),
        ("stale_s", "5"),
        ("degraded_s", "20"),
        ("blind_s", "60"),
        ("fresh_s", "1"),
    ] {
        quick.extend(["--set".to_owned(), format!("law.timing.{key}={value}")]);
    }
    let quick: Vec<&str> = quick.iter().map(String::as_str).collect();
    let ran = run(&world, &quick).await;
    assert_eq!((ran.code, ran.count("verified")), (0, 24), "{}", ran.said);
    let decisions = ran.json["decisions"].as_array().unwrap();
    assert!(ran.json["limit"]["max"].as_u64().unwrap() > 1, "{}", ran.said);
    for decision in decisions {
        assert!(decision["reason"].as_str().unwrap().chars().any(|c| c.is_ascii_digit()), "{decision}");
    }
    let events = assert_replays(&world.state());
    println!("{} decisions, {events} events replayed", decisions.len());
    assert!(events > 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_with_failures_replays_too() {
    let names = ["a", "b", "c", "d"];
    let world = World::with(87, names.map(|name| Sized::messages(name, 20, 300_000)).to_vec()).await;
    world.source.inject(&address("a"), Fault::times(FaultKind::CutBetweenEntries { after_items: 3 }, 2));
    world.destination.inject(&address("b"), Fault::always(FaultKind::ImportFail));
    world.source.inject(&address("c"), Fault::always(FaultKind::MissingBlob { item: 1 }));
    let ran = run(&world, &["--workers", "2"]).await;
    assert_eq!((ran.code, ran.count("failed"), ran.count("incomplete")), (3, 1, 1), "{}", ran.said);
    assert!(assert_replays(&world.state()) > 8);
}
