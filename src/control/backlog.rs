//! Accounts not yet moved: largest first, an express lane from the other end, retries when they are due.
//!
//! Sixteen bytes an account and eight for its index; what failed costs a little more.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    event::{Account, AccountId, AccountState},
    view::{Left, SIZE_CLASSES, size_class},
    work::Credit,
};

#[derive(Clone, Copy, Debug)]
struct Entry {
    bytes: u64,
    id: u32,
    earlier: u16,
    attempts: u8,
    state: AccountState,
}

/// Numbers of accounts by state; their sum is the number of accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) waiting: u64,
    pub(super) in_flight: u64,
    pub(super) verified: u64,
    pub(super) empty: u64,
    pub(super) incomplete: u64,
    pub(super) failed: u64,
}

/// Place `i` of `n` with its bits in reverse: neighbours in the result lie far apart in the order.
fn spread(i: usize, n: usize) -> u32 {
    ((i as f64 / n.max(1) as f64 * 4_294_967_296.0) as u32).reverse_bits()
}

impl Counts {
    fn slot(&mut self, state: AccountState) -> &mut u64 {
        match state {
            AccountState::Waiting => &mut self.waiting,
            AccountState::InFlight => &mut self.in_flight,
            AccountState::Verified => &mut self.verified,
            AccountState::Empty => &mut self.empty,
            AccountState::Incomplete => &mut self.incomplete,
            AccountState::Failed => &mut self.failed,
        }
    }
}

/// What an account was credited with in attempts that did not end well.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Past {
    pub(super) opened: bool,
    pub(super) items: u64,
    pub(super) bytes: u64,
}

/// The next account to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pick {
    pub(super) id: AccountId,
    pub(super) bytes: u64,
    from: From,
}

impl Pick {
    /// Whether it comes from the small end.
    pub(super) fn small(self) -> bool {
        self.from == From::Tail
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    Head,
    Tail,
    Retry(u64),
}

/// Which sizes may begin now: up to one, and those beyond another, which would not fit another day either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fits {
    pub(super) upto: Option<u64>,
    pub(super) beyond: Option<u64>,
}

impl Fits {
    /// Every size.
    pub(super) const ALL: Self = Self { upto: Some(u64::MAX), beyond: None };

    pub(super) fn take(self, bytes: u64) -> bool {
        self.upto.is_some_and(|upto| bytes <= upto) || self.beyond.is_some_and(|beyond| bytes > beyond)
    }
}

/// The accounts of a run.
#[derive(Clone, Debug)]
pub(super) struct Backlog {
    entries: Vec<Entry>,
    places: Vec<(u32, u32)>,
    /// Stretches of `entries` that nobody has taken yet, in order; what is too long for now is left standing.
    free: Vec<(u32, u32)>,
    retries: BTreeSet<(u64, AccountId)>,
    past: BTreeMap<AccountId, Past>,
    counts: Counts,
    waiting_bytes: u64,
    left: [Left; SIZE_CLASSES.len()],
}

impl Backlog {
    /// Sorts the accounts; a second account of the same id is ignored.
    pub(super) fn new(accounts: &[Account]) -> Self {
        Self::in_order(accounts, |_| ())
    }

    /// All sizes in turn, so that any stretch of them is a sample of the whole: by size, each reached by halving
    /// what lies between those before it. Those above `most_bytes` come last.
    pub(super) fn mixed(accounts: &[Account], most_bytes: u64) -> Self {
        Self::in_order(accounts, |entries| {
            let giants = entries.partition_point(|e| e.bytes > most_bytes);
            entries.rotate_left(giants);
            let usual = entries.len() - giants;
            let mut keyed: Vec<(u32, Entry)> =
                entries[..usual].iter().enumerate().map(|(i, e)| (spread(i, usual), *e)).collect();
            keyed.sort_by_key(|(key, _)| *key);
            for (place, (_, entry)) in entries.iter_mut().zip(keyed) {
                *place = entry;
            }
        })
    }

