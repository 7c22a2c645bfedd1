//! `zmpace completions` and `zmpace man`: what a package installs beside the program, made from the program itself.

use std::{fmt::Write as _, fs, io::Write as _, path::Path};

use clap::CommandFactory as _;

use crate::{
    cli::{Cli, CompletionsArgs, ManArgs},
    run::{Ended, Exit},
    settings::DEFAULT_PROFILE,
};

/// `zmpace completions`
///
/// # Errors
/// None: a closed standard output is nobody's loss.
pub fn completions(args: &CompletionsArgs) -> Result<Exit, Ended> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "zmpace", &mut script);
    let _ = std::io::stdout().write_all(&script);
    Ok(Exit::Done)
}

/// `zmpace man`: `zmpace.1`, a page for each verb, and `zmpace.toml.5`.
///
/// # Errors
/// The folder cannot be written.
pub fn man(args: &ManArgs) -> Result<Exit, Ended> {
    let Some(folder) = &args.folder else {
        let mut page = Vec::new();
        let _ = clap_mangen::Man::new(Cli::command()).render(&mut page);
        let _ = std::io::stdout().write_all(&page);
        return Ok(Exit::Done);
    };
    write_pages(folder).map_err(|error| {
        Ended::new(Exit::Space, format!("cannot write manual pages into {}: {error}", folder.display()))
    })?;
    Ok(Exit::Done)
}

fn write_pages(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    clap_mangen::generate_to(Cli::command(), folder)?;
    fs::write(folder.join("zmpace.toml.5"), settings_page(DEFAULT_PROFILE))
}

/// The settings as a page of section 5: the default profile, every line of it.
fn settings_page(profile: &str) -> String {
    let mut page = ".TH zmpace.toml 5 zmpace zmpace \"File formats\"\n.SH NAME\nzmpace.toml \\- settings of zmpace(1)\n\
        .SH DESCRIPTION\nThis is every setting with its default and the reason for it. A settings file names only what \
        differs. \\fBzmpace\\fR looks for \\fB\\-\\-config\\fR, \\fB$ZMPACE_CONFIG\\fR, \\fI./zmpace.toml\\fR, \
        \\fI~/.config/zmpace/config.toml\\fR, \\fI/etc/zmpace/zmpace.toml\\fR; a variable such as \\fB$ZMPACE_SOURCE_HOST\\fR \
        goes over the file, \\fB\\-\\-set\\fR over that.\n.SH SETTINGS\n.nf\n"
        .to_owned();
    for line in profile.lines() {
        let _ = writeln!(page, "{}", escaped(line));
    }
    page + ".fi\n.SH SEE ALSO\nzmpace(1)\n"
}

/// A line that roff shows as it is.
fn escaped(line: &str) -> String {
    let line = line.replace('\\', "\\e").replace('-', "\\-");
    if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line }
}
