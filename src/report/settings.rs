//! Everything but the number of workers that an operator can set, each with what the run showed about it.

use std::time::Duration;

use super::{
    advice::{Basis, Setting, Workers},
    load::{Cost, quiet_hours},
    morning::Morning,
};
use crate::{
    control::{decision::Measure, decision::Rule, sample::Side},
    ui::words::{bytes, count, span},
};

pub(super) fn of(
    morning: &Morning,
    workers: &Workers,
    costs: &[Cost],
    wire: Option<&[String; 2]>,
) -> Vec<Setting> {
    let number = match (workers.recommended, workers.low, workers.high) {
        (Some(number), Some(low), Some(high)) if low != high => format!("{number} ({low} to {high})"),
        (Some(number), ..) => number.to_string(),
        _ => "not measured".to_owned(),
    };
    let limiting = match workers.basis {
        Basis::Benchmark => "what kept more workers from helping in the benchmark",
        _ => "what the law's decisions named most often once it had climbed",
    };
    let setting = |name, value: String, evidence: String| Setting { name, value, evidence };
    vec![
        setting("threads", number, workers.evidence.clone()),
        setting("limited by", workers.limiting.clone(), limiting.to_owned()),
        best_hours(morning, costs),
        window(morning),
        order(morning),
        memory(morning, costs),
        wire_format(morning, wire),
        servers(morning, costs),
    ]
}

/// Seconds as people read them.
pub(super) fn time(seconds: f64) -> String {
    if seconds < 10.0 {
        return format!("{:.1} s", seconds.max(0.0));
    }
    span(Duration::from_secs_f64(seconds.min(1e9)))
}

fn best_hours(morning: &Morning, costs: &[Cost]) -> Setting {
    let name = "best hours";
    let quiet = quiet_hours(&morning.hours, costs);
    let clock = |place: usize| morning.hours[place].hour.get(11..16).unwrap_or("").to_owned();
    let least = quiet.iter().min_by(|a, b| a.1.total_cmp(&b.1));
    let most = quiet.iter().max_by(|a, b| a.1.total_cmp(&b.1));
    match (least, most) {
        (Some(least), Some(most)) if quiet.len() >= 3 && most.1 - least.1 >= 0.05 => {
            let mut good: Vec<usize> =
                quiet.iter().filter(|hour| hour.1 <= least.1 + 0.03).map(|hour| hour.0).collect();
            good.sort_unstable();
            let list: Vec<String> = good.into_iter().map(clock).collect();
            Setting {
                name,
                value: format!("from {}", list.join(", ")),
                evidence: format!(
                    "without our work the busier server's processors were at {:.0} % then, and at {:.0} % from {}",
                    least.1 * 100.0,
                    most.1 * 100.0,
                    clock(most.0)
                ),
            }
        }
        (Some(_), Some(_)) if quiet.len() >= 3 => Setting {
            name,
            value: "any of those seen".to_owned(),
            evidence: format!(
                "the servers' own load differed by less than 5 points over {} hours",
                quiet.len()
            ),
        },
        _ => Setting {
            name,
            value: "not measured".to_owned(),
            evidence: "three hours seen for half an hour or more are needed".to_owned(),
        },
    }
}

fn window(morning: &Morning) -> Setting {
    let left = &morning.left;
    let (value, evidence) = match (left.mailboxes, left.seconds) {
        (0, _) => ("none".to_owned(), "every mailbox has reached its last state".to_owned()),
        (mailboxes, Some(seconds)) => {
            let nights = left
                .nights
                .map_or_else(String::new, |nights| format!("; {} more of this run's length", nights.ceil()));
            let what = format!("{} mailboxes, {}", count(mailboxes), bytes(left.bytes));
            (time(seconds), format!("{what} are left, at this run's pace{nights}"))
        }
        (mailboxes, None) => (
            "not known".to_owned(),
            format!("{} mailboxes are left; too few have ended to tell a pace", count(mailboxes)),
        ),
    };
    Setting { name: "window still needed", value, evidence }
}

