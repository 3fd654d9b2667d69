//! Requests that are signed rather than given a key: what arrives is what was signed, which is worked
//! out here a second time, from the documentation and the bytes on the wire.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::{digest, hmac};
use tidegate_host::grants::Secret;
use tidegate_host::{AccessKey, Error, ProviderConfig, Runtime};
use tidegate_tests::audit::Audit;
use tidegate_tests::calls::{ask, builder_with, runtime_with};
use tidegate_tests::courier::{self, Errand, Seen, all_text};
use tidegate_tests::upstream::{Answer, Request, Upstream};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const TOKEN: &str = "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJHMEUCIQ==";

fn key(session_token: Option<&str>) -> AccessKey {
    AccessKey {
        id: Secret::new("AKIDEXAMPLE"),
        secret: Secret::new(SECRET),
        session_token: session_token.map(Secret::new),
    }
}

fn config(upstream: &Upstream, session_token: Option<&str>) -> ProviderConfig {
    ProviderConfig::new()
        .allow(upstream.url("/*"))
        .setting("region", "eu-central-1")
        .secret("signed", key(session_token))
}

async fn sent(runtime: &Runtime, upstream: &Upstream, errand: Errand) -> Request {
    let seen = errand.run(runtime).await;
    assert!(
        matches!(seen[0], Seen::Response { status: 200, .. }),
        "{seen:?}"
    );
    upstream.requests().pop().unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn hash(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}

/// What `name=` says in an `authorization` header.
fn parameter<'a>(authorization: &'a str, name: &str) -> &'a str {
    let (_, after) = authorization.split_once(&format!("{name}=")).unwrap();
    after.split(',').next().unwrap()
}

/// Signs what arrived, as the reference describes it: with no word of the host's, but for which
/// headers it says are signed.
fn signature(request: &Request, region: &str) -> String {
    let authorization = request.header("authorization").unwrap();
    let names: Vec<&str> = parameter(authorization, "SignedHeaders")
        .split(';')
        .collect();
    let mut headers = String::new();
    for name in &names {
        let value = request.header(name).unwrap();
        headers += &format!("{name}:{}\n", value.trim());
    }
    // Every `%` of the path, which is encoded already, once more.
    let path = request.path().replace('%', "%25");
    let mut query: Vec<&str> = request.query().unwrap_or_default().split('&').collect();
    query.sort_unstable();
    let canonical = format!(
        "{}\n{path}\n{}\n{headers}\n{}\n{}",
        request.method,
        query.join("&"),
        names.join(";"),
        hash(&request.body)
    );
    let time = request.header("x-amz-date").unwrap();
    let day = &time[..8];
    let scope = format!("{day}/{region}/bedrock/aws4_request");
    let text = format!(
        "AWS4-HMAC-SHA256\n{time}\n{scope}\n{}",
        hash(canonical.as_bytes())
    );
    let mut key = format!("AWS4{SECRET}").into_bytes();
    for part in [day, region, "bedrock", "aws4_request"] {
        key = mac(&key, part);
    }
    hex(&mac(&key, &text))
}

