//! The data path against plain pipes, in one run on one machine: throughput, processor time, memory.
//!
//! `cargo bench --bench transfer` prints tables and asserts nothing. The two lab servers run in this process,
//! on machines without limits; what is measured is the child process that carries the mail: `zmpace run`, or
//! `curl | curl` over the same TLS. Needs curl. `QUICK=1` shrinks everything for a first look.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::watch;
use zmpace::{
    control::{Moment, dispatcher::Dispatcher, event::Account, policy::Policy, sample::Side},
    journal::{Journal, PlanRow},
    lab::{Config, Knobs, Lab, Population, Sized},
    zimbra::{
        Counters, Job, Mover as _, Order,
        session::{Access, Server},
        tls::{self, Tls, Trust},
        transfer::{Format, Manner, Relay, Resolve},
    },
};

const PASSWORD: &str = "lab-secret";

fn main() {
    if std::env::args().any(|argument| argument == "--million") {
        return million();
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let scale = if std::env::var_os("QUICK").is_some() { 16 } else { 1 };
    println!("{} processors, scale 1/{scale}; servers in this process, machines without limits", cores());
    runtime.block_on(async {
        pipes(1024 / scale).await;
        throttled(scale).await;
        large(5 * 1024 / scale).await;
        proof(16, 1).await;
        proof(16, 16).await;
        proof(4, 256 / scale).await;
    });
    in_child();
}

/// What a child process used.
#[derive(Clone, Copy, Default)]
struct Used {
    wall: Duration,
    cpu_s: f64,
    peak_mib: f64,
}

/// zmpace at 1, 4 and 16 workers in both formats, and one `curl | curl` before and after: this machine's noise shows.
async fn pipes(mib: u64) {
    println!("\n| carrier | workers | format | MB | s | MB/s | of the pipe | CPU s/GB | peak MiB |");
    println!("|---|---|---|---|---|---|---|---|---|");
    let pipe = curl(mib).await;
    row("curl | curl", 1, "tar", mib, pipe, pipe);
    for (workers, format) in [(1, "tar"), (1, "tar"), (4, "tar"), (16, "tar"), (1, "tgz"), (4, "tgz")] {
        let used = zmpace(workers, format, mib).await;
        row("zmpace", workers, format, mib, used, pipe);
    }
    let again = curl(mib).await;
    row("curl | curl", 1, "tar", mib, again, pipe);
}

fn row(carrier: &str, workers: u32, format: &str, mib: u64, used: Used, pipe: Used) {
    let mb = mib as f64 * 1.048_576;
    let rate = mb / used.wall.as_secs_f64();
    println!(
        "| {carrier} | {workers} | {format} | {mb:.0} | {:.2} | {rate:.0} | {:.2} | {:.2} | {:.0} |",
        used.wall.as_secs_f64(),
        pipe.wall.as_secs_f64() / used.wall.as_secs_f64(),
        used.cpu_s / (mb / 1000.0),
        used.peak_mib
    );
}

async fn pair(mailboxes: Vec<Sized>, knobs: Knobs) -> (Lab, Lab) {
    // Nothing is read back here, and a disk of our own would be measured with the mover.
    let knobs = Knobs { keep_bodies: false, ..knobs };
    let source = Config { accounts: Population::Listed(mailboxes), knobs, ..Config::default() };
    let destination = Config::destination_for(&source);
    (Lab::start(source).await.expect("a source"), Lab::start(destination).await.expect("a destination"))
}

/// Messages of 64 KiB on average, `mib` in all, in so many mailboxes.
fn mailboxes(count: u32, mib: u64) -> Vec<Sized> {
    let each = mib * 1024 * 1024 / u64::from(count);
    (0..count).map(|at| Sized::messages(&format!("user{at:02}"), (each / (64 << 10)).max(1), each)).collect()
}

fn free() -> Knobs {
    Knobs { qos_concurrent: None, ..Knobs::default() }
}

async fn zmpace(workers: u32, format: &str, mib: u64) -> Used {
    let (source, destination) = pair(mailboxes(workers, mib), free()).await;
    let more = [
        format!("mover.source_format={format}"),
        format!("mover.destination_format={format}"),
        "law.max_workers=64".to_owned(),
    ];
    let used = run(&source, &destination, workers, &more).await;
    source.shutdown().await;
    destination.shutdown().await;
    used
}

async fn run(source: &Lab, destination: &Lab, workers: u32, more: &[String]) -> Used {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let settings = scratch.path().join("zmpace.toml");
    fs::write(&settings, settings_text(source, destination, scratch.path())).expect("a settings file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_zmpace"));
    command
        .args(["run", "--progress", "none", "--workers", &workers.to_string(), "--config"])
        .arg(&settings)
        .env("ZMPACE_SOURCE_PASSWORD", PASSWORD)
        .env("ZMPACE_DESTINATION_PASSWORD", PASSWORD)
        .stdout(Stdio::null());
    for pair in more {
        command.args(["--set", pair]);
    }
    watch(vec![command]).await
}

