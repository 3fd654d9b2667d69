//! `functions` and `function_call`, which `tools` and `tool_choice` replaced in 2023. Whoever asks in
//! the old way is answered in the old way.
//!
//! | here | in the contract |
//! |---|---|
//! | `functions` | tools, of which one is called at a time |
//! | `function_call` of the request: `auto`, `none`, `{"name": …}` | the choice of a tool |
//! | `function_call` of a message | a tool call; its id is the gateway's |
//! | a message of the role `function` | the result of the call before it |

use serde_json::value::RawValue;
use tidegate_host::Completion;
use tidegate_host::types::{FinishReason, PartContent, ToolChoice, Warning};

use crate::json::{self, Misread, object};
use crate::openai::finish;

object! {
    struct Named<'a> {
        "name" => name: String,
    }
}

/// `function_call` of a request.
pub fn choice(raw: &RawValue) -> Result<ToolChoice, Misread> {
    match raw.get() {
        r#""auto""# => Ok(ToolChoice::Auto),
        r#""none""# => Ok(ToolChoice::None),
        named if named.starts_with('{') => json::reread::<Named>(raw)?
            .name
            .map(ToolChoice::Named)
            .ok_or_else(|| Misread::new("it has no `name`")),
        _ => Err(Misread::new(
            "this is no choice; there are `auto`, `none` and a function's name",
        )),
    }
}

/// Leaves one call in each answer: the old way has no place for more.
pub fn keep_first_calls(completion: &mut Completion) {
    let mut others = false;
    for choice in &mut completion.choices {
        let mut calls = 0;
        choice.message.parts.retain(|part| {
            calls += usize::from(matches!(part.content, PartContent::ToolCall(_)));
            calls < 2 || !matches!(part.content, PartContent::ToolCall(_))
        });
        others |= calls > 1;
    }
    if others {
        completion.warnings.push(warning());
    }
}

/// What is said of calls that are left out.
pub fn warning() -> Warning {
    Warning {
        subject: Some("functions".into()),
        message:
            "the model made several calls, of which `function_call` can hold one; ask with `tools` for all"
                .into(),
    }
}

/// Why an answer ends, in the way in which it was asked for.
pub fn finish_word(reason: FinishReason, functions: bool) -> &'static str {
    match reason {
        FinishReason::ToolCalls if functions => "function_call",
        reason => finish::word(reason),
    }
}
