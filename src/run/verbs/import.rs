//! `zmpace import-config`: zmztozmig's configuration becomes a settings file of ours.

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use crate::{
    cli::ImportArgs,
    run::{Ended, Exit},
    settings::zmztozmig::translate,
};

/// `zmpace import-config`
///
/// # Errors
/// A file that cannot be read, or one that would be overwritten.
pub fn import(args: &ImportArgs) -> Result<Exit, Ended> {
    let bytes = std::fs::read(&args.file)
        .map_err(|error| Ended::new(Exit::Usage, format!("cannot read {}: {error}", args.file.display())))?;
    let list = args.output.with_extension("accounts");
    let out = translate(&String::from_utf8_lossy(&bytes), &list.to_string_lossy());
    write(&args.output, &out.toml, args.force)?;
    if !out.accounts.is_empty() {
        write(&list, &(out.accounts.join("\n") + "\n"), args.force)?;
    }
    let list = match out.accounts.len() {
        0 => String::new(),
        count => format!(" and {} ({count} accounts)", list.display()),
    };
    let mut said = vec![format!("written: {}{list}", args.output.display())];
    said.extend(out.notes.iter().map(|note| format!("- {note}")));
    said.push(format!(
        "next: write both password files, then zmpace plan --config {}",
        args.output.display()
    ));
    eprintln!("{}", said.join("\n"));
    Ok(Exit::Done)
}

/// Never over what is there, unless that is wanted.
pub(super) fn write(path: &Path, text: &str, force: bool) -> Result<(), Ended> {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    if force {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    options.open(path).and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| {
        let why = match error.kind() {
            ErrorKind::AlreadyExists => "it exists; --force overwrites it, -o names another".to_owned(),
            _ => error.to_string(),
        };
        Ended::new(Exit::Usage, format!("cannot write {}: {why}", path.display()))
    })
}
