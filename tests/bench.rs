//! `zmpace bench` as a process: what it prints, that what it moves counts, what it refuses.

use serde_json::Value;
use zmpace::{
    control::{decision::Rule, sample::Side},
    journal::Journal,
    lab::{MailShape, PathClass, Population},
};

use crate::{
    loss::NO_LINES,
    machine::Machine,
    weather::Run,
    world::{World, assert_no_secret, finish, program, until},
};

/// Settings that lose no time: a benchmark of seconds. Its numbers mean nothing, its manners do.
const QUICK: &str = "[plan]\nexclude = [\"admin@old.example\"]\n[mover]\nstandstill = \"200ms\"\n[probe]\ninterval = \"200ms\"\n\
    [law]\nmax_workers = 3\n[law.timing]\npreflight_s = 0.6\nfresh_s = 0.4\n\
    [law.sweep]\napart_s = 0.2\nrung_settle_s = 0.3\nrung_settle_most_s = 0.5\nsettle_s = 0.3\nwindow_s = 1\ndrain_s = 20\n";

async fn world(seed: u64, count: u32) -> World {
    println!("seed {seed}");
    let shape = MailShape { empty_share: 0.2, median_bytes: 600_000.0, sigma: 0.8, ..MailShape::default() };
    let accounts = Population::Generated { count, giant_bytes: None, shape, empty: false };
    let world = World::of(zmpace::lab::Config { accounts, seed, speed: 50.0, ..Default::default() }).await;
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = Some(2.0 / 50.0));
    world
}

