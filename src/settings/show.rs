//! The table `[show]` of the settings: what is shown of a run while it lasts, beside the terminal.

use std::path::PathBuf;

use serde::Deserialize;
use toml::Value;

use crate::cli::{LogFormat, ShowFlags};

/// What is shown of a run while it lasts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShowSettings {
    /// A file that every line is appended to; empty = none.
    pub log_file: PathBuf,
    /// How lines are written.
    pub log_format: LineFormat,
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
    out
}
