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

    /// The problems in the order of the file; `None` if there is none.
    pub(crate) fn of(mut problems: Vec<Problem>) -> Option<Self> {
        // What is wrong with another file does not stand between what is wrong with this one.
        problems.sort_by(|one, other| one.order().cmp(&other.order()));
        (!problems.is_empty()).then_some(ConfigError { problems })
    }

    /// The problems, at least one.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }
}

impl Problem {
    fn order(&self) -> Option<(&str, usize, usize)> {
        let place = self.place.as_ref()?;
        Some((&place.file, place.line, place.column))
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What would be right.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The file it is in; `None` where it is about no place in a file.
    pub fn file(&self) -> Option<&str> {
        Some(&self.place.as_ref()?.file)
    }

    /// The line, from 1.
    pub fn line(&self) -> Option<usize> {
        Some(self.place.as_ref()?.line)
    }

    /// The column in characters, from 1.
    pub fn column(&self) -> Option<usize> {
        Some(self.place.as_ref()?.column)
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
    /// In other files.
    elsewhere: Vec<Problem>,
}

struct Raw {
    span: Range<usize>,
    message: String,
    hint: Option<String>,
}

impl Problems {
    /// For what is found later in a text of which some must not be shown.
    pub(crate) fn hiding(hidden: &[Range<usize>]) -> Self {
        Problems {
            hidden: hidden.to_vec(),
            ..Problems::default()
        }
    }

    /// What must not be shown.
    pub(crate) fn hidden(&self) -> &[Range<usize>] {
        &self.hidden
    }

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

    /// Adds what is wrong with another file that this one names.
    pub(crate) fn add_elsewhere(&mut self, error: ConfigError) {
        self.elsewhere.extend(error.into_problems());
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

    /// All of them, ready to be shown.
    pub(crate) fn placed(self, source: &Source) -> Vec<Problem> {
        let Problems {
            mut found,
            hidden,
            elsewhere,
        } = self;
        found.sort_by_key(|raw| raw.span.start);
        let problems = found.into_iter().map(|raw| Problem {
            place: Some(source.place(&raw.span, &hidden)),
            message: raw.message,
            hint: raw.hint,
        });
        problems.chain(elsewhere).collect()
    }

    /// An error if anything was wrong.
    pub(crate) fn none(self, source: &Source) -> Result<(), ConfigError> {
        ConfigError::of(self.placed(source)).map_or(Ok(()), Err)
    }
}
