//! Tells apart: what is written, what is read back, and what each mistake is told. The types look
//! like those that `bindgen!` makes.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its own data fails"
)]

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{from_json, to_json};

#[derive(Serialize, Deserialize, PartialEq, Debug)]
enum Operation {
    Chat(ChatRequest),
    ListModels,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct ChatRequest {
    model: String,
    messages: Vec<Message>,
    stream: bool,
    sampling: Sampling,
    tool_choice: Option<ToolChoice>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Default)]
struct Sampling {
    temperature: Option<f64>,
    top_p: Option<f64>,
    seed: Option<i64>,
    stop: Vec<String>,
    max_output_tokens: Option<u32>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Message {
    role: Role,
    parts: Vec<Part>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Part {
    content: PartContent,
    type_: Option<String>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
enum Role {
    User,
    Assistant,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
enum PartContent {
    Text(String),
    Image(Vec<u8>),
    AwsSigv4(Option<Vec<u8>>),
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
enum ToolChoice {
    None,
    Named(String),
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Embeddings {
    vectors: Vec<Vec<f32>>,
    pair: (u32, String),
    score: f64,
    labels: BTreeMap<String, Vec<String>>,
}

fn chat() -> Operation {
    let part = |content| Part {
        content,
        type_: Some("odd".into()),
    };
    Operation::Chat(ChatRequest {
        model: "gpt".into(),
        messages: vec![Message {
            role: Role::User,
            parts: vec![
                part(PartContent::Text("Hi".into())),
                part(PartContent::Image(vec![0, 255, 7])),
                part(PartContent::AwsSigv4(None)),
                part(PartContent::AwsSigv4(Some(vec![]))),
            ],
        }],
        stream: false,
        sampling: Sampling {
            top_p: Some(0.5),
            max_output_tokens: Some(9),
            ..Sampling::default()
        },
        tool_choice: Some(ToolChoice::None),
    })
}

fn both_ways<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, json: &Value) {
    assert_eq!(&to_json(value).unwrap(), json);
    assert_eq!(&from_json::<T>(json).unwrap(), value);
}

#[track_caller]
fn wrong(json: Value, problem: &str) {
    let error = from_json::<Operation>(&json).unwrap_err();
    assert_eq!(error.to_string(), problem);
}

#[test]
fn names_are_those_of_the_wit() {
    both_ways(
        &chat(),
        &json!({ "chat": {
            "model": "gpt",
            "messages": [{ "role": "user", "parts": [
                { "content": { "text": "Hi" }, "type": "odd" },
                { "content": { "image": "AP8H" }, "type": "odd" },
                { "content": { "aws-sigv4": null }, "type": "odd" },
                { "content": { "aws-sigv4": [] }, "type": "odd" },
            ]}],
            "stream": false,
            "sampling": { "top-p": 0.5, "max-output-tokens": 9 },
            "tool-choice": "none",
        }}),
    );
    both_ways(&Operation::ListModels, &json!("list-models"));
    both_ways(
        &ToolChoice::Named("lookup".into()),
        &json!({ "named": "lookup" }),
    );
}

#[test]
fn absent_is_none_empty_or_false() {
    let request: ChatRequest = from_json(&json!({ "model": "m", "tool-choice": null })).unwrap();
    assert_eq!(
        request,
        ChatRequest {
            model: "m".into(),
            messages: vec![],
            stream: false,
            sampling: Sampling::default(),
            tool_choice: None,
        }
    );
}

#[test]
fn numbers_keep_their_value_and_their_looks() {
    let embeddings = Embeddings {
        vectors: vec![vec![0.1, -1.0, f32::INFINITY], vec![]],
        pair: (7, "seven".into()),
        score: f64::NEG_INFINITY,
        labels: BTreeMap::from([("as_it_is".into(), vec![])]),
    };
    both_ways(
        &embeddings,
        &json!({
            "vectors": [[0.1, -1.0, "Infinity"], []],
            "pair": [7, "seven"],
            "score": "-Infinity",
            "labels": { "as_it_is": [] },
        }),
    );
    assert_eq!(to_json(&f64::NAN).unwrap(), json!("NaN"));
    assert!(from_json::<f64>(&json!("NaN")).unwrap().is_nan());
    assert_eq!(from_json::<i64>(&json!(i64::MIN)).unwrap(), i64::MIN);
    assert_eq!(from_json::<f32>(&json!(3)).unwrap(), 3.0);
}

#[test]
fn every_single_precision_number_survives_its_short_form() {
    // A stride through all bit patterns, coprime to their number.
    for bits in (0..=u32::MAX).step_by(99_991) {
        let number = f32::from_bits(bits);
        let read: f32 = from_json(&to_json(&number).unwrap()).unwrap();
        assert!(
            read == number || (read.is_nan() && number.is_nan()),
            "{number}"
        );
    }
}

#[test]
fn bytes_are_base64_with_or_without_padding() {
    for (json, bytes) in [
        (json!("AQ=="), vec![1]),
        (json!("AQ"), vec![1]),
        (json!(""), vec![]),
        (json!([1, 2]), vec![1, 2]),
    ] {
        assert_eq!(from_json::<Vec<u8>>(&json).unwrap(), bytes);
    }
}

#[test]
fn json_inside_is_left_alone() {
    let value = json!({ "Snake_case": [null, [], { "a": 1.5 }] });
    both_ways(&value, &value);
}

#[test]
fn an_unknown_name_is_told_the_nearest() {
    wrong(
        json!({ "chat": { "model": "m", "sampling": { "max_output_token": 1 } } }),
        "`chat.sampling`: unknown field `max_output_token`\n\
         hint: did you mean `max-output-tokens`? The fields are `temperature`, `top-p`, `seed`, \
         `stop`, `max-output-tokens`",
    );
    wrong(
        json!({ "chat": { "model": "m", "messages": [
            { "role": "user" },
            { "role": "user", "parts": [{ "content": { "txt": "Hi" } }] },
        ]}}),
        "`chat.messages[1].parts[0].content`: unknown case `txt`\n\
         hint: did you mean `text`? The cases are `text`, `image`, `aws-sigv4`",
    );
    wrong(
        json!("embeddings"),
        "unknown case `embeddings`\nhint: the cases are `chat`, `list-models`",
    );
}

#[test]
fn a_wrong_value_is_told_what_was_expected() {
    let chat = |sampling: Value| json!({ "chat": { "model": "m", "sampling": sampling } });
    wrong(
        chat(json!({ "max-output-tokens": -1 })),
        "`chat.sampling.max-output-tokens`: expected a whole number from 0 to 4294967295, found `-1`",
    );
    wrong(
        chat(json!({ "temperature": "warm" })),
        "`chat.sampling.temperature`: expected a number, found the string \"warm\"",
    );
    wrong(
        chat(json!({ "stop": "END" })),
        "`chat.sampling.stop`: expected a list, found the string \"END\"",
    );
    wrong(
        chat(json!({ "stop": "" })),
        "`chat.sampling.stop`: expected a list, found the string \"\"",
    );
    wrong(
        json!({ "chat": {} }),
        "`chat.model`: missing, expected a string",
    );
    wrong(
        json!({ "chat": { "model": ["a".repeat(50)] } }),
        "`chat.model`: expected a string, found a list",
    );
    let error = from_json::<Vec<u8>>(&json!("no base64!")).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("expected bytes as base64, found")
    );
    assert!(error.hint().is_some());
    let error = from_json::<(u8, u8)>(&json!([1, 2, 3])).unwrap_err();
    assert_eq!(error.to_string(), "expected 2 items, found 3");
}

#[test]
fn a_case_is_told_whether_it_has_a_value() {
    wrong(
        json!("chat"),
        "the case `chat` has a value\nhint: write `{\"chat\": …}`",
    );
    wrong(
        json!({ "list-models": {} }),
        "the case `list-models` has no value\nhint: write `\"list-models\"`",
    );
    wrong(
        json!({ "chat": {}, "list-models": {} }),
        "expected an object with one key, the case, found an object with the keys `chat` and \
         `list-models`\nhint: the cases are `chat`, `list-models`",
    );
    wrong(
        json!(7),
        "expected a case, found `7`\nhint: the cases are `chat`, `list-models`",
    );
}
