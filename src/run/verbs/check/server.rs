//! One server's lines: reached, trusted, signed in to, its version, its clock, how long its token lives.

use std::time::Duration;

use super::{
    Line, bare,
    facts::{Door, Inside, SideFacts},
    wrong,
};
use crate::{
    control::sample::Side,
    lang::{Lang, tell},
    ui::words::span,
    zimbra::{
        MoveError,
        error::quoted,
        survey::{Knock, Rank},
    },
};

/// Clocks further apart than this make logs hard to hold against each other.
const SKEW_S: f64 = 30.0;
/// Clocks further apart than this make certificates and tokens look spoiled.
const SKEW_MOST_S: f64 = 3600.0;

/// The lines of one server; `forecast_s` is how long one worker would take, where it is known.
pub fn lines(facts: &SideFacts, forecast_s: Option<f64>, lang: Lang) -> Vec<Line> {
    let side = facts.side;
    let knock = match &facts.door {
        Door::Barred(words) => {
            let next = tell!(lang, "check-settings-next", table = side.word());
            return vec![Line::fail(side, "settings", bare(side, words), next)];
        }
        Door::Shut(error) => return shut(facts, error, lang),
        Door::Open(knock) => knock,
    };
    let (at, took) = (facts.authority.as_str(), knock.took.as_millis().to_string());
    let said = tell!(lang, "check-reached", at = at, ms = took);
    let trust = tell!(lang, &format!("check-trust-{:?}", facts.trust));
    let mut lines = vec![Line::pass(side, "reached", said), Line::pass(side, "TLS", trust)];
    match &facts.inside {
        Some(Ok(inside)) => {
            let said = tell!(lang, "check-signed-in", admin = facts.admin.as_str());
            lines.push(Line::pass(side, "sign-in", said));
            lines.push(rights(facts, inside, lang));
            lines.push(version(side, inside, lang));
            lines.push(clock(side, knock, inside.ahead_s, lang));
            lines.push(token(side, inside, forecast_s, lang));
        }
        Some(Err(error)) => {
            lines.push(broken(side, "sign-in", error, lang));
            lines.push(clock(side, knock, None, lang));
        }
        None => {}
    }
    lines
}

/// A failed line with the error's own next command.
fn broken(side: Side, what: &'static str, error: &MoveError, lang: Lang) -> Line {
    let next = error.next().replace("`zmpace run` again", "`zmpace check` again");
    Line::fail(side, what, wrong(side, error, lang), lang.advice(error.code(), &next))
}

fn shut(facts: &SideFacts, error: &MoveError, lang: Lang) -> Vec<Line> {
    let side = facts.side;
    if let MoveError::Untrusted { .. } = error {
        let said = tell!(lang, "check-answers", at = facts.authority.as_str());
        return vec![Line::pass(side, "reached", said), broken(side, "TLS", error, lang)];
    }
    vec![broken(side, "reached", error, lang)]
}

fn rights(facts: &SideFacts, inside: &Inside, lang: Lang) -> Line {
    let (side, admin) = (facts.side, facts.admin.as_str());
    let raise = format!("zmprov ma {} zimbraIsAdminAccount TRUE", quoted(admin));
    let trial = facts.sample.as_ref().and_then(|sample| Some((&sample.address, sample.folders.as_ref()?)));
    if let Some((address, Err(error))) = trial {
        let cause = wrong(side, error, lang);
        let said = tell!(lang, "check-no-look", admin = admin, address = address.as_str(), cause = cause);
        return Line::fail(side, "rights", said, raise);
    }
    let tried = trial
        .map_or_else(String::new, |(address, _)| tell!(lang, "check-looked", address = address.as_str()));
    match &inside.rank {
        Ok(Rank::Global) => {
            Line::pass(side, "rights", tell!(lang, "check-global", admin = admin, tried = tried))
        }
        Ok(Rank::Delegated) => {
            Line::warn(side, "rights", tell!(lang, "check-delegated", admin = admin, tried = tried), raise)
        }
        Err(error) => {
            let look = format!("zmprov ga {} zimbraIsAdminAccount", quoted(admin));
            Line::unknown(side, "rights", wrong(side, error, lang), look, lang)
        }
    }
}

fn version(side: Side, inside: &Inside, lang: Lang) -> Line {
    match &inside.version {
        Ok(version) if side == Side::Destination && older(version, [8, 8, 6]) => Line::warn(
            side,
            "version",
            tell!(lang, "check-old", version = version.as_str()),
            tell!(lang, "check-old-next"),
        ),
        Ok(version) if !version.is_empty() => Line::pass(side, "version", format!("Zimbra {version}")),
        Ok(_) => Line::unknown(side, "version", tell!(lang, "check-no-version"), "zmcontrol -v", lang),
        Err(error) => Line::unknown(side, "version", wrong(side, error, lang), "zmcontrol -v", lang),
    }
}

