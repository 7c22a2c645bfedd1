//! The loop: wait for something to happen, ask the dispatcher what to do, write both down, do it.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::{mpsc, watch},
    time::MissedTickBehavior,
};

mod asked;
mod looking;
mod picture;
mod telling;

use super::{
    Ended, Exit,
    clock::Clock,
    crew::Crew,
    hand::{Answer, Ask, Desk},
    herald::Herald,
};
use crate::{
    control::{
        code::Code,
        dispatcher::Dispatcher,
        event::{
            AccountId, AccountState, Action, Command, Ending, Event, Failure, Held, Outcome, Receipt, Retry,
            Sight,
        },
        sample::Side,
        view::{Minute, View},
    },
    journal::{Journal, JournalError, RunId},
    probe::{self, Reading},
    report::{DecisionLine, Report, Tally},
    ui::{
        Screen,
        lines::Line,
        live::{Live, TokenClock},
        reel::Reel,
    },
    zimbra::{Job, MoveError, Mover, Order, transfer::Relay},
};

/// Between two ticks, in control time.
const TICK: Duration = Duration::from_secs(1);
/// Between two pictures of the run, in real time: at most two a second.
const PICTURE: Duration = Duration::from_millis(500);
/// Between two summing lines, in control time.
const SUM_UP: Duration = Duration::from_mins(1);

/// Between two minutes in the journal, in control time.
const MINUTE: Duration = Duration::from_mins(1);
/// Our own memory is looked at every so many ticks.
const MEMORY_EVERY: u64 = 10;

/// What the loop waits for.
#[derive(Debug)]
pub enum Happening {
    /// A probe spoke.
    Read(Side, Reading),
    /// A worker counted what its destination held before our first import, and waits for it to be kept.
    Found(AccountId, u64),
    /// A worker ended.
    Ended(AccountId, Result<Receipt, MoveError>),
    /// A mailbox in doubt was looked at again, or could not be.
    Looked(AccountId, Result<Sight, MoveError>),
    /// A server answered a request for nothing, after so many milliseconds of control time.
    Answered(Side, Option<f64>),
    /// The operator spoke, by a signal that ends things.
    Told(Command),
    /// Something went wrong beside the migration.
    Noticed(Code, String),
    /// The operator asked, and may wait for an answer.
    Asked(Ask, Option<Answer>),
    /// A refused password was changed where it comes from.
    Mended(Side),
}

/// One mailbox, as the loop needs to know it.
#[derive(Clone, Debug)]
pub struct Seat {
    /// Address on the source.
    pub source: String,
    /// Address on the destination.
    pub target: String,
    /// Items the destination held before our first import, once known.
    pub baseline: Option<u64>,
    /// What both sides held when it was verified, while that is in doubt.
    pub held: Option<Held>,
}

/// A migration under way.
pub struct Night<'a> {
    pub(super) given: Evening<'a>,
    pub(super) crew: Crew,
    pub(super) happenings: mpsc::UnboundedReceiver<Happening>,
    /// What happened while the journal's disk was full.
    pub(super) late: VecDeque<Happening>,
    sequence: u64,
    decisions: Vec<DecisionLine>,
    seconds: Tally,
    sizes: Tally,
    /// Readings that failed in a row.
    blind: BTreeMap<Side, u32>,
    reel: Reel,
    ending: Option<Ending>,
    peak_memory: Option<u64>,
    ticks: u64,
    /// When the journal's next minute is due.
    next_minute: Duration,
    /// Whether it was said that the run only waits to look again.
    looks_told: bool,
}

