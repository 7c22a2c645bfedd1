//! The report of real runs between two labs, of made-up journals, and its page in a real browser.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use zmpace::{
    control::{
        Moment,
        decision::{Decision, Measure, Phase, Resource, Rule, Step},
        event::{Action, Ending, Event},
        finding::{CurvePoint, Finding, Mode, Moved, Recommended, Stopped},
        policy::Policy,
        sample::Side,
        view::{Accounts, Gauge, Machine, Minute, Summary, View},
    },
    journal::{Journal, RunId},
    lab::Sized,
};

use crate::{
    browser::Browser,
    world::{World, assert_no_secret, finish, program, three, until},
};

const QUICK: &str = "[plan]\nexclude = [\"admin@old.example\"]\n[mover]\nstandstill = \"200ms\"\n[probe]\ninterval = \"250ms\"\n";
const START_MS: i64 = 1_795_438_800_000;

/// Names that want to be more than names.
const HOSTILE: [&str; 5] = [
    "=HYPERLINK(\"http://evil.example\")",
    "<script src=http://127.0.0.1:9/x.js></script>",
    "\"><img src=http://127.0.0.1:9/x.png onerror=console.error(1)>",
    "</title></text></svg><iframe src=http://127.0.0.1:9/>",
    "a|b](http://evil.example)\u{202e}\u{1b}[31m",
];

async fn report(state: &Path, more: &[&str]) -> (i32, String, String) {
    let mut command = program();
    command.args(["report", "--state-dir"]).arg(state).args(more).current_dir("/");
    finish(command).await
}

async fn told(state: &Path, more: &[&str]) -> String {
    let (code, out, said) = report(state, more).await;
    assert_eq!((code, said.as_str()), (0, ""), "{more:?}: {said}");
    assert_no_secret(&out);
    out
}

async fn json(state: &Path, more: &[&str]) -> Value {
    let mut arguments = vec!["--format", "json"];
    arguments.extend(more);
    let json = serde_json::from_str(&told(state, &arguments).await).unwrap();
    assert_schema(include_str!("../src/report/schema.json"), &json);
    json
}

