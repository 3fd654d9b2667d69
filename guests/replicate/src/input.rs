//! Sampling and reasoning as inputs of a prediction.

use serde_json::{Map, Value};
use tidegate_guest::Io;
use tidegate_guest::types::*;

use crate::family::{Family, Thinking};

/// The `input` of a prediction: whatever the model's schema names.
pub type Input = Map<String, Value>;

pub fn sampling(input: &mut Input, sampling: &Sampling, family: &Family, io: &Io) {
    let stop = (!sampling.stop.is_empty()).then(|| sampling.stop.join(",").into());
    if sampling.stop.iter().any(|text| text.contains(',')) {
        io.warn(
            "sampling.stop",
            "Replicate parts stop texts by commas; one that holds a comma is torn apart",
        );
    }
    for (subject, name, value) in [
        (
            "sampling.temperature",
            "temperature",
            sampling.temperature.map(Value::from),
        ),
        ("sampling.top-p", "top_p", sampling.top_p.map(Value::from)),
        ("sampling.top-k", "top_k", sampling.top_k.map(Value::from)),
        (
            "sampling.frequency-penalty",
            "frequency_penalty",
            sampling.frequency_penalty.map(Value::from),
        ),
        (
            "sampling.presence-penalty",
            "presence_penalty",
            sampling.presence_penalty.map(Value::from),
        ),
        ("sampling.seed", "seed", sampling.seed.map(Value::from)),
        ("sampling.stop", "stop_sequences", stop),
    ] {
        match value {
            Some(value) if family.samples_by(name) => {
                input.insert(name.into(), value);
            }
            Some(_) => io.warn(subject, format!("this model has no input `{name}`")),
            None => {}
        }
    }
    if let Some(tokens) = sampling.max_output_tokens {
        input.insert(family.max_tokens.into(), tokens.into());
    }
    if sampling.logprobs.is_some() {
        io.warn(
            "sampling.logprobs",
            "Replicate reports no log probabilities",
        );
    }
}

/// What reasoning there is comes as text, as the model writes it: Replicate does not tell it apart.
pub fn reasoning(input: &mut Input, options: &ReasoningOptions, family: &Family, io: &Io) {
    let effort = options.effort.as_deref();
    let budget = options.budget_tokens;
    let off = effort == Some("none") || budget == Some(0);
    if options.summary.is_some() {
        io.warn("reasoning.summary", "Replicate summarizes no reasoning");
    }
    match family.thinking {
        Thinking::Unknown => {
            if effort.is_some() || budget.is_some() {
                io.warn("reasoning", "this model has no known input for it");
            }
        }
        Thinking::Effort => {
            if let Some(effort) = effort {
                input.insert("reasoning_effort".into(), effort.into());
            }
            if budget.is_some() {
                io.warn("reasoning.budget-tokens", "this model takes an effort only");
            }
        }
        Thinking::Extended if off => {
            input.insert("extended_thinking".into(), false.into());
        }
        Thinking::Extended => {
            if effort.is_some() || budget.is_some() {
                input.insert("extended_thinking".into(), true.into());
            }
            if let Some(budget) = budget {
                input.insert("thinking_budget_tokens".into(), budget.into());
            }
            warn_of_effort(effort, io);
        }
        Thinking::Budget if off => {
            input.insert("thinking_budget".into(), 0.into());
        }
        Thinking::Budget => {
            match (budget, effort) {
                (Some(budget), _) => {
                    input.insert("thinking_budget".into(), budget.into());
                }
                (None, Some(_)) => {
                    input.insert("dynamic_thinking".into(), true.into());
                }
                (None, None) => {}
            }
            warn_of_effort(effort, io);
        }
    }
}

fn warn_of_effort(effort: Option<&str>, io: &Io) {
    if effort.is_some() {
        io.warn(
            "reasoning.effort",
            "this model thinks or does not; it takes a budget instead of an effort",
        );
    }
}
