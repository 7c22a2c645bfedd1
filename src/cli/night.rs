//! The night's flags: its hours, the operator's orders, what is installed for it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Common;

/// When mailboxes may be moved; the settings' table `hours` says more.
#[derive(Clone, Debug, Default, Args)]
pub struct HoursFlags {
    /// Move mailboxes in these hours only: "Mon-Fri 22:00-05:30; Sat-Sun 00:00-24:00"
    #[arg(long, value_name = "HOURS")]
    pub window: Option<String>,
    /// The time zone of the window [default: this machine's]
    #[arg(long, value_name = "ZONE")]
    pub timezone: Option<String>,
    /// Nothing runs and no window begins on this date or range: 2026-12-24..2026-12-26 (repeatable)
    #[arg(long, value_name = "DATE")]
    pub blackout: Vec<String>,
    /// So long before closing only what surely ends in time begins
    #[arg(long, value_name = "SPAN")]
    pub drain: Option<String>,
    /// At closing, what runs is finished, stands still, or ends
    #[arg(long, value_name = "soft|park|hard")]
    pub cutoff: Option<String>,
    /// So many workers outside the window, under stricter lines
    #[arg(long, value_name = "N")]
    pub day_workers: Option<u32>,
    /// Started outside the window, end with exit code 10 instead of waiting for it
    #[arg(long)]
    pub no_wait: bool,
}

/// `zmpace ctl`
#[derive(Debug, Args)]
pub struct CtlArgs {
    /// Settings.
    #[command(flatten)]
    pub common: Common,
    /// The order
    #[arg(required = true, value_name = "ORDER")]
    pub order: Vec<String>,
}

/// `zmpace retry`
#[derive(Debug, Args)]
pub struct RetryArgs {
    /// Settings.
    #[command(flatten)]
    pub common: Common,
    /// Only those with this code, as `zmpace status` shows it (repeatable)
    #[arg(long, value_name = "CODE")]
    pub cause: Vec<String>,
}

/// What can be installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Manager {
    /// A service and a timer
    Systemd,
}

/// `zmpace install`
#[derive(Debug, Args)]
pub struct InstallArgs {
    /// Settings.
    #[command(flatten)]
    pub common: Common,
    /// For which manager
    pub manager: Manager,
    /// Where the units go [default: /etc/systemd/system, or ~/.config/systemd/user with --user]
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// For the user's own service manager
    #[arg(long)]
    pub user: bool,
    /// Replace units that differ
    #[arg(long)]
    pub force: bool,
}
