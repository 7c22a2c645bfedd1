//! The live view as lines of text. Pure.

use std::{fmt::Write as _, time::Duration};

use super::words::{bytes, count, span, tame};
use crate::control::{
    decision::Measure,
    view::{Gauge, Machine, View},
};

/// What has gone through the workers' hands, the running ones included.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Flow {
    /// Items written to the destination's socket.
    pub sent_items: u64,
    /// Their bytes.
    pub sent_bytes: u64,
    /// Items the destination has taken.
    pub stored_items: u64,
    /// Their bytes.
    pub stored_bytes: u64,
    /// Seconds within which half, and nine in ten, of the moved mailboxes were done.
    pub mailbox_s: Option<(f64, f64)>,
}

/// Cells of a gauge's bar.
const BAR: usize = 16;

/// The view, each line at most `width` characters.
pub fn panel(view: &View, flow: &Flow, width: usize) -> Vec<String> {
    let accounts = &view.accounts;
    let done = accounts.verified + accounts.empty + accounts.incomplete + accounts.failed;
    let mut lines = vec![
        String::new(),
        format!(
            "{:>9}  limit {:<3} in flight {:<3} parked {:<3} {}",
            clock(view.elapsed),
            view.limit,
            view.running + view.parked,
            view.parked,
            view.phase.word()
        ),
        format!(
            "mailboxes  {} of {}: verified {}, empty {}, incomplete {}, failed {}, to retry {}",
            count(done),
            count(accounts.total),
            count(accounts.verified),
            count(accounts.empty),
            count(accounts.incomplete),
            count(accounts.failed),
            count(accounts.retrying)
        ),
        format!(
            "items      sent {} ({}), stored {} ({})",
            count(flow.sent_items),
            bytes(flow.sent_bytes),
            count(flow.stored_items),
            bytes(flow.stored_bytes)
        ),
        format!(
            "rate       {}, left: {}",
            rates(view),
            view.eta.map_or_else(|| "not yet known".to_owned(), span)
        ),
    ];
    if let Some((half, most)) = flow.mailbox_s {
        lines.push(format!("a mailbox  half within {half:.1} s, nine in ten within {most:.1} s"));
    }
    lines.extend(view.machines.iter().map(machine));
    if let Some(decision) = &view.last_decision {
        lines.push(format!("last       {}", tame(&decision.line())));
    }
    lines.iter().map(|line| line.chars().take(width).collect()).collect()
}

/// One line that says the same, for logs.
pub fn sum_up(view: &View, flow: &Flow) -> String {
    let accounts = &view.accounts;
    let mut line = format!(
        "{} of {} mailboxes, {} failed; limit {}, in flight {}, parked {}; sent {}, stored {}; {}",
        count(accounts.verified + accounts.empty + accounts.incomplete + accounts.failed),
        count(accounts.total),
        count(accounts.failed),
        view.limit,
        view.running + view.parked,
        view.parked,
        bytes(flow.sent_bytes),
        bytes(flow.stored_bytes),
        rates(view)
    );
    if let Some(eta) = view.eta {
        let _ = write!(line, "; about {} left", span(eta));
    }
    for machine in &view.machines {
        let _ = write!(line, "; {}", machine.side);
        for (word, measure) in [("cpu", Measure::CpuBusy), ("disk", Measure::DiskUtilisation)] {
            if let Some(gauge) = machine.gauge(measure) {
                let _ = write!(line, " {word} {}", measure.show(gauge.fast));
            }
        }
    }
    line
}

fn rates(view: &View) -> String {
    format!(
        "{}/s, {:.1} items/s, {} mailboxes/h",
        bytes(view.bytes_per_s as u64),
        view.items_per_s,
        count(view.mailboxes_per_h as u64)
    )
}

fn machine(machine: &Machine) -> String {
    let mut line = format!("{:<12}", machine.side.word());
    for (word, measure) in
        [("cpu", Measure::CpuBusy), ("disk", Measure::DiskUtilisation), ("mem", Measure::MemoryUsed)]
    {
        if let Some(gauge) = machine.gauge(measure) {
            let _ = write!(line, "{word} {} {:>5}  ", bar(gauge), measure.show(gauge.fast));
        }
    }
    match machine.sample_age {
        Some(age) if age > Duration::from_secs(15) => {
            let _ = write!(line, "NO SAMPLE FOR {}", span(age).to_uppercase());
        }
        Some(_) => {}
        None => line.push_str("not read yet"),
    }
    line
}

/// `[######....|...]`: the reading, and the soft line as a stroke.
fn bar(gauge: &Gauge) -> String {
    let cell = |share: f64| ((share.clamp(0.0, 1.0) * BAR as f64).round() as usize).min(BAR);
    let (filled, line) = (cell(gauge.fast), cell(gauge.line).min(BAR - 1));
    let cells = (0..BAR).map(|at| match (at == line, at < filled) {
        (true, _) => '|',
        (false, true) => '#',
        (false, false) => '.',
    });
    format!("[{}]", cells.collect::<String>())
}

fn clock(elapsed: Duration) -> String {
    let s = elapsed.as_secs();
    format!("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
}
