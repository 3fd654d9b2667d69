//! What a guest may be given on the stack of the thread that polls its call.
//!
//! Guests run on stacks of their own, so that one that computes for long can be left in the middle and others
//! get their turn. To change stacks costs little where it is done again and again; in a stream with a chunk
//! now and then, all that is on the other stack has left the core's caches by the time of the next one. Code
//! that the program itself brought is trusted to answer a small input soon, and needs no such stack for it.

use crate::types::*;

/// What the first-party providers take well under a millisecond for.
const SMALL: usize = 64 << 10;

/// What an item weighs beside its text.
const ITEM: usize = 16;

/// Whether a request is small.
pub(crate) fn is_small_operation(operation: &Operation) -> bool {
    match operation {
        Operation::Chat(request) | Operation::CountTokens(request) => is_small(chat(request)),
        Operation::Complete(request) => {
            let TextRequest {
                prompts,
                suffix,
                extra,
                user,
                ..
            } = request;
            let texts = prompts.iter().chain(suffix).chain(extra).chain(user);
            is_small(texts.chain(&request.sampling.stop).map(String::len))
        }
        Operation::Embed(request) => {
            let inputs = request.inputs.iter().map(|input| match input {
                EmbedInput::Text(text) => text.len(),
                EmbedInput::Tokens(tokens) => tokens.len() * size_of::<u32>(),
                EmbedInput::Media(media) => source(media),
            });
            let texts = request.extra.iter().chain(&request.user);
            is_small(inputs.chain(texts.map(String::len)))
        }
        Operation::Rerank(request) => {
            let texts = request.documents.iter().chain([&request.query]);
            is_small(texts.chain(&request.extra).map(String::len))
        }
        Operation::ListModels | Operation::Check => true,
        Operation::Other(other) => is_small([other.json.len()].into_iter()),
    }
}

/// The size of what has happened; `None` where that is much. `given` is what the guest was given before of the
/// same request's answers: it may have kept all of it for the end.
pub(crate) fn small_input(input: &Input, given: usize) -> Option<usize> {
    match input {
        Input::Response(response) => {
            let headers = response.headers.iter().map(header);
            small(headers.chain(response.body.iter().map(content)))
        }
        Input::Body(bytes) => small([bytes.len()].into_iter()),
        Input::Frames(frames) => small(frames.iter().map(|frame| match frame {
            Frame::Line(line) => line.len(),
            Frame::Event(event) => {
                let names = event.event.iter().chain(&event.id);
                event.data.len() + names.map(String::len).sum::<usize>()
            }
            Frame::Message(message) => {
                let headers = message.headers.iter().map(header);
                content(&message.payload) + headers.sum::<usize>()
            }
        })),
        Input::End | Input::Failed(_) => (given <= SMALL).then_some(0),
        Input::Elapsed | Input::Again => Some(0),
        Input::Other(other) => small([other.json.len()].into_iter()),
    }
}

/// Stops at the first that is too much: a large request is not walked through. Every item counts, also an
/// empty one.
fn small(mut sizes: impl Iterator<Item = usize>) -> Option<usize> {
    sizes.try_fold(0, |sum: usize, size| {
        let sum = sum.saturating_add(size).saturating_add(ITEM);
        (sum <= SMALL).then_some(sum)
    })
}

fn is_small(sizes: impl Iterator<Item = usize>) -> bool {
    small(sizes).is_some()
}

fn chat(request: &ChatRequest) -> impl Iterator<Item = usize> {
    let messages = request.messages.iter().map(|message| {
        let texts = message.name.iter().chain(&message.metadata);
        texts.map(String::len).sum::<usize>()
    });
    let parts = request.messages.iter().flat_map(|message| &message.parts);
    let tools = request.tools.iter().map(|tool| match tool {
        Tool::Function(function) => {
            let texts = [&function.name, &function.parameters].into_iter();
            let texts = texts.chain(&function.description);
            texts.map(String::len).sum()
        }
        Tool::Other(other) => other.json.len(),
    });
    let format = match &request.response_format {
        Some(ResponseFormat::JsonSchema(schema)) => schema.schema.len(),
        Some(ResponseFormat::Text | ResponseFormat::Json) | None => 0,
    };
    let labels = request.metadata.iter();
    let labels = labels.map(|label| label.name.len() + label.value.len());
    let texts = [&request.extra, &request.user, &request.prompt_cache_key]
        .into_iter()
        .flatten()
        .chain(&request.service_tier)
        .chain(&request.sampling.stop);
    messages
        .chain(parts.map(part))
        .chain(tools)
        .chain(labels)
        .chain(texts.map(String::len))
        .chain([format, request.model.len()])
}

fn part(part: &Part) -> usize {
    let metadata = part.metadata.as_ref().map_or(0, String::len);
    let content = match &part.content {
        PartContent::Text(text) | PartContent::Refusal(text) => text.len(),
        PartContent::Image(media) | PartContent::Audio(media) | PartContent::File(media) => {
            source(media)
        }
        PartContent::ToolCall(call) => call.id.len() + call.name.len() + call.arguments.len(),
        PartContent::ToolResult(result) => {
            let name = result.name.as_ref().map_or(0, String::len);
            let parts = result.parts.iter().map(result_part);
            result.call_id.len() + name + parts.sum::<usize>()
        }
        PartContent::Reasoning(reasoning) => {
            let opaque = reasoning.signature.iter().chain(&reasoning.redacted);
            reasoning.text.len() + opaque.map(String::len).sum::<usize>()
        }
        PartContent::Other(other) => other.json.len(),
    };
    content + metadata
}

/// Never nothing: a list of empty ones is long too.
fn result_part(part: &ResultPart) -> usize {
    let content = match part {
        ResultPart::Text(text) => text.len(),
        ResultPart::Image(media) | ResultPart::File(media) => source(media),
        ResultPart::Other(other) => other.json.len(),
    };
    content + ITEM
}

fn header(header: &Header) -> usize {
    header.name.len() + header.value.len()
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
