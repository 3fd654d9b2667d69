//! How much the model is to think, which every family has words of its own for.
//!
//! | asked for | Claude 3.7 to 4.5 | Claude 4.6 | newer | Nova 2 | GPT-OSS | others |
//! |---|---|---|---|---|---|---|
//! | effort `none`, budget 0 | nothing | nothing | `disabled` from 5 on | nothing | `low`, with a warning | nothing |
//! | an effort | a budget, as a share of `maxTokens` | adaptive and the effort | the same | `maxReasoningEffort` | `reasoning_effort` | a warning |
//! | a budget | that budget | that budget | adaptive, with a warning | a warning | a warning | a warning |

use serde_json::json;
use tidegate_guest::Result;
use tidegate_guest::types::{ChatRequest, ReasoningOptions, ToolChoice};

use super::additional::Additional;
use crate::model::Model;
use tidegate_guest::Warnings;

/// The least budget that Claude takes.
const LEAST_BUDGET: u32 = 1024;

/// The largest budget that an effort is turned into; above it the vendor advises to send batches,
/// because connections do not last that long.
const LARGEST_SHARE: u32 = 32_000;

/// What an effort is a share of where the caller set no limit: as much as every Claude that thinks
/// answers with.
const ASSUMED_LIMIT: u32 = 32_000;

/// What the rest of the body has to know.
#[derive(Default, Debug, PartialEq)]
pub struct Plan {
    /// `outputConfig.effort`.
    pub effort: Option<String>,
    /// Whether it was told to think.
    pub thinks: bool,
    /// Whether it must not be told how many tokens to make, nor how.
    pub unbounded: bool,
}

/// Translates the options, by fields of the model's own.
pub fn plan(
    request: &ChatRequest,
    model: Model,
    additional: &mut Additional,
    warnings: &mut Warnings,
) -> Result<Plan> {
    let Some(options) = &request.reasoning else {
        return Ok(Plan::default());
    };
    if let (Some(_), false) = (&options.summary, matches!(model, Model::Claude(..))) {
        warnings.add("reasoning.summary", "this model shows what it always shows");
    }
    let off = options.effort.as_deref() == Some("none") || options.budget_tokens == Some(0);
    match model {
        Model::Claude(major, minor) => {
            claude(request, options, (major, minor), off, additional, warnings)
        }
        _ if off && model == Model::GptOss => {
            warnings.add(
                "reasoning",
                "this model cannot stop thinking: it thinks little",
            );
            additional.set("reasoning_effort", &"low")?;
            Ok(Plan::default())
        }
        _ if off => Ok(Plan::default()),
        Model::Nova2 | Model::GptOss => levelled(options, model, additional, warnings),
        _ => {
            if options.effort.is_some() || options.budget_tokens.is_some() {
                warnings.add("reasoning", "this model is not told how much to think");
            }
            Ok(Plan::default())
        }
    }
}

/// Models that have three levels.
fn levelled(
    options: &ReasoningOptions,
    model: Model,
    additional: &mut Additional,
    warnings: &mut Warnings,
) -> Result<Plan> {
    if options.budget_tokens.is_some() {
        warnings.add(
            "reasoning.budget-tokens",
            "this model takes a level; `reasoning.effort` sets it",
        );
    }
    let Some(effort) = options.effort.as_deref() else {
        return Ok(Plan::default());
    };
    let level = match effort {
        "minimal" => "low",
        "xhigh" | "max" => "high",
        level => level,
    };
    if level != effort {
        warnings.add(
            "reasoning.effort",
            format!("this model has no effort `{effort}`: `{level}` is used"),
        );
    }
    if model == Model::GptOss {
        additional.set("reasoning_effort", &level)?;
        return Ok(Plan::default());
    }
    let config = json!({ "type": "enabled", "maxReasoningEffort": level });
    additional.set("reasoningConfig", &config)?;
    Ok(Plan {
        unbounded: level == "high",
        ..Plan::default()
    })
}

fn claude(
    request: &ChatRequest,
    options: &ReasoningOptions,
    version: (u8, u8),
    off: bool,
    additional: &mut Additional,
    warnings: &mut Warnings,
) -> Result<Plan> {
    let unasked = version >= (5, 0);
    if off {
        if unasked {
            additional.set("thinking", &json!({ "type": "disabled" }))?;
        }
        return Ok(Plan::default());
    }
    let display = match options.summary.as_deref() {
        Some("none" | "omitted") => Some("omitted"),
        // Newer models leave their thinking out of the answer unless asked for it.
        Some(_) if version >= (4, 7) => Some("summarized"),
        _ => None,
    };
    let asked = options.effort.is_some() || options.budget_tokens.is_some();
    let shown = unasked && display.is_some();
    if !asked && !shown {
        if options.summary.is_some() {
            warnings.add(
                "reasoning.summary",
                "this model only thinks where `reasoning.effort` or `reasoning.budget-tokens` asks for it",
            );
        }
        return Ok(Plan::default());
    }
    if version < (3, 7) {
        warnings.add("reasoning", "this model does not think");
        return Ok(Plan::default());
    }
    let forced = matches!(
        request.tool_choice,
        Some(ToolChoice::Required | ToolChoice::Named(_))
    );
    if forced && !unasked {
        warnings.add(
            "reasoning",
            "the model cannot think and be forced to call a tool",
        );
        return Ok(Plan::default());
    }
    let takes_effort = version >= (4, 6);
    let effort = options.effort.as_deref().filter(|_| takes_effort);
    let effort = effort.map(|effort| known_level(effort, version, warnings));
    let mut thinking = if version <= (4, 6) && (options.budget_tokens.is_some() || !takes_effort) {
        let Some(budget) = budget(options, request.sampling.max_output_tokens, warnings) else {
            return Ok(Plan::default());
        };
        json!({ "type": "enabled", "budget_tokens": budget })
    } else {
        if options.budget_tokens.is_some() {
            warnings.add(
                "reasoning.budget-tokens",
                "this model decides itself how much to think; `reasoning.effort` guides it",
            );
        }
        json!({ "type": "adaptive" })
    };
    if let Some(display) = display {
        thinking["display"] = display.into();
    }
    additional.set("thinking", &thinking)?;
    Ok(Plan {
        effort,
        thinks: true,
        unbounded: false,
    })
}

