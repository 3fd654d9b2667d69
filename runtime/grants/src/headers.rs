//! Headers from a guest: well-formed, bounded, and none that are the host's to write.
//!
//! The host frames the message and names the upstream. A guest that could write `transfer-encoding` or a line
//! break could end its own request and begin another one, on a pooled connection that the next caller uses.

use thiserror::Error;

use crate::excerpt::excerpt;

/// How many headers, and how large, one request may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeaderLimits {
    /// The number of headers.
    pub count: usize,
    /// The bytes of all names and values together.
    pub bytes: usize,
}

impl Default for HeaderLimits {
    /// 100 headers, as hyper and Apache accept by default, and 32 KiB, as nginx does (four buffers of 8 KiB).
    fn default() -> HeaderLimits {
        HeaderLimits {
            count: 100,
            bytes: 32 * 1024,
        }
    }
}

/// Why a header was refused. The provider's author must act.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// Not a token of RFC 9110.
    #[error("`{0}` is not a header name\nhint: a name has letters, digits and `-`")]
    Name(String),
    /// It frames the message or belongs to the connection, which are the host's.
    #[error(
        "the header `{0}` belongs to the host\nhint: leave it out; the host writes what is needed"
    )]
    Host(String),
    /// Some upstreams route by it, past what the grant allowed.
    #[error(
        "the header `{0}` could make an upstream see another method, host or path than the one granted\nhint: leave it out, and ask for the method and URL that are meant"
    )]
    Override(String),
    /// It asks for a part of an answer, in which half of an echoed credential is not recognised.
    #[error(
        "the header `{0}` asks for a part of the answer, and the host looks for credentials in whole ones\nhint: leave it out, and take the whole answer"
    )]
    Part(String),
    /// CR, LF, NUL or another control character. The value is not repeated: it may be a credential.
    #[error(
        "the value of the header `{0}` has a control character\nhint: leave out line breaks and other control characters"
    )]
    Value(String),
    /// Too many.
    #[error("the request has more than {0} headers\nhint: send fewer")]
    Count(usize),
    /// Too large.
    #[error("the headers have more than {0} bytes\nhint: send long values in the body")]
    Bytes(usize),
}

impl HeaderError {
    /// What the guest is told, by the names of `wasi:http`'s `header-error`.
    pub fn code(&self) -> &'static str {
        match self {
            HeaderError::Name(_) | HeaderError::Value(_) => "invalid-syntax",
            HeaderError::Host(_) | HeaderError::Override(_) | HeaderError::Part(_) => "forbidden",
            HeaderError::Count(_) | HeaderError::Bytes(_) => "size-exceeded",
        }
    }
}

/// Names that frame a message, manage its connection, or say what the host can decode.
const HOST_NAMES: [&str; 13] = [
    "accept-encoding",
    "alt-used",
    "connection",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

/// Names by which frameworks and proxies let a request claim another method, host, path or sender than its own.
const OVERRIDE_NAMES: [&str; 15] = [
    "cf-connecting-ip",
    "forwarded",
    "true-client-ip",
    "x-client-ip",
    "x-envoy-original-path",
    "x-forwarded",
    "x-host",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-host",
    "x-original-uri",
    "x-original-url",
    "x-real-ip",
    "x-rewrite-url",
];

/// Names by which a request asks for a part of an answer, or for what has changed in it.
///
/// The host masks a credential that an upstream sends back. A guest that asks an echoing upstream for bytes 0 to 20
/// and then for bytes 21 to 40 would see each half of it, and no half looks like a credential. Beside the two names
/// of RFC 9110: delta encoding (RFC 3229), Apache's older name, and the name that Azure's storage reads first.
const PART_NAMES: [&str; 5] = ["a-im", "if-range", "range", "request-range", "x-ms-range"];

/// Checks all headers of a request, in one pass.
///
/// ```
/// use tidegate_grants::{HeaderLimits, check_headers};
///
/// let limits = HeaderLimits::default();
/// assert!(check_headers([("content-type", "application/json")], limits).is_ok());
/// assert!(check_headers([("host", "evil.example")], limits).is_err());
/// assert!(check_headers([("x-note", "a\r\nhost: evil.example")], limits).is_err());
/// ```
pub fn check_headers<N, V>(
    headers: impl IntoIterator<Item = (N, V)>,
    limits: HeaderLimits,
) -> Result<(), HeaderError>
where
    N: AsRef<str>,
    V: AsRef<[u8]>,
{
    let mut bytes = 0_usize;
    for (index, (name, value)) in headers.into_iter().enumerate() {
        let (name, value) = (name.as_ref(), value.as_ref());
        if index >= limits.count {
            return Err(HeaderError::Count(limits.count));
        }
        bytes = bytes.saturating_add(name.len()).saturating_add(value.len());
        if bytes > limits.bytes {
            return Err(HeaderError::Bytes(limits.bytes));
        }
        check_header(name, value)?;
    }
    Ok(())
}

/// Checks one header.
pub fn check_header(name: &str, value: &[u8]) -> Result<(), HeaderError> {
    if !is_token(name) {
        return Err(HeaderError::Name(excerpt(name)));
    }
    // CGI and WSGI servers read `_` as `-`, so `transfer_encoding` is the same header to them.
    let known = name.to_ascii_lowercase().replace('_', "-");
    if HOST_NAMES.contains(&known.as_str()) || known.starts_with("proxy-") {
        return Err(HeaderError::Host(excerpt(name)));
    }
    if OVERRIDE_NAMES.contains(&known.as_str()) || known.starts_with("x-forwarded-") {
        return Err(HeaderError::Override(excerpt(name)));
    }
    if PART_NAMES.contains(&known.as_str()) {
        return Err(HeaderError::Part(excerpt(name)));
    }
    // RFC 9110 allows tabs, visible characters and bytes above ASCII.
    let is_control = |byte: &u8| (*byte < b' ' && *byte != b'\t') || *byte == 0x7f;
    if value.iter().any(is_control) {
        return Err(HeaderError::Value(excerpt(name)));
    }
    Ok(())
}

/// Whether `text` is a token of RFC 9110, which header names are.
fn is_token(text: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_token)
}

