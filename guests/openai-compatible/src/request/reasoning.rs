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
            ReasoningRequest::Thinking | ReasoningRequest::ThinkingEffort => {
                let takes_effort = profile.reasoning_request == ReasoningRequest::ThinkingEffort;
                let off = effort == Some("none") || budget == Some(0);
                let effort = effort.filter(|effort| *effort != "none");
                if effort.is_some() && !takes_effort {
                    warnings.add(EFFORT, "this API thinks or does not; it was told to think");
                }
                if budget.is_some_and(|tokens| tokens > 0) {
                    let message = match takes_effort {
                        true => "this API takes an effort, not a number of tokens",
                        false => "this API thinks or does not; it was told to think",
                    };
                    warnings.add(BUDGET, message);
                }
                Reasoning {
                    reasoning_effort: effort.filter(|_| takes_effort && !off),
                    thinking: Some(Thinking {
                        r#type: if off { "disabled" } else { "enabled" },
                    }),
                    ..Reasoning::default()
                }
            }
        }
    }
}
