//! One lab server: listening, sorting requests to what serves them, and the handle tests hold it by.

use super::{
    afd,
    config::{Config, DosAnswer, Knobs, PathClass},
    directory::Directory,
    fault::{Armed, Fault},
    filters::Filters,
    head::Head,
    http::Connection,
    lock,
    machine::{Machine, Stream},
    record::{Record, Recorder, Ticket},
    rest, soap, tls,
    token::{Claims, Mint, Refusal},
    vault::Vault,
    view::MailboxView,
};
use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::{TaskTracker, task_tracker::TaskTrackerToken};

/// The name the server calls itself by.
pub(super) const HOST: &str = "mb1.lab.example";

/// What every part of the server shares.
pub(super) struct World {
    pub(super) directory: RwLock<Directory>,
    pub(super) machine: Arc<Machine>,
    pub(super) mint: Mint,
    pub(super) recorder: Recorder,
    pub(super) faults: Armed,
    pub(super) filters: Filters,
    pub(super) admin_name: String,
    pub(super) password: Mutex<String>,
    /// Real life of a token.
    pub(super) token_life: Duration,
    pub(super) port: u16,
    knobs: RwLock<Knobs>,
    /// Bytes of what was imported.
    pub(super) vault: Vault,
    /// Work that goes on after an answer (indexing).
    pub(super) after: TaskTracker,
    pub(super) stop: CancellationToken,
}

/// What becomes of the connection after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// Next request.
    Next,
    /// FIN in the middle of things.
    Cut,
    /// RST.
    Reset,
}

impl World {
    pub(super) fn directory(&self) -> RwLockReadGuard<'_, Directory> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn directory_mut(&self) -> RwLockWriteGuard<'_, Directory> {
        self.directory.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn knobs(&self) -> RwLockReadGuard<'_, Knobs> {
        self.knobs.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn knobs_mut(&self) -> RwLockWriteGuard<'_, Knobs> {
        self.knobs.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads a token; a good one may be called expired when the knob says so.
    pub(super) fn check(&self, token: &str) -> Result<Claims, Refusal> {
        let claims = self.mint.read(token)?;
        let mut knobs = self.knobs_mut();
        if knobs.spurious_expiries > 0 {
            knobs.spurious_expiries -= 1;
            return Err(Refusal::Expired);
        }
        Ok(claims)
    }

    /// Whether the next mailbox request fails for too many waiters.
    pub(super) fn lock_fails(&self) -> bool {
        if self.knobs().lock_failures == 0 {
            return false;
        }
        self.knobs_mut().lock_failures -= 1;
        true
    }

    /// The status that the request-rate filter stops one more sign-in with, if it does.
    pub(super) fn stops_login(&self) -> Option<u16> {
        let mut knobs = self.knobs_mut();
        knobs.stopped_logins = knobs.stopped_logins.checked_sub(1)?;
        Some(if knobs.dos_answer == DosAnswer::Unavailable { 503 } else { 429 })
    }

    fn injected(&self, class: PathClass) -> Option<u16> {
        if self.knobs().statuses.is_empty() {
            return None;
        }
        let mut knobs = self.knobs_mut();
        let found =
            knobs.statuses.iter_mut().find(|injected| injected.class == class && injected.times > 0)?;
        found.times -= 1;
        let status = found.status;
        knobs.statuses.retain(|injected| injected.times > 0);
        Some(status)
    }
}

/// What the request-rate filter marks its answers with.
pub(super) const DOS_MARKER: [(&str, &str); 1] = [("DoSFilter", "unavailable")];

/// A running lab server. Dropping it ends it.
pub struct Lab {
    world: Arc<World>,
    address: SocketAddr,
    fingerprint: String,
    pem: String,
    proc_dir: PathBuf,
    _scratch: Option<tempfile::TempDir>,
}

impl Lab {
    /// Opens the port and begins to serve. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// When the port is taken or the `/proc` folder cannot be written.
    pub async fn start(config: Config) -> anyhow::Result<Self> {
        let socket = if config.listen.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.set_reuseaddr(true)?;
        if let Some(bytes) = config.receive_buffer {
            socket.set_recv_buffer_size(bytes.try_into()?)?;
        }
        socket.bind(config.listen)?;
        let listener = socket.listen(1_024)?;
        let address = listener.local_addr()?;
        let identity = tls::identity(HOST)?;
        let (proc_dir, scratch) = if let Some(folder) = &config.proc_dir {
            (folder.clone(), None)
        } else {
            let scratch = tempfile::Builder::new().prefix("zmpace-lab-").tempdir()?;
            (scratch.path().to_owned(), Some(scratch))
        };
        // A million accounts take a moment to make up.
        let (config, directory) = tokio::task::spawn_blocking(move || {
            let directory = Directory::new(&config);
            (config, directory)
        })
        .await?;
        let machine = Machine::new(config.machine.clone(), config.speed);
        machine.write_proc(&proc_dir)?;
        let world = Arc::new(World {
            directory: RwLock::new(directory),
            machine: Arc::clone(&machine),
            mint: Mint::new(fastrand::u64(..)),
            recorder: Recorder::new(config.record_limit),
            faults: Armed::default(),
            filters: Filters::default(),
            admin_name: config.admin_name.to_lowercase(),
            password: Mutex::new(config.admin_password.clone()),
            token_life: machine.real(config.token_lifetime.as_secs_f64()),
            port: address.port(),
            knobs: RwLock::new(config.knobs.clone()),
            vault: Vault::new()?,
            after: TaskTracker::new(),
            stop: CancellationToken::new(),
        });
        let stop = world.stop.clone();
        world.after.spawn(stop.run_until_cancelled_owned(machine.narrate(proc_dir.clone())));
        let acceptor = tokio_rustls::TlsAcceptor::from(identity.config);
        let stop = world.stop.clone();
        let serving = accept(Arc::clone(&world), listener, acceptor);
        world.after.spawn(stop.run_until_cancelled_owned(serving));
        let (fingerprint, pem) = (identity.fingerprint, identity.pem);
        Ok(Self { world, address, fingerprint, pem, proc_dir, _scratch: scratch })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// SHA-256 of its certificate, lower-case hex with colons.
    pub fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }

