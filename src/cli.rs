//! Flags exactly as typed; no meaning, no system call.

mod check;
mod night;
mod show;
mod steps;

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use check::CheckArgs;
pub use night::{CtlArgs, HoursFlags, InstallArgs, Manager, RetryArgs};
pub use show::{ExplainArgs, LogFormat, ProgressKind, ShowFlags, TopArgs};
pub use steps::{CompletionsArgs, ImportArgs, InitArgs, ManArgs};

/// Moves mailboxes between two Zimbra servers overnight, at the pace both can bear.
#[derive(Debug, Parser)]
#[command(
    name = "zmpace",
    version,
    about,
    max_term_width = 100,
    arg_required_else_help = true,
    after_help = "Exit codes:\n    0  all selected mailboxes are moved and verified\n    1  something unforeseen\n    2  wrong usage or settings\n    3  finished, some mailboxes failed\n    4  finished, items differ\n    5  ended early on request or by weather; run again\n    6  refused before anything was done\n    7  sign-in, certificate or host key refused: needs a person\n    8  no room for the journal or a temporary file\n    9  nothing was left to move (run --error-on-nothing)\n   10  the window closed, mailboxes are left; run again\n   11  a machine stayed critical (run --critical-abort)\n   12  more mailboxes failed than --max-failures allows\n  128+ the number of the signal that ended it at once"
)]
pub struct Cli {
    /// Language of what people read [default: the locale's, else English]
    #[arg(long, global = true, value_name = "LANG", value_parser = ["en", "id"])]
    pub lang: Option<String>,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Look at both servers and this machine before a night: one screen, each line with the command that mends it.
    #[command(
        alias = "doctor",
        after_help = "Examples:\n  zmpace check\n  zmpace check --accounts pilot.txt --json\n\nExit code 6 when a run would be refused, else 0. Changes nothing."
    )]
    Check(CheckArgs),
    /// Show what would be moved: accounts, sizes, order, what stands in the way.
    #[command(
        after_help = "Examples:\n  zmpace plan --domain old.example\n  zmpace plan --accounts pilot.txt --json"
    )]
    Plan(PlanArgs),
    /// Move the mailboxes, with as many workers as both servers can bear.
    #[command(
        after_help = "Examples:\n  zmpace run\n  zmpace run --workers 5 --domain old.example\n  zmpace run --accounts pilot.txt --dry-run\n  zmpace run --window \"Mon-Fri 22:00-05:30; Sat-Sun 00:00-24:00\" --timezone Asia/Jakarta\n\nRun it again after any interruption: finished mailboxes are not touched."
    )]
    Run(RunArgs),
    /// Measure which number of workers is best here, on real mailboxes; what it moves counts as moved.
    #[command(
        after_help = "Examples:\n  zmpace bench --demo --seed 3 --json\n  zmpace bench --budget 30m\n  zmpace bench --mode export-only\n  zmpace bench --mode import-only --into scratch@new.example"
    )]
    Bench(BenchArgs),
    /// Compare what was moved with the source again, any time later; changes nothing.
    #[command(
        after_help = "Examples:\n  zmpace verify\n  zmpace verify --deep --sample 5%\n  zmpace verify --accounts pilot.txt --json"
    )]
    Verify(VerifyArgs),
    /// Say where the migration stands; works beside a running one.
    Status(StatusArgs),
    /// Look at the running migration of this state folder: the screen that `run` shows on a terminal.
    #[command(
        after_help = "Keys: p pause, + - ceiling, e explain, s sort, / filter, Enter details, ? help, q leave.\n\nExamples:\n  zmpace top\n  zmpace top --state-dir /var/lib/zmpace\n  zmpace top --json | jq .view.phase"
    )]
    Top(TopArgs),
    /// Give an order to the running migration of this state folder.
    #[command(
        after_help = "Orders:\n  pause            what runs stands still between two items\n  resume           undo pause, or drain\n  drain            finish what runs, start nothing more, end\n  stop             end what runs at its next safe point, end\n  workers N|auto   a fixed number of workers, or let the law choose\n  ceiling +1       the most workers the law may choose: a number, or a change of it\n  limit cpu=70%    other soft lines: cpu, disk, network, memory; source.cpu for one machine\n  explain          how things stand and why\n  reload           read limits and windows from the settings again, as HUP does\n\nExamples:\n  zmpace ctl pause\n  zmpace ctl workers 3\n  zmpace ctl limit source.cpu=60% disk=50%"
    )]
    Ctl(CtlArgs),
    /// Say what a code in a line or report, or an exit code, means and what to do.
    #[command(after_help = "Examples:\n  zmpace explain ZP-QUOTA\n  zmpace explain 10\n  zmpace explain")]
    Explain(ExplainArgs),
    /// Put failed and incomplete mailboxes back, to be tried again by the next run.
    #[command(after_help = "Examples:\n  zmpace retry\n  zmpace retry --cause ZP-QUOTA")]
    Retry(RetryArgs),
    /// Write a settings file: by questions at a terminal, each answer tried, or by flags.
    #[command(
        after_help = "Examples:\n  zmpace init\n  zmpace init --no-input --source-host mail.old.example --source-admin admin@old.example --destination-host mail.new.example --destination-admin admin@new.example"
    )]
    Init(Box<InitArgs>),
    /// Translate the configuration of Zimbra's zmztozmig into settings of ours; passwords are not copied.
    #[command(after_help = "Example:\n  zmpace import-config /opt/zimbra/conf/zmztozmig.conf -o zmpace.toml")]
    ImportConfig(ImportArgs),
    /// Print the completion script of a shell.
    #[command(after_help = "Example:\n  zmpace completions bash > /etc/bash_completion.d/zmpace")]
    Completions(CompletionsArgs),
    /// Print the manual page, or write all of them into a folder.
    #[command(after_help = "Examples:\n  zmpace man | man -l -\n  zmpace man /usr/local/share/man/man1")]
    Man(ManArgs),
    /// Write what the system needs to run zmpace by night.
    #[command(
        after_help = "Examples:\n  zmpace install systemd --config /etc/zmpace/zmpace.toml\n  zmpace install systemd --user\n  zmpace install systemd --dir units"
    )]
    Install(InstallArgs),
    /// Tell what a run did and what to set: from the journal, during a run, after a crash, next week.
    #[command(
        after_help = "Examples:\n  zmpace report\n  zmpace report --format html -o night.html\n  zmpace report --run 3 --format csv --table mailboxes -o mailboxes.csv\n  zmpace report --compare 2 3\n  zmpace report --emit zmztozmig"
    )]
    Report(ReportArgs),
    /// Print one line a second of what both machines are doing, like vmstat.
    Probe(ProbeArgs),
    /// Run one Zimbra-like server on a modelled machine, to try things against.
    #[command(
        after_help = "Example:\n  zmpace lab --role source --listen 127.0.0.1:17071 --accounts 200 --seed 7 --machine profile.toml"
    )]
    Lab(LabArgs),
    /// Migrate between two lab servers inside this process: see it work, touch nothing.
    #[command(after_help = "Example:\n  zmpace demo --accounts 200 --seed 1 --json")]
    Demo(DemoArgs),
    /// Compare ways of choosing the number of workers on made-up servers; touches nothing.
    #[command(
        after_help = "Examples:\n  zmpace simulate tests/scenarios/*.toml --law ours --law wiki --seeds 11..30\n  zmpace simulate mine.toml --plot night.svg"
    )]
    Simulate(SimulateArgs),
}

