//! `zmpace bench`: which number of workers is best here, by real and useful work.
//!
//! - `demo` the same on two lab servers in this process, whose best number is known; `truth` knows it.
//! - `words` the finding for people. [`profile`] what a later run may begin with.

mod demo;
pub mod profile;
mod truth;
mod words;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::{
    Ended, Exit,
    clock::Clock,
    verbs::{Carried, Errand, carry_out, json, say, style_of},
    world,
};
use crate::{
    cli::{BenchArgs, BenchMode},
    control::finding::{Finding, Stopped},
    settings::{self, ReachKind, Settings, Surroundings},
    ui::Screen,
};

/// A finding as `--json` prints it.
#[derive(Debug, Serialize)]
struct Told<'a> {
    schema_version: u32,
    #[serde(flatten)]
    finding: &'a Finding,
    /// The demo's true answer, from the model of its machines.
    #[serde(skip_serializing_if = "Option::is_none")]
    truth_workers: Option<u32>,
    /// Where the profile was written.
    profile: Option<PathBuf>,
}

/// `zmpace bench`
///
/// # Errors
/// What keeps it from measuring.
pub async fn bench(args: BenchArgs, around: &Surroundings) -> Result<Exit, Ended> {
    if args.demo {
        return demo::demo(args).await;
    }
    if args.mode != BenchMode::EndToEnd {
        return Err(Ended::new(Exit::Usage, "--mode: only end-to-end can be measured so far"));
    }
    let settings = settings::for_bench(&args, around)?;
    let clock = Clock::start(1.0);
    let pair = world::pair(&settings, around, &clock).await?;
    let planned = world::plan(&pair, &settings).await?;
    let mut screen = Screen::stderr(style_of(args.progress));
    let with_host =
        settings.source.reach != ReachKind::Local && settings.destination.reach != ReachKind::Local;
    let errand = Errand::by(Arc::new(world::relay(&settings, &pair, &clock)));
    let carried =
        carry_out(settings.clone(), clock, &pair, &planned, &mut screen, with_host, errand).await?;
    drop(screen);
    tell(&args, &settings, &carried, None)
}

/// Prints the finding and writes the profile.
fn tell(args: &BenchArgs, settings: &Settings, carried: &Carried, truth: Option<u32>) -> Result<Exit, Ended> {
    let Some((finding, learned)) = &carried.found else {
        return Err(Ended::new(Exit::Unclassified, "the benchmark found nothing; run zmpace bench again"));
    };
    let path = match (&args.profile_out, args.demo) {
        (Some(path), _) => Some(path.clone()),
        (None, true) => None, // its state directory is gone in a moment
        (None, false) => Some(Path::new(&settings.state.directory).join("profile.toml")),
    };
    let path = path.filter(|_| finding.recommended.is_some());
    if let Some(path) = &path {
        let text = profile::text(finding, learned, settings);
        std::fs::write(path, text)
            .map_err(|error| Ended::new(Exit::Space, format!("cannot write {}: {error}", path.display())))?;
    }
    let told = Told { schema_version: 1, finding, truth_workers: truth, profile: path.clone() };
    say(&if args.json { json(&told) } else { words::text(finding, truth, path.as_deref()) });
    Ok(exit_of(finding))
}

/// An answer is a success; a machine too busy for one is a refusal; anything else may be tried again.
const fn exit_of(finding: &Finding) -> Exit {
    match (finding.stopped, &finding.recommended) {
        (Stopped::Busy, _) => Exit::Refused,
        (Stopped::Critical | Stopped::Operator, _) | (_, None) => Exit::Temporary,
        _ => Exit::Done,
    }
}
