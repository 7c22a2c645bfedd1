//! Flags of the first steps: translating a configuration, completions, manual pages.

use std::path::PathBuf;

use clap::Args;

/// `zmpace init`
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Where the settings go
    #[arg(short, long, value_name = "FILE", default_value = "zmpace.toml")]
    pub output: PathBuf,
    /// Overwrite what is there
    #[arg(long)]
    pub force: bool,
    /// Ask nothing, try nothing: the flags say it all
    #[arg(long)]
    pub no_input: bool,
    /// Name or address of the server mailboxes are read from
    #[arg(long, value_name = "HOST", default_value = "")]
    pub source_host: String,
    /// Its administration port
    #[arg(long, value_name = "PORT", default_value_t = 7071)]
    pub source_port: u16,
    /// Its administrator's address
    #[arg(long, value_name = "ADDRESS", default_value = "")]
    pub source_admin: String,
    /// File with that password; the file is named in the settings, the password never
    #[arg(long, value_name = "FILE", default_value = "")]
    pub source_password_file: String,
    /// SHA-256 of its own certificate
    #[arg(long, value_name = "SHA-256", default_value = "")]
    pub source_fingerprint: String,
    /// How its machine is read
    #[arg(long, value_parser = ["ssh", "local", "none"], default_value = "ssh")]
    pub source_reach: String,
    /// SSH user there
    #[arg(long, value_name = "USER", default_value = "zimbra")]
    pub source_ssh_user: String,
    /// Name or address of the server mailboxes are written to
    #[arg(long, value_name = "HOST", default_value = "")]
    pub destination_host: String,
    /// Its administration port
    #[arg(long, value_name = "PORT", default_value_t = 7071)]
    pub destination_port: u16,
    /// Its administrator's address
    #[arg(long, value_name = "ADDRESS", default_value = "")]
    pub destination_admin: String,
    /// File with that password
    #[arg(long, value_name = "FILE", default_value = "")]
    pub destination_password_file: String,
    /// SHA-256 of its own certificate
    #[arg(long, value_name = "SHA-256", default_value = "")]
    pub destination_fingerprint: String,
    /// How its machine is read
    #[arg(long, value_parser = ["ssh", "local", "none"], default_value = "ssh")]
    pub destination_reach: String,
    /// SSH user there
    #[arg(long, value_name = "USER", default_value = "zimbra")]
    pub destination_ssh_user: String,
}

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
