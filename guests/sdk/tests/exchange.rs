//! Drives small providers without WebAssembly: what they ask for, what they are told, what comes
//! out. Inputs arrive one at a time, as from the host.
#![expect(clippy::unwrap_used, reason = "a panic is the test's failure")]

use tidegate_guest::types::*;
use tidegate_guest::{Choice, Exchange, Io, Provider, Result, json};

fn info() -> ProviderInfo {
    ProviderInfo {
        name: "test".into(),
        version: "1.0.0".into(),
        description: "Is tested".into(),
        vendor: "Tests".into(),
        documentation: None,
        wants: vec![],
        credentials: vec![],
        settings: vec![],
        operations: vec![OperationKind::Chat],
        features: vec![],
    }
}

/// Its vendor cannot stream: whatever the caller wants, it asks for a whole answer.
#[derive(Default)]
struct OnlyWhole;

impl Provider for OnlyWhole {
    fn describe(&self) -> ProviderInfo {
        info()
    }

    async fn chat(&self, _request: ChatRequest, io: &Io) -> Result<()> {
        let answer = io.fetch(json::get("https://vendor.example/")).await?;
        let answer = answer.error_for_status()?;
        let mut choice = Choice::new(io, 0);
        choice.text(&answer.text());
        choice.finish(FinishReason::Stop, None);
        Ok(())
    }
}

/// Its vendor can do nothing else.
#[derive(Default)]
struct OnlyStreams;

impl Provider for OnlyStreams {
    fn describe(&self) -> ProviderInfo {
        info()
    }

    async fn chat(&self, _request: ChatRequest, io: &Io) -> Result<()> {
        let request = HttpRequest {
            delivery: Delivery::Lines,
            ..json::get("https://vendor.example/")
        };
        let mut answer = io.fetch(request).await?.error_for_status()?;
        let mut choice = Choice::new(io, 0);
        while let Some(line) = answer.line().await? {
            choice.text(&line);
        }
        choice.finish(FinishReason::Stop, None);
        Ok(())
    }
}

fn chat(stream: bool) -> Operation {
    Operation::Chat(ChatRequest {
        stream,
        ..ChatRequest::default()
    })
}

fn response(status: u16, body: Option<&str>) -> Input {
    Input::Response(Response {
        status,
        headers: vec![],
        body: body.map(|body| Content::Text(body.into())),
    })
}

fn lines(lines: &[&str]) -> Input {
    Input::Frames(
        lines
            .iter()
            .map(|line| Frame::Line((*line).into()))
            .collect(),
    )
}

/// The text that was handed over, and how the exchange ended, if it has.
fn outcome(actions: &[Action]) -> (String, Option<Action>) {
    let mut text = String::new();
    let mut end = None;
    for action in actions {
        match action {
            Action::Emit(Output::Event(StreamEvent::TextDelta(delta))) => text += &delta.text,
            Action::Done | Action::Fail(_) => end = Some(action.clone()),
            _ => {}
        }
    }
    (text, end)
}

fn run<P: Provider + 'static>(provider: P, stream: bool, inputs: Vec<Input>) -> Vec<Action> {
    let (mut exchange, mut actions) = Exchange::start(provider, chat(stream), Context::default());
    for input in inputs {
        actions.extend(exchange.step(input));
    }
    actions
}

#[test]
fn a_provider_without_streaming_answers_both_kinds_of_request() {
    for stream in [false, true] {
        let actions = run(OnlyWhole, stream, vec![response(200, Some("high tide"))]);
        let Action::Fetch(request) = &actions[0] else {
            panic!("{actions:?}")
        };
        assert_eq!(request.delivery, Delivery::Whole);
        assert_eq!(outcome(&actions), ("high tide".into(), Some(Action::Done)));
    }
}

#[test]
fn a_provider_with_nothing_but_streaming_answers_both_kinds_of_request() {
    for stream in [false, true] {
        let inputs = vec![
            response(200, None),
            lines(&["high "]),
            lines(&["ti", "de"]),
            Input::End,
        ];
        let actions = run(OnlyStreams, stream, inputs);
        assert_eq!(outcome(&actions), ("high tide".into(), Some(Action::Done)));
    }
}

