//! `tidegate completions`: what a shell needs to complete command lines.

use clap::CommandFactory as _;

use crate::arguments::{Arguments, CompletionsArguments};
use crate::failure::{Exit, Failure};
use crate::terminal::Output;

pub fn run(arguments: &CompletionsArguments) -> Result<Exit, Failure> {
    let mut script = vec![];
    let mut command = Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "tidegate", &mut script);
    Output::new().text(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
