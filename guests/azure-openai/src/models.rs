//! The models of a resource.
//!
//! A resource lists what could be deployed to it; which deployments there are its data plane does not
//! say. So where the operator has named them, they are the list, with what the resource says of each.
//!
//! <https://learn.microsoft.com/rest/api/azureopenai/models/list>

use serde::Deserialize;
use tidegate_guest::types::{ModelInfo, OperationKind};

use crate::deployments::Deployments;

/// An entry of the list, as far as other vendors have nothing like it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Model {
    capabilities: Capabilities,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Capabilities {
    completion: bool,
    chat_completion: bool,
    embeddings: bool,
}

/// What can be asked for.
pub fn offered(listed: Vec<ModelInfo>, deployments: Deployments) -> Vec<ModelInfo> {
    let listed: Vec<ModelInfo> = listed.into_iter().map(with_operations).collect();
    let named: Vec<ModelInfo> = deployments
        .models()
        .map(|name| {
            let known = listed.iter().find(|model| model.id == name);
            known.cloned().unwrap_or_else(|| ModelInfo {
                id: name.into(),
                ..ModelInfo::default()
            })
        })
        .collect();
    if named.is_empty() { listed } else { named }
}

fn with_operations(model: ModelInfo) -> ModelInfo {
    let raw = model.raw.as_deref().unwrap_or_default();
    let Model { capabilities } = serde_json::from_str(raw).unwrap_or_default();
    let operations = [
        (capabilities.chat_completion, OperationKind::Chat),
        (capabilities.completion, OperationKind::Complete),
        (capabilities.embeddings, OperationKind::Embed),
    ];
    let offered = operations.into_iter().filter(|(offered, _)| *offered);
    ModelInfo {
        operations: offered.map(|(_, operation)| operation).collect(),
        ..model
    }
}
