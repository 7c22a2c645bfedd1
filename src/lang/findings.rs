//! What a benchmark found, in words. The journal keeps its English; the sentences here are made from what that says.

use serde::de::DeserializeOwned;

use super::{Lang, tell};
use crate::control::{
    decision::{Measure, Resource},
    finding::{Finding, WireFinding},
    sample::Side,
};

/// What is written so in JSON.
fn named<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(word.into()).ok()
}

impl Lang {
    /// A resource of a machine.
    #[must_use]
    pub fn resource(self, resource: Resource) -> String {
        tell!(self, &format!("resource-{resource:?}"))
    }

    /// A line by its name in JSON, such as `destination.cpu`; a name nobody knows stays as it is.
    #[must_use]
    pub fn line_named(self, name: &str) -> String {
        let known = name
            .split_once('.')
            .and_then(|(side, resource)| Some((named::<Side>(side)?, named::<Resource>(resource)?)));
        known.map_or_else(
            || name.to_owned(),
            |(side, resource)| {
                tell!(self, "limited-by", side = self.side(side), resource = self.resource(resource))
            },
        )
    }

    /// How busy each machine was at rest.
    #[must_use]
    pub fn at_rest(self, finding: &Finding) -> String {
        let one = |(side, busy): &(String, f64)| format!("{} {:.0} %", self.side_named(side), busy * 100.0);
        finding.at_rest.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// What keeps more workers from helping, or a machine near its line; words nobody knows stay as they are.
    #[must_use]
    pub fn limiting(self, words: &str) -> String {
        let most = words.strip_prefix("the most workers the settings allow (");
        if self == Self::En {
            words.to_owned()
        } else if let Some(most) = most.and_then(|rest| rest.strip_suffix(')')) {
            tell!(self, "limited-settings", most = most)
        } else if words.starts_with("waiting (locks, ") {
            tell!(self, "limited-waiting")
        } else {
            self.machine(words).unwrap_or_else(|| words.to_owned())
        }
    }

    /// Why a wire format is the better one.
    #[must_use]
    pub fn wire(self, found: &WireFinding) -> String {
        match speeds(&found.reason) {
            Some((tar, tgz)) if self != Self::En && found.better == "tgz" => {
                tell!(self, "wire-tgz", tar = tar, tgz = tgz)
            }
            Some((tar, tgz)) if self != Self::En => tell!(self, "wire-tar", tar = tar, tgz = tgz),
            _ => found.reason.clone(),
        }
    }

    /// What a mailbox's counts say; notes nobody knows, and names of folders in them, stay as they are.
    #[must_use]
    pub fn note(self, note: &str) -> String {
        if self == Self::En {
            return note.to_owned();
        }
        let then = |part: &str| self.changed_note(part);
        let all: Option<Vec<String>> = note.split("; ").map(then).collect();
        all.map(|parts| parts.join("; "))
            .or_else(|| self.counted_note(note))
            .unwrap_or_else(|| note.to_owned())
    }

    /// `source: 9 items when it was moved, 8 now`
    fn changed_note(self, note: &str) -> Option<String> {
        let (side, rest) = note.split_once(": ")?;
        let (then, now) = rest.strip_suffix(" now")?.split_once(" items when it was moved, ")?;
        Some(tell!(self, "note-changed", side = self.side_named(side), then = then, now = now))
    }

    /// `/Inbox: 9 on the source, 7 on the destination`, with or without ` (in excess)`
    fn counted_note(self, note: &str) -> Option<String> {
        let (bare, excess) = note.strip_suffix(" (in excess)").map_or((note, false), |bare| (bare, true));
        // From the end: a folder may be called anything.
        let (rest, there) = bare.strip_suffix(" on the destination")?.rsplit_once(" on the source, ")?;
        let (folder, here) = rest.rsplit_once(": ")?;
        Some(if excess {
            tell!(self, "note-excess", folder = folder, here = here, there = there)
        } else {
            tell!(self, "note-counts", folder = folder, here = here, there = there)
        })
    }

    /// `destination CPU`
    fn machine(self, words: &str) -> Option<String> {
        let (side, what) = words.split_once(' ')?;
        let measure = match what {
            "CPU" => Measure::CpuBusy,
            "disk" => Measure::DiskUtilisation,
            "disk writes" => Measure::WriteAwait,
            "disk reads" => Measure::ReadAwait,
            "memory" => Measure::MemoryUsed,
            "network" => Measure::NetworkShare,
            "answer time" => Measure::AnswerTime,
            "disk space" => Measure::SpaceUsed,
            _ => return None,
        };
        Some(tell!(self, "limited-by", side = self.side_named(side), resource = self.measure(measure)))
    }

    pub(super) fn side_named(self, name: &str) -> String {
        let known = [Side::Source, Side::Destination, Side::Host];
        let side = known.into_iter().find(|side| side.to_string() == name);
        side.map_or_else(|| name.to_owned(), |side| self.side(side))
    }
}

/// What tar and tgz brought a second, out of `alone, tar brings A/s of mail out of the source, tgz B/s: ...`.
fn speeds(reason: &str) -> Option<(&str, &str)> {
    let rest = reason.strip_prefix("alone, tar brings ")?;
    let (tar, rest) = rest.split_once("/s of mail out of the source, tgz ")?;
    Some((tar, rest.split_once("/s: ")?.0))
}
