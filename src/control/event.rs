//! What the dispatcher is told ([`Event`]) and what it answers ([`Action`]).
//!
//! Both are plain serialisable values: the journal keeps them, and replaying the events through today's
//! dispatcher must give the recorded actions back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    decision::Decision,
    policy::Policy,
    sample::{Sample, Side},
};

/// A mailbox to move, by its index in the plan. Addresses stay outside this room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub u32);

/// One account as the dispatcher needs to know it when a run starts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Its index in the plan.
    pub id: AccountId,
    /// Mailbox size as the source states it; 0 for an empty or never used mailbox.
    pub bytes: u64,
    /// Attempts already made in earlier runs.
    pub attempts: u32,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A machine was read.
    Sample(Sample),
    /// A server was asked for nothing over SOAP: how long it took, or `None` when it did not answer.
    Response {
        /// The server asked.
        side: Side,
        /// Milliseconds until the answer.
        millis: Option<f64>,
    },
    /// Workers' counters, cumulative within the present attempt; only those that changed.
    Progress(Vec<Progress>),
    /// A mailbox ended, well or badly; its worker is free.
    Finished {
        /// The mailbox.
        account: AccountId,
        /// How it ended.
        outcome: Outcome,
    },
    /// A mailbox in doubt was looked at once more, or could not be.
    Looked {
        /// The mailbox.
        account: AccountId,
        /// What was seen.
        sight: Sight,
    },
    /// A person has mended what a side was refused for, such as a password: it is worth a try.
    Mended {
        /// Which side.
        side: Side,
    },
    /// The operator asked for something.
    Command(Command),
    /// The operator changed the numbers: lines, hours, whatever the settings say of the law.
    Policy(Box<Policy>),
    /// Nothing happened; time passed. Comes about once a second.
    Tick,
}

/// A worker's counters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The mailbox it carries.
    pub account: AccountId,
    /// Items the destination has accepted.
    pub items: u64,
    /// Bytes of those items.
    pub bytes: u64,
    /// Whether the worker stands at a parking point.
    pub parked: bool,
}

/// How a mailbox ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The transfer ran to its end.
    Moved(Receipt),
    /// It did not.
    Failed(Failure),
}

/// Proof of one moved mailbox.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// Items sent in this attempt.
    pub items: u64,
    /// Bytes of archive sent in this attempt.
    pub bytes: u64,
    /// Items that are missing, rejected or in excess on the destination; 0 means verified.
    pub differences: u64,
    /// What differs, one short sentence each, at most a few hundred.
    pub notes: Vec<String>,
    /// Seconds the worker was busy with it, parked time left out.
    pub active_s: f64,
    /// Items the source's folders held afterwards, Trash and Junk included.
    #[serde(default)]
    pub source_items: u64,
    /// Items the destination's folders held afterwards, those of before our first import included.
    #[serde(default)]
    pub destination_items: u64,
    /// What both sides held when it was proven, where an attempt before this one may still go on unseen: such a
    /// mailbox is looked at again before the run ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
}

/// Items and bytes of each folder, by its path.
pub type Folders = BTreeMap<String, (u64, u64)>;

/// What both sides held of a mailbox at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The source.
    pub source: Folders,
    /// The destination.
    pub destination: Folders,
}

/// What a second look at a verified mailbox saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// The destination holds what it held, or has grown no more than the source.
    Same,
    /// It has grown by more: an earlier import came late.
    Grown {
        /// Items in excess.
        items: u64,
        /// In which folders, one short sentence each.
        notes: Vec<String>,
    },
    /// It could not be looked at.
    Unseen(Failure),
}

/// Why a mailbox did not move, and what may be done about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// Stable code, such as `ZP-QUOTA`.
    pub code: String,
    /// What failed, in words, with the side.
    pub cause: String,
    /// The next command to type.
    pub next: String,
    /// Where it failed, if it can be told.
    pub side: Option<Side>,
    /// Whether the whole side is out of order rather than this one mailbox.
    pub whole_side: bool,
    /// What kind of retry can help.
    pub retry: Retry,
}

/// What can help after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Sign in again, then at once.
    Renew,
    /// The same again after a growing pause.
    BackOff,
    /// The same as `BackOff`, and the server asked for less (429, 503, refused connection, lock time-out): back-pressure.
    Busy,
    /// Nothing: the same would fail in the same way.
    Permanent,
    /// Only a person can mend it, and nobody would notice while the run goes on.
    Operator,
    /// Only a person can mend it, and the run is told of it ([`Event::Mended`]).
    Awaited,
}

/// What the operator can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Park everything and start nothing.
    Pause,
    /// Undo `Pause`.
    Resume,
    /// Finish what runs, start nothing more.
    Drain,
    /// Cancel what runs.
    Stop,
    /// Hold the limit at a number, or let the law choose again.
    Workers(Option<u32>),
}

/// What the driver must do, in the order given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Give the mailbox to a worker.
    Start {
        /// The mailbox.
        account: AccountId,
        /// 1 for the first attempt ever.
        attempt: u32,
    },
    /// Let the worker stop at its next parking point.
    Park {
        /// The mailbox it carries.
        account: AccountId,
    },
    /// Let a parked worker go on.
    Resume {
        /// The mailbox it carries.
        account: AccountId,
    },
    /// End the worker at its next safe point; the mailbox stays unfinished.
    Cancel {
        /// The mailbox it carries.
        account: AccountId,
    },
    /// Compare what the destination holds with what it held when the mailbox was verified.
    Look {
        /// The mailbox.
        account: AccountId,
    },
    /// Write down where a mailbox stands; durable before anything else happens.
    Record {
        /// The mailbox.
        account: AccountId,
        /// Its state from now on.
        state: AccountState,
    },
    /// Say what the law decided.
    Decide(Decision),
    /// Nothing is left to do, or nothing more may be done.
    Finish(Ending),
}

/// Where a mailbox stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// Not yet moved; also after a failure that will be tried again.
    Waiting,
    /// Being moved. Found at start-up, it means the run before was killed.
    InFlight,
    /// Moved, and the destination's counts agree with the source's.
    Verified,
    /// Verified, and there was nothing in it.
    Empty,
    /// Moved as far as it goes, but items differ.
    Incomplete,
    /// Given up, with its cause.
    Failed,
}

/// Why the run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Every mailbox has reached its last state.
    Done,
    /// Drained on request; mailboxes are left.
    Drained,
    /// Stopped on request; mailboxes are left.
    Stopped,
    /// The window closed; mailboxes are left.
    Closed,
    /// A side stayed away for too long; mailboxes are left.
    SideLost(Side),
    /// A side refuses the administrator or shows a certificate nobody trusts; mailboxes are left.
    Refused(Side),
    /// More mailboxes failed than the operator allows; mailboxes are left.
    TooManyFailures,
    /// A machine stayed critical at the fewest workers for longer than the operator allows; mailboxes are left.
    Critical(Side),
}
