//! How good is benchmark mode: scenario by scenario, many seeds, the recommended number held against what every
//! fixed number really does; beside it the naive rival that compares each number once, one after another.
//!
//! The truth is the mean of every seed's draw of the same machines: in one draw of 160 minutes the share of the time
//! over a line still goes from half to twice its mean. `own%` holds each answer against its own draw all the same.
//!
//! `cargo bench --bench bench_mode [-- 1..40 tests/scenarios/01-cpu-bound.toml ...]`. Nothing is stored: each
//! number printed was just computed.

use std::{
    path::{Path, PathBuf},
    sync::Mutex,
    sync::atomic::{AtomicUsize, Ordering},
};

use zmpace::{
    control::{
        finding::Finding,
        policy::Policy,
        sim::{
            benchmark::{Truth, best, is_good, pooled, sweep, truths},
            scenario::Scenario,
        },
    },
    run::simulate::{read, seeds},
};

/// Scenarios whose world does not change during the benchmark.
const STEADY: [&str; 5] = ["01-cpu-bound", "02-hdd", "03-network", "05-retrograde", "08-slow-source"];
/// Seconds of each fixed number from which the truth is taken.
const TRUTH_S: f64 = 9600.0;
/// Largest number the truth is taken of.
const MOST: u32 = 40;

/// One seed of one scenario.
struct Outcome {
    seed: u64,
    truths: Vec<Truth>,
    ours: Finding,
    naive: Finding,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let seeds = arguments.iter().find_map(|a| seeds(a)).unwrap_or_else(|| (1..=40).collect());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut paths: Vec<PathBuf> = arguments
        .iter()
        .map(PathBuf::from)
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    if paths.is_empty() {
        paths = STEADY.iter().map(|name| folder.join(format!("{name}.toml"))).collect();
    }
    println!("seeds {} to {}", seeds[0], seeds[seeds.len() - 1]);
    println!(
        "{:<14} {:>5} {:>8} {:>6} {:>9} {:>8} {:>8} {:>9} {:>9}  misses, as seed:truth/recommended[interval]",
        "scenario", "seeds", "within2%", "own%", "coverage", "minutes", "worst", "naive2%", "naivemin",
    );
    for path in paths {
        let scenario = read(&path).expect("every scenario reads");
        let outcomes = all(&scenario, &seeds);
        report(&scenario, &outcomes);
        if let [only] = outcomes.as_slice() {
            in_full(&scenario, only);
        }
    }
}

/// One seed, told in full: the truth, the finding and every decision.
fn in_full(scenario: &Scenario, outcome: &Outcome) {
    for truth in &outcome.truths {
        println!(
            "truth {:>3}  work {:>7.3}  fullest {:.3}  over {:.3}",
            truth.workers, truth.work, truth.score, truth.over
        );
    }
    for point in &outcome.ours.curve {
        println!("found {point:?}");
    }
    println!("{:?} {:?} blocks {}", outcome.ours.recommended, outcome.ours.stopped, outcome.ours.blocks);
    if let Some(told) = sweep(scenario, outcome.seed, &Policy::for_tests(), false) {
        told.decisions.iter().for_each(|decision| println!("{}", decision.line()));
    }
}

fn all(scenario: &Scenario, seeds: &[u64]) -> Vec<Outcome> {
    let base = Policy::for_tests();
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(&seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let truths = truths(scenario, seed, &base, TRUTH_S, MOST);
                    let find =
                        |naive| sweep(scenario, seed, &base, naive).expect("it is a benchmark").finding;
                    let outcome = Outcome { seed, truths, ours: find(false), naive: find(true) };
                    done.lock().expect("nobody panics").push(outcome);
                }
            });
        }
    });
    let mut done = done.into_inner().expect("nobody panics");
    done.sort_by_key(|o| o.seed);
    done
}

/// The naive answer: the smallest number within 2 % of the best, lines looked at once.
fn naive_choice(finding: &Finding) -> Option<u32> {
    let lawful = || finding.curve.iter().filter(|p| p.tightest.as_ref().is_none_or(|t| t.1 <= 1.0));
    let best = lawful().map(|p| p.work_rate).fold(0.0, f64::max);
    lawful().find(|p| p.work_rate >= 0.98 * best).map(|p| p.workers)
}

fn report(scenario: &Scenario, outcomes: &[Outcome]) {
    let n = outcomes.len() as f64;
    let percent = |count: usize| count as f64 / n * 100.0;
    let (mut good, mut own, mut covered, mut naive) = (0, 0, 0, 0);
    let mut told = Vec::new();
    let truths = pooled(&outcomes.iter().map(|o| o.truths.as_slice()).collect::<Vec<_>>());
    let Some((_, smallest)) = best(&truths, 0.02) else {
        println!("{:<14} no number is lawful", scenario.title);
        return;
    };
    for outcome in outcomes {
        let Some(found) = &outcome.ours.recommended else {
            told.push(format!("{}:{smallest}/none", outcome.seed));
            continue;
        };
        let right = is_good(&truths, found.workers, 0.02);
        let inside = (found.low..=found.high).contains(&smallest);
        good += usize::from(right);
        own += usize::from(is_good(&outcome.truths, found.workers, 0.02));
        covered += usize::from(inside);
        naive +=
            usize::from(naive_choice(&outcome.naive).is_some_and(|choice| is_good(&truths, choice, 0.02)));
        if !right || !inside {
            told.push(format!(
                "{}:{smallest}/{}[{}-{}]{}",
                outcome.seed,
                found.workers,
                found.low,
                found.high,
                if right { "" } else { "!" }
            ));
        }
    }
    let minutes = |pick: fn(&Outcome) -> f64| outcomes.iter().map(pick).sum::<f64>() / n;
    let worst = outcomes.iter().map(|o| o.ours.minutes).fold(0.0, f64::max);
    println!(
        "{:<14} {:>5} {:>8.1} {:>6.1} {:>9.1} {:>8.1} {:>8.1} {:>9.1} {:>9.1}  {}",
        scenario.title,
        outcomes.len(),
        percent(good),
        percent(own),
        percent(covered),
        minutes(|o| o.ours.minutes),
        worst,
        percent(naive),
        minutes(|o| o.naive.minutes),
        told.join(" ")
    );
}
