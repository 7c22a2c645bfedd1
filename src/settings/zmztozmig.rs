//! Reads the configuration of Zimbra's own zmztozmig and says the same in our settings. Pure: text in, text out.
//!
//! Its reader cuts each line at every comma and the first piece at `=`; what follows a second `=` is lost. What it
//! would have read differently from what was meant is told.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};

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
pub fn translate(text: &str, settings: &Path) -> Translated {
    let mut out = Translated::default();
    let values = read(text, &mut out.notes);
    let mut toml = "# Translated from a configuration of zmztozmig.\n".to_owned();
    for (table, side, word) in [("source", "source", "Source"), ("destination", "target", "Target")] {
        let file = settings.with_file_name(format!("{table}.pw"));
        server(&values, (table, side, word), &file.to_string_lossy(), &mut toml, &mut out.notes);
    }
    let list = accounts_file(settings);
    out.accounts = plan(&values, &list.to_string_lossy(), &mut toml, &mut out.notes);
    mover(&values, &mut toml, &mut out.notes);
    law(&values, &mut toml, &mut out.notes);
    left_out(&values, &mut out.notes);
    out.toml = toml;
    out
}

fn read(text: &str, notes: &mut Vec<String>) -> BTreeMap<String, Value> {
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
                let what =
                    "zmztozmig stops reading here and does nothing; the lines below were read all the same";
                notes.push(format!("line {at}: no `=`: {what}"));
            }
            ended = true;
            continue;
        };
        if !KNOWN.contains(&key.as_str()) && key != "types" {
            notes.push(format!("line {at}: `{}` is no key of zmztozmig; left out", shown(&key)));
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
fn one(values: &BTreeMap<String, Value>, key: &str, notes: &mut Vec<String>) -> Option<String> {
    let value = values.get(key)?;
    if value.cut || value.pieces.len() > 1 {
        let what = "zmztozmig cuts a value at the first `,` or `=`; so does this";
        notes.push(format!("line {}: {}: {what}", value.line, shown(key)));
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
    notes: &mut Vec<String>,
) {
    let _ = writeln!(toml, "\n[{table}]");
    match one(values, &format!("{side}zcsserver"), notes) {
        Some(host) => drop(writeln!(toml, "host = {}", quoted(&host))),
        None => notes.push(format!("{word}ZCSServer is missing: set `host` under [{table}]")),
    }
    if let Some(port) = one(values, &format!("{side}adminport"), notes) {
        match port.parse::<u16>() {
            Ok(port) => drop(writeln!(toml, "port = {port}")),
            Err(_) => notes.push(format!("{word}AdminPort: `{}` is no port; 7071 is taken", shown(&port))),
        }
    }
    match one(values, &format!("{side}adminuser"), notes) {
        Some(admin) => drop(writeln!(toml, "admin = {}", quoted(&admin))),
        None => notes.push(format!("{word}AdminUser is missing: set `admin` under [{table}]")),
    }
    let _ = writeln!(toml, "password_file = {} # first line = password, mode 0600", quoted(file));
    notes.push(format!(
        "{word}AdminPwd is not copied: install -m 600 /dev/null {file}, then write the password into it{}",
        if values.get(&format!("{side}adminpwd")).is_some_and(|value| value.cut || value.pieces.len() > 1) {
            "; zmztozmig cut it at its first `,` or `=`, write it whole"
        } else {
            ""
        }
    ));
}

fn plan(
    values: &BTreeMap<String, Value>,
    accounts_file: &str,
    toml: &mut String,
    notes: &mut Vec<String>,
) -> Vec<String> {
    toml.push_str("\n[plan]\n");
    let (named, domains) = (list(values, "accounts"), list(values, "domains"));
    let all = named.len() == 1 && named[0].eq_ignore_ascii_case("all");
    if all {
        if values["accounts"].pieces[0] != "all" {
            notes.push(
                "Accounts: zmztozmig takes only a plain `all` for all; that was meant, and taken".to_owned(),
            );
        }
        if domains.len() > 1 {
            notes.push("Domains: zmztozmig moves the last one only; here all of them are taken".to_owned());
        }
        let quoted: Vec<String> = domains.iter().map(|domain| quoted(domain)).collect();
        let _ = writeln!(toml, "domains = [{}] # empty = all", quoted.join(", "));
    } else if named.is_empty() {
        notes.push(
            "Accounts is missing: all accounts are taken; `accounts_file` under [plan] narrows that"
                .to_owned(),
        );
    } else {
        let _ = writeln!(toml, "accounts_file = {}", quoted(accounts_file));
        if !domains.is_empty() {
            notes.push("Domains counts only with Accounts=all; left out".to_owned());
        }
    }
    let mut map: BTreeMap<String, String> = BTreeMap::new();
    for pair in list(values, "domainmap") {
        match pair.split_whitespace().collect::<Vec<_>>()[..] {
            [from, to] => {
                if pair.split(' ').count() != 2 {
                    let what = "zmztozmig passes over it, it wants one blank; it was meant, and taken";
                    notes.push(format!("DomainMap: `{}`: {what}", shown(&pair)));
                }
                drop(map.insert(from.to_owned(), to.to_owned()));
            }
            _ => notes.push(format!("DomainMap: `{}` is not `from to`; left out", shown(&pair))),
        }
    }
    if !map.is_empty() {
        let pairs: Vec<String> =
            map.iter().map(|(from, to)| format!("{} = {}", quoted(from), quoted(to))).collect();
        let _ = writeln!(toml, "domain_map = {{ {} }}", pairs.join(", "));
    }
    if all { Vec::new() } else { named }
}

fn mover(values: &BTreeMap<String, Value>, toml: &mut String, notes: &mut Vec<String>) {
    match list(values, "resolve").join(",").to_lowercase().as_str() {
        "" => {}
        word @ ("skip" | "modify" | "replace") => drop(write!(toml, "\n[mover]\nresolve = \"{word}\"\n")),
        "reset" => notes.push(
            "resolve=reset empties the destination's folders first: zmpace never deletes; skip is taken"
                .to_owned(),
        ),
        other => notes.push(format!("resolve=`{}` is refused by Zimbra; skip is taken", shown(other))),
    }
}

fn law(values: &BTreeMap<String, Value>, toml: &mut String, notes: &mut Vec<String>) {
    let Some(threads) = one(values, "threads", notes) else { return };
    match threads.parse::<u32>() {
        Ok(threads @ 1..) => {
            let _ = write!(
                toml,
                "\n[law]\n# max_workers = {threads} # as Threads was; without it zmpace finds the number\n"
            );
            notes.push(format!(
                "Threads={threads}: zmpace finds the number by the load of both servers; `zmpace run --workers {threads}` holds it fixed"
            ));
        }
        _ => notes.push(format!("Threads: `{}` is no number; left out", shown(&threads))),
    }
}

/// What zmpace has no use for, and why.
fn left_out(values: &BTreeMap<String, Value>, notes: &mut Vec<String>) {
    let staging = ["workingdirectory", "faileddirectory", "successdirectory", "keepsuccessfiles"];
    if staging.iter().any(|key| values.contains_key(*key)) {
        notes.push(
            "the directories of archives are left out: mail is streamed, nothing is kept on disk".to_owned(),
        );
    }
    if values.contains_key("logdirectory") {
        notes.push(
            "LogDirectory is left out: the journal is under `state.directory`, `--log-file` keeps the lines"
                .to_owned(),
        );
    }
    if !list(values, "types").is_empty() {
        notes.push("types is left out: zmpace carries items of all kinds".to_owned());
    }
    if let Some(transport) = values.get("zimbramailtransport").and_then(|value| value.pieces.first()) {
        notes.push(format!(
            "ZimbraMailTransport is left out, deliveries are switched by hand once a mailbox is verified: zmprov ma ACCOUNT zimbraMailTransport {}",
            shown(transport.trim())
        ));
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
mod tests {
    use super::*;
    use crate::settings::layers::Layers;

    const SAMPLE: &str = "# zmztozmig.conf\nSourceZCSServer=old.example\nSourceAdminUser=admin@old.example\n\
        SourceAdminPwd=se,cret=x\nTargetZCSServer = new.example\nTargetAdminPort=7071\nTargetAdminUser=admin@new.example\n\
        TargetAdminPwd=other\nThreads=5\nWorkingDirectory=/opt/zimbra/tmp\nKeepSuccessFiles=TRUE\nresolve=modify\n\
        DomainMap=old.example new.example\nDomains=a.example,b.example\nAccounts=all\ntypes=message\nFoo=1\n";

    fn settled(text: &str) -> crate::settings::Settings {
        let mut layers = Layers::new(crate::settings::DEFAULT_PROFILE).unwrap();
        layers.file("translated", text).unwrap();
        layers.settle().unwrap()
    }

    fn at(path: &str) -> &Path {
        Path::new(path)
    }

    #[test]
    fn every_key_is_carried_or_told() {
        let out = translate(SAMPLE, at("/x/zmpace.toml"));
        let settings = settled(&out.toml);
        assert_eq!(
            (settings.source.host.as_str(), settings.destination.host.as_str()),
            ("old.example", "new.example")
        );
        assert_eq!(settings.plan.domains, ["a.example", "b.example"]);
        assert_eq!(settings.plan.domain_map["old.example"], "new.example");
        assert_eq!(settings.source.password_file, "/x/source.pw");
        let notes = out.notes.join("\n");
        for word in [
            "SourceAdminPwd",
            "write it whole",
            "Threads=5",
            "directories",
            "types",
            "`foo`",
            "last one only",
        ] {
            assert!(notes.contains(word), "{word}: {notes}");
        }
        assert!(
            !out.toml.contains("cret") && !notes.contains("cret") && !notes.contains("other"),
            "a password"
        );
        assert!(out.accounts.is_empty());
    }

    #[test]
    fn a_list_of_accounts_grows_line_by_line_and_gets_a_file() {
        let out = translate(
            "Accounts=a@x.example, b@x.example\nAccounts=c@x.example,,\nresolve=reset\n",
            at("/etc/zmpace/new.toml"),
        );
        assert_eq!(out.accounts, ["a@x.example", "b@x.example", "c@x.example"]);
        let settings = settled(&out.toml);
        assert_eq!(settings.plan.accounts_file, "/etc/zmpace/new.accounts");
        assert_eq!(settings.source.password_file, "/etc/zmpace/source.pw");
        assert!(out.notes.iter().any(|note| note.contains("never deletes")), "{:?}", out.notes);
    }

    #[test]
    fn what_its_reader_trips_over_is_told_not_fatal() {
        let out = translate(
            "Accounts= all\n   \nThreads=many\nDomainMap=a  b c\nDomainMap=d  e\nresolve=skip,reset\n",
            at("l"),
        );
        let notes = out.notes.join("\n");
        for word in [
            "plain `all`",
            "line 2: no `=`",
            "`many`",
            "`a  b c`",
            "`d  e`: zmztozmig passes over it",
            "refused by Zimbra",
            "SourceZCSServer is missing",
        ] {
            assert!(notes.contains(word), "{word}: {notes}");
        }
        settled(&out.toml);
    }

    #[test]
    fn damaged_files_never_panic_and_always_give_settings() {
        for seed in 0..300 {
            println!("seed {seed}");
            let mut rng = fastrand::Rng::with_seed(seed);
            let mut text: Vec<char> = SAMPLE.chars().collect();
            for _ in 0..rng.usize(1..30) {
                if text.is_empty() {
                    break;
                }
                let at = rng.usize(0..text.len());
                match rng.u8(0..4) {
                    0 => drop(text.remove(at)),
                    1 => text.insert(
                        at,
                        *['=', ',', '"', '\\', '\n', '\u{0}', '\u{202e}', '#'].get(rng.usize(0..8)).unwrap(),
                    ),
                    2 => text[at] = rng.char('\u{1}'..='\u{ffff}'),
                    _ => text.truncate(at.max(1)),
                }
            }
            let out = translate(&text.into_iter().collect::<String>(), at("l"));
            settled(&out.toml);
        }
    }
}
