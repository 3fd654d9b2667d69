//! The body of an answer, without the encoding it travelled in.

use std::error::Error as StdError;
use std::io;
use std::pin::Pin;

use crate::egress::load::Place;
use async_compression::codecs::zstd::params::DParameter;
use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder};
use bytes::{Bytes, BytesMut};
use futures::stream::{self, Stream, StreamExt as _};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http_body_util::BodyExt as _;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio_util::io::StreamReader;

/// What is asked for, and undone.
pub(crate) const ACCEPTED: &str = "gzip, br, zstd, deflate";
/// How much is decoded at a time: a bomb is noticed before it has grown.
const PIECE: usize = 16 << 10;
/// The largest window of zstd, as a power of two: the 8 MiB that RFC 9659 allows in HTTP. The
/// decoder's own default takes 128 MiB for an answer of a few bytes.
const ZSTD_WINDOW_LOG: u32 = 23;

/// A body as it comes from one of the clients.
pub(crate) enum Body {
    Direct {
        body: hyper::body::Incoming,
        /// Among the requests under way to its origin.
        _place: Place,
    },
    Proxied(reqwest::Body),
}

impl Body {
    /// The next piece; `None` at the end. Trailers are left out.
    async fn piece(&mut self) -> Option<Result<Bytes, BodyError>> {
        loop {
            let frame = match self {
                Body::Direct { body, .. } => body.frame().await?.map_err(BodyError::Direct),
                Body::Proxied(body) => body.frame().await?.map_err(BodyError::Proxied),
            };
            match frame.map(|frame| frame.into_data()) {
                Ok(Ok(piece)) => return Some(Ok(piece)),
                Ok(Err(_trailers)) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }

    fn pieces(self) -> impl Stream<Item = io::Result<Bytes>> + Send {
        stream::unfold(self, |mut body| async move {
            let piece = body.piece().await?;
            // Carried through the decoder, and taken out again where its errors are read.
            Some((piece.map_err(io::Error::other), body))
        })
    }
}

/// Why a body broke off.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    #[error(transparent)]
    Direct(hyper::Error),
    #[error(transparent)]
    Proxied(reqwest::Error),
    #[error(transparent)]
    Encoding(io::Error),
}

impl BodyError {
    pub(crate) fn cause(&self) -> &(dyn StdError + 'static) {
        match self {
            BodyError::Direct(error) => error,
            BodyError::Proxied(error) => error,
            BodyError::Encoding(error) => error,
        }
    }
}

/// A coding of a body, by the names of RFC 9110 and RFC 8878.
#[derive(Clone, Copy)]
enum Coding {
    Gzip,
    Brotli,
    Zstd,
    Zlib,
}

impl Coding {
    fn named(name: &[u8]) -> Option<Self> {
        match name.to_ascii_lowercase().as_slice() {
            b"gzip" | b"x-gzip" => Some(Coding::Gzip),
            b"br" => Some(Coding::Brotli),
            b"zstd" => Some(Coding::Zstd),
            b"deflate" => Some(Coding::Zlib),
            _ => None,
        }
    }

    fn decode(self, first: Bytes, rest: Body) -> Pin<Box<dyn AsyncRead + Send>> {
        let pieces = stream::once(std::future::ready(Ok(first))).chain(rest.pieces());
        let coded = StreamReader::new(Box::pin(pieces));
        match self {
            Coding::Gzip => {
                let mut decoder = GzipDecoder::new(coded);
                decoder.multiple_members(true);
                Box::pin(decoder)
            }
            Coding::Brotli => Box::pin(BrotliDecoder::new(coded)),
            Coding::Zstd => {
                let window = DParameter::window_log_max(ZSTD_WINDOW_LOG);
                let mut decoder = ZstdDecoder::with_params(coded, &[window]);
                decoder.multiple_members(true);
                Box::pin(decoder)
            }
            Coding::Zlib => Box::pin(ZlibDecoder::new(coded)),
        }
    }
}

/// A body, decoded as it is read.
pub(crate) struct Decoded(State);

enum State {
    Plain(Body),
    /// Nothing has come yet: the answer to a HEAD request, and a 204, name a coding and have no body.
    Coded(Coding, Body),
    Decoding(Pin<Box<dyn AsyncRead + Send>>),
    Ended,
}

impl Decoded {
    /// `None` when the headers name a coding that was not asked for. Those that speak of the coded
    /// body are taken out.
    pub(crate) fn new(headers: &mut HeaderMap, body: Body) -> Option<Self> {
        // Almost every answer to a program is plain: nothing is looked up twice for it.
        if !headers.contains_key(CONTENT_ENCODING) {
            return Some(Decoded(State::Plain(body)));
        }
        let mut codings = headers
            .get_all(CONTENT_ENCODING)
            .iter()
            .flat_map(|value| value.as_bytes().split(|&byte| byte == b','))
            .map(|name| name.trim_ascii())
            .filter(|name| !name.is_empty());
        let state = match (codings.next(), codings.next()) {
            (None, _) | (Some(b"identity"), None) => State::Plain(body),
            (Some(name), None) => State::Coded(Coding::named(name)?, body),
            (Some(_), Some(_)) => return None,
        };
        if matches!(state, State::Coded(..)) {
            headers.remove(CONTENT_ENCODING);
            headers.remove(CONTENT_LENGTH);
        }
        Some(Decoded(state))
    }

    /// The next piece; `None` at the end.
    pub(crate) async fn piece(&mut self) -> Option<Result<Bytes, BodyError>> {
        loop {
            match &mut self.0 {
                State::Plain(body) => return body.piece().await,
                State::Coded(coding, body) => {
                    let coding = *coding;
                    let first = match body.piece().await {
                        Some(Ok(first)) if first.is_empty() => continue,
                        Some(Ok(first)) => first,
                        Some(Err(error)) => return Some(Err(error)),
                        None => return None,
                    };
                    if let State::Coded(_, rest) = std::mem::replace(&mut self.0, State::Ended) {
                        self.0 = State::Decoding(coding.decode(first, rest));
                    }
                }
                State::Decoding(decoder) => {
                    let mut piece = BytesMut::with_capacity(PIECE);
                    return match decoder.read_buf(&mut piece).await {
                        Ok(0) => {
                            self.0 = State::Ended;
                            None
                        }
                        Ok(_) => Some(Ok(piece.freeze())),
                        Err(error) => Some(Err(blame(error))),
                    };
                }
                State::Ended => return None,
            }
        }
    }
}

/// Tells a body that broke off from one that is not what its coding says.
fn blame(error: io::Error) -> BodyError {
    match error.downcast::<BodyError>() {
        Ok(error) => error,
        Err(error) => BodyError::Encoding(error),
    }
}
