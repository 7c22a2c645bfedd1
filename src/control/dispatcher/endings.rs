//! How mailboxes end, and what a whole side out of order means (law R0).

use super::{Dispatcher, Lost, doubled};
use crate::control::{
    backlog::{Past, beyond},
    decision::{Phase, Rule},
    event::{AccountId, AccountState, Action, Ending, Failure, Outcome, Receipt, Retry},
    fleet::Worker,
    policy::SideLoss,
    sample::Side,
    stats::jitter,
    work::Credit,
};

/// Attempts answered with "busy" that do not count against a mailbox.
const BUSY_FORGIVEN: u32 = 20;

impl Dispatcher {
    pub(super) fn end(&mut self, account: AccountId, outcome: Outcome, out: &mut Vec<Action>) {
        let Some(mut worker) = self.fleet.workers.remove(&account) else { return };
        self.ended = self.now;
        if let Outcome::Moved(receipt) = &outcome {
            let items = receipt.items.max(worker.items);
            let bytes = receipt.bytes.max(worker.bytes);
            let mut credit = beyond(worker.past, (worker.items, worker.bytes), items, bytes);
            credit.opened = f64::from(u8::from(!worker.past.opened));
            worker.past.opened = true;
            (worker.items, worker.bytes) = (items, bytes);
            worker.stretch.0.add(credit);
            self.learn(worker.stretch.0, worker.stretch.1);
            self.credit(credit);
            self.done.ended += 1;
        }
        if worker.items > 0 {
            let credit = Credit { opened: 0.0, items: worker.items as f64, mb: worker.bytes as f64 / 1e6 };
            let worth = self.law.weights.prior_worth(credit);
            self.law.late.ended(self.now, worth);
        }
        *(if worker.lane { &mut self.lane_s } else { &mut self.head_s }) += worker.active_s();
        match outcome {
            Outcome::Moved(receipt) => self.moved(account, &worker, &receipt, out),
            Outcome::Failed(failure) => self.failed(account, &worker, &failure, out),
        }
    }

    pub(super) fn moved(
        &mut self,
        account: AccountId,
        worker: &Worker,
        receipt: &Receipt,
        out: &mut Vec<Action>,
    ) {
        if self.lost.is_some_and(|l| l.probing) {
            self.side_back(true, out);
        }
        let retries = &self.law.policy.retries;
        let state = if receipt.differences > 0 {
            if self.backlog.attempts(account) < retries.incomplete_attempts {
                let pause = self.pause(account, self.backlog.attempts(account));
                self.again(account, worker, pause, out);
                return;
            }
            AccountState::Incomplete
        } else if worker.items == 0 && worker.past.items == 0 {
            AccountState::Empty
        } else {
            AccountState::Verified
        };
        if state != AccountState::Incomplete && receipt.held.is_some() {
            self.doubt(account);
        }
        self.settle(account, state, out);
    }

    pub(super) fn failed(
        &mut self,
        account: AccountId,
        worker: &Worker,
        failure: &Failure,
        out: &mut Vec<Action>,
    ) {
        let final_kind = matches!(failure.retry, Retry::Permanent | Retry::Operator);
        if failure.whole_side {
            let side = failure.side.unwrap_or(Side::Destination);
            // Not the mailbox's fault, unless it brings the side down again and again at the same place.
            let stuck = worker.items > 0 && worker.items <= worker.past.items;
            if stuck && !final_kind && self.backlog.attempts(account) >= self.law.policy.retries.attempts {
                self.settle(account, AccountState::Failed, out);
            } else {
                if !stuck {
                    self.backlog.forgive(account);
                }
                self.again(account, worker, 0.0, out);
            }
            match failure.retry {
                Retry::Awaited => self.await_person(side, out),
                _ if final_kind => self.give_up(side, Ending::Refused(side), out),
                _ => self.lose(side, out),
            }
            return;
        }
        if worker.cancelled && !final_kind {
            self.backlog.forgive(account);
            self.again(account, worker, 0.0, out);
            return;
        }
        if failure.retry == Retry::Busy {
            // The server's fault, not the mailbox's; but not for ever, or a run might never end.
            if self.backlog.earlier(account) < BUSY_FORGIVEN {
                self.backlog.forgive(account);
            }
            self.law.busy_answer(self.now);
        }
        if self.lost.is_some_and(|l| l.probing) {
            // The server answered for this one mailbox: it is there again.
            self.side_back(false, out);
        } else if self.lost.is_some() && !final_kind {
            self.backlog.forgive(account);
            self.again(account, worker, self.law.policy.retries.base_s, out);
            return;
        }
        let attempts = self.backlog.attempts(account);
        if final_kind || attempts >= self.law.policy.retries.attempts {
            self.settle(account, AccountState::Failed, out);
        } else {
            let pause = if failure.retry == Retry::Renew { 0.0 } else { self.pause(account, attempts) };
            self.again(account, worker, pause, out);
        }
    }

