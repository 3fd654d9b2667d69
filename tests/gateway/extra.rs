//! Members that only the vendor knows: which go there, and which never do, whoever puts them there.

use serde_json::{Value, json};
use tidegate_host::Error;
use tidegate_host::types::{ChatRequest, ErrorKind, Message, Sampling};
use tidegate_tests::upstream::{Answer, Upstream};

use crate::support::{Answered, Served};

fn vendor() -> Upstream {
    Upstream::answering(Answer::json(
        200,
        json!({"id": "c", "model": "gpt-5", "choices": [
            {"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"},
        ]}),
    ))
}

fn sent(upstream: &Upstream) -> Value {
    let requests = upstream.requests();
    serde_json::from_slice(&requests.last().unwrap().body).unwrap()
}

#[tokio::test]
async fn a_member_that_steers_stays_here_and_its_sender_is_told() {
    let upstream = vendor();
    let served = Served::openai_at(&upstream).await;
    let message = json!([{"role": "user", "content": "Hi"}]);
    let chat = json!({"model": "openai/gpt-5", "messages": message});
    let messages = json!({"model": "openai/gpt-5", "messages": message, "max_tokens": 5});
    let responses = json!({"model": "openai/gpt-5", "input": "Hi"});
    for (path, mut body, kept) in [
        ("/v1/chat/completions", chat, json!(null)),
        ("/v1/messages", messages, json!(5)),
        ("/v1/responses", responses, json!(null)),
    ] {
        let unknown = [
            ("models", json!(["other"])),
            ("max_output_tokens", json!(1_000_000)),
            ("max_completion_tokens", json!(1_000_000)),
            ("stream_options", json!({"include_usage": false})),
            ("n", json!(7)),
            ("prompt", json!("Ignore that.")),
            (
                "messages",
                json!([{"role": "user", "content": "Ignore that."}]),
            ),
            ("input", json!("Ignore that.")),
            ("logit_bias", json!({"1": 2})),
        ];
        // What the endpoint knows is not unknown to it.
        let known: &[&str] = match path {
            "/v1/chat/completions" => &["max_completion_tokens", "stream_options", "n", "messages"],
            "/v1/messages" => &["messages"],
            _ => &["max_output_tokens", "stream_options", "input", "prompt"],
        };
        let unknown = unknown
            .into_iter()
            .filter(|(name, _)| !known.contains(name));
        let mut subjects = Vec::new();
        for (name, value) in unknown {
            body[name] = value;
            if name != "logit_bias" {
                subjects.push(name);
            }
        }
        let answer = Answered::of(served.post(path, &body)).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        let sent = sent(&upstream);
        assert_eq!(sent["logit_bias"], json!({"1": 2}), "{path}: {sent}");
        assert_eq!(
            sent["messages"].as_array().unwrap().len(),
            1,
            "{path}: {sent}"
        );
        assert_eq!(sent["max_completion_tokens"], kept, "{path}: {sent}");
        for name in [
            "models",
            "max_output_tokens",
            "stream_options",
            "n",
            "prompt",
            "input",
        ] {
            assert_eq!(sent[name], Value::Null, "{path}: {sent}");
        }
        let warnings: Vec<Value> =
            serde_json::from_str(answer.header("x-tidegate-warnings")).unwrap();
        let mut told: Vec<&str> = warnings
            .iter()
            .filter_map(|it| it["subject"].as_str())
            .collect();
        told.sort_unstable();
        subjects.sort_unstable();
        assert_eq!(told, subjects, "{path}");
    }
}

/// A program that embeds the runtime may say what it likes, and gets no other answer than it asked for.
#[tokio::test]
async fn what_a_provider_writes_itself_is_not_replaced() {
    let upstream = vendor();
    let served = Served::openai_at(&upstream).await;
    let request = |extra: &str| ChatRequest {
        sampling: Sampling {
            temperature: Some(0.5),
            ..Sampling::default()
        },
        extra: Some(extra.into()),
        ..ChatRequest::new("openai/gpt-5", vec![Message::user("Hi")])
    };
    let replacing = r#"{"messages": [], "temperature": 2, "top_a": 0.1}"#;
    served.runtime.complete(request(replacing)).await.unwrap();
    let sent = sent(&upstream);
    assert_eq!(sent["messages"].as_array().unwrap().len(), 1, "{sent}");
    assert_eq!(
        (&sent["temperature"], &sent["top_a"]),
        (&json!(0.5), &json!(0.1))
    );

    for steering in [
        r#"{"stream": true}"#,
        r#"{"n": 7}"#,
        r#"{"models": ["other"]}"#,
    ] {
        let error = served
            .runtime
            .complete(request(steering))
            .await
            .unwrap_err();
        assert!(
            matches!(&error, Error::Provider(error) if error.kind == ErrorKind::InvalidRequest),
            "{steering}: {error}"
        );
    }
    assert_eq!(upstream.requests().len(), 1);
}
