//! A sign of life where something takes long.

use std::future::Future;
use std::time::Duration;

use indicatif::ProgressBar;

/// What is over sooner needs no sign.
const PATIENCE: Duration = Duration::from_secs(1);
const TURN: Duration = Duration::from_millis(100);

/// Does the work; past a second, a spinner on standard error says what it is, if that is a terminal.
pub async fn during<T>(what: &str, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    tokio::select! {
        done = &mut work => return done,
        () = tokio::time::sleep(PATIENCE) => {}
    }
    let spinner = ProgressBar::new_spinner().with_message(what.to_owned());
    spinner.enable_steady_tick(TURN);
    // Cleared when it is dropped too, should the work be interrupted.
    let spinner = Cleared(spinner);
    let done = work.await;
    drop(spinner);
    done
}

struct Cleared(ProgressBar);

impl Drop for Cleared {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
