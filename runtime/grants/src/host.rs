//! A host in the one spelling that every HTTP client reads the same way.
//!
//! | written | read as |
//! |---|---|
//! | `api.example.com`, `API.example.com`, `my_host` | that name, in lower case |
//! | `127.0.0.1` | that IPv4 address |
//! | `[::1]` | that IPv6 address, as RFC 5952 writes it |
//! | empty, `127.1`, `0x7f000001`, `2130706433`, `[::ffff:127.0.0.1]`, `ex%61mple.com`, `example.com.` | refused |
//!
//! A URL parser "repairs" the last row: it would see `127.0.0.1` where a rule, comparing text, saw an
//! unknown name. Refusing leaves nothing to disagree about.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use thiserror::Error;

use crate::excerpt::excerpt;

/// RFC 1035 allows a name 255 octets on the wire, which is 253 characters of text.
const MAX_NAME_LENGTH: usize = 253;

/// RFC 1035: the length of a label is stored in six bits.
const MAX_LABEL_LENGTH: usize = 63;

/// Who a URL names, checked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    /// A DNS name in lower case, without a trailing dot.
    Name(String),
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address; written in brackets in a URL.
    V6(Ipv6Addr),
}

/// Why a host was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HostError {
    /// Nothing between `://` and the path.
    #[error("the host is empty\nhint: write it after the scheme, as in `https://api.example.com/`")]
    Empty,
    /// Lookalike letters and normal forms are for a person to resolve, not for two parsers.
    #[error(
        "the host `{0}` has characters outside ASCII\nhint: write an international name in punycode (`xn--…`)"
    )]
    NotAscii(String),
    /// `ex%61mple.com` is `example.com` to some clients only.
    #[error("the host `{0}` is percent-encoded\nhint: write the characters themselves")]
    PercentEncoded(String),
    /// `example.com.` resolves like `example.com` and compares unequal to it.
    #[error("the host `{0}` ends in a dot\nhint: leave the last dot out")]
    TrailingDot(String),
    /// A character that host names do not have.
    #[error("the host `{0}` has `{1}` in it\nhint: a host has letters, digits, `-`, `_` and `.`")]
    InvalidCharacter(String, String),
    /// Two dots in a row, or one at the start.
    #[error("the host `{0}` has an empty label\nhint: leave one label between each two dots")]
    EmptyLabel(String),
    /// Longer than DNS can carry.
    #[error(
        "the host `{0}` is too long\nhint: a name has at most {MAX_NAME_LENGTH} characters, and {MAX_LABEL_LENGTH} between two dots"
    )]
    TooLong(String),
    /// Read as an address by clients, and so as another host than it looks: `127.1`, `0x7f.1`, `0177.0.0.1`, `2130706433`.
    #[error(
        "the host `{0}` ends in a number, but is not an IPv4 address in its usual form\nhint: write four decimal numbers without leading zeros, as in `127.0.0.1`"
    )]
    NotCanonicalV4(String),
    /// Not an IPv6 address, or its bracket is not closed.
    #[error(
        "`{0}` is not an IPv6 address\nhint: write it in brackets, as in `[2001:4860:4860::8888]`"
    )]
    InvalidV6(String),
    /// `fe80::1%eth0` names an interface of this machine.
    #[error("the IPv6 address `{0}` has a zone\nhint: leave out `%` and what follows")]
    ZoneId(String),
    /// Another spelling of an address that has a shorter one.
    #[error("the IPv6 address `{0}` is not in its usual form\nhint: write `{1}`")]
    NotCanonicalV6(String, Host),
    /// An IPv4 address dressed as IPv6, which a rule for the IPv4 address would not recognise.
    #[error("the IPv6 address `{0}` stands for an IPv4 address\nhint: write `{1}`")]
    MappedV4(String, Ipv4Addr),
}

impl Host {
    /// Reads the host part of a URL: without userinfo and port, an IPv6 address in its brackets.
    pub fn parse(text: &str) -> Result<Host, HostError> {
        if let Some(rest) = text.strip_prefix('[') {
            return parse_v6(text, rest);
        }
        let name = text.to_ascii_lowercase();
        check_characters(&name)?;
        if name.ends_with('.') {
            return Err(HostError::TrailingDot(excerpt(text)));
        }
        if name.split('.').any(str::is_empty) {
            return Err(HostError::EmptyLabel(excerpt(text)));
        }
        // The rule of the WHATWG URL standard: if the last label is a number, the whole is an address.
        let last = name.rsplit('.').next().unwrap_or_default();
        if last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x") {
            return match name.parse() {
                Ok(address) => Ok(Host::V4(address)),
                Err(_) => Err(HostError::NotCanonicalV4(excerpt(text))),
            };
        }
        if name.len() > MAX_NAME_LENGTH || name.split('.').any(|it| it.len() > MAX_LABEL_LENGTH) {
            return Err(HostError::TooLong(excerpt(text)));
        }
        Ok(Host::Name(name))
    }

    /// The address, where the host is one: a client dials it without asking a resolver.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Host::Name(_) => None,
            Host::V4(address) => Some(IpAddr::V4(*address)),
            Host::V6(address) => Some(IpAddr::V6(*address)),
        }
    }

    /// Whether this is exactly `localhost`. `a.localhost` is a name like any other.
    pub fn is_localhost(&self) -> bool {
        matches!(self, Host::Name(name) if name == "localhost")
    }

    /// Whether what is sent there stays on this machine: `localhost` (whose rule permits loopback
    /// addresses only) or a loopback address.
    pub fn is_loopback(&self) -> bool {
        self.is_localhost() || self.ip().is_some_and(|address| address.is_loopback())
    }
}

fn check_characters(name: &str) -> Result<(), HostError> {
    if name.is_empty() {
        return Err(HostError::Empty);
    }
    if !name.is_ascii() {
        return Err(HostError::NotAscii(excerpt(name)));
    }
    if name.contains('%') {
        return Err(HostError::PercentEncoded(excerpt(name)));
    }
    let odd = name.find(|it: char| !(it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.')));
    match odd {
        Some(at) => Err(HostError::InvalidCharacter(
            excerpt(name),
            excerpt(&name[at..=at]),
        )),
        None => Ok(()),
    }
}

fn parse_v6(text: &str, rest: &str) -> Result<Host, HostError> {
    let invalid = || HostError::InvalidV6(excerpt(text));
    let inside = rest.strip_suffix(']').ok_or_else(invalid)?;
    if inside.contains('%') {
        return Err(HostError::ZoneId(excerpt(text)));
    }
    let address: Ipv6Addr = inside.parse().map_err(|_| invalid())?;
    if let Some(mapped) = address.to_ipv4_mapped() {
        return Err(HostError::MappedV4(excerpt(text), mapped));
    }
    if address.to_string() != inside.to_ascii_lowercase() {
        return Err(HostError::NotCanonicalV6(excerpt(text), Host::V6(address)));
    }
    Ok(Host::V6(address))
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Name(name) => formatter.write_str(name),
            Host::V4(address) => write!(formatter, "{address}"),
            Host::V6(address) => write!(formatter, "[{address}]"),
        }
    }
}

#[cfg(test)]
mod tests;
