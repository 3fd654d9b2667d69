//! The vendor's own state of parts and messages: what of an answer has no place in the contract and
//! has to be handed back with it.
//!
//! It travels as `metadata`, under the name `bedrock`, so that a conversation can move between
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
    /// Where the text of this part comes from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<Box<RawValue>>,
    /// More members of a document, which a request may give it: `citations`, `context`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub document: BTreeMap<String, Box<RawValue>>,
}

impl PartState {
    /// Whether there is nothing to hand back.
    pub fn is_empty(&self) -> bool {
        self.before.is_empty() && self.citations.is_empty() && self.document.is_empty()
    }
}

/// State of a message.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct MessageState {
    /// Blocks that stood after the last part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Box<RawValue>>,
}

#[derive(Serialize, Deserialize)]
struct Metadata<T> {
    #[serde(default)]
    bedrock: T,
}

/// As the JSON of a `metadata` event.
pub fn write(state: &impl Serialize) -> Result<String> {
    serde_json::to_string(&Metadata { bedrock: state })
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
    Ok(metadata.bedrock)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn state_survives_a_round_trip_and_that_of_others_is_none_of_ours() {
        let written = r#"{"bedrock":{"before":[{"x":{"n":1.0}}],"citations":[{"b":2,"a":1}]}}"#;
        let state: PartState = read(Some(written), "a part").unwrap();
        assert_eq!(write(&state).unwrap(), written);
        let other: PartState = read(Some(r#"{"gemini":{"thought":"x"}}"#), "a part").unwrap();
        assert!(other.is_empty());
    }

    #[test]
    fn metadata_that_is_no_object_is_the_callers_mistake() {
        let error = read::<PartState>(Some("7"), "`messages[0]`").unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidRequest);
        assert!(error.message.contains("`messages[0]`"));
    }
}