    /// Its certificate.
    pub fn certificate_pem(&self) -> String {
        self.pem.clone()
    }

    /// Where the modelled machine's `/proc` text is.
    pub fn proc_dir(&self) -> &Path {
        &self.proc_dir
    }

    /// Modelled seconds since the start.
    pub fn elapsed_s(&self) -> f64 {
        self.world.machine.now_s()
    }

    /// Everything seen so far.
    pub fn record(&self) -> Record {
        self.world.recorder.snapshot()
    }

    /// Addresses of all accounts but the system's and the administrator's.
    pub fn addresses(&self) -> Vec<String> {
        let directory = self.world.directory();
        let people = directory.live().filter(|account| !account.system && !account.admin);
        people.map(|account| account.name.clone()).collect()
    }

    /// What is in a mailbox now; digests every made-up body of it.
    pub fn mailbox(&self, address: &str) -> Option<MailboxView> {
        let directory = self.world.directory();
        let mailbox = directory.find(address).map(|place| directory.mailbox(place))?;
        drop(directory);
        Some(mailbox.view())
    }

    /// What was made up for a mailbox, whatever has happened to it since.
    pub fn expected(&self, address: &str) -> Option<MailboxView> {
        let directory = self.world.directory();
        let mailbox = directory.find(address).map(|place| directory.mailbox(place))?;
        drop(directory);
        Some(mailbox.expected())
    }

    /// Bytes in a mailbox; makes none.
    pub fn used(&self, address: &str) -> Option<u64> {
        let directory = self.world.directory();
        directory.find(address).map(|place| directory.accounts[place].used())
    }

    /// Orders a fault.
    pub fn inject(&self, address: &str, fault: Fault) {
        self.world.faults.add(&address.to_lowercase(), fault);
    }

    /// Withdraws the faults of an account.
    pub fn clear(&self, address: &str) {
        self.world.faults.clear(&address.to_lowercase());
    }

    /// How often each kind of ordered fault has struck.
    pub fn struck(&self) -> BTreeMap<&'static str, u64> {
        self.world.faults.struck()
    }

    /// Changes habits of the running server.
    pub fn set_knobs(&self, change: impl FnOnce(&mut Knobs)) {
        change(&mut self.world.knobs_mut());
    }

    /// Withdraws every token issued so far.
    pub fn revoke_tokens(&self) {
        self.world.mint.revoke();
    }

    /// Changes the administrator's password and withdraws its tokens.
    pub fn set_password(&self, password: &str) {
        password.clone_into(&mut lock(&self.world.password));
        self.world.mint.revoke();
    }

    /// Puts an account into maintenance, or back.
    pub fn set_maintenance(&self, address: &str, on: bool) {
        self.set_attribute(address, "zimbraAccountStatus", if on { "maintenance" } else { "active" });
    }

    /// Sets an attribute of an account, the administrator included.
    pub fn set_attribute(&self, address: &str, name: &str, value: &str) {
        let mut directory = self.world.directory_mut();
        if let Some(place) = directory.find(address) {
            directory.accounts[place].set(name, value);
        }
    }

    /// Deletes an account.
    pub fn remove_account(&self, address: &str) {
        let mut directory = self.world.directory_mut();
        if let Some(place) = directory.find(address) {
            directory.accounts[place].removed = true;
        }
    }

