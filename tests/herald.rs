//! Who is told: a command, a webhook, a mail; and the service manager, by its socket.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    os::unix::{fs::PermissionsExt as _, net::UnixDatagram},
    path::{Path, PathBuf},
    sync::mpsc,
    time::Duration,
};

use serde_json::Value;
use zmpace::lab::Sized;

use crate::{
    night::QUICK,
    world::{World, assert_no_secret, finish, on_a_small_disk, three, until},
};

/// A script in the scratch folder.
fn script(world: &World, name: &str, text: &str) -> PathBuf {
    let path = world.scratch.path().join(name);
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path
}

async fn run(world: &World, more: &str) -> (i32, String, String) {
    let mut command = world.zmpace("run", &format!("{QUICK}{more}"));
    command.args(["--workers", "2", "--progress", "lines"]);
    finish(command).await
}

fn events(news: &[Value]) -> Vec<&str> {
    news.iter().map(|notice| notice["event"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_hears_of_start_milestones_and_end_and_no_secret() {
    let list = (0..8).map(|number| Sized::messages(&format!("u{number}"), 3, 20_000)).collect();
    let world = World::with(330, list).await;
    let (news, seen) = (world.scratch.path().join("news"), world.scratch.path().join("seen"));
    let text = format!("cat >> '{}'; env >> '{}'; echo \"$*\" >> '{1}'", news.display(), seen.display());
    let hook = script(&world, "hook", &text);
    let (code, _, said) =
        run(&world, &format!("[hooks]\ncommand = [\"{}\", \"an argument\"]\n", hook.display())).await;
    assert_eq!(code, 0, "{said}");
    let text = fs::read_to_string(&news).unwrap();
    let told: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events(&told), ["start", "milestone", "milestone", "milestone", "end"], "{text}");
    assert_eq!((&told[0]["schema_version"], &told[0]["accounts"]["total"]), (&1.into(), &8.into()));
    assert_eq!(told[4]["exit_code"], 0);
    assert!(told[4]["text"].as_str().unwrap().starts_with("finished: 8 of 8"), "{text}");
    assert!(told[4]["details"].as_str().unwrap().starts_with("Summary\n  run"), "{text}");
    let seen = fs::read_to_string(&seen).unwrap();
    assert!(seen.contains("ZMPACE_EVENT=milestone") && seen.contains("an argument"), "{seen}");
    assert!(!seen.contains("PASSWORD"), "{seen}");
    assert_no_secret(&seen);
    assert_no_secret(&text);
}

/// Answers every request with this status and hands on its head and body.
fn listener(status: &'static str) -> (String, mpsc::Receiver<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/hook?key=sesame", listener.local_addr().unwrap());
    let (heard, hear) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut head = String::new();
            while reader.read_line(&mut head).unwrap() > 2 {}
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            let mut body = vec![0; length.parse().unwrap()];
            reader.read_exact(&mut body).unwrap();
            write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            if heard.send((head, serde_json::from_slice(&body).unwrap())).is_err() {
                return;
            }
        }
    });
    (address, hear)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_gets_the_same_as_json_and_only_what_is_asked_for() {
    let world = World::with(331, three()).await;
    let (address, heard) = listener("204 No Content");
    let (code, _, said) =
        run(&world, &format!("[hooks]\non = [\"start\", \"end\"]\nwebhook = \"{address}\"\n")).await;
    assert_eq!(code, 0, "{said}");
    let all: Vec<(String, Value)> = heard.try_iter().collect();
    assert!(
        all[0].0.starts_with("POST /hook?key=sesame ") && all[0].0.contains("application/json"),
        "{all:?}"
    );
    let news: Vec<Value> = all.into_iter().map(|(_, json)| json).collect();
    assert_eq!(events(&news), ["start", "end"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_holds_the_summary_of_the_morning() {
    let world = World::with(332, three()).await;
    let mails = world.scratch.path().join("mails");
    let sendmail =
        script(&world, "sendmail", &format!("echo \"ARGS $*\" >> '{0}'; cat >> '{0}'", mails.display()));
    let more = format!(
        "[hooks]\non = [\"end\"]\nmail_to = [\"ops@new.example\", \"boss@new.example\"]\nmail_from = \"zmpace@new.example\"\nsendmail = \"{}\"\n",
        sendmail.display()
    );
    let (code, _, said) = run(&world, &more).await;
    assert_eq!(code, 0, "{said}");
    let mail = fs::read_to_string(&mails).unwrap();
    for part in [
        "ARGS -oi -t\n",
        "From: zmpace@new.example\n",
        "To: ops@new.example, boss@new.example\n",
        "Subject: zmpace end: finished: 3 of 3 mailboxes moved",
        "\nDate: ",
        "\n\nfinished: 3 of 3",
        "Summary\n  run ",
        "  makespan ",
        "zmpace report -o night.html",
    ] {
        assert!(mail.contains(part), "no `{part}` in {mail}");
    }
    let summary = mail.split("Summary").nth(1).unwrap().lines().count();
    assert!((8..=30).contains(&summary), "{summary} lines: {mail}");
    assert_no_secret(&mail);
}

#[tokio::test(flavor = "multi_thread")]
async fn hooks_that_fail_hang_or_are_missing_change_nothing_but_a_word() {
    let world = World::with(333, three()).await;
    let hang = script(&world, "hang", "sleep 60");
    let (address, _heard) = listener("500 Internal Server Error");
    let more = format!(
        "[hooks]\non = [\"end\"]\ncommand = [\"{}\"]\nwebhook = \"{address}\"\nmail_to = [\"ops@new.example\"]\nsendmail = \"/nonexistent/sendmail\"\ntimeout = \"1s\"\n",
        hang.display()
    );
    let (code, _, said) = run(&world, &more).await;
    assert_eq!(code, 0, "{said}");
    for part in [
        "hooks.command at end: it did not end within 1 s",
        "hooks.webhook at end: it answered 500",
        "hooks.mail at end: /nonexistent/sendmail",
    ] {
        assert!(said.contains(part), "no `{part}` in {said}");
    }
    assert!(!said.contains("sesame"), "an address may hold a secret: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_is_told_with_its_cause() {
    let world =
        World::with(334, (0..6).map(|n| Sized::messages(&format!("u{n}"), 30, 1_800_000)).collect()).await;
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = Some(2.0 / 50.0));
    let news = world.scratch.path().join("news");
    let hook = script(&world, "hook", &format!("cat >> '{}'", news.display()));
    let more = format!("{QUICK}[hooks]\non = [\"trouble\", \"end\"]\ncommand = [\"{}\"]\n", hook.display());
    let mut command = world.zmpace("run", &more);
    command.args(["--workers", "2"]);
    let running = tokio::spawn(finish(command));
    until("mail is moving", || world.destination.record().imports_now == 2).await;
    world.source.set_password("changed");
    let (code, _, said) = running.await.unwrap();
    assert_eq!(code, 7, "{said}");
    let text = fs::read_to_string(&news).unwrap();
    let told: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(
        told.iter().any(|n| n["event"] == "trouble" && n["text"].as_str().unwrap().contains("source")),
        "{text}"
    );
    assert_eq!(told.last().unwrap()["exit_code"], 7, "{text}");
    assert_no_secret(&text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_journal_is_told_before_the_end() {
    let list = (0..40).map(|number| Sized::messages(&format!("u{number}"), 3, 20_000)).collect();
    let world = World::with(336, list).await;
    let news = world.scratch.path().join("news");
    let hook = script(&world, "hook", &format!("cat >> '{}'", news.display()));
    let more = format!("{QUICK}[hooks]\non = [\"trouble\", \"end\"]\ncommand = [\"{}\"]\n", hook.display());
    let mut limited = world.zmpace("run", &more);
    limited.args(["--workers", "3", "--set", "state.room_wait=0s"]);
    let (code, _, said) = finish(on_a_small_disk(&limited, 400)).await;
    assert_eq!(code, 8, "{said}");
    let text = fs::read_to_string(&news).unwrap();
    let told: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events(&told), ["trouble", "end"], "{text}");
    assert!(told[0]["text"].as_str().unwrap().contains("no space left for the journal"), "{text}");
    assert_eq!(told[1]["exit_code"], 8);
}

/// Everything the program tells the service manager until it ends.
async fn notices(world: &World, watchdog: bool) -> Vec<String> {
    let path = world.scratch.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let mut command = world.zmpace("run", QUICK);
    command.args(["--workers", "2", "--progress", "none"]).env("NOTIFY_SOCKET", Path::new(&path));
    if watchdog {
        command.env("WATCHDOG_USEC", "400000");
    }
    let (done, ended) = mpsc::channel::<()>();
    let listening = std::thread::spawn(move || {
        let mut all = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            match socket.recv(&mut buffer) {
                Ok(read) => all.push(String::from_utf8_lossy(&buffer[..read]).into_owned()),
                Err(_) if ended.try_recv() == Err(mpsc::TryRecvError::Disconnected) => return all,
                Err(_) => {}
            }
        }
    });
    let (code, _, said) = finish(command).await;
    assert_eq!(code, 0, "{said}");
    drop(done);
    tokio::task::spawn_blocking(move || listening.join().unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_manager_hears_ready_status_life_and_stopping() {
    let world =
        World::with(335, (0..4).map(|n| Sized::messages(&format!("u{n}"), 30, 1_800_000)).collect()).await;
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = Some(1.0 / 50.0));
    let all = notices(&world, true).await;
    let text = all.join("\n");
    assert_eq!(all.first().map(|first| first.trim()), Some("READY=1"), "{text}");
    assert!(
        all.iter().any(|notice| notice.starts_with("STATUS=") && notice.contains("of 4 mailboxes")),
        "{text}"
    );
    assert!(all.iter().filter(|notice| notice.trim() == "WATCHDOG=1").count() >= 2, "{text}");
    assert_eq!(all.iter().filter(|notice| notice.trim() == "STOPPING=1").count(), 1, "{text}");
    assert_no_secret(&text);
}
