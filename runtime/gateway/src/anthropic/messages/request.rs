//! The body of a request.
//!
//! Members that are not here go to the provider as they are, in `extra`: `container`, `mcp_servers`,
//! `context_management`, and whatever the vendor adds next.

use std::collections::HashMap;

use serde_json::value::RawValue;
use tidegate_host::types::{self, ChatRequest, Role, Sampling, Tool, Warning};

use super::block;
use super::message::Message;
use super::thinking::{self, OutputConfig, Thinking};
use super::tools::{self, ToolChoice};
use crate::extra::Extra;
use crate::json::{self, Content, List, Misread, Strays, Text, object};

object! {
    /// A request.
    pub struct Messages<'a> {
        "model" => model: String,
        "messages" => messages: List<'a, Message<'a>>,
        /// A string, or text blocks.
        "system" => system: Content<'a, &'a RawValue>,
        "max_tokens" => max_tokens: u32,
        "temperature" => temperature: f64,
        "top_p" => top_p: f64,
        "top_k" => top_k: u32,
        "stop_sequences" => stop_sequences: List<'a, String>,
        "stream" => stream: bool,
        "tools" => tools: List<'a, &'a RawValue>,
        "tool_choice" => tool_choice: ToolChoice<'a>,
        "thinking" => thinking: Thinking<'a>,
        "output_config" => output_config: OutputConfig<'a>,
        "metadata" => metadata: Metadata<'a>,
        "service_tier" => service_tier: Text<'a>,
    }
}

object! {
    /// What the vendor keeps with the request.
    pub struct Metadata<'a> {
        "user_id" => user_id: String,
    }
}

impl Messages<'_> {
    /// The contract's request, and what cannot be honoured.
    pub fn read(self) -> Result<(ChatRequest, impl Iterator<Item = Warning> + use<>), Misread> {
        match json::needed(self.max_tokens, "max_tokens")? {
            0 => Err(Misread::new("there is no answer of 0 tokens").within("max_tokens")),
            _ => self.read_for_counting(),
        }
    }

    /// The same where no answer is wanted.
    pub fn read_for_counting(
        self,
    ) -> Result<(ChatRequest, impl Iterator<Item = Warning> + use<>), Misread> {
        let mut strays = Strays::default();
        let model = json::needed_text(self.model, "model")?;
        let messages = json::needed(self.messages, "messages")?;
        if messages.is_empty() {
            return Err(Misread::new("there is no message").within("messages"));
        }
        let mut extra = Extra::new(&self.rest, &mut strays);

        let mut turns = Vec::new();
        if let Some(system) = self.system {
            let parts = strays.within("system", |strays| block::instructions(system, strays))?;
            if !parts.is_empty() {
                turns.push(types::Message {
                    role: Role::System,
                    parts,
                    name: None,
                    metadata: None,
                });
            }
        }
        // Names of tools by the ids of their calls, for the results that follow.
        let mut calls = HashMap::new();
        let messages = strays.each("messages", messages, |message, strays| {
            message.read(&mut calls, strays)
        })?;
        turns.extend(messages.into_iter().flatten());

        let tools = self.tools.unwrap_or_default().raw();
        let tools: Vec<Tool> = strays.each_raw("tools", tools, tools::read)?;
        let stop = self.stop_sequences.map(Content::List);
        let (tool_choice, parallel_tool_calls) = match self.tool_choice {
            Some(choice) => strays.within("tool_choice", |strays| choice.read(strays))?,
            None => (None, None),
        };
        let (reasoning, response_format) =
            thinking::read(self.thinking, self.output_config, &mut extra, &mut strays)?;
        let metadata = self.metadata.unwrap_or_default();
        strays.within("metadata", |strays| {
            strays.note(&metadata.rest);
            Ok(())
        })?;
        let request = ChatRequest {
            model,
            messages: turns,
            stream: self.stream.unwrap_or_default(),
            sampling: Sampling {
                temperature: self.temperature,
                top_p: self.top_p,
                top_k: self.top_k,
                stop: strays.texts("stop_sequences", stop)?,
                max_output_tokens: self.max_tokens,
                ..Sampling::default()
            },
            choices: None,
            tools,
            tool_choice,
            parallel_tool_calls,
            response_format,
            reasoning,
            // What others call the default is a choice here, and the other way round.
            service_tier: self.service_tier.map(|tier| match &*tier {
                "standard_only" => "default".into(),
                other => other.into(),
            }),
            prompt_cache_key: None,
            user: metadata.user_id,
            metadata: Vec::new(),
            extra: extra.json(),
        };
        Ok((request, strays.into_warnings()))
    }
}
