//! Whole exchanges, natively: what is said, cut, called, warned of and refused.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot build its request fails"
)]

use super::*;
use tidegate_guest::Exchange;

fn user(text: &str) -> ChatRequest {
    ChatRequest {
        model: "echo-1".into(),
        messages: vec![message(Role::User, PartContent::Text(text.into()))],
        ..ChatRequest::default()
    }
}

fn message(role: Role, content: PartContent) -> Message {
    let part = Part {
        content,
        cache: None,
        metadata: None,
    };
    Message {
        role,
        parts: vec![part],
        name: None,
        metadata: None,
    }
}

fn lookup() -> Tool {
    Tool::Function(FunctionTool {
        name: "lookup".into(),
        description: None,
        parameters: r#"{"properties": {"city": {"type": "string"}}}"#.into(),
        strict: None,
        cache: None,
    })
}

/// Runs an exchange in which only `wait` may be asked for.
fn run(operation: Operation, settings: &[(&str, &str)]) -> (Vec<Output>, Option<Error>) {
    let context = Context {
        seed: 7,
        settings: settings
            .iter()
            .map(|(name, value)| Setting {
                name: (*name).into(),
                value: (*value).into(),
            })
            .collect(),
        ..Context::default()
    };
    let (mut exchange, mut actions) = Exchange::start(Echo, operation, context);
    let mut outputs = vec![];
    loop {
        let last = actions.pop().unwrap();
        for action in actions {
            match action {
                Action::Emit(output) => outputs.push(output),
                other => panic!("{other:?}"),
            }
        }
        match last {
            Action::Done => return (outputs, None),
            Action::Fail(error) => return (outputs, Some(error)),
            Action::Wait(_) => actions = exchange.step(Input::Elapsed),
            other => panic!("{other:?}"),
        }
    }
}

/// The events in short: `text 0 0 Hi`, `finish 0 Stop`, ….
fn events(request: ChatRequest) -> Vec<String> {
    let (outputs, error) = run(Operation::Chat(request), &[]);
    assert_eq!(error, None);
    let short = |output| match output {
        Output::Event(event) => match event {
            StreamEvent::Answer(_) => None,
            StreamEvent::TextDelta(delta) => Some(format!("text {}", short(&delta))),
            StreamEvent::ReasoningDelta(delta) => Some(format!("reasoning {}", short(&delta))),
            StreamEvent::ReasoningSignature(delta) => Some(format!("signature {}", short(&delta))),
            StreamEvent::RefusalDelta(delta) => Some(format!("refusal {}", short(&delta))),
            StreamEvent::ToolCallStart(start) => Some(format!("call {} {}", start.id, start.name)),
            StreamEvent::ToolCallDelta(delta) => Some(format!("arguments {}", short(&delta))),
            StreamEvent::ToolCallEnd(end) => Some(format!("end {} {}", end.choice, end.part)),
            StreamEvent::Warning(warning) => Some(format!("warning {}", warning.subject.unwrap())),
            StreamEvent::Usage(usage) => Some(format!(
                "usage {} {}",
                usage.input.unwrap(),
                usage.output.unwrap()
            )),
            StreamEvent::Finish(finish) => {
                Some(format!("finish {} {:?}", finish.choice, finish.reason))
            }
            other => Some(format!("{other:?}")),
        },
        other => Some(format!("{other:?}")),
    };
    fn short(delta: &Delta) -> String {
        format!("{} {} {}", delta.choice, delta.part, delta.text)
    }
    outputs.into_iter().filter_map(short).collect()
}

#[test]
fn a_stream_is_word_by_word_and_a_whole_answer_one_piece() {
    let mut request = user("one two");
    assert_eq!(
        events(request.clone()),
        [
            "text 0 0 one two",
            "usage 2 2",
            "finish 0 FinishReason::Stop"
        ]
    );
    request.stream = true;
    assert_eq!(
        events(request),
        [
            "text 0 0 one ",
            "text 0 0 two",
            "usage 2 2",
            "finish 0 FinishReason::Stop"
        ]
    );
}

