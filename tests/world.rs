//! Two lab servers and the means to move mailboxes between them; tests read as sentences on top of it.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use tempfile::TempDir;
use tokio::sync::watch;
use zmpace::{
    control::{event::Receipt, sample::Side},
    lab::{Config, Fault, FaultKind, Knobs, Lab, MailShape, MailboxView, Population, Sized},
    zimbra::{
        Counters, Job, MoveError, Mover, Order,
        session::{Access, Server},
        tls::{self, Tls, Trust},
        transfer::{Format, Manner, Relay, Resolve},
    },
};

/// The domain of every account.
pub const DOMAIN: &str = "old.example";
/// The administrator's password in the labs.
pub const PASSWORD: &str = "lab-secret";

/// A source full of mail and an empty destination.
pub struct World {
    pub source: Lab,
    pub destination: Lab,
    pub scratch: TempDir,
}

impl World {
    /// These mailboxes; the seed is printed for reruns.
    pub async fn with(seed: u64, mailboxes: Vec<Sized>) -> Self {
        println!("seed {seed}");
        let source =
            Config { accounts: Population::Listed(mailboxes), seed, speed: 50.0, ..Config::default() };
        Self::of(source).await
    }

    /// So many mailboxes of about 400 items of every kind each, and their names.
    pub async fn natural(seed: u64, count: u32) -> (Self, Vec<String>) {
        println!("seed {seed}");
        let shape = MailShape {
            empty_share: 0.0,
            median_bytes: 1_500_000.0,
            sigma: 0.1,
            message_median: 2_500.0,
            message_sigma: 0.9,
            ..MailShape::default()
        };
        let accounts = Population::Generated { count, giant_bytes: None, shape, empty: false };
        let world = Self::of(Config { accounts, seed, speed: 50.0, ..Config::default() }).await;
        let name = |address: String| address.split('@').next().unwrap_or_default().to_owned();
        let names = world.source.addresses().into_iter().map(name).collect();
        (world, names)
    }

    /// A source made from this, and its destination.
    pub async fn of(source: Config) -> Self {
        let destination = Config::destination_for(&source);
        Self {
            source: Lab::start(source).await.unwrap(),
            destination: Lab::start(destination).await.unwrap(),
            scratch: tempfile::tempdir().unwrap(),
        }
    }

    /// A mover between the two; it loses patience only when something is really broken.
    pub fn relay(&self) -> Relay {
        self.relay_with(|_| {})
    }

    /// The same, changed a little.
    pub fn relay_with(&self, change: impl FnOnce(&mut Manner)) -> Relay {
        let mut manner = Self::manner();
        change(&mut manner);
        Relay::new(self.server(Side::Source, PASSWORD), self.server(Side::Destination, PASSWORD), manner)
    }

    /// How mailboxes are carried unless a test says otherwise.
    pub fn manner() -> Manner {
        Manner {
            source_format: Format::Tar,
            destination_format: Format::Tar,
            resolve: Resolve::Skip,
            acl: true,
            trash_and_junk: true,
            first_byte: Duration::from_secs(20),
            stall: Duration::from_secs(20),
            connect: Duration::from_secs(20),
            standstill: Duration::from_millis(100),
            runaway: Duration::from_secs(20),
            spill_bytes: 8 << 20,
            slow_link_bytes_per_s: 1e7,
        }
    }

    /// A client of one side.
    pub fn server(&self, side: Side, password: &str) -> Arc<Server> {
        let lab = self.lab(side);
        let print = tls::parse_fingerprint(&lab.fingerprint()).unwrap();
        let access = access(side, lab, password);
        Arc::new(Server::new(access, Tls::new(Trust::Pinned(vec![print])).unwrap()).unwrap())
    }

    pub fn lab(&self, side: Side) -> &Lab {
        if side == Side::Source { &self.source } else { &self.destination }
    }

    /// Moves one mailbox, first attempt.
    pub async fn carry(&self, name: &str) -> Result<Receipt, MoveError> {
        self.attempt(&self.relay(), name, 1, None).await
    }

    /// Moves one mailbox, any attempt.
    pub async fn attempt(
        &self,
        relay: &Relay,
        name: &str,
        attempt: u32,
        baseline: Option<u64>,
    ) -> Result<Receipt, MoveError> {
        let (_orders, told) = watch::channel(Order::Go);
        relay.carry(job(name, attempt, baseline), told, Arc::new(Counters::default())).await
    }

    /// Fails once with `fault`, then moves all; the error of the first attempt.
    pub async fn carry_after(&self, side: Side, name: &str, fault: FaultKind) -> MoveError {
        let error = self.fail(side, name, fault).await;
        self.finish(name).await;
        error
    }

    /// The error of a first attempt that `fault` strikes.
    pub async fn fail(&self, side: Side, name: &str, fault: FaultKind) -> MoveError {
        println!("{name}: {fault:?}");
        self.lab(side).inject(&address(name), Fault::once(fault));
        let error = self.attempt(&self.relay(), name, 1, None).await.expect_err("the fault strikes");
        assert_discreet(&error);
        error
    }

    /// The attempt after a failed first one: it brings all that is missing and doubles nothing.
    pub async fn finish(&self, name: &str) {
        self.imports_ended().await;
        let receipt =
            self.attempt(&self.relay(), name, 2, Some(0)).await.expect("the second attempt moves it");
        assert_eq!(receipt.differences, 0, "{:?}", receipt.notes);
        self.assert_moved(name);
    }

    /// Waits until the destination has done with what was sent to it.
    pub async fn imports_ended(&self) {
        until("no import runs", || self.destination.record().imports_now == 0).await;
    }

    /// What the destination holds.
    pub fn arrived(&self, name: &str) -> MailboxView {
        self.destination.mailbox(&address(name)).unwrap_or_default()
    }