fn order(morning: &Morning) -> Setting {
    let tail = morning.minutes.iter().rev().take_while(|minute| minute.waiting == 0).count();
    let share = tail as f64 / morning.minutes.len().max(1) as f64;
    let enough = morning.rules.iter().any(|rule| matches!(rule, Rule::Enough));
    let evidence = match (enough, tail) {
        (true, _) => {
            "the longest mailbox ended after everything else: begin with it, or accept its length".to_owned()
        }
        _ if morning.minutes.len() < 5 => "the run is too short to tell a better one".to_owned(),
        (_, 0) => "mailboxes were waiting until the end of what is known".to_owned(),
        _ => format!(
            "nothing was waiting any more for the last {tail} min, {:.0} % of the run: no large one was left over",
            share * 100.0
        ),
    };
    Setting {
        name: "order",
        value: "largest first, one worker in four takes the smallest".to_owned(),
        evidence,
    }
}

fn memory(morning: &Morning, costs: &[Cost]) -> Setting {
    let dear: Vec<String> = costs
        .iter()
        .filter(|cost| cost.measure == Measure::MemoryUsed)
        .filter_map(|cost| cost.per_worker.filter(|share| *share >= 0.0005).map(|share| (cost.side, share)))
        .map(|(side, share)| format!("{side} {:.1} % of its memory", share * 100.0))
        .collect();
    let own =
        morning.report.peak_memory_bytes.map(|peak| format!("zmpace itself took {} at most", bytes(peak)));
    let measured = if dear.is_empty() {
        "a worker's share of the servers' memory was too small or too steady to be told".to_owned()
    } else {
        format!("one worker cost {}", dear.join(", "))
    };
    let evidence = own.map_or_else(|| measured.clone(), |own| format!("{measured}; {own}"));
    let value = morning.policy.as_ref().map_or_else(
        || "not known".to_owned(),
        |policy| {
            let most = policy.memory.classes.iter().map(|class| class.reserve_bytes).max().unwrap_or(0);
            format!("up to {} reserved on each server for one mailbox", bytes(most))
        },
    );
    Setting { name: "memory per worker", value, evidence }
}

fn wire_format(morning: &Morning, wire: Option<&[String; 2]>) -> Setting {
    let name = "wire format";
    if let Some(found) = morning.finding.as_ref().and_then(|(_, finding)| finding.wire.as_ref()) {
        let value = format!("{} from the source", found.better);
        return Setting { name, value, evidence: found.reason.clone() };
    }
    let value = wire.map_or_else(
        || "not known".to_owned(),
        |[source, destination]| {
            format!("{source} from the source, {destination} into the destination (as set now)")
        },
    );
    Setting { name, value, evidence: "not compared: `zmpace bench` compares tar with tgz".to_owned() }
}

fn servers(morning: &Morning, costs: &[Cost]) -> Setting {
    let mut look = Vec::new();
    for cost in costs.iter().filter(|cost| cost.line > 0.0 && cost.peak >= 0.95 * cost.line) {
        let side = cost.side;
        let at = format!("{} of {}", cost.measure.show(cost.peak), cost.measure.show(cost.line));
        match cost.measure {
            Measure::MemoryUsed | Measure::SwapIn if side != Side::Host => look.push(format!(
                "{side} memory reached {at}: is the heap too large beside MariaDB and the page cache? \
                 `zmlocalconfig mailboxd_java_heap_size innodb_buffer_pool_size`"
            )),
            Measure::DiskUtilisation | Measure::WriteAwait | Measure::ReadAwait => look.push(format!(
                "{side} disk reached {at}: store, index, database and redo log on separate disks; `df /opt/zimbra/*`"
            )),
            Measure::SpaceUsed => look.push(format!("{side} space reached {at}: `df /opt/zimbra/*`")),
            Measure::AnswerTime => look.push(format!(
                "{side} answered in up to {at}: garbage collection? `zmlocalconfig mailboxd_java_heap_size`"
            )),
            _ => {}
        }
    }
    if morning.causes.iter().any(|cause| cause.code == "ZP-RUNAWAY") {
        look.push("an import ran on by itself on the destination: `zmmailboxdctl restart` there".to_owned());
    }
    let seen = |wanted: &[Measure]| costs.iter().any(|cost| wanted.contains(&cost.measure));
    let disks = seen(&[Measure::DiskUtilisation, Measure::WriteAwait]);
    let (value, evidence) = match (look.is_empty(), seen(&[Measure::MemoryUsed]) && disks) {
        (true, true) => {
            ("nothing to change", "no memory, disk or answer time came within 5 % of its line".to_owned())
        }
        (true, false) => ("not measured", "memory and disks were not read long enough".to_owned()),
        (false, _) => ("worth a look", look.join("; ")),
    };
    Setting { name: "heap and servers", value: value.to_owned(), evidence }
}
