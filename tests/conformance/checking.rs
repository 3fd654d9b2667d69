//! Whether the check notices what is wrong in a component, area by area, and does not take for shown
//! what is not.
//!
//! Each test breaks one thing: in a fixture that the provider `openai` passes, or by giving a provider
//! that is known to be wrong.

use serde_json::{Value, json};
use tidegate_host::Component;
use tidegate_kit::check::{Area, CheckReport, Score};
use tidegate_kit::fixture::{Case, Fixture};
use tidegate_tests::guests;

use crate::machine;

fn case(name: &str, fixture: &Value) -> Case {
    Case {
        name: name.into(),
        fixture: Fixture::parse(&fixture.to_string()),
    }
}

async fn check(component: &Component, fixtures: &[(&str, Value)]) -> CheckReport {
    let cases: Vec<Case> = fixtures.iter().map(|(name, it)| case(name, it)).collect();
    let report = tidegate_kit::check(component, &cases).await;
    report.unwrap_or_else(|error| panic!("{error}"))
}

fn score(report: &CheckReport, area: Area) -> &Score {
    let mut areas = report.areas.iter();
    areas.find(|score| score.area == area).unwrap()
}

/// A fixture of `openai`, its answer a stream or whole.
fn chat(stream: bool) -> Value {
    let chunk = |delta: Value, finish: Value| {
        json!({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}).to_string()
    };
    let whole = json!({"choices": [{
        "index": 0,
        "message": {"role": "assistant", "content": "Hi there"},
        "finish_reason": "stop",
    }]});
    let answer = match stream {
        true => json!({
            "status": 200,
            "headers": {"content-type": "text/event-stream"},
            "sse": [
                chunk(json!({"content": "Hi"}), Value::Null),
                chunk(json!({"content": " there"}), Value::Null),
                chunk(json!({}), json!("stop")),
                "[DONE]",
            ],
        }),
        false => json!({
            "status": 200,
            "headers": {"content-type": "application/json"},
            "json": whole,
        }),
    };
    json!({
        "about": "A short answer.",
        "source": "https://example.com",
        "operation": {"chat": {
            "model": "m",
            "messages": [{"role": "user", "parts": [{"content": {"text": "Hi"}}]}],
            "stream": stream,
        }},
        "upstream": [{
            "request": {"method": "POST", "path": "/v1/chat/completions"},
            "answer": answer,
        }],
        "expect": {"text": "Hi there", "finish": "stop"},
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_right_has_points_and_what_is_not_shown_has_none() {
    let mut streamed = chat(true);
    streamed["same-as"] = json!("whole");
    let openai = machine::bundled("openai").await;
    let report = check(&openai, &[("whole", chat(false)), ("streamed", streamed)]).await;
    assert!(report.passed(), "{report}");
    for area in [
        Area::Requests,
        Area::Answers,
        Area::Splits,
        Area::Streams,
        Area::Cuts,
        Area::UnknownFields,
        Area::Cancel,
        Area::Limits,
        Area::Wants,
        Area::Determinism,
    ] {
        let score = score(&report, area);
        assert!(score.total > 0 && score.passed == score.total, "{score:?}");
    }
    for area in [Area::Tools, Area::Reasoning, Area::Usage, Area::Errors] {
        let score = score(&report, area);
        assert_eq!((score.passed, score.total, score.applies), (0, 0, true));
        assert!(
            score.not_shown[0].contains("a fixture that expects"),
            "{score:?}"
        );
    }
    let describe = &score(&report, Area::Describe).not_shown;
    for what in ["operation `embed`", "feature `tools`"] {
        assert!(describe.iter().any(|it| it == what), "{describe:?}");
    }
    let cost = report.cost.unwrap();
    assert!(cost.memory > 0 && cost.peak_memory >= cost.memory && cost.chunk.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_in_the_area_of_its_field_and_says_what_to_do() {
    let openai = machine::bundled("openai").await;
    for (pointer, value, area, field) in [
        ("/expect/text", json!("Ho"), Area::Answers, "expect.text"),
        (
            "/upstream/0/request/path",
            json!("/v2"),
            Area::Requests,
            "upstream[0].request.path",
        ),
        (
            "/expect",
            json!({"usage": {"input": 1}}),
            Area::Usage,
            "expect.usage",
        ),
        (
            "/expect",
            json!({"tool-calls": [{"name": "a"}]}),
            Area::Tools,
            "expect.tool-calls",
        ),
        (
            "/expect",
            json!({"error": {"kind": "upstream"}}),
            Area::Errors,
            "expect.error",
        ),
    ] {
        let mut fixture = chat(false);
        *fixture.pointer_mut(pointer).unwrap() = value;
        let report = check(&openai, &[("mine", fixture)]).await;
        let failed = score(&report, area).failures.first();
        let failed = failed.unwrap_or_else(|| panic!("{field}: {report}"));
        assert_eq!(failed.case.as_deref(), Some("mine"));
        assert_eq!(failed.how.as_deref(), Some("in every way"));
        assert_eq!(
            (failed.field.as_str(), failed.hint.is_empty()),
            (field, false)
        );
        let others = report.areas.iter().filter(|score| score.area != area);
        assert_eq!(
            others.map(|it| it.failures.len()).sum::<usize>(),
            0,
            "{report}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_that_is_none_is_a_failure() {
    let openai = machine::bundled("openai").await;
    let with = |name: &str, chunk: &str| {
        let mut streamed = chat(true);
        streamed["same-as"] = json!(name);
        streamed["expect"] = json!({"finish": "stop"});
        let events = streamed.pointer_mut("/upstream/0/answer/sse/1").unwrap();
        *events = json!(events.as_str().unwrap().replace(" there", chunk));
        streamed
    };
    for (streamed, words) in [
        (with("whole", " you"), "\"Hi you\""),
        (with("hole", " there"), "`hole`"),
        (with("streamed", " there"), "another operation"),
    ] {
        let report = check(&openai, &[("whole", chat(false)), ("streamed", streamed)]).await;
        let failures = &score(&report, Area::Streams).failures;
        assert!(
            failures.iter().any(|it| it.got.contains(words)),
            "{words}: {report}"
        );
    }
}

/// A fixture for guests that have no dialect.
fn bare() -> Value {
    let mut fixture = chat(false);
    fixture["upstream"] = json!([]);
    fixture["expect"] = json!({});
    fixture
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_misbehaves_fails_where_it_does() {
    let rogue = guests::component("rogue").await;
    for (model, area) in [
        ("panic", Area::Contract),
        ("done-without-finish", Area::Contract),
        ("hoard", Area::Limits),
        ("count", Area::Determinism),
        ("beg", Area::Wants),
    ] {
        let mut fixture = bare();
        fixture["operation"]["chat"]["model"] = json!(model);
        let text = "/operation/chat/messages/0/parts/0/content/text";
        *fixture.pointer_mut(text).unwrap() = json!("http://127.0.0.1:9/");
        let report = check(&rogue, &[("mine", fixture)]).await;
        let failures = &score(&report, area).failures;
        assert_eq!(failures.len(), 1, "{model}: {report}");
        assert!(!failures[0].hint.is_empty());
    }
}

async fn chameleon(role: &str) -> Component {
    guests::chameleon(role)
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_is_declared_and_unsupported_is_a_lie() {
    let report = check(&chameleon("declares-more").await, &[]).await;
    let [lie] = &score(&report, Area::Describe).failures[..] else {
        panic!("{report}");
    };
    assert_eq!(lie.field, "describe.operations.embed");
    assert!(lie.got.starts_with("`unsupported`: "), "{lie}");
    assert!(lie.hint.contains("leave it out of `operations`"), "{lie}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_explains_nothing_is_told_what_is_missing() {
    let report = check(&chameleon("says-little").await, &[]).await;
    let failures = &score(&report, Area::Describe).failures;
    let fields: Vec<&str> = failures.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["describe.description", "describe.wants[0].reason"]);
}

/// It takes pieces for whole characters and a failure for the end, and drops what it does not know.
#[tokio::test(flavor = "multi_thread")]
async fn a_careless_provider_fails_its_splits_its_cuts_and_its_unknown_fields() {
    let mut fixture = chat(true);
    fixture["upstream"][0]["request"] = json!({"method": "GET", "path": "/"});
    fixture["upstream"][0]["answer"] = json!({
        "status": 200,
        "headers": {"content-type": "text/plain"},
        "lines": ["Grüße", "世界"],
    });
    fixture["expect"] = json!({"finish": "stop"});
    let report = check(&chameleon("careless").await, &[("mine", fixture)]).await;
    for area in [Area::Splits, Area::Cuts, Area::UnknownFields] {
        assert!(
            !score(&report, area).failures.is_empty(),
            "{area}: {report}"
        );
    }
    for area in [
        Area::Answers,
        Area::Requests,
        Area::Cancel,
        Area::Determinism,
    ] {
        assert!(score(&report, area).failures.is_empty(), "{area}: {report}");
    }
}
