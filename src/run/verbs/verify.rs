//! `zmpace verify`: what was moved, compared with the source again; nothing is changed on either side.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fmt::Write as _,
    path::Path,
};

use futures_util::{StreamExt as _, stream};
use serde::Serialize;

use super::{json, say};
use crate::{
    cli::VerifyArgs,
    control::{event::AccountState, sample::Side},
    journal::{AccountRow, Journal},
    lang::{Lang, tell},
    run::{
        Ended, Exit,
        clock::Clock,
        night::{is_finished, journal_failed},
        world::{self, Pair},
    },
    settings::{self, Settings, Surroundings},
    ui::words::{count, tame},
    zimbra::{
        MoveError,
        directory::{self, FolderCount},
        transfer::Relay,
        verify::compare_folders,
    },
};

/// Mailboxes looked at together: a count costs either server a few hundredths of a second.
const AT_ONCE: usize = 4;
/// The same when every item is read.
const AT_ONCE_DEEP: usize = 2;

/// What is known of one mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    /// Both sides agree.
    Verified,
    /// They do not, but one of them has changed since the mailbox was moved.
    Changed,
    /// They do not.
    Differs,
    /// It could not be looked at.
    Unverified,
}

#[derive(Debug, Serialize)]
struct Folder {
    path: String,
    source_items: u64,
    source_bytes: u64,
    destination_items: u64,
    destination_bytes: u64,
}

#[derive(Debug, Serialize)]
struct Checked {
    source: String,
    target: String,
    outcome: Outcome,
    differences: u64,
    notes: Vec<String>,
    folders: Vec<Folder>,
}

/// What `verify --json` prints.
#[derive(Debug, Serialize)]
struct Verification {
    schema_version: u32,
    deep: bool,
    /// Share asked for and the seed it was drawn with.
    sample: Option<(f64, u64)>,
    verified: u64,
    changed: u64,
    differs: u64,
    unverified: u64,
    /// Selected mailboxes that were never moved to their end.
    not_moved: u64,
    mailboxes: Vec<Checked>,
}

/// A moved mailbox and what both sides held then.
struct Moved {
    row: AccountRow,
    then: Option<(u64, u64)>,
}

/// `zmpace verify`
///
/// # Errors
/// There is no journal, or a server refuses; mailboxes that differ are no error, but have their exit code.
pub async fn verify(args: VerifyArgs, around: &Surroundings) -> Result<Exit, Ended> {
    let settings =
        settings::for_plan(&args.common, &args.selection, &crate::cli::HoursFlags::default(), around)?;
    let share = args.sample.as_deref().map(|text| settings::parse_share("--sample", text)).transpose()?;
    let sample = share.map(|share| (share, args.seed.unwrap_or_else(|| fastrand::u64(..))));
    let (mut moved, not_moved) = moved(&settings)?;
    if let Some((share, seed)) = sample {
        draw(&mut moved, share, seed);
    }
    let clock = Clock::start(1.0);
    let pair = world::pair(&settings, around, &clock).await?;
    let relay = world::relay(&settings, &pair, &clock);
    let look = Look { pair: &pair, relay: &relay, settings: &settings, deep: args.deep };
    let at_once = if args.deep { AT_ONCE_DEEP } else { AT_ONCE };
    let mailboxes: Vec<Checked> =
        stream::iter(moved).map(|one| look.at(one)).buffered(at_once).collect().await;
    let number = |outcome| mailboxes.iter().filter(|one| one.outcome == outcome).count() as u64;
    let found = Verification {
        schema_version: 1,
        deep: args.deep,
        sample,
        verified: number(Outcome::Verified),
        changed: number(Outcome::Changed),
        differs: number(Outcome::Differs),
        unverified: number(Outcome::Unverified),
        not_moved,
        mailboxes,
    };
    say(&if args.json { json(&found) } else { text(&found, settings.show.lang()) });
    Ok(match &found {
        Verification { differs: 1.., .. } => Exit::Differences,
        Verification { changed: 0, unverified: 0, not_moved: 0, .. } => Exit::Done,
        _ => Exit::Temporary,
    })
}

