//! The live screen: what it is set to show, what keys mean, and the picture. Pure; somebody else owns the terminal.
//!
//! - `head` the run and its machines; `tables` workers, backlog, decisions, problems; `sheets` what lies on top.

mod head;
mod sheets;
mod tables;

use jiff::tz::TimeZone;
use ratatui::{
    Frame,
    crossterm::event::{KeyCode, KeyEvent, KeyModifiers},
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::Paragraph,
};

use super::{
    ink::Ink,
    live::{Live, Worker},
};
use crate::{
    control::decision::Phase,
    lang::{Lang, tell},
};

/// From these on, lists stand beside each other.
const WIDE: u16 = 140;
const HIGH: u16 = 36;

/// Whose screen it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// The run's own: leaving it means ending.
    Run,
    /// Beside a run: leaving it is nothing.
    Top,
}

/// What workers are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Size,
    Rate,
    Since,
    Account,
}

/// What lies on top of the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Sheet {
    Help,
    /// Lines to be read, such as an answer.
    Text(Vec<String>),
    /// A question, and the order that a yes gives.
    Ask(String, &'static str),
    /// One mailbox, by its number.
    Details(u32),
}

/// What a key asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// An order, as `zmpace ctl` takes it.
    Order(&'static str),
    /// Close the screen.
    Leave,
    /// What Ctrl-C means.
    Interrupt,
}

/// The screen's own state.
#[derive(Clone, Debug)]
pub struct Face {
    home: Home,
    ink: Ink,
    lang: Lang,
    /// The operator's time zone.
    zone: TimeZone,
    sort: Sort,
    filter: String,
    /// Whether keys go into the filter.
    typing: bool,
    chosen: usize,
    sheet: Option<Sheet>,
    /// The last answer, in one line.
    said: String,
    /// Whether the answer under way wants a sheet.
    explaining: bool,
}

impl Face {
    /// Nothing chosen, nothing on top.
    #[must_use]
    pub const fn new(home: Home, ink: Ink, lang: Lang, zone: TimeZone) -> Self {
        Self {
            home,
            ink,
            lang,
            zone,
            sort: Sort::Size,
            filter: String::new(),
            typing: false,
            chosen: 0,
            sheet: None,
            said: String::new(),
            explaining: false,
        }
    }

    /// An order was answered.
    pub fn answered(&mut self, answer: Result<String, String>) {
        let text = answer.unwrap_or_else(|cause| tell!(self.lang, "face-refused", cause = cause));
        if std::mem::take(&mut self.explaining) {
            self.sheet = Some(Sheet::Text(text.lines().map(|line| self.ink.text(line)).collect()));
        } else {
            text.lines().next().unwrap_or_default().clone_into(&mut self.said);
        }
    }

