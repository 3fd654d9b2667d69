//! A conversation on a real terminal: what is asked, an answer that is stopped, and the end.

use serde_json::{Value, json};
use tidegate_tests::upstream::{Answer, Upstream};

use crate::support::Home;
use crate::terminal::Terminal;

const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";

/// One piece of an answer, as `openai` streams it.
fn delta(text: &str) -> String {
    let choice = json!({ "index": 0, "delta": { "content": text } });
    json!({ "id": "c1", "created": 1, "model": "m", "choices": [choice] }).to_string()
}

fn whole(text: &str) -> Answer {
    let end = json!({ "index": 0, "delta": {}, "finish_reason": "stop" });
    let end = json!({ "id": "c1", "created": 1, "model": "m", "choices": [end] });
    Answer::sse([delta(text), end.to_string(), "[DONE]".into()])
}

/// The roles and texts that a request holds.
fn said(upstream: &Upstream, request: usize) -> Vec<(String, String)> {
    let body: Value = serde_json::from_slice(&upstream.requests()[request].body).unwrap();
    let messages = body["messages"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    messages
        .map(|message| (text(&message["role"]), text(&message["content"])))
        .collect()
}

fn pair(role: &str, text: &str) -> (String, String) {
    (role.into(), text.into())
}

#[test]
fn an_answer_that_is_stopped_leaves_the_conversation_as_it_was() {
    let begun = delta("This never");
    // The event with its framing, and nothing after it.
    let stalled = Answer::sse([begun.as_str(), "[DONE]"]).stall_after(begun.len() + 8);
    let upstream = Upstream::sequence([whole("I am well."), stalled, whole("Four.")]);
    let home = Home::with_openai(&upstream.origin());
    let mut terminal = Terminal::open(&home, &["chat", "openai/m", "--system", "Be brief."]);

    terminal.shows("Ctrl-C stops an answer, Ctrl-D ends the conversation");
    terminal.shows("> ");
    terminal.types("How are you?\n");
    terminal.shows("I am well.");
    terminal.shows("\n> ");

    terminal.types("Tell me everything.\n");
    terminal.shows("This never");
    terminal.types(CTRL_C);
    upstream.wait_for_abandoned(1).blocking();
    terminal.shows("\n> ");

    terminal.types("Two and two?\n");
    terminal.shows("Four.");
    terminal.shows("\n> ");
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), Some(0));

    // The second answer ended before it was one: neither it nor its question is told again.
    assert_eq!(
        said(&upstream, 2),
        [
            pair("system", "Be brief."),
            pair("user", "How are you?"),
            pair("assistant", "I am well."),
            pair("user", "Two and two?"),
        ]
    );
}

#[test]
fn an_answer_that_fails_may_be_asked_for_again() {
    let refusal = json!({ "error": { "message": "Too much of it", "type": "t" } });
    let upstream = Upstream::sequence([Answer::json(500, refusal), whole("Better.")]);
    let home = Home::with_openai(&upstream.origin());
    let mut terminal = Terminal::open(&home, &["chat", "openai/m"]);
    terminal.shows("> ");
    terminal.types("First?\n");
    terminal.shows("Too much of it");
    terminal.shows("\n> ");
    terminal.types("Second?\n");
    terminal.shows("Better.");
    terminal.shows("\n> ");
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), Some(0));
    assert_eq!(said(&upstream, 1), [pair("user", "Second?")]);
}

#[test]
fn an_interruption_at_the_prompt_ends_the_conversation() {
    let mut terminal = Terminal::open(&Home::new(), &["chat", "echo/echo-1"]);
    terminal.shows("> ");
    terminal.types(CTRL_C);
    assert_eq!(terminal.ends(), Some(130));
}

#[test]
fn what_a_model_says_does_not_command_the_terminal() {
    let upstream = Upstream::answering(whole("red \u{1b}[31mtext\u{7}"));
    let home = Home::with_openai(&upstream.origin());
    let mut terminal = Terminal::open(&home, &["chat", "openai/m"]);
    terminal.shows("> ");
    terminal.types("Hi\n");
    terminal.shows("red \u{fffd}[31mtext\u{fffd}");
    terminal.shows("\n> ");
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), Some(0));
}
