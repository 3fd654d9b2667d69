//! One request of a client, from its admission to the last byte of its answer: what all dialects
//! share.

mod endpoint;
mod admission;
mod stream;
mod whole;
mod upstream;
mod body;
mod request_id;

use std::sync::{Arc, Mutex};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, StatusCode, Uri};
use tidegate_host::Attempts;
use tidegate_host::types::{StreamEvent, Warning};

use crate::auth::{Key, Reservation};
use crate::failure::Failure;
use crate::serving::{AnswerBody, RequestBody};
use crate::shared::Shared;
use crate::telemetry::{Entry, Prompts};

pub use admission::check_host;
pub use endpoint::{JSON, endpoint, refuse};
pub use request_id::RequestId;
use upstream::Opening;
pub use upstream::guessed;

/// What a client asks.
pub type Request = http::Request<RequestBody>;

/// What a handler gives back.
pub type Response = http::Response<AnswerBody>;

/// How a dialect says that something went wrong.
pub trait Dialect: 'static {
    /// A second header for the request's id, where clients look for one of another name.
    fn id_header() -> Option<HeaderName> {
        None
    }

    /// Status and JSON body. `retry-after` and the like are added for it.
    fn failure(failure: &Failure, id: &RequestId) -> (StatusCode, Bytes);
}

/// How a streamed answer of a dialect is written: what it appends to the buffer goes out as it is.
///
/// Of [`end`](Writer::end) and [`failure`](Writer::failure) exactly one is called, as the last.
pub trait Writer: Send + Unpin + 'static {
    /// Appends what an event is on the wire, which may be nothing.
    fn event(&mut self, event: StreamEvent, out: &mut BytesMut);

    /// Appends the end of a whole answer.
    fn end(&mut self, out: &mut BytesMut);

    /// Appends what a client takes for an error. Nothing in it may look like the end of a whole
    /// answer.
    fn failure(&mut self, failure: &Failure, out: &mut BytesMut);

    /// Appends something that clients ignore and proxies take for a sign of life.
    fn keep_alive(&mut self, out: &mut BytesMut) {
        out.extend_from_slice(b": keep-alive\n\n");
    }
}

/// A request that was admitted: whoever sent it may ask for something.
pub struct Call {
    gateway: Arc<Shared>,
    key: Option<Arc<Key>>,
    id: RequestId,
    uri: Uri,
    headers: HeaderMap,
    /// Never locked: it makes the call shareable, which a body is not.
    body: Mutex<Option<RequestBody>>,
    /// What is tried for it.
    attempts: Attempts,
    /// What is told of it at its end.
    entry: Arc<Entry>,
    /// What was taken of its key's rates. Dropped after the events of the answer.
    reservation: Mutex<Option<Reservation>>,
    /// What the dialect itself cannot honour, to be told beside what the provider cannot.
    warnings: Vec<Warning>,
}

impl Call {
    /// The path and query that were asked for.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The client's headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The request's id.
    pub fn id(&self) -> &RequestId {
        &self.id
    }

    /// What is asked and answered, for the log.
    fn prompts(&self) -> Prompts {
        Prompts(self.gateway.config.log_prompts)
    }

    /// Whether the client may use a model.
    pub fn may_use(&self, model: &str) -> bool {
        self.key.as_ref().is_none_or(|key| key.allows(model))
    }

    /// Tells the client what the dialect cannot honour.
    pub fn warn(&mut self, warnings: impl IntoIterator<Item = Warning>) {
        self.warnings.extend(warnings);
    }
}
