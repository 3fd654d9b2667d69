//! How much the model is to think: [thinking](https://ai.google.dev/gemini-api/docs/thinking).
//!
//! | asked for | before 2.5 | 2.5 | newer |
//! |---|---|---|---|
//! | nothing | nothing | nothing | nothing: the model's default |
//! | an effort | a warning | a budget, by the vendor's own table | a level |
//! | a budget | a warning | that budget | that budget, unless there is an effort too |
//! | effort `none`, budget 0 | nothing | budget 0; Pro the least, with a warning | the lowest level, with a warning |
//!
//! Whoever asks a model to think gets to see its thoughts, or what the vendor makes of them, unless
//! `summary` is `none`. It costs nothing more.

use serde::Serialize;
use tidegate_guest::types::ReasoningOptions;

use crate::model::Model;
use tidegate_guest::Warnings;

/// `thinkingConfig`.
#[derive(Serialize, Default, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Thinking {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    include_thoughts: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking_budget: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking_level: Option<String>,
}

/// Translates the options.
pub fn plan(
    options: Option<&ReasoningOptions>,
    model: Model,
    warnings: &mut Warnings,
) -> Option<Thinking> {
    let options = options?;
    let effort = options.effort.as_deref();
    let budget = options.budget_tokens;
    let off = effort == Some("none") || budget == Some(0);
    let asked = effort.is_some() || budget.is_some() || options.summary.is_some();
    if !model.thinks() {
        if asked && !off {
            warnings.add("reasoning", "this model does not think");
        }
        return None;
    }
    if off {
        return Some(least(model, warnings));
    }
    let mut thinking = Thinking {
        include_thoughts: asked && !matches!(options.summary.as_deref(), Some("none" | "omitted")),
        ..Thinking::default()
    };
    match (effort, budget) {
        (Some(effort), budget) if model.takes_level() => {
            thinking.thinking_level = Some(known_level(effort, model, warnings));
            // The API takes one of the two.
            if budget.is_some() {
                warnings.add(
                    "reasoning.budget-tokens",
                    "the vendor takes either a level or a budget: the level holds",
                );
            }
        }
        (_, Some(budget)) if model.takes_level() => thinking.thinking_budget = Some(budget),
        (effort, Some(wanted)) => {
            let range = model.budgets();
            let budget = wanted.clamp(*range.start(), *range.end());
            if budget != wanted {
                warnings.add(
                    "reasoning.budget-tokens",
                    format!(
                        "the budget is {budget}: this model takes {} to {}",
                        range.start(),
                        range.end()
                    ),
                );
            }
            if effort.is_some() {
                warnings.add("reasoning.effort", "the budget says more, and holds");
            }
            thinking.thinking_budget = Some(budget);
        }
        (Some(effort), None) => thinking.thinking_budget = Some(share(effort, warnings)),
        (None, None) => {}
    }
    (thinking != Thinking::default()).then_some(thinking)
}

/// As little as the model can.
fn least(model: Model, warnings: &mut Warnings) -> Thinking {
    let mut cannot = || {
        warnings.add(
            "reasoning",
            "this model cannot stop thinking: it thinks as little as it can",
        );
    };
    let (thinking_budget, thinking_level) = match model.takes_level() {
        true => {
            cannot();
            let minimal = model.takes_minimal();
            (None, Some(if minimal { "minimal" } else { "low" }.into()))
        }
        false if model.can_stop_thinking() => (Some(0), None),
        false => {
            cannot();
            (Some(*model.budgets().start()), None)
        }
    };
    Thinking {
        include_thoughts: false,
        thinking_budget,
        thinking_level,
    }
}

/// A level that the model has.
fn known_level(level: &str, model: Model, warnings: &mut Warnings) -> String {
    let level = level.to_ascii_lowercase();
    let nearest = match level.as_str() {
        "minimal" if !model.takes_minimal() => "low",
        "medium" if !model.takes_medium() => "high",
        "xhigh" | "max" => "high",
        _ => return level,
    };
    warnings.add(
        "reasoning.effort",
        format!("this model has no effort `{level}`: `{nearest}` is used"),
    );
    nearest.into()
}

