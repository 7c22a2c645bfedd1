//! Profile, file, environment and flags become one checked [`Settings`].
//!
//! Every default lives in `tuning/profiles/default.toml`, which is compiled in and doubles as the list of
//! known keys. Later layers win: default, settings file, environment, flags.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Deserializer, de::Error as _};
use thiserror::Error;

use crate::{
    cli::{BenchArgs, Common, HoursFlags, RunArgs, Selection, ShowFlags},
    control::{
        policy::{LimitPolicy, Policy},
        sample::Side,
        timetable::Hours,
    },
    lang::Lang,
    zimbra::transfer::{Format, Resolve},
};

pub mod hooks;
pub mod hours;
pub mod layers;
mod program;
pub mod secrets;
pub mod show;
pub mod zmztozmig;

use layers::Layers;

/// The compiled-in profile.
pub const DEFAULT_PROFILE: &str = include_str!("../../tuning/profiles/default.toml");

/// What is wrong with the settings.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("cannot read the settings file {}: {source}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not TOML.
    #[error("{layer}: {cause}")]
    Syntax {
        /// Where it was said.
        layer: String,
        /// The parser's words.
        cause: String,
    },
    /// A key nobody knows.
    #[error("{layer}: there is no setting `{key}`{}", suggestion.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    Unknown {
        /// Where it was said.
        layer: String,
        /// Its full path.
        key: String,
        /// The known key nearest to it.
        suggestion: Option<String>,
    },
    /// A value that does not fit.
    #[error("setting `{key}`: {cause}")]
    Value {
        /// Its full path.
        key: String,
        /// What is wrong.
        cause: String,
    },
}

impl SettingsError {
    fn value(key: &str, cause: impl Into<String>) -> Self {
        Self::Value { key: key.to_owned(), cause: cause.into() }
    }
}

/// Everything a command needs to know, checked once.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The server mailboxes are read from.
    pub source: ServerSettings,
    /// The server mailboxes are written to.
    pub destination: ServerSettings,
    /// Which mailboxes.
    pub plan: PlanSettings,
    /// How a mailbox is carried.
    pub mover: MoverSettings,
    /// How the machines are read.
    pub probe: ProbeSettings,
    /// When mailboxes may be moved.
    pub hours: hours::HoursSettings,
    /// Who is told.
    pub hooks: hooks::HookSettings,
    /// What is shown.
    pub show: show::ShowSettings,
    /// Where the journal is kept.
    pub state: StateSettings,
    /// The control law.
    pub law: Policy,
}

/// One server and its machine.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    /// Name or address of its mail store.
    pub host: String,
    /// Administration port.
    pub port: u16,
    /// The administrator's address.
    pub admin: String,
    /// File whose first line is his password.
    pub password_file: String,
    /// PEM file of the authority that signed its certificate.
    pub ca_file: String,
    /// SHA-256 fingerprints of its own certificate.
    pub fingerprints: Vec<String>,
    /// How its machine is read.
    pub reach: ReachKind,
    /// With `local`: where the counters are.
    pub proc_root: PathBuf,
    /// Paths whose devices and free space matter.
    pub watch: Vec<String>,
    /// SSH host; empty = `host`.
    pub ssh_host: String,
    /// SSH port.
    pub ssh_port: u16,
    /// SSH user.
    pub ssh_user: String,
    /// Private key files; none = the agent's.
    pub ssh_keys: Vec<PathBuf>,
    /// Known hosts file; empty = the user's.
    pub ssh_known_hosts: String,
}

/// How a machine is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReachKind {
    /// Over SSH.
    Ssh,
    /// It is this machine (or a lab server's folder).
    Local,
    /// Not at all: nothing guards it.
    None,
}

/// Which mailboxes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanSettings {
    /// Domains; none = all.
    pub domains: Vec<String>,
    /// File of addresses; empty = all.
    pub accounts_file: String,
    /// Addresses to leave out.
    pub exclude: Vec<String>,
    /// Source domain to destination domain.
    pub domain_map: BTreeMap<String, String>,
}

