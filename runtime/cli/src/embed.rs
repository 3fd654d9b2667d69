//! `tidegate embed`: a vector for each text.

use std::io::IsTerminal as _;

use tidegate_host::json::to_json;
use tidegate_host::types::EmbedRequest;

use crate::arguments::EmbedArguments;
use crate::failure::{Exit, Failure, print_note, print_warning};
use crate::input;
use crate::setup::Setup;
use crate::terminal::Output;

pub async fn run(setup: Setup, arguments: EmbedArguments) -> Result<Exit, Failure> {
    let texts = match arguments.texts.is_empty() {
        false => arguments.texts,
        true if std::io::stdin().is_terminal() => vec![],
        true => {
            let text = input::text().await?;
            let lines = text.lines().filter(|line| !line.is_empty());
            lines.map(Into::into).collect()
        }
    };
    if texts.is_empty() {
        return Err(Failure::usage(
            "there is no text to embed",
            "give texts as arguments, or one to a line on standard input",
        ));
    }
    let mut request = EmbedRequest::new(&arguments.model, texts);
    request.dimensions = arguments.dimensions;
    let (runtime, provider) = setup.runtime_for(&arguments.model).await?;
    setup.begin_call();
    let embeddings = runtime.embed(request).await;
    let embeddings = embeddings.map_err(|error| setup.failed(&provider, error))?;
    let mut output = Output::new();
    if arguments.json {
        output.line(&json(&embeddings)?)?;
        return Ok(Exit::Done);
    }
    for warning in &embeddings.warnings {
        let subject = warning.subject.as_deref().unwrap_or("embed");
        print_warning(&format!("`{subject}`: {}", warning.message));
    }
    for vector in &embeddings.vectors {
        output.line(&json(vector)?)?;
    }
    if let (true, Some(usage)) = (setup.common.verbose, &embeddings.usage) {
        let model = embeddings.model.unwrap_or_default();
        print_note(&format!("{model}, {}", crate::chat::show_usage(usage)));
    }
    Ok(Exit::Done)
}

fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, Failure> {
    match to_json(value) {
        Ok(json) => Ok(json.to_string()),
        Err(error) => Err(std::io::Error::other(error).into()),
    }
}
