//! The outside program of `[mover]`: what may stand in its command and its variables, and what they become.

use std::collections::BTreeMap;

use regex_lite::Regex;
use secrecy::{ExposeSecret as _, SecretString};

use super::{MoverSettings, ServerSettings, Settings, SettingsError};
use crate::control::sample::Side;

/// Filled in for each mailbox, by the mover.
const PER_MAILBOX: [&str; 3] = ["account", "target", "attempt"];
/// Filled in for each side.
const PER_SIDE: [&str; 4] = ["host", "port", "admin", "password_file"];

impl MoverSettings {
    /// What is wrong with the outside program, if there is one.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        for (at, part) in self.command.iter().enumerate() {
            for name in placeholders(part) {
                check_name(&name, at == 0).map_err(|cause| SettingsError::value("mover.command", cause))?;
            }
        }
        for (variable, text) in &self.environment {
            if variable.is_empty() || variable.contains(['=', '\0']) {
                let cause = format!("`{}` is no name of a variable", variable.escape_debug());
                return Err(SettingsError::value("mover.environment", cause));
            }
            for name in placeholders(text).filter(|name| password_of(name).is_none()) {
                check_name(&name, PER_MAILBOX.contains(&name.as_str()))
                    .map_err(|cause| SettingsError::value("mover.environment", cause))?;
            }
        }
        self.pattern().map(drop)
    }

    /// What finds items and bytes in the program's lines.
    ///
    /// # Errors
    /// No regular expression, or one without a group `items` or `bytes`.
    pub fn pattern(&self) -> Result<Option<Regex>, SettingsError> {
        if self.progress.is_empty() {
            return Ok(None);
        }
        let wrong = |cause: String| SettingsError::value("mover.progress", cause);
        let pattern = Regex::new(&self.progress).map_err(|error| wrong(error.to_string()))?;
        if !pattern.capture_names().flatten().any(|name| name == "items" || name == "bytes") {
            return Err(wrong("it needs a group (?<items>[0-9]+) or (?<bytes>[0-9]+)".to_owned()));
        }
        Ok(Some(pattern))
    }

    /// Sides whose password a variable asks for.
    pub fn passwords_wanted(&self) -> impl Iterator<Item = Side> + '_ {
        let wanted = |side| self.environment.values().any(|text| names_password(text, side));
        [Side::Source, Side::Destination].into_iter().filter(move |side| wanted(*side))
    }
}

impl Settings {
    /// The program's command; what stands for a mailbox is left to the mover.
    pub fn program_command(&self) -> Vec<String> {
        self.mover.command.iter().map(|part| fill(part, |name| self.told(name))).collect()
    }

    /// The program's variables, passwords filled in.
    pub fn program_environment(
        &self,
        passwords: &BTreeMap<Side, SecretString>,
    ) -> BTreeMap<String, SecretString> {
        let told = |name: &str| match password_of(name) {
            Some(side) => passwords.get(&side).map(|secret| secret.expose_secret().to_owned()),
            None => self.told(name),
        };
        let variables = self.mover.environment.iter();
        variables.map(|(name, text)| (name.clone(), SecretString::from(fill(text, told)))).collect()
    }

    /// What `source.host` and its like stand for.
    fn told(&self, name: &str) -> Option<String> {
        let (side, field) = name.split_once('.')?;
        let server: &ServerSettings = match side {
            "source" => &self.source,
            "destination" => &self.destination,
            _ => return None,
        };
        Some(match field {
            "host" => server.host.clone(),
            "port" => server.port.to_string(),
            "admin" => server.admin.clone(),
            "password_file" => server.password_file.clone(),
            _ => return None,
        })
    }
}

/// Whose password this asks for.
fn password_of(name: &str) -> Option<Side> {
    match name {
        "source.password" => Some(Side::Source),
        "destination.password" => Some(Side::Destination),
        _ => None,
    }
}

fn names_password(text: &str, side: Side) -> bool {
    placeholders(text).any(|name| password_of(&name) == Some(side))
}

