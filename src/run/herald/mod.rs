//! Telling people and the service manager how it goes. Nothing here can block a run or fail it.
//!
//! - `hooks` a command, a webhook, a mail.
//! - `service` systemd's notices and its watchdog.

mod hooks;
mod service;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde::Serialize;
use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    control::view::Accounts,
    lang::{Lang, tell},
    settings::hooks::HookSettings,
};
use service::Service;

/// Parts of the way that are told of, in percent.
const MILESTONES: [u64; 3] = [25, 50, 75];
/// The same trouble is told again after this long.
const TROUBLE_AGAIN: Duration = Duration::from_hours(1);

/// What is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Occasion {
    /// The run begins.
    Start,
    /// A quarter, a half, three quarters are through.
    Milestone,
    /// Somebody may have to look.
    Trouble,
    /// The run is over.
    End,
}

impl Occasion {
    /// As in the settings.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Milestone => "milestone",
            Self::Trouble => "trouble",
            Self::End => "end",
        }
    }
}

/// One piece of news. Holds no secret; a mailbox is named only where the summary's next command needs it.
#[derive(Clone, Debug, Serialize)]
pub struct Notice {
    /// 1; changes when a field changes its meaning.
    pub schema_version: u32,
    /// What happened.
    pub event: Occasion,
    /// The run's number in the journal.
    pub run: i64,
    /// One sentence.
    pub text: String,
    /// More of it: the summary, at the end.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub details: String,
    /// Mailboxes of this run by where they stand.
    pub accounts: Accounts,
    /// With `end`: the exit code of the process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<u8>,
}

/// Tells.
pub struct Herald {
    run: i64,
    /// Of what people are told.
    lang: Lang,
    service: Service,
    hooks: Option<(mpsc::UnboundedSender<Notice>, JoinHandle<Vec<String>>)>,
    patience: Duration,
    told_percent: u64,
    told_trouble: BTreeMap<String, Instant>,
}

impl Herald {
    /// Ready to tell of a run.
    pub fn new(settings: &HookSettings, run: i64, lang: Lang) -> Self {
        let hooks = (!settings.is_silent()).then(|| {
            let (notices, heard) = mpsc::unbounded_channel();
            (notices, tokio::spawn(hooks::tell_all(settings.clone(), heard)))
        });
        Self {
            run,
            lang,
            service: Service::new(),
            hooks,
            patience: settings.timeout + Duration::from_secs(5),
            told_percent: 0,
            told_trouble: BTreeMap::new(),
        }
    }

    /// The run has begun.
    pub fn begun(&mut self, accounts: Accounts) {
        Service::ready();
        self.tell(
            Occasion::Start,
            tell!(self.lang, "hook-start", total = accounts.total),
            String::new(),
            accounts,
            None,
        );
    }

    /// The loop is alive.
    pub fn alive(&mut self) {
        self.service.alive();
    }

    /// One line for `systemctl status`.
    pub fn status(&mut self, line: &str) {
        self.service.status(line);
    }

    /// The run is about to end.
    pub fn ending() {
        Service::stopping();
    }

    /// A mailbox ended: perhaps a milestone.
    pub fn progress(&mut self, accounts: Accounts) {
        let done = accounts.total - accounts.waiting - accounts.in_flight;
        let percent = done * 100 / accounts.total.max(1);
        let Some(reached) = MILESTONES.into_iter().rfind(|mark| percent >= *mark && percent < 100) else {
            return;
        };
        if reached > self.told_percent {
            self.told_percent = reached;
            let total = accounts.total;
            let text = tell!(self.lang, "hook-milestone", reached = reached, done = done, total = total);
            self.tell(Occasion::Milestone, text, String::new(), accounts, None);
        }
    }

    /// Somebody may have to look; the same trouble is not told twice within the hour.
    pub fn trouble(&mut self, kind: &str, text: String, accounts: Accounts) {
        let fresh = self.told_trouble.get(kind).is_none_or(|at| at.elapsed() >= TROUBLE_AGAIN);
        if fresh {
            self.told_trouble.insert(kind.to_owned(), Instant::now());
            self.tell(Occasion::Trouble, text, kind.to_owned(), accounts, None);
        }
    }

    /// The run is over; waits a bounded time until it is told. Returns what could not be told.
    pub async fn close(mut self, text: String, details: String, accounts: Accounts, exit: u8) -> Vec<String> {
        self.tell(Occasion::End, text, details, accounts, Some(exit));
        let Some((notices, mut telling)) = self.hooks.take() else { return Vec::new() };
        drop(notices);
        match tokio::time::timeout(self.patience, &mut telling).await {
            Ok(Ok(failures)) => failures,
            Ok(Err(panic)) => vec![format!("hooks: {panic}")],
            Err(_) => {
                telling.abort();
                vec!["hooks: they took too long and were left behind".to_owned()]
            }
        }
    }

    fn tell(&mut self, event: Occasion, text: String, details: String, accounts: Accounts, exit: Option<u8>) {
        if let Some((notices, _)) = &self.hooks {
            let run = self.run;
            let notice = Notice { schema_version: 1, event, run, text, details, accounts, exit_code: exit };
            // Nobody hears only after a panic in there, which the end tells of.
            let _ = notices.send(notice);
        }
    }
}
