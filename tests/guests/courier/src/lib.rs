//! Runs the errands it is sent on, and reports every input it is handed, word for word.
//!
//! The conversation is one message, a JSON list of errands. Each report is a `raw` event. The model
//! says what to do at the end: `errands` nothing more, `dump` hand over all of its memory. Written
//! on the bare bindings, because the SDK reads a failed request for its user.

mod errand;
mod memory;
mod report;

use std::cell::RefCell;
use std::collections::VecDeque;

use tidegate_guest::bindings::exports::llm::provider::provider::Guest;
use tidegate_guest::types::*;

/// The component.
pub struct Courier;

#[derive(Default)]
struct Round {
    errands: VecDeque<HttpRequest>,
    dumps: bool,
}

thread_local! {
    static ROUND: RefCell<Round> = RefCell::default();
}

impl Guest for Courier {
    fn describe() -> ProviderInfo {
        ProviderInfo {
            name: "courier".into(),
            version: "1.0.0".into(),
            description: "Runs errands and reports what it is handed".into(),
            vendor: "Tests".into(),
            documentation: None,
            wants: vec![],
            credentials: vec![
                credential("bearer", Placement::Bearer),
                credential(
                    "header",
                    Placement::Header(HeaderPlacement {
                        name: "x-api-key".into(),
                        prefix: "Token ".into(),
                    }),
                ),
                credential("query", Placement::Query("key".into())),
                credential("basic", Placement::Basic),
                credential(
                    "signed",
                    Placement::AwsSigv4(AwsSigv4 {
                        service: "bedrock".into(),
                        region: "{region}".into(),
                    }),
                ),
                credential(
                    "hmac",
                    Placement::Hmac(Hmac {
                        algorithm: HmacAlgorithm::Sha256,
                        encoding: HmacEncoding::Base64,
                        key: HmacKey::Base64,
                        template: "{method}{newline}{host}{path}?{query}{newline}{timestamp}{newline}{body-sha256}{newline}{body}".into(),
                        header: "x-signature".into(),
                        value: "HMAC {region}:{signature}".into(),
                        timestamp: Some(HmacTimestamp {
                            format: HmacTime::Milliseconds,
                            header: Some("x-time".into()),
                        }),
                    }),
                ),
            ],
            settings: vec![SettingInfo {
                name: "region".into(),
                description: "What requests are signed for".into(),
                kind: SettingKind::Text,
                default: None,
                required: false,
            }],
            operations: vec![OperationKind::Chat],
            features: vec![],
        }
    }

    fn start(operation: Operation, context: Context) -> Result<Vec<Action>, Error> {
        let Operation::Chat(request) = operation else {
            return Err(Error::new(ErrorKind::Unsupported, "a courier only chats"));
        };
        ROUND.set(Round {
            errands: errand::read(&request)?.into(),
            dumps: request.model == "dump",
        });
        let mut actions = vec![report::settings(&context.settings)];
        go_on(&mut actions);
        Ok(actions)
    }

    fn step(input: Input) -> Result<Vec<Action>, Error> {
        let mut actions = vec![report::input(&input)];
        let is_over = match input {
            Input::Response(response) => response.body.is_some(),
            Input::End | Input::Failed(_) => true,
            _ => false,
        };
        if is_over {
            go_on(&mut actions);
        }
        Ok(actions)
    }
}

/// The next errand, or the end.
fn go_on(actions: &mut Vec<Action>) {
    let (errand, dumps) = ROUND.with_borrow_mut(|round| (round.errands.pop_front(), round.dumps));
    if let Some(errand) = errand {
        actions.push(Action::Fetch(errand));
        return;
    }
    if dumps {
        actions.extend(memory::dump());
    }
    actions.push(Action::Emit(Output::Event(StreamEvent::Finish(Finish {
        choice: 0,
        reason: FinishReason::Stop,
        raw: None,
    }))));
    actions.push(Action::Done);
}

fn credential(name: &str, placement: Placement) -> Credential {
    Credential {
        name: name.into(),
        description: "A secret of the tests".into(),
        placement,
        required: false,
        environment: None,
    }
}

#[cfg(target_family = "wasm")]
tidegate_guest::bindings::export_component!(Courier with_types_in tidegate_guest::bindings);
