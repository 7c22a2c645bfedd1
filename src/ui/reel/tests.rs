//! What a picture holds, and what it does not claim.

use std::time::Duration;

use super::*;
use crate::control::{
    decision::Rule,
    event::{Failure, Receipt, Retry},
    view::{Accounts, Gauge, Machine},
};
use crate::ui::live::Stage;

/// A view of a quiet run with one machine, whose CPU reads so.
pub fn view(cpu: f64) -> View {
    let gauge = Gauge { measure: Measure::CpuBusy, fast: cpu, slow: cpu, line: 0.8, critical: Some(0.94) };
    View {
        phase: Phase::Measure,
        limit: 3,
        accounts: Accounts { total: 10, waiting: 6, in_flight: 2, verified: 2, ..Accounts::default() },
        running: 2,
        parked: 0,
        items: 100,
        bytes: 5_000_000,
        work_rate: 1.0,
        efficiency: Some(0.5),
        bytes_per_s: 1e6,
        items_per_s: 20.0,
        mailboxes_per_h: 60.0,
        eta: Some(Duration::from_secs(1000)),
        machines: vec![Machine {
            side: Side::Source,
            sample_age: Some(Duration::from_secs(1)),
            gauges: vec![gauge],
        }],
        bottleneck: None,
        last_decision: None,
        elapsed: Duration::from_mins(1),
    }
}

/// A worker that has sent so much.
pub fn worker(id: u32, account: &str, sent_bytes: u64) -> Worker {
    Worker {
        id,
        account: account.to_owned(),
        bytes: 4_000_000,
        stage: Stage::Export,
        sent_bytes,
        sent_items: sent_bytes / 1000,
        bytes_per_s: None,
        since_s: 12.0,
        attempt: 1,
        parked: false,
    }
}

/// That view and those workers.
pub fn now(view: View, workers: Vec<Worker>) -> Now {
    Now {
        view,
        flow: Flow::default(),
        workers,
        backlog: vec![Left::default(); SIZE_CLASSES.len()],
        tokens: Vec::new(),
        window: None,
        ceiling: 10,
    }
}

/// So many seconds after the beginning.
pub fn at(seconds: f64) -> Moment {
    Moment {
        elapsed: Duration::from_secs_f64(seconds),
        wall_ms: 1_795_000_000_000 + (seconds * 1000.0) as i64,
    }
}

fn reel() -> Reel {
    Reel::new(3, BTreeMap::new())
}

#[test]
fn one_forecast_is_a_guess_and_several_are_a_range() {
    let mut reel = reel();
    let mut told = Vec::new();
    for step in 0..60 {
        let second = f64::from(step) * 5.0;
        // Forecasts swing by a hundred seconds around an end at 1000.
        let swing = if step % 2 == 0 { 50.0 } else { -50.0 };
        let eta = Some(Duration::from_secs_f64(1000.0 - second + if step % 4 < 2 { swing } else { -swing }));
        told.push(reel.frame(at(second), now(View { eta, ..view(0.4) }, Vec::new())).left);
    }
    assert!(told[..24].iter().all(Option::is_none), "{told:?}");
    let last = told[59].unwrap();
    assert!(last.least_s <= last.likely_s && last.likely_s <= last.most_s, "{last:?}");
    assert!((last.most_s - last.least_s - 100.0).abs() < 1.0, "{last:?}");
    let paused = View { running: 0, ..view(0.4) };
    assert_eq!(reel.frame(at(300.0), now(paused, Vec::new())).left, None, "nothing moves");
    assert_eq!(reel.frame(at(305.0), now(view(0.4), Vec::new())).left, None, "it begins anew");
}

#[test]
fn a_trend_is_an_hour_of_half_minutes_and_no_more() {
    let mut reel = reel();
    let mut live = reel.frame(at(0.0), now(view(0.2), Vec::new()));
    assert_eq!(live.trends[0].points, [0.2]);
    for second in 1..2 * 3600 {
        let cpu = if second < 3600 + 1800 { 0.2 } else { 0.6 };
        live = reel.frame(at(f64::from(second)), now(view(cpu), Vec::new()));
    }
    let trend = live.trend(Side::Source, Measure::CpuBusy).unwrap();
    assert_eq!((trend.points.len(), trend.line, trend.critical), (120, 0.8, Some(0.94)));
    assert_eq!(
        (trend.points[0], trend.points[59], trend.points[60], trend.points[119]),
        (0.2, 0.2, 0.6, 0.6)
    );
    // A demo's clock may jump over many points; they are filled, not left at nothing.
    let live = reel.frame(at(7200.0 + 300.0), now(view(0.5), Vec::new()));
    let points = &live.trends[0].points;
    assert_eq!((points.len(), points[119], points[112]), (120, 0.5, 0.5), "{points:?}");
}

