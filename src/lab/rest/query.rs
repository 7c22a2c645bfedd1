//! Which items an export takes: kinds, dates, a folder, and as much of the search language as tools use.

use crate::{lab::mail::TODAY_S, zimbra::archive::format::ItemKind};

/// What is known of an item when it is chosen.
pub(super) struct Candidate<'a> {
    pub(super) kind: ItemKind,
    /// Path of its folder.
    pub(super) folder: &'a str,
    pub(super) id: u32,
    pub(super) date_s: u64,
    pub(super) changed_s: u64,
    pub(super) unread: bool,
    pub(super) flags: u32,
}

#[derive(Clone, Debug, PartialEq)]
enum Clause {
    In(String),
    Under(String),
    Anywhere,
    Unread(bool),
    Flagged,
    /// Date after (ms).
    After(i64),
    Before(i64),
    Changed(Comparison, i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    MoreOrEqual,
    More,
}

/// The choice of one request.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    kinds: Option<Vec<ItemKind>>,
    ids: Option<Vec<u32>>,
    /// The clause and whether it is negated; all must hold.
    clauses: Vec<(Clause, bool)>,
    /// Leave Trash and Junk out.
    spares: (bool, bool),
}

impl Filter {
    /// From the request's parameters; `includes` are the administrator's preferences for Trash and Junk.
    pub(super) fn new(
        parameter: impl Fn(&str) -> Option<String>,
        folder: &str,
        includes: (bool, bool),
    ) -> Result<Self, String> {
        let mut filter = Self::default();
        if let Some(types) = parameter("types").filter(|types| !types.is_empty()) {
            filter.kinds = Some(kinds(&types)?);
        }
        if let Some(list) = parameter("list").or_else(|| parameter("id")) {
            filter.ids = Some(list.split(',').filter_map(|id| id.trim().parse().ok()).collect());
        }
        if folder != "/" {
            filter.clauses.push((Clause::Under(folder.to_lowercase()), false));
        }
        if let Some(query) = parameter("query") {
            for word in words(&query) {
                filter.clauses.extend(clause(&word)?);
            }
        }
        for (name, make) in
            [("start", Clause::After as fn(i64) -> Clause), ("end", Clause::Before as fn(i64) -> Clause)]
        {
            if let Some(text) = parameter(name) {
                filter.clauses.push((make(moment(&text).ok_or_else(|| format!("bad {name}"))?), false));
            }
        }
        let spares = filter.ids.is_none() && !filter.clauses.iter().any(frees_trash);
        filter.spares = (spares && !includes.0, spares && !includes.1);
        Ok(filter)
    }

    /// Whether it is the whole mailbox: only then are folders and tags in the archive.
    pub(super) fn is_everything(&self) -> bool {
        self.kinds.is_none() && self.ids.is_none() && self.clauses.is_empty()
    }

    pub(super) fn takes(&self, item: &Candidate<'_>) -> bool {
        let folder = item.folder.to_lowercase();
        let spared =
            (self.spares.0 && is_under(&folder, "/trash")) || (self.spares.1 && is_under(&folder, "/junk"));
        !spared
            && self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&item.kind))
            && self.ids.as_ref().is_none_or(|ids| ids.contains(&item.id))
            && self.clauses.iter().all(|(clause, negated)| holds(clause, item, &folder) != *negated)
    }
}

/// Any word about a folder switches the rule about Trash and Junk off.
fn frees_trash((clause, negated): &(Clause, bool)) -> bool {
    match clause {
        Clause::Anywhere => !negated,
        Clause::In(path) | Clause::Under(path) => !negated || path == "/trash" || path == "/junk",
        _ => false,
    }
}

fn is_under(folder: &str, root: &str) -> bool {
    root == "/"
        || folder == root
        || (folder.starts_with(root) && folder.as_bytes().get(root.len()) == Some(&b'/'))
}

fn holds(clause: &Clause, item: &Candidate<'_>, folder: &str) -> bool {
    let (date, changed) = (item.date_s as i64 * 1_000, item.changed_s as i64 * 1_000);
    match clause {
        Clause::In(path) => folder == path,
        Clause::Under(path) => is_under(folder, path),
        Clause::Anywhere => true,
        Clause::Unread(unread) => item.unread == *unread,
        Clause::Flagged => item.flags & 0x20 != 0,
        Clause::After(moment) => date > *moment,
        Clause::Before(moment) => date < *moment,
        Clause::Changed(comparison, moment) => match comparison {
            Comparison::Less => changed < *moment,
            Comparison::LessOrEqual => changed <= *moment,
            Comparison::Equal => changed == *moment,
            Comparison::MoreOrEqual => changed >= *moment,
            Comparison::More => changed > *moment,
        },
    }
}

