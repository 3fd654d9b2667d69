//! What a guest may be given on the stack of the thread that polls its call.
//!
//! Guests run on stacks of their own, so that one that computes for long can be left in the middle and others
//! get their turn. To change stacks costs little where it is done again and again; in a stream with a chunk
//! now and then, all that is on the other stack has left the core's caches by the time of the next one. Code
//! that the program itself brought is trusted to answer a small input soon, and needs no such stack for it.

use crate::types::*;

/// What the first-party providers take well under a millisecond for.
const SMALL: usize = 64 << 10;

/// Whether a request is small.
pub(crate) fn is_small_operation(operation: &Operation) -> bool {
    match operation {
        Operation::Chat(request) | Operation::CountTokens(request) => is_small(chat(request)),
        Operation::Complete(request) => {
            let TextRequest {
                prompts,
                suffix,
                extra,
                ..
            } = request;
            is_small(prompts.iter().chain(suffix).chain(extra).map(String::len))
        }
        Operation::Embed(request) => {
            let inputs = request.inputs.iter().map(|input| match input {
                EmbedInput::Text(text) => text.len(),
                EmbedInput::Tokens(tokens) => tokens.len() * size_of::<u32>(),
                EmbedInput::Media(media) => source(media),
            });
            is_small(inputs.chain(request.extra.iter().map(String::len)))
        }
        Operation::Rerank(request) => {
            let texts = request.documents.iter().chain([&request.query]);
            is_small(texts.chain(&request.extra).map(String::len))
        }
        Operation::ListModels | Operation::Check => true,
        Operation::Other(other) => is_small([other.json.len()].into_iter()),
    }
}

/// Whether what has happened is small.
pub(crate) fn is_small_input(input: &Input) -> bool {
    match input {
        Input::Response(response) => {
            let headers = response.headers.iter().map(|header| header.value.len());
            is_small(headers.chain(response.body.iter().map(content)))
        }
        Input::Body(bytes) => bytes.len() <= SMALL,
        Input::Frames(frames) => is_small(frames.iter().map(|frame| match frame {
            Frame::Line(line) => line.len(),
            Frame::Event(event) => event.data.len(),
            Frame::Message(message) => content(&message.payload),
        })),
        Input::End | Input::Failed(_) | Input::Elapsed | Input::Again => true,
        Input::Other(other) => other.json.len() <= SMALL,
    }
}

/// Stops at the first that is too much: a large request is not walked through. Every item counts, also an
/// empty one.
fn is_small(sizes: impl Iterator<Item = usize>) -> bool {
    let mut sizes = sizes;
    let sum = sizes.try_fold(0, |sum: usize, size| {
        let sum = sum.saturating_add(size).saturating_add(16);
        (sum <= SMALL).then_some(sum)
    });
    sum.is_some()
}

fn chat(request: &ChatRequest) -> impl Iterator<Item = usize> {
    let parts = request.messages.iter().flat_map(|message| &message.parts);
    let tools = request.tools.iter().map(|tool| match tool {
        Tool::Function(function) => {
            function.parameters.len() + function.description.as_ref().map_or(0, String::len)
        }
        Tool::Other(other) => other.json.len(),
    });
    let format = match &request.response_format {
        Some(ResponseFormat::JsonSchema(schema)) => schema.schema.len(),
        Some(ResponseFormat::Text | ResponseFormat::Json) | None => 0,
    };
    let extra = request.extra.as_ref().map_or(0, String::len);
    parts.map(part).chain(tools).chain([format, extra])
}

fn part(part: &Part) -> usize {
    let metadata = part.metadata.as_ref().map_or(0, String::len);
    let content = match &part.content {
        PartContent::Text(text) | PartContent::Refusal(text) => text.len(),
        PartContent::Image(media) | PartContent::Audio(media) | PartContent::File(media) => {
            source(media)
        }
        PartContent::ToolCall(call) => call.arguments.len(),
        PartContent::ToolResult(result) => result.parts.iter().map(result_part).sum(),
        PartContent::Reasoning(reasoning) => {
            let opaque = reasoning.signature.iter().chain(&reasoning.redacted);
            reasoning.text.len() + opaque.map(String::len).sum::<usize>()
        }
        PartContent::Other(other) => other.json.len(),
    };
    content + metadata
}

fn result_part(part: &ResultPart) -> usize {
    match part {
        ResultPart::Text(text) => text.len(),
        ResultPart::Image(media) | ResultPart::File(media) => source(media),
        ResultPart::Other(other) => other.json.len(),
    }
}

fn source(media: &Media) -> usize {
    match &media.source {
        MediaSource::Bytes(bytes) => bytes.len(),
        MediaSource::Url(text) | MediaSource::Id(text) => text.len(),
    }
}

fn content(content: &Content) -> usize {
    match content {
        Content::Text(text) => text.len(),
        Content::Bytes(bytes) => bytes.len(),
    }
}