fn assert_schema(schema: &str, json: &Value) {
    let schema = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> =
        validator.iter_errors(json).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_run_is_told_in_every_format() {
    let world = World::with(61, three()).await;
    let mut run = world.zmpace("run", QUICK);
    run.args(["--json", "--progress", "none", "--workers", "3"]);
    let (code, out, said) = finish(run).await;
    assert_eq!(code, 0, "{said}");
    let ran: Value = serde_json::from_str(&out).unwrap();
    let state = world.state();

    let json = json(&state, &["--last"]).await;
    for key in ["schema_version", "ending", "accounts", "items", "bytes", "makespan_s", "limit", "failures"] {
        assert_eq!(json[key], ran[key], "{key}");
    }
    assert_eq!((&json["run"]["state"], &json["run"]["id"]), (&"finished".into(), &1.into()));
    let ann = json["mailboxes"].as_array().unwrap().iter().find(|line| line["items_moved"] == 60).unwrap();
    assert!(ann["items_expected"].as_u64() >= Some(60), "{ann}");
    assert_eq!(ann["items_verified"], ann["items_expected"], "{ann}");
    assert!(ann["worker_s"].as_f64() > Some(0.0), "{ann}");

    let text = told(&state, &[]).await;
    assert!(
        text.contains("3 of 3 mailboxes") && text.contains("not measured: this run was held at 3"),
        "{text}"
    );
    let csv = told(&state, &["--format", "csv"]).await;
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(
        told(&state, &["--format", "csv", "--table", "minutes"]).await.starts_with("at_s,limit,running,")
    );
    assert!(told(&state, &["--format", "markdown"]).await.starts_with("# Migration report, run 1\n"));
    let page = world.scratch.path().join("night.html");
    assert_eq!(told(&state, &["-o", page.to_str().unwrap()]).await, "");
    assert!(fs::read_to_string(&page).unwrap().starts_with("<!DOCTYPE html>"));

    let (code, _, said) = report(&state, &["--emit", "zmztozmig"]).await;
    assert!(code == 1 && said.contains("zmpace bench"), "a number nobody compared is not passed on: {said}");
    let (code, _, said) = report(&state, &["--run", "9"]).await;
    assert!(code == 2 && said.contains("there are: 1"), "{said}");
    let mut again = world.zmpace("run", QUICK);
    again.args(["--progress", "none", "--workers", "3"]);
    assert_eq!(finish(again).await.0, 0);
    let compared = told(&state, &["--compare", "1", "2"]).await;
    assert!(compared.starts_with("Run 1 against run 2: too little to tell"), "{compared}");
    let compared = told(&state, &["--compare", "1", "2", "--format", "json"]).await;
    let compared: Value = serde_json::from_str(&compared).unwrap();
    assert_schema(include_str!("../src/report/comparison.json"), &compared);
    assert_eq!(compared["runs"], serde_json::json!([1, 2]), "{compared}");
    let (code, _, said) = report(&state, &["--compare", "1", "2", "--format", "html"]).await;
    assert!(code == 2 && said.contains("markdown"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_under_way_and_a_killed_one_are_told_too() {
    let list = (0..8).map(|number| Sized::messages(&format!("u{number}"), 30, 1_800_000));
    let world = World::with(62, list.collect()).await;
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = Some(2.0 / 50.0));
    let mut run = world.zmpace("run", QUICK);
    run.args(["--progress", "none", "--workers", "2"]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = run.spawn().unwrap();
    until("a mailbox is under way", || world.destination.record().imports_now > 0).await;
    let state = world.state();
    let running = json(&state, &[]).await;
    assert_eq!((&running["run"]["state"], &running["ending"]), (&"running".into(), &Value::Null));
    assert!(running["left"]["mailboxes"].as_u64() >= Some(1), "{}", running["left"]);
    child.kill().unwrap();
    child.wait().unwrap();
    let killed = json(&state, &[]).await;
    assert_eq!((&killed["run"]["state"], &killed["run"]["ended"]), (&"killed".into(), &Value::Null));
    assert!(killed["warnings"].to_string().contains("zmpace run"), "{}", killed["warnings"]);
    let page = told(&state, &["--format", "html"]).await;
    assert!(page.contains("killed") && page.contains("unfinished"), "the open attempts are drawn");
    assert!(told(&state, &[]).await.contains("the run has no end"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_keeps_its_journal_where_it_is_told() {
    let scratch = tempfile::tempdir().unwrap();
    let state = scratch.path().join("state");
    let demo = || {
        let mut command = program();
        command.args(["demo", "--accounts", "6", "--seed", "4", "--speed", "100", "--progress", "none"]);
        command.arg("--state-dir").arg(&state);
        finish(command)
    };
    let (code, _, said) = demo().await;
    assert_eq!(code, 0, "{said}");
    let json = json(&state, &[]).await;
    let last = json["minutes"].as_array().unwrap().last().unwrap();
    let cpu = |side: &str| {
        let gauges = last["gauges"].as_array().unwrap();
        gauges.iter().any(|gauge| gauge["side"] == side && gauge["measure"] == "cpu_busy")
    };
    assert!(cpu("source") && cpu("destination"), "both machines are kept: {last}");
    assert_eq!(last["items"], json["items"], "the last minute is the end");
    assert!(json["decisions"].as_array().is_some_and(|list| !list.is_empty()), "{json}");
    let (code, _, said) = demo().await;
    assert!(code == 2 && said.contains("--state-dir"), "a journal is not written over: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_is_not_there_is_told_with_the_next_command() {
    let scratch = tempfile::tempdir().unwrap();
    let (code, out, said) = report(&scratch.path().join("none"), &[]).await;
    assert!(code != 0 && out.is_empty() && said.contains("zmpace run"), "{said}");
    drop(Journal::open(scratch.path()).unwrap());
    let (code, _, said) = report(scratch.path(), &[]).await;
    assert!(code == 2 && said.contains("no run in the journal yet"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_in_a_real_browser() {
    let scratch = tempfile::tempdir().unwrap();
    made_up(scratch.path(), 400);
    let page = scratch.path().join("night.html");
    told(scratch.path(), &["-o", page.to_str().unwrap()]).await;
    let planted = scratch.path().join("planted.html");
    let text = fs::read_to_string(&page).unwrap();
    fs::write(&planted, text.replace("<main>", "<main><img src=\"http://127.0.0.1:9/x.png\">")).unwrap();
    let open = scratch.path().join("open.html");
    fs::write(
        &open,
        "<img src=http://127.0.0.1:9/x.png><p style=color:#bbb>faint<script>console.error(1)</script>",
    )
    .unwrap();
    // Pictures are kept where a person may look at them.
    let kept = std::env::var_os("ZMPACE_KEEP_PICTURES").map(std::path::PathBuf::from);
    tokio::task::spawn_blocking(move || {
        let mut browser = Browser::start();
        let look = browser.look(&planted, 1440, "light");
        assert!(
            look.errors.iter().any(|error| error.contains("Content Security Policy")),
            "{:?}",
            look.errors
        );
        let look = browser.look(&open, 1440, "light");
        assert!(!look.errors.is_empty() && !look.faint.is_empty(), "an error and faint words are noticed");
        assert_eq!(look.requests, ["http://127.0.0.1:9/x.png"], "a request is noticed");
        let mut papers = Vec::new();
        for width in [360, 1440] {
            for scheme in ["light", "dark"] {
                let look = browser.look(&page, width, scheme);
                assert_eq!(look.errors, [""; 0], "{width} {scheme}");
                assert_eq!(look.requests, [""; 0], "{width} {scheme}");
                assert_eq!(look.faint, [""; 0], "{width} {scheme}");
                assert!(
                    look.widths.0 <= look.widths.1,
                    "{width} {scheme}: wider than the window: {:?}",
                    look.widths
                );
                if let Some(folder) = &kept {
                    let png = STANDARD.decode(&look.picture).unwrap();
                    fs::write(folder.join(format!("report-{width}-{scheme}.png")), png).unwrap();
                }
                papers.push(look.paper);
            }
        }
        assert_eq!(
            papers,
            ["rgb(255, 255, 255)", "rgb(20, 24, 29)", "rgb(255, 255, 255)", "rgb(20, 24, 29)"]
        );
    })
    .await
    .unwrap();
}

/// `cargo test --release --test zmpace -- --ignored --nocapture hundred_thousand`: time and memory of each format.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn hundred_thousand_accounts() {
    let scratch = tempfile::tempdir().unwrap();
    made_up(scratch.path(), 100_000);
    for format in ["text", "markdown", "csv", "json", "html"] {
        let target = scratch.path().join(format);
        let began = Instant::now();
        let child = Command::new(env!("CARGO_BIN_EXE_zmpace"))
            .args(["report", "--format", format, "--state-dir"])
            .arg(scratch.path())
            .arg("-o")
            .arg(&target)
            .spawn()
            .unwrap();
        let status = format!("/proc/{}/status", child.id());
        let waiting = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
        let mut peak = String::new();
        while !waiting.is_finished() {
            if let Ok(text) = fs::read_to_string(&status)
                && let Some(line) = text.lines().find(|line| line.starts_with("VmHWM"))
            {
                line.clone_into(&mut peak);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let took = began.elapsed();
        assert!(waiting.await.unwrap().status.success());
        let size = fs::metadata(&target).unwrap().len();
        println!("{format}: {:.2} s, {peak}, {size} bytes", took.as_secs_f64());
    }
}

/// A journal of one night of eight hours: so many mailboxes, the first with hostile names and failed, a
/// benchmark, a decision every two minutes.
fn made_up(folder: &Path, accounts: u32) {
    let mut journal = Journal::open(folder).unwrap();
    let policy = serde_json::to_string(&Policy::for_tests()).unwrap();
    let at = |minute: u32| Moment {
        elapsed: Duration::from_secs(u64::from(minute) * 60),
        wall_ms: START_MS + i64::from(minute) * 60_000,
    };
    let run = journal.begin_run(at(0), &policy, "0.1.0").unwrap();
    for minute in 1..=480 {
        let wave = (f64::from(minute) / 40.0).sin();
        let running = (4.0 + 3.0 * wave).round() as u32;
        journal.keep_minute(run, &a_minute(minute, running, 0.3 + 0.2 * wave)).unwrap();
        if minute % 2 == 0 {
            let reason = a_decision(f64::from(minute) * 60.0, running, minute % 4 == 0);
            journal
                .append(run, u64::from(minute), at(minute), &Event::Tick, &[Action::Decide(reason)])
                .unwrap();
        }
    }
    journal.keep_finding(run, at(40), &a_finding()).unwrap();
    journal.end_run(run, at(480), Ending::Done).unwrap();
    journal.close().unwrap();
    fill(folder, run, accounts);
}

/// Accounts and attempts in bulk: what the journal would hold, without its commit for each.
fn fill(folder: &Path, run: RunId, accounts: u32) {
    let mut connection = rusqlite::Connection::open(folder.join("journal.sqlite")).unwrap();
    let transaction = connection.transaction().unwrap();
    for id in 1..=accounts {
        let hostile = HOSTILE.get(id as usize - 1);
        let name = hostile.map_or_else(|| format!("user{id:06}@old.example"), |name| (*name).to_owned());
        let state = if hostile.is_some() { "failed" } else { "verified" };
        let cause = hostile.map(|name| format!("destination: refused {name}"));
        let bytes = i64::from(id % 997) * i64::from(id % 991) * 400;
        transaction
            .prepare_cached(
                "INSERT INTO accounts (id, source, target, bytes, state, attempts, items, moved_bytes, baseline_items,
                   cause_code, cause, next) VALUES (?1, ?2, ?2, ?3, ?4, 1, 40, ?3, 0, ?5, ?6, ?7)",
            )
            .unwrap()
            .execute(rusqlite::params![
                id,
                name,
                bytes,
                state,
                hostile.map(|_| "ZP-BUSY"),
                cause,
                hostile.map(|_| "zmpace run")
            ])
            .unwrap();
        let start = START_MS + i64::from(id) * 28_000_000 / i64::from(accounts);
        transaction
            .prepare_cached(
                "INSERT INTO attempts (account, run, n, started_ms, ended_ms, outcome, items, bytes, active_s, code,
                   source_items, destination_items) VALUES (?1, ?2, 1, ?3, ?4, ?5, 40, ?6, ?7, ?8, 40, 40)",
            )
            .unwrap()
            .execute(rusqlite::params![
                id,
                run.0,
                start,
                start + 4000 + bytes / 400,
                if hostile.is_some() { "failed" } else { "moved" },
                bytes,
                4.0 + bytes as f64 / 4e5,
                hostile.map(|_| "ZP-BUSY")
            ])
            .unwrap();
    }
    transaction.commit().unwrap();
}

fn a_minute(at: u32, running: u32, busy: f64) -> Minute {
    let gauge = |measure, slow, line| Gauge { measure, fast: slow, slow, line, critical: None };
    let machine = |side, busy: f64| Machine {
        side,
        sample_age: Some(Duration::from_secs(2)),
        gauges: vec![
            gauge(Measure::CpuBusy, busy, 0.8),
            gauge(Measure::DiskUtilisation, busy * 0.9, 0.85),
            gauge(Measure::MemoryUsed, 0.6 + 0.2 * busy, 0.9),
        ],
    };
    let summary = Summary {
        accounts: Accounts::default(),
        items: u64::from(at) * 5000,
        bytes: u64::from(at) * 600_000_000,
        makespan: Duration::from_secs(u64::from(at) * 60),
        limit_min: 1,
        limit_max: 7,
        limit_final: running,
        decisions: 240,
        changes: 120,
        over_line_s: [("destination.cpu".to_owned(), 45.0)].into(),
        observed: Duration::from_secs(u64::from(at) * 60),
    };
    let view = View {
        phase: Phase::Measure,
        limit: running,
        accounts: Accounts { waiting: u64::from(480 - at), ..Accounts::default() },
        running,
        parked: 0,
        items: summary.items,
        bytes: summary.bytes,
        work_rate: f64::from(running) * 0.85,
        efficiency: Some(0.85),
        bytes_per_s: 1e7,
        items_per_s: 80.0,
        mailboxes_per_h: 600.0,
        eta: None,
        machines: vec![machine(Side::Source, busy * 0.5), machine(Side::Destination, busy + 0.2)],
        bottleneck: None,
        last_decision: None,
        elapsed: summary.makespan,
    };
    let (at_s, wall_ms) = (f64::from(at) * 60.0, START_MS + i64::from(at) * 60_000);
    Minute { at_s, wall_ms, view, summary, tokens_renewed: [1, 1], peak_memory_bytes: Some(40_000_000) }
}

fn a_decision(at_s: f64, limit: u32, holds: bool) -> Decision {
    Decision {
        at_s,
        from: if holds { limit } else { limit.saturating_sub(1) },
        to: limit,
        step: if holds { Step::Hold } else { Step::Grow },
        rule: if holds { Rule::Guard } else { Rule::Try },
        phase: Phase::Measure,
        side: Some(Side::Destination),
        resource: Some(Resource::Cpu),
        measure: Some(Measure::CpuBusy),
        value: Some(0.7),
        line: Some(0.8),
        predicted: Some(0.83),
        marginal: None,
        background: None,
        work_before: None,
        work_after: None,
        standard_error: None,
        needed: None,
        sample_age_s: None,
        next_look_s: Some(240.0),
        why: None,
    }
}

fn a_finding() -> Finding {
    let point = |(workers, work_rate): (u32, f64)| CurvePoint {
        workers,
        work_rate,
        low: work_rate * 0.95,
        high: work_rate * 1.05,
        lawful: workers < 9,
        tightest: Some(("destination CPU".to_owned(), f64::from(workers) * 0.11)),
    };
    Finding {
        recommended: Some(Recommended {
            workers: 7,
            low: 6,
            high: 8,
            limiting: "destination CPU".to_owned(),
            share_of_best: 0.985,
        }),
        curve: [(1, 0.98), (2, 1.9), (4, 3.6), (6, 4.9), (7, 5.3), (8, 5.4), (10, 5.5)].map(point).into(),
        distinguishable: true,
        mode: Mode::EndToEnd,
        stopped: Stopped::Certain,
        blocks: 8,
        minutes: 41.0,
        moved: Moved { accounts: 120, bytes: 3_000_000_000 },
        at_rest: vec![("source".to_owned(), 0.08), ("destination".to_owned(), 0.11)],
        wire: None,
    }
}
