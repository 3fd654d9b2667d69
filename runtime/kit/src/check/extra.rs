//! A field that nobody knows: it reaches the vendor, or the caller hears that it does not.

use serde_json::Value;
use tidegate_host::types::Operation;

use super::area::Area;
use super::score::{Finding, Point};
use crate::fixture::{Mismatch, Trial};
use crate::upstream::Split;

/// A name that no vendor has.
const NAME: &str = "x_tidegate_kit";

pub(super) async fn points(name: &str, trial: &Trial) -> Vec<Point> {
    let mut operation = trial.operation().clone();
    let extra = match &mut operation {
        Operation::Chat(request) => &mut request.extra,
        Operation::Complete(request) => &mut request.extra,
        Operation::Embed(request) => &mut request.extra,
        Operation::Rerank(request) => &mut request.extra,
        _ => return Vec::new(),
    };
    // One that has such fields is about them.
    if extra.is_some() {
        return Vec::new();
    }
    *extra = Some(format!(r#"{{"{NAME}": {{"unknown": true}}}}"#));
    let answers = trial.answers(|_| Split::Whole);
    let played = trial.stage().play(operation, answers).await;
    let sent = played
        .requests
        .iter()
        .any(|request| serde_json::from_slice(&request.body).is_ok_and(|body: Value| has(&body)));
    let view = played.outcome.view();
    let warned = view["warnings"].as_array().is_some_and(|subjects| {
        let mut subjects = subjects.iter().filter_map(Value::as_str);
        subjects.any(|subject| subject.starts_with("extra"))
    });
    let refused = played
        .outcome
        .error
        .as_ref()
        .is_some_and(|failed| !failed.fault);
    let findings = match sent || warned || refused {
        true => Vec::new(),
        false => {
            let expected = "in the request's body, a warning, or an error";
            let mismatch = Mismatch::new("extra", expected, "nothing: it is dropped in silence");
            vec![Finding::of(
                Area::UnknownFields,
                name,
                "with an unknown field",
                mismatch,
            )]
        }
    };
    vec![(Area::UnknownFields, findings)]
}

fn has(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.contains_key(NAME) || members.values().any(has),
        Value::Array(items) => items.iter().any(has),
        _ => false,
    }
}
