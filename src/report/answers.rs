//! Would so many workers be faster? From a benchmark's curve, with its interval, or said not to be measured.

use super::{advice::Question, morning::Morning};
use crate::{
    control::finding::{CurvePoint, Finding, Recommended},
    lang::{Lang, tell},
};

pub(super) fn question(morning: &Morning, asked: u32, lang: Lang) -> Question {
    let answer = match &morning.finding {
        Some((_, finding)) => from_curve(finding, asked, lang),
        None => not_measured(morning, asked, lang),
    };
    Question { workers: asked, answer }
}

fn not_measured(morning: &Morning, asked: u32, lang: Lang) -> String {
    let seen = || morning.minutes.iter().map(|minute| minute.running).filter(|running| *running > 0);
    let ran = match (seen().min(), seen().max()) {
        (Some(least), Some(most)) if least == most => tell!(lang, "faster-ran-one", least = least),
        (Some(least), Some(most)) => tell!(lang, "faster-ran", least = least, most = most),
        _ => tell!(lang, "faster-ran-short"),
    };
    tell!(lang, "faster-unmeasured", ran = ran, asked = asked)
}

/// From the fitted curve, with its interval. Both ends are taken at their worst, so the interval errs on the
/// wide side.
fn from_curve(finding: &Finding, asked: u32, lang: Lang) -> String {
    let Some(best) = &finding.recommended else {
        return tell!(lang, "faster-none");
    };
    let point = |workers: u32| finding.curve.iter().find(|point| point.workers == workers);
    let Some(base) = point(best.workers).filter(|base| base.work_rate > 0.0 && base.low > 0.0) else {
        return tell!(lang, "faster-no-base");
    };
    if asked == best.workers {
        return tell!(lang, "faster-itself", asked = asked);
    }
    match point(asked) {
        Some(there) => measured(best, base, there, lang),
        None => beyond(finding, base, asked, lang),
    }
}

/// A number that was measured, against the recommended one.
fn measured(best: &Recommended, base: &CurvePoint, there: &CurvePoint, lang: Lang) -> String {
    let percent = |ratio: f64| (ratio - 1.0) * 100.0;
    let (low, high) = (percent(there.low / base.high), percent(there.high / base.low));
    let verdict = match (low > 0.0, high < 0.0, there.lawful) {
        (_, _, false) => tell!(lang, "faster-crosses"),
        (true, _, true) => tell!(lang, "faster-yes"),
        (_, true, true) => tell!(lang, "faster-slower"),
        _ => tell!(lang, "faster-noise"),
    };
    let answer = tell!(
        lang,
        "faster-measured",
        verdict = verdict,
        gain = signed(percent(there.work_rate / base.work_rate)),
        best = best.workers,
        low = signed(low),
        high = signed(high),
    );
    let Some((name, of_line)) = &there.tightest else { return answer };
    let share = format!("{:.0}", of_line * 100.0);
    tell!(lang, "faster-line", answer = answer, name = lang.limiting(name), share = share)
}

/// A number that was not measured: a concave curve lies below the line through any two of its points.
fn beyond(finding: &Finding, base: &CurvePoint, asked: u32, lang: Lang) -> String {
    let below: Vec<&CurvePoint> = finding.curve.iter().filter(|point| point.workers < asked).collect();
    let above = finding.curve.iter().find(|point| point.workers > asked);
    let gain = |rate: f64| signed((rate / base.work_rate - 1.0) * 100.0);
    match (below.as_slice(), above) {
        ([.., last], Some(next)) => {
            let share = f64::from(asked - last.workers) / f64::from(next.workers - last.workers);
            tell!(
                lang,
                "faster-between",
                below = last.workers,
                above = next.workers,
                gain = gain(last.work_rate + share * (next.work_rate - last.work_rate)),
                best = base.workers,
            )
        }
        ([.., before, last], None) => {
            let slope = (last.work_rate - before.work_rate) / f64::from(last.workers - before.workers);
            let tried = if last.lawful {
                last.workers.to_string()
            } else {
                tell!(lang, "faster-tried-crossed", tried = last.workers)
            };
            tell!(
                lang,
                "faster-beyond",
                tried = tried,
                gain = gain(last.work_rate + slope.max(0.0) * f64::from(asked - last.workers)),
                best = base.workers,
            )
        }
        _ => tell!(lang, "rep-not-measured"),
    }
}

fn signed(percent: f64) -> String {
    format!("{percent:+.0}")
}
