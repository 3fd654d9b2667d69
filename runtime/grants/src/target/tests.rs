//! Tells apart: what a URL is read as, and each reason for which one is refused.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot parse its own input should fail there"
)]

use crate::host::HostError;
use crate::origin::OriginError;
use crate::target::{Target, TargetError};

fn refused(url: &str) -> TargetError {
    match Target::parse("GET", url) {
        Ok(target) => panic!("`{url}` was read as `{}`", target.as_url()),
        Err(error) => error,
    }
}

#[test]
fn a_url_is_taken_apart() {
    let target = Target::parse("POST", "http://127.0.0.1:11434/api/chat?a=b/c?d").unwrap();
    assert_eq!(target.method().as_str(), "POST");
    assert_eq!(target.origin().to_string(), "http://127.0.0.1:11434");
    assert_eq!(target.path(), "/api/chat");
    assert_eq!(target.query(), Some("a=b/c?d"));
    assert_eq!(target.without_query(), "http://127.0.0.1:11434/api/chat");
}

#[test]
fn case_default_port_and_empty_path_are_made_one_spelling() {
    for (written, read) in [
        ("HTTPS://API.Example.COM", "https://api.example.com/"),
        ("https://a.example:443/", "https://a.example/"),
        ("http://a.example:443/", "http://a.example:443/"),
        ("http://a.example:80?", "http://a.example/?"),
        ("http://[::1]:8080", "http://[::1]:8080/"),
    ] {
        let target = Target::parse("GET", written);
        assert_eq!(target.as_ref().map(Target::as_url), Ok(read));
    }
}

#[test]
fn relative_and_foreign_urls_are_refused() {
    for url in [
        "",
        "/v1",
        "//host/",
        "https:/host/",
        "https:host",
        "host",
        "mailto:a@b",
    ] {
        let error = refused(url);
        assert!(
            matches!(error, TargetError::Origin(OriginError::NoScheme(_))),
            "{url}"
        );
    }
    for url in [
        "ftp://host/",
        "file:///etc/passwd",
        "://host/",
        "xhttps://host/",
        "data://,",
    ] {
        let error = refused(url);
        assert!(
            matches!(error, TargetError::Origin(OriginError::UnknownScheme(_))),
            "{url}"
        );
    }
    for url in ["https://", "https:///host/", "https://?a", "https://:443/"] {
        let error = refused(url);
        assert_eq!(
            error,
            TargetError::Origin(OriginError::Host(HostError::Empty)),
            "{url}"
        );
    }
}

#[test]
fn userinfo_is_refused_and_not_repeated() {
    for url in [
        "https://user@host/",
        "https://user:hunter2@host/",
        "https://@host/",
        "https://a.example:443@b.example/",
    ] {
        let error = refused(url);
        assert_eq!(error, TargetError::Origin(OriginError::UserInfo), "{url}");
        assert!(!error.to_string().contains("hunter2"));
    }
    assert!(Target::parse("GET", "https://host/@scope/name?a=b@c").is_ok());
}

#[test]
fn odd_ports_are_refused() {
    for port in [
        "",
        "0",
        "00",
        "0443",
        "+443",
        "-1",
        "65536",
        "99999999999",
        "8o",
        "*",
        "٤",
    ] {
        let error = refused(&format!("https://host:{port}/"));
        assert!(
            matches!(error, TargetError::Origin(OriginError::Port(_))),
            "{port}"
        );
    }
    assert!(matches!(
        refused("https://::1/"),
        TargetError::Origin(OriginError::Unbracketed(_))
    ));
    assert!(matches!(
        refused("https://[::1]8080/"),
        TargetError::Origin(OriginError::Host(HostError::InvalidV6(_)))
    ));
}

#[test]
fn characters_that_parsers_drop_or_turn_are_refused_anywhere() {
    for url in [
        "https://a\tb/",
        "\nhttps://a/",
        "https://a/\r\n",
        "https://a/\0",
        "https://a/?\u{85}",
    ] {
        assert!(
            matches!(refused(url), TargetError::ControlCharacter(_)),
            "{url:?}"
        );
    }
    for url in [
        " https://a/",
        "https://a/ ",
        "https://a b/",
        "https://a/\u{a0}",
    ] {
        assert_eq!(refused(url), TargetError::WhiteSpace, "{url:?}");
    }
    for url in [
        "https:\\\\a/",
        "https://a\\@b/",
        "https://a/\\..\\b",
        "https://a/?\\",
    ] {
        assert_eq!(refused(url), TargetError::Backslash, "{url:?}");
    }
    for url in ["https://a/#", "https://a#@b/", "https://a/?b#c"] {
        assert_eq!(refused(url), TargetError::Fragment, "{url:?}");
    }
}

#[test]
fn length_is_capped_and_each_error_has_the_guests_code() {
    let long = format!("https://host/{}", "a".repeat(8192));
    assert_eq!(refused(&long).code(), "HTTP-request-URI-too-long");
    assert_eq!(
        refused("https://host/..").code(),
        "HTTP-request-URI-invalid"
    );
    let method = Target::parse("TRACE", "https://host/").map_err(|error| error.code());
    assert_eq!(method, Err("HTTP-request-method-invalid"));
}
