//! The journal's promises: kills cost nothing that was decided, finished mailboxes stay finished, one writer.

mod doubts;

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, time::Duration};

use tempfile::{TempDir, tempdir};

use super::*;
use crate::control::{
    Moment,
    decision::{Decision, Measure, Phase, Resource, Rule, Step},
    dispatcher::Dispatcher,
    event::{
        AccountId, AccountState, Action, Command, Ending, Event, Failure, Outcome, Progress, Receipt, Retry,
    },
    finding::{CurvePoint, Finding, Mode, Moved, Stopped},
    policy::Policy,
    sample::{Cpu, Sample, Side},
    view::Minute,
};

fn plan(source: &str, bytes: u64) -> PlanRow {
    PlanRow { source: source.into(), target: format!("{source}.new"), bytes, ..PlanRow::default() }
}

fn at(seconds: u64) -> Moment {
    Moment {
        elapsed: Duration::new(seconds, 123_456_789),
        wall_ms: 1_795_438_057_000 + seconds as i64 * 1000,
    }
}

/// The files as a kill at this moment would leave them: copied under the open journal.
fn killed(dir: &Path) -> TempDir {
    let copy = tempdir().unwrap();
    for file in ["journal.sqlite", "journal.sqlite-wal"] {
        if dir.join(file).exists() {
            fs::copy(dir.join(file), copy.path().join(file)).unwrap();
        }
    }
    copy
}

fn started(account: AccountId) -> Vec<Action> {
    vec![Action::Record { account, state: AccountState::InFlight }, Action::Start { account, attempt: 1 }]
}

fn sample(busy: f64) -> Event {
    Event::Sample(Sample {
        side: Side::Source,
        span: Duration::from_millis(5_010),
        cores: 2,
        cpu: Some(Cpu { busy, iowait: 0.25, steal: 0.0 }),
        disks: vec![],
        memory: None,
        network: None,
        pressure: None,
        volumes: vec![],
        runnable: Some(1),
        blocked: None,
    })
}

fn failure() -> Failure {
    Failure {
        code: "ZP-QUOTA".into(),
        cause: "destination: quota too small".into(),
        next: "zmprov ma b@x.new zimbraMailQuota 0".into(),
        side: Some(Side::Destination),
        whole_side: false,
        retry: Retry::Operator,
    }
}

fn receipt() -> Receipt {
    Receipt {
        items: 12,
        bytes: 3456,
        differences: 1,
        notes: vec!["Inbox: 1 missing".into()],
        active_s: 2.5,
        ..Receipt::default()
    }
}

fn decision() -> Decision {
    Decision {
        at_s: 12.5,
        from: 1,
        to: 2,
        step: Step::Grow,
        rule: Rule::Try,
        phase: Phase::Trial,
        side: Some(Side::Source),
        resource: Some(Resource::Cpu),
        measure: Some(Measure::CpuBusy),
        value: Some(0.5),
        line: Some(0.75),
        predicted: None,
        marginal: None,
        background: None,
        work_before: None,
        work_after: None,
        standard_error: None,
        needed: None,
        sample_age_s: None,
        next_look_s: Some(60.0),
        why: Some(crate::control::decision::Why::NotOurs { rise: 0.25 }),
    }
}

fn states(reader: &Reader) -> Vec<(String, AccountState, u32)> {
    let rows = reader.load_accounts().unwrap();
    rows.into_iter().map(|row| (row.source, row.state, row.attempts)).collect()
}

