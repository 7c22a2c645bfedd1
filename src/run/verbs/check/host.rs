//! This machine's lines: open files, the journal's folder, the temporary folder.

use std::path::{Path, PathBuf};

use super::Line;
use crate::{
    control::sample::Side,
    journal::Journal,
    lang::{Lang, tell},
    settings::Settings,
    ui::words::{bytes, count},
};

/// Files open besides those of transfers: journal, probes, logs, the page.
const BESIDES: u64 = 64;
/// Files open for one transfer: two connections, a temporary file, one for a new connection.
const EACH: u64 = 4;
/// Room the journal of a large night needs.
const JOURNAL_ROOM: u64 = 1_000_000_000;
/// Room below which it would soon stand still.
const JOURNAL_LEAST: u64 = 64_000_000;
/// Room for large items on their way.
const SPILL_ROOM: u64 = 2_000_000_000;

/// What is known of this machine.
pub struct HostFacts {
    /// The soft limit; `None` = not told, `Some(u64::MAX)` = none.
    pub open_files: Option<u64>,
    pub journal: Folder,
    /// Whether a run holds the journal now.
    pub busy: bool,
    pub temporary: Folder,
}

/// A folder that is to be written to.
pub struct Folder {
    pub path: PathBuf,
    /// The folder that is there already: itself, or the one it would be made in.
    pub looked_at: PathBuf,
    /// Why nothing can be written, in the system's words.
    pub refused: Option<String>,
    pub free_bytes: Option<u64>,
}

impl HostFacts {
    /// Looks; what it tries to write is gone at once.
    pub fn gather(settings: &Settings) -> Self {
        let journal = PathBuf::from(&settings.state.directory);
        let limits = std::fs::read_to_string("/proc/self/limits");
        Self {
            open_files: limits.ok().and_then(|text| open_files(&text)),
            busy: Journal::is_held(&journal),
            journal: Folder::look(journal),
            temporary: Folder::look(std::env::temp_dir()),
        }
    }
}

impl Folder {
    fn look(path: PathBuf) -> Self {
        let there = path.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("/")).to_owned();
        let refused = tempfile::tempfile_in(&there).err().map(|error| error.to_string());
        let free_bytes =
            rustix::fs::statvfs(&there).ok().map(|told| told.f_bavail.saturating_mul(told.f_frsize));
        Self { path, looked_at: there, refused, free_bytes }
    }
}

/// The soft limit of `Max open files`.
fn open_files(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        soft => soft.parse().ok(),
    }
}

/// The lines about this machine.
pub fn lines(facts: &HostFacts, most: u32, lang: Lang) -> Vec<Line> {
    let mut lines = vec![files(facts.open_files, most, lang)];
    if facts.busy {
        let said = tell!(lang, "check-journal-held", folder = facts.journal.path.display().to_string());
        lines.push(Line::fail(Side::Host, "journal", said, tell!(lang, "check-journal-wait")));
    }
    lines.push(folder("journal", &facts.journal, JOURNAL_LEAST, JOURNAL_ROOM, lang));
    lines.push(folder("temporary", &facts.temporary, 0, SPILL_ROOM, lang));
    lines
}

fn files(limit: Option<u64>, most: u32, lang: Lang) -> Line {
    let (side, what) = (Side::Host, "open files");
    let needed = BESIDES + EACH * u64::from(most);
    let mend = tell!(lang, "check-files-next");
    let few = |limit| tell!(lang, "check-files-few", limit = count(limit), most = most, needed = needed);
    match limit {
        None => Line::unknown(side, what, tell!(lang, "check-system-silent"), "ulimit -n", lang),
        Some(u64::MAX) => Line::pass(side, what, tell!(lang, "check-no-limit")),
        Some(limit) if limit < needed => Line::fail(side, what, few(limit), mend),
        Some(limit) if limit < 2 * needed => Line::warn(side, what, few(limit), mend),
        Some(limit) => Line::pass(side, what, tell!(lang, "check-files", limit = count(limit))),
    }
}

fn folder(what: &'static str, folder: &Folder, least: u64, enough: u64, lang: Lang) -> Line {
    let side = Side::Host;
    let (path, there) = (folder.path.display().to_string(), folder.looked_at.display().to_string());
    let elsewhere = match what {
        "journal" => tell!(lang, "check-other-state"),
        _ => tell!(lang, "check-other-tmp"),
    };
    if let Some(cause) = &folder.refused {
        let said = tell!(lang, "check-folder-refused", path = path, cause = cause.as_str());
        return Line::fail(side, what, said, format!("ls -ld {there}, {elsewhere}"));
    }
    let Some(free) = folder.free_bytes else {
        let said = tell!(lang, "check-folder-room", path = path);
        return Line::unknown(side, what, said, format!("df -h {there}"), lang);
    };
    let said = tell!(lang, "check-folder", path = path, free = bytes(free));
    let mend = tell!(lang, "check-folder-next", there = there, elsewhere = elsewhere);
    match free {
        free if free < least => Line::fail(side, what, said, mend),
        free if free < enough => Line::warn(side, what, said, mend),
        _ => Line::pass(side, what, said),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};

    #[test]
    fn the_limit_of_open_files_is_read_and_judged_by_the_workers() {
        let limits = "Limit   Soft Limit   Hard Limit   Units\nMax open files   1024   524288   files\n";
        assert_eq!(open_files(limits), Some(1024));
        assert_eq!(open_files("Max open files   unlimited   unlimited   files"), Some(u64::MAX));
        assert_eq!(open_files(""), None);
        let verdict = |limit| files(limit, 10, Lang::En).verdict;
        let verdicts = [Some(1024), Some(150), Some(64), None, Some(u64::MAX)].map(verdict);
        let [pass, warn, fail] = [Verdict::Pass, Verdict::Warn, Verdict::Fail];
        assert_eq!(verdicts, [pass, warn, fail, warn, pass]);
    }

    #[test]
    fn a_folder_that_is_not_there_yet_is_judged_by_the_one_above_and_not_made() {
        let scratch = tempfile::tempdir().unwrap();
        let wanted = scratch.path().join("a/b");
        let found = Folder::look(wanted.clone());
        assert!(!wanted.exists() && found.looked_at == scratch.path() && found.refused.is_none());
        assert!(found.free_bytes.is_some());
        let full = Folder { free_bytes: Some(1_000), ..found };
        assert_eq!(folder("journal", &full, JOURNAL_LEAST, JOURNAL_ROOM, Lang::En).verdict, Verdict::Fail);
        assert_eq!(folder("temporary", &full, 0, SPILL_ROOM, Lang::En).verdict, Verdict::Warn);
        let shut = Folder { refused: Some("Permission denied".into()), ..full };
        assert!(folder("journal", &shut, 0, 0, Lang::En).mend.unwrap().contains("--state-dir"));
    }
}
