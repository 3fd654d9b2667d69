//! State that the provider for this vendor hands over beside the contract. It is given to clients,
//! and taken from them, as the vendor itself has it: as blocks and members of blocks.
//!
//! The provider's side of it is in `guests/anthropic/src/state.rs`. State of other providers means
//! nothing here, and travels in `tidegate.metadata`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tidegate_host::types::NamedJson;

/// The member that is this vendor's.
const OURS: &str = "anthropic";

/// The name under which the provider takes a content block as it is.
const RAW_BLOCK: &str = "anthropic.com/content-block";

/// State of a part.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct PartState<'a> {
    /// Blocks that stand before this one and are no part.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<&'a RawValue>,
    /// More members of the block.
    #[serde(borrow, default, skip_serializing_if = "BTreeMap::is_empty")]
    pub block: BTreeMap<&'a str, &'a RawValue>,
}

/// State of a message.
#[derive(Debug, Default, Deserialize)]
pub struct MessageState<'a> {
    /// Blocks that stand after the last part.
    #[serde(borrow, default)]
    pub after: Vec<&'a RawValue>,
    #[serde(borrow)]
    pub container: Option<&'a RawValue>,
    #[serde(borrow)]
    pub stop_sequence: Option<&'a RawValue>,
    #[serde(borrow)]
    pub stop_details: Option<&'a RawValue>,
}

/// What of the metadata is this vendor's. A state of another shape is taken for none.
pub fn read<'a, T: Default + Deserialize<'a>>(metadata: Option<&'a str>) -> T {
    let members: Option<BTreeMap<&str, &RawValue>> =
        metadata.and_then(|metadata| serde_json::from_str(metadata).ok());
    let ours = members.and_then(|members| members.get(OURS).copied());
    ours.and_then(|ours| serde_json::from_str(ours.get()).ok())
        .unwrap_or_default()
}

/// What of the metadata is somebody else's.
pub fn foreign(metadata: Option<&str>) -> Option<Box<RawValue>> {
    let mut members: BTreeMap<String, &RawValue> = serde_json::from_str(metadata?).ok()?;
    members.remove(OURS);
    if members.is_empty() {
        return None;
    }
    serde_json::value::to_raw_value(&members).ok()
}

/// Metadata of a part: more members of its block, and the state that was given out for it.
pub fn write(block: BTreeMap<&str, &RawValue>, given: Option<&RawValue>) -> Option<String> {
    let given = given.map(RawValue::get);
    if block.is_empty() {
        return given.map(Into::into);
    }
    let mut members: BTreeMap<&str, Box<RawValue>> = given
        .and_then(|given| serde_json::from_str(given).ok())
        .unwrap_or_default();
    let state = PartState {
        block,
        ..PartState::default()
    };
    members.insert(OURS, serde_json::value::to_raw_value(&state).ok()?);
    serde_json::to_string(&members).ok()
}

/// A content block that only the vendor knows.
pub fn block(json: &RawValue) -> NamedJson {
    NamedJson {
        name: RAW_BLOCK.into(),
        json: json.get().into(),
    }
}

/// Whether the JSON of a `raw` event is a block that belongs into an answer: what was done by tools
/// that the vendor runs itself.
pub fn is_block(json: &str) -> bool {
    #[derive(Deserialize)]
    struct Kind {
        r#type: String,
    }
    serde_json::from_str::<Kind>(json).is_ok_and(|Kind { r#type }| {
        r#type.ends_with("_tool_use")
            || r#type.ends_with("_tool_result")
            || matches!(&*r#type, "container_upload" | "compaction")
    })
}