    fn in_order(accounts: &[Account], order: impl FnOnce(&mut [Entry])) -> Self {
        let mut entries: Vec<Entry> = accounts
            .iter()
            .map(|a| Entry {
                bytes: a.bytes,
                id: a.id.0,
                earlier: a.attempts.min(u32::from(u16::MAX)) as u16,
                attempts: 0,
                state: AccountState::Waiting,
            })
            .collect();
        entries.sort_unstable_by_key(|e| (e.id, e.bytes));
        entries.dedup_by_key(|e| e.id);
        entries.sort_unstable_by(|a, b| b.bytes.cmp(&a.bytes).then(a.id.cmp(&b.id)));
        order(&mut entries);
        let mut places: Vec<(u32, u32)> =
            entries.iter().enumerate().map(|(at, e)| (e.id, at as u32)).collect();
        places.sort_unstable();
        let counts = Counts { waiting: entries.len() as u64, ..Counts::default() };
        let waiting_bytes = entries.iter().map(|e| e.bytes).sum();
        let free = if entries.is_empty() { Vec::new() } else { vec![(0, entries.len() as u32)] };
        let mut left = [Left::default(); SIZE_CLASSES.len()];
        for entry in &entries {
            let class = &mut left[size_class(entry.bytes)];
            class.waiting += 1;
            class.waiting_bytes += entry.bytes;
        }
        let (retries, past) = (BTreeSet::new(), BTreeMap::new());
        Self { entries, places, free, retries, past, counts, waiting_bytes, left }
    }

    fn place(&self, id: AccountId) -> Option<usize> {
        self.places.binary_search_by_key(&id.0, |p| p.0).ok().map(|i| self.places[i].1 as usize)
    }

    /// The account to start now: due retries and the largest first, or in the lane the smallest; of those that fit.
    pub(super) fn peek(&self, now: f64, lane: Option<u64>, fits: Fits) -> Option<Pick> {
        if let Some(most) = lane
            && let Some(entry) = self.free.last().map(|&(_, end)| &self.entries[end as usize - 1])
            && entry.bytes <= most
            && fits.take(entry.bytes)
        {
            return Some(Pick { id: AccountId(entry.id), bytes: entry.bytes, from: From::Tail });
        }
        let due = self.retries.iter().take_while(|(due, _)| *due <= micros(now));
        let mut due = due.map(|&(due, id)| Pick {
            id,
            bytes: self.place(id).map_or(0, |at| self.entries[at].bytes),
            from: From::Retry(due),
        });
        if let Some(pick) = due.find(|pick| fits.take(pick.bytes)) {
            return Some(pick);
        }
        let (_, at) = self.largest(fits)?;
        let entry = &self.entries[at];
        Some(Pick { id: AccountId(entry.id), bytes: entry.bytes, from: From::Head })
    }

    /// The first that fits: its stretch and its place. Stretches are in order of size whenever sizes matter.
    fn largest(&self, fits: Fits) -> Option<(usize, usize)> {
        let &(first, _) = self.free.first()?;
        if fits.take(self.entries[first as usize].bytes) {
            return Some((0, first as usize));
        }
        let upto = fits.upto?;
        let stretch = self.free.partition_point(|&(_, end)| self.entries[end as usize - 1].bytes > upto);
        let &(from, end) = self.free.get(stretch)?;
        let skipped = self.entries[from as usize..end as usize].partition_point(|e| e.bytes > upto);
        Some((stretch, from as usize + skipped))
    }

    /// Whether anything that waits, retries not yet due included, fits.
    pub(super) fn any_fits(&self, fits: Fits) -> bool {
        self.peek(f64::INFINITY, None, fits).is_some()
    }

    /// Takes a peeked account in flight; returns the number of its attempt, 1 for the first ever.
    pub(super) fn take(&mut self, pick: Pick) -> u32 {
        let place = self.place(pick.id);
        if let From::Retry(due) = pick.from {
            self.retries.remove(&(due, pick.id));
        } else if let Some(at) = place {
            self.leave(at as u32);
        }
        self.set(pick.id, AccountState::InFlight);
        let Some(at) = place else { return 1 };
        let entry = &mut self.entries[at];
        entry.attempts = entry.attempts.saturating_add(1);
        u32::from(entry.earlier) + u32::from(entry.attempts)
    }