/// `fixed` is for places that are the same for every mailbox.
fn check_name(name: &str, fixed: bool) -> Result<(), String> {
    let of_a_side = name
        .split_once('.')
        .is_some_and(|(side, field)| ["source", "destination"].contains(&side) && PER_SIDE.contains(&field));
    if of_a_side || (!fixed && PER_MAILBOX.contains(&name)) {
        return Ok(());
    }
    if password_of(name).is_some() {
        return Err(format!(
            "{{{name}}} must not stand in a command, which everybody on this machine can read: put it under mover.environment, or name a file with {{{name}_file}}"
        ));
    }
    if PER_MAILBOX.contains(&name) {
        return Err(format!(
            "{{{name}}} cannot stand here; the mailbox is in $ZMPACE_ACCOUNT and $ZMPACE_TARGET"
        ));
    }
    Err(format!(
        "{{{name}}} stands for nothing; there are {{account}}, {{target}}, {{attempt}} and, for source and destination, {{source.host}}, {{source.port}}, {{source.admin}}, {{source.password_file}}"
    ))
}

/// Names in braces; only letters, `.` and `_` make a name, so that other braces stay what they are.
fn placeholders(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split('{').skip(1).filter_map(|rest| {
        let name = rest.split_once('}')?.0;
        let plain = |c: char| c.is_ascii_lowercase() || c == '.' || c == '_';
        (!name.is_empty() && name.chars().all(plain)).then(|| name.to_owned())
    })
}

fn fill(text: &str, told: impl Fn(&str) -> Option<String>) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        out += before;
        let found = after.split_once('}').and_then(|(name, after)| Some((told(name)?, after)));
        if let Some((value, after)) = found {
            out += &value;
            rest = after;
        } else {
            out.push('{');
            rest = after;
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::defaults;

    fn with(command: &[&str], environment: &[(&str, &str)]) -> Settings {
        let mut settings = defaults();
        settings.source.host = "old.example".to_owned();
        settings.mover.command = command.iter().map(|part| (*part).to_owned()).collect();
        settings.mover.environment =
            environment.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        settings
    }

    #[test]
    fn a_command_names_servers_and_mailboxes() {
        let settings =
            with(&["sync", "--host1", "{source.host}:{source.port}", "{account}", "{\"a\":1}"], &[]);
        settings.mover.check().unwrap();
        assert_eq!(
            settings.program_command(),
            ["sync", "--host1", "old.example:7071", "{account}", "{\"a\":1}"]
        );
    }

    #[test]
    fn a_password_goes_into_a_variable_and_nowhere_else() {
        let settings = with(&["sync"], &[("PW", "x{source.password}")]);
        settings.mover.check().unwrap();
        assert_eq!(settings.mover.passwords_wanted().collect::<Vec<_>>(), [Side::Source]);
        let passwords = BTreeMap::from([(Side::Source, SecretString::from("secret"))]);
        assert_eq!(settings.program_environment(&passwords)["PW"].expose_secret(), "xsecret");
        for (command, told) in [
            (&["sync", "{source.password}"][..], "mover.environment"),
            (&["sync", "{source.hots}"], "stands for nothing"),
            (&["{account}"], "cannot stand here"),
        ] {
            let error = with(command, &[]).mover.check().unwrap_err().to_string();
            assert!(error.contains(told) && error.contains("mover.command"), "{error}");
        }
        let error = with(&[], &[("A", "{account}")]).mover.check().unwrap_err().to_string();
        assert!(error.contains("ZMPACE_ACCOUNT"), "{error}");
    }

    #[test]
    fn progress_needs_a_group_to_read() {
        let mut settings = with(&["sync"], &[]);
        for (pattern, good) in [("msg (?<items>[0-9]+)", true), ("(", false), ("[0-9]+", false), ("", true)] {
            settings.mover.progress = pattern.to_owned();
            assert_eq!(settings.mover.check().is_ok(), good, "{pattern}");
        }
    }
}
