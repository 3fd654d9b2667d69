//! How much the model is to think:
//! [adaptive thinking](https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking) with an
//! [effort](https://platform.claude.com/docs/en/build-with-claude/effort), or a
//! [budget](https://platform.claude.com/docs/en/build-with-claude/extended-thinking).
//!
//! | asked for | 3.7 to 4.5, and models of others | 4.6 | newer |
//! |---|---|---|---|
//! | nothing | nothing | nothing | nothing: the model's default |
//! | effort `none`, budget 0 | nothing | nothing | `disabled`; where it cannot be, effort `low` and a warning |
//! | an effort | a budget, as a share of `max_tokens` | adaptive and the effort | adaptive and the effort |
//! | a budget | that budget | that budget | adaptive, with a warning |

use serde::Serialize;
use tidegate_guest::types::ReasoningOptions;

use crate::model::Model;
use tidegate_guest::Warnings;

/// The least budget that the API takes.
const LEAST_BUDGET: u32 = 1024;

/// The largest budget that an effort is turned into; above it the vendor advises to send batches,
/// because connections do not last that long.
const LARGEST_SHARE: u32 = 32_000;

/// `thinking` of the body.
#[derive(Serialize, Debug, PartialEq)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Thinking {
    Adaptive {
        #[serde(skip_serializing_if = "Option::is_none")]
        display: Option<String>,
    },
    Enabled {
        budget_tokens: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        display: Option<String>,
    },
    Disabled,
}

/// What goes into the body.
#[derive(Default, Debug, PartialEq)]
pub struct Plan {
    pub thinking: Option<Thinking>,
    /// `output_config.effort`.
    pub effort: Option<String>,
}

/// Translates the options. `forced`: the model must call a tool.
pub fn plan(
    options: Option<&ReasoningOptions>,
    model: Model,
    max_tokens: u32,
    forced: bool,
    warnings: &mut Warnings,
) -> Plan {
    let Some(options) = options else {
        return Plan::default();
    };
    let effort = options.effort.as_deref();
    if effort == Some("none") || options.budget_tokens == Some(0) {
        return off(model, warnings);
    }
    let display = display(options.summary.as_deref(), model);
    if effort.is_none() && options.budget_tokens.is_none() {
        return shown(options, display, model, warnings);
    }
    if !model.thinks() {
        warnings.add("reasoning", "this model does not think");
        return Plan::default();
    }
    if forced && !model.thinks_unasked() {
        warnings.add(
            "reasoning",
            "the model cannot think and be forced to call a tool",
        );
        return Plan::default();
    }
    let level = effort.filter(|_| model.takes_effort());
    let effort = level.map(|level| known_level(level, model, warnings));
    if model.takes_budget() && (options.budget_tokens.is_some() || !model.takes_effort()) {
        let thinking =
            budget(options, max_tokens, warnings).map(|budget_tokens| Thinking::Enabled {
                budget_tokens,
                display,
            });
        return Plan { thinking, effort };
    }
    if options.budget_tokens.is_some() {
        warnings.add(
            "reasoning.budget-tokens",
            "this model decides itself how much to think; `reasoning.effort` guides it",
        );
    }
    Plan {
        thinking: Some(Thinking::Adaptive { display }),
        effort,
    }
}

fn off(model: Model, warnings: &mut Warnings) -> Plan {
    if model.always_thinks() {
        warnings.add(
            "reasoning",
            "this model cannot stop thinking: it thinks little",
        );
        return Plan {
            thinking: None,
            effort: Some("low".into()),
        };
    }
    Plan {
        thinking: model.thinks_unasked().then_some(Thinking::Disabled),
        effort: None,
    }
}

/// Whether to show the thinking is all that was asked for.
fn shown(
    options: &ReasoningOptions,
    display: Option<String>,
    model: Model,
    warnings: &mut Warnings,
) -> Plan {
    if options.summary.is_some() && !model.thinks_unasked() {
        warnings.add(
            "reasoning.summary",
            "this model only thinks where `reasoning.effort` or `reasoning.budget-tokens` asks for it",
        );
        return Plan::default();
    }
    Plan {
        thinking: display.map(|display| Thinking::Adaptive {
            display: Some(display),
        }),
        effort: None,
    }
}

/// `display`, where it differs from what the model does anyway.
fn display(summary: Option<&str>, model: Model) -> Option<String> {
    match summary? {
        // The vendor has one kind of summary.
        "auto" | "concise" | "detailed" | "summarized" => {
            model.hides_thinking().then(|| "summarized".into())
        }
        "none" | "omitted" => Some("omitted".into()),
        other => Some(other.into()),
    }
}

