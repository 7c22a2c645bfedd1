//! What each command does.

use std::{
    collections::{HashMap, HashSet},
    io::{IsTerminal as _, Write as _},
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::Duration,
};

use serde::Serialize;

use super::{
    Ended, Exit,
    clock::Clock,
    night::{Evening, Night, Seat, exit_of, is_finished, journal_failed},
    world::{self, Pair},
};
use crate::{
    cli::{LabArgs, LabRole, PlanArgs, ProbeArgs, ProgressKind, RunArgs, StatusArgs},
    control::{
        dispatcher::Dispatcher,
        event::{Account, AccountState},
        policy::LimitPolicy,
        sample::{Sample, Side},
    },
    journal::{Cause, FailureRow, Journal, PlanRow},
    lab,
    probe::{self, Reading},
    report::{Accounts, FailureLine, Report},
    settings::{self, ReachKind, Settings, Surroundings},
    ui::{
        Screen, Style,
        words::{bytes, count, tame},
    },
    zimbra::{
        MoveError, directory,
        plan::{Obstacle, Planned},
        session::Server,
    },
};

/// Rows of a plan shown on a terminal; the JSON has all of them.
const SHOWN_ROWS: usize = 20;

/// The style a `--progress` asks for; `None` = whatever suits the terminal.
pub const fn style_of(kind: ProgressKind) -> Option<Style> {
    match kind {
        ProgressKind::Auto => None,
        ProgressKind::View => Some(Style::Panel),
        ProgressKind::Lines => Some(Style::Lines),
        ProgressKind::None => Some(Style::Quiet),
    }
}

/// Writes a result to standard output; a closed pipe (as with `| head`) is no error.
pub fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn json(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

/// `zmpace plan`
///
/// # Errors
/// What keeps the plan from being made.
pub async fn plan(args: PlanArgs, around: &Surroundings) -> Result<Exit, Ended> {
    let settings = settings::for_plan(&args.common, &args.selection, around)?;
    let clock = Clock::start(1.0);
    let pair = world::pair(&settings, around, &clock).await?;
    let planned = world::plan(&pair, &settings).await?;
    let servers = [Installation::ask(&pair.source).await?, Installation::ask(&pair.destination).await?];
    say(&if args.json {
        json(&PlanReport { servers: Some(servers), ..PlanReport::new(&planned) })
    } else {
        installations_text(&servers) + &plan_text(&planned, &settings)
    });
    Ok(Exit::Done)
}

/// What one installation is made of.
#[derive(Debug, Serialize)]
struct Installation {
    side: Side,
    mail_stores: Vec<String>,
    classes_of_service: Vec<String>,
    admin_token_s: f64,
}

impl Installation {
    async fn ask(server: &Server) -> Result<Self, MoveError> {
        let token = server.token().await?;
        // A delegated administrator may be refused these; the plan stands without them.
        let known = |found: Result<Vec<String>, MoveError>| match found {
            Err(MoveError::Fault { .. }) => Ok(Vec::new()),
            other => other,
        };
        let stores = directory::stores(server).await;
        let names = |stores: Vec<directory::Store>| stores.into_iter().map(|store| store.name).collect();
        Ok(Self {
            side: server.access().side,
            mail_stores: known(stores.map(names))?,
            classes_of_service: known(directory::classes_of_service(server).await)?,
            admin_token_s: token.lifetime().as_secs_f64(),
        })
    }
}

fn installations_text([source, destination]: &[Installation; 2]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for side in [source, destination] {
        let life = crate::ui::words::span(Duration::from_secs_f64(side.admin_token_s));
        let stores = tame(&side.mail_stores.join(", "));
        let _ =
            writeln!(text, "{}: mail stores {stores}; admin token lives {life} and is renewed", side.side);
    }
    let missing: Vec<&str> = source
        .classes_of_service
        .iter()
        .filter(|name| !destination.classes_of_service.contains(name))
        .map(String::as_str)
        .collect();
    if !missing.is_empty() && !destination.classes_of_service.is_empty() {
        let missing = tame(&missing.join(", "));
        let _ = writeln!(text, "warning: classes of service the destination does not have: {missing}");
    }
    text
}

/// A plan, as `plan --json` prints it.
#[derive(Debug, Serialize)]
struct PlanReport<'a> {
    schema_version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    servers: Option<[Installation; 2]>,
    accounts: Vec<PlanLine<'a>>,
}

