//! The live screen in a real terminal: tmux, as an operator would have it.

use std::{
    fs,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// A tmux server of the test's own; ends with the test.
struct Tmux {
    scratch: TempDir,
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = self.tmux(&["kill-server"]);
    }
}

impl Tmux {
    /// A window of 80 columns and 24 lines that runs this in a shell, and then waits.
    fn start(line: &str) -> Self {
        let tmux = Self { scratch: tempfile::tempdir().unwrap() };
        tmux.tmux(&["new-session", "-d", "-x", "80", "-y", "24", "-n", "first", &shell(line)]);
        tmux
    }

    /// One more window.
    fn window(&self, name: &str, line: &str) {
        self.tmux(&["new-window", "-d", "-n", name, &shell(line)]);
    }

    fn tmux(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("tmux");
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LC_ALL", "C.UTF-8")
            .env("HOME", self.scratch.path());
        command.arg("-u").arg("-S").arg(self.scratch.path().join("socket")).args(["-f", "/dev/null"]);
        let output = command.args(arguments).stdin(Stdio::null()).output().expect("tests/run installs tmux");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn press(&self, window: &str, key: &str) {
        self.tmux(&["send-keys", "-t", window, key]);
    }

    fn screen(&self, window: &str) -> String {
        self.tmux(&["capture-pane", "-p", "-t", window])
    }

    /// The screen as soon as it holds all of these words.
    fn shows(&self, window: &str, words: &[&str]) -> String {
        let begun = Instant::now();
        loop {
            let screen = self.screen(window);
            if words.iter().all(|word| screen.contains(word)) {
                return screen;
            }
            assert!(begun.elapsed() < Duration::from_mins(1), "not all of {words:?} in\n{screen}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// The program that runs in a window.
    fn child(&self, window: &str) -> String {
        let shell = self.tmux(&["display-message", "-p", "-t", window, "#{pane_pid}"]);
        let shell = shell.trim();
        let children = fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).unwrap();
        children.split_whitespace().next().expect("a program runs").to_owned()
    }

    /// Signals it.
    fn signal(&self, window: &str, name: &str) {
        let child = self.child(window);
        assert!(Command::new("kill").args([&format!("-{name}"), &child]).status().unwrap().success());
    }
}

/// A line whose end can be seen, and whether the terminal is as it was.
fn shell(line: &str) -> String {
    format!("{line}; echo \"ended with $?\"; stty -a | tr ';' '\\n' | grep -E 'icanon' ; sleep 600")
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_zmpace");

#[test]
fn the_screen_of_a_demo_from_first_picture_to_last_words() {
    let scratch = tempfile::tempdir().unwrap();
    let state = scratch.path().join("state");
    let state = state.to_str().unwrap();
    let tmux = Tmux::start(&format!("{PROGRAM} demo --accounts 60 --seed 3 --speed 10 --state-dir {state}"));
    let words = [
        "run 1",
        "limit",
        "mailboxes",
        "source",
        "destination",
        "cpu",
        "disk",
        "mem",
        "in flight",
        "decisions",
        "q drain",
    ];
    let screen = tmux.shows("first", &words);
    assert_eq!(screen.lines().count(), 24, "{screen}");
    keep("80x24", &tmux.shows("first", &["in flight 1", "@old.example"]));

    tmux.press("first", "?");
    keep("help", &tmux.shows("first", &["any key closes this", "         * behind a reading"]));
    tmux.press("first", "x");
    tmux.press("first", "p");
    tmux.shows("first", &["paused"]);
    tmux.press("first", "p");
    tmux.shows("first", &["goes on"]);
    tmux.press("first", "+");
    tmux.shows("first", &["at most 11 workers", "of 11"]);
    tmux.press("first", "e");
    keep("explain", &tmux.shows("first", &["how things stand", "workers: at most 11"]));
    tmux.press("first", "x");

    tmux.tmux(&["resize-window", "-t", "first", "-x", "200", "-y", "60"]);
    keep("200x60", &tmux.shows("first", &["waiting, by size", "up to 1 MB", "problems"]));

    // Beside it: in ASCII and without colour, ended by a signal.
    tmux.window("second", &format!("env LC_ALL=C NO_COLOR=1 {PROGRAM} top --state-dir {state}"));
    let screen = tmux.shows("second", &["run 1", "q leave", "cpu"]);
    assert!(screen.is_ascii(), "{screen}");
    let coloured = tmux.tmux(&["capture-pane", "-p", "-e", "-t", "second"]);
    assert!(!coloured.contains("\x1b[3") && !coloured.contains(";3"), "{coloured:?}");
    tmux.signal("second", "HUP");
    assert_restored(&tmux.shows("second", &["ended with 0", "icanon"]));
    tmux.window("third", &format!("{PROGRAM} top --state-dir {state}"));
    tmux.shows("third", &["q leave", "cpu"]);
    tmux.press("third", "q");
    assert_restored(&tmux.shows("third", &["the run goes on", "ended with 0", "icanon"]));

    tmux.press("first", "C-c");
    tmux.shows("first", &["draining"]);
    tmux.signal("first", "TERM");
    let screen = tmux.shows("first", &["ended with 5", "icanon"]);
    assert_restored(&screen);
    assert!(screen.contains("mailboxes") && screen.contains("decisions"), "the summary stays: {screen}");
}

#[test]
fn the_screen_in_indonesian_fits_and_its_keys_are_the_same() {
    let scratch = tempfile::tempdir().unwrap();
    let state = scratch.path().join("state");
    let state = state.to_str().unwrap();
    let demo = format!("{PROGRAM} demo --lang id --accounts 60 --seed 3 --speed 10 --state-dir {state}");
    let tmux = Tmux::start(&demo);
    let words = [
        "run 1",
        "limit",
        "mailbox",
        "sumber",
        "tujuan",
        "berjalan 1",
        "@old.example",
        "keputusan",
        "q drain",
    ];
    let screen = tmux.shows("first", &words);
    assert_eq!(screen.lines().count(), 24, "{screen}");
    assert!(screen.contains("? bantuan  q drain"), "the keys fit: {screen}");
    keep("80x24-id", &screen);
    tmux.press("first", "?");
    keep(
        "help-id",
        &tmux.shows("first", &["tekan tombol apa saja untuk menutup", "         * setelah angka"]),
    );
    tmux.press("first", "x");
    tmux.press("first", "p");
    tmux.shows("first", &["dijeda"]);
    tmux.window("second", &format!("env LC_ALL=id_ID NO_COLOR=1 {PROGRAM} top --state-dir {state}"));
    let screen = tmux.shows("second", &["dijeda", "q keluar"]);
    assert!(screen.is_ascii(), "{screen}");
    tmux.press("second", "q");
    assert_restored(&tmux.shows("second", &["run tetap berjalan", "ended with 0", "icanon"]));
    tmux.press("first", "q");
    keep("drain-id", &tmux.shows("first", &["yakin?", "y = ya"]));
    tmux.press("first", "y");
    tmux.shows("first", &["drain"]);
    tmux.signal("first", "TERM");
    let screen = tmux.shows("first", &["ended with 5", "icanon"]);
    assert!(screen.contains("0 tidak lengkap") && screen.contains("keputusan"), "{screen}");
}

#[test]
fn a_terminal_that_is_gone_ends_the_screen_and_is_not_read_for_ever() {
    let scratch = tempfile::tempdir().unwrap();
    let state = scratch.path().join("state");
    let state = state.to_str().unwrap();
    let mut tmux =
        Tmux::start(&format!("{PROGRAM} demo --accounts 60 --seed 3 --speed 10 --state-dir {state}"));
    tmux.shows("first", &["run 1", "q drain"]);
    tmux.window("second", &format!("{PROGRAM} top --state-dir {state}"));
    tmux.shows("second", &["q leave"]);
    let (run, top) = (tmux.child("first"), tmux.child("second"));
    let server = tmux.tmux(&["display-message", "-p", "#{pid}"]);
    assert!(Command::new("kill").args(["-KILL", server.trim()]).status().unwrap().success());
    ended(&top, "top");
    // The run goes on without its screen, and still hears.
    assert!(fs::metadata(format!("/proc/{run}")).is_ok(), "the run ended with its terminal");
    for _ in 0..2 {
        assert!(Command::new("kill").args(["-TERM", &run]).status().unwrap().success());
        std::thread::sleep(Duration::from_millis(300));
    }
    ended(&run, "the run");
    tmux.scratch = tempfile::tempdir().unwrap(); // nobody is left to be told to end
}

/// Not a test by itself: the program that the next one runs in a terminal, and that panics there.
#[test]
fn a_screen_to_panic() {
    if std::env::var_os("ZMPACE_TEST_PANIC").is_none() {
        return;
    }
    let draw = || {
        let mut terminal = zmpace::ui::term::Terminal::take().unwrap();
        terminal.draw(|frame| frame.render_widget("q drain", frame.area())).unwrap();
        std::thread::sleep(Duration::from_secs(2));
        panic!("the picture broke");
    };
    let name = zmpace::ui::term::SCREEN_THREAD.to_owned();
    let _ = std::thread::Builder::new().name(name).spawn(draw).unwrap().join();
    std::process::exit(3);
}

#[test]
fn a_panic_gives_the_terminal_back_and_is_read_after_it() {
    let program = std::env::current_exe().unwrap();
    let program = program.to_str().unwrap();
    let itself = "--exact terminal::a_screen_to_panic --nocapture";
    let tmux = Tmux::start(&format!("env ZMPACE_TEST_PANIC=1 {program} {itself}"));
    tmux.shows("first", &["q drain"]);
    assert_restored(&tmux.shows("first", &["the picture broke", "ended with 3", "icanon"]));
}

/// Waits for the end of a process, at most half a minute.
fn ended(process: &str, what: &str) {
    let begun = Instant::now();
    let alive = || {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        !stat.is_empty() && !stat.contains(") Z ")
    };
    while alive() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{what} goes on without its terminal");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Keys are read by line again, and the screen's own picture is gone.
fn assert_restored(screen: &str) {
    assert!(screen.contains("icanon") && !screen.contains("-icanon"), "{screen}");
    assert!(!screen.contains("q drain") && !screen.contains("q leave"), "{screen}");
}

/// Keeps a screen where `ZMPACE_PICTURES` names a folder, to be looked at.
fn keep(name: &str, screen: &str) {
    if let Some(folder) = std::env::var_os("ZMPACE_PICTURES") {
        fs::write(std::path::Path::new(&folder).join(format!("{name}.txt")), screen).unwrap();
    }
}
