//! The conversation. Ollama's messages hold one text, pictures, thinking and tool calls, so parts
//! are sorted into those; each tool result becomes a message of its own.
//!
//! | part | becomes |
//! |---|---|
//! | text, refusal | `content`, several joined by a line feed |
//! | picture | `images`, base64; Ollama fetches no URLs |
//! | file that is text or JSON | `content`, under its name |
//! | reasoning | `thinking` |
//! | tool call | `tool_calls`, arguments as an object |
//! | tool result | a message with role `tool`; a failure begins with `Error: ` |
//! | sound, other files | an error: an answer that never saw them would be worthless |

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;
use tidegate_guest::types::{
    Error, ErrorKind, Media, MediaSource, Part, PartContent, ResultPart, Role, ToolCall, ToolResult,
};
use tidegate_guest::{Io, Result, media, types};

#[derive(Serialize, Default)]
pub struct Message<'a> {
    role: &'static str,
    content: Cow<'a, str>,
    #[serde(skip_serializing_if = "String::is_empty")]
    thinking: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    images: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<ToolCallOut<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<&'a str>,
}

#[derive(Serialize)]
struct ToolCallOut<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    id: &'a str,
    function: FunctionOut<'a>,
}

#[derive(Serialize)]
struct FunctionOut<'a> {
    name: &'a str,
    arguments: Cow<'a, RawValue>,
}

pub fn messages<'a>(messages: &'a [types::Message], io: &Io) -> Result<Vec<Message<'a>>> {
    warn_of_the_rest(messages, io);
    let mut out = Vec::with_capacity(messages.len());
    for message in messages {
        let before = out.len();
        let mut current = Message::new(role(message.role));
        for part in &message.parts {
            match &part.content {
                PartContent::ToolResult(result) => {
                    current.flush(&mut out);
                    let name = result.name.as_deref();
                    let name = name.or_else(|| called(messages, &result.call_id));
                    out.push(tool_result(result, name, io)?);
                }
                content => current.add(content, io)?,
            }
        }
        // A message without parts is still a turn.
        if out.len() == before || !current.is_empty() {
            out.push(current);
        }
    }
    Ok(out)
}

impl<'a> Message<'a> {
    fn new(role: &'static str) -> Self {
        Message {
            role,
            ..Message::default()
        }
    }

    fn is_empty(&self) -> bool {
        self.content.is_empty()
            && self.thinking.is_empty()
            && self.images.is_empty()
            && self.tool_calls.is_empty()
    }

    fn flush(&mut self, out: &mut Vec<Message<'a>>) {
        if !self.is_empty() {
            let role = self.role;
            out.push(std::mem::replace(self, Message::new(role)));
        }
    }

