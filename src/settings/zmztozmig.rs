//! Reads the configuration of Zimbra's own zmztozmig and says the same in our settings. Pure: text in, text out.
//!
//! Its reader cuts each line at every comma and the first piece at `=`; what follows a second `=` is lost. What it
//! would have read differently from what was meant is told.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};

use crate::lang::{Lang, tell};

/// What became of a configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Translated {
    /// Our settings, commented, without secrets.
    pub toml: String,
    /// Accounts it lists; empty when it takes all.
    pub accounts: Vec<String>,
    /// What was left out or read differently, one sentence each.
    pub notes: Vec<String>,
}

/// What is to be told, in a language.
struct Notes {
    lang: Lang,
    list: Vec<String>,
}

impl Notes {
    fn push(&mut self, note: String) {
        self.list.push(note);
    }
}

/// One key's values: the line it stands in last, and the pieces between commas.
#[derive(Clone, Debug, Default)]
struct Value {
    line: usize,
    pieces: Vec<String>,
    /// Whether something stood behind a second `=`.
    cut: bool,
}

/// Keys of which later lines add to earlier ones.
const LISTS: [&str; 4] = ["accounts", "domains", "domainmap", "types"];
const KNOWN: [&str; 19] = [
    "sourcezcsserver",
    "sourceadminuser",
    "sourceadminpwd",
    "sourceadminport",
    "targetzcsserver",
    "targetadminuser",
    "targetadminpwd",
    "targetadminport",
    "threads",
    "workingdirectory",
    "faileddirectory",
    "successdirectory",
    "logdirectory",
    "keepsuccessfiles",
    "zimbramailtransport",
    "resolve",
    "domainmap",
    "domains",
    "accounts",
];

/// Where the list of accounts goes that belongs to a settings file: beside it.
#[must_use]
pub fn accounts_file(settings: &Path) -> PathBuf {
    settings.with_extension("accounts")
}

/// Says it in our settings; `settings` is the file they will be written to. The files named in them stand beside
/// it: from its root, so that `run` finds them wherever it is started.
#[must_use]
pub fn translate(text: &str, settings: &Path, lang: Lang) -> Translated {
    let mut notes = Notes { lang, list: Vec::new() };
    let values = read(text, &mut notes);
    let mut toml = "# Translated from a configuration of zmztozmig.\n".to_owned();
    for (table, side, word) in [("source", "source", "Source"), ("destination", "target", "Target")] {
        let file = settings.with_file_name(format!("{table}.pw"));
        server(&values, (table, side, word), &file.to_string_lossy(), &mut toml, &mut notes);
    }
    let list = accounts_file(settings);
    let accounts = plan(&values, &list.to_string_lossy(), &mut toml, &mut notes);
    mover(&values, &mut toml, &mut notes);
    law(&values, &mut toml, &mut notes);
    left_out(&values, &mut notes);
    Translated { toml, accounts, notes: notes.list }
}

fn read(text: &str, notes: &mut Notes) -> BTreeMap<String, Value> {
    let mut values: BTreeMap<String, Value> = BTreeMap::new();
    let mut ended = false;
    for (at, line) in text.lines().enumerate().map(|(at, line)| (at + 1, line.trim_end_matches('\r'))) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut pieces = line.split(',');
        let mut first = pieces.next().unwrap_or_default().split('=');
        let key = first.next().unwrap_or_default().trim().to_lowercase();
        let Some(value) = first.next() else {
            if !ended {
                notes.push(tell!(notes.lang, "zmz-no-equals", line = at));
            }
            ended = true;
            continue;
        };
        if !KNOWN.contains(&key.as_str()) && key != "types" {
            notes.push(tell!(notes.lang, "zmz-no-key", line = at, key = shown(&key)));
            continue;
        }
        let entry = values.entry(key.clone()).or_default();
        if !LISTS.contains(&key.as_str()) {
            entry.pieces.clear();
        }
        entry.line = at;
        entry.cut = first.next().is_some();
        entry.pieces.push(value.to_owned());
        entry.pieces.extend(pieces.map(str::to_owned));
    }
    values
}

