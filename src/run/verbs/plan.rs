//! `zmpace plan`: what would be moved, and what stands in the way.

use std::{collections::HashSet, fmt::Write as _, time::Duration};

use serde::Serialize;

use super::{SHOWN_ROWS, json, nights::Nights, say};
use crate::{
    cli::PlanArgs,
    control::sample::Side,
    run::{Ended, Exit, clock::Clock, world},
    settings::{self, Settings, Surroundings},
    ui::words::{bytes, count, span, tame},
    zimbra::{
        MoveError, directory,
        plan::{Obstacle, Planned},
        session::Server,
    },
};

/// `zmpace plan`
///
/// # Errors
/// What keeps the plan from being made.
pub async fn plan(args: PlanArgs, around: &Surroundings) -> Result<Exit, Ended> {
    let settings = settings::for_plan(&args.common, &args.selection, &args.hours, around)?;
    let clock = Clock::start(1.0);
    let pair = world::pair(&settings, around, &clock).await?;
    let planned = world::plan(&pair, &settings).await?;
    let servers = [Installation::ask(&pair.source).await?, Installation::ask(&pair.destination).await?];
    say(&if args.json {
        let nights = Nights::of(&planned, &settings, clock.now().wall_ms);
        json(&PlanReport { servers: Some(servers), nights, ..PlanReport::new(&planned) })
    } else {
        installations_text(&servers)
            + &plan_text(&planned, &settings, clock.now().wall_ms)
            + &tokens_text(&servers, &planned, &settings)
    });
    Ok(Exit::Done)
}

/// What one installation is made of.
#[derive(Debug, Serialize)]
struct Installation {
    side: Side,
    mail_stores: Vec<String>,
    classes_of_service: Vec<String>,
    admin_token_s: f64,
}

impl Installation {
    async fn ask(server: &Server) -> Result<Self, MoveError> {
        // The second sign-in proves that a token can be renewed: no second factor, no password for one use.
        let token = server.token().await?;
        let token = server.renew(&token).await?;
        // A delegated administrator may be refused these; the plan stands without them.
        let known = |found: Result<Vec<String>, MoveError>| match found {
            Err(MoveError::Fault { .. }) => Ok(Vec::new()),
            other => other,
        };
        let stores = directory::stores(server).await;
        let names = |stores: Vec<directory::Store>| stores.into_iter().map(|store| store.name).collect();
        Ok(Self {
            side: server.access().side,
            mail_stores: known(stores.map(names))?,
            classes_of_service: known(directory::classes_of_service(server).await)?,
            admin_token_s: token.lifetime().as_secs_f64(),
        })
    }
}

fn installations_text([source, destination]: &[Installation; 2]) -> String {
    let mut text = String::new();
    for side in [source, destination] {
        let life = span(Duration::from_secs_f64(side.admin_token_s));
        let stores = tame(&side.mail_stores.join(", "));
        let _ =
            writeln!(text, "{}: mail stores {stores}; admin token lives {life} and is renewed", side.side);
    }
    let missing: Vec<&str> = source
        .classes_of_service
        .iter()
        .filter(|name| !destination.classes_of_service.contains(name))
        .map(String::as_str)
        .collect();
    if !missing.is_empty() && !destination.classes_of_service.is_empty() {
        let missing = tame(&missing.join(", "));
        let _ = writeln!(text, "warning: classes of service the destination does not have: {missing}");
    }
    text
}

/// A plan, as `plan --json` prints it.
#[derive(Debug, Serialize)]
struct PlanReport<'a> {
    schema_version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    servers: Option<[Installation; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nights: Option<Nights>,
    accounts: Vec<PlanLine<'a>>,
}

#[derive(Debug, Serialize)]
struct PlanLine<'a> {
    source: &'a str,
    target: &'a str,
    bytes: u64,
    obstacle: Option<String>,
    next: Option<String>,
    warning: Option<&'a str>,
}

impl<'a> PlanReport<'a> {
    fn new(planned: &'a [Planned]) -> Self {
        let mut accounts: Vec<_> = planned
            .iter()
            .map(|row| PlanLine {
                source: &row.source,
                target: &row.target,
                bytes: row.bytes,
                obstacle: row.obstacle.as_ref().map(|obstacle| obstacle.cause(row)),
                next: row.obstacle.as_ref().map(|obstacle| obstacle.next(row)),
                warning: row.warning.as_deref(),
            })
            .collect();
        accounts.sort_by(|a, b| b.bytes.cmp(&a.bytes).then(a.source.cmp(b.source)));
        Self { schema_version: 1, servers: None, nights: None, accounts }
    }
}

