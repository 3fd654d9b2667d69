//! Vectors as OpenAI's clients ask for them.

use base64::Engine as _;
use serde_json::{Value, json};

use crate::support::{Answered, Served};

const PATH: &str = "/v1/embeddings";

#[tokio::test]
async fn texts_become_vectors_in_both_encodings() {
    let served = Served::echo().await;
    let mut request =
        json!({"model": "echo/echo-1", "input": ["one two", "three"], "dimensions": 4});
    let answer = served.answer(PATH, &request).await;
    assert_eq!(answer["object"], "list");
    assert_eq!(
        answer["usage"],
        json!({"prompt_tokens": 3, "total_tokens": 3})
    );
    let floats: Vec<Vec<f32>> = answer["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| serde_json::from_value(item["embedding"].clone()).unwrap())
        .collect();
    assert_eq!((floats.len(), floats[0].len()), (2, 4));
    assert_eq!(answer["data"][1]["index"], 1);

    request["encoding_format"] = json!("base64");
    let answer = served.answer(PATH, &request).await;
    for (index, vector) in floats.iter().enumerate() {
        let text = answer["data"][index]["embedding"].as_str().unwrap();
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(text)
            .unwrap();
        let (numbers, rest) = bytes.as_chunks::<4>();
        assert!(rest.is_empty());
        let numbers: Vec<f32> = numbers.iter().map(|it| f32::from_le_bytes(*it)).collect();
        assert_eq!(&numbers, vector);
    }
}

#[tokio::test]
async fn who_answered_and_what_was_ignored_is_said() {
    let served = Served::echo().await;
    let request = json!({"model": "echo/echo-1", "input": [1, 2], "input_type": "query"});
    let answer = Answered::of(served.post(PATH, &request)).await;
    assert_eq!(answer.header("x-tidegate-provider"), "echo");
    let body: Value = answer.json();
    assert_eq!(body["tidegate"]["warnings"][0]["subject"], "extra");
    assert!(answer.header("x-tidegate-warnings").contains("\"extra\""));
}
