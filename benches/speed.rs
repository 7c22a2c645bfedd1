//! Is the tool itself free: what one turn of the dispatcher costs at 64 workers.
//!
//! `cargo bench --bench speed`. The target is below 5 microseconds an event.

use std::time::{Duration, Instant};

use zmpace::control::{
    Moment,
    dispatcher::Dispatcher,
    event::{Account, AccountId, Event, Progress},
    policy::{LimitPolicy, Policy},
    sample::{Cpu, Memory, Sample, Side},
};

const WORKERS: u32 = 64;

fn at(micros: u64) -> Moment {
    Moment { elapsed: Duration::from_micros(micros), wall_ms: 0 }
}

fn sample(side: Side) -> Event {
    Event::Sample(Sample {
        side,
        span: Duration::from_secs(5),
        cores: 16,
        cpu: Some(Cpu { busy: 0.4, iowait: 0.0, steal: 0.0 }),
        disks: Vec::new(),
        memory: Some(Memory { total_bytes: 1 << 36, available_bytes: 1 << 35, swap_in_bytes_per_s: 0.0 }),
        network: None,
        pressure: None,
        volumes: Vec::new(),
        runnable: None,
        blocked: None,
    })
}

/// Mean microseconds of an event, the fastest of five rounds.
fn measure(name: &str, event: impl Fn(u64) -> Event) {
    let accounts: Vec<Account> =
        (0..10_000).map(|i| Account { id: AccountId(i), bytes: 1 << 40, attempts: 0 }).collect();
    // Under the law, not under a fixed number: what costs is deciding.
    let policy = Policy {
        max_workers: WORKERS,
        limit: LimitPolicy::Adaptive { start: WORKERS },
        ..Policy::for_tests()
    };
    let mut run = Dispatcher::new(policy, accounts);
    let mut now = 0;
    for _ in 0..120 {
        now += 1_000_000;
        for event in [sample(Side::Source), sample(Side::Destination), Event::Tick] {
            let _ = run.on(at(now), event);
        }
    }
    let best = (0..5)
        .map(|_| {
            let begun = Instant::now();
            for _ in 0..20_000 {
                // A hundred thousand events within ten seconds: no sample grows old, so all are still running.
                now += 100;
                let _ = std::hint::black_box(run.on(at(now), event(now)));
            }
            begun.elapsed().as_secs_f64() / 20_000.0 * 1e6
        })
        .fold(f64::INFINITY, f64::min);
    println!("{name:<28} {best:>8.2} us   ({} running)", run.view(at(now)).running);
}

fn main() {
    measure("tick", |_| Event::Tick);
    measure("sample", |now| sample(if now % 200 == 0 { Side::Source } else { Side::Destination }));
    measure("progress of one worker", |now| {
        Event::Progress(vec![Progress {
            account: AccountId(9_990),
            items: now / 100,
            bytes: now,
            parked: false,
        }])
    });
    measure("progress of 64 workers", |now| {
        let of = |i: u32| Progress { account: AccountId(i), items: now / 100, bytes: now, parked: false };
        Event::Progress((0..WORKERS).map(of).collect())
    });
}
