//! What fixtures cannot say: where the vendor is without settings, what its models can do, and that a
//! member is `null` and not absent. The rest is in `fixtures/`, which the conformance suite runs
//! through the real host.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use tidegate_guest::types::*;
use tidegate_guest::{Exchange, Provider};

use crate::Mistral;

#[test]
fn without_settings_the_vendor_is_asked() {
    let chat = Operation::Chat(ChatRequest::default());
    let (_, mut actions) = Exchange::start(Mistral, chat, Context::default());
    let Some(Action::Fetch(request)) = actions.pop() else {
        panic!("no request: {actions:?}");
    };
    assert_eq!(request.url, "https://api.mistral.ai/v1/chat/completions");
    let info = Mistral.describe();
    let base_url = info.settings.first().unwrap().default.as_deref();
    assert_eq!(base_url, Some(crate::describe::BASE_URL));
}

#[test]
fn a_model_that_always_reasons_is_told_to_leave_the_instructions_for_it_out() {
    let chat = Operation::Chat(ChatRequest {
        model: "magistral-medium-latest".into(),
        reasoning: Some(ReasoningOptions {
            effort: Some("none".into()),
            budget_tokens: None,
            summary: None,
        }),
        ..ChatRequest::default()
    });
    let (_, mut actions) = Exchange::start(Mistral, chat, Context::default());
    let Some(Action::Fetch(request)) = actions.pop() else {
        panic!("no request: {actions:?}");
    };
    let Some(Content::Text(body)) = request.body else {
        panic!("no body");
    };
    assert!(body.contains(r#""prompt_mode":null"#), "{body}");
}

#[test]
fn what_a_model_can_do_is_read_from_its_capabilities() {
    let (mut exchange, _) = Exchange::start(Mistral, Operation::ListModels, Context::default());
    let actions = exchange.step(Input::Response(Response {
        status: 200,
        headers: vec![],
        body: Some(Content::Text(
            r#"{"object":"list","data":[
                {"id":"mistral-small-latest","created":1,"owned_by":"mistralai",
                 "capabilities":{"completion_chat":true,"completion_fim":false,
                    "function_calling":true,"vision":true,"ocr":false},
                 "max_context_length":131072},
                {"id":"codestral-latest","capabilities":{"completion_chat":true,"completion_fim":true}},
                {"id":"mistral-embed","capabilities":{"completion_chat":false}},
                {"id":"odd","capabilities":["chat"]}]}"#
                .into(),
        )),
    }));
    let Some(Action::Emit(Output::Models(models))) = actions.first() else {
        panic!("no models: {actions:?}");
    };
    let [small, codestral, embed, odd] = models.as_slice() else {
        panic!("not four: {models:?}");
    };
    assert_eq!(small.context_window, Some(131_072));
    assert_eq!(small.input_modalities, ["text", "image"]);
    assert_eq!(
        small.features,
        [
            Feature::Streaming,
            Feature::Tools,
            Feature::ParallelToolCalls,
            Feature::ImageInput
        ]
    );
    assert_eq!(small.operations, [OperationKind::Chat]);
    assert_eq!(
        codestral.operations,
        [OperationKind::Chat, OperationKind::Complete]
    );
    assert!(embed.operations.is_empty() && embed.features.is_empty());
    assert!(odd.operations.is_empty() && odd.input_modalities.is_empty());
}
