//! Notices that files have changed.
//!
//! They are looked at once a second. Events of the operating system would come sooner, and would miss
//! what matters most: configurations that are mounted into containers change by a link somewhere above
//! them, and network file systems tell nobody.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

const LOOK: Duration = Duration::from_secs(1);

/// What is seen of a file without reading it; `None` where it is not there.
type Look = Option<(SystemTime, u64)>;

/// Notices changes of files, and SIGHUP.
pub struct Changes {
    /// What the files were when they were read, or just before.
    known: Vec<(PathBuf, Look)>,
    /// What they were when they were looked at last.
    last: Vec<Look>,
    #[cfg(unix)]
    hangup: Option<Signal>,
}

impl Changes {
    /// From now on SIGHUP is a word, and no longer the end of the process.
    pub fn new() -> Self {
        Changes {
            known: Vec::new(),
            last: Vec::new(),
            #[cfg(unix)]
            hangup: signal(SignalKind::hangup()).ok(),
        }
    }

    /// Looks at these files from now on, and at no others. Those that are new are taken as they are,
    /// which is why they are to be read after this. `true`: there are some that are new.
    pub fn watch(&mut self, files: impl IntoIterator<Item = PathBuf>) -> bool {
        let before = std::mem::take(&mut self.known);
        let mut is_other = false;
        for file in files {
            let known = before.iter().find(|(path, _)| *path == file);
            let look = known.map_or_else(|| look(&file), |(_, look)| *look);
            is_other |= known.is_none();
            self.known.push((file, look));
        }
        self.last = self.known.iter().map(|(_, look)| *look).collect();
        is_other
    }

    /// Waits until one of the files is another than it was, or SIGHUP says that something is.
    pub async fn next(&mut self) {
        loop {
            let told = self.told().await;
            let now: Vec<Look> = self.known.iter().map(|(file, _)| look(file)).collect();
            let mut known = self.known.iter().zip(&now);
            let is_other = known.any(|((_, known), now)| known != now);
            // A file that is still being written, or is gone for the moment between two, is left
            // alone until it is whole, or gone for good: the same at two looks.
            let is_whole = now == self.last;
            if told || (is_other && is_whole) {
                return self.take_note();
            }
            self.last = now;
        }
    }

    /// The files are about to be read as they are now.
    pub fn take_note(&mut self) {
        for (file, known) in &mut self.known {
            *known = look(file);
        }
        self.last = self.known.iter().map(|(_, look)| *look).collect();
    }

    /// Waits for the next look; `true` where somebody wants one.
    #[cfg(unix)]
    async fn told(&mut self) -> bool {
        let Some(hangup) = &mut self.hangup else {
            tokio::time::sleep(LOOK).await;
            return false;
        };
        tokio::select! {
            _ = hangup.recv() => true,
            () = tokio::time::sleep(LOOK) => false,
        }
    }

    #[cfg(not(unix))]
    async fn told(&mut self) -> bool {
        tokio::time::sleep(LOOK).await;
        false
    }
}

fn look(file: &Path) -> Look {
    let metadata = std::fs::metadata(file).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
