//! What to set, and why: each value with its evidence, and what was not measured said so.

use serde::Serialize;

use super::{
    answers,
    caps::{self, Cap},
    load::{self, Cost},
    morning::Morning,
    number, settings,
};
use crate::{
    control::{decision::Measure, finding::CurvePoint, sample::Side},
    lang::{Lang, tell},
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
    pub name: String,
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
    /// In a language; JSON has it in English.
    pub(super) fn of(morning: &Morning, lang: Lang) -> Self {
        let costs = load::costs(&morning.minutes);
        let workers = number::of(morning, lang);
        Self {
            settings: settings::of(morning, &workers, &costs, lang),
            headroom: headroom(&costs, workers.recommended),
            questions: ASKED.map(|asked| answers::question(morning, asked, lang)).into(),
            curve: curve(morning),
            caps: caps::of(morning, lang),
            not_covered: not_covered(morning, &workers, lang),
            workers,
        }
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

fn not_covered(morning: &Morning, workers: &Workers, lang: Lang) -> Vec<String> {
    let mut list = vec![
        tell!(lang, "uncovered-hours"),
        tell!(lang, "uncovered-mailboxes"),
        tell!(lang, "uncovered-servers"),
    ];
    match (&morning.finding, workers.basis) {
        (Some((_, finding)), _) if !finding.at_rest.is_empty() => {
            list.push(tell!(lang, "uncovered-busier", rest = lang.at_rest(finding)));
        }
        (None, Basis::Night) => list.push(tell!(lang, "uncovered-night")),
        _ => {}
    }
    list
}
