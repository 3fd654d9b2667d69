//! What the courier is asked to fetch, as JSON.

use serde::Deserialize;
use tidegate_guest::types::*;

#[derive(Deserialize)]
struct Errand {
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

/// The errands in the first text of the conversation.
pub fn read(request: &ChatRequest) -> Result<Vec<HttpRequest>, Error> {
    let mut parts = request.messages.iter().flat_map(|message| &message.parts);
    let text = parts.find_map(|part| match &part.content {
        PartContent::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let errands: Vec<Errand> = serde_json::from_str(text.unwrap_or("[]")).map_err(wrong)?;
    errands.into_iter().map(request_of).collect()
}

fn request_of(errand: Errand) -> Result<HttpRequest, Error> {
    let header = |(name, value)| Header { name, value };
    Ok(HttpRequest {
        method: errand.method,
        url: errand.url,
        headers: errand.headers.into_iter().map(header).collect(),
        body: errand.body.map(Content::Text),
        delivery: match errand.delivery.as_str() {
            "whole" => Delivery::Whole,
            "chunks" => Delivery::Chunks,
            "lines" => Delivery::Lines,
            "server-sent-events" => Delivery::ServerSentEvents,
            "aws-event-stream" => Delivery::AwsEventStream,
            other => return Err(wrong(format!("delivery `{other}`"))),
        },
        credential: errand.credential,
        limits: FetchLimits {
            first_byte_ms: errand.first_byte_ms,
            idle_ms: errand.idle_ms,
            response_bytes: errand.response_bytes,
        },
    })
}

fn wrong(problem: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::InvalidRequest, format!("no errand: {problem}"))
}
