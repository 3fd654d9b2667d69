//! What reading needs to know beside the text.

use std::path::Path;

use crate::environment::Environment;

/// What a file is read in.
pub(crate) struct Surroundings<'a> {
    /// What paths are relative to.
    pub(crate) folder: &'a Path,
    pub(crate) environment: &'a Environment,
}
