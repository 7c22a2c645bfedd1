//! What the server saw, for tests to assert on.

use super::config::PathClass;
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Mutex,
    time::{Duration, Instant},
};

/// One request.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its number; first is 0.
    pub number: u64,
    /// Real time since the server started.
    pub at: Duration,
    /// How long it took; `None` while it runs.
    pub took: Option<Duration>,
    /// GET or POST.
    pub method: String,
    /// Which part of the server it was for.
    pub class: PathClass,
    /// SOAP request name, or the path.
    pub what: String,
    /// The account a transfer is about, or the one named in a SOAP context.
    pub account: Option<String>,
    /// The answer; 0 while it runs or when the connection was cut instead.
    pub status: u16,
    /// A token was in the URL.
    pub token_in_url: bool,
    /// It came with an expired token.
    pub expired_token: bool,
    /// Body bytes received.
    pub bytes_in: u64,
    /// Body bytes sent.
    pub bytes_out: u64,
    /// Requests of its class in flight when it began, itself included.
    pub concurrency: u32,
}

/// A snapshot of everything seen.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The requests, oldest first (bounded by `record_limit`).
    pub requests: Vec<Seen>,
    /// All requests ever, also those dropped from `requests`.
    pub total: u64,
    /// Most exports at once.
    pub exports_high: u32,
    /// Most imports at once.
    pub imports_high: u32,
    /// Exports going on now.
    pub exports_now: u32,
    /// Imports going on now (runaway ones included).
    pub imports_now: u32,
    /// Most transfers at once per account of a mailbox.
    pub transfers_high: BTreeMap<String, u32>,
    /// Most imports at once into one mailbox.
    pub imports_high_by_mailbox: BTreeMap<String, u32>,
    /// Successful logins.
    pub logins: u64,
    /// Failed logins.
    pub failed_logins: u64,
    /// SOAP requests by name.
    pub soap: BTreeMap<String, u64>,
    /// Requests with a token in their URL.
    pub tokens_in_urls: u64,
    /// Transfers begun with an expired token.
    pub expired_transfers: u64,
    /// Connections accepted.
    pub connections: u64,
    /// Imports that ran away on a broken upload.
    pub runaways: u64,
    /// Items that imports stored from the end of a broken upload, by mailbox: the flaw serves the last block again.
    pub served_again: BTreeMap<String, u64>,
    /// Body bytes received and sent.
    pub bytes_in: u64,
    /// Body bytes sent.
    pub bytes_out: u64,
}

impl Record {
    /// Requests of one class.
    pub fn of(&self, class: PathClass) -> impl Iterator<Item = &Seen> {
        self.requests.iter().filter(move |seen| seen.class == class)
    }

    /// Logins after the first.
    #[must_use]
    pub const fn renewals(&self) -> u64 {
        self.logins.saturating_sub(1)
    }
}

struct State {
    record: Record,
    requests: VecDeque<Seen>,
    now_by_mailbox: HashMap<String, (u32, u32)>,
    running: HashMap<PathClass, u32>,
}

/// Collects; the server side of [`Record`].
pub(super) struct Recorder {
    state: Mutex<State>,
    start: Instant,
    limit: usize,
}

impl Recorder {
    pub(super) fn new(limit: usize) -> Self {
        let state = State {
            record: Record::default(),
            requests: VecDeque::new(),
            now_by_mailbox: HashMap::new(),
            running: HashMap::new(),
        };
        Self { state: Mutex::new(state), start: Instant::now(), limit }
    }

    pub(super) fn snapshot(&self) -> Record {
        let state = super::lock(&self.state);
        let mut record = state.record.clone();
        record.requests = state.requests.iter().cloned().collect();
        record
    }

    pub(super) fn note(&self, change: impl FnOnce(&mut Record)) {
        change(&mut super::lock(&self.state).record);
    }

