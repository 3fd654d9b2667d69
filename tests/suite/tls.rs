//! Whom a provider may talk to in secret: upstreams whose certificate leads to a known root or to
//! the operator's `ca`, carries their name, and has not run out. All others get nothing.

use rustls::ServerConfig;
use tidegate_host::{ClientConfig, Error, ProviderConfig, Runtime};
use tidegate_tests::calls::builder_with;
use tidegate_tests::courier::{Errand, Seen};
use tidegate_tests::names::Names;
use tidegate_tests::secure::{Authority, Terminator};
use tidegate_tests::upstream::{Answer, Upstream};

const NAME: &str = "api.example.com";

/// A courier with a key that may reach `api.example.com` at this port, which is this machine.
pub async fn courier(port: u16, ca: Option<String>) -> Runtime {
    let config = ProviderConfig {
        private: true,
        ..ProviderConfig::new()
            .allow(format!("https://{NAME}:{port}/*"))
            .secret("bearer", "sk-test-secret")
    };
    let client = ClientConfig {
        ca,
        ..ClientConfig::default()
    };
    let names = Names::default().answer(NAME, &["127.0.0.1"]);
    let builder = builder_with("courier", config).await;
    builder
        .resolver(names.resolver())
        .client(client)
        .build()
        .unwrap()
}

pub fn url(port: u16, path: &str) -> String {
    format!("https://{NAME}:{port}{path}")
}

/// What happens to a request to an upstream with this certificate, and what the upstream sees.
async fn refused(tls: ServerConfig, ca: Option<String>) -> String {
    let upstream = Upstream::answering(Answer::new(200));
    let secure = Terminator::in_front_of(upstream.port(), tls).await;
    let runtime = courier(secure.port(), ca).await;
    let errand = Errand::get(url(secure.port(), "/")).credential("bearer");
    let (kind, message) = errand.failure(&runtime).await;
    assert_eq!(kind, "unreachable", "{message}");
    assert_eq!(upstream.requests().len(), 0);
    message
}

#[tokio::test]
async fn an_upstream_of_the_operators_authority_is_trusted() {
    let authority = Authority::default();
    let upstream = Upstream::answering(Answer::new(200).body("the tide"));
    let secure = Terminator::in_front_of(upstream.port(), authority.server(NAME)).await;
    let runtime = courier(secure.port(), Some(authority.pem())).await;

    for _ in 0..2 {
        let errand = Errand::get(url(secure.port(), "/v1")).credential("bearer");
        let seen = errand.run(&runtime).await;
        let Some(Seen::Response { status, body, .. }) = seen.first() else {
            panic!("{seen:?}");
        };
        assert_eq!((*status, body.as_deref()), (200, Some("the tide")));
    }
    let requests = upstream.requests();
    for request in &requests {
        assert_eq!(
            request.header("authorization"),
            Some("Bearer sk-test-secret")
        );
        let host = format!("{NAME}:{}", secure.port());
        assert_eq!(request.header("host"), Some(host.as_str()));
    }
    // The second request went on the connection of the first.
    assert_eq!((requests.len(), upstream.connections()), (2, 1));
}

#[tokio::test]
async fn an_upstream_of_an_unknown_authority_gets_nothing() {
    let authority = Authority::default();
    let message = refused(authority.server(NAME), None).await;
    assert!(message.contains("UnknownIssuer"), "{message}");
    let another = Authority::default();
    let message = refused(authority.server(NAME), Some(another.pem())).await;
    assert!(message.contains("certificate"), "{message}");
}

#[tokio::test]
async fn a_certificate_of_another_name_is_refused() {
    let authority = Authority::default();
    for name in ["example.com", "api.example.org", "127.0.0.1"] {
        let message = refused(authority.server(name), Some(authority.pem())).await;
        assert!(message.contains("not valid for name"), "{name}: {message}");
    }
}

#[tokio::test]
async fn a_certificate_that_has_run_out_is_refused() {
    let authority = Authority::default();
    let message = refused(authority.expired_server(NAME), Some(authority.pem())).await;
    assert!(message.contains("expired"), "{message}");
}

#[tokio::test]
async fn an_upstream_that_speaks_no_tls_gets_nothing() {
    let upstream = Upstream::answering(Answer::raw("HTTP/1.1 200 OK\r\n\r\n"));
    let runtime = courier(upstream.port(), None).await;
    let errand = Errand::get(url(upstream.port(), "/")).credential("bearer");
    let (kind, message) = errand.failure(&runtime).await;
    assert_eq!(kind, "unreachable", "{message}");
    assert_eq!(upstream.requests().len(), 0);
}

/// A body that ends with the connection is whole only if the connection says goodbye: otherwise
/// anybody on the way could shorten it.
#[tokio::test]
async fn a_connection_cut_without_goodbye_is_no_end() {
    let authority = Authority::default();
    let answer = Answer::new(200)
        .body("the tide comes in")
        .cut_after("the tide".len());
    let upstream = Upstream::answering(answer);
    let secure = Terminator::in_front_of(upstream.port(), authority.server(NAME)).await;
    let runtime = courier(secure.port(), Some(authority.pem())).await;
    let (kind, message) = Errand::get(url(secure.port(), "/")).failure(&runtime).await;
    assert_eq!(kind, "interrupted", "{message}");
}

#[tokio::test]
async fn a_ca_that_is_none_is_the_operators_to_hear_at_once() {
    for ca in [
        "",
        "not PEM",
        "-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----\n",
    ] {
        let client = ClientConfig {
            ca: Some(ca.into()),
            ..ClientConfig::default()
        };
        let builder = builder_with("courier", ProviderConfig::new()).await;
        let Err(Error::Config { message, hint }) = builder.client(client).build() else {
            panic!("`{ca}` is taken for a certificate");
        };
        assert!(message.starts_with("`ca` is not usable: "), "{message}");
        assert!(hint.contains("PEM"), "{hint}");
    }
}
