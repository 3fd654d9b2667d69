//! A granted name that leads somewhere it should not: DNS answers that point inside, at first or
//! later, alone or among others.

use tidegate_host::{ClientConfig, Outcome, ProviderConfig, Runtime};
use tidegate_tests::audit::Audit;
use tidegate_tests::calls::builder_with;
use tidegate_tests::courier::{Errand, Seen};
use tidegate_tests::names::Names;
use tidegate_tests::upstream::{Answer, Upstream};

const DENIED: (&str, &str) = ("denied", "HTTP-request-denied");

/// A courier that may reach `api.example.com` at this port, wherever that is.
async fn courier(port: u16, private: bool, names: &Names, audit: &Audit) -> Runtime {
    let config = ProviderConfig {
        private,
        ..ProviderConfig::new().allow(format!("http://api.example.com:{port}/*"))
    };
    let builder = builder_with("courier", config).await;
    builder
        .resolver(names.resolver())
        .audit(audit.sink())
        .build()
        .unwrap()
}

fn errand(port: u16) -> Errand {
    Errand::get(format!("http://api.example.com:{port}/"))
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused() {
    let upstream = Upstream::answering(Answer::new(200));
    for address in [
        "127.0.0.1",
        "127.8.8.8",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "192.0.2.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2001:db8::1",
    ] {
        let names = Names::default().answer("api.example.com", &[address]);
        let audit = Audit::default();
        let runtime = courier(upstream.port(), false, &names, &audit).await;
        let (kind, message) = errand(upstream.port()).failure(&runtime).await;
        assert_eq!((kind.as_str(), message.as_str()), DENIED, "{address}");
        let sentence = audit.denial();
        assert!(sentence.contains(&format!("`{address}` is ")), "{sentence}");
        assert_eq!(names.asked(), ["api.example.com"]);
    }
    assert_eq!(upstream.connections(), 0);
}

#[tokio::test]
async fn one_inner_address_among_others_is_enough_to_refuse() {
    let upstream = Upstream::answering(Answer::new(200));
    // The first would be dialled under `private`, and answers.
    let names = Names::default().answer("api.example.com", &["127.0.0.1", "169.254.169.254"]);
    let audit = Audit::default();
    let runtime = courier(upstream.port(), true, &names, &audit).await;
    let (kind, _) = errand(upstream.port()).failure(&runtime).await;
    assert_eq!(kind, "denied");
    assert_eq!(upstream.connections(), 0);
    assert!(
        audit.denial().contains("`169.254.169.254`"),
        "{}",
        audit.denial()
    );
}

#[tokio::test]
async fn a_second_answer_is_judged_like_the_first() {
    let upstream = Upstream::answering(Answer::new(200).then_close());
    let names = Names::default()
        .answer("api.example.com", &["127.0.0.1"])
        .answer("api.example.com", &["169.254.169.254"]);
    let audit = Audit::default();
    let runtime = courier(upstream.port(), true, &names, &audit).await;
    let first = errand(upstream.port()).run(&runtime).await;
    assert!(
        matches!(first[0], Seen::Response { status: 200, .. }),
        "{first:?}"
    );
    // The connection is gone, so the name is looked up again: rebinding.
    upstream.wait_for_closed(1).await;
    let (kind, message) = errand(upstream.port()).failure(&runtime).await;
    assert_eq!((kind.as_str(), message.as_str()), DENIED);
    assert_eq!(names.asked().len(), 2);
    assert_eq!(upstream.connections(), 1);
}

#[tokio::test]
async fn private_networks_are_open_when_the_operator_says_so() {
    let upstream = Upstream::answering(Answer::new(200));
    let names = Names::default().answer("api.example.com", &["127.0.0.1"]);
    let runtime = courier(upstream.port(), true, &names, &Audit::default()).await;
    let seen = errand(upstream.port()).run(&runtime).await;
    assert!(
        matches!(seen[0], Seen::Response { status: 200, .. }),
        "{seen:?}"
    );
    let host = upstream.requests()[0].header("host").unwrap().to_owned();
    assert_eq!(host, format!("api.example.com:{}", upstream.port()));
}

#[tokio::test]
async fn a_provider_held_to_public_addresses_does_not_travel_on_anothers_connection() {
    let upstream = Upstream::answering(Answer::new(200));
    let names = Names::default().answer("api.example.com", &["127.0.0.1"]);
    let allow = format!("http://api.example.com:{}/*", upstream.port());
    let private = ProviderConfig {
        private: true,
        ..ProviderConfig::new().allow(&allow)
    };
    let courier = tidegate_tests::guests::component("courier").await;
    let runtime = builder_with("courier", private)
        .await
        .provider("stranger", courier, ProviderConfig::new().allow(&allow))
        .resolver(names.resolver())
        .build()
        .unwrap();
    let seen = errand(upstream.port()).run(&runtime).await;
    assert!(
        matches!(seen[0], Seen::Response { status: 200, .. }),
        "{seen:?}"
    );
    // The connection is open and idle; the stranger must not have it.
    let message = tidegate_tests::courier::message([errand(upstream.port())]);
    let events = tidegate_tests::calls::stream(&runtime, "stranger/errands", &message).await;
    let events: Vec<_> = futures::StreamExt::collect(events.unwrap()).await;
    assert!(
        format!("{events:?}").contains("HTTP-request-denied"),
        "{events:?}"
    );
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn a_name_that_leads_nowhere_is_unreachable() {
    let names = Names::default();
    let runtime = courier(80, false, &names, &Audit::default()).await;
    let (kind, _) = errand(80).failure(&runtime).await;
    assert_eq!(kind, "unreachable");
}

#[tokio::test]
async fn localhost_means_this_machine_and_nothing_else() {
    let upstream = Upstream::answering(Answer::new(200));
    let port = upstream.port();
    for (address, kind) in [("127.0.0.1", None), ("10.0.0.1", Some("denied"))] {
        let names = Names::default().answer("localhost", &[address]);
        let config = ProviderConfig::new().allow(format!("http://localhost:{port}/*"));
        let builder = builder_with("courier", config).await;
        let runtime = builder.resolver(names.resolver()).build().unwrap();
        let seen = Errand::get(format!("http://localhost:{port}/"))
            .run(&runtime)
            .await;
        match (&seen[0], kind) {
            (Seen::Response { status: 200, .. }, None) => {}
            (Seen::Failed { kind, .. }, Some(expected)) if kind == expected => {}
            other => panic!("{address}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_proxy_is_for_public_addresses_only() {
    let upstream = Upstream::answering(Answer::new(200));
    let proxy = Upstream::answering(Answer::new(418));
    let audit = Audit::default();
    let names = Names::default()
        .answer("inside.example.com", &["10.0.0.1"])
        .answer("outside.example.com", &["8.8.8.8"]);
    let config = ProviderConfig::new()
        .allow(upstream.url("/*"))
        .allow("http://*.example.com/*");
    let runtime = builder_with("courier", config)
        .await
        .resolver(names.resolver())
        .audit(audit.sink())
        .client(ClientConfig {
            proxy: Some(proxy.origin()),
            ..ClientConfig::default()
        })
        .build()
        .unwrap();
    // What is granted by address is dialled, and its key not shown to the proxy.
    let seen = Errand::get(upstream.url("/")).run(&runtime).await;
    assert!(
        matches!(seen[0], Seen::Response { status: 200, .. }),
        "{seen:?}"
    );
    // A name that points inside is refused before the proxy hears of it.
    let inside = Errand::get("http://inside.example.com/");
    let (kind, message) = inside.failure(&runtime).await;
    assert_eq!((kind.as_str(), message.as_str()), DENIED);
    let outcome = audit.outcomes().pop().unwrap();
    assert!(
        matches!(&outcome, Outcome::Denied(sentence) if sentence.contains("`10.0.0.1`")),
        "{outcome:?}"
    );
    assert_eq!(proxy.requests().len(), 0);
    let outside = Errand::get("http://outside.example.com/");
    let seen = outside.run(&runtime).await;
    assert!(
        matches!(seen[0], Seen::Response { status: 418, .. }),
        "{seen:?}"
    );
    assert_eq!(proxy.requests().len(), 1);
}