/// Where settings come from.
#[derive(Clone, Debug, Default, Args)]
pub struct Common {
    /// Settings file [default: ./zmpace.toml, ~/.config/zmpace/config.toml, /etc/zmpace/zmpace.toml]
    #[arg(short, long, env = "ZMPACE_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Set one value, as in the settings file: --set source.port=7071 (repeatable)
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Where journal and lock are kept
    #[arg(long, value_name = "DIR")]
    pub state_dir: Option<PathBuf>,
}

/// Which accounts.
#[derive(Clone, Debug, Default, Args)]
pub struct Selection {
    /// Only these accounts: a file with one address (or source,target) a line; - for standard input
    #[arg(long, value_name = "FILE")]
    pub accounts: Option<PathBuf>,
    /// Only accounts of this domain (repeatable)
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Vec<String>,
}

/// `zmpace plan`
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// Settings.
    #[command(flatten)]
    pub common: Common,
    /// Accounts.
    #[command(flatten)]
    pub selection: Selection,
    /// Hours.
    #[command(flatten)]
    pub hours: HoursFlags,
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

/// `zmpace run`
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Settings.
    #[command(flatten)]
    pub common: Common,
    /// Accounts.
    #[command(flatten)]
    pub selection: Selection,
    /// Hours.
    #[command(flatten)]
    pub hours: HoursFlags,
    /// A fixed number of workers, or `auto`: the law chooses
    #[arg(long, value_name = "N|auto")]
    pub workers: Option<String>,
    /// Never more workers than this
    #[arg(long, value_name = "N")]
    pub max_workers: Option<u32>,
    /// Begin with what `zmpace bench` learned here
    #[arg(long, value_name = "FILE")]
    pub profile: Option<PathBuf>,
    /// End the run early when more than this share of its mailboxes has failed, such as 3%
    #[arg(long, value_name = "SHARE")]
    pub max_failures: Option<String>,
    /// End the run when a machine stays critical for so long with no worker left to take back, such as 30m
    #[arg(long, value_name = "SPAN")]
    pub critical_abort: Option<String>,
    /// Show what would be done and stop
    #[arg(long)]
    pub dry_run: bool,
    /// Exit with 9 when there was nothing left to move
    #[arg(long)]
    pub error_on_nothing: bool,
    /// Print the final summary as JSON on standard output
    #[arg(long)]
    pub json: bool,
    /// What is shown.
    #[command(flatten)]
    pub show: ShowFlags,
}

