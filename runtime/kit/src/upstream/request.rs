//! A request as the upstream received it.

use std::fmt;

use bytes::Bytes;
use serde_json::Value;

/// One request, with nothing normalised.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method as spelt: `POST`.
    pub method: String,
    /// The request target: path and query, `/v1/models?limit=5`.
    pub target: String,
    /// The minor version of HTTP/1.
    pub(super) version: u8,
    /// The headers in order and in their original case. Bytes that are not UTF-8 are replaced;
    /// `head` has them.
    pub headers: Vec<(String, String)>,
    /// The exact bytes of the head, for what must be nowhere in it.
    pub head: Bytes,
    /// The body without its framing, still in its content encoding.
    pub body: Bytes,
    /// The connection it came on, counted from 1.
    pub connection: usize,
}

impl Request {
    /// The target up to the query.
    pub fn path(&self) -> &str {
        self.target
            .split_once('?')
            .map_or(&self.target, |(path, _)| path)
    }

    /// What follows the first `?` of the target, if there is one.
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// The value of the first header of this name, whatever the case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header_values(name).next()
    }

    /// The values of all headers of this name: to show that a header came once, or not at all.
    pub fn header_values(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = move |(candidate, _): &&(String, String)| candidate.eq_ignore_ascii_case(name);
        self.headers
            .iter()
            .filter(named)
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON; a body that is something else fails the test.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!(
                "the body of `{self}` is not JSON: {error}\n{}",
                self.body.escape_ascii()
            )
        })
    }

    /// The body as text; bytes that are not UTF-8 fail the test.
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body)
            .unwrap_or_else(|error| panic!("the body of `{self}` is not text: {error}"))
    }

    /// Whether the client said that it will ask nothing more on this connection.
    pub(super) fn ends_connection(&self) -> bool {
        self.version == 0
            || self
                .header_values("connection")
                .any(|value| value.eq_ignore_ascii_case("close"))
    }
}

/// The method and the target, as they stand in the first line.
impl fmt::Display for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.target)
    }
}