#[test]
fn a_kill_leaves_what_was_decided() {
    let dir = tempdir().unwrap();
    let mut journal = Journal::open(dir.path()).unwrap();
    let run = journal.begin_run(at(0), "{}", "0.1.0").unwrap();
    assert_eq!(journal.enrol([plan("a@x", 10), plan("b@x", 20), plan("c@x", 0)]).unwrap(), 3);
    let ids: Vec<AccountId> = journal.reader().load_accounts().unwrap().iter().map(|row| row.id).collect();
    assert_eq!(ids, [AccountId(1), AccountId(2), AccountId(3)]);
    journal.append(run, 1, at(1), &Event::Tick, &started(ids[0])).unwrap();
    journal.append(run, 2, at(2), &Event::Tick, &started(ids[1])).unwrap();
    let done = Event::Finished { account: ids[0], outcome: Outcome::Moved(receipt()) };
    let verified = [Action::Record { account: ids[0], state: AccountState::Verified }];
    journal.append(run, 3, at(3), &done, &verified).unwrap();
    journal.append(run, 4, at(4), &sample(0.5), &[]).unwrap();

    let copy = killed(dir.path());
    let mut after = Journal::open(copy.path()).unwrap();
    let expected = [
        ("a@x".to_owned(), AccountState::Verified, 1),
        ("b@x".to_owned(), AccountState::InFlight, 1),
        ("c@x".to_owned(), AccountState::Waiting, 0),
    ];
    assert_eq!(states(after.reader()), expected);
    assert_eq!(after.reader().events(run).count(), 3, "a sample may wait, a decision may not");
    assert_eq!(after.recover(at(9)).unwrap(), 1);
    assert_eq!(after.recover(at(9)).unwrap(), 0);
    assert_eq!(states(after.reader())[1], ("b@x".to_owned(), AccountState::Waiting, 1));
    let row = &after.reader().load_accounts().unwrap()[0];
    assert_eq!((row.items, row.moved_bytes, row.cause.clone()), (12, 3456, None));
    assert_eq!(after.reader().last_run().unwrap().unwrap().ended_ms, None);
}

#[test]
fn dropped_without_a_word_and_opened_again() {
    let dir = tempdir().unwrap();
    {
        let mut journal = Journal::open(dir.path()).unwrap();
        journal.enrol([plan("a@x", 10)]).unwrap();
    }
    let journal = Journal::open(dir.path()).unwrap();
    assert_eq!(states(journal.reader()), [("a@x".to_owned(), AccountState::Waiting, 0)]);
}

#[test]
fn a_second_run_is_refused_and_told_who_holds_it() {
    let dir = tempdir().unwrap();
    let first = Journal::open(dir.path()).unwrap();
    let Err(JournalError::Locked { pid, .. }) = Journal::open(dir.path()) else { panic!("not refused") };
    assert_eq!(pid, Some(std::process::id()));
    assert!(Journal::is_held(dir.path()));
    drop(first);
    assert!(!Journal::is_held(dir.path()));
    assert!(Journal::open(dir.path()).is_ok());
}

#[test]
fn only_the_owner_may_read() {
    let parent = tempdir().unwrap();
    let dir = parent.path().join("state");
    let mut journal = Journal::open(&dir).unwrap();
    journal.enrol([plan("a@x", 1)]).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    for file in ["journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm", "zmpace.lock"] {
        assert_eq!(mode(&dir.join(file)), 0o600, "{file}");
    }
}

#[test]
fn a_reader_looks_on_beside_the_writer() {
    let dir = tempdir().unwrap();
    assert!(matches!(Journal::read(dir.path()), Err(JournalError::Absent { .. })));
    let mut journal = Journal::open(dir.path()).unwrap();
    let reader = Journal::read(dir.path()).unwrap();
    assert_eq!(reader.last_run().unwrap(), None);
    journal.enrol([plan("a@x", 10), plan("b@x", 5)]).unwrap();
    let expected = StateCount { state: AccountState::Waiting, accounts: 2, bytes: 15 };
    assert_eq!(reader.counts().unwrap(), [expected]);
    drop(journal);
    assert_eq!(Journal::read(dir.path()).unwrap().counts().unwrap(), [expected]);
}

