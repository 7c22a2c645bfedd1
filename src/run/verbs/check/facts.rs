//! What is gathered once, from both sides and this machine; a dead side does not keep the other from being
//! looked at.

use std::{
    collections::BTreeSet,
    net::{IpAddr, UdpSocket},
    time::Duration,
};

use super::{host::HostFacts, machine::Machine};
use crate::{
    control::sample::Side,
    run::{clock::Clock, world},
    settings::{Settings, Surroundings},
    zimbra::{
        MoveError,
        directory::{self, Listed},
        plan::{self, Planned, Wish},
        session::Server,
        survey::{self, Allowance, Caps, Knock, Rank},
    },
};

/// Longest wait for a connection: whoever checks is waiting.
const CONNECT: Duration = Duration::from_secs(5);

/// An answer, or why there is none.
pub type Told<T> = Result<T, MoveError>;

/// Everything a check looks at.
pub struct Facts {
    pub source: SideFacts,
    pub destination: SideFacts,
    /// The plan, where both sides could be asked; else why there is none.
    pub planned: Result<Vec<Planned>, Unplanned>,
    /// Why the list of accounts cannot be read, if so.
    pub list: Option<String>,
    pub host: HostFacts,
}

/// One side.
pub struct SideFacts {
    pub side: Side,
    /// `host:port`.
    pub authority: String,
    /// Whom its certificate is held against.
    pub trust: Trust,
    pub admin: String,
    /// Our own address as the server sees it, unless something between us changes it.
    pub seen_as: Option<IpAddr>,
    pub door: Door,
    /// `None` when the door is shut.
    pub inside: Option<Told<Inside>>,
    /// The accounts in the domains asked for; `None` when they could not be asked for.
    pub accounts: Option<Told<Vec<Listed>>>,
    pub sample: Option<SampleAccount>,
    pub machine: Machine,
    server: Option<Server>,
}

/// Whom a certificate is held against.
#[derive(Clone, Copy, Debug)]
pub enum Trust {
    /// The fingerprint in the settings.
    Pinned,
    /// The authority in `ca_file`.
    CaFile,
    /// The authorities this machine trusts.
    System,
}

/// Why there is no plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unplanned {
    /// The list of accounts cannot be read.
    List,
    /// The source's accounts are not known.
    Source,
    /// The destination's accounts are not known.
    Destination,
}

/// Whether the server can be spoken to.
pub enum Door {
    /// The settings do not even allow to try.
    Barred(String),
    Shut(MoveError),
    Open(Knock),
}

/// What a server tells to whoever has signed in.
pub struct Inside {
    pub token_s: f64,
    /// Seconds by which its clock is ahead, by the token.
    pub ahead_s: Option<f64>,
    /// Whether a second sign-in works.
    pub renewal: Told<()>,
    pub version: Told<String>,
    pub rank: Told<Rank>,
    pub caps: Told<Vec<Caps>>,
}

/// The largest mailbox to move: it stands for all.
pub struct SampleAccount {
    pub address: String,
    pub allowance: Told<Allowance>,
    /// Whether its folders may be read; `None` = not tried: a mailbox that was never used would be created by it.
    pub folders: Option<Told<()>>,
}

impl Facts {
    /// Asks both sides and this machine at once.
    pub async fn gather(settings: &Settings, around: &Surroundings, clock: &Clock) -> Self {
        let mut hurried = settings.clone();
        hurried.mover.connect_timeout = hurried.mover.connect_timeout.min(CONNECT);
        hurried.probe.ssh_timeout = hurried.probe.ssh_timeout.min(CONNECT);
        let side = |side| {
            // Here and not inside: a password may have to be typed, one after the other.
            let server = world::server(&hurried, side, around, clock).map_err(|ended| ended.message);
            SideFacts::gather(&hurried, side, server)
        };
        let (source, destination) = (side(Side::Source), side(Side::Destination));
        let (mut source, mut destination) = tokio::join!(source, destination);
        let (planned, list) = match world::wish(&hurried) {
            Ok(wish) => (plan(&hurried, &wish, &mut source, &mut destination).await, None),
            Err(ended) => (Err(Unplanned::List), Some(ended.message)),
        };
        if let Ok(planned) = &planned {
            tokio::join!(source.try_one(planned), destination.try_one(planned));
        }
        Self { source, destination, planned, list, host: HostFacts::gather(settings) }
    }
}

