//! The upper part of the screen: the run in five lines, and both machines with their bars and their last hour.

use std::{fmt::Write as _, time::Duration};

use ratatui::text::{Line, Span};

use super::{Face, tables::short_span};
use crate::{
    control::{
        decision::{Measure, Phase},
        sample::Side,
        view::Machine,
    },
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
const GAUGES: [(&str, &[Measure]); 5] = [
    ("cpu", &[Measure::CpuBusy]),
    ("disk", &[Measure::DiskUtilisation, Measure::WriteAwait, Measure::ReadAwait]),
    ("mem", &[Measure::MemoryUsed]),
    ("net", &[Measure::NetworkShare]),
    ("full", &[Measure::SpaceUsed]),
];
/// Of those, the ones on a low screen.
const USUAL: usize = 3;

impl Face {
    /// The run as a whole.
    pub(super) fn run_lines(&self, live: &Live, width: usize) -> Vec<Line<'static>> {
        let (view, accounts, ink) = (&live.view, &live.view.accounts, self.ink);
        let line = |text: String| Line::from(ink.fit(&text, width));
        let done = accounts.verified + accounts.empty + accounts.incomplete + accounts.failed;
        let mut moved = format!(
            "mailboxes  {} of {}: verified {}, empty {}, incomplete {}, failed {}",
            count(done),
            count(accounts.total),
            count(accounts.verified),
            count(accounts.empty),
            count(accounts.incomplete),
            count(accounts.failed)
        );
        if accounts.retrying > 0 {
            let _ = write!(moved, ", to retry {}", count(accounts.retrying));
        }
        vec![
            self.first_line(live, width),
            line(moved),
            line(format!(
                "moved      {} items, {} at {}",
                count(live.flow.stored_items),
                bytes(live.flow.stored_bytes),
                rates(view)
            )),
            line(format!("left       {}", left(live))),
            line(format!("clocks     {}", clocks(live))),
        ]
    }

    fn first_line(&self, live: &Live, width: usize) -> Line<'static> {
        let (view, ink) = (&live.view, self.ink);
        let s = view.elapsed.as_secs();
        let name = format!("run {}  {}:{:02}:{:02}  ", live.run, s / 3600, s / 60 % 60, s % 60);
        let phase = ink.text(view.phase.word());
        let counts = ink.text(&format!(
            "limit {} of {} · in flight {} · parked {}",
            view.limit,
            live.ceiling,
            view.running + view.parked,
            view.parked
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
                    line.extend(self.gauge(live, machine, GAUGES[row - 1], each));
                }
            }
        }
        if machines.is_empty() {
            lines[0] = Line::styled(self.ink.heading("no machine has been read yet", width), self.ink.warn());
        }
        lines
    }

    fn machine_heading(&self, live: &Live, machine: &Machine, width: usize) -> Span<'static> {
        let name = live.hosts.get(&machine.side).filter(|_| machine.side != Side::Host);
        let name = name.map_or_else(String::new, |host| format!(" {host}"));
        match machine.sample_age {
            None => {
                let words = format!("{}{name}: not read yet", machine.side);
                Span::styled(self.ink.heading(&words, width), self.ink.warn())
            }
            Some(age) if age > OLD => {
                let words = format!("{}: NO SAMPLE FOR {}", machine.side, span(age).to_uppercase());
                Span::styled(self.ink.heading(&words, width), self.ink.bad())
            }
            Some(_) => {
                let words = format!("{}{name}", machine.side);
                Span::styled(self.ink.heading(&words, width), self.ink.faint())
            }
        }
    }

    /// `cpu  ████░░░│┃░  45 %   ▁▂▃▅▇`; `*` marks a reading over its soft line, `!` over the critical one.
    fn gauge(
        &self,
        live: &Live,
        machine: &Machine,
        (name, measures): (&'static str, &[Measure]),
        width: usize,
    ) -> Vec<Span<'static>> {
        let Some(gauge) = measures.iter().find_map(|measure| machine.gauge(*measure)) else {
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
}

/// Time left, and within which range.
fn left(live: &Live) -> String {
    let time = |seconds: f64| span(Duration::from_secs_f64(seconds));
    match live.left {
        Some(left) => {
            format!("about {} ({} to {})", time(left.likely_s), time(left.least_s), time(left.most_s))
        }
        None => "not yet known".to_owned(),
    }
}

/// The window's clock and the tokens'.
fn clocks(live: &Live) -> String {
    let window = live.window.as_ref().map_or("no window: always open", |window| &window.words);
    // Source, then destination: the line has to hold the window's words too.
    let tokens: Vec<String> = live.tokens.iter().map(|token| short_span(token.left_s)).collect();
    match tokens.as_slice() {
        [] => window.to_owned(),
        tokens => format!("{window}; tokens {}", tokens.join(" / ")),
    }
}
