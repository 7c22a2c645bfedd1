//! An import that stalled, was given up and goes on after the retry was verified: the second look tells it.

use std::{process::Command, time::Duration};

use serde_json::Value;
use zmpace::{
    control::event::{AccountState, Action, Event, Sight},
    journal::Journal,
    lab::{Fault, FaultKind, PathClass, Sized},
};

use crate::{
    gate::{Gate, Way},
    night::assert_replays,
    weather::Run,
    world::{World, address, finish, until},
};

/// Patience of a second, so that an import that stalls for three is given up and retried meanwhile.
const HASTY: &str = "[plan]\nexclude = [\"admin@old.example\"]\n\
    [mover]\nstandstill = \"200ms\"\nfirst_byte_timeout = \"3s\"\nstall_timeout = \"1s\"\n\
    connect_timeout = \"2s\"\nanswer_timeout = \"2s\"\n[probe]\ninterval = \"250ms\"\n";

/// A mailbox whose import stalls for so long, and goes on with what it was sent.
async fn stalling(seed: u64, pause: Duration) -> World {
    let world =
        World::with(seed, vec![Sized::messages("ann", 12, 180_000), Sized::bytes("bob", 60_000)]).await;
    let stall = FaultKind::ImportStall { after_items: 4, pause };
    world.destination.inject(&address("ann"), Fault::once(stall));
    world
}

/// A run that looks again so many seconds after a verification.
fn run(world: &World, look_s: f64) -> Command {
    let retries = format!("[law.retries]\nbase_s = 0.3\nmost_s = 0.6\nlook_s = {look_s:.1}\n");
    let mut command = world.zmpace("run", &(HASTY.to_owned() + &retries));
    command.args(["--json", "--progress", "lines", "--workers", "2"]);
    command
}

/// A run killed as soon as all is verified, long before it would look.
async fn killed_when_verified(world: &World) {
    let run = Run::of(world, run(world, 600.0));
    until("both are verified", || {
        ["ann", "bob"].iter().all(|name| state(world, name) == Some(AccountState::Verified))
    })
    .await;
    run.signal("KILL");
    let (code, _) = run.end().await;
    assert_eq!(code, -9);
    assert_eq!(doubts(world), 1);
}

fn state(world: &World, name: &str) -> Option<AccountState> {
    let rows = Journal::read(&world.state()).ok()?.load_accounts().ok()?;
    rows.into_iter().find(|row| row.source == address(name)).map(|row| row.state)
}

fn doubts(world: &World) -> usize {
    Journal::read(&world.state()).unwrap().doubts().unwrap().len()
}

