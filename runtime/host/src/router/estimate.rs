//! About how many tokens a request will take, before anybody has counted them.

use crate::types::*;

/// Bytes of text per token, in most languages and vocabularies. Rough: the usage of the answer sets
/// right what was taken by it.
pub(crate) const BYTES: usize = 4;

/// A picture or a file; vendors count some hundred to some thousand tokens for one.
const MEDIA: usize = 1_000;

/// What a message costs beside its text.
const MESSAGE: usize = 4;

/// What a request is about to cost.
pub trait EstimateTokens {
    /// About how many input tokens it takes; what it answers is not counted.
    fn estimate_tokens(&self) -> u32;
}

impl EstimateTokens for Operation {
    fn estimate_tokens(&self) -> u32 {
        match self {
            Operation::Chat(request) => request.estimate_tokens(),
            Operation::Complete(request) => request.estimate_tokens(),
            Operation::Embed(request) => request.estimate_tokens(),
            Operation::Rerank(request) => request.estimate_tokens(),
            Operation::Other(operation) => narrow(text(&operation.json)),
            Operation::CountTokens(_) | Operation::ListModels | Operation::Check => 0,
        }
    }
}

impl EstimateTokens for ChatRequest {
    fn estimate_tokens(&self) -> u32 {
        let messages = sum(&self.messages, |message| {
            MESSAGE + sum(&message.parts, |part| content(&part.content))
        });
        let tools = sum(&self.tools, |tool| match tool {
            Tool::Function(tool) => {
                let description = tool.description.as_deref().unwrap_or_default();
                text(&tool.name) + text(description) + text(&tool.parameters)
            }
            Tool::Other(tool) => text(&tool.json),
        });
        narrow(messages + tools)
    }
}

impl EstimateTokens for TextRequest {
    fn estimate_tokens(&self) -> u32 {
        narrow(sum(&self.prompts, |prompt| text(prompt)))
    }
}

impl EstimateTokens for EmbedRequest {
    fn estimate_tokens(&self) -> u32 {
        narrow(sum(&self.inputs, |input| match input {
            EmbedInput::Text(it) => text(it),
            EmbedInput::Tokens(tokens) => tokens.len(),
            EmbedInput::Media(_) => MEDIA,
        }))
    }
}

impl EstimateTokens for RerankRequest {
    fn estimate_tokens(&self) -> u32 {
        // The query is read with each document.
        narrow(sum(&self.documents, |document| {
            text(document) + text(&self.query)
        }))
    }
}

fn narrow(tokens: usize) -> u32 {
    u32::try_from(tokens).unwrap_or(u32::MAX)
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
            Operation::Chat(request).estimate_tokens()
        };
        assert_eq!(chat(""), 4);
        assert_eq!(chat("four words of text"), 9);
        let embed = EmbedRequest::new("m", ["12345678", "1234"]);
        assert_eq!(Operation::Embed(embed).estimate_tokens(), 3);
        assert_eq!(Operation::Check.estimate_tokens(), 0);
    }
}
