//! `zmpace run`: moves what is planned and not yet moved, and reports.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::Arc,
};

use tokio::sync::watch;

use super::{failure_line, json, plan::plan_text, report::morning, say, screen};
use crate::{
    cli::RunArgs,
    control::{
        Moment,
        code::Code,
        dispatcher::Dispatcher,
        event::{Account, AccountId, AccountState, Ending},
        finding::{Finding, Learned, Mode},
        policy::LimitPolicy,
        sample::Side,
    },
    journal::{Journal, PlanRow, RunId},
    lang::{Lang, tell},
    report::{Accounts, Report},
    run::{
        Ended, Exit,
        clock::Clock,
        glass::Glass,
        hand::{self, Desk, Reread, socket::Socket},
        herald::Herald,
        night::{Evening, Happening, Night, Over, Seat, exit_of, is_finished, journal_failed},
        outside,
        serve::Outlets,
        world::{self, Pair},
    },
    settings::{self, ReachKind, Settings, Surroundings},
    ui::{Screen, Style, lines::Line, live::TokenClock},
    zimbra::{Mover, plan::Planned, transfer::Relay},
};

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
        say(&plan_text(&planned, &settings, clock.now().wall_ms));
        return Ok(Exit::Done);
    }
    let (mut screen, lang) = (screen(args.show.progress, &settings.show)?, settings.show.lang());
    let with_host =
        settings.source.reach != ReachKind::Local && settings.destination.reach != ReachKind::Local;
    let relay = Arc::new(world::relay(&settings, &pair, &clock));
    let json_wanted = args.json;
    let nothing_is_news = args.error_on_nothing;
    let errand = outside::errand(&settings, around, relay)?;
    let errand = Errand { reread: Some(rereading(args, around)), ..errand };
    let carried =
        Box::pin(carry_out(settings, clock, &pair, &planned, &mut screen, with_host, errand)).await?;
    let report = carried.report;
    say(&if json_wanted { json(&report) } else { report.text(lang) });
    match exit_of(&report) {
        Exit::Done if nothing_is_news && carried.selected == 0 => Ok(Exit::Nothing),
        exit => Ok(exit),
    }
}

/// Reads the settings again as they were read at first: the same file, the same flags.
fn rereading(args: RunArgs, around: &Surroundings) -> Reread {
    let around = around.clone();
    Arc::new(move || {
        settings::for_run(&args, &around).map(|settings| settings.law).map_err(|error| error.to_string())
    })
}

/// Moves what is planned and not yet moved, and reports.
///
/// # Errors
/// The journal cannot be opened or written.
pub async fn migrate(
    settings: Settings,
    clock: Clock,
    pair: &Pair,
    planned: &[Planned],
    screen: &mut Screen,
    with_host: bool,
) -> Result<Report, Ended> {
    let relay = Arc::new(world::relay(&settings, pair, &clock));
    let errand = Errand::by(relay);
    let carried = Box::pin(carry_out(settings, clock, pair, planned, screen, with_host, errand)).await?;
    Ok(carried.report)
}

/// What a run carries mailboxes with, and what for.
pub struct Errand {
    /// Carries.
    pub mover: Arc<dyn Mover>,
    /// Looks again at what is in doubt.
    pub relay: Arc<Relay>,
    /// Learns how busy the servers are.
    pub load: Arc<dyn Fn(Side, f64) + Send + Sync>,
    /// What a benchmark exercises.
    pub mode: Mode,
    /// Reads the settings again, where there are any to read.
    pub reread: Option<Reread>,
}

impl Errand {
    /// From the source into the destination.
    pub fn by(relay: Arc<Relay>) -> Self {
        let load = Arc::clone(&relay);
        Self {
            relay: Arc::clone(&relay),
            mover: relay,
            load: Arc::new(move |side, busy| load.note_load(side, busy)),
            mode: Mode::EndToEnd,
            reread: None,
        }
    }
}

/// What came of a run.
pub struct Carried {
    /// The run itself.
    pub report: Report,
    /// What a benchmark found, and what a later run may begin with.
    pub found: Option<(Finding, Learned)>,
    /// The journal, still held.
    pub journal: Journal,
    /// The run's number in it.
    pub run: RunId,
    /// Mailboxes that were left to move when it began.
    pub selected: usize,
}

