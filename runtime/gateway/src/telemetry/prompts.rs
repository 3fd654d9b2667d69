//! What is asked and answered, in the log: only where the operator wants it, who then has people's words
//! there.

use std::borrow::Cow;

use crate::call::RequestId;

/// Pictures are sent as text, and nobody reads them in a log.
const LONGEST: usize = 64 << 10;

/// Whether what is asked and answered is logged.
#[derive(Debug, Clone, Copy)]
pub struct Prompts(pub bool);

impl Prompts {
    /// A request's body, as it came.
    pub fn asked(self, id: &RequestId, body: &[u8]) {
        if self.0 {
            let (asked, bytes) = (beginning(body), body.len());
            tracing::info!(target: "tidegate::prompts", request_id = id.as_str(), asked = &*asked, bytes);
        }
    }

    /// An answer's body, or the next piece of it, as it goes out.
    pub fn answered(self, id: &RequestId, body: &[u8]) {
        if self.0 {
            let (answered, bytes) = (beginning(body), body.len());
            tracing::info!(target: "tidegate::prompts", request_id = id.as_str(), answered = &*answered, bytes);
        }
    }
}

fn beginning(body: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(body.get(..LONGEST).unwrap_or(body))
}