    /// Takes one place out of the free stretches.
    fn leave(&mut self, at: u32) {
        let stretch = self.free.partition_point(|&(_, end)| end <= at);
        let Some(&(from, end)) = self.free.get(stretch).filter(|(from, _)| *from <= at) else { return };
        let rest = [(from, at), (at + 1, end)].into_iter().filter(|(from, end)| from < end);
        self.free.splice(stretch..=stretch, rest);
    }

    /// Moves an account to a state, keeping the counts.
    pub(super) fn set(&mut self, id: AccountId, state: AccountState) {
        let Some(at) = self.place(id) else { return };
        let old = std::mem::replace(&mut self.entries[at].state, state);
        *self.counts.slot(old) -= 1;
        *self.counts.slot(state) += 1;
        let bytes = self.entries[at].bytes;
        let class = &mut self.left[size_class(bytes)];
        match old {
            AccountState::Waiting => {
                self.waiting_bytes -= bytes;
                class.waiting -= 1;
                class.waiting_bytes -= bytes;
            }
            AccountState::InFlight => class.in_flight -= 1,
            _ => {}
        }
        match state {
            AccountState::Waiting => {
                self.waiting_bytes += bytes;
                class.waiting += 1;
                class.waiting_bytes += bytes;
            }
            AccountState::InFlight => class.in_flight += 1,
            _ => {}
        }
        if !matches!(state, AccountState::Waiting | AccountState::InFlight) {
            self.past.remove(&id);
        }
    }

    /// Takes in an account that an earlier run verified, if it is unknown: it counts from now on.
    pub(super) fn adopt(&mut self, id: AccountId) {
        let Err(before) = self.places.binary_search_by_key(&id.0, |p| p.0) else { return };
        // Behind all others, where no free stretch reaches.
        self.places.insert(before, (id.0, self.entries.len() as u32));
        self.entries.push(Entry {
            bytes: 0,
            id: id.0,
            earlier: 1,
            attempts: 0,
            state: AccountState::Verified,
        });
        self.counts.verified += 1;
    }

    /// Puts an account back, to be tried again from `due` seconds on.
    pub(super) fn again(&mut self, id: AccountId, due: f64, past: Past) {
        self.set(id, AccountState::Waiting);
        self.retries.insert((micros(due), id));
        self.past.insert(id, past);
    }

    /// Forgets the last attempt: it was not the account's fault.
    pub(super) fn forgive(&mut self, id: AccountId) {
        if let Some(at) = self.place(id) {
            let entry = &mut self.entries[at];
            if entry.attempts > 0 {
                entry.attempts -= 1;
                entry.earlier = entry.earlier.saturating_add(1);
            }
        }
    }

    /// Attempts that do not count against the account: earlier runs, and those forgiven.
    pub(super) fn earlier(&self, id: AccountId) -> u32 {
        self.place(id).map_or(0, |at| u32::from(self.entries[at].earlier))
    }

    /// Attempts that count against the account in this run.
    pub(super) fn attempts(&self, id: AccountId) -> u32 {
        self.place(id).map_or(0, |at| u32::from(self.entries[at].attempts))
    }

    pub(super) fn past(&self, id: AccountId) -> Past {
        self.past.get(&id).copied().unwrap_or_default()
    }

    pub(super) const fn counts(&self) -> Counts {
        self.counts
    }

    /// Accounts that could start if there were room; retries not yet due are left out.
    pub(super) fn startable(&self, now: f64, fits: Fits) -> bool {
        self.peek(now, None, fits).is_some()
    }

    /// Accounts waiting to be tried again.
    pub(super) fn retrying(&self) -> u64 {
        self.retries.len() as u64
    }

    pub(super) const fn waiting_bytes(&self) -> u64 {
        self.waiting_bytes
    }

    /// What is left, by size class.
    pub(super) const fn left(&self) -> &[Left; SIZE_CLASSES.len()] {
        &self.left
    }
}

fn micros(seconds: f64) -> u64 {
    (seconds * 1e6) as u64
}