/// Lists the accounts of both sides, each as far as it answers, and holds them against each other.
async fn plan(
    settings: &Settings,
    wish: &Wish,
    source: &mut SideFacts,
    destination: &mut SideFacts,
) -> Result<Vec<Planned>, Unplanned> {
    let of_source = match source.server() {
        Some(server) => Some(world::domains(server, settings, wish).await),
        None => None,
    };
    // Where the source does not tell its domains, those of the destination are looked at for what they are.
    let of_destination = match (&of_source, destination.server()) {
        (_, None) => None,
        (Some(Ok(domains)), _) => Some(Ok(world::target_domains(domains, wish))),
        (_, Some(server)) => Some(directory::domains(server).await.map(BTreeSet::from_iter)),
    };
    tokio::join!(source.list(of_source), destination.list(of_destination));
    match (&source.accounts, &destination.accounts) {
        (Some(Ok(from)), Some(Ok(to))) => Ok(plan::join(from.clone(), to, wish)),
        (Some(Ok(_)), _) => Err(Unplanned::Destination),
        _ => Err(Unplanned::Source),
    }
}

impl SideFacts {
    async fn gather(settings: &Settings, side: Side, server: Result<Server, String>) -> Self {
        let given = settings.server(side);
        let trust = match (given.fingerprints.is_empty(), given.ca_file.is_empty()) {
            (false, _) => Trust::Pinned,
            (true, false) => Trust::CaFile,
            (true, true) => Trust::System,
        };
        let authority = match &server {
            Ok(server) => server.authority(),
            Err(_) => format!("{}:{}", given.host, given.port),
        };
        let seen_as = seen_as(&given.host, given.port);
        let asked = async {
            match &server {
                Ok(server) => enter(server).await,
                Err(words) => (Door::Barred(words.clone()), None),
            }
        };
        let ((door, inside), machine) = tokio::join!(asked, Machine::read(settings, side));
        Self {
            side,
            authority,
            trust,
            admin: given.admin.clone(),
            seen_as,
            door,
            inside,
            accounts: None,
            sample: None,
            machine,
            server: server.ok(),
        }
    }

    /// The server, where it let us in.
    fn server(&self) -> Option<&Server> {
        self.server.as_ref().filter(|_| matches!(self.inside, Some(Ok(_))))
    }

    async fn list(&mut self, domains: Option<Told<BTreeSet<String>>>) {
        self.accounts = match (domains, self.server()) {
            (Some(Ok(domains)), Some(server)) => Some(world::listings(server, &domains).await),
            (Some(Err(error)), _) => Some(Err(error)),
            _ => None,
        };
    }

    /// Asks what the largest mailbox to move is allowed, and looks into it where that creates nothing.
    async fn try_one(&mut self, planned: &[Planned]) {
        let free = planned.iter().filter(|row| row.obstacle.is_none());
        let (Some(largest), Some(server)) = (free.max_by_key(|row| row.bytes), self.server()) else { return };
        let address = if self.side == Side::Source { &largest.source } else { &largest.target };
        let listed = self.accounts.iter().flatten().flatten();
        let used = listed.filter(|account| &account.address == address).any(|account| account.used > 0);
        let allowance = survey::allowance(server, address).await;
        let folders = if used { Some(directory::folders(server, address).await.map(drop)) } else { None };
        self.sample = Some(SampleAccount { address: address.clone(), allowance, folders });
    }
}

/// Knocks, and signs in where the door opens.
async fn enter(server: &Server) -> (Door, Option<Told<Inside>>) {
    let knock = match survey::knock(server).await {
        Ok(knock) => knock,
        Err(error) => return (Door::Shut(error), None),
    };
    (Door::Open(knock), Some(Inside::ask(server).await))
}

impl Inside {
    async fn ask(server: &Server) -> Told<Self> {
        let token = server.token().await?;
        let renewed = server.renew(&token).await;
        let (version, rank, caps) =
            tokio::join!(survey::version(server), survey::rank(server), survey::caps(server));
        Ok(Self {
            token_s: token.lifetime().as_secs_f64(),
            ahead_s: token.ahead_s(),
            renewal: renewed.map(drop),
            version,
            rank,
            caps,
        })
    }
}

/// The address we come from when we speak to a host; nothing is sent.
fn seen_as(host: &str, port: u16) -> Option<IpAddr> {
    use std::net::ToSocketAddrs as _;
    let to = (host, port).to_socket_addrs().ok()?.next()?;
    let from = if to.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let socket = UdpSocket::bind(from).ok()?;
    socket.connect(to).ok()?;
    Some(socket.local_addr().ok()?.ip())
}
