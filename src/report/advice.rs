//! What to set, and why: each value with its evidence, and what was not measured said so.

use serde::Serialize;

use super::{
    caps::{self, Cap},
    load::{self, Cost},
    morning::Morning,
    settings,
};
use crate::control::{
    decision::{Measure, Rule},
    finding::{CurvePoint, Finding},
    policy::LimitPolicy,
    sample::Side,
};

/// Numbers of workers people ask about.
const ASKED: [u32; 2] = [10, 20];

/// The recommended settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Advice {
    /// How many mailboxes at once.
    pub workers: Workers,
    /// Everything else that can be set, in words.
    pub settings: Vec<Setting>,
    /// What is left below each line at that number of workers.
    pub headroom: Vec<Headroom>,
    /// Would more be faster?
    pub questions: Vec<Question>,
    /// Work rate against workers.
    pub curve: Vec<CurveLine>,
    /// Zimbra's own caps.
    pub caps: Vec<Cap>,
    /// What all this does not speak of.
    pub not_covered: Vec<String>,
}

/// How many mailboxes at once.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Workers {
    /// The number; `None` when nothing tells it.
    pub recommended: Option<u32>,
    /// Lower end of its interval: 95 % of a benchmark, or nine minutes in ten of a night.
    pub low: Option<u32>,
    /// Upper end.
    pub high: Option<u32>,
    /// What it rests on.
    pub basis: Basis,
    /// What limits, in words.
    pub limiting: String,
    /// In words.
    pub evidence: String,
}

/// What a recommendation rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Randomised blocks of `zmpace bench`.
    Benchmark,
    /// Where the law settled in this run.
    Night,
    /// Nothing.
    #[default]
    NotMeasured,
}

/// One thing that can be set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// What.
    pub name: &'static str,
    /// To which value.
    pub value: String,
    /// Why.
    pub evidence: String,
}

/// One line at the recommended number of workers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Headroom {
    /// The machine.
    pub side: Side,
    /// What was measured.
    pub measure: Measure,
    /// Its value there: predicted where a cost is known, else the highest minute of the run.
    pub value: f64,
    /// Whether it is predicted.
    pub predicted: bool,
    /// What one worker costs, where it is known.
    pub per_worker: Option<f64>,
    /// Its soft line.
    pub line: f64,
    /// Line minus value as a share of the line; negative is over.
    pub headroom: f64,
}

/// Would so many be faster?
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Question {
    /// So many.
    pub workers: u32,
    /// The answer.
    pub answer: String,
}

/// Work rate at one number of workers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CurveLine {
    /// The number.
    pub workers: u32,
    /// Useful work per second, in undisturbed workers.
    pub work_rate: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Whether every line held; `None` where that was not judged.
    pub lawful: Option<bool>,
    /// What it rests on.
    pub basis: Basis,
}

impl Advice {
    pub(super) fn of(morning: &Morning, wire: Option<&[String; 2]>) -> Self {
        let costs = load::costs(&morning.minutes);
        let workers = workers(morning);
        Self {
            settings: settings::of(morning, &workers, &costs, wire),
            headroom: headroom(&costs, workers.recommended),
            questions: ASKED.map(|asked| question(morning, asked)).into(),
            curve: curve(morning),
            caps: caps::of(morning),
            not_covered: not_covered(morning, &workers),
            workers,
        }
    }
}