/// What a [`Night`] begins with.
pub struct Evening<'a> {
    /// The clock.
    pub clock: Clock,
    /// Decides.
    pub dispatcher: Dispatcher,
    /// Remembers.
    pub journal: Journal,
    /// This run's number in the journal.
    pub run: RunId,
    /// The mailboxes by number.
    pub seats: HashMap<AccountId, Seat>,
    /// Shows.
    pub screen: &'a mut Screen,
    /// Carries.
    pub mover: Arc<dyn Mover>,
    /// Looks again at what is in doubt.
    pub relay: Arc<Relay>,
    /// Learns how busy the servers are.
    pub load: Arc<dyn Fn(Side, f64) + Send + Sync>,
    /// Tells how often an admin token was renewed, source and destination.
    pub renewals: Arc<dyn Fn() -> [u32; 2] + Send + Sync>,
    /// Tells how long the admin tokens live yet.
    pub tokens: Arc<dyn Fn() -> Vec<TokenClock> + Send + Sync>,
    /// Names of the machines that are read.
    pub hosts: BTreeMap<Side, String>,
    /// Where the live picture goes; empty before the first.
    pub live: watch::Sender<Option<Arc<Live>>>,
    /// What the operator may change.
    pub desk: Desk,
    /// Tells people.
    pub herald: Herald,
    /// Sides whose refused password is looked for again where it comes from.
    pub watched: Vec<Side>,
    /// How long a full disk under the journal is waited for, in real time.
    pub room_wait: Duration,
}

/// What is left of a [`Night`].
pub struct Over {
    /// What happened.
    pub report: Report,
    /// The journal, still held.
    pub journal: Journal,
    /// What decided.
    pub dispatcher: Dispatcher,
    /// Has the end to tell yet.
    pub herald: Herald,
}

/// Where probes, signals and the operator send what happened.
pub type Bell = mpsc::UnboundedSender<Happening>;

impl<'a> Night<'a> {
    /// Ready to begin, and the bell to ring.
    pub fn new(evening: Evening<'a>) -> (Self, Bell) {
        let (bell, happenings) = mpsc::unbounded_channel();
        let crew = Crew::new(Arc::clone(&evening.mover), bell.clone());
        let reel = Reel::new(evening.run.0, evening.hosts.clone());
        let night = Self {
            given: evening,
            crew,
            happenings,
            late: VecDeque::new(),
            sequence: 0,
            decisions: Vec::new(),
            seconds: Tally::new(0.001),
            sizes: Tally::new(1.0),
            blind: BTreeMap::new(),
            reel,
            ending: None,
            peak_memory: None,
            ticks: 0,
            next_minute: MINUTE,
            looks_told: false,
        };
        (night, bell)
    }

    /// Runs until nothing is left to do.
    ///
    /// # Errors
    /// The journal cannot be written: what runs is brought to a safe end first.
    pub async fn run(mut self) -> Result<Over, Ended> {
        self.given.herald.begun(self.given.dispatcher.view(self.given.clock.now()).accounts);
        let mut tick = tokio::time::interval(self.given.clock.real(TICK).max(Duration::from_millis(10)));
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut picture = tokio::time::interval(PICTURE);
        picture.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut sum_up = tokio::time::interval(self.given.clock.real(SUM_UP).max(PICTURE));
        sum_up.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let ending = loop {
            if let Some(ending) = self.ending.filter(|_| self.crew.is_empty()) {
                break ending;
            }
            let turn = tokio::select! {
                Some(happening) = next(&mut self.late, &mut self.happenings) => self.happened(happening),
                _ = tick.tick() => self.ticked(),
                _ = picture.tick() => {
                    self.picture();
                    Ok(())
                }
                _ = sum_up.tick() => {
                    self.sum_up();
                    Ok(())
                }
            };
            if let Err(error) = turn {
                let accounts = self.given.dispatcher.view(self.given.clock.now()).accounts;
                self.given.herald.trouble("journal", error.to_string(), accounts);
                self.abandon().await;
                let ended = journal_failed(&error);
                self.given
                    .herald
                    .close(ended.message.clone(), String::new(), accounts, ended.exit as u8)
                    .await;
                return Err(ended);
            }
        };
        self.close(ending)
    }

