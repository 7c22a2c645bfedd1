//! The operator's hand on a running migration: orders by socket, by signal, by a file.
//!
//! - [`socket`] `zmpace ctl`, both ends.
//! - [`signals`] HUP and USR1; TERM and INT are older and live beside the world.
//!
//! Whatever way an order comes, it becomes an event before anything happens, so that a replay does the same.

pub mod signals;
pub mod socket;

use std::{path::PathBuf, sync::Arc};

use tokio::sync::oneshot;

use crate::control::{
    event::Command,
    policy::{Policy, SideLines},
    sample::Side,
};

/// What the operator can ask of a running migration.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// Something the dispatcher decides on.
    Command(Command),
    /// Other soft lines.
    Limit(Vec<Line>),
    /// The most workers there may be: this many, or so many more or fewer.
    Ceiling(Ceiling),
    /// The settings file again: limits and windows.
    Reread,
    /// How things stand and why.
    Explain,
}

/// Another ceiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceiling {
    /// This one.
    At(u32),
    /// So far from the present one.
    By(i32),
}

/// One line to be moved.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The machine; `None` = both servers.
    pub side: Option<Side>,
    /// `cpu`, `disk`, `network` or `memory`.
    pub resource: &'static str,
    /// Share that may be used, 0 to 1.
    pub share: f64,
}

/// Where an answer goes: what was done, or why not.
pub type Answer = oneshot::Sender<Result<String, String>>;

/// Reads the settings again.
pub type Reread = Arc<dyn Fn() -> Result<Policy, String> + Send + Sync>;

/// What the loop keeps for the operator.
pub struct Desk {
    /// The numbers in force, as set.
    pub policy: Policy,
    /// Reads the settings again; `None` where there are none to read.
    pub reread: Option<Reread>,
    /// While this file is there, the run is paused.
    pub pause_file: PathBuf,
    /// Whether it was there at the last look.
    pub pause_file_seen: bool,
    /// Whether an order paused it.
    pub paused_by_hand: bool,
}

impl Desk {
    /// Nothing asked for yet.
    pub fn new(policy: Policy, reread: Option<Reread>, state: &std::path::Path) -> Self {
        Self {
            policy,
            reread,
            pause_file: state.join("pause"),
            pause_file_seen: false,
            paused_by_hand: false,
        }
    }
}

const ORDERS: &str = "pause, resume, drain, stop, workers N, workers auto, ceiling N, ceiling +1, limit cpu=70%, explain, reload";
const RESOURCES: [&str; 4] = ["cpu", "disk", "network", "memory"];

/// Reads an order as typed.
///
/// # Errors
/// What is wrong with it, with the orders there are.
pub fn parse(words: &[&str]) -> Result<Ask, String> {
    let alone = |ask: Ask| match words.len() {
        1 => Ok(ask),
        _ => Err(format!("`{}` takes nothing after it", words[0])),
    };
    match words.first().copied() {
        Some("pause") => alone(Ask::Command(Command::Pause)),
        Some("resume") => alone(Ask::Command(Command::Resume)),
        Some("drain") => alone(Ask::Command(Command::Drain)),
        Some("stop") => alone(Ask::Command(Command::Stop)),
        Some("explain") => alone(Ask::Explain),
        Some("reload") => alone(Ask::Reread),
        Some("workers") => match words {
            [_, "auto"] => Ok(Ask::Command(Command::Workers(None))),
            [_, number] => match number.parse::<u32>() {
                Ok(workers) if workers > 0 => Ok(Ask::Command(Command::Workers(Some(workers)))),
                _ => Err(format!("`{number}` is neither `auto` nor a number from 1")),
            },
            _ => Err("`workers` takes a number or `auto`".to_owned()),
        },
        Some("ceiling") => match words {
            [_, number] => ceiling(number).map(Ask::Ceiling),
            _ => Err("`ceiling` takes a number, or +1 or -1".to_owned()),
        },
        Some("limit") if words.len() > 1 => {
            words[1..].iter().map(|word| line(word)).collect::<Result<_, _>>().map(Ask::Limit)
        }
        Some("limit") => Err("`limit` takes lines, such as cpu=70% or source.disk=60%".to_owned()),
        Some(other) => Err(format!("there is no order `{}`; there are: {ORDERS}", other.escape_debug())),
        None => Err(format!("no order given; there are: {ORDERS}")),
    }
}

/// `8`, `+1`, `-2`.
fn ceiling(word: &str) -> Result<Ceiling, String> {
    let read = if word.starts_with(['+', '-']) {
        word.parse().ok().filter(|by| *by != 0).map(Ceiling::By)
    } else {
        word.parse().ok().filter(|at| *at > 0).map(Ceiling::At)
    };
    read.ok_or_else(|| {
        format!("`{}` is neither a number from 1 nor a change such as +1", word.escape_debug())
    })
}

/// The numbers with this ceiling.
///
/// # Errors
/// A ceiling below the least number of workers, or beyond what the law allows.
pub fn with_ceiling(policy: &Policy, ceiling: Ceiling) -> Result<Policy, String> {
    let most = match ceiling {
        Ceiling::At(most) => most,
        Ceiling::By(by) => policy.max_workers.saturating_add_signed(by),
    };
    if most < policy.min_workers {
        return Err(format!("at least {} worker(s): `zmpace ctl pause` stops all", policy.min_workers));
    }
    let policy = Policy { max_workers: most, ..policy.clone() };
    policy.check()?;
    Ok(policy)
}

