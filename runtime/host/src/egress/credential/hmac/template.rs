//! The text that is signed, and the header that says the signature, with placeholders.
//!
//! | placeholder | stands for |
//! |---|---|
//! | `{method}` | `POST` |
//! | `{host}` | `api.example.com`, with the port where it is not the scheme's own |
//! | `{path}` | the path as it is sent, `/v1/models` |
//! | `{query}` | what follows its `?`; nothing where there is none |
//! | `{body}` | the body's bytes |
//! | `{body-sha256}` | their SHA-256, in hexadecimal digits |
//! | `{timestamp}` | the time, as the placement says it is written |
//! | `{newline}` | a line feed |
//! | `{signature}` | the signature; only in the value of the header |
//! | any other | the value of the setting of that name |

use bytes::Bytes;
use http::Request;
use ring::digest;

use crate::egress::credential::hmac::hex;
use crate::printable::excerpt;

/// A template whose settings are filled in.
pub(super) struct Template(Vec<Piece>);

enum Piece {
    Text(String),
    Part(Part),
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Method,
    Host,
    Path,
    Query,
    Body,
    BodySha256,
    Timestamp,
    Newline,
    Signature,
}

/// What is known when a request is signed.
pub(super) struct Facts<'a> {
    pub(super) request: &'a Request<Bytes>,
    pub(super) time: &'a str,
    pub(super) signature: &'a str,
}

impl Template {
    /// An error is the end of a sentence about the credential.
    pub(super) fn parse(
        text: &str,
        setting: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after
                .split_once('}')
                .ok_or("has a `{` in its template that nothing closes")?;
            pieces.push(Piece::Text(before.into()));
            pieces.push(match (part(name), setting(name)) {
                (Some(part), _) => Piece::Part(part),
                (None, Some(value)) => Piece::Text(value),
                (None, None) => {
                    let name = excerpt(name);
                    return Err(format!("wants `{{{name}}}` signed, which is neither known nor a setting that has a value"));
                }
            });
            rest = after;
        }
        pieces.push(Piece::Text(rest.into()));
        Ok(Template(pieces))
    }

    pub(super) fn has_signature(&self) -> bool {
        self.has(Part::Signature)
    }

    pub(super) fn has_time(&self) -> bool {
        self.has(Part::Timestamp)
    }

    /// Whether anything of the request is in it that is no matter for a header.
    pub(super) fn has_content(&self) -> bool {
        [Part::Body, Part::Newline]
            .into_iter()
            .any(|it| self.has(it))
    }

    fn has(&self, part: Part) -> bool {
        self.0
            .iter()
            .any(|piece| matches!(piece, Piece::Part(it) if *it == part))
    }

    pub(super) fn fill(&self, facts: &Facts) -> Vec<u8> {
        let mut filled = Vec::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => filled.extend_from_slice(text.as_bytes()),
                Piece::Part(part) => part.write(facts, &mut filled),
            }
        }
        filled
    }
}

fn part(name: &str) -> Option<Part> {
    Some(match name {
        "method" => Part::Method,
        "host" => Part::Host,
        "path" => Part::Path,
        "query" => Part::Query,
        "body" => Part::Body,
        "body-sha256" => Part::BodySha256,
        "timestamp" => Part::Timestamp,
        "newline" => Part::Newline,
        "signature" => Part::Signature,
        _ => return None,
    })
}

impl Part {
    fn write(self, facts: &Facts, to: &mut Vec<u8>) {
        let uri = facts.request.uri();
        let body = facts.request.body();
        match self {
            Part::Method => to.extend_from_slice(facts.request.method().as_str().as_bytes()),
            Part::Host => {
                to.extend_from_slice(uri.host().unwrap_or_default().as_bytes());
                let usual = matches!(
                    (uri.scheme_str(), uri.port_u16()),
                    (_, None) | (Some("https"), Some(443)) | (Some("http"), Some(80))
                );
                if let (false, Some(port)) = (usual, uri.port()) {
                    to.push(b':');
                    to.extend_from_slice(port.as_str().as_bytes());
                }
            }
            Part::Path => to.extend_from_slice(uri.path().as_bytes()),
            Part::Query => to.extend_from_slice(uri.query().unwrap_or_default().as_bytes()),
            Part::Body => to.extend_from_slice(body),
            Part::BodySha256 => {
                let hash = digest::digest(&digest::SHA256, body);
                to.extend_from_slice(hex(hash.as_ref()).as_bytes());
            }
            Part::Timestamp => to.extend_from_slice(facts.time.as_bytes()),
            Part::Newline => to.push(b'\n'),
            Part::Signature => to.extend_from_slice(facts.signature.as_bytes()),
        }
    }
}
