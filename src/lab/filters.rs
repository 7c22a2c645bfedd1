//! What stands in front of the servlets: request rate, concurrent requests per account, failed logins.

use super::{config::DosAnswer, lock};
use std::{collections::HashMap, net::IpAddr, sync::Mutex, time::Duration};
use tokio::sync::Notify;

/// State of the filters.
#[derive(Default)]
pub(super) struct Filters {
    /// Per key: the modelled second and the requests seen in it.
    rate: Mutex<HashMap<String, (u64, u32)>>,
    running: Mutex<HashMap<String, u32>>,
    ended: Notify,
    failures: Mutex<HashMap<IpAddr, u32>>,
}

/// A request counted among its account's; ends when dropped.
pub(super) struct Slot<'a> {
    filters: &'a Filters,
    account: String,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        if let Some(count) = lock(&self.filters.running).get_mut(&self.account) {
            *count -= 1;
        }
        self.filters.ended.notify_waiters();
    }
}

impl Filters {
    /// What the rate filter says to one more request of this key.
    pub(super) fn rate(
        &self,
        key: &str,
        now_s: f64,
        limit: Option<u32>,
        answer: DosAnswer,
    ) -> Option<DosAnswer> {
        let limit = limit?;
        let second = now_s as u64;
        let mut rate = lock(&self.rate);
        if rate.len() > 10_000 {
            rate.clear();
        }
        let seen = rate.entry(key.into()).or_insert((second, 0));
        if seen.0 != second {
            *seen = (second, 0);
        }
        seen.1 += 1;
        (seen.1 > limit).then_some(answer)
    }

    /// Waits until the account has fewer than `limit` requests running.
    pub(super) async fn slot(&self, account: &str, limit: Option<u32>) -> Slot<'_> {
        loop {
            {
                let mut running = lock(&self.running);
                let count = running.entry(account.into()).or_default();
                if limit.is_none_or(|limit| *count < limit) {
                    *count += 1;
                    return Slot { filters: self, account: account.into() };
                }
            }
            // The real filter looks again after a while too; here also as soon as a request has ended.
            let _ = tokio::time::timeout(Duration::from_millis(50), self.ended.notified()).await;
        }
    }

    pub(super) fn login_failed(&self, from: IpAddr) {
        *lock(&self.failures).entry(from).or_default() += 1;
    }

    pub(super) fn login_succeeded(&self, from: IpAddr) {
        lock(&self.failures).remove(&from);
    }

    /// Whether this address has failed too often.
    pub(super) fn is_locked_out(&self, from: IpAddr, limit: Option<u32>) -> bool {
        limit.is_some_and(|limit| lock(&self.failures).get(&from).is_some_and(|failed| *failed >= limit))
    }
}
