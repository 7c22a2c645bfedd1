//! Many runs compared: every law against the best lawful fixed number of workers on the same seed (law 7.4).

use std::fmt::Write as _;

use serde::Serialize;

use super::{
    law::{ABLATIONS, Law, RIVALS},
    run::{How, Outcome, run},
    scenario::{Expect, Scenario},
};
use crate::control::policy::Policy;

/// Fixed numbers tried unless a scenario says otherwise.
pub const GRID: [u32; 21] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 20, 24, 32, 48, 64];
/// Percent of the time over a line a lawful fixed number may spend.
const LAWFUL_PCT: f64 = 1.0;
/// A run that takes this many times as long as the reference is given up and counted as just that.
const GIVE_UP: f64 = 8.0;

/// The best lawful fixed number on one seed.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Reference {
    /// The number.
    pub workers: u32,
    /// Its makespan, seconds.
    pub makespan_s: f64,
    /// Percent of the time it is over a line.
    pub over_pct: f64,
}

/// One run held against its reference.
#[derive(Clone, Copy, Debug)]
pub struct Score {
    /// Makespan as a multiple of the reference's.
    pub relative: f64,
    /// Minutes until the limit was within one worker, or a tenth, of the reference's; `None` for never.
    pub converged_min: Option<f64>,
    over_self: f64,
    over_imposed: f64,
    changes: f64,
    late_changes: f64,
    worst_points: f64,
    critical: u32,
    longest_imposed_s: f64,
    refusals: (u32, u32),
    best: u32,
    limits: (u32, u32),
}

/// Mean, half-width of its 95 % interval, and worst.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Spread {
    /// Mean over seeds.
    pub mean: f64,
    /// Half-width of the interval of the mean.
    pub interval: f64,
    /// Worst seed.
    pub worst: f64,
}

/// Percent of the time over a line.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Over {
    /// By the law's own doing.
    #[serde(rename = "self")]
    pub own: f64,
    /// For other reasons.
    pub imposed: f64,
    /// The worst seed's share by its own doing.
    pub self_worst: f64,
    /// Worst excess by its own doing, points.
    pub worst_points: f64,
    /// Samples over a critical line by its own doing, all seeds together.
    pub critical_samples: u32,
    /// Longest stay over a line for other reasons, seconds.
    pub longest_imposed_s: f64,
}

/// One line of the table.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Title of the scenario.
    pub scenario: String,
    /// Name of the law.
    pub law: String,
    /// Seeds.
    pub seeds: Vec<u64>,
    /// Makespan over that of the best lawful fixed number.
    pub relative_makespan: Spread,
    /// Percent of the time over a line.
    pub over_line_pct: Over,
    /// Changes of the limit an hour.
    pub changes_per_hour: f64,
    /// The same after the first hour.
    pub changes_per_hour_later: f64,
    /// Mean minutes until within reach of the best fixed number, over the seeds that got there.
    pub minutes_to_converge: Option<f64>,
    /// Share of the seeds that got there, percent.
    pub converged_pct: f64,
    /// Percent of refusals to grow that named the true limit; `None` if there were none.
    pub bottleneck_right_pct: Option<f64>,
    /// Best lawful fixed numbers, least and most over the seeds.
    pub best_fixed: (u32, u32),
    /// Lowest and highest limit of the law over all seeds.
    pub limits: (u32, u32),
}

