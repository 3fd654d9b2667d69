//! Events folded into what a caller wants whole.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::types::*;

/// A whole answer.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Completion {
    /// What the upstream calls it.
    pub answer: AnswerInfo,
    /// One per choice that was asked for.
    pub choices: Vec<Choice>,
    /// Tokens used, where the provider says.
    pub usage: Option<Usage>,
    /// What could not be honoured.
    pub warnings: Vec<Warning>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Choice {
    /// Ready to be sent back in a conversation.
    pub message: Message,
    /// Why it ends.
    pub finish: FinishReason,
    /// The vendor's word for it.
    pub finish_raw: Option<String>,
    /// Log probabilities of the text.
    pub logprobs: Vec<TokenLogprob>,
    /// Log probabilities of the refusal.
    pub refusal_logprobs: Vec<TokenLogprob>,
    /// Where statements come from.
    pub sources: Vec<Source>,
}

impl Completion {
    /// The text of the first choice.
    pub fn text(&self) -> String {
        self.texts(|content| match content {
            PartContent::Text(text) => Some(text),
            _ => None,
        })
    }

    /// The reasoning of the first choice, as far as the vendor shows it.
    pub fn reasoning(&self) -> String {
        self.texts(|content| match content {
            PartContent::Reasoning(reasoning) => Some(&reasoning.text),
            _ => None,
        })
    }

    /// Why the model declined, in the first choice.
    pub fn refusal(&self) -> String {
        self.texts(|content| match content {
            PartContent::Refusal(text) => Some(text),
            _ => None,
        })
    }

    /// The tool calls of the first choice.
    pub fn tool_calls(&self) -> impl Iterator<Item = &ToolCall> {
        self.parts().filter_map(|part| match &part.content {
            PartContent::ToolCall(call) => Some(call),
            _ => None,
        })
    }

    fn texts<'a>(&'a self, text: impl Fn(&'a PartContent) -> Option<&'a String>) -> String {
        self.parts()
            .filter_map(|part| text(&part.content))
            .map(String::as_str)
            .collect()
    }

    fn parts(&self) -> impl Iterator<Item = &Part> {
        self.choices
            .first()
            .into_iter()
            .flat_map(|choice| &choice.message.parts)
    }
}

/// A completion in the making.
#[derive(Default)]
pub struct Fold {
    answer: Option<AnswerInfo>,
    choices: BTreeMap<u32, OpenChoice>,
    usage: Option<Usage>,
    warnings: Vec<Warning>,
}

#[derive(Default)]
struct OpenChoice {
    parts: BTreeMap<u32, OpenPart>,
    /// As they came; merged at the end, so that many cost no more than their sum.
    metadata: Vec<String>,
    finish: Option<Finish>,
    logprobs: Vec<TokenLogprob>,
    refusal_logprobs: Vec<TokenLogprob>,
    sources: Vec<Source>,
}

#[derive(Default)]
struct OpenPart {
    content: Option<PartContent>,
    metadata: Vec<String>,
    /// Tool calls only.
    ended: bool,
}

impl Fold {
    /// Takes the next event. An error says how it breaks the contract.
    pub fn push(&mut self, event: StreamEvent) -> Result<(), String> {
        match event {
            StreamEvent::TextDelta(delta) => {
                let content = self.content(&delta, || PartContent::Text(String::new()));
                match content {
                    PartContent::Text(text) => text.push_str(&delta.text),
                    other => return Err(mixed("text-delta", &delta, other)),
                }
            }
            StreamEvent::ReasoningDelta(delta) => {
                let reasoning = self.reasoning("reasoning-delta", &delta)?;
                reasoning.text.push_str(&delta.text);
            }
            StreamEvent::ReasoningSignature(delta) => {
                let reasoning = self.reasoning("reasoning-signature", &delta)?;
                reasoning.signature = Some(delta.text);
            }
            StreamEvent::ReasoningRedacted(delta) => {
                let reasoning = self.reasoning("reasoning-redacted", &delta)?;
                reasoning
                    .redacted
                    .get_or_insert_default()
                    .push_str(&delta.text);
            }
            StreamEvent::RefusalDelta(delta) => {
                let content = self.content(&delta, || PartContent::Refusal(String::new()));
                match content {
                    PartContent::Refusal(text) => text.push_str(&delta.text),
                    other => return Err(mixed("refusal-delta", &delta, other)),
                }
            }
            StreamEvent::ToolCallStart(start) => {
                let part = self.part(start.choice, start.part);
                if part.content.is_some() {
                    return Err(format!(
                        "`tool-call-start` in part {}, which has begun",
                        start.part
                    ));
                }
                part.content = Some(PartContent::ToolCall(ToolCall {
                    id: start.id,
                    name: start.name,
                    arguments: String::new(),
                }));
            }
            StreamEvent::ToolCallDelta(delta) => {
                match self.part(delta.choice, delta.part) {
                    OpenPart {
                        content: Some(PartContent::ToolCall(call)),
                        ended: false,
                        ..
                    } => call.arguments.push_str(&delta.text),
                    _ => return Err(no_call("tool-call-delta", delta.part)),
                };
            }
            StreamEvent::ToolCallEnd(index) => match self.part(index.choice, index.part) {
                OpenPart {
                    content: Some(PartContent::ToolCall(_)),
                    ended,
                    ..
                } => *ended = true,
                _ => return Err(no_call("tool-call-end", index.part)),
            },
            StreamEvent::File(file) => {
                let content = match file.media.media_type.as_deref() {
                    Some(kind) if kind.starts_with("image/") => PartContent::Image(file.media),
                    Some(kind) if kind.starts_with("audio/") => PartContent::Audio(file.media),
                    _ => PartContent::File(file.media),
                };
                self.part(file.choice, file.part).content = Some(content);
            }
            StreamEvent::Metadata(metadata) => {
                let all = match metadata.part {
                    Some(part) => &mut self.part(metadata.choice, part).metadata,
                    None => &mut self.choice(metadata.choice).metadata,
                };
                all.push(metadata.json);
            }
            StreamEvent::Answer(answer) => {
                let old = self.answer.take();
                let old = old.unwrap_or(AnswerInfo {
                    id: None,
                    model: None,
                    created_ms: None,
                });
                self.answer = Some(AnswerInfo {
                    id: answer.id.or(old.id),
                    model: answer.model.or(old.model),
                    created_ms: answer.created_ms.or(old.created_ms),
                });
            }
            StreamEvent::Logprobs(logprobs) => {
                let choice = self.choice(logprobs.choice);
                match logprobs.refusal {
                    true => choice.refusal_logprobs.extend(logprobs.tokens),
                    false => choice.logprobs.extend(logprobs.tokens),
                }
            }
            StreamEvent::Source(source) => self.choice(source.choice).sources.push(source),
            StreamEvent::Warning(warning) => self.warnings.push(warning),
            StreamEvent::Usage(usage) => self.usage = Some(usage),
            StreamEvent::Finish(finish) => {
                let choice = self.choice(finish.choice);
                if choice.finish.is_some() {
                    return Err(format!("a second `finish` for choice {}", finish.choice));
                }
                choice.finish = Some(finish);
            }
            // For callers that look at the stream; nothing of them stays in a completion.
            StreamEvent::Raw(_) | StreamEvent::Other(_) => {}
        }
        Ok(())
    }