#[derive(Debug, Serialize)]
struct PlanLine<'a> {
    source: &'a str,
    target: &'a str,
    bytes: u64,
    obstacle: Option<String>,
    next: Option<String>,
    warning: Option<&'a str>,
}

impl<'a> PlanReport<'a> {
    fn new(planned: &'a [Planned]) -> Self {
        let mut accounts: Vec<_> = planned
            .iter()
            .map(|row| PlanLine {
                source: &row.source,
                target: &row.target,
                bytes: row.bytes,
                obstacle: row.obstacle.as_ref().map(|obstacle| obstacle.cause(row)),
                next: row.obstacle.as_ref().map(|obstacle| obstacle.next(row)),
                warning: row.warning.as_deref(),
            })
            .collect();
        accounts.sort_by(|a, b| b.bytes.cmp(&a.bytes).then(a.source.cmp(b.source)));
        Self { schema_version: 1, servers: None, accounts }
    }
}

fn plan_text(planned: &[Planned], settings: &Settings) -> String {
    use std::fmt::Write as _;
    let report = PlanReport::new(planned);
    let (blocked, free): (Vec<_>, Vec<_>) = report.accounts.iter().partition(|row| row.obstacle.is_some());
    let total: u64 = free.iter().map(|row| row.bytes).sum();
    let empty = free.iter().filter(|row| row.bytes == 0).count();
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{} mailboxes to move, {} ({} of them empty); {} cannot be moved",
        count(free.len() as u64),
        bytes(total),
        count(empty as u64),
        count(blocked.len() as u64)
    );
    let _ = writeln!(
        text,
        "order: largest first; one worker in {:.0} takes the smallest",
        1.0 / settings.law.lane.share.max(0.01)
    );
    let _ = writeln!(text, "{}", forecast(free.len() as u64, total, settings));
    for row in free.iter().take(SHOWN_ROWS) {
        let _ = writeln!(text, "  {:>9}  {} -> {}", bytes(row.bytes), tame(row.source), tame(row.target));
    }
    if free.len() > SHOWN_ROWS {
        let _ = writeln!(
            text,
            "  and {} smaller ones; --json lists all",
            count((free.len() - SHOWN_ROWS) as u64)
        );
    }
    for row in &report.accounts {
        if let Some(warning) = row.warning {
            let _ = writeln!(text, "warning: {}: {warning}", tame(row.target));
        }
    }
    for row in blocked.iter().take(SHOWN_ROWS) {
        let (cause, next) =
            (row.obstacle.as_deref().unwrap_or_default(), row.next.as_deref().unwrap_or_default());
        let _ = writeln!(text, "blocked: {}\n   next: {}", tame(cause), tame(next));
    }
    if blocked.len() > SHOWN_ROWS {
        let _ = writeln!(text, "and {} more are blocked; --json lists all", blocked.len() - SHOWN_ROWS);
    }
    let missing = planned.iter().filter(|row| row.obstacle == Some(Obstacle::MissingOnDestination));
    if free.is_empty() && missing.count() > 0 {
        let _ = writeln!(
            text,
            "hint: if the domain has another name there, set plan.domain_map = {{ \"old.name\" = \"new.name\" }}"
        );
    }
    let hosts: HashSet<&str> =
        planned.iter().map(|row| row.mail_host.as_str()).filter(|host| !host.is_empty()).collect();
    if hosts.len() > 1 {
        let _ = writeln!(
            text,
            "warning: the mailboxes live on {} mail stores; through one of them the others answer by proxy, with a time-out of 60 s. \
             Run zmpace once per store.",
            hosts.len()
        );
    }
    text
}

/// What the law expects before it has measured anything: its prior costs, and one worker.
fn forecast(accounts: u64, total: u64, settings: &Settings) -> String {
    let work = &settings.law.work;
    let solo_s = accounts as f64 * work.account_s + total as f64 / 1e6 * work.mb_s;
    let span = |share: f64| crate::ui::words::span(Duration::from_secs_f64(solo_s / share));
    format!("forecast before anything is measured: {} with one worker, {} with eight", span(1.0), span(8.0))
}

