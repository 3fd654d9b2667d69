//! Says what the contract has no place for.

use tidegate_guest::types::*;

use crate::{Turn, event, finish, get, text_delta};

/// In a chat.
pub(crate) fn turn(turn: &Turn) -> Option<Vec<Action>> {
    Some(match (turn.model, turn.before) {
        ("done-without-finish", _) => vec![text_delta("half a sen"), Action::Done],
        ("done-after-fetch", _) => vec![get(turn.text), Action::Done],
        ("emit-after-done", _) => vec![finish(), Action::Done, text_delta("one more thing")],
        ("nothing", _) => vec![],
        ("nothing-in-step", 0) => vec![Action::Wait(0)],
        ("nothing-in-step", _) => vec![text_delta("and now?")],
        ("unknown-action", _) => vec![Action::Other(NamedJson {
            name: "example.com/realtime".into(),
            json: "{}".into(),
        })],
        ("unknown-action-at-length", _) => vec![Action::Other(NamedJson {
            name: "\u{1b}[2J".repeat(1_000_000),
            json: "{}".into(),
        })],
        ("no-text", _) => vec![text_delta(&no_text())],
        ("finish-twice", _) => vec![finish(), finish(), Action::Done],
        ("finish-one-of-two", _) => vec![
            text_delta("one"),
            event(StreamEvent::TextDelta(Delta {
                choice: 1,
                part: 0,
                text: "and the oth".into(),
            })),
            finish(),
            Action::Done,
        ],
        ("delta-to-no-call", _) => vec![
            event(StreamEvent::ToolCallDelta(Delta {
                choice: 0,
                part: 0,
                text: "{}".into(),
            })),
            finish(),
            Action::Done,
        ],
        ("text-in-a-call", _) => vec![
            event(StreamEvent::ToolCallStart(ToolCallStart {
                choice: 0,
                part: 0,
                id: "1".into(),
                name: "lookup".into(),
            })),
            text_delta("not an argument"),
            finish(),
            Action::Done,
        ],
        ("metadata-no-object", _) => vec![
            event(StreamEvent::Metadata(Metadata {
                choice: 0,
                part: None,
                json: "[1".into(),
            })),
            finish(),
            Action::Done,
        ],
        ("embeddings-for-chat", _) => vec![
            Action::Emit(Output::Embeddings(Embeddings::default())),
            finish(),
            Action::Done,
        ],
        ("fail", _) => vec![
            text_delta("half a sen"),
            Action::Fail(Error::new(ErrorKind::Overloaded, "too much to do")),
        ],
        _ => return None,
    })
}

/// A string that is none: bytes that no UTF-8 has.
#[expect(unsafe_code, reason = "Rust has no safe way to lie about this")]
fn no_text() -> String {
    unsafe { String::from_utf8_unchecked(vec![0xff, 0xfe]) }
}

/// To anything else: what was not asked for.
pub(crate) fn answer(operation: Operation) -> Vec<Action> {
    let health = Output::Health(Health {
        message: "splendid".into(),
    });
    let outputs = match operation {
        // One vector, however many inputs.
        Operation::Embed(_) => vec![Output::Embeddings(Embeddings {
            vectors: vec![vec![1.0]],
            ..Embeddings::default()
        })],
        // A document that nobody sent.
        Operation::Rerank(_) => vec![Output::Ranking(Ranking {
            results: vec![Ranked {
                index: 7,
                score: 1.0,
            }],
            ..Ranking::default()
        })],
        Operation::Check => vec![health.clone(), health],
        Operation::CountTokens(_) => vec![],
        _ => vec![health],
    };
    let actions = outputs.into_iter().map(Action::Emit);
    actions.chain([Action::Done]).collect()
}
