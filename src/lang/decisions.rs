//! A decision of the law as one line. The journal keeps control's own English; here it is worded from the same record.

use super::{Lang, tell};
use crate::control::decision::{Decision, Phase, Rule, Step, UNREAD_S, Why, span};

impl Lang {
    /// The whole line: time since the start, limits, reason.
    #[must_use]
    pub fn decision(self, decision: &Decision) -> String {
        let seconds = decision.at_s.max(0.0) as u64;
        let (from, to) = (decision.from, decision.to);
        let change = match (decision.step, decision.rule) {
            (Step::Hold, Rule::Kept) => tell!(self, "decision-kept", to = to),
            (Step::Hold, _) => tell!(self, "decision-stays", to = to),
            (_, Rule::Undone) => tell!(self, "decision-undone", from = from, to = to),
            _ => format!("{from} → {to}"),
        };
        let clock = format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        format!("{clock}  {change}  {}", self.reason(decision))
    }

    /// Why, in words and numbers.
    #[must_use]
    pub fn reason(self, decision: &Decision) -> String {
        let Decision { measure, line, predicted, work_after, sample_age_s, .. } = decision;
        let shown = |value: &Option<f64>| {
            measure.zip(*value).map_or_else(String::new, |(measure, value)| measure.show(value))
        };
        let cause = tell!(
            self,
            &format!("rule-{}", rule(decision)),
            side = decision.side.map_or_else(|| tell!(self, "side-none"), |side| self.side(side)),
            machine = machine(self, decision).unwrap_or_else(|| tell!(self, "decision-no-machine")),
            measure = measure.map_or_else(String::new, |measure| self.measure(measure)),
            predicted = shown(predicted),
            line = shown(line),
            gain = gain(self, decision),
            why = why(self, decision),
            age = sample_age_s.map_or_else(|| tell!(self, "decision-long"), |age| self.time(&span(age))),
            work = format!("{:.2}", work_after.unwrap_or_default()),
            to = decision.to,
        );
        match decision.next_look_s {
            Some(next) => tell!(self, "decision-next", cause = cause, span = self.time(&span(next))),
            None => cause,
        }
    }
}

/// The message that words it: the rule's, or the one for a record that lacks some of its numbers.
fn rule(decision: &Decision) -> String {
    let seen = decision.machine().is_some();
    let bare = match decision.rule {
        Rule::Begin | Rule::Undone => !seen,
        Rule::Guard => decision.predicted.is_none() || decision.measure.is_none() || decision.line.is_none(),
        Rule::Line => decision.side.is_none() || decision.measure.is_none() || decision.line.is_none(),
        Rule::Stale => decision.sample_age_s.is_none(),
        Rule::Measured => decision.work_after.is_none(),
        _ => false,
    };
    let rule = decision.rule;
    match (rule, decision.phase) {
        _ if bare => format!("{rule:?}-bare"),
        (Rule::Soft | Rule::Knee, _) if decision.why.is_some() => format!("{rule:?}-why"),
        (Rule::Stale, _) if decision.sample_age_s.is_some_and(|age| age < UNREAD_S) => {
            format!("{rule:?}-unread")
        }
        (
            Rule::Hours,
            phase @ (Phase::Shut | Phase::Draining | Phase::Stopping | Phase::Paused | Phase::HoldLimit),
        )
        | (Rule::Operator, phase @ (Phase::Paused | Phase::Pinned | Phase::Draining | Phase::Stopping)) => {
            format!("{rule:?}-{phase:?}")
        }
        _ => format!("{rule:?}"),
    }
}

fn machine(lang: Lang, decision: &Decision) -> Option<String> {
    let (side, measure) = (decision.side?, decision.measure?);
    let (value, line) = (measure.show(decision.value?), measure.show(decision.line?));
    let (side, measure) = (lang.side(side), lang.measure(measure));
    Some(tell!(lang, "decision-machine", side = side, measure = measure, value = value, line = line))
}

fn gain(lang: Lang, decision: &Decision) -> String {
    match (decision.work_before, decision.work_after, decision.needed) {
        (Some(before), Some(after), Some(needed)) if before > 0.0 => tell!(
            lang,
            "decision-gain",
            gain = format!("{:+.1}", (after / before - 1.0) * 100.0),
            needed = format!("{:+.1}", needed * 100.0),
        ),
        _ => tell!(lang, "decision-no-gain"),
    }
}

fn why(lang: Lang, decision: &Decision) -> String {
    match (decision.why.unwrap_or(Why::RoundTrips), decision.measure) {
        (Why::NotOurs { rise }, Some(measure)) if decision.rule == Rule::Soft => {
            tell!(lang, "why-NotOurs", rise = measure.show(f64::from(rise)))
        }
        (Why::NotOurs { .. }, _) => tell!(lang, "why-NotOurs-bare"),
        (why, _) => tell!(lang, &format!("why-{why:?}")),
    }
}
