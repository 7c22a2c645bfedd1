//! Whole benchmarks in a made-up world: what ends them, how they move the limit, what they find.

use super::{Sweep, Window};
use crate::control::{
    decision::{Decision, Rule},
    finding::Stopped,
    policy::Policy,
    sim::{
        benchmark::{Told, best, is_good, sweep, truths},
        law::Law,
        run::{How, run},
        scenario::Scenario,
    },
    work::Credit,
};

const CPU_BOUND: &str = "title = \"cpu\"\nwhat = \"four cores\"\n[transfer]\nitem_wait_ms = 10.0\n\
    [destination]\ncores = 4\nitem_cpu_ms = 6.0\nmb_cpu_ms = 25.0\n";

fn bench(text: &str, seed: u64, change: impl FnOnce(&mut Policy)) -> Told {
    let mut policy = Policy::for_tests();
    change(&mut policy);
    sweep(&Scenario::read(text).unwrap(), seed, &policy, false).unwrap()
}

fn grows(decisions: &[Decision]) -> impl Iterator<Item = &Decision> {
    decisions.iter().filter(|d| d.to > d.from && d.rule != Rule::Begin)
}

#[test]
fn it_finds_what_the_machine_can_bear() {
    let seed = 2;
    println!("seed {seed}");
    let scenario = Scenario::read(CPU_BOUND).unwrap();
    let policy = Policy::for_tests();
    let truths = truths(&scenario, seed, &policy, 1200.0, 20);
    let found = bench(CPU_BOUND, seed, |_| ()).finding;
    let recommended = found.recommended.clone().unwrap();
    assert!(is_good(&truths, recommended.workers, 0.02), "{:?} of {:?}", recommended, best(&truths, 0.02));
    assert_eq!(recommended.limiting, "destination CPU");
    assert!(recommended.low <= recommended.workers && recommended.workers <= recommended.high);
    assert!(found.minutes <= 45.1 && found.moved.accounts > 0 && found.distinguishable, "{found:?}");
    assert!(found.curve.is_sorted_by_key(|p| p.workers));
    // One worker alone does the work of one.
    assert!((found.curve[0].work_rate - 1.0).abs() < 0.2, "{found:?}");
    if found.stopped == Stopped::Certain {
        assert!(policy.sweep.looks.contains(&found.blocks), "looked at fixed times only: {}", found.blocks);
    }
}

#[test]
fn what_was_never_measured_is_not_ruled_out() {
    let window = |workers| Window {
        block: None,
        workers,
        in_flight: workers,
        credit: Credit::default(),
        seconds: 60.0,
        scores: Vec::new(),
    };
    let mut sweep = Sweep::new(&Policy::for_tests());
    sweep.windows = [8, 11, 16, 20].map(window).to_vec();
    assert_eq!(sweep.down_to_measured(Some(16), 16), 12, "fewer than 16 were last seen at 11");
    assert_eq!(sweep.down_to_measured(Some(16), 18), 18, "the candidates themselves say so");
    sweep.windows.push(window(15));
    assert_eq!(sweep.down_to_measured(Some(16), 16), 16);
    assert_eq!(sweep.down_to_measured(Some(8), 8), 8, "nothing below was measured at all");
}

#[test]
fn it_grows_one_at_a_time_and_not_at_once() {
    let told = bench(CPU_BOUND, 3, |_| ());
    let steps: Vec<&Decision> = grows(&told.decisions).collect();
    assert!(steps.len() > 10 && steps.iter().all(|d| d.to == d.from + 1));
    let apart = Policy::for_tests().sweep.apart_s;
    assert!(steps.windows(2).all(|pair| pair[1].at_s - pair[0].at_s >= apart - 1e-6));
}

#[test]
fn the_same_seed_is_the_same_benchmark() {
    let (one, other) = (bench(CPU_BOUND, 4, |_| ()), bench(CPU_BOUND, 4, |_| ()));
    assert_eq!(one.finding, other.finding);
    assert_eq!(one.decisions, other.decisions);
}

#[test]
fn a_critical_sample_stops_it_and_it_tells_what_it_had() {
    // At a quarter past eight something takes nine tenths of the destination.
    let text = format!(
        "{CPU_BOUND}background = [{{ cpu = 0.05 }}, {{ cpu = 0.9, from_hour = 20.25, to_hour = 21.0 }}]\n"
    );
    let told = bench(&text, 5, |_| ());
    assert_eq!(told.finding.stopped, Stopped::Critical);
    assert!(told.finding.minutes < 17.0 && told.finding.curve.len() >= 4, "{:?}", told.finding);
    let at = told.finding.minutes * 60.0;
    assert!(grows(&told.decisions).all(|d| d.at_s <= at), "nothing grows any more");
    let last = told.decisions.iter().rfind(|d| d.to != d.from).unwrap();
    assert!(last.to < last.from, "{}", last.line());
}

#[test]
fn a_busy_hour_is_refused_unless_it_is_asked_for() {
    let text = format!("{CPU_BOUND}background = [{{ cpu = 0.75 }}]\n");
    let refused = bench(&text, 6, |_| ()).finding;
    assert_eq!((refused.stopped, refused.recommended.is_none()), (Stopped::Busy, true));
    assert_eq!(refused.moved.accounts, 0);
    let asked = bench(&text, 6, |policy| policy.sweep.busy_hour = true).finding;
    assert!(asked.stopped != Stopped::Busy && !asked.curve.is_empty(), "{asked:?}");
    assert!(asked.at_rest.iter().any(|(side, busy)| side == "destination" && *busy > 0.7));
}

#[test]
fn mailboxes_that_run_out_end_it() {
    let text = format!("{CPU_BOUND}[accounts]\ncount = 40\n");
    let found = bench(&text, 7, |_| ()).finding;
    assert_eq!(found.stopped, Stopped::NoWork);
    assert!(found.moved.accounts >= 30 && !found.curve.is_empty(), "{found:?}");
}

#[test]
fn the_budget_ends_it() {
    let found = bench(CPU_BOUND, 8, |policy| policy.sweep.budget_s = 600.0).finding;
    assert_eq!(found.stopped, Stopped::Budget);
    assert!((10.0..10.2).contains(&found.minutes) && found.recommended.is_some(), "{found:?}");
}

#[test]
fn a_warm_start_climbs_singly_and_goes_on_by_trial() {
    let scenario = Scenario::read(CPU_BOUND).unwrap();
    let policy = Policy { warm_to: 5, ..Policy::for_tests() };
    let told =
        run(&scenario, 9, &Law::Ours(None), &policy, How { keep: true, cut_s: Some(1800.0) }).decisions;
    let warm: Vec<&Decision> = told.iter().filter(|d| d.rule == Rule::Warm).collect();
    assert_eq!(warm.iter().map(|d| d.to).collect::<Vec<u32>>(), [2, 3, 4, 5]);
    assert!(warm.windows(2).all(|pair| pair[1].at_s - pair[0].at_s >= 10.0));
    assert!(warm[3].at_s < 120.0, "{}", warm[3].line());
    assert!(told.iter().any(|d| d.rule == Rule::Try && d.to > 5), "it is no ceiling");
}
