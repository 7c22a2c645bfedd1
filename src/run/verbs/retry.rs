//! `zmpace retry`: failed and incomplete mailboxes go back among those not yet moved.

use std::path::Path;

use super::say;
use crate::{
    cli::RetryArgs,
    control::{code::Code, event::AccountState},
    journal::Journal,
    lang::{Lang, tell},
    run::{Ended, Exit, clock::Clock, night::journal_failed},
    settings::{self, Surroundings},
    ui::words::{count, tame},
};

/// `zmpace retry`
///
/// # Errors
/// There is no journal, a run holds it, or no mailbox has that code.
pub fn retry(args: &RetryArgs, around: &Surroundings) -> Result<Exit, Ended> {
    let settings = settings::load(&args.common, around)?;
    let directory = Path::new(&settings.state.directory);
    let lost = |error| journal_failed(&error);
    // Looking first: opening for writing would make a journal where there is none.
    let failures = Journal::read(directory).and_then(|reader| reader.failures()).map_err(lost)?;
    let code = |cause: Option<&crate::journal::Cause>| {
        cause.map_or(Code::Differs.name(), |cause| cause.code.as_str()).to_owned()
    };
    let mut codes: Vec<String> = failures.iter().map(|row| code(row.cause.as_ref())).collect();
    codes.sort_unstable();
    codes.dedup();
    if let Some(wrong) = args.cause.iter().find(|cause| !codes.contains(cause)) {
        let there = if codes.is_empty() { "none".to_owned() } else { codes.join(", ") };
        let wrong = tame(wrong);
        return Err(Ended::new(
            Exit::Usage,
            format!("--cause: no mailbox has the code `{wrong}`; there are: {there}"),
        ));
    }
    let mut journal = Journal::open(directory).map_err(lost)?;
    let at = Clock::start(1.0).now();
    let mut back = 0;
    for row in &failures {
        if args.cause.is_empty() || args.cause.contains(&code(row.cause.as_ref())) {
            journal.record(at, row.id, AccountState::Waiting, None).map_err(lost)?;
            back += 1;
        }
    }
    journal.close().map_err(lost)?;
    say(&told(back, settings.show.lang()));
    Ok(Exit::Done)
}

fn told(back: u64, lang: Lang) -> String {
    if back == 0 {
        return tell!(lang, "retry-none") + "\n";
    }
    let told = tell!(lang, "retry-back", number = back, shown = count(back));
    format!("{told}; {}\n", tell!(lang, "sum-next", next = "zmpace run"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_several_are_told_in_either_language() {
        assert_eq!(told(1, Lang::En), "1 mailbox put back; next: zmpace run\n");
        assert_eq!(told(1200, Lang::En), "1,200 mailboxes put back; next: zmpace run\n");
        assert_eq!(told(1, Lang::Id), "1 mailbox dikembalikan; berikutnya: zmpace run\n");
        assert_eq!(told(0, Lang::Id), "tidak ada yang gagal: tidak ada mailbox yang perlu dikembalikan\n");
    }
}
