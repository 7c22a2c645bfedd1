//! The report on made-up nights: what it advises, what it never says, how large its page is.

mod indonesian;

use std::{collections::BTreeMap, time::Duration};

use jiff::tz::TimeZone;

use super::{
    facts::{AccountFacts, AttemptFacts, RunFacts},
    *,
};
use crate::control::{
    decision::{Measure, Phase, Rule, Step},
    finding::{CurvePoint, Finding, Mode, Moved, Recommended, Stopped},
    policy::{LimitPolicy, Policy},
    view::{Accounts as Counts, Gauge, Machine, Minute, View},
};

const START_MS: i64 = 1_795_438_800_000; // 2026-11-23T13:00Z

/// Everything a spreadsheet, a browser or a terminal might take for more than a name.
pub(crate) const HOSTILE: [&str; 6] = [
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>@old.example",
    "\"><img src=http://evil.example/x onerror=alert(1)>",
    "a|b](http://evil.example)\n# @all",
    "\u{1b}[31mred\u{9b}32m\u{202e}gpj.exe",
    "+1-2@x'`${7*7}`",
];

fn facts() -> RunFacts {
    RunFacts {
        id: 2,
        version: "0.1.0".to_owned(),
        started_ms: START_MS,
        ended_ms: Some(START_MS + 4 * 3_600_000),
        ending: Some(Ending::Done),
        running: false,
        policy: Some(Policy { max_workers: 10, ..Policy::for_tests() }),
        findings: Vec::new(),
        wire: Some(["tar".to_owned(), "tar".to_owned()]),
        in_doubt: 0,
        now_ms: START_MS + 5 * 3_600_000,
        zone: TimeZone::UTC,
    }
}

/// A minute with so many workers, each at 5 points of the destination's processors over a load of its own.
fn minute(at: u32, running: u32, own: f64) -> Minute {
    let value = own + 0.05 * f64::from(running);
    let gauge = Gauge { measure: Measure::CpuBusy, fast: value, slow: value, line: 0.8, critical: None };
    let machine = |side, gauges| Machine { side, sample_age: Some(Duration::from_secs(1)), gauges };
    let summary = Summary {
        accounts: Counts::default(),
        items: u64::from(at) * 100,
        bytes: u64::from(at) * 1_000_000,
        makespan: Duration::from_secs(u64::from(at) * 60),
        limit_min: 1,
        limit_max: 8,
        limit_final: running,
        decisions: 3,
        changes: 2,
        over_line_s: [("destination.cpu".to_owned(), 30.0)].into(),
        observed: Duration::from_secs(u64::from(at) * 60),
    };
    let view = View {
        phase: Phase::Measure,
        limit: running,
        accounts: Counts { total: 50, waiting: 20, ..Counts::default() },
        running,
        parked: 0,
        items: summary.items,
        bytes: summary.bytes,
        work_rate: f64::from(running) * 0.8,
        efficiency: Some(0.8),
        bytes_per_s: 1e6,
        items_per_s: 10.0,
        mailboxes_per_h: 60.0,
        eta: None,
        machines: vec![machine(Side::Source, vec![]), machine(Side::Destination, vec![gauge])],
        bottleneck: None,
        last_decision: None,
        elapsed: summary.makespan,
    };
    Minute {
        at_s: f64::from(at) * 60.0,
        wall_ms: START_MS + i64::from(at) * 60_000,
        view,
        summary,
        tokens_renewed: [1, 0],
        peak_memory_bytes: Some(30_000_000),
    }
}

fn decision(at_s: f64, from: u32, to: u32, rule: Rule) -> Decision {
    Decision {
        at_s,
        from,
        to,
        step: if to > from { Step::Grow } else { Step::Hold },
        rule,
        phase: Phase::Measure,
        side: Some(Side::Destination),
        resource: Some(Resource::Cpu),
        measure: Some(Measure::CpuBusy),
        value: Some(0.7),
        line: Some(0.8),
        predicted: Some(0.82),
        marginal: None,
        background: None,
        work_before: None,
        work_after: None,
        standard_error: None,
        needed: None,
        sample_age_s: None,
        next_look_s: None,
        why: None,
    }
}