/// The mailboxes asked for that were moved to their end, and how many were not.
fn moved(settings: &Settings) -> Result<(Vec<Moved>, u64), Ended> {
    let lost = |error| journal_failed(&error);
    let reader = Journal::read(Path::new(&settings.state.directory)).map_err(lost)?;
    let listed = world::listed_accounts(settings)?;
    let listed: Option<HashSet<String>> =
        listed.map(|list| list.into_iter().map(|(source, _)| source).collect());
    let domains: HashSet<String> = settings.plan.domains.iter().map(|domain| domain.to_lowercase()).collect();
    let asked = |row: &AccountRow| {
        let domain = row.source.rsplit_once('@').map_or("", |(_, domain)| domain);
        listed.as_ref().is_none_or(|list| list.contains(&row.source))
            && (domains.is_empty() || domains.contains(domain))
    };
    let then = reader.held_afterwards().map_err(lost)?;
    let rows: Vec<AccountRow> = reader.load_accounts().map_err(lost)?.into_iter().filter(asked).collect();
    let all = rows.len();
    let moved: Vec<Moved> = rows
        .into_iter()
        .filter(|row| is_finished(row.state) || row.state == AccountState::Incomplete)
        .map(|row| Moved { then: then.get(&row.id).copied(), row })
        .collect();
    let not_moved = (all - moved.len()) as u64;
    Ok((moved, not_moved))
}

/// Keeps a share of the mailboxes, at least one, in their order.
fn draw(moved: &mut Vec<Moved>, share: f64, seed: u64) {
    let wanted = ((moved.len() as f64 * share).ceil() as usize).min(moved.len());
    let mut dice = fastrand::Rng::with_seed(seed);
    let chosen: HashSet<u32> =
        dice.choose_multiple(moved.iter(), wanted).into_iter().map(|one| one.row.id.0).collect();
    moved.retain(|one| chosen.contains(&one.row.id.0));
}

struct Look<'a> {
    pair: &'a Pair,
    relay: &'a Relay,
    settings: &'a Settings,
    deep: bool,
}

impl Look<'_> {
    async fn at(&self, one: Moved) -> Checked {
        let Moved { row, then } = one;
        let mut checked = Checked {
            source: row.source.clone(),
            target: row.target.clone(),
            outcome: Outcome::Unverified,
            differences: 0,
            notes: Vec::new(),
            folders: Vec::new(),
        };
        if let Err(error) = self.compare(&row, then, &mut checked).await {
            checked.outcome = Outcome::Unverified;
            checked.notes = vec![error.to_string()];
        }
        checked
    }

    async fn compare(
        &self,
        row: &AccountRow,
        then: Option<(u64, u64)>,
        checked: &mut Checked,
    ) -> Result<(), MoveError> {
        let baseline = row.baseline_items.unwrap_or(0);
        let [source, destination] = self.counts(row).await?;
        let trash = self.settings.mover.trash_and_junk;
        (checked.differences, checked.notes) = compare_folders(&source, &destination, baseline, trash);
        let mut now = (items(&source), items(&destination));
        if self.deep && checked.differences == 0 {
            (checked.differences, checked.notes) =
                self.relay.read_both(&row.source, &row.target).await?.differences(baseline);
            // What changed while it was read is told apart from what differs.
            if checked.differences > 0 {
                let [source, destination] = self.counts(row).await?;
                now = (items(&source), items(&destination));
            }
        }
        checked.folders = side_by_side(&source, &destination);
        checked.outcome = match (checked.differences, then) {
            (0, _) => Outcome::Verified,
            (_, Some(then)) if then != now && then != (0, 0) => {
                checked.notes.insert(0, changed_since(then, now));
                Outcome::Changed
            }
            _ => Outcome::Differs,
        };
        Ok(())
    }

    async fn counts(&self, row: &AccountRow) -> Result<[BTreeMap<String, FolderCount>; 2], MoveError> {
        Ok([
            directory::folders(&self.pair.source, &row.source).await?,
            directory::folders(&self.pair.destination, &row.target).await?,
        ])
    }
}

fn changed_since(then: (u64, u64), now: (u64, u64)) -> String {
    let side = |side: Side, then: u64, now: u64| format!("{side}: {then} items when it was moved, {now} now");
    match (then.0 == now.0, then.1 == now.1) {
        (false, true) => side(Side::Source, then.0, now.0),
        (true, false) => side(Side::Destination, then.1, now.1),
        _ => format!("{}; {}", side(Side::Source, then.0, now.0), side(Side::Destination, then.1, now.1)),
    }
}

