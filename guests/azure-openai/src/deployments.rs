//! Models by the names under which a resource has them.

use std::collections::BTreeMap;

use tidegate_guest::types::{Error, ErrorKind};
use tidegate_guest::{Io, Result};

use crate::describe::setting;

/// The setting `deployments`.
#[derive(Debug, Default)]
pub struct Deployments(BTreeMap<String, String>);

impl Deployments {
    /// Reads the setting. That it is JSON the host has seen to, not what it holds.
    pub fn read(io: &Io) -> Result<Self> {
        let Some(json) = io.setting(setting::DEPLOYMENTS) else {
            return Ok(Deployments::default());
        };
        match serde_json::from_str(json) {
            Ok(deployments) => Ok(Deployments(deployments)),
            Err(error) => Err(Error::new(
                ErrorKind::Internal,
                format!(
                    "the setting `{}` is no object of names: {error}\nhint: write `{{\"gpt-5-mini\": \"my-deployment\"}}`",
                    setting::DEPLOYMENTS
                ),
            )),
        }
    }

    /// The deployment of a model.
    pub fn of(&self, model: &str) -> String {
        self.0.get(model).map_or(model, String::as_str).into()
    }

    /// The models that have one.
    pub fn models(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