#[tokio::test]
async fn what_arrives_is_what_was_signed() {
    let upstream = Upstream::answering(Answer::new(200));
    let runtime = runtime_with("courier", config(&upstream, Some(TOKEN))).await;
    let path = "/model/anthropic.claude-3-5-sonnet-20240620-v1%3A0/converse-stream";
    for errand in [
        Errand::get(upstream.url("/foundation-models?byProvider=amazon&a=b%20c")),
        Errand::post(upstream.url(path), r#"{"messages":["grüße"]}"#)
            .header("Content-Type", "application/json")
            .header("Accept", "application/vnd.amazon.eventstream")
            .header("X-Amzn-Bedrock-Trace", "ENABLED"),
        Errand::post(upstream.url("/"), "x").header("Authorization", "Bearer mine"),
    ] {
        let request = sent(&runtime, &upstream, errand).await;
        let authorization = request.header("authorization").unwrap();
        assert_eq!(request.header_values("authorization").count(), 1);
        assert_eq!(
            parameter(authorization, "Signature"),
            signature(&request, "eu-central-1"),
            "{request:?}"
        );
        let names = parameter(authorization, "SignedHeaders");
        for name in ["host", "x-amz-date", "x-amz-security-token"] {
            assert!(names.split(';').any(|signed| signed == name), "{names}");
        }
        assert_eq!(request.header("x-amz-security-token"), Some(TOKEN));
        assert!(!String::from_utf8_lossy(&request.head).contains(SECRET));
    }
    let signed = upstream.requests().pop().unwrap();
    let mut changed = signed.clone();
    changed.body = "y".into();
    assert_ne!(
        signature(&signed, "eu-central-1"),
        signature(&changed, "eu-central-1")
    );
}

#[tokio::test]
async fn a_guest_sees_neither_token_nor_signature_where_an_upstream_sends_them_back() {
    let upstream = Upstream::start(|request| {
        let head = String::from_utf8_lossy(&request.head).into_owned();
        let secret = format!("{head}\nand {SECRET}");
        Answer::new(200)
            .header("x-echo", request.header("authorization").unwrap())
            .body(secret)
    });
    let runtime = runtime_with("courier", config(&upstream, Some(TOKEN))).await;
    let errands = ["whole", "chunks"].map(|it| Errand::get(upstream.url("/")).delivered(it));
    let (seen, memory) = courier::run_and_dump(&runtime, errands).await;
    let requests = upstream.requests();
    let signature = |request: &Request| {
        let authorization = request.header("authorization").unwrap();
        parameter(authorization, "Signature").to_owned()
    };
    let mut secrets: Vec<String> = requests.iter().map(signature).collect();
    secrets.extend([SECRET.into(), TOKEN.into()]);
    for haystack in [memory.as_slice(), all_text(&seen).as_bytes()] {
        let has = |needle: &str| memory_has(haystack, needle);
        assert!(has("SignedHeaders="), "nothing was echoed");
        for secret in &secrets {
            assert!(!has(secret), "`{secret}` is there");
        }
    }
}

fn memory_has(haystack: &[u8], needle: &str) -> bool {
    let mut windows = haystack.windows(needle.len());
    windows.any(|window| window == needle.as_bytes())
}

#[tokio::test]
async fn an_origin_outside_its_list_gets_no_signature() {
    let bound = Upstream::answering(Answer::new(200));
    let other = Upstream::answering(Answer::new(200));
    let mut config = config(&bound, Some(TOKEN)).allow(other.url("/*"));
    config.secrets[0].to = Some(vec![bound.origin()]);
    let runtime = runtime_with("courier", config).await;
    let request = sent(&runtime, &other, Errand::get(other.url("/"))).await;
    for name in ["authorization", "x-amz-date", "x-amz-security-token"] {
        assert_eq!(request.header(name), None);
    }
    let request = sent(&runtime, &bound, Errand::get(bound.url("/"))).await;
    assert!(request.header("authorization").is_some());
}

#[tokio::test]
async fn what_cannot_sign_is_an_error_of_the_operator() {
    let upstream = Upstream::answering(Answer::new(200));
    let mut unset = config(&upstream, None);
    unset.settings.clear();
    let text = config(&upstream, None).secret("signed", "sk-one-text");
    let sent = config(&upstream, None).secret("bearer", key(None));
    let elsewhere =
        config(&upstream, None).allow("https://bedrock-runtime.us-east-1.amazonaws.com/*");
    let mut exposed = config(&upstream, None);
    exposed.secrets[0].expose = true;
    for (config, expected) in [
        (unset, "`providers.courier.settings.region` is not set"),
        (
            text,
            "signs requests with an access key, and is given one text",
        ),
        (sent, "is sent with requests, and is given an access key"),
        (elsewhere, "is in `us-east-1`"),
        (exposed, "is set, and the secret is an access key"),
    ] {
        let error = builder_with("courier", config).await.build().err().unwrap();
        assert!(matches!(error, Error::Config { .. }));
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(expected), "{shown}");
        assert!(
            !shown.contains(SECRET) && !shown.contains("sk-one"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_template_of_the_provider_is_signed_with_the_shared_secret() {
    let upstream = Upstream::start(|request| {
        let signature = request.header("x-signature").unwrap();
        Answer::new(200).body(signature.to_owned())
    });
    let config = ProviderConfig::new()
        .allow(upstream.url("/*"))
        .setting("region", "key-7")
        .secret("hmac", STANDARD.encode(SECRET));
    let runtime = runtime_with("courier", config).await;
    let errand = Errand::post(upstream.url("/v1/a?b=c"), "the body")
        .header("X-Signature", "mine")
        .header("X-Time", "0");
    let seen = errand.run(&runtime).await;
    let request = upstream.requests().pop().unwrap();
    let values = |name| request.header_values(name).collect::<Vec<_>>();
    let [time] = values("x-time")[..] else {
        panic!("{request:?}");
    };
    assert!(time.parse::<u64>().unwrap() > 1_700_000_000_000, "{time}");
    let text = format!(
        "POST\n127.0.0.1:{}/v1/a?b=c\n{time}\n{}\nthe body",
        upstream.port(),
        hash(b"the body")
    );
    let signature = STANDARD.encode(mac(SECRET.as_bytes(), &text));
    assert_eq!(values("x-signature"), [format!("HMAC key-7:{signature}")]);
    let Seen::Response {
        body: Some(body), ..
    } = &seen[0]
    else {
        panic!("{seen:?}");
    };
    assert!(body.starts_with("HMAC key-7:***"), "{body}");
    assert!(!body.contains(&signature), "{body}");
}

#[tokio::test]
async fn a_provider_that_takes_an_access_key_is_signed_for_and_asks_in_its_region() {
    let upstream = Upstream::answering(Answer::json(
        200,
        serde_json::json!({"output": {"message": {"content": [{"text": "Hi"}]}}, "stopReason": "end_turn"}),
    ));
    let config = ProviderConfig::new()
        .allow(upstream.url("/*"))
        .setting("region", "eu-central-1")
        .setting("base-url", upstream.origin())
        .secret("access-key", key(None));
    let runtime = runtime_with("bedrock", config).await;
    let answer = ask(&runtime, "bedrock/eu.amazon.nova-lite-v1:0", "Hi").await;
    assert_eq!(answer.unwrap().text(), "Hi");
    let request = upstream.requests().pop().unwrap();
    assert_eq!(request.path(), "/model/eu.amazon.nova-lite-v1%3A0/converse");
    assert_eq!(
        parameter(request.header("authorization").unwrap(), "Signature"),
        signature(&request, "eu-central-1"),
        "{request:?}"
    );

    // Without a `base-url` its default is made of the region.
    let audit = Audit::default();
    let config = ProviderConfig::new()
        .setting("region", "eu-central-1")
        .secret("access-key", key(None));
    let builder = builder_with("bedrock", config).await;
    let runtime = builder.audit(audit.sink()).build().unwrap();
    ask(&runtime, "bedrock/m", "Hi").await.unwrap_err();
    let sentence = audit.denial();
    let origin = "https://bedrock-runtime.eu-central-1.amazonaws.com";
    assert!(
        sentence.starts_with(&format!("provider `bedrock` may not reach `{origin}`")),
        "{sentence}"
    );
}