#[test]
fn to_enrol_again_keeps_what_is_finished() {
    let dir = tempdir().unwrap();
    let mut journal = Journal::open(dir.path()).unwrap();
    journal.enrol([plan("a@x", 10), plan("b@x", 20)]).unwrap();
    let (a, b) = (AccountId(1), AccountId(2));
    journal.record(at(1), a, AccountState::Verified, None).unwrap();
    journal.record(at(1), b, AccountState::Failed, Some(&failure())).unwrap();
    journal.set_baseline(a, 1).unwrap();
    journal.set_baseline(b, 7).unwrap();
    journal.set_baseline(b, 8).unwrap();
    assert_eq!(journal.baseline(b).unwrap(), Some(7));
    assert_eq!(journal.baseline(AccountId(99)).unwrap(), None);

    let again = [plan("a@x", 11), plan("b@x", 21), plan("c@x", 30)];
    assert_eq!(journal.enrol(again).unwrap(), 1);
    let rows = journal.reader().load_accounts().unwrap();
    assert_eq!((rows[0].state, rows[0].bytes), (AccountState::Verified, 10));
    assert_eq!((rows[1].state, rows[1].bytes, rows[1].baseline_items), (AccountState::Failed, 21, Some(7)));
    assert_eq!((rows[2].state, rows[2].id), (AccountState::Waiting, AccountId(3)));

    let elsewhere = PlanRow { target: "other@y".into(), ..plan("b@x", 21) };
    journal.enrol([elsewhere]).unwrap();
    assert_eq!(journal.baseline(b).unwrap(), None, "the baseline was the old target's");
    assert_eq!(journal.reopen(at(2), &[AccountState::Failed]).unwrap(), 1);
    assert_eq!(journal.reader().load_accounts().unwrap()[1].state, AccountState::Waiting);
}

#[test]
fn a_newer_layout_and_a_foreign_file_are_refused() {
    let dir = tempdir().unwrap();
    Journal::open(dir.path()).unwrap().connection().execute_batch("PRAGMA user_version=99").unwrap();
    let refused = Journal::open(dir.path()).err().unwrap();
    assert!(matches!(refused, JournalError::Newer { found: 99, known: 2, .. }), "{refused}");
    assert!(matches!(Journal::read(dir.path()), Err(JournalError::Newer { .. })));

    let other = tempdir().unwrap();
    fs::write(
        other.path().join("journal.sqlite"),
        "this is not a database, and long enough to tell".repeat(40),
    )
    .unwrap();
    let refused = Journal::open(other.path()).err().unwrap();
    assert!(matches!(refused, JournalError::Corrupt { .. }), "{refused}");
}

/// One of each kind.
fn history() -> Vec<(Event, Vec<Action>)> {
    let account = AccountId(1);
    vec![
        // Off by the last bit unless serde_json is built with `float_roundtrip`, which a replay cannot do without.
        (sample(0.945_270_695_553_922_3), vec![]),
        (Event::Response { side: Side::Destination, millis: Some(12.5) }, vec![]),
        (Event::Progress(vec![Progress { account, items: 3, bytes: 900, parked: false }]), started(account)),
        (Event::Command(Command::Workers(Some(3))), vec![Action::Decide(decision())]),
        (Event::Tick, vec![Action::Park { account }, Action::Resume { account }, Action::Cancel { account }]),
        (
            Event::Finished { account, outcome: Outcome::Failed(failure()) },
            vec![Action::Record { account, state: AccountState::Failed }],
        ),
        (
            Event::Finished { account: AccountId(2), outcome: Outcome::Moved(receipt()) },
            vec![Action::Finish(Ending::SideLost(Side::Source))],
        ),
    ]
}

#[test]
fn events_come_back_as_they_went_in() {
    let dir = tempdir().unwrap();
    let mut journal = Journal::open(dir.path()).unwrap();
    journal.enrol([plan("a@x", 1), plan("b@x", 2)]).unwrap();
    let run = journal.begin_run(at(0), "{}", "0.1.0").unwrap();
    for (seq, (event, actions)) in history().iter().enumerate() {
        journal.append(run, seq as u64, at(seq as u64), event, actions).unwrap();
    }
    journal.append(run, 100, at(100), &Event::Tick, &[]).unwrap();
    journal.close().unwrap();

    let reader = Journal::read(dir.path()).unwrap();
    let back: Vec<Recorded> = reader.events(run).collect::<Result<_, _>>().unwrap();
    let mut expected: Vec<Recorded> = (0_u64..)
        .zip(history())
        .map(|(seq, (event, actions))| Recorded { seq, at: at(seq), event, actions })
        .collect();
    // A tick that led to nothing still moves averages, so a replay needs it.
    expected.push(Recorded { seq: 100, at: at(100), event: Event::Tick, actions: Vec::new() });
    assert_eq!(back, expected);
    let decisions = reader.decisions(run).unwrap();
    assert_eq!(decisions.len(), 1);
    assert_eq!((decisions[0].from, decisions[0].to, decisions[0].seq), (1, 2, 3));
    assert_eq!((decisions[0].side, decisions[0].resource), (Some(Side::Source), Some(Resource::Cpu)));
    assert_eq!(decisions[0].decision, decision());
    assert_eq!(decisions[0].reason, decision().reason());
}

