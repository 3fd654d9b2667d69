//! How an answer ends.

use serde::Serialize;
use serde_json::value::RawValue;
use tidegate_guest::Result;
use tidegate_guest::types::{Error, ErrorKind, FinishReason};

use super::wire;
use crate::answer::in_band;
use crate::responses::state::State;

/// The end of an answer that has not failed.
#[derive(Debug)]
pub struct Ending<'a> {
    reason: FinishReason,
    raw: &'a str,
}

impl<'a> Ending<'a> {
    /// | `status` | `incomplete_details.reason` | reason |
    /// |---|---|---|
    /// | `completed`, or not said | | `stop`, with calls `tool-calls` |
    /// | `incomplete` | `max_output_tokens`, `max_tokens` | `length` |
    /// | `incomplete` | `content_filter` | `content-filter` |
    /// | `incomplete` | anything else | `other` |
    /// | `failed`, `cancelled` | | an error |
    /// | `queued`, `in_progress` | | an error: nobody will come for the rest |
    /// | anything else | | `other` |
    pub fn read(answer: &'a wire::Response) -> Result<Self> {
        if let Some(error) = answer.error {
            return Err(in_band(error.get()));
        }
        let status = answer.status.non_empty().unwrap_or("completed");
        let details = answer.incomplete_details.as_ref();
        let why = details.and_then(|details| details.reason.non_empty());
        let reason = match (status, why.unwrap_or_default()) {
            ("completed", _) => FinishReason::Stop,
            ("incomplete", "max_output_tokens" | "max_tokens") => FinishReason::Length,
            ("incomplete", "content_filter") => FinishReason::ContentFilter,
            ("failed", _) => return Err(in_band("{}")),
            ("cancelled", _) => {
                return Err(upstream("the answer was cancelled at the upstream"));
            }
            ("queued" | "in_progress", _) => {
                return Err(upstream(
                    "the upstream has put the answer off\nhint: leave out `background`",
                ));
            }
            _ => FinishReason::Other,
        };
        Ok(Ending {
            reason,
            raw: why.unwrap_or(status),
        })
    }

    /// Whether the model has said all that it wanted to.
    pub fn is_whole(&self) -> bool {
        self.reason == FinishReason::Stop
    }

    /// The reason and the vendor's word for it. `calls`: the model waits for results.
    pub fn reason(&self, calls: bool) -> (FinishReason, &'a str) {
        match self.reason {
            FinishReason::Stop if calls => (FinishReason::ToolCalls, self.raw),
            reason => (reason, self.raw),
        }
    }
}

/// What the vendor says of how the answer came about, and what it wants back with it.
pub fn metadata(answer: &wire::Response, after: Vec<Box<RawValue>>) -> Option<String> {
    #[derive(Serialize)]
    struct Metadata<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        service_tier: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        content_filters: Option<&'a RawValue>,
        #[serde(skip_serializing_if = "State::is_empty")]
        openai: State,
    }
    let metadata = Metadata {
        service_tier: answer.service_tier.non_empty(),
        content_filters: answer.content_filters,
        openai: State {
            after,
            ..State::default()
        },
    };
    let json = serde_json::to_string(&metadata).ok()?;
    (json != "{}").then_some(json)
}

fn upstream(message: &str) -> Error {
    Error::new(ErrorKind::Upstream, message)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn ending(json: &str) -> Result<FinishReason> {
        let answer: wire::Response = serde_json::from_str(json).unwrap();
        Ok(Ending::read(&answer)?.reason(false).0)
    }

    #[test]
    fn an_answer_that_is_not_over_is_none() {
        for status in ["failed", "cancelled", "queued", "in_progress"] {
            let error = ending(&format!(r#"{{"status": "{status}"}}"#)).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Upstream, "{status}");
        }
    }

    #[test]
    fn a_word_nobody_knows_is_other() {
        assert_eq!(ending(r#"{"status": "abacus"}"#), Ok(FinishReason::Other));
        assert_eq!(ending(r#"{"output": []}"#), Ok(FinishReason::Stop));
        let odd = r#"{"status": "incomplete", "incomplete_details": {"reason": "odd"}}"#;
        assert_eq!(ending(odd), Ok(FinishReason::Other));
    }
}
