//! `tidegate inspect`: what a component is, what it wants, and what it gets.

mod json;
mod text;

use crate::arguments::InspectArguments;
use crate::failure::{Exit, Failure};
use crate::found::Found;
use crate::setup::Setup;
use crate::terminal::Output;

pub async fn run(setup: Setup, arguments: InspectArguments) -> Result<Exit, Failure> {
    let found = Found::find(&setup, &arguments.component).await?;
    let mut output = Output::new();
    match arguments.json {
        true => {
            let json = json::of(&found).map_err(std::io::Error::other)?;
            output.line(&format!("{json:#}"))?;
        }
        false => output.text(&text::of(&found))?,
    }
    Ok(Exit::Done)
}
