//! What every kind of run stands on: a made-up world, its instruments and the production dispatcher, closed into a
//! loop.

use std::time::Duration;

use super::{instruments::Instruments, scenario::Scenario, world::World};
use crate::control::{
    Moment,
    decision::Decision,
    dispatcher::Dispatcher,
    event::{AccountState, Action, Ending, Event, Sight},
};

/// Milliseconds between two samples of a machine.
pub(super) const SAMPLE_MS: u64 = 5000;
/// Milliseconds between two requests for nothing.
pub(super) const ASK_MS: u64 = 15_000;

pub(super) struct Stage<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) world: World,
    pub(super) dispatcher: Dispatcher,
    pub(super) instruments: Instruments,
    pub(super) ending: Option<Ending>,
    /// Mailboxes given up.
    pub(super) failed: u64,
}

impl<'a> Stage<'a> {
    pub(super) fn new(scenario: &'a Scenario, seed: u64, world: World, dispatcher: Dispatcher) -> Self {
        let instruments = Instruments::new(scenario, seed);
        Self { scenario, world, dispatcher, instruments, ending: None, failed: 0 }
    }

    /// Tells the dispatcher, does what it says, and gives back what it decided.
    pub(super) fn feed(&mut self, event: Event) -> Vec<Decision> {
        let now = self.world.now_ms;
        let wall = (self.scenario.start_hour * 3.6e6) as i64 + now as i64;
        let at = Moment { elapsed: Duration::from_millis(now), wall_ms: wall };
        let mut decisions = Vec::new();
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            for action in self.dispatcher.on(at, event) {
                match action {
                    Action::Start { account, attempt } => self.world.start(account, attempt),
                    Action::Park { account } => self.world.park(account),
                    Action::Resume { account } => self.world.resume(account),
                    Action::Cancel { account } => events.extend(self.world.cancel(account)),
                    // Nothing goes on unseen here.
                    Action::Look { account } => events.push(Event::Looked { account, sight: Sight::Same }),
                    Action::Record { state, .. } => {
                        self.failed += u64::from(state == AccountState::Failed);
                    }
                    Action::Decide(decision) => decisions.push(decision),
                    Action::Finish(ending) => self.ending = Some(ending),
                }
            }
        }
        decisions
    }
}
