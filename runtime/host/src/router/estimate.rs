//! About how many tokens a request will take, before anybody has counted them.

use crate::types::*;

/// Bytes of text per token, in most languages and vocabularies. Rough: the usage of the answer sets
/// right what was taken by it.
const BYTES: usize = 4;

/// A picture or a file; vendors count some hundred to some thousand tokens for one.
const MEDIA: usize = 1_000;

/// What a message costs beside its text.
const MESSAGE: usize = 4;

/// About how many input tokens an operation takes; what it answers is not counted.
pub fn estimate_tokens(operation: &Operation) -> u32 {
    let tokens = match operation {
        Operation::Chat(request) | Operation::CountTokens(request) => chat(request),
        Operation::Complete(request) => sum(&request.prompts, |prompt| text(prompt)),
        Operation::Embed(request) => sum(&request.inputs, |input| match input {
            EmbedInput::Text(it) => text(it),
            EmbedInput::Tokens(tokens) => tokens.len(),
            EmbedInput::Media(_) => MEDIA,
        }),
        // The query is read with each document.
        Operation::Rerank(request) => sum(&request.documents, |document| {
            text(document) + text(&request.query)
        }),
        Operation::Other(operation) => text(&operation.json),
        Operation::ListModels | Operation::Check => 0,
    };
    u32::try_from(tokens).unwrap_or(u32::MAX)
}

fn chat(request: &ChatRequest) -> usize {
    let messages = sum(&request.messages, |message| {
        MESSAGE + sum(&message.parts, |part| content(&part.content))
    });
    let tools = sum(&request.tools, |tool| match tool {
        Tool::Function(tool) => {
            let description = tool.description.as_deref().unwrap_or_default();
            text(&tool.name) + text(description) + text(&tool.parameters)
        }
        Tool::Other(tool) => text(&tool.json),
    });
    messages + tools
}

fn content(content: &PartContent) -> usize {
    match content {
        PartContent::Text(it) | PartContent::Refusal(it) => text(it),
        PartContent::Image(_) | PartContent::Audio(_) | PartContent::File(_) => MEDIA,
        PartContent::ToolCall(call) => text(&call.name) + text(&call.arguments),
        PartContent::ToolResult(result) => sum(&result.parts, |part| match part {
            ResultPart::Text(it) => text(it),
            ResultPart::Image(_) | ResultPart::File(_) => MEDIA,
            ResultPart::Other(part) => text(&part.json),
        }),
        PartContent::Reasoning(reasoning) => text(&reasoning.text),
        PartContent::Other(part) => text(&part.json),
    }
}

fn text(text: &str) -> usize {
    text.len().div_ceil(BYTES)
}

fn sum<T>(items: &[T], tokens: impl Fn(&T) -> usize) -> usize {
    items.iter().map(tokens).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_count_by_their_length() {
        let chat = |text: &str| {
            let request = ChatRequest::new("m", vec![Message::user(text)]);
            estimate_tokens(&Operation::Chat(request))
        };
        assert_eq!(chat(""), 4);
        assert_eq!(chat("four words of text"), 9);
        let embed = EmbedRequest::new("m", ["12345678", "1234"]);
        assert_eq!(estimate_tokens(&Operation::Embed(embed)), 3);
        assert_eq!(estimate_tokens(&Operation::Check), 0);
    }
}
