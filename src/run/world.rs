//! Settings become servers, probes and a plan.

use std::{
    collections::{BTreeSet, HashSet},
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::mpsc;

use super::{
    Ended, Exit,
    clock::Clock,
    night::{Bell, Happening},
};
use crate::{
    control::{
        event::{Command, Retry},
        sample::Side,
    },
    probe::{self, Reach, SshTarget, Watch},
    settings::{ReachKind, ServerSettings, Settings, SettingsError, Surroundings, secrets},
    zimbra::{
        MoveError,
        directory::{self, Listed},
        patience::{FIRST_PAUSE, patiently},
        plan::{self, Planned, Wish},
        session::{Access, Server},
        tls::{self, Tls, Trust},
        transfer::{Manner, Relay},
    },
};

/// Between two requests for nothing that measure a server's answer time, in control time.
const ANSWER_EVERY: Duration = Duration::from_secs(15);

/// Between two looks at the file of a refused password, in real time.
const PASSWORD_EVERY: Duration = Duration::from_secs(2);

/// A modelled machine writes its counters every 50 ms of real time; reading faster sees nothing new.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(100);

/// The two mail servers.
#[derive(Clone, Debug)]
pub struct Pair {
    /// Where mailboxes are read.
    pub source: Arc<Server>,
    /// Where they are written.
    pub destination: Arc<Server>,
    /// Files that passwords come from: only there can one be changed while a run lasts.
    pub password_files: Vec<(Side, PathBuf)>,
}

impl From<SettingsError> for Ended {
    fn from(error: SettingsError) -> Self {
        Self::new(Exit::Usage, error.to_string())
    }
}

impl From<MoveError> for Ended {
    fn from(error: MoveError) -> Self {
        let exit = match error.retry() {
            Retry::Operator => Exit::Fatal,
            // It may pass: run again.
            Retry::Busy | Retry::BackOff | Retry::Renew => Exit::Temporary,
            _ if error.whole_side() => Exit::Temporary,
            _ => Exit::Unclassified,
        };
        Self { code: Some(error.code()), ..Self::new(exit, format!("{error}\nnext: {}", error.next())) }
    }
}

/// Both servers, signed in to.
///
/// # Errors
/// Settings that are missing, a password that is refused, a certificate that is not trusted.
pub async fn pair(settings: &Settings, around: &Surroundings, clock: &Clock) -> Result<Pair, Ended> {
    settings.check_servers()?;
    let open = |side| server(settings, side, around, clock).map(Arc::new);
    let file = |side| secrets::file(side, settings.server(side), around).map(|file| (side, file));
    let password_files = [Side::Source, Side::Destination].into_iter().filter_map(file).collect();
    let pair = Pair { source: open(Side::Source)?, destination: open(Side::Destination)?, password_files };
    patiently(FIRST_PAUSE, || pair.source.token()).await?;
    patiently(FIRST_PAUSE, || pair.destination.token()).await?;
    Ok(pair)
}

/// One server, not signed in to yet.
///
/// # Errors
/// No password, a certificate setting that cannot be read.
pub fn server(
    settings: &Settings,
    side: Side,
    around: &Surroundings,
    clock: &Clock,
) -> Result<Server, Ended> {
    let given = settings.server(side);
    let password =
        secrets::password(side, given, around).map_err(|error| Ended::new(Exit::Fatal, error.to_string()))?;
    let tls = Tls::new(trust(side, given)?)
        .map_err(|cause| Ended::new(Exit::Usage, format!("setting `{side}.ca_file`: {cause}")))?;
    let access = Access {
        side,
        host: given.host.clone(),
        port: given.port,
        admin: given.admin.clone(),
        password,
        connect_timeout: clock.real(settings.mover.connect_timeout).max(Duration::from_secs(1)),
        answer_timeout: clock.real(settings.mover.answer_timeout).max(Duration::from_secs(5)),
        pause: FIRST_PAUSE,
    };
    Ok(Server::new(access, tls)?)
}

fn trust(side: Side, given: &ServerSettings) -> Result<Trust, Ended> {
    if !given.fingerprints.is_empty() {
        let prints: Result<Vec<_>, _> =
            given.fingerprints.iter().map(|text| tls::parse_fingerprint(text)).collect();
        return prints
            .map(Trust::Pinned)
            .map_err(|cause| Ended::new(Exit::Usage, format!("setting `{side}.fingerprints`: {cause}")));
    }
    if given.ca_file.is_empty() {
        return Ok(Trust::System);
    }
    tls::authorities(Path::new(&given.ca_file)).map_err(|error| {
        Ended::new(Exit::Usage, format!("setting `{side}.ca_file`: cannot read {}: {error}", given.ca_file))
    })
}

/// The mover between them; its patience is in control time.
pub fn relay(settings: &Settings, pair: &Pair, clock: &Clock) -> Relay {
    let mover = &settings.mover;
    // Even in the demo's fast time, a busy machine must not be taken for a dead one.
    let patience = |control: Duration| clock.real(control).max(Duration::from_secs(10).min(control));
    let manner = Manner {
        source_format: mover.source_format,
        destination_format: mover.destination_format,
        resolve: mover.resolve,
        acl: mover.acl,
        trash_and_junk: mover.trash_and_junk,
        first_byte: patience(mover.first_byte_timeout),
        stall: patience(mover.stall_timeout),
        connect: patience(mover.connect_timeout),
        standstill: clock.real(mover.standstill).max(Duration::from_millis(200).min(mover.standstill)),
        runaway: patience(mover.runaway),
        spill_bytes: mover.spill_bytes,
        slow_link_bytes_per_s: mover.slow_link_bytes_per_s,
    };
    Relay::new(Arc::clone(&pair.source), Arc::clone(&pair.destination), manner)
}

/// Where a side's counters are read, or `None` when it is not to be read.
pub fn reach(settings: &Settings, side: Side) -> Option<(Reach, Watch)> {
    let given = settings.server(side);
    let watch = Watch { paths: given.watch.clone() };
    match given.reach {
        ReachKind::None => None,
        ReachKind::Local => Some((Reach::Local { root: given.proc_root.clone() }, watch)),
        ReachKind::Ssh => {
            let host = if given.ssh_host.is_empty() { &given.host } else { &given.ssh_host };
            let target = SshTarget {
                host: host.clone(),
                port: given.ssh_port,
                user: given.ssh_user.clone(),
                identity_files: given.ssh_keys.clone(),
                passphrase: None,
                known_hosts: known_hosts(given),
                use_agent: given.ssh_keys.is_empty(),
                timeout: settings.probe.ssh_timeout,
            };
            Some((Reach::Ssh(target), watch))
        }
    }
}

fn known_hosts(given: &ServerSettings) -> PathBuf {
    if !given.ssh_known_hosts.is_empty() {
        return given.ssh_known_hosts.clone().into();
    }
    std::env::home_dir().unwrap_or_default().join(".ssh/known_hosts")
}

/// Rings at every reading of both machines and, unless one of them is this machine, of this one.
pub fn ring_readings(bell: &Bell, settings: &Settings, clock: &Clock, with_host: bool) {
    let interval = clock.real(settings.probe.interval).max(SHORTEST_INTERVAL.min(settings.probe.interval));
    let mut sides: Vec<_> = [Side::Source, Side::Destination]
        .into_iter()
        .filter_map(|side| reach(settings, side).map(|(reach, watch)| (side, reach, watch)))
        .collect();
    if with_host {
        sides.push((Side::Host, Reach::Local { root: "/proc".into() }, Watch { paths: Vec::new() }));
    }
    for (side, reach, watch) in sides {
        forward(probe::watch(side, reach, watch, interval), bell.clone(), side);
    }
}

fn forward(mut readings: mpsc::Receiver<probe::Reading>, bell: Bell, side: Side) {
    tokio::spawn(async move {
        while let Some(reading) = readings.recv().await {
            if bell.send(Happening::Read(side, reading)).is_err() {
                return; // the night is over; dropping the receiver ends the probe's thread
            }
        }
    });
}

/// Rings with each server's answer time.
pub fn ring_answers(bell: &Bell, pair: &Pair, clock: Clock) {
    for (side, server) in [(Side::Source, &pair.source), (Side::Destination, &pair.destination)] {
        let (bell, server) = (bell.clone(), Arc::clone(server));
        tokio::spawn(async move {
            loop {
                let begun = Instant::now();
                let answer = directory::no_op(&server).await;
                // In real time even where the clock is fast: what is judged is a user's wait.
                let millis = begun.elapsed().as_secs_f64() * 1000.0;
                if bell.send(Happening::Answered(side, answer.is_ok().then_some(millis))).is_err() {
                    return;
                }
                tokio::time::sleep(clock.real(ANSWER_EVERY)).await;
            }
        });
    }
}

/// Rings when a refused password has been changed in the file it came from.
pub fn ring_passwords(bell: &Bell, pair: &Pair) {
    for (side, file) in pair.password_files.clone() {
        let server = if side == Side::Source { &pair.source } else { &pair.destination };
        let (bell, server) = (bell.clone(), Arc::clone(server));
        tokio::spawn(async move {
            while !bell.is_closed() {
                tokio::time::sleep(PASSWORD_EVERY).await;
                if !server.is_refused() {
                    continue;
                }
                // A file that is being written may be empty or away for a moment.
                let Ok(password) = secrets::from_file(side, &file.to_string_lossy()) else { continue };
                if server.set_password(password) && bell.send(Happening::Mended(side)).is_err() {
                    return;
                }
            }
        });
    }
}

/// Rings at signals: the first drains, the second stops, the third ends the process at once.
///
/// # Errors
/// When the system refuses the handlers.
pub fn ring_signals(bell: &Bell) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let bell = bell.clone();
    tokio::spawn(async move {
        for told in [Some(Command::Drain), Some(Command::Stop), None] {
            let number = tokio::select! {
                _ = interrupt.recv() => 2,
                _ = terminate.recv() => 15,
            };
            let Some(command) = told else {
                crate::ui::term::give_back();
                std::process::exit(128 + number)
            };
            drop(bell.send(Happening::Told(command)));
        }
    });
    Ok(())
}