/// `zmpace run`
///
/// # Errors
/// What keeps it from running; a finished run with failures is no error, but has its exit code.
pub async fn run(args: RunArgs, around: &Surroundings) -> Result<Exit, Ended> {
    let settings = settings::for_run(&args, around)?;
    let clock = Clock::start(1.0);
    let pair = world::pair(&settings, around, &clock).await?;
    let planned = world::plan(&pair, &settings).await?;
    if args.dry_run {
        say(&plan_text(&planned, &settings));
        return Ok(Exit::Done);
    }
    let mut screen = Screen::stderr(style_of(args.progress));
    let with_host =
        settings.source.reach != ReachKind::Local && settings.destination.reach != ReachKind::Local;
    let report = migrate(settings, clock, &pair, &planned, &mut screen, with_host).await?;
    say(&if args.json { json(&report) } else { report.text() });
    Ok(exit_of(&report))
}

/// Moves what is planned and not yet moved, and reports.
///
/// # Errors
/// The journal cannot be opened or written.
pub async fn migrate(
    mut settings: Settings,
    clock: Clock,
    pair: &Pair,
    planned: &[Planned],
    screen: &mut Screen,
    with_host: bool,
) -> Result<Report, Ended> {
    let lost = |error| journal_failed(&error);
    let mut journal = Journal::open(Path::new(&settings.state.directory)).map_err(lost)?;
    let at = clock.now();
    let interrupted = journal.recover(at).map_err(lost)?;
    if interrupted > 0 {
        screen.note(at, &format!("{interrupted} mailbox(es) were under way when the last run ended; they go on with what is there skipped"));
    }
    journal.enrol(planned.iter().map(plan_row)).map_err(lost)?;
    let mut seats = HashMap::new();
    let mut accounts = Vec::new();
    let wanted: HashMap<&str, &Planned> = planned.iter().map(|row| (row.source.as_str(), row)).collect();
    for row in journal.reader().load_accounts().map_err(lost)? {
        let Some(plan) = wanted.get(row.source.as_str()) else { continue };
        if let Some(obstacle) = &plan.obstacle {
            if !is_finished(row.state) {
                let failure = obstacle.failure(plan);
                screen.warn(at, &format!("{} {}", failure.code, tame(&failure.cause)));
                journal.record(at, row.id, AccountState::Failed, Some(&failure)).map_err(lost)?;
            }
        } else if !is_finished(row.state) {
            accounts.push(Account { id: row.id, bytes: row.bytes, attempts: row.attempts });
            seats.insert(
                row.id,
                Seat { source: row.source, target: row.target, baseline: row.baseline_items },
            );
        }
    }
    without_unread_sides(&mut settings, screen, at);
    let public = serde_json::to_string(&settings.law).unwrap_or_default();
    let run = journal.begin_run(at, &public, env!("CARGO_PKG_VERSION")).map_err(lost)?;
    let relay = Arc::new(world::relay(&settings, pair, &clock));
    let load = Arc::clone(&relay);
    let evening = Evening {
        clock,
        dispatcher: Dispatcher::new(settings.law.clone(), accounts),
        journal,
        run,
        seats,
        screen,
        mover: relay,
        load: Arc::new(move |side, busy| load.note_load(side, busy)),
    };
    let (night, bell) = Night::new(evening);
    world::ring_readings(&bell, &settings, &clock, with_host);
    world::ring_answers(&bell, pair, clock);
    world::ring_signals(&bell)
        .map_err(|error| Ended::new(Exit::Unclassified, format!("signals: {error}")))?;
    drop(bell);
    let (mut report, journal) = night.run().await?;
    fill_in(&mut report, &journal, &wanted)?;
    report.tokens_renewed.insert("source", pair.source.renewals());
    report.tokens_renewed.insert("destination", pair.destination.renewals());
    Ok(report)
}

fn plan_row(planned: &Planned) -> PlanRow {
    let known = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    PlanRow {
        source: planned.source.clone(),
        target: planned.target.clone(),
        bytes: planned.bytes,
        source_id: known(&planned.source_id),
        mail_host: known(&planned.mail_host),
    }
}

/// A machine that nobody is to read cannot be waited for; the operator is told what that means.
fn without_unread_sides(settings: &mut Settings, screen: &mut Screen, at: crate::control::Moment) {
    for side in [Side::Source, Side::Destination] {
        if settings.server(side).reach == ReachKind::None {
            settings.law.required_sides.retain(|required| *required != side);
            if matches!(settings.law.limit, LimitPolicy::Adaptive { .. }) {
                screen.warn(
                    at,
                    &format!("{side}: its machine is not read (reach = \"none\"): nothing guards it"),
                );
            }
        }
    }
}

