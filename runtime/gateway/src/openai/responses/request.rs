//! The body of a request.
//!
//! <https://platform.openai.com/docs/api-reference/responses/create>
//!
//! Members that are not here go to the provider as they are, in `extra`.

use serde_json::value::RawValue;
use tidegate_host::types::{
    ChatRequest, PartContent, ReasoningOptions, ResponseFormat, Role, Sampling, Warning,
};

use super::format::TextOptions;
use super::input::{self, Item};
use super::settings::{Reasoning, Settings, TextSettings, raw};
use super::tools::{Repeated, Tool, tool_choice};
use super::{format, unsupported};
use crate::extra::Extra;
use crate::failure::Failure;
use crate::json::{self, Content, Labels, List, Misread, Strays, Text, object};
use crate::openai::generation;

object! {
    /// A request.
    pub struct Create<'a> {
        "model" => model: String,
        "input" => input: Content<'a, Item<'a>>,
        "instructions" => instructions: String,
        "stream" => stream: bool,
        "stream_options" => stream_options: generation::StreamOptions<'a>,
        "temperature" => temperature: f64,
        "top_p" => top_p: f64,
        /// Not OpenAI's, but taken by servers that speak this dialect; -1 is "off" there.
        "top_k" => top_k: i64,
        "top_logprobs" => top_logprobs: u32,
        "max_output_tokens" => max_output_tokens: u32,
        "max_tool_calls" => max_tool_calls: u32,
        "tools" => tools: List<'a, Tool<'a>>,
        "tool_choice" => tool_choice: &'a RawValue,
        "parallel_tool_calls" => parallel_tool_calls: bool,
        "text" => text: TextOptions<'a>,
        "reasoning" => reasoning: ReasoningSettings<'a>,
        "include" => include: List<'a, String>,
        "truncation" => truncation: String,
        "service_tier" => service_tier: String,
        "prompt_cache_key" => prompt_cache_key: String,
        "user" => user: String,
        "safety_identifier" => safety_identifier: String,
        "metadata" => metadata: Labels,
        "store" => store: bool,
        "background" => background: bool,
        "previous_response_id" => previous_response_id: &'a RawValue,
        "conversation" => conversation: &'a RawValue,
        "prompt" => prompt: &'a RawValue,
    }
}

object! {
    /// How much to think first.
    pub struct ReasoningSettings<'a> {
        "effort" => effort: String,
        "summary" => summary: String,
        /// What `summary` was called before.
        "generate_summary" => generate_summary: String,
    }
}

/// What is wanted of the answer beside itself, and is given anyhow.
const ENCRYPTED: &str = "reasoning.encrypted_content";
const LOGPROBS: &str = "message.output_text.logprobs";