fn items(folders: &BTreeMap<String, FolderCount>) -> u64 {
    folders.values().map(|count| count.items).sum()
}

fn side_by_side(
    source: &BTreeMap<String, FolderCount>,
    destination: &BTreeMap<String, FolderCount>,
) -> Vec<Folder> {
    let paths: BTreeSet<&String> = source.keys().chain(destination.keys()).collect();
    let count =
        |side: &BTreeMap<String, FolderCount>, path: &String| side.get(path).copied().unwrap_or_default();
    paths
        .into_iter()
        .map(|path| (path, count(source, path), count(destination, path)))
        .map(|(path, here, there)| Folder {
            path: path.clone(),
            source_items: here.items,
            source_bytes: here.bytes,
            destination_items: there.items,
            destination_bytes: there.bytes,
        })
        .collect()
}

fn text(found: &Verification, lang: Lang) -> String {
    let mut text = String::new();
    for one in found.mailboxes.iter().filter(|one| one.outcome != Outcome::Verified) {
        let (account, items) = (tame(&one.source), count(one.differences));
        let told = match one.outcome {
            Outcome::Changed => tell!(lang, "verify-changed", account = account, items = items),
            Outcome::Differs => tell!(lang, "verify-differs", account = account, items = items),
            _ => tell!(lang, "verify-unverified", account = account, items = items),
        };
        let _ = writeln!(text, "{told}");
        for note in one.notes.iter().take(super::SHOWN_ROWS) {
            let _ = writeln!(text, "    {}", tame(&lang.note(note)));
        }
        if one.notes.len() > super::SHOWN_ROWS {
            let more = one.notes.len() - super::SHOWN_ROWS;
            let _ = writeln!(text, "    {}", tell!(lang, "verify-more-notes", more = more));
        }
    }
    if let Some((share, seed)) = found.sample {
        let (share, seed) = (format!("{:.1}", share * 100.0), seed.to_string());
        let _ = writeln!(text, "{}", tell!(lang, "verify-sample", share = share, seed = seed));
    }
    let how = if found.deep { tell!(lang, "verify-deep") } else { tell!(lang, "verify-shallow") };
    let sum = tell!(
        lang,
        "verify-sum",
        verified = count(found.verified),
        changed = count(found.changed),
        differs = count(found.differs),
        unverified = count(found.unverified),
        not_moved = count(found.not_moved),
        how = how,
    );
    let _ = writeln!(text, "{sum}");
    if found.differs + found.changed + found.not_moved > 0 {
        let _ = writeln!(text, "{}", tell!(lang, "sum-next", next = "zmpace run"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::tests::english_in;

    fn found(outcome: Outcome, deep: bool) -> Verification {
        let count = |items| FolderCount { items, ..FolderCount::default() };
        let side = |items| BTreeMap::from([("/Inbox".to_owned(), count(items))]);
        let (differences, mut notes) = compare_folders(&side(9), &side(7), 0, true);
        notes.push(changed_since((9, 7), (8, 6)));
        notes.extend((0..30).map(|_| changed_since((9, 7), (9, 6))));
        let (source, target) = ("ann@a".to_owned(), "ann@b".to_owned());
        let mailboxes = vec![Checked { source, target, outcome, differences, notes, folders: Vec::new() }];
        let sample = deep.then_some((0.5, 7));
        Verification {
            schema_version: 1,
            deep,
            sample,
            verified: 0,
            changed: 0,
            differs: 1,
            unverified: 0,
            not_moved: 0,
            mailboxes,
        }
    }

    #[test]
    fn what_was_found_is_told_in_the_language_asked_for() {
        for outcome in [Outcome::Changed, Outcome::Differs, Outcome::Unverified] {
            for deep in [true, false] {
                let told = text(&found(outcome, deep), Lang::Id);
                assert_eq!(english_in(&told), [""; 0], "{told}");
                assert!(told.contains("    /Inbox: 9 di sumber, 7 di tujuan\n"), "{told}");
            }
        }
        let told = text(&found(Outcome::Differs, false), Lang::En);
        assert!(
            told.starts_with("differs ann@a: 2 item(s)\n    /Inbox: 9 on the source, 7 on the dest"),
            "{told}"
        );
        assert!(
            told.ends_with("not moved yet; compared: counts and sizes of every folder\nnext: zmpace run\n")
        );
    }
}
