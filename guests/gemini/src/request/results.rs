//! Results of tools: [`functionResponse`](https://ai.google.dev/gemini-api/docs/function-calling).
//!
//! | result | `response` |
//! |---|---|
//! | the text of a JSON object | that object |
//! | any other text | `{"output": "…"}` |
//! | a failure | `{"error": "…"}` |
//!
//! Pictures and files stand in `parts` of the result, for models before Gemini 3 beside it.

use std::borrow::Cow;

use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};
use tidegate_guest::Result;
use tidegate_guest::types::*;

use super::media;
use super::part::{Content, FunctionResponse, Part};
use super::parts::Reader;
use tidegate_guest::Place;

/// The result, and what has to stand beside it.
pub fn read<'a>(
    result: &'a ToolResult,
    messages: &'a [Message],
    place: Place,
    reader: &mut Reader,
) -> Result<(Part<'a>, Vec<Part<'a>>)> {
    let name = result.name.as_deref();
    let Some(name) = name.or_else(|| called(messages, &result.call_id)) else {
        return Err(Error::new(
            ErrorKind::InvalidRequest,
            format!(
                "{place} answers the call `{}`, which is not in the conversation\n\
                 hint: the vendor wants the tool's name with its result",
                result.call_id
            ),
        ));
    };
    let mut text = Cow::Borrowed("");
    let mut media = Vec::new();
    for part in &result.parts {
        match part {
            ResultPart::Text(more) if text.is_empty() => text = more.into(),
            ResultPart::Text(more) => {
                let text = text.to_mut();
                text.push('\n');
                text.push_str(more);
            }
            ResultPart::Image(it) | ResultPart::File(it) => {
                media.push(media::read(it, place, reader.upstream, reader.warnings)?);
            }
            ResultPart::Other(other) => {
                return Err(place.unsupported(format!(
                    "results of the kind `{}` are not known",
                    other.name
                )));
            }
        }
    }
    let (parts, beside) = match reader.model.takes_media_in_results() {
        true => (media, Vec::new()),
        false => (Vec::new(), media),
    };
    let response = FunctionResponse {
        id: &result.call_id,
        name,
        response: response(text, result.is_error)?,
        parts,
    };
    let beside = beside.into_iter().map(Part::from).collect();
    Ok((Content::FunctionResponse(response).into(), beside))
}

fn response(text: Cow<'_, str>, is_error: bool) -> Result<Cow<'_, RawValue>> {
    let wrapped = match (is_error, text) {
        (true, text) => json!({ "error": text }),
        (false, Cow::Borrowed(text)) => match object(text) {
            Some(object) => return Ok(Cow::Borrowed(object)),
            None => json!({ "output": text }),
        },
        (false, text) => json!({ "output": text }),
    };
    let wrapped = to_raw_value(&wrapped)
        .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
    Ok(Cow::Owned(wrapped))
}

/// A text that is a JSON object, as it is written.
pub fn object(text: &str) -> Option<&RawValue> {
    let text = text.trim();
    let object: &RawValue = serde_json::from_str(text).ok()?;
    text.starts_with('{').then_some(object)
}

/// The name of the tool that a call of the conversation was for.
fn called<'a>(messages: &'a [Message], id: &str) -> Option<&'a str> {
    let mut parts = messages.iter().flat_map(|message| &message.parts);
    parts.find_map(|part| match &part.content {
        PartContent::ToolCall(call) if call.id == id => Some(call.name.as_str()),
        _ => None,
    })
}
