//! `zmpace init`: a settings file by questions at a terminal, each answer tried as it is typed, or by flags alone.

mod dialogue;
mod file;
mod service;

use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    cli::InitArgs,
    control::sample::Side,
    run::{Ended, Exit, clock::Clock, world},
    settings::{self, Settings, Surroundings},
    ui::words::tame,
    zimbra::MoveError,
};
use dialogue::Dialogue;
use file::{Given, text};

use super::import::write;

/// Longest wait for one machine while somebody sits and looks.
const PATIENCE: Duration = Duration::from_secs(20);

/// `zmpace init`
///
/// # Errors
/// No terminal and no `--no-input`; a file that would be overwritten; an answer that never came.
pub async fn init(args: &InitArgs, around: &Surroundings) -> Result<Exit, Ended> {
    if args.output.exists() && !args.force {
        let path = args.output.display();
        return Err(Ended::new(
            Exit::Usage,
            format!("{path} exists; --force overwrites it, -o names another"),
        ));
    }
    let mut sides = given(args);
    if !args.no_input {
        if !std::io::stdin().is_terminal() {
            return Err(Ended::new(
                Exit::Usage,
                "there is no terminal to ask at: give --no-input with --source-host, --source-admin, --destination-host, --destination-admin",
            ));
        }
        let mut asked = Dialogue::new(std::io::stdin().lock(), std::io::stderr(), |question| {
            rpassword::prompt_password(question)
        });
        for (given, side) in sides.iter_mut().zip([Side::Source, Side::Destination]) {
            ask(&mut asked, side, given, around).await?;
        }
    }
    for (given, side) in sides.iter().zip([Side::Source, Side::Destination]) {
        if let Some(missing) = given.missing() {
            return Err(Ended::new(Exit::Usage, format!("{side}: --{side}-{missing} is missing")));
        }
    }
    write(&args.output, &text(&sides, service::state(&args.output)), args.force)?;
    let at = args.output.display();
    let passwords = sides.iter().map(|given| Path::new(&given.password_file)).filter(|file| file.is_file());
    let readable = service::let_it_read([args.output.as_path()].into_iter().chain(passwords));
    eprintln!(
        "written: {at}{readable}\nnext: zmpace check --config {at}, zmpace plan --config {at}, then zmpace run --config {at}"
    );
    Ok(Exit::Done)
}

/// What the flags say.
fn given(args: &InitArgs) -> [Given; 2] {
    [
        Given {
            host: args.source_host.clone(),
            port: args.source_port,
            admin: args.source_admin.clone(),
            password_file: args.source_password_file.clone(),
            fingerprint: args.source_fingerprint.clone(),
            reach: args.source_reach.clone(),
            ssh_user: args.source_ssh_user.clone(),
        },
        Given {
            host: args.destination_host.clone(),
            port: args.destination_port,
            admin: args.destination_admin.clone(),
            password_file: args.destination_password_file.clone(),
            fingerprint: args.destination_fingerprint.clone(),
            reach: args.destination_reach.clone(),
            ssh_user: args.destination_ssh_user.clone(),
        },
    ]
}

/// Everything about one side, each part tried before the next.
async fn ask(
    asked: &mut Dialogue,
    side: Side,
    given: &mut Given,
    around: &Surroundings,
) -> Result<(), Ended> {
    let what = if side == Side::Source { "read from" } else { "written to" };
    asked.say(&format!("\n{side}: the server mailboxes are {what}"))?;
    given.host = asked.ask("its name or address", &given.host)?;
    given.port = asked.number("its administration port", given.port)?;
    given.admin = asked.ask("an administrator's address, without second factor", &given.admin)?;
    let usual = format!("{side}.pw");
    let file = if given.password_file.is_empty() { &usual } else { &given.password_file };
    given.password_file = asked.ask("file with the password", file)?;
    keep_password(asked, given)?;
    loop {
        match signed_in(side, given, around).await {
            Ok(()) => {
                asked.say(&format!("  ok: signed in to {} as {}", given.host, given.admin))?;
                break;
            }
            Err(Tried::Untrusted(print)) => {
                asked.say(&format!(
                    "  its certificate is signed by nobody known; SHA-256 {print}\n  compare it there: openssl x509 -noout -fingerprint -sha256 -in /opt/zimbra/conf/smtpd.crt"
                ))?;
                if asked.yes("is it the same, and to be trusted from now on", false)? {
                    given.fingerprint = print;
                } else if !asked.yes("try again", true)? {
                    break;
                }
            }
            Err(Tried::Failed(cause)) => {
                asked.say(&format!("  {cause}"))?;
                if !asked.yes("try again", true)? {
                    break;
                }
                given.host = asked.ask("its name or address", &given.host)?;
                given.port = asked.number("its administration port", given.port)?;
                given.admin = asked.ask("an administrator's address", &given.admin)?;
                if asked.yes("another password", false)? {
                    new_password(asked, given)?;
                }
            }
        }
    }
    machine(asked, side, given).await
}

