//! Drives the provider as a host does, and tells apart what is asked of the upstream, when things
//! reach the caller, and what they are. Whole conversations are in `fixtures/`.

use serde_json::json;
use tidegate_guest::Exchange;
use tidegate_guest::types::*;
use tidegate_openai_compatible::OpenAiCompatible;

fn start(operation: Operation) -> (Exchange, Vec<Action>) {
    let context = Context {
        settings: vec![Setting {
            name: "base-url".into(),
            value: "http://upstream/v1/".into(),
        }],
        seed: 7,
        ..Context::default()
    };
    Exchange::start(OpenAiCompatible, operation, context)
}

fn chat(stream: bool) -> Operation {
    Operation::Chat(ChatRequest {
        model: "m".into(),
        stream,
        ..ChatRequest::default()
    })
}

fn head(body: Option<serde_json::Value>) -> Input {
    Input::Response(Response {
        status: 200,
        headers: vec![],
        body: body.map(|body| Content::Text(body.to_string())),
    })
}

fn frames(data: &[&str]) -> Input {
    let event = |data: &&str| {
        Frame::Event(ServerSentEvent {
            event: None,
            data: (*data).into(),
            id: None,
        })
    };
    Input::Frames(data.iter().map(event).collect())
}

/// What an operation comes to when the upstream answers with this body.
fn outputs(operation: Operation, body: serde_json::Value) -> Vec<Output> {
    let (mut exchange, _) = start(operation);
    let actions = exchange.step(head(Some(body)));
    assert_eq!(actions.last(), Some(&Action::Done));
    emitted(actions)
}

fn emitted(actions: Vec<Action>) -> Vec<Output> {
    let output = |action| match action {
        Action::Emit(output) => Some(output),
        _ => None,
    };
    actions.into_iter().filter_map(output).collect()
}

fn fetch(actions: &[Action]) -> &HttpRequest {
    match actions {
        [Action::Fetch(request)] => request,
        actions => panic!("not one fetch: {actions:?}"),
    }
}

#[test]
fn stream_decides_the_delivery_and_a_slash_of_the_base_url_is_not_doubled() {
    for (stream, delivery) in [(true, Delivery::ServerSentEvents), (false, Delivery::Whole)] {
        let (_, actions) = start(chat(stream));
        let request = fetch(&actions);
        assert_eq!(request.delivery, delivery);
        assert_eq!(request.url, "http://upstream/v1/chat/completions");
    }
}

#[test]
fn nothing_reaches_the_caller_before_the_upstream_accepts() {
    let request = ChatRequest {
        reasoning: Some(ReasoningOptions {
            effort: None,
            budget_tokens: Some(9),
            summary: None,
        }),
        ..ChatRequest::default()
    };
    let (mut exchange, actions) = start(Operation::Chat(request.clone()));
    fetch(&actions);
    let refused = Response {
        status: 503,
        headers: vec![],
        body: Some(Content::Text(String::new())),
    };
    let actions = exchange.step(Input::Response(refused));
    assert!(
        matches!(actions.as_slice(), [Action::Fail(_)]),
        "{actions:?}"
    );

    let (mut exchange, _) = start(Operation::Chat(request));
    let actions = exchange.step(head(Some(json!({
        "choices": [{ "message": { "content": "Hi" }, "finish_reason": "stop" }]
    }))));
    assert!(matches!(
        actions.first(),
        Some(Action::Emit(Output::Event(StreamEvent::Warning(_))))
    ));
}

#[test]
fn done_ends_the_exchange_without_waiting_for_the_connection() {
    let (mut exchange, _) = start(chat(true));
    assert_eq!(exchange.step(head(None)), []);
    let delta = r#"{"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}"#;
    assert_eq!(exchange.step(frames(&[delta])).len(), 1);
    let last = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
    // The reason is held back: usage may follow, and some services say it twice.
    assert_eq!(exchange.step(frames(&[last])), []);
    let actions = exchange.step(frames(&["[DONE]"]));
    assert!(matches!(
        actions.as_slice(),
        [
            Action::Emit(Output::Event(StreamEvent::Finish(_))),
            Action::Done
        ]
    ));
}