    /// Item for item what the source holds, each with the right content: nothing lost, nothing doubled.
    pub fn assert_moved(&self, name: &str) {
        let expected = self.source.expected(&address(name)).expect("the source has it");
        let arrived = self.arrived(name);
        let differences = expected.differences(&arrived);
        assert!(differences.is_empty(), "{name}: {differences:?}");
        let wrong = arrived.items.iter().filter(|item| !item.is_sound()).count();
        assert_eq!(wrong, 0, "{name}: items with wrong content");
        self.assert_manners();
    }

    /// What must hold whatever went wrong: no token in a URL, never two imports into one mailbox.
    pub fn assert_manners(&self) {
        for lab in [&self.source, &self.destination] {
            let record = lab.record();
            assert_eq!(record.tokens_in_urls, 0);
            for (mailbox, high) in record.imports_high_by_mailbox {
                assert!(high <= 1, "{high} imports at once into {mailbox}");
            }
        }
    }

    /// Changes both servers' habits.
    pub fn habits(&self, change: impl Fn(&mut Knobs)) {
        self.source.set_knobs(&change);
        self.destination.set_knobs(&change);
    }

    /// A settings file that leads to both labs.
    pub fn settings(&self, more: &str) -> PathBuf {
        let path = self.scratch.path().join("zmpace.toml");
        let side = |word: &str, lab: &Lab| {
            format!(
                "[{word}]\nhost = \"127.0.0.1\"\nport = {}\nadmin = \"admin@{DOMAIN}\"\nfingerprints = [\"{}\"]\n\
                 reach = \"local\"\nproc_root = \"{}\"\nwatch = [\"/\"]\n",
                lab.address().port(),
                lab.fingerprint(),
                lab.proc_dir().display()
            )
        };
        let text = format!(
            "{}{}[state]\ndirectory = \"{}\"\n{more}",
            side("source", &self.source),
            side("destination", &self.destination),
            self.state().display()
        );
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Where the program keeps its journal.
    pub fn state(&self) -> PathBuf {
        self.scratch.path().join("state")
    }

    /// The program, ready to be started with `verb` against both labs.
    pub fn zmpace(&self, verb: &str, more: &str) -> Command {
        let mut command = program();
        command
            .arg(verb)
            .arg("--config")
            .arg(self.settings(more))
            .env("ZMPACE_SOURCE_PASSWORD", PASSWORD)
            .env("ZMPACE_DESTINATION_PASSWORD", PASSWORD);
        command
    }
}

/// Neither the password nor anything like a token in an error, however it is shown.
pub fn assert_discreet(error: &(dyn std::error::Error + 'static)) {
    let mut shown = format!("{error} {error:?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(shown, " {error} {error:?}");
        cause = error.source();
    }
    assert_no_secret(&shown);
}

/// Neither the password nor anything like a token: those hold a signature of 40 hexadecimal digits.
pub fn assert_no_secret(text: &str) {
    assert!(!text.contains(PASSWORD), "a password: {text}");
    assert!(!text.contains("AUTH_TOKEN="), "a cookie: {text}");
    let longest = text.split(|c: char| !c.is_ascii_hexdigit()).map(str::len).max().unwrap_or(0);
    assert!(longest < 40, "a token: {text}");
}

/// How to reach a lab.
pub fn access(side: Side, lab: &Lab, password: &str) -> Access {
    Access {
        side,
        host: "127.0.0.1".into(),
        port: lab.address().port(),
        admin: format!("admin@{DOMAIN}"),
        password: password.to_owned().into(),
        connect_timeout: Duration::from_secs(5),
        answer_timeout: Duration::from_secs(10),
        pause: Duration::from_millis(20),
    }
}

/// `ann` to `ann@old.example`.
pub fn address(name: &str) -> String {
    format!("{name}@{DOMAIN}")
}

/// The job of moving one mailbox.
pub fn job(name: &str, attempt: u32, baseline: Option<u64>) -> Job {
    Job { source: address(name), target: address(name), attempt, baseline }
}

/// The program under test, cut off from the tester's own settings.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zmpace"));
    command.env_clear().env("HOME", "/nonexistent").env("PATH", "/usr/bin:/bin").stdin(Stdio::null());
    command
}

/// The same command, where no file grows over so many blocks of 512 bytes until the soft limit is lifted; the signal
/// that comes with it is ignored, as a full disk sends none.
pub fn on_a_small_disk(command: &Command, blocks: u32) -> Command {
    let mut limited = Command::new("sh");
    let script = format!("trap '' XFSZ; ulimit -S -f {blocks}; exec \"$0\" \"$@\"");
    limited.args(["-c", &script]).arg(command.get_program());
    limited.args(command.get_args()).env_clear().stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        limited.env(name, value.unwrap());
    }
    limited
}

/// Runs a command to its end off the test's own thread: code, standard output, standard error. One that takes
/// two minutes is ended, and the test with it.
pub async fn finish(mut command: Command) -> (i32, String, String) {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let pid = child.id().to_string();
    let waiting = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
    let Ok(output) = tokio::time::timeout(Duration::from_mins(2), waiting).await else {
        let _ = Command::new("kill").args(["-KILL", &pid]).status();
        panic!("two minutes were not enough for {command:?}");
    };
    let output = output.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// Waits until `holds`, at most 30 s.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..3000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("waited 30 s in vain: {what}");
}

/// Sixty messages, a natural mailbox, and an empty one.
pub fn three() -> Vec<Sized> {
    vec![Sized::messages("ann", 60, 900_000), Sized::bytes("bob", 1_500_000), Sized::bytes("eve", 0)]
}

/// Whether a folder holds nothing.
pub fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none())
}
