//! Breaks one rule at a time; the model of the request says which. `greed` takes more than a limit
//! allows, `breach` says what the contract has no place for, `keepsake` remembers what it should have
//! forgotten, and `well-behaved` does none of it.
//!
//! Written on the bare bindings, because the SDK makes most of it impossible.

mod breach;
mod greed;
mod keepsake;

use std::cell::RefCell;

use tidegate_guest::bindings::exports::llm::provider::provider::Guest;
use tidegate_guest::types::*;

/// The component.
pub struct Rogue;

/// One answer to the host: the misbehaviour is asked on every turn, and remembers nothing.
struct Turn<'a> {
    /// Which misbehaviour.
    model: &'a str,
    /// The text of the request: a URL or a number, where the misbehaviour needs one.
    text: &'a str,
    /// Turns before this one.
    before: u32,
}

#[derive(Default)]
struct State {
    model: String,
    text: String,
    turns: u32,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

impl Guest for Rogue {
    fn describe() -> ProviderInfo {
        ProviderInfo {
            name: "rogue".into(),
            version: "1.0.0".into(),
            description: "Breaks the rule that its model names".into(),
            vendor: "Tests".into(),
            documentation: None,
            wants: vec![],
            credentials: vec![],
            settings: vec![],
            operations: vec![
                OperationKind::Chat,
                OperationKind::Embed,
                OperationKind::Rerank,
                OperationKind::ListModels,
                OperationKind::CountTokens,
                OperationKind::Check,
            ],
            features: vec![],
        }
    }

    fn start(operation: Operation, _context: Context) -> Result<Vec<Action>, Error> {
        let (model, text) = match operation {
            Operation::Chat(request) => {
                let text = text(&request);
                (request.model, text)
            }
            other => return Ok(breach::answer(other)),
        };
        keepsake::begin();
        STATE.set(State {
            model,
            text,
            turns: 0,
        });
        Ok(turn())
    }

    fn step(_input: Input) -> Result<Vec<Action>, Error> {
        STATE.with_borrow_mut(|state| state.turns += 1);
        Ok(turn())
    }
}

fn turn() -> Vec<Action> {
    STATE.with_borrow(|state| {
        let turn = Turn {
            model: &state.model,
            text: &state.text,
            before: state.turns,
        };
        greed::turn(&turn)
            .or_else(|| breach::turn(&turn))
            .or_else(|| keepsake::turn(&turn))
            .unwrap_or_else(|| vec![text_delta("fine"), finish(), Action::Done])
    })
}

fn text(request: &ChatRequest) -> String {
    let mut parts = request.messages.iter().flat_map(|message| &message.parts);
    let text = parts.find_map(|part| match &part.content {
        PartContent::Text(text) => Some(text.clone()),
        _ => None,
    });
    text.unwrap_or_default()
}

fn event(event: StreamEvent) -> Action {
    Action::Emit(Output::Event(event))
}

fn text_delta(text: &str) -> Action {
    event(StreamEvent::TextDelta(Delta {
        choice: 0,
        part: 0,
        text: text.into(),
    }))
}

fn finish() -> Action {
    event(StreamEvent::Finish(Finish {
        choice: 0,
        reason: FinishReason::Stop,
        raw: None,
    }))
}

fn get(url: &str) -> Action {
    Action::Fetch(HttpRequest {
        method: "GET".into(),
        url: url.into(),
        headers: vec![],
        body: None,
        delivery: Delivery::Whole,
        credential: None,
        limits: FetchLimits::default(),
    })
}

#[cfg(target_family = "wasm")]
tidegate_guest::bindings::export_component!(Rogue with_types_in tidegate_guest::bindings);