fn account(id: u32, name: &str, bytes: u64, state: AccountState) -> AccountFacts {
    AccountFacts {
        id,
        source: name.to_owned(),
        bytes,
        state,
        attempts: 1,
        items: 10,
        baseline_items: Some(2),
    }
}

fn attempt(id: u32, at_s: i64, bytes: u64) -> AttemptFacts {
    AttemptFacts {
        account: id,
        run: 2,
        started_ms: START_MS + at_s * 1000,
        ended_ms: Some(START_MS + (at_s + 60) * 1000),
        moved: true,
        items: 10,
        bytes,
        differences: 0,
        active_s: 50.0,
        code: None,
        source_items: 10,
        destination_items: 12,
    }
}

/// Four hours, the third one busy by itself; `number` mailboxes, the first few with hostile names and failed.
fn night(facts: RunFacts, number: u32) -> Morning {
    let mut fold = Fold::new(facts);
    for at in 1..=240 {
        fold.minute(minute(at, 4 + at % 5, if (120..180).contains(&at) { 0.4 } else { 0.1 }));
    }
    fold.decision(&decision(30.0, 0, 1, Rule::Begin));
    fold.decision(&decision(90.0, 1, 2, Rule::Try));
    fold.decision(&decision(300.0, 8, 8, Rule::Guard));
    for id in 1..=number {
        let bad = (id as usize) <= HOSTILE.len().min(number as usize / 2);
        let name = if bad { HOSTILE[id as usize - 1].to_owned() } else { format!("user{id:06}@old.example") };
        let state = if bad { AccountState::Failed } else { AccountState::Verified };
        fold.account(account(id, &name, u64::from(id) * 7919, state));
    }
    for id in 1..=number {
        let mut made = attempt(id, i64::from(id % 14_000), u64::from(id) * 8000);
        if (id as usize) <= HOSTILE.len().min(number as usize / 2) {
            (made.moved, made.code) = (false, Some("ZP-BUSY".to_owned()));
        }
        fold.attempt(&made);
    }
    for (place, name) in HOSTILE.iter().enumerate().take(number as usize / 2) {
        let failure = FailureLine {
            account: (*name).to_owned(),
            code: "ZP-BUSY".to_owned(),
            cause: format!("destination: refused {name}"),
            next: "zmpace run".to_owned(),
        };
        fold.failure(place as u32 + 1, failure);
    }
    fold.finish()
}

fn finding() -> Finding {
    let point = |workers, work_rate: f64, lawful| CurvePoint {
        workers,
        work_rate,
        low: work_rate * 0.97,
        high: work_rate * 1.03,
        lawful,
        tightest: Some(("destination CPU".to_owned(), 0.9)),
    };
    Finding {
        recommended: Some(Recommended {
            workers: 6,
            low: 5,
            high: 7,
            limiting: "destination CPU".to_owned(),
            share_of_best: 0.99,
        }),
        curve: vec![point(2, 1.9, true), point(6, 4.8, true), point(8, 4.85, true), point(10, 5.2, false)],
        distinguishable: true,
        mode: Mode::EndToEnd,
        stopped: Stopped::Certain,
        blocks: 6,
        minutes: 38.0,
        moved: Moved { accounts: 90, bytes: 1 << 30 },
        at_rest: vec![("source".to_owned(), 0.1)],
        wire: None,
    }
}

fn setting<'a>(morning: &'a Morning, name: &str) -> &'a Setting {
    morning.advice.settings.iter().find(|setting| setting.name == name).unwrap()
}

fn answer(morning: &Morning, workers: u32) -> &str {
    &morning.advice.questions.iter().find(|question| question.workers == workers).unwrap().answer
}

#[test]
fn without_a_benchmark_nothing_is_said_to_be_measured() {
    let morning = night(facts(), 50);
    let workers = &morning.advice.workers;
    assert_eq!((workers.basis, workers.recommended), (Basis::Night, Some(6)), "{workers:?}");
    assert!(workers.evidence.starts_with("not benchmarked"), "{workers:?}");
    assert!(workers.limiting.contains("destination cpu"), "{workers:?}");
    for asked in [10, 20] {
        assert!(answer(&morning, asked).starts_with("not measured: this run worked with 4 to 8"));
    }
    assert!(morning.zmztozmig().unwrap().ends_with("\nThreads=6\n"));
    let fixed =
        RunFacts { policy: Some(Policy { limit: LimitPolicy::Fixed(5), ..Policy::for_tests() }), ..facts() };
    let held = night(fixed, 10);
    assert_eq!((held.advice.workers.recommended, held.zmztozmig()), (None, None));
    assert!(held.advice.workers.evidence.starts_with("not measured"));
}

