//! A body to a value, or to a sentence that points at the place.

use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;

/// A body that makes no sense.
#[derive(Debug, Clone, PartialEq)]
pub struct Misread {
    /// Where, `messages[0].role`; empty for the body as a whole.
    pub path: String,
    /// What is wrong there.
    pub problem: String,
    /// It makes sense, and cannot be done here.
    pub is_unsupported: bool,
}

impl Misread {
    /// Says what is wrong with the value at hand.
    pub fn new(problem: impl Into<String>) -> Self {
        Misread {
            path: String::new(),
            problem: problem.into(),
            is_unsupported: false,
        }
    }

    /// Says why what the value at hand asks for cannot be done here.
    pub fn unsupported(problem: impl Into<String>) -> Self {
        Misread {
            is_unsupported: true,
            ..Misread::new(problem)
        }
    }

    /// Says where the value at hand is: under this name, or at this `[index]`.
    pub fn within(mut self, name: impl fmt::Display) -> Self {
        let dot = match self.path.chars().next() {
            None | Some('[') => "",
            Some(_) => ".",
        };
        self.path = format!("{name}{dot}{}", self.path);
        self
    }
}

impl fmt::Display for Misread {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.is_empty() {
            true => formatter.write_str(&self.problem),
            false => write!(formatter, "`{}`: {}", self.path, self.problem),
        }
    }
}

/// Reads a whole body.
pub fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Misread> {
    // Checked once, so that the parser need not do it for every string.
    let text = std::str::from_utf8(body).map_err(|error| {
        Misread::new(format!(
            "the body is not UTF-8: byte {} is out of place",
            error.valid_up_to()
        ))
    })?;
    let mut parser = serde_json::Deserializer::from_str(text);
    let value = T::deserialize(&mut parser).and_then(|value| parser.end().map(|()| value));
    value.map_err(|error| explain::<T>(text, &error))
}

/// Reads a value that was kept as it stands when the body was read. What is wrong with it has a place
/// in it, but no line.
pub fn reread<'a, T: Deserialize<'a>>(value: &'a RawValue) -> Result<T, Misread> {
    serde_json::from_str(value.get()).map_err(|error| Misread {
        path: place::<T>(value.get()),
        ..Misread::new(sentence(&error))
    })
}

/// What cannot be done without.
pub fn needed<T>(value: Option<T>, name: &str) -> Result<T, Misread> {
    value.ok_or_else(|| Misread::new("this is missing").within(name))
}

/// The same for a text that says something.
pub fn needed_text(value: Option<String>, name: &str) -> Result<String, Misread> {
    needed(value.filter(|text| !text.is_empty()), name)
}

fn explain<'a, T: Deserialize<'a>>(text: &'a str, error: &serde_json::Error) -> Misread {
    let (line, column) = (error.line(), error.column());
    let about = match error.is_data() {
        true => "",
        false => "this is not valid JSON: ",
    };
    Misread {
        path: place::<T>(text),
        ..Misread::new(format!(
            "{about}{} (line {line}, column {column})",
            sentence(error)
        ))
    }
}

/// Reads a text a second time, now noting the path: bodies that make sense are not charged for it.
fn place<'a, T: Deserialize<'a>>(text: &'a str) -> String {
    let mut parser = serde_json::Deserializer::from_str(text);
    let path = match serde_path_to_error::deserialize::<_, T>(&mut parser) {
        Err(error) => error.path().to_string(),
        // What comes after the value is wrong.
        Ok(_) => String::new(),
    };
    // A dot is the whole, a question mark something in it that has no name yet.
    path.trim_end_matches(['.', '?']).into()
}

/// Characters of such a sentence.
const LONGEST: usize = 200;

/// What is wrong, without where.
fn sentence(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    let mut sentence = error.to_string();
    let suffix = format!(" at line {line} column {column}");
    if sentence.ends_with(&suffix) {
        sentence.truncate(sentence.len() - suffix.len());
    }
    // It quotes what it found, which may be all of the body.
    if let Some((end, _)) = sentence.char_indices().nth(LONGEST) {
        sentence.truncate(end);
        sentence.push('…');
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Text, object};

    object! {
        struct Outer<'a> {
            "inner" => inner: Vec<Inner<'a>>,
        }
    }

    object! {
        struct Inner<'a> {
            "text" => text: Text<'a>,
        }
    }

    fn misread(body: &str) -> String {
        read::<Outer>(body.as_bytes())
            .err()
            .map_or_else(String::new, |it| it.to_string())
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        assert_eq!(
            misread("{\n  \"inner\": [{}, {\"text\": 7}]}"),
            "`inner[1].text`: invalid type: integer `7`, expected a string (line 2, column 26)"
        );
        assert_eq!(
            misread(r#"{"inner": 1}"#),
            "`inner`: invalid type: integer `1`, expected a sequence (line 1, column 11)"
        );
        assert_eq!(
            misread(r#"{"inner": [{"text": "a", "text": "b"}]}"#),
            "`inner[0]`: duplicate field `text` (line 1, column 31)"
        );
        assert_eq!(
            misread(r#"{"inner": [{"text": "a"#),
            "`inner[0].text`: this is not valid JSON: EOF while parsing a string (line 1, column 22)"
        );
        assert_eq!(
            misread("{} x"),
            "this is not valid JSON: trailing characters (line 1, column 4)"
        );
        assert_eq!(
            misread("[]"),
            "invalid type: sequence, expected an object (line 1, column 0)"
        );
        assert_eq!(
            misread(""),
            "this is not valid JSON: EOF while parsing a value (line 1, column 0)"
        );
        assert!(read::<Outer>(b"{\"\xff\": 1}").is_err());
    }

    #[test]
    fn a_place_is_built_from_the_inside() {
        let misread = Misread::new("no")
            .within("[1]")
            .within("content")
            .within("[0]")
            .within("messages");
        assert_eq!(misread.to_string(), "`messages[0].content[1]`: no");
    }

    #[test]
    fn members_that_nobody_knows_are_kept_as_they_are() {
        let body = r#"{"a": [1 , 2], "inner": null, "\u0062": "x"}"#;
        let outer = read::<Outer>(body.as_bytes()).unwrap_or_default();
        assert!(outer.inner.is_none());
        assert_eq!(
            crate::json::members(&outer.rest).as_deref(),
            Some(r#"{"a":[1 , 2],"b":"x"}"#)
        );
    }
}