#[test]
fn the_last_user_message_counts() {
    let mut request = user("first");
    request
        .messages
        .push(message(Role::Assistant, PartContent::Text("first".into())));
    request
        .messages
        .push(message(Role::User, PartContent::Text("second".into())));
    assert_eq!(
        events(request),
        [
            "text 0 0 second",
            "usage 3 1",
            "finish 0 FinishReason::Stop"
        ]
    );
    let nothing = ChatRequest::default();
    assert_eq!(
        events(nothing),
        ["usage 0 0", "finish 0 FinishReason::Stop"]
    );
}

#[test]
fn limits_and_stop_texts_cut() {
    let mut request = user("one two three four");
    request.sampling.max_output_tokens = Some(3);
    assert_eq!(
        events(request.clone()),
        [
            "text 0 0 one two three",
            "usage 4 3",
            "finish 0 FinishReason::Length"
        ]
    );
    request.sampling.stop = vec!["nowhere".into(), " t".into()];
    assert_eq!(
        events(request),
        ["text 0 0 one", "usage 4 1", "finish 0 FinishReason::Stop"]
    );
}

#[test]
fn choices_are_numbered_and_reasoning_comes_first() {
    let mut request = user("Hi");
    request.choices = Some(2);
    request.reasoning = Some(ReasoningOptions {
        effort: Some("low".into()),
        budget_tokens: Some(2),
        summary: None,
    });
    assert_eq!(
        events(request),
        [
            "reasoning 0 0 I say",
            "signature 0 0 echo",
            "text 0 1 Hi",
            "reasoning 1 0 I say",
            "signature 1 0 echo",
            "text 1 1 Hi",
            "usage 1 6",
            "finish 0 FinishReason::Stop",
            "finish 1 FinishReason::Stop",
        ]
    );
}

#[test]
fn tools_are_called_when_required_named_or_commanded() {
    let called = [
        "call call_00000007_0_0 lookup",
        "arguments 0 0 {\"city\":\"echo\"}",
        "end 0 0",
    ];
    let mut request = user("Where?");
    request.tools = vec![lookup()];
    for choice in [ToolChoice::Required, ToolChoice::Named("lookup".into())] {
        request.tool_choice = Some(choice);
        assert_eq!(events(request.clone())[..3], called);
    }
    request.tool_choice = Some(ToolChoice::Named("other".into()));
    let (_, error) = run(Operation::Chat(request), &[]);
    assert_eq!(error.unwrap().kind, ErrorKind::InvalidRequest);

    let mut request = user("/call lookup\n/call lookup {\"city\": \"Ålesund\"}");
    request.tools = vec![lookup()];
    request.stream = true;
    assert_eq!(
        events(request.clone()),
        [
            "call call_00000007_0_0 lookup",
            "arguments 0 0 {\"city\":",
            "arguments 0 0 \"echo\"}",
            "end 0 0",
            "call call_00000007_0_1 lookup",
            "arguments 0 1 {\"city\":",
            "arguments 0 1  \"Ålesu",
            "arguments 0 1 nd\"}",
            "end 0 1",
            "usage 6 5",
            "finish 0 FinishReason::ToolCalls",
        ]
    );
    request.tool_choice = Some(ToolChoice::None);
    assert_eq!(events(request)[0], "text 0 0 /call ");
}

#[test]
fn the_result_of_a_call_is_echoed_so_that_a_loop_ends() {
    let mut request = user("/call lookup");
    request.tools = vec![lookup()];
    let result = PartContent::ToolResult(ToolResult {
        call_id: "call_00000007_0_0".into(),
        name: None,
        parts: vec![ResultPart::Text("in Norway".into())],
        is_error: false,
    });
    request.messages.push(message(Role::Tool, result));
    assert_eq!(events(request)[0], "text 0 0 in Norway");
}

