//! Everything but the number of workers that an operator can set, each with what the run showed about it.

use std::time::Duration;

use super::{
    advice::{Basis, Setting, Workers},
    load::{Cost, quiet_hours},
    morning::Morning,
};
use crate::{
    control::{decision::Measure, decision::Rule, sample::Side},
    lang::{Lang, tell},
    ui::words::{bytes, count, span},
};

pub(super) fn of(morning: &Morning, workers: &Workers, costs: &[Cost], lang: Lang) -> Vec<Setting> {
    vec![
        threads(workers, lang),
        limited_by(workers, lang),
        best_hours(morning, costs, lang),
        window(morning, lang),
        order(morning, lang),
        memory(morning, costs, lang),
        wire_format(morning, lang),
        servers(morning, costs, lang),
    ]
}

/// Seconds as people read them.
pub(super) fn time(seconds: f64) -> String {
    if seconds < 10.0 {
        return format!("{:.1} s", seconds.max(0.0));
    }
    span(Duration::from_secs_f64(seconds.min(1e9)))
}

fn threads(workers: &Workers, lang: Lang) -> Setting {
    let value = match (workers.recommended, workers.low, workers.high) {
        (Some(number), Some(low), Some(high)) if low != high => {
            tell!(lang, "set-threads-range", number = number, low = low, high = high)
        }
        (Some(number), ..) => number.to_string(),
        _ => tell!(lang, "rep-not-measured"),
    };
    Setting { name: tell!(lang, "set-threads"), value, evidence: workers.evidence.clone() }
}

fn limited_by(workers: &Workers, lang: Lang) -> Setting {
    let evidence = match workers.basis {
        Basis::Benchmark => tell!(lang, "set-limited-bench"),
        _ => tell!(lang, "set-limited-night"),
    };
    Setting { name: tell!(lang, "set-limited"), value: workers.limiting.clone(), evidence }
}

fn best_hours(morning: &Morning, costs: &[Cost], lang: Lang) -> Setting {
    let quiet = quiet_hours(&morning.hours, costs);
    let clock = |place: usize| morning.hours[place].hour.get(11..16).unwrap_or("").to_owned();
    let least = quiet.iter().min_by(|a, b| a.1.total_cmp(&b.1));
    let most = quiet.iter().max_by(|a, b| a.1.total_cmp(&b.1));
    let percent = |share: f64| format!("{:.0}", share * 100.0);
    let (value, evidence) = match (least, most) {
        (Some(least), Some(most)) if quiet.len() >= 3 && most.1 - least.1 >= 0.05 => {
            let mut good: Vec<usize> =
                quiet.iter().filter(|hour| hour.1 <= least.1 + 0.03).map(|hour| hour.0).collect();
            good.sort_unstable();
            let list: Vec<String> = good.into_iter().map(clock).collect();
            let (low, high) = (percent(least.1), percent(most.1));
            (
                tell!(lang, "set-hours-from", hours = list.join(", ")),
                tell!(lang, "set-hours-load", low = low, high = high, clock = clock(most.0)),
            )
        }
        (Some(_), Some(_)) if quiet.len() >= 3 => {
            (tell!(lang, "set-hours-any"), tell!(lang, "set-hours-alike", hours = quiet.len()))
        }
        _ => (tell!(lang, "rep-not-measured"), tell!(lang, "set-hours-few")),
    };
    Setting { name: tell!(lang, "set-hours"), value, evidence }
}

fn window(morning: &Morning, lang: Lang) -> Setting {
    let left = &morning.left;
    let mailboxes = count(left.mailboxes);
    let (value, evidence) = match (left.mailboxes, left.seconds) {
        (0, _) => (tell!(lang, "set-window-none"), tell!(lang, "set-window-over")),
        (_, Some(seconds)) => {
            let size = bytes(left.bytes);
            let evidence = match left.nights.map(f64::ceil) {
                None => tell!(lang, "set-window-left", mailboxes = mailboxes, bytes = size),
                Some(runs) => {
                    tell!(lang, "set-window-runs", mailboxes = mailboxes, bytes = size, runs = runs)
                }
            };
            (lang.time(&time(seconds)), evidence)
        }
        (_, None) => (tell!(lang, "rep-not-known"), tell!(lang, "set-window-unknown", mailboxes = mailboxes)),
    };
    Setting { name: tell!(lang, "set-window"), value, evidence }
}