fn settings_text(source: &Lab, destination: &Lab, scratch: &Path) -> String {
    let side = |word: &str, lab: &Lab| {
        format!(
            "[{word}]\nhost = \"127.0.0.1\"\nport = {}\nadmin = \"admin@old.example\"\nfingerprints = [\"{}\"]\n\
             reach = \"local\"\nproc_root = \"{}\"\nwatch = [\"/\"]\n",
            lab.address().port(),
            lab.fingerprint(),
            lab.proc_dir().display()
        )
    };
    format!(
        "{}{}[state]\ndirectory = \"{}/state\"\n",
        side("source", source),
        side("destination", destination),
        scratch.display()
    )
}

/// `curl | curl`, the way a careful administrator would pipe one mailbox by hand.
async fn curl(mib: u64) -> Used {
    let (source, destination) = pair(mailboxes(1, mib), free()).await;
    let token = format!("Authorization: Basic {}", basic());
    let url = |lab: &Lab, more: &str| {
        format!("https://127.0.0.1:{}/service/home/user00@old.example?fmt=tar{more}", lab.address().port())
    };
    let mut down = Command::new("curl");
    down.args(["-sSk", "-H", &token, &url(&source, "")]).stdout(Stdio::piped());
    let mut up = Command::new("curl");
    up.args(["-sSk", "-X", "POST", "-T", "-", "-H", &token])
        .arg(url(&destination, "&resolve=skip&callback=x"))
        .stdout(Stdio::null());
    let used = watch(vec![down, up]).await;
    source.shutdown().await;
    destination.shutdown().await;
    used
}

fn basic() -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(format!("admin@old.example:{PASSWORD}"))
}

