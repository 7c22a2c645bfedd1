//! What the operator asks, made events; and the file that pauses.

use std::fmt::Write as _;

use super::Night;
use crate::{
    control::{
        code::Code,
        decision::{Decision, Rule},
        event::{Command, Event},
        policy::Policy,
    },
    journal::JournalError,
    lang::tell,
    run::hand::{Answer, Ask, with_ceiling, with_lines},
    ui::lines::sum_up,
};

impl Night<'_> {
    /// Does what was asked and answers; without a caller, the answer goes to the log.
    pub(super) fn asked(&mut self, ask: &Ask, answer: Option<Answer>) -> Result<(), JournalError> {
        let lang = self.given.screen.lang();
        let said = match ask {
            Ask::Command(command) => self.commanded(*command)?,
            Ask::Limit(lines) => match with_lines(&self.given.desk.policy, lines) {
                Ok(policy) => self.change(policy, &tell!(lang, "order-lines"))?,
                Err(cause) => Err(cause),
            },
            Ask::Ceiling(ceiling) => match with_ceiling(&self.given.desk.policy, *ceiling) {
                Ok(policy) => {
                    let heard = tell!(lang, "order-ceiling", most = policy.max_workers);
                    self.change(policy, &heard)?
                }
                Err(cause) => Err(cause),
            },
            Ask::Reread => match self.given.desk.reread.clone().map(|reread| reread()) {
                Some(Ok(policy)) => self.change(policy, &tell!(lang, "order-reread"))?,
                Some(Err(cause)) => Err(tell!(lang, "order-left", cause = cause)),
                None => Err(tell!(lang, "order-no-file")),
            },
            Ask::Explain => Ok(self.explain()),
        };
        match (answer, said) {
            // A caller who has gone away does not want it.
            (Some(answer), said) => drop(answer.send(said)),
            (None, Ok(text)) => {
                for line in text.lines() {
                    self.tell(Code::Answer, line);
                }
            }
            (None, Err(text)) => self.tell(Code::NotDone, &text),
        }
        Ok(())
    }

    fn commanded(&mut self, command: Command) -> Result<Result<String, String>, JournalError> {
        let (lang, desk) = (self.given.screen.lang(), &mut self.given.desk);
        let most = desk.policy.max_workers;
        match command {
            Command::Workers(Some(workers)) if workers > most => {
                return Ok(Err(tell!(lang, "order-too-many", most = most)));
            }
            Command::Resume if desk.pause_file_seen => {
                let file = desk.pause_file.display().to_string();
                return Ok(Err(tell!(lang, "order-paused-by-file", file = file)));
            }
            Command::Pause => desk.paused_by_hand = true,
            // Who drains wants what runs to end.
            Command::Resume | Command::Drain => desk.paused_by_hand = false,
            _ => {}
        }
        let heard = match command {
            Command::Pause => tell!(lang, "order-pause"),
            Command::Resume => tell!(lang, "order-resume"),
            Command::Drain => tell!(lang, "order-drain"),
            Command::Stop => tell!(lang, "order-stop"),
            Command::Workers(Some(workers)) => tell!(lang, "order-workers", workers = workers),
            Command::Workers(None) => tell!(lang, "order-auto"),
        };
        self.decide(&Event::Command(command))?;
        Ok(Ok(format!("{heard}\n{}", self.stands())))
    }

    /// Puts other numbers in force, journalled as an event.
    fn change(&mut self, policy: Policy, heard: &str) -> Result<Result<String, String>, JournalError> {
        // Who chooses the number of workers is not for a settings file to change under way.
        let policy = Policy { limit: self.given.desk.policy.limit, ..policy };
        self.given.desk.policy = policy.clone();
        self.decide(&Event::Policy(Box::new(policy)))?;
        Ok(Ok(format!("{heard}\n{}", self.stands())))
    }

    /// Looks for the file that pauses; only its coming and going are orders.
    pub(super) fn look_for_pause_file(&mut self) -> Result<(), JournalError> {
        let desk = &mut self.given.desk;
        let there = desk.pause_file.exists();
        if there == desk.pause_file_seen {
            return Ok(());
        }
        desk.pause_file_seen = there;
        if desk.paused_by_hand {
            return Ok(()); // paused anyway, and to stay so
        }
        self.decide(&Event::Command(if there { Command::Pause } else { Command::Resume }))
    }

    /// A lost side and a full disk are news for people who sleep.
    pub(super) fn tell_of_trouble(&mut self, decision: &Decision) {
        let kind = match decision.rule {
            Rule::SideLost => "side",
            Rule::SpaceLow => "space",
            _ => return,
        };
        let kind = decision.side.map_or_else(|| kind.to_owned(), |side| format!("{kind}-{side}"));
        let accounts = self.given.dispatcher.view(self.given.clock.now()).accounts;
        let text = self.given.screen.lang().decision(decision);
        self.given.herald.trouble(&kind, text, accounts);
    }

    fn stands(&self) -> String {
        let view = self.given.dispatcher.view(self.given.clock.now());
        let lang = self.given.screen.lang();
        let mut text = tell!(
            lang,
            "order-stands",
            phase = lang.phase(view.phase),
            limit = view.limit,
            flying = view.running + view.parked,
            parked = view.parked,
            left = view.accounts.waiting + view.accounts.in_flight,
            total = view.accounts.total,
        );
        if let Some(window) = self.given.dispatcher.window() {
            let _ = write!(text, "; {}", lang.window(&window));
        }
        text
    }

    /// How things stand, and the last decision with its numbers.
    fn explain(&self) -> String {
        let at = self.given.clock.now();
        let view = self.given.dispatcher.view(at);
        let lang = self.given.screen.lang();
        let most = tell!(lang, "order-most", most = self.given.desk.policy.max_workers);
        let last = view.last_decision.as_ref().map_or_else(
            || tell!(lang, "order-no-decision"),
            |decision| tell!(lang, "order-decision", decision = lang.decision(decision)),
        );
        let mut text = format!("{}\n{most}\n{last}", self.stands());
        for machine in &view.machines {
            for gauge in &machine.gauges {
                let (measure, side) = (lang.measure(gauge.measure), lang.side(machine.side));
                let (value, line) = (gauge.measure.show(gauge.slow), gauge.measure.show(gauge.line));
                let told =
                    tell!(lang, "order-gauge", side = side, measure = measure, value = value, line = line);
                let _ = write!(text, "\n{told}");
            }
        }
        let _ = write!(text, "\n{}", sum_up(&view, &self.flow(), lang));
        text
    }
}
