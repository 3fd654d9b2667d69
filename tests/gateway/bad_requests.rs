//! Requests that make no sense: each is told what is wrong and where, and none reaches a vendor.

use reqwest::Method;
use serde_json::{Value, json};
use tidegate_gateway::GatewayConfig;
use tidegate_tests::upstream::{Answer, Upstream};

use crate::support::{Answered, Served, with_openai};

const PATH: &str = "/v1/chat/completions";

async fn guarded() -> (Upstream, Served) {
    let upstream = Upstream::answering(Answer::new(500));
    let served = Served::openai_at(&upstream).await;
    (upstream, served)
}

#[tokio::test]
async fn a_body_that_makes_no_sense_is_told_where() {
    let (upstream, served) = guarded().await;
    for (body, place, sentence) in [
        (
            "",
            Value::Null,
            "EOF while parsing a value (line 1, column 0)",
        ),
        (
            "{\n  \"model\": \"a/b\",\n  oops",
            Value::Null,
            "key must be a string (line 3, column 3)",
        ),
        ("[]", Value::Null, "expected an object"),
        ("{}", json!("model"), "missing"),
        (r#"{"model": "openai/a"}"#, json!("messages"), "missing"),
        (
            r#"{"model": "openai/a", "messages": []}"#,
            json!("messages"),
            "no message",
        ),
        (
            r#"{"model": 7}"#,
            json!("model"),
            "invalid type: integer `7`, expected a string (line 1, column 11)",
        ),
        (
            r#"{"model": "a/b", "model": "c/d"}"#,
            Value::Null,
            "duplicate field `model`",
        ),
        (
            r#"{"model": "openai/a", "messages": [{"role": "king", "content": "x"}]}"#,
            json!("messages[0].role"),
            "`king` is no role",
        ),
        (
            r#"{"model": "openai/a", "messages": [{"role": "user", "content": 7}]}"#,
            json!("messages[0].content"),
            "expected a string or a list",
        ),
        (
            r#"{"model": "openai/a", "messages": [{"role": "user"}]}"#,
            json!("messages[0]"),
            "no `content`",
        ),
        (
            r#"{"model": "openai/a", "messages": [{"role": "user", "content": [{"text": "x"}]}]}"#,
            json!("messages[0].content[0]"),
            "no `type`",
        ),
        (
            r#"{"model": "openai/a", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,%%"}}]}]}"#,
            json!("messages[0].content[0].image_url.url"),
            "no base64",
        ),
        (
            r#"{"model": "openai/a", "messages": [{"role": "tool", "content": "x"}]}"#,
            json!("messages[0]"),
            "tool_call_id",
        ),
        (
            r#"{"model": "openai/a", "messages": [{"role": "user", "content": "x"}], "max_tokens": -1}"#,
            json!("max_tokens"),
            "invalid value: integer `-1`",
        ),
        (
            r#"{"model": "openai/a", "messages": [{"role": "user", "content": "x"}], "tools": [{"type": "function", "function": {}}]}"#,
            json!("tools[0].function"),
            "no `name`",
        ),
        (
            r#"{"model": "openai/a", "messages": [{"role": "user", "content": "x"}], "tool_choice": "maybe"}"#,
            json!("tool_choice"),
            "no choice",
        ),
    ] {
        let answer = Answered::of(served.post_text(PATH, body)).await;
        let error = answer.error();
        assert_eq!(
            (answer.status, &error["param"]),
            (400, &place),
            "{body}: {error}"
        );
        assert_eq!(error["type"], "invalid_request_error");
        assert!(
            error["message"].as_str().unwrap().contains(sentence),
            "{body}: {error}"
        );
    }
    let answer = Answered::of(served.post_text(PATH, &b"{\"model\": \"\xff\"}"[..])).await;
    assert!(
        answer.error()["message"]
            .as_str()
            .unwrap()
            .contains("not UTF-8")
    );
    let deep = format!(r#"{{"model": {}"#, "[".repeat(100_000));
    assert_eq!(Answered::of(served.post_text(PATH, deep)).await.status, 400);
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn only_json_is_read() {
    let (upstream, served) = guarded().await;
    let ask = || served.request(Method::POST, PATH).body("{}");
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "",
    ] {
        let answer = Answered::of(ask().header("content-type", content_type)).await;
        assert_eq!(answer.status, 415, "{content_type}");
        assert_eq!(answer.error()["code"], "unsupported_media_type");
    }
    assert_eq!(Answered::of(ask()).await.status, 415);
    let compressed = ask().header("content-type", "application/json");
    let compressed = compressed.header("content-encoding", "gzip");
    assert_eq!(Answered::of(compressed).await.status, 415);
    for content_type in [
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/a+json",
    ] {
        let answer = Answered::of(ask().header("content-type", content_type)).await;
        assert_eq!(answer.status, 400, "{content_type}");
    }
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_unread() {
    let upstream = Upstream::answering(Answer::new(500));
    let config = GatewayConfig {
        body_limit: 1000,
        ..GatewayConfig::default()
    };
    let served = Served::new(with_openai(&upstream).await, config).await;
    let large = "x".repeat(100_000);
    let answer = Answered::of(served.post_text(PATH, large.clone())).await;
    assert_eq!(
        (answer.status, &answer.error()["code"]),
        (413, &json!("request_too_large"))
    );
    // The same without a length announced.
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    let answer = served
        .raw(format!("{head}7d0\r\n{}\r\n", &large[..2000]).as_bytes())
        .await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn paths_and_methods_that_are_not_there_are_named() {
    let served = Served::echo().await;
    for (method, path, status, code) in [
        (Method::GET, "/", 404, "unknown_url"),
        (Method::GET, "/v2/chat/completions", 404, "unknown_url"),
        (Method::POST, "/v1/chat/completions/", 404, "unknown_url"),
        (
            Method::POST,
            "/v1/audio/speech",
            404,
            "unsupported_endpoint",
        ),
        (
            Method::POST,
            "/v1/images/generations",
            404,
            "unsupported_endpoint",
        ),
        (Method::GET, "/v1/files", 404, "unsupported_endpoint"),
        (
            Method::POST,
            "/v1/threads/t/runs",
            404,
            "unsupported_endpoint",
        ),
        (Method::GET, PATH, 405, "method_not_supported"),
        (
            Method::DELETE,
            "/v1/models/echo/echo-1",
            405,
            "method_not_supported",
        ),
    ] {
        let answer = Answered::of(served.request(method.clone(), path)).await;
        assert_eq!(answer.status, status, "{method} {path}");
        assert_eq!(answer.error()["code"], code, "{method} {path}");
        assert!(!answer.header("x-request-id").is_empty());
        if status == 405 {
            assert!(!answer.header("allow").is_empty(), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_request_hidden_in_another_is_not_sent() {
    let (upstream, served) = guarded().await;
    let hidden = r#"{"model":"openai/a","messages":[{"role":"user","content":"x"}]}"#;
    let head =
        format!("POST {PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n");
    for framing in [
        "content-length: 5\r\ncontent-length: 6\r\n\r\n",
        "content-length: +5\r\n\r\n",
        "content-length: 5, 6\r\n\r\n",
        "transfer-encoding: chunked, identity\r\n\r\n",
        "transfer-encoding: xchunked\r\n\r\n",
        "transfer-encoding : chunked\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\n5;\r\nhello\r\n-1\r\n",
        "x-a: 1\r\n folded: 2\r\n\r\n",
        "x\0y: 1\r\n\r\n",
    ] {
        let answer = served
            .raw(format!("{head}{framing}{hidden}").as_bytes())
            .await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 400"),
            "{framing:?}: {answer}"
        );
        assert!(
            answer.matches("HTTP/1.1").count() <= 1,
            "{framing:?}: {answer}"
        );
    }
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn heads_without_end_are_not_taken() {
    let (_, served) = guarded().await;
    let answer = Answered::of(
        served
            .get("/v1/models")
            .header("x-large", "x".repeat(200_000)),
    )
    .await;
    assert_eq!(answer.status, 431);
}

#[tokio::test]
async fn an_answer_to_head_has_no_body() {
    let served = Served::echo().await;
    let client = || reqwest::Client::builder().no_proxy();
    for client in [client(), client().http2_prior_knowledge()] {
        let client = client.build().unwrap();
        for (path, status) in [("/healthz", 200), ("/v1/models", 200), ("/nothing", 404)] {
            let answer = client.head(served.url(path)).send().await.unwrap();
            assert_eq!(answer.status(), status, "{path}");
            assert!(answer.headers().contains_key("content-length"), "{path}");
            assert_eq!(answer.bytes().await.unwrap().len(), 0, "{path}");
        }
    }
}
