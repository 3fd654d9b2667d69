//! What the fixtures cannot tell apart: the order of events, what stays out of an answer's text, and
//! how an exchange ends after its last event.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use serde_json::{Value, json};
use support::{Run, chat, event, stream};
use tidegate_guest::Provider;
use tidegate_guest::types::*;
use tidegate_provider_anthropic::Anthropic;

#[test]
fn events_come_in_the_order_of_the_blocks() {
    let run = stream(&[
        json!({"type": "message_start", "message": {"id": "msg_1", "content": [], "usage": {"input_tokens": 1}}}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Hm"}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "s"}}),
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "content_block_start", "index": 1, "content_block": {"type": "web_search_tool_result", "content": []}}),
        json!({"type": "content_block_stop", "index": 1}),
        json!({"type": "content_block_start", "index": 2, "content_block": {"type": "text", "text": ""}}),
        json!({"type": "content_block_delta", "index": 2, "delta": {"type": "citations_delta", "citation": {"url": "u"}}}),
        json!({"type": "content_block_delta", "index": 2, "delta": {"type": "text_delta", "text": "Yes"}}),
        json!({"type": "content_block_stop", "index": 2}),
        json!({"type": "content_block_start", "index": 3, "content_block": {"type": "tool_use", "id": "t", "name": "f", "input": {}}}),
        json!({"type": "content_block_stop", "index": 3}),
        json!({"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 2}}),
        json!({"type": "message_stop"}),
    ]);
    assert_eq!(
        run.told(),
        [
            "answer",
            "usage",
            "0 reasoning Hm",
            "0 signature s",
            "raw",
            "1 text Yes",
            "1 source u",
            "1 metadata",
            "2 call f",
            "2 arguments {}",
            "2 call ends",
            "usage",
            "finish tool_use",
            "done",
        ]
    );
}

#[test]
fn a_whole_message_in_answer_to_a_streaming_request_is_read() {
    let mut run = Run::start(chat(true));
    run.whole(
        200,
        r#"{"type":"message","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn"}"#,
    );
    assert_eq!(run.told(), ["0 text Hi", "finish end_turn", "done"]);
}

#[test]
fn what_breaks_after_the_last_event_does_no_harm() {
    let mut run = Run::start(chat(true));
    run.head();
    run.frames(&[
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}}),
        json!({"type": "message_stop"}),
    ]);
    assert_eq!(run.told(), ["0 text Hi", "finish end_turn"]);
    run.step(Input::Frames(vec![event("not even JSON")]));
    run.step(Input::Failed(FetchFailure {
        kind: FetchFailureKind::Interrupted,
        message: "cut".into(),
    }));
    assert_eq!(run.told(), ["0 text Hi", "finish end_turn", "done"]);
}

#[test]
fn relays_may_write_null_and_done() {
    let mut run = Run::start(chat(true));
    run.head();
    run.frames(&[
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": null, "citations": null}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi", "thinking": null}}),
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": null}),
    ]);
    run.step(Input::Frames(vec![event("[DONE]")]));
    run.step(Input::End);
    assert_eq!(run.told(), ["0 text Hi", "finish end_turn", "done"]);
}

#[test]
fn the_last_page_that_names_itself_again_ends_the_list() {
    let mut run = Run::start(Operation::ListModels);
    let page = r#"{"data":[{"id":"a"}],"has_more":true,"last_id":"a b"}"#;
    run.whole(200, page);
    run.whole(200, page);
    assert_eq!(run.told(), ["models a a", "done"]);
    let urls: Vec<_> = run.fetches.iter().map(|fetch| &*fetch.url).collect();
    let base = "https://api.anthropic.com/v1/models?limit=1000";
    assert_eq!(urls, [base, &format!("{base}&after_id=a%20b")]);
}

#[test]
fn a_model_tells_what_it_can_do() {
    let mut run = Run::start(Operation::ListModels);
    let model = json!({
        "id": "m", "display_name": "M", "created_at": "1970-01-01T00:00:00Z",
        "max_input_tokens": 1_000_000, "max_tokens": 64_000,
        "capabilities": {
            "image_input": {"supported": true}, "pdf_input": {"supported": false},
            "structured_outputs": {"supported": true}, "thinking": {"supported": true, "types": {}}
        }
    });
    run.whole(
        200,
        &json!({"data": [model], "has_more": false}).to_string(),
    );
    let [model] = &*run.models else {
        panic!("one model is expected")
    };
    assert_eq!(model.name.as_deref(), Some("M"));
    assert_eq!(
        model.created_ms, None,
        "the epoch stands for a date that is not known"
    );
    assert_eq!(model.context_window, Some(1_000_000));
    assert_eq!(model.max_output_tokens, Some(64_000));
    assert_eq!(model.input_modalities, ["text", "image"]);
    assert!(model.features.contains(&Feature::JsonSchema));
    assert!(!model.features.contains(&Feature::FileInput));
    let raw: Value = serde_json::from_str(model.raw.as_deref().unwrap()).unwrap();
    assert_eq!(raw["max_tokens"], 64_000);
}

#[test]
fn every_request_is_among_the_wants() {
    let wants = Anthropic.describe().wants;
    for (operation, want) in [
        (chat(true), "POST {base-url}/messages"),
        (Operation::ListModels, "GET {base-url}/models"),
        (Operation::Check, "GET {base-url}/models"),
    ] {
        let run = Run::start(operation);
        let [fetch] = &*run.fetches else {
            panic!("one request is expected")
        };
        let path = fetch.url.split('?').next().unwrap();
        let request = format!("{} {path}", fetch.method);
        let pattern = want.replace("{base-url}", "https://api.anthropic.com/v1");
        assert_eq!(request, pattern);
        assert!(wants.iter().any(|it| it.pattern == want), "{want}");
    }
}
