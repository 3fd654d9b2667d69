//! A conversation as a prompt.
//!
//! Instructions (system and developer messages) go, joined by an empty line, into the input that
//! the model has for them. Of the rest, a single message of the user is the prompt as it is. Models
//! that take `messages` get a longer conversation so, all others as this:
//!
//! ```text
//! User: Why is the sky blue?
//!
//! Assistant: It scatters short waves.
//!
//! User: And the sunset?
//!
//! Assistant:
//! ```
//!
//! A conversation that ends with the assistant's own words ends there, for the model to go on. A
//! participant's name stands in place of `User`. Earlier tool calls read `[calls now({})]`, their
//! results `Tool now: noon`, failures `Tool now: Error: …`. Pictures go into the input that the
//! model has for them, so which message they came with is lost, except in `messages`.

use serde_json::{Value, json};
use tidegate_guest::types::*;
use tidegate_guest::{Io, Result, media};

use crate::family::{Family, Images};
use crate::input::Input;

/// A message as text and pictures.
struct Turn<'a> {
    role: Role,
    /// Who speaks.
    speaker: String,
    name: Option<&'a str>,
    text: String,
    images: Vec<String>,
}

pub fn conversation(
    input: &mut Input,
    messages: &[Message],
    family: &Family,
    io: &Io,
) -> Result<()> {
    warn_of_the_rest(messages, io);
    let mut turns = vec![];
    for message in messages {
        turns.push(turn(messages, message, io)?);
    }
    let (instructions, turns): (Vec<_>, Vec<_>) = turns
        .into_iter()
        .partition(|turn| matches!(turn.role, Role::System | Role::Developer));
    let single = matches!(turns.as_slice(), [turn] if matches!(turn.role, Role::User));
    if family.messages && !single {
        let messages = instructions.iter().chain(&turns).map(message);
        input.insert("messages".into(), messages.collect());
        return Ok(());
    }
    let instructions: Vec<_> = instructions.into_iter().map(|turn| turn.text).collect();
    if !instructions.is_empty() {
        input.insert(family.system.into(), instructions.join("\n\n").into());
    }
    let prompt = match turns.as_slice() {
        [turn] if single => turn.text.clone(),
        turns => transcript(turns),
    };
    input.insert("prompt".into(), prompt.into());
    let images = turns.into_iter().flat_map(|turn| turn.images).collect();
    insert_images(input, images, family, io);
    Ok(())
}

fn transcript(turns: &[Turn]) -> String {
    let mut blocks: Vec<_> = turns
        .iter()
        .map(|turn| format!("{}: {}", turn.speaker, turn.text))
        .collect();
    if !matches!(turns.last(), Some(turn) if matches!(turn.role, Role::Assistant)) {
        blocks.push("Assistant:".into());
    }
    blocks.join("\n\n")
}

/// In the form of OpenAI's chat completions.
fn message(turn: &Turn) -> Value {
    let role = match turn.role {
        Role::System => "system",
        Role::Developer => "developer",
        Role::Assistant => "assistant",
        // Results of tools, which these models never called, are something the user says.
        Role::User | Role::Tool => "user",
    };
    let text = match turn.role {
        Role::Tool => format!("{}: {}", turn.speaker, turn.text),
        _ => turn.text.clone(),
    };
    let content = if turn.images.is_empty() {
        json!(text)
    } else {
        let images = turn.images.iter();
        let images =
            images.map(|image| json!({ "type": "image_url", "image_url": { "url": image } }));
        std::iter::once(json!({ "type": "text", "text": text }))
            .chain(images)
            .collect()
    };
    match turn.name {
        Some(name) => json!({ "role": role, "name": name, "content": content }),
        None => json!({ "role": role, "content": content }),
    }
}

fn insert_images(input: &mut Input, images: Vec<String>, family: &Family, io: &Io) {
    if images.is_empty() {
        return;
    }
    match family.images {
        Images::Many(name) => {
            input.insert(name.into(), images.into());
        }
        Images::One(name) => {
            if images.len() > 1 {
                io.warn(
                    "messages.parts.image",
                    "this model takes one picture; it got the last",
                );
            }
            if let Some(image) = images.into_iter().next_back() {
                input.insert(name.into(), image.into());
            }
        }
    }
}