#[test]
fn an_answer_that_breaks_off_fails_after_what_came_before() {
    let inputs = vec![
        response(200, None),
        lines(&["high "]),
        Input::Failed(FetchFailure {
            kind: FetchFailureKind::Interrupted,
            message: "gone".into(),
        }),
    ];
    let (text, end) = outcome(&run(OnlyStreams, true, inputs));
    assert_eq!(text, "high ");
    let Some(Action::Fail(error)) = end else {
        panic!("{end:?}")
    };
    assert_eq!(
        (error.kind, error.message.as_str()),
        (ErrorKind::Upstream, "gone")
    );
}

#[test]
fn an_error_status_is_an_error_with_the_vendors_words() {
    let body = r#"{"error":{"message":"slow down","type":"rate_limit_error"}}"#;
    let (_, end) = outcome(&run(OnlyWhole, false, vec![response(429, Some(body))]));
    let Some(Action::Fail(error)) = end else {
        panic!("{end:?}")
    };
    assert_eq!(error.kind, ErrorKind::RateLimited);
    assert_eq!(
        (error.message.as_str(), error.status),
        ("slow down", Some(429))
    );
}

#[test]
fn an_input_out_of_turn_is_an_internal_error_and_no_panic() {
    for input in [Input::Elapsed, Input::End, Input::Body(vec![1])] {
        let (_, end) = outcome(&run(OnlyWhole, false, vec![input]));
        assert!(
            matches!(&end, Some(Action::Fail(error)) if error.kind == ErrorKind::Internal),
            "{end:?}"
        );
    }
}

#[test]
fn what_is_unknown_is_ignored_and_what_comes_after_the_end_is_refused() {
    let unknown = Input::Other(NamedJson {
        name: "example.com/weather".into(),
        json: "{}".into(),
    });
    let (mut exchange, _) = Exchange::start(OnlyWhole, chat(false), Context::default());
    assert_eq!(exchange.step(unknown), []);
    let actions = exchange.step(response(200, Some("high tide")));
    assert_eq!(outcome(&actions).1, Some(Action::Done));
    assert!(matches!(exchange.step(Input::End)[..], [Action::Fail(_)]));
}

#[test]
fn an_operation_that_is_not_implemented_is_unsupported() {
    let (_, actions) = Exchange::start(OnlyWhole, Operation::ListModels, Context::default());
    let [Action::Fail(error)] = &actions[..] else {
        panic!("{actions:?}")
    };
    assert_eq!(error.kind, ErrorKind::Unsupported);
}

/// Calls tools as its request says: the pieces of a stream, as vendors number them.
#[derive(Default)]
struct Caller;

impl Provider for Caller {
    fn describe(&self) -> ProviderInfo {
        info()
    }

    async fn chat(&self, _request: ChatRequest, io: &Io) -> Result<()> {
        let mut choice = Choice::new(io, 0);
        choice.text("Let me look.");
        choice.text("");
        // Two calls that both carry index 0: a new id with a name begins another.
        choice.tool_call_piece(0, Some("a"), Some("tide"), "{\"at\":");
        choice.tool_call_piece(0, None, None, "\"Ems\"}");
        choice.tool_call_piece(0, Some("b"), Some("wind"), "{}");
        choice.tool_call_piece(1, None, Some("moon"), "");
        choice.finish(FinishReason::ToolCalls, Some("tool_calls"));
        Ok(())
    }
}

#[test]
fn calls_that_share_an_index_are_told_apart_and_all_end() {
    let actions = run(Caller, true, vec![]);
    let events: Vec<String> = actions
        .iter()
        .filter_map(|action| match action {
            Action::Emit(Output::Event(event)) => Some(match event {
                StreamEvent::TextDelta(delta) => format!("{} text {}", delta.part, delta.text),
                StreamEvent::ToolCallStart(start) => {
                    let id = match start.id.as_str() {
                        id @ ("a" | "b") => id,
                        _ => "made up",
                    };
                    format!("{} start {} {id}", start.part, start.name)
                }
                StreamEvent::ToolCallDelta(delta) => format!("{} args {}", delta.part, delta.text),
                StreamEvent::ToolCallEnd(index) => format!("{} end", index.part),
                StreamEvent::Finish(finish) => format!("finish {}", finish.raw.clone().unwrap()),
                other => format!("{other:?}"),
            }),
            _ => None,
        })
        .collect();
    assert_eq!(
        events,
        [
            "0 text Let me look.",
            "1 start tide a",
            "1 args {\"at\":",
            "1 args \"Ems\"}",
            "2 start wind b",
            "2 args {}",
            "3 start moon made up",
            "1 end",
            "2 end",
            "3 end",
            "finish tool_calls",
        ]
    );
}
