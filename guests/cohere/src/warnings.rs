//! What could not be honoured, collected while a request is put together.

use tidegate_guest::Io;
use tidegate_guest::types::{StreamEvent, Warning};

/// The warnings of one request, one per subject.
///
/// They are emitted once the upstream has accepted the request: a host may try another upstream only
/// as long as nothing has reached the caller.
#[derive(Default)]
pub struct Warnings(Vec<Warning>);

impl Warnings {
    /// Adds one. `subject` is the field of the request, `sampling.logprobs` for example.
    pub fn add(&mut self, subject: &str, message: impl Into<String>) {
        let known = |warning: &Warning| warning.subject.as_deref() == Some(subject);
        if !self.0.iter().any(known) {
            self.0.push(Warning {
                subject: Some(subject.into()),
                message: message.into(),
            });
        }
    }

    /// Adds what the vendor remarks, of a model that will be gone soon for example.
    pub fn remark(&mut self, message: &str) {
        self.0.push(Warning {
            subject: None,
            message: message.into(),
        });
    }

    /// Hands them to the caller as events.
    pub fn emit(self, io: &Io) {
        for warning in self.0 {
            io.event(StreamEvent::Warning(warning));
        }
    }

    /// For outputs that carry their warnings.
    pub fn into_vec(self) -> Vec<Warning> {
        self.0
    }
}
