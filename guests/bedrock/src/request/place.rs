//! Where in the request something stands, for errors and warnings. Written out only when one comes
//! up.

use std::fmt;

use tidegate_guest::types::{Error, ErrorKind};

/// A message, or a part of one.
#[derive(Clone, Copy)]
pub struct Place {
    message: usize,
    part: Option<usize>,
}

impl Place {
    /// A message by its index.
    pub fn message(index: usize) -> Self {
        Place {
            message: index,
            part: None,
        }
    }

    /// A part of this message by its index.
    pub fn part(self, index: usize) -> Self {
        Place {
            part: Some(index),
            ..self
        }
    }

    /// The error for what stands here and the request would make no sense without.
    pub fn unsupported(self, why: impl fmt::Display) -> Error {
        Error::new(ErrorKind::Unsupported, format!("{self}: {why}"))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "`messages[{}]", self.message)?;
        if let Some(part) = self.part {
            write!(formatter, ".parts[{part}]")?;
        }
        formatter.write_str("`")
    }
}
