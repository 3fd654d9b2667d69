//! Code that was written for another place: it drives an HTTP client of its own over `wasi:http`,
//! and looks around for what an operating system gives. Built for the world
//! `llm-provider-with-http`, once for `wasm32-unknown-unknown` and once for `wasm32-wasip2`.
//!
//! | model | what it does |
//! |---|---|
//! | `GET`, `POST` | that, to the URL in the first line of the message; the rest is the body |
//! | `trickle` | a POST to the URL in the first line, with as many bytes of body as the second says |
//! | `crowd` | as many requests at once as the second line says, to the origin in the first |
//! | `hoard` | makes resources of the host until it is stopped |
//! | `explore` | tries whatever WASI 0.2 has, and says what came of it (wasip2) |
//! | `print` | prints the message (wasip2) |

mod bindings;
mod client;
#[cfg(target_os = "wasi")]
mod explore;

use std::cell::RefCell;

use bindings::exports::llm::provider::provider::*;
use bindings::wasi::http::types::Fields;
use client::Download;

/// The component.
pub struct Ported;

thread_local! {
    static DOWNLOAD: RefCell<Option<Download>> = const { RefCell::new(None) };
}

impl Guest for Ported {
    fn describe() -> ProviderInfo {
        ProviderInfo {
            name: "ported".into(),
            version: "1.0.0".into(),
            description: "Drives an HTTP client of its own".into(),
            vendor: "Tests".into(),
            documentation: None,
            wants: vec![],
            credentials: vec![Credential {
                name: "api-key".into(),
                description: "A secret of the tests".into(),
                placement: Placement::Bearer,
                required: false,
                environment: None,
            }],
            settings: vec![],
            operations: vec![OperationKind::Chat],
            features: vec![],
        }
    }

    fn start(operation: Operation, _context: Context) -> Result<Vec<Action>, Error> {
        let Operation::Chat(request) = operation else {
            return Ok(said("it only chats"));
        };
        let text = text(&request);
        Ok(match request.model.as_str() {
            "hoard" => hoard(),
            "trickle" => counted(&text, client::trickle),
            "crowd" => counted(&text, client::crowd),
            #[cfg(target_os = "wasi")]
            "explore" => said(&explore::report(&text)),
            #[cfg(target_os = "wasi")]
            "print" => {
                println!("{text}");
                said("printed")
            }
            method => {
                let (url, body) = text.split_once('\n').unwrap_or((&text, ""));
                match client::send(method, url, body) {
                    Ok(download) => {
                        DOWNLOAD.set(Some(download));
                        vec![Action::Again]
                    }
                    Err(problem) => said(&problem),
                }
            }
        })
    }

    /// Every `again` hands over one piece of what is being downloaded.
    fn step(_input: Input) -> Result<Vec<Action>, Error> {
        let piece = DOWNLOAD.with_borrow_mut(|download| match download {
            Some(download) => download.piece(),
            None => Ok(None),
        });
        Ok(match piece {
            Ok(Some(piece)) => vec![delta(&piece), Action::Again],
            Ok(None) => said(""),
            Err(problem) => said(&problem),
        })
    }
}

/// A URL, then a number on a line of its own.
fn counted(text: &str, act: fn(&str, usize) -> Result<String, String>) -> Vec<Action> {
    let (url, number) = text.split_once('\n').unwrap_or((text, ""));
    let outcome = act(url, number.parse().unwrap_or(1));
    said(&outcome.unwrap_or_else(|problem| problem))
}

/// Resources are handles of the host, and each costs it something.
fn hoard() -> Vec<Action> {
    let hoard: Vec<Fields> = (0..100_000).map(|_| Fields::new()).collect();
    said(&format!("{} handles", hoard.len()))
}

fn said(text: &str) -> Vec<Action> {
    let finish = StreamEvent::Finish(Finish {
        choice: 0,
        reason: FinishReason::Stop,
        raw: None,
    });
    vec![
        delta(text),
        Action::Emit(Output::Event(finish)),
        Action::Done,
    ]
}

fn delta(text: &str) -> Action {
    Action::Emit(Output::Event(StreamEvent::TextDelta(Delta {
        choice: 0,
        part: 0,
        text: text.into(),
    })))
}

fn text(request: &ChatRequest) -> String {
    let mut parts = request.messages.iter().flat_map(|message| &message.parts);
    let text = parts.find_map(|part| match &part.content {
        PartContent::Text(text) => Some(text.clone()),
        _ => None,
    });
    text.unwrap_or_default()
}
