//! Nights with an end: the window closes over a giant, the run says so, the next night goes on.
//!
//! The clock is made up and fast: a second is a minute of the night.

use std::{
    sync::atomic::{AtomicI64, Ordering::Relaxed},
    time::{Duration, Instant},
};

use clap::Parser as _;
use zmpace::{
    cli::{Cli, Verb},
    control::event::{Action, Ending, Event},
    journal::Journal,
    lab::{PathClass, Sized},
    run::{
        Exit,
        clock::Clock,
        night::exit_of,
        verbs::{Carried, Errand, carry_out},
        world,
    },
    settings::{self, Settings, Surroundings},
    ui::{Screen, Style},
};

use crate::{
    night::{QUICK, assert_replays},
    world::{PASSWORD, World, finish, until},
};

/// Minutes of the night a second lasts.
const SPEED: f64 = 60.0;

fn around() -> Surroundings {
    let variables = ["ZMPACE_SOURCE_PASSWORD", "ZMPACE_DESTINATION_PASSWORD"]
        .map(|name| (name.to_owned(), PASSWORD.to_owned()));
    Surroundings { variables: variables.into(), root: false, ..Surroundings::default() }
}

fn settings(world: &World, more: &[&str]) -> Settings {
    let config = world.settings(QUICK);
    let mut words = vec!["zmpace", "run", "--config", config.to_str().unwrap()];
    if !more.contains(&"--timezone") {
        words.extend(["--timezone", "UTC"]);
    }
    let Verb::Run(args) = Cli::parse_from(words.iter().chain(more)).verb else { unreachable!() };
    settings::for_run(&args, &around()).unwrap()
}

/// A run that begins at this moment of UTC.
async fn night(world: &World, begins: &str, more: &[&str]) -> Carried {
    night_by(clock_at(begins), world, more).await
}

fn clock_at(begins: &str) -> Clock {
    let wall_ms = begins.parse::<jiff::Timestamp>().unwrap().as_millisecond();
    Clock::at(wall_ms, Instant::now(), SPEED)
}

/// The same by a clock of the test's own.
pub async fn night_by(clock: Clock, world: &World, more: &[&str]) -> Carried {
    let settings = settings(world, more);
    let pair = world::pair(&settings, &around(), &clock).await.unwrap();
    let planned = world::plan(&pair, &settings).await.unwrap();
    let errand = Errand::by(world::relay(&settings, &pair, &clock).into());
    let mut screen = Screen::on(Box::new(std::io::sink()), Style::Lines);
    let carrying = Box::pin(carry_out(settings, clock, &pair, &planned, &mut screen, false, errand));
    match tokio::time::timeout(Duration::from_mins(2), carrying).await.expect("the night ends") {
        Ok(carried) => carried,
        Err(ended) => panic!("{ended:?}"),
    }
}

/// One large mailbox of some eight seconds, and three small ones.
async fn giant_and_small(seed: u64) -> World {
    let small = |name: &str| Sized::messages(name, 4, 40_000);
    let world = World::with(
        seed,
        vec![Sized::messages("giant", 160, 8_000_000), small("ann"), small("bob"), small("cat")],
    )
    .await;
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = Some(1.0 / 50.0));
    world
}

fn reasons(carried: &Carried) -> String {
    carried.report.decisions.iter().map(|d| d.reason.clone() + "\n").collect()
}

async fn the_next_night_finishes(world: &World) {
    world.imports_ended().await;
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = None);
    let next = night(world, "2026-11-24T22:00:00Z", &["--workers", "2", "--window", "22:00-23:00"]).await;
    assert_eq!(
        (next.report.ending, exit_of(&next.report)),
        (Some(Ending::Done), Exit::Done),
        "{}",
        reasons(&next)
    );
    assert_eq!(next.report.accounts.verified, 4);
    for name in ["giant", "ann", "bob", "cat"] {
        world.assert_moved(name);
    }
}

