//! Where a secret goes, and where it does not: the host attaches it, last, to the origins it is
//! bound to, and whatever the guest put in its place is dropped.

use tidegate_host::grants::Secret;
use tidegate_host::{Error, ProviderConfig, Runtime, SecretConfig, SecretValue};
use tidegate_tests::audit::Audit;
use tidegate_tests::calls::{ask, builder_with, provider_error, runtime_with};
use tidegate_tests::courier::{self, Errand, Seen};
use tidegate_tests::names::Names;
use tidegate_tests::upstream::{Answer, Request, Upstream};

const SECRET: &str = "sk-0123456789-secret";

fn config(upstream: &Upstream) -> ProviderConfig {
    ProviderConfig::new().allow(upstream.url("/*"))
}

/// The one request that arrived.
async fn sent(runtime: &Runtime, upstream: &Upstream, errand: Errand) -> Request {
    let seen = errand.run(runtime).await;
    assert!(
        matches!(seen[0], Seen::Response { status: 200, .. }),
        "{seen:?}"
    );
    upstream.requests().pop().unwrap()
}

#[tokio::test]
async fn each_placement_puts_it_where_it_belongs() {
    let upstream = Upstream::answering(Answer::new(200));
    let secret = "user:pass word+&=";
    let config = ["bearer", "header", "query", "basic"]
        .into_iter()
        .fold(config(&upstream), |config, name| {
            config.secret(name, secret)
        });
    let runtime = runtime_with("courier", config).await;
    let errand = |name: &str| Errand::get(upstream.url("/path?a=b")).credential(name);

    let request = sent(&runtime, &upstream, errand("bearer")).await;
    assert_eq!(
        request.header("authorization"),
        Some("Bearer user:pass word+&=")
    );
    let request = sent(&runtime, &upstream, errand("header")).await;
    assert_eq!(request.header("x-api-key"), Some("Token user:pass word+&="));
    assert_eq!(request.header("authorization"), None);
    let request = sent(&runtime, &upstream, errand("query")).await;
    assert_eq!(request.target, "/path?a=b&key=user%3Apass+word%2B%26%3D");
    let request = sent(&runtime, &upstream, errand("basic")).await;
    assert_eq!(
        request.header("authorization"),
        Some("Basic dXNlcjpwYXNzIHdvcmQrJj0=")
    );
}

#[tokio::test]
async fn the_first_one_configured_is_meant_where_none_is_named() {
    let upstream = Upstream::answering(Answer::new(200));
    let config = config(&upstream)
        .secret("basic", "a:b")
        .secret("header", SECRET);
    let runtime = runtime_with("courier", config).await;
    let request = sent(&runtime, &upstream, Errand::get(upstream.url("/"))).await;
    assert_eq!(
        request.header("x-api-key"),
        Some("Token sk-0123456789-secret")
    );
    let (kind, _) = Errand::get(upstream.url("/"))
        .credential("bearer")
        .failure(&runtime)
        .await;
    assert_eq!(kind, "invalid-request", "declared, and not configured");
}

#[tokio::test]
async fn what_the_guest_put_in_its_place_is_dropped() {
    let upstream = Upstream::answering(Answer::new(200));
    let config = config(&upstream)
        .secret("bearer", SECRET)
        .secret("query", SECRET);
    let runtime = runtime_with("courier", config).await;
    let errand = Errand::get(upstream.url("/"))
        .header("Authorization", "Bearer mine")
        .header("authorization", "Basic mine-too");
    let request = sent(&runtime, &upstream, errand).await;
    let values: Vec<&str> = request.header_values("authorization").collect();
    assert_eq!(values, ["Bearer sk-0123456789-secret"]);
    let errand = Errand::get(upstream.url("/?key=mine&a=b&key=mine-too")).credential("query");
    let request = sent(&runtime, &upstream, errand).await;
    assert_eq!(request.target, "/?a=b&key=sk-0123456789-secret");
    // Spelt otherwise, and the same name to a server.
    let spelt = "/?k%65y=mine&a%26key=b&%6B%65%79&x=key&key";
    let errand = Errand::get(upstream.url(spelt)).credential("query");
    let request = sent(&runtime, &upstream, errand).await;
    assert_eq!(request.target, "/?a%26key=b&x=key&key=sk-0123456789-secret");
}

#[tokio::test]
async fn an_origin_outside_its_list_gets_none() {
    let bound = Upstream::answering(Answer::new(200));
    let other = Upstream::answering(Answer::new(200));
    let mut config = config(&bound).allow(other.url("/*"));
    config.secrets.push(SecretConfig {
        name: "bearer".into(),
        value: SECRET.into(),
        to: Some(vec![bound.origin()]),
        expose: false,
    });
    let runtime = runtime_with("courier", config).await;
    let request = sent(&runtime, &bound, Errand::get(bound.url("/"))).await;
    assert!(request.header("authorization").is_some());
    let request = sent(&runtime, &other, Errand::get(other.url("/"))).await;
    assert_eq!(request.header("authorization"), None);
    assert!(!String::from_utf8_lossy(&request.head).contains(SECRET));
}