/// The mailboxes asked for, each with what stands in its way.
///
/// # Errors
/// A list that cannot be read, or a server that does not answer.
pub async fn plan(pair: &Pair, settings: &Settings) -> Result<Vec<Planned>, Ended> {
    let wish = wish(settings)?;
    let domains = domains(&pair.source, settings, &wish).await?;
    let source = listings(&pair.source, &domains).await?;
    let destination = listings(&pair.destination, &target_domains(&domains, &wish)).await?;
    Ok(plan::join(source, &destination, &wish))
}

/// The accounts of these domains.
///
/// # Errors
/// A server that does not answer.
pub async fn listings(server: &Server, domains: &BTreeSet<String>) -> Result<Vec<Listed>, MoveError> {
    let mut listed = Vec::new();
    for domain in domains {
        listed.extend(listing(server, domain).await?);
    }
    Ok(listed)
}

/// The destination's domains for these of the source.
pub fn target_domains(domains: &BTreeSet<String>, wish: &Wish) -> BTreeSet<String> {
    let mapped = domains.iter().map(|domain| wish.domain_map.get(domain).unwrap_or(domain).clone());
    let named = wish.accounts.iter().flatten().filter_map(|(_, target)| domain_of(target.as_deref()?));
    mapped.chain(named).collect()
}

