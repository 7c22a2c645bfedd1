//! The second look: asks for it, and says what it saw.

use std::sync::Arc;

use super::{Happening, Night};
use crate::{
    control::{
        code::Code,
        event::{AccountId, Event, Sight},
    },
    lang::{Lang, tell},
    ui::{lines::Line, words::count},
    zimbra::{Job, MoveError},
};

impl Night<'_> {
    /// Lets a mailbox be looked at again.
    pub(super) fn look(&mut self, account: AccountId) {
        let seat = self.given.seats.get(&account);
        let Some((seat, then)) = seat.and_then(|seat| Some((seat, seat.held.clone()?))) else {
            // Nothing to compare with; the run must not wait for it.
            return self.late.push_back(Happening::Looked(account, Ok(Sight::Same)));
        };
        let (source, target) = (seat.source.clone(), seat.target.clone());
        let job = Job { source, target, attempt: 1, baseline: seat.baseline };
        self.crew.look(account, Arc::clone(&self.given.relay), job, then);
    }

    /// What a look saw, said and as an event.
    pub(super) fn looked(&mut self, account: AccountId, result: Result<Sight, MoveError>) -> Event {
        let sight = result.unwrap_or_else(|error| Sight::Unseen(error.failure()));
        let name = self.given.seats.get(&account).map(|seat| seat.source.clone()).unwrap_or_default();
        if let Some((code, text)) = words(&sight, Lang::En) {
            let at = self.given.clock.now();
            let told = words(&sight, self.given.screen.lang()).map(|(_, told)| told);
            let line = Line::about(code.name(), &name, &text);
            self.given.screen.say(at, &Line { told: told.as_deref(), ..line });
            self.reel.problem(at, code.name(), Some(&name), &text);
        }
        Event::Looked { account, sight }
    }

    /// Says once why a run goes on although nothing is left to move.
    pub(super) fn tell_of_looks(&mut self) {
        if self.looks_told || !self.given.dispatcher.only_looks() {
            return;
        }
        self.looks_told = true;
        let mailboxes = self.given.dispatcher.in_doubt();
        let words = |lang: Lang| tell!(lang, "line-second-look", mailboxes = mailboxes);
        let (text, told) = (words(Lang::En), words(self.given.screen.lang()));
        let line = Line { told: Some(&told), ..Line::of(Code::SecondLook, &text) };
        self.given.screen.say(self.given.clock.now(), &line);
    }
}

/// What there is to say of a look; nothing of one that saw no change.
fn words(sight: &Sight, lang: Lang) -> Option<(Code, String)> {
    match sight {
        Sight::Same => None,
        Sight::Grown { items, notes } => {
            let text = tell!(lang, "line-late-import", items = count(*items), folders = notes.join("; "));
            Some((Code::LateImport, text))
        }
        Sight::Unseen(failure) => {
            let cause = lang.about(&failure.code, &failure.cause);
            Some((Code::InDoubt, tell!(lang, "line-in-doubt", cause = cause)))
        }
    }
}
