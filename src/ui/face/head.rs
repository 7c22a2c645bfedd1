//! The upper part of the screen: the run in five lines, and both machines with their bars and their last hour.

use std::time::Duration;

use ratatui::text::{Line, Span};

use super::{Face, tables::short_span};
use crate::{
    control::{
        decision::{Measure, Phase},
        sample::Side,
        view::Machine,
    },
    lang::tell,
    ui::{
        lines::rates,
        live::Live,
        words::{bytes, count, span},
    },
};

/// A sample older than this is told.
const OLD: Duration = Duration::from_secs(15);
/// Columns of a gauge's name and of its value with its mark.
const LABEL: usize = 5;
const VALUE: usize = 7;

/// What is shown of a machine; where the first measure is not read, the next stands in for it.
const GAUGES: [&[Measure]; 5] = [
    &[Measure::CpuBusy],
    &[Measure::DiskUtilisation, Measure::WriteAwait, Measure::ReadAwait],
    &[Measure::MemoryUsed],
    &[Measure::NetworkShare],
    &[Measure::SpaceUsed],
];
/// Of those, the ones on a low screen.
const USUAL: usize = 3;

impl Face {
    /// The run as a whole.
    pub(super) fn run_lines(&self, live: &Live, width: usize) -> Vec<Line<'static>> {
        let (view, accounts, ink, lang) = (&live.view, &live.view.accounts, self.ink, self.lang);
        let line = |label: String, text: String| Line::from(ink.fit(&format!("{label:<10} {text}"), width));
        let done = accounts.verified + accounts.empty + accounts.incomplete + accounts.failed;
        let mut are = tell!(
            lang,
            "face-mailboxes-are",
            done = count(done),
            total = count(accounts.total),
            verified = count(accounts.verified),
            empty = count(accounts.empty),
            incomplete = count(accounts.incomplete),
            failed = count(accounts.failed),
        );
        if accounts.retrying > 0 {
            are = format!("{are}, {}", tell!(lang, "face-retrying", retrying = count(accounts.retrying)));
        }
        let moved = tell!(
            lang,
            "face-moved-is",
            items = count(live.flow.stored_items),
            bytes = bytes(live.flow.stored_bytes),
            rates = rates(view, lang),
        );
        vec![
            self.first_line(live, width),
            line(tell!(lang, "face-mailboxes"), are),
            line(tell!(lang, "face-moved"), moved),
            line(tell!(lang, "face-left"), self.left(live)),
            line(tell!(lang, "face-clocks"), self.clocks(live)),
        ]
    }

    fn first_line(&self, live: &Live, width: usize) -> Line<'static> {
        let (view, ink) = (&live.view, self.ink);
        let s = view.elapsed.as_secs();
        let run = tell!(self.lang, "face-run", run = live.run);
        let name = format!("{run}  {}:{:02}:{:02}  ", s / 3600, s / 60 % 60, s % 60);
        let phase = ink.text(&self.lang.phase(view.phase));
        let counts = ink.text(&tell!(
            self.lang,
            "face-counts",
            limit = view.limit,
            ceiling = live.ceiling,
            flying = view.running + view.parked,
            parked = view.parked,
        ));
        let used = name.chars().count() + phase.chars().count() + counts.chars().count();
        let gap = " ".repeat(width.saturating_sub(used).max(1));
        let style = match view.phase {
            Phase::Paused | Phase::Draining | Phase::Stopping | Phase::Shut => ink.warn(),
            Phase::SideLost | Phase::Degraded => ink.bad(),
            _ => ink.good(),
        };
        Line::from(vec![Span::raw(name), Span::styled(phase, style), Span::raw(gap), Span::raw(counts)])
    }

    /// The machines beside one another.
    pub(super) fn machine_lines(&self, live: &Live, width: usize, tall: bool) -> Vec<Line<'static>> {
        let shown = if width >= 110 { 3 } else { 2 };
        let machines: Vec<&Machine> = live.view.machines.iter().take(shown).collect();
        let rows = if tall { GAUGES.len() } else { USUAL };
        let each = ((width + 2) / machines.len().max(1)).saturating_sub(2);
        let mut lines = vec![Line::default(); rows + 1];
        for (at, machine) in machines.iter().enumerate() {
            let gap = if at == 0 { "" } else { "  " };
            for (row, line) in lines.iter_mut().enumerate() {
                line.push_span(Span::raw(gap));
                if row == 0 {
                    line.push_span(self.machine_heading(live, machine, each));
                } else {
                    line.extend(self.gauge(live, machine, row - 1, each));
                }
            }
        }
        if machines.is_empty() {
            let words = tell!(self.lang, "face-no-machine");
            lines[0] = Line::styled(self.ink.heading(&words, width), self.ink.warn());
        }
        lines
    }

    fn machine_heading(&self, live: &Live, machine: &Machine, width: usize) -> Span<'static> {
        let name = live.hosts.get(&machine.side).filter(|_| machine.side != Side::Host);
        let side = self.lang.side(machine.side);
        let name = side.clone() + &name.map_or_else(String::new, |host| format!(" {host}"));
        match machine.sample_age {
            None => {
                let words = tell!(self.lang, "face-unread", machine = name);
                Span::styled(self.ink.heading(&words, width), self.ink.warn())
            }
            Some(age) if age > OLD => {
                let age = self.lang.time(&span(age)).to_uppercase();
                let words = tell!(self.lang, "face-old", side = side, span = age);
                Span::styled(self.ink.heading(&words, width), self.ink.bad())
            }
            Some(_) => Span::styled(self.ink.heading(&name, width), self.ink.faint()),
        }
    }

    /// `cpu  ████░░░│┃░  45 %   ▁▂▃▅▇`; `*` marks a reading over its soft line, `!` over the critical one.
    fn gauge(&self, live: &Live, machine: &Machine, row: usize, width: usize) -> Vec<Span<'static>> {
        let name = match row {
            0 => tell!(self.lang, "face-cpu"),
            1 => tell!(self.lang, "face-disk"),
            2 => tell!(self.lang, "face-mem"),
            3 => tell!(self.lang, "face-net"),
            _ => tell!(self.lang, "face-full"),
        };
        let Some(gauge) = GAUGES[row].iter().find_map(|measure| machine.gauge(*measure)) else {
            return vec![Span::raw(format!("{:<width$}", format!("{name:<LABEL$}-")))];
        };
        let ink = self.ink;
        let room = width.saturating_sub(LABEL + VALUE + 2);
        let full = gauge.full();
        let critical = gauge.critical.map(|critical| critical / full);
        let bar = ink.bar(room.div_ceil(2), gauge.fast / full, gauge.line / full, critical);
        let (mark, style) = match gauge.critical {
            Some(critical) if gauge.fast > critical => ("!", ink.bad()),
            _ if gauge.fast > gauge.line => ("*", ink.warn()),
            _ => (" ", ink.good()),
        };
        let points = live.trend(machine.side, gauge.measure).map_or(&[][..], |trend| &trend.points);
        let points: Vec<f32> = points.iter().map(|point| point / full as f32).collect();
        vec![
            Span::styled(format!("{name:<LABEL$}"), ink.faint()),
            Span::styled(bar, style),
            Span::styled(format!(" {:>5}{mark} ", ink.text(&gauge.measure.show(gauge.fast))), style),
            Span::raw(format!(" {}", ink.curve(&points, room / 2))),
        ]
    }

    /// Time left, and within which range.
    fn left(&self, live: &Live) -> String {
        let lang = self.lang;
        let time = |seconds: f64| lang.time(&span(Duration::from_secs_f64(seconds)));
        live.left.map_or_else(
            || tell!(lang, "face-unknown"),
            |left| {
                let (likely, least, most) = (time(left.likely_s), time(left.least_s), time(left.most_s));
                tell!(lang, "face-left-is", likely = likely, least = least, most = most)
            },
        )
    }

    /// The window's clock and the tokens'.
    fn clocks(&self, live: &Live) -> String {
        let lang = self.lang;
        let none = || tell!(lang, "face-no-window");
        let window = live.window.as_ref().map_or_else(none, |window| lang.window(window));
        // Source, then destination: the line has to hold the window's words too.
        let tokens: Vec<String> = live.tokens.iter().map(|token| short_span(token.left_s)).collect();
        match tokens.as_slice() {
            [] => window,
            tokens => format!("{window}; {}", tell!(lang, "face-tokens", tokens = tokens.join(" / "))),
        }
    }
}
