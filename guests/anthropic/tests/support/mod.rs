//! Drives the provider and tells what it did, one short line per event.

use serde_json::Value;
use tidegate_guest::Exchange;
use tidegate_guest::types::*;
use tidegate_provider_anthropic::Anthropic;

/// An exchange under way.
pub struct Run {
    exchange: Exchange,
    told: Vec<String>,
    pub fetches: Vec<HttpRequest>,
    pub models: Vec<ModelInfo>,
}

/// A chat about nothing.
pub fn chat(stream: bool) -> Operation {
    let part = Part {
        content: PartContent::Text("Hi".into()),
        cache: None,
        metadata: None,
    };
    Operation::Chat(ChatRequest {
        model: "claude-opus-5".into(),
        messages: vec![Message {
            role: Role::User,
            parts: vec![part],
            name: None,
            metadata: None,
        }],
        stream,
        ..ChatRequest::default()
    })
}

/// A chat answered by these events.
pub fn stream(events: &[Value]) -> Run {
    let mut run = Run::start(chat(true));
    run.head();
    run.frames(events);
    run.step(Input::End);
    run
}

/// A server-sent event.
pub fn event(data: &str) -> Frame {
    Frame::Event(ServerSentEvent {
        event: None,
        data: data.into(),
        id: None,
    })
}

impl Run {
    pub fn start(operation: Operation) -> Self {
        let (exchange, actions) = Exchange::start(Anthropic, operation, Context::default());
        let mut run = Run {
            exchange,
            told: Vec::new(),
            fetches: Vec::new(),
            models: Vec::new(),
        };
        run.take(actions);
        run
    }

    /// What happened so far.
    pub fn told(&self) -> &[String] {
        &self.told
    }

    pub fn step(&mut self, input: Input) {
        let actions = self.exchange.step(input);
        self.take(actions);
    }

    /// The head of a stream.
    pub fn head(&mut self) {
        self.step(Input::Response(Response {
            status: 200,
            headers: vec![],
            body: None,
        }));
    }

    /// One event per step, as a slow upstream sends them.
    pub fn frames(&mut self, events: &[Value]) {
        for data in events {
            self.step(Input::Frames(vec![event(&data.to_string())]));
        }
    }

    /// A whole answer.
    pub fn whole(&mut self, status: u16, body: &str) {
        self.step(Input::Response(Response {
            status,
            headers: vec![],
            body: Some(Content::Text(body.into())),
        }));
    }

    fn take(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Emit(Output::Event(event)) => self.told.push(line(event)),
                Action::Emit(Output::Models(models)) => {
                    let ids: Vec<_> = models.iter().map(|model| &*model.id).collect();
                    self.told.push(format!("models {}", ids.join(" ")));
                    self.models = models;
                }
                Action::Fetch(request) => self.fetches.push(request),
                Action::Done => self.told.push("done".into()),
                Action::Fail(error) => self.told.push(format!("fail {}", error.message)),
                other => self.told.push(format!("{other:?}")),
            }
        }
    }
}

fn line(event: StreamEvent) -> String {
    match event {
        StreamEvent::Answer(_) => "answer".into(),
        StreamEvent::TextDelta(it) => format!("{} text {}", it.part, it.text),
        StreamEvent::ReasoningDelta(it) => format!("{} reasoning {}", it.part, it.text),
        StreamEvent::ReasoningSignature(it) => format!("{} signature {}", it.part, it.text),
        StreamEvent::ToolCallStart(it) => format!("{} call {}", it.part, it.name),
        StreamEvent::ToolCallDelta(it) => format!("{} arguments {}", it.part, it.text),
        StreamEvent::ToolCallEnd(it) => format!("{} call ends", it.part),
        StreamEvent::Source(it) => format!(
            "{} source {}",
            it.part.map_or_else(String::new, |part| part.to_string()),
            it.url.unwrap_or_default()
        ),
        StreamEvent::Metadata(it) => format!(
            "{} metadata",
            it.part.map_or_else(String::new, |part| part.to_string())
        ),
        StreamEvent::Usage(_) => "usage".into(),
        StreamEvent::Raw(_) => "raw".into(),
        StreamEvent::Finish(it) => format!("finish {}", it.raw.unwrap_or_default()),
        other => format!("{other:?}"),
    }
}
