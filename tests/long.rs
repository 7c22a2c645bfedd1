//! The night this program was written for: 10,000 mailboxes, three in ten empty and a heavy tail, tokens of twelve
//! hours, a backup at two in the morning. One command, no hand. Scaled time; `tests/run --long` runs it.

use std::time::{Duration, Instant};

use secrecy::SecretString;
use zmpace::{
    lab::{
        Config, Lab, MailShape, Population,
        machine::{Background, Profile},
    },
    report::Report,
    run::{
        clock::Clock,
        demo::{passwords, point_at},
        verbs::migrate,
        world,
    },
    settings,
    ui::{Screen, Style, Wanted},
};

/// Modelled seconds per real second: twelve hours in twelve minutes.
const SPEED: f64 = 60.0;

fn number(name: &str, otherwise: f64) -> f64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

/// The two servers, the source full of mail.
async fn servers(speed: f64, accounts: u32, seed: u64) -> (Lab, Lab) {
    let shape = MailShape {
        empty_share: 0.3,
        median_bytes: 25_000.0,
        sigma: 1.6,
        cap_bytes: 8_000_000,
        message_median: 1_500.0,
        message_sigma: 0.7,
        message_cap: 500_000,
        names: Vec::new(),
    };
    let backup = |cpu, disk| Background { from: 2.0, to: 4.0, cpu, disk };
    let mut source_machine = Profile::demo_source();
    source_machine.background.push(backup(0.2, 0.3));
    let mut machine = Profile::demo_destination();
    machine.bursts.clear();
    machine.background.push(backup(0.3, 0.3));
    let config = Config {
        accounts: Population::Generated { count: accounts, giant_bytes: None, shape, empty: false },
        seed,
        machine: source_machine,
        speed,
        token_lifetime: Duration::from_hours(12),
        ..Config::default()
    };
    let target = Config { machine, receive_buffer: Some(16 << 10), ..Config::destination_for(&config) };
    (Lab::start(config).await.unwrap(), Lab::start(target).await.unwrap())
}

async fn night(source: &Lab, destination: &Lab, speed: f64, seed: u64) -> Report {
    let scratch = tempfile::tempdir().unwrap();
    let mut settings = settings::defaults();
    settings.law.seed = seed;
    settings.plan.exclude = vec!["admin@old.example".to_owned()];
    settings.state.directory = scratch.path().to_string_lossy().into_owned();
    point_at(&mut settings.source, source);
    point_at(&mut settings.destination, destination);
    let clock = Clock::start(speed);
    let mut screen = Screen::stderr(&Wanted { style: Some(Style::Lines), ..Wanted::default() }).unwrap();
    let pair = world::pair(&settings, &passwords(&SecretString::from("lab-secret")), &clock).await.unwrap();
    let planned = world::plan(&pair, &settings).await.unwrap();
    migrate(settings, clock, &pair, &planned, &mut screen, false).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a quarter of an hour: tests/run --long"]
async fn long_night_of_ten_thousand_mailboxes() {
    let (speed, accounts) =
        (number("ZMPACE_LONG_SPEED", SPEED), number("ZMPACE_LONG_ACCOUNTS", 10_000.0) as u32);
    let seed = 2_200;
    println!("seed {seed}, {accounts} mailboxes, {speed} modelled seconds a second");
    let begun = Instant::now();
    let (source, destination) = servers(speed, accounts, seed).await;
    let report = night(&source, &destination, speed, seed).await;
    println!("{}", report.text(zmpace::lang::Lang::En));
    println!(
        "real time {:.0} s; logins: source {}, destination {}",
        begun.elapsed().as_secs_f64(),
        source.record().logins,
        destination.record().logins
    );
    let counts = &report.accounts;
    assert_eq!((counts.failed, counts.incomplete, counts.waiting), (0, 0, 0), "{:?}", report.failures);
    assert_eq!(counts.verified + counts.empty, u64::from(accounts));
    for lab in [&source, &destination] {
        assert_eq!((lab.record().failed_logins, lab.record().tokens_in_urls), (0, 0));
    }
    let (mut items, mut wrong) = (0, Vec::new());
    for name in source.addresses() {
        let (expected, arrived) = (source.expected(&name).unwrap(), destination.mailbox(&name).unwrap());
        items += expected.items.len();
        let differences = expected.differences(&arrived);
        if !differences.is_empty() {
            wrong.push(format!("{name}: {differences:?}"));
        }
    }
    println!("{items} items compared");
    assert!(wrong.is_empty(), "{wrong:?}");
}