fn turn<'a>(messages: &[Message], message: &'a Message, io: &Io) -> Result<Turn<'a>> {
    let mut turn = Turn {
        role: message.role,
        speaker: match message.role {
            Role::Assistant => "Assistant".into(),
            _ => message.name.clone().unwrap_or_else(|| "User".into()),
        },
        name: message.name.as_deref(),
        text: String::new(),
        images: vec![],
    };
    for part in &message.parts {
        match &part.content {
            PartContent::Text(text) | PartContent::Refusal(text) => turn.text(text),
            PartContent::Image(image) => turn.image(image)?,
            PartContent::Audio(_) => return Err(unsupported("sound")),
            PartContent::File(file) => turn.file(file)?,
            PartContent::ToolCall(call) => {
                turn.text(&format!("[calls {}({})]", call.name, call.arguments));
            }
            PartContent::ToolResult(result) => turn.tool_result(messages, result, io)?,
            // Thoughts of an earlier turn are no part of what was said.
            PartContent::Reasoning(_) => {}
            PartContent::Other(part) => io.warn(
                "messages.parts",
                format!("a part `{}` was left out, it has no text", part.name),
            ),
        }
    }
    Ok(turn)
}

impl Turn<'_> {
    fn text(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text);
    }

    fn image(&mut self, image: &Media) -> Result<()> {
        self.images.push(match &image.source {
            MediaSource::Bytes(bytes) => media::data_url(image.media_type.as_deref(), bytes),
            MediaSource::Url(url) => url.clone(),
            MediaSource::Id(_) => return Err(unsupported("uploaded pictures by id")),
        });
        Ok(())
    }

    fn file(&mut self, file: &Media) -> Result<()> {
        let text = media::text_of(file);
        let text = text.ok_or_else(|| unsupported("files other than text"))?;
        if let Some(name) = &file.name {
            self.text(name);
        }
        self.text(text);
        Ok(())
    }

    fn tool_result(&mut self, messages: &[Message], result: &ToolResult, io: &Io) -> Result<()> {
        let name = result.name.as_deref();
        let name = name.or_else(|| called(messages, &result.call_id));
        let speaker = format!("Tool {}", name.unwrap_or(&result.call_id));
        let mut said = Turn {
            role: Role::Tool,
            speaker: String::new(),
            name: None,
            text: String::new(),
            images: vec![],
        };
        for part in &result.parts {
            match part {
                ResultPart::Text(text) => said.text(text),
                ResultPart::Image(image) => said.image(image)?,
                ResultPart::File(file) => said.file(file)?,
                ResultPart::Other(part) => io.warn(
                    "messages.parts.tool-result.parts",
                    format!("a part `{}` was left out, it has no text", part.name),
                ),
            }
        }
        if result.is_error {
            said.text.insert_str(0, "Error: ");
        }
        self.images.append(&mut said.images);
        // The first thing in a message of the tool's names its speaker, later ones name their own.
        if matches!(self.role, Role::Tool) && self.text.is_empty() {
            self.speaker = speaker;
            self.text(&said.text);
        } else {
            self.text(&format!("{speaker}: {}", said.text));
        }
        Ok(())
    }
}

/// The name of the tool that a call of the conversation was for.
fn called<'a>(messages: &'a [Message], id: &str) -> Option<&'a str> {
    let mut parts = messages.iter().flat_map(|message| &message.parts);
    parts.find_map(|part| match &part.content {
        PartContent::ToolCall(call) if call.id == id => Some(call.name.as_str()),
        _ => None,
    })
}

fn warn_of_the_rest(messages: &[Message], io: &Io) {
    let any = |wants: fn(&Part) -> bool| {
        let mut parts = messages.iter().flat_map(|message| &message.parts);
        parts.any(wants)
    };
    if any(|part| part.cache.is_some()) {
        io.warn("messages.parts.cache", "Replicate caches no prompts");
    }
    if any(|part| match &part.content {
        PartContent::Image(image) => image.detail.as_deref().unwrap_or("auto") != "auto",
        _ => false,
    }) {
        let message = "Replicate has no levels of detail";
        io.warn("messages.parts.image.detail", message);
    }
    if any(|part| matches!(part.content, PartContent::Reasoning(_))) {
        let message = "models on Replicate take no earlier reasoning; it was left out";
        io.warn("messages.parts.reasoning", message);
    }
}

fn unsupported(what: &str) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!("models on Replicate do not take {what}"),
    )
}
