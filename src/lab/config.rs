//! What a lab server is made of: its accounts, its machine, its habits.

use super::machine;
use std::{net::SocketAddr, path::PathBuf, time::Duration};

/// Which end of a migration the server plays. It only changes what other defaults are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Mailboxes are full.
    Source,
    /// Mailboxes are empty.
    Destination,
}

/// Everything a lab server needs to be told.
#[derive(Clone, Debug)]
pub struct Config {
    /// Source or destination.
    pub role: Role,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The mail domain of every account.
    pub domain: String,
    /// Who has a mailbox and what is in it.
    pub accounts: Population,
    /// Everything generated follows from it.
    pub seed: u64,
    /// The hardware to pretend.
    pub machine: machine::Profile,
    /// Modelled seconds per real second.
    pub speed: f64,
    /// Full address of the administrator.
    pub admin_name: String,
    /// The administrator's password.
    pub admin_password: String,
    /// How long a token lives, in modelled time.
    pub token_lifetime: Duration,
    /// Where the modelled machine's `/proc` text goes; `None` = a temporary directory of its own.
    pub proc_dir: Option<PathBuf>,
    /// How the server behaves; can be changed while it runs.
    pub knobs: Knobs,
    /// `SO_RCVBUF` of accepted connections; `None` leaves the system's choice.
    pub receive_buffer: Option<usize>,
    /// Requests kept in the record; older ones are dropped, counters stay true.
    pub record_limit: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            role: Role::Source,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            domain: "old.example".into(),
            accounts: Population::default(),
            seed: 1,
            machine: machine::Profile::unlimited(),
            speed: 1.0,
            admin_name: "admin@old.example".into(),
            admin_password: "lab-secret".into(),
            token_lifetime: Duration::from_hours(12),
            proc_dir: None,
            knobs: Knobs::default(),
            receive_buffer: None,
            record_limit: 100_000,
        }
    }
}

impl Config {
    /// A destination that has the accounts of `source` with nothing in them.
    #[must_use]
    pub fn destination_for(source: &Self) -> Self {
        let accounts = match &source.accounts {
            Population::Generated { count, giant_bytes, shape, .. } => Population::Generated {
                count: *count,
                giant_bytes: *giant_bytes,
                shape: shape.clone(),
                empty: true,
            },
            Population::Empty(addresses) => Population::Empty(addresses.clone()),
            Population::Listed(list) => {
                Population::Empty(list.iter().map(|sized| sized.address.clone()).collect())
            }
        };
        Self {
            role: Role::Destination,
            listen: SocketAddr::new(source.listen.ip(), 0),
            accounts,
            proc_dir: None,
            ..source.clone()
        }
    }
}

/// Who has a mailbox and what is in it.
#[derive(Clone, Debug)]
pub enum Population {
    /// First-and-last-name addresses made up from the seed, with Zimbra's system accounts beside them.
    Generated {
        /// How many people.
        count: u32,
        /// Gives the last person a mailbox of this size.
        giant_bytes: Option<u64>,
        /// How sizes spread.
        shape: MailShape,
        /// The same people with empty mailboxes.
        empty: bool,
    },
    /// These addresses, with nothing in their mailboxes.
    Empty(Vec<String>),
    /// These addresses with these contents; nobody else but the administrator.
    Listed(Vec<Sized>),
}

impl Default for Population {
    fn default() -> Self {
        Self::Generated { count: 20, giant_bytes: None, shape: MailShape::default(), empty: false }
    }
}

/// One account of [`Population::Listed`].
#[derive(Clone, Debug, Default)]
pub struct Sized {
    /// Full address; `@domain` is added when it is missing.
    pub address: String,
    /// Bytes of mail.
    pub bytes: u64,
    /// Exactly this many messages of equal size; `None` gives a natural mix of kinds and sizes.
    pub items: Option<u64>,
}

impl Sized {
    /// A natural mailbox of so many bytes.
    #[must_use]
    pub fn bytes(address: &str, bytes: u64) -> Self {
        Self { address: address.into(), bytes, items: None }
    }

    /// Exactly `items` messages of `bytes` together.
    #[must_use]
    pub fn messages(address: &str, items: u64, bytes: u64) -> Self {
        Self { address: address.into(), bytes, items: Some(items) }
    }
}

/// How mailbox and message sizes spread (both log-normal).
#[derive(Clone, Debug)]
pub struct MailShape {
    /// Share of mailboxes with nothing in them.
    pub empty_share: f64,
    /// Median bytes of a mailbox that holds something.
    pub median_bytes: f64,
    /// Standard deviation of the logarithm of a mailbox's bytes.
    pub sigma: f64,
    /// No mailbox is larger.
    pub cap_bytes: u64,
    /// Median bytes of a message.
    pub message_median: f64,
    /// Standard deviation of the logarithm of a message's bytes.
    pub message_sigma: f64,
    /// No message is larger.
    pub message_cap: u64,
    /// Names the owners of natural mailboxes gave to folders and subjects, beside the usual ones; without `/`.
    pub names: Vec<String>,
}

