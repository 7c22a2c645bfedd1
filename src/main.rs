//! The door: parse, settle, run, exit code.

use std::process::ExitCode;

use clap::Parser;
use zmpace::{
    cli::{Cli, Verb},
    lang::Lang,
    run::{Ended, Exit, bench, demo, simulate, verbs},
    settings::Surroundings,
};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let around = Surroundings {
        variables: std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect(),
        root: std::env::var_os("HOME").is_some_and(|home| home == "/root"),
        lang: cli.lang.as_deref().and_then(Lang::named),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return fail(&Ended::new(Exit::Unclassified, format!("cannot start: {error}")), around.lang());
        }
    };
    let ended = runtime.block_on(async {
        match cli.verb {
            Verb::Check(args) => verbs::check(args, &around).await,
            Verb::Plan(args) => verbs::plan(args, &around).await,
            Verb::Run(args) => verbs::run(args, &around).await,
            Verb::Verify(args) => verbs::verify(args, &around).await,
            Verb::Status(args) => verbs::status(&args, &around),
            Verb::Top(args) => verbs::top(args, &around).await,
            Verb::Ctl(args) => verbs::ctl(&args, &around),
            Verb::Explain(args) => verbs::explain(&args, around.lang()),
            Verb::Retry(args) => verbs::retry(&args, &around),
            Verb::Init(args) => verbs::init(&args, &around).await,
            Verb::ImportConfig(args) => verbs::import(&args, &around),
            Verb::Completions(args) => verbs::completions(&args),
            Verb::Man(args) => verbs::man(&args),
            Verb::Install(args) => verbs::install(&args, &around),
            Verb::Report(args) => verbs::report(&args, &around),
            Verb::Probe(args) => verbs::probe(args, &around).await,
            Verb::Lab(args) => verbs::lab(args).await,
            Verb::Bench(args) => bench::bench(args, &around).await,
            Verb::Demo(args) => demo::demo(args, around.lang()).await,
            Verb::Simulate(args) => simulate::simulate(args),
        }
    });
    // A probe's thread may be waiting on a dead host; nobody needs it any more.
    runtime.shutdown_background();
    match ended {
        Ok(exit) => exit.into(),
        Err(ended) => fail(&ended, around.lang()),
    }
}

fn fail(ended: &Ended, lang: Lang) -> ExitCode {
    eprintln!("zmpace: {}", ended.told(lang));
    ended.exit.into()
}
