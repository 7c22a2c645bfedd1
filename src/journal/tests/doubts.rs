//! Mailboxes verified after an attempt that broke are remembered until they were looked at, through kills and layouts.

use tempfile::tempdir;

use super::{at, failure, killed, plan, receipt, started};
use crate::{
    control::event::{AccountId, AccountState, Action, Event, Held, Outcome, Receipt, Sight},
    journal::{Journal, RunId},
};

fn held() -> Held {
    let folder = |items, bytes| [("/Inbox".to_owned(), (items, bytes))].into();
    Held { source: folder(12, 3456), destination: folder(14, 4000) }
}

/// A journal with a mailbox that was moved by an attempt which had one before it, or had none.
fn moved(dir: &std::path::Path, held: Option<Held>) -> (Journal, RunId, AccountId) {
    let mut journal = Journal::open(dir).unwrap();
    journal.enrol([plan("ann", 5)]).unwrap();
    let run = journal.begin_run(at(0), "{}", "0.1.0").unwrap();
    let account = journal.reader().load_accounts().unwrap()[0].id;
    journal.append(run, 1, at(1), &Event::Tick, &started(account)).unwrap();
    let outcome = Outcome::Moved(Receipt { differences: 0, held, ..receipt() });
    let actions = [Action::Record { account, state: AccountState::Verified }];
    journal.append(run, 2, at(9), &Event::Finished { account, outcome }, &actions).unwrap();
    (journal, run, account)
}

fn look(journal: &mut Journal, run: RunId, seq: u64, account: AccountId, sight: Sight) {
    let state = AccountState::Incomplete;
    let actions = match sight {
        Sight::Grown { .. } => vec![Action::Record { account, state }],
        _ => Vec::new(),
    };
    journal.append(run, seq, at(20), &Event::Looked { account, sight }, &actions).unwrap();
}

#[test]
fn a_doubt_outlives_a_kill_and_ends_with_the_look_that_was_made() {
    let dir = tempdir().unwrap();
    let (mut journal, run, account) = moved(dir.path(), Some(held()));
    let copy = killed(dir.path());
    assert_eq!(Journal::read(copy.path()).unwrap().doubts().unwrap(), [(account, held())].into());
    look(&mut journal, run, 3, account, Sight::Unseen(failure()));
    assert_eq!(journal.reader().doubts().unwrap().len(), 1, "it was not looked at");
    look(&mut journal, run, 4, account, Sight::Same);
    let copy = killed(dir.path());
    assert!(Journal::read(copy.path()).unwrap().doubts().unwrap().is_empty());
    assert!(journal.reader().failures().unwrap().is_empty());

    let dir = tempdir().unwrap();
    let (journal, ..) = moved(dir.path(), None);
    assert!(journal.reader().doubts().unwrap().is_empty(), "one attempt leaves no doubt");
}

#[test]
fn what_came_late_is_the_cause_until_the_next_attempt() {
    let dir = tempdir().unwrap();
    let (mut journal, run, account) = moved(dir.path(), Some(held()));
    let notes = vec!["/Inbox: 14 when it was verified, 17 now".to_owned()];
    look(&mut journal, run, 3, account, Sight::Grown { items: 3, notes });
    let [row] = &journal.reader().failures().unwrap()[..] else { panic!("one is incomplete") };
    let cause = row.cause.as_ref().unwrap();
    assert_eq!((row.state, cause.code.as_str()), (AccountState::Incomplete, "ZP-LATE-IMPORT"));
    assert!(cause.cause.contains("3 item(s)") && cause.cause.contains("/Inbox: 14"), "{}", cause.cause);
    assert!(journal.reader().doubts().unwrap().is_empty());
}

#[test]
fn a_new_attempt_ends_the_doubt_of_the_last() {
    let dir = tempdir().unwrap();
    let (mut journal, run, account) = moved(dir.path(), Some(held()));
    journal.append(run, 3, at(30), &Event::Tick, &started(account)).unwrap();
    assert!(journal.reader().doubts().unwrap().is_empty());
}

#[test]
fn a_journal_of_the_first_layout_is_read_and_brought_up_to_date() {
    let dir = tempdir().unwrap();
    let (mut journal, run, account) = moved(dir.path(), None);
    journal.connection().execute_batch("DROP TABLE doubts; PRAGMA user_version=1").unwrap();
    drop(journal);
    let reader = Journal::read(dir.path()).unwrap();
    assert_eq!(reader.load_accounts().unwrap()[0].state, AccountState::Verified);
    assert!(reader.doubts().unwrap().is_empty());
    let mut journal = Journal::open(dir.path()).unwrap();
    assert!(journal.reader().doubts().unwrap().is_empty());
    journal.append(run, 3, at(30), &Event::Tick, &started(account)).unwrap();
    let outcome = Outcome::Moved(Receipt { differences: 0, held: Some(held()), ..receipt() });
    journal.append(run, 4, at(31), &Event::Finished { account, outcome }, &[]).unwrap();
    assert_eq!(journal.reader().doubts().unwrap().len(), 1);
}
