//! Another version of a provider, and the way back: what is swapped in, what is refused, and that the
//! old version stays then.

use serde_json::{Value, json};
use tidegate_gateway::GatewayConfig;
use tidegate_host::{ProviderConfig, Runtime};
use tidegate_tests::guests::{chameleon, chameleon_bytes, engine};
use tidegate_tests::upstream::Upstream;
use tokio::io::AsyncWriteExt as _;

use super::support::{KEY, Operated, good, refused};
use crate::support::{Answered, read_to_end};

const PATH: &str = "/admin/providers/chameleon";

async fn chameleons() -> Operated {
    let first = chameleon("version-1").await.unwrap();
    let builder = Runtime::builder().provider("chameleon", first, ProviderConfig::new());
    Operated::new(builder, GatewayConfig::default()).await
}

async fn says(operated: &Operated) -> Value {
    let body = json!({"model": "chameleon/at-once", "messages": [{"role": "user", "content": ""}]});
    let answer = operated.served.answer("/v1/chat/completions", &body).await;
    answer["choices"][0]["message"]["content"].clone()
}

async fn source(operated: &Operated) -> Value {
    operated.get(PATH).await["source"].clone()
}

#[tokio::test]
async fn bytes_are_swapped_in_and_rolled_back() {
    let operated = chameleons().await;
    let answer = good(operated.swap_in("chameleon", chameleon_bytes("version-2"))).await;
    assert_eq!(answer["provider"], "chameleon");
    assert_eq!(answer["changed"], true);
    let (old, new) = (&answer["old"], &answer["new"]);
    assert_eq!((&old["version"], &new["version"]), (&json!(1), &json!(2)));
    assert_ne!(old["digest"], new["digest"]);
    assert_eq!(new["component"], "upload");
    assert_eq!(says(&operated).await, "version-2");
    assert_eq!(source(&operated).await, "admin");
    let detail = operated.get(PATH).await;
    assert_eq!(detail["versions"]["previous"]["version"], 1);

    let back = operated.post(&format!("{PATH}/rollback")).await;
    assert_eq!(
        (&back["old"]["version"], &back["new"]["version"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(says(&operated).await, "version-1");
    assert_eq!(source(&operated).await, "configuration");
}

#[tokio::test]
async fn a_component_is_swapped_in_by_its_name_or_its_path() {
    let operated = chameleons().await;
    let answer = good(operated.swap_to("chameleon", "bundled:version-2")).await;
    assert_eq!(answer["new"]["component"], "version-2");
    assert_eq!(says(&operated).await, "version-2");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("third.wasm");
    std::fs::write(&file, chameleon_bytes("version-3")).unwrap();
    let by_path = |path: &std::path::Path| {
        operated
            .ask("PUT", PATH)
            .header("content-type", "application/json")
            .body(json!({ "path": path }).to_string())
    };
    assert_eq!(good(by_path(&file)).await["new"]["version"], 3);
    assert_eq!(says(&operated).await, "version-3");
    let missing = Answered::of(by_path(&folder.path().join("none.wasm"))).await;
    let (message, _) = refused(&missing, 422, "component");
    assert!(message.contains("cannot be read"), "{message}");
}

#[tokio::test]
async fn what_runs_already_is_not_swapped_in_again() {
    let operated = chameleons().await;
    let answer = good(operated.swap_in("chameleon", chameleon_bytes("version-1"))).await;
    assert_eq!(answer["changed"], false);
    assert_eq!(answer["new"]["version"], 1);
    assert_eq!(source(&operated).await, "configuration");
    let nothing = Answered::of(operated.ask("POST", &format!("{PATH}/rollback"))).await;
    let (message, hint) = refused(&nothing, 409, "conflict");
    assert!(message.contains("no version to go back to"), "{message}");
    assert_eq!(hint, "there is one after the first swap");
}

#[tokio::test]
async fn a_version_that_wants_more_is_refused_with_what_it_wants() {
    let operated = chameleons().await;
    let request = operated.swap_in("chameleon", chameleon_bytes("wants-more"));
    let answer = Answered::of(request).await;
    let (message, hint) = refused(&answer, 409, "wants");
    assert!(message.contains("`https://more.example/*`"), "{message}");
    assert_eq!(
        hint,
        "to approve it, add the patterns to `providers.chameleon.allow` in `tidegate.toml`"
    );
    assert_eq!(
        answer.error()["wants"],
        json!([{"pattern": "https://more.example/*", "reason": "to be tested"}])
    );
    assert_eq!(says(&operated).await, "version-1");
    assert_eq!(operated.get(PATH).await["version"], 1);
}

#[tokio::test]
async fn what_is_no_provider_is_refused_and_the_old_version_stays() {
    let operated = chameleons().await;
    let mut cut = chameleon_bytes("version-2");
    cut.truncate(cut.len() / 2);
    let core = wat::parse_str("(module)").unwrap();
    let world = wat::parse_str("(component)").unwrap();
    for bytes in [
        b"no component".to_vec(),
        vec![],
        cut,
        core,
        world,
        chameleon_bytes("trap"),
        chameleon_bytes("bad-name"),
    ] {
        let answer = Answered::of(operated.swap_in("chameleon", bytes)).await;
        let (message, hint) = refused(&answer, 422, "component");
        assert!(
            message.contains("`upload`") && !hint.is_empty(),
            "{message}\n{hint}"
        );
    }
    assert_eq!(says(&operated).await, "version-1");
    assert_eq!(operated.get(PATH).await["version"], 1);
}

#[tokio::test]
async fn bodies_that_make_no_sense_are_refused() {
    let operated = chameleons().await;
    let with = |content_type: &'static str, body: &'static str| {
        let request = operated.ask("PUT", PATH);
        request.header("content-type", content_type).body(body)
    };
    for body in [
        "",
        "{}",
        "[]",
        r#"{"component": 3}"#,
        r#"{"component": "a", "path": "b"}"#,
        r#"{"componnet": "a"}"#,
    ] {
        let answer = Answered::of(with("application/json", body)).await;
        let (_, hint) = refused(&answer, 400, "invalid-request");
        assert!(hint.contains("`application/wasm`"), "{hint}");
    }
    for content_type in ["text/plain", "application/octet-stream"] {
        let answer = Answered::of(with(content_type, "{}")).await;
        refused(&answer, 415, "content-type");
    }
    let compressed = with("application/wasm", "{}").header("content-encoding", "gzip");
    refused(&Answered::of(compressed).await, 415, "content-type");
    let bare = operated.ask("PUT", PATH).body("{}");
    refused(&Answered::of(bare).await, 415, "content-type");
}

#[tokio::test]
async fn a_body_past_the_limit_is_not_read() {
    let operated = chameleons().await;
    let limit = engine().component_size();
    let head = |content_type: &str, length: String| {
        format!(
            "PUT {PATH} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer {KEY}\r\ncontent-type: {content_type}\r\n{length}\r\n\r\n"
        )
    };
    for (content_type, length) in [
        ("application/wasm", limit + 1),
        ("application/wasm", 1 << 60),
        ("application/json", 1 << 20),
    ] {
        let mut socket = tokio::net::TcpStream::connect(operated.address())
            .await
            .unwrap();
        let head = head(content_type, format!("content-length: {length}"));
        socket.write_all(head.as_bytes()).await.unwrap();
        let answer = read_to_end(&mut socket).await;
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
        assert!(answer.contains(r#""type":"too-large""#), "{answer}");
    }
    // One that does not say how long it is.
    let mut socket = tokio::net::TcpStream::connect(operated.address())
        .await
        .unwrap();
    let head = head("application/json", "transfer-encoding: chunked".into());
    socket.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("8000\r\n{}\r\n", " ".repeat(0x8000));
    // The gateway may hang up before all is written.
    let _ = socket.write_all(chunk.as_bytes()).await;
    let answer = read_to_end(&mut socket).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert_eq!(operated.get(PATH).await["version"], 1);
}

#[tokio::test]
async fn a_swap_outlives_a_configuration_that_names_the_same_component() {
    let operated = chameleons().await;
    let first = || chameleon("version-1");
    let runtime = &operated.served.runtime;
    let apply = async |component, config| {
        let builder = Runtime::builder().provider("chameleon", component, config);
        runtime.apply(builder).unwrap();
    };
    good(operated.swap_to("chameleon", "bundled:version-2")).await;

    // As it was.
    apply(first().await.unwrap(), ProviderConfig::new()).await;
    assert_eq!(
        (says(&operated).await, source(&operated).await),
        (json!("version-2"), json!("admin"))
    );

    // With another configuration: it begins anew, with what was swapped in, and can go back.
    let upstream = Upstream::answering(tidegate_tests::upstream::Answer::new(200));
    let granted = || ProviderConfig::new().allow(upstream.url("/*"));
    apply(first().await.unwrap(), granted()).await;
    assert_eq!(
        (says(&operated).await, source(&operated).await),
        (json!("version-2"), json!("admin"))
    );
    operated.post(&format!("{PATH}/rollback")).await;
    assert_eq!(
        (says(&operated).await, source(&operated).await),
        (json!("version-1"), json!("configuration"))
    );
    operated.post(&format!("{PATH}/rollback")).await;

    // With another component: the configuration wins.
    let third = chameleon("version-3").await.unwrap();
    apply(third, granted()).await;
    assert_eq!(
        (says(&operated).await, source(&operated).await),
        (json!("version-3"), json!("configuration"))
    );
    operated.post(&format!("{PATH}/rollback")).await;
    assert_eq!(
        (says(&operated).await, source(&operated).await),
        (json!("version-2"), json!("admin"))
    );
}

#[tokio::test]
async fn a_configuration_that_names_what_was_swapped_in_takes_it_over() {
    let operated = chameleons().await;
    good(operated.swap_to("chameleon", "bundled:version-2")).await;
    let second = chameleon("version-2").await.unwrap();
    let builder = Runtime::builder().provider("chameleon", second, ProviderConfig::new());
    operated.served.runtime.apply(builder).unwrap();
    let detail = operated.get(PATH).await;
    assert_eq!(
        (&detail["source"], &detail["version"]),
        (&json!("configuration"), &json!(2))
    );
}

#[tokio::test]
async fn a_version_whose_first_calls_fail_is_shown_as_rolled_back() {
    let operated = chameleons().await;
    good(operated.swap_to("chameleon", "bundled:falls-over")).await;
    let body = json!({"model": "chameleon/at-once", "messages": [{"role": "user", "content": ""}]});
    while operated.get(PATH).await["version"] == 2 {
        let answer = Answered::of(operated.served.post("/v1/chat/completions", &body)).await;
        assert_eq!(answer.status, 500, "{}", answer.text);
    }
    let versions = operated.get(PATH).await["versions"].clone();
    assert_eq!(versions["current"]["version"], 1);
    let rolled_back = &versions["rolled-back"];
    assert_eq!(
        (&rolled_back["version"], &rolled_back["to"]),
        (&json!(2), &json!(1))
    );
    let reason = rolled_back["reason"].as_str().unwrap();
    assert!(reason.contains("trapped"), "{reason}");
    assert!(rolled_back["at-ms"].as_u64().unwrap() > 1_700_000_000_000);
}
