//! A prompt in, an answer out, with the provider that needs nothing.

use serde_json::{Value, json};

use crate::support::Home;

#[test]
fn an_answer_is_text_and_ends_its_line() {
    Home::new()
        .run(&["chat", "echo/echo-1", "Hello, world"])
        .prints("Hello, world\n");
}

#[test]
fn a_prompt_may_come_by_standard_input() {
    Home::new()
        .run_with("from a pipe", &["chat", "echo/echo-1"])
        .prints("from a pipe\n");
}

#[test]
fn an_empty_prompt_is_an_error() {
    let message = "error: the prompt is empty\nhint: give it as an argument or on standard input";
    Home::new().run(&["chat", "echo/echo-1"]).fails(2, message);
    Home::new()
        .run_with("\n", &["chat", "echo/echo-1"])
        .fails(2, message);
}

#[test]
fn options_reach_the_request_and_the_end_is_explained() {
    let home = Home::new();
    let ran = home.run(&["chat", "echo/echo-1", "one two three", "--max-tokens", "2"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "one two\n"));
    assert_eq!(ran.stderr, "note: the answer ends at the limit of tokens\n");

    let ran = home.run(&[
        "chat",
        "echo/echo-1",
        "hi",
        "--temperature",
        "0.5",
        "--system",
        "be kind",
        "--json",
    ]);
    assert_eq!(ran.json()["usage"]["input"], 3);
    let ran = home.run(&["chat", "echo/echo-1", "hi", "--reasoning", "high", "--json"]);
    let parts = ran.json()["choices"][0]["message"]["parts"].clone();
    assert!(parts[0]["content"]["reasoning"].is_object(), "{parts}");
}

#[test]
fn reasoning_does_not_get_into_a_pipe() {
    let ran = Home::new().run(&["chat", "echo/echo-1", "hi", "--reasoning", "high"]);
    ran.prints("hi\n");
}

#[test]
fn what_cannot_be_honoured_is_a_warning() {
    let home = Home::new();
    let picture = home.write("dot.png", b"\x89PNG\r\n\x1a\n");
    let ran = home.run(&[
        "chat",
        "echo/echo-1",
        "hi",
        "--image",
        picture.to_str().unwrap(),
    ]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "hi\n"));
    assert!(
        ran.stderr.starts_with("warning: `messages`: "),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_picture_that_is_none_is_an_error() {
    let home = Home::new();
    home.write("text.png", "no picture");
    home.run(&["chat", "echo/echo-1", "hi", "--image", "text.png"])
        .fails(
            2,
            "error: `text.png` is no picture that models know\n\
         hint: give a PNG, JPEG, GIF or WebP file",
        );
    home.run(&["chat", "echo/echo-1", "hi", "--image", "none.png"])
        .fails(
            2,
            "error: the picture `none.png` cannot be read: No such file or directory (os error 2)\n\
         hint: give the path of a file, or a URL with `https://`",
        );
}

#[test]
fn json_is_the_whole_completion() {
    let completion = Home::new()
        .run(&["chat", "echo/echo-1", "hi", "--json"])
        .json();
    assert_eq!(completion["answer"]["model"], "echo-1");
    assert_eq!(
        completion["choices"],
        json!([{
            "finish": "stop",
            "message": { "role": "assistant", "parts": [{ "content": { "text": "hi" } }] },
        }])
    );
    assert_eq!(completion["usage"]["output"], 1);
}

#[test]
fn json_with_stream_is_one_event_to_a_line() {
    let ran = Home::new().run(&["chat", "echo/echo-1", "one two", "--json", "--stream"]);
    assert_eq!(ran.code, Some(0));
    let events: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let delta = |text: &str| json!({ "text-delta": { "choice": 0, "part": 0, "text": text } });
    assert_eq!(events[1..3], [delta("one "), delta("two")]);
    assert_eq!(
        events.last(),
        Some(&json!({ "finish": { "choice": 0, "reason": "stop" } }))
    );
}

#[test]
fn verbose_says_model_and_usage() {
    let ran = Home::new().run(&["-v", "chat", "echo/echo-1", "hi"]);
    assert_eq!(ran.stdout, "hi\n");
    assert!(
        ran.stderr.starts_with("note: echo-1, 1 tokens in, 1 out, "),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_model_names_a_provider() {
    let home = Home::new();
    home.run(&["chat", "echo", "hi"]).fails(
        2,
        "error: `echo` is a provider, and names no model\n\
         hint: write `echo/MODEL`; `tidegate models echo` lists them",
    );
    home.run(&["chat", "gpt-5", "hi"]).fails(
        2,
        "error: model `gpt-5` names no provider\n\
         hint: write `PROVIDER/MODEL`; `tidegate providers` lists the providers",
    );
    home.run(&["chat", "/gpt-5", "hi"]).fails(
        2,
        "error: model `/gpt-5` names no provider\n\
         hint: write `PROVIDER/MODEL`; `tidegate providers` lists the providers",
    );
    home.run(&["chat", "echo/", "hi"]).fails(
        2,
        "error: `echo/` names a provider and no model\n\
         hint: write `echo/MODEL`; `tidegate models echo` lists them",
    );
    home.run(&["chat", "ecco/x", "hi"])
        .fails(2, "error: no provider `ecco`\nhint: did you mean `echo`?");
}

#[test]
fn an_answer_that_fails_late_is_an_error_after_its_text() {
    let ran = Home::new().run(&["chat", "echo/echo-late-overloaded", "hi"]);
    assert_eq!(ran.stdout, "hi\n");
    ran.fails(
        1,
        "error: provider `echo`: the model `echo-late-overloaded` always fails\n  \
           overloaded, `echo`, try again in 1.0 s",
    );
}