impl Default for MailShape {
    fn default() -> Self {
        Self {
            empty_share: 0.3,
            median_bytes: 400_000.0,
            sigma: 1.8,
            cap_bytes: 40_000_000,
            message_median: 9_000.0,
            message_sigma: 1.7,
            message_cap: 25_000_000,
            names: Vec::new(),
        }
    }
}

impl MailShape {
    /// The demo's: no mailbox so large that it alone would set the end of the night.
    #[must_use]
    pub fn demo() -> Self {
        Self {
            median_bytes: 500_000.0,
            sigma: 1.5,
            cap_bytes: 8_000_000,
            message_median: 12_000.0,
            message_sigma: 1.2,
            message_cap: 2_000_000,
            ..Self::default()
        }
    }
}

/// What the request-rate filter does with a request too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DosAnswer {
    /// 429 with `DoSFilter: unavailable`, as 8.7 and later.
    TooManyRequests,
    /// 503, as 8.0.
    Unavailable,
    /// Held for this long (real time), then served.
    Delay(Duration),
}

/// Parts of the server that a status can be injected into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PathClass {
    /// Admin SOAP.
    Soap,
    /// Mailbox archives out.
    Export,
    /// Mailbox archives in.
    Import,
    /// The account list as CSV, both addresses of it.
    Csv,
    /// Anything else.
    Other,
}

/// "The next `times` requests of this class are answered with this status."
#[derive(Clone, Copy, Debug)]
pub struct InjectedStatus {
    /// Which requests.
    pub class: PathClass,
    /// With what.
    pub status: u16,
    /// How often.
    pub times: u32,
}

/// Habits of the server, changeable while it runs. Durations are real time unless they say modelled.
#[derive(Clone, Debug)]
pub struct Knobs {
    /// Requests per modelled second and account (or address) before the filter acts; `None` = off.
    pub dos_per_s: Option<u32>,
    /// What the filter does.
    pub dos_answer: DosAnswer,
    /// Requests of one account (by cookie) served at once; others wait. `None` = no limit.
    pub qos_concurrent: Option<u32>,
    /// Failed logins before an address is answered 503 only; `None` = off.
    pub login_failures: Option<u32>,
    /// The next so many sign-ins are stopped by the request-rate filter, with what [`Self::dos_answer`] says.
    pub stopped_logins: u32,
    /// `zimbraUserServicesEnabled`: FALSE makes every request on a mailbox `TEMPORARILY_UNAVAILABLE`.
    pub user_services: bool,
    /// The next so many mailbox SOAP requests fail with "too many waiters".
    pub lock_failures: u32,
    /// The next so many token checks fail although the token is good.
    pub spurious_expiries: u32,
    /// Statuses to answer with, first match first.
    pub statuses: Vec<InjectedStatus>,
    /// Bytes of one export's tar per modelled second, in MB.
    pub export_stream_mb_per_s: Option<f64>,
    /// Bytes of one import's tar per modelled second, in MB.
    pub import_stream_mb_per_s: Option<f64>,
    /// Added to every request, in modelled milliseconds.
    pub request_ms: f64,
    /// The CSV list at its old address (before 8.8.10) or at its new one.
    pub old_csv: bool,
    /// 8 or 10: which texts and codes differ.
    pub version: u8,
    /// Silence allowed before the first byte of an upload.
    pub idle: Duration,
    /// Whether `Expect: 100-continue` is ever answered.
    pub continues: bool,
    /// Close the connection with a reset when a quota stop leaves an upload unread, instead of answering.
    pub quota_resets: bool,
    /// How many turns a runaway import makes before the lab stops it.
    pub hazard_limit: u32,
    /// Turns of a runaway import per modelled second.
    pub hazard_per_s: f64,
    /// Keep bodies of stored items, so that they can be exported again. Costs their size in a temporary file.
    pub keep_bodies: bool,
    /// `zimbraExportMaxDays`: over 0, an export without `start` and `end` is refused.
    pub export_max_days: u32,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            dos_per_s: None,
            dos_answer: DosAnswer::TooManyRequests,
            qos_concurrent: Some(10),
            login_failures: Some(10),
            stopped_logins: 0,
            user_services: true,
            lock_failures: 0,
            spurious_expiries: 0,
            statuses: Vec::new(),
            export_stream_mb_per_s: None,
            import_stream_mb_per_s: None,
            request_ms: 0.0,
            old_csv: false,
            version: 10,
            idle: Duration::from_mins(1),
            continues: true,
            quota_resets: false,
            hazard_limit: 2_000,
            hazard_per_s: 400.0,
            keep_bodies: true,
            export_max_days: 0,
        }
    }
}