/// A level that the model has.
fn known_level(level: &str, model: Model, warnings: &mut Warnings) -> String {
    let nearest = match level {
        "minimal" => "low",
        "xhigh" if !model.takes_xhigh() => "high",
        level => return level.into(),
    };
    warnings.add(
        "reasoning.effort",
        format!("this model has no effort `{level}`: `{nearest}` is used"),
    );
    nearest.into()
}

/// The budget asked for, or the share of `max_tokens` that the effort stands for. Counts towards
/// `max_tokens` and has to leave something for the answer.
fn budget(options: &ReasoningOptions, max_tokens: u32, warnings: &mut Warnings) -> Option<u32> {
    if max_tokens <= LEAST_BUDGET {
        warnings.add(
            "reasoning",
            format!("`max_tokens` of {max_tokens} leaves no room to think"),
        );
        return None;
    }
    if let Some(wanted) = options.budget_tokens {
        let budget = wanted.clamp(LEAST_BUDGET, max_tokens - 1);
        if budget != wanted {
            warnings.add(
                "reasoning.budget-tokens",
                format!("the budget is {budget}: at least {LEAST_BUDGET}, and below `max_tokens`"),
            );
        }
        return Some(budget);
    }
    let percent = match options.effort.as_deref() {
        Some("minimal") => 10,
        Some("low") => 20,
        Some("high") => 80,
        Some("xhigh" | "max") => 95,
        _ => 50,
    };
    let share = u64::from(max_tokens) * percent / 100;
    let share = u32::try_from(share).unwrap_or(LARGEST_SHARE);
    Some(share.min(LARGEST_SHARE).clamp(LEAST_BUDGET, max_tokens - 1))
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

    #[track_caller]
    fn check(model: &str, options: ReasoningOptions, expected: Plan, warned: &[&str]) {
        let mut warnings = Warnings::default();
        let model = Model::named(model);
        let plan = plan(Some(&options), model, 10_000, false, &mut warnings);
        assert_eq!((plan, &*warnings.subjects()), (expected, warned));
    }

    fn enabled(budget_tokens: u32) -> Option<Thinking> {
        Some(Thinking::Enabled {
            budget_tokens,
            display: None,
        })
    }

    const ADAPTIVE: Option<Thinking> = Some(Thinking::Adaptive { display: None });

    fn with(thinking: Option<Thinking>, effort: Option<&str>) -> Plan {
        Plan {
            thinking,
            effort: effort.map(Into::into),
        }
    }

    #[test]
    fn an_effort_is_a_share_on_old_models_and_an_effort_on_new_ones() {
        let high = || asked(Some("high"), None);
        check("claude-sonnet-4-5", high(), with(enabled(8_000), None), &[]);
        check("claude-opus-4-6", high(), with(ADAPTIVE, Some("high")), &[]);
        check("claude-opus-5", high(), with(ADAPTIVE, Some("high")), &[]);
        check("claude-3-haiku", high(), Plan::default(), &["reasoning"]);
    }

    #[test]
    fn a_budget_is_kept_while_models_take_one() {
        let budget = || asked(None, Some(2_000));
        check("claude-opus-4-6", budget(), with(enabled(2_000), None), &[]);
        let warned = ["reasoning.budget-tokens"];
        check("claude-opus-4-7", budget(), with(ADAPTIVE, None), &warned);
        let too_much = asked(None, Some(20_000));
        check(
            "claude-haiku-4-5",
            too_much,
            with(enabled(9_999), None),
            &warned,
        );
    }

    #[test]
    fn thinking_is_turned_off_where_it_is_on() {
        let off = || asked(Some("none"), None);
        let zero = asked(None, Some(0));
        check("claude-opus-4-8", off(), Plan::default(), &[]);
        check(
            "claude-sonnet-5",
            zero,
            with(Some(Thinking::Disabled), None),
            &[],
        );
        check(
            "claude-fable-5",
            off(),
            with(None, Some("low")),
            &["reasoning"],
        );
    }

    #[test]
    fn levels_that_a_model_lacks_become_the_nearest() {
        let warned = ["reasoning.effort"];
        let minimal = asked(Some("minimal"), None);
        check(
            "claude-opus-5",
            minimal,
            with(ADAPTIVE, Some("low")),
            &warned,
        );
        let xhigh = asked(Some("xhigh"), None);
        check(
            "claude-opus-4-6",
            xhigh,
            with(ADAPTIVE, Some("high")),
            &warned,
        );
    }
}
