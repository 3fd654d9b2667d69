//! The same work without a sandbox: hyper on both sides and serde_json in between, by hand. What a
//! gateway with its adapters compiled in would do for one provider, and nothing around it.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use anyhow::Result;
use bytes::{Buf as _, Bytes, BytesMut};
use http_body_util::{BodyExt as _, Either, Full};
use hyper::body::{Body, Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, Uri};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo};
use memchr::memmem;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

type Upstream = Client<HttpConnector, Full<Bytes>>;
type Answer = Response<Either<Full<Bytes>, Translated>>;

/// Serves for as long as it is polled.
pub async fn serve(listener: TcpListener, upstream: Uri) -> Result<()> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Upstream = Client::builder(TokioExecutor::new()).build(connector);
    loop {
        let (socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        let (client, upstream) = (client.clone(), upstream.clone());
        let service = service_fn(move |request| {
            let (client, upstream) = (client.clone(), upstream.clone());
            async move { answer(client, upstream, request).await }
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(socket), service);
        tokio::spawn(connection);
    }
}

async fn answer(client: Upstream, upstream: Uri, request: Request<Incoming>) -> Result<Answer> {
    let body = request.into_body().collect().await?.to_bytes();
    let mut asked: Asked = serde_json::from_slice(&body)?;
    if let Some((_, model)) = asked.model.split_once('/') {
        asked.model = model.to_owned();
    }
    let request = Request::post(upstream)
        .header("authorization", "Bearer sk-bench-0123456789")
        .header("content-type", "application/json")
        .body(Full::from(serde_json::to_vec(&asked)?))?;
    let response = client.request(request).await?;
    if asked.stream {
        let body = Translated {
            upstream: response.into_body(),
            buffer: BytesMut::new(),
        };
        return Ok(Response::builder()
            .header("content-type", "text/event-stream")
            .body(Either::Right(body))?);
    }
    let body = response.into_body().collect().await?.to_bytes();
    let completion: Completion = serde_json::from_slice(&body)?;
    Ok(Response::builder()
        .header("content-type", "application/json")
        .body(Either::Left(Full::from(serde_json::to_vec(&completion)?)))?)
}

/// A stream of chunks, each read and written anew; all that came in one piece leaves in one.
struct Translated {
    upstream: Incoming,
    buffer: BytesMut,
}

impl Body for Translated {
    type Data = Bytes;
    type Error = anyhow::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>>>> {
        loop {
            let frame = ready!(Pin::new(&mut self.upstream).poll_frame(context));
            let Some(frame) = frame.transpose()? else {
                return Poll::Ready(None);
            };
            if let Some(data) = frame.data_ref() {
                self.buffer.extend_from_slice(data);
            }
            let out = translate(&mut self.buffer)?;
            if !out.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(out.into()))));
            }
        }
    }
}

fn translate(buffer: &mut BytesMut) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    while let Some(end) = memmem::find(buffer, b"\n\n") {
        let data = buffer[..end].strip_prefix(b"data: ").unwrap_or_default();
        out.extend_from_slice(b"data: ");
        match data {
            b"[DONE]" => out.extend_from_slice(data),
            data => serde_json::to_writer(&mut out, &serde_json::from_slice::<Chunk>(data)?)?,
        }
        out.extend_from_slice(b"\n\n");
        buffer.advance(end + 2);
    }
    Ok(out)
}

#[derive(Serialize, Deserialize)]
struct Asked {
    model: String,
    messages: Vec<Message>,
    #[serde(default)]
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
}

#[derive(Serialize, Deserialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize, Deserialize)]
struct Message {
    role: String,
    content: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Completion {
    id: String,
    object: String,
    created: u64,
    model: String,
    choices: Vec<Choice>,
    usage: Option<Usage>,
}

#[derive(Serialize, Deserialize)]
struct Choice {
    index: u32,
    message: Message,
    finish_reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Usage {
    prompt_tokens: u32,
    completion_tokens: u32,
    total_tokens: u32,
}

#[derive(Serialize, Deserialize)]
struct Chunk {
    id: String,
    object: String,
    created: u64,
    model: String,
    choices: Vec<ChunkChoice>,
    usage: Option<Usage>,
}

#[derive(Serialize, Deserialize)]
struct ChunkChoice {
    index: u32,
    delta: Delta,
    finish_reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Delta {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
}
