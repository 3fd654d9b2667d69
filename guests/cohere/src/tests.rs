//! What fixtures cannot say: how many requests many inputs make, the order of a schema, what the
//! description promises. Everything else is in `fixtures/`, which the conformance suite runs through
//! the real host.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use tidegate_guest::types::*;
use tidegate_guest::{Exchange, Provider};

use crate::Cohere;

fn answer(json: String) -> Input {
    Input::Response(Response {
        status: 200,
        headers: vec![],
        body: Some(Content::Text(json)),
    })
}

fn request(action: Option<Action>) -> (HttpRequest, serde_json::Value) {
    let Some(Action::Fetch(request)) = action else {
        panic!("no request: {action:?}");
    };
    let body = match &request.body {
        Some(Content::Text(body)) => serde_json::from_str(body).unwrap(),
        _ => serde_json::Value::Null,
    };
    (request, body)
}

#[test]
fn more_inputs_than_one_request_takes_become_several() {
    let inputs = (0..100).map(|it| EmbedInput::Text(it.to_string()));
    let operation = Operation::Embed(EmbedRequest {
        model: "m".into(),
        inputs: inputs.collect(),
        purpose: Some("query".into()),
        ..EmbedRequest::default()
    });
    let (mut exchange, mut actions) = Exchange::start(Cohere, operation, Context::default());
    for (first, count) in [("0", 96), ("96", 4)] {
        let (_, body) = request(actions.pop());
        let texts = body["texts"].as_array().unwrap();
        assert_eq!((texts.len(), texts[0].as_str()), (count, Some(first)));
        let vectors: Vec<[usize; 1]> = (0..count).map(|it| [it]).collect();
        actions = exchange.step(answer(format!(
            r#"{{"embeddings":{{"float":{vectors:?}}},"meta":{{"billed_units":{{"input_tokens":7}}}}}}"#
        )));
    }
    let Some(Action::Emit(Output::Embeddings(embeddings))) = actions.first() else {
        panic!("no vectors: {actions:?}");
    };
    assert_eq!(embeddings.vectors.len(), 100);
    assert_eq!(embeddings.vectors[99], [3.0]);
    assert_eq!(embeddings.usage.as_ref().unwrap().input, Some(14));
}

#[test]
fn a_schema_keeps_the_order_of_its_members_even_beside_extra() {
    let schema = r#"{"type":"object","properties":{"z":{},"a":{}}}"#;
    let operation = Operation::Chat(ChatRequest {
        response_format: Some(ResponseFormat::JsonSchema(JsonSchema {
            name: "answer".into(),
            description: None,
            schema: schema.into(),
            strict: Some(true),
        })),
        extra: Some(r#"{"safety_mode":"STRICT"}"#.into()),
        ..ChatRequest::default()
    });
    let (_, mut actions) = Exchange::start(Cohere, operation, Context::default());
    let (request, _) = request(actions.pop());
    let Some(Content::Text(body)) = request.body else {
        panic!("no body");
    };
    assert!(body.contains(schema), "{body}");
}

#[test]
fn a_page_of_models_that_names_itself_ends_the_list() {
    let (mut exchange, mut actions) =
        Exchange::start(Cohere, Operation::ListModels, Context::default());
    let page = r#"{"models":[{"name":"m"}],"next_page_token":"a/b"}"#;
    for url in [
        "https://api.cohere.com/v1/models?page_size=1000",
        "https://api.cohere.com/v1/models?page_size=1000&page_token=a%2Fb",
    ] {
        let (request, _) = request(actions.pop());
        assert_eq!(request.url, url);
        actions = exchange.step(answer(page.into()));
    }
    assert_eq!(actions.last(), Some(&Action::Done));
}

#[test]
fn what_a_model_can_do_is_read_from_its_endpoints_and_features() {
    let (mut exchange, _) = Exchange::start(Cohere, Operation::ListModels, Context::default());
    let actions = exchange.step(answer(
        r#"{"models":[{"name":"command-a-vision-07-2025","endpoints":["chat","rate"],
            "context_length":128000,"features":["json_mode","vision","unheard-of"]}]}"#
            .into(),
    ));
    let Some(Action::Emit(Output::Models(models))) = actions.first() else {
        panic!("no models: {actions:?}");
    };
    let model = models.first().unwrap();
    assert_eq!(model.operations, [OperationKind::Chat]);
    assert_eq!(
        model.features,
        [Feature::Streaming, Feature::Json, Feature::ImageInput]
    );
    assert_eq!(model.context_window, Some(128_000));
    assert_eq!(model.input_modalities, ["text", "image"]);
}

#[test]
fn every_default_of_a_setting_is_one_that_the_code_uses() {
    let defaults: Vec<_> = Cohere
        .describe()
        .settings
        .into_iter()
        .map(|setting| setting.default.unwrap())
        .collect();
    assert_eq!(
        defaults,
        [crate::describe::BASE_URL, crate::describe::PURPOSE]
    );
}