/// The value of a key that takes one.
fn one(values: &BTreeMap<String, Value>, key: &str, notes: &mut Notes) -> Option<String> {
    let value = values.get(key)?;
    if value.cut || value.pieces.len() > 1 {
        notes.push(tell!(notes.lang, "zmz-cut", line = value.line, key = shown(key)));
    }
    value.pieces.first().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The values of a list, blanks taken off, empty ones left out.
fn list(values: &BTreeMap<String, Value>, key: &str) -> Vec<String> {
    let pieces = values.get(key).map(|value| value.pieces.as_slice()).unwrap_or_default();
    pieces.iter().map(|piece| piece.trim().to_owned()).filter(|piece| !piece.is_empty()).collect()
}

fn server(
    values: &BTreeMap<String, Value>,
    (table, side, word): (&str, &str, &str),
    file: &str,
    toml: &mut String,
    notes: &mut Notes,
) {
    let _ = writeln!(toml, "\n[{table}]");
    match one(values, &format!("{side}zcsserver"), notes) {
        Some(host) => drop(writeln!(toml, "host = {}", quoted(&host))),
        None => notes.push(tell!(notes.lang, "zmz-no-host", word = word, table = table)),
    }
    if let Some(port) = one(values, &format!("{side}adminport"), notes) {
        match port.parse::<u16>() {
            Ok(port) => drop(writeln!(toml, "port = {port}")),
            Err(_) => notes.push(tell!(notes.lang, "zmz-no-port", word = word, port = shown(&port))),
        }
    }
    match one(values, &format!("{side}adminuser"), notes) {
        Some(admin) => drop(writeln!(toml, "admin = {}", quoted(&admin))),
        None => notes.push(tell!(notes.lang, "zmz-no-admin", word = word, table = table)),
    }
    let _ = writeln!(toml, "password_file = {} # first line = password, mode 0600", quoted(file));
    let cut = |value: &Value| value.cut || value.pieces.len() > 1;
    notes.push(if values.get(&format!("{side}adminpwd")).is_some_and(cut) {
        tell!(notes.lang, "zmz-password-cut", word = word, file = file)
    } else {
        tell!(notes.lang, "zmz-password", word = word, file = file)
    });
}

fn plan(
    values: &BTreeMap<String, Value>,
    accounts_file: &str,
    toml: &mut String,
    notes: &mut Notes,
) -> Vec<String> {
    toml.push_str("\n[plan]\n");
    let (named, domains) = (list(values, "accounts"), list(values, "domains"));
    let all = named.len() == 1 && named[0].eq_ignore_ascii_case("all");
    if all {
        if values["accounts"].pieces[0] != "all" {
            notes.push(tell!(notes.lang, "zmz-all"));
        }
        if domains.len() > 1 {
            notes.push(tell!(notes.lang, "zmz-domains"));
        }
        let quoted: Vec<String> = domains.iter().map(|domain| quoted(domain)).collect();
        let _ = writeln!(toml, "domains = [{}] # empty = all", quoted.join(", "));
    } else if named.is_empty() {
        notes.push(tell!(notes.lang, "zmz-no-accounts"));
    } else {
        let _ = writeln!(toml, "accounts_file = {}", quoted(accounts_file));
        if !domains.is_empty() {
            notes.push(tell!(notes.lang, "zmz-domains-idle"));
        }
    }
    let mut map: BTreeMap<String, String> = BTreeMap::new();
    for pair in list(values, "domainmap") {
        match pair.split_whitespace().collect::<Vec<_>>()[..] {
            [from, to] => {
                if pair.split(' ').count() != 2 {
                    notes.push(tell!(notes.lang, "zmz-map-blanks", pair = shown(&pair)));
                }
                drop(map.insert(from.to_owned(), to.to_owned()));
            }
            _ => notes.push(tell!(notes.lang, "zmz-map", pair = shown(&pair))),
        }
    }
    if !map.is_empty() {
        let pairs: Vec<String> =
            map.iter().map(|(from, to)| format!("{} = {}", quoted(from), quoted(to))).collect();
        let _ = writeln!(toml, "domain_map = {{ {} }}", pairs.join(", "));
    }
    if all { Vec::new() } else { named }
}

fn mover(values: &BTreeMap<String, Value>, toml: &mut String, notes: &mut Notes) {
    match list(values, "resolve").join(",").to_lowercase().as_str() {
        "" => {}
        word @ ("skip" | "modify" | "replace") => drop(write!(toml, "\n[mover]\nresolve = \"{word}\"\n")),
        "reset" => notes.push(tell!(notes.lang, "zmz-reset")),
        other => notes.push(tell!(notes.lang, "zmz-resolve", word = shown(other))),
    }
}

fn law(values: &BTreeMap<String, Value>, toml: &mut String, notes: &mut Notes) {
    let Some(threads) = one(values, "threads", notes) else { return };
    match threads.parse::<u32>() {
        Ok(threads @ 1..) => {
            let _ = write!(
                toml,
                "\n[law]\n# max_workers = {threads} # as Threads was; without it zmpace finds the number\n"
            );
            notes.push(tell!(notes.lang, "zmz-threads", threads = threads));
        }
        _ => notes.push(tell!(notes.lang, "zmz-no-number", threads = shown(&threads))),
    }
}

/// What zmpace has no use for, and why.
fn left_out(values: &BTreeMap<String, Value>, notes: &mut Notes) {
    let staging = ["workingdirectory", "faileddirectory", "successdirectory", "keepsuccessfiles"];
    if staging.iter().any(|key| values.contains_key(*key)) {
        notes.push(tell!(notes.lang, "zmz-directories"));
    }
    if values.contains_key("logdirectory") {
        notes.push(tell!(notes.lang, "zmz-log"));
    }
    if !list(values, "types").is_empty() {
        notes.push(tell!(notes.lang, "zmz-types"));
    }
    if let Some(transport) = values.get("zimbramailtransport").and_then(|value| value.pieces.first()) {
        notes.push(tell!(notes.lang, "zmz-transport", transport = shown(transport.trim())));
    }
}

/// A TOML text.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Text of a stranger's file, made harmless and short.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests;
