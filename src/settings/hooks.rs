//! The table `[hooks]` of the settings: who is told, when and how.

use std::time::Duration;

use serde::Deserialize;

use super::{SettingsError, duration};

const OCCASIONS: [&str; 4] = ["start", "milestone", "trouble", "end"];

/// Who is told, when and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HookSettings {
    /// What is told of: `start`, `milestone`, `trouble`, `end`.
    pub on: Vec<String>,
    /// Program and arguments; the news comes as JSON on its standard input.
    pub command: Vec<String>,
    /// Address the same JSON is posted to.
    pub webhook: String,
    /// Mail addresses.
    pub mail_to: Vec<String>,
    /// Sender; empty = whatever the mail system makes of it.
    pub mail_from: String,
    /// The program that takes a mail on its standard input.
    pub sendmail: String,
    /// Longest time one of them may take.
    #[serde(deserialize_with = "duration")]
    pub timeout: Duration,
}

impl HookSettings {
    /// Whether nobody is to be told.
    pub fn is_silent(&self) -> bool {
        let nobody = self.command.is_empty() && self.webhook.is_empty() && self.mail_to.is_empty();
        nobody || self.on.is_empty()
    }

    /// What is wrong with them.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        if let Some(wrong) = self.on.iter().find(|on| !OCCASIONS.contains(&on.as_str())) {
            let cause = format!("`{wrong}` is none of {}", OCCASIONS.join(", "));
            return Err(SettingsError::value("hooks.on", cause));
        }
        if !self.webhook.is_empty() && !["http://", "https://"].iter().any(|s| self.webhook.starts_with(s)) {
            return Err(SettingsError::value("hooks.webhook", "an address begins with https:// or http://"));
        }
        for address in self.mail_to.iter().chain([&self.mail_from]).filter(|address| !address.is_empty()) {
            if !address.contains('@') || address.chars().any(char::is_control) {
                let cause = format!("`{}` is no mail address", address.escape_debug());
                return Err(SettingsError::value("hooks.mail_to", cause));
            }
        }
        if self.timeout > Duration::from_secs(50) {
            let cause = "at most 50s: systemd's watchdog waits a minute";
            return Err(SettingsError::value("hooks.timeout", cause));
        }
        Ok(())
    }
}
