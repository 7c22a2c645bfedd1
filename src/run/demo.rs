//! `zmpace demo`: a whole migration between two lab servers in this process, sampled, decided, moved and
//! verified by the same code as a real one; only the clock runs faster.

use std::path::PathBuf;

use secrecy::ExposeSecret as _;

use super::{
    Ended, Exit,
    clock::Clock,
    night::exit_of,
    verbs::{migrate, say, screen},
    world,
};
use crate::{
    cli::DemoArgs,
    control::code::Code,
    lab::{Config, Lab, MailShape, Population, machine::Profile},
    lang::{Lang, tell},
    settings::{self, ReachKind, ServerSettings, Settings, Surroundings},
    ui::{Screen, lines::Line},
};

/// Runs it.
///
/// # Errors
/// What keeps it from running.
pub async fn demo(args: DemoArgs, lang: Lang) -> Result<Exit, Ended> {
    if !(1.0..=200.0).contains(&args.speed) {
        return Err(Ended::new(Exit::Usage, "--speed: a number from 1 to 200"));
    }
    if !(1..=100_000).contains(&args.accounts) {
        return Err(Ended::new(Exit::Usage, "--accounts: a number from 1 to 100000"));
    }
    let unforeseen = |error: anyhow::Error| Ended::new(Exit::Unclassified, format!("{error:#}"));
    let source_config = Config {
        accounts: Population::Generated {
            count: args.accounts,
            giant_bytes: None,
            shape: MailShape::demo(),
            empty: false,
        },
        seed: args.seed,
        machine: Profile::demo_source(),
        speed: args.speed,
        ..Config::default()
    };
    let target_config = Config {
        machine: Profile::demo_destination(),
        // Its items take a modelled second each: what waits in buffers would go on for a minute after a park.
        receive_buffer: Some(16 << 10),
        ..Config::destination_for(&source_config)
    };
    if args.state_dir.as_ref().is_some_and(|folder| folder.join("journal.sqlite").exists()) {
        return Err(Ended::new(Exit::Usage, "--state-dir: it holds a journal already; name a new folder"));
    }
    let secret = secrecy::SecretString::from(source_config.admin_password.clone());
    let source = Lab::start(source_config).await.map_err(unforeseen)?;
    let destination = Lab::start(target_config).await.map_err(unforeseen)?;
    let scratch = tempfile::tempdir()
        .map_err(|error| Ended::new(Exit::Space, format!("temporary directory: {error}")))?;
    let state = args.state_dir.as_deref().unwrap_or(scratch.path());

    let mut settings = settings::for_demo(&args.show, lang)?;
    settings.law.limit = settings::parse_workers(&args.workers, &settings.law)?;
    settings.law.seed = args.seed;
    // The administrator's own mailbox is not one of the people's.
    settings.plan.exclude = vec!["admin@old.example".to_owned()];
    settings.state.directory = state.to_string_lossy().into_owned();
    point_at(&mut settings.source, &source);
    point_at(&mut settings.destination, &destination);
    let around = passwords(&secret);

    let clock = Clock::start(args.speed);
    let mut screen = screen(args.show.progress, &settings.show)?;
    introduce(&mut screen, &clock, &args, &settings);
    let pair = world::pair(&settings, &around, &clock).await?;
    let planned = world::plan(&pair, &settings).await?;
    // The lab runs inside this process: the host is no third machine here.
    let report = migrate(settings, clock, &pair, &planned, &mut screen, false).await?;
    drop(screen);
    let text = if args.json {
        serde_json::to_string_pretty(&report).unwrap_or_default() + "\n"
    } else {
        report.text(lang)
    };
    say(&text);
    source.shutdown().await;
    destination.shutdown().await;
    Ok(exit_of(&report))
}

/// Settings that lead to a lab server.
pub fn point_at(server: &mut ServerSettings, lab: &Lab) {
    server.host = lab.address().ip().to_string();
    server.port = lab.address().port();
    server.admin = String::from("admin@old.example");
    server.fingerprints = vec![lab.fingerprint()];
    server.reach = ReachKind::Local;
    server.proc_root = PathBuf::from(lab.proc_dir());
    server.watch = vec!["/opt/zimbra/store".to_owned()];
}

/// An environment that holds a lab's password for both sides.
pub fn passwords(secret: &secrecy::SecretString) -> Surroundings {
    let variables = ["ZMPACE_SOURCE_PASSWORD", "ZMPACE_DESTINATION_PASSWORD"]
        .map(|name| (name.to_owned(), secret.expose_secret().to_owned()));
    Surroundings { variables: variables.into(), root: false, ..Surroundings::default() }
}

fn introduce(screen: &mut Screen, clock: &Clock, args: &DemoArgs, settings: &Settings) {
    let words = |lang: Lang| {
        let workers = if args.workers == "auto" {
            tell!(lang, "demo-law", most = settings.law.max_workers)
        } else {
            tell!(lang, "demo-workers", workers = args.workers.as_str())
        };
        let (accounts, seed, speed) = (args.accounts, args.seed.to_string(), args.speed.to_string());
        tell!(lang, "demo-begins", accounts = accounts, seed = seed, workers = workers, speed = speed)
    };
    let (text, told) = (words(Lang::En), words(settings.show.lang()));
    screen.say(clock.now(), &Line { told: Some(&told), ..Line::of(Code::RunBegins, &text) });
}