    pub(super) fn begin(&self, method: &str, class: PathClass, what: &str) -> Ticket<'_> {
        let mut state = super::lock(&self.state);
        let running = state.running.entry(class).or_default();
        *running += 1;
        let concurrency = *running;
        let number = state.record.total;
        state.record.total += 1;
        match class {
            PathClass::Export => {
                state.record.exports_now += 1;
                state.record.exports_high = state.record.exports_high.max(state.record.exports_now);
            }
            PathClass::Import => {
                state.record.imports_now += 1;
                state.record.imports_high = state.record.imports_high.max(state.record.imports_now);
            }
            _ => {}
        }
        state.requests.push_back(Seen {
            number,
            at: self.start.elapsed(),
            took: None,
            method: method.into(),
            class,
            what: what.into(),
            account: None,
            status: 0,
            token_in_url: false,
            expired_token: false,
            bytes_in: 0,
            bytes_out: 0,
            concurrency,
        });
        if state.requests.len() > self.limit {
            state.requests.pop_front();
        }
        Ticket { recorder: self, number, class, mailbox: None, began: Instant::now() }
    }
}

/// One request being served; its end is recorded when it is dropped.
pub(super) struct Ticket<'a> {
    recorder: &'a Recorder,
    number: u64,
    class: PathClass,
    mailbox: Option<String>,
    began: Instant,
}

impl Ticket<'_> {
    pub(super) fn with(&self, change: impl FnOnce(&mut Seen)) {
        let mut state = super::lock(&self.recorder.state);
        let first = state.requests.front().map_or(0, |seen| seen.number);
        let place = self.number.checked_sub(first);
        if let Some(seen) = place.and_then(|place| state.requests.get_mut(place as usize)) {
            change(seen);
        }
    }

    pub(super) fn status(&self, status: u16) {
        self.with(|seen| seen.status = status);
    }

    pub(super) fn token(&self, in_url: bool, expired: bool) {
        self.with(|seen| {
            seen.token_in_url = in_url;
            seen.expired_token = expired;
        });
        let transfer = matches!(self.class, PathClass::Export | PathClass::Import);
        self.recorder.note(|record| {
            record.tokens_in_urls += u64::from(in_url);
            record.expired_transfers += u64::from(expired && transfer);
        });
    }

    pub(super) fn bytes(&self, received: u64, sent: u64) {
        self.with(|seen| {
            seen.bytes_in += received;
            seen.bytes_out += sent;
        });
        self.recorder.note(|record| {
            record.bytes_in += received;
            record.bytes_out += sent;
        });
    }

    /// The transfer has been admitted to this mailbox.
    pub(super) fn enter(&mut self, address: &str) {
        self.with(|seen| seen.account = Some(address.into()));
        let import = u32::from(self.class == PathClass::Import);
        let mut state = super::lock(&self.recorder.state);
        let now = state.now_by_mailbox.entry(address.into()).or_default();
        now.0 += 1;
        now.1 += import;
        let (transfers, imports) = *now;
        let high = state.record.transfers_high.entry(address.into()).or_default();
        *high = transfers.max(*high);
        if imports > 0 {
            let high = state.record.imports_high_by_mailbox.entry(address.into()).or_default();
            *high = imports.max(*high);
        }
        drop(state);
        self.mailbox = Some(address.into());
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let took = self.began.elapsed();
        self.with(|seen| seen.took = Some(took));
        let mut state = super::lock(&self.recorder.state);
        if let Some(running) = state.running.get_mut(&self.class) {
            *running -= 1;
        }
        match self.class {
            PathClass::Export => state.record.exports_now -= 1,
            PathClass::Import => state.record.imports_now -= 1,
            _ => {}
        }
        let import = u32::from(self.class == PathClass::Import);
        if let Some(address) = &self.mailbox
            && let Some(now) = state.now_by_mailbox.get_mut(address)
        {
            now.0 -= 1;
            now.1 -= import;
            if now.0 == 0 {
                state.now_by_mailbox.remove(address);
            }
        }
    }
}
