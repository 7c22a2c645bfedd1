//! The flags of `zmpace check`.

use clap::Args;

use super::{Common, Selection};

/// `zmpace check`
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Settings.
    #[command(flatten)]
    pub common: Common,
    /// Accounts.
    #[command(flatten)]
    pub selection: Selection,
    /// Print JSON instead of a screen
    #[arg(long)]
    pub json: bool,
}
