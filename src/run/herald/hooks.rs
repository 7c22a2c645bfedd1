//! The hooks: a command with the news on its standard input, a webhook, a mail. Each has its time, then it is left.

use std::{fmt::Write as _, process::Stdio, time::Duration};

use tokio::{io::AsyncWriteExt as _, process::Command, sync::mpsc};

use super::{Notice, Occasion};
use crate::{
    settings::hooks::HookSettings,
    ui::words::tame,
    zimbra::tls::{Tls, Trust},
};

/// Variables a hook gets of ours; passwords come in others.
const KEPT: [&str; 5] = ["PATH", "HOME", "LANG", "TZ", "USER"];

/// Tells every piece of news in order until there is no more; returns what could not be told.
pub(super) async fn tell_all(
    settings: HookSettings,
    mut heard: mpsc::UnboundedReceiver<Notice>,
) -> Vec<String> {
    let mut failures = Vec::new();
    while let Some(notice) = heard.recv().await {
        if !settings.on.contains(&notice.event.word().to_owned()) {
            continue;
        }
        let (command, webhook, mail) = tokio::join!(
            within(settings.timeout, command(&settings, &notice)),
            within(settings.timeout, webhook(&settings, &notice)),
            within(settings.timeout, mail(&settings, &notice)),
        );
        for (name, told) in [("command", command), ("webhook", webhook), ("mail", mail)] {
            if let Err(cause) = told {
                failures.push(format!("hooks.{name} at {}: {cause}", notice.event.word()));
            }
        }
    }
    failures
}

async fn within(patience: Duration, telling: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    tokio::time::timeout(patience, telling)
        .await
        .unwrap_or_else(|_| Err(format!("it did not end within {} s", patience.as_secs())))
}

async fn command(settings: &HookSettings, notice: &Notice) -> Result<(), String> {
    let Some((program, arguments)) = settings.command.split_first() else { return Ok(()) };
    let json = serde_json::to_string(notice).unwrap_or_default() + "\n";
    let mut command = Command::new(program);
    command.args(arguments);
    command.env("ZMPACE_EVENT", notice.event.word()).env("ZMPACE_TEXT", tame(&notice.text));
    feed(command, program, json.as_bytes()).await
}

/// Starts a program with next to nothing of our environment, and gives it something to read.
async fn feed(mut command: Command, program: &str, input: &[u8]) -> Result<(), String> {
    let ours: Vec<_> = command
        .as_std()
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    command.env_clear();
    command.envs(KEPT.iter().filter_map(|name| Some((*name, std::env::var_os(name)?))));
    command.envs(ours).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| format!("{program}: {error}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that reads nothing is no failure.
        let _ = stdin.write_all(input).await;
    }
    let status = child.wait().await.map_err(|error| format!("{program}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{program}: {status}")) }
}

async fn webhook(settings: &HookSettings, notice: &Notice) -> Result<(), String> {
    if settings.webhook.is_empty() {
        return Ok(());
    }
    let tls = Tls::new(Trust::System)?;
    // The address may hold a secret of its own: it stays out of errors.
    let failed = |error: reqwest::Error| error.without_url().to_string();
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .tls_backend_preconfigured((*tls.config).clone())
        .build()
        .map_err(failed)?;
    let answer = client
        .post(&settings.webhook)
        .header("content-type", "application/json")
        .body(serde_json::to_vec(notice).unwrap_or_default())
        .send()
        .await
        .map_err(failed)?;
    if answer.status().is_success() { Ok(()) } else { Err(format!("it answered {}", answer.status())) }
}

async fn mail(settings: &HookSettings, notice: &Notice) -> Result<(), String> {
    if settings.mail_to.is_empty() {
        return Ok(());
    }
    let mut command = Command::new(&settings.sendmail);
    command.args(["-oi", "-t"]);
    feed(command, &settings.sendmail, letter(settings, notice).as_bytes()).await
}

/// The mail as RFC 5322 wants it; header lines cannot be broken, whatever is in them.
fn letter(settings: &HookSettings, notice: &Notice) -> String {
    let one_line = |text: &str| tame(text).chars().filter(char::is_ascii).collect::<String>();
    let date = jiff::fmt::rfc2822::to_string(&jiff::ZonedDateTime::now()).unwrap_or_default();
    let mut letter = String::new();
    if !settings.mail_from.is_empty() {
        let _ = writeln!(letter, "From: {}", one_line(&settings.mail_from));
    }
    let _ = writeln!(letter, "To: {}", one_line(&settings.mail_to.join(", ")));
    let _ = writeln!(letter, "Subject: zmpace {}: {}", notice.event.word(), one_line(&notice.text));
    let _ = writeln!(letter, "Date: {date}");
    letter += "Auto-Submitted: auto-generated\nMIME-Version: 1.0\n";
    letter += "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n";
    let _ = writeln!(letter, "{}", tame(&notice.text));
    if notice.event == Occasion::End {
        let _ = writeln!(letter, "\n{}", notice.details);
        letter += "`zmpace report` tells more; `zmpace report -o night.html` makes one page of it.\n";
    }
    letter
}
