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
    lang::Lang,
    run::hand::{Answer, Ask, with_ceiling, with_lines},
    ui::lines::sum_up,
};

impl Night<'_> {
    /// Does what was asked and answers; without a caller, the answer goes to the log.
    pub(super) fn asked(&mut self, ask: &Ask, answer: Option<Answer>) -> Result<(), JournalError> {
        let said = match ask {
            Ask::Command(command) => self.commanded(*command)?,
            Ask::Limit(lines) => match with_lines(&self.given.desk.policy, lines) {
                Ok(policy) => self.change(policy, "other lines hold from now on")?,
                Err(cause) => Err(cause),
            },
            Ask::Ceiling(ceiling) => match with_ceiling(&self.given.desk.policy, *ceiling) {
                Ok(policy) => {
                    let heard = format!("at most {} workers from now on", policy.max_workers);
                    self.change(policy, &heard)?
                }
                Err(cause) => Err(cause),
            },
            Ask::Reread => match self.given.desk.reread.clone().map(|reread| reread()) {
                Some(Ok(policy)) => {
                    self.change(policy, "settings read again: limits and windows hold from now on")?
                }
                Some(Err(cause)) => Err(format!("the settings are left as they were: {cause}")),
                None => Err("this run has no settings file to read again".to_owned()),
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
        let desk = &mut self.given.desk;
        let most = desk.policy.max_workers;
        match command {
            Command::Workers(Some(workers)) if workers > most => {
                return Ok(Err(format!("at most {most} workers: the setting law.max_workers says so")));
            }
            Command::Resume if desk.pause_file_seen => {
                return Ok(Err(format!(
                    "paused by the file {0}; remove it: rm {0}",
                    desk.pause_file.display()
                )));
            }
            Command::Pause => desk.paused_by_hand = true,
            // Who drains wants what runs to end.
            Command::Resume | Command::Drain => desk.paused_by_hand = false,
            _ => {}
        }
        let heard = match command {
            Command::Pause => "pauses: what runs stands still between two items".to_owned(),
            Command::Resume => "goes on".to_owned(),
            Command::Drain => {
                "drains: what runs is finished, nothing more begins; `resume` takes it back".to_owned()
            }
            Command::Stop => "stops: what runs ends at its next safe point".to_owned(),
            Command::Workers(Some(workers)) => format!("{workers} workers from now on"),
            Command::Workers(None) => "the law chooses the number of workers".to_owned(),
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
        let mut text = format!(
            "{}: limit {}, in flight {}, parked {}; {} of {} mailboxes not yet moved",
            view.phase.word(),
            view.limit,
            view.running + view.parked,
            view.parked,
            view.accounts.waiting + view.accounts.in_flight,
            view.accounts.total
        );
        if let Some(window) = self.given.dispatcher.window() {
            let _ = write!(text, "; {}", window.words);
        }
        text
    }

    /// How things stand, and the last decision with its numbers.
    fn explain(&self) -> String {
        let at = self.given.clock.now();
        let view = self.given.dispatcher.view(at);
        let mut text = self.stands();
        let _ = write!(text, "\nworkers: at most {}", self.given.desk.policy.max_workers);
        match &view.last_decision {
            Some(decision) => {
                let _ = write!(text, "\nlast decision: {}", decision.line());
            }
            None => text += "\nno decision yet",
        }
        for machine in &view.machines {
            for gauge in &machine.gauges {
                let (measure, side) = (gauge.measure, machine.side);
                let (value, line) = (measure.show(gauge.slow), measure.show(gauge.line));
                let _ = write!(text, "\n{side} {}: {value} of {line}", measure.words());
            }
        }
        let _ = write!(text, "\n{}", sum_up(&view, &self.flow(), Lang::En));
        text
    }
}
