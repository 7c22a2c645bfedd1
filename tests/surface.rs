//! What is shown of a run while it lasts: lines, the live picture, metrics, the page.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    os::unix::fs::MetadataExt as _,
    path::Path,
    process::{Child, Stdio},
    time::Duration,
};

use serde_json::Value;
use zmpace::{
    control::code::Code,
    lab::{Fault, FaultKind, Sized},
};

use crate::{
    browser::{Browser, Look},
    exposition,
    night::QUICK,
    world::{World, address, assert_no_secret, finish, program, three, until},
};

const TOKEN: &str = "a token of the tests";

#[tokio::test(flavor = "multi_thread")]
async fn lines_are_text_here_and_json_there_each_with_a_known_code() {
    let world = World::with(401, three()).await;
    world.destination.inject(&address("ann"), Fault::always(FaultKind::ImportFail));
    let log = world.scratch.path().join("night.log");
    let mut command = world.zmpace("run", QUICK);
    command.args(["--workers", "2", "--progress", "lines"]);
    let (code, _, said) = finish(command).await;
    assert_eq!(code, 3, "{said}");
    let failed = said.lines().find(|line| line.contains("ZP-IMPORT-FAIL")).unwrap();
    assert!(failed.contains(" WARN code=ZP-IMPORT-FAIL account=ann@old.example phase="), "{failed}");
    assert!(
        said.lines().any(|line| line.contains(" INFO code=ZP-VERIFIED account=bob@old.example ")),
        "{said}"
    );
    assert!(said.lines().any(|line| line.contains(" INFO code=ZP-PROGRESS ")), "{said}");

    assert_eq!(finish(world.zmpace("retry", QUICK)).await.0, 0);
    let mut command = world.zmpace("run", QUICK);
    command.args(["--workers", "2", "--progress", "none", "--log-format", "json"]);
    command.arg("--log-file").arg(&log);
    let (code, _, said) = finish(command).await;
    assert_eq!(code, 3, "{said}");
    assert!(said.lines().all(|line| line.contains("\"WARN\"") || line.contains("\"ERROR\"")), "{said}");
    let text = fs::read_to_string(&log).unwrap();
    assert_eq!(fs::metadata(&log).unwrap().mode() & 0o777, 0o600);
    let mut kinds = Vec::new();
    for line in text.lines() {
        let json: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let code =
            Code::named(json["code"].as_str().unwrap()).unwrap_or_else(|| panic!("unknown code: {line}"));
        assert_eq!(json["event"], code.kind().word());
        assert!(json["time"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok() && json["msg"].is_string());
        kinds.push(code.kind().word());
    }
    for kind in ["failure", "run"] {
        assert!(kinds.contains(&kind), "no {kind} in {text}");
    }
    assert_no_secret(&text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_gets_priorities_and_nobody_else_does() {
    for (ours, wanted) in [(true, true), (false, false)] {
        let world = World::with(402, three()).await;
        let log = fs::File::create(world.scratch.path().join("log")).unwrap();
        let meta = log.metadata().unwrap();
        let stream = format!("{}:{}", meta.dev(), if ours { meta.ino() } else { meta.ino() + 1 });
        let mut command = world.zmpace("run", QUICK);
        command.args(["--workers", "2", "--progress", "lines"]).env("JOURNAL_STREAM", stream);
        let mut child = command.stdout(Stdio::null()).stderr(log).spawn().unwrap();
        until("it ends", || child.try_wait().unwrap().is_some()).await;
        let text = fs::read_to_string(world.scratch.path().join("log")).unwrap();
        assert!(text.lines().count() > 3, "{text}");
        assert!(text.lines().all(|line| line.starts_with("<6>") == wanted), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_explained_and_the_page_of_them_is_true() {
    let explain = async |arguments: &[&str]| {
        let mut command = program();
        command.arg("explain").args(arguments);
        finish(command).await
    };
    let (code, out, _) = explain(&["zp-quota"]).await;
    assert!(code == 0 && out.contains("ZP-QUOTA") && out.contains("zmprov ma"), "{out}");
    let (code, out, _) = explain(&["10"]).await;
    assert!(code == 0 && out.contains("window closed"), "{out}");
    assert!(explain(&["143"]).await.1.contains("signal 15"));
    let (code, _, said) = explain(&["ZP-MOON"]).await;
    assert!(code == 2 && said.contains("zmpace explain"), "{said}");
    let (code, out, _) = explain(&[]).await;
    assert!(code == 0 && Code::ALL.iter().all(|code| out.contains(code.name())), "{out}");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/events.md");
    let made = explain(&["--markdown"]).await.1;
    assert!(
        made == fs::read_to_string(page).unwrap(),
        "make it anew: zmpace explain --markdown > docs/events.md"
    );
}

/// A run of slow mailboxes; ended with the test.
struct Running(Child, World);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    async fn start(seed: u64, flags: &[&str]) -> Self {
        let list = (0..5).map(|number| Sized::messages(&format!("u{number}"), 60, 1_800_000));
        let world = World::with(seed, list.collect()).await;
        world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = Some(0.6 / 50.0));
        let mut command = world.zmpace("run", QUICK);
        command.args(["--workers", "2", "--progress", "lines"]).args(flags);
        let log = fs::File::create(world.scratch.path().join("log")).unwrap();
        let running = Self(command.stdout(Stdio::null()).stderr(log).spawn().unwrap(), world);
        until("mail is moving", || running.1.destination.record().imports_now == 2).await;
        running
    }

    fn log(&self) -> String {
        fs::read_to_string(self.1.scratch.path().join("log")).unwrap()
    }

    /// Where something is served.
    fn address(&self, what: &str) -> String {
        let log = self.log();
        let told = log.split(&format!("{what}: http://")).nth(1).unwrap_or_else(|| panic!("{log}"));
        told.split('/').next().unwrap().to_owned()
    }

    fn fast(&self) {
        self.1.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn top_shows_pictures_until_the_end_and_says_when_nothing_runs() {
    let running = Running::start(403, &[]).await;
    let world = &running.1;
    let mut command = world.zmpace("top", QUICK);
    command.arg("--json");
    let looking = tokio::spawn(finish(command));
    tokio::time::sleep(Duration::from_secs(3)).await;
    running.fast();
    let (code, out, said) = looking.await.unwrap();
    assert_eq!(code, 0, "{said}");
    let pictures: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(pictures.len() >= 3, "{} pictures", pictures.len());
    let first = &pictures[0];
    assert_eq!((&first["schema_version"], &first["ceiling"]), (&1.into(), &10.into()));
    let busy = pictures.iter().find(|live| live["workers"].as_array().unwrap().len() == 2).unwrap();
    assert!(busy["workers"][0]["account"].as_str().unwrap().ends_with("@old.example"), "{busy}");
    assert!(pictures.iter().any(|live| live["workers"][0]["stage"] == "export"), "{out}");
    assert_eq!(busy["tokens"].as_array().unwrap().len(), 2, "{busy}");
    let last = pictures.last().unwrap();
    assert_eq!(
        (&last["view"]["phase"], &last["view"]["accounts"]["verified"]),
        (&"finished".into(), &5.into())
    );
    assert_no_secret(&out);

    let (code, out, said) = finish(world.zmpace("top", QUICK)).await;
    assert!(
        code == 6 && out.is_empty() && said.contains("no run listens") && said.contains("zmpace run"),
        "{said}"
    );
}

/// Asks a server: head and body, so much of it as comes before it closes or `enough` is there.
fn ask(address: &str, request: &str, enough: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut heard = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut piece) {
        heard.extend_from_slice(&piece[..read]);
        if !enough.is_empty() && String::from_utf8_lossy(&heard).contains(enough) {
            break;
        }
    }
    String::from_utf8_lossy(&heard).into_owned()
}

fn get(address: &str, path: &str, more: &str) -> String {
    ask(address, &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{more}\r\n"), "")
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_served_and_kept_in_a_file_to_the_end() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("zmpace.prom");
    let flags = ["--metrics", "127.0.0.1:0", "--metrics-file", file.to_str().unwrap()];
    let mut running = Running::start(404, &flags).await;
    let address = running.address("metrics");
    let mut answer = String::new();
    // The picture is taken twice a second, and sooner served than two have begun.
    until("two are shown at work", || {
        answer = tokio::task::block_in_place(|| get(&address, "/metrics", ""));
        answer.contains("zmpace_workers 2\n") && answer.contains("zmpace_accounts{state=\"waiting\"} 3")
    })
    .await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("text/plain; version=0.0.4"), "{head}");
    exposition::read(body).unwrap_or_else(|error| panic!("{error}\n{body}"));
    assert!(!body.contains("@old.example"), "a mailbox is named: {body}");
    assert!(tokio::task::block_in_place(|| get(&address, "/", "")).starts_with("HTTP/1.1 404"));
    running.fast();
    until("the run ends", || running.0.try_wait().unwrap().is_some()).await;
    let last = fs::read_to_string(&file).unwrap();
    assert!(
        last.contains("zmpace_accounts{state=\"verified\"} 5") && last.contains("zmpace_workers 0\n"),
        "{last}"
    );
    exposition::read(&last).unwrap_or_else(|error| panic!("{error}\n{last}"));
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 1, "nothing half written is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_shown_to_more_than_was_asked_for() {
    let world = World::with(405, three()).await;
    let short = world.scratch.path().join("short");
    fs::write(&short, "abc\n").unwrap();
    let refused: [(&[&str], &str); 5] = [
        (&["--metrics", "0.0.0.0:0"], "--metrics-anywhere"),
        (&["--web", "0.0.0.0:0"], "--web-token-file"),
        (&["--web", "127.0.0.1:0", "--web-token-file", short.to_str().unwrap()], "openssl rand"),
        (&["--metrics-file", "/nonexistent/zmpace.prom"], "--metrics-file"),
        (&["--log-file", "/nonexistent/night.log"], "--log-file"),
    ];
    for (flags, word) in refused {
        let mut command = world.zmpace("run", QUICK);
        command.args(flags);
        let (code, _, said) = finish(command).await;
        assert!(code == 2 && said.contains(word), "{flags:?}: {code} {said}");
    }
    assert_eq!(world.destination.record().imports_now, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_wants_its_token_and_its_name() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("token");
    fs::write(&file, format!("{TOKEN}\n")).unwrap();
    let flags = ["--web", "127.0.0.1:0", "--web-token-file", file.to_str().unwrap()];
    let running = Running::start(406, &flags).await;
    let at = running.address("web");
    tokio::task::block_in_place(|| {
        let page = get(&at, "/", "");
        assert!(page.contains("type=\"password\"") && !page.contains("EventSource"), "{page}");
        assert!(page.contains("content-security-policy: default-src 'none'"), "{page}");
        assert!(get(&at, "/live", "").starts_with("HTTP/1.1 401"));
        assert!(
            get(&at, &format!("/live?token={}", TOKEN.replace(' ', "+")), "").starts_with("HTTP/1.1 401")
        );
        let form = |token: &str| {
            let body = format!("token={}", token.replace(' ', "+"));
            let length = body.len();
            ask(
                &at,
                &format!("POST /sign-in HTTP/1.1\r\nHost: {at}\r\nContent-Length: {length}\r\n\r\n{body}"),
                "",
            )
        };
        let wrong = form("another token than that");
        assert!(wrong.starts_with("HTTP/1.1 403") && wrong.contains("not the token"), "{wrong}");
        let right = form(TOKEN);
        assert!(right.starts_with("HTTP/1.1 303") && right.contains("HttpOnly; SameSite=Strict"), "{right}");
        let cookie = right.split("set-cookie: ").nth(1).unwrap().split(';').next().unwrap();
        for more in [format!("Cookie: {cookie}\r\n"), format!("Authorization: Bearer {TOKEN}\r\n")] {
            assert!(get(&at, "/", &more).contains("EventSource"));
            let request = format!("GET /live HTTP/1.1\r\nHost: {at}\r\n{more}\r\n");
            let live = ask(&at, &request, "\"schema_version\":1");
            assert!(live.contains("text/event-stream") && live.contains("data: {"), "{live}");
        }
        assert!(ask(&at, &format!("PUT / HTTP/1.1\r\nHost: {at}\r\n\r\n"), "").starts_with("HTTP/1.1 405"));
    });
    assert!(!running.log().contains(TOKEN));

    let open = Running::start(407, &["--web", "127.0.0.1:0"]).await;
    let at = open.address("web");
    tokio::task::block_in_place(|| {
        let elsewhere = ask(&at, "GET / HTTP/1.1\r\nHost: evil.example:80\r\n\r\n", "");
        assert!(elsewhere.starts_with("HTTP/1.1 421"), "{elsewhere}");
        assert!(get(&at, "/", "").contains("EventSource"));
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_lives_in_a_browser_small_and_large_light_and_dark() {
    let running = Running::start(408, &["--web", "127.0.0.1:0"]).await;
    let address = format!("http://{}/", running.address("web"));
    tokio::task::spawn_blocking(move || {
        let mut browser = Browser::start();
        for (width, scheme) in [(360, "light"), (360, "dark"), (1440, "light"), (1440, "dark")] {
            browser.open(&address, width, scheme);
            let run = "document.getElementById('run').textContent";
            wait("the page is filled", || {
                browser.value(run).as_str().unwrap_or_default().starts_with("run 1")
            });
            let before = browser.value(run);
            wait("time goes on", || browser.value(run) != before);
            wait("a machine is drawn", || {
                browser.value("document.querySelectorAll('.gauge').length").as_u64() > Some(3)
            });
            let look: Look = browser.seen(&address);
            assert!(look.errors.is_empty(), "{width} {scheme}: {:?}", look.errors);
            let outside: Vec<_> = look.requests.iter().filter(|url| !url.starts_with(&address)).collect();
            assert!(outside.is_empty(), "{outside:?}");
            assert!(look.widths.0 <= look.widths.1, "{width}: wider than its window, {:?}", look.widths);
            assert!(look.faint.is_empty(), "{width} {scheme}: {:?}", look.faint);
            keep(&format!("page-{width}-{scheme}"), &look.picture);
        }
        let text = browser.value("document.body.innerText");
        let text = text.as_str().unwrap();
        for word in ["@old.example", "in flight", "waiting, by size", "decisions", "token of the source"] {
            assert!(text.contains(word), "no `{word}` in {text}");
        }
    })
    .await
    .unwrap();
    drop(running);
}

/// Waits on a thread that may.
fn wait(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..300 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("waited in vain: {what}");
}

/// Keeps a picture where `ZMPACE_PICTURES` names a folder, to be looked at.
fn keep(name: &str, picture: &str) {
    use base64::Engine as _;
    if let Some(folder) = std::env::var_os("ZMPACE_PICTURES") {
        let bytes = base64::engine::general_purpose::STANDARD.decode(picture).unwrap();
        fs::write(Path::new(&folder).join(format!("{name}.png")), bytes).unwrap();
    }
}
