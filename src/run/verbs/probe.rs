//! `zmpace probe`: one line a second of what both machines do.

use std::{collections::HashMap, time::Duration};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::say;
use crate::{
    cli::ProbeArgs,
    control::sample::{Sample, Side},
    probe::{self, Reading},
    run::{Ended, Exit, world},
    settings::{self, ReachKind, Surroundings},
    ui::words::tame,
};

/// `zmpace probe`
///
/// # Errors
/// No side can be read at all.
pub async fn probe(args: ProbeArgs, around: &Surroundings) -> Result<Exit, Ended> {
    let settings = settings::load(&args.common, around)?;
    if !(0.02..=3600.0).contains(&args.interval) {
        return Err(Ended::new(Exit::Usage, "--interval: a number of seconds from 0.02 to 3600"));
    }
    let interval = Duration::from_secs_f64(args.interval);
    let (sender, mut readings) = unbounded_channel();
    let mut sides = Vec::new();
    for side in [Side::Source, Side::Destination] {
        let Some((reach, watch)) = world::reach(&settings, side) else { continue };
        if settings.server(side).host.is_empty() && settings.server(side).reach == ReachKind::Ssh {
            continue;
        }
        sides.push(side);
        let mut from = probe::watch(side, reach, watch, interval);
        let sender = sender.clone();
        tokio::spawn(async move {
            while let Some(reading) = from.recv().await {
                if sender.send((side, reading)).is_err() {
                    return;
                }
            }
        });
    }
    drop(sender);
    show_readings(&args, &sides, &mut readings).await
}

async fn show_readings(
    args: &ProbeArgs,
    sides: &[Side],
    readings: &mut UnboundedReceiver<(Side, Reading)>,
) -> Result<Exit, Ended> {
    let mut shown: HashMap<Side, u64> = HashMap::new();
    let mut failed: HashMap<Side, u64> = HashMap::new();
    let mut lines = 0u64;
    while let Some((side, reading)) = readings.recv().await {
        match reading {
            Reading::Sample(sample) => {
                if !args.json && lines.is_multiple_of(20) {
                    say(&format!("{}\n", probe::header()));
                }
                lines += 1;
                *shown.entry(side).or_default() += 1;
                say(&format!("{}\n", show_sample(&sample, args.json)));
            }
            Reading::Failed(error) => {
                eprintln!("{}", tame(&error.to_string()));
                let times = failed.entry(side).or_default();
                *times += 1;
                // What only a person can mend is said once; a machine that is away gets three tries.
                if (*times >= 3 || error.needs_operator()) && !shown.contains_key(&side) {
                    return Err(Ended::new(
                        Exit::Fatal,
                        format!("{side}: its machine cannot be read; see above"),
                    ));
                }
            }
            Reading::Notice(text) => eprintln!("{}", tame(&text)),
        }
        if args.count.is_some_and(|wanted| {
            sides.iter().all(|side| shown.get(side).is_some_and(|lines| *lines >= wanted))
        }) {
            return Ok(Exit::Done);
        }
    }
    if lines > 0 {
        Ok(Exit::Done)
    } else {
        Err(Ended::new(
            Exit::Usage,
            "no machine to read: give source.host or destination.host, or reach = \"local\"",
        ))
    }
}

fn show_sample(sample: &Sample, as_json: bool) -> String {
    if as_json { serde_json::to_string(sample).unwrap_or_default() } else { probe::line(sample) }
}
