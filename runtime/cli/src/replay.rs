//! `tidegate replay`: what a component makes of fixtures, or in what two of them differ.

use std::path::Path;

use serde_json::{Value, json};
use similar::{Algorithm, ChangeTag, DiffOp, capture_diff_slices};
use tidegate_host::Component;
use tidegate_kit::fixture::{Case, Fixture, cases};
use tidegate_kit::{Replay, replay};

use crate::arguments::ReplayArguments;
use crate::failure::{Exit, Failure};
use crate::found::Found;
use crate::setup::Setup;
use crate::terminal::Output;

/// Lines that are the same and shown beside those that are not.
const CONTEXT: usize = 2;

pub async fn run(setup: Setup, arguments: ReplayArguments) -> Result<Exit, Failure> {
    let cases = read(&arguments.fixtures)?;
    let name = match arguments.component {
        Some(name) => name,
        None => bundled_beside(&setup, &arguments.fixtures)?,
    };
    let component = Found::find(&setup, &name).await?.component;
    let other = match &arguments.against {
        Some(name) => Some((name, Found::find(&setup, name).await?.component)),
        None => None,
    };
    let mut output = Output::new();
    let mut all_same = true;
    for case in &cases {
        let replayed = played(case, &name, &component).await?;
        let Some((other, component)) = &other else {
            match arguments.json {
                true => output.line(&of(&replayed, &name).to_string())?,
                false => output.text(&text(&replayed, arguments.fixtures.is_dir()))?,
            }
            continue;
        };
        let against = played(case, other, component).await?;
        let same = replayed == against;
        all_same &= same;
        if arguments.json {
            let mut json = of(&replayed, &name);
            json["against"] = of(&against, other);
            json["same"] = same.into();
            output.line(&json.to_string())?;
        } else if !same {
            let differences = differences(&replayed.lines(), &against.lines());
            output.text(&format!(
                "{}\n--- {name}\n+++ {other}\n{differences}",
                case.name
            ))?;
        }
    }
    if other.is_some() && !arguments.json {
        let fixtures = match cases.len() {
            1 => "1 fixture".into(),
            more => format!("{more} fixtures"),
        };
        if all_same {
            output.line(&format!("{fixtures}, the same of both"))?;
        }
    }
    Ok(match all_same {
        true => Exit::Done,
        false => Exit::No,
    })
}

/// A file, or all of a folder; each of them can be read.
fn read(path: &Path) -> Result<Vec<Case>, Failure> {
    let cases = match path.is_dir() {
        true => cases("", path),
        false => vec![Case {
            name: path.file_stem().unwrap_or_default().display().to_string(),
            fixture: Fixture::read(path),
        }],
    };
    let errors: Vec<_> = cases
        .iter()
        .filter_map(|case| case.fixture.as_ref().err())
        .collect();
    if !errors.is_empty() {
        return Err(Failure::Fixtures(errors.into_iter().cloned().collect()));
    }
    if cases.is_empty() {
        return Err(Failure::usage(
            format!("`{}` has no fixtures", path.display()),
            "a fixture is a `.json` file; `runtime/kit/README.md` has its form",
        ));
    }
    let bare = cases.into_iter().map(|case| Case {
        name: case.name.trim_start_matches('/').into(),
        ..case
    });
    Ok(bare.collect())
}

/// The provider whose folder the fixtures are in: `openai` for `guests/openai/fixtures`.
fn bundled_beside(setup: &Setup, path: &Path) -> Result<String, Failure> {
    let path = std::path::absolute(path)?;
    let names = path.ancestors().filter_map(|it| it.file_name()?.to_str());
    let mut bundled = names.filter(|name| setup.environment.bundled_names().any(|it| it == *name));
    bundled
        .next()
        .map(|name| format!("bundled:{name}"))
        .ok_or_else(|| {
            Failure::usage(
                format!("`{}` is in no bundled provider's folder", path.display()),
                "say what is to be played to with `--component`: a `.wasm` file, or `bundled:NAME`",
            )
        })
}

async fn played(case: &Case, name: &str, component: &Component) -> Result<Replay, Failure> {
    replay(case, component).await.map_err(|problem| {
        let text = problem.split("\nhint: ").next().unwrap_or_default();
        Failure::usage(
            format!("`{}` cannot be played to `{name}`: {text}", case.name),
            "its `settings` have to be those of the component",
        )
    })
}

fn of(replay: &Replay, component: &str) -> Value {
    json!({
        "case": replay.case,
        "component": component,
        "requests": replay.requests,
        "events": replay.events,
        "error": replay.error,
    })
}

/// A line for each request and event; under the name of the fixture, where all of a folder is played.
fn text(replay: &Replay, named: bool) -> String {
    let (head, indent) = match named {
        true => (format!("{}\n", replay.case), "  "),
        false => (String::new(), ""),
    };
    let lines = replay.lines().into_iter();
    head + &lines
        .map(|line| format!("{indent}{line}\n"))
        .collect::<String>()
}

/// What only the first has with `-`, what only the second has with `+`, and a little of what both have.
fn differences(first: &[String], second: &[String]) -> String {
    let operations = capture_diff_slices(Algorithm::Myers, first, second);
    let mut text = String::new();
    for group in similar::group_diff_ops(operations, CONTEXT) {
        for operation in group {
            text.extend(lines_of(&operation, first, second));
        }
        text.push('\n');
    }
    text
}

fn lines_of(operation: &DiffOp, first: &[String], second: &[String]) -> Vec<String> {
    let changes = operation.iter_changes(first, second);
    changes
        .map(|change| {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            format!("{sign} {}\n", change.value())
        })
        .collect()
}
