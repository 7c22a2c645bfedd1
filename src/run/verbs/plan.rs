//! `zmpace plan`: what would be moved, and what stands in the way.

use std::{collections::HashSet, fmt::Write as _, time::Duration};

use serde::Serialize;

use super::{SHOWN_ROWS, json, nights::Nights, say};
use crate::{
    cli::PlanArgs,
    control::sample::Side,
    lang::{Lang, tell},
    run::{Ended, Exit, clock::Clock, world},
    settings::{self, Settings, Surroundings},
    ui::words::{bytes, count, span, tame},
    zimbra::{
        MoveError, directory,
        plan::{Obstacle, Planned, Warning},
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
        installations_text(&servers, settings.show.lang())
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

fn installations_text([source, destination]: &[Installation; 2], lang: Lang) -> String {
    let mut text = String::new();
    for side in [source, destination] {
        let life = lang.time(&span(Duration::from_secs_f64(side.admin_token_s)));
        let stores = tame(&side.mail_stores.join(", "));
        let _ = writeln!(
            text,
            "{}",
            tell!(lang, "plan-side", side = lang.side(side.side), stores = stores, life = life)
        );
    }
    let missing: Vec<&str> = source
        .classes_of_service
        .iter()
        .filter(|name| !destination.classes_of_service.contains(name))
        .map(String::as_str)
        .collect();
    if !missing.is_empty() && !destination.classes_of_service.is_empty() {
        let missing = tame(&missing.join(", "));
        let _ = writeln!(text, "{}", tell!(lang, "plan-no-classes", classes = missing));
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
    warning: Option<String>,
}

impl<'a> PlanReport<'a> {
    fn new(planned: &'a [Planned]) -> Self {
        let line = |row: &'a Planned| PlanLine {
            source: &row.source,
            target: &row.target,
            bytes: row.bytes,
            obstacle: row.obstacle.as_ref().map(|obstacle| obstacle.cause(row)),
            next: row.obstacle.as_ref().map(|obstacle| obstacle.next(row)),
            warning: row.warning.map(|warning| warning.to_string()),
        };
        let accounts = largest_first(planned).into_iter().map(line).collect();
        Self { schema_version: 1, servers: None, nights: None, accounts }
    }
}

fn largest_first(planned: &[Planned]) -> Vec<&Planned> {
    let mut rows: Vec<&Planned> = planned.iter().collect();
    rows.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.source.cmp(&b.source)));
    rows
}

/// The plan for people.
pub fn plan_text(planned: &[Planned], settings: &Settings, now_ms: i64) -> String {
    let lang = settings.show.lang();
    let rows = largest_first(planned);
    let (blocked, free): (Vec<&Planned>, Vec<&Planned>) = rows.iter().partition(|row| row.obstacle.is_some());
    let mut text = sums_text([&free, &blocked], settings, lang);
    text += &Nights::of(planned, settings, now_ms).map_or_else(String::new, |nights| nights.text(lang));
    for row in free.iter().take(SHOWN_ROWS) {
        let _ = writeln!(text, "  {:>9}  {} -> {}", bytes(row.bytes), tame(&row.source), tame(&row.target));
    }
    if free.len() > SHOWN_ROWS {
        let more = count((free.len() - SHOWN_ROWS) as u64);
        let _ = writeln!(text, "  {}", tell!(lang, "plan-smaller", more = more));
    }
    for (row, warning) in rows.iter().filter_map(|row| Some((row, row.warning?))) {
        let Warning::Quota { quota, bytes } = warning;
        let (quota, bytes) = (quota.to_string(), bytes.to_string());
        let account = tame(&row.target);
        let _ =
            writeln!(text, "{}", tell!(lang, "plan-quota", account = account, quota = quota, bytes = bytes));
    }
    text + &blocked_text(&blocked, lang) + &hints_text(planned, free.is_empty(), lang)
}

fn sums_text([free, blocked]: [&[&Planned]; 2], settings: &Settings, lang: Lang) -> String {
    let total: u64 = free.iter().map(|row| row.bytes).sum();
    let empty = free.iter().filter(|row| row.bytes == 0).count();
    let sum = tell!(
        lang,
        "plan-sum",
        free = count(free.len() as u64),
        bytes = bytes(total),
        empty = count(empty as u64),
        blocked = count(blocked.len() as u64),
    );
    let lane = format!("{:.0}", 1.0 / settings.law.lane.share.max(0.01));
    let order = tell!(lang, "plan-order", lane = lane);
    format!("{sum}\n{order}\n{}\n", forecast(free.len() as u64, total, settings, lang))
}

fn blocked_text(blocked: &[&Planned], lang: Lang) -> String {
    let mut text = String::new();
    for (row, obstacle) in
        blocked.iter().filter_map(|row| Some((row, row.obstacle.as_ref()?))).take(SHOWN_ROWS)
    {
        let (cause, next) = in_the_way(obstacle, row, lang);
        let _ = writeln!(text, "{}", tell!(lang, "plan-blocked", cause = tame(&cause)));
        let _ = writeln!(text, "   {}", tell!(lang, "sum-next", next = tame(&next)));
    }
    if blocked.len() > SHOWN_ROWS {
        let _ = writeln!(text, "{}", tell!(lang, "plan-more-blocked", more = blocked.len() - SHOWN_ROWS));
    }
    text
}

