//! Flags of the first steps: translating a configuration, completions, manual pages.

use std::path::PathBuf;

use clap::Args;

/// `zmpace import-config`
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// zmztozmig's configuration
    #[arg(default_value = "/opt/zimbra/conf/zmztozmig.conf")]
    pub file: PathBuf,
    /// Where our settings go; a list of accounts goes beside it
    #[arg(short, long, value_name = "FILE", default_value = "zmpace.toml")]
    pub output: PathBuf,
    /// Overwrite what is there
    #[arg(long)]
    pub force: bool,
}

/// `zmpace completions`
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// For which shell; the script goes to standard output
    pub shell: clap_complete::Shell,
}

/// `zmpace man`
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Folder for the pages; without it the main page goes to standard output
    pub folder: Option<PathBuf>,
}
