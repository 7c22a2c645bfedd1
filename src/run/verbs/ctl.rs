//! `zmpace ctl`: one order to the running migration of a state folder.

use std::path::Path;

use super::say;
use crate::{
    cli::CtlArgs,
    run::{
        Ended, Exit,
        hand::{
            parse,
            socket::{self, Unheard},
        },
    },
    settings::{self, Surroundings},
    ui::words::tame,
};

/// `zmpace ctl`
///
/// # Errors
/// No such order, nobody to give it to, or a refusal.
pub fn ctl(args: &CtlArgs, around: &Surroundings) -> Result<Exit, Ended> {
    let words: Vec<&str> = args.order.iter().map(String::as_str).collect();
    parse(&words).map_err(|cause| Ended::new(Exit::Usage, format!("ctl: {cause}")))?;
    let settings = settings::load(&args.common, around)?;
    let state = Path::new(&settings.state.directory);
    match socket::call(state, &words.join(" ")) {
        Ok(text) => {
            let lines: Vec<String> = text.lines().map(tame).collect();
            say(&(lines.join("\n") + "\n"));
            Ok(Exit::Done)
        }
        Err(unheard) => Err(nobody_hears(state, unheard)),
    }
}

/// Why a run cannot be spoken to, and what to type.
pub(super) fn nobody_hears(state: &Path, unheard: Unheard) -> Ended {
    let text = match unheard {
        Unheard::Refused(cause) => cause,
        Unheard::Nobody => format!(
            "no run listens in {}\nnext: zmpace status (where it stands), zmpace run (to begin), or --state-dir for another folder",
            state.display()
        ),
        Unheard::Failed(error) => {
            let path = socket::path_in(state);
            format!("{}: {error}\nnext: give the order as the user who runs zmpace", path.display())
        }
    };
    Ended::new(Exit::Refused, text)
}
