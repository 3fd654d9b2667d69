//! What an answer is called: by the upstream where it says, by the gateway where not.

use std::time::{SystemTime, UNIX_EPOCH};

use tidegate_host::types::AnswerInfo;

use crate::call::RequestId;

/// Id, model and time of an answer.
#[derive(Debug, Clone)]
pub struct Identity {
    pub id: String,
    pub model: String,
    /// Seconds since the Unix epoch.
    pub created: u64,
}

impl Identity {
    /// What is known before the upstream has said anything. `model` is what was asked for.
    pub fn new(prefix: &str, request: &RequestId, model: String) -> Self {
        Identity::named(format!("{prefix}-{}", request.as_str()), model)
    }

    /// The same, under an id of its own.
    pub fn named(id: String, model: String) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        Identity {
            id,
            model,
            created: now.unwrap_or_default().as_secs(),
        }
    }

    /// Takes over what the upstream says.
    pub fn learn(&mut self, answer: AnswerInfo) {
        if let Some(id) = answer.id {
            self.id = id;
        }
        if let Some(model) = answer.model {
            self.model = model;
        }
        if let Some(created) = answer.created_ms {
            self.created = (created / 1000.0) as u64;
        }
    }
}
