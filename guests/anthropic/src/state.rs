//! The vendor's own state of parts and messages: what of an answer has no place in the contract and
//! has to be handed back with it.
//!
//! It travels as `metadata`, under the name `anthropic`, so that a conversation can move between
//! vendors without one taking the other's state for its own.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tidegate_guest::Result;
use tidegate_guest::types::{Error, ErrorKind};

/// State of a part.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct PartState {
    /// Blocks that stood before this one and are no part: what tools did that the vendor runs
    /// itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Box<RawValue>>,
    /// More members of this block: `citations` of a text, `caller` of a tool call. Requests may put
    /// `citations`, `context` and the like into their documents by it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub block: BTreeMap<String, Box<RawValue>>,
}

impl PartState {
    /// Whether there is nothing to hand back.
    pub fn is_empty(&self) -> bool {
        self.before.is_empty() && self.block.is_empty()
    }
}

/// State of a message.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct MessageState {
    /// Blocks that stood after the last part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Box<RawValue>>,
    /// Where code ran; naming it again keeps its files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<Container>,
    /// The stop text that was met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_sequence: Option<String>,
    /// Why the model declined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_details: Option<Box<RawValue>>,
}

impl MessageState {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.after.is_empty()
            && self.container.is_none()
            && self.stop_sequence.is_none()
            && self.stop_details.is_none()
    }
}

/// A [container](https://platform.claude.com/docs/en/agents-and-tools/tool-use/code-execution-tool#containers)
/// in which code ran.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Container {
    /// Its name.
    pub id: String,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Metadata<T> {
    #[serde(default)]
    anthropic: T,
}

/// As the JSON of a `metadata` event.
pub fn write(state: &impl Serialize) -> Result<String> {
    serde_json::to_string(&Metadata { anthropic: state })
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
    Ok(metadata.anthropic)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn state_survives_a_round_trip() {
        let written = r#"{"anthropic":{"before":[{"type":"x","n":1.0}],"block":{"a":[2,1]}}}"#;
        let state: PartState = read(Some(written), "a part").unwrap();
        assert_eq!(write(&state).unwrap(), written);
    }

    #[test]
    fn state_of_other_vendors_is_none_of_ours() {
        let state: PartState = read(Some(r#"{"gemini":{"thought":"x"}}"#), "a part").unwrap();
        assert!(state.is_empty());
        let nothing: MessageState = read(None, "a message").unwrap();
        assert!(nothing.is_empty());
    }

    #[test]
    fn metadata_that_is_no_object_is_the_callers_mistake() {
        let error = read::<PartState>(Some("7"), "`messages[0]`").unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidRequest);
        assert!(error.message.contains("`messages[0]`"));
    }
}
