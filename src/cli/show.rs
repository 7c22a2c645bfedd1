//! Flags that say what is shown of a run while it lasts.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, ValueEnum};

use super::Common;

/// What is shown; the settings' table `show` says more.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What is shown")]
pub struct ShowFlags {
    /// What to show on the terminal
    #[arg(long, value_name = "KIND", default_value = "auto")]
    pub progress: ProgressKind,
    /// Append every line to this file too
    #[arg(long, value_name = "FILE")]
    pub log_file: Option<PathBuf>,
    /// How lines are written [default: text]
    #[arg(long, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
    /// Serve metrics for Prometheus here, such as 127.0.0.1:9808
    #[arg(long, value_name = "ADDR:PORT")]
    pub metrics: Option<SocketAddr>,
    /// Let --metrics listen on other addresses than loopback; whoever reaches it can read it
    #[arg(long)]
    pub metrics_anywhere: bool,
    /// Write metrics to this file four times a minute, for the textfile collector of `node_exporter`
    #[arg(long, value_name = "FILE.prom")]
    pub metrics_file: Option<PathBuf>,
    /// Serve a page that shows the run, such as on 127.0.0.1:9809
    #[arg(long, value_name = "ADDR:PORT")]
    pub web: Option<SocketAddr>,
    /// The page asks for the token in this file; needed for other addresses than loopback
    #[arg(long, value_name = "FILE")]
    pub web_token_file: Option<PathBuf>,
}

/// What to show while running.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ProgressKind {
    /// A screen on a terminal, dated lines elsewhere
    #[default]
    Auto,
    /// A screen that redraws itself
    #[value(alias = "tui")]
    View,
    /// Dated lines
    #[value(alias = "line")]
    Lines,
    /// Nothing but warnings
    None,
}

/// How a line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    Text,
    /// One object a line, for programs
    Json,
}

/// `zmpace top`
#[derive(Debug, Args)]
pub struct TopArgs {
    /// Settings.
    #[command(flatten)]
    pub common: Common,
    /// Print each picture as one JSON object a line instead, until the run ends
    #[arg(long)]
    pub json: bool,
}

/// `zmpace explain`
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Such as ZP-QUOTA, or an exit code such as 10 [default: lists all]
    pub code: Option<String>,
    /// All of them as tables in Markdown
    #[arg(long)]
    pub markdown: bool,
}