/// What a benchmark exercises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum BenchMode {
    /// Source into destination, as the night does; what is moved counts as moved
    #[default]
    EndToEnd,
    /// Source into nothing: how fast it could give
    ExportOnly,
    /// Made-up mailboxes into one throw-away account: how fast the destination could take
    ImportOnly,
}

/// `zmpace bench`
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Settings.
    #[command(flatten)]
    pub common: Common,
    /// Only these accounts: a file as for `run`; with --demo a number of mailboxes [default: 700]
    #[arg(long, value_name = "FILE|N")]
    pub accounts: Option<String>,
    /// Only accounts of this domain (repeatable)
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Vec<String>,
    /// What to exercise
    #[arg(long, value_enum, default_value = "end-to-end")]
    pub mode: BenchMode,
    /// With import-only: the throw-away account on the destination that takes the made-up mail
    #[arg(long, value_name = "ACCOUNT")]
    pub into: Option<String>,
    /// Longest it may take, such as 30m [default: 45m]
    #[arg(long, value_name = "SPAN")]
    pub budget: Option<String>,
    /// Go on although a machine is busy at rest; the answer then holds for such an hour
    #[arg(long)]
    pub busy_hour: bool,
    /// Never more workers than this
    #[arg(long, value_name = "N")]
    pub max_workers: Option<u32>,
    /// Where what was learned is written, for `zmpace run --profile` [default: profile.toml beside the journal]
    #[arg(long, value_name = "FILE")]
    pub profile_out: Option<PathBuf>,
    /// Print the finding as JSON on standard output
    #[arg(long)]
    pub json: bool,
    /// What is shown.
    #[command(flatten)]
    pub show: ShowFlags,
    /// Measure two lab servers inside this process, whose best number is known
    #[arg(long)]
    pub demo: bool,
    /// With --demo: everything generated follows from it
    #[arg(long, default_value_t = 1, requires = "demo")]
    pub seed: u64,
    /// With --demo: modelled seconds per second
    #[arg(long, default_value_t = 20.0, requires = "demo")]
    pub speed: f64,
}

/// `zmpace verify`
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Settings.
    #[command(flatten)]
    pub common: Common,
    /// Accounts.
    #[command(flatten)]
    pub selection: Selection,
    /// Read every item on both sides and compare digests, instead of counts and sizes of folders
    #[arg(long)]
    pub deep: bool,
    /// Only so many of the moved mailboxes, chosen at random: 5% or 0.05
    #[arg(long, value_name = "SHARE")]
    pub sample: Option<String>,
    /// With --sample: choose the same ones again [default: at random, and told]
    #[arg(long, value_name = "N", requires = "sample")]
    pub seed: Option<u64>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `zmpace status`
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Settings.
    #[command(flatten)]
    pub common: Common,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `zmpace report`
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Settings.
    #[command(flatten)]
    pub common: Common,
    /// The newest run [default]
    #[arg(long, conflicts_with_all = ["run", "compare"])]
    pub last: bool,
    /// The run of this number
    #[arg(long, value_name = "ID", conflicts_with = "compare")]
    pub run: Option<i64>,
    /// How to tell it [default: by the name of the file, else text]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<ReportFormat>,
    /// Which table a CSV holds
    #[arg(long, value_name = "TABLE", default_value = "mailboxes")]
    pub table: ReportTable,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Print the recommended number of threads as settings of another tool
    #[arg(long, value_name = "TOOL", conflicts_with_all = ["format", "compare"])]
    pub emit: Option<Emit>,
    /// Say what changed between two runs, and whether it is more than noise
    #[arg(long, value_names = ["RUN1", "RUN2"], num_args = 2)]
    pub compare: Option<Vec<i64>>,
}

