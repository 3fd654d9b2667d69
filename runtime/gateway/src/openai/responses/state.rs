//! The vendor's own state of a message or a part, in both directions: the member `tidegate` of items
//! and parts, which clients that send back what they were given send back too.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::json::object;

object! {
    /// What an item or part came with.
    pub struct Kept<'a> {
        /// Of the part.
        "metadata" => metadata: &'a RawValue,
        /// Of the whole message, on one of its items.
        "message" => message: &'a RawValue,
    }
}

impl Kept<'_> {
    /// The state of the part.
    pub fn metadata(self) -> Option<String> {
        Some(self.metadata?.get().into())
    }
}

/// State as it comes, in one piece or several: members of a later one replace those of an earlier.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub struct State(BTreeMap<String, Box<RawValue>>);

impl State {
    /// Takes a piece. One that is no JSON object cannot be handed back, and the host says so of it.
    pub fn add(&mut self, json: &str) {
        let members: Option<BTreeMap<String, Box<RawValue>>> = serde_json::from_str(json).ok();
        self.0.extend(members.unwrap_or_default());
    }

    /// `None` where there is none.
    pub fn some(&self) -> Option<&Self> {
        (!self.0.is_empty()).then_some(self)
    }
}

/// The member `tidegate`.
#[derive(Debug, Serialize)]
pub struct Keep<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a State>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a State>,
}

impl<'a> Keep<'a> {
    /// `None` where there is nothing to keep.
    pub fn new(part: &'a State, message: &'a State) -> Option<Self> {
        let (metadata, message) = (part.some(), message.some());
        (metadata.is_some() || message.is_some()).then_some(Keep { metadata, message })
    }
}
