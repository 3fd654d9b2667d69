//! The folder of recordings: its index, and the files of one case.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tidegate_tests::upstream::{Answer, Framing, Split};

/// One exchange.
#[derive(Debug, Clone)]
pub struct Recording {
    /// Its name.
    pub id: String,
    /// Who said it.
    pub provider: String,
    /// The wire format.
    pub dialect: String,
    /// `chat`, `embeddings`, `models`.
    pub op: String,
    /// Whether the peer asked for a stream.
    pub stream: bool,
    /// Whether failing is acceptable; crashing and hanging never are.
    pub optional: bool,
    /// What the peer sent, where it was stored.
    pub request: Option<Value>,
    /// The status of the answer.
    pub status: u16,
    headers: BTreeMap<String, String>,
    /// The exact bytes of the answer.
    pub body: Bytes,
    /// What must come out.
    pub expected: Value,
}

#[derive(Deserialize)]
struct Line {
    id: String,
    dir: String,
    provider: String,
    dialect: String,
    op: String,
    stream: bool,
    optional: bool,
}

#[derive(Deserialize)]
struct Head {
    status: u16,
    headers: BTreeMap<String, String>,
}

/// All recordings of a folder, in the order of its index.
pub fn read(folder: &Path) -> Vec<Recording> {
    let lines: Vec<Line> = parse(&folder.join("index.json"));
    let recordings = lines.into_iter().map(|line| {
        let folder = folder.join(&line.dir);
        let head: Head = parse(&folder.join("response.http.json"));
        let request = folder.join("request.json");
        Recording {
            request: request.exists().then(|| parse(&request)),
            status: head.status,
            headers: head.headers,
            body: std::fs::read(folder.join("response.body")).unwrap().into(),
            expected: parse(&folder.join("expected.json")),
            id: line.id,
            provider: line.provider,
            dialect: line.dialect,
            op: line.op,
            stream: line.stream,
            optional: line.optional,
        }
    });
    recordings.collect()
}

fn parse<T: DeserializeOwned>(path: &Path) -> T {
    let text = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Recording {
    /// The answer, torn apart in this way.
    pub fn answer(&self, split: Split) -> Answer {
        let mut answer = Answer::new(self.status)
            .body(self.body.clone())
            .split(split);
        for (name, value) in &self.headers {
            answer = answer.header(name, value);
        }
        match self.stream {
            true => answer.framed(Framing::Chunked),
            false => answer,
        }
    }

    /// A member of what must come out; `null` where there is none.
    pub fn expects(&self, name: &str) -> &Value {
        self.expected.get(name).unwrap_or(&Value::Null)
    }
}
