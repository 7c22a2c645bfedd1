//! The terminal itself: taken over, drawn on, and given back whatever happens.

use std::{
    io::{self, BufWriter, IsTerminal as _, Stderr, Write as _},
    sync::{
        Once,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use ratatui::{
    Frame,
    backend::CrosstermBackend,
    crossterm::{
        cursor::{Hide, Show},
        event::{self, Event, KeyEvent, KeyEventKind},
        execute,
        terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
    },
};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};

/// Whether the terminal is taken over.
static TAKEN: AtomicBool = AtomicBool::new(false);
static HOOKED: Once = Once::new();

/// The threads whose panic ends the screen; others carry mailboxes, and theirs is told as a failure.
const OURS: [&str; 2] = ["main", SCREEN_THREAD];

/// The name of the thread that draws.
pub const SCREEN_THREAD: &str = "zmpace-screen";

/// A terminal taken over; given back when dropped.
pub struct Terminal(ratatui::Terminal<CrosstermBackend<BufWriter<Stderr>>>);

/// What came from the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key.
    Key(KeyEvent),
    /// Another size, or anything else worth a redraw.
    Redraw,
}

impl Terminal {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// It is none, or it refuses.
    pub fn take() -> io::Result<Self> {
        HOOKED.call_once(|| {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                if OURS.contains(&std::thread::current().name().unwrap_or_default()) {
                    give_back();
                }
                if !TAKEN.load(Ordering::SeqCst) {
                    before(panic);
                }
            }));
        });
        enable_raw_mode()?;
        TAKEN.store(true, Ordering::SeqCst);
        let mut out = BufWriter::with_capacity(16 << 10, io::stderr());
        let taken = execute!(out, EnterAlternateScreen, Hide)
            .and_then(|()| ratatui::Terminal::new(CrosstermBackend::new(out)));
        taken.map(Self).inspect_err(|_| give_back())
    }

    /// Draws; only cells that changed are sent.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn draw(&mut self, picture: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.0.draw(picture).map(drop)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        give_back();
    }
}

/// Gives the terminal back as it was; harmless where it was not taken.
pub fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let mut out = io::stderr();
        let _ = execute!(out, Show, LeaveAlternateScreen);
        let _ = out.flush();
        let _ = disable_raw_mode();
    }
}

/// Waits for a key, a signal or the end of `wait`, whatever comes first; an error once the terminal has hung up.
fn is_there(wait: Duration) -> io::Result<()> {
    let (stdin, stderr) = (io::stdin(), io::stderr());
    let hung_up = || io::Error::from(io::ErrorKind::NotConnected);
    if !stderr.is_terminal() {
        return Err(hung_up());
    }
    let mut ends = vec![PollFd::new(&stderr, PollFlags::empty())];
    // Anything else at standard input may always be ready.
    if stdin.is_terminal() {
        ends.push(PollFd::new(&stdin, PollFlags::IN));
    }
    let wait = Timespec::try_from(wait).ok();
    match poll(&mut ends, wait.as_ref()) {
        Ok(_) | Err(Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    if ends.iter().any(|end| end.revents().intersects(gone)) { Err(hung_up()) } else { Ok(()) }
}

/// Waits so long for the keyboard.
///
/// # Errors
/// The terminal is gone. It is asked for that first, each time: the library reads a dead one for ever.
pub fn input(wait: Duration) -> io::Result<Option<Input>> {
    is_there(Duration::ZERO)?;
    if !event::poll(Duration::ZERO)? {
        is_there(wait)?;
        if !event::poll(Duration::ZERO)? {
            return Ok(None);
        }
    }
    Ok(Some(match event::read()? {
        Event::Key(key) if key.kind != KeyEventKind::Release => Input::Key(key),
        _ => Input::Redraw,
    }))
}