    fn happened(&mut self, happening: Happening) -> Result<(), JournalError> {
        let event = match happening {
            Happening::Read(side, reading) => match self.read(side, reading) {
                Some(event) => event,
                None => return Ok(()),
            },
            Happening::Found(account, items) => return self.remember_baseline(account, items),
            Happening::Looked(account, result) => self.looked(account, result),
            Happening::Answered(side, millis) => Event::Response { side, millis },
            Happening::Told(command) => Event::Command(command),
            Happening::Noticed(code, text) => {
                self.tell(code, &text);
                return Ok(());
            }
            Happening::Asked(ask, answer) => return self.asked(&ask, answer),
            Happening::Mended(side) => Event::Mended { side },
            Happening::Ended(account, result) => self.ended(account, result)?,
        };
        self.decide(&event)?;
        if matches!(event, Event::Finished { .. }) {
            self.given.herald.progress(self.given.dispatcher.view(self.given.clock.now()).accounts);
        }
        Ok(())
    }

    fn ticked(&mut self) -> Result<(), JournalError> {
        let progress = self.crew.progress();
        if !progress.is_empty() {
            self.decide(&Event::Progress(progress))?;
        }
        self.look_for_pause_file()?;
        self.decide(&Event::Tick)?;
        self.tell_of_looks();
        self.given.herald.alive();
        self.ticks += 1;
        if self.ticks.is_multiple_of(MEMORY_EVERY) {
            self.peak_memory = self.peak_memory.max(probe::own_memory_bytes());
        }
        if self.given.clock.now().elapsed >= self.next_minute {
            self.keep_minute()?;
        }
        Ok(())
    }

    /// Writes down where the run stands, for the report.
    fn keep_minute(&mut self) -> Result<(), JournalError> {
        let at = self.given.clock.now();
        self.next_minute = at.elapsed + MINUTE;
        let minute = Minute {
            at_s: at.elapsed.as_secs_f64(),
            wall_ms: at.wall_ms,
            view: View { last_decision: None, ..self.given.dispatcher.view(at) },
            summary: self.given.dispatcher.summary(),
            tokens_renewed: (self.given.renewals)(),
            peak_memory_bytes: self.peak_memory,
        };
        let run = self.given.run;
        self.keep(|journal| journal.keep_minute(run, &minute))
    }

