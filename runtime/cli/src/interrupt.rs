//! Ctrl-C: what was under way is dropped, which cancels the guest and the upstream.

use std::future::Future;

use crate::failure::Failure;

/// The future's outcome, or [`Failure::Interrupted`].
pub async fn ends<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::select! {
        outcome = work => outcome,
        () = pressed() => Err(Failure::Interrupted),
    }
}

async fn pressed() {
    if tokio::signal::ctrl_c().await.is_err() {
        // No handler, no interruption: the system ends the process by itself.
        std::future::pending::<()>().await;
    }
}