fn workers(morning: &Morning) -> Workers {
    if let Some((when, Finding { recommended: Some(best), blocks, minutes, .. })) = &morning.finding {
        return Workers {
            recommended: Some(best.workers),
            low: Some(best.low),
            high: Some(best.high),
            basis: Basis::Benchmark,
            limiting: best.limiting.clone(),
            evidence: format!(
                "benchmark of {when}: {} ({} to {} with 95 % certainty), {:.0} % of the best work rate within the \
                 lines; {blocks} randomised blocks in {minutes:.0} min",
                best.workers,
                best.low,
                best.high,
                best.share_of_best * 100.0
            ),
        };
    }
    let limiting = limiting(morning);
    let fixed = morning.policy.as_ref().map(|policy| policy.limit);
    if let Some(LimitPolicy::Fixed(number)) = fixed {
        let evidence = format!(
            "not measured: this run was held at {number} by the operator, so nothing was compared; \
             `zmpace run` without --workers or `zmpace bench` would tell"
        );
        return Workers { limiting, evidence, ..Workers::default() };
    }
    let mut limits: Vec<u32> =
        morning.minutes.iter().filter(|minute| minute.waiting > 0).map(|minute| minute.limit).collect();
    // The first half is the climb.
    limits.drain(..limits.len() / 2);
    limits.sort_unstable();
    let share = |share: f64| limits[((limits.len() - 1) as f64 * share).round() as usize];
    if limits.len() < 5 {
        let evidence = "not measured: too few minutes with mailboxes waiting; `zmpace bench` measures it";
        return Workers { limiting, evidence: evidence.to_owned(), ..Workers::default() };
    }
    let (low, middle, high) = (share(0.05), share(0.5), share(0.95));
    Workers {
        recommended: Some(middle),
        low: Some(low),
        high: Some(high),
        basis: Basis::Night,
        limiting,
        evidence: format!(
            "not benchmarked: the law settled at {middle} ({low} to {high} in nine minutes of ten) while mailboxes \
             were waiting; `zmpace bench` would put a number and an interval to it"
        ),
    }
}

/// What the law most often named as the reason not to grow, in the run's second half.
fn limiting(morning: &Morning) -> String {
    let decisions = &morning.report.decisions;
    let refuses = |rule: &Rule| {
        !matches!(rule, Rule::Begin | Rule::Try | Rule::Kept | Rule::Fewer | Rule::Climb | Rule::SideBack)
    };
    let mut named: std::collections::BTreeMap<String, u32> = std::collections::BTreeMap::new();
    let later = decisions.iter().zip(&morning.rules).skip(decisions.len() / 2);
    for (decision, rule) in later.filter(|(_, rule)| refuses(rule)) {
        let name = match (decision.side, decision.resource, rule) {
            (_, _, Rule::Enough) => "the longest mailbox".to_owned(),
            (_, _, Rule::Knee | Rule::Undone) => "no gain from one more".to_owned(),
            (_, _, Rule::Cap) => "max_workers".to_owned(),
            (Some(side), Some(resource), _) => format!("{side} {}", resource.word()),
            _ => continue,
        };
        *named.entry(name).or_default() += 1;
    }
    match named.into_iter().max_by_key(|(_, times)| *times) {
        Some((name, times)) => format!("{name} (named in {times} of the later decisions)"),
        None if decisions.is_empty() => "not measured".to_owned(),
        None => "no machine was near a line".to_owned(),
    }
}

fn headroom(costs: &[Cost], workers: Option<u32>) -> Vec<Headroom> {
    costs
        .iter()
        .filter(|cost| cost.line > 0.0)
        .map(|cost| {
            let predicted = workers.and_then(|workers| cost.at(f64::from(workers)));
            let value = predicted.unwrap_or(cost.peak);
            Headroom {
                side: cost.side,
                measure: cost.measure,
                value,
                predicted: predicted.is_some(),
                per_worker: cost.per_worker,
                line: cost.line,
                headroom: 1.0 - value / cost.line,
            }
        })
        .collect()
}

fn curve(morning: &Morning) -> Vec<CurveLine> {
    if let Some((_, finding)) = &morning.finding {
        let line = |point: &CurvePoint| CurveLine {
            workers: point.workers,
            work_rate: point.work_rate,
            low: point.low,
            high: point.high,
            lawful: Some(point.lawful),
            basis: Basis::Benchmark,
        };
        return finding.curve.iter().map(line).collect();
    }
    load::work_by_workers(&morning.minutes)
        .into_iter()
        .map(|(workers, level)| {
            let (low, high) = level.interval();
            let low = low.max(0.0);
            CurveLine { workers, work_rate: level.mean, low, high, lawful: None, basis: Basis::Night }
        })
        .collect()
}

fn question(morning: &Morning, asked: u32) -> Question {
    let answer = match &morning.finding {
        Some((_, finding)) => from_curve(finding, asked),
        None => not_measured(morning, asked),
    };
    Question { workers: asked, answer }
}

