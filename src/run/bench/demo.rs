//! `zmpace bench --demo`: benchmark mode on two lab servers in this process. Their machines are modelled, so the
//! number it should find is known.

use super::{measure, tell, truth};
use crate::{
    cli::{BenchArgs, BenchMode},
    control::{code::Code, finding::Mode},
    lab::{
        Config, Lab, MailShape, Population,
        machine::{Background, Profile},
    },
    lang::{Lang, tell},
    run::{
        Ended, Exit,
        clock::Clock,
        demo::{passwords, point_at},
        verbs::screen,
        world,
    },
    settings,
    ui::lines::Line,
};

/// Mailboxes unless told otherwise: enough for every block.
const ACCOUNTS: u32 = 700;

/// Runs it.
pub(super) async fn demo(args: BenchArgs, lang: Lang) -> Result<Exit, Ended> {
    let accounts = how_many(&args)?;
    if !(1.0..=100.0).contains(&args.speed) {
        return Err(Ended::new(Exit::Usage, "--speed: a number from 1 to 100"));
    }
    if args.mode != BenchMode::EndToEnd {
        return Err(Ended::new(Exit::Usage, "--demo: it measures end to end only; leave --mode out"));
    }
    let unforeseen = |error: anyhow::Error| Ended::new(Exit::Unclassified, format!("{error:#}"));
    let shape = MailShape::demo();
    let machines = (Profile::demo_source(), steady_destination());
    let source_config = Config {
        accounts: Population::Generated {
            count: accounts,
            giant_bytes: None,
            shape: shape.clone(),
            empty: false,
        },
        seed: args.seed,
        machine: machines.0.clone(),
        speed: args.speed,
        ..Config::default()
    };
    let target_config = Config {
        machine: machines.1.clone(),
        // What waits in buffers would go on for a while after a worker is parked.
        receive_buffer: Some(16 << 10),
        ..Config::destination_for(&source_config)
    };
    let secret = secrecy::SecretString::from(source_config.admin_password.clone());
    let source = Lab::start(source_config).await.map_err(unforeseen)?;
    let destination = Lab::start(target_config).await.map_err(unforeseen)?;
    let state = tempfile::tempdir()
        .map_err(|error| Ended::new(Exit::Space, format!("temporary directory: {error}")))?;

    let mut settings = settings::for_demo(&args.show, lang)?;
    settings::sweep(&args, &mut settings)?;
    settings.law.seed = args.seed;
    settings.plan.exclude = vec!["admin@old.example".to_owned()];
    settings.state.directory = state.path().to_string_lossy().into_owned();
    point_at(&mut settings.source, &source);
    point_at(&mut settings.destination, &destination);
    let around = passwords(&secret);

    let clock = Clock::start(args.speed);
    let mut screen = screen(args.show.progress, &settings.show)?;
    let words = |lang: Lang| {
        let (seed, speed) = (args.seed.to_string(), args.speed.to_string());
        tell!(lang, "demo-measures", accounts = accounts, seed = seed, speed = speed)
    };
    let (text, told) = (words(Lang::En), words(lang));
    screen.say(clock.now(), &Line { told: Some(&told), ..Line::of(Code::RunBegins, &text) });
    let pair = world::pair(&settings, &around, &clock).await?;
    let planned = world::plan(&pair, &settings).await?;
    // The lab runs inside this process: the host is no third machine here.
    let carried = measure(&settings, clock, &pair, &planned, &mut screen, false, Mode::EndToEnd).await?;
    drop(screen);
    source.shutdown().await;
    destination.shutdown().await;
    let best = truth::best(&machines.0, &machines.1, &shape, &settings.law);
    tell(&args, &settings, &carried, best)
}

/// The demo's new server without its nightly job: a benchmark wants a steady evening. With this much of other
/// load eight workers stay clear of the line and nine cross it, in the model and on the lab's own readings (which
/// show 3 % more at nine than the model), so that the true answer is no close call.
#[must_use]
pub fn steady_destination() -> Profile {
    let background = vec![Background { from: 0.0, to: 24.0, cpu: 0.145, disk: 0.03 }];
    Profile { background, bursts: Vec::new(), ..Profile::demo_destination() }
}

fn how_many(args: &BenchArgs) -> Result<u32, Ended> {
    let Some(text) = &args.accounts else { return Ok(ACCOUNTS) };
    let number = text.parse().ok().filter(|n| (1..=100_000).contains(n));
    number.ok_or_else(|| {
        Ended::new(Exit::Usage, format!("--accounts {text}: with --demo a number from 1 to 100000"))
    })
}
