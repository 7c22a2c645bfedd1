//! The operator's hand on a running program: the socket, signals, the pause file, and `retry`.

use std::{
    fs,
    io::{Read as _, Write as _},
    os::unix::{fs::PermissionsExt as _, net::UnixStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::Value;
use zmpace::{
    control::event::{Command as Order, Event},
    journal::Journal,
    lab::{Fault, FaultKind, PathClass, Sized},
};

use crate::{
    night::{QUICK, assert_replays},
    world::{World, address, finish, three, until},
};

/// Mailboxes of some seconds each, so that there is time to give orders.
async fn slow_world(seed: u64, count: u64) -> World {
    let list = (0..count).map(|number| Sized::messages(&format!("u{number}"), 60, 1_800_000));
    let world = World::with(seed, list.collect()).await;
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = Some(0.6 / 50.0));
    world
}

fn fast(world: &World) {
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = None);
}

/// A run under way; ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    async fn start(world: &World, more: &[&str]) -> Self {
        let mut command = world.zmpace("run", QUICK);
        command.args(["--workers", "2", "--progress", "lines"]).args(more);
        let log = fs::File::create(world.scratch.path().join("log")).unwrap();
        let running = Self(command.stdout(Stdio::null()).stderr(log).spawn().unwrap());
        until("mail is moving", || world.destination.record().imports_now == 2).await;
        running
    }

    fn signal(&self, name: &str) {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    async fn ended(&mut self) -> Option<i32> {
        until("the run ends", || self.0.try_wait().unwrap().is_some()).await;
        self.0.try_wait().unwrap().unwrap().code()
    }
}

fn log(world: &World) -> String {
    fs::read_to_string(world.scratch.path().join("log")).unwrap()
}

async fn ctl(world: &World, order: &[&str]) -> (i32, String, String) {
    let mut command = world.zmpace("ctl", QUICK);
    command.args(order);
    finish(command).await
}

async fn told(world: &World, order: &[&str]) -> String {
    let (code, out, said) = ctl(world, order).await;
    assert_eq!((code, said.as_str()), (0, ""), "{order:?}: {out}{said}");
    out
}

async fn stands_still(world: &World) {
    let stored = || world.destination.record().imports_now;
    until("both are parked", || stored() == 2).await;
    let mut before = items(world);
    until("nothing more arrives", || {
        std::thread::sleep(Duration::from_millis(700));
        let now = items(world);
        std::mem::replace(&mut before, now) == now
    })
    .await;
}

fn items(world: &World) -> usize {
    world.source.addresses().iter().map(|a| world.arrived(a.split('@').next().unwrap()).items.len()).sum()
}

