//! Scheme, host and port: what a connection is made to and a secret is bound to.

use std::fmt;

use thiserror::Error;

use crate::excerpt::excerpt;
use crate::host::{Host, HostError};

/// How an upstream is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain text; secrets travel over it only on this machine.
    Http,
    /// TLS.
    Https,
}

impl Scheme {
    /// The port where a URL names none.
    pub fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        })
    }
}

/// Scheme, host and port of a checked URL; two are equal when a client would share a connection.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    pub(crate) scheme: Scheme,
    pub(crate) host: Host,
    pub(crate) port: u16,
}

impl Origin {
    /// `http` or `https`.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The port, also where the URL left the default one out.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_origin(formatter, self.scheme, &self.host, self.port)
    }
}

/// Writes `https://host`, with the port only where it is not the scheme's own.
pub(crate) fn write_origin(
    formatter: &mut fmt::Formatter<'_>,
    scheme: Scheme,
    host: &impl fmt::Display,
    port: u16,
) -> fmt::Result {
    write!(formatter, "{scheme}://{host}")?;
    if port == scheme.default_port() {
        return Ok(());
    }
    write!(formatter, ":{port}")
}

/// Why the beginning of a URL was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OriginError {
    /// A relative URL, or a bare host.
    #[error("`{0}` has no scheme\nhint: begin with `https://`")]
    NoScheme(String),
    /// Only HTTP leaves this host.
    #[error("the scheme `{0}` is unknown\nhint: use `https` or `http`")]
    UnknownScheme(String),
    /// `https://good.example@evil.example/` reaches `evil.example`. The text is not repeated: it may be a password.
    #[error(
        "the URL has a user name or password before the host\nhint: leave out everything up to `@`; credentials belong in `secrets`"
    )]
    UserInfo,
    /// The port is not a number from 1 to 65535, plainly written.
    #[error(
        "`{0}` is not a port\nhint: write a number from 1 to 65535 without leading zeros, or leave out the `:` for the default port"
    )]
    Port(String),
    /// An IPv6 address without brackets, where no one can tell the port apart.
    #[error(
        "the host `{0}` has several colons\nhint: write an IPv6 address in brackets, as in `[::1]`"
    )]
    Unbracketed(String),
    /// The host itself.
    #[error(transparent)]
    Host(#[from] HostError),
}

/// A URL cut into its parts, the host not yet looked at: a pattern may have a `*` there.
pub(crate) struct Split<'a> {
    pub(crate) scheme: Scheme,
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    /// Path, query and fragment; may be empty.
    pub(crate) tail: &'a str,
}

/// Cuts `scheme://host:port` off the beginning of `url`.
pub(crate) fn split(url: &str) -> Result<Split<'_>, OriginError> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err(OriginError::NoScheme(excerpt(url)));
    };
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        _ => return Err(OriginError::UnknownScheme(excerpt(scheme))),
    };
    let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err(OriginError::UserInfo);
    }
    let (host, port) = split_port(authority)?;
    let port = match port {
        Some(text) => parse_port(text)?,
        None => scheme.default_port(),
    };
    Ok(Split {
        scheme,
        host,
        port,
        tail,
    })
}

fn split_port(authority: &str) -> Result<(&str, Option<&str>), OriginError> {
    if authority.starts_with('[') {
        let end = authority.find(']').map_or(authority.len(), |at| at + 1);
        let (host, port) = authority.split_at(end);
        return match port.strip_prefix(':') {
            Some(port) => Ok((host, Some(port))),
            None if port.is_empty() => Ok((host, None)),
            None => Err(HostError::InvalidV6(excerpt(authority)).into()),
        };
    }
    match authority.split_once(':') {
        Some((_, port)) if port.contains(':') => Err(OriginError::Unbracketed(excerpt(authority))),
        Some((host, port)) => Ok((host, Some(port))),
        None => Ok((authority, None)),
    }
}

fn parse_port(text: &str) -> Result<u16, OriginError> {
    // A leading zero or a `+` would parse, but a client writes the number back without it.
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    match text.parse() {
        Ok(port) if plain => Ok(port),
        _ => Err(OriginError::Port(excerpt(text))),
    }
}
