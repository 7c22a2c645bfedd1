//! The table `[hours]` of the settings, and its flags.

use std::time::Duration;

use jiff::tz::TimeZone;
use serde::Deserialize;
use toml::Value;

use super::{SettingsError, Surroundings, duration};
use crate::{
    cli::HoursFlags,
    control::timetable::{Cutoff, Hours, Timetable},
};

/// When mailboxes may be moved, as set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoursSettings {
    /// Hours of the week; empty = always.
    pub window: String,
    /// Zone they are told in; empty = this machine's.
    pub timezone: String,
    /// Dates and ranges of dates without work.
    pub blackout: Vec<String>,
    /// Before closing only what surely ends in time begins.
    #[serde(deserialize_with = "duration")]
    pub drain: Duration,
    /// What happens to running mailboxes at closing.
    pub cutoff: Cutoff,
    /// A shorter closure is waited for.
    #[serde(deserialize_with = "duration")]
    pub bridge: Duration,
    /// Workers outside the window.
    pub day_workers: u32,
    /// Share of the soft lines that holds outside it.
    pub day_lines: f64,
    /// Whether a run started outside the window waits for it.
    pub wait: bool,
    /// So many times its forecast must fit for a mailbox to begin.
    pub fit_margin: f64,
    /// The same in the drain.
    pub drain_margin: f64,
}

impl HoursSettings {
    /// As the dispatcher wants them, with the zone by name.
    ///
    /// # Errors
    /// The part that is wrong, with an example.
    pub(super) fn read(&self, around: &Surroundings) -> Result<Hours, SettingsError> {
        let hours = Hours {
            window: self.window.clone(),
            timezone: self.zone(around)?,
            blackout: self.blackout.clone(),
            drain_s: self.drain.as_secs_f64(),
            cutoff: self.cutoff,
            bridge_s: self.bridge.as_secs_f64(),
            day_workers: self.day_workers,
            day_lines: self.day_lines,
            wait: self.wait,
            fit_margin: self.fit_margin,
            drain_margin: self.drain_margin,
        };
        match Timetable::new(&hours) {
            Ok(_) => Ok(hours),
            Err(error) => {
                let (key, cause) = error.split_once(": ").unwrap_or(("", &error));
                Err(SettingsError::value(&format!("hours.{key}"), cause))
            }
        }
    }

    /// Without a window no zone is asked for; else the one set, `$TZ`, or the machine's.
    fn zone(&self, around: &Surroundings) -> Result<String, SettingsError> {
        if !self.timezone.is_empty() || (self.window.is_empty() && self.blackout.is_empty()) {
            return Ok(self.timezone.clone());
        }
        if let Some(named) = around.variable("TZ") {
            return Ok(named.trim_start_matches(':').to_owned());
        }
        let machine = TimeZone::system();
        match machine.iana_name() {
            _ if machine.is_unknown() => Ok(String::new()), // a machine that was told of no zone lives in UTC
            Some(name) => Ok(name.to_owned()),
            None => Err(SettingsError::value(
                "hours.timezone",
                "this machine's zone has no name; say it, like --timezone Asia/Jakarta",
            )),
        }
    }
}

/// What the flags say.
pub(super) fn flags(given: &HoursFlags) -> Vec<(String, Value)> {
    let text = |value: &Option<String>| value.clone().map(Value::String);
    let dates = given.blackout.iter().cloned().map(Value::String).collect();
    [
        ("window", text(&given.window)),
        ("timezone", text(&given.timezone)),
        ("blackout", (!given.blackout.is_empty()).then_some(Value::Array(dates))),
        ("drain", text(&given.drain)),
        ("cutoff", text(&given.cutoff)),
        ("day_workers", given.day_workers.map(|workers| Value::Integer(workers.into()))),
        ("wait", given.no_wait.then_some(Value::Boolean(false))),
    ]
    .into_iter()
    .filter_map(|(key, value)| Some((format!("hours.{key}"), value?)))
    .collect()
}
