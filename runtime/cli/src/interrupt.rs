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

/// Hears Ctrl-C, and SIGTERM for whoever asks for that.
pub struct Interrupt {
    ctrl_c: Signal,
    #[cfg(unix)]
    terminate: Option<Signal>,
}

impl Interrupt {
    /// Listens from now on.
    pub fn new() -> Result<Self, Failure> {
        #[cfg(unix)]
        let ctrl_c = signal(SignalKind::interrupt());
        #[cfg(windows)]
        let ctrl_c = ctrl_c();
        Ok(Interrupt {
            ctrl_c: ctrl_c?,
            #[cfg(unix)]
            terminate: None,
        })
    }

    /// Listens for SIGTERM too, by which service managers and container engines say it. From the start:
    /// a signal that the first process of a container does not listen for is lost, where it would end
    /// any other.
    pub fn or_termination(self) -> Result<Self, Failure> {
        Ok(Interrupt {
            #[cfg(unix)]
            terminate: Some(signal(SignalKind::terminate())?),
            ..self
        })
    }

    /// The work's outcome, or [`Failure::Interrupted`].
    pub async fn ends<T>(
        &mut self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            outcome = work => outcome,
            () = self.told_to_stop() => Err(Failure::Interrupted),
        }
    }

    /// Waits until someone wants the work to end.
    pub async fn told_to_stop(&mut self) {
        #[cfg(unix)]
        if let Some(terminate) = &mut self.terminate {
            tokio::select! {
                _ = self.ctrl_c.recv() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
        self.ctrl_c.recv().await;
    }
}
