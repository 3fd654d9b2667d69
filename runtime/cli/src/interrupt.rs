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
pub struct Interrupt {
    interrupt: Signal,
    /// SIGTERM, for whoever wants to hear it; the others are ended by it.
    #[cfg(unix)]
    terminate: Option<Signal>,
}

impl Interrupt {
    /// Listens from now on.
    pub fn new() -> Result<Self, Failure> {
        Ok(Interrupt {
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt())?,
            #[cfg(unix)]
            terminate: None,
            #[cfg(windows)]
            interrupt: ctrl_c()?,
        })
    }

    /// Listens to SIGTERM too from now on, by which service managers and container engines say that a
    /// process is to end.
    pub fn hear_terminate(&mut self) -> Result<(), Failure> {
        #[cfg(unix)]
        {
            self.terminate = Some(signal(SignalKind::terminate())?);
        }
        Ok(())
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

    /// Waits until someone wants the process to end.
    pub async fn told_to_stop(&mut self) {
        #[cfg(unix)]
        if let Some(terminate) = &mut self.terminate {
            tokio::select! {
                _ = self.interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
        self.interrupt.recv().await;
    }
}