    fn add(&mut self, content: &'a PartContent, io: &Io) -> Result<()> {
        match content {
            PartContent::Text(text) | PartContent::Refusal(text) => self.text(text),
            PartContent::Image(image) => self.image(image)?,
            PartContent::Audio(_) => return Err(unsupported("sound")),
            PartContent::File(file) => self.file(file)?,
            PartContent::ToolCall(call) => self.tool_calls.push(tool_call(call, io)?),
            PartContent::Reasoning(reasoning) => self.thinking.push_str(&reasoning.text),
            PartContent::Other(part) => io.warn(
                "messages.parts",
                format!(
                    "a part `{}` was left out, Ollama has no such thing",
                    part.name
                ),
            ),
            PartContent::ToolResult(_) => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &'a str) {
        if self.content.is_empty() {
            self.content = text.into();
        } else {
            let content = self.content.to_mut();
            content.push('\n');
            content.push_str(text);
        }
    }

    fn image(&mut self, image: &'a Media) -> Result<()> {
        self.images.push(match &image.source {
            MediaSource::Bytes(bytes) => media::base64(bytes).into(),
            MediaSource::Url(url) => match media::split_data_url(url) {
                Some((_, data)) => data.into(),
                None => return Err(unsupported("pictures by URL; send their bytes instead")),
            },
            MediaSource::Id(_) => return Err(unsupported("uploaded pictures")),
        });
        Ok(())
    }

    fn file(&mut self, file: &'a Media) -> Result<()> {
        let text = media::text_of(file);
        let text = text.ok_or_else(|| unsupported("files other than text"))?;
        if let Some(name) = &file.name {
            self.text(name);
        }
        self.text(text);
        Ok(())
    }
}

fn tool_call<'a>(call: &'a ToolCall, io: &Io) -> Result<ToolCallOut<'a>> {
    let arguments = call.arguments.trim();
    let arguments = match serde_json::from_str::<&RawValue>(arguments) {
        Ok(object) if object.get().starts_with('{') => Cow::Borrowed(object),
        _ if arguments.is_empty() => Cow::Owned(RawValue::from_string("{}".into()).map_err(odd)?),
        _ => {
            io.warn(
                "messages.parts.tool-call.arguments",
                "Ollama takes an object; these arguments are none and went in as its only member",
            );
            let wrapped = serde_json::json!({ "arguments": call.arguments });
            Cow::Owned(serde_json::value::to_raw_value(&wrapped).map_err(odd)?)
        }
    };
    Ok(ToolCallOut {
        id: &call.id,
        function: FunctionOut {
            name: &call.name,
            arguments,
        },
    })
}

fn tool_result<'a>(result: &'a ToolResult, name: Option<&'a str>, io: &Io) -> Result<Message<'a>> {
    let mut message = Message::new("tool");
    message.tool_name = name;
    message.tool_call_id = Some(result.call_id.as_str()).filter(|id| !id.is_empty());
    for part in &result.parts {
        match part {
            ResultPart::Text(text) => message.text(text),
            ResultPart::Image(image) => message.image(image)?,
            ResultPart::File(file) => message.file(file)?,
            ResultPart::Other(part) => io.warn(
                "messages.parts.tool-result.parts",
                format!(
                    "a part `{}` was left out, Ollama has no such thing",
                    part.name
                ),
            ),
        }
    }
    if result.is_error {
        message.content.to_mut().insert_str(0, "Error: ");
    }
    Ok(message)
}

/// The name of the tool that a call of the conversation was for.
fn called<'a>(messages: &'a [types::Message], id: &str) -> Option<&'a str> {
    let mut parts = messages.iter().flat_map(|message| &message.parts);
    parts.find_map(|part| match &part.content {
        PartContent::ToolCall(call) if call.id == id => Some(call.name.as_str()),
        _ => None,
    })
}

fn role(role: Role) -> &'static str {
    match role {
        // Ollama has one kind of instructions.
        Role::System | Role::Developer => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    }
}

fn warn_of_the_rest(messages: &[types::Message], io: &Io) {
    let any = |wants: fn(&Part) -> bool| {
        let mut parts = messages.iter().flat_map(|message| &message.parts);
        parts.any(wants)
    };
    if messages.iter().any(|message| message.name.is_some()) {
        io.warn("messages.name", "Ollama does not tell participants apart");
    }
    if any(|part| part.cache.is_some()) {
        let message = "Ollama finds shared prefixes by itself";
        io.warn("messages.parts.cache", message);
    }
    if any(|part| match &part.content {
        PartContent::Image(image) => image.detail.as_deref().unwrap_or("auto") != "auto",
        _ => false,
    }) {
        let message = "Ollama looks at all pictures alike";
        io.warn("messages.parts.image.detail", message);
    }
    if any(|part| match &part.content {
        PartContent::Reasoning(reasoning) => reasoning.redacted.is_some(),
        _ => false,
    }) {
        let message = "Ollama takes no encrypted reasoning; it was left out";
        io.warn("messages.parts.reasoning.redacted", message);
    }
}

fn unsupported(what: &str) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!("Ollama does not take {what}"),
    )
}

fn odd(error: serde_json::Error) -> Error {
    Error::new(ErrorKind::Internal, error.to_string())
}
