//! The vendor's own state of parts and messages: what of an answer has no place in the contract and
//! has to be handed back with it.
//!
//! It travels as `metadata`, under the name `openai`, so that a conversation can move between vendors
//! without one taking the other's state for its own.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tidegate_guest::Result;

use crate::request::parse_field;

/// State of a part or of a message.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct State {
    /// Items that stood before this part and are no part: what the vendor's own tools did.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Box<RawValue>>,
    /// Items that stood after the last part of a message.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Box<RawValue>>,
    /// Whether a text is a comment on the way or the answer; newer models get worse without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// What the vendor calls a picture that it made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// Metadata as this dialect writes it.
#[derive(Deserialize)]
struct Metadata {
    openai: Option<State>,
}

impl State {
    /// Whether there is nothing to hand back.
    pub fn is_empty(&self) -> bool {
        self.before.is_empty() && self.after.is_empty() && self.phase.is_none() && self.id.is_none()
    }

    /// The state in some metadata; `None` where another vendor has written it. `field` names it in the
    /// error.
    pub fn read(field: &str, metadata: Option<&str>) -> Result<Option<Self>> {
        match metadata {
            None => Ok(Some(State::default())),
            Some(metadata) => Ok(parse_field::<Metadata>(field, metadata)?.openai),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use tidegate_guest::types::ErrorKind;

    use super::*;

    #[test]
    fn state_of_other_vendors_is_none_of_ours() {
        let foreign = State::read("metadata", Some(r#"{"anthropic": {"before": []}}"#));
        assert!(foreign.unwrap().is_none());
        assert!(State::read("metadata", None).unwrap().unwrap().is_empty());
    }

    #[test]
    fn items_survive_a_round_trip_to_the_letter() {
        let written = r#"{"before":[{"type":"x","n":1.0}],"phase":"commentary"}"#;
        let metadata = format!(r#"{{"service_tier":"default","openai":{written}}}"#);
        let state = State::read("metadata", Some(&metadata)).unwrap().unwrap();
        assert_eq!(serde_json::to_string(&state).unwrap(), written);
    }

    #[test]
    fn metadata_that_is_not_ours_by_its_form_is_the_callers_mistake() {
        let error = State::read("messages.metadata", Some(r#"{"openai": 7}"#)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidRequest);
        assert!(error.message.contains("messages.metadata"));
    }
}
