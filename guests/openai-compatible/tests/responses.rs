//! Drives the provider by the Responses API as a host does, and tells apart when things reach the caller
//! and which part they belong to. Whole conversations are in the fixtures of `openai`.

use serde_json::{Value, json};
use tidegate_guest::Exchange;
use tidegate_guest::types::*;
use tidegate_openai_compatible::OpenAiCompatible;

fn start(request: ChatRequest) -> Exchange {
    let settings = [("base-url", "http://upstream/v1"), ("api", "responses")];
    let context = Context {
        settings: settings
            .map(|(name, value)| Setting {
                name: name.into(),
                value: value.into(),
            })
            .into(),
        ..Context::default()
    };
    let (exchange, actions) = Exchange::start(OpenAiCompatible, Operation::Chat(request), context);
    match actions.as_slice() {
        [Action::Fetch(request)] => assert_eq!(request.url, "http://upstream/v1/responses"),
        actions => panic!("not one fetch: {actions:?}"),
    }
    exchange
}

/// A stream that has begun.
fn streaming() -> Exchange {
    let mut exchange = start(ChatRequest {
        model: "m".into(),
        stream: true,
        ..ChatRequest::default()
    });
    let head = Input::Response(Response {
        status: 200,
        headers: vec![],
        body: None,
    });
    assert_eq!(exchange.step(head), []);
    exchange
}

/// What reaches the caller with one event.
fn step(exchange: &mut Exchange, event: Value) -> Vec<Action> {
    exchange.step(Input::Frames(vec![Frame::Event(ServerSentEvent {
        event: None,
        data: event.to_string(),
        id: None,
    })]))
}

fn event(event: StreamEvent) -> Action {
    Action::Emit(Output::Event(event))
}

fn delta(part: u32, text: &str) -> Delta {
    Delta {
        choice: 0,
        part,
        text: text.into(),
    }
}

fn text(item: u32, delta: &str) -> Value {
    json!({"type": "response.output_text.delta", "output_index": item, "content_index": 0, "delta": delta})
}

#[test]
fn nothing_reaches_the_caller_before_the_upstream_accepts() {
    let mut exchange = start(ChatRequest {
        model: "m".into(),
        choices: Some(2),
        ..ChatRequest::default()
    });
    let refusal = Input::Response(Response {
        status: 503,
        headers: vec![],
        body: Some(Content::Text("{}".into())),
    });
    let actions = exchange.step(refusal);
    assert!(
        matches!(actions.as_slice(), [Action::Fail(_)]),
        "{actions:?}"
    );
}

#[test]
fn every_delta_reaches_the_caller_as_it_comes() {
    let mut exchange = streaming();
    let actions = step(&mut exchange, text(0, "Hel"));
    assert_eq!(actions, [event(StreamEvent::TextDelta(delta(0, "Hel")))]);
    let actions = step(&mut exchange, text(0, "lo"));
    assert_eq!(actions, [event(StreamEvent::TextDelta(delta(0, "lo")))]);
}

#[test]
fn items_that_come_in_turns_keep_their_parts() {
    let mut exchange = streaming();
    for (item, part, said) in [(3, 0, "a"), (1, 1, "b"), (3, 0, "c"), (1, 1, "d")] {
        let actions = step(&mut exchange, text(item, said));
        assert_eq!(actions, [event(StreamEvent::TextDelta(delta(part, said)))]);
    }
}

#[test]
fn the_finish_does_not_wait_for_the_connection() {
    let mut exchange = streaming();
    step(&mut exchange, text(0, "Hi"));
    let end =
        json!({"type": "response.completed", "response": {"status": "completed", "output": []}});
    let actions = step(&mut exchange, end);
    let finish = StreamEvent::Finish(Finish {
        choice: 0,
        reason: FinishReason::Stop,
        raw: Some("completed".into()),
    });
    assert_eq!(actions, [event(finish)]);
    assert_eq!(exchange.step(Input::End), [Action::Done]);
}

#[test]
fn what_goes_wrong_behind_the_end_no_longer_matters() {
    let mut exchange = streaming();
    let end =
        json!({"type": "response.completed", "response": {"status": "completed", "output": []}});
    step(&mut exchange, end);
    let failure = FetchFailure {
        kind: FetchFailureKind::Interrupted,
        message: "gone".into(),
    };
    assert_eq!(exchange.step(Input::Failed(failure)), [Action::Done]);
}
