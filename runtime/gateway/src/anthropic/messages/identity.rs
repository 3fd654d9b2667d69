//! What an answer is called: by the upstream where it says, by the gateway where not.

use tidegate_host::types::AnswerInfo;

use crate::call::RequestId;

/// Id and model of an answer.
#[derive(Debug, Clone)]
pub struct Identity {
    pub id: String,
    pub model: String,
    /// The request's, for failures on the way.
    pub request: RequestId,
}

impl Identity {
    /// What is known before the upstream has said anything. `model` is what was asked for.
    pub fn new(request: &RequestId, model: String) -> Self {
        Identity {
            id: format!("msg_{}", request.as_str()),
            model,
            request: request.clone(),
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
    }
}