    /// The completion. An error says what of it is missing.
    pub fn complete(self) -> Result<Completion, String> {
        let mut warnings = self.warnings;
        let choices = self
            .choices
            .into_iter()
            .map(|(index, choice)| choice.complete(index, &mut warnings))
            .collect::<Result<Vec<_>, _>>()?;
        if choices.is_empty() {
            return Err("it emitted no choice".into());
        }
        Ok(Completion {
            answer: self.answer.unwrap_or(AnswerInfo {
                id: None,
                model: None,
                created_ms: None,
            }),
            choices,
            usage: self.usage,
            warnings,
        })
    }

    fn choice(&mut self, index: u32) -> &mut OpenChoice {
        self.choices.entry(index).or_default()
    }

    fn part(&mut self, choice: u32, part: u32) -> &mut OpenPart {
        self.choice(choice).parts.entry(part).or_default()
    }

    fn content(&mut self, delta: &Delta, empty: fn() -> PartContent) -> &mut PartContent {
        self.part(delta.choice, delta.part)
            .content
            .get_or_insert_with(empty)
    }

    fn reasoning(&mut self, event: &str, delta: &Delta) -> Result<&mut Reasoning, String> {
        let empty = || {
            PartContent::Reasoning(Reasoning {
                text: String::new(),
                signature: None,
                redacted: None,
            })
        };
        match self.content(delta, empty) {
            PartContent::Reasoning(reasoning) => Ok(reasoning),
            other => Err(mixed(event, delta, other)),
        }
    }
}

impl OpenChoice {
    fn complete(self, index: u32, warnings: &mut Vec<Warning>) -> Result<Choice, String> {
        let Some(finish) = self.finish else {
            return Err(format!("choice {index} has no `finish` event"));
        };
        let mut parts = Vec::with_capacity(self.parts.len());
        for part in self.parts.into_values() {
            match part.content {
                // Half of its arguments may look like all of them.
                Some(PartContent::ToolCall(call)) if !part.ended => warnings.push(Warning {
                    subject: None,
                    message: format!(
                        "the call of `{}` was not completed and is left out",
                        call.name
                    ),
                }),
                Some(content) => parts.push(Part {
                    content,
                    cache: None,
                    metadata: merge(part.metadata)?,
                }),
                None => {}
            }
        }
        Ok(Choice {
            message: Message {
                role: Role::Assistant,
                parts,
                name: None,
                metadata: merge(self.metadata)?,
            },
            finish: finish.reason,
            finish_raw: finish.raw,
            logprobs: self.logprobs,
            refusal_logprobs: self.refusal_logprobs,
            sources: self.sources,
        })
    }
}

/// Puts the members of each JSON object over those of the ones before it. Their values stay the text
/// that they came as.
fn merge(all: Vec<String>) -> Result<Option<String>, String> {
    let mut merged: BTreeMap<String, &RawValue> = BTreeMap::new();
    for json in &all {
        let members: BTreeMap<String, &RawValue> = serde_json::from_str(json)
            .map_err(|error| format!("metadata is no JSON object: {error}"))?;
        merged.extend(members);
    }
    if all.is_empty() {
        return Ok(None);
    }
    let merged = serde_json::to_string(&merged);
    merged.map(Some).map_err(|error| error.to_string())
}

fn mixed(event: &str, delta: &Delta, other: &PartContent) -> String {
    let other = match other {
        PartContent::Text(_) => "text",
        PartContent::Reasoning(_) => "reasoning",
        PartContent::Refusal(_) => "a refusal",
        PartContent::ToolCall(_) => "a tool call",
        _ => "something else",
    };
    format!("`{event}` in part {}, which is {other}", delta.part)
}

fn no_call(event: &str, part: u32) -> String {
    format!("`{event}` in part {part}, which is no open tool call")
}
