//! What can be read of one server's machine, and whether its disks hold what will come.

use std::time::Duration;

use tokio::time::timeout;

use super::{Line, bare};
use crate::{
    control::sample::{Sample, Side, Volume},
    lang::{Lang, tell},
    probe::{self, ProbeError, Reading},
    run::world,
    settings::Settings,
    ui::words::{bytes, tame},
};

/// Between the two readings that make a sample.
const INTERVAL: Duration = Duration::from_millis(300);
/// Longest wait for it.
const PATIENCE: Duration = Duration::from_secs(15);
/// Odd readings that are passed over.
const ODD_READINGS: u32 = 2;
/// Room on a disk is short below this many times what will come.
const ROOM: f64 = 1.2;

/// What one reading gave.
pub enum Machine {
    /// The settings say `reach = "none"`.
    Unwatched,
    Unread(String),
    Read {
        sample: Box<Sample>,
        /// What the operator should know, such as a watched path without a disk.
        notices: Vec<String>,
    },
}

impl Machine {
    /// Reads it once.
    pub async fn read(settings: &Settings, side: Side) -> Self {
        let Some((reach, watch)) = world::reach(settings, side) else { return Self::Unwatched };
        let mut readings = probe::watch(side, reach, watch, INTERVAL);
        let mut notices = Vec::new();
        let mut odd = 0;
        loop {
            match timeout(PATIENCE, readings.recv()).await {
                Ok(Some(Reading::Sample(sample))) => return Self::Read { sample: Box::new(sample), notices },
                Ok(Some(Reading::Notice(text))) => notices.push(text),
                Ok(Some(Reading::Failed(error))) if is_odd(&error) && odd < ODD_READINGS => odd += 1,
                Ok(Some(Reading::Failed(error))) => return Self::Unread(error.to_string()),
                Ok(None) | Err(_) => {
                    return Self::Unread(format!("nothing came within {} s", PATIENCE.as_secs()));
                }
            }
        }
    }
}

/// Whether the next reading may well do.
const fn is_odd(error: &ProbeError) -> bool {
    !error.ends_connection() && !error.needs_operator() && !matches!(error, ProbeError::File { .. })
}

/// The lines about one machine.
pub fn lines(machine: &Machine, side: Side, to_come: Option<u64>, lang: Lang) -> Vec<Line> {
    match machine {
        Machine::Unwatched => vec![Line::warn(
            side,
            "machine",
            tell!(lang, "check-unwatched"),
            format!("zmpace check --set {side}.reach=ssh"),
        )],
        Machine::Unread(error) => {
            let (cause, next) = parted(bare(side, error));
            let said = tell!(lang, "check-machine-unread", cause = cause);
            vec![Line::warn(side, "machine", said, next)]
        }
        Machine::Read { sample, notices } => {
            let mut lines = vec![counters(side, sample, lang), disks(side, sample, notices, lang)];
            lines.extend(to_come.map(|coming| room(side, &sample.volumes, coming, lang)));
            lines
        }
    }
}

/// A probe's error ends in the next command.
fn parted(error: &str) -> (String, String) {
    let parts = ["; try: ", "; look with: "].into_iter().find_map(|word| error.split_once(word));
    let (said, next) = parts.unwrap_or((error, "zmpace probe"));
    (tame(said), tame(next))
}

fn counters(side: Side, sample: &Sample, lang: Lang) -> Line {
    let told = [
        (tell!(lang, "check-cpu"), sample.cpu.is_some()),
        (tell!(lang, "check-memory"), sample.memory.is_some()),
        (tell!(lang, "check-network"), sample.network.is_some()),
        (tell!(lang, "check-pressure"), sample.pressure.is_some()),
    ];
    let of = |wanted: bool| {
        let names: Vec<_> =
            told.iter().filter(|(_, is)| *is == wanted).map(|(name, _)| name.as_str()).collect();
        names.join(", ")
    };
    let said = tell!(lang, "check-counters", cores = sample.cores, told = of(true));
    let (untold, guards) = (of(false), sample.cpu.is_some() && sample.memory.is_some());
    if untold.is_empty() {
        return Line::pass(side, "machine", said);
    }
    if guards && told[..3].iter().all(|(_, is)| *is) {
        return Line::pass(side, "machine", tell!(lang, "check-no-pressure", said = said));
    }
    let said = tell!(lang, "check-untold", said = said, untold = untold);
    if guards {
        return Line::pass(side, "machine", said);
    }
    Line::warn(
        side,
        "machine",
        tell!(lang, "check-guards-less", said = said),
        "zmpace probe --count 2 --json",
    )
}

