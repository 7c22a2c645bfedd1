//! What a benchmark found, for people.

use std::{fmt::Write as _, path::Path};

use crate::{
    control::finding::{CurvePoint, Finding, Mode, Stopped},
    ui::words::{bytes, count},
};

/// The finding as text.
pub(super) fn text(finding: &Finding, truth: Option<u32>, profile: Option<&Path>) -> String {
    let mut text = answer(finding);
    if let Some(truth) = truth {
        let _ = writeln!(text, "  the model of these machines says {truth}");
    }
    let _ = writeln!(
        text,
        "\n  workers      work   95 % interval   tightest{}",
        if finding.distinguishable { "" } else { "   (differences are within noise)" }
    );
    for point in &finding.curve {
        let _ = writeln!(text, "{}", row(point));
    }
    let _ = writeln!(text, "\n{}", circumstances(finding));
    if let Some(wire) = &finding.wire {
        let _ = writeln!(text, "wire format: {} from the source ({})", wire.better, wire.reason);
    }
    if let Some(path) = profile {
        let _ = writeln!(text, "next: zmpace run --profile {}", path.display());
    }
    text
}

fn answer(finding: &Finding) -> String {
    let Some(found) = &finding.recommended else {
        return match finding.stopped {
            Stopped::Busy => "a machine is over 90 % of a line with nothing of ours running: come back in a quieter hour,\n  or add --busy-hour for an answer that holds for such an hour\n".to_owned(),
            _ => "no recommendation: not even one worker was measured within every line\n".to_owned(),
        };
    };
    if !finding.distinguishable {
        return format!(
            "{} worker{}: nothing measured can be told apart, so the smallest is as good as any\n  limit: {}\n",
            found.workers,
            if found.workers == 1 { "" } else { "s" },
            found.limiting
        );
    }
    format!(
        "{} worker{} (95 % interval {} to {}): {:.0} % of the best lawful work rate with the fewest workers\n  limit: {}\n",
        found.workers,
        if found.workers == 1 { "" } else { "s" },
        found.low,
        found.high,
        found.share_of_best * 100.0,
        found.limiting
    )
}

fn row(point: &CurvePoint) -> String {
    let tightest = point.tightest.as_ref().map_or_else(String::new, |(name, score)| {
        format!(
            "{name} at {:.0} % of its line{}",
            score * 100.0,
            if point.lawful { "" } else { ", not surely within" }
        )
    });
    format!(
        "  {:>7} {:>9.2}   {:>6.2} - {:<6.2}   {tightest}",
        point.workers, point.work_rate, point.low, point.high
    )
}

fn circumstances(finding: &Finding) -> String {
    let why = match finding.stopped {
        Stopped::Certain => "certain enough",
        Stopped::Budget => "its time was over",
        Stopped::Critical => "a machine crossed a critical line",
        Stopped::Busy => "a machine was busy at rest",
        Stopped::NoWork => "no mailboxes were left to measure with",
        Stopped::Operator => "it was told to stop",
    };
    let rest: Vec<String> =
        finding.at_rest.iter().map(|(side, busy)| format!("{side} {:.0} %", busy * 100.0)).collect();
    let moved = match finding.mode {
        Mode::EndToEnd => {
            format!(
                "{} mailboxes, {} moved for good",
                count(finding.moved.accounts),
                bytes(finding.moved.bytes)
            )
        }
        Mode::ExportOnly => "source into nothing, nothing counts as moved".to_owned(),
        Mode::ImportOnly => "made-up mail, nothing counts as moved".to_owned(),
    };
    format!(
        "{:.0} minutes, {} blocks, then {why}; {moved}; processors at rest: {}",
        finding.minutes,
        finding.blocks,
        rest.join(", ")
    )
}