fn commands(state: &Path) -> Vec<Order> {
    let reader = Journal::read(state).unwrap();
    let run = reader.last_run().unwrap().unwrap();
    let events = reader.events(run.id).map(|recorded| recorded.unwrap().event);
    events.filter_map(|event| if let Event::Command(order) = event { Some(order) } else { None }).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_by_socket_are_answered_obeyed_and_journalled() {
    let world = slow_world(320, 6).await;
    let mut run = Running::start(&world, &["--max-workers", "4"]).await;
    let mode = fs::metadata(world.state().join("ctl.sock")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(fs::metadata(world.state()).unwrap().permissions().mode() & 0o777, 0o700);

    let paused = told(&world, &["pause"]).await;
    assert!(paused.contains("stands still") && paused.contains("paused: limit 2"), "{paused}");
    stands_still(&world).await;
    let explained = told(&world, &["explain"]).await;
    assert!(
        explained.contains("last decision: ") && explained.contains("paused by the operator"),
        "{explained}"
    );
    assert!(told(&world, &["workers", "4"]).await.contains("4 workers"));
    let resumed = told(&world, &["resume"]).await;
    assert!(resumed.contains("goes on"), "{resumed}");
    until("four run", || world.destination.record().imports_now == 4).await;
    assert!(told(&world, &["limit", "cpu=61%", "source.disk=50%"]).await.contains("other lines"));
    // The gauges show it with their next reading.
    while !told(&world, &["explain"]).await.contains("of 61 %") {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    for (order, words) in
        [(&["workers", "5"] as &[&str], "at most 4 workers"), (&["limit", "cpu=99%"], "cpu_critical")]
    {
        let (code, out, said) = ctl(&world, order).await;
        assert_eq!((code, out.as_str()), (6, ""), "{said}");
        assert!(said.contains(words), "{said}");
    }
    let (code, _, said) = ctl(&world, &["halt"]).await;
    assert_eq!(code, 2);
    assert!(said.contains("`halt`") && said.contains("pause, resume"), "{said}");

    assert!(told(&world, &["drain"]).await.contains("drains"));
    fast(&world);
    assert_eq!(run.ended().await, Some(5), "{}", log(&world));
    assert!(!world.state().join("ctl.sock").exists(), "it cleans up behind itself");
    let (pause, drain) = (Order::Pause, Order::Drain);
    assert_eq!(commands(&world.state()), [pause, Order::Workers(Some(4)), Order::Resume, drain]);
    assert!(assert_replays(&world.state()) > 10);

    let (code, _, said) = ctl(&world, &["pause"]).await;
    assert_eq!(code, 6);
    assert!(said.contains("no run listens") && said.contains("zmpace run"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_by_socket_ends_at_safe_points_and_a_later_run_goes_on() {
    let world = slow_world(321, 4).await;
    let mut run = Running::start(&world, &[]).await;
    assert!(told(&world, &["stop"]).await.contains("safe point"));
    assert_eq!(run.ended().await, Some(5), "{}", log(&world));
    assert_eq!(world.destination.record().runaways, 0);
    fast(&world);
    world.imports_ended().await;
    let mut command = world.zmpace("run", QUICK);
    command.args(["--workers", "4", "--progress", "none"]);
    let (code, _, said) = finish(command).await;
    assert_eq!(code, 0, "{said}");
    for number in 0..4 {
        world.assert_moved(&format!("u{number}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_callers_cost_nothing() {
    let world = slow_world(322, 4).await;
    let mut run = Running::start(&world, &[]).await;
    let path = world.state().join("ctl.sock");
    let say = |bytes: &[u8]| {
        let mut stream = UnixStream::connect(&path).unwrap();
        // It may have hung up before the last byte.
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    };
    for bytes in [b"".as_slice(), b"\n", b"pause now\n", b"\xff\xfe\n", &[b'x'; 10_000]] {
        assert!(!say(bytes).starts_with("ok"), "{bytes:?}");
    }
    let silent = UnixStream::connect(&path).unwrap();
    assert!(say(b"explain\n").starts_with("ok "));
    drop(silent);
    fast(&world);
    assert_eq!(run.ended().await, Some(0), "{}", log(&world));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_the_state_folder_pauses_for_as_long_as_it_is_there() {
    let world = slow_world(323, 4).await;
    let mut run = Running::start(&world, &[]).await;
    let file = world.state().join("pause");
    fs::write(&file, "").unwrap();
    until("it is told", || log(&world).contains("paused by the operator")).await;
    stands_still(&world).await;
    let (code, _, said) = ctl(&world, &["resume"]).await;
    assert_eq!(code, 6);
    assert!(said.contains("rm ") && said.contains("pause"), "{said}");
    fast(&world);
    fs::remove_file(&file).unwrap();
    assert_eq!(run.ended().await, Some(0), "{}", log(&world));
    assert_eq!(commands(&world.state()), [Order::Pause, Order::Resume]);
    assert!(assert_replays(&world.state()) > 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn hup_reads_limits_and_windows_again_and_usr1_tells_how_it_stands() {
    let world = slow_world(324, 6).await;
    let mut run = Running::start(&world, &[]).await;
    run.signal("USR1");
    until("it is told", || log(&world).contains("no decision yet") || log(&world).contains("last decision"))
        .await;

    world.settings(&format!("{QUICK}[hours]\nwindow = \"every day\"\n"));
    run.signal("HUP");
    until("the mistake is told", || log(&world).contains("left as they were")).await;
    assert!(log(&world).contains("hours.window"), "{}", log(&world));

    // A window of yesterday and tomorrow, whatever the hour is: now it is shut.
    let today = jiff::ZonedDateTime::now().with_time_zone(jiff::tz::TimeZone::UTC).date();
    let hours = format!(
        "[hours]\nblackout = [\"{today}..{}\"]\ntimezone = \"UTC\"\ncutoff = \"hard\"\n",
        today.tomorrow().unwrap()
    );
    world.settings(&format!("{QUICK}{hours}"));
    run.signal("HUP");
    assert_eq!(run.ended().await, Some(10), "{}", log(&world));
    assert!(
        log(&world).contains("settings read again") && log(&world).contains("the window closes"),
        "{}",
        log(&world)
    );
    assert!(assert_replays(&world.state()) > 4);

    // Still shut: not waited for on request, and nothing is touched.
    let exports = world.source.record().of(PathClass::Export).count();
    let mut command = world.zmpace("run", &format!("{QUICK}{hours}"));
    command.arg("--no-wait");
    let (code, _, said) = finish(command).await;
    assert_eq!(code, 10, "{said}");
    assert_eq!(world.source.record().of(PathClass::Export).count(), exports);
    let mut command = world.zmpace("plan", &format!("{QUICK}{hours}"));
    command.arg("--json");
    let (code, out, said) = finish(command).await;
    assert_eq!(code, 0, "{said}");
    let plan: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(plan["nights"]["open_now"], false, "{plan}");
    assert_eq!(plan["nights"]["count"][0], 1, "{plan}");

    fast(&world);
    world.imports_ended().await;
    let mut command = world.zmpace("run", QUICK);
    command.args(["--workers", "4"]);
    let (code, _, said) = finish(command).await;
    assert_eq!(code, 0, "{said}");
    for number in 0..6 {
        world.assert_moved(&format!("u{number}"));
    }
    let mut command = world.zmpace("run", QUICK);
    command.arg("--error-on-nothing");
    assert_eq!(finish(command).await.0, 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_puts_back_what_failed_by_its_cause() {
    let world = World::with(325, three()).await;
    world.destination.inject(&address("ann"), Fault::always(FaultKind::ImportFail));
    world.destination.set_quota(&address("bob"), 100_000);
    let mut command = world.zmpace("run", QUICK);
    command.args(["--workers", "2", "--json"]);
    let (code, out, said) = finish(command).await;
    assert_eq!(code, 3, "{said}");
    let json: Value = serde_json::from_str(&out).unwrap();
    let failures = json["failures"].as_array().unwrap();
    let of_bob = failures.iter().find(|f| f["account"] == address("bob").as_str()).unwrap();
    let code_of_bob = of_bob["code"].as_str().unwrap().to_owned();
    let retry = async |more: &[&str]| {
        let mut command = world.zmpace("retry", QUICK);
        command.args(more);
        finish(command).await
    };
    let waiting = || {
        let counts = Journal::read(&world.state()).unwrap().counts().unwrap();
        let waits = |word: &str| word == "Waiting";
        counts.iter().filter(|row| waits(&format!("{:?}", row.state))).map(|row| row.accounts).sum::<u64>()
    };
    let (code, _, said) = retry(&["--cause", "ZP-MOON"]).await;
    assert_eq!(code, 2);
    assert!(said.contains("ZP-MOON") && said.contains(&code_of_bob), "{said}");
    let (code, out, said) = retry(&["--cause", &code_of_bob]).await;
    assert_eq!((code, waiting()), (0, 1), "{said}");
    assert!(out.contains("1 mailbox put back"), "{out}");
    let (code, _, said) = retry(&[]).await;
    assert_eq!((code, waiting()), (0, 2), "{said}");
    assert!(retry(&[]).await.1.contains("nothing has failed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_plan_between_nights_keeps_what_is_done() {
    let world = World::with(326, three()).await;
    let list = world.scratch.path().join("pilot.txt");
    fs::write(&list, format!("{}\n", address("ann"))).unwrap();
    let run = async |more: &[&str]| {
        let mut command = world.zmpace("run", QUICK);
        command.args(["--workers", "2", "--json"]).args(more);
        let (code, out, said) = finish(command).await;
        (code, serde_json::from_str::<Value>(&out).unwrap_or_default(), said)
    };
    let (code, json, said) = run(&["--accounts", list.to_str().unwrap()]).await;
    assert_eq!((code, &json["accounts"]["total"]), (0, &1.into()), "{said}");
    let (code, json, said) = run(&["--window", "00:00-24:00"]).await;
    assert_eq!((code, &json["accounts"]["total"]), (0, &3.into()), "{said}");
    let exports = world.source.record();
    let of_ann =
        exports.of(PathClass::Export).filter(|seen| seen.account.as_deref() == Some(&address("ann")));
    assert_eq!(of_ann.count(), 1, "what is done is not read again");
}
