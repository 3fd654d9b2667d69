//! The state of reasoning survives a round trip: what a vendor signed or encrypted goes back to it
//! when the conversation goes on.

use serde_json::Value;
use tidegate_host::types::{Message, Operation, PartContent, ResultPart, Role, ToolResult};

use super::area::Area;
use super::score::{Finding, Point};
use crate::fixture::{Mismatch, Outcome, Trial};
use crate::upstream::Split;

pub(super) async fn points(name: &str, trial: &Trial, outcome: &Outcome) -> Vec<Point> {
    let Operation::Chat(request) = trial.operation() else {
        return Vec::new();
    };
    let choice = outcome
        .completion
        .as_ref()
        .and_then(|it| it.choices.first());
    let Some(answer) = choice.map(|choice| choice.message.clone()) else {
        return Vec::new();
    };
    let proofs: Vec<String> = answer
        .parts
        .iter()
        .filter_map(|part| proof(&part.content))
        .collect();
    if proofs.is_empty() {
        return Vec::new();
    }
    let mut request = request.clone();
    let results = answer.parts.iter().filter_map(|part| result(&part.content));
    let mut results: Vec<Message> = results.collect();
    request.messages.push(answer);
    request.messages.append(&mut results);
    request.messages.push(Message::user("Go on"));
    let answers = trial.answers(|_| Split::Whole);
    let played = trial.stage().play(Operation::Chat(request), answers).await;
    // Nobody to send it back to.
    if played.requests.is_empty() {
        return Vec::new();
    }
    let bodies = played.requests.iter();
    let bodies: Vec<Value> = bodies
        .filter_map(|it| serde_json::from_slice(&it.body).ok())
        .collect();
    let lost = proofs
        .iter()
        .filter(|proof| !bodies.iter().any(|body| holds(body, proof)));
    let findings = lost.map(|proof| {
        let expected = format!("`{proof}`, as the vendor gave it");
        let mismatch = Mismatch::new("upstream[0].request.body", expected, "a request without it");
        let how = "its answer sent back in a conversation that goes on";
        Finding {
            hint: "send the reasoning parts of the conversation back with their `signature` and `redacted`".into(),
            ..Finding::of(Area::Reasoning, name, how, mismatch)
        }
    });
    vec![(Area::Reasoning, findings.collect())]
}

/// What proves to the vendor that a part is its own.
fn proof(content: &PartContent) -> Option<String> {
    match content {
        PartContent::Reasoning(reasoning) => reasoning
            .signature
            .clone()
            .or_else(|| reasoning.redacted.clone()),
        _ => None,
    }
}

/// Vendors refuse a conversation in which a call has no result.
fn result(content: &PartContent) -> Option<Message> {
    let PartContent::ToolCall(call) = content else {
        return None;
    };
    let result = PartContent::ToolResult(ToolResult {
        call_id: call.id.clone(),
        name: Some(call.name.clone()),
        parts: vec![ResultPart::Text("done".into())],
        is_error: false,
    });
    Some(Message {
        role: Role::Tool,
        parts: vec![result.into()],
        name: None,
        metadata: None,
    })
}

fn holds(value: &Value, text: &str) -> bool {
    match value {
        Value::String(string) => string.contains(text),
        Value::Array(items) => items.iter().any(|item| holds(item, text)),
        Value::Object(members) => members.values().any(|member| holds(member, text)),
        _ => false,
    }
}