fn assert_shape(json: &Value) {
    for key in ["workers", "low", "high"] {
        assert!(json["recommended"][key].is_u64(), "recommended.{key}: {json}");
    }
    assert!(json["recommended"]["limiting"].is_string(), "{json}");
    for point in json["curve"].as_array().unwrap() {
        assert!(point["workers"].is_u64(), "{point}");
        for key in ["work_rate", "low", "high"] {
            assert!(point[key].is_f64(), "curve.{key}: {point}");
        }
    }
    assert!(json["minutes"].is_f64() && json["schema_version"] == 1, "{json}");
    for key in ["accounts", "bytes"] {
        assert!(json["moved"][key].is_u64(), "moved.{key}: {json}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_benchmark_moves_is_moved() {
    let world = world(91, 40).await;
    let mut command = world.zmpace("bench", QUICK);
    command.args(["--json", "--progress", "lines", "--budget", "8s"]);
    let (code, out, said) = finish(command).await;
    assert!(code == 0 || code == 5, "{code}: {said}");
    assert_no_secret(&out);
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_shape(&json);
    assert!(json.get("truth_workers").is_none(), "nobody knows the truth here");
    let moved = json["moved"]["accounts"].as_u64().unwrap();
    assert!(moved >= 1, "{json}");
    let profile = world.state().join("profile.toml");
    assert_eq!(json["profile"].as_str(), profile.to_str());

    let before: Vec<String> =
        world.destination.record().of(PathClass::Import).filter_map(|s| s.account.clone()).collect();
    let mut command = world.zmpace("run", QUICK);
    command.args(["--json", "--progress", "lines", "--workers", "3", "--profile", profile.to_str().unwrap()]);
    let (code, out, said) = finish(command).await;
    assert_eq!(code, 0, "{said}");
    let night: Value = serde_json::from_str(&out).unwrap();
    let count = |key: &str| night["accounts"][key].as_u64().unwrap();
    assert_eq!(count("verified") + count("empty"), count("total"), "{said}");
    // Nothing that the benchmark verified is touched again.
    let verified = said_verified(&before, &world);
    assert!(verified >= moved.saturating_sub(json_empty(&json)), "{verified} of {moved}");
    for address in world.source.addresses() {
        world.assert_moved(address.split('@').next().unwrap());
    }
}

/// Accounts imported before the night that were imported exactly once in all.
fn said_verified(before: &[String], world: &World) -> u64 {
    let record = world.destination.record();
    let all: Vec<&String> = record.of(PathClass::Import).filter_map(|seen| seen.account.as_ref()).collect();
    before.iter().filter(|one| all.iter().filter(|other| **other == *one).count() == 1).count() as u64
}

/// Empty mailboxes among what was moved take no import: at most all of them.
fn json_empty(json: &Value) -> u64 {
    json["moved"]["accounts"].as_u64().unwrap() / 2
}

/// `zmpace bench` between two machines at rest of which only the processors count; `struck` becomes critical once
/// two workers are measured. Exit code and what it printed.
async fn struck(world: &World, struck: Side, more: &[&str]) -> (i32, String) {
    let mut command = world.zmpace("bench", QUICK);
    command.args(["--progress", "lines", "--budget", "100s"]).args(more);
    let machines = [Side::Source, Side::Destination].map(|side| {
        let machine = Machine::like(world.lab(side), world.scratch.path().join(side.word()), 30);
        command.args(["--set", &format!("{side}.proc_root={}", machine.folder.display())]);
        for line in NO_LINES.iter().filter(|line| !line.starts_with("cpu")) {
            command.args(["--set", &format!("law.lines.{side}.{line}")]);
        }
        machine
    });
    let run = Run::of(world, command);
    until("two are at work", || world.destination.record().imports_now >= 2).await;
    until("two are measured", || run.said().contains("stays 2  measured: work")).await;
    machines[usize::from(struck == Side::Destination)].becomes(99);
    let (code, said) = run.end().await;
    println!("{said}");
    (code, std::fs::read_to_string(world.scratch.path().join("run.json")).unwrap())
}

/// After a critical sample: down, and never up again.
fn assert_it_stood_back(world: &World, side: Side) {
    let reader = Journal::read(&world.state()).unwrap();
    let run = reader.last_run().unwrap().unwrap();
    let made: Vec<_> = reader.decisions(run.id).unwrap().into_iter().map(|row| row.decision).collect();
    let log = made.iter().map(|decision| decision.line() + "\n").collect::<String>();
    let at = made.iter().position(|decision| decision.rule == Rule::Critical).expect(&log);
    assert_eq!((made[at].side, made[at].to), (Some(side), (made[at].from / 2).max(1)), "{log}");
    assert!(made[at..].windows(2).all(|pair| pair[1].to <= pair[0].to), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_critical_machine_ends_the_benchmark_and_what_it_had_is_told() {
    for (seed, side) in [(94, Side::Source), (95, Side::Destination)] {
        let world = world(seed, 120).await;
        let (code, out) = struck(&world, side, &["--json"]).await;
        assert_eq!(code, 5, "{out}");
        let json: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(json["stopped"], "critical", "{json}");
        assert!(json["minutes"].as_f64() < Some(1.0), "long before its time was over: {json}");
        let measured = json["curve"].as_array().unwrap().iter().map(|point| &point["workers"]);
        assert!(measured.take(2).eq([1, 2].iter()), "{json}");
        assert!(
            json["wire"].is_null(),
            "a critical machine is not read once more for its wire format: {json}"
        );
        assert_it_stood_back(&world, side);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_under_way_at_a_critical_sample_is_whole_and_the_rest_is_left_to_a_run() {
    let world = world(96, 60).await;
    let (code, out) = struck(&world, Side::Destination, &[]).await;
    assert!(code == 5 && out.contains("then a machine crossed a critical line"), "{code}: {out}");
    world.imports_ended().await;
    let mut command = world.zmpace("run", QUICK);
    command.args(["--progress", "none", "--workers", "3"]);
    let (code, _, said) = finish(command).await;
    assert_eq!(code, 0, "{said}");
    for address in world.source.addresses() {
        world.assert_moved(address.split('@').next().unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_end_alone_moves_nothing() {
    let world = world(92, 12).await;
    let mut command = world.zmpace("bench", QUICK);
    command.args(["--json", "--progress", "none", "--budget", "4s", "--mode", "export-only"]);
    let (code, out, said) = finish(command).await;
    assert!(code == 0 || code == 5, "{code}: {said}");
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&json["mode"], &json["moved"]["accounts"]), (&Value::from("export-only"), &Value::from(0)));
    assert_eq!(world.destination.record().of(PathClass::Import).count(), 0, "nothing is written");

    let into = world.source.addresses()[0].clone();
    let mut command = world.zmpace("bench", QUICK);
    command.args([
        "--json",
        "--progress",
        "none",
        "--budget",
        "4s",
        "--mode",
        "import-only",
        "--into",
        &into,
    ]);
    let exports = world.source.record().of(PathClass::Export).count();
    let (code, out, said) = finish(command).await;
    assert!(code == 0 || code == 5, "{code}: {said}");
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&json["mode"], &json["moved"]["accounts"]), (&Value::from("import-only"), &Value::from(0)));
    assert_eq!(world.source.record().of(PathClass::Export).count(), exports, "nothing is read");
    let targets: std::collections::BTreeSet<String> =
        world.destination.record().of(PathClass::Import).filter_map(|s| s.account.clone()).collect();
    assert_eq!(targets, [into].into(), "one account takes it all");
    let arrived = world.arrived(targets.first().unwrap().split('@').next().unwrap());
    assert!(!arrived.items.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_prints_its_truth() {
    let mut command = program();
    command.args([
        "bench",
        "--demo",
        "--seed",
        "5",
        "--accounts",
        "60",
        "--speed",
        "80",
        "--budget",
        "7m",
        "--json",
        "--progress",
        "none",
    ]);
    let (code, out, said) = finish(command).await;
    assert_eq!(code, 0, "{said}");
    assert_no_secret(&out);
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_shape(&json);
    assert!(json["truth_workers"].as_u64() > Some(1), "{json}");
    assert!(["tar", "tgz"].contains(&json["wire"]["better"].as_str().unwrap()), "{json}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_is_refused_with_the_way_out() {
    for (arguments, word) in [
        (&["bench", "--seed", "3"] as &[&str], "--demo"),
        (&["bench", "--demo", "--accounts", "many"], "--accounts"),
        (&["bench", "--demo", "--speed", "0"], "--speed"),
        (&["bench", "--demo", "--budget", "soon"], "--budget"),
        (&["bench", "--demo", "--mode", "export-only"], "--mode"),
        (&["bench"], "source.host"),
        (&["bench", "--set", "law.sweep.candidates_least=1"], "candidates_least"),
        (&["run", "--profile", "/nonexistent/profile.toml"], "/nonexistent/profile.toml"),
    ] {
        let mut command = program();
        command.args(arguments).current_dir("/");
        let (code, out, said) = finish(command).await;
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}: {said}");
        assert!(said.contains(word), "{arguments:?}: {said}");
    }
    let world = world(93, 2).await;
    for (more, word) in
        [(&["--mode", "import-only"] as &[&str], "--into"), (&["--into", "x@new.example"], "import-only")]
    {
        let mut command = world.zmpace("bench", QUICK);
        command.args(more);
        let (code, _, said) = finish(command).await;
        assert_eq!(code, 2, "{said}");
        assert!(said.contains(word), "{said}");
    }
}
