//! Ctrl-C: what was under way is dropped, which cancels the guest and the upstream; or, for a server,
//! the word to stop.
//!
//! One listener for the whole process: one made anew for each piece of work would not hear what is
//! pressed in between, and the system no longer ends the process by itself once there was a first.

use std::future::Future;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlC as Signal, ctrl_c};

use crate::failure::Failure;

/// Hears Ctrl-C.
pub struct Interrupt(Signal);

impl Interrupt {
    /// Listens from now on.
    pub fn new() -> Result<Self, Failure> {
        #[cfg(unix)]
        let signal = signal(SignalKind::interrupt());
        #[cfg(windows)]
        let signal = ctrl_c();
        Ok(Interrupt(signal?))
    }

    /// The work's outcome, or [`Failure::Interrupted`].
    pub async fn ends<T>(
        &mut self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            outcome = work => outcome,
            _ = self.0.recv() => Err(Failure::Interrupted),
        }
    }

    /// Waits until someone wants the process to end: Ctrl-C, or SIGTERM, by which service managers
    /// and container engines say it.
    pub async fn told_to_stop(&mut self) {
        #[cfg(unix)]
        {
            let Ok(mut terminate) = signal(SignalKind::terminate()) else {
                self.0.recv().await;
                return;
            };
            tokio::select! {
                _ = self.0.recv() => {}
                _ = terminate.recv() => {}
            }
        }
        #[cfg(windows)]
        self.0.recv().await;
    }
}
