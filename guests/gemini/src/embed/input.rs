//! What all ways have in common: the inputs, and what the vectors are to be.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use tidegate_guest::Result;
use tidegate_guest::types::*;

use crate::request::{Place, SentPart, read_media};
use crate::upstream::Upstream;
use tidegate_guest::Warnings;

/// What is wanted of every input.
pub struct Wanted<'a> {
    pub model: &'a str,
    pub dimensions: Option<u32>,
    pub task: Option<&'a str>,
    extra: Option<&'a str>,
}

/// An input as a turn of a conversation.
#[derive(Serialize)]
pub struct Content<'a> {
    parts: [SentPart<'a>; 1],
}

impl<'a> Wanted<'a> {
    /// Reads what was asked for.
    pub fn read(request: &'a EmbedRequest, warnings: &mut Warnings) -> Self {
        if request.user.is_some() {
            warnings.add("user", "the vendor knows no end users");
        }
        let mut task = request.purpose.as_deref().map(task);
        let told = task.is_some() && !request.model.ends_with("embedding-001");
        if told && request.model.contains("gemini-embedding-") {
            // It would be ignored: the model reads its task in the input.
            warnings.add(
                "purpose",
                "this model is told what its vectors are for in the input: `task: search result | query: …`",
            );
            task = None;
        }
        Wanted {
            model: &request.model,
            dimensions: request.dimensions,
            task,
            extra: request.extra.as_deref(),
        }
    }

    /// The members of a body, with those of `extra` where there is none of ours.
    pub fn with_extra(&self, ours: &impl Serialize) -> Result<BTreeMap<String, Box<RawValue>>> {
        let internal =
            |error: serde_json::Error| Error::new(ErrorKind::Internal, error.to_string());
        let mut members: BTreeMap<String, Box<RawValue>> = match self.extra {
            None => BTreeMap::new(),
            Some(extra) => serde_json::from_str(extra).map_err(|error| {
                Error::new(
                    ErrorKind::InvalidRequest,
                    format!("`extra` must be a JSON object: {error}"),
                )
            })?,
        };
        if members.contains_key("model") {
            return Err(Error::new(
                ErrorKind::InvalidRequest,
                "`model` cannot be set by `extra`",
            ));
        }
        let ours = to_raw_value(ours).map_err(internal)?;
        let ours: BTreeMap<String, Box<RawValue>> =
            serde_json::from_str(ours.get()).map_err(internal)?;
        members.extend(ours);
        Ok(members)
    }
}

/// The input of this number.
pub fn content<'a>(
    input: &'a EmbedInput,
    number: usize,
    upstream: &Upstream,
) -> Result<Content<'a>> {
    let part = match input {
        EmbedInput::Media(media) => {
            // A file name says nothing to a model that makes vectors.
            let place = Place::input(number);
            read_media(media, place, upstream, &mut Warnings::default())?.into()
        }
        input => SentPart::text(text(input, number)?),
    };
    Ok(Content { parts: [part] })
}

/// The text of the input of this number.
pub fn text(input: &EmbedInput, number: usize) -> Result<Cow<'_, str>> {
    match input {
        EmbedInput::Text(text) => Ok(text.into()),
        EmbedInput::Tokens(_) => {
            Err(Place::input(number).unsupported("the vendor takes no tokens"))
        }
        EmbedInput::Media(_) => {
            Err(Place::input(number).unsupported("this model takes text alone"))
        }
    }
}

/// [Task types](https://ai.google.dev/gemini-api/docs/embeddings#task-types).
fn task(purpose: &str) -> &str {
    match purpose {
        "query" => "RETRIEVAL_QUERY",
        "document" => "RETRIEVAL_DOCUMENT",
        "classification" => "CLASSIFICATION",
        "clustering" => "CLUSTERING",
        vendors => vendors,
    }
}
