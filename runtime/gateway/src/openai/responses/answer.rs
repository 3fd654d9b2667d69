//! The response object: whole, or as a stream shows it at its beginning and its end.
//!
//! <https://platform.openai.com/docs/api-reference/responses/object>

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use tidegate_host::Completion;
use tidegate_host::types::{
    self, AnswerInfo, ErrorKind, FinishReason, Media, PartContent, Warning,
};

use super::item::Item;
use super::output::Output;
use super::settings::Settings;
use super::usage::Usage;
use crate::failure::{Failure, FailureKind};
use crate::openai::finish;
use crate::openai::identity::Identity;
use crate::openai::made::Made;

/// What is known of an answer before it is made.
#[derive(Debug)]
pub struct Head {
    /// What makes ids of items this answer's own.
    pub tag: String,
    pub settings: Settings,
    identity: Identity,
}

impl Head {
    pub fn new(model: String, settings: Settings) -> Self {
        let tag = format!("{:032x}", fastrand::u128(..));
        Head {
            identity: Identity::named(format!("resp_{tag}"), model),
            settings,
            tag,
        }
    }

    /// Takes over what the upstream says, but for ids of other APIs.
    pub fn learn(&mut self, answer: AnswerInfo) {
        self.identity.learn(AnswerInfo {
            id: answer.id.filter(|id| id.starts_with("resp_")),
            ..answer
        });
    }
}

/// What has become of an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome<'a> {
    InProgress,
    Completed,
    /// Cut short, for this reason.
    Incomplete(&'static str),
    Failed {
        code: &'static str,
        message: &'a str,
    },
}

impl Outcome<'_> {
    /// Of an answer that came to its end. The model's own refusal is an answer like any other; that
    /// of the vendor's filter is not.
    pub fn of(finish: FinishReason, output: &Output) -> Self {
        match finish {
            FinishReason::Stop | FinishReason::ToolCalls | FinishReason::Other => {
                Outcome::Completed
            }
            FinishReason::Length => Outcome::Incomplete("max_output_tokens"),
            FinishReason::ContentFilter if output.has_refusal() => Outcome::Completed,
            FinishReason::ContentFilter => Outcome::Incomplete("content_filter"),
            FinishReason::Error => Outcome::Failed {
                code: "server_error",
                message: "the vendor failed after having begun",
            },
        }
    }
}

/// All that an answer consists of.
pub struct Answer<'a> {
    pub head: &'a Head,
    pub outcome: Outcome<'a>,
    pub output: &'a [Item],
    pub usage: Option<&'a types::Usage>,
    pub warnings: &'a [Warning],
    /// What the model made and no item can hold.
    pub files: &'a [Media],
    /// The vendor's word for the end, where this dialect has none of the same meaning.
    pub finish_reason: Option<&'a str>,
}

#[derive(Serialize)]
struct Response<'a> {
    id: &'a str,
    object: &'static str,
    created_at: u64,
    completed_at: Option<u64>,
    status: &'static str,
    error: Option<Error<'a>>,
    incomplete_details: Option<Details>,
    model: &'a str,
    output: &'a [Item],
    usage: Option<Usage>,
    #[serde(flatten)]
    settings: &'a Settings,
    #[serde(skip_serializing_if = "Option::is_none")]
    tidegate: Option<Remarks<'a>>,
}

#[derive(Serialize)]
struct Error<'a> {
    code: &'static str,
    message: &'a str,
}

#[derive(Serialize)]
struct Details {
    reason: &'static str,
}

/// The member `tidegate`: what has no place anywhere else.
#[derive(Serialize)]
struct Remarks<'a> {
    #[serde(skip_serializing_if = "<[Warning]>::is_empty")]
    warnings: &'a [Warning],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<Made<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finish_reason: Option<&'a str>,
}

impl Serialize for Answer<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let identity = &self.head.identity;
        let (status, error, reason) = match self.outcome {
            Outcome::InProgress => ("in_progress", None, None),
            Outcome::Completed => ("completed", None, None),
            Outcome::Incomplete(reason) => ("incomplete", None, Some(reason)),
            Outcome::Failed { code, message } => ("failed", Some(Error { code, message }), None),
        };
        let is_empty =
            self.warnings.is_empty() && self.files.is_empty() && self.finish_reason.is_none();
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let response = Response {
            id: &identity.id,
            object: "response",
            created_at: identity.created,
            completed_at: (self.outcome == Outcome::Completed)
                .then(|| now.unwrap_or_default().as_secs()),
            status,
            error,
            incomplete_details: reason.map(|reason| Details { reason }),
            model: &identity.model,
            output: self.output,
            usage: self.usage.map(Usage::from),
            settings: &self.head.settings,
            tidegate: (!is_empty).then(|| Remarks {
                warnings: self.warnings,
                files: self.files.iter().map(Made::new).collect(),
                finish_reason: self.finish_reason,
            }),
        };
        response.serialize(serializer)
    }
}

/// The JSON of a whole answer. This dialect has one choice.
pub fn write(completion: &Completion, mut head: Head) -> Result<Vec<u8>, Failure> {
    head.learn(completion.answer.clone());
    let internal = |problem: String| Failure::new(FailureKind::Call(ErrorKind::Internal), problem);
    let Some(choice) = completion.choices.first() else {
        return Err(internal("the answer has no choice".into()));
    };
    let mut output = Output::new(&head.tag);
    let mut files = Vec::new();
    for (number, part) in (0..).zip(&choice.message.parts) {
        match &part.content {
            PartContent::Text(text) if text.is_empty() => continue,
            PartContent::Text(text) => say(&mut output, number, false, text),
            PartContent::Refusal(text) => say(&mut output, number, true, text),
            PartContent::Reasoning(it) => {
                output.add_reasoning(number, it.clone());
            }
            PartContent::ToolCall(call) => {
                output.add_call(number, call.clone(), true);
            }
            PartContent::Image(media) | PartContent::Audio(media) | PartContent::File(media) => {
                files.extend(output.add_image(number, media.clone()).err());
            }
            // Models make none of these.
            PartContent::ToolResult(_) | PartContent::Other(_) => continue,
        }
        if let Some(json) = &part.metadata {
            output.keep(Some(number), json);
        }
    }
    if let Some(json) = &choice.message.metadata {
        output.keep(None, json);
    }
    let mut warnings = completion.warnings.clone();
    for source in &choice.sources {
        if output.cite(source).is_none() {
            warnings.push(homeless());
        }
    }
    if let Some(piece) = output.last_text().and_then(|spot| output.piece_at(spot)) {
        piece.logprobs.clone_from(&choice.logprobs);
    }
    let outcome = Outcome::of(choice.finish, &output);
    output.close(outcome == Outcome::Completed);
    let answer = Answer {
        head: &head,
        outcome,
        output: output.items(),
        usage: completion.usage.as_ref(),
        warnings: &warnings,
        files: &files,
        finish_reason: finish::native(choice.finish, choice.finish_raw.as_deref()),
    };
    serde_json::to_vec(&answer).map_err(|error| internal(error.to_string()))
}

fn say(output: &mut Output, part: u32, is_refusal: bool, text: &str) {
    let item = match output.last_message() {
        Some(item) => item,
        None => output.add_message(),
    };
    let spot = output.add_piece(part, item, is_refusal);
    if let Some(piece) = output.piece_at(spot) {
        piece.text.push_str(text);
    }
}

/// A source can only be told beside a text.
pub fn homeless() -> Warning {
    Warning {
        subject: None,
        message: "a source was named that belongs to no text, and is left out".into(),
    }
}
