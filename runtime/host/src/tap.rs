//! Listens to one call: what its provider sends, and what comes back, as the provider sees it.
//!
//! Neither holds a credential. Requests are seen as the guest made them, once they are allowed and
//! before the host adds anything; answers as they reach the guest, decoded and masked. So what a tap
//! hears can be written down and played back to another version of the provider.
//!
//! A call without one pays for a look at an option per request and per piece of an answer.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::types::{FetchFailureKind, Header};

/// Something that was sent, or came.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Tapped {
    /// A request that is about to be sent. What follows, up to the next one, is its answer.
    Request {
        /// Its method.
        method: String,
        /// Its URL.
        url: String,
        /// Its headers, without those that the host adds.
        headers: Vec<Header>,
        /// Its body; empty where there is none.
        body: Bytes,
    },
    /// The head of the answer.
    Head {
        /// The HTTP status.
        status: u16,
        /// Names in lower case.
        headers: Vec<Header>,
    },
    /// More of the body.
    Piece(Bytes),
    /// The answer is complete. It is missing where the guest stopped listening before.
    End,
    /// There is no answer, or no more of it.
    Failed(FetchFailureKind),
}

/// Hears what is sent and comes in one call, at the moment it does. Must not block.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use tidegate_host::{CallOptions, Tap};
///
/// let heard = Arc::new(Mutex::new(Vec::new()));
/// let listener = heard.clone();
/// let options = CallOptions {
///     tap: Some(Tap::new(move |tapped| {
///         if let Ok(mut heard) = listener.lock() {
///             heard.push(tapped);
///         }
///     })),
///     ..CallOptions::default()
/// };
/// ```
#[derive(Clone)]
pub struct Tap(Arc<dyn Fn(Tapped) + Send + Sync>);

impl Tap {
    /// A tap that hands everything to `listener`.
    pub fn new(listener: impl Fn(Tapped) + Send + Sync + 'static) -> Self {
        Tap(Arc::new(listener))
    }

    pub(crate) fn tell(&self, tapped: Tapped) {
        (self.0)(tapped);
    }
}

impl fmt::Debug for Tap {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Tap")
    }
}
