//! `tidegate check`: whether a component does what the contract asks, shown by fixtures.

mod folder;
mod json;
mod text;

use std::path::PathBuf;

use tidegate_kit::fixture::cases;
use tidegate_kit::{CheckReport, check};

use crate::arguments::CheckArguments;
use crate::failure::{Exit, Failure, print_note};
use crate::found::Found;
use crate::progress;
use crate::setup::Setup;
use crate::terminal::Output;

/// What was checked, and what came of it.
struct Checked {
    found: Found,
    fixtures: Option<PathBuf>,
    report: CheckReport,
}

pub async fn run(setup: Setup, arguments: CheckArguments) -> Result<Exit, Failure> {
    let found = Found::find(&setup, &arguments.component).await?;
    let fixtures = match arguments.fixtures {
        Some(folder) => Some(folder::given(folder)?),
        None => folder::of(&found.source),
    };
    if fixtures.is_none() {
        print_note(&format!(
            "without fixtures little can be shown; give those of {} with `--fixtures DIR`",
            found.source
        ));
    }
    let name = &found.component.info().name;
    let cases = fixtures.as_deref().map(|folder| cases(name, folder));
    let cases = cases.unwrap_or_default();
    let errors = cases.iter().filter_map(|case| case.fixture.as_ref().err());
    let errors: Vec<_> = errors.cloned().collect();
    if !errors.is_empty() {
        return Err(Failure::Fixtures(errors));
    }
    let checking = check(&found.component, &cases);
    let report = progress::during(&format!("checking {}", found.source), checking).await;
    let report = report.map_err(|error| Failure::Fixtures(vec![error]))?;
    let passed = report.passed();
    let checked = Checked {
        found,
        fixtures,
        report,
    };
    let mut output = Output::new();
    match arguments.json {
        true => output.line(&format!("{:#}", json::of(&checked)?))?,
        false => output.text(&text::of(&checked))?,
    }
    Ok(match passed {
        true => Exit::Done,
        false => Exit::No,
    })
}