/// How a mailbox is carried.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoverSettings {
    /// An outside program and its arguments; empty for our own.
    pub command: Vec<String>,
    /// Variables it gets.
    pub environment: BTreeMap<String, String>,
    /// Regular expression that finds `items` and `bytes` so far in its lines.
    pub progress: String,
    /// Its exit codes that ask for less, later.
    pub busy_exits: Vec<i32>,
    /// Its exit codes that another try would not change.
    pub permanent_exits: Vec<i32>,
    /// What is compared after it.
    pub compare: Compare,
    /// Format of the export.
    pub source_format: Format,
    /// Format of the import.
    pub destination_format: Format,
    /// What happens to items that are there already.
    pub resolve: Resolve,
    /// Whether folder grants are carried.
    pub acl: bool,
    /// Whether the contents of Trash and Junk are carried.
    pub trash_and_junk: bool,
    /// Longest wait for a connection.
    #[serde(deserialize_with = "duration")]
    pub connect_timeout: Duration,
    /// Longest wait for a SOAP answer.
    #[serde(deserialize_with = "duration")]
    pub answer_timeout: Duration,
    /// Longest silence before an export's first byte.
    #[serde(deserialize_with = "duration")]
    pub first_byte_timeout: Duration,
    /// Longest silence later.
    #[serde(deserialize_with = "duration")]
    pub stall_timeout: Duration,
    /// Counts stand still this long before a retry.
    #[serde(deserialize_with = "duration")]
    pub standstill: Duration,
    /// After this, a growing mailbox is set aside.
    #[serde(deserialize_with = "duration")]
    pub runaway: Duration,
    /// Larger items go through a temporary file.
    pub spill_bytes: usize,
    /// Slower links are compressed for, under `auto`.
    pub slow_link_bytes_per_s: f64,
}

/// What both sides are compared by after an outside program has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compare {
    /// All folders.
    All,
    /// Folders of mail.
    Mail,
}

/// How the machines are read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeSettings {
    /// Between two readings.
    #[serde(deserialize_with = "duration")]
    pub interval: Duration,
    /// Any single SSH step.
    #[serde(deserialize_with = "duration")]
    pub ssh_timeout: Duration,
}

/// Where the journal is kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateSettings {
    /// Directory; empty = by convention.
    pub directory: String,
    /// How long a full disk is waited for before the run ends.
    #[serde(deserialize_with = "duration")]
    pub room_wait: Duration,
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    let span: jiff::SignedDuration = text
        .parse()
        .map_err(|_| D::Error::custom(format!("`{text}` is not a duration such as \"90s\" or \"15m\"")))?;
    Duration::try_from(span).map_err(|_| D::Error::custom(format!("`{text}` is negative")))
}

/// What a process knows of the world it was started in; taken once, at the door.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Environment variables.
    pub variables: BTreeMap<String, String>,
    /// Whether the process runs as root.
    pub root: bool,
    /// The language `--lang` asked for.
    pub lang: Option<Lang>,
}

impl Surroundings {
    /// A variable's value, when it is set and not empty.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The language for whatever is said before settings are read, or without any: the flag's, then the locale's.
    pub fn lang(&self) -> Lang {
        self.lang.unwrap_or_else(|| {
            Lang::of_locale(["LC_ALL", "LC_MESSAGES", "LANG"].map(|name| self.variable(name)))
        })
    }
}

/// Settings for a verb that takes only the common flags.
///
/// # Errors
/// See [`SettingsError`].
pub fn load(common: &Common, around: &Surroundings) -> Result<Settings, SettingsError> {
    load_with(common, around, &[])
}

/// Settings for `run`.
///
/// # Errors
/// See [`SettingsError`].
pub fn for_run(args: &RunArgs, around: &Surroundings) -> Result<Settings, SettingsError> {
    let mut flags = selection_flags(&args.selection);
    flags.extend(hours::flags(&args.hours));
    flags.extend(show::flags(&args.show));
    if let Some(most) = args.max_workers {
        flags.push(("law.max_workers".to_owned(), toml::Value::Integer(most.into())));
    }
    let mut settings = load_over(args.profile.as_deref(), &args.common, around, &flags)?;
    if let Some(share) = &args.max_failures {
        settings.law.retries.failed_share = parse_share("--max-failures", share)?;
    }
    if let Some(span) = &args.critical_abort {
        settings.law.guard.critical_abort_s = parse_span("--critical-abort", span, "30m")?;
    }
    if let Some(workers) = &args.workers {
        settings.law.limit = parse_workers(workers, &settings.law)?;
    }
    Ok(settings)
}