fn order(morning: &Morning, lang: Lang) -> Setting {
    let tail = morning.minutes.iter().rev().take_while(|minute| minute.waiting == 0).count();
    let share = tail as f64 / morning.minutes.len().max(1) as f64;
    let enough = morning.records.iter().any(|decision| decision.rule == Rule::Enough);
    let evidence = match (enough, tail) {
        (true, _) => tell!(lang, "set-order-longest"),
        _ if morning.minutes.len() < 5 => tell!(lang, "set-order-short"),
        (_, 0) => tell!(lang, "set-order-waiting"),
        _ => tell!(lang, "set-order-tail", minutes = tail, share = format!("{:.0}", share * 100.0)),
    };
    Setting { name: tell!(lang, "set-order"), value: tell!(lang, "set-order-is"), evidence }
}

fn memory(morning: &Morning, costs: &[Cost], lang: Lang) -> Setting {
    let dear: Vec<String> = costs
        .iter()
        .filter(|cost| cost.measure == Measure::MemoryUsed)
        .filter_map(|cost| cost.per_worker.filter(|share| *share >= 0.0005).map(|share| (cost.side, share)))
        .map(|(side, share)| {
            tell!(lang, "set-memory-share", side = lang.side(side), share = format!("{:.1}", share * 100.0))
        })
        .collect();
    let measured = if dear.is_empty() {
        tell!(lang, "set-memory-small")
    } else {
        tell!(lang, "set-memory-cost", costs = dear.join(", "))
    };
    let own = morning.report.peak_memory_bytes.map(|peak| tell!(lang, "set-memory-own", peak = bytes(peak)));
    let evidence = own.map_or_else(|| measured.clone(), |own| format!("{measured}; {own}"));
    let value = morning.policy.as_ref().map_or_else(
        || tell!(lang, "rep-not-known"),
        |policy| {
            let most = policy.memory.classes.iter().map(|class| class.reserve_bytes).max().unwrap_or(0);
            tell!(lang, "set-memory-reserved", most = bytes(most))
        },
    );
    Setting { name: tell!(lang, "set-memory"), value, evidence }
}

fn wire_format(morning: &Morning, lang: Lang) -> Setting {
    let name = tell!(lang, "set-wire");
    if let Some(found) = morning.finding.as_ref().and_then(|(_, finding)| finding.wire.as_ref()) {
        let value = tell!(lang, "set-wire-better", format = found.better.as_str());
        return Setting { name, value, evidence: lang.wire(found) };
    }
    let value = match &morning.wire {
        None => tell!(lang, "rep-not-known"),
        Some([source, destination]) => {
            tell!(lang, "set-wire-now", source = source.as_str(), destination = destination.as_str())
        }
    };
    Setting { name, value, evidence: tell!(lang, "set-wire-unmeasured") }
}

fn servers(morning: &Morning, costs: &[Cost], lang: Lang) -> Setting {
    let close = costs.iter().filter(|cost| cost.line > 0.0 && cost.peak >= 0.95 * cost.line);
    let mut look: Vec<String> = close.filter_map(|cost| worth_a_look(cost, lang)).collect();
    if morning.causes.iter().any(|cause| cause.code == "ZP-RUNAWAY") {
        look.push(tell!(lang, "set-servers-runaway"));
    }
    let seen = |wanted: &[Measure]| costs.iter().any(|cost| wanted.contains(&cost.measure));
    let disks = seen(&[Measure::DiskUtilisation, Measure::WriteAwait]);
    let (value, evidence) = match (look.is_empty(), seen(&[Measure::MemoryUsed]) && disks) {
        (true, true) => (tell!(lang, "set-servers-well"), tell!(lang, "set-servers-far")),
        (true, false) => (tell!(lang, "rep-not-measured"), tell!(lang, "set-servers-unread")),
        (false, _) => (tell!(lang, "set-servers-look"), look.join("; ")),
    };
    Setting { name: tell!(lang, "set-servers"), value, evidence }
}

/// What a measure that came near its line asks of the server's settings.
fn worth_a_look(cost: &Cost, lang: Lang) -> Option<String> {
    let side = lang.side(cost.side);
    let (value, line) = (cost.measure.show(cost.peak), cost.measure.show(cost.line));
    Some(match cost.measure {
        Measure::MemoryUsed | Measure::SwapIn if cost.side != Side::Host => {
            tell!(lang, "set-servers-memory", side = side, value = value, line = line)
        }
        Measure::DiskUtilisation | Measure::WriteAwait | Measure::ReadAwait => {
            tell!(lang, "set-servers-disk", side = side, value = value, line = line)
        }
        Measure::SpaceUsed => tell!(lang, "set-servers-space", side = side, value = value, line = line),
        Measure::AnswerTime => tell!(lang, "set-servers-answer", side = side, value = value, line = line),
        _ => return None,
    })
}