    /// The turn: decide, write down, act.
    fn decide(&mut self, event: &Event) -> Result<(), JournalError> {
        let at = self.given.clock.now();
        let actions = self.given.dispatcher.on(at, event.clone());
        self.sequence += 1;
        let (run, sequence) = (self.given.run, self.sequence);
        self.keep(|journal| journal.append(run, sequence, at, event, &actions))?;
        let seats = &self.given.seats;
        self.reel
            .turn(at, event, &actions, |account| seats.get(&account).map_or("", |seat| seat.source.as_str()));
        for action in actions {
            self.act(action);
        }
        Ok(())
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Start { account, attempt } => self.start(account, attempt),
            Action::Park { account } => self.crew.order(account, Order::Park),
            Action::Resume { account } => self.crew.order(account, Order::Go),
            Action::Cancel { account } => self.crew.order(account, Order::Stop),
            Action::Look { account } => self.look(account),
            Action::Record { .. } => {} // the journal has it already
            Action::Decide(decision) => {
                let (text, told) = (decision.line(), self.given.screen.lang().decision(&decision));
                let line = Line { told: Some(&told), ..Line::of(decision.rule.into(), &text) };
                self.given.screen.say(self.given.clock.now(), &line);
                self.decisions.push(DecisionLine::from(&decision));
                self.tell_of_trouble(&decision);
            }
            Action::Finish(ending) => {
                self.ending = Some(ending);
                Herald::ending();
                self.crew.order_all(Order::Stop);
            }
        }
    }

    fn start(&mut self, account: AccountId, attempt: u32) {
        let Some(seat) = self.given.seats.get(&account) else { return };
        let (source, target) = (seat.source.clone(), seat.target.clone());
        self.crew.start(account, Job { source, target, attempt, baseline: seat.baseline });
    }

    fn ended(
        &mut self,
        account: AccountId,
        result: Result<Receipt, MoveError>,
    ) -> Result<Event, JournalError> {
        let progress = self.crew.progress();
        if !progress.is_empty() {
            self.decide(&Event::Progress(progress))?;
        }
        let stage = self.crew.seen(account).map(|seen| seen.stage);
        self.crew.end(account);
        let outcome = match result {
            Ok(mut receipt) => {
                receipt.active_s = self.given.clock.control_s(receipt.active_s);
                if let Some(seat) = self.given.seats.get_mut(&account) {
                    seat.held.clone_from(&receipt.held);
                }
                Outcome::Moved(receipt)
            }
            Err(error) => Outcome::Failed(self.failure(&error)),
        };
        self.tell_of(account, stage, &outcome);
        Ok(Event::Finished { account, outcome })
    }

    /// Nobody can do anything about a refused password but where the run looks for it again.
    fn failure(&self, error: &MoveError) -> Failure {
        let mut failure = error.failure();
        if matches!(error, MoveError::SignIn { side, .. } if self.given.watched.contains(side)) {
            failure.retry = Retry::Awaited;
        }
        failure
    }

    fn remember_baseline(&mut self, account: AccountId, items: u64) -> Result<(), JournalError> {
        if let Some(seat) = self.given.seats.get_mut(&account)
            && seat.baseline.is_none()
        {
            seat.baseline = Some(items);
            self.keep(|journal| journal.set_baseline(account, items))?;
        }
        self.crew.keep(account);
        Ok(())
    }

    /// The journal is lost: bring every worker to a safe end, and wait for them a little.
    async fn abandon(&mut self) {
        self.crew.order_all(Order::Stop);
        let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
        let mut alive = tokio::time::interval(TICK);
        while !self.crew.is_empty() {
            tokio::select! {
                happening = self.happenings.recv() => match happening {
                    Some(Happening::Ended(account, _)) => self.crew.end(account),
                    Some(_) => {}
                    None => return,
                },
                _ = alive.tick() => self.given.herald.alive(),
                () = tokio::time::sleep_until(deadline) => return,
            }
        }
    }

    fn close(mut self, ending: Ending) -> Result<Over, Ended> {
        let at = self.given.clock.now();
        self.picture();
        self.sum_up();
        let lost = |error| journal_failed(&error);
        self.peak_memory = self.peak_memory.max(probe::own_memory_bytes());
        self.keep_minute().map_err(lost)?;
        let run = self.given.run;
        self.keep(|journal| journal.end_run(run, at, ending)).map_err(lost)?;
        let mut report = Report::new(&self.given.dispatcher.summary(), Some(ending));
        report.decisions = self.decisions;
        report.mailbox_seconds = self.seconds.distribution();
        report.mailbox_bytes = self.sizes.distribution();
        report.peak_memory_bytes = self.peak_memory;
        let Evening { journal, dispatcher, herald, .. } = self.given;
        Ok(Over { report, journal, dispatcher, herald })
    }
}

/// What happened meanwhile, then what happens.
async fn next(
    late: &mut VecDeque<Happening>,
    happenings: &mut mpsc::UnboundedReceiver<Happening>,
) -> Option<Happening> {
    match late.pop_front() {
        Some(happening) => Some(happening),
        None => happenings.recv().await,
    }
}

/// What a lost journal means for the process.
pub fn journal_failed(error: &JournalError) -> Ended {
    let exit = match error {
        JournalError::Full { .. } => Exit::Space,
        JournalError::Locked { .. } => Exit::Refused,
        _ => Exit::Unclassified,
    };
    Ended::new(exit, error.to_string())
}

/// The exit code of a report.
pub const fn exit_of(report: &Report) -> Exit {
    match report.ending {
        Some(Ending::Refused(_)) => Exit::Fatal,
        Some(Ending::TooManyFailures) => Exit::TooManyFailures,
        Some(Ending::Critical(_)) => Exit::Critical,
        Some(Ending::Closed) => Exit::Window,
        Some(Ending::SideLost(_) | Ending::Drained | Ending::Stopped) | None => Exit::Temporary,
        Some(Ending::Done) if report.accounts.failed > 0 => Exit::SomeFailed,
        Some(Ending::Done) if report.accounts.incomplete > 0 => Exit::Differences,
        Some(Ending::Done) => Exit::Done,
    }
}

/// Whether a state is one that a new run leaves alone.
pub const fn is_finished(state: AccountState) -> bool {
    matches!(state, AccountState::Verified | AccountState::Empty)
}
