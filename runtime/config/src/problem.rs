//! What is wrong with a configuration: where, what, and what would be right.

use std::fmt;
use std::ops::Range;

use crate::source::{Place, Source};

/// Everything that is wrong with a configuration, in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfigError {
    problems: Vec<Problem>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    message: String,
    place: Option<Place>,
    hint: Option<String>,
}

impl ConfigError {
    /// A problem that is nowhere in the text: the file itself, for example.
    pub(crate) fn without_place(message: impl Into<String>, hint: impl Into<String>) -> Self {
        ConfigError {
            problems: vec![Problem {
                message: message.into(),
                place: None,
                hint: Some(hint.into()),
            }],
        }
    }

    /// The problems, at least one.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let before = if index == 0 { "" } else { "\n\n" };
            write!(formatter, "{before}{problem}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)?;
        if let Some(place) = &self.place {
            let number = place.line.to_string();
            let margin = " ".repeat(number.len());
            let before = " ".repeat(place.before);
            let caret = "^".repeat(place.width);
            write!(
                formatter,
                "\n{margin}--> {}:{number}:{}",
                place.file, place.column
            )?;
            write!(formatter, "\n{margin} |\n{number} | {}", place.text)?;
            write!(formatter, "\n{margin} | {before}{caret}")?;
        }
        match &self.hint {
            Some(hint) => write!(formatter, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

/// Problems as they are found. Reading goes on after each, so that all are told at once.
#[derive(Default)]
pub(crate) struct Problems {
    found: Vec<Raw>,
    hidden: Vec<Range<usize>>,
}

struct Raw {
    span: Range<usize>,
    message: String,
    hint: Option<String>,
}

impl Problems {
    pub(crate) fn add(
        &mut self,
        span: &Range<usize>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.found.push(Raw {
            span: span.clone(),
            message: message.into(),
            hint: Some(hint.into()).filter(|hint| !hint.is_empty()),
        });
    }

    /// Adds the error of another crate, whose hint is in its text.
    pub(crate) fn add_error(&mut self, span: &Range<usize>, error: impl fmt::Display) {
        let text = error.to_string();
        let (message, hint) = text.split_once("\nhint: ").unwrap_or((&text, ""));
        self.add(span, message, hint);
    }

    /// Never shows what stands there, in the excerpt of no problem.
    pub(crate) fn hide(&mut self, span: &Range<usize>) {
        self.hidden.push(span.clone());
    }

    /// Hides the value of a key that may be a secret in a place where none belongs.
    pub(crate) fn hide_if_suspect(&mut self, key: &str, value: &Range<usize>) {
        let key = key.to_ascii_lowercase();
        if ["secret", "key", "token", "password"]
            .iter()
            .any(|word| key.contains(word))
        {
            self.hide(value);
        }
    }

    /// The value, if nothing was wrong.
    pub(crate) fn none<T>(mut self, value: T, source: &Source) -> Result<T, ConfigError> {
        if self.found.is_empty() {
            return Ok(value);
        }
        self.found.sort_by_key(|raw| raw.span.start);
        let problems = self.found.into_iter().map(|raw| Problem {
            place: Some(source.place(&raw.span, &self.hidden)),
            message: raw.message,
            hint: raw.hint,
        });
        Err(ConfigError {
            problems: problems.collect(),
        })
    }
}
