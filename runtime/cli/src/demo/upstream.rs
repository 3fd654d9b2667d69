//! A scripted upstream on 127.0.0.1 that speaks the wire formats of OpenAI's chat completions and
//! Anthropic's messages.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// How fast it "thinks", unless the model is called `fast`.
const PACE: Duration = Duration::from_millis(25);

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// Runs until it is dropped.
pub struct Upstream {
    address: SocketAddr,
    server: tokio::task::JoinHandle<()>,
}

impl Upstream {
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let server = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let _ = connection.set_nodelay(true);
                tokio::spawn(async move {
                    let service = service_fn(answer);
                    let server = hyper::server::conn::http1::Builder::new();
                    // A client that goes away is the business of the client.
                    let _ = server
                        .serve_connection(TokioIo::new(connection), service)
                        .await;
                });
            }
        });
        Ok(Upstream { address, server })
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    let path = request.uri().path().to_owned();
    let keyed = ["authorization", "x-api-key"]
        .iter()
        .any(|name| request.headers().contains_key(*name));
    let body = match request.into_body().collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => Bytes::new(),
    };
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let pace = match body["model"].as_str() {
        Some("fast") => Duration::ZERO,
        _ => PACE,
    };
    let stream = body["stream"] == true;
    Ok(match path.as_str() {
        _ if !keyed => refuse(StatusCode::UNAUTHORIZED, "no key came with the request"),
        "/v1/chat/completions" if stream => events(openai_events(), pace),
        "/v1/chat/completions" => document(openai_document()),
        "/v1/messages" if stream => events(anthropic_events(), pace),
        "/v1/messages" => document(anthropic_document()),
        _ => refuse(StatusCode::NOT_FOUND, "this upstream has no such path"),
    })
}

const OPENAI_TEXT: &str = "A sandbox that imports nothing has nothing to leak: the host sends \
    the request, adds the key, and hands back only the answer.";
const ANTHROPIC_TEXT: &str = "The same conversation, another wire format, the same events: the \
    difference lives in one component of a few hundred kilobytes.";

fn openai_events() -> Vec<String> {
    let chunk = |delta: Value, finish: Option<&str>| {
        let choice = json!({ "index": 0, "delta": delta, "finish_reason": finish });
        let chunk = json!({
            "id": "chatcmpl-demo", "object": "chat.completion.chunk", "created": 1_790_000_000,
            "model": "gpt-demo", "choices": [choice],
        });
        format!("data: {chunk}\n\n")
    };
    let mut events = vec![chunk(json!({ "role": "assistant", "content": "" }), None)];
    events.extend(words(OPENAI_TEXT).map(|word| chunk(json!({ "content": word }), None)));
    events.push(chunk(json!({}), Some("stop")));
    let usage = json!({ "prompt_tokens": 21, "completion_tokens": 27, "total_tokens": 48 });
    let last = json!({
        "id": "chatcmpl-demo", "object": "chat.completion.chunk", "created": 1_790_000_000,
        "model": "gpt-demo", "choices": [], "usage": usage,
    });
    events.push(format!("data: {last}\n\n"));
    events.push("data: [DONE]\n\n".into());
    events
}

fn openai_document() -> Value {
    json!({
        "id": "chatcmpl-demo", "object": "chat.completion", "created": 1_790_000_000,
        "model": "gpt-demo",
        "choices": [{
            "index": 0, "finish_reason": "stop",
            "message": { "role": "assistant", "content": OPENAI_TEXT },
        }],
        "usage": { "prompt_tokens": 21, "completion_tokens": 27, "total_tokens": 48 },
    })
}

fn anthropic_events() -> Vec<String> {
    let event = |event: Value| {
        let kind = event["type"].as_str().unwrap_or_default().to_owned();
        format!("event: {kind}\ndata: {event}\n\n")
    };
    let mut events = vec![
        event(json!({ "type": "message_start", "message": {
            "id": "msg_demo", "type": "message", "role": "assistant", "model": "claude-demo",
            "content": [], "stop_reason": null, "stop_sequence": null,
            "usage": { "input_tokens": 24, "output_tokens": 1 },
        }})),
        event(json!({ "type": "content_block_start", "index": 0,
            "content_block": { "type": "text", "text": "" } })),
    ];
    events.extend(words(ANTHROPIC_TEXT).map(|word| {
        event(json!({ "type": "content_block_delta", "index": 0,
            "delta": { "type": "text_delta", "text": word } }))
    }));
    events.push(event(json!({ "type": "content_block_stop", "index": 0 })));
    events.push(event(json!({ "type": "message_delta",
        "delta": { "stop_reason": "end_turn", "stop_sequence": null },
        "usage": { "output_tokens": 26 } })));
    events.push(event(json!({ "type": "message_stop" })));
    events
}

fn anthropic_document() -> Value {
    json!({
        "id": "msg_demo", "type": "message", "role": "assistant", "model": "claude-demo",
        "content": [{ "type": "text", "text": ANTHROPIC_TEXT }],
        "stop_reason": "end_turn", "stop_sequence": null,
        "usage": { "input_tokens": 24, "output_tokens": 26 },
    })
}

fn words(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split_inclusive(' ')
}

fn events(events: Vec<String>, pace: Duration) -> Response<Body> {
    respond(StatusCode::OK, "text/event-stream", paced(events, pace))
}

fn paced(
    events: Vec<String>,
    pace: Duration,
) -> impl Stream<Item = Result<Frame<Bytes>, Infallible>> + Send {
    futures::stream::unfold(events.into_iter(), move |mut events| async move {
        let event = events.next()?;
        if !pace.is_zero() {
            tokio::time::sleep(pace).await;
        }
        Some((Ok(Frame::data(event.into())), events))
    })
}

fn document(document: Value) -> Response<Body> {
    let mut response = Response::new(Full::new(document.to_string().into()).boxed_unsync());
    let json = hyper::header::HeaderValue::from_static("application/json");
    response
        .headers_mut()
        .insert(hyper::header::CONTENT_TYPE, json);
    response
}

fn refuse(status: StatusCode, message: &str) -> Response<Body> {
    let mut response = document(json!({ "error": { "message": message } }));
    *response.status_mut() = status;
    response
}

fn respond(
    status: StatusCode,
    content_type: &'static str,
    body: impl Stream<Item = Result<Frame<Bytes>, Infallible>> + Send + 'static,
) -> Response<Body> {
    let mut response = Response::new(StreamBody::new(body).boxed_unsync());
    *response.status_mut() = status;
    let content_type = hyper::header::HeaderValue::from_static(content_type);
    response
        .headers_mut()
        .insert(hyper::header::CONTENT_TYPE, content_type);
    response
}
