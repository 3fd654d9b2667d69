//! `tidegate swap` and `tidegate rollback`: another version of a provider, in a process that serves.

use std::io;
use std::path::Path;

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::arguments::{Common, RollbackArguments, SwapArguments};
use crate::failure::{Exit, Failure, print_note};
use crate::remote::Remote;
use crate::terminal::Output;

/// Larger files are no components.
const LARGEST: u64 = 1 << 30;

pub async fn swap(common: Common, arguments: SwapArguments) -> Result<Exit, Failure> {
    let SwapArguments {
        provider,
        component,
        admin,
    } = arguments;
    let remote = Remote::new(&common, &admin)?;
    let request = remote.provider(Method::PUT, &provider, None);
    let request = match component.starts_with("bundled:") {
        true => request
            .header(CONTENT_TYPE, "application/json")
            .body(json!({ "component": component }).to_string()),
        false => request
            .header(CONTENT_TYPE, "application/wasm")
            .body(read(Path::new(&component))?),
    };
    let what = format!("swapping {provider}");
    print(&remote.answer(&what, request).await?, admin.json)
}

pub async fn rollback(common: Common, arguments: RollbackArguments) -> Result<Exit, Failure> {
    let RollbackArguments { provider, admin } = arguments;
    let remote = Remote::new(&common, &admin)?;
    let request = remote.provider(Method::POST, &provider, Some("rollback"));
    let what = format!("rolling back {provider}");
    print(&remote.answer(&what, request).await?, admin.json)
}

fn print(answer: &Value, json: bool) -> Result<Exit, Failure> {
    let mut output = Output::new();
    if json {
        output.line(&format!("{answer:#}"))?;
        return Ok(Exit::Done);
    }
    let provider = answer["provider"].as_str().unwrap_or_default();
    if answer["changed"] == false {
        print_note(&format!(
            "provider `{provider}` runs that component already"
        ));
        return Ok(Exit::Done);
    }
    let version = |side: &str| {
        let version = &answer[side];
        let digest = version["digest"].as_str().unwrap_or_default();
        let digest: String = digest
            .trim_start_matches("sha256:")
            .chars()
            .take(12)
            .collect();
        let component = version["component"].as_str().unwrap_or_default();
        format!("version {}, {component} ({digest})", version["version"])
    };
    output.line(&format!("provider {provider}"))?;
    output.line(&format!("  was  {}", version("old")))?;
    output.line(&format!("  is   {}", version("new")))?;
    Ok(Exit::Done)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let shown = path.display();
    let wrong = |problem: String| {
        Failure::usage(
            format!("`{shown}` {problem}"),
            "give the path of a `.wasm` file, or `bundled:NAME`",
        )
    };
    let unreadable = |error: io::Error| wrong(format!("cannot be read: {error}"));
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    match metadata.is_file() && metadata.len() <= LARGEST {
        true => std::fs::read(path).map_err(unreadable),
        false => Err(wrong("is no component".into())),
    }
}