#[test]
fn formats_give_json() {
    let mut request = user("Hi");
    request.response_format = Some(ResponseFormat::Json);
    assert_eq!(events(request)[0], r#"text 0 0 {"echo":"Hi"}"#);
    let mut request = user("[1]");
    request.response_format = Some(ResponseFormat::Json);
    assert_eq!(events(request.clone())[0], "text 0 0 [1]");
    request.response_format = Some(ResponseFormat::JsonSchema(JsonSchema {
        name: "city".into(),
        description: None,
        schema: r#"{"properties": {"name": {"type": "string", "pattern": "^A"}}}"#.into(),
        strict: None,
    }));
    assert_eq!(
        events(request)[..2],
        ["warning response-format", r#"text 0 0 {"name":"echo"}"#]
    );
}

#[test]
fn what_is_of_no_use_is_warned_of() {
    let mut request = user("Hi");
    request.service_tier = Some("flex".into());
    request.extra = Some("{}".into());
    request.messages.push(message(
        Role::User,
        PartContent::Other(NamedJson {
            name: "odd".into(),
            json: "1".into(),
        }),
    ));
    assert_eq!(
        events(request)[..3],
        ["warning messages", "warning service-tier", "warning extra"]
    );
}

#[test]
fn a_refusal_is_asked_for_by_name() {
    assert_eq!(
        events(user("/refuse I would rather not.")),
        [
            "refusal 0 0 I would rather not.",
            "usage 5 4",
            "finish 0 FinishReason::ContentFilter"
        ]
    );
}

#[test]
fn models_fail_at_once_or_late() {
    let mut request = user("Hi");
    request.model = "echo-error-rate-limited".into();
    let (outputs, error) = run(Operation::Chat(request.clone()), &[]);
    assert_eq!(
        (outputs.len(), error.unwrap().retry_after_ms),
        (0, Some(1_000))
    );
    request.model = "echo-late-overloaded".into();
    let (outputs, error) = run(Operation::Chat(request.clone()), &[]);
    assert_eq!(
        (outputs.len(), error.unwrap().kind),
        (2, ErrorKind::Overloaded)
    );
    request.model = "echo-error-odd".into();
    let (_, error) = run(Operation::Chat(request), &[]);
    assert_eq!(error.unwrap().kind, ErrorKind::NotFound);
}

#[test]
fn settings_set_the_prefix_and_the_pace() {
    let mut request = user("one two");
    request.stream = true;
    let settings = [("prefix", "I heard: "), ("pace-ms", "5")];
    let (outputs, error) = run(Operation::Chat(request.clone()), &settings);
    assert_eq!((outputs.len(), error), (7, None));
    let (_, error) = run(Operation::Chat(request), &[("pace-ms", "slow")]);
    assert_eq!(error.unwrap().kind, ErrorKind::Internal);
}

#[test]
fn prompts_are_continued_by_themselves() {
    let request = TextRequest {
        prompts: vec!["one".into(), "two".into()],
        echo: Some(true),
        choices: Some(2),
        ..TextRequest::default()
    };
    let (outputs, _) = run(Operation::Complete(request), &[]);
    let texts: Vec<_> = outputs
        .iter()
        .filter_map(|output| match output {
            Output::Event(StreamEvent::TextDelta(delta)) => {
                Some((delta.choice, delta.text.as_str()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        texts,
        [(0, "oneone"), (1, "oneone"), (2, "twotwo"), (3, "twotwo")]
    );
}

#[test]
fn documents_are_ordered_by_words_in_common() {
    let request = RerankRequest {
        query: "red fox".into(),
        documents: vec![
            "a dog".into(),
            "a Fox".into(),
            "the red fox".into(),
            "foxes".into(),
        ],
        top_n: Some(3),
        ..RerankRequest::default()
    };
    let (outputs, _) = run(Operation::Rerank(request), &[]);
    let [Output::Ranking(ranking)] = outputs.as_slice() else {
        panic!("{outputs:?}");
    };
    let order: Vec<_> = ranking.results.iter().map(|result| result.index).collect();
    assert_eq!(order, [2, 1, 0]);
}

#[test]
fn too_many_dimensions_or_choices_are_refused() {
    let request = EmbedRequest {
        dimensions: Some(u32::MAX),
        ..EmbedRequest::default()
    };
    let (_, error) = run(Operation::Embed(request), &[]);
    assert_eq!(error.unwrap().kind, ErrorKind::InvalidRequest);
    let mut request = user("Hi");
    request.choices = Some(0);
    let (_, error) = run(Operation::Chat(request), &[]);
    assert_eq!(error.unwrap().kind, ErrorKind::InvalidRequest);
}
