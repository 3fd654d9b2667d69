//! Errands for the guest `courier`, and its reports of what it was handed.

use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use tidegate_host::Runtime;
use tidegate_host::types::{MediaSource, StreamEvent};

use crate::calls::stream;

/// A request that the courier is to send.
#[derive(Clone, Debug, Serialize)]
pub struct Errand {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
    delivery: String,
    credential: Option<String>,
    first_byte_ms: Option<u32>,
    idle_ms: Option<u32>,
    response_bytes: Option<u32>,
}

/// One input of the courier.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// The settings, before anything else.
    Settings(Vec<(String, String)>),
    /// The head of an answer, or all of it.
    Response {
        /// The status.
        status: u16,
        /// The headers, names in lower case.
        headers: Vec<(String, String)>,
        /// The body, where it came whole.
        body: Option<String>,
    },
    /// A piece of an answer.
    Body(String),
    /// Frames of an answer.
    Frames(Vec<String>),
    /// The answer is complete.
    End,
    /// There is no answer, or no end of it.
    Failed {
        /// The kind, as the contract spells it.
        kind: String,
        /// What the guest is told.
        message: String,
    },
}

impl Errand {
    /// A GET whose answer comes whole.
    pub fn get(url: impl Into<String>) -> Errand {
        Errand {
            method: "GET".into(),
            url: url.into(),
            headers: Vec::new(),
            body: None,
            delivery: "whole".into(),
            credential: None,
            first_byte_ms: None,
            idle_ms: None,
            response_bytes: None,
        }
    }

    /// A POST whose answer comes whole.
    pub fn post(url: impl Into<String>, body: impl Into<String>) -> Errand {
        Errand {
            method: "POST".into(),
            body: Some(body.into()),
            ..Errand::get(url)
        }
    }

    /// Another method.
    pub fn method(mut self, method: &str) -> Errand {
        self.method = method.into();
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Errand {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// How the answer is to be delivered, as the contract spells it.
    pub fn delivered(mut self, delivery: &str) -> Errand {
        self.delivery = delivery.into();
        self
    }

    /// Which credential to attach.
    pub fn credential(mut self, name: &str) -> Errand {
        self.credential = Some(name.into());
        self
    }

    /// The guest's own limit of the time until the head of the answer.
    pub fn first_byte_ms(mut self, limit: u32) -> Errand {
        self.first_byte_ms = Some(limit);
        self
    }

    /// The guest's own limit of the time between two pieces of the answer.
    pub fn idle_ms(mut self, limit: u32) -> Errand {
        self.idle_ms = Some(limit);
        self
    }

    /// The guest's own limit of the answer's size.
    pub fn response_bytes(mut self, limit: u32) -> Errand {
        self.response_bytes = Some(limit);
        self
    }

    /// Sends the courier, and returns what it was handed.
    pub async fn run(self, runtime: &Runtime) -> Vec<Seen> {
        run(runtime, [self]).await
    }

    /// Sends the courier, and returns the kind and message of its failure; anything else fails the
    /// test.
    pub async fn failure(self, runtime: &Runtime) -> (String, String) {
        match self.run(runtime).await.pop() {
            Some(Seen::Failed { kind, message }) => (kind, message),
            other => panic!("no failure: {other:?}"),
        }
    }
}

/// Sends the courier on these errands, one after the other, and returns what it was handed,
/// settings left out.
pub async fn run(runtime: &Runtime, errands: impl IntoIterator<Item = Errand>) -> Vec<Seen> {
    let (mut seen, _) = walk(runtime, "courier/errands", errands).await;
    seen.remove(0);
    seen
}

/// The same, with the settings first, and with all that is in the courier's memory at the end.
pub async fn run_and_dump(
    runtime: &Runtime,
    errands: impl IntoIterator<Item = Errand>,
) -> (Vec<Seen>, Vec<u8>) {
    walk(runtime, "courier/dump", errands).await
}

/// The words of the errands, as the courier's message has them.
pub fn message(errands: impl IntoIterator<Item = Errand>) -> String {
    let errands: Vec<Errand> = errands.into_iter().collect();
    serde_json::to_string(&errands).expect("errands are JSON")
}

/// Everything that a list of reports holds, as one text to be searched.
pub fn all_text(seen: &[Seen]) -> String {
    format!("{seen:?}")
}

async fn walk(
    runtime: &Runtime,
    model: &str,
    errands: impl IntoIterator<Item = Errand>,
) -> (Vec<Seen>, Vec<u8>) {
    let events = stream(runtime, model, &message(errands)).await;
    let mut events = events.unwrap_or_else(|error| panic!("{error}"));
    let mut seen = Vec::new();
    let mut memory = Vec::new();
    while let Some(event) = events.next().await {
        match event.unwrap_or_else(|error| panic!("{error}")) {
            StreamEvent::Raw(report) => {
                seen.push(serde_json::from_str(&report).expect("a report is JSON"));
            }
            StreamEvent::File(page) => match page.media.source {
                MediaSource::Bytes(bytes) => memory.extend(bytes),
                other => panic!("no page of memory: {other:?}"),
            },
            _ => {}
        }
    }
    (seen, memory)
}