/// Whether `8.8.15_GA_4717` is before a version; what cannot be read is not.
fn older(version: &str, than: [u32; 3]) -> bool {
    let numbers: Option<Vec<u32>> =
        version.split(['.', '_', ' ']).take(3).map(|part| part.parse().ok()).collect();
    numbers.is_some_and(|numbers| numbers.len() == 3 && numbers[..] < than[..])
}

fn clock(side: Side, knock: &Knock, by_token: Option<f64>, lang: Lang) -> Line {
    let Some(ahead_s) = knock.ahead_s.or(by_token) else {
        let next = tell!(lang, "check-clock-look");
        return Line::unknown(side, "clock", tell!(lang, "check-no-clock"), next, lang);
    };
    let off = lang.time(&span(Duration::from_secs_f64(ahead_s.abs())));
    let said = if ahead_s > 0.0 {
        tell!(lang, "check-ahead", span = off)
    } else {
        tell!(lang, "check-behind", span = off)
    };
    let mend = tell!(lang, "check-clock-next");
    match ahead_s.abs() {
        off if off <= SKEW_S => {
            let most = lang.time(&format!("{} s", off.ceil()));
            Line::pass(side, "clock", tell!(lang, "check-clock", span = most))
        }
        off if off <= SKEW_MOST_S => Line::warn(side, "clock", said, mend),
        _ => Line::fail(side, "clock", said, mend),
    }
}

fn token(side: Side, inside: &Inside, forecast_s: Option<f64>, lang: Lang) -> Line {
    let long = |seconds: f64| lang.time(&span(Duration::from_secs_f64(seconds)));
    let life = long(inside.token_s);
    if let Err(error) = &inside.renewal {
        let said = tell!(lang, "check-token-once", life = life, cause = wrong(side, error, lang));
        return Line::fail(side, "token", said, format!("zmpace explain {}", error.code()));
    }
    let Some(forecast) = forecast_s else {
        return Line::pass(side, "token", tell!(lang, "check-token", life = life));
    };
    let said = tell!(lang, "check-token-forecast", life = life, forecast = long(forecast));
    if inside.token_s < forecast {
        let hours = (forecast / 3600.0 * 1.5).ceil();
        let mend = format!("zmprov mc default zimbraAdminAuthTokenLifetime {hours}h");
        return Line::warn(side, "token", said, mend);
    }
    Line::pass(side, "token", said)
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};

    fn inside(token_s: f64) -> Inside {
        Inside {
            token_s,
            ahead_s: None,
            renewal: Ok(()),
            version: Ok("10.1.0_GA_4655".into()),
            rank: Ok(Rank::Global),
            caps: Ok(Vec::new()),
        }
    }

    #[test]
    fn a_token_shorter_than_the_plan_is_a_warning_with_the_line_that_raises_it() {
        let line = token(Side::Source, &inside(3600.0), Some(7200.0), Lang::En);
        assert_eq!(line.verdict, Verdict::Warn);
        assert!(line.said.contains("renewed") && line.said.contains("2 h 00 min"), "{}", line.said);
        assert_eq!(line.mend.unwrap(), "zmprov mc default zimbraAdminAuthTokenLifetime 3h");
        assert_eq!(token(Side::Source, &inside(43_200.0), Some(7200.0), Lang::En).verdict, Verdict::Pass);
        let error = MoveError::TokenRefused { side: Side::Source };
        let lost = Inside { renewal: Err(error), ..inside(3600.0) };
        assert_eq!(token(Side::Source, &lost, None, Lang::En).verdict, Verdict::Fail);
    }

    #[test]
    fn a_clock_is_judged_by_the_date_header_and_else_by_the_token() {
        let knock = |ahead_s| Knock { took: Duration::from_millis(3), ahead_s };
        assert_eq!(clock(Side::Source, &knock(Some(0.6)), Some(900.0), Lang::En).verdict, Verdict::Pass);
        let line = clock(Side::Source, &knock(None), Some(-200.0), Lang::En);
        assert_eq!((line.verdict, line.said.as_str()), (Verdict::Warn, "3 min 20 s behind ours"));
        assert_eq!(clock(Side::Source, &knock(Some(7200.0)), None, Lang::En).verdict, Verdict::Fail);
        assert!(clock(Side::Source, &knock(None), None, Lang::En).said.starts_with("not known"));
    }

    #[test]
    fn an_old_destination_is_told() {
        let of = |text: &str, side| {
            version(side, &Inside { version: Ok(text.into()), ..inside(1.0) }, Lang::En).verdict
        };
        assert_eq!(of("8.8.5_GA_1894", Side::Destination), Verdict::Warn);
        assert_eq!(of("8.8.5_GA_1894", Side::Source), Verdict::Pass);
        assert_eq!(of("8.8.15_GA_4717", Side::Destination), Verdict::Pass);
        assert_eq!(of("10.1.0_GA_4655", Side::Destination), Verdict::Pass);
        assert_eq!(of("Daffodil", Side::Destination), Verdict::Pass);
    }
}