/// Finds the best lawful fixed number, trying those near the scenario's hint first.
#[must_use]
pub fn reference(scenario: &Scenario, seed: u64, base: &Policy, grid: &[u32]) -> Reference {
    let mut grid: Vec<u32> =
        if scenario.bench.fixed.is_empty() { grid.to_vec() } else { scenario.bench.fixed.clone() };
    let near = scenario.bench.near.max(1);
    grid.sort_by_key(|n| (n.abs_diff(near), *n));
    let mut best: Option<Reference> = None;
    for workers in grid {
        let lawful = best.filter(|b| b.over_pct <= LAWFUL_PCT);
        let how = How { keep: false, cut_s: lawful.map(|b| b.makespan_s) };
        let outcome = run(scenario, seed, &Law::Fixed(workers), base, how);
        if !outcome.finished || outcome.failed > 0 {
            continue;
        }
        let over_pct = outcome.over_self_pct + outcome.over_imposed_pct;
        let new = Reference { workers, makespan_s: outcome.makespan_s, over_pct };
        let better = best.is_none_or(|b| match (b.over_pct <= LAWFUL_PCT, over_pct <= LAWFUL_PCT) {
            (true, true) => new.makespan_s < b.makespan_s,
            (false, true) => true,
            (true, false) => false,
            (false, false) => over_pct < b.over_pct,
        });
        if better {
            best = Some(new);
        }
    }
    best.unwrap_or(Reference { workers: 1, makespan_s: scenario.most_hours * 3600.0, over_pct: 100.0 })
}

/// Runs one law and holds it against the reference.
#[must_use]
pub fn score(scenario: &Scenario, seed: u64, law: &Law, base: &Policy, reference: &Reference) -> Score {
    let how = How { keep: false, cut_s: Some(reference.makespan_s * GIVE_UP) };
    judge(&run(scenario, seed, law, base, how), reference)
}

/// Holds an outcome against the reference.
#[must_use]
pub fn judge(outcome: &Outcome, reference: &Reference) -> Score {
    let reach = (f64::from(reference.workers) * 0.1).max(1.0);
    let near = |n: u32| (f64::from(n) - f64::from(reference.workers)).abs() <= reach;
    let least = outcome.limits.iter().filter(|l| l.1 > 0).map(|l| l.1).min().unwrap_or(0);
    let most = outcome.limits.iter().map(|l| l.1).max().unwrap_or(0);
    Score {
        relative: if outcome.finished { outcome.makespan_s / reference.makespan_s } else { GIVE_UP },
        converged_min: outcome.limits.iter().find(|(_, n)| near(*n)).map(|(at, _)| at / 60.0),
        over_self: outcome.over_self_pct,
        over_imposed: outcome.over_imposed_pct,
        changes: outcome.changes_per_hour,
        late_changes: outcome.late_changes_per_hour,
        worst_points: outcome.worst_points,
        critical: outcome.critical_self,
        longest_imposed_s: outcome.longest_imposed_s,
        refusals: outcome.refusals,
        best: reference.workers,
        limits: (least, most),
    }
}

/// Sums up one law on one scenario.
#[must_use]
pub fn row(scenario: &Scenario, law: &Law, seeds: &[u64], scores: &[Score]) -> Row {
    let n = scores.len().max(1) as f64;
    let mean = |pick: fn(&Score) -> f64| scores.iter().map(pick).sum::<f64>() / n;
    let most = |pick: fn(&Score) -> f64| scores.iter().map(pick).fold(0.0, f64::max);
    let relative = mean(|s| s.relative);
    let squares = scores.iter().map(|s| (s.relative - relative) * (s.relative - relative)).sum::<f64>();
    let deviation = if scores.len() > 1 { (squares / (n - 1.0)).sqrt() } else { 0.0 };
    let converged: Vec<f64> = scores.iter().filter_map(|s| s.converged_min).collect();
    let refusals: u32 = scores.iter().map(|s| s.refusals.0).sum();
    let right: u32 = scores.iter().map(|s| s.refusals.1).sum();
    let range = |pick: fn(&Score) -> u32, high: fn(&Score) -> u32| {
        (scores.iter().map(pick).min().unwrap_or(0), scores.iter().map(high).max().unwrap_or(0))
    };
    Row {
        scenario: scenario.title.clone(),
        law: law.name(),
        seeds: seeds.to_vec(),
        relative_makespan: Spread {
            mean: relative,
            interval: 2.1 * deviation / n.sqrt(),
            worst: most(|s| s.relative),
        },
        over_line_pct: Over {
            own: mean(|s| s.over_self),
            imposed: mean(|s| s.over_imposed),
            self_worst: most(|s| s.over_self),
            worst_points: most(|s| s.worst_points),
            critical_samples: scores.iter().map(|s| s.critical).sum(),
            longest_imposed_s: most(|s| s.longest_imposed_s),
        },
        changes_per_hour: mean(|s| s.changes),
        changes_per_hour_later: mean(|s| s.late_changes),
        minutes_to_converge: (!converged.is_empty())
            .then(|| converged.iter().sum::<f64>() / converged.len() as f64),
        converged_pct: converged.len() as f64 / n * 100.0,
        bottleneck_right_pct: (refusals > 0).then(|| f64::from(right) / f64::from(refusals) * 100.0),
        best_fixed: range(|s| s.best, |s| s.best),
        limits: range(|s| s.limits.0, |s| s.limits.1),
    }
}

