//! Where in the request something stands, for errors and warnings. Written out only when one comes
//! up.

use std::fmt;

use crate::types::{Error, ErrorKind};

/// A message, or a part of one, or an input for a vector.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    list: &'static str,
    item: usize,
    part: Option<usize>,
}

impl Place {
    /// A message by its index.
    pub fn message(index: usize) -> Self {
        Place {
            list: "messages",
            item: index,
            part: None,
        }
    }

    /// An input by its index.
    pub fn input(index: usize) -> Self {
        Place {
            list: "inputs",
            ..Place::message(index)
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
        write!(formatter, "`{}[{}]", self.list, self.item)?;
        if let Some(part) = self.part {
            write!(formatter, ".parts[{part}]")?;
        }
        formatter.write_str("`")
    }
}