/// Settings for `bench`.
///
/// # Errors
/// See [`SettingsError`].
pub fn for_bench(args: &BenchArgs, around: &Surroundings) -> Result<Settings, SettingsError> {
    let selection =
        Selection { accounts: args.accounts.as_ref().map(PathBuf::from), domain: args.domain.clone() };
    let mut flags = selection_flags(&selection);
    flags.extend(show::flags(&args.show));
    let mut settings = load_with(&args.common, around, &flags)?;
    sweep(args, &mut settings)?;
    // Whoever measures looks on: nobody need be told.
    settings.hooks.on.clear();
    Ok(settings)
}

/// What the flags of `bench` say about the law.
///
/// # Errors
/// See [`SettingsError`].
pub fn sweep(args: &BenchArgs, settings: &mut Settings) -> Result<(), SettingsError> {
    let law = &mut settings.law;
    // Whoever measures says when: a benchmark is watched, and over within the hour.
    law.hours = Hours::default();
    law.limit = LimitPolicy::Sweep;
    law.sweep.busy_hour |= args.busy_hour;
    if let Some(most) = args.max_workers {
        law.max_workers = most;
    }
    if let Some(text) = &args.budget {
        law.sweep.budget_s = parse_span("--budget", text, "45m")?;
    }
    law.check().map_err(|cause| SettingsError::value("law", cause))
}

/// Settings for `plan`.
///
/// # Errors
/// See [`SettingsError`].
pub fn for_plan(
    common: &Common,
    selection: &Selection,
    hours: &HoursFlags,
    around: &Surroundings,
) -> Result<Settings, SettingsError> {
    let mut flags = selection_flags(selection);
    flags.extend(hours::flags(hours));
    load_with(common, around, &flags)
}

/// The compiled-in defaults and what these flags say, for the demos.
///
/// # Errors
/// See [`SettingsError`].
pub fn for_demo(flags: &ShowFlags, lang: Lang) -> Result<Settings, SettingsError> {
    let mut layers = Layers::new(DEFAULT_PROFILE)?;
    for (key, value) in show::flags(flags) {
        layers.flag(&key, value);
    }
    let mut settings = layers.settle()?;
    settings.show.check(&Surroundings { lang: Some(lang), ..Surroundings::default() })?;
    Ok(settings)
}

/// The compiled-in defaults alone, for tests.
///
/// # Panics
/// Never: the compiled-in profile is checked by a test.
pub fn defaults() -> Settings {
    Layers::new(DEFAULT_PROFILE).and_then(layers::Layers::settle).expect("the compiled-in profile is valid")
}

/// Seconds of a span such as `45m`.
fn parse_span(flag: &str, text: &str, example: &str) -> Result<f64, SettingsError> {
    let wrong = || SettingsError::value(flag, format!("`{text}` is not a span such as {example}"));
    let span: jiff::SignedDuration = text.parse().map_err(|_| wrong())?;
    Ok(Duration::try_from(span).map_err(|_| wrong())?.as_secs_f64())
}

/// The defaults under one settings file's text.
///
/// # Errors
/// See [`SettingsError`].
pub fn of_text(text: &str) -> Result<Settings, SettingsError> {
    let mut layers = Layers::new(DEFAULT_PROFILE)?;
    layers.file("the settings", text)?;
    layers.settle()
}

/// A share such as `3%` or `0.03`.
///
/// # Errors
/// Anything that is not over 0 and at most 1.
pub fn parse_share(flag: &str, text: &str) -> Result<f64, SettingsError> {
    let (number, unit) = text.strip_suffix('%').map_or((text, 1.0), |number| (number, 100.0));
    match number.trim().parse::<f64>().map(|number| number / unit) {
        Ok(share) if share > 0.0 && share <= 1.0 => Ok(share),
        _ => Err(SettingsError::value(flag, format!("`{text}` is not a share such as 5% or 0.05"))),
    }
}

