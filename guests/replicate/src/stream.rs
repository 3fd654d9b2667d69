//! The stream of a prediction: <https://replicate.com/docs/topics/predictions/streaming>.
//!
//! Events are `output` (a piece of text), `error` and `done`. Neither how the prediction ended nor
//! its usage is among them, so the prediction is looked at afterwards in any case; a stream that
//! breaks off or never begins costs nothing but time.

use tidegate_guest::types::*;
use tidegate_guest::{Io, Response, Result, json};

use crate::api;
use crate::output::Shown;

/// What has been seen of a stream.
#[derive(Clone, Copy, PartialEq)]
pub enum Seen {
    /// There was none.
    Nothing,
    /// It may have been cut short.
    Part,
    /// All of it.
    All,
}

/// Hands over the pieces of a stream.
pub async fn follow(url: &str, shown: &mut Shown, io: &Io) -> Seen {
    match read(url, shown, io).await {
        Ok(seen) => seen,
        Err(error) => {
            let kind = error.kind;
            io.log(
                LogLevel::Warn,
                format!("the stream of the prediction broke off: {kind:?}"),
            );
            Seen::Part
        }
    }
}

async fn read(url: &str, shown: &mut Shown, io: &Io) -> Result<Seen> {
    let mut request = json::get(&absolute(url, io));
    request.headers.push(Header {
        name: "accept".into(),
        value: "text/event-stream".into(),
    });
    request.delivery = Delivery::ServerSentEvents;
    let mut response = io.fetch(request).await?.error_for_status()?;
    if !is_stream(&response) {
        return Ok(Seen::Part);
    }
    while let Some(event) = response.event().await? {
        match event.event.as_deref() {
            Some("output") => shown.piece(&event.data),
            // With a reason, it was not done after all: `{"reason": "error"}` or `canceled`.
            Some("done") if event.data.contains("reason") => break,
            Some("done") => return Ok(Seen::All),
            // The prediction says what went wrong.
            Some("error") => break,
            _ => {}
        }
    }
    Ok(Seen::Part)
}

/// A page or a JSON text, read as a stream, would be empty or nonsense.
fn is_stream(response: &Response) -> bool {
    let kind = response.header("content-type").unwrap_or_default();
    response.body.is_none() && kind.starts_with("text/event-stream")
}

/// A reference without an origin, as a proxy may give, is relative to the API's.
fn absolute(url: &str, io: &Io) -> String {
    let base = api::url(io, "");
    let origin_end = base
        .find("://")
        .and_then(|scheme| Some(scheme + 3 + base.get(scheme + 3..)?.find('/')?));
    match origin_end.and_then(|end| base.get(..end)) {
        Some(origin) if url.starts_with('/') => format!("{origin}{url}"),
        _ => url.into(),
    }
}