/// A domain the server does not have holds no accounts.
async fn listing(server: &Server, domain: &str) -> Result<Vec<Listed>, MoveError> {
    match patiently(FIRST_PAUSE, || directory::accounts(server, domain)).await {
        Err(MoveError::Fault { code, .. }) if code == "account.NO_SUCH_DOMAIN" => Ok(Vec::new()),
        other => other,
    }
}

/// The source's domains asked for; without a wish, all it has.
///
/// # Errors
/// A server that does not answer.
pub async fn domains(
    source: &Server,
    settings: &Settings,
    wish: &Wish,
) -> Result<BTreeSet<String>, MoveError> {
    if !settings.plan.domains.is_empty() {
        return Ok(settings.plan.domains.iter().map(|domain| domain.to_lowercase()).collect());
    }
    if let Some(list) = &wish.accounts {
        return Ok(list.iter().filter_map(|(source, _)| domain_of(source)).collect());
    }
    Ok(patiently(FIRST_PAUSE, || directory::domains(source)).await?.into_iter().collect())
}

fn domain_of(address: &str) -> Option<String> {
    address.rsplit_once('@').map(|(_, domain)| domain.to_owned())
}

/// An account of a list, and where it is to go if not to the same address.
pub type Listing = (String, Option<String>);

/// The accounts of the list in the settings, each with its target where it names one; `None` without a list.
///
/// # Errors
/// A list that cannot be read.
pub fn listed_accounts(settings: &Settings) -> Result<Option<Vec<Listing>>, Ended> {
    let file = settings.plan.accounts_file.as_str();
    if file.is_empty() {
        return Ok(None);
    }
    let text = read_list(file).map_err(|error| {
        Ended::new(Exit::Usage, format!("cannot read the list of accounts {file}: {error}"))
    })?;
    plan::parse_accounts(&text).map(Some).map_err(|cause| Ended::new(Exit::Usage, format!("{file}: {cause}")))
}

/// What the settings ask for.
///
/// # Errors
/// A list of accounts that cannot be read.
pub fn wish(settings: &Settings) -> Result<Wish, Ended> {
    let given = &settings.plan;
    let accounts = listed_accounts(settings)?;
    let exclude: HashSet<String> = given.exclude.iter().map(|address| address.to_lowercase()).collect();
    Ok(Wish { accounts, exclude, domain_map: given.domain_map.clone() })
}

fn read_list(file: &str) -> std::io::Result<String> {
    if file == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(file)
}
