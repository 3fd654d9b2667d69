//! What Ollama answers, one object per line or one in all, and the events it means
//! (<https://docs.ollama.com/api/chat>, <https://docs.ollama.com/api/generate>).

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tidegate_guest::errors::VendorError;
use tidegate_guest::types::*;
use tidegate_guest::{Choice, Io, Result, time};

/// One object. `chat` fills `message`, `generate` has text and thinking beside it.
#[derive(Deserialize)]
pub struct Line {
    model: Option<String>,
    created_at: Option<String>,
    message: Option<Message>,
    response: Option<String>,
    thinking: Option<String>,
    logprobs: Option<Vec<Token>>,
    #[serde(default)]
    done: bool,
    done_reason: Option<String>,
    prompt_eval_count: Option<u32>,
    eval_count: Option<u32>,
    total_duration: Option<u64>,
    load_duration: Option<u64>,
    prompt_eval_duration: Option<u64>,
    eval_duration: Option<u64>,
    error: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
    thinking: Option<String>,
    tool_calls: Option<Vec<Call>>,
}

#[derive(Deserialize)]
struct Call {
    id: Option<String>,
    function: Function,
}

#[derive(Deserialize)]
struct Function {
    #[serde(default)]
    name: String,
    arguments: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: String,
    logprob: f64,
    bytes: Option<Vec<u8>>,
    #[serde(default)]
    top_logprobs: Vec<Token>,
}

/// Ollama's own figures; times in nanoseconds.
#[derive(Serialize)]
struct Figures {
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_eval_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    eval_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_duration: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    load_duration: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_eval_duration: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    eval_duration: Option<u64>,
}

/// One answer in the making.
pub struct Answer {
    io: Io,
    pub choice: Choice,
    index: u32,
    introduced: bool,
    /// Whether the object with `done` has been seen.
    pub done: bool,
    /// Tokens used by the answers of the same request before this one.
    pub used: Usage,
}

impl Answer {
    pub fn new(io: &Io, index: u32) -> Self {
        Answer {
            io: io.clone(),
            choice: Choice::new(io, index),
            index,
            introduced: false,
            done: false,
            used: Usage::default(),
        }
    }

    /// Emits what one object says.
    pub fn line(&mut self, line: Line) -> Result<()> {
        if let Some(error) = line.error.filter(|error| !error.is_null()) {
            return Err(in_band(error));
        }
        if !self.introduced {
            self.introduced = true;
            self.io.event(StreamEvent::Answer(AnswerInfo {
                id: None,
                model: line.model,
                created_ms: line.created_at.as_deref().and_then(time::rfc3339_ms),
            }));
        }
        if let Some(thinking) = &line.thinking {
            self.choice.reasoning(thinking);
        }
        if let Some(text) = &line.response {
            self.choice.text(text);
        }
        if let Some(message) = &line.message {
            self.message(message);
        }
        self.logprobs(line.logprobs.unwrap_or_default());
        if line.done {
            self.done = true;
            self.usage(Figures {
                prompt_eval_count: line.prompt_eval_count,
                eval_count: line.eval_count,
                total_duration: line.total_duration,
                load_duration: line.load_duration,
                prompt_eval_duration: line.prompt_eval_duration,
                eval_duration: line.eval_duration,
            });
            self.finish(line.done_reason.as_deref());
        }
        Ok(())
    }

    fn message(&mut self, message: &Message) {
        if let Some(thinking) = &message.thinking {
            self.choice.reasoning(thinking);
        }
        if let Some(text) = &message.content {
            self.choice.text(text);
        }
        for call in message.tool_calls.iter().flatten() {
            let arguments = match &call.function.arguments {
                Some(arguments) if arguments.get() != "null" => arguments.get(),
                _ => "{}",
            };
            self.choice
                .tool_call(call.id.as_deref(), &call.function.name, arguments);
        }
    }

    fn logprobs(&mut self, tokens: Vec<Token>) {
        if tokens.is_empty() {
            return;
        }
        let tokens = tokens.into_iter().map(|mut token| TokenLogprob {
            top: std::mem::take(&mut token.top_logprobs)
                .into_iter()
                .map(candidate)
                .collect(),
            token: candidate(token),
        });
        self.io.event(StreamEvent::Logprobs(Logprobs {
            choice: self.index,
            tokens: tokens.collect(),
            refusal: false,
        }));
    }

    fn usage(&mut self, figures: Figures) {
        let input = sum(self.used.input, figures.prompt_eval_count);
        let output = sum(self.used.output, figures.eval_count);
        if input.is_none() && output.is_none() {
            return;
        }
        self.used = Usage {
            input,
            output,
            raw: serde_json::to_string(&figures).ok(),
            ..Usage::default()
        };
        self.io.event(StreamEvent::Usage(self.used.clone()));
    }

    fn finish(&mut self, raw: Option<&str>) {
        let reason = match raw {
            Some("length") => FinishReason::Length,
            // Ollama says `stop` of a turn with tool calls too.
            Some("stop" | "tool_calls") | None if self.choice.has_tool_calls() => {
                FinishReason::ToolCalls
            }
            Some("stop") | None => FinishReason::Stop,
            // `load` and `unload`: a request without messages only moves the model.
            Some(_) => FinishReason::Other,
        };
        self.choice.finish(reason, raw);
    }
}

fn sum(before: Option<u32>, now: Option<u32>) -> Option<u32> {
    match (before, now) {
        (Some(before), Some(now)) => Some(before.saturating_add(now)),
        (before, now) => before.or(now),
    }
}

fn candidate(token: Token) -> Candidate {
    Candidate {
        token: token.token,
        logprob: token.logprob,
        bytes: token.bytes,
    }
}

/// An error inside an answer that began with status 200.
fn in_band(error: serde_json::Value) -> Error {
    let body = serde_json::json!({ "error": error });
    let vendor = VendorError::find(&body).unwrap_or_else(|| VendorError {
        message: body.to_string(),
        ..VendorError::default()
    });
    vendor.into_error(200)
}
