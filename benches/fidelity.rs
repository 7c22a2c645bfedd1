//! How far the simulator and the lab's modelled machines agree: the same two pairs of machines, fixed numbers of
//! workers 1 to 12, both engines.
//!
//! `cargo bench --bench fidelity [-- SECONDS]`: real seconds for each number (24), at twenty times their speed.
//! Each number printed was just measured. A busy machine slows the lab, never the simulator.

use std::time::Duration;

use zmpace::{
    control::{
        decision::Measure,
        policy::{LimitPolicy, Policy},
        sample::Side,
        sim::{
            law::Law,
            run::{How, Instant, run},
        },
        view::Minute,
    },
    journal::Journal,
    lab::{Config, Lab, MailShape, Population, machine::Profile},
    run::{
        bench::{demo::steady_destination, truth::scenario},
        clock::Clock,
        demo::{passwords, point_at},
        verbs::migrate,
        world,
    },
    settings,
    ui::{Screen, Style, Wanted},
};

/// Modelled seconds in a real one.
const SPEED: f64 = 20.0;
/// Modelled seconds left out at the start: sign-in, the first mailboxes opening.
const WARM_S: f64 = 120.0;

/// What one engine does with one number of workers.
#[derive(Clone, Copy, Debug, Default)]
struct Steady {
    items_per_s: f64,
    cpu: f64,
}

fn main() {
    let seconds: f64 = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(24.0);
    let disk_bound = Profile { cores: 32, disk_iops: 12.0, import_item_ops: 2.0, ..steady_destination() };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for (name, destination) in [("destination CPU", steady_destination()), ("destination disk", disk_bound)] {
        println!("limit: {name}\n  N   items/s lab    sim   lab/sim   CPU lab   sim");
        for workers in 1..=12 {
            let lab = runtime.block_on(lab(&destination, workers, seconds));
            let sim = simulated(&destination, workers, seconds * SPEED);
            println!(
                "{workers:3} {:13.2} {:6.2} {:9.2} {:8.0} % {:3.0} %",
                lab.items_per_s,
                sim.items_per_s,
                lab.items_per_s / sim.items_per_s,
                lab.cpu * 100.0,
                sim.cpu * 100.0
            );
        }
    }
}

/// A real run between two lab servers, stopped after a while.
async fn lab(machine: &Profile, workers: u32, seconds: f64) -> Steady {
    let config = Config {
        accounts: Population::Generated {
            count: 300,
            giant_bytes: None,
            shape: MailShape::demo(),
            empty: false,
        },
        seed: 1,
        machine: Profile::demo_source(),
        speed: SPEED,
        ..Config::default()
    };
    let target = Config {
        machine: machine.clone(),
        receive_buffer: Some(16 << 10),
        ..Config::destination_for(&config)
    };
    let secret = secrecy::SecretString::from(config.admin_password.clone());
    let source = Lab::start(config).await.expect("a source");
    let destination = Lab::start(target).await.expect("a destination");
    let state = tempfile::tempdir().expect("a folder");
    let mut settings = settings::defaults();
    settings.law.limit = LimitPolicy::Fixed(workers);
    settings.plan.exclude = vec!["admin@old.example".to_owned()];
    settings.state.directory = state.path().to_string_lossy().into_owned();
    point_at(&mut settings.source, &source);
    point_at(&mut settings.destination, &destination);
    let around = passwords(&secret);
    let clock = Clock::start(SPEED);
    let mut screen = Screen::stderr(&Wanted { style: Some(Style::Quiet), ..Wanted::default() }).unwrap();
    let pair = world::pair(&settings, &around, &clock).await.expect("signed in");
    let planned = world::plan(&pair, &settings).await.expect("a plan");
    let moving = migrate(settings, clock, &pair, &planned, &mut screen, false);
    let _ = tokio::time::timeout(Duration::from_secs_f64(seconds), Box::pin(moving)).await;
    let journal = Journal::read(state.path()).expect("a journal");
    let id = journal.last_run().expect("readable").expect("a run").id;
    let mut minutes = Vec::new();
    journal
        .each_minute(id, |minute| {
            if minute.at_s >= WARM_S && minute.view.running == workers {
                minutes.push(minute);
            }
        })
        .expect("readable");
    source.shutdown().await;
    destination.shutdown().await;
    steady(&minutes)
}

fn steady(minutes: &[Minute]) -> Steady {
    let (Some(first), Some(last)) = (minutes.first(), minutes.last()) else { return Steady::default() };
    let busy = minutes.iter().filter_map(|m| {
        let machine = m.view.machines.iter().find(|m| m.side == Side::Destination)?;
        machine.gauges.iter().find(|g| g.measure == Measure::CpuBusy).map(|g| g.slow)
    });
    let (sum, count) = busy.fold((0.0, 0.0_f64), |(sum, count), value| (sum + value, count + 1.0));
    Steady {
        items_per_s: (last.summary.items - first.summary.items) as f64 / (last.at_s - first.at_s).max(1.0),
        cpu: sum / count.max(1.0),
    }
}

/// The same machines in the simulator.
fn simulated(machine: &Profile, workers: u32, seconds: f64) -> Steady {
    let world = scenario(&Profile::demo_source(), machine, &MailShape::demo());
    let how = How { keep: true, cut_s: Some(seconds.max(600.0)) };
    let outcome = run(&world, 1, &Law::Fixed(workers), &Policy::for_tests(), how);
    let instants: Vec<_> = outcome.trace.iter().filter(|i| i.at_s >= WARM_S && i.active > 0.0).collect();
    let mean = |of: &dyn Fn(&Instant) -> f64| {
        instants.iter().map(|i| of(i)).sum::<f64>() / instants.len().max(1) as f64
    };
    let cpu = |i: &Instant| {
        let found = i.readings.iter().find(|r| r.0 == "destination" && r.1 == "cpu");
        found.map_or(0.0, |r| r.2)
    };
    Steady { items_per_s: mean(&|i| i.bytes_per_s) / (world.accounts.item_kb * 1e3), cpu: mean(&cpu) }
}