/// Carries what is planned and not yet moved.
///
/// # Errors
/// The journal cannot be opened or written.
pub async fn carry_out(
    mut settings: Settings,
    clock: Clock,
    pair: &Pair,
    planned: &[Planned],
    screen: &mut Screen,
    with_host: bool,
    errand: Errand,
) -> Result<Carried, Ended> {
    let lost = |error| journal_failed(&error);
    let (live, pictures) = watch::channel(None);
    let mut outlets = Outlets::open(&settings.show, &pictures).await?;
    let mut journal = Journal::open(Path::new(&settings.state.directory)).map_err(lost)?;
    let at = clock.now();
    let wanted: HashMap<&str, &Planned> = planned.iter().map(|row| (row.source.as_str(), row)).collect();
    let Enrolled { accounts, doubted, seats } = enrol(&mut journal, planned, &wanted, screen, at)?;
    without_unread_sides(&mut settings, screen, at);
    let public = serde_json::to_string(&settings.law).unwrap_or_default();
    let selected = accounts.len();
    let run = journal.begin_run(at, &public, env!("CARGO_PKG_VERSION")).map_err(lost)?;
    screen.about_run(run.0);
    for text in &outlets.told {
        screen.say(at, &Line::of(Code::Listening, text));
    }
    let (shown, lang) = (screen.style() == Style::Panel, screen.lang());
    if shown {
        screen.hide();
    }
    let evening = Evening {
        clock,
        dispatcher: Dispatcher::new(settings.law.clone(), accounts).doubting(doubted),
        journal,
        run,
        seats,
        screen: &mut *screen,
        mover: errand.mover,
        relay: errand.relay,
        load: errand.load,
        renewals: renewals(pair),
        tokens: tokens(pair),
        hosts: hosts(&settings, with_host),
        live,
        desk: Desk::new(settings.law.clone(), errand.reread, Path::new(&settings.state.directory)),
        herald: Herald::new(&settings.hooks, run.0, lang),
        watched: pair.password_files.iter().map(|(side, _)| *side).collect(),
        room_wait: settings.state.room_wait,
    };
    let (night, bell) = Night::new(evening);
    world::ring_readings(&bell, &settings, &clock, with_host);
    world::ring_answers(&bell, pair, clock);
    world::ring_passwords(&bell, pair);
    world::ring_signals(&bell)
        .and_then(|()| hand::signals::ring(&bell))
        .map_err(|error| Ended::new(Exit::Unclassified, format!("signals: {error}")))?;
    let socket = Socket::open(Path::new(&settings.state.directory), &bell, &pictures);
    if let Err(error) = &socket {
        let _ = bell.send(Happening::Noticed(
            Code::Outlet,
            format!("`zmpace ctl` cannot reach this run, its socket: {error}"),
        ));
    }
    outlets.keep_file(&bell);
    let glass = shown.then(|| Glass::over_run(&pictures, &bell, lang));
    drop((bell, pictures));
    let over = night.run().await;
    if let Some(glass) = glass {
        glass.close();
        screen.reveal();
    }
    if let Ok(socket) = socket {
        socket.close().await;
    }
    outlets.close().await;
    let Over { mut report, journal, dispatcher, herald } = over?;
    let found = dispatcher.finding(errand.mode).zip(dispatcher.learned());
    fill_in(&mut report, &journal, &wanted)?;
    let [source, destination] = renewals(pair)();
    report.tokens_renewed = [("source", source), ("destination", destination)].into();
    let summary =
        morning(journal.reader(), Some(run.0), false, &settings).map(|morning| morning.summary(lang));
    let accounts = dispatcher.view(clock.now()).accounts;
    let (text, exit) = (last_words(&report, lang), exit_of(&report) as u8);
    for failure in herald.close(text, summary.unwrap_or_default(), accounts, exit).await {
        screen.say(clock.now(), &Line::of(Code::Hook, &failure));
    }
    Ok(Carried { report, found, journal, run, selected })
}

/// The mailboxes of a plan that a run is about.
#[derive(Default)]
struct Enrolled {
    /// Left to move.
    accounts: Vec<Account>,
    /// Verified in an earlier run, but not looked at since as they must be.
    doubted: Vec<AccountId>,
    /// All of these.
    seats: HashMap<AccountId, Seat>,
}

