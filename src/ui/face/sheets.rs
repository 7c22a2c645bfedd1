//! What lies on top of the picture: help, an answer, a question, one mailbox.

use ratatui::{
    Frame,
    layout::Rect,
    symbols::border,
    text::Line,
    widgets::{Block, Clear, Paragraph},
};

use super::{
    Face, Home, Sheet,
    tables::{short_span, wrap},
};
use crate::ui::{
    live::{Live, Worker},
    words::{bytes, count},
};

const ASCII_FRAME: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

const HELP: [&str; 17] = [
    "p        pause, and resume: what runs stands still between two items",
    "+ -      the most workers there may be, one more or one fewer",
    "e        how things stand and why",
    "s        sort the mailboxes in flight by size, rate, time or account",
    "/        show only mailboxes whose address holds what you type",
    "Up Down  choose a mailbox;  Enter tells more of it",
    "Esc      forget the filter",
    "Ctrl-C   in a run: first drains, second stops, third ends at once",
    "",
    "bars     thin stroke: the soft line; thick one (or !): the critical line",
    "         * behind a reading: over the soft line;  ! over the critical one",
    "curves   the last hour, half a minute a sign",
    "stage    prepare: both servers are asked; export: read and sent on;",
    "         import: all is sent, the answer is awaited; verify: counts are compared",
    "left     the newest forecast, and the range of the last ten minutes' ones",
    "tokens   what is left of the source's and the destination's; renewed at half",
    "codes    `zmpace explain CODE` tells what one means and what to do",
];

impl Face {
    /// Lays a sheet over the picture.
    pub(super) fn lay(&self, frame: &mut Frame<'_>, area: Rect, sheet: &Sheet, live: Option<&Live>) {
        let (title, mut lines) = match sheet {
            Sheet::Help => ("keys", self.help()),
            Sheet::Text(lines) => ("how things stand", lines.clone()),
            Sheet::Ask(question, _) => (
                "sure?",
                vec![(*question).to_owned(), String::new(), "y = yes, any other key = no".to_owned()],
            ),
            Sheet::Details(id) => ("mailbox", self.details(*id, live)),
        };
        let room = usize::from(area.width).saturating_sub(4).clamp(1, 100);
        lines = lines.iter().flat_map(|line| wrap(&self.ink.text(line), room, 2)).collect();
        let width = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0).max(20) + 4;
        let (width, height) =
            (width.min(usize::from(area.width)), (lines.len() + 2).min(usize::from(area.height)));
        let place = Rect {
            x: area.x + (area.width - width as u16) / 2,
            y: area.y + (area.height - height as u16) / 2,
            width: width as u16,
            height: height as u16,
        };
        let set = if self.ink.unicode { border::PLAIN } else { ASCII_FRAME };
        let block = Block::bordered().border_set(set).title(format!(" {title} "));
        let lines: Vec<Line<'_>> = lines.into_iter().map(|line| Line::from(format!(" {line}"))).collect();
        frame.render_widget(Clear, place);
        frame.render_widget(Paragraph::new(lines).block(block), place);
    }

    fn help(&self) -> Vec<String> {
        let leave = match self.home {
            Home::Run => "q        drain: finish what runs, start nothing more, then end (asks first)",
            Home::Top => "q        leave this screen; the run goes on",
        };
        let lines = [leave].into_iter().chain(HELP).chain(["any key closes this"]);
        lines.map(str::to_owned).collect()
    }

    fn details(&self, id: u32, live: Option<&Live>) -> Vec<String> {
        let found = live.and_then(|live| Some((live, live.workers.iter().find(|worker| worker.id == id)?)));
        let Some((live, worker)) = found else { return vec!["it is not in flight any more".to_owned()] };
        let mut lines = facts(worker);
        let its = |account: &Option<String>| account.as_ref() == Some(&worker.account);
        let problems = live.problems.iter().rev().filter(|problem| its(&problem.account));
        lines.extend(problems.take(5).map(|problem| self.problem(problem)));
        lines
    }
}

fn facts(worker: &Worker) -> Vec<String> {
    let stage = if worker.parked { "parked, at " } else { "" };
    let rate =
        worker.bytes_per_s.map_or_else(|| "not yet known".to_owned(), |rate| bytes(rate as u64) + "/s");
    vec![
        worker.account.clone(),
        format!("size      {} (as the source states it)", bytes(worker.bytes)),
        format!("sent      {} items, {}", count(worker.sent_items), bytes(worker.sent_bytes)),
        format!("rate      {rate}"),
        format!("stage     {stage}{}", worker.stage.word()),
        format!("time      {}, attempt {}", short_span(worker.since_s), worker.attempt),
    ]
}
