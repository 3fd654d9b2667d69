//! A request's method and URL, read strictly: what cannot be read in one way only is refused.
//!
//! | written | becomes |
//! |---|---|
//! | `https://api.example.com/v1/models?limit=2` | itself |
//! | `HTTPS://API.example.com:443` | `https://api.example.com/` |
//! | `http://127.0.0.1:11434/api`, `http://[::1]:8080/` | itself |
//! | empty, `//host/`, `https:/host/`, `https://user@host/`, `https://host/#part`, `https://host/a b` | refused |
//!
//! [`Target::as_url`] is the text to dial. An HTTP client parses it again, most likely by the WHATWG rules,
//! which turn `http:\\127.1\..\x` into something to send. Everything that such a parser would change is refused
//! here, so that the client sees scheme, host, port and path as the rule saw them; the tests hold the `url` crate to it.

use thiserror::Error;

use crate::excerpt::excerpt;
use crate::host::Host;
use crate::method::{Method, MethodError};
use crate::origin::{Origin, OriginError, Scheme, split};
use crate::path::{PathError, check_path, check_query};

/// Longest URL in bytes. Apache and nginx take request lines of 8 KiB by default; more would fail at the upstream anyway.
pub const MAX_URL_LENGTH: usize = 8 * 1024;

/// Where a request wants to go, checked; equal targets are the same request line to the same server.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    method: Method,
    origin: Origin,
    url: String,
    path_start: usize,
    path_end: usize,
}

/// Why a method and URL were refused before any rule was asked. The provider's author must act.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TargetError {
    /// The method.
    #[error(transparent)]
    Method(#[from] MethodError),
    /// Longer than [`MAX_URL_LENGTH`].
    #[error(
        "the URL has {0} bytes, and {MAX_URL_LENGTH} are allowed\nhint: send long values in the body"
    )]
    TooLong(usize),
    /// A parser may drop a tab or a newline, and read another host.
    #[error("the URL has the control character `{0}` in it\nhint: leave it out")]
    ControlCharacter(String),
    /// A space ends the URL in a request line.
    #[error("the URL has white space in it\nhint: write `%20` for a space in the path or query")]
    WhiteSpace,
    /// Browsers' parsers read `\` as `/`, others as part of the host.
    #[error("the URL has a `\\` in it\nhint: write `/` between segments, or `%5C` in the query")]
    Backslash,
    /// A fragment is never sent, so one in a request is a mistake; cutting it off would hide that.
    #[error(
        "the URL has a fragment (`#`)\nhint: leave it out, or write `%23` for the character `#`"
    )]
    Fragment,
    /// Scheme, host or port.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// Path or query.
    #[error(transparent)]
    Path(#[from] PathError),
}

impl TargetError {
    /// What the guest is told, by the names of `wasi:http`'s `error-code`.
    pub fn code(&self) -> &'static str {
        match self {
            TargetError::Method(_) => "HTTP-request-method-invalid",
            TargetError::TooLong(_) => "HTTP-request-URI-too-long",
            _ => "HTTP-request-URI-invalid",
        }
    }
}

impl Target {
    /// Reads a method and an absolute `http` or `https` URL.
    ///
    /// ```
    /// use tidegate_grants::Target;
    ///
    /// let target = Target::parse("GET", "HTTPS://API.example.com:443?limit=2")?;
    /// assert_eq!(target.as_url(), "https://api.example.com/?limit=2");
    /// assert!(Target::parse("GET", "https://api.example.com@evil.example/").is_err());
    /// # Ok::<(), tidegate_grants::TargetError>(())
    /// ```
    pub fn parse(method: &str, url: &str) -> Result<Target, TargetError> {
        let method = Method::parse(method)?;
        check_url(url)?;
        let split = split(url)?;
        let origin = Origin {
            scheme: split.scheme,
            host: Host::parse(split.host).map_err(OriginError::from)?,
            port: split.port,
        };
        if split.tail.contains('#') {
            return Err(TargetError::Fragment);
        }
        let (path, query) = match split.tail.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (split.tail, None),
        };
        let path = if path.is_empty() { "/" } else { path };
        check_path(path)?;
        let mut url = origin.to_string();
        let path_start = url.len();
        url.push_str(path);
        let path_end = url.len();
        if let Some(query) = query {
            check_query(query)?;
            url.push('?');
            url.push_str(query);
        }
        Ok(Target {
            method,
            origin,
            url,
            path_start,
            path_end,
        })
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// `http` or `https`.
    pub fn scheme(&self) -> Scheme {
        self.origin.scheme
    }

    /// The host.
    pub fn host(&self) -> &Host {
        &self.origin.host
    }

    /// The port, also where the URL left the default one out.
    pub fn port(&self) -> u16 {
        self.origin.port
    }

    /// The path as it stands; begins with `/`.
    pub fn path(&self) -> &str {
        &self.url[self.path_start..self.path_end]
    }

    /// What follows `?`, if there is one.
    pub fn query(&self) -> Option<&str> {
        self.url[self.path_end..].strip_prefix('?')
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The text to hand to the HTTP client, which parses it without changing it.
    pub fn as_url(&self) -> &str {
        &self.url
    }

    /// The URL for logs and errors: no query, which is where values stand that are nobody else's business.
    pub fn without_query(&self) -> &str {
        &self.url[..self.path_end]
    }
}

/// Refuses what no part of a URL may have, before the parts are told apart by it.
fn check_url(url: &str) -> Result<(), TargetError> {
    if url.len() > MAX_URL_LENGTH {
        return Err(TargetError::TooLong(url.len()));
    }
    for character in url.chars() {
        if character.is_control() {
            let text = excerpt(character.encode_utf8(&mut [0; 4]));
            return Err(TargetError::ControlCharacter(text));
        }
        if character.is_whitespace() {
            return Err(TargetError::WhiteSpace);
        }
        if character == '\\' {
            return Err(TargetError::Backslash);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
