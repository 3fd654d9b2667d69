//! How much to think first (<https://docs.cohere.com/docs/reasoning>).

use serde::Serialize;
use tidegate_guest::types::ReasoningOptions;

use crate::warnings::Warnings;

#[derive(Serialize)]
pub struct Thinking {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_budget: Option<u32>,
}

/// Models that reason do so unless told not to. `None`: as the model is used to.
pub fn thinking(options: &ReasoningOptions, warnings: &mut Warnings) -> Option<Thinking> {
    if let Some(summary) = options.summary.as_deref().filter(|&it| it != "auto") {
        warnings.add(
            "reasoning.summary",
            format!("Cohere shows all reasoning, it knows no `{summary}` summary"),
        );
    }
    let effort = options.effort.as_deref();
    if effort == Some("none") || options.budget_tokens == Some(0) {
        return Some(Thinking {
            r#type: "disabled",
            token_budget: None,
        });
    }
    if let (Some(effort), None) = (effort, options.budget_tokens) {
        warnings.add(
            "reasoning.effort",
            format!("Cohere takes a number of tokens, not `{effort}`; thinking was turned on"),
        );
    }
    (effort.is_some() || options.budget_tokens.is_some()).then_some(Thinking {
        r#type: "enabled",
        token_budget: options.budget_tokens,
    })
}
