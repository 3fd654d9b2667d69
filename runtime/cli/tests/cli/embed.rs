//! Texts in, vectors out.

use serde_json::Value;

use crate::support::Home;

#[test]
fn each_text_is_a_line_with_its_vector() {
    let ran = Home::new().run(&["embed", "echo/echo-1", "one", "two", "--dimensions", "3"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    let vectors: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(vectors.len(), 2);
    assert!(
        vectors
            .iter()
            .all(|vector| vector.as_array().unwrap().len() == 3),
        "{vectors:?}"
    );
}

#[test]
fn texts_may_come_by_lines_and_json_has_the_usage() {
    let ran = Home::new().run_with("one\n\ntwo three\n", &["embed", "echo/echo-1", "--json"]);
    let embeddings = ran.json();
    assert_eq!(embeddings["vectors"].as_array().unwrap().len(), 2);
    assert_eq!(embeddings["usage"]["input"], 3);
}

#[test]
fn no_text_is_an_error() {
    Home::new().run(&["embed", "echo/echo-1"]).fails(
        2,
        "error: there is no text to embed\n\
         hint: give texts as arguments, or one to a line on standard input",
    );
}