/// What the last run asked to look at and what was seen.
fn looks(world: &World) -> (usize, Vec<Sight>) {
    let reader = Journal::read(&world.state()).unwrap();
    let run = reader.last_run().unwrap().unwrap();
    let events: Vec<_> = reader.events(run.id).map(Result::unwrap).collect();
    let actions = events.iter().flat_map(|recorded| &recorded.actions);
    let asked = actions.filter(|action| matches!(action, Action::Look { .. })).count();
    let sights = events.into_iter().filter_map(|recorded| match recorded.event {
        Event::Looked { sight, .. } => Some(sight),
        _ => None,
    });
    (asked, sights.collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_goes_on_after_the_retry_was_verified_is_told() {
    let world = stalling(141, Duration::from_millis(4_500)).await;
    let (code, out, said) = finish(run(&world, 6.0)).await;
    world.imports_ended().await;
    let arrived = world.arrived("ann").items.len();
    assert!(
        arrived > 12,
        "the late import has to double something, or this proves nothing: {arrived}; {said}"
    );
    assert_eq!(code, 4, "{said}");
    let report: Value = serde_json::from_str(&out).unwrap();
    let failure = &report["failures"][0];
    assert_eq!((&failure["account"], &failure["code"]), (&address("ann").into(), &"ZP-LATE-IMPORT".into()));
    let cause = failure["cause"].as_str().unwrap();
    assert!(cause.contains(&format!("{} item(s)", arrived - 12)) && cause.contains("/Inbox: 12"), "{cause}");
    assert_eq!(failure["next"], "zmpace verify --deep --accounts FILE");
    assert!(said.contains("ZP-SECOND-LOOK") && said.contains("code=ZP-LATE-IMPORT account=ann@"), "{said}");
    assert_eq!(
        (state(&world, "ann"), state(&world, "bob")),
        (Some(AccountState::Incomplete), Some(AccountState::Verified))
    );
    assert_eq!(
        (report["accounts"]["verified"].as_u64(), report["accounts"]["incomplete"].as_u64()),
        (Some(1), Some(1))
    );
    assert_eq!(looks(&world).0, 1, "bob took one attempt");
    assert_eq!(doubts(&world), 0);
    assert!(assert_replays(&world.state()) > 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_killed_before_it_looked_leaves_that_to_the_next() {
    let world = stalling(142, Duration::from_secs(12)).await;
    killed_when_verified(&world).await;
    world.imports_ended().await;
    assert!(world.arrived("ann").items.len() > 12, "the late import has to double something");
    let exports = world.source.record().of(PathClass::Export).count();
    let (code, out, said) = finish(run(&world, 0.2)).await;
    assert_eq!(code, 4, "{said}");
    assert!(out.contains("ZP-LATE-IMPORT"), "{out}");
    assert_eq!(world.source.record().of(PathClass::Export).count(), exports, "looking moves nothing");
    let (asked, sights) = looks(&world);
    assert!(matches!((asked, &sights[..]), (1, [Sight::Grown { .. }])), "{sights:?}");
    assert_eq!((state(&world, "ann"), doubts(&world)), (Some(AccountState::Incomplete), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_looked_at_is_not_looked_at_again() {
    let world =
        World::with(143, vec![Sized::messages("ann", 12, 180_000), Sized::bytes("bob", 60_000)]).await;
    world.destination.inject(&address("ann"), Fault::once(FaultKind::ImportAnswerLost));
    killed_when_verified(&world).await;
    for expected in [1, 0] {
        let (code, _, said) = finish(run(&world, 0.2)).await;
        assert_eq!(code, 0, "{said}");
        let (asked, sights) = looks(&world);
        assert_eq!((asked, sights), (expected, vec![Sight::Same; expected]), "{said}");
        assert_eq!(doubts(&world), 0);
    }
    world.assert_moved("ann");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_that_cannot_be_made_leaves_the_mailbox_verified_and_in_doubt() {
    let world =
        World::with(144, vec![Sized::messages("ann", 12, 180_000), Sized::bytes("bob", 60_000)]).await;
    world.destination.inject(&address("ann"), Fault::once(FaultKind::ImportAnswerLost));
    let gate = Gate::before(world.destination.address()).await;
    let mut command = run(&world, 2.0);
    command.args(["--set", &format!("destination.port={}", gate.port())]);
    let away = Run::of(&world, command);
    until("ann is verified", || state(&world, "ann") == Some(AccountState::Verified)).await;
    gate.set(Way::Shut);
    let (code, said) = away.end().await;
    assert_eq!(code, 0, "{said}");
    assert_eq!(said.matches("WARN code=ZP-IN-DOUBT account=ann@").count(), 3, "{said}");
    assert_eq!((state(&world, "ann"), doubts(&world)), (Some(AccountState::Verified), 1));
    let (code, _, said) = finish(run(&world, 0.2)).await;
    assert_eq!((code, looks(&world)), (0, (1, vec![Sight::Same])), "{said}");
    assert_eq!(doubts(&world), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn whenever_a_stalled_import_goes_on_what_it_doubles_is_never_called_verified() {
    let names: Vec<String> = (0..12).map(|number| format!("u{number}")).collect();
    let list = names.iter().map(|name| Sized::messages(name, 12, 180_000)).collect();
    let world = World::with(145, list).await;
    let mut dice = fastrand::Rng::with_seed(145);
    for name in &names {
        // Any of them wakes up before its look, which comes six seconds after a verification.
        let (after_items, pause) = (dice.u64(1..11), Duration::from_millis(dice.u64(500..6_000)));
        let stall = FaultKind::ImportStall { after_items, pause };
        world.destination.inject(&address(name), Fault::once(stall));
    }
    let (code, _, said) = finish(run(&world, 6.0)).await;
    world.imports_ended().await;
    let (mut told, mut late) = (0, 0);
    for name in &names {
        let doubled = world.arrived(name).items.len() - 12;
        let verdict = state(&world, name);
        println!("{name}: {doubled} doubled, {verdict:?}");
        assert_eq!(verdict == Some(AccountState::Incomplete), doubled > 0, "{name}: {doubled}; {said}");
        told += u32::from(doubled > 0);
        late += u32::from(said.contains(&format!("code=ZP-LATE-IMPORT account={}", address(name))));
    }
    println!("{told} of {} told, {late} of them by a second look", names.len());
    assert_eq!(code, if told > 0 { 4 } else { 0 }, "{said}");
}