#[test]
fn long_runs_are_read_page_by_page() {
    let dir = tempdir().unwrap();
    let mut journal = Journal::open(dir.path()).unwrap();
    let run = journal.begin_run(at(0), "{}", "0.1.0").unwrap();
    for seq in 0..1300 {
        journal.append(run, seq, at(seq), &sample(0.5), &[]).unwrap();
    }
    assert_eq!(journal.reader().events(run).count(), 1200, "200 at a time");
    journal.flush().unwrap();
    let seqs: Vec<u64> = journal.reader().events(run).map(|recorded| recorded.unwrap().seq).collect();
    assert_eq!(seqs, (0..1300).collect::<Vec<u64>>());
}

#[test]
fn failures_and_the_summary_of_a_run() {
    let dir = tempdir().unwrap();
    let mut journal = Journal::open(dir.path()).unwrap();
    journal.enrol([plan("a@x", 100), plan("b@x", 200)]).unwrap();
    let run = journal.begin_run(at(0), r#"{"workers":"auto"}"#, "0.1.0").unwrap();
    let (a, b) = (AccountId(1), AccountId(2));
    let counted = Event::Progress(vec![Progress { account: b, items: 4, bytes: 50, parked: false }]);
    journal.append(run, 1, at(1), &Event::Tick, &started(a)).unwrap();
    journal.append(run, 2, at(2), &Event::Tick, &started(b)).unwrap();
    journal.append(run, 3, at(3), &counted, &[]).unwrap();
    let moved = Event::Finished { account: a, outcome: Outcome::Moved(receipt()) };
    let failed = Event::Finished { account: b, outcome: Outcome::Failed(failure()) };
    let record = |account, state| [Action::Record { account, state }];
    journal.append(run, 4, at(4), &moved, &record(a, AccountState::Incomplete)).unwrap();
    journal.append(run, 5, at(5), &failed, &record(b, AccountState::Failed)).unwrap();
    journal
        .append(run, 6, at(6), &Event::Tick, &[Action::Decide(decision()), Action::Finish(Ending::Done)])
        .unwrap();
    journal.end_run(run, at(7), Ending::Done).unwrap();

    let reader = journal.reader();
    let failures = reader.failures().unwrap();
    assert_eq!((failures[0].source.as_str(), &failures[0].cause), ("a@x", &None));
    assert_eq!(failures[0].notes, ["Inbox: 1 missing"]);
    assert_eq!(failures[1].cause.as_ref().map(|cause| cause.code.as_str()), Some("ZP-QUOTA"));
    let summary = reader.summary(run).unwrap().unwrap();
    assert_eq!((summary.attempts, summary.items, summary.bytes, summary.differences), (2, 16, 3506, 1));
    assert_eq!((summary.first_start_ms, summary.last_end_ms), (Some(at(1).wall_ms), Some(at(5).wall_ms)));
    assert_eq!(
        (summary.decisions, summary.limit_min, summary.limit_max, summary.limit_final),
        (1, Some(2), Some(2), Some(2))
    );
    assert_eq!((summary.run.ending, summary.run.ended_ms), (Some(Ending::Done), Some(at(7).wall_ms)));
    assert_eq!(summary.run.settings_json, r#"{"workers":"auto"}"#);
    assert!(reader.summary(RunId(99)).unwrap().is_none());
}

#[test]
fn attempts_count_over_all_runs() {
    let dir = tempdir().unwrap();
    let mut journal = Journal::open(dir.path()).unwrap();
    journal.enrol([plan("a@x", 100)]).unwrap();
    let account = AccountId(1);
    for night in 0..3 {
        let run = journal.begin_run(at(night), "{}", "0.1.0").unwrap();
        journal.append(run, 1, at(night), &Event::Tick, &started(account)).unwrap();
        assert_eq!(journal.recover(at(night)).unwrap(), 1);
        assert_eq!(journal.reader().summary(run).unwrap().unwrap().attempts, 1);
    }
    assert_eq!(states(journal.reader()), [("a@x".to_owned(), AccountState::Waiting, 3)]);
}

#[test]
fn a_full_disk_is_told_and_damages_nothing() {
    let dir = tempdir().unwrap();
    let mut journal = Journal::open(dir.path()).unwrap();
    journal.enrol([plan("a@x", 1)]).unwrap();
    let pages: i64 = journal.connection().query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    journal.connection().execute_batch(&format!("PRAGMA max_page_count={pages}")).unwrap();
    let many = || (0..5000).map(|n| plan(&format!("user{n}@example.org"), n));
    let refused = journal.enrol(many()).unwrap_err();
    assert!(matches!(refused, JournalError::Full { .. }), "{refused}");
    assert!(refused.to_string().contains("df -h"), "{refused}");
    assert_eq!(states(journal.reader()).len(), 1, "all or none");
    journal.connection().execute_batch("PRAGMA max_page_count=1000000").unwrap();
    assert_eq!(journal.enrol(many()).unwrap(), 5000);
    drop(journal);
    assert_eq!(states(Journal::open(dir.path()).unwrap().reader()).len(), 5001);
}

#[test]
fn what_a_benchmark_found_is_read_back() {
    let dir = tempfile::tempdir().unwrap();
    let finding = Finding {
        recommended: None,
        curve: vec![CurvePoint {
            workers: 3,
            work_rate: 2.5,
            low: 2.25,
            high: 2.75,
            lawful: false,
            tightest: Some(("destination CPU".to_owned(), 1.25)),
        }],
        distinguishable: true,
        mode: Mode::EndToEnd,
        stopped: Stopped::Budget,
        blocks: 4,
        minutes: 31.0,
        moved: Moved { accounts: 7, bytes: 1_000 },
        at_rest: vec![("source".to_owned(), 0.125)],
        wire: None,
    };
    let mut journal = Journal::open(dir.path()).unwrap();
    let run = journal.begin_run(Moment::default(), "{}", "1").unwrap();
    journal.keep_finding(run, Moment { wall_ms: 42, ..Moment::default() }, &finding).unwrap();
    assert_eq!(Journal::read(dir.path()).unwrap().findings().unwrap(), [(run, 42, finding)]);
}

#[test]
fn a_minute_outlives_a_kill_and_comes_back_as_it_was() {
    let dir = tempdir().unwrap();
    let mut journal = Journal::open(dir.path()).unwrap();
    let run = journal.begin_run(at(0), "{}", "0.1.0").unwrap();
    let dispatcher = Dispatcher::new(Policy::for_tests(), Vec::new());
    let minute = |number: u32| Minute {
        at_s: f64::from(number) * 60.0,
        wall_ms: at(u64::from(number) * 60).wall_ms,
        view: dispatcher.view(at(u64::from(number) * 60)),
        summary: dispatcher.summary(),
        tokens_renewed: [number, 0],
        peak_memory_bytes: None,
    };
    for number in [1, 2, 2] {
        journal.keep_minute(run, &minute(number)).unwrap();
    }
    let copy = killed(dir.path());
    let mut found = Vec::new();
    Journal::read(copy.path()).unwrap().each_minute(run, |minute| found.push(minute)).unwrap();
    assert_eq!(found, [minute(1), minute(2)], "one kept twice is one");
}

#[test]
fn an_attempt_tells_what_both_servers_held() {
    let dir = tempdir().unwrap();
    let mut journal = Journal::open(dir.path()).unwrap();
    journal.enrol([plan("ann", 5)]).unwrap();
    let run = journal.begin_run(at(0), "{}", "0.1.0").unwrap();
    let account = journal.reader().load_accounts().unwrap()[0].id;
    journal.append(run, 1, at(1), &Event::Tick, &started(account)).unwrap();
    let outcome = Outcome::Moved(Receipt { source_items: 14, destination_items: 15, ..receipt() });
    journal.append(run, 2, at(9), &Event::Finished { account, outcome }, &[]).unwrap();
    let mut found = Vec::new();
    journal.reader().each_attempt(|attempt| found.push(attempt)).unwrap();
    let [attempt] = found.as_slice() else { panic!("one attempt: {found:?}") };
    assert_eq!((attempt.n, attempt.run, attempt.outcome.as_deref()), (1, run, Some("moved")));
    assert_eq!((attempt.items, attempt.source_items, attempt.destination_items), (12, 14, 15));
    assert_eq!(journal.reader().runs().unwrap().len(), 1);
}