    pub(super) fn settle(&mut self, account: AccountId, state: AccountState, out: &mut Vec<Action>) {
        self.backlog.set(account, state);
        out.push(Action::Record { account, state });
        if state == AccountState::Failed {
            self.watch_failures(out);
        }
    }

    pub(super) fn again(&mut self, account: AccountId, worker: &Worker, pause_s: f64, out: &mut Vec<Action>) {
        let past = Past {
            opened: worker.past.opened,
            items: worker.past.items.max(worker.items),
            bytes: worker.past.bytes.max(worker.bytes),
        };
        self.backlog.again(account, self.now + pause_s, past);
        out.push(Action::Record { account, state: AccountState::Waiting });
    }

    pub(super) fn pause(&self, account: AccountId, attempts: u32) -> f64 {
        let retries = &self.law.policy.retries;
        let pause = doubled(retries.base_s, retries.most_s, attempts);
        let stream = u64::from(account.0) << 8 | u64::from(attempts & 0xFF);
        pause * (1.0 + self.law.policy.timing.jitter * jitter(self.law.policy.seed, stream))
    }

    /// R0: park everything, wait longer each time, then try with one worker.
    pub(super) fn lose(&mut self, side: Side, out: &mut Vec<Action>) {
        if self.ending.is_some() || self.lost.is_some_and(|l| !l.probing) {
            return;
        }
        let SideLoss { base_s, most_s, tries, .. } = self.law.policy.side_loss;
        self.side_tries += 1;
        if self.side_tries > tries {
            self.give_up(side, Ending::SideLost(side), out);
            return;
        }
        let pause = doubled(base_s, most_s, self.side_tries);
        self.lost = Some(Lost { side, until: self.now + pause, probing: false, person: false });
        let limit = self.law.limit;
        let mut decision = self.law.record(self.now, limit, limit, Rule::SideLost, None);
        decision.side = Some(side);
        decision.phase = Phase::SideLost;
        decision.next_look_s = Some(pause);
        self.say(decision, out);
    }

    pub(super) fn side_back(&mut self, proven: bool, out: &mut Vec<Action>) {
        let Some(lost) = self.lost.take() else { return };
        if proven {
            self.side_tries = 0;
        }
        self.law.interrupted(self.now);
        let limit = self.law.limit;
        let mut decision = self.law.record(self.now, limit, limit, Rule::SideBack, None);
        decision.side = Some(lost.side);
        self.say(decision, out);
    }

    pub(super) fn give_up(&mut self, side: Side, ending: Ending, out: &mut Vec<Action>) {
        if self.ending.is_none() {
            self.lost = Some(Lost { side, until: f64::INFINITY, probing: false, person: false });
            let limit = self.law.limit;
            let mut decision = self.law.record(self.now, limit, limit, Rule::SideLost, None);
            decision.side = Some(side);
            decision.phase = Phase::Stopping;
            self.say(decision, out);
            self.stop(ending, out);
        }
    }
}
