//! What a benchmark found, for people.

use std::{fmt::Write as _, path::Path};

use crate::{
    control::finding::{CurvePoint, Finding, Mode, Stopped},
    lang::{Lang, tell},
    ui::words::{bytes, count},
};

/// The finding as text.
pub(super) fn text(finding: &Finding, truth: Option<u32>, profile: Option<&Path>, lang: Lang) -> String {
    let mut text = answer(finding, lang);
    if let Some(truth) = truth {
        let _ = writeln!(text, "  {}", tell!(lang, "bench-truth", workers = truth));
    }
    let _ = writeln!(text, "\n{}", heads(finding.distinguishable, lang));
    for point in &finding.curve {
        let _ = writeln!(text, "{}", row(point, lang));
    }
    let _ = writeln!(text, "\n{}", circumstances(finding, lang));
    if let Some(wire) = &finding.wire {
        let (format, reason) = (wire.better.as_str(), lang.wire(wire));
        let _ = writeln!(text, "{}", tell!(lang, "bench-wire", format = format, reason = reason));
    }
    if let Some(path) = profile {
        let next = format!("zmpace run --profile {}", path.display());
        let _ = writeln!(text, "{}", tell!(lang, "sum-next", next = next));
    }
    text
}

fn answer(finding: &Finding, lang: Lang) -> String {
    let Some(found) = &finding.recommended else {
        return match finding.stopped {
            Stopped::Busy => format!("{}\n  {}\n", tell!(lang, "bench-busy"), tell!(lang, "bench-busy-or")),
            _ => tell!(lang, "bench-none") + "\n",
        };
    };
    let workers = tell!(lang, "bench-workers", workers = found.workers);
    let answer = if finding.distinguishable {
        let share = format!("{:.0}", found.share_of_best * 100.0);
        tell!(lang, "bench-found", workers = workers, low = found.low, high = found.high, share = share)
    } else {
        tell!(lang, "bench-alike", workers = workers)
    };
    let limit = tell!(lang, "bench-limit", limiting = lang.limiting(&found.limiting));
    format!("{answer}\n  {limit}\n")
}

fn heads(distinguishable: bool, lang: Lang) -> String {
    let (workers, work) = (tell!(lang, "chart-workers"), tell!(lang, "rep-work"));
    let (interval, tightest) = (tell!(lang, "chart-interval"), tell!(lang, "rep-tightest"));
    let heads = format!("  {workers:>7} {work:>9}   {interval:<15}   {tightest}");
    if distinguishable { heads } else { format!("{heads}   {}", tell!(lang, "bench-noise")) }
}

fn row(point: &CurvePoint, lang: Lang) -> String {
    let tightest = point.tightest.as_ref().map_or_else(String::new, |(name, score)| {
        let (name, share) = (lang.limiting(name), format!("{:.0}", score * 100.0));
        if point.lawful {
            tell!(lang, "bench-at", name = name, share = share)
        } else {
            tell!(lang, "bench-at-unsure", name = name, share = share)
        }
    });
    format!(
        "  {:>7} {:>9.2}   {:>6.2} - {:<6.2}   {tightest}",
        point.workers, point.work_rate, point.low, point.high
    )
}

fn circumstances(finding: &Finding, lang: Lang) -> String {
    let moved = match finding.mode {
        Mode::EndToEnd => {
            let (accounts, size) = (count(finding.moved.accounts), bytes(finding.moved.bytes));
            tell!(lang, "bench-moved", accounts = accounts, bytes = size)
        }
        Mode::ExportOnly => tell!(lang, "bench-export-only"),
        Mode::ImportOnly => tell!(lang, "bench-import-only"),
    };
    tell!(
        lang,
        "bench-circumstances",
        minutes = format!("{:.0}", finding.minutes),
        blocks = finding.blocks,
        why = tell!(lang, &format!("stopped-{:?}", finding.stopped)),
        moved = moved,
        rest = lang.at_rest(finding),
    )
}

#[cfg(test)]
mod tests {
    use super::{super::wire, *};
    use crate::{
        control::finding::{Moved, Recommended},
        lang::tests::english_in,
    };

    fn finding(stopped: Stopped) -> Finding {
        let limiting = "destination CPU".to_owned();
        let point = |workers, lawful| CurvePoint {
            workers,
            work_rate: f64::from(workers),
            low: 0.5,
            high: 9.0,
            lawful,
            tightest: Some((limiting.clone(), 0.91)),
        };
        Finding {
            curve: vec![point(1, true), point(8, false)],
            recommended: Some(Recommended {
                workers: 1,
                low: 1,
                high: 2,
                limiting: limiting.clone(),
                share_of_best: 1.0,
            }),
            distinguishable: true,
            mode: Mode::EndToEnd,
            stopped,
            blocks: 6,
            minutes: 38.0,
            moved: Moved { accounts: 90, bytes: 1 << 30 },
            at_rest: vec![("source".to_owned(), 0.1)],
            wire: Some(wire::verdict(1e6, 2e6)),
        }
    }

    #[test]
    fn every_finding_is_told_in_indonesian() {
        let stops = [
            Stopped::Certain,
            Stopped::Budget,
            Stopped::Critical,
            Stopped::Busy,
            Stopped::NoWork,
            Stopped::Operator,
        ];
        for stopped in stops {
            for mode in [Mode::EndToEnd, Mode::ExportOnly, Mode::ImportOnly] {
                let whole = Finding { mode, ..finding(stopped) };
                let alike =
                    Finding { distinguishable: false, wire: Some(wire::verdict(1e6, 1e6)), ..whole.clone() };
                let none = Finding { recommended: None, ..whole.clone() };
                for finding in [whole, alike, none] {
                    let told = text(&finding, Some(8), Some(Path::new("/p")), Lang::Id);
                    assert_eq!(english_in(&told), [""; 0], "{told}");
                    assert!(told.contains("\n   worker     kerja   interval 95 %     terketat"), "{told}");
                }
            }
        }
    }

    #[test]
    fn one_worker_is_told_in_english() {
        let told = text(&finding(Stopped::Certain), None, None, Lang::En);
        assert!(
            told.starts_with("1 worker (95 % interval 1 to 2): 100 % of the best lawful work rate with the fewest workers\n  limit: destination CPU\n\n  workers      work   95 % interval     tightest\n        1      1.00     0.50 - 9.00     destination CPU at 91 % of its line\n"),
            "{told}"
        );
    }
}
