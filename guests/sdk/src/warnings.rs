//! What could not be honoured, collected while a request is translated.

use crate::Io;
use crate::types::{LogLevel, Warning};

/// Subjects and messages, in the order in which they came up.
///
/// They are kept until the upstream has accepted the request: a host may try another one only as long as
/// nothing has reached the caller.
#[derive(Debug, Default)]
pub struct Warnings {
    collected: Vec<(&'static str, String)>,
}

impl Warnings {
    /// `subject` is the field of the request, `sampling.top-k` for example.
    pub fn add(&mut self, subject: &'static str, message: impl Into<String>) {
        self.collected.push((subject, message.into()));
    }

    /// Hands them to the caller.
    pub fn emit(self, io: &Io) {
        for (subject, message) in self.collected {
            io.warn(subject, message);
        }
    }

    /// For operations that answer with something that has no place for them.
    pub fn log(self, io: &Io) {
        for (subject, message) in self.collected {
            io.log(LogLevel::Debug, format!("`{subject}`: {message}"));
        }
    }

    /// For operations that hand them over with their answer.
    pub fn into_list(self) -> Vec<Warning> {
        let warning = |(subject, message): (&str, String)| Warning {
            subject: Some(subject.into()),
            message,
        };
        self.collected.into_iter().map(warning).collect()
    }

    /// What they are about.
    pub fn subjects(&self) -> Vec<&'static str> {
        self.collected.iter().map(|(subject, _)| *subject).collect()
    }
}
