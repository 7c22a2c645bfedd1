//! `zmpace import-config`: zmztozmig's configuration becomes a settings file of ours.

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use crate::{
    cli::ImportArgs,
    lang::tell,
    run::{Ended, Exit},
    settings::{
        Surroundings,
        zmztozmig::{accounts_file, translate},
    },
};

/// `zmpace import-config`
///
/// # Errors
/// A file that cannot be read, or one that would be overwritten.
pub fn import(args: &ImportArgs, around: &Surroundings) -> Result<Exit, Ended> {
    let lang = around.lang();
    let bytes = std::fs::read(&args.file)
        .map_err(|error| Ended::new(Exit::Usage, format!("cannot read {}: {error}", args.file.display())))?;
    let output = std::path::absolute(&args.output).unwrap_or_else(|_| args.output.clone());
    let list = accounts_file(&output);
    let out = translate(&String::from_utf8_lossy(&bytes), &output, lang);
    let wanted = [(&output, out.toml.clone()), (&list, out.accounts.join("\n") + "\n")];
    let wanted = if out.accounts.is_empty() { &wanted[..1] } else { &wanted[..] };
    // Both are looked at before one is written: nothing is left half done.
    if let Some((there, _)) = wanted.iter().find(|(path, _)| path.exists() && !args.force) {
        return Err(in_the_way(there));
    }
    for (path, text) in wanted {
        write(path, text, args.force)?;
    }
    let (path, list) = (args.output.display().to_string(), list.display().to_string());
    let command = format!("zmpace plan --config {path}");
    let written = match out.accounts.len() {
        0 => tell!(lang, "init-written", path = path),
        accounts => tell!(lang, "import-written", path = path, list = list, accounts = accounts),
    };
    let mut said = vec![written];
    said.extend(out.notes.iter().map(|note| format!("- {note}")));
    let next = tell!(lang, "import-next", command = command);
    said.push(tell!(lang, "sum-next", next = next));
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
            ErrorKind::AlreadyExists => return in_the_way(path),
            _ => error.to_string(),
        };
        Ended::new(Exit::Usage, format!("cannot write {}: {why}", path.display()))
    })
}

fn in_the_way(path: &Path) -> Ended {
    let path = path.display();
    Ended::new(
        Exit::Usage,
        format!("cannot write {path}: it exists; --force overwrites it, -o names another"),
    )
}
