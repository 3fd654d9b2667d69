//! Headers from a guest: none that frame the message or name another host, and nothing in them that
//! could become a line of its own.

use tidegate_host::{ProviderConfig, Runtime};
use tidegate_tests::calls::runtime_with;
use tidegate_tests::courier::{Errand, Seen};
use tidegate_tests::upstream::{Answer, Upstream};

async fn courier(upstream: &Upstream) -> Runtime {
    let config = ProviderConfig::new().allow(upstream.url("/*"));
    runtime_with("courier", config).await
}

#[tokio::test]
async fn what_could_break_out_of_a_header_is_refused() {
    let upstream = Upstream::answering(Answer::new(200));
    let runtime = courier(&upstream).await;
    for (name, value) in [
        ("x-note", "a\r\nhost: evil.example"),
        ("x-note", "a\nx-other: b"),
        ("x-note", "a\r"),
        ("x-note", "a\0b"),
        ("x-note", "a\u{1b}[2J"),
        ("x-note\r\nhost: evil.example", "a"),
        ("x-note: a\r\nhost", "evil.example"),
        ("x note", "a"),
        ("", "a"),
        (":authority", "evil.example"),
        ("x-nöte", "a"),
    ] {
        let errand = Errand::get(upstream.url("/")).header(name, value);
        let (kind, message) = errand.failure(&runtime).await;
        assert_eq!(kind, "invalid-request", "{name:?}: {value:?}");
        assert!(!message.contains(['\r', '\u{1b}', '\0']), "{message:?}");
    }
    for method in [
        "GET / HTTP/1.1\r\nhost: evil.example\r\n\r\nGET",
        "G T",
        "",
        "get\n",
        "CONNECT",
    ] {
        let errand = Errand::get(upstream.url("/")).method(method);
        let (kind, _) = errand.failure(&runtime).await;
        assert_eq!(kind, "invalid-request", "{method:?}");
    }
    assert_eq!(upstream.connections(), 0);
}

#[tokio::test]
async fn headers_of_the_host_are_refused() {
    let upstream = Upstream::answering(Answer::new(200));
    let runtime = courier(&upstream).await;
    for name in [
        "host",
        "Host",
        "content-length",
        "Transfer-Encoding",
        "transfer_encoding",
        "connection",
        "keep-alive",
        "upgrade",
        "te",
        "trailer",
        "expect",
        "proxy-authorization",
        "accept-encoding",
        "x-forwarded-host",
        "x-http-method-override",
        "x-original-url",
        "forwarded",
        "range",
        "If-Range",
    ] {
        let errand = Errand::post(upstream.url("/"), "body").header(name, "1");
        let (kind, _) = errand.failure(&runtime).await;
        assert_eq!(kind, "invalid-request", "{name}");
    }
    assert_eq!(upstream.connections(), 0);
}

#[tokio::test]
async fn everything_else_arrives_as_it_was_sent() {
    let upstream = Upstream::answering(Answer::new(200).header("X-Seen", "caf\u{e9}, tab\there"));
    let runtime = courier(&upstream).await;
    let errand = Errand::post(upstream.url("/a%3Ab?c=d"), "body")
        .header("Content-Type", "text/plain")
        .header("x-twice", "one")
        .header("x-twice", "two")
        .header("x-note", "Zürich\tapp");
    let seen = errand.run(&runtime).await;
    let Seen::Response { headers, .. } = &seen[0] else {
        panic!("{seen:?}");
    };
    assert!(
        headers.contains(&("x-seen".into(), "caf\u{e9}, tab\there".into())),
        "{headers:?}"
    );
    let request = &upstream.requests()[0];
    assert_eq!(request.to_string(), "POST /a%3Ab?c=d");
    assert_eq!(request.header("content-type"), Some("text/plain"));
    assert_eq!(
        request.header_values("x-twice").collect::<Vec<_>>(),
        ["one", "two"]
    );
    assert_eq!(request.header("x-note"), Some("Zürich\tapp"));
    assert_eq!(request.text(), "body");
    // Written by the host, once each.
    for name in ["host", "content-length", "accept-encoding"] {
        assert_eq!(request.header_values(name).count(), 1, "{name}");
    }
    for name in ["authorization", "referer", "cookie"] {
        assert_eq!(request.header(name), None);
    }
}
