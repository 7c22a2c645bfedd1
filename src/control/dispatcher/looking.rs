//! The second look: what was verified after an attempt that broke is compared once more before the run ends.

use super::Dispatcher;
use crate::control::event::{AccountId, AccountState, Action, Ending, Sight};

impl Dispatcher {
    /// Mailboxes verified in an earlier run and not looked at since.
    #[must_use]
    pub fn doubting(mut self, accounts: impl IntoIterator<Item = AccountId>) -> Self {
        let due = self.law.policy.retries.look_s;
        for account in accounts {
            self.doubts.add(account, due);
        }
        self
    }

    /// How many verified mailboxes this run has yet to look at again.
    #[must_use]
    pub fn in_doubt(&self) -> usize {
        self.doubts.len()
    }

    /// Whether nothing is left to do but to look again.
    #[must_use]
    pub fn only_looks(&self) -> bool {
        let over = self.draining || self.ending.is_some() || self.backlog.counts().waiting == 0;
        !self.finished && over && self.fleet.workers.is_empty() && self.in_doubt() > 0
    }

    /// Puts a mailbox that was just verified in doubt.
    pub(super) fn doubt(&mut self, account: AccountId) {
        self.doubts.add(account, self.now + self.law.policy.retries.look_s);
    }

    /// Asks for the looks that are due; whether the run has to wait for one. A run that is cut short leaves them to
    /// the next.
    pub(super) fn looks_again(&mut self, ending: Ending, out: &mut Vec<Action>) -> bool {
        if !matches!(ending, Ending::Done | Ending::Drained | Ending::Closed) {
            return false;
        }
        while let Some(account) = self.doubts.next(self.now) {
            out.push(Action::Look { account });
        }
        self.in_doubt() > 0
    }

    /// What a look saw. One that failed is tried again a little later, a few times.
    pub(super) fn looked(&mut self, account: AccountId, sight: &Sight, out: &mut Vec<Action>) {
        match sight {
            Sight::Same => self.doubts.seen(account),
            Sight::Grown { .. } => {
                self.doubts.seen(account);
                self.backlog.adopt(account);
                self.settle(account, AccountState::Incomplete, out);
            }
            Sight::Unseen(_) => self.doubts.unseen(account, self.now + self.law.policy.retries.look_s),
        }
    }
}
