//! Tells apart: names, addresses in their usual form, and each spelling that is refused.

use crate::host::{Host, HostError};

fn parse(text: &str) -> Result<String, HostError> {
    Host::parse(text).map(|host| host.to_string())
}

#[test]
fn names_are_lower_cased() {
    assert_eq!(parse("API.Example.com"), Ok("api.example.com".into()));
    assert_eq!(parse("my_host"), Ok("my_host".into()));
    assert_eq!(
        parse("xn--bcher-kva.example"),
        Ok("xn--bcher-kva.example".into())
    );
}

#[test]
fn usual_spellings_of_addresses_are_addresses() {
    assert_eq!(
        Host::parse("127.0.0.1").map(|host| host.ip().is_some()),
        Ok(true)
    );
    assert_eq!(parse("[2001:DB8::1]"), Ok("[2001:db8::1]".into()));
}

#[test]
fn other_spellings_of_an_ipv4_address_are_refused() {
    for text in [
        "127.1",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "2130706433",
        "127.0.0.01",
        "256.0.0.1",
        "1.2.3.4.5",
        "example.1",
        "0x",
        "example.0x",
        "127.0.0.0X1",
        "00",
    ] {
        assert_eq!(parse(text), Err(HostError::NotCanonicalV4(text.into())));
    }
}

#[test]
fn other_spellings_of_an_ipv6_address_are_refused() {
    assert!(matches!(
        parse("[0:0::1]"),
        Err(HostError::NotCanonicalV6(..))
    ));
    assert!(matches!(
        parse("[::0.0.0.1]"),
        Err(HostError::NotCanonicalV6(..))
    ));
    assert!(matches!(
        parse("[::ffff:127.0.0.1]"),
        Err(HostError::MappedV4(..))
    ));
    assert!(matches!(
        parse("[::ffff:7f00:1]"),
        Err(HostError::MappedV4(..))
    ));
    assert!(matches!(
        parse("[fe80::1%25eth0]"),
        Err(HostError::ZoneId(_))
    ));
    for text in ["[", "[]", "[::1", "[::1]x", "[v1.a]", "[127.0.0.1]"] {
        assert_eq!(parse(text), Err(HostError::InvalidV6(text.into())));
    }
}

#[test]
fn names_that_clients_would_repair_are_refused() {
    assert_eq!(parse(""), Err(HostError::Empty));
    assert!(matches!(
        parse("bücher.example"),
        Err(HostError::NotAscii(_))
    ));
    assert!(matches!(parse("example。com"), Err(HostError::NotAscii(_))));
    assert!(matches!(
        parse("ex%61mple.com"),
        Err(HostError::PercentEncoded(_))
    ));
    assert!(matches!(
        parse("example.com."),
        Err(HostError::TrailingDot(_))
    ));
    assert!(matches!(
        parse("127.0.0.1."),
        Err(HostError::TrailingDot(_))
    ));
    assert!(matches!(
        parse(".example.com"),
        Err(HostError::EmptyLabel(_))
    ));
    assert!(matches!(parse("a..b"), Err(HostError::EmptyLabel(_))));
    assert!(matches!(parse(&"a".repeat(64)), Err(HostError::TooLong(_))));
    assert!(matches!(
        parse("*.example.com"),
        Err(HostError::InvalidCharacter(..))
    ));
    assert!(matches!(parse("a:b"), Err(HostError::InvalidCharacter(..))));
}

#[test]
fn only_localhost_and_loopback_addresses_are_loopback() {
    for (text, expected) in [
        ("localhost", true),
        ("127.8.9.1", true),
        ("[::1]", true),
        ("a.localhost", false),
        ("localhost.example.com", false),
        ("10.0.0.1", false),
    ] {
        assert_eq!(
            Host::parse(text).map(|host| host.is_loopback()),
            Ok(expected)
        );
    }
}
