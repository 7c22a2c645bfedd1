//! What carries mailboxes, as the settings say: our own relay, or an outside program between the same two servers.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Ended, Exit, verbs::Errand};
use crate::{
    settings::{Compare, Settings, Surroundings, secrets},
    zimbra::{
        command::{Outside, Program, Variables},
        transfer::Relay,
    },
};

/// The errand of moving mailboxes.
///
/// # Errors
/// A program that is not there, a password that cannot be had.
pub fn errand(settings: &Settings, around: &Surroundings, relay: Arc<Relay>) -> Result<Errand, Ended> {
    let errand = Errand::by(Arc::clone(&relay));
    let command = settings.program_command();
    let Some(name) = command.first() else { return Ok(errand) };
    if !is_there(name, around) {
        return Err(Ended::new(
            Exit::Usage,
            format!("setting `mover.command`: there is no program {name}; install it or give its whole path"),
        ));
    }
    let program = Program {
        command,
        variables: Box::new(variables(settings, around)?),
        progress: settings.mover.pattern()?,
        busy: settings.mover.busy_exits.clone(),
        permanent: settings.mover.permanent_exits.clone(),
        mail_only: settings.mover.compare == Compare::Mail,
        stall: settings.mover.stall_timeout,
        notes: Path::new(&settings.state.directory).join("programs"),
    };
    Ok(Errand { mover: Arc::new(Outside::new(relay, program)), ..errand })
}

/// What tells each program its variables: a password changed in its file while the run lasts is the next one's.
fn variables(
    settings: &Settings,
    around: &Surroundings,
) -> Result<impl Fn() -> Variables + Send + Sync + use<>, Ended> {
    let (mut passwords, mut files) = (BTreeMap::new(), Vec::new());
    for side in settings.mover.passwords_wanted() {
        let server = settings.server(side);
        let password = secrets::password(side, server, around)
            .map_err(|error| Ended::new(Exit::Fatal, error.to_string()))?;
        passwords.insert(side, password);
        files.extend(secrets::file(side, server, around).map(|file| (side, file)));
    }
    let (settings, passwords) = (settings.clone(), Mutex::new(passwords));
    Ok(move || {
        let mut passwords = passwords.lock().unwrap_or_else(PoisonError::into_inner);
        for (side, file) in &files {
            // A file that is being written may be empty or away for a moment: then the last one stands.
            let now = secrets::from_file(*side, &file.to_string_lossy());
            passwords.extend(now.ok().map(|password| (*side, password)));
        }
        settings.program_environment(&passwords)
    })
}

/// Whether a program can be found: a path, or a name on the search path.
fn is_there(name: &str, around: &Surroundings) -> bool {
    if name.contains('/') {
        return Path::new(name).is_file();
    }
    let path = around.variable("PATH").unwrap_or("/usr/local/bin:/usr/bin:/bin");
    std::env::split_paths(path).any(|folder| folder.join(name).is_file())
}
