//! Clients of the Responses API at the Responses API of a vendor: what the vendor wants to see again of
//! its own answers comes back to it as it was, though nobody stores anything.

use serde_json::{Value, json};
use tidegate_tests::upstream::{Answer, Upstream};

use crate::support::{Answered, Served};

const PATH: &str = "/v1/responses";

/// What the vendor says first: it thinks, comments, searches and calls.
fn output() -> Value {
    json!([
        {
            "id": "rs_1", "type": "reasoning", "encrypted_content": "gAAAAAB/+=",
            "summary": [{"type": "summary_text", "text": "Look it up"}],
        },
        {
            "id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "phase": "commentary",
            "content": [{"type": "output_text", "text": "I look.", "annotations": [], "logprobs": []}],
        },
        {"id": "cmp_1", "type": "compaction", "encrypted_content": "gAAAAC"},
        {
            "id": "fc_1", "type": "function_call", "status": "completed", "call_id": "call_1", "name": "look",
            "arguments": "{}",
        },
    ])
}

/// What it must see of that in the next request.
fn handed_back() -> Value {
    json!([
        {"type": "message", "role": "user", "content": "Hi"},
        {
            "type": "reasoning", "encrypted_content": "gAAAAAB/+=",
            "summary": [{"type": "summary_text", "text": "Look it up"}],
        },
        {
            "type": "message", "role": "assistant", "phase": "commentary",
            "content": [{"type": "output_text", "text": "I look."}],
        },
        {"id": "cmp_1", "type": "compaction", "encrypted_content": "gAAAAC"},
        {"type": "function_call", "call_id": "call_1", "name": "look", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "call_1", "output": "a cat"},
    ])
}

fn vendor() -> Upstream {
    Upstream::start(|_| {
        let response = json!({
            "id": "resp_1", "object": "response", "created_at": 7, "status": "completed", "model": "gpt-5-1",
            "output": output(), "service_tier": "default", "usage": {"input_tokens": 1, "output_tokens": 2},
        });
        Answer::json(200, response)
    })
}

fn request(input: Value) -> Value {
    json!({
        "model": "openai/gpt-5", "input": input, "store": false,
        "include": ["reasoning.encrypted_content"], "reasoning": {"effort": "low", "summary": "auto"},
        "tools": [{"type": "function", "name": "look", "parameters": {"type": "object"}}],
    })
}

/// The next request of a client that has got these items.
fn next(mut items: Vec<Value>) -> Value {
    items.insert(0, json!({"role": "user", "content": "Hi"}));
    items.push(json!({"type": "function_call_output", "call_id": "call_1", "output": "a cat"}));
    request(items.into())
}

async fn items_of_an_answer(served: &Served) -> Vec<Value> {
    let answer = Answered::of(served.post(PATH, &request(json!("Hi")))).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["output"].as_array().unwrap().clone()
}

/// What the vendor sees of the conversation in its last request.
async fn seen(served: &Served, upstream: &Upstream, request: &Value) -> Value {
    let answer = Answered::of(served.post(PATH, request)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let requests = upstream.requests();
    let last = requests.last().unwrap();
    assert_eq!(last.path(), "/v1/responses");
    assert_eq!(
        last.json()["include"],
        json!(["reasoning.encrypted_content"])
    );
    last.json()["input"].clone()
}

#[tokio::test]
async fn items_that_are_sent_back_as_they_came_reach_the_vendor_as_it_made_them() {
    let upstream = vendor();
    let served = Served::openai_at(&upstream).await;
    let items = items_of_an_answer(&served).await;
    assert_eq!(seen(&served, &upstream, &next(items)).await, handed_back());
}

#[tokio::test]
async fn reasoning_survives_a_client_that_builds_its_items_anew() {
    let upstream = vendor();
    let served = Served::openai_at(&upstream).await;
    let items = items_of_an_answer(&served).await;
    let rebuilt = items.into_iter().map(|item| match item["type"].as_str() {
        Some("reasoning") => json!({
            "type": "reasoning", "id": item["id"], "summary": item["summary"],
            "encrypted_content": item["encrypted_content"],
        }),
        _ => item,
    });
    let seen = seen(&served, &upstream, &next(rebuilt.collect())).await;
    assert_eq!(seen[1], handed_back()[1]);
}

#[tokio::test]
async fn a_client_that_has_its_items_from_the_vendor_itself_can_go_on_here() {
    let upstream = vendor();
    let served = Served::openai_at(&upstream).await;
    let items = output().as_array().unwrap().clone();
    let known = items
        .into_iter()
        .filter(|item| item["type"] != "compaction");
    let seen = seen(&served, &upstream, &next(known.collect())).await;
    assert_eq!(seen[1], handed_back()[1]);
}
