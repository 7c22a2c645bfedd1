//! The tables as CSV, safe to open in a spreadsheet.

use std::io::{self, Write};

use csv::Writer;

use super::{morning::Morning, text::state};
use crate::ui::words::tame;

/// Which table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// One row a mailbox.
    Mailboxes,
    /// One row a decision.
    Decisions,
    /// One row an hour.
    Hours,
    /// One row a minute and measure.
    Minutes,
}

/// Text that no spreadsheet takes for a formula, and no terminal or editor for an order: one that begins like a
/// formula gets an apostrophe before it, as does one that begins with a blank before such a sign.
fn inert(text: &str) -> String {
    let begins = |text: &str| {
        text.starts_with([
            '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
        ])
    };
    let sign = if begins(text) || begins(text.trim_start()) { "'" } else { "" };
    format!("{sign}{}", tame(text))
}

fn number<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

impl Morning {
    /// Writes one table with all its rows.
    ///
    /// # Errors
    /// What the writer said.
    pub fn csv(&self, table: Table, out: impl Write) -> io::Result<()> {
        let mut out = Writer::from_writer(out);
        match table {
            Table::Mailboxes => self.mailboxes_csv(&mut out),
            Table::Decisions => self.decisions_csv(&mut out),
            Table::Hours => self.hours_csv(&mut out),
            Table::Minutes => self.minutes_csv(&mut out),
        }
        .map_err(io::Error::other)?;
        out.flush()
    }

    fn mailboxes_csv(&self, out: &mut Writer<impl Write>) -> csv::Result<()> {
        out.write_record([
            "account",
            "state",
            "bytes",
            "items_expected",
            "items_moved",
            "items_verified",
            "attempts",
            "worker_s",
            "bytes_per_s",
            "code",
            "cause",
        ])?;
        for line in &self.mailboxes {
            out.write_record([
                inert(&line.account),
                state(line.state).to_owned(),
                line.bytes.to_string(),
                number(line.items_expected),
                line.items_moved.to_string(),
                number(line.items_verified),
                line.attempts.to_string(),
                format!("{:.3}", line.worker_s),
                number(line.bytes_per_s.map(|rate| rate.round() as u64)),
                inert(line.code.as_deref().unwrap_or_default()),
                inert(line.cause.as_deref().unwrap_or_default()),
            ])?;
        }
        Ok(())
    }

    fn decisions_csv(&self, out: &mut Writer<impl Write>) -> csv::Result<()> {
        out.write_record(["at_s", "from", "to", "side", "resource", "reason"])?;
        for line in &self.report.decisions {
            out.write_record([
                format!("{:.1}", line.at_s),
                line.from.to_string(),
                line.to.to_string(),
                number(line.side),
                line.resource.map(|resource| resource.word().to_owned()).unwrap_or_default(),
                inert(&line.reason),
            ])?;
        }
        Ok(())
    }

    fn hours_csv(&self, out: &mut Writer<impl Write>) -> csv::Result<()> {
        out.write_record([
            "hour",
            "minutes",
            "limit",
            "running",
            "mailboxes",
            "items",
            "bytes",
            "work_rate",
            "tightest_side",
            "tightest_measure",
            "tightest_of_line",
            "source_cpu",
            "destination_cpu",
        ])?;
        for line in &self.hours {
            out.write_record([
                line.hour.clone(),
                line.minutes.to_string(),
                format!("{:.2}", line.limit),
                format!("{:.2}", line.running),
                line.mailboxes.to_string(),
                line.items.to_string(),
                line.bytes.to_string(),
                format!("{:.3}", line.work_rate),
                number(line.tightest.map(|most| most.side)),
                line.tightest.map(|most| most.measure.words().to_owned()).unwrap_or_default(),
                number(line.tightest.map(|most| format!("{:.3}", most.of_line))),
                number(line.cpu[0].map(|cpu| format!("{cpu:.3}"))),
                number(line.cpu[1].map(|cpu| format!("{cpu:.3}"))),
            ])?;
        }
        Ok(())
    }

    fn minutes_csv(&self, out: &mut Writer<impl Write>) -> csv::Result<()> {
        out.write_record([
            "at_s",
            "limit",
            "running",
            "parked",
            "waiting",
            "work_rate",
            "items",
            "bytes",
            "side",
            "measure",
            "value",
            "line",
        ])?;
        for line in &self.minutes {
            for gauge in &line.gauges {
                out.write_record([
                    format!("{:.1}", line.at_s),
                    line.limit.to_string(),
                    line.running.to_string(),
                    line.parked.to_string(),
                    line.waiting.to_string(),
                    format!("{:.3}", line.work_rate),
                    line.items.to_string(),
                    line.bytes.to_string(),
                    gauge.side.to_string(),
                    gauge.measure.words().to_owned(),
                    gauge.value.to_string(),
                    gauge.line.to_string(),
                ])?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_spreadsheet_would_compute() {
        for name in ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\u{ff1d}1"] {
            assert!(inert(name).starts_with('\''), "{name:?}");
        }
        assert_eq!(inert("ann@old.example"), "ann@old.example");
        assert_eq!(inert("\r=1\u{9b}31m\u{202e}"), "'\u{fffd}=1\u{fffd}31m\u{fffd}", "shown, not obeyed");
    }
}