/// Adds what the journal knows of every mailbox of the plan, those moved in earlier runs included.
fn fill_in(report: &mut Report, journal: &Journal, wanted: &HashMap<&str, &Planned>) -> Result<(), Ended> {
    let lost = |error| journal_failed(&error);
    let mut accounts = Accounts::default();
    for row in journal.reader().load_accounts().map_err(lost)? {
        if wanted.contains_key(row.source.as_str()) {
            accounts.count(row.state, 1);
        }
    }
    report.accounts = accounts;
    let failures = journal.reader().failures().map_err(lost)?;
    let of_the_plan = failures.into_iter().filter(|row| wanted.contains_key(row.source.as_str()));
    report.failures = of_the_plan.map(failure_line).collect();
    Ok(())
}

/// One mailbox that is not verified; what differs stands in for a cause.
fn failure_line(row: FailureRow) -> FailureLine {
    let FailureRow { source, cause, notes, .. } = row;
    match cause {
        Some(Cause { code, cause, next }) => FailureLine { account: source, code, cause, next },
        None => FailureLine {
            account: source,
            code: "ZP-DIFFERS".to_owned(),
            cause: notes.join("; "),
            next: "zmpace run".to_owned(),
        },
    }
}

/// Where a migration stands, as `status --json` prints it.
#[derive(Debug, Serialize)]
struct Status {
    schema_version: u32,
    running: bool,
    accounts: Accounts,
    moved_bytes: u64,
    failures: Vec<FailureLine>,
}

/// `zmpace status`
///
/// # Errors
/// There is no journal, or it cannot be read.
pub fn status(args: &StatusArgs, around: &Surroundings) -> Result<Exit, Ended> {
    let settings = settings::load(&args.common, around)?;
    let directory = Path::new(&settings.state.directory);
    let lost = |error| journal_failed(&error);
    let reader = Journal::read(directory).map_err(lost)?;
    let mut accounts = Accounts::default();
    for row in reader.counts().map_err(lost)? {
        accounts.count(row.state, row.accounts);
    }
    let mut moved_bytes = 0;
    reader.each_account(|row| moved_bytes += row.moved_bytes).map_err(lost)?;
    let status = Status {
        schema_version: 1,
        running: Journal::is_held(directory),
        accounts,
        moved_bytes,
        failures: reader.failures().map_err(lost)?.into_iter().map(failure_line).collect(),
    };
    say(&if args.json { json(&status) } else { status_text(&status) });
    Ok(Exit::Done)
}

fn status_text(status: &Status) -> String {
    use std::fmt::Write as _;
    let accounts = &status.accounts;
    let mut text = format!(
        "{}: {} mailboxes: {} verified, {} empty, {} incomplete, {} failed, {} not yet moved; {} moved\n",
        if status.running { "running" } else { "not running" },
        count(accounts.total),
        count(accounts.verified),
        count(accounts.empty),
        count(accounts.incomplete),
        count(accounts.failed),
        count(accounts.waiting),
        bytes(status.moved_bytes)
    );
    for failure in status.failures.iter().take(SHOWN_ROWS) {
        let _ = writeln!(
            text,
            "  {} {}: {}\n      next: {}",
            failure.code,
            tame(&failure.account),
            tame(&failure.cause),
            tame(&failure.next)
        );
    }
    if status.failures.len() > SHOWN_ROWS {
        let _ = writeln!(text, "  and {} more; --json lists all", status.failures.len() - SHOWN_ROWS);
    }
    text
}

/// `zmpace probe`
///
/// # Errors
/// No side can be read at all.
pub async fn probe(args: ProbeArgs, around: &Surroundings) -> Result<Exit, Ended> {
    let settings = settings::load(&args.common, around)?;
    if !(0.02..=3600.0).contains(&args.interval) {
        return Err(Ended::new(Exit::Usage, "--interval: a number of seconds from 0.02 to 3600"));
    }
    let interval = Duration::from_secs_f64(args.interval);
    let (sender, mut readings) = tokio::sync::mpsc::unbounded_channel();
    let mut sides = Vec::new();
    for side in [Side::Source, Side::Destination] {
        let Some((reach, watch)) = world::reach(&settings, side) else { continue };
        if settings.server(side).host.is_empty() && settings.server(side).reach == ReachKind::Ssh {
            continue;
        }
        sides.push(side);
        let mut from = probe::watch(side, reach, watch, interval);
        let sender = sender.clone();
        tokio::spawn(async move {
            while let Some(reading) = from.recv().await {
                if sender.send((side, reading)).is_err() {
                    return;
                }
            }
        });
    }
    drop(sender);
    show_readings(&args, &sides, &mut readings).await
}

