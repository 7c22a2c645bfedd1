//! One server's lines: reached, trusted, signed in to, its version, its clock, how long its token lives.

use std::time::Duration;

use super::{
    Line, bare,
    facts::{Door, Inside, SideFacts},
};
use crate::{
    control::sample::Side,
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
pub fn lines(facts: &SideFacts, forecast_s: Option<f64>) -> Vec<Line> {
    let side = facts.side;
    let knock = match &facts.door {
        Door::Barred(words) => {
            let next = format!("correct [{side}] in the settings file, then `zmpace check` again");
            return vec![Line::fail(side, "settings", bare(side, words), next)];
        }
        Door::Shut(error) => return shut(facts, error),
        Door::Open(knock) => knock,
    };
    let said = format!("{} answers in {} ms", facts.authority, knock.took.as_millis());
    let mut lines = vec![Line::pass(side, "reached", said), Line::pass(side, "TLS", facts.trust)];
    match &facts.inside {
        Some(Ok(inside)) => {
            lines.push(Line::pass(side, "sign-in", format!("{} is let in", facts.admin)));
            lines.push(rights(facts, inside));
            lines.push(version(side, inside));
            lines.push(clock(side, knock, inside.ahead_s));
            lines.push(token(side, inside, forecast_s));
        }
        Some(Err(error)) => {
            lines.push(broken(side, "sign-in", error));
            lines.push(clock(side, knock, None));
        }
        None => {}
    }
    lines
}

/// A failed line with the error's own next command.
fn broken(side: Side, what: &'static str, error: &MoveError) -> Line {
    let next = error.next().replace("`zmpace run` again", "`zmpace check` again");
    Line::fail(side, what, bare(side, &error.to_string()), next)
}

fn shut(facts: &SideFacts, error: &MoveError) -> Vec<Line> {
    let side = facts.side;
    if let MoveError::Untrusted { .. } = error {
        let said = format!("{} answers", facts.authority);
        return vec![Line::pass(side, "reached", said), broken(side, "TLS", error)];
    }
    vec![broken(side, "reached", error)]
}

fn rights(facts: &SideFacts, inside: &Inside) -> Line {
    let (side, admin) = (facts.side, &facts.admin);
    let raise = format!("zmprov ma {} zimbraIsAdminAccount TRUE", quoted(admin));
    let trial = facts.sample.as_ref().and_then(|sample| Some((&sample.address, sample.folders.as_ref()?)));
    if let Some((address, Err(error))) = trial {
        let said = format!("{admin} may not look into {address}: {}", bare(side, &error.to_string()));
        return Line::fail(side, "rights", said, raise);
    }
    let tried =
        trial.map_or_else(String::new, |(address, _)| format!("; the folders of {address} were read"));
    match &inside.rank {
        Ok(Rank::Global) => Line::pass(side, "rights", format!("{admin} is a global administrator{tried}")),
        Ok(Rank::Delegated) => Line::warn(
            side,
            "rights",
            format!("{admin} is no global administrator and may lack a right{tried}"),
            raise,
        ),
        Err(error) => {
            let look = format!("zmprov ga {} zimbraIsAdminAccount", quoted(admin));
            Line::unknown(side, "rights", &error.to_string(), look)
        }
    }
}

fn version(side: Side, inside: &Inside) -> Line {
    match &inside.version {
        Ok(version) if side == Side::Destination && older(version, [8, 8, 6]) => Line::warn(
            side,
            "version",
            format!("Zimbra {version}: before 8.8.6 a broken upload of contacts may go round for ever"),
            "zmcontrol -v, and move to 8.8.15 or later first",
        ),
        Ok(version) if !version.is_empty() => Line::pass(side, "version", format!("Zimbra {version}")),
        Ok(_) => Line::unknown(side, "version", "the answer holds none", "zmcontrol -v"),
        Err(error) => Line::unknown(side, "version", &error.to_string(), "zmcontrol -v"),
    }
}

/// Whether `8.8.15_GA_4717` is before a version; what cannot be read is not.
fn older(version: &str, than: [u32; 3]) -> bool {
    let numbers: Option<Vec<u32>> =
        version.split(['.', '_', ' ']).take(3).map(|part| part.parse().ok()).collect();
    numbers.is_some_and(|numbers| numbers.len() == 3 && numbers[..] < than[..])
}

fn clock(side: Side, knock: &Knock, by_token: Option<f64>) -> Line {
    let Some(ahead_s) = knock.ahead_s.or(by_token) else {
        return Line::unknown(side, "clock", "the server does not tell its time", "date -u, here and there");
    };
    let off = span(Duration::from_secs_f64(ahead_s.abs()));
    let said = format!("{off} {} ours", if ahead_s > 0.0 { "ahead of" } else { "behind" });
    let mend = "timedatectl set-ntp true, on the machine that is wrong (date -u)";
    match ahead_s.abs() {
        off if off <= SKEW_S => Line::pass(side, "clock", format!("within {} s of ours", off.ceil())),
        off if off <= SKEW_MOST_S => Line::warn(side, "clock", said, mend),
        _ => Line::fail(side, "clock", said, mend),
    }
}

fn token(side: Side, inside: &Inside, forecast_s: Option<f64>) -> Line {
    let long = |seconds: f64| span(Duration::from_secs_f64(seconds));
    let life = long(inside.token_s);
    if let Err(error) = &inside.renewal {
        let said = format!("lives {life} and a second sign-in fails: {}", bare(side, &error.to_string()));
        return Line::fail(side, "token", said, format!("zmpace explain {}", error.code()));
    }
    let renews = "renewed at half its life (a second sign-in works)";
    match forecast_s {
        Some(forecast) if inside.token_s < forecast => Line::warn(
            side,
            "token",
            format!("lives {life}, one worker may take {}; {renews}", long(forecast)),
            format!("zmprov mc default zimbraAdminAuthTokenLifetime {}h", (forecast / 3600.0 * 1.5).ceil()),
        ),
        Some(forecast) => {
            let forecast = long(forecast);
            Line::pass(side, "token", format!("lives {life}, one worker may take {forecast}; {renews}"))
        }
        None => Line::pass(side, "token", format!("lives {life}; {renews}")),
    }
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
        let line = token(Side::Source, &inside(3600.0), Some(7200.0));
        assert_eq!(line.verdict, Verdict::Warn);
        assert!(line.said.contains("renewed") && line.said.contains("2 h 00 min"), "{}", line.said);
        assert_eq!(line.mend.unwrap(), "zmprov mc default zimbraAdminAuthTokenLifetime 3h");
        assert_eq!(token(Side::Source, &inside(43_200.0), Some(7200.0)).verdict, Verdict::Pass);
        let error = MoveError::TokenRefused { side: Side::Source };
        let lost = Inside { renewal: Err(error), ..inside(3600.0) };
        assert_eq!(token(Side::Source, &lost, None).verdict, Verdict::Fail);
    }

    #[test]
    fn a_clock_is_judged_by_the_date_header_and_else_by_the_token() {
        let knock = |ahead_s| Knock { took: Duration::from_millis(3), ahead_s };
        assert_eq!(clock(Side::Source, &knock(Some(0.6)), Some(900.0)).verdict, Verdict::Pass);
        let line = clock(Side::Source, &knock(None), Some(-200.0));
        assert_eq!((line.verdict, line.said.as_str()), (Verdict::Warn, "3 min 20 s behind ours"));
        assert_eq!(clock(Side::Source, &knock(Some(7200.0)), None).verdict, Verdict::Fail);
        assert!(clock(Side::Source, &knock(None), None).said.starts_with("not known"));
    }

    #[test]
    fn an_old_destination_is_told() {
        let of =
            |text: &str, side| version(side, &Inside { version: Ok(text.into()), ..inside(1.0) }).verdict;
        assert_eq!(of("8.8.5_GA_1894", Side::Destination), Verdict::Warn);
        assert_eq!(of("8.8.5_GA_1894", Side::Source), Verdict::Pass);
        assert_eq!(of("8.8.15_GA_4717", Side::Destination), Verdict::Pass);
        assert_eq!(of("10.1.0_GA_4655", Side::Destination), Verdict::Pass);
        assert_eq!(of("Daffodil", Side::Destination), Verdict::Pass);
    }
}
