//! Whether the runner of fixtures notices what is wrong, and says so in words that lead there.

use serde_json::{Value, json};
use tidegate_tests::fixture::{Case, Fixture};

use crate::machine;

/// A fixture that the provider `openai` passes.
fn passing() -> Value {
    let chunk = json!({
        "id": "c1",
        "choices": [{"index": 0, "delta": {"content": "Hi"}, "finish_reason": "stop"}],
    });
    json!({
        "about": "A short answer.",
        "source": "https://example.com",
        "operation": {"chat": {
            "model": "m",
            "messages": [{"role": "user", "parts": [{"content": {"text": "Hi"}}]}],
            "stream": true,
        }},
        "upstream": [{
            "request": {
                "method": "POST",
                "path": "/v1/chat/completions",
                "headers": {"accept-language": null},
            },
            "answer": {
                "status": 200,
                "headers": {"content-type": "text/event-stream"},
                "sse": [chunk.to_string(), "[DONE]"],
            },
        }],
        "expect": {"text": "Hi", "finish": "stop", "usage": null, "warnings": []},
    })
}

/// What the runner says of a fixture.
async fn said(fixture: &Value) -> String {
    let case = Case {
        name: "openai/mine".into(),
        fixture: Fixture::parse(&fixture.to_string()),
    };
    case.run(machine::bundled("openai").await).await.to_string()
}

/// What it says of the passing fixture with one value replaced.
async fn said_with(pointer: &str, value: Value) -> String {
    let mut fixture = passing();
    *fixture
        .pointer_mut(pointer)
        .expect("a place in the fixture") = value;
    said(&fixture).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fixture_that_is_right_passes_whole_and_in_every_split() {
    assert_eq!(said(&passing()).await, "1 cases, 4 runs, 0 cases failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_names_guest_case_split_field_expected_and_got() {
    let said = said_with("/expect/text", json!("Ho")).await;
    let failure = "openai/mine (whole)\n    \
                   expect.text\n      \
                   expected: \"Ho\"\n      \
                   got:      \"Hi\"\n";
    assert!(said.contains(failure), "{said}");
    assert!(said.contains("openai/mine (byte by byte)"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_not_as_expected_is_a_failure() {
    let turn = "/upstream/0/request";
    for (name, value, words) in [
        ("method", json!("GET"), "expected: GET"),
        (
            "path",
            json!("/v2/chat/completions"),
            "expected: /v2/chat/completions",
        ),
        (
            "headers",
            json!({"content-type": null}),
            "headers.content-type",
        ),
        ("headers", json!({"x-wanted": "yes"}), "expected: yes"),
    ] {
        let said = said_with(&format!("{turn}/{name}"), value).await;
        assert!(said.contains(words), "{name}: {said}");
    }
    let mut fixture = passing();
    fixture["upstream"][0]["request"]["body"] = json!({"model": "other"});
    let words = said(&fixture).await;
    assert!(
        words.contains("request.body.model\n      expected: \"other\""),
        "{words}"
    );
    assert!(
        words.contains("request.body.messages\n      expected: nothing"),
        "{words}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_that_nobody_expects_and_one_that_does_not_come_are_failures() {
    let said = said_with("/upstream/0/answer/sse", json!([])).await;
    assert!(
        said.contains("expect.error\n      expected: no error"),
        "{said}"
    );
    let said = said_with("/expect", json!({"error": {"kind": "upstream"}})).await;
    assert!(said.contains("expect.error"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_too_many_is_a_failure() {
    let said = said_with("/upstream", json!([])).await;
    assert!(
        said.contains("got:      1: POST /v1/chat/completions"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_nobody_knows_is_a_failure_wherever_it_stands() {
    for (place, words) in [
        ("", "unknown field `mine`"),
        ("/operation/chat", "operation"),
        ("/upstream/0", "unknown field `mine`"),
        ("/upstream/0/request", "unknown field `mine`"),
        ("/upstream/0/answer", "unknown field `mine`"),
        ("/expect", "`expect.mine` is not known"),
    ] {
        let mut fixture = passing();
        fixture.pointer_mut(place).unwrap()["mine"] = json!(1);
        let said = said(&fixture).await;
        assert!(said.contains(words), "{place}: {said}");
    }
    let said = said_with("/expect", json!({"answer": {"name": "c1"}})).await;
    assert!(said.contains("no such field; there are"), "{said}");
}
