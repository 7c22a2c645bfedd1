//! How many mailboxes at once: as a benchmark found, else where the law settled, else not told.

use std::collections::BTreeMap;

use super::{
    advice::{Basis, Workers},
    morning::Morning,
};
use crate::{
    control::{
        decision::{Decision, Rule},
        finding::{Finding, Recommended},
        policy::LimitPolicy,
    },
    lang::{Lang, tell},
};

pub(super) fn of(morning: &Morning, lang: Lang) -> Workers {
    if let Some((when, finding @ Finding { recommended: Some(best), .. })) = &morning.finding {
        return benchmarked(when, finding, best, lang);
    }
    let limiting = limiting(morning, lang);
    let fixed = morning.policy.as_ref().map(|policy| policy.limit);
    if let Some(LimitPolicy::Fixed(number)) = fixed {
        return Workers {
            limiting,
            evidence: tell!(lang, "threads-held", number = number),
            ..Workers::default()
        };
    }
    let mut limits: Vec<u32> =
        morning.minutes.iter().filter(|minute| minute.waiting > 0).map(|minute| minute.limit).collect();
    // The first half is the climb.
    limits.drain(..limits.len() / 2);
    limits.sort_unstable();
    let share = |share: f64| limits[((limits.len() - 1) as f64 * share).round() as usize];
    if limits.len() < 5 {
        return Workers { limiting, evidence: tell!(lang, "threads-short"), ..Workers::default() };
    }
    let (low, middle, high) = (share(0.05), share(0.5), share(0.95));
    Workers {
        recommended: Some(middle),
        low: Some(low),
        high: Some(high),
        basis: Basis::Night,
        limiting,
        evidence: tell!(lang, "threads-night", middle = middle, low = low, high = high),
    }
}

fn benchmarked(when: &str, finding: &Finding, best: &Recommended, lang: Lang) -> Workers {
    Workers {
        recommended: Some(best.workers),
        low: Some(best.low),
        high: Some(best.high),
        basis: Basis::Benchmark,
        limiting: lang.limiting(&best.limiting),
        evidence: tell!(
            lang,
            "threads-benchmarked",
            when = when,
            workers = best.workers,
            low = best.low,
            high = best.high,
            share = format!("{:.0}", best.share_of_best * 100.0),
            blocks = finding.blocks,
            minutes = format!("{:.0}", finding.minutes),
        ),
    }
}

/// What the law most often named as the reason not to grow, in the run's second half.
fn limiting(morning: &Morning, lang: Lang) -> String {
    // Counted by English names: whichever of two equals comes first must not hang on the language.
    let mut named: BTreeMap<String, (u32, String)> = BTreeMap::new();
    for decision in morning.records.iter().skip(morning.records.len() / 2) {
        let Some(name) = cause(decision, Lang::En) else { continue };
        let told = || (0, cause(decision, lang).unwrap_or_default());
        named.entry(name).or_insert_with(told).0 += 1;
    }
    match named.into_values().max_by_key(|(times, _)| *times) {
        Some((times, name)) => tell!(lang, "limited-named", name = name, times = times),
        None if morning.records.is_empty() => tell!(lang, "rep-not-measured"),
        None => tell!(lang, "limited-nothing"),
    }
}

/// What a decision names as the reason not to grow.
fn cause(decision: &Decision, lang: Lang) -> Option<String> {
    match (decision.side, decision.resource, decision.rule) {
        (_, _, Rule::Begin | Rule::Try | Rule::Kept | Rule::Fewer | Rule::Climb | Rule::SideBack) => None,
        (_, _, Rule::Enough) => Some(tell!(lang, "limited-longest")),
        (_, _, Rule::Knee | Rule::Undone) => Some(tell!(lang, "limited-knee")),
        (_, _, Rule::Cap) => Some("max_workers".to_owned()),
        (Some(side), Some(resource), _) => {
            Some(tell!(lang, "limited-by", side = lang.side(side), resource = lang.resource(resource)))
        }
        _ => None,
    }
}