/// A level that the model has.
fn known_level(level: &str, version: (u8, u8), warnings: &mut Warnings) -> String {
    let nearest = match level {
        "minimal" => "low",
        "xhigh" if version < (4, 7) => "high",
        level => return level.into(),
    };
    warnings.add(
        "reasoning.effort",
        format!("this model has no effort `{level}`: `{nearest}` is used"),
    );
    nearest.into()
}

/// The budget asked for, or the share of the limit that the effort stands for. Counts towards the
/// limit and has to leave something for the answer.
fn budget(
    options: &ReasoningOptions,
    max_tokens: Option<u32>,
    warnings: &mut Warnings,
) -> Option<u32> {
    if let Some(limit) = max_tokens.filter(|limit| *limit <= LEAST_BUDGET) {
        warnings.add(
            "reasoning",
            format!("`maxTokens` of {limit} leaves no room to think"),
        );
        return None;
    }
    let most = max_tokens.map_or(u32::MAX, |limit| limit - 1);
    if let Some(wanted) = options.budget_tokens {
        let budget = wanted.clamp(LEAST_BUDGET, most);
        if budget != wanted {
            warnings.add(
                "reasoning.budget-tokens",
                format!("the budget is {budget}: at least {LEAST_BUDGET}, and below `maxTokens`"),
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
    let share = u64::from(max_tokens.unwrap_or(ASSUMED_LIMIT)) * percent / 100;
    let share = u32::try_from(share).unwrap_or(LARGEST_SHARE);
    Some(share.min(LARGEST_SHARE).clamp(LEAST_BUDGET, most))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn asked(effort: Option<&str>, budget_tokens: Option<u32>) -> ReasoningOptions {
        ReasoningOptions {
            effort: effort.map(Into::into),
            budget_tokens,
            summary: None,
        }
    }

    /// The fields of the model's own, and `outputConfig.effort`.
    #[track_caller]
    fn check(model: &str, options: ReasoningOptions, fields: &str, effort: &str, warned: &[&str]) {
        let mut warnings = Warnings::default();
        let mut additional = Additional::default();
        let request = ChatRequest {
            reasoning: Some(options),
            ..ChatRequest::default()
        };
        let model = Model::named(model);
        let plan = plan(&request, model, &mut additional, &mut warnings).unwrap();
        let got = serde_json::to_string(&additional).unwrap();
        assert_eq!(
            (&*got, plan.effort.as_deref().unwrap_or("")),
            (fields, effort)
        );
        assert_eq!(warnings.subjects(), warned);
    }

    #[test]
    fn an_effort_is_said_in_the_words_of_each_family() {
        let high = || asked(Some("high"), None);
        let budget = r#"{"thinking":{"budget_tokens":25600,"type":"enabled"}}"#;
        check("anthropic.claude-sonnet-4-5-v1:0", high(), budget, "", &[]);
        let adaptive = r#"{"thinking":{"type":"adaptive"}}"#;
        check(
            "anthropic.claude-opus-4-6-v1",
            high(),
            adaptive,
            "high",
            &[],
        );
        check("anthropic.claude-opus-5", high(), adaptive, "high", &[]);
        let nova = r#"{"reasoningConfig":{"maxReasoningEffort":"high","type":"enabled"}}"#;
        check("us.amazon.nova-2-lite-v1:0", high(), nova, "", &[]);
        let gpt = r#"{"reasoning_effort":"high"}"#;
        check("openai.gpt-oss-20b-1:0", high(), gpt, "", &[]);
        check(
            "anthropic.claude-3-haiku-v1:0",
            high(),
            "{}",
            "",
            &["reasoning"],
        );
        check(
            "meta.llama3-1-8b-instruct-v1:0",
            high(),
            "{}",
            "",
            &["reasoning"],
        );
    }

    #[test]
    fn a_budget_is_kept_where_there_is_one_and_clamped() {
        let small = asked(None, Some(7));
        let least = r#"{"thinking":{"budget_tokens":1024,"type":"enabled"}}"#;
        let warned = ["reasoning.budget-tokens"];
        check("anthropic.claude-opus-4-6-v1", small, least, "", &warned);
        let adaptive = r#"{"thinking":{"type":"adaptive"}}"#;
        let budget = || asked(None, Some(2_000));
        check("anthropic.claude-opus-4-7", budget(), adaptive, "", &warned);
        check("amazon.nova-2-lite-v1:0", budget(), "{}", "", &warned);
    }

    #[test]
    fn thinking_is_turned_off_where_it_is_on() {
        let off = || asked(Some("none"), None);
        check("anthropic.claude-sonnet-4-5-v1:0", off(), "{}", "", &[]);
        let disabled = r#"{"thinking":{"type":"disabled"}}"#;
        check("anthropic.claude-sonnet-5", off(), disabled, "", &[]);
        let low = r#"{"reasoning_effort":"low"}"#;
        check("openai.gpt-oss-20b-1:0", off(), low, "", &["reasoning"]);
        check(
            "amazon.nova-2-lite-v1:0",
            asked(None, Some(0)),
            "{}",
            "",
            &[],
        );
    }
}
