//! An answer of the upstream's as events of the contract's, whole or in chunks.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use tidegate_guest::errors::VendorError;
use tidegate_guest::types::*;
use tidegate_guest::{Choice, Io, Result};

/// A document, or a piece of a stream. Of the dialect's members those that are read.
#[derive(Deserialize)]
struct Chunk {
    id: Option<String>,
    model: Option<String>,
    created: Option<Value>,
    error: Option<Value>,
    usage: Option<Box<RawValue>>,
    #[serde(default)]
    choices: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    message: Option<Delta>,
    delta: Option<Delta>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
    reasoning_content: Option<String>,
    tool_calls: Option<Vec<Call>>,
}

#[derive(Deserialize)]
struct Call {
    index: Option<u32>,
    id: Option<String>,
    #[serde(default)]
    function: Function,
}

#[derive(Default, Deserialize)]
struct Function {
    name: Option<String>,
    arguments: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Figures {
    prompt_tokens: Option<u32>,
    completion_tokens: Option<u32>,
    prompt_tokens_details: Option<Details>,
    completion_tokens_details: Option<Details>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Details {
    cached_tokens: Option<u32>,
    reasoning_tokens: Option<u32>,
}

/// What has been read of an answer.
pub struct Answer {
    io: Io,
    choice: Choice,
    begun: Vec<(Option<u32>, Option<String>)>,
    announced: bool,
    reason: Option<String>,
}

impl Answer {
    pub fn new(io: &Io) -> Self {
        Answer {
            io: io.clone(),
            choice: Choice::new(io, 0),
            begun: Vec::new(),
            announced: false,
            reason: None,
        }
    }

    /// A document: one chunk whose `message` is all there is.
    pub fn whole(&mut self, text: &str) -> Result<()> {
        if !self.chunk(text)? {
            return Err(upstream("the upstream's answer has no message"));
        }
        self.reason.get_or_insert_with(|| "stop".into());
        Ok(())
    }

    /// Whether there was a message in it.
    pub fn chunk(&mut self, text: &str) -> Result<bool> {
        let chunk: Chunk = read(text)?;
        if let Some(error) = chunk.error {
            let found = VendorError::find(&serde_json::json!({ "error": error }));
            return Err(match found {
                Some(error) => error.into_error(200),
                None => upstream("the upstream failed"),
            });
        }
        self.announce(chunk.id, chunk.model, chunk.created);
        let mut has_message = false;
        if let Some(part) = chunk.choices.into_iter().next() {
            has_message = part.message.is_some();
            for delta in part.message.into_iter().chain(part.delta) {
                self.delta(delta)?;
            }
            self.reason = part.finish_reason.or(self.reason.take());
        }
        if let Some(raw) = chunk.usage {
            self.io.event(StreamEvent::Usage(usage(&raw)));
        }
        Ok(has_message)
    }

    fn announce(&mut self, id: Option<String>, model: Option<String>, created: Option<Value>) {
        if self.announced || (id.is_none() && model.is_none()) {
            return;
        }
        self.announced = true;
        let created = created.as_ref().and_then(Value::as_f64);
        self.io.event(StreamEvent::Answer(AnswerInfo {
            id,
            model,
            created_ms: created.map(|seconds| seconds * 1000.0),
        }));
    }

    fn delta(&mut self, delta: Delta) -> Result<()> {
        // The SDK leaves empty pieces out.
        self.choice
            .reasoning(&delta.reasoning_content.unwrap_or_default());
        self.choice.text(&delta.content.unwrap_or_default());
        let calls = delta.tool_calls.unwrap_or_default();
        calls.into_iter().try_for_each(|call| self.call(call))
    }

    /// A piece belongs to the last call of its index, unless it brings another id: some servers number
    /// every call 0. The SDK tells them apart by keys, and each call has one of its own here.
    fn call(&mut self, call: Call) -> Result<()> {
        let id = call.id.filter(|id| !id.is_empty());
        let name = call.function.name.filter(|name| !name.is_empty());
        let same_index = |(index, _): &(Option<u32>, _)| index.is_some() && *index == call.index;
        let last = self.begun.iter().rposition(same_index);
        let open = last.filter(|&at| {
            let begun = self.begun.get(at).and_then(|(_, begun)| begun.as_ref());
            id.is_none() || begun == id.as_ref()
        });
        let begins = open.is_none();
        if begins && name.is_none() {
            return Err(upstream("the upstream calls a tool without a name"));
        }
        let key = open.unwrap_or(self.begun.len());
        let key = u32::try_from(key).unwrap_or(u32::MAX);
        let arguments = call.function.arguments.unwrap_or_default();
        let (id, name) = if begins { (id, name) } else { (None, None) };
        self.choice
            .tool_call_piece(key, id.as_deref(), name.as_deref(), &arguments);
        if begins {
            self.begun.push((call.index, id));
        }
        Ok(())
    }

    /// The end, which has to have a reason.
    pub fn finish(mut self) -> Result<()> {
        let Some(raw) = self.reason else {
            return Err(upstream("the stream ended without a finish reason"));
        };
        let reason = match raw.as_str() {
            "stop" => FinishReason::Stop,
            "length" => FinishReason::Length,
            "tool_calls" | "function_call" => FinishReason::ToolCalls,
            "content_filter" => FinishReason::ContentFilter,
            _ => FinishReason::Other,
        };
        self.choice.finish(reason, Some(&raw));
        Ok(())
    }
}

/// JSON of the upstream's; what is none is its failure.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    let read = serde_json::from_str(text);
    read.map_err(|error| upstream(&format!("the upstream's answer makes no sense: {error}")))
}

fn upstream(message: &str) -> Error {
    Error::new(ErrorKind::Upstream, message)
}

fn usage(raw: &RawValue) -> Usage {
    // Figures that are none are absent; what the vendor says is there as it stands.
    let said: Figures = serde_json::from_str(raw.get()).unwrap_or_default();
    Usage {
        input: said.prompt_tokens,
        output: said.completion_tokens,
        cache_read: said.prompt_tokens_details.unwrap_or_default().cached_tokens,
        reasoning: said
            .completion_tokens_details
            .unwrap_or_default()
            .reasoning_tokens,
        cache_write: None,
        raw: Some(raw.get().into()),
    }
}
