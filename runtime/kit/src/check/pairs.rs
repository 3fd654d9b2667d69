//! The same answer, given whole and as a stream.
//!
//! Two fixtures are a pair where one of them says so, with `same-as`: that they expect the same is not
//! enough, because what a fixture expects is a part of what comes.

use serde_json::{Map, Value};

use super::area::Area;
use super::score::{Finding, Point};
use super::study::Study;
use crate::fixture::{Comparison, Mismatch};

/// What must be the same.
const SAME: [&str; 6] = [
    "text",
    "reasoning",
    "refusal",
    "tool-calls",
    "finish",
    "choices",
];

/// What must be the same where both have it.
const SAME_IF_THERE: [&str; 4] = ["usage", "signatures", "redacted", "finish-raw"];

/// A point for every pair.
pub(super) fn points(studies: &[Study]) -> Vec<Point> {
    let pairs = studies.iter().filter_map(|study| {
        let other = study.fixture.same_as.as_ref()?;
        let named = studies.iter().find(|it| {
            let stem = it
                .name
                .rsplit_once('/')
                .map_or(it.name.as_str(), |(_, stem)| stem);
            stem == other
        });
        Some((study, other, named))
    });
    let findings = pairs.map(|(study, other, named)| match named {
        Some(named) if are_a_pair(study, named) => compare(named, study),
        Some(_) => {
            let expected = format!("what `{other}` asks, but for `stream`, and both end well");
            vec![no_pair(
                study,
                expected,
                "another operation, or an error".into(),
            )]
        }
        None => vec![no_pair(
            study,
            "a fixture of this folder".into(),
            format!("`{other}`"),
        )],
    });
    findings.map(|findings| (Area::Streams, findings)).collect()
}

fn no_pair(study: &Study, expected: String, got: String) -> Finding {
    let mismatch = Mismatch::new("same-as", expected, got);
    Finding {
        hint: "`same-as` names a fixture with the same answer in the other form".into(),
        ..Finding::of(Area::Streams, &study.name, "beside its pair", mismatch)
    }
}

/// Where what came of `own` is not what came of `other`.
fn compare(other: &Study, own: &Study) -> Vec<Finding> {
    let (expected, got) = (view(other), view(own));
    let both = SAME_IF_THERE.into_iter().filter(|name| {
        let there = |view: &Map<String, Value>| match view.get(*name) {
            None | Some(Value::Null) => false,
            Some(Value::Array(items)) => !items.is_empty(),
            Some(_) => true,
        };
        there(&expected) && there(&got)
    });
    let mut findings = Vec::new();
    for name in SAME.into_iter().chain(both) {
        let nothing = Value::Null;
        let (expected, got) = (expected.get(name), got.get(name));
        let (expected, got) = (expected.unwrap_or(&nothing), got.unwrap_or(&nothing));
        let mismatches = Comparison::EXACT.mismatches(name, expected, got);
        let how = format!("beside `{}`", other.name);
        let finding = |mismatch| Finding::of(Area::Streams, &own.name, &how, mismatch);
        findings.extend(mismatches.into_iter().map(finding));
    }
    findings
}

/// What came out, without what only one form has: the vendor's own figures, and arguments to the byte.
fn view(study: &Study) -> Map<String, Value> {
    let mut view = study.outcome.view();
    if let Some(usage) = view.get_mut("usage").and_then(Value::as_object_mut) {
        usage.remove("raw");
    }
    let calls = view.get_mut("tool-calls").and_then(Value::as_array_mut);
    for call in calls.into_iter().flatten().filter_map(Value::as_object_mut) {
        call.remove("arguments-raw");
    }
    view
}

fn are_a_pair(one: &Study, other: &Study) -> bool {
    let (first, second) = (&one.fixture, &other.fixture);
    let asked_alike = first.settings == second.settings && asked(one).1 == asked(other).1;
    asked_alike && asked(one).0 != asked(other).0 && one.ends_well() && other.ends_well()
}

/// Whether it is to be streamed, and the operation without that.
fn asked(study: &Study) -> (bool, Value) {
    let mut operation = study.fixture.operation.clone();
    let requests = operation
        .as_object_mut()
        .into_iter()
        .flat_map(Map::values_mut);
    let mut streamed = false;
    for members in requests.filter_map(Value::as_object_mut) {
        let stream = members.remove("stream");
        streamed |= stream.and_then(|stream| stream.as_bool()).unwrap_or(false);
    }
    (streamed, operation)
}
