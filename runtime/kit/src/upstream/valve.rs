//! What lets a held answer go on.

use std::sync::Arc;

use tokio::sync::Semaphore;

/// Held by the test, shut at first. Every place of an answer that waits for it takes one release,
/// in the order in which they stand on the wire; copies of an answer, and answers that share a
/// valve, share its releases.
///
/// ```
/// use tidegate_kit::upstream::{Answer, Upstream, Valve};
///
/// let valve = Valve::shut();
/// let upstream = Upstream::answering(Answer::sse(["first", "second", "[DONE]"]).drip(&valve));
/// valve.release(1); // `first` goes out, as soon as somebody asks.
/// valve.open(); // So does the rest.
/// ```
///
/// Dropping it leaves it as it is: an answer that is held then stays held until the peer hangs up.
#[derive(Clone, Debug)]
pub struct Valve(Arc<Semaphore>);

impl Valve {
    /// A valve that lets nothing through.
    pub fn shut() -> Valve {
        Valve(Arc::new(Semaphore::new(0)))
    }

    /// Lets `n` more holds pass, be they reached already or later.
    pub fn release(&self, n: usize) {
        self.0.add_permits(n);
    }

    /// Lets everything pass from now on.
    pub fn open(&self) {
        // Closed to further waiting: every `acquire`, present and future, returns at once.
        self.0.close();
    }

    pub(super) async fn pass(&self) {
        if let Ok(release) = self.0.acquire().await {
            release.forget();
        }
    }
}
