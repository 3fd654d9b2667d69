//! The body of a chat request.
//!
//! <https://platform.openai.com/docs/api-reference/chat/create>
//!
//! Members that are not here go to the provider as they are, in `extra`: `logit_bias`, `prediction`,
//! `verbosity`, and whatever the vendor adds next.

use serde_json::value::RawValue;
use tidegate_host::types::{self, ChatRequest, ReasoningOptions, Sampling, Warning};

use super::calls::Calls;
use super::format::ResponseFormat;
use super::functions;
use super::shape::Shape;
use super::tools::{self, Tool, tool_choice};
use super::wire::Message;
use crate::extra::Extra;
use crate::json::{self, Content, Labels, List, Misread, Strays, object};
use crate::openai::generation;

object! {
    /// A chat request.
    pub struct Chat<'a> {
        "model" => model: String,
        "messages" => messages: List<'a, Message<'a>>,
        "stream" => stream: bool,
        "stream_options" => stream_options: generation::StreamOptions<'a>,
        "temperature" => temperature: f64,
        "top_p" => top_p: f64,
        /// Not OpenAI's, but taken by most servers that speak this dialect; -1 is "off" there.
        "top_k" => top_k: i64,
        "frequency_penalty" => frequency_penalty: f64,
        "presence_penalty" => presence_penalty: f64,
        "seed" => seed: i64,
        "stop" => stop: Content<'a, String>,
        "max_tokens" => max_tokens: u32,
        "max_completion_tokens" => max_completion_tokens: u32,
        "logprobs" => logprobs: bool,
        "top_logprobs" => top_logprobs: u32,
        "n" => n: u32,
        "tools" => tools: List<'a, Tool<'a>>,
        "tool_choice" => tool_choice: &'a RawValue,
        /// The older form of `tools` and `tool_choice`.
        "functions" => functions: List<'a, tools::Function<'a>>,
        "function_call" => function_call: &'a RawValue,
        "parallel_tool_calls" => parallel_tool_calls: bool,
        "response_format" => response_format: ResponseFormat<'a>,
        "reasoning_effort" => reasoning_effort: String,
        /// The vendor's business, but that there is sound matters to the answer.
        "audio" => audio: &'a RawValue,
        "service_tier" => service_tier: String,
        "prompt_cache_key" => prompt_cache_key: String,
        "user" => user: String,
        "metadata" => metadata: Labels,
    }
}

impl Chat<'_> {
    /// The contract's request, the form of the answer, and what cannot be honoured.
    pub fn read(
        self,
    ) -> Result<(ChatRequest, Shape, impl Iterator<Item = Warning> + use<>), Misread> {
        self.check_forms()?;
        let mut strays = Strays::default();
        let logprobs = logprobs(self.logprobs, self.top_logprobs)?;
        let model = json::needed_text(self.model, "model")?;
        let messages = json::needed(self.messages, "messages")?;
        if messages.is_empty() {
            return Err(Misread::new("there is no message").within("messages"));
        }
        let mut extra = Extra::new(&self.rest, &mut strays);
        if let Some(audio) = self.audio {
            extra.put("audio", audio.get());
        }
        let functions = self.functions.is_some();
        let function_call = self
            .function_call
            .map(|raw| functions::choice(raw).map_err(|misread| misread.within("function_call")));
        let tool_choice = match self.tool_choice {
            Some(raw) => {
                let choice = tool_choice(raw).map_err(|misread| misread.within("tool_choice"))?;
                if choice.is_none() {
                    extra.put("tool_choice", raw.get());
                }
                choice
            }
            None => function_call.transpose()?,
        };
        let response_format = match self.response_format {
            Some(format) => match strays.within("response_format", |strays| format.read(strays))? {
                Ok(format) => Some(format),
                Err(json) => {
                    extra.put("response_format", &json);
                    None
                }
            },
            None => None,
        };
        let include_usage = generation::include_usage(self.stream_options, &mut strays)?;
        let mut calls = Calls::default();
        let messages = strays.each("messages", messages, |message, strays| {
            message.read(&mut calls, strays)
        })?;
        let tools = match self.functions {
            Some(functions) => strays.each("functions", functions, |function, strays| {
                function.read(strays).map(types::Tool::Function)
            })?,
            None => strays.each("tools", self.tools.unwrap_or_default(), Tool::read)?,
        };
        let request = ChatRequest {
            model,
            messages,
            stream: self.stream.unwrap_or_default(),
            sampling: Sampling {
                temperature: self.temperature,
                top_p: self.top_p,
                top_k: generation::top_k(self.top_k),
                frequency_penalty: self.frequency_penalty,
                presence_penalty: self.presence_penalty,
                seed: self.seed,
                stop: strays.texts("stop", self.stop)?,
                max_output_tokens: self.max_completion_tokens.or(self.max_tokens),
                logprobs,
            },
            choices: self.n,
            tool_choice,
            // The older form has no place for a second call.
            parallel_tool_calls: match functions && !tools.is_empty() {
                true => Some(false),
                false => self.parallel_tool_calls,
            },
            tools,
            response_format,
            reasoning: self.reasoning_effort.map(|effort| ReasoningOptions {
                effort: Some(effort),
                budget_tokens: None,
                summary: None,
            }),
            service_tier: self.service_tier,
            prompt_cache_key: self.prompt_cache_key,
            user: self.user,
            metadata: self.metadata.unwrap_or_default().into(),
            extra: extra.json(),
        };
        let shape = Shape {
            include_usage,
            logprobs: request.sampling.logprobs.is_some(),
            functions,
            audio: self.audio.is_some(),
        };
        Ok((request, shape, strays.into_warnings()))
    }

    /// Tools are asked for in one form or in the other.
    fn check_forms(&self) -> Result<(), Misread> {
        let functions = self.functions.is_some();
        let problem = if functions && self.tools.is_some() {
            Misread::new("this cannot stand beside `tools`, which replaced it").within("functions")
        } else if functions && self.tool_choice.is_some() {
            let problem = "this needs `tools`; beside `functions` it is `function_call`";
            Misread::new(problem).within("tool_choice")
        } else if !functions && self.function_call.is_some() {
            Misread::new("this needs `functions`").within("function_call")
        } else {
            return Ok(());
        };
        Err(problem)
    }
}

fn logprobs(wanted: Option<bool>, top: Option<u32>) -> Result<Option<u32>, Misread> {
    match (wanted.unwrap_or_default(), top) {
        (true, top) => Ok(Some(top.unwrap_or_default())),
        (false, None | Some(0)) => Ok(None),
        (false, Some(_)) => {
            Err(Misread::new("this needs `logprobs` to be true").within("top_logprobs"))
        }
    }
}