pub fn plan_text(planned: &[Planned], settings: &Settings, now_ms: i64) -> String {
    let report = PlanReport::new(planned);
    let (blocked, free): (Vec<_>, Vec<_>) = report.accounts.iter().partition(|row| row.obstacle.is_some());
    let total: u64 = free.iter().map(|row| row.bytes).sum();
    let empty = free.iter().filter(|row| row.bytes == 0).count();
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{} mailboxes to move, {} ({} of them empty); {} cannot be moved",
        count(free.len() as u64),
        bytes(total),
        count(empty as u64),
        count(blocked.len() as u64)
    );
    let _ = writeln!(
        text,
        "order: largest first; one worker in {:.0} takes the smallest",
        1.0 / settings.law.lane.share.max(0.01)
    );
    let _ = writeln!(text, "{}", forecast(free.len() as u64, total, settings));
    text += &Nights::of(planned, settings, now_ms).map_or_else(String::new, |nights| nights.text());
    for row in free.iter().take(SHOWN_ROWS) {
        let _ = writeln!(text, "  {:>9}  {} -> {}", bytes(row.bytes), tame(row.source), tame(row.target));
    }
    if free.len() > SHOWN_ROWS {
        let _ = writeln!(
            text,
            "  and {} smaller ones; --json lists all",
            count((free.len() - SHOWN_ROWS) as u64)
        );
    }
    for row in &report.accounts {
        if let Some(warning) = row.warning {
            let _ = writeln!(text, "warning: {}: {warning}", tame(row.target));
        }
    }
    for row in blocked.iter().take(SHOWN_ROWS) {
        let (cause, next) =
            (row.obstacle.as_deref().unwrap_or_default(), row.next.as_deref().unwrap_or_default());
        let _ = writeln!(text, "blocked: {}\n   next: {}", tame(cause), tame(next));
    }
    if blocked.len() > SHOWN_ROWS {
        let _ = writeln!(text, "and {} more are blocked; --json lists all", blocked.len() - SHOWN_ROWS);
    }
    let missing = planned.iter().filter(|row| row.obstacle == Some(Obstacle::MissingOnDestination));
    if free.is_empty() && missing.count() > 0 {
        let _ = writeln!(
            text,
            "hint: if the domain has another name there, set plan.domain_map = {{ \"old.name\" = \"new.name\" }}"
        );
    }
    let hosts: HashSet<&str> =
        planned.iter().map(|row| row.mail_host.as_str()).filter(|host| !host.is_empty()).collect();
    if hosts.len() > 1 {
        let _ = writeln!(
            text,
            "warning: the mailboxes live on {} mail stores; through one of them the others answer by proxy, with a time-out of 60 s. \
             Run zmpace once per store.",
            hosts.len()
        );
    }
    text
}

/// Tokens that live shorter than the plan takes: they are renewed, and what raises their life.
fn tokens_text(servers: &[Installation; 2], planned: &[Planned], settings: &Settings) -> String {
    let free = || planned.iter().filter(|row| row.obstacle.is_none());
    let expected_s = solo_s(free().count() as u64, free().map(|row| row.bytes).sum(), settings);
    let mut text = String::new();
    for side in servers.iter().filter(|side| side.admin_token_s < expected_s) {
        let _ = writeln!(
            text,
            "warning: {0}: an admin token lives {1} and this may take {2} with one worker; it is renewed at half its \
             life (tried: a second sign-in works). To raise it, on the {0}: zmprov mc default \
             zimbraAdminAuthTokenLifetime {3}h",
            side.side,
            span(Duration::from_secs_f64(side.admin_token_s)),
            span(Duration::from_secs_f64(expected_s)),
            (expected_s / 3600.0 * 1.5).ceil()
        );
    }
    text
}

/// Seconds one worker would take, by the law's prior costs.
pub fn solo_s(accounts: u64, total: u64, settings: &Settings) -> f64 {
    let work = &settings.law.work;
    accounts as f64 * work.account_s + total as f64 / 1e6 * work.mb_s
}

/// What the law expects before it has measured anything: its prior costs, and one worker.
fn forecast(accounts: u64, total: u64, settings: &Settings) -> String {
    let solo_s = solo_s(accounts, total, settings);
    let with = |share: f64| span(Duration::from_secs_f64(solo_s / share));
    format!("forecast before anything is measured: {} with one worker, {} with eight", with(1.0), with(8.0))
}