    /// Limits a mailbox; 0 = no limit.
    pub fn set_quota(&self, address: &str, bytes: u64) {
        self.set_attribute(address, "zimbraMailQuota", &bytes.to_string());
    }

    /// Ends it and waits until every task of it has ended.
    pub async fn shutdown(self) {
        self.world.stop.cancel();
        self.world.after.close();
        self.world.after.wait().await;
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.world.stop.cancel();
    }
}

async fn accept(world: Arc<World>, listener: TcpListener, acceptor: tokio_rustls::TlsAcceptor) {
    loop {
        let Ok((socket, peer)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        world.recorder.note(|record| record.connections += 1);
        let (token, stop) = (world.after.token(), world.stop.clone());
        let client = client(Arc::clone(&world), acceptor.clone(), socket, peer, token);
        tokio::spawn(stop.run_until_cancelled_owned(client));
    }
}

async fn client(
    world: Arc<World>,
    acceptor: tokio_rustls::TlsAcceptor,
    socket: TcpStream,
    peer: SocketAddr,
    _counted: TaskTrackerToken,
) {
    let _ = socket.set_nodelay(true);
    let handshake = tokio::time::timeout(Duration::from_secs(30), acceptor.accept(socket));
    let Ok(Ok(stream)) = handshake.await else { return };
    let mut connection = Connection::new(stream, peer);
    loop {
        let continues = world.knobs().continues;
        let Ok(Some(head)) = connection.next(continues).await else { return };
        let keep_alive = head.keep_alive;
        let after = serve(&world, &mut connection, &head).await;
        match after {
            Ok(After::Next) if keep_alive && connection.is_drained() => {}
            Ok(After::Next) => return connection.close().await,
            Ok(After::Cut) => return connection.cut().await,
            Ok(After::Reset) => return connection.reset(),
            Err(_) => return,
        }
    }
}

fn class_of(head: &Head) -> PathClass {
    let path = head.path.as_str();
    if path.starts_with("/service/admin/soap") {
        PathClass::Soap
    } else if path.starts_with("/service/home/") || path.starts_with("/home/") {
        if head.method == "GET" { PathClass::Export } else { PathClass::Import }
    } else if path.starts_with("/service/afd") || path.starts_with("/service/extension/") {
        PathClass::Csv
    } else {
        PathClass::Other
    }
}

async fn serve(world: &Arc<World>, connection: &mut Connection, head: &Head) -> io::Result<After> {
    let class = class_of(head);
    let mut ticket = world.recorder.begin(&head.method, class, &head.path);
    let (idle, request_ms, knob_dos, dos_answer, qos, logins) = {
        let knobs = world.knobs();
        (
            knobs.idle,
            knobs.request_ms,
            knobs.dos_per_s,
            knobs.dos_answer,
            knobs.qos_concurrent,
            knobs.login_failures,
        )
    };
    connection.idle = idle;
    let after = async {
        if let Some(status) = world.injected(class) {
            return rest::page::refuse(connection, head, &ticket, status, None, &[]).await;
        }
        if world.filters.is_locked_out(connection.peer.ip(), logins) {
            return rest::page::refuse(connection, head, &ticket, 503, None, &[]).await;
        }
        let by_cookie = head.cookie("ZM_ADMIN_AUTH_TOKEN").and_then(|token| world.mint.read(token).ok());
        let account = by_cookie.map(|claims| claims.account_id);
        let key = account.clone().unwrap_or_else(|| connection.peer.to_string());
        match world.filters.rate(&key, world.machine.now_s(), knob_dos, dos_answer) {
            None => {}
            Some(DosAnswer::Delay(pause)) => tokio::time::sleep(pause).await,
            Some(answer) => {
                let status = if answer == DosAnswer::Unavailable { 503 } else { 429 };
                return rest::page::refuse(connection, head, &ticket, status, None, &DOS_MARKER).await;
            }
        }
        let _slot = match &account {
            Some(account) => Some(world.filters.slot(account, qos).await),
            None => None,
        };
        let mut stream = Stream::default();
        world.machine.rest(request_ms / 1_000.0).await;
        world.machine.compute(&mut stream, world.machine.profile.request_cpu_s).await;
        match class {
            PathClass::Soap => soap::serve(world, connection, head, &ticket).await,
            PathClass::Export | PathClass::Import => {
                rest::serve(world, connection, head, &mut ticket, stream).await
            }
            PathClass::Csv => afd::serve(world, connection, head, &ticket).await,
            PathClass::Other => rest::page::refuse(connection, head, &ticket, 404, None, &[]).await,
        }
    }
    .await;
    finish(&ticket, connection);
    after
}

fn finish(ticket: &Ticket<'_>, connection: &Connection) {
    ticket.bytes(connection.bytes_in, connection.bytes_out);
}