/// `auto`, or a number from 1 to the ceiling.
///
/// # Errors
/// Anything else.
pub fn parse_workers(text: &str, law: &Policy) -> Result<LimitPolicy, SettingsError> {
    if text == "auto" {
        return Ok(match law.limit {
            LimitPolicy::Fixed(_) | LimitPolicy::Sweep => LimitPolicy::Adaptive { start: law.min_workers },
            adaptive @ LimitPolicy::Adaptive { .. } => adaptive,
        });
    }
    match text.parse::<u32>() {
        Ok(workers) if (1..=law.max_workers).contains(&workers) => Ok(LimitPolicy::Fixed(workers)),
        _ => Err(SettingsError::value(
            "--workers",
            format!("`{text}` is neither `auto` nor a number from 1 to {}", law.max_workers),
        )),
    }
}

fn selection_flags(selection: &Selection) -> Vec<(String, toml::Value)> {
    let mut flags = Vec::new();
    if let Some(file) = &selection.accounts {
        flags.push((
            "plan.accounts_file".to_owned(),
            toml::Value::String(file.to_string_lossy().into_owned()),
        ));
    }
    if !selection.domain.is_empty() {
        let domains = selection.domain.iter().cloned().map(toml::Value::String).collect();
        flags.push(("plan.domains".to_owned(), toml::Value::Array(domains)));
    }
    flags
}

fn load_with(
    common: &Common,
    around: &Surroundings,
    flags: &[(String, toml::Value)],
) -> Result<Settings, SettingsError> {
    load_over(None, common, around, flags)
}

/// The same over a profile that a benchmark wrote: it changes defaults, and whatever was set still wins.
fn load_over(
    profile: Option<&Path>,
    common: &Common,
    around: &Surroundings,
    flags: &[(String, toml::Value)],
) -> Result<Settings, SettingsError> {
    let mut layers = Layers::new(DEFAULT_PROFILE)?;
    if let Some(path) = profile {
        layers.file(&path.display().to_string(), &measured_settings(path)?)?;
    }
    if let Some(path) = settings_file(common, around) {
        let text = std::fs::read_to_string(&path)
            .map_err(|source| SettingsError::Unreadable { path: path.clone(), source })?;
        layers.file(&path.display().to_string(), &text)?;
    }
    layers.environment(&around.variables)?;
    for pair in &common.set {
        layers.pair("--set", pair)?;
    }
    if let Some(directory) = &common.state_dir {
        layers.flag("state.directory", toml::Value::String(directory.to_string_lossy().into_owned()));
    }
    for (key, value) in flags {
        layers.flag(key, value.clone());
    }
    let mut settings = checked(layers, around)?;
    if settings.state.directory.is_empty() {
        settings.state.directory = state_directory(around).to_string_lossy().into_owned();
    }
    Ok(settings)
}

/// What the layers say, once every table has been asked whether it makes sense.
///
/// # Errors
/// See [`SettingsError`].
pub fn checked(layers: Layers, around: &Surroundings) -> Result<Settings, SettingsError> {
    let mut settings = layers.settle()?;
    settings.law.hours = settings.hours.read(around)?;
    settings.hooks.check()?;
    settings.mover.check()?;
    settings.show.check(around)?;
    settings.law.check().map_err(|cause| SettingsError::value("law", cause))?;
    Ok(settings)
}

/// The settings in a benchmark's profile; its table `measured` is for people.
fn measured_settings(path: &Path) -> Result<String, SettingsError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| SettingsError::Unreadable { path: path.to_owned(), source })?;
    let wrong = |cause: String| SettingsError::Syntax { layer: path.display().to_string(), cause };
    let mut table: toml::Table = text.parse().map_err(|error: toml::de::Error| wrong(error.to_string()))?;
    table.remove("measured");
    toml::to_string(&table).map_err(|error| wrong(error.to_string()))
}