/// What stands in the way of a mailbox, and what to do about it.
fn in_the_way(obstacle: &Obstacle, row: &Planned, lang: Lang) -> (String, String) {
    let failure = obstacle.failure(row);
    let next = match obstacle {
        Obstacle::MissingOnSource => tell!(lang, "plan-correct-list"),
        _ => lang.advice(&failure.code, &failure.next),
    };
    (lang.about(&failure.code, &failure.cause), next)
}

/// What else may be wrong with the settings.
fn hints_text(planned: &[Planned], none_free: bool, lang: Lang) -> String {
    let mut text = String::new();
    let missing = planned.iter().any(|row| row.obstacle == Some(Obstacle::MissingOnDestination));
    if none_free && missing {
        let setting = "plan.domain_map = { \"old.name\" = \"new.name\" }";
        let _ = writeln!(text, "{}", tell!(lang, "plan-hint", setting = setting));
    }
    let hosts: HashSet<&str> =
        planned.iter().map(|row| row.mail_host.as_str()).filter(|host| !host.is_empty()).collect();
    if hosts.len() > 1 {
        let _ = writeln!(text, "{}", tell!(lang, "plan-stores", stores = hosts.len()));
    }
    text
}

/// Tokens that live shorter than the plan takes: they are renewed, and what raises their life.
fn tokens_text(servers: &[Installation; 2], planned: &[Planned], settings: &Settings) -> String {
    let lang = settings.show.lang();
    let free = || planned.iter().filter(|row| row.obstacle.is_none());
    let expected_s = solo_s(free().count() as u64, free().map(|row| row.bytes).sum(), settings);
    let long = |seconds: f64| lang.time(&span(Duration::from_secs_f64(seconds)));
    let hours = (expected_s / 3600.0 * 1.5).ceil();
    let mut text = String::new();
    for side in servers.iter().filter(|side| side.admin_token_s < expected_s) {
        let warning = tell!(
            lang,
            "plan-token",
            side = lang.side(side.side),
            life = long(side.admin_token_s),
            expected = long(expected_s),
            command = format!("zmprov mc default zimbraAdminAuthTokenLifetime {hours}h"),
        );
        let _ = writeln!(text, "{warning}");
    }
    text
}

/// Seconds one worker would take, by the law's prior costs.
pub fn solo_s(accounts: u64, total: u64, settings: &Settings) -> f64 {
    let work = &settings.law.work;
    accounts as f64 * work.account_s + total as f64 / 1e6 * work.mb_s
}

/// What the law expects before it has measured anything: its prior costs, and one worker.
fn forecast(accounts: u64, total: u64, settings: &Settings, lang: Lang) -> String {
    let solo_s = solo_s(accounts, total, settings);
    let with = |share: f64| lang.time(&span(Duration::from_secs_f64(solo_s / share)));
    tell!(lang, "plan-forecast", one = with(1.0), eight = with(8.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::tests::english_in;

    fn planned(obstacle: Option<Obstacle>, warning: Option<Warning>) -> Planned {
        Planned {
            source: "ann@a".to_owned(),
            target: "ann@b".to_owned(),
            source_id: String::new(),
            mail_host: format!("{obstacle:?}"),
            bytes: 7_000_000_000,
            obstacle,
            warning,
        }
    }

    fn every() -> Vec<Planned> {
        let shut = || "maintenance".to_owned();
        let obstacles = [
            Obstacle::MissingOnSource,
            Obstacle::MissingOnDestination,
            Obstacle::SourceShut(shut()),
            Obstacle::DestinationShut(shut()),
        ];
        obstacles.into_iter().map(|obstacle| planned(Some(obstacle), None)).collect()
    }

    fn settings(window: &str) -> Settings {
        let mut settings = settings::of_text("[show]\nlang = \"id\"\n").unwrap();
        settings.law.hours.window = window.to_owned();
        settings.state.directory = "/nonexistent".to_owned();
        settings
    }

    fn servers() -> [Installation; 2] {
        let made = |side, classes: &str| Installation {
            side,
            mail_stores: vec!["store".to_owned()],
            classes_of_service: vec![classes.to_owned()],
            admin_token_s: 60.0,
        };
        [made(Side::Source, "gold"), made(Side::Destination, "default")]
    }

    #[test]
    fn an_obstacle_reads_in_english_as_programs_read_it() {
        for row in every() {
            let obstacle = row.obstacle.as_ref().unwrap();
            assert_eq!(in_the_way(obstacle, &row, Lang::En), (obstacle.cause(&row), obstacle.next(&row)));
        }
    }

    #[test]
    fn a_plan_is_told_in_indonesian() {
        let quota = Warning::Quota { quota: 1, bytes: 2 };
        let none_free = every();
        let mut some = every();
        some.extend((0..30).map(|_| planned(None, Some(quota))));
        some.extend((0..30).map(|_| planned(Some(Obstacle::MissingOnSource), None)));
        for window in ["", "22:00-22:10"] {
            let settings = settings(window);
            for rows in [&none_free, &some] {
                let told = plan_text(rows, &settings, 1_795_438_800_000);
                let told = installations_text(&servers(), Lang::Id)
                    + &told
                    + &tokens_text(&servers(), rows, &settings);
                assert_eq!(english_in(&told), [""; 0], "{told}");
                assert!(told.contains("tujuan: akun ann@b tidak ada\n   berikutnya: zmprov ca"), "{told}");
            }
        }
    }
}