#[test]
fn a_benchmark_answers_with_its_interval() {
    let morning = night(RunFacts { findings: vec![(START_MS, finding())], ..facts() }, 50);
    let workers = &morning.advice.workers;
    assert_eq!((workers.basis, workers.low, workers.high), (Basis::Benchmark, Some(5), Some(7)));
    let ten = answer(&morning, 10);
    assert!(ten.starts_with("no, it crosses a line: +8 % of work against 6 (+2 to +15 %)"), "{ten}");
    let twenty = answer(&morning, 20);
    assert!(
        twenty.starts_with("not measured (the most tried was 10, and that many already crossed"),
        "{twenty}"
    );
    let fragment = morning.zmztozmig().unwrap();
    assert!(fragment.contains("6 (5 to 7) threads: benchmarked") && fragment.ends_with("Threads=6\n"));
    // zmztozmig reads `#` in the first column as a comment and everything else as a setting.
    assert!(fragment.lines().all(|line| line.starts_with('#') || line == "Threads=6"), "{fragment}");
}

#[test]
fn the_quiet_hours_are_told_from_our_own_load() {
    let morning = night(facts(), 50);
    let hours = setting(&morning, "best hours");
    assert_eq!(hours.value, "from 13:00, 14:00, 16:00", "{hours:?}");
    assert!(hours.evidence.contains("10 % then, and at 40 % from 15:00"), "{hours:?}");
    let cpu = morning.advice.headroom.iter().find(|line| line.measure == Measure::CpuBusy).unwrap();
    assert!(cpu.predicted && (cpu.per_worker.unwrap() - 0.05).abs() < 0.002, "{cpu:?}");
}

#[test]
fn what_failed_is_told_with_its_command_and_caps_with_theirs() {
    let morning = night(facts(), 50);
    assert_eq!((morning.causes[0].mailboxes, morning.causes[0].attempts), (6, 6));
    let dos = &morning.advice.caps[1];
    assert!(dos.met && dos.commands[0].starts_with("zmprov mcf +zimbraHttpThrottleSafeIPs"), "{dos:?}");
    let token = &morning.advice.caps[2];
    assert!(token.met && token.evidence.contains("1 times on the source"), "{token:?}");
    let text = morning.text(Lang::En);
    for words in
        ["44 of 50 mailboxes", "ZP-BUSY: 6 mailboxes left", "next: zmpace run", "destination cpu 30 s"]
    {
        assert!(text.contains(words), "no `{words}` in {text}");
    }
    let summary = text.split("\n\n").next().unwrap();
    assert!(summary.lines().count() <= 22, "{summary}");
    let line = morning.mailboxes.last().unwrap();
    assert_eq!((line.items_expected, line.items_moved, line.items_verified), (Some(10), 10, Some(10)));
}

#[test]
fn what_is_left_is_told_in_time_and_nights() {
    let mut fold = Fold::new(RunFacts { ending: Some(Ending::Stopped), ..facts() });
    fold.minute(minute(100, 5, 0.1));
    for id in 1..=30 {
        let state = if id <= 10 { AccountState::Verified } else { AccountState::Waiting };
        fold.account(account(id, &format!("u{id}"), 10_000_000, state));
    }
    for id in 1..=10 {
        fold.attempt(&attempt(id, i64::from(id), 10_000_000));
    }
    let morning = fold.finish();
    assert_eq!((morning.left.mailboxes, morning.left.bytes), (20, 200_000_000));
    // 100 MB and 10 mailboxes took 100 minutes; 200 MB and 20 mailboxes take twice that.
    assert!((morning.left.seconds.unwrap() - 12_000.0).abs() < 1.0, "{:?}", morning.left);
    assert!((morning.left.nights.unwrap() - 2.0).abs() < 1e-9);
    assert!(
        morning.text(Lang::En).contains("about 3 h 20 min more: 2 runs of this length"),
        "{}",
        morning.text(Lang::En)
    );
}