/// Credit of a worker's counters beyond what the account already had.
pub(super) fn beyond(past: Past, before: (u64, u64), items: u64, bytes: u64) -> Credit {
    let fresh = |now: u64, before: u64, past: u64| now.max(past).saturating_sub(before.max(past)) as f64;
    Credit {
        opened: 0.0,
        items: fresh(items, before.0, past.items),
        mb: fresh(bytes, before.1, past.bytes) / 1e6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backlog(sizes: &[u64]) -> Backlog {
        let accounts: Vec<Account> = sizes
            .iter()
            .enumerate()
            .map(|(i, &bytes)| Account { id: AccountId(i as u32), bytes, attempts: 0 })
            .collect();
        Backlog::new(&accounts)
    }

    #[test]
    fn the_largest_goes_first_and_the_lane_takes_the_smallest() {
        let mut backlog = backlog(&[5, 900, 0, 70]);
        let pick = backlog.peek(0.0, None, Fits::ALL).unwrap();
        assert_eq!(pick.id, AccountId(1));
        backlog.take(pick);
        let pick = backlog.peek(0.0, Some(10), Fits::ALL).unwrap();
        assert_eq!(pick.id, AccountId(2));
        backlog.take(pick);
        assert_eq!(
            backlog.peek(0.0, Some(1), Fits::ALL).unwrap().id,
            AccountId(3),
            "too large for the lane: the head again"
        );
        assert_eq!(backlog.counts(), Counts { waiting: 2, in_flight: 2, ..Counts::default() });
        assert_eq!(backlog.waiting_bytes(), 75);
        let of = |waiting, waiting_bytes, in_flight| Left { waiting, waiting_bytes, in_flight };
        assert_eq!(backlog.left()[..3], [of(0, 0, 1), of(2, 75, 1), Left::default()]);
    }

    #[test]
    fn a_retry_waits_until_it_is_due_and_keeps_its_credit() {
        let mut backlog = backlog(&[10]);
        let pick = backlog.peek(0.0, None, Fits::ALL).unwrap();
        assert_eq!(backlog.take(pick), 1);
        let past = Past { opened: true, items: 7, bytes: 5_000_000 };
        backlog.again(AccountId(0), 60.0, past);
        assert!(backlog.peek(59.9, None, Fits::ALL).is_none());
        let pick = backlog.peek(60.0, None, Fits::ALL).unwrap();
        assert_eq!(backlog.take(pick), 2);
        let past = backlog.past(AccountId(0));
        assert_eq!(beyond(past, (0, 0), 7, 5_000_000), Credit::default());
        assert!((beyond(past, (7, 5_000_000), 9, 6_000_000).items - 2.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_too_long_is_left_standing_and_the_largest_that_fits_goes() {
        let mut backlog = backlog(&[900, 800, 70, 60, 5, 4]);
        let take = |backlog: &mut Backlog, fits| {
            let pick = backlog.peek(0.0, None, fits)?;
            backlog.take(pick);
            Some(pick.bytes)
        };
        let upto = |bytes| Fits { upto: Some(bytes), beyond: None };
        assert_eq!(take(&mut backlog, upto(75)), Some(70));
        assert_eq!(take(&mut backlog, upto(5)), Some(5));
        assert_eq!(take(&mut backlog, upto(3)), None);
        assert_eq!(take(&mut backlog, Fits { upto: None, beyond: None }), None);
        assert!(backlog.any_fits(upto(4)) && !backlog.any_fits(upto(3)));
        let giants = Fits { upto: Some(10), beyond: Some(850) };
        assert_eq!([take(&mut backlog, giants), take(&mut backlog, giants)], [Some(900), Some(4)]);
        assert_eq!([take(&mut backlog, Fits::ALL), take(&mut backlog, Fits::ALL)], [Some(800), Some(60)]);
        assert_eq!(take(&mut backlog, Fits::ALL), None, "everybody once");
        assert_eq!(backlog.counts().in_flight, 6);
    }

    #[test]
    fn the_same_account_twice_is_one_account() {
        let account = Account { id: AccountId(3), bytes: 1, attempts: 2 };
        let mut backlog = Backlog::new(&[account, account]);
        assert_eq!(backlog.counts().waiting, 1);
        let pick = backlog.peek(0.0, None, Fits::ALL).unwrap();
        assert_eq!(backlog.take(pick), 3, "attempts of earlier runs are counted on");
    }
}
