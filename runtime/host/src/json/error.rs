//! What is wrong with a JSON text, and where.

use std::fmt;

/// Why JSON is not the value it should be.
///
/// Displays as one sentence, with the hint on a line of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    /// Innermost first: the error collects its place on the way out.
    place: Vec<Segment>,
    problem: String,
    hint: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Name(String),
    Index(usize),
}

impl JsonError {
    pub(super) fn new(problem: impl Into<String>) -> Self {
        JsonError {
            place: Vec::new(),
            problem: problem.into(),
            hint: None,
        }
    }

    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(super) fn in_field(mut self, name: &str) -> Self {
        self.place.push(Segment::Name(name.into()));
        self
    }

    pub(super) fn in_item(mut self, index: usize) -> Self {
        self.place.push(Segment::Index(index));
        self
    }

    /// Where in the JSON, `chat.messages[2].parts[0].content` for example; empty for the whole of it.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for segment in self.place.iter().rev() {
            match segment {
                Segment::Name(name) if path.is_empty() => path.push_str(name),
                Segment::Name(name) => {
                    path.push('.');
                    path.push_str(name);
                }
                Segment::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        path
    }

    /// What would be right, where that can be said.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(formatter, "`{}`: ", self.path())?;
        }
        formatter.write_str(&self.problem)?;
        match &self.hint {
            Some(hint) => write!(formatter, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for JsonError {}

impl serde::ser::Error for JsonError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        JsonError::new(message.to_string())
    }
}

impl serde::de::Error for JsonError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        JsonError::new(message.to_string())
    }
}
