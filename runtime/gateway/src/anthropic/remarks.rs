//! The member `tidegate` of an answer: what could not be honoured, and what has no place elsewhere.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;
use tidegate_host::types::Warning;

/// Left out where there is nothing to tell.
#[derive(Debug, Default, Serialize)]
pub struct Remarks<'a> {
    #[serde(skip_serializing_if = "<[Warning]>::is_empty")]
    pub warnings: &'a [Warning],
    /// Why the answer ends, in the provider's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_reason: Option<&'a str>,
    /// The provider's own state of the message. Under the same name in a message of a request, it
    /// goes back to the provider; and so for a content block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Box<RawValue>>,
    /// The state of blocks by their index, where a stream learns of it when they have begun.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub blocks: BTreeMap<usize, Box<RawValue>>,
}

impl Remarks<'_> {
    /// `None` where there is nothing.
    pub fn if_any(self) -> Option<Self> {
        let nothing = self.warnings.is_empty()
            && self.stop_reason.is_none()
            && self.metadata.is_none()
            && self.blocks.is_empty();
        (!nothing).then_some(self)
    }
}