/// `cpu=70%`, `source.disk=0.6`.
fn line(word: &str) -> Result<Line, String> {
    let wrong = |what: &str| {
        format!("`{}`: {what}; write it like cpu=70% or destination.disk=60%", word.escape_debug())
    };
    let (name, value) = word.split_once('=').ok_or_else(|| wrong("no `=`"))?;
    let (side, name) = match name.split_once('.') {
        None => (None, name),
        Some(("source", name)) => (Some(Side::Source), name),
        Some(("destination", name)) => (Some(Side::Destination), name),
        Some(("host", name)) => (Some(Side::Host), name),
        Some(_) => return Err(wrong("sides are source, destination and host")),
    };
    let resource = RESOURCES
        .into_iter()
        .find(|known| *known == name)
        .ok_or_else(|| wrong("lines are cpu, disk, network and memory"))?;
    let (number, unit) = value.strip_suffix('%').map_or((value, 1.0), |number| (number, 100.0));
    let share = number.parse::<f64>().map_err(|_| wrong("no number"))? / unit;
    if !(share > 0.0 && share < 1.0) {
        return Err(wrong("a share between 0 and 100 %"));
    }
    Ok(Line { side, resource, share })
}

/// The numbers with these lines moved.
///
/// # Errors
/// A soft line at or above its critical one, and the like.
pub fn with_lines(policy: &Policy, lines: &[Line]) -> Result<Policy, String> {
    let mut policy = policy.clone();
    for line in lines {
        let all = [
            (Side::Source, &mut policy.lines.source),
            (Side::Destination, &mut policy.lines.destination),
            (Side::Host, &mut policy.lines.host),
        ];
        for (side, of_side) in all {
            if line.side.map_or(side != Side::Host, |wanted| wanted == side) {
                place(of_side, line);
            }
        }
    }
    policy.check()?;
    Ok(policy)
}

fn place(lines: &mut SideLines, line: &Line) {
    match line.resource {
        "cpu" => lines.cpu_soft = line.share,
        "disk" => lines.disk_utilisation_soft = line.share,
        "network" => lines.network_soft = line.share,
        _ => lines.memory_reserve_share = 1.0 - line.share,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Ask, String> {
        parse(&text.split_whitespace().collect::<Vec<_>>())
    }

    #[test]
    fn orders_are_read_as_typed() {
        for (text, command) in [
            ("pause", Command::Pause),
            ("resume", Command::Resume),
            ("drain", Command::Drain),
            ("stop", Command::Stop),
            ("workers 3", Command::Workers(Some(3))),
            ("workers auto", Command::Workers(None)),
        ] {
            assert_eq!(read(text), Ok(Ask::Command(command)), "{text}");
        }
        let lines = vec![
            Line { side: None, resource: "cpu", share: 0.7 },
            Line { side: Some(Side::Source), resource: "disk", share: 0.6 },
        ];
        assert_eq!(read("limit cpu=70% source.disk=0.6"), Ok(Ask::Limit(lines)));
        assert_eq!(read("explain"), Ok(Ask::Explain));
    }

    #[test]
    fn what_is_no_order_is_refused_with_the_part_that_is_wrong() {
        for (text, part) in [
            ("", "no order"),
            ("halt", "`halt`"),
            ("pause now", "nothing after"),
            ("workers", "a number or `auto`"),
            ("workers 0", "`0`"),
            ("workers -2", "`-2`"),
            ("ceiling", "a number"),
            ("ceiling 0", "`0`"),
            ("ceiling +x", "`+x`"),
            ("limit", "cpu=70%"),
            ("limit cpu", "no `=`"),
            ("limit cpu=hot", "no number"),
            ("limit cpu=170%", "between 0 and 100 %"),
            ("limit moon.cpu=50%", "sides are"),
            ("limit ram=50%", "lines are"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn a_ceiling_is_set_or_moved_and_never_below_the_least() {
        let policy = Policy { max_workers: 3, min_workers: 1, ..Policy::for_tests() };
        let most = |text: &str| match read(text) {
            Ok(Ask::Ceiling(ceiling)) => with_ceiling(&policy, ceiling).map(|policy| policy.max_workers),
            other => panic!("{other:?}"),
        };
        assert_eq!((most("ceiling 8"), most("ceiling +1"), most("ceiling -2")), (Ok(8), Ok(4), Ok(1)));
        assert!(most("ceiling -3").unwrap_err().contains("pause"));
    }

    #[test]
    fn lines_move_on_both_servers_unless_one_is_named() {
        let policy = Policy::for_tests();
        let asked = |text: &str| match read(text) {
            Ok(Ask::Limit(lines)) => with_lines(&policy, &lines),
            other => panic!("{other:?}"),
        };
        let moved = asked("limit cpu=60%").unwrap().lines;
        assert_eq!((moved.source.cpu_soft, moved.destination.cpu_soft), (0.6, 0.6));
        assert_eq!(moved.host, policy.lines.host);
        let moved = asked("limit source.memory=75%").unwrap().lines;
        assert_eq!(
            (moved.source.memory_reserve_share, &moved.destination),
            (0.25, &policy.lines.destination)
        );
        assert!(asked("limit cpu=99%").unwrap_err().contains("cpu_critical"));
    }
}
