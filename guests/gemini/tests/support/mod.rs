//! Drives the provider and tells what it did, one short line per event.

use serde_json::Value;
use tidegate_guest::Exchange;
use tidegate_guest::types::*;
use tidegate_provider_gemini::Gemini;

/// An exchange under way.
pub struct Run {
    exchange: Exchange,
    told: Vec<String>,
    pub fetches: Vec<HttpRequest>,
    pub models: Vec<ModelInfo>,
    pub embeddings: Option<Embeddings>,
}

/// A chat about nothing.
pub fn chat(stream: bool) -> Operation {
    let part = Part {
        content: PartContent::Text("Hi".into()),
        cache: None,
        metadata: None,
    };
    Operation::Chat(ChatRequest {
        model: "gemini-3-flash-preview".into(),
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

/// A list of parts as a piece of a stream.
pub fn parts(parts: Value) -> Value {
    serde_json::json!({"candidates": [{"content": {"parts": parts}}]})
}

impl Run {
    /// Begins an operation where the operator has set nothing.
    pub fn start(operation: Operation) -> Self {
        Run::start_with(operation, &[])
    }

    /// Begins an operation with these settings.
    pub fn start_with(operation: Operation, settings: &[(&str, &str)]) -> Self {
        let setting = |(name, value): &(&str, &str)| Setting {
            name: (*name).into(),
            value: (*value).into(),
        };
        let context = Context {
            settings: settings.iter().map(setting).collect(),
            ..Context::default()
        };
        let (exchange, actions) = Exchange::start(Gemini, operation, context);
        let mut run = Run {
            exchange,
            told: Vec::new(),
            fetches: Vec::new(),
            models: Vec::new(),
            embeddings: None,
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
    pub fn events(&mut self, events: &[Value]) {
        for data in events {
            self.step(Input::Frames(vec![Frame::Event(ServerSentEvent {
                event: None,
                data: data.to_string(),
                id: None,
            })]));
        }
    }

    /// A whole answer.
    pub fn whole(&mut self, body: &Value) {
        self.step(Input::Response(Response {
            status: 200,
            headers: vec![],
            body: Some(Content::Text(body.to_string())),
        }));
    }

    fn take(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Emit(Output::Event(event)) => self.told.push(line(event)),
                Action::Emit(Output::Models(models)) => self.models = models,
                Action::Emit(Output::Embeddings(embeddings)) => self.embeddings = Some(embeddings),
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
        StreamEvent::ToolCallStart(it) => format!("{} call {}", it.part, it.name),
        StreamEvent::ToolCallDelta(it) => format!("{} arguments {}", it.part, it.text),
        StreamEvent::ToolCallEnd(it) => format!("{} call ends", it.part),
        StreamEvent::File(it) => format!("{} file", it.part),
        StreamEvent::Metadata(it) => {
            let part = it
                .part
                .map_or_else(|| "message".into(), |part| part.to_string());
            format!("{part} metadata")
        }
        StreamEvent::Usage(it) => format!("usage {}", it.output.unwrap_or_default()),
        StreamEvent::Raw(_) => "raw".into(),
        StreamEvent::Finish(it) => format!("finish {}", it.raw.unwrap_or_default()),
        other => format!("{other:?}"),
    }
}
