//! An event larger than anything that is handed over at once.
//!
//! The host gives a guest all frames that have arrived, up to a quarter of a mebibyte. A picture that
//! a model made is one event and larger: it must neither be waited for in vain nor end the answer.

use std::collections::BTreeMap;

use tidegate_host::types::{ChatRequest, Message, Operation};
use tidegate_tests::fixture::Stage;
use tidegate_tests::upstream::{Answer, Split};

use crate::machine;

#[tokio::test(flavor = "multi_thread")]
async fn an_event_larger_than_a_batch_arrives() {
    let text = "A".repeat(600 << 10);
    let event = serde_json::json!({"choices": [{"index": 0, "delta": {"content": text}}]});
    let last = serde_json::json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
    let answer = Answer::sse([event.to_string(), last.to_string(), "[DONE]".into()]);
    let openai = machine::bundled("openai").await;
    let stage = Stage::new(openai, "/v1", &BTreeMap::new()).unwrap();
    let mut request = ChatRequest::new("some-model", vec![Message::user("Hi")]);
    request.stream = true;
    for split in [Split::Whole, Split::Every(4_099)] {
        let answer = answer.clone().split(split.clone());
        let played = stage
            .play(Operation::Chat(request.clone()), vec![answer])
            .await;
        let view = played.outcome.view();
        assert_eq!(view["error"], serde_json::Value::Null, "{split:?}");
        assert_eq!(
            view["text"].as_str().map(str::len),
            Some(text.len()),
            "{split:?}"
        );
        assert_eq!(view["finish"], "stop", "{split:?}");
    }
}
