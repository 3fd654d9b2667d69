//! The file of a component: read off the async threads, and no more of it than a component may have.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::error::LoadError;

/// Reads a file of at most `limit` bytes.
///
/// A disk that is slow, or a network that a file lies on, must not hold a thread that serves calls.
pub(crate) async fn read(path: &Path, limit: u64) -> Result<Vec<u8>, LoadError> {
    let reading = Reading {
        path: path.into(),
        limit,
    };
    let name = reading.name();
    let read = tokio::task::spawn_blocking(move || reading.read()).await;
    read.map_err(|error| LoadError::Read {
        path: name,
        error: io::Error::other(error),
    })?
}

struct Reading {
    path: PathBuf,
    limit: u64,
}

impl Reading {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn read(&self) -> Result<Vec<u8>, LoadError> {
        // Asked before it is opened: to open a pipe is to wait for whoever writes to it.
        self.check(&std::fs::metadata(&self.path).map_err(|error| self.unreadable(error))?)?;
        let file = File::open(&self.path).map_err(|error| self.unreadable(error))?;
        // Asked again of what was opened, which may be another one by now.
        self.check(&file.metadata().map_err(|error| self.unreadable(error))?)?;
        let mut bytes = Vec::new();
        // One more than may be there shows that there is more; it may have grown since.
        let read = file
            .take(self.limit.saturating_add(1))
            .read_to_end(&mut bytes);
        read.map_err(|error| self.unreadable(error))?;
        self.check_size(u64::try_from(bytes.len()).unwrap_or(u64::MAX))?;
        Ok(bytes)
    }

    fn check(&self, metadata: &std::fs::Metadata) -> Result<(), LoadError> {
        if !metadata.is_file() {
            // A device or a pipe says that it is empty, and may never end.
            return Err(LoadError::NotAComponent {
                name: self.name(),
                what: match metadata.is_dir() {
                    true => "a folder",
                    false => "no file but a device, a pipe or a socket",
                },
                hint: "give the path of a `.wasm` file",
            });
        }
        self.check_size(metadata.len())
    }

    fn check_size(&self, size: u64) -> Result<(), LoadError> {
        check_size(&self.name(), size, self.limit)
    }

    fn unreadable(&self, error: io::Error) -> LoadError {
        LoadError::Read {
            path: self.name(),
            error,
        }
    }
}

/// Refuses a component of more than `limit` bytes.
pub(crate) fn check_size(name: &str, size: u64, limit: u64) -> Result<(), LoadError> {
    match size > limit {
        true => Err(LoadError::TooLarge {
            name: name.into(),
            size,
            limit,
        }),
        false => Ok(()),
    }
}