#[test]
fn a_rate_is_of_this_attempt_and_settles() {
    let mut reel = reel();
    let rate = |reel: &mut Reel, second: f64, sent: u64| {
        let live = reel.frame(at(second), now(view(0.4), vec![worker(1, "a@x", sent)]));
        live.workers[0].bytes_per_s
    };
    assert_eq!(rate(&mut reel, 0.0, 0), None);
    for second in 1..200 {
        rate(&mut reel, f64::from(second), second as u64 * 50_000);
    }
    let settled = rate(&mut reel, 200.0, 200 * 50_000).unwrap();
    assert!((settled - 50_000.0).abs() < 1.0, "{settled}");
    assert_eq!(rate(&mut reel, 201.0, 10), None, "another attempt begins at nothing");
}

#[test]
fn what_happened_is_counted_by_code_and_kept_tame() {
    let mut reel = reel();
    let failure = Failure {
        code: "ZP-QUOTA".into(),
        cause: "destination: \u{1b}[31mfull".into(),
        next: String::new(),
        side: Some(Side::Destination),
        whole_side: false,
        retry: Retry::BackOff,
    };
    let account = AccountId(7);
    let end = |outcome| Event::Finished { account, outcome };
    let record = |state| [Action::Record { account, state }];
    let name = |_| "\u{202e}eve@x";
    reel.turn(at(1.0), &end(Outcome::Failed(failure.clone())), &record(AccountState::Waiting), name);
    reel.turn(at(2.0), &end(Outcome::Failed(failure)), &record(AccountState::Failed), name);
    let receipt = Receipt { bytes: 2_000_000, active_s: 12.0, differences: 2, ..Receipt::default() };
    reel.turn(at(3.0), &end(Outcome::Moved(receipt)), &record(AccountState::Incomplete), name);
    let live = reel.frame(at(4.0), now(view(0.4), vec![worker(1, "\u{1b}a@x", 0)]));
    assert_eq!((live.totals.retries["ZP-QUOTA"], live.totals.failures["ZP-QUOTA"]), (1, 1));
    assert_eq!((live.totals.problems, live.totals.differing_items), (3, 2));
    let seconds = &live.totals.mailbox_s[2];
    assert_eq!((seconds.count, seconds.counts[3], seconds.sum), (1, 1, 12.0), "12 s, 1 to 10 MB");
    let codes: Vec<&str> = live.problems.iter().map(|problem| problem.code.as_str()).collect();
    assert_eq!(codes, ["ZP-QUOTA", "ZP-QUOTA", "ZP-DIFFERS"]);
    let json = serde_json::to_string(&live).unwrap();
    assert!(!json.contains('\u{202e}') && !json.contains("\\u001b"), "{json}");
    assert_eq!(
        serde_json::from_str::<crate::ui::live::Live>(&json).unwrap(),
        live,
        "`top` reads what was shown"
    );
}

#[test]
fn the_last_fifty_decisions_are_kept() {
    let mut reel = reel();
    for number in 0..60 {
        let decision = Decision { step: Step::Grow, from: number, to: number + 1, ..held(f64::from(number)) };
        reel.turn(at(f64::from(number)), &Event::Tick, &[Action::Decide(decision)], |_| "");
    }
    let live = reel.frame(at(60.0), now(view(0.4), Vec::new()));
    assert_eq!((live.decisions.len(), live.totals.grown["ZP-TRY"]), (50, 60));
    assert!(live.decisions[49].text.contains("59 → 60") && live.decisions[49].code == "ZP-TRY");
}

/// A decision to try one more.
pub fn held(at_s: f64) -> Decision {
    let json = serde_json::json!({
        "at_s": at_s, "from": 3, "to": 3, "step": "hold", "rule": "try", "phase": "trial", "side": null,
        "resource": null, "measure": null, "value": null, "line": null, "predicted": null, "marginal": null,
        "background": null, "work_before": null, "work_after": null, "standard_error": null, "needed": null,
        "sample_age_s": null, "next_look_s": null
    });
    let decision: Decision = serde_json::from_value(json).unwrap();
    assert_eq!(decision.rule, Rule::Try);
    decision
}
