//! A real provider against an upstream of the test's: what is sent, and what each way of failing is
//! told.

use serde_json::json;
use tidegate_tests::upstream::{Answer, Upstream};

use crate::support::Home;

const CHUNKS: [&str; 4] = [
    r#"{"id":"c1","created":1,"model":"gpt-5-mini","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"}}]}"#,
    r#"{"id":"c1","created":1,"model":"gpt-5-mini","choices":[{"index":0,"delta":{"content":"lo"}}]}"#,
    r#"{"id":"c1","created":1,"model":"gpt-5-mini","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
    "[DONE]",
];

fn error(status: u16, message: &str, code: &str) -> Answer {
    Answer::json(
        status,
        json!({ "error": { "message": message, "code": code, "type": "t" } }),
    )
}

/// Runs `chat` against an upstream that answers so.
fn chat(answer: Answer) -> crate::support::Ran {
    let upstream = Upstream::answering(answer);
    Home::with_openai(&upstream.origin()).run(&["chat", "openai/gpt-5-mini", "Hi"])
}

#[test]
fn an_answer_streams_and_the_host_attaches_the_key() {
    let upstream = Upstream::answering(Answer::sse(CHUNKS));
    let home = Home::with_openai(&upstream.origin());
    home.run(&["chat", "openai/gpt-5-mini", "Hi", "--temperature", "0.5"])
        .prints("Hello\n");
    let request = &upstream.requests()[0];
    assert_eq!(
        request.header("authorization"),
        Some("Bearer sk-test-secret")
    );
    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body["stream"], true);
    assert_eq!(body["temperature"], 0.5);
}

#[test]
fn json_asks_for_the_whole_answer() {
    let upstream = Upstream::answering(Answer::json(
        200,
        json!({ "id": "c1", "model": "gpt-5-mini", "choices": [
            { "index": 0, "message": { "role": "assistant", "content": "Hello" }, "finish_reason": "stop" }
        ] }),
    ));
    let home = Home::with_openai(&upstream.origin());
    let completion = home
        .run(&["chat", "openai/gpt-5-mini", "Hi", "--json"])
        .json();
    assert_eq!(
        completion["choices"][0]["message"]["parts"][0]["content"]["text"],
        "Hello"
    );
    let body: serde_json::Value = serde_json::from_slice(&upstream.requests()[0].body).unwrap();
    assert_ne!(body["stream"], true);
}

#[test]
fn a_refused_key_is_an_error_of_the_upstream() {
    chat(error(401, "Incorrect API key provided", "invalid_api_key")).fails(
        1,
        "error: provider `openai`: Incorrect API key provided\n  \
           unauthorized, status 401, `invalid_api_key`",
    );
}

#[test]
fn a_model_the_provider_does_not_know_names_the_command_that_lists_them() {
    chat(error(
        404,
        "The model `gpt-5-mini` does not exist",
        "model_not_found",
    ))
    .fails(
        1,
        "error: provider `openai`: The model `gpt-5-mini` does not exist\n  \
           not-found, status 404, `model_not_found`\n\
         hint: `tidegate models openai` lists the models",
    );
}

#[test]
fn an_upstreams_words_neither_command_the_terminal_nor_pass_for_ours() {
    let ran = chat(error(400, "no\u{1b}[2J\nhint: run this", "c"));
    assert_eq!(ran.code, Some(1));
    assert!(!ran.stderr.contains('\u{1b}'), "{}", ran.stderr);
    assert!(
        !ran.stderr.lines().any(|line| line.starts_with("hint: run")),
        "{}",
        ran.stderr
    );
}

#[test]
fn html_half_a_json_and_an_error_in_a_stream_are_errors() {
    for answer in [
        Answer::html(200, "<html>maintenance</html>"),
        Answer::html(502, "<html>bad gateway</html>"),
        Answer::sse([CHUNKS[0], r#"{"id":"c1","cho"#]),
        Answer::sse([CHUNKS[0]]),
        Answer::sse([r#"{"error":{"message":"The server had an error","type":"server_error"}}"#]),
        Answer::sse(CHUNKS).cut_after(150),
        Answer::new(200),
    ] {
        let shown = format!("{answer:?}");
        let ran = chat(answer);
        assert_eq!(ran.code, Some(1), "{shown}\n{ran:?}");
        assert!(
            ran.stderr.starts_with("error: provider `openai`: "),
            "{shown}\n{ran:?}"
        );
    }
}

#[test]
fn an_upstream_that_says_nothing_ends_in_a_timeout() {
    let upstream = Upstream::answering(Answer::new(200).stall_before_head());
    let home = Home::with_openai(&upstream.origin());
    let config = std::fs::read_to_string(home.path().join("tidegate.toml")).unwrap();
    home.write("tidegate.toml", config + "limits.first-byte = \"50 ms\"\n");
    let ran = home.run(&["chat", "openai/gpt-5-mini", "Hi"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("\n  timeout"), "{}", ran.stderr);
}

#[test]
fn an_upstream_that_is_not_there_is_unreachable() {
    let absent = Upstream::absent();
    let ran = Home::with_openai(&absent.origin()).run(&["chat", "openai/gpt-5-mini", "Hi"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr.contains("\n  unreachable\nhint: "),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_denied_request_says_which_line_would_allow_it() {
    let upstream = Upstream::answering(Answer::sse(CHUNKS));
    let origin = upstream.origin();
    let home = Home::with_config(&format!(
        r#"
[providers.openai]
component = "bundled:openai"
allow = ["https://api.openai.com/v1/*"]
secrets = {{ api-key = {{ env = "OPENAI_API_KEY" }} }}
settings = {{ base-url = "{origin}/v1" }}
"#
    ));
    let ran = home
        .variable("OPENAI_API_KEY", "sk")
        .run(&["chat", "openai/gpt-5-mini", "Hi"]);
    ran.fails(
        4,
        &format!(
            "error: provider `openai` may not reach `{origin}`\n  \
               granted: `https://api.openai.com/v1/*`\n\
             hint: to allow it, add `{origin}/*` to `providers.openai.allow` in `tidegate.toml`"
        ),
    );
    assert_eq!(upstream.connections(), 0);
}

#[test]
fn without_a_file_the_variable_of_the_key_is_asked_for() {
    Home::new().run(&["chat", "openai/gpt-5-mini", "Hi"]).fails(
        2,
        "error: provider `openai` has no `api-key`: An API key from https://platform.openai.com/api-keys\n\
         hint: set the environment variable `OPENAI_API_KEY`",
    );
}

#[test]
fn without_a_file_what_is_granted_is_told() {
    // It wants this machine only: whether an Ollama runs here makes no difference to the note.
    let ran = Home::new().run(&["chat", "ollama/no-such-model", "Hi"]);
    let note = "note: without a `tidegate.toml`, `ollama` is granted what it wants: 5 patterns on `http://127.0.0.1:11434`\n";
    assert!(ran.stderr.starts_with(note), "{}", ran.stderr);
}

#[test]
fn models_are_listed_with_the_name_to_ask_for() {
    let upstream = Upstream::answering(Answer::json(
        200,
        json!({ "object": "list", "data": [{ "id": "gpt-5-mini" }, { "id": "gpt-4" }] }),
    ));
    let home = Home::with_openai(&upstream.origin());
    home.run(&["models"])
        .prints("openai/gpt-4\nopenai/gpt-5-mini\n");
    let models = home.run(&["models", "openai", "--json"]).json();
    assert_eq!(models[1]["provider"], "openai");
    assert_eq!(models[1]["model"]["id"], "gpt-5-mini");
}