/// The file named, or the first of the usual ones that exists.
fn settings_file(common: &Common, around: &Surroundings) -> Option<PathBuf> {
    if let Some(named) = &common.config {
        return Some(named.clone());
    }
    let config_home = around
        .variable("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| around.variable("HOME").map(|home| Path::new(home).join(".config")));
    [
        Some(PathBuf::from("zmpace.toml")),
        config_home.map(|home| home.join("zmpace/config.toml")),
        Some("/etc/zmpace/zmpace.toml".into()),
    ]
    .into_iter()
    .flatten()
    .find(|path| path.is_file())
}

fn state_directory(around: &Surroundings) -> PathBuf {
    if let Some(given) = around.variable("STATE_DIRECTORY") {
        return given.into();
    }
    match around.variable("HOME") {
        Some(home) if !around.root => Path::new(home).join(".local/state/zmpace"),
        _ => "/var/lib/zmpace".into(),
    }
}

impl Settings {
    /// One server's settings.
    pub const fn server(&self, side: Side) -> &ServerSettings {
        match side {
            Side::Destination => &self.destination,
            _ => &self.source,
        }
    }

    /// What must be given before two servers can be spoken to.
    ///
    /// # Errors
    /// The first setting that is missing or cannot be meant.
    pub fn check_servers(&self) -> Result<(), SettingsError> {
        for side in [Side::Source, Side::Destination] {
            let server = self.server(side);
            for (key, value) in [("host", &server.host), ("admin", &server.admin)] {
                if value.is_empty() {
                    return Err(SettingsError::value(
                        &format!("{side}.{key}"),
                        "it must be given, in zmpace.toml or by --set",
                    ));
                }
            }
            if server.port == 0 {
                return Err(SettingsError::value(
                    &format!("{side}.port"),
                    "a port is a number from 1 to 65535",
                ));
            }
            if server.host.contains('/') || server.host.contains(char::is_whitespace) {
                return Err(SettingsError::value(
                    &format!("{side}.host"),
                    "a host name or address, without https://",
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> Result<Settings, SettingsError> {
        let mut layers = Layers::new(DEFAULT_PROFILE)?;
        layers.file("zmpace.toml", text)?;
        layers.settle()
    }

    #[test]
    fn the_compiled_in_profile_settles() {
        let settings = defaults();
        assert_eq!(settings.source.port, 7071);
        assert_eq!(settings.mover.stall_timeout, Duration::from_mins(5));
    }

    #[test]
    fn a_typo_is_refused_with_the_key_that_was_meant() {
        let error = with("[source]\nhostt = \"x\"\n").unwrap_err().to_string();
        assert!(error.contains("source.hostt") && error.contains("`source.host`"), "{error}");
        let error = with("[sorce]\nhost = \"x\"\n").unwrap_err().to_string();
        assert!(error.contains("`source`"), "{error}");
        assert!(with("[law.timing]\nsetle_s = 3\n").is_err());
    }

    #[test]
    fn wrong_values_name_their_key() {
        for (text, key) in [
            ("[source]\nport = \"many\"", "source.port"),
            ("[mover]\nstall_timeout = \"soon\"", "mover.stall_timeout"),
            ("[mover]\nsource_format = \"zip\"", "mover.source_format"),
            ("[source]\nreach = \"telnet\"", "source.reach"),
        ] {
            let error = with(text).unwrap_err().to_string();
            assert!(error.contains(key), "{error}");
        }
        assert!(with("not toml at all").is_err());
    }

    #[test]
    fn flags_win_over_environment_over_file_over_default() {
        let mut layers = Layers::new(DEFAULT_PROFILE).unwrap();
        layers.file("f", "[source]\nhost = \"file\"\nport = 1\nadmin = \"file\"").unwrap();
        let variables = BTreeMap::from([
            ("ZMPACE_SOURCE_HOST".to_owned(), "environment".to_owned()),
            ("ZMPACE_SOURCE_PORT".to_owned(), "2".to_owned()),
        ]);
        layers.environment(&variables).unwrap();
        layers.pair("--set", "source.port=3").unwrap();
        let source = layers.settle().unwrap().source;
        assert_eq!((source.admin.as_str(), source.host.as_str(), source.port), ("file", "environment", 3));
    }

    #[test]
    fn workers_are_auto_or_a_number_within_the_ceiling() {
        let law = defaults().law;
        assert_eq!(parse_workers("5", &law).unwrap(), LimitPolicy::Fixed(5));
        assert!(matches!(parse_workers("auto", &law).unwrap(), LimitPolicy::Adaptive { .. }));
        for wrong in ["0", "-1", "many", "1000000", ""] {
            assert!(parse_workers(wrong, &law).is_err(), "{wrong}");
        }
    }
}
