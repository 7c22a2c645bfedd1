//! Chaos: random mailboxes, random faults in random order, the program killed and started again at random
//! moments until all is done; then both sides are compared item by item.
//!
//! `tests/run --chaos N` runs N seeds. A seed that ever failed is kept in `chaos.seeds` and runs every time.

use std::{
    collections::BTreeMap,
    fs::File,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use fastrand::Rng;
use tokio::sync::Semaphore;
use zmpace::{
    control::event::AccountState,
    journal::Journal,
    lab::{Fault, FaultKind, InjectedStatus, PathClass, Sized},
};

use crate::{
    gate::{Gate, Way},
    world::{World, address, assert_no_secret},
};

/// Seeds that failed once.
const KEPT: &str = include_str!("chaos.seeds");
/// Settings that lose no time; patience is short, because nothing here is slow without being broken.
const HASTY: &str = "[plan]\nexclude = [\"admin@old.example\"]\n\
    [mover]\nstandstill = \"1200ms\"\nfirst_byte_timeout = \"3s\"\nstall_timeout = \"3s\"\n\
    connect_timeout = \"2s\"\nanswer_timeout = \"5s\"\nrunaway = \"10s\"\n[probe]\ninterval = \"250ms\"\n\
    [law.retries]\nbase_s = 0.5\nmost_s = 1.0\nlook_s = 4.0\n[law.side_loss]\nbase_s = 0.2\nmost_s = 0.6\ntries = 6\n";
/// Runs after the storm that must be enough.
const CALM_RUNS: u32 = 6;

/// What came of a seed, or of all of them.
#[derive(Debug, Default)]
struct Tally {
    faults: BTreeMap<&'static str, u64>,
    runs: u64,
    items: u64,
    lost: u64,
    doubled: u64,
    wrong: u64,
    /// Contacts beyond the source's: those without an e-mail address are recognised by no Zimbra.
    contacts: u64,
    /// Mailboxes with items too many after a broken upload, each called incomplete by the program, and each with
    /// as many that the destination's own flaw stored from the end of that upload.
    damaged: u64,
    /// Items doubled in those.
    told: u64,
    /// Mailboxes a second look called incomplete, in whatever run.
    late: u64,
    complaints: Vec<String>,
}

impl Tally {
    fn note(&mut self, fault: &'static str) {
        *self.faults.entry(fault).or_default() += 1;
    }

    fn add(&mut self, other: Self) {
        for (fault, times) in other.faults {
            *self.faults.entry(fault).or_default() += times;
        }
        self.runs += other.runs;
        self.items += other.items;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.wrong += other.wrong;
        self.contacts += other.contacts;
        self.damaged += other.damaged;
        self.told += other.told;
        self.late += other.late;
        self.complaints.extend(other.complaints);
    }
}

/// One seed's two servers, the gates before them, and the program between.
struct Storm {
    seed: u64,
    dice: Rng,
    world: World,
    source: Gate,
    destination: Gate,
    child: Option<Child>,
    /// Whether the present run was sent a signal, which before its handlers stand is its end.
    signalled: bool,
    names: Vec<String>,
    tally: Tally,
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_every_item_arrives_once() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let (count, from) = (number("ZMPACE_CHAOS_SEEDS").unwrap_or(3), number("ZMPACE_CHAOS_FROM").unwrap_or(1));
    let kept = KEPT.lines().filter_map(|line| line.split('#').next()?.trim().parse().ok());
    let seeds: Vec<u64> = kept.chain(from..from + count).collect();
    let (begun, room) = (Instant::now(), Arc::new(Semaphore::new(4)));
    let mut running = tokio::task::JoinSet::new();
    for seed in seeds {
        let room = Arc::clone(&room);
        running.spawn(async move {
            let _turn = room.acquire_owned().await.unwrap();
            Storm::gather(seed).await.blow().await
        });
    }
    let (mut all, mut seeds, mut failed) = (Tally::default(), 0, Vec::new());
    while let Some(ended) = running.join_next().await {
        let (seed, tally) = ended.unwrap();
        seeds += 1;
        if !tally.complaints.is_empty() {
            println!("seed {seed} failed:\n  {}", tally.complaints.join("\n  "));
            failed.push(seed);
        }
        all.add(tally);
    }
    println!(
        "chaos: {seeds} seeds in {:.0} s, {} runs of the program, {} items moved, {} lost, {} doubled, {} with wrong \
         content, {} contacts more (no Zimbra recognises those without an e-mail address), {} mailboxes with \
         items too many and told to be incomplete ({} items doubled in them), {} told by a second look",
        begun.elapsed().as_secs_f64(),
        all.runs,
        all.items,
        all.lost,
        all.doubled,
        all.wrong,
        all.contacts,
        all.damaged,
        all.told,
        all.late,
    );
    for (fault, times) in &all.faults {
        println!("  {times:>5}  {fault}");
    }
    failed.sort_unstable();
    assert!(
        failed.is_empty(),
        "write these seeds into tests/chaos.seeds and mend what they show: {failed:?}"
    );
}

impl Storm {
    async fn gather(seed: u64) -> Self {
        let mut dice = Rng::with_seed(seed);
        let names: Vec<String> = (0..dice.u64(4..9)).map(|number| format!("u{number}")).collect();
        let list = names.iter().map(|name| match dice.u32(0..10) {
            0..=1 => Sized::bytes(name, 0),
            2..=5 => Sized::messages(name, dice.u64(5..60), dice.u64(100_000..1_500_000)),
            6 => Sized::messages(name, dice.u64(150..400), 700_000),
            _ => Sized::bytes(name, dice.u64(100_000..1_500_000)),
        });
        let world = World::with(seed, list.collect()).await;
        let stream = dice.f64() * 3.0 + 0.5;
        world.destination.set_knobs(|knobs| {
            knobs.import_stream_mb_per_s = Some(stream / 50.0);
            knobs.hazard_limit = 40;
        });
        let (source, destination) =
            (Gate::before(world.source.address()).await, Gate::before(world.destination.address()).await);
        Self {
            seed,
            dice,
            world,
            source,
            destination,
            child: None,
            signalled: false,
            names,
            tally: Tally::default(),
        }
    }

    /// The storm, the calm after it, and the count.
    async fn blow(mut self) -> (u64, Tally) {
        self.start();
        for _ in 0..self.dice.u32(6..24) {
            tokio::time::sleep(Duration::from_millis(self.dice.u64(10..500))).await;
            if let Some(code) = self.ended() {
                self.judge(code, &[0, 3, 4, 5]);
                self.start();
            }
            self.strike().await;
        }
        self.calm();
        let code = self.wait().await;
        self.judge(code, &[0, 3, 4, 5]);
        for left in (0..CALM_RUNS).rev() {
            self.imports_ended().await;
            self.start();
            let code = self.wait().await;
            if code == 0 || left == 0 {
                break;
            }
            self.judge(code, &[3, 4, 5]);
        }
        self.compare();
        self.assert_discreet();
        for lab in [&self.world.source, &self.world.destination] {
            for (fault, times) in lab.struck() {
                *self.tally.faults.entry(fault).or_default() += times;
            }
        }
        (self.seed, self.tally)
    }

    fn complain(&mut self, what: String) {
        self.tally.complaints.push(what);
    }

    /// One more thing goes wrong.
    async fn strike(&mut self) {
        let name = address(&self.names[self.dice.usize(..self.names.len())]);
        match self.dice.u32(0..24) {
            0..=6 => self.world.source.inject(&name, export_fault(&mut self.dice)),
            7..=12 => self.world.destination.inject(&name, import_fault(&mut self.dice)),
            13..=15 => self.kill("KILL", "killed").await,
            16 => self.kill("TERM", "told to drain").await,
            17 => self.freeze().await,
            18 => self.tokens(),
            19..=20 => self.statuses(),
            21..=22 => self.part().await,
            _ => self.habits(&name),
        }
    }

    /// The program ends in the middle of things; the next act starts it again.
    async fn kill(&mut self, signal: &str, fault: &'static str) {
        let Some(child) = &self.child else { return };
        let pid = child.id().to_string();
        let _ = Command::new("kill").args([&format!("-{signal}"), &pid]).status();
        self.tally.note(fault);
        if signal == "TERM" {
            self.signalled = true;
            if self.dice.bool() {
                return; // it drains
            }
            tokio::time::sleep(Duration::from_millis(self.dice.u64(1..80))).await;
            let _ = Command::new("kill").args(["-TERM", &pid]).status();
            self.tally.note("told to stop");
            return;
        }
        let _ = self.wait().await;
        self.start();
    }

    /// The host sleeps for longer than anybody's patience, or a little.
    async fn freeze(&mut self) {
        let Some(child) = &self.child else { return };
        let pid = child.id().to_string();
        let _ = Command::new("kill").args(["-STOP", &pid]).status();
        tokio::time::sleep(Duration::from_millis(self.dice.u64(50..4_000))).await;
        let _ = Command::new("kill").args(["-CONT", &pid]).status();
        self.tally.note("suspended and resumed");
    }

    fn tokens(&mut self) {
        let lab = if self.dice.bool() { &self.world.source } else { &self.world.destination };
        if self.dice.bool() {
            lab.revoke_tokens();
            self.tally.note("tokens withdrawn");
        } else {
            let times = self.dice.u32(1..6);
            lab.set_knobs(|knobs| knobs.spurious_expiries += times);
            self.tally.note("good tokens called expired");
        }
    }

    fn statuses(&mut self) {
        let lab = if self.dice.bool() { &self.world.source } else { &self.world.destination };
        let class = [PathClass::Soap, PathClass::Export, PathClass::Import][self.dice.usize(..3)];
        let status = [429, 500, 502, 503, 504][self.dice.usize(..5)];
        let times = self.dice.u32(1..5);
        lab.set_knobs(|knobs| knobs.statuses.push(InjectedStatus { class, status, times }));
        self.tally.note("a storm of statuses");
    }

    /// One end is away for a while, or both are.
    async fn part(&mut self) {
        let (way, word) = [
            (Way::Shut, "server down"),
            (Way::Silent, "network parted"),
            (Way::Babble, "no TLS spoken"),
            (Way::Open, "connections reset"),
        ][self.dice.usize(..4)];
        let ends = [vec![&self.source], vec![&self.destination], vec![&self.source, &self.destination]];
        let ends = &ends[self.dice.usize(..3)];
        self.tally.note(word);
        if way == Way::Open {
            for gate in ends {
                gate.shake().await;
            }
            return;
        }
        for gate in ends {
            gate.set(way);
        }
        tokio::time::sleep(Duration::from_millis(self.dice.u64(20..2_500))).await;
        for gate in ends {
            gate.set(Way::Open);
        }
    }

    fn habits(&mut self, name: &str) {
        let (source, destination) = (&self.world.source, &self.world.destination);
        let fault = match self.dice.u32(0..5) {
            0 => {
                source.set_maintenance(name, true);
                "account in maintenance"
            }
            1 => {
                destination.set_maintenance(name, true);
                "account in maintenance"
            }
            2 => {
                destination.set_quota(name, self.dice.u64(20_000..300_000));
                destination.set_knobs(|knobs| knobs.quota_resets = !knobs.quota_resets);
                "quota too small"
            }
            3 => {
                destination.set_knobs(|knobs| knobs.lock_failures += 3);
                "too many waiters"
            }
            _ => {
                destination.set_knobs(|knobs| knobs.user_services = !knobs.user_services);
                "user services switched"
            }
        };
        self.tally.note(fault);
    }

    /// Nothing goes wrong any more.
    fn calm(&mut self) {
        for gate in [&self.source, &self.destination] {
            gate.set(Way::Open);
        }
        for lab in [&self.world.source, &self.world.destination] {
            lab.set_knobs(|knobs| {
                knobs.statuses.clear();
                (knobs.spurious_expiries, knobs.lock_failures, knobs.user_services) = (0, 0, true);
                knobs.import_stream_mb_per_s = None;
            });
            for name in &self.names {
                lab.clear(&address(name));
                lab.set_maintenance(&address(name), false);
            }
        }
        for name in &self.names {
            self.world.destination.set_quota(&address(name), 0);
        }
    }

    fn log(&self) -> PathBuf {
        self.world.scratch.path().join(format!("run-{}.log", self.tally.runs))
    }

    fn start(&mut self) {
        self.tally.runs += 1;
        self.signalled = false;
        let mut command = self.world.zmpace("run", HASTY);
        command
            .args(["--json", "--progress", "lines", "--workers"])
            .arg(self.dice.u32(1..5).to_string())
            .args(["--set", &format!("source.port={}", self.source.port())])
            .args(["--set", &format!("destination.port={}", self.destination.port())])
            .stdout(Stdio::null())
            .stderr(File::create(self.log()).unwrap());
        self.child = Some(command.spawn().unwrap());
    }

    /// The exit code of the present run, if it has ended; -9 when it was killed.
    fn ended(&mut self) -> Option<i32> {
        let status = self.child.as_mut()?.try_wait().unwrap()?;
        self.child = None;
        Some(status.code().unwrap_or(-9))
    }

    /// Waits for the present run; one that takes two minutes hangs.
    async fn wait(&mut self) -> i32 {
        if self.child.is_none() {
            return 0;
        }
        for _ in 0..12_000 {
            if let Some(code) = self.ended() {
                return code;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let said = self.said();
        self.complain(format!("a run hangs: {said}"));
        if let Some(mut child) = self.child.take() {
            let _ = (child.kill(), child.wait());
        }
        -9
    }

    /// The last lines of what the present run said.
    fn said(&self) -> String {
        let said = std::fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = said.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n    ")
    }

    fn judge(&mut self, code: i32, allowed: &[i32]) {
        let by_signal = self.signalled && [-9, 143].contains(&code);
        if !allowed.contains(&code) && !by_signal {
            let said = self.said();
            self.complain(format!("run {} ended with {code}: {said}", self.tally.runs));
        }
    }

    async fn imports_ended(&self) {
        self.world.imports_ended().await;
    }

    /// Nothing lost, nothing doubled, everything explained.
    fn compare(&mut self) {
        let rows = Journal::read(&self.world.state()).and_then(|reader| reader.load_accounts()).unwrap();
        let told: BTreeMap<String, AccountState> =
            rows.into_iter().map(|row| (row.source, row.state)).collect();
        for name in self.names.clone() {
            let expected = self.world.source.expected(&address(&name)).unwrap();
            let arrived = self.world.arrived(&name);
            let finished =
                matches!(told.get(&address(&name)), Some(AccountState::Verified | AccountState::Empty));
            self.tally.items += expected.items.len() as u64;
            let wrong = arrived.items.iter().filter(|item| !item.is_sound()).count() as u64;
            let (mut lost, mut doubled, mut contacts) = (0, 0, 0);
            for line in expected.differences(&arrived) {
                let number = line.split(' ').nth(if line.starts_with("too") { 2 } else { 1 });
                let times: u64 = number.and_then(|n| n.trim_end_matches("x:").parse().ok()).unwrap_or(1);
                match (line.starts_with("missing"), line.contains(" contact ")) {
                    (true, _) => lost += times,
                    (false, true) => contacts += times,
                    (false, false) => doubled += times,
                }
            }
            self.tally.contacts += contacts;
            if lost + doubled + wrong == 0 && finished {
                continue;
            }
            // An upload broken at the wrong byte makes the destination store its last block again, a few times or
            // without end. The lab counts what it stores so, which must be all there is too much of; it is told and
            // counted here by itself, and what is called verified must be exact.
            let record = self.world.destination.record();
            let met = record.imports_high_by_mailbox.get(&address(&name)).is_some_and(|high| *high > 1);
            let again = record.served_again.get(&address(&name)).copied().unwrap_or(0);
            let explained = met || doubled.max(wrong) <= again;
            if !finished && lost == 0 && doubled + wrong > 0 && explained {
                println!(
                    "seed {}: {name}: {doubled} doubled, {wrong} wrong, told; {again} served again; imports met: {met}",
                    self.seed
                );
                self.tally.told += doubled;
                self.tally.damaged += 1;
                continue;
            }
            self.tally.lost += lost;
            self.tally.doubled += doubled;
            self.tally.wrong += wrong;
            let said = self.said();
            self.complain(format!(
                "{name}: {lost} lost, {doubled} doubled, {wrong} wrong of {} ({again} served again); the journal says {:?}: {said}",
                expected.items.len(),
                told.get(&address(&name))
            ));
        }
    }

    /// No log holds a secret, and no request had one in its address.
    fn assert_discreet(&mut self) {
        for run in 1..=self.tally.runs {
            let log = self.world.scratch.path().join(format!("run-{run}.log"));
            let said = std::fs::read_to_string(log).unwrap_or_default();
            assert_no_secret(&said);
            self.tally.late += said.matches("code=ZP-LATE-IMPORT").count() as u64;
        }
        for lab in [&self.world.source, &self.world.destination] {
            assert_eq!(lab.record().tokens_in_urls, 0);
        }
    }
}

fn export_fault(dice: &mut Rng) -> Fault {
    let (bytes, items) = (dice.u64(1_000..400_000), dice.u64(0..40));
    let kind = match dice.u32(0..10) {
        0 => FaultKind::CutInsideEntry { after_bytes: bytes },
        1 => FaultKind::CutBetweenEntries { after_items: items },
        2 => FaultKind::CutInsideChunk { after_bytes: bytes },
        3 => FaultKind::ShortArchive { after_items: items },
        4 => FaultKind::ErrEntry { item: items },
        5 => FaultKind::MissingBlob { item: items },
        6 => FaultKind::DamagedBody { item: items },
        7 => FaultKind::StallMiddle { pause: Duration::from_millis(dice.u64(10..3_300)), after_items: items },
        8 => FaultKind::Export500,
        _ => FaultKind::ExportStatus([401, 404, 429, 502, 503, 504][dice.usize(..6)]),
    };
    Fault::times(kind, dice.u32(1..3))
}

/// A server that stalls one import, takes others and lets its counts be read may wake up after the next attempt was
/// verified, but within the wait for the second look: nothing a client could look at tells it from one that has given up.
fn import_fault(dice: &mut Rng) -> Fault {
    let items = dice.u64(0..40);
    let kind = match dice.u32(0..8) {
        0 => FaultKind::ImportFail,
        1 => FaultKind::ImportWarn {
            code: "mail.INVALID_REQUEST".into(),
            count: dice.u32(1..9),
            every: dice.u32(1..5),
        },
        2 => FaultKind::ImportStall { after_items: items, pause: Duration::from_millis(dice.u64(10..6_000)) },
        3 => FaultKind::ImportResetUnread,
        4 => FaultKind::ImportResetAfter { after_items: items },
        5 => FaultKind::ImportAnswerLost,
        6 => FaultKind::Maintenance,
        _ => FaultKind::ImportStatus([401, 404, 429, 500, 502, 503, 504][dice.usize(..7)]),
    };
    Fault::times(kind, dice.u32(1..3))
}
