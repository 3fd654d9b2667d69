//! The body of a request, gathered as far as its limit and the engine's budget go.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http_body_util::BodyExt as _;
use wasmtime_wasi_http::WasiBody;

use crate::budget::{Budget, Holding};
use crate::types::{FetchFailure, FetchFailureKind};

/// A body that is to be gathered, once its request is allowed.
pub(super) struct Gathering {
    pub(super) limit: usize,
    pub(super) budget: Arc<Budget>,
    pub(super) given_up: Arc<OnceLock<GivenUp>>,
}

/// Why a body was not gathered to its end: more than the failure of its request can say.
#[derive(Clone, Copy)]
pub(super) enum GivenUp {
    TooLarge,
    NoRoom,
    ByTheGuest,
}

/// A body, and what it takes of the budget for as long as anybody has it.
struct Held {
    bytes: Vec<u8>,
    _holding: Holding,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Gathering {
    pub(super) async fn gather(self, body: WasiBody) -> Result<Bytes, FetchFailure> {
        let gathered = self.pieces(body).await;
        gathered.map_err(|why| {
            let limit = self.limit;
            let (kind, message) = match why {
                GivenUp::TooLarge => (
                    FetchFailureKind::TooLarge,
                    format!("the request has more than {limit} bytes"),
                ),
                GivenUp::NoRoom => (
                    FetchFailureKind::TooLarge,
                    "the host has no room for the request".into(),
                ),
                GivenUp::ByTheGuest => (
                    FetchFailureKind::Interrupted,
                    "the request was given up".into(),
                ),
            };
            // Written once: every body is gathered once.
            let _ = self.given_up.set(why);
            FetchFailure { kind, message }
        })
    }

    async fn pieces(&self, mut body: WasiBody) -> Result<Bytes, GivenUp> {
        let mut holding = Holding::new(self.budget.clone());
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| GivenUp::ByTheGuest)?;
            // Trailers have no place in a `fetch` either.
            let Ok(piece) = frame.into_data() else {
                continue;
            };
            if piece.len() > self.limit.saturating_sub(bytes.len()) {
                return Err(GivenUp::TooLarge);
            }
            let added = holding.add(piece.len());
            added.map_err(|_| GivenUp::NoRoom)?;
            bytes.extend_from_slice(&piece);
        }
        if bytes.is_empty() {
            return Ok(Bytes::new());
        }
        Ok(Bytes::from_owner(Held {
            bytes,
            _holding: holding,
        }))
    }
}
