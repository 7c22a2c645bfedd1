//! systemd's notices: ready, status, stopping, and the watchdog that the control loop feeds.

use std::{
    env,
    ffi::OsStr,
    io,
    os::{
        linux::net::SocketAddrExt as _,
        unix::{
            ffi::OsStrExt as _,
            net::{SocketAddr, UnixDatagram},
        },
    },
    time::{Duration, Instant},
};

use sd_notify::NotifyState;

/// Between two signs of life; `WatchdogSec=` is a minute in our unit.
const ALIVE_EVERY: Duration = Duration::from_secs(5);
/// Between two status lines.
const STATUS_EVERY: Duration = Duration::from_secs(5);
/// A service manager that does not read is waited for no longer: the loop stands still meanwhile.
const PATIENCE: Duration = Duration::from_millis(100);
/// Longest status line.
const STATUS_BYTES: usize = 300;

/// The service manager, where there is one.
pub(super) struct Service {
    /// Between two signs of life, if they are wanted.
    every: Option<Duration>,
    alive: Option<Instant>,
    told: Option<Instant>,
}

impl Service {
    pub(super) fn new() -> Self {
        let every = sd_notify::watchdog_enabled().map(|limit| (limit / 4).min(ALIVE_EVERY));
        Self { every, alive: None, told: None }
    }

    pub(super) fn ready() {
        notify(&NotifyState::Ready);
    }

    pub(super) fn stopping() {
        notify(&NotifyState::Stopping);
    }

    pub(super) fn alive(&mut self) {
        let Some(every) = self.every else { return };
        if self.alive.is_none_or(|at| at.elapsed() >= every) {
            self.alive = Some(Instant::now());
            notify(&NotifyState::Watchdog);
        }
    }

    pub(super) fn status(&mut self, line: &str) {
        if self.told.is_none_or(|at| at.elapsed() >= STATUS_EVERY) {
            self.told = Some(Instant::now());
            let line: String = line.chars().filter(|c| !c.is_control()).take(STATUS_BYTES).collect();
            notify(&NotifyState::Status(&line));
        }
    }
}

/// Without a service manager, or with one that does not listen, nothing is lost.
fn notify(state: &NotifyState<'_>) {
    if let Some(address) = env::var_os("NOTIFY_SOCKET") {
        let _ = send(&address, &format!("{state}\n"));
    }
}

/// `sd_notify`'s own way waits for ever once ten notices lie unread.
fn send(address: &OsStr, notice: &str) -> io::Result<()> {
    let address = match address.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(address)?,
    };
    let socket = UnixDatagram::unbound()?;
    socket.set_write_timeout(Some(PATIENCE))?;
    socket.connect_addr(&address)?;
    socket.send(notice.as_bytes()).map(drop)
}