fn disks(side: Side, sample: &Sample, notices: &[String], lang: Lang) -> Line {
    let names: Vec<&str> = sample.disks.iter().map(|disk| disk.device.as_str()).collect();
    let mend = tell!(lang, "check-disks-next", table = side.word());
    if let Some(notice) = notices.first() {
        return Line::warn(side, "disks", bare(side, notice), mend);
    }
    if names.is_empty() {
        return Line::warn(side, "disks", tell!(lang, "check-no-disk"), mend);
    }
    let free = |volume: &Volume| {
        tell!(lang, "check-disk-free", path = volume.path.as_str(), free = bytes(volume.free_bytes))
    };
    let free: Vec<String> = sample.volumes.iter().map(free).collect();
    let free = if free.is_empty() { String::new() } else { format!("; {}", free.join(", ")) };
    Line::pass(side, "disks", format!("{}{free}", names.join(", ")))
}

/// Mail goes to the watched path that is called a store, else to the roomiest one.
fn room(side: Side, volumes: &[Volume], coming: u64, lang: Lang) -> Line {
    let store = volumes.iter().find(|volume| volume.path.contains("store"));
    let Some(volume) = store.or_else(|| volumes.iter().max_by_key(|volume| volume.free_bytes)) else {
        let next = tell!(lang, "check-room-look");
        return Line::unknown(side, "room", tell!(lang, "check-no-room-told"), next, lang);
    };
    let (coming_is, free) = (bytes(coming), bytes(volume.free_bytes));
    let said = tell!(lang, "check-room", coming = coming_is, free = free, path = volume.path.as_str());
    let mend = tell!(lang, "check-room-next");
    match volume.free_bytes {
        free if free < coming => Line::fail(side, "room", said, mend),
        free if (free as f64) < coming as f64 * ROOM => Line::warn(side, "room", said, mend),
        _ => Line::pass(side, "room", said),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};

    fn volume(path: &str, free_bytes: u64) -> Volume {
        Volume { path: path.into(), total_bytes: 1 << 40, free_bytes }
    }

    #[test]
    fn a_disk_that_cannot_hold_what_will_come_refuses_the_run() {
        let volumes = [volume("/opt/zimbra/index", 9_000), volume("/opt/zimbra/store", 1_000)];
        let verdict = |coming| room(Side::Destination, &volumes, coming, Lang::En).verdict;
        assert_eq!([800, 900, 1_001].map(verdict), [Verdict::Pass, Verdict::Warn, Verdict::Fail]);
        assert_eq!(room(Side::Destination, &[], 1, Lang::En).verdict, Verdict::Warn);
        assert_eq!(
            room(Side::Destination, &[volume("/", 5), volume("/b", 50)], 20, Lang::En).verdict,
            Verdict::Pass
        );
    }

    #[test]
    fn an_error_of_the_probe_gives_its_command_apart() {
        let error =
            "source: zimbra@a port 22 let none of our keys in (no keys); try: ssh-copy-id -p 22 zimbra@a";
        let lines = lines(&Machine::Unread(error.into()), Side::Source, None, Lang::En);
        assert_eq!(lines[0].mend.as_deref(), Some("ssh-copy-id -p 22 zimbra@a"));
        assert!(lines[0].said.contains("let none of our keys in") && !lines[0].said.contains("source:"));
    }
}