/// How a report is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For a terminal
    Text,
    /// One page that needs nothing else
    Html,
    /// Everything, for programs
    Json,
    /// One table, for a spreadsheet
    Csv,
    /// For a ticket
    Markdown,
}

/// Which table of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportTable {
    /// One row a mailbox
    Mailboxes,
    /// One row a decision
    Decisions,
    /// One row an hour
    Hours,
    /// One row a minute and measure
    Minutes,
}

/// Another tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Emit {
    /// A fragment of zmztozmig.conf
    Zmztozmig,
}

/// `zmpace probe`
#[derive(Debug, Args)]
pub struct ProbeArgs {
    /// Settings.
    #[command(flatten)]
    pub common: Common,
    /// Seconds between two lines
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0)]
    pub interval: f64,
    /// Stop after this many lines of each side [default: never]
    #[arg(long, value_name = "N")]
    pub count: Option<u64>,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// Which end a lab server plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LabRole {
    /// Full mailboxes
    Source,
    /// Empty mailboxes
    Destination,
}

/// `zmpace lab`
#[derive(Debug, Args)]
pub struct LabArgs {
    /// Which end it plays
    #[arg(long, value_enum, default_value = "source")]
    pub role: LabRole,
    /// Address and port to listen on
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:17071")]
    pub listen: SocketAddr,
    /// Mail domain of its accounts [default: old.example or new.example]
    #[arg(long)]
    pub domain: Option<String>,
    /// People with a mailbox
    #[arg(long, default_value_t = 200)]
    pub accounts: u32,
    /// Everything generated follows from it
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Gives one person a mailbox of this many bytes
    #[arg(long, value_name = "BYTES")]
    pub giant: Option<u64>,
    /// The machine to model: a TOML file [default: a machine without limits]
    #[arg(long, value_name = "FILE")]
    pub machine: Option<PathBuf>,
    /// Modelled seconds per second
    #[arg(long, default_value_t = 1.0)]
    pub speed: f64,
    /// Where its /proc text goes [default: a temporary directory]
    #[arg(long, value_name = "DIR")]
    pub proc_dir: Option<PathBuf>,
    /// The administrator's password (a lab secret; it guards nothing)
    #[arg(long, default_value = "lab-secret")]
    pub password: String,
}

/// `zmpace demo`
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Mailboxes to migrate
    #[arg(long, default_value_t = 200)]
    pub accounts: u32,
    /// Everything generated follows from it
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Modelled seconds per second: 35 shows half an hour of night in a minute
    #[arg(long, default_value_t = 35.0)]
    pub speed: f64,
    /// A fixed number of workers, or `auto`
    #[arg(long, value_name = "N|auto", default_value = "auto")]
    pub workers: String,
    /// Keep the journal in this new folder, for `zmpace report --state-dir DIR` [default: thrown away]
    #[arg(long, value_name = "DIR")]
    pub state_dir: Option<PathBuf>,
    /// Print the final summary as JSON on standard output
    #[arg(long)]
    pub json: bool,
    /// What is shown.
    #[command(flatten)]
    pub show: ShowFlags,
}

/// `zmpace simulate`
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// Scenario files; tests/scenarios/README.md tells the format
    #[arg(required = true, value_name = "SCENARIO.toml")]
    pub scenarios: Vec<PathBuf>,
    /// A law to run: ours, fixed-N, a published one, or all (repeatable) [default: ours]
    #[arg(long, value_name = "NAME")]
    pub law: Vec<String>,
    /// Seeds, both ends included
    #[arg(long, value_name = "FROM..TO", default_value = "11..15")]
    pub seeds: String,
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,
    /// Write samples and decisions of one run (first scenario, law and seed) as JSON lines
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,
    /// Draw one run
    #[arg(long, value_name = "FILE.svg")]
    pub plot: Option<PathBuf>,
}