async fn show_readings(
    args: &ProbeArgs,
    sides: &[Side],
    readings: &mut tokio::sync::mpsc::UnboundedReceiver<(Side, Reading)>,
) -> Result<Exit, Ended> {
    let mut shown: HashMap<Side, u64> = HashMap::new();
    let mut failed: HashMap<Side, u64> = HashMap::new();
    let mut lines = 0u64;
    while let Some((side, reading)) = readings.recv().await {
        match reading {
            Reading::Sample(sample) => {
                if !args.json && lines.is_multiple_of(20) {
                    say(&format!("{}\n", probe::header()));
                }
                lines += 1;
                *shown.entry(side).or_default() += 1;
                say(&format!("{}\n", show_sample(&sample, args.json)));
            }
            Reading::Failed(error) => {
                eprintln!("{}", tame(&error.to_string()));
                let times = failed.entry(side).or_default();
                *times += 1;
                // What only a person can mend is said once; a machine that is away gets three tries.
                if (*times >= 3 || error.needs_operator()) && !shown.contains_key(&side) {
                    return Err(Ended::new(
                        Exit::Fatal,
                        format!("{side}: its machine cannot be read; see above"),
                    ));
                }
            }
            Reading::Notice(text) => eprintln!("{}", tame(&text)),
        }
        if args.count.is_some_and(|wanted| {
            sides.iter().all(|side| shown.get(side).is_some_and(|lines| *lines >= wanted))
        }) {
            return Ok(Exit::Done);
        }
    }
    if lines > 0 {
        Ok(Exit::Done)
    } else {
        Err(Ended::new(
            Exit::Usage,
            "no machine to read: give source.host or destination.host, or reach = \"local\"",
        ))
    }
}

fn show_sample(sample: &Sample, as_json: bool) -> String {
    if as_json { serde_json::to_string(sample).unwrap_or_default() } else { probe::line(sample) }
}

/// `zmpace lab`
///
/// # Errors
/// The machine's file is wrong, or the port is taken.
pub async fn lab(args: LabArgs) -> Result<Exit, Ended> {
    let machine = match &args.machine {
        None => lab::machine::Profile::unlimited(),
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| {
                Ended::new(Exit::Usage, format!("cannot read {}: {error}", path.display()))
            })?;
            lab::machine::Profile::from_toml_str(&text)
                .map_err(|error| Ended::new(Exit::Usage, format!("{}: {error:#}", path.display())))?
        }
    };
    let role = match args.role {
        LabRole::Source => lab::Role::Source,
        LabRole::Destination => lab::Role::Destination,
    };
    let domain = args.domain.clone().unwrap_or_else(|| {
        match args.role {
            LabRole::Source => "old.example",
            LabRole::Destination => "new.example",
        }
        .to_owned()
    });
    let config = lab::Config {
        role,
        listen: args.listen,
        admin_name: format!("admin@{domain}"),
        domain,
        accounts: lab::Population::Generated {
            count: args.accounts,
            giant_bytes: args.giant,
            shape: lab::MailShape::default(),
            empty: args.role == LabRole::Destination,
        },
        seed: args.seed,
        machine,
        speed: args.speed,
        admin_password: args.password.clone(),
        proc_dir: args.proc_dir.clone(),
        ..lab::Config::default()
    };
    let admin = config.admin_name.clone();
    let lab = lab::Lab::start(config)
        .await
        .map_err(|error| Ended::new(Exit::Unclassified, format!("{error:#}")))?;
    say(&lab_text(&lab, &args, &admin, lab.address()));
    let _ = tokio::signal::ctrl_c().await;
    lab.shutdown().await;
    Ok(Exit::Done)
}

fn lab_text(lab: &lab::Lab, args: &LabArgs, admin: &str, address: SocketAddr) -> String {
    let side = match args.role {
        LabRole::Source => Side::Source,
        LabRole::Destination => Side::Destination,
    };
    let hint = if std::io::stdout().is_terminal() { "Ctrl-C ends it. For zmpace.toml:\n" } else { "" };
    format!(
        "# lab server ({side}), seed {}, {} accounts, listening on https://{address}\n{hint}[{side}]\nhost = \"{}\"\nport = {}\nadmin = \"{admin}\"\n\
         fingerprints = [\"{}\"]\nreach = \"local\"\nproc_root = \"{}\"\n",
        args.seed,
        args.accounts,
        address.ip(),
        address.port(),
        lab.fingerprint(),
        lab.proc_dir().display()
    )
}
