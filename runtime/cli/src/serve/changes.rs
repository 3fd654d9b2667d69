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
    known: Vec<(PathBuf, Look)>,
    #[cfg(unix)]
    hangup: Option<Signal>,
}

impl Changes {
    pub fn new() -> Self {
        Changes {
            known: Vec::new(),
            #[cfg(unix)]
            hangup: signal(SignalKind::hangup()).ok(),
        }
    }

    /// Waits until one of these files is another than at the last call, or SIGHUP says that
    /// something is.
    pub async fn next(&mut self, files: &[PathBuf]) {
        // Files that are new to the list are taken as they are.
        let known = std::mem::take(&mut self.known);
        let mut known: Vec<(PathBuf, Look)> = files
            .iter()
            .map(|file| {
                let before = known.iter().find(|(path, _)| path == file);
                let look = before.map_or_else(|| look(file), |(_, look)| *look);
                (file.clone(), look)
            })
            .collect();
        let mut last: Vec<Look> = known.iter().map(|(_, look)| *look).collect();
        loop {
            let told = self.told().await;
            let now: Vec<Look> = files.iter().map(|file| look(file)).collect();
            let is_other = known.iter().zip(&now).any(|((_, known), now)| known != now);
            // A file that is still being written, or is gone for the moment between two, is left
            // alone until it is whole, or gone for good: the same at two looks.
            let is_whole = now == last;
            if told || (is_other && is_whole) {
                for ((_, known), now) in known.iter_mut().zip(now) {
                    *known = now;
                }
                self.known = known;
                return;
            }
            last = now;
        }
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
