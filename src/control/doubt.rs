//! Mailboxes verified after an attempt that broke: the destination may go on with that attempt unseen and bring its
//! items after the retry was proven. So they are looked at once more before the run ends.

use std::collections::BTreeMap;

use super::event::AccountId;

/// Looks under way at once: each costs either server a few hundredths of a second.
const AT_ONCE: usize = 4;
/// Tries at one mailbox in a run.
const TRIES: u32 = 3;
/// Tries in a row that failed, at whatever mailboxes, after which the rest is left to the next run: it is not they.
const IN_A_ROW: u32 = 8;

/// One mailbox in doubt.
#[derive(Clone, Copy, Debug)]
struct Doubt {
    /// When the next look may be, in seconds of the run.
    due: f64,
    tries: u32,
    under_way: bool,
}

/// The mailboxes this run has yet to look at.
#[derive(Clone, Debug, Default)]
pub(super) struct Doubts {
    open: BTreeMap<AccountId, Doubt>,
    /// Tries that failed since the last that did not.
    failed: u32,
}

impl Doubts {
    /// Puts a mailbox in doubt; it is not looked at before `due`.
    pub(super) fn add(&mut self, account: AccountId, due: f64) {
        self.open.insert(account, Doubt { due, tries: 0, under_way: false });
    }

    /// How many are left to look at.
    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    /// The next to look at now, if there is one; from then on its look is under way.
    pub(super) fn next(&mut self, now: f64) -> Option<AccountId> {
        if self.open.values().filter(|doubt| doubt.under_way).count() >= AT_ONCE {
            return None;
        }
        let due = self.open.iter_mut().filter(|(_, doubt)| !doubt.under_way && doubt.due <= now);
        let (account, doubt) = due.min_by(|(_, a), (_, b)| a.due.total_cmp(&b.due))?;
        doubt.under_way = true;
        doubt.tries += 1;
        Some(*account)
    }

    /// A mailbox was looked at: it is in doubt no longer.
    pub(super) fn seen(&mut self, account: AccountId) {
        self.open.remove(&account);
        self.failed = 0;
    }

    /// A look failed: another may be from `due` on, unless there were enough.
    pub(super) fn unseen(&mut self, account: AccountId, due: f64) {
        self.failed += 1;
        let Some(doubt) = self.open.get_mut(&account) else { return };
        doubt.due = due;
        doubt.under_way = false;
        if self.failed >= IN_A_ROW {
            self.leave();
        } else if doubt.tries >= TRIES {
            self.open.remove(&account);
        }
    }

    /// Leaves the rest to the next run.
    pub(super) fn leave(&mut self) {
        self.open.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubts(number: u32) -> Doubts {
        let mut doubts = Doubts::default();
        (0..number).for_each(|id| doubts.add(AccountId(id), f64::from(number - id)));
        doubts
    }

    #[test]
    fn a_few_at_a_time_and_the_oldest_first() {
        let mut doubts = doubts(9);
        let under_way: Vec<AccountId> = std::iter::from_fn(|| doubts.next(7.0)).collect();
        assert_eq!(under_way, [8, 7, 6, 5].map(AccountId));
        doubts.seen(AccountId(8));
        assert_eq!((doubts.next(7.0), doubts.next(7.0)), (Some(AccountId(4)), None));
        (4..8).for_each(|id| doubts.seen(AccountId(id)));
        assert_eq!((doubts.next(6.0), doubts.len()), (Some(AccountId(3)), 4));
        doubts.seen(AccountId(3));
        assert_eq!((doubts.next(6.5), doubts.next(6.5)), (None, None), "the rest is not due");
    }

    #[test]
    fn looks_that_fail_are_bounded_for_one_and_for_all() {
        let mut one = doubts(1);
        for _ in 0..TRIES {
            let account = one.next(5.0).expect("another try");
            one.unseen(account, 5.0);
        }
        assert_eq!((one.next(5.0), one.len()), (None, 0));
        let (mut all, mut tries) = (doubts(1000), 0);
        while let Some(account) = all.next(5000.0) {
            all.unseen(account, 5000.0);
            tries += 1;
        }
        assert_eq!((tries, all.len()), (IN_A_ROW, 0));
    }
}