    /// What a key does; the picture tells what it is about.
    pub fn key(&mut self, key: KeyEvent, live: Option<&Live>) -> Option<Wish> {
        if key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL) {
            return Some(if self.home == Home::Run { Wish::Interrupt } else { Wish::Leave });
        }
        // An answer has been read when the next key is pressed.
        self.said.clear();
        if self.typing {
            self.type_on(key.code);
            return None;
        }
        if let Some(sheet) = self.sheet.take() {
            let yes = matches!(key.code, KeyCode::Char('y' | 'Y'));
            return match sheet {
                Sheet::Ask(_, order) if yes => Some(Wish::Order(order)),
                _ => None,
            };
        }
        self.pressed(key.code, live)
    }

    fn pressed(&mut self, key: KeyCode, live: Option<&Live>) -> Option<Wish> {
        let phase = live.map(|live| live.view.phase);
        match key {
            KeyCode::Char('q') if self.home == Home::Top => return Some(Wish::Leave),
            KeyCode::Char('q') => {
                self.sheet = Some(match phase {
                    Some(Phase::Draining | Phase::Stopping) => {
                        Sheet::Ask(tell!(self.lang, "sheet-stop"), "stop")
                    }
                    _ => Sheet::Ask(tell!(self.lang, "sheet-drain"), "drain"),
                });
            }
            KeyCode::Char('p') if phase == Some(Phase::Paused) => return Some(Wish::Order("resume")),
            KeyCode::Char('p') => return Some(Wish::Order("pause")),
            KeyCode::Char('+' | '=') => return Some(Wish::Order("ceiling +1")),
            KeyCode::Char('-') => return Some(Wish::Order("ceiling -1")),
            KeyCode::Char('e') => {
                self.explaining = true;
                return Some(Wish::Order("explain"));
            }
            KeyCode::Char('s') => self.sort = self.sort.next(),
            KeyCode::Char('/') => (self.typing, self.filter) = (true, String::new()),
            KeyCode::Char('?' | 'h') | KeyCode::F(1) => self.sheet = Some(Sheet::Help),
            KeyCode::Up | KeyCode::Char('k') => self.chosen = self.chosen.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => self.chosen += 1,
            KeyCode::Esc => self.filter.clear(),
            KeyCode::Enter => {
                let workers = live.map(|live| self.workers(live)).unwrap_or_default();
                self.sheet = workers.get(self.chosen).map(|worker| Sheet::Details(worker.id));
            }
            _ => {}
        }
        let most = live.map_or(0, |live| self.workers(live).len().saturating_sub(1));
        self.chosen = self.chosen.min(most);
        None
    }

    fn type_on(&mut self, key: KeyCode) {
        match key {
            KeyCode::Char(sign) => self.filter.push(sign),
            KeyCode::Backspace => drop(self.filter.pop()),
            KeyCode::Esc => (self.typing, self.filter) = (false, String::new()),
            KeyCode::Enter => self.typing = false,
            _ => {}
        }
    }

    /// The workers that pass the filter, in order.
    fn workers<'l>(&self, live: &'l Live) -> Vec<&'l Worker> {
        let mut workers: Vec<&Worker> =
            live.workers.iter().filter(|worker| worker.account.contains(&self.filter)).collect();
        let rate = |worker: &Worker| worker.bytes_per_s.unwrap_or(0.0);
        workers.sort_by(|a, b| {
            let order = match self.sort {
                Sort::Size => b.bytes.cmp(&a.bytes),
                Sort::Rate => rate(b).total_cmp(&rate(a)),
                Sort::Since => b.since_s.total_cmp(&a.since_s),
                Sort::Account => std::cmp::Ordering::Equal,
            };
            order.then_with(|| a.account.cmp(&b.account))
        });
        workers
    }

    /// Draws the picture.
    pub fn draw(&self, frame: &mut Frame<'_>, live: Option<&Live>) {
        let area = frame.area();
        let [main, foot] = Layout::vertical([Constraint::Min(0), Constraint::Length(1)]).areas(area);
        match live {
            None => frame.render_widget(Paragraph::new(tell!(self.lang, "face-waiting-picture")), main),
            Some(live) => self.picture(frame, main, live),
        }
        frame.render_widget(Paragraph::new(self.foot(usize::from(foot.width))), foot);
        if let Some(sheet) = &self.sheet {
            self.lay(frame, main, sheet, live);
        }
    }

    fn picture(&self, frame: &mut Frame<'_>, area: Rect, live: &Live) {
        let width = usize::from(area.width);
        let mut top = self.run_lines(live, width);
        top.extend(self.machine_lines(live, width, area.height >= HIGH));
        let [head, rest] =
            Layout::vertical([Constraint::Length(top.len() as u16), Constraint::Min(0)]).areas(area);
        frame.render_widget(Paragraph::new(top), head);
        if area.width >= WIDE && area.height >= HIGH {
            let [left, right] =
                Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).spacing(2).areas(rest);
            self.beside(frame, left, right, live);
        } else {
            self.stacked(frame, rest, live);
        }
    }

    /// Everything below one another: workers get what they need, the rest is shared.
    fn stacked(&self, frame: &mut Frame<'_>, area: Rect, live: &Live) {
        let (width, height) = (usize::from(area.width), usize::from(area.height));
        let problems =
            self.problem_lines(live, width, if live.problems.is_empty() { 1 } else { (height / 5).max(3) });
        // Three headings' lines: columns, waiting, decisions.
        let rest = height.saturating_sub(problems.len());
        let workers = self.worker_lines(live, width, (rest * 3 / 5).saturating_sub(3));
        let waiting = self.waiting_line(live, width);
        let room = rest.saturating_sub(workers.len() + 1);
        let mut lines = workers;
        lines.push(waiting);
        lines.extend(self.decision_lines(live, width, room));
        lines.extend(problems);
        lines.truncate(height);
        frame.render_widget(Paragraph::new(lines), area);
    }

    fn beside(&self, frame: &mut Frame<'_>, left: Rect, right: Rect, live: &Live) {
        let (width, height) = (usize::from(left.width), usize::from(left.height));
        let mut lines = self.backlog_lines(live, width);
        let mut all = self.worker_lines(live, width, height.saturating_sub(lines.len() + 3));
        all.push(Line::default());
        all.append(&mut lines);
        frame.render_widget(Paragraph::new(all), left);
        let (width, height) = (usize::from(right.width), usize::from(right.height));
        let problems = self.problem_lines(live, width, height / 2);
        let mut lines = self.decision_lines(live, width, height.saturating_sub(problems.len() + 1));
        lines.push(Line::default());
        lines.extend(problems);
        frame.render_widget(Paragraph::new(lines), right);
    }

    fn foot(&self, width: usize) -> Line<'static> {
        if self.typing {
            let filter = tell!(self.lang, "face-filter", filter = self.filter.clone());
            return Line::from(self.ink.fit(&filter, width));
        }
        if !self.said.is_empty() {
            return Line::styled(self.ink.fit(&self.said, width), self.ink.warn());
        }
        let leave = match self.home {
            Home::Run => tell!(self.lang, "face-drain"),
            Home::Top => tell!(self.lang, "face-leave"),
        };
        let keys = tell!(self.lang, "face-keys", leave = leave);
        Line::styled(self.ink.fit(&keys, width), self.ink.faint())
    }
}

impl Sort {
    const fn next(self) -> Self {
        match self {
            Self::Size => Self::Rate,
            Self::Rate => Self::Since,
            Self::Since => Self::Account,
            Self::Account => Self::Size,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::Rate => "rate",
            Self::Since => "time",
            Self::Account => "account",
        }
    }
}

#[cfg(test)]
mod tests;
