//! What a model takes beyond what all models do: the body's `additionalModelRequestFields`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use tidegate_guest::Result;
use tidegate_guest::types::{Error, ErrorKind};

/// Members in the model's own words.
#[derive(Serialize, Default)]
#[serde(transparent)]
pub struct Additional {
    members: BTreeMap<&'static str, Box<RawValue>>,
}

impl Additional {
    /// Sets a member.
    pub fn set(&mut self, name: &'static str, value: &impl Serialize) -> Result<()> {
        let value = to_raw_value(value)
            .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
        self.members.insert(name, value);
        Ok(())
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}