/// How its machine is read, tried once or until it works.
async fn machine(asked: &mut Dialogue, side: Side, given: &mut Given) -> Result<(), Ended> {
    loop {
        given.reach = asked.one_of("how is its machine read", &["ssh", "local", "none"], &given.reach)?;
        if given.reach == "ssh" {
            given.ssh_user = asked.ask("SSH user, any that may read /proc", &given.ssh_user)?;
        }
        match read_once(side, given).await {
            Ok(()) => return asked.say("  ok: its counters can be read"),
            Err(cause) => {
                asked.say(&format!("  {cause}"))?;
                if !asked.yes("try again", true)? {
                    return Ok(());
                }
            }
        }
    }
}

/// Makes sure that there is a password in the file named.
fn keep_password(asked: &mut Dialogue, given: &Given) -> Result<(), Ended> {
    if Path::new(&given.password_file).exists() {
        return asked.say(&format!("  {} is there already and is used", given.password_file));
    }
    new_password(asked, given)
}

fn new_password(asked: &mut Dialogue, given: &Given) -> Result<(), Ended> {
    let typed = asked.secret(&format!("password of {} (not shown): ", given.admin))?;
    write(&PathBuf::from(&given.password_file), &format!("{typed}\n"), true)?;
    asked.say(&format!("  kept in {}, readable by you alone", given.password_file))
}

/// Why signing in did not work.
enum Tried {
    /// The certificate, by its fingerprint.
    Untrusted(String),
    Failed(String),
}

/// Signs in once.
async fn signed_in(side: Side, given: &Given, around: &Surroundings) -> Result<(), Tried> {
    let settings = settings_of(side, given).map_err(Tried::Failed)?;
    let server = world::server(&settings, side, around, &Clock::start(1.0))
        .map_err(|ended| Tried::Failed(tame(&ended.message)))?;
    match tokio::time::timeout(PATIENCE, server.token()).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(MoveError::Untrusted { fingerprint, .. })) => Err(Tried::Untrusted(fingerprint)),
        Ok(Err(error)) => Err(Tried::Failed(tame(&error.to_string()))),
        Err(_) => Err(Tried::Failed(format!("{side}: no answer within {} s", PATIENCE.as_secs()))),
    }
}

/// Reads its counters once.
async fn read_once(side: Side, given: &Given) -> Result<(), String> {
    let settings = settings_of(side, given)?;
    let Some((reach, watch)) = world::reach(&settings, side) else { return Ok(()) };
    let opening = tokio::task::spawn_blocking(move || reach.open(side, &watch).map(drop));
    match tokio::time::timeout(PATIENCE, opening).await {
        Ok(Ok(opened)) => opened.map_err(|error| tame(&error.to_string())),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("{side}: its machine did not answer within {} s", PATIENCE.as_secs())),
    }
}

/// Settings with what is known of one side so far.
fn settings_of(side: Side, given: &Given) -> Result<Settings, String> {
    let other = Given::default();
    let both = if side == Side::Source { [given.clone(), other] } else { [other, given.clone()] };
    settings::of_text(&text(&both, None)).map_err(|error| error.to_string())
}
