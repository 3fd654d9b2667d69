//! Reads requests off a connection.
//!
//! | after the head | the body is |
//! |---|---|
//! | `Transfer-Encoding: chunked` | the chunks joined; extensions and trailers are dropped |
//! | `Content-Length: n` | the next n bytes |
//! | neither | empty |

use std::io;

use bytes::{Bytes, BytesMut};
use httparse::Status;

use super::peer::Peer;
use super::request::Request;

/// Room for more headers than any client under test sends; hyper stops at 100 by default.
const MAX_HEADERS: usize = 256;

/// Why there is no request.
pub(super) enum Unread {
    /// The peer closed the connection, between requests or inside one.
    HungUp,
    /// What it sent is not HTTP/1, for the reason given.
    Malformed(String),
}

impl From<io::Error> for Unread {
    fn from(_: io::Error) -> Unread {
        Unread::HungUp
    }
}

impl From<httparse::Error> for Unread {
    fn from(error: httparse::Error) -> Unread {
        Unread::Malformed(format!("malformed request head: {error}"))
    }
}

/// Reads one request of connection `number`.
pub(super) async fn request(peer: &mut Peer, number: usize) -> Result<Request, Unread> {
    let mut request = loop {
        match head(&mut peer.inbox, number)? {
            Some(request) => break request,
            None => peer.fill().await?,
        }
    };
    let expects = request
        .header("expect")
        .is_some_and(|value| value.eq_ignore_ascii_case("100-continue"));
    if expects && peer.inbox.is_empty() {
        peer.write(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
    }
    request.body = if request.header("transfer-encoding").is_some() {
        chunks(peer).await?
    } else if let Some(length) = request.header("content-length") {
        let length = length
            .parse()
            .map_err(|_| Unread::Malformed(format!("content-length `{length}`")))?;
        peer.take(length).await?
    } else {
        Bytes::new()
    };
    Ok(request)
}

/// The request whose head stands at the beginning of `inbox`, if all of it is there.
fn head(inbox: &mut BytesMut, connection: usize) -> Result<Option<Request>, Unread> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let Status::Complete(length) = head.parse(inbox)? else {
        return Ok(None);
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut request = Request {
        method: head.method.unwrap_or_default().to_owned(),
        target: head.path.unwrap_or_default().to_owned(),
        version: head.version.unwrap_or_default(),
        headers: head
            .headers
            .iter()
            .map(|header| (header.name.to_owned(), text(header.value)))
            .collect(),
        head: Bytes::new(),
        body: Bytes::new(),
        connection,
    };
    request.head = inbox.split_to(length).freeze();
    Ok(Some(request))
}

async fn chunks(peer: &mut Peer) -> Result<Bytes, Unread> {
    let mut body = BytesMut::new();
    loop {
        let line = peer.line().await?;
        let size = match httparse::parse_chunk_size(&line) {
            Ok(Status::Complete((_, size))) => size as usize,
            _ => {
                return Err(Unread::Malformed(format!(
                    "chunk size `{}`",
                    line.escape_ascii()
                )));
            }
        };
        if size == 0 {
            break;
        }
        body.extend_from_slice(&peer.take(size).await?);
        if peer.take(2).await? != "\r\n" {
            let reason = format!("a chunk longer than its size of {size} bytes");
            return Err(Unread::Malformed(reason));
        }
    }
    // Trailers, up to the empty line.
    while peer.line().await? != "\r\n" {}
    Ok(body.freeze())
}