/// What an effort is in tokens, by the table of the vendor's
/// [OpenAI-compatible API](https://ai.google.dev/gemini-api/docs/openai#thinking).
fn share(effort: &str, warnings: &mut Warnings) -> u32 {
    match effort {
        "minimal" | "low" => 1_024,
        "medium" => 8_192,
        "high" => 24_576,
        _ => {
            warnings.add(
                "reasoning.effort",
                format!("this model has no effort `{effort}`: `high` is used"),
            );
            24_576
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(effort: Option<&str>, budget_tokens: Option<u32>) -> ReasoningOptions {
        ReasoningOptions {
            effort: effort.map(Into::into),
            budget_tokens,
            summary: None,
        }
    }

    /// What is expected is written `thoughts budget level`.
    #[track_caller]
    fn check(model: &str, options: ReasoningOptions, expected: &str, warned: &[&str]) {
        let mut warnings = Warnings::default();
        let thinking = plan(Some(&options), Model::named(model), &mut warnings);
        let thinking = thinking.map_or_else(String::new, |it| {
            let budget = it.thinking_budget.map(|budget| budget.to_string());
            let shown = it.include_thoughts.then(|| "thoughts".to_owned());
            let words = [shown, budget, it.thinking_level];
            words.into_iter().flatten().collect::<Vec<_>>().join(" ")
        });
        assert_eq!((&*thinking, &*warnings.subjects()), (expected, warned));
    }

    #[test]
    fn an_effort_is_a_budget_on_old_models_and_a_level_on_new_ones() {
        let low = || asked(Some("low"), None);
        check("gemini-2.5-pro", low(), "thoughts 1024", &[]);
        check("gemini-3.1-pro-preview", low(), "thoughts low", &[]);
        check("gemini-2.0-flash", low(), "", &["reasoning"]);
    }

    #[test]
    fn a_budget_is_kept_within_what_the_model_takes() {
        let budget = |tokens| asked(None, Some(tokens));
        check("gemini-2.5-flash", budget(2_000), "thoughts 2000", &[]);
        let warned = ["reasoning.budget-tokens"];
        check("gemini-2.5-pro", budget(1), "thoughts 128", &warned);
        check(
            "gemini-2.5-flash-lite",
            budget(90_000),
            "thoughts 24576",
            &warned,
        );
        check(
            "gemini-3-flash-preview",
            budget(2_000),
            "thoughts 2000",
            &[],
        );
    }

    #[test]
    fn of_a_level_and_a_budget_one_holds() {
        let both = || asked(Some("high"), Some(500));
        let warned = ["reasoning.budget-tokens"];
        check("gemini-3-flash-preview", both(), "thoughts high", &warned);
        check(
            "gemini-2.5-flash",
            both(),
            "thoughts 500",
            &["reasoning.effort"],
        );
    }

    #[test]
    fn thinking_is_turned_off_as_far_as_it_can_be() {
        let off = || asked(Some("none"), None);
        check("gemini-2.5-flash", off(), "0", &[]);
        check("gemini-2.5-flash-lite", asked(None, Some(0)), "0", &[]);
        check("gemini-2.5-pro", off(), "128", &["reasoning"]);
        check("gemini-3-flash-preview", off(), "minimal", &["reasoning"]);
        check("gemini-flash-latest", off(), "low", &["reasoning"]);
        check("gemini-2.0-flash", off(), "", &[]);
    }

    #[test]
    fn levels_that_a_model_lacks_become_the_nearest() {
        let level = |level| asked(Some(level), None);
        let warned = ["reasoning.effort"];
        check(
            "gemini-3-pro-preview",
            level("medium"),
            "thoughts high",
            &warned,
        );
        check(
            "gemini-3.1-pro-preview",
            level("minimal"),
            "thoughts low",
            &warned,
        );
        check(
            "gemini-3-flash-preview",
            level("xhigh"),
            "thoughts high",
            &warned,
        );
        check(
            "gemini-2.5-flash",
            level("xhigh"),
            "thoughts 24576",
            &warned,
        );
    }

    #[test]
    fn thoughts_are_hidden_or_shown_as_asked() {
        let summary = |summary: &str| ReasoningOptions {
            summary: Some(summary.into()),
            ..asked(None, None)
        };
        check("gemini-2.5-flash", summary("auto"), "thoughts", &[]);
        check("gemini-2.5-flash", summary("none"), "", &[]);
        check("gemini-2.5-flash", asked(None, None), "", &[]);
    }
}
