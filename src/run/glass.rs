//! The live screen's thread: takes pictures as they come, draws them at most twice a second, hands keys on.
//!
//! A thread of its own, because reading a keyboard waits. When the terminal goes away the thread ends, and
//! nothing else does.

use std::{
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use jiff::tz::TimeZone;
use tokio::{runtime::Handle, sync::oneshot};

use super::{
    hand::{
        parse,
        socket::{self, Pictures, Unheard},
    },
    night::{Bell, Happening},
};
use crate::{
    lang::{Lang, tell},
    ui::{
        self,
        face::{Face, Home, Wish},
        term::{self, Input, SCREEN_THREAD, Terminal},
    },
};

/// Between two redraws: little traffic over a slow line.
const REDRAW: Duration = Duration::from_millis(500);
/// Longest wait for a key before pictures are looked at again.
const LOOK: Duration = Duration::from_millis(200);

/// The answer to an order, when it comes.
type Answer = Receiver<Result<String, String>>;
/// Gives an order without waiting for its answer.
type Orders = Box<dyn Fn(&'static str) -> Answer + Send>;

/// A screen that is up.
pub struct Glass {
    over: Arc<AtomicBool>,
    drawing: Option<JoinHandle<()>>,
}

impl Glass {
    /// Over this process's own run. A terminal that refuses is no reason not to run.
    pub fn over_run(pictures: &Pictures, bell: &Bell, lang: Lang) -> Self {
        let (bell, runtime) = (bell.downgrade(), Handle::current());
        let orders = move |order: &'static str| {
            let (tell, told) = channel();
            let (answer, answered) = oneshot::channel();
            match (parse(&order.split(' ').collect::<Vec<_>>()), bell.upgrade()) {
                (Ok(ask), Some(bell)) => {
                    let _ = bell.send(Happening::Asked(ask, Some(answer)));
                    runtime.spawn(async move {
                        let answer = answered.await;
                        tell.send(answer.unwrap_or_else(|_| Err(tell!(lang, "face-over"))))
                    });
                }
                (Err(cause), _) => drop(tell.send(Err(cause))),
                (_, None) => drop(tell.send(Err(tell!(lang, "face-over")))),
            }
            told
        };
        let over = Arc::new(AtomicBool::new(false));
        let (pictures, its_over) = (pictures.clone(), Arc::clone(&over));
        let draw = move || {
            let _ = watch(Home::Run, lang, pictures, &orders, &its_over);
        };
        let drawing = std::thread::Builder::new().name(SCREEN_THREAD.to_owned()).spawn(draw);
        Self { over, drawing: drawing.ok() }
    }

    /// Takes it down and gives the terminal back.
    pub fn close(mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(drawing) = self.drawing.take() {
            let _ = drawing.join();
        }
        term::give_back();
    }
}

/// Shows another process's run, until it ends or the operator leaves. Blocks.
///
/// # Errors
/// The terminal refuses.
pub fn top(state: PathBuf, lang: Lang, pictures: Pictures, over: &AtomicBool) -> io::Result<()> {
    let orders: Orders = Box::new(move |order| {
        let (tell, told) = channel();
        let state = state.clone();
        std::thread::spawn(move || {
            let answer = socket::call(&state, order).map_err(|unheard| match unheard {
                Unheard::Refused(cause) => cause,
                Unheard::Nobody => tell!(lang, "face-over"),
                Unheard::Failed(error) => error.to_string(),
            });
            let _ = tell.send(answer);
        });
        told
    });
    watch(Home::Top, lang, pictures, &orders, over)
}

fn watch(
    home: Home,
    lang: Lang,
    mut pictures: Pictures,
    orders: &dyn Fn(&'static str) -> Answer,
    over: &AtomicBool,
) -> io::Result<()> {
    let mut terminal = Terminal::take()?;
    let mut face = Face::new(home, ui::ink(), lang, TimeZone::system());
    let mut live = pictures.borrow_and_update().clone();
    let (mut changed, mut drawn) = (true, None::<Instant>);
    let mut answer: Option<Answer> = None;
    while !over.load(Ordering::Relaxed) {
        match pictures.has_changed() {
            Ok(true) => (live, changed) = (pictures.borrow_and_update().clone(), true),
            Ok(false) => {}
            Err(_) => break, // the run is over
        }
        if let Some(said) = answer.as_ref().and_then(|answer| answer.try_recv().ok()) {
            face.answered(said);
            (answer, changed) = (None, true);
        }
        let rest = drawn.map_or(Duration::ZERO, |drawn| REDRAW.saturating_sub(drawn.elapsed()));
        if changed && rest.is_zero() {
            terminal.draw(|frame| face.draw(frame, live.as_deref()))?;
            (changed, drawn) = (false, Some(Instant::now()));
        }
        let wait = if changed { rest.min(LOOK) } else { LOOK };
        match term::input(wait)? {
            None => {}
            Some(Input::Redraw) => changed = true,
            Some(Input::Key(key)) => {
                changed = true;
                match face.key(key, live.as_deref()) {
                    None => {}
                    Some(Wish::Order(order)) => answer = Some(orders(order)),
                    Some(Wish::Leave) => break,
                    Some(Wish::Interrupt) => interrupt()?,
                }
            }
        }
    }
    Ok(())
}

/// What Ctrl-C does where the terminal sends it as a signal.
fn interrupt() -> io::Result<()> {
    rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::INT)?;
    Ok(())
}
