//! The table `[show]` of the settings: what is shown of a run while it lasts, beside the terminal.

use std::{net::SocketAddr, path::PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, de::Error as _};
use toml::Value;

use super::{SettingsError, Surroundings};
use crate::{
    cli::{LogFormat, ShowFlags},
    lang::Lang,
};

/// What is shown of a run while it lasts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShowSettings {
    /// The language of what people read; [`ShowSettings::lang`] tells it.
    #[serde(deserialize_with = "lang")]
    lang: Option<Lang>,
    /// A file that every line is appended to; empty = none.
    pub log_file: PathBuf,
    /// How lines are written.
    pub log_format: LineFormat,
    /// Where metrics are served; `None` = nowhere.
    #[serde(deserialize_with = "address")]
    pub metrics: Option<SocketAddr>,
    /// Whether that may be another address than loopback.
    pub metrics_anywhere: bool,
    /// A file metrics are written to; empty = none.
    pub metrics_file: PathBuf,
    /// Where the page is served; `None` = nowhere.
    #[serde(deserialize_with = "address")]
    pub web: Option<SocketAddr>,
    /// The file whose first line is the page's token; empty = none.
    pub web_token_file: PathBuf,
    /// The page's token.
    #[serde(skip)]
    pub web_token: Option<SecretString>,
}

/// Shortest token: what can be guessed guards nothing.
const TOKEN_LEAST: usize = 16;

impl ShowSettings {
    /// The language of what people read: the flag's, else the settings', else the locale's.
    pub fn lang(&self) -> Lang {
        self.lang.unwrap_or_default()
    }

    /// Fetches the token, and refuses what would show too much to too many.
    pub(super) fn check(&mut self, around: &Surroundings) -> Result<(), SettingsError> {
        self.lang = Some(around.lang.or(self.lang).unwrap_or_else(|| around.lang()));
        if !self.web_token_file.as_os_str().is_empty() {
            let path = self.web_token_file.display();
            let text = std::fs::read_to_string(&self.web_token_file)
                .map_err(|error| SettingsError::value("show.web_token_file", format!("{path}: {error}")))?;
            self.web_token = Some(text.lines().next().unwrap_or_default().trim().into());
        } else if let Some(token) = around.variable("ZMPACE_WEB_TOKEN") {
            self.web_token = Some(token.into());
        }
        if self.web_token.as_ref().is_some_and(|token| token.expose_secret().len() < TOKEN_LEAST) {
            let cause = format!("shorter than {TOKEN_LEAST} signs; `openssl rand -hex 16` makes a good one");
            return Err(SettingsError::value("show.web_token_file", cause));
        }
        let open = |address: Option<SocketAddr>| address.is_some_and(|address| !address.ip().is_loopback());
        if open(self.metrics) && !self.metrics_anywhere {
            let cause = "other machines could read it; use 127.0.0.1, or say so with --metrics-anywhere";
            return Err(SettingsError::value("show.metrics", cause));
        }
        if open(self.web) && self.web_token.is_none() {
            let cause =
                "other machines could see the mailboxes' names; use 127.0.0.1, or set --web-token-file";
            return Err(SettingsError::value("show.web", cause));
        }
        Ok(())
    }
}

fn lang<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Lang>, D::Error> {
    let name = String::deserialize(deserializer)?;
    match Lang::named(&name) {
        None if name != "auto" => {
            let names = Lang::ALL.map(|lang| format!("\"{}\"", lang.name())).join(", ");
            Err(D::Error::custom(format!("`{name}` is none of \"auto\", {names}")))
        }
        lang => Ok(lang),
    }
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |_| D::Error::custom(format!("`{text}` is no address with a port, such as 127.0.0.1:9808"));
    text.parse().map(Some).map_err(wrong)
}

/// How lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// What the flags say of it.
pub(super) fn flags(flags: &ShowFlags) -> Vec<(String, Value)> {
    let mut out = Vec::new();
    let mut set = |key: &str, value: Option<Value>| {
        out.extend(value.map(|value| (format!("show.{key}"), value)));
    };
    let path = |path: &PathBuf| Value::String(path.to_string_lossy().into_owned());
    set("log_file", flags.log_file.as_ref().map(path));
    let format = |format| match format {
        LogFormat::Text => "text",
        LogFormat::Json => "json",
    };
    set("log_format", flags.log_format.map(|kind| Value::String(format(kind).to_owned())));
    let address = |address: SocketAddr| Value::String(address.to_string());
    set("metrics", flags.metrics.map(address));
    set("metrics_anywhere", flags.metrics_anywhere.then_some(Value::Boolean(true)));
    set("metrics_file", flags.metrics_file.as_ref().map(path));
    set("web", flags.web.map(address));
    set("web_token_file", flags.web_token_file.as_ref().map(path));
    out
}
