//! How much the model is to think, in the words of each service.

use serde::Serialize;
use tidegate_guest::types::ReasoningOptions;

use crate::profile::{Profile, ReasoningRequest};
use crate::warnings::Warnings;

/// The members of the body that ask for reasoning. One of them is there at most, but where a service takes
/// `thinking` and `reasoning_effort` together.
#[derive(Debug, Default, Serialize)]
pub struct Reasoning<'a> {
    /// <https://platform.openai.com/docs/api-reference/chat/create#chat-create-reasoning_effort>
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<&'a str>,
    /// <https://docs.mistral.ai/capabilities/reasoning/>; `null` means something.
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_mode: Option<Option<&'static str>>,
    /// <https://openrouter.ai/docs/use-cases/reasoning-tokens>
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<ReasoningObject<'a>>,
    /// <https://docs.z.ai/guides/capabilities/thinking-mode>,
    /// <https://api-docs.deepseek.com/guides/thinking_mode>
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking: Option<Thinking>,
}

#[derive(Debug, Serialize)]
struct ReasoningObject<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    effort: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
}

#[derive(Debug, Serialize)]
struct Thinking {
    r#type: &'static str,
}

impl Thinking {
    fn unless(off: bool) -> Self {
        Thinking {
            r#type: if off { "disabled" } else { "enabled" },
        }
    }
}

const BUDGET: &str = "reasoning.budget-tokens";
const EFFORT: &str = "reasoning.effort";
const SUMMARY: &str = "reasoning.summary";

impl<'a> Reasoning<'a> {
    pub fn new(
        options: &'a ReasoningOptions,
        profile: &Profile,
        warnings: &mut Warnings,
    ) -> Reasoning<'a> {
        let effort = options.effort.as_deref();
        let budget = options.budget_tokens;
        if options.summary.is_some() {
            warnings.add(
                SUMMARY,
                "this API shows reasoning or not, and takes no wish",
            );
        }
        match profile.reasoning_request {
            ReasoningRequest::Effort => {
                if budget.is_some() {
                    warnings.add(BUDGET, "this API takes an effort, not a number of tokens");
                }
                Reasoning {
                    reasoning_effort: effort,
                    ..Reasoning::default()
                }
            }
            ReasoningRequest::Object => {
                // The service takes one of the two, and the number says more.
                if effort.is_some() && budget.is_some() {
                    warnings.add(
                        EFFORT,
                        "this API takes an effort or a number of tokens, not both",
                    );
                }
                Reasoning {
                    reasoning: Some(ReasoningObject {
                        effort: effort.filter(|_| budget.is_none()),
                        max_tokens: budget.filter(|&tokens| tokens > 0),
                        enabled: (budget == Some(0)).then_some(false),
                    }),
                    ..Reasoning::default()
                }
            }
            ReasoningRequest::Thinking => {
                let off = off(options, &["none"], warnings);
                Reasoning {
                    thinking: Some(Thinking::unless(off)),
                    ..Reasoning::default()
                }
            }
            ReasoningRequest::ThinkingEffort => {
                let off = effort == Some("none") || budget == Some(0);
                if budget.is_some_and(|tokens| tokens > 0) {
                    warnings.add(BUDGET, "this API takes an effort, not a number of tokens");
                }
                Reasoning {
                    reasoning_effort: effort.filter(|_| !off),
                    thinking: Some(Thinking::unless(off)),
                    ..Reasoning::default()
                }
            }
            ReasoningRequest::HighOrNone | ReasoningRequest::PromptMode
                if effort.is_none() && budget.is_none() =>
            {
                Reasoning::default()
            }
            ReasoningRequest::HighOrNone => {
                let off = off(options, &["none", "high"], warnings);
                Reasoning {
                    reasoning_effort: Some(if off { "none" } else { "high" }),
                    ..Reasoning::default()
                }
            }
            ReasoningRequest::PromptMode => {
                let off = off(options, &["none"], warnings);
                Reasoning {
                    prompt_mode: Some((!off).then_some("reasoning")),
                    ..Reasoning::default()
                }
            }
        }
    }
}

/// Whether a service that thinks or does not is not to. `known` are the efforts that it can tell.
fn off(options: &ReasoningOptions, known: &[&str], warnings: &mut Warnings) -> bool {
    let effort = options.effort.as_deref();
    let off = effort == Some("none") || options.budget_tokens == Some(0);
    if effort.is_some_and(|effort| !known.contains(&effort)) {
        warnings.add(EFFORT, "this API thinks or does not; it was told to think");
    }
    if options.budget_tokens.is_some_and(|tokens| tokens > 0) {
        warnings.add(BUDGET, "this API thinks or does not; it was told to think");
    }
    off
}
