//! What is known of each side, and the commented settings file it makes; no secret is ever in it. Pure.

use std::fmt::Write as _;

/// One side, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub host: String,
    pub port: u16,
    pub admin: String,
    pub password_file: String,
    pub fingerprint: String,
    pub reach: String,
    pub ssh_user: String,
}

impl Default for Given {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 7071,
            admin: String::new(),
            password_file: String::new(),
            fingerprint: String::new(),
            reach: "ssh".to_owned(),
            ssh_user: "zimbra".to_owned(),
        }
    }
}

impl Given {
    /// The first thing that must be known and is not.
    pub const fn missing(&self) -> Option<&'static str> {
        if self.host.is_empty() {
            Some("host")
        } else if self.admin.is_empty() {
            Some("admin")
        } else {
            None
        }
    }
}

/// The settings file for source and destination; `state` is where the journal is, when whoever types must find
/// that of a service.
pub fn text(sides: &[Given; 2], state: Option<&str>) -> String {
    let mut out =
        "# Settings of zmpace. Every other setting, its default and the reason for it: zmpace.toml(5).\n"
            .to_owned();
    for (table, what, given) in [("source", "read from", &sides[0]), ("destination", "written to", &sides[1])]
    {
        let _ = write!(
            out,
            "\n[{table}] # the server mailboxes are {what}\nhost = {}\nport = {}\nadmin = {} # without second factor\n",
            quoted(&given.host),
            given.port,
            quoted(&given.admin)
        );
        if given.password_file.is_empty() {
            let variable = table.to_uppercase();
            let _ = writeln!(
                out,
                "# password_file = \"/etc/zmpace/{table}.pw\" # or $ZMPACE_{variable}_PASSWORD, or a prompt"
            );
        } else {
            let _ = writeln!(out, "password_file = {} # first line = password", quoted(&given.password_file));
        }
        if !given.fingerprint.is_empty() {
            let _ = writeln!(
                out,
                "fingerprints = [{}] # SHA-256 of its own certificate",
                quoted(&given.fingerprint)
            );
        }
        let _ = writeln!(out, "reach = {} # how its machine is read: ssh, local, none", quoted(&given.reach));
        if given.reach == "ssh" {
            let _ = writeln!(out, "ssh_user = {} # any that may read /proc", quoted(&given.ssh_user));
        }
    }
    out += "\n[state] # where the journal is; a service keeps it in /var/lib/zmpace\n";
    let _ = match state {
        Some(folder) => writeln!(out, "directory = {} # what is typed finds it too", quoted(folder)),
        None => writeln!(out, "# directory = \"/var/lib/zmpace\" # for what is typed beside a service"),
    };
    out + "\n[hours] # when mailboxes may be moved; empty = always\n# window = \"Mon-Fri 22:00-05:30; Sat-Sun 00:00-24:00\"\n# timezone = \"Asia/Jakarta\"\n"
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings;

    #[test]
    fn what_is_written_is_read_back() {
        let source = Given {
            host: "old \"quoted\" \\ host".to_owned(),
            admin: "admin@old.example".to_owned(),
            fingerprint: "AB:CD".to_owned(),
            ..Given::default()
        };
        let destination = Given {
            host: "new".to_owned(),
            port: 7072,
            reach: "none".to_owned(),
            password_file: "d.pw".to_owned(),
            ..Given::default()
        };
        assert_eq!((source.missing(), destination.missing()), (None, Some("admin")));
        let settings = settings::of_text(&text(&[source.clone(), destination.clone()], None)).unwrap();
        assert_eq!(settings.state.directory, "");
        let named =
            settings::of_text(&text(&[source.clone(), destination], Some("/var/lib/zmpace"))).unwrap();
        assert_eq!(named.state.directory, "/var/lib/zmpace");
        assert_eq!(
            (settings.source.host, settings.source.fingerprints),
            (source.host, vec!["AB:CD".to_owned()])
        );
        assert_eq!((settings.destination.port, settings.destination.password_file.as_str()), (7072, "d.pw"));
    }
}
