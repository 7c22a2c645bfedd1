//! `zmpace simulate`: the bench as a command. Reads scenarios, runs every law on the same seeds, prints the table.

use std::{
    path::Path,
    sync::Mutex,
    sync::atomic::{AtomicUsize, Ordering},
};

use super::{Ended, Exit};
use crate::{
    cli::SimulateArgs,
    control::{
        policy::Policy,
        sim::{
            law::Law,
            run::{How, Outcome, run},
            scenario::Scenario,
            table::{GRID, Reference, Row, Score, all_laws, misses, reference, render, row, score},
        },
    },
};

/// Compares laws on scenarios, all processors at work. Rows come in the order of scenarios and laws.
#[must_use]
pub fn compare(scenarios: &[Scenario], laws: &[Law], seeds: &[u64], grid: &[u32], base: &Policy) -> Vec<Row> {
    let plan: Vec<(usize, u64)> = scenarios
        .iter()
        .enumerate()
        .flat_map(|(i, s)| {
            let most = if s.bench.most_seeds == 0 { seeds.len() } else { s.bench.most_seeds as usize };
            seeds.iter().take(most).map(move |seed| (i, *seed))
        })
        .collect();
    let chosen = |s: &Scenario| -> Vec<Law> {
        laws.iter().filter(|l| s.bench.laws.is_empty() || s.bench.laws.contains(&l.name())).cloned().collect()
    };
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, u64, Vec<Score>)>> = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(&(i, seed)) = plan.get(at) else { return };
                    let scenario = &scenarios[i];
                    let best: Reference = reference(scenario, seed, base, grid);
                    let scores: Vec<Score> =
                        chosen(scenario).iter().map(|law| score(scenario, seed, law, base, &best)).collect();
                    if let Ok(mut done) = done.lock() {
                        done.push((i, seed, scores));
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(i, seed, _)| (*i, *seed));
    let mut rows = Vec::new();
    for (i, scenario) in scenarios.iter().enumerate() {
        let of: Vec<_> = done.iter().filter(|d| d.0 == i).collect();
        let seeds: Vec<u64> = of.iter().map(|d| d.1).collect();
        for (place, law) in chosen(scenario).iter().enumerate() {
            let scores: Vec<Score> = of.iter().map(|d| d.2[place]).collect();
            rows.push(row(scenario, law, &seeds, &scores));
        }
    }
    rows
}

/// Reads one scenario file.
pub fn read(path: &Path) -> Result<Scenario, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    Scenario::read(&text).map_err(|e| format!("{}: {e}", path.display()))
}

/// Reads `11..30` (both ends included) or `7`.
#[must_use]
pub fn seeds(text: &str) -> Option<Vec<u64>> {
    let (from, to) =
        text.split_once("..").map_or((text, text), |(from, to)| (from, to.trim_start_matches('=')));
    let (from, to) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
    (from <= to && to - from < 10_000).then(|| (from..=to).collect())
}

/// The command.
#[expect(clippy::needless_pass_by_value, reason = "every verb takes its arguments")]
pub fn simulate(args: SimulateArgs) -> Result<Exit, Ended> {
    let base = &Policy::for_tests();
    let usage = |message: String| Ended::new(Exit::Usage, message);
    let scenarios: Vec<Scenario> =
        args.scenarios.iter().map(|path| read(path)).collect::<Result<_, _>>().map_err(usage)?;
    let seeds = seeds(&args.seeds)
        .ok_or_else(|| usage(format!("--seeds {}: write 11..30, or one number", args.seeds)))?;
    let laws = args
        .law
        .iter()
        .map(|name| match name.as_str() {
            "all" => Ok(all_laws()),
            name => Law::named(name).map(|l| vec![l]).ok_or_else(|| {
                let known: Vec<String> = all_laws().iter().map(Law::name).collect();
                usage(format!("--law {name}: known are fixed-N, all, {}", known.join(", ")))
            }),
        })
        .collect::<Result<Vec<_>, _>>()?
        .concat();
    if args.trace.is_some() || args.plot.is_some() {
        return one(&args, &scenarios[0], seeds[0], laws.first().unwrap_or(&Law::Ours(None)), base);
    }
    let laws = if laws.is_empty() { vec![Law::Ours(None)] } else { laws };
    let rows = compare(&scenarios, &laws, &seeds, &GRID, base);
    if args.json {
        let body = serde_json::json!({ "rows": rows });
        println!("{body:#}");
    } else {
        print!("{}", render(&rows));
    }
    let missed: Vec<String> = rows
        .iter()
        .filter_map(|r| {
            let scenario = scenarios.iter().find(|s| s.title == r.scenario)?;
            Some(misses(scenario.expect.get(&r.law)?, r))
        })
        .flatten()
        .collect();
    for miss in &missed {
        eprintln!("missed: {miss}");
    }
    Ok(if missed.is_empty() { Exit::Done } else { Exit::Differences })
}

/// One run, told in full.
fn one(args: &SimulateArgs, scenario: &Scenario, seed: u64, law: &Law, base: &Policy) -> Result<Exit, Ended> {
    let outcome = run(scenario, seed, law, base, How { keep: true, cut_s: None });
    let write = |path: &Path, text: String| {
        std::fs::write(path, text)
            .map_err(|e| Ended::new(Exit::Unclassified, format!("cannot write {}: {e}", path.display())))
    };
    if let Some(path) = &args.trace {
        write(path, trace(&outcome))?;
    }
    if let Some(path) = &args.plot {
        write(path, super::plot::svg(&format!("{}, {}, seed {seed}", scenario.title, law.name()), &outcome))?;
    }
    for decision in &outcome.decisions {
        println!("{}", decision.line());
    }
    println!(
        "{} in {:.2} h; over a line {:.2} % by itself, {:.2} % imposed; {:.1} changes an hour",
        if outcome.finished { "done" } else { "given up" },
        outcome.makespan_s / 3600.0,
        outcome.over_self_pct,
        outcome.over_imposed_pct,
        outcome.changes_per_hour
    );
    Ok(Exit::Done)
}

/// One JSON object a line: samples and decisions in the order of time.
fn trace(outcome: &Outcome) -> String {
    let mut lines: Vec<(f64, String)> = outcome
        .trace
        .iter()
        .map(|i| {
            let readings: serde_json::Map<String, serde_json::Value> = i
                .readings
                .iter()
                .map(|(side, resource, value, soft, critical)| {
                    let name = if *soft > 1.0 {
                        format!("{side}.{resource}_wait")
                    } else {
                        format!("{side}.{resource}")
                    };
                    (name, serde_json::json!({ "value": value, "line": soft, "critical": critical }))
                })
                .collect();
            let line = serde_json::json!({
                "at_s": i.at_s, "limit": i.limit, "active": i.active, "bytes_per_s": i.bytes_per_s,
                "readings": readings,
            });
            (i.at_s, line.to_string())
        })
        .collect();
    lines.extend(outcome.decisions.iter().map(|d| {
        let line = serde_json::json!({ "at_s": d.at_s, "line": d.line(), "decision": d });
        (d.at_s, line.to_string())
    }));
    lines.sort_by(|a, b| a.0.total_cmp(&b.0));
    lines.into_iter().map(|(_, line)| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_range_with_both_ends() {
        assert_eq!(seeds("11..13").unwrap(), [11, 12, 13]);
        assert_eq!(seeds("7").unwrap(), [7]);
        assert!(seeds("9..3").is_none() && seeds("x").is_none());
    }
}