/// Three minutes before closing the giant begins, by what was guessed of the servers' pace.
async fn first_night(world: &World, cutoff: &str) -> Carried {
    let window = ["--workers", "1", "--window", "22:00-23:00", "--cutoff", cutoff, "--drain", "0s"];
    let carried = night(world, "2026-11-23T22:57:00Z", &window).await;
    assert_eq!(carried.report.ending, Some(Ending::Closed), "{}", reasons(&carried));
    assert_eq!(exit_of(&carried.report), Exit::Window);
    assert!(carried.report.accounts.waiting > 0);
    assert_eq!(world.destination.record().runaways, 0);
    carried
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hard_cutoff_ends_the_giant_at_an_item_and_the_next_night_brings_the_rest() {
    let world = giant_and_small(310).await;
    let carried = first_night(&world, "hard").await;
    assert_eq!(carried.report.accounts.verified, 0, "{}", reasons(&carried));
    drop(carried);
    assert!(assert_replays(&world.state()) > 4);
    world.imports_ended().await;
    let arrived = world.arrived("giant").items.len();
    assert!(arrived > 0 && arrived < 160, "{arrived} items are there");
    the_next_night_finishes(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parked_where_it_stays_shut_the_giant_ends_where_it_stands() {
    let world = giant_and_small(311).await;
    let carried = first_night(&world, "park").await;
    assert_eq!(carried.report.accounts.verified, 0);
    assert!(reasons(&carried).contains("ends at its next safe point"), "{}", reasons(&carried));
    drop(carried);
    the_next_night_finishes(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_soft_cutoff_finishes_the_giant_and_leaves_the_others() {
    let world = giant_and_small(312).await;
    let carried = first_night(&world, "soft").await;
    assert_eq!((carried.report.accounts.verified, carried.report.accounts.waiting), (1, 3));
    world.assert_moved("giant");
    drop(carried);
    the_next_night_finishes(&world).await;
    assert_eq!(world.source.record().of(PathClass::Export).count(), 4, "nobody was read twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_closure_is_waited_for_and_the_giant_goes_on_in_its_stream() {
    let world = giant_and_small(313).await;
    let window = "22:00-23:00; 23:03-24:00";
    let more = ["--workers", "1", "--window", window, "--cutoff", "park", "--drain", "0s"];
    let carried = night(&world, "2026-11-23T22:57:00Z", &more).await;
    assert_eq!(carried.report.ending, Some(Ending::Done), "{}", reasons(&carried));
    let said = reasons(&carried);
    assert!(said.contains("stands still") && said.contains("the window is open"), "{said}");
    for name in ["giant", "ann", "bob", "cat"] {
        world.assert_moved(name);
    }
    assert_eq!(world.source.record().of(PathClass::Export).count(), 4, "the giant was read once");
}

#[tokio::test(flavor = "multi_thread")]
async fn started_early_it_waits_for_the_window() {
    let world = giant_and_small(314).await;
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = None);
    let more = ["--workers", "2", "--window", "Mon 22:00-23:00"];
    let carried = night(&world, "2026-11-23T21:57:00Z", &more).await;
    assert_eq!(carried.report.ending, Some(Ending::Done), "{}", reasons(&carried));
    assert!(reasons(&carried).starts_with("outside the window; next look in 3 min"), "{}", reasons(&carried));
    for name in ["giant", "ann", "bob", "cat"] {
        world.assert_moved(name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_of_the_clock_change_is_as_long_as_it_is() {
    // In Berlin the clock goes from 02:00 to 03:00 that night: two minutes are left, not sixty-two.
    let world = giant_and_small(315).await;
    let window = ["--window", "22:00-03:02", "--timezone", "Europe/Berlin"];
    let more = [&["--workers", "1", "--cutoff", "hard", "--drain", "0s"][..], &window].concat();
    let carried = night(&world, "2026-03-29T00:59:00Z", &more).await;
    assert_eq!(carried.report.ending, Some(Ending::Closed), "{}", reasons(&carried));
    assert_eq!(carried.report.accounts.verified, 0, "three minutes are too few for the giant");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_of_the_autumn_clock_change_is_an_hour_longer() {
    // In Berlin the clock goes from 03:00 back to 02:00 that night: an hour and three minutes are left, not three.
    let world = giant_and_small(317).await;
    let window = ["--window", "22:00-03:02", "--timezone", "Europe/Berlin"];
    let more = [&["--workers", "1", "--cutoff", "hard", "--drain", "0s"][..], &window].concat();
    let carried = night(&world, "2026-10-25T00:59:00Z", &more).await;
    assert_eq!(carried.report.ending, Some(Ending::Done), "{}", reasons(&carried));
    for name in ["giant", "ann", "bob", "cat"] {
        world.assert_moved(name);
    }
    assert_eq!(world.source.record().of(PathClass::Export).count(), 4, "nobody was read twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn by_day_one_worker_goes_on_and_the_night_brings_the_others_back() {
    let list = (0..14).map(|number| Sized::messages(&format!("u{number}"), 20, 800_000)).collect();
    let world = World::with(318, list).await;
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = Some(0.4 / 50.0));
    // A mailbox takes two seconds, two minutes of the night: open for four, by day for six, open again.
    let window = "22:00-23:00; 23:06-24:00";
    let more =
        ["--workers", "3", "--window", window, "--day-workers", "1", "--cutoff", "hard", "--drain", "0s"];
    let carried = night(&world, "2026-11-23T22:56:00Z", &more).await;
    assert_eq!(carried.report.ending, Some(Ending::Done), "{}", reasons(&carried));
    drop(carried);
    for number in 0..14 {
        world.assert_moved(&format!("u{number}"));
    }
    let (mut night_most, mut day_most) = (0, 0);
    for (minute, running) in running_by_minute(&world) {
        match minute {
            0.0..4.0 => night_most = night_most.max(running),
            // What ran at closing ends at its next safe point.
            4.5..10.0 => day_most = day_most.max(running),
            _ => {}
        }
    }
    assert_eq!((night_most, day_most), (3, 1));
    assert!(running_by_minute(&world).iter().any(|(minute, running)| *minute > 10.0 && *running == 3));
    assert!(assert_replays(&world.state()) > 20);
}

/// How many mailboxes were in flight after each start and end, by the minute of the run.
fn running_by_minute(world: &World) -> Vec<(f64, i32)> {
    let reader = Journal::read(&world.state()).unwrap();
    let run = reader.last_run().unwrap().unwrap();
    let (mut running, mut counts) = (0, Vec::new());
    for recorded in reader.events(run.id).map(Result::unwrap) {
        running -= i32::from(matches!(recorded.event, Event::Finished { .. }));
        running +=
            recorded.actions.iter().filter(|action| matches!(action, Action::Start { .. })).count() as i32;
        counts.push((recorded.at.elapsed.as_secs_f64() / 60.0, running));
    }
    counts
}

/// A night whose wall clock is set by two hours once the giant is under way.
async fn stepped(world: &World, begins: &str, window: Option<&str>, by: Duration, ahead: bool) -> Carried {
    let by_ms = i64::try_from(by.as_millis()).unwrap();
    let set: &'static AtomicI64 = Box::leak(Box::default());
    let step = async {
        until("the giant is under way", || world.arrived("giant").items.len() > 10).await;
        set.store(if ahead { by_ms } else { -by_ms }, Relaxed);
    };
    let mut more = vec!["--workers", "1", "--cutoff", "hard", "--drain", "0s"];
    more.extend(window.iter().flat_map(|window| ["--window", window]));
    tokio::join!(night_by(clock_at(begins).set_by(set), world, &more), step).0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_set_by_two_hours_matters_to_the_window_alone() {
    let hours = Duration::from_hours(2);
    for (seed, window, ahead) in [
        (319, None, true),
        (330, None, false),
        (331, Some("18:00-24:00"), true),
        (332, Some("18:00-24:00"), false),
    ] {
        let world = giant_and_small(seed).await;
        let carried = stepped(&world, "2026-11-23T21:00:00Z", window, hours, ahead).await;
        assert_eq!(carried.report.ending, Some(Ending::Done), "{window:?}: {}", reasons(&carried));
        drop(carried);
        for name in ["giant", "ann", "bob", "cat"] {
            world.assert_moved(name);
        }
        assert_eq!(world.source.record().of(PathClass::Export).count(), 4, "nobody was read twice");
        assert!(assert_replays(&world.state()) > 4);
    }
    for (seed, ahead) in [(333, true), (334, false)] {
        let world = giant_and_small(seed).await;
        let carried = stepped(&world, "2026-11-23T22:05:00Z", Some("22:00-23:00"), hours, ahead).await;
        assert_eq!(carried.report.ending, Some(Ending::Closed), "ahead {ahead}: {}", reasons(&carried));
        assert_eq!((exit_of(&carried.report), world.destination.record().runaways), (Exit::Window, 0));
        drop(carried);
        assert!(assert_replays(&world.state()) > 4);
        the_next_night_finishes(&world).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_counts_nights_and_names_what_fits_in_none() {
    let world = giant_and_small(316).await;
    let plan = async |more: &[&str]| {
        let mut command = world.zmpace("plan", QUICK);
        command.args(["--window", "22:00-23:00", "--timezone", "Asia/Jakarta"]).args(more);
        let (code, out, said) = finish(command).await;
        assert_eq!(code, 0, "{said}");
        out
    };
    let text = plan(&[]).await;
    assert!(text.contains("window: 22:00-23:00 (Asia/Jakarta); open"), "{text}");
    assert!(
        text.contains("nights: 1 with eight workers, 1 with one") && !text.contains("no single night"),
        "{text}"
    );
    // By a forecast ten thousand times as careful, the giant takes longer than an hour.
    let careful = ["--set", "hours.fit_margin=10000", "--set", "law.work.account_s=0.001"];
    let text = plan(&careful).await;
    assert!(
        text.contains("fits in no single night (the longest is 1 h 00 min): giant@old.example"),
        "{text}"
    );
    assert!(!text.contains("ann@old.example ("), "{text}");
    let json: serde_json::Value =
        serde_json::from_str(&plan(&[&careful[..], &["--json"]].concat()).await).unwrap();
    assert_eq!(json["nights"]["too_long"][0]["account"], "giant@old.example", "{json}");
    assert_eq!(json["nights"]["longest_s"], 3600.0);
    assert_eq!(json["nights"]["count"], serde_json::json!([1, 1]));
}