/// The kinds a list of words names; conversations are dropped, as on the real server.
pub(super) fn kinds(list: &str) -> Result<Vec<ItemKind>, String> {
    let numbers = || (0..=16).filter_map(ItemKind::from_number);
    list.split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty() && *word != "conversation")
        .map(|word| numbers().find(|kind| kind.word() == word).ok_or_else(|| format!("invalid type: {word}")))
        .collect()
}

/// Words of a query; quotes keep blanks together.
fn words(query: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for letter in query.chars() {
        match letter {
            '"' => quoted = !quoted,
            blank if blank.is_whitespace() && !quoted => words.push(std::mem::take(&mut word)),
            other => word.push(other),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

fn clause(word: &str) -> Result<Option<(Clause, bool)>, String> {
    let unknown = || format!("cannot parse query near {word}");
    let (negated, bare) = match word.strip_prefix(['-', '!']) {
        Some(bare) => (true, bare),
        None => (false, word),
    };
    if word.eq_ignore_ascii_case("and") {
        return Ok(None);
    }
    let (name, value) = bare.split_once(':').ok_or_else(unknown)?;
    let folder = || format!("/{}", value.trim_matches('/').to_lowercase());
    let date = || moment(value).ok_or_else(unknown);
    let clause = match (name.to_ascii_lowercase().as_str(), value) {
        ("in", _) => Clause::In(folder()),
        ("under", _) => Clause::Under(folder()),
        ("is", "anywhere") => Clause::Anywhere,
        ("is", "local") => return Ok(None),
        ("is", "unread") => Clause::Unread(true),
        ("is", "read") => Clause::Unread(false),
        ("is", "flagged") => Clause::Flagged,
        ("after", _) => Clause::After(date()?),
        ("before", _) => Clause::Before(date()?),
        ("mdate", _) => {
            let (comparison, rest) = comparison(value);
            Clause::Changed(comparison, moment(rest).ok_or_else(unknown)?)
        }
        ("date", _) => match comparison(value) {
            (Comparison::More | Comparison::MoreOrEqual, rest) => {
                Clause::After(moment(rest).ok_or_else(unknown)?)
            }
            (_, rest) => Clause::Before(moment(rest).ok_or_else(unknown)?),
        },
        _ => return Err(unknown()),
    };
    Ok(Some((clause, negated)))
}

fn comparison(value: &str) -> (Comparison, &str) {
    for (sign, comparison) in [
        (">=", Comparison::MoreOrEqual),
        ("<=", Comparison::LessOrEqual),
        (">", Comparison::More),
        ("<", Comparison::Less),
    ] {
        if let Some(rest) = value.strip_prefix(sign) {
            return (comparison, rest);
        }
    }
    (Comparison::Equal, value)
}

/// Milliseconds, `MM/dd/yyyy`, `yyyy/MM/dd` or `-1day`, as milliseconds since 1970.
fn moment(text: &str) -> Option<i64> {
    if let Ok(number) = text.parse::<i64>()
        && number >= 0
    {
        return Some(number);
    }
    if let Some(rest) = text.strip_prefix('-') {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let count: i64 = rest[..digits].parse().ok()?;
        let unit = match rest[digits..].trim_end_matches('s') {
            "minute" | "mi" => 60,
            "hour" | "h" => 3_600,
            "day" | "d" => 86_400,
            "week" | "w" => 7 * 86_400,
            "month" | "m" => 30 * 86_400,
            "year" | "y" => 365 * 86_400,
            _ => return None,
        };
        return Some((TODAY_S as i64 - count * unit) * 1_000);
    }
    let parts: Vec<i64> = text.split('/').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (year, month, day) = match parts[..] {
        [year, month, day] if year > 31 => (year, month, day),
        [month, day, year] => (year, month, day),
        _ => return None,
    };
    let date = jiff::civil::Date::new(year as i16, month as i8, day as i8).ok()?;
    let days = date.since(jiff::civil::date(1970, 1, 1)).ok()?.get_days();
    Some(i64::from(days) * 86_400_000)
}