#[cfg(test)]
mod tests {
    use super::{HeaderError, HeaderLimits, check_header, check_headers};

    #[test]
    fn what_providers_send_passes() {
        for (name, value) in [
            ("content-type", "application/json"),
            ("Authorization", "Bearer x"),
            ("x-api-version", "2023-06-01"),
            ("x-title", "Zürich\tapp"),
            ("accept", "text/event-stream"),
            ("x-empty", ""),
        ] {
            assert_eq!(check_header(name, value.as_bytes()), Ok(()), "{name}");
        }
    }

    #[test]
    fn headers_of_the_host_are_refused_in_any_spelling() {
        for name in [
            "host",
            "Content-Length",
            "transfer_encoding",
            "TE",
            "proxy-authorization",
            "Proxy-Connection",
            "expect",
        ] {
            assert_eq!(
                check_header(name, b"x"),
                Err(HeaderError::Host(name.into()))
            );
        }
    }

    #[test]
    fn headers_that_redirect_past_the_grant_are_refused() {
        for name in [
            "X-Original-URL",
            "x_rewrite_url",
            "X-HTTP-Method-Override",
            "x-forwarded-host",
            "Forwarded",
        ] {
            assert_eq!(
                check_header(name, b"x"),
                Err(HeaderError::Override(name.into()))
            );
        }
    }

    #[test]
    fn headers_that_ask_for_a_part_are_refused() {
        for name in [
            "Range",
            "if-range",
            "If_Range",
            "Request-Range",
            "A-IM",
            "x-ms-range",
        ] {
            assert_eq!(
                check_header(name, b"bytes=0-20"),
                Err(HeaderError::Part(name.into()))
            );
        }
        assert_eq!(check_header("accept-ranges", b"none"), Ok(()));
        assert_eq!(HeaderError::Part("range".into()).code(), "forbidden");
    }

    #[test]
    fn names_and_values_cannot_break_the_message() {
        for name in ["", ":authority", "a b", "a:", "a\r\nb", "é", "a\0"] {
            assert!(
                matches!(check_header(name, b""), Err(HeaderError::Name(_))),
                "{name:?}"
            );
        }
        for value in ["a\r\nb: c", "\n", "\0", "\u{7f}", "\u{1b}[2J"] {
            assert_eq!(
                check_header("a", value.as_bytes()),
                Err(HeaderError::Value("a".into())),
                "{value:?}"
            );
        }
    }

    #[test]
    fn count_and_size_are_capped_exactly() {
        let limits = HeaderLimits { count: 2, bytes: 6 };
        assert_eq!(check_headers([("a", "bc"), ("d", "ef")], limits), Ok(()));
        let large = check_headers([("a", "bc"), ("d", "efg")], limits);
        assert_eq!(large, Err(HeaderError::Bytes(6)));
        let many = check_headers([("a", ""), ("b", ""), ("c", "")], limits);
        assert_eq!(many, Err(HeaderError::Count(2)));
        assert_eq!(HeaderError::Count(2).code(), "size-exceeded");
    }
}
