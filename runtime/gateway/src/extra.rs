//! What goes to the vendor unread: members of a request that the contract has no word for.
//!
//! A provider puts them into its own request as they are. So none of them may be what the gateway has
//! looked at or has promised somebody, under whatever name a vendor knows it:
//!
//! | members | because |
//! |---|---|
//! | `models`, `preset`, … | a key, a route and a budget are of the model in `model` |
//! | `stream`, `n`, … | the answer is read and counted as the gateway asked for it |
//! | `messages`, `max_tokens`, `stop`, … | the contract has them, and so has this endpoint, by another name or on purpose not |
//!
//! They are left out, with a warning. What the endpoint itself knows never comes here. All the rest
//! (`logit_bias`, `provider`, `plugins`, …) is between the client and the vendor; where a provider
//! writes such a member too, its own stays.

use crate::json::{Rest, Strays, push_member};

/// Which model answers, and where.
const MODEL: [&str; 9] = [
    "deployment",
    "deployment_id",
    "engine",
    "fallbacks",
    "model",
    "models",
    "preset",
    "route",
    "version",
];

/// How the answer comes, and how many there are.
const FORM: [&str; 9] = [
    "background",
    "echo",
    "encoding_format",
    "n",
    "num_generations",
    "num_return_sequences",
    "return_documents",
    "stream",
    "stream_options",
];

/// What the contract has a word for, by the words of all dialects.
const MEANT: [&str; 35] = [
    "format",
    "frequency_penalty",
    "function_call",
    "functions",
    "input",
    "instructions",
    "logprobs",
    "max_completion_tokens",
    "max_length",
    "max_new_tokens",
    "max_output_tokens",
    "max_tokens",
    "max_tokens_to_sample",
    "messages",
    "num_predict",
    "parallel_tool_calls",
    "presence_penalty",
    "prompt",
    "prompts",
    "random_seed",
    "reasoning_effort",
    "response_format",
    "seed",
    "stop",
    "stop_sequences",
    "suffix",
    "system",
    "temperature",
    "text",
    "tool_choice",
    "tools",
    "top_k",
    "top_logprobs",
    "top_n",
    "top_p",
];

/// The members on their way to a provider.
#[derive(Debug, Default)]
pub struct Extra(String);

impl Extra {
    /// Those that may go there; a word about each of the others.
    pub fn new(rest: &Rest<'_>, strays: &mut Strays) -> Self {
        let mut extra = Extra::default();
        for (name, value) in rest {
            match reason(name, value.get()) {
                Some(why) => strays.leave_out(name, why),
                None => extra.put(name, value.get()),
            }
        }
        extra
    }

    /// Adds a member that the gateway itself has looked at.
    pub fn put(&mut self, name: &str, json: &str) {
        push_member(&mut self.0, name, json);
    }

    /// The JSON object; `None` where there is nothing in it.
    pub fn json(self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0 + "}")
    }
}

/// Why a member does not go to a provider; `None` where it does.
fn reason(name: &str, json: &str) -> Option<&'static str> {
    if MODEL.contains(&name) {
        return Some("which model answers is said by `model` alone; this was left out");
    }
    if FORM.contains(&name) {
        return Some("how the answer comes is not the vendor's to decide; this was left out");
    }
    // An object of this name is where a vendor keeps the settings of a model, and no text.
    if name == "input" && json.starts_with('{') {
        return None;
    }
    MEANT
        .contains(&name)
        .then_some("this endpoint has no such member, or has it by another name; this was left out")
}
