//! Flags that say what is shown of a run while it lasts.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

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
