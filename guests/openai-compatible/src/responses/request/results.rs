//! What tools answered.

use tidegate_guest::types::{ChatRequest, PartContent, ResultPart, ToolResult};

use super::content::{Content, Piece};
use super::item::Known;
use super::tools::is_custom;
use crate::request::unknown_part;
use crate::warnings::Warnings;

/// Translates a result.
pub fn result<'a>(
    result: &'a ToolResult,
    request: &'a ChatRequest,
    warnings: &mut Warnings,
) -> Known<'a> {
    if result.is_error {
        warnings.add(
            "messages.parts.tool-result.is-error",
            "this API has no mark for a tool that failed; its text is all the model sees",
        );
    }
    let pieces = result.parts.iter().filter_map(|part| match part {
        ResultPart::Text(text) => Some(Piece::InputText { text }),
        ResultPart::Image(media) => Some(Piece::image(media)),
        ResultPart::File(media) => Some(Piece::file(media)),
        ResultPart::Other(other) => {
            unknown_part(&other.name, warnings);
            None
        }
    });
    let output = Content::of(pieces.collect());
    let call_id = result.call_id.as_str();
    match called(result, request).is_some_and(|name| is_custom(name, &request.tools)) {
        true => Known::CustomToolCallOutput { call_id, output },
        false => Known::FunctionCallOutput { call_id, output },
    }
}

/// The name of the tool that gave a result.
fn called<'a>(result: &'a ToolResult, request: &'a ChatRequest) -> Option<&'a str> {
    let parts = request.messages.iter().flat_map(|message| &message.parts);
    let mut calls = parts.filter_map(|part| match &part.content {
        PartContent::ToolCall(call) => Some(call),
        _ => None,
    });
    match &result.name {
        Some(name) => Some(name),
        None => {
            let call = calls.find(|call| call.id == result.call_id)?;
            Some(&call.name)
        }
    }
}
