//! `tidegate status`: the providers of a process that serves.

use reqwest::Method;
use serde_json::Value;

use crate::arguments::{Common, StatusArguments};
use crate::failure::{Exit, Failure};
use crate::remote::Remote;
use crate::table::columns;
use crate::terminal::Output;

pub async fn run(common: Common, arguments: StatusArguments) -> Result<Exit, Failure> {
    let remote = Remote::new(&common, &arguments.admin)?;
    let request = remote.request(Method::GET, ["admin", "providers"]);
    let answer = remote.answer("asking", request).await?;
    let mut output = Output::new();
    if arguments.admin.json {
        output.line(&format!("{answer:#}"))?;
        return Ok(Exit::Done);
    }
    let heading = [
        "provider",
        "state",
        "version",
        "from",
        "calls",
        "breaker",
        "component",
    ];
    let providers = answer["providers"].as_array().into_iter().flatten();
    let rows: Vec<[String; 7]> = std::iter::once(heading.map(Into::into))
        .chain(providers.map(row))
        .collect();
    output.text(&columns(&rows, ""))?;
    Ok(Exit::Done)
}

fn row(provider: &Value) -> [String; 7] {
    let text = |value: &Value| match value.as_str() {
        Some(text) => text.to_owned(),
        None => value.to_string(),
    };
    [
        text(&provider["name"]),
        text(&provider["state"]),
        text(&provider["version"]),
        text(&provider["source"]),
        text(&provider["calls"]),
        text(&provider["breaker"]["state"]),
        text(&provider["component"]),
    ]
}