/// Starts the commands as a pipe and reads their processor time and peak memory until they end.
async fn watch(commands: Vec<Command>) -> Used {
    tokio::task::spawn_blocking(move || {
        let begun = Instant::now();
        let mut children: Vec<Child> = Vec::new();
        for mut command in commands {
            if let Some(before) = children.last_mut().and_then(|child| child.stdout.take()) {
                command.stdin(before);
            }
            children.push(command.spawn().expect("the command starts"));
        }
        let mut seen = vec![(0.0, 0.0); children.len()];
        while children.iter_mut().any(|child| child.try_wait().expect("a child can be waited for").is_none())
        {
            for (child, seen) in children.iter().zip(&mut seen) {
                read_usage(child.id(), seen);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Used {
            wall: begun.elapsed(),
            cpu_s: seen.iter().map(|(cpu, _)| cpu).sum(),
            peak_mib: seen.iter().map(|(_, peak)| peak).sum(),
        }
    })
    .await
    .expect("the watcher ends")
}

/// Processor seconds and peak resident MiB of a process, as far as `/proc` still tells.
fn read_usage(pid: u32, seen: &mut (f64, f64)) {
    if let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat"))
        && let Some((_, rest)) = stat.rsplit_once(')')
    {
        let ticks: f64 = rest.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<f64>().ok()).sum();
        seen.0 = f64::max(seen.0, ticks / 100.0);
    }
    if let Ok(status) = fs::read_to_string(format!("/proc/{pid}/status"))
        && let Some(line) = status.lines().find(|line| line.starts_with("VmHWM:"))
        && let Some(kib) = line.split_whitespace().nth(1).and_then(|n| n.parse::<f64>().ok())
    {
        seen.1 = f64::max(seen.1, kib / 1024.0);
    }
}

/// 40 mailboxes, 953 MB, the largest 382 MB, each stream throttled: the floor is the largest alone.
async fn throttled(scale: u64) {
    let largest = 382_000_000 / scale;
    let rest = (953_000_000 / scale - largest) / 39;
    let mut mailboxes = vec![Sized::messages("giant", largest / 100_000, largest)];
    mailboxes
        .extend((0..39).map(|at| Sized::messages(&format!("user{at:02}"), (rest / 60_000).max(1), rest)));
    let knobs = Knobs {
        export_stream_mb_per_s: Some(20.0),
        import_stream_mb_per_s: Some(10.0),
        request_ms: 30.0,
        ..Knobs::default()
    };
    let (source, destination) = pair(mailboxes, knobs).await;
    let used = run(&source, &destination, 5, &[]).await;
    let floor = largest as f64 / 10e6;
    println!(
        "\nthrottled streams (export 20 MB/s, import 10 MB/s, 30 ms a request), 40 mailboxes, 5 workers: {:.1} s, floor {floor:.1} s, ratio {:.2}",
        used.wall.as_secs_f64(),
        used.wall.as_secs_f64() / floor
    );
    source.shutdown().await;
    destination.shutdown().await;
}

/// One mailbox of 5 GB: memory must not follow its size.
async fn large(mib: u64) {
    let used = zmpace(1, "tar", mib).await;
    println!(
        "one mailbox of {mib} MiB: {:.0} MB/s, peak {:.0} MiB",
        mib as f64 * 1.048_576 / used.wall.as_secs_f64(),
        used.peak_mib
    );
}

/// What it costs to look before and to prove after, as a share of a worker's time, by where it is.
async fn proof(count: u32, mib_each: u64) {
    let (source, destination) = pair(mailboxes(count, u64::from(count) * mib_each), free()).await;
    let relay = Relay::new(client(Side::Source, &source), client(Side::Destination, &destination), manner());
    let mut spent: BTreeMap<String, f64> = BTreeMap::new();
    for at in 0..count {
        let name = format!("user{at:02}@old.example");
        let job = Job { source: name.clone(), target: name, attempt: 1, baseline: None };
        let (_orders, told) = watch::channel(Order::Go);
        let counters = Arc::new(Counters::default());
        let mut carried = relay.carry(job, told, Arc::clone(&counters));
        loop {
            let begun = Instant::now();
            let phase = format!("{:?}", counters.phase()).to_lowercase();
            let ended = tokio::time::timeout(Duration::from_micros(200), &mut carried).await;
            // The first one signs in.
            let counts = if at > 0 { begun.elapsed().as_secs_f64() } else { 0.0 };
            *spent.entry(phase).or_default() += counts;
            if let Ok(receipt) = ended {
                assert_eq!(receipt.expect("it is carried").differences, 0);
                break;
            }
        }
    }
    let all: f64 = spent.values().sum();
    let shares: Vec<String> =
        spent.iter().map(|(phase, s)| format!("{phase} {:.1} %", s / all * 100.0)).collect();
    println!("{count} mailboxes of {mib_each} MiB, one worker, {all:.2} s: {}", shares.join(", "));
    source.shutdown().await;
    destination.shutdown().await;
}

fn client(side: Side, lab: &Lab) -> Arc<Server> {
    let print = tls::parse_fingerprint(&lab.fingerprint()).expect("a fingerprint");
    let access = Access {
        side,
        host: "127.0.0.1".into(),
        port: lab.address().port(),
        admin: "admin@old.example".into(),
        password: PASSWORD.to_owned().into(),
        connect_timeout: Duration::from_secs(5),
        answer_timeout: Duration::from_secs(10),
        pause: Duration::from_millis(20),
    };
    Arc::new(Server::new(access, Tls::new(Trust::Pinned(vec![print])).expect("TLS")).expect("a client"))
}

fn manner() -> Manner {
    Manner {
        source_format: Format::Tar,
        destination_format: Format::Tar,
        resolve: Resolve::Skip,
        acl: true,
        trash_and_junk: true,
        first_byte: Duration::from_secs(20),
        stall: Duration::from_secs(20),
        connect: Duration::from_secs(20),
        standstill: Duration::from_secs(2),
        runaway: Duration::from_secs(20),
        spill_bytes: 8 << 20,
        slow_link_bytes_per_s: 1e7,
    }
}

fn in_child() {
    let me = std::env::current_exe().expect("this program has a path");
    let status = Command::new(me).arg("--million").status().expect("it starts again");
    assert!(status.success());
}

/// Opening, ordering and journalling a million accounts, in a process of its own.
fn million() {
    const COUNT: u32 = 1_000_000;
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let begun = Instant::now();
    let mut journal = Journal::open(scratch.path()).expect("a journal");
    let row = |at: u32| PlanRow {
        source: format!("user{at}@old.example"),
        target: format!("user{at}@new.example"),
        bytes: u64::from(at.wrapping_mul(2_654_435_761)),
        ..PlanRow::default()
    };
    journal.enrol((0..COUNT).map(row)).expect("enrolled");
    let enrolled = begun.elapsed();
    let rows = journal.reader().load_accounts().expect("read back");
    let loaded = begun.elapsed();
    let accounts =
        rows.iter().map(|row| Account { id: row.id, bytes: row.bytes, attempts: row.attempts }).collect();
    let mut dispatcher = Dispatcher::new(Policy::for_tests(), accounts);
    let _ = dispatcher.on(Moment::default(), zmpace::control::event::Event::Tick);
    let mut usage = (0.0, 0.0);
    read_usage(std::process::id(), &mut usage);
    println!(
        "1,000,000 accounts: journalled in {:.1} s, read back in {:.1} s, ordered in {:.1} s, {:.1} s in all, peak {:.0} MiB",
        enrolled.as_secs_f64(),
        loaded.saturating_sub(enrolled).as_secs_f64(),
        begun.elapsed().saturating_sub(loaded).as_secs_f64(),
        begun.elapsed().as_secs_f64(),
        usage.1
    );
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