#[tokio::test]
async fn an_unencrypted_connection_to_another_machine_gets_none() {
    let upstream = Upstream::answering(Answer::new(200));
    let names = Names::default().answer("api.example.com", &["127.0.0.1"]);
    let url = format!("http://api.example.com:{}/", upstream.port());
    let config = ProviderConfig {
        private: true,
        ..ProviderConfig::new()
            .allow(format!("{url}*"))
            .secret("bearer", SECRET)
    };
    let builder = builder_with("courier", config).await;
    let runtime = builder.resolver(names.resolver()).build().unwrap();
    let request = sent(&runtime, &upstream, Errand::get(&url)).await;
    assert!(!String::from_utf8_lossy(&request.head).contains(SECRET));
}

#[tokio::test]
async fn a_list_that_is_wider_than_the_grant_is_an_error_of_the_operator() {
    let upstream = Upstream::answering(Answer::new(200));
    let mut config = config(&upstream);
    config.secrets.push(SecretConfig {
        name: "bearer".into(),
        value: SECRET.into(),
        to: Some(vec!["https://api.example.com".into()]),
        expose: false,
    });
    let Err(Error::Config { message, hint }) = builder_with("courier", config).await.build() else {
        panic!("it was accepted");
    };
    assert!(message.contains("https://api.example.com"), "{message}");
    assert!(hint.contains("`allow`"), "{hint}");
}

#[tokio::test]
async fn a_secret_that_cannot_be_a_header_is_an_error_that_does_not_show_it() {
    let upstream = Upstream::answering(Answer::new(200));
    let config = config(&upstream).secret("bearer", "sk-0123456789-secret\n");
    let error = builder_with("courier", config).await.build().err().unwrap();
    let shown = format!("{error} {error:?}");
    assert!(
        shown.contains("line breaks") && !shown.contains(SECRET),
        "{shown}"
    );
}

#[tokio::test]
async fn a_guest_sees_its_secret_only_where_the_operator_exposes_it() {
    let upstream = Upstream::answering(Answer::new(200));
    for expose in [false, true] {
        let mut config = config(&upstream);
        config.secrets.push(SecretConfig {
            name: "bearer".into(),
            value: SECRET.into(),
            to: None,
            expose,
        });
        let runtime = runtime_with("courier", config).await;
        let (seen, _) = courier::run_and_dump(&runtime, []).await;
        let settings = match expose {
            true => vec![("bearer".to_owned(), SECRET.to_owned())],
            false => vec![],
        };
        assert_eq!(seen, [Seen::Settings(settings)]);
    }
}

#[tokio::test]
async fn a_required_credential_that_is_missing_is_said_before_anything_is_spent() {
    let upstream = Upstream::answering(Answer::new(200));
    let config = config(&upstream).setting("base-url", upstream.url("/v1"));
    let runtime = runtime_with("openai", config).await;
    let answer = ask(&runtime, "openai/gpt-5-mini", "Hi").await;
    let sentence = answer.as_ref().unwrap_err().to_string();
    assert!(sentence.contains("OPENAI_API_KEY"), "{sentence}");
    assert_eq!(
        provider_error(answer),
        tidegate_host::types::ErrorKind::Unauthorized
    );
    assert_eq!(upstream.connections(), 0);
}

fn keys(keys: &[&str]) -> SecretValue {
    SecretValue::Keys(keys.iter().map(|key| Secret::new(*key)).collect())
}

#[tokio::test]
async fn several_keys_take_turns_and_the_record_says_which() {
    let upstream = Upstream::answering(Answer::new(200));
    let config = config(&upstream).secret("bearer", keys(&["sk-key-one", "sk-key-two"]));
    let audit = Audit::default();
    let builder = builder_with("courier", config).await;
    let runtime = builder.audit(audit.sink()).build().unwrap();
    for _ in 0..3 {
        sent(&runtime, &upstream, Errand::get(upstream.url("/"))).await;
    }
    let requests = upstream.requests();
    let bearers: Vec<_> = requests
        .iter()
        .map(|it| it.header("authorization"))
        .collect();
    assert_eq!(
        bearers.into_iter().flatten().collect::<Vec<_>>(),
        [
            "Bearer sk-key-one",
            "Bearer sk-key-two",
            "Bearer sk-key-one"
        ]
    );
    let records = audit.records();
    let labels: Vec<_> = records.iter().map(|it| it.credential.as_deref()).collect();
    assert_eq!(
        labels.into_iter().flatten().collect::<Vec<_>>(),
        ["bearer[0]", "bearer[1]", "bearer[0]"]
    );
    assert!(!format!("{records:?}").contains("sk-key"));
}

#[tokio::test]
async fn a_key_that_is_rate_limited_rests_and_the_others_are_not_held_back() {
    let upstream = Upstream::start(|request| match request.header("authorization") {
        Some("Bearer sk-key-one") => Answer::new(429).header("retry-after", "600"),
        _ => Answer::new(200),
    });
    let config = config(&upstream).secret("bearer", keys(&["sk-key-one", "sk-key-two"]));
    let runtime = runtime_with("courier", config).await;
    let errands = (0..4).map(|_| Errand::get(upstream.url("/")));
    let seen = courier::run(&runtime, errands).await;
    let answers: Vec<_> = seen
        .iter()
        .map(|it| match it {
            Seen::Response {
                status, headers, ..
            } => (
                *status,
                headers.iter().any(|(name, _)| name == "retry-after"),
            ),
            other => panic!("no answer: {other:?}"),
        })
        .collect();
    assert_eq!(
        answers,
        [(429, false), (200, false), (200, false), (200, false)]
    );
}