/// Writes the plan down and answers with what is left of it.
fn enrol(
    journal: &mut Journal,
    planned: &[Planned],
    wanted: &HashMap<&str, &Planned>,
    screen: &mut Screen,
    at: Moment,
) -> Result<Enrolled, Ended> {
    let lost = |error| journal_failed(&error);
    let interrupted = journal.recover(at).map_err(lost)?;
    if interrupted > 0 {
        let text = format!(
            "{interrupted} mailbox(es) were under way when the last run ended; they go on with what is there skipped"
        );
        let told = tell!(screen.lang(), "line-interrupted", mailboxes = interrupted);
        screen.say(at, &Line { told: Some(&told), ..Line::of(Code::Interrupted, &text) });
    }
    journal.enrol(planned.iter().map(plan_row)).map_err(lost)?;
    let mut enrolled = Enrolled::default();
    let mut doubts = journal.reader().doubts().map_err(lost)?;
    for row in journal.reader().load_accounts().map_err(lost)? {
        let Some(plan) = wanted.get(row.source.as_str()) else { continue };
        if let Some(obstacle) = &plan.obstacle {
            if !is_finished(row.state) {
                let failure = obstacle.failure(plan);
                screen.say(at, &Line::about(&failure.code, &plan.source, &failure.cause));
                journal.record(at, row.id, AccountState::Failed, Some(&failure)).map_err(lost)?;
            }
            continue;
        }
        let held = doubts.remove(&row.id).filter(|_| is_finished(row.state));
        if held.is_some() {
            enrolled.doubted.push(row.id);
        } else if is_finished(row.state) {
            continue;
        } else {
            enrolled.accounts.push(Account { id: row.id, bytes: row.bytes, attempts: row.attempts });
        }
        let seat = Seat { source: row.source, target: row.target, baseline: row.baseline_items, held };
        enrolled.seats.insert(row.id, seat);
    }
    Ok(enrolled)
}

/// The end in one sentence.
fn last_words(report: &Report, lang: Lang) -> String {
    let how = match report.ending {
        Some(Ending::Done) => tell!(lang, "last-done"),
        Some(Ending::Closed) => tell!(lang, "last-closed"),
        Some(Ending::Drained) => tell!(lang, "last-drained"),
        Some(Ending::Stopped) => tell!(lang, "last-stopped"),
        Some(Ending::Refused(_)) => tell!(lang, "last-refused"),
        Some(Ending::TooManyFailures) => tell!(lang, "last-failures"),
        Some(Ending::Critical(_)) => tell!(lang, "last-critical"),
        Some(Ending::SideLost(_)) | None => tell!(lang, "last-lost"),
    };
    let accounts = &report.accounts;
    tell!(
        lang,
        "last-words",
        how = how,
        moved = accounts.verified + accounts.empty,
        total = accounts.total,
        failed = accounts.failed,
        incomplete = accounts.incomplete,
        left = accounts.waiting,
    )
}

/// Asks both sides how often their tokens were renewed.
fn renewals(pair: &Pair) -> Arc<dyn Fn() -> [u32; 2] + Send + Sync> {
    let (source, destination) = (Arc::clone(&pair.source), Arc::clone(&pair.destination));
    Arc::new(move || [source.renewals(), destination.renewals()])
}

/// Asks both sides how long their tokens live yet.
fn tokens(pair: &Pair) -> Arc<dyn Fn() -> Vec<TokenClock> + Send + Sync> {
    let servers =
        [(Side::Source, Arc::clone(&pair.source)), (Side::Destination, Arc::clone(&pair.destination))];
    Arc::new(move || {
        let clocks = servers.iter().filter_map(|(side, server)| {
            let (left, lifetime) = server.token_life()?;
            let (left_s, lifetime_s) = (left.as_secs_f64(), lifetime.as_secs_f64());
            Some(TokenClock { side: *side, left_s, lifetime_s, renewals: server.renewals() })
        });
        clocks.collect()
    })
}

/// The names of the machines that are read.
fn hosts(settings: &Settings, with_host: bool) -> BTreeMap<Side, String> {
    let mut hosts: BTreeMap<Side, String> = [Side::Source, Side::Destination]
        .into_iter()
        .filter(|side| settings.server(*side).reach != ReachKind::None)
        .map(|side| (side, settings.server(side).host.clone()))
        .collect();
    if with_host {
        hosts.insert(Side::Host, "localhost".to_owned());
    }
    hosts
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
fn without_unread_sides(settings: &mut Settings, screen: &mut Screen, at: Moment) {
    for side in [Side::Source, Side::Destination] {
        if settings.server(side).reach == ReachKind::None {
            settings.law.required_sides.retain(|required| *required != side);
            if !matches!(settings.law.limit, LimitPolicy::Fixed(_)) {
                let text = format!("{side}: its machine is not read (reach = \"none\"): nothing guards it");
                let lang = screen.lang();
                let told = tell!(lang, "line-unguarded", side = lang.side(side));
                screen.say(at, &Line { told: Some(&told), ..Line::of(Code::Unguarded, &text) });
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
