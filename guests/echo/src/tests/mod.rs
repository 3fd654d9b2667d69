//! Whole exchanges, natively.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot build its request fails"
)]

mod chat;
mod operations;
mod tools;

use super::*;
use tidegate_guest::Exchange;

fn user(text: &str) -> ChatRequest {
    ChatRequest {
        model: "echo-1".into(),
        messages: vec![message(Role::User, PartContent::Text(text.into()))],
        ..ChatRequest::default()
    }
}

fn message(role: Role, content: PartContent) -> Message {
    let part = Part {
        content,
        cache: None,
        metadata: None,
    };
    Message {
        role,
        parts: vec![part],
        name: None,
        metadata: None,
    }
}

fn lookup() -> Tool {
    Tool::Function(FunctionTool {
        name: "lookup".into(),
        description: None,
        parameters: r#"{"properties": {"city": {"type": "string"}}}"#.into(),
        strict: None,
        cache: None,
    })
}

/// Runs an exchange in which only `wait` may be asked for.
fn run(operation: Operation, settings: &[(&str, &str)]) -> (Vec<Output>, Option<Error>) {
    let context = Context {
        seed: 7,
        settings: settings
            .iter()
            .map(|(name, value)| Setting {
                name: (*name).into(),
                value: (*value).into(),
            })
            .collect(),
        ..Context::default()
    };
    let (mut exchange, mut actions) = Exchange::start(Echo, operation, context);
    let mut outputs = vec![];
    loop {
        let last = actions.pop().unwrap();
        for action in actions {
            match action {
                Action::Emit(output) => outputs.push(output),
                other => panic!("{other:?}"),
            }
        }
        match last {
            Action::Done => return (outputs, None),
            Action::Fail(error) => return (outputs, Some(error)),
            Action::Wait(_) => actions = exchange.step(Input::Elapsed),
            other => panic!("{other:?}"),
        }
    }
}

/// The events in short: `text 0 0 Hi`, `finish 0 Stop`, ….
fn events(request: ChatRequest) -> Vec<String> {
    let (outputs, error) = run(Operation::Chat(request), &[]);
    assert_eq!(error, None);
    let short = |output| match output {
        Output::Event(event) => match event {
            StreamEvent::Answer(_) => None,
            StreamEvent::TextDelta(delta) => Some(format!("text {}", short(&delta))),
            StreamEvent::ReasoningDelta(delta) => Some(format!("reasoning {}", short(&delta))),
            StreamEvent::ReasoningSignature(delta) => Some(format!("signature {}", short(&delta))),
            StreamEvent::RefusalDelta(delta) => Some(format!("refusal {}", short(&delta))),
            StreamEvent::ToolCallStart(start) => Some(format!("call {} {}", start.id, start.name)),
            StreamEvent::ToolCallDelta(delta) => Some(format!("arguments {}", short(&delta))),
            StreamEvent::ToolCallEnd(end) => Some(format!("end {} {}", end.choice, end.part)),
            StreamEvent::Warning(warning) => Some(format!("warning {}", warning.subject.unwrap())),
            StreamEvent::Usage(usage) => Some(format!(
                "usage {} {}",
                usage.input.unwrap(),
                usage.output.unwrap()
            )),
            StreamEvent::Finish(finish) => {
                Some(format!("finish {} {:?}", finish.choice, finish.reason))
            }
            other => Some(format!("{other:?}")),
        },
        other => Some(format!("{other:?}")),
    };
    fn short(delta: &Delta) -> String {
        format!("{} {} {}", delta.choice, delta.part, delta.text)
    }
    outputs.into_iter().filter_map(short).collect()
}
