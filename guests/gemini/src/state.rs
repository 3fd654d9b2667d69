//! The vendor's own state of parts and messages: what of an answer has no place in the contract and
//! has to be handed back with it. Above all
//! [thought signatures](https://ai.google.dev/gemini-api/docs/thought-signatures), without which
//! Gemini 3 refuses its own tool calls.
//!
//! It travels as `metadata`, under the name `gemini`, so that a conversation can move between
//! vendors without one taking the other's state for its own.

use std::fmt::Display;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tidegate_guest::Result;
use tidegate_guest::types::{Error, ErrorKind};

/// State of a part.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartState {
    /// Parts that stood before this one and are none of the contract's: what tools did that the
    /// vendor runs itself, signatures without a text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Box<RawValue>>,
    /// What the model thought, encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thought_signature: Option<String>,
}

impl PartState {
    /// Whether there is nothing to hand back.
    pub fn is_empty(&self) -> bool {
        self.before.is_empty() && self.thought_signature.is_none()
    }
}

/// State of a message.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageState {
    /// Parts that stood after the last one of the contract's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Box<RawValue>>,
}

#[derive(Serialize, Deserialize)]
struct Metadata<T> {
    #[serde(default)]
    gemini: T,
}

/// As the JSON of a `metadata` event.
pub fn write(state: &impl Serialize) -> Result<String> {
    serde_json::to_string(&Metadata { gemini: state })
        .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))
}

/// From the metadata of a part or message. `place` names it in the error.
pub fn read<T: DeserializeOwned + Default>(
    metadata: Option<&str>,
    place: impl Display,
) -> Result<T> {
    let Some(metadata) = metadata else {
        return Ok(T::default());
    };
    let metadata: Metadata<T> = serde_json::from_str(metadata).map_err(|error| {
        Error::new(
            ErrorKind::InvalidRequest,
            format!("the metadata of {place} is not what this provider gave out: {error}"),
        )
    })?;
    Ok(metadata.gemini)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn state_survives_a_round_trip() {
        let written =
            r#"{"gemini":{"before":[{"executableCode":{"n":1.0}}],"thoughtSignature":"c2ln"}}"#;
        let state: PartState = read(Some(written), "a part").unwrap();
        assert_eq!(write(&state).unwrap(), written);
    }

    #[test]
    fn state_of_other_vendors_is_none_of_ours() {
        let state: PartState = read(Some(r#"{"anthropic":{"before":[]}}"#), "a part").unwrap();
        assert!(state.is_empty());
        let nothing: MessageState = read(None, "a message").unwrap();
        assert!(nothing.after.is_empty());
    }

    #[test]
    fn metadata_that_is_no_object_is_the_callers_mistake() {
        let error = read::<PartState>(Some("7"), "`messages[0]`").unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidRequest);
        assert!(error.message.contains("`messages[0]`"));
    }
}
