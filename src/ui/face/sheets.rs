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
use crate::{
    lang::tell,
    ui::{
        live::{Live, Worker},
        words::{bytes, count},
    },
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

impl Face {
    /// Lays a sheet over the picture.
    pub(super) fn lay(&self, frame: &mut Frame<'_>, area: Rect, sheet: &Sheet, live: Option<&Live>) {
        let (title, mut lines) = match sheet {
            Sheet::Help => (tell!(self.lang, "sheet-keys"), self.help()),
            Sheet::Text(lines) => (tell!(self.lang, "sheet-stands"), lines.clone()),
            Sheet::Ask(question, _) => (
                tell!(self.lang, "sheet-sure"),
                vec![question.clone(), String::new(), tell!(self.lang, "sheet-yes")],
            ),
            Sheet::Details(id) => (tell!(self.lang, "sheet-mailbox"), self.details(*id, live)),
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
            Home::Run => tell!(self.lang, "sheet-help-run"),
            Home::Top => tell!(self.lang, "sheet-help-top"),
        };
        let help = tell!(self.lang, "sheet-help");
        let lines = [leave].into_iter().chain(help.lines().map(str::to_owned));
        lines.chain([tell!(self.lang, "sheet-close")]).collect()
    }

    fn details(&self, id: u32, live: Option<&Live>) -> Vec<String> {
        let found = live.and_then(|live| Some((live, live.workers.iter().find(|worker| worker.id == id)?)));
        let Some((live, worker)) = found else { return vec![tell!(self.lang, "sheet-gone")] };
        let mut lines = self.facts(worker);
        let its = |account: &Option<String>| account.as_ref() == Some(&worker.account);
        let problems = live.problems.iter().rev().filter(|problem| its(&problem.account));
        lines.extend(problems.take(5).map(|problem| self.problem(problem)));
        lines
    }

    fn facts(&self, worker: &Worker) -> Vec<String> {
        let lang = self.lang;
        let stage = tell!(lang, &format!("stage-{}", worker.stage.word()));
        let stage = if worker.parked { tell!(lang, "sheet-parked", stage = stage) } else { stage };
        let rate =
            worker.bytes_per_s.map_or_else(|| tell!(lang, "face-unknown"), |rate| bytes(rate as u64) + "/s");
        let (items, sent) = (count(worker.sent_items), bytes(worker.sent_bytes));
        let (span, attempt) = (short_span(worker.since_s), worker.attempt);
        let rows = [
            (tell!(lang, "face-size"), tell!(lang, "sheet-size", size = bytes(worker.bytes))),
            (tell!(lang, "face-sent"), tell!(lang, "sheet-sent", items = items, size = sent)),
            (tell!(lang, "face-rate"), rate),
            (tell!(lang, "face-stage"), stage),
            (tell!(lang, "face-time"), tell!(lang, "sheet-time", span = span, attempt = attempt)),
        ];
        let rows = rows.into_iter().map(|(label, text)| format!("{label:<9} {text}"));
        [worker.account.clone()].into_iter().chain(rows).collect()
    }
}