#[test]
fn hostile_names_stay_names() {
    let morning = night(facts(), 50);
    let page = morning.html(Lang::En);
    for sign in ["<script", "<img", "\u{1b}", "\u{9b}", "\u{202e}"] {
        assert!(!page.contains(sign), "{sign:?} in the page");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;@old.example"));
    let mut csv = Vec::new();
    morning.csv(Table::Mailboxes, &mut csv).unwrap();
    let mut rows = csv::Reader::from_reader(csv.as_slice());
    for row in rows.records() {
        let row = row.unwrap();
        assert_eq!(row.len(), 11);
        for cell in &row {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
            assert!(!cell.contains(|c: char| c.is_control() || c == '\u{202e}'), "{cell:?}");
        }
    }
    let text = morning.text(Lang::En) + &morning.markdown(Lang::En);
    assert!(!text.contains(['\u{1b}', '\u{9b}', '\u{202e}']));
    assert!(
        !morning.markdown(Lang::En).contains("<script") && !morning.markdown(Lang::En).contains("](http")
    );
}

#[test]
fn the_page_stays_small_and_says_what_it_leaves_out() {
    for (number, most) in [(10_000, 2 << 20), (100_000, 10 << 20)] {
        let morning = night(facts(), number);
        let page = morning.html(Lang::En);
        println!("{number} mailboxes: {} bytes", page.len());
        assert!(page.len() < most, "{number}: {} bytes", page.len());
        assert!(
            page.contains("of 10,000 mailboxes are listed")
                || page.contains("of 100,000 mailboxes are listed")
        );
        assert!(
            page.contains(&format!(
                "{} transfers of this run",
                crate::ui::words::count(u64::from(number) - 6)
            ))
        );
        let mut csv = Vec::new();
        morning.csv(Table::Mailboxes, &mut csv).unwrap();
        assert_eq!(csv::Reader::from_reader(csv.as_slice()).records().count(), number as usize);
        assert_eq!(
            serde_json::to_value(&morning).unwrap()["mailboxes"].as_array().unwrap().len(),
            number as usize
        );
    }
}

/// What of it a schema does not allow.
fn against(schema: &str, json: &impl serde::Serialize) -> Vec<String> {
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let json = serde_json::to_value(json).unwrap();
    validator.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

const SCHEMA: &str = include_str!("schema.json");

#[test]
fn every_way_a_run_ends_is_told_and_known_to_the_schema() {
    for (ending, word) in [
        (Ending::Drained, "ended on request"),
        (Ending::Stopped, "ended on request"),
        (Ending::Closed, "the window closed"),
        (Ending::SideLost(Side::Source), "the source could not be worked with"),
        (Ending::Refused(Side::Source), "the source refused"),
        (Ending::TooManyFailures, "--max-failures"),
        (Ending::Critical(Side::Destination), "the destination stayed critical"),
    ] {
        let mut fold = Fold::new(RunFacts { ending: Some(ending), ..facts() });
        fold.account(account(1, "a", 0, AccountState::Waiting));
        let morning = fold.finish();
        assert!(morning.summary(Lang::En).contains(word), "{ending:?}: {}", morning.summary(Lang::En));
        assert_eq!(against(SCHEMA, &morning), [""; 0], "{ending:?}");
    }
}

#[test]
fn mailboxes_in_doubt_are_told_once_the_run_is_over() {
    let of = |facts: RunFacts| night(facts, 4).warnings.join("\n");
    let told = of(RunFacts { in_doubt: 3, ..facts() });
    assert!(told.contains("not looked at again since: 3 mailboxes; `zmpace run` looks"), "{told}");
    assert!(
        !of(RunFacts { in_doubt: 3, running: true, ended_ms: None, ending: None, ..facts() })
            .contains("again since")
    );
    assert!(!of(facts()).contains("again since"));
}

#[test]
fn the_json_keeps_to_its_schema() {
    let mut empty = Fold::new(RunFacts { ended_ms: None, ending: None, policy: None, wire: None, ..facts() });
    empty.account(account(1, "a", 0, AccountState::Waiting));
    let lost = RunFacts { ending: Some(Ending::SideLost(Side::Source)), ..facts() };
    let measured = RunFacts { findings: vec![(START_MS, finding())], ..facts() };
    for morning in [night(facts(), 20), night(lost, 4), night(measured, 20), empty.finish()] {
        assert_eq!(against(SCHEMA, &morning), [""; 0]);
    }
    let mut other = serde_json::to_value(night(facts(), 4)).unwrap();
    other["mailboxes"][0]["surprise"] = 1.into();
    assert_ne!(against(SCHEMA, &other), [""; 0], "a field the schema does not know is noticed");
}

#[test]
fn two_nights_alike_are_told_so_and_two_unlike_ones_too() {
    let same = compare(&night(facts(), 60), &night(facts(), 60), Lang::En);
    assert!(same.verdict.starts_with("no difference beyond noise"), "{}", same.verdict);
    assert!(same.settings.is_empty() && same.text(Lang::En).contains("none"), "{same:?}");
    let slower = |minutes: u32| {
        let policy = Policy { max_workers: 7, ..Policy::for_tests() };
        let mut fold = Fold::new(RunFacts { id: 3, policy: Some(policy), ..facts() });
        for at in 1..=minutes {
            fold.minute(minute(at, 1 + at % 3, 0.1));
        }
        fold.finish()
    };
    let other = compare(&night(facts(), 60), &slower(240), Lang::En);
    assert!(
        other.verdict.starts_with("the runs differ beyond noise: less in the second"),
        "{}",
        other.verdict
    );
    assert!(other.settings.iter().any(|line| line == "law.max_workers: 10 -> 7"), "{:?}", other.settings);
    let short = compare(&night(facts(), 60), &slower(20), Lang::En);
    assert!(short.verdict.starts_with("too little to tell"), "{}", short.verdict);
    assert!(other.markdown(Lang::En).contains("| 2 | 3 |"));
    let schema = include_str!("comparison.json");
    for compared in [&same, &other, &short] {
        assert_eq!(against(schema, compared), [""; 0]);
    }
    let mut surprising = serde_json::to_value(&other).unwrap();
    surprising["tests"][0]["change"]["surprise"] = 1.into();
    assert_ne!(against(schema, &surprising), [""; 0], "a field the schema does not know is noticed");
}

#[test]
fn a_run_of_which_nothing_was_kept_is_still_told() {
    let mut fold = Fold::new(RunFacts { ended_ms: None, ending: None, ..facts() });
    fold.account(account(1, "ann", 5, AccountState::InFlight));
    fold.attempt(&AttemptFacts { ended_ms: None, moved: false, ..attempt(1, 5, 0) });
    let morning = fold.finish();
    assert_eq!(morning.run.state, "killed");
    let warned = morning.warnings.join(" ");
    assert!(warned.contains("killed") && warned.contains("no minute"), "{warned}");
    assert!(morning.html(Lang::En).contains("The largest mailboxes") && morning.zmztozmig().is_none());
    assert_eq!(morning.report.over_line_s, BTreeMap::new());
}

#[test]
fn a_tally_keeps_three_digits() {
    let mut tally = Tally::new(0.001);
    assert_eq!(tally.distribution(), None);
    for value in 1..=1000 {
        tally.add(f64::from(value) / 100.0);
    }
    let found = tally.distribution().unwrap();
    assert_eq!(found.count, 1000);
    assert!((found.p50 - 5.0).abs() < 0.02 && (found.max - 10.0).abs() < 0.02, "{found:?}");
}

#[test]
fn every_state_is_counted_somewhere() {
    let mut accounts = Accounts::default();
    for state in [
        AccountState::Waiting,
        AccountState::InFlight,
        AccountState::Verified,
        AccountState::Empty,
        AccountState::Incomplete,
        AccountState::Failed,
    ] {
        accounts.count(state, 1);
    }
    let sum = accounts.waiting + accounts.verified + accounts.empty + accounts.incomplete + accounts.failed;
    assert_eq!((accounts.total, sum), (6, 6));
}
