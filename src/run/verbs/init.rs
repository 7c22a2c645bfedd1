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
    lang::{Lang, tell},
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
    let lang = around.lang();
    let mut sides = given(args);
    if !args.no_input {
        if !std::io::stdin().is_terminal() {
            return Err(Ended::new(
                Exit::Usage,
                "there is no terminal to ask at: give --no-input with --source-host, --source-admin, --destination-host, --destination-admin",
            ));
        }
        let hidden = |question: &str| rpassword::prompt_password(question);
        let mut asked = Dialogue::new(std::io::stdin().lock(), std::io::stderr(), hidden, lang);
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
    let readable = service::let_it_read([args.output.as_path()].into_iter().chain(passwords), lang);
    let written = tell!(lang, "init-written", path = at.to_string());
    let [check, plan, run] = ["check", "plan", "run"].map(|verb| format!("zmpace {verb} --config {at}"));
    let next = tell!(lang, "init-next", check = check, plan = plan, run = run);
    eprintln!("{written}{readable}\n{}", tell!(lang, "sum-next", next = next));
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
    let lang = around.lang();
    let title =
        if side == Side::Source { tell!(lang, "init-source") } else { tell!(lang, "init-destination") };
    asked.say(&format!("\n{title}"))?;
    given.host = asked.ask(&tell!(lang, "init-host"), &given.host)?;
    given.port = asked.number(&tell!(lang, "init-port"), given.port)?;
    given.admin = asked.ask(&tell!(lang, "init-admin"), &given.admin)?;
    let usual = format!("{side}.pw");
    let file = if given.password_file.is_empty() { &usual } else { &given.password_file };
    given.password_file = asked.ask(&tell!(lang, "init-password-file"), file)?;
    keep_password(asked, given, lang)?;
    loop {
        match signed_in(side, given, around).await {
            Ok(()) => {
                let (host, admin) = (given.host.as_str(), given.admin.as_str());
                asked.hint(&tell!(lang, "init-signed-in", host = host, admin = admin))?;
                break;
            }
            Err(Tried::Untrusted(print)) => {
                let command = "openssl x509 -noout -fingerprint -sha256 -in /opt/zimbra/conf/smtpd.crt";
                asked.hint(&tell!(lang, "init-untrusted", print = print.as_str()))?;
                asked.hint(&tell!(lang, "init-compare", command = command))?;
                if asked.yes(&tell!(lang, "init-trust"), false)? {
                    given.fingerprint = print;
                } else if !asked.yes(&tell!(lang, "init-again"), true)? {
                    break;
                }
            }
            Err(Tried::Failed(cause)) => {
                asked.hint(&cause)?;
                if !asked.yes(&tell!(lang, "init-again"), true)? {
                    break;
                }
                given.host = asked.ask(&tell!(lang, "init-host"), &given.host)?;
                given.port = asked.number(&tell!(lang, "init-port"), given.port)?;
                given.admin = asked.ask(&tell!(lang, "init-admin-again"), &given.admin)?;
                if asked.yes(&tell!(lang, "init-another-password"), false)? {
                    new_password(asked, given, lang)?;
                }
            }
        }
    }
    machine(asked, side, given, lang).await
}

/// How its machine is read, tried once or until it works.
async fn machine(asked: &mut Dialogue, side: Side, given: &mut Given, lang: Lang) -> Result<(), Ended> {
    loop {
        let question = tell!(lang, "init-reach");
        given.reach = asked.one_of(&question, &["ssh", "local", "none"], &given.reach)?;
        if given.reach == "ssh" {
            given.ssh_user = asked.ask(&tell!(lang, "init-ssh-user"), &given.ssh_user)?;
        }
        match read_once(side, given, lang).await {
            Ok(()) => return asked.hint(&tell!(lang, "init-readable")),
            Err(cause) => {
                asked.hint(&cause)?;
                if !asked.yes(&tell!(lang, "init-again"), true)? {
                    return Ok(());
                }
            }
        }
    }
}

/// Makes sure that there is a password in the file named.
fn keep_password(asked: &mut Dialogue, given: &Given, lang: Lang) -> Result<(), Ended> {
    let file = given.password_file.as_str();
    if Path::new(file).exists() {
        return asked.hint(&tell!(lang, "init-password-there", file = file));
    }
    new_password(asked, given, lang)
}

fn new_password(asked: &mut Dialogue, given: &Given, lang: Lang) -> Result<(), Ended> {
    let (admin, file) = (given.admin.as_str(), given.password_file.as_str());
    let typed = asked.secret(&(tell!(lang, "init-password", admin = admin) + ": "))?;
    write(&PathBuf::from(file), &format!("{typed}\n"), true)?;
    asked.hint(&tell!(lang, "init-password-kept", file = file))
}

/// Why signing in did not work.
enum Tried {
    /// The certificate, by its fingerprint.
    Untrusted(String),
    Failed(String),
}

/// Signs in once.
async fn signed_in(side: Side, given: &Given, around: &Surroundings) -> Result<(), Tried> {
    let lang = around.lang();
    let settings = settings_of(side, given).map_err(Tried::Failed)?;
    let server = world::server(&settings, side, around, &Clock::start(1.0))
        .map_err(|ended| Tried::Failed(tame(&ended.told(lang))))?;
    match tokio::time::timeout(PATIENCE, server.token()).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(MoveError::Untrusted { fingerprint, .. })) => Err(Tried::Untrusted(fingerprint)),
        Ok(Err(error)) => Err(Tried::Failed(lang.about(error.code(), &tame(&error.to_string())))),
        Err(_) => {
            let (side, seconds) = (lang.side(side), PATIENCE.as_secs());
            Err(Tried::Failed(tell!(lang, "init-no-answer", side = side, seconds = seconds)))
        }
    }
}

/// Reads its counters once.
async fn read_once(side: Side, given: &Given, lang: Lang) -> Result<(), String> {
    let settings = settings_of(side, given)?;
    let Some((reach, watch)) = world::reach(&settings, side) else { return Ok(()) };
    let opening = tokio::task::spawn_blocking(move || reach.open(side, &watch).map(drop));
    match tokio::time::timeout(PATIENCE, opening).await {
        Ok(Ok(opened)) => opened.map_err(|error| tame(&error.to_string())),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => {
            let (side, seconds) = (lang.side(side), PATIENCE.as_secs());
            Err(tell!(lang, "init-machine-silent", side = side, seconds = seconds))
        }
    }
}

/// Settings with what is known of one side so far.
fn settings_of(side: Side, given: &Given) -> Result<Settings, String> {
    let other = Given::default();
    let both = if side == Side::Source { [given.clone(), other] } else { [other, given.clone()] };
    settings::of_text(&text(&both, None)).map_err(|error| error.to_string())
}
