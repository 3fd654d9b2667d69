//! An HTTP client on `wasi:http/outgoing-handler`, as a language's own would be: it blocks.

use crate::bindings::wasi::http::outgoing_handler;
use crate::bindings::wasi::http::types::{
    Fields, FutureIncomingResponse, IncomingBody, IncomingResponse, Method, OutgoingBody,
    OutgoingRequest, Scheme,
};
use crate::bindings::wasi::io::streams::{InputStream, StreamError};

/// As much as `blocking-write-and-flush` takes at once.
const LITTLE: usize = 4096;

/// A request under way. What it holds is in the order in which it must be given back.
pub struct Download {
    stream: Option<InputStream>,
    _body: Option<IncomingBody>,
    _response: Option<IncomingResponse>,
    /// Not answered yet.
    future: Option<FutureIncomingResponse>,
}

/// Sends a request.
pub fn send(method: &str, url: &str, body: &str) -> Result<Download, String> {
    let request = request(method, url)?;
    let outgoing = request.body().map_err(refused("the body"))?;
    if !body.is_empty() {
        let stream = outgoing.write().map_err(refused("writing"))?;
        let written = stream.blocking_write_and_flush(body.as_bytes());
        written.map_err(|error| format!("writing: {error:?}"))?;
    }
    let future = outgoing_handler::handle(request, None).map_err(|error| format!("{error:?}"))?;
    OutgoingBody::finish(outgoing, None).map_err(|error| format!("{error:?}"))?;
    Ok(Download {
        stream: None,
        _body: None,
        _response: None,
        future: Some(future),
    })
}

/// Sends a request and then its body, a little at a time, until nobody takes it any more or it has
/// `most` bytes. Says how many were taken.
pub fn trickle(url: &str, most: usize) -> Result<String, String> {
    let request = request("POST", url)?;
    let outgoing = request.body().map_err(refused("the body"))?;
    let stream = outgoing.write().map_err(refused("writing"))?;
    let _future = outgoing_handler::handle(request, None).map_err(|error| format!("{error:?}"))?;
    let mut taken = 0;
    while taken < most && stream.blocking_write_and_flush(&[b'x'; LITTLE]).is_ok() {
        taken += LITTLE;
    }
    Ok(format!("{taken} bytes were taken"))
}

/// Sends so many requests at once, to `/held` all of them but the last one, which goes to `/free` and
/// is the one that is waited for.
pub fn crowd(origin: &str, count: usize) -> Result<String, String> {
    let held = (1..count).map(|_| send("GET", &format!("{origin}/held"), ""));
    let _held: Vec<Download> = held.collect::<Result<_, _>>()?;
    let answer = send("GET", &format!("{origin}/free"), "")?.piece()?;
    answer.ok_or_else(|| "no answer".into())
}

/// The header is one that a client would set from a key of its own.
fn request(method: &str, url: &str) -> Result<OutgoingRequest, String> {
    let headers = Fields::new();
    let set = |name: &str, value: &str| {
        let set = headers.append(name, value.as_bytes());
        set.map_err(|error| format!("header `{name}`: {error:?}"))
    };
    set("authorization", "Bearer a-key-of-the-guest")?;
    set("user-agent", "ported/1.0")?;
    let request = OutgoingRequest::new(headers);
    let (scheme, rest) = url.split_once("://").ok_or("no URL")?;
    let slash = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(slash);
    let scheme = match scheme {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        other => Scheme::Other(other.into()),
    };
    let method = match method {
        "GET" => Method::Get,
        "POST" => Method::Post,
        other => Method::Other(other.into()),
    };
    request.set_method(&method).map_err(refused("the method"))?;
    request
        .set_scheme(Some(&scheme))
        .map_err(refused("the scheme"))?;
    request
        .set_authority(Some(authority))
        .map_err(refused("the authority"))?;
    request
        .set_path_with_query(Some(path))
        .map_err(refused("the path"))?;
    Ok(request)
}

fn refused(what: &'static str) -> impl Fn(()) -> String {
    move |()| format!("{what} is refused")
}

impl Download {
    /// The status at first, then what has arrived; waits until there is something.
    pub fn piece(&mut self) -> Result<Option<String>, String> {
        if let Some(future) = self.future.take() {
            return self.head(&future).map(Some);
        }
        let Some(stream) = &self.stream else {
            return Ok(None);
        };
        match stream.blocking_read(16 << 10) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(StreamError::Closed) => Ok(None),
            Err(StreamError::LastOperationFailed(error)) => Err(error.to_debug_string()),
        }
    }

    fn head(&mut self, future: &FutureIncomingResponse) -> Result<String, String> {
        future.subscribe().block();
        let answer = future.get().ok_or("woken without an answer")?;
        let answer = answer.map_err(|()| "asked twice")?;
        let response = answer.map_err(|error| format!("{error:?}"))?;
        let status = response.status();
        let body = response.consume().map_err(|()| "no body")?;
        self.stream = Some(body.stream().map_err(|()| "no stream")?);
        self._body = Some(body);
        self._response = Some(response);
        Ok(format!("{status} "))
    }
}
