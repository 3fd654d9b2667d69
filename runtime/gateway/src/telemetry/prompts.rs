//! What is asked and answered, in the log: only where the operator wants it, who then has people's words
//! there.

use crate::call::RequestId;

/// Whether what is asked and answered is logged.
#[derive(Debug, Clone, Copy)]
pub struct Prompts(pub bool);

impl Prompts {
    /// A request's body, as it came.
    pub fn asked(self, id: &RequestId, body: &[u8]) {
        if self.0 {
            let body = String::from_utf8_lossy(body);
            tracing::info!(target: "tidegate::prompts", request_id = id.as_str(), asked = &*body);
        }
    }

    /// An answer's body, or the next piece of it, as it goes out.
    pub fn answered(self, id: &RequestId, body: &[u8]) {
        if self.0 {
            let body = String::from_utf8_lossy(body);
            tracing::info!(target: "tidegate::prompts", request_id = id.as_str(), answered = &*body);
        }
    }
}
