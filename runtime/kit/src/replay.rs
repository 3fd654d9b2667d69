//! A fixture played to a component: the events that it makes of it, without any network.

use futures::StreamExt as _;
use serde_json::{Value, json};
use tidegate_host::Component;
use tidegate_host::json::to_json;

use crate::fixture::{Case, Instances, Trial};
use crate::upstream::Split;

/// What a component made of a fixture.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// The fixture.
    pub case: String,
    /// What it sent, as `POST /v1/chat` and the body.
    pub requests: Vec<Value>,
    /// Outputs in order, in the contract's form as JSON.
    pub events: Vec<Value>,
    /// The error that it ended with.
    pub error: Option<Value>,
}

/// Plays a fixture, its answers sent whole. The error says why it cannot be played.
pub async fn replay(case: &Case, component: &Component) -> Result<Replay, String> {
    let fixture = case.fixture.as_ref().map_err(ToString::to_string)?;
    let trial = Trial::new(&case.name, fixture, component)?;
    let answers = trial.answers(|_| Split::Whole);
    let stage = trial.stage();
    let mut replay = Replay {
        case: case.name.clone(),
        requests: Vec::new(),
        events: Vec::new(),
        error: None,
    };
    match stage
        .begin(Instances::Fresh, trial.operation().clone(), answers)
        .await
    {
        Ok(mut outputs) => {
            while let Some(output) = outputs.next().await {
                match output {
                    Ok(output) => replay
                        .events
                        .push(to_json(&output).map_err(|it| it.to_string())?),
                    Err(error) => replay.error = Some(written(&error)),
                }
            }
        }
        Err(error) => replay.error = Some(written(&error)),
    }
    replay.requests = stage
        .upstream()
        .requests()
        .iter()
        .map(|request| {
            let body = serde_json::from_slice(&request.body);
            let text = || Value::String(String::from_utf8_lossy(&request.body).into_owned());
            json!({
                "method": request.method,
                "path": request.target,
                "body": body.unwrap_or_else(|_| text()),
            })
        })
        .collect();
    Ok(replay)
}

fn written(error: &tidegate_host::Error) -> Value {
    json!({"kind": error.kind().name(), "message": error.to_string()})
}

impl Replay {
    /// A line for each request, each event and the error, to be read and to be compared.
    pub fn lines(&self) -> Vec<String> {
        let requests = self.requests.iter().map(|it| line("request", it));
        let events = self.events.iter().map(|output| {
            // `{"event": {"text-delta": {…}}}`
            let event = output.get("event").unwrap_or(output);
            match event.as_object().and_then(|members| members.iter().next()) {
                Some((name, value)) => line(name, value),
                None => line("output", event),
            }
        });
        let error = self.error.iter().map(|it| line("error", it));
        requests.chain(events).chain(error).collect()
    }
}

fn line(name: &str, value: &Value) -> String {
    format!("{name} {value}")
}