impl Create<'_> {
    /// The contract's request, what the answer repeats of it, and what cannot be honoured.
    pub fn read(
        mut self,
    ) -> Result<(ChatRequest, Settings, impl Iterator<Item = Warning> + use<>), Failure> {
        unsupported::check(&self)?;
        let mut strays = Strays::default();
        let model = json::needed_text(self.model.take(), "model")?;
        let input = json::needed(self.input.take(), "input")?;
        let mut messages = input::messages(input, &mut strays)?;
        if let Some(instructions) = self.instructions.as_ref().filter(|it| !it.is_empty()) {
            let parts = vec![PartContent::Text(instructions.clone()).into()];
            messages.insert(0, input::message(Role::System, parts));
        }
        let tools = self.tools.take().unwrap_or_default();
        let mut tools = strays.each("tools", tools, Tool::read)?;
        // Repeated as they were asked for, though not all of them may be allowed.
        let repeated: Vec<Repeated<'_>> = tools.iter().map(Repeated::from).collect();
        let repeated = raw(&repeated);
        let chosen = self
            .tool_choice
            .map(|raw| strays.within("tool_choice", |strays| tool_choice(raw, &mut tools, strays)));
        let logprobs = self.logprobs(&mut strays)?;
        self.refuse_gently(&mut strays);
        let mut extra = Extra::new(&self.rest, &mut strays);
        let format = self.text(&mut strays, &mut extra)?;
        let reasoning = self.reasoning(&mut strays)?;
        generation::include_usage(self.stream_options.take(), &mut strays)?;
        if let (Some(_), Some(id)) = (&self.user, &self.safety_identifier) {
            // The contract has one name for the end user; the second goes to whom it concerns.
            extra.put("safety_identifier", raw(id).get());
        }
        let metadata = self.metadata.take().unwrap_or_default();
        let settings = Settings {
            instructions: self.instructions,
            max_output_tokens: self.max_output_tokens,
            max_tool_calls: self.max_tool_calls,
            metadata: metadata.0.clone(),
            parallel_tool_calls: self.parallel_tool_calls.unwrap_or(true),
            prompt_cache_key: self.prompt_cache_key.clone(),
            reasoning: Reasoning {
                effort: reasoning.as_ref().and_then(|it| it.effort.clone()),
                summary: reasoning.as_ref().and_then(|it| it.summary.clone()),
            },
            safety_identifier: self.safety_identifier.clone(),
            service_tier: self.service_tier.clone(),
            temperature: self.temperature,
            text: TextSettings {
                format: raw(&format::Repeated::from(format.as_ref())),
                verbosity: self.text.and_then(|text| text.verbosity),
            },
            tool_choice: self
                .tool_choice
                .map_or_else(|| raw("auto"), RawValue::to_owned),
            tools: repeated,
            top_logprobs: self.top_logprobs,
            top_p: self.top_p,
            truncation: "disabled",
            user: self.user.clone(),
            background: false,
            store: false,
            previous_response_id: None,
            logprobs: logprobs.is_some(),
        };
        let request = ChatRequest {
            model,
            messages,
            stream: self.stream.unwrap_or_default(),
            sampling: Sampling {
                temperature: self.temperature,
                top_p: self.top_p,
                top_k: generation::top_k(self.top_k),
                frequency_penalty: None,
                presence_penalty: None,
                seed: None,
                stop: Vec::new(),
                max_output_tokens: self.max_output_tokens,
                logprobs,
            },
            choices: None,
            tools,
            tool_choice: chosen.transpose()?,
            parallel_tool_calls: self.parallel_tool_calls,
            response_format: format,
            reasoning,
            service_tier: self.service_tier,
            prompt_cache_key: self.prompt_cache_key,
            user: self.user.or(self.safety_identifier),
            metadata: metadata.into(),
            extra: extra.json(),
        };
        Ok((request, settings, strays.into_warnings()))
    }

    /// How many alternatives are wanted beside each token, if tokens are wanted at all.
    fn logprobs(&mut self, strays: &mut Strays) -> Result<Option<u32>, Misread> {
        let mut logprobs = self.top_logprobs;
        let include = self.include.take().unwrap_or_default().raw();
        strays.each_raw("include", include, |wanted, strays| {
            match &*json::reread::<Text>(wanted)? {
                LOGPROBS => logprobs = logprobs.or(Some(0)),
                ENCRYPTED => {}
                _ => strays.leave_out(
                    "",
                    "an answer of this gateway has nothing of that kind in it",
                ),
            }
            Ok(())
        })?;
        Ok(logprobs)
    }

    /// Warns of what cannot be honoured and can be done without.
    fn refuse_gently(&self, strays: &mut Strays) {
        let truncation = self.truncation.as_deref();
        if truncation.is_some_and(|it| it != "disabled") {
            let why = "conversations are not shortened here: one that is too long fails";
            strays.leave_out("truncation", why);
        }
        if self.max_tool_calls.is_some() {
            let why = "this counts calls of tools that the vendor runs, of which there are none";
            strays.leave_out("max_tool_calls", why);
        }
    }

    fn text(
        &mut self,
        strays: &mut Strays,
        extra: &mut Extra,
    ) -> Result<Option<ResponseFormat>, Misread> {
        let Some(text) = &mut self.text else {
            return Ok(None);
        };
        if let Some(verbosity) = &text.verbosity {
            // What the chat API of the same vendor calls it; the contract has no word for it.
            extra.put("verbosity", raw(verbosity).get());
        }
        strays.within("text", |strays| {
            strays.note(&text.rest);
            let format = text.format.take();
            let format = format.map(|it| strays.within("format", |strays| it.read(strays)));
            format.transpose()
        })
    }

    fn reasoning(&mut self, strays: &mut Strays) -> Result<Option<ReasoningOptions>, Misread> {
        let Some(reasoning) = self.reasoning.take() else {
            return Ok(None);
        };
        strays.within("reasoning", |strays| {
            strays.note(&reasoning.rest);
            let summary = reasoning.summary.or(reasoning.generate_summary);
            let is_empty = reasoning.effort.is_none() && summary.is_none();
            Ok((!is_empty).then_some(ReasoningOptions {
                effort: reasoning.effort,
                budget_tokens: None,
                summary,
            }))
        })
    }
}
