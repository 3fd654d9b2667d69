//! Tells apart: which reason a denial has, and that its line, once added, allows what was denied.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot parse its own input should fail there"
)]

use crate::denied::{Denied, Reason};
use crate::grant::Grant;
use crate::pattern::Mismatch;
use crate::target::Target;

fn denied(lines: &[&str], method: &str, url: &str) -> Denied {
    let target = Target::parse(method, url).unwrap();
    let denied = Grant::parse(lines).unwrap().check(&target).unwrap_err();
    let line = denied.line().unwrap().to_string();
    let amended = Grant::parse(lines.iter().copied().chain([line.as_str()])).unwrap();
    assert!(amended.check(&target).is_ok(), "`{line}` does not allow it");
    denied.for_provider("example")
}

#[track_caller]
fn check(lines: &[&str], request: (&str, &str), reason: Reason, sentence: &str) {
    let denied = denied(lines, request.0, request.1);
    assert_eq!(*denied.reason(), reason);
    assert_eq!(denied.to_string(), sentence);
    assert_eq!(denied.code(), "HTTP-request-denied");
}

#[test]
fn denied_host_names_the_missing_grant() {
    check(
        &["https://api.example.com/v1/*"],
        ("POST", "https://example.com/v1/x?key=1"),
        Reason::NoRule(Mismatch::Host),
        "provider `example` may not reach `https://example.com`\n  \
           granted: `https://api.example.com/v1/*`\n\
         hint: to allow it, add `https://example.com/*` to `providers.example.allow` in `tidegate.toml`",
    );
}

#[test]
fn nothing_granted_is_said() {
    check(
        &[],
        ("GET", "https://a.example:8443/"),
        Reason::NothingGranted,
        "provider `example` may not reach `https://a.example:8443`\n  \
           granted: nothing\n\
         hint: to allow it, add `https://a.example:8443/*` to `providers.example.allow` in `tidegate.toml`",
    );
}

#[test]
fn denied_path_names_the_path_without_its_query() {
    check(
        &["https://b.example/*", "POST https://a.example/v1/*"],
        ("POST", "https://a.example/v2/chat?key=1"),
        Reason::NoRule(Mismatch::Path),
        "provider `example` may not reach `https://a.example/v2/chat`\n  \
           granted: `https://b.example/*`\n           \
                    `POST https://a.example/v1/*`\n\
         hint: to allow it, add `POST https://a.example/v2/chat` to `providers.example.allow` in `tidegate.toml`",
    );
}

#[test]
fn denied_method_keeps_the_reach_of_the_rule() {
    check(
        &["GET,POST https://a.example/v1/*"],
        ("DELETE", "https://a.example/v1/files/1"),
        Reason::NoRule(Mismatch::Method),
        "provider `example` may not send `DELETE` to `https://a.example/v1/files/1`\n  \
           granted: `GET,POST https://a.example/v1/*`\n\
         hint: to allow it, add `DELETE https://a.example/v1/*` to `providers.example.allow` in `tidegate.toml`",
    );
}

#[test]
fn denied_plain_http_is_pointed_to_https_first() {
    let denied = denied(&["https://a.example/*"], "GET", "http://a.example/");
    assert_eq!(*denied.reason(), Reason::NoRule(Mismatch::Scheme));
    assert!(denied.to_string().ends_with(
        "hint: use `https`; or, to allow it without encryption, add `http://a.example/*` to `providers.example.allow` in `tidegate.toml`"
    ));
}

#[test]
fn denied_port_and_odd_paths_still_get_a_line_that_works() {
    let port = denied(&["http://localhost:1/*"], "GET", "http://localhost:2/");
    assert_eq!(*port.reason(), Reason::NoRule(Mismatch::Port));
    let star = denied(
        &["https://a.example/v1/*"],
        "GET",
        "https://a.example/v2/a*b/c",
    );
    assert_eq!(star.line().unwrap().to_string(), "https://a.example/v2/*");
    let both = denied(
        &["GET https://a.example/v1/*"],
        "POST",
        "https://a.example/v2",
    );
    assert_eq!(
        both.line().unwrap().to_string(),
        "POST https://a.example/v2"
    );
}

#[test]
fn denied_address_says_how_to_consent() {
    let grant = Grant::parse(["https://a.example/*"]).unwrap();
    let target = Target::parse("GET", "https://a.example/").unwrap();
    let policy = grant.check(&target).unwrap().address_policy();
    let address = policy.permits("10.0.0.1".parse().unwrap()).unwrap_err();
    let denied = grant.deny_address(&target, address).for_provider("example");
    assert_eq!(
        denied.to_string(),
        "provider `example` may not reach `https://a.example`: `10.0.0.1` is an address of a private network\n  \
           granted: `https://a.example/*`\n\
         hint: to allow private networks, set `private = true` beside `allow`, or name the address in a line of its own"
    );
    assert_eq!(denied.code(), "HTTP-request-denied");
}
