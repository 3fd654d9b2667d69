//! What reading needs to know beside the text.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use crate::environment::Environment;

/// What a file is read in.
pub(crate) struct Surroundings<'a> {
    /// What paths are relative to.
    pub(crate) folder: &'a Path,
    pub(crate) environment: &'a Environment,
    /// The files that are named, whether or not they can be read.
    pub(crate) files: RefCell<Vec<PathBuf>>,
}

impl Surroundings<'_> {
    /// The path of a file that is named.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        let path = self.folder.join(name);
        let mut files = self.files.borrow_mut();
        if !files.contains(&path) {
            files.push(path.clone());
        }
        path
    }
}