/// What a row misses of what its scenario expects; empty when nothing.
#[must_use]
pub fn misses(expect: &Expect, row: &Row) -> Vec<String> {
    let mut out = Vec::new();
    let mut most = |what: &str, value: f64, line: Option<f64>| {
        if line.is_some_and(|line| value > line) {
            out.push(format!(
                "{} {}: {what} {value:.3}, at most {:.3}",
                row.scenario,
                row.law,
                line.unwrap_or(0.0)
            ));
        }
    };
    most("relative makespan", row.relative_makespan.mean, expect.relative_most);
    most("percent over by itself", row.over_line_pct.own, expect.over_self_most);
    most("percent over imposed", row.over_line_pct.imposed, expect.over_imposed_most);
    most("changes an hour", row.changes_per_hour, expect.changes_most);
    most("most workers", f64::from(row.limits.1), expect.workers_most.map(f64::from));
    most(
        "fewest workers reached (negative)",
        -f64::from(row.limits.1),
        expect.workers_least.map(|n| -f64::from(n)),
    );
    if let Some(right) = row.bottleneck_right_pct {
        most("percent named (negative)", -right, expect.named_least.map(|p| -p));
    }
    out
}

/// The laws of the whole table.
#[must_use]
pub fn all_laws() -> Vec<Law> {
    let ablations = ABLATIONS.iter().map(|a| Law::Ours(Some(a)));
    std::iter::once(Law::Ours(None)).chain(RIVALS.iter().map(|r| Law::Rival(r))).chain(ablations).collect()
}

/// The table for people.
#[must_use]
pub fn render(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<18} {:<16} {:>14} {:>6} {:>6} {:>6} {:>5} {:>6} {:>6} {:>6} {:>6} {:>5} {:>7} {:>7}\n",
        "scenario",
        "law",
        "makespan",
        "worst",
        "self%",
        "impos%",
        "crit",
        "pts",
        "chg/h",
        "later",
        "conv",
        "right",
        "N",
        "best"
    );
    let mut last = "";
    for row in rows {
        let name = if row.scenario == last { "" } else { &row.scenario };
        last = &row.scenario;
        let over = &row.over_line_pct;
        let optional = |x: Option<f64>| x.map_or_else(|| "-".to_owned(), |x| format!("{x:.0}"));
        let _ = writeln!(
            text,
            "{name:<18} {:<16} {:>6.3} ± {:<5.3} {:>6.2} {:>6.2} {:>6.2} {:>5} {:>6.1} {:>6.1} {:>6.1} {:>6} {:>5} {:>7} {:>7}",
            row.law,
            row.relative_makespan.mean,
            row.relative_makespan.interval,
            row.relative_makespan.worst,
            over.own,
            over.imposed,
            over.critical_samples,
            over.worst_points,
            row.changes_per_hour,
            row.changes_per_hour_later,
            optional(row.minutes_to_converge),
            optional(row.bottleneck_right_pct),
            format!("{}-{}", row.limits.0, row.limits.1),
            format!("{}-{}", row.best_fixed.0, row.best_fixed.1),
        );
    }
    text
}