fn not_measured(morning: &Morning, asked: u32) -> String {
    let seen = || morning.minutes.iter().map(|minute| minute.running).filter(|running| *running > 0);
    let ran = match (seen().min(), seen().max()) {
        (Some(least), Some(most)) if least == most => format!("this run worked with {least}"),
        (Some(least), Some(most)) => format!("this run worked with {least} to {most}"),
        _ => "this run is too short to tell".to_owned(),
    };
    format!("not measured: {ran}, and nothing was compared at {asked}; `zmpace bench` answers it")
}

/// From the fitted curve, with its interval. Both ends are taken at their worst, so the interval errs on the
/// wide side.
fn from_curve(finding: &Finding, asked: u32) -> String {
    let Some(best) = &finding.recommended else {
        return "not answered: not even one worker stayed within the lines".to_owned();
    };
    let point = |workers: u32| finding.curve.iter().find(|point| point.workers == workers);
    let Some(base) = point(best.workers).filter(|base| base.work_rate > 0.0 && base.low > 0.0) else {
        return "not measured: the curve lacks the recommended number".to_owned();
    };
    let percent = |ratio: f64| (ratio - 1.0) * 100.0;
    if asked == best.workers {
        return format!("{asked} is the recommendation itself");
    }
    if let Some(there) = point(asked) {
        let (low, high) = (percent(there.low / base.high), percent(there.high / base.low));
        let gain = percent(there.work_rate / base.work_rate);
        let verdict = match (low > 0.0, high < 0.0, there.lawful) {
            (_, _, false) => "no, it crosses a line",
            (true, _, true) => "yes",
            (_, true, true) => "no, slower",
            _ => "no difference beyond noise",
        };
        let line = there.tightest.as_ref().map_or_else(String::new, |(name, of_line)| {
            format!("; {name} would be at {:.0} % of its line", of_line * 100.0)
        });
        return format!(
            "{verdict}: {gain:+.0} % of work against {} ({low:+.0} to {high:+.0} %){line}",
            best.workers
        );
    }
    beyond(finding, base, asked)
}

/// A number that was not measured: a concave curve lies below the line through any two of its points.
fn beyond(finding: &Finding, base: &CurvePoint, asked: u32) -> String {
    let below: Vec<&CurvePoint> = finding.curve.iter().filter(|point| point.workers < asked).collect();
    let above = finding.curve.iter().find(|point| point.workers > asked);
    match (below.as_slice(), above) {
        ([.., last], Some(next)) => {
            let share = f64::from(asked - last.workers) / f64::from(next.workers - last.workers);
            let rate = last.work_rate + share * (next.work_rate - last.work_rate);
            format!(
                "not measured itself; between {} and {} the fitted curve gives {:+.0} % of work against {}",
                last.workers,
                next.workers,
                (rate / base.work_rate - 1.0) * 100.0,
                base.workers
            )
        }
        ([.., before, last], None) => {
            let slope = (last.work_rate - before.work_rate) / f64::from(last.workers - before.workers);
            let most = last.work_rate + slope.max(0.0) * f64::from(asked - last.workers);
            let law = if last.lawful { "" } else { ", and that many already crossed a line" };
            format!(
                "not measured (the most tried was {}{law}); the fitted curve flattens, so it could bring {:+.0} % at best \
                 against {}",
                last.workers,
                (most / base.work_rate - 1.0) * 100.0,
                base.workers
            )
        }
        _ => "not measured".to_owned(),
    }
}

fn not_covered(morning: &Morning, workers: &Workers) -> Vec<String> {
    let mut list = vec![
        "other hours than those seen, and backups or index runs that did not fall into them".to_owned(),
        "mailboxes unlike those moved so far: many small items cost more than their bytes tell".to_owned(),
        "another destination, other disks, or another version of Zimbra".to_owned(),
    ];
    match (&morning.finding, workers.basis) {
        (Some((_, finding)), _) => {
            let rest: Vec<String> =
                finding.at_rest.iter().map(|(side, busy)| format!("{side} {:.0} %", busy * 100.0)).collect();
            if !rest.is_empty() {
                list.push(format!("servers busier at rest than during the benchmark ({})", rest.join(", ")));
            }
        }
        (None, Basis::Night) => {
            list.push("whether fewer or more would have been as fast: a night is no experiment".to_owned());
        }
        _ => {}
    }
    list
}
