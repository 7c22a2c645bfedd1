//! `zmpace top`: the live screen beside a running migration, or its pictures as JSON.

use std::{
    io::{BufRead as _, BufReader},
    os::unix::net::UnixStream,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use super::{ctl::nobody_hears, say};
use crate::{
    cli::TopArgs,
    lang::tell,
    run::{Ended, Exit, glass, hand::socket},
    settings::{self, Surroundings},
    ui::{self, lines, live::Live, words::tame},
};

/// `zmpace top`
///
/// # Errors
/// No run listens, it is somebody else's, or there is no terminal.
pub async fn top(args: TopArgs, around: &Surroundings) -> Result<Exit, Ended> {
    let settings = settings::load(&args.common, around)?;
    let (state, lang) = (Path::new(&settings.state.directory).to_owned(), settings.show.lang());
    let stream = socket::look(&state).map_err(|unheard| nobody_hears(&state, unheard))?;
    if args.json {
        let printing = tokio::task::spawn_blocking(move || print(stream));
        let _ = printing.await;
        return Ok(Exit::Done);
    }
    if !ui::has_screen() {
        let text = "top: standard error is no terminal that can be drawn on\nnext: zmpace top --json, zmpace status, or zmpace ctl explain";
        return Err(Ended::new(Exit::Usage, text));
    }
    let (show, pictures) = watch::channel(None);
    // Named, so that a panic in it does not pass for one of the screen's.
    std::thread::spawn(move || read(stream, &show));
    let over = Arc::new(AtomicBool::new(false));
    let told = ended_by_signal(Arc::clone(&over))
        .map_err(|error| Ended::new(Exit::Unclassified, format!("signals: {error}")))?;
    let (last, its_over) = (pictures.clone(), Arc::clone(&over));
    let looking = tokio::task::spawn_blocking(move || glass::top(state, lang, pictures, &its_over));
    let looked = looking.await;
    told.abort();
    ui::term::give_back();
    let failed = |cause: String| Ended::new(Exit::Unclassified, format!("top: {cause}"));
    looked.map_err(|panic| failed(panic.to_string()))?.map_err(|error| failed(error.to_string()))?;
    // What was seen last stays on the terminal.
    if let Some(live) = &*last.borrow() {
        let sum = tame(&lines::sum_up(&live.view, &live.flow, lang));
        let told = if last.has_changed().is_err() {
            tell!(lang, "top-ended", sum = sum)
        } else {
            tell!(lang, "top-goes-on", sum = sum)
        };
        say(&(told + "\n"));
    }
    Ok(Exit::Done)
}

/// Hands pictures on until there are no more.
fn read(stream: UnixStream, show: &watch::Sender<Option<Arc<Live>>>) {
    for line in BufReader::new(stream).lines() {
        let Ok(line) = line else { return };
        // A picture of another version is passed over; the next command says more than a guess at it.
        if let Ok(live) = serde_json::from_str::<Live>(&line) {
            show.send_replace(Some(Arc::new(live)));
        }
        if show.is_closed() {
            return;
        }
    }
}

/// Prints pictures until there are no more, or nobody reads them.
fn print(stream: UnixStream) {
    use std::io::Write as _;
    let mut out = std::io::stdout();
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}

/// Whatever signal ends other programs ends this one with its terminal given back.
fn ended_by_signal(over: Arc<AtomicBool>) -> std::io::Result<tokio::task::JoinHandle<()>> {
    let mut signals =
        [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, signal(SignalKind::hangup())?];
    Ok(tokio::spawn(async move {
        let [interrupt, terminate, hangup] = &mut signals;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
        over.store(true, Ordering::Relaxed);
    }))
}