#[test]
fn an_answer_delivered_whole_to_a_streaming_request_is_read() {
    let body = json!({ "choices": [{ "message": { "content": "Hi" }, "finish_reason": "stop" }] });
    assert_eq!(
        outputs(chat(true), body.clone()),
        outputs(chat(false), body)
    );
}

#[test]
fn calls_without_ids_get_one_each() {
    let call = json!({ "function": { "name": "now", "arguments": "{}" } });
    let outputs = outputs(
        chat(false),
        json!({ "choices": [{ "message": { "tool_calls": [call, call] } }] }),
    );
    let ids: Vec<_> = outputs
        .into_iter()
        .filter_map(|output| match output {
            Output::Event(StreamEvent::ToolCallStart(call)) => Some(call.id),
            _ => None,
        })
        .collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids.first(), ids.last());
}

#[test]
fn pictures_sound_and_probabilities_come_as_they_are() {
    let outputs = outputs(
        chat(false),
        json!({ "choices": [{
            "message": {
                "content": "Hi",
                "images": [{ "image_url": { "url": "data:image/png;base64,iVBORw==" } }],
                "audio": { "id": "audio_1", "data": "UklGRg==", "transcript": "" },
            },
            "logprobs": { "content": [{ "token": "Hi", "logprob": -0.5, "bytes": [72, 105] }] },
            "finish_reason": "stop",
        }] }),
    );
    let mut files = vec![];
    let mut tokens = vec![];
    for output in outputs {
        match output {
            Output::Event(StreamEvent::File(file)) => {
                files.push((file.media.source, file.media.media_type));
            }
            Output::Event(StreamEvent::Logprobs(logprobs)) => tokens.extend(logprobs.tokens),
            _ => {}
        }
    }
    assert_eq!(
        files,
        [
            (
                MediaSource::Bytes(b"\x89PNG".into()),
                Some("image/png".into())
            ),
            (MediaSource::Bytes(b"RIFF".into()), None),
        ]
    );
    let token = Candidate {
        token: "Hi".into(),
        logprob: -0.5,
        bytes: Some(b"Hi".into()),
    };
    assert_eq!(tokens, [TokenLogprob { token, top: vec![] }]);
}

#[test]
fn prices_are_per_million_whatever_the_service_counts_by() {
    let outputs = outputs(
        Operation::ListModels,
        json!({ "data": [
            { "id": "a", "context_length": 8192, "top_provider": { "max_completion_tokens": 1024 },
              "architecture": { "input_modalities": ["text", "image"] },
              "supported_parameters": ["tools", "seed"],
              "pricing": { "prompt": "0.0000025", "completion": "0.00001" } },
            { "id": "b", "max_model_len": 4096, "pricing": { "input": 2.5, "output": 10 } },
            { "id": "c", "pricing": { "prompt": "-1", "completion": "-1" } },
        ] }),
    );
    let [Output::Models(models)] = outputs.as_slice() else {
        panic!("no models: {outputs:?}");
    };
    let [a, b, c] = models.as_slice() else {
        panic!("not three models: {models:?}");
    };
    let prices = Prices {
        currency: "USD".into(),
        input: Some(2.5),
        output: Some(10.0),
        cache_read: None,
        cache_write: None,
    };
    assert_eq!(a.prices, Some(prices.clone()));
    assert_eq!(a.context_window, Some(8192));
    assert_eq!(a.max_output_tokens, Some(1024));
    assert_eq!(a.input_modalities, ["text", "image"]);
    assert_eq!(a.features, [Feature::Tools]);
    assert_eq!(b.prices, Some(prices));
    assert_eq!(b.context_window, Some(4096));
    assert_eq!(c.prices, None);
}

#[test]
fn without_a_base_url_the_error_says_what_to_set() {
    let (_, actions) = Exchange::start(OpenAiCompatible, chat(true), Context::default());
    let [Action::Fail(error)] = actions.as_slice() else {
        panic!("no failure: {actions:?}");
    };
    assert!(error.message.contains("hint: set it"), "{}", error.message);
}
