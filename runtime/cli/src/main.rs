//! `tidegate`: providers on the command line.

// Reading order: what can be asked for, how it is done, what it is done with, what is beneath.
mod arguments;

mod demo;

mod serve;

mod status;
mod swap;

mod chat;
mod embed;
mod models;

mod check_config;

mod providers;

mod check;
mod record;
mod replay;

mod inspect;

mod allows;

mod completions;

mod remote;

mod found;

mod setup;

mod loaded;

mod unconfigured;

mod log;
mod progress;

mod input;

mod table;
mod terminal;

mod interrupt;

mod failure;

mod journal;

mod allocator;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Command};
use failure::{Exit, Failure};
use interrupt::Interrupt;
use log::Logs;
use setup::Setup;

fn main() -> ExitCode {
    let Arguments { common, command } = Arguments::parse();
    let verbose = common.verbose;
    let json = command.wants_json();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::Output);
    let outcome = runtime.and_then(|runtime| {
        let mut logs = Logs::default();
        let outcome = runtime.block_on(run(common, command, &mut logs));
        // Needs the runtime, to send what is left.
        logs.end();
        // A compilation that is no longer wanted, or a read of standard input, may never end.
        runtime.shutdown_background();
        outcome
    });
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => {
            if json {
                failure.print_json();
            }
            failure.report(verbose)
        }
    }
}

async fn run(
    common: arguments::Common,
    command: Command,
    logs: &mut Logs,
) -> Result<Exit, Failure> {
    // What serves is told by its configuration how to log; a command logs for whoever looks at it.
    let config = match &command {
        Command::Serve(_) => setup::configuration(&common)?,
        _ => Default::default(),
    };
    let (telemetry, client) = match &config.1 {
        Some(config) => (config.telemetry.clone(), config.client.clone()),
        None => Default::default(),
    };
    let filter = common.log.as_deref().or(command.quiet());
    *logs = log::start(filter, &telemetry, &client)?;
    let mut interrupt = Interrupt::new()?;
    match command {
        Command::Demo => interrupt.ends(demo::run()).await,
        // Alone in deciding what an interruption means: it may end an answer, not the conversation.
        Command::Chat(arguments) => chat::run(Setup::new(common)?, arguments, interrupt).await,
        // Decides by itself too: the first interruption lets what is under way end.
        Command::Serve(arguments) => serve::run(common, arguments, interrupt).await,
        Command::Swap(arguments) => interrupt.ends(swap::swap(common, arguments)).await,
        Command::Rollback(arguments) => interrupt.ends(swap::rollback(common, arguments)).await,
        Command::Status(arguments) => interrupt.ends(status::run(common, arguments)).await,
        Command::Embed(arguments) => {
            let setup = Setup::new(common)?;
            interrupt.ends(embed::run(setup, arguments)).await
        }
        Command::Models(arguments) => {
            let setup = Setup::new(common)?;
            interrupt.ends(models::run(setup, arguments)).await
        }
        Command::Providers(arguments) => {
            let setup = Setup::new(common)?;
            interrupt.ends(providers::run(setup, arguments)).await
        }
        Command::Inspect(arguments) => {
            let setup = Setup::new(common)?;
            interrupt.ends(inspect::run(setup, arguments)).await
        }
        Command::Check(arguments) => {
            let setup = Setup::new(common)?;
            interrupt.ends(check::run(setup, arguments)).await
        }
        Command::Record(arguments) => {
            let setup = Setup::new(common)?;
            interrupt.ends(record::run(setup, arguments)).await
        }
        Command::Replay(arguments) => {
            let setup = Setup::new(common)?;
            interrupt.ends(replay::run(setup, arguments)).await
        }
        Command::Allows(arguments) => interrupt.ends(allows::run(common, arguments)).await,
        Command::CheckConfig(arguments) => {
            interrupt.ends(check_config::run(common, arguments)).await
        }
        Command::Completions(arguments) => completions::run(&arguments),
    }
}
