//! A whole continuation.
//!
//! <https://platform.openai.com/docs/api-reference/completions/object>

use serde::Serialize;
use tidegate_host::Completion;
use tidegate_host::types::{ErrorKind, PartContent};

use super::logprobs::Logprobs;
use crate::failure::{Failure, FailureKind};
use crate::openai::finish;
use crate::openai::identity::Identity;
use crate::openai::usage::Usage;
use crate::openai::warnings::Remarks;

#[derive(Serialize)]
struct TextCompletion<'a> {
    id: &'a str,
    object: &'static str,
    created: u64,
    model: &'a str,
    choices: Vec<Choice<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Usage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tidegate: Option<Remarks<'a>>,
}

#[derive(Serialize)]
struct Choice<'a> {
    text: String,
    index: usize,
    logprobs: Option<Logprobs<'a>>,
    finish_reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    native_finish_reason: Option<&'a str>,
}

/// The JSON of an answer.
pub fn write(completion: &Completion, mut identity: Identity) -> Result<Vec<u8>, Failure> {
    identity.learn(completion.answer.clone());
    let choices = completion.choices.iter().enumerate();
    let answer = TextCompletion {
        id: &identity.id,
        object: "text_completion",
        created: identity.created,
        model: &identity.model,
        choices: choices
            .map(|(index, choice)| continuation(index, choice))
            .collect(),
        usage: completion.usage.as_ref().map(Usage::from),
        tidegate: Remarks::new(&completion.warnings),
    };
    serde_json::to_vec(&answer)
        .map_err(|error| Failure::new(FailureKind::Call(ErrorKind::Internal), error.to_string()))
}

fn continuation(index: usize, choice: &tidegate_host::Choice) -> Choice<'_> {
    let texts = choice.message.parts.iter().map(|part| match &part.content {
        PartContent::Text(text) => text.as_str(),
        _ => "",
    });
    Choice {
        text: texts.collect(),
        index,
        logprobs: Logprobs::new(&choice.logprobs, &mut 0),
        finish_reason: finish::word(choice.finish),
        native_finish_reason: finish::native(choice.finish, choice.finish_raw.as_deref()),
    }
}
