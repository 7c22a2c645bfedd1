//! `zmpace lab`: one Zimbra-like server on a modelled machine.

use std::{io::IsTerminal as _, net::SocketAddr};

use super::say;
use crate::{
    cli::{LabArgs, LabRole},
    control::sample::Side,
    lab,
    run::{Ended, Exit},
};

/// `zmpace lab`
///
/// # Errors
/// The machine's file is wrong, or the port is taken.
pub async fn lab(args: LabArgs) -> Result<Exit, Ended> {
    let machine = match &args.machine {
        None => lab::machine::Profile::unlimited(),
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| {
                Ended::new(Exit::Usage, format!("cannot read {}: {error}", path.display()))
            })?;
            lab::machine::Profile::from_toml_str(&text)
                .map_err(|error| Ended::new(Exit::Usage, format!("{}: {error:#}", path.display())))?
        }
    };
    let role = match args.role {
        LabRole::Source => lab::Role::Source,
        LabRole::Destination => lab::Role::Destination,
    };
    let domain = args.domain.clone().unwrap_or_else(|| {
        match args.role {
            LabRole::Source => "old.example",
            LabRole::Destination => "new.example",
        }
        .to_owned()
    });
    let config = lab::Config {
        role,
        listen: args.listen,
        admin_name: format!("admin@{domain}"),
        domain,
        accounts: lab::Population::Generated {
            count: args.accounts,
            giant_bytes: args.giant,
            shape: lab::MailShape::default(),
            empty: args.role == LabRole::Destination,
        },
        seed: args.seed,
        machine,
        speed: args.speed,
        admin_password: args.password.clone(),
        proc_dir: args.proc_dir.clone(),
        ..lab::Config::default()
    };
    let admin = config.admin_name.clone();
    let lab = lab::Lab::start(config)
        .await
        .map_err(|error| Ended::new(Exit::Unclassified, format!("{error:#}")))?;
    say(&lab_text(&lab, &args, &admin, lab.address()));
    let _ = tokio::signal::ctrl_c().await;
    lab.shutdown().await;
    Ok(Exit::Done)
}

fn lab_text(lab: &lab::Lab, args: &LabArgs, admin: &str, address: SocketAddr) -> String {
    let side = match args.role {
        LabRole::Source => Side::Source,
        LabRole::Destination => Side::Destination,
    };
    let hint = if std::io::stdout().is_terminal() { "Ctrl-C ends it. For zmpace.toml:\n" } else { "" };
    format!(
        "# lab server ({side}), seed {}, {} accounts, listening on https://{address}\n{hint}[{side}]\nhost = \"{}\"\nport = {}\nadmin = \"{admin}\"\n\
         fingerprints = [\"{}\"]\nreach = \"local\"\nproc_root = \"{}\"\n",
        args.seed,
        args.accounts,
        address.ip(),
        address.port(),
        lab.fingerprint(),
        lab.proc_dir().display()
    )
}
