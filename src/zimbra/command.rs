//! Any outside program as the mover: run once for each mailbox, in a process group of its own, under the same orders,
//! order of mailboxes, window and journal as ours. What it did is judged by both sides' folders, not by its word.

mod group;

use std::{
    collections::{BTreeMap, VecDeque},
    path::PathBuf,
    pin::Pin,
    process::ExitStatus,
    sync::{Arc, Once, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use regex_lite::Regex;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::{
    process::Command,
    sync::{mpsc, watch},
};

use super::{
    Counters, Job, MoveError, Mover, Order, Phase,
    directory::{self, FolderCount},
    transfer::{Relay, items_of},
    verify::compare_folders,
};
use crate::control::{
    event::{Receipt, Retry},
    sample::Side,
};
use group::{Group, Usage};

/// Variables a program gets of ours; passwords come in others, and only if they were asked for.
const KEPT: [&str; 6] = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "USER"];
/// Between two looks at what a program uses.
const LOOK: Duration = Duration::from_secs(2);
/// From the request to end until it is made to.
const GRACE: Duration = Duration::from_secs(10);
/// Last lines kept for the cause of a failure.
const TAIL: usize = 5;

/// The variables of a program about to start.
pub type Variables = BTreeMap<String, SecretString>;

/// What to run for a mailbox, and how to read it.
pub struct Program {
    /// Program and arguments; `{account}`, `{target}` and `{attempt}` are filled in for each mailbox.
    pub command: Vec<String>,
    /// Tells the variables it gets, anew for each mailbox: the place for passwords, which change in their files.
    pub variables: Box<dyn Fn() -> Variables + Send + Sync>,
    /// Tells items and bytes so far from a line, by the groups `items` and `bytes`.
    pub progress: Option<Regex>,
    /// Exit codes that ask for less, later.
    pub busy: Vec<i32>,
    /// Exit codes that another try would not change.
    pub permanent: Vec<i32>,
    /// Whether only folders of mail are compared: IMAP carries nothing else.
    pub mail_only: bool,
    /// Longest time without a line and without use of a processor.
    pub stall: Duration,
    /// Folder where running groups are noted.
    pub notes: PathBuf,
}

/// Moves mailboxes by an outside program; both servers are asked before and after.
pub struct Outside {
    relay: Arc<Relay>,
    program: Program,
    /// What a killed run left behind is ended before the first mailbox: by then the journal is ours alone.
    orphans: Once,
}

/// How a program ended.
struct Done {
    status: ExitStatus,
    parked: Duration,
    used: Usage,
    tail: VecDeque<String>,
}

impl Outside {
    /// By this program.
    pub const fn new(relay: Arc<Relay>, program: Program) -> Self {
        Self { relay, program, orphans: Once::new() }
    }

    async fn move_and_prove(
        &self,
        job: Job,
        orders: watch::Receiver<Order>,
        counters: Arc<Counters>,
    ) -> Result<Receipt, MoveError> {
        let begun = Instant::now();
        self.orphans.call_once(|| group::end_orphans(&self.program.notes));
        self.relay.prepare(&job, &counters).await?;
        let before = self.folders(Side::Source, &job).await?;
        counters.enter(Phase::Moving);
        let variables = (self.program.variables)();
        let (group, lines) = Group::start(self.command(&job, &variables), &self.program.notes)
            .map_err(|error| self.failed(format!("it cannot be started: {error}"), Retry::Operator))?;
        let done = self.watch(group, lines, orders, &counters).await?;
        self.judge(&done, &variables)?;
        counters.enter(Phase::Verifying);
        let baseline = counters.baseline().unwrap_or(0);
        let source = self.folders(Side::Source, &job).await?;
        let destination = self.folders(Side::Destination, &job).await?;
        let trash = self.relay.manner.trash_and_junk;
        let (differences, mut notes) = [&before, &source]
            .map(|source| compare_folders(source, &destination, baseline, trash))
            .into_iter()
            .min_by_key(|compared| compared.0)
            .unwrap_or_default();
        if before != source {
            notes.push("changed on the source meanwhile".to_owned());
        }
        let items = items_of(&destination).saturating_sub(baseline);
        // What its output did not tell is known now.
        counters.sent_items.fetch_max(items, Relaxed);
        counters.stored_items.fetch_max(items, Relaxed);
        let bytes = bytes_of(&destination);
        counters.sent_bytes.fetch_max(bytes, Relaxed);
        counters.stored_bytes.fetch_max(bytes, Relaxed);
        notes.push(format!(
            "{}: {:.1} s of processor time and {} MB of memory on this machine",
            self.name(),
            done.used.cpu_s,
            done.used.memory / 1_000_000
        ));
        Ok(Receipt {
            items,
            bytes: counters.sent_bytes.load(Relaxed),
            differences,
            notes,
            active_s: begun.elapsed().saturating_sub(done.parked).as_secs_f64(),
            source_items: items_of(&source),
            destination_items: items_of(&destination),
            // Its group has ended and its connections with it: nothing of an earlier attempt goes on.
            held: None,
        })
    }

    /// Folders of one side, those without mail left out if the program cannot carry them.
    async fn folders(&self, side: Side, job: &Job) -> Result<BTreeMap<String, FolderCount>, MoveError> {
        let mut folders = match side {
            Side::Destination => directory::folders(&self.relay.destination, &job.target).await?,
            _ => directory::folders(&self.relay.source, &job.source).await?,
        };
        folders.retain(|_, count| count.mail || !self.program.mail_only);
        Ok(folders)
    }

    fn name(&self) -> String {
        self.program.command.first().cloned().unwrap_or_default()
    }

    fn command(&self, job: &Job, variables: &Variables) -> Command {
        let filled = |text: &String| fill(text, job);
        let mut command = Command::new(self.name());
        command.args(self.program.command.iter().skip(1).map(filled));
        command.env_clear();
        command.envs(KEPT.iter().filter_map(|name| Some((*name, std::env::var_os(name)?))));
        command.envs(variables.iter().map(|(name, value)| (name, value.expose_secret())));
        command.env("ZMPACE_ACCOUNT", &job.source).env("ZMPACE_TARGET", &job.target);
        command
    }

    /// Reads, parks, ends: until the program has ended.
    async fn watch(
        &self,
        mut group: Group,
        mut lines: mpsc::Receiver<String>,
        mut orders: watch::Receiver<Order>,
        counters: &Counters,
    ) -> Result<Done, MoveError> {
        let (mut used, mut tail) = (Usage::default(), VecDeque::new());
        let (mut parked, mut still): (Duration, Option<Instant>) = (Duration::ZERO, None);
        let mut alive = Instant::now();
        let mut look = tokio::time::interval(LOOK);
        let status = loop {
            tokio::select! {
                Some(line) = lines.recv() => {
                    alive = Instant::now();
                    self.hear(&line, counters, &mut tail);
                }
                status = group.wait() => break status,
                changed = orders.changed() => {
                    let order = if changed.is_ok() { *orders.borrow_and_update() } else { Order::Stop };
                    if order == Order::Stop {
                        group.end(GRACE).await;
                        return Err(MoveError::Stopped);
                    }
                    group.park(order == Order::Park);
                    counters.parked.store(order == Order::Park, Relaxed);
                    parked += still.take().map_or(Duration::ZERO, |since| since.elapsed());
                    still = (order == Order::Park).then(Instant::now);
                    alive = Instant::now();
                }
                _ = look.tick() => {
                    let now = group.usage();
                    if now.cpu_s > used.cpu_s || still.is_some() {
                        alive = Instant::now();
                    }
                    used = Usage { cpu_s: used.cpu_s.max(now.cpu_s), memory: used.memory.max(now.memory) };
                    if alive.elapsed() > self.program.stall {
                        group.end(GRACE).await;
                        return Err(self.stalled());
                    }
                }
            }
        };
        // Its last words are on their way; nothing of it is left that could go on talking.
        while let Ok(Some(line)) = tokio::time::timeout(LOOK, lines.recv()).await {
            self.hear(&line, counters, &mut tail);
        }
        let status = status.map_err(|error| self.failed(error.to_string(), Retry::BackOff))?;
        Ok(Done { status, parked, used, tail })
    }

    /// A line of its own: read for progress, and kept among the last few.
    fn hear(&self, line: &str, counters: &Counters, tail: &mut VecDeque<String>) {
        self.read(line, counters);
        if tail.len() == TAIL {
            tail.pop_front();
        }
        tail.push_back(line.to_owned());
    }

    /// Takes items and bytes so far from a line that tells them.
    fn read(&self, line: &str, counters: &Counters) {
        let Some(found) = self.program.progress.as_ref().and_then(|progress| progress.captures(line)) else {
            return;
        };
        let number = |name| found.name(name).and_then(|text| text.as_str().parse::<u64>().ok());
        if let Some(items) = number("items") {
            counters.sent_items.fetch_max(items, Relaxed);
            counters.stored_items.fetch_max(items, Relaxed);
        }
        if let Some(bytes) = number("bytes") {
            counters.sent_bytes.fetch_max(bytes, Relaxed);
            counters.stored_bytes.fetch_max(bytes, Relaxed);
        }
    }

    /// What the exit code means.
    fn judge(&self, done: &Done, variables: &Variables) -> Result<(), MoveError> {
        let said = done.tail.iter().map(|line| masked(line, variables)).collect::<Vec<_>>().join(" / ");
        let Some(code) = done.status.code() else {
            return Err(self.failed(format!("{}; it said last: {said}", done.status), Retry::BackOff));
        };
        let retry = match code {
            0 => return Ok(()),
            _ if self.program.busy.contains(&code) => Retry::Busy,
            _ if self.program.permanent.contains(&code) => Retry::Permanent,
            _ => Retry::BackOff,
        };
        Err(self.failed(format!("it ended with exit code {code}; it said last: {said}"), retry))
    }

    fn stalled(&self) -> MoveError {
        let after = self.program.stall.as_secs();
        self.failed(format!("it said and did nothing for {after} s and was ended"), Retry::BackOff)
    }

    fn failed(&self, cause: String, retry: Retry) -> MoveError {
        MoveError::Program { program: self.name(), cause, retry }
    }
}

/// A line without the passwords the program was given.
fn masked(line: &str, variables: &Variables) -> String {
    let secrets = variables.values().map(SecretString::expose_secret).filter(|secret| secret.len() > 3);
    secrets.fold(line.to_owned(), |line, secret| line.replace(secret, "***"))
}

impl Mover for Outside {
    fn carry<'a>(
        &'a self,
        job: Job,
        orders: watch::Receiver<Order>,
        counters: Arc<Counters>,
    ) -> Pin<Box<dyn Future<Output = Result<Receipt, MoveError>> + Send + 'a>> {
        Box::pin(self.move_and_prove(job, orders, counters))
    }
}

fn fill(text: &str, job: &Job) -> String {
    text.replace("{account}", &job.source)
        .replace("{target}", &job.target)
        .replace("{attempt}", &job.attempt.to_string())
}

fn bytes_of(folders: &BTreeMap<String, FolderCount>) -> u64 {
    folders.values().map(|count| count.bytes).sum()
}
