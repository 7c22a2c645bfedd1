//! What the loop says of mailboxes, machines and itself.

use super::Night;
use crate::{
    control::{
        code::Code,
        event::{AccountId, Event, Outcome, Retry},
        sample::Side,
    },
    lang::{Lang, tell},
    probe::Reading,
    ui::{
        lines::Line,
        live::Stage,
        words::{bytes, count, tame},
    },
};

/// Failed readings in a row before the operator is told.
const TOLD_AFTER: u32 = 3;

impl Night<'_> {
    /// Says something about the run as a whole; what went wrong is kept for the live picture too.
    pub(in crate::run) fn tell(&mut self, code: Code, text: &str) {
        let at = self.given.clock.now();
        self.given.screen.say(at, &Line::of(code, text));
        if code.level() > crate::control::code::Level::Info {
            self.reel.problem(at, code.name(), None, text);
        }
    }

    /// Says how a mailbox ended.
    pub(super) fn tell_of(&mut self, account: AccountId, stage: Option<Stage>, outcome: &Outcome) {
        let at = self.given.clock.now();
        let lang = self.given.screen.lang();
        let name = self.given.seats.get(&account).map(|seat| seat.source.clone()).unwrap_or_default();
        match outcome {
            Outcome::Moved(receipt) if receipt.differences == 0 => {
                self.seconds.add(receipt.active_s);
                self.sizes.add(receipt.bytes as f64);
                let (items, size) = (count(receipt.items), bytes(receipt.bytes));
                let seconds = format!("{:.1}", receipt.active_s);
                let words = |lang: Lang| {
                    tell!(
                        lang,
                        "line-verified",
                        items = items.as_str(),
                        size = size.as_str(),
                        seconds = seconds.as_str()
                    )
                };
                let (text, told) = (words(Lang::En), words(lang));
                let line = Line::about(Code::Verified.name(), &name, &text);
                self.given.screen.say(at, &Line { told: Some(&told), ..line });
            }
            Outcome::Moved(receipt) => {
                let first = receipt.notes.first().map_or("", String::as_str);
                let items = count(receipt.differences);
                let words = |lang: Lang| tell!(lang, "line-differs", items = items.as_str(), first = first);
                let (text, told) = (words(Lang::En), words(lang));
                let line = Line::about(Code::Differs.name(), &name, &text);
                self.given.screen.say(at, &Line { told: Some(&told), ..line });
            }
            Outcome::Failed(failure) => {
                if failure.whole_side && failure.retry == Retry::Operator {
                    let accounts = self.given.dispatcher.view(at).accounts;
                    let next = tell!(lang, "sum-next", next = lang.advice(&failure.code, &failure.next));
                    let text = tame(&format!("{}; {next}", lang.about(&failure.code, &failure.cause)));
                    self.given.herald.trouble(&failure.code, text, accounts);
                }
                let line = Line::about(&failure.code, &name, &failure.cause);
                self.given.screen.say(at, &Line { phase: stage.map(Stage::word), ..line });
            }
        }
    }

    pub(super) fn read(&mut self, side: Side, reading: Reading) -> Option<Event> {
        match reading {
            Reading::Sample(sample) => {
                if self.blind.remove(&side).is_some_and(|failures| failures >= TOLD_AFTER) {
                    self.tell(Code::ReadAgain, &format!("{side}: samples are back"));
                }
                if let Some(cpu) = sample.cpu {
                    (self.given.load)(side, cpu.busy);
                }
                Some(Event::Sample(sample))
            }
            Reading::Failed(error) => {
                // One odd reading is no news; a row of them is.
                let failures = self.blind.entry(side).or_default();
                *failures += 1;
                if *failures == TOLD_AFTER || (*failures == 1 && error.ends_connection()) {
                    *failures = (*failures).max(TOLD_AFTER);
                    self.tell(Code::Unread, &error.to_string());
                }
                None
            }
            Reading::Notice(text) => {
                self.tell(Code::Reading, &text);
                None
            }
        }
    }
}
