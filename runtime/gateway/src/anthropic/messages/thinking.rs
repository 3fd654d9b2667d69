//! How much the model is to think, and the shape of its answer, which is written beside the effort.
//!
//! | `thinking` | `output_config.effort` | becomes |
//! |---|---|---|
//! | absent | absent | nothing: the model's default |
//! | absent, `adaptive` | an effort | that effort |
//! | `adaptive` | absent | the effort `high`, which the vendor calls the default |
//! | `enabled` | any | the budget, and the effort where there is one |
//! | `disabled` | any | a budget of 0; an effort is left out, with a warning |
//!
//! `output_config.format` becomes the format of the answer. What else is in `output_config` goes to
//! the provider as it stands.

use serde_json::value::RawValue;
use tidegate_host::types::{JsonSchema, ReasoningOptions, ResponseFormat};

use crate::extra::Extra;
use crate::json::{Misread, Strays, Text, members, object};

object! {
    /// `thinking`.
    pub struct Thinking<'a> {
        "type" => kind: Text<'a>,
        "budget_tokens" => budget_tokens: u32,
        "display" => display: String,
    }
}

object! {
    /// `output_config`.
    pub struct OutputConfig<'a> {
        "effort" => effort: String,
        "format" => format: Format<'a>,
    }
}

object! {
    /// The shape of the answer.
    pub struct Format<'a> {
        "type" => kind: Text<'a>,
        "schema" => schema: &'a RawValue,
        "name" => name: String,
    }
}

/// The effort that the vendor says is the same as none given.
const DEFAULT_EFFORT: &str = "high";

/// Reads both; appends to `extra` what only the vendor knows.
pub fn read(
    thinking: Option<Thinking<'_>>,
    output: Option<OutputConfig<'_>>,
    extra: &mut Extra,
    strays: &mut Strays,
) -> Result<(Option<ReasoningOptions>, Option<ResponseFormat>), Misread> {
    let output = output.unwrap_or_default();
    if let Some(rest) = members(&output.rest) {
        extra.put("output_config", &rest);
    }
    let format = match output.format {
        Some(format) => {
            let format = strays.within("output_config", |strays| {
                strays.within("format", |strays| format.read(strays))
            });
            Some(format?)
        }
        None => None,
    };
    let effort = output.effort;
    let Some(thinking) = thinking else {
        let options = effort.map(|effort| ReasoningOptions {
            effort: Some(effort),
            budget_tokens: None,
            summary: None,
        });
        return Ok((options, format));
    };
    let options = strays.within("thinking", |strays| {
        strays.note(&thinking.rest);
        let (effort, budget_tokens) = match thinking.kind.as_deref() {
            Some("enabled") => match thinking.budget_tokens {
                Some(budget) => (effort.clone(), Some(budget)),
                None => return Err(Misread::new("the type `enabled` needs `budget_tokens`")),
            },
            Some("adaptive") => {
                let effort = effort.as_deref().unwrap_or(DEFAULT_EFFORT);
                (Some(effort.into()), None)
            }
            Some("disabled") => (None, Some(0)),
            Some(other) => {
                let problem = format!(
                    "`{}` is no way to think; there are `enabled`, `adaptive` and `disabled`",
                    other.escape_debug()
                );
                return Err(Misread::new(problem).within("type"));
            }
            None => return Err(Misread::new("it has no `type`")),
        };
        Ok(ReasoningOptions {
            effort,
            budget_tokens,
            summary: thinking.display,
        })
    })?;
    if effort.is_some() && options.effort.is_none() {
        let why = "there is no effort where thinking is switched off; this was left out";
        strays.leave_out("output_config.effort", why);
    }
    Ok((Some(options), format))
}

impl Format<'_> {
    fn read(self, strays: &mut Strays) -> Result<ResponseFormat, Misread> {
        strays.note(&self.rest);
        match self.kind.as_deref() {
            Some("json_schema") => {}
            Some(other) => {
                let problem = format!(
                    "`{}` is no format; there is `json_schema`",
                    other.escape_debug()
                );
                return Err(Misread::new(problem).within("type"));
            }
            None => return Err(Misread::new("it has no `type`")),
        }
        let schema = self
            .schema
            .ok_or_else(|| Misread::new("it has no `schema`"))?;
        Ok(ResponseFormat::JsonSchema(JsonSchema {
            // The vendor has no names for them, and others want one.
            name: self.name.unwrap_or_else(|| "answer".into()),
            description: None,
            schema: schema.get().into(),
            // The vendor holds the model to it.
            strict: Some(true),
        }))
    }
}
