//! The same work without a sandbox: reqwest, serde_json, and our own framing.

use std::hint::black_box;

use serde::{Deserialize, Serialize};
use tidegate_host::framing::{Decoder, FrameLimits, Framing};
use tidegate_host::types::Frame;

pub struct Native {
    client: reqwest::Client,
    url: String,
}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    messages: [Message<'a>; 2],
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'a str,
    content: &'a str,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Choice {
    message: Content,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Content {
    content: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    prompt_tokens: u32,
    completion_tokens: u32,
}

#[derive(Deserialize)]
struct Chunk {
    choices: Vec<ChunkChoice>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct ChunkChoice {
    delta: Content,
    finish_reason: Option<String>,
}

impl Native {
    pub fn new(origin: &str) -> Self {
        // The first caller decides on the process's TLS; the sandbox has decided for itself.
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .no_proxy()
            .build()
            .unwrap();
        Native {
            client,
            url: format!("{origin}/v1/chat/completions"),
        }
    }

    fn post(&self, stream: bool) -> reqwest::RequestBuilder {
        let request = Request {
            model: "gpt-5-mini",
            messages: [
                Message {
                    role: "system",
                    content: crate::sandbox::SYSTEM,
                },
                Message {
                    role: "user",
                    content: crate::sandbox::PROMPT,
                },
            ],
            stream,
            stream_options: stream.then_some(StreamOptions {
                include_usage: true,
            }),
        };
        self.client
            .post(&self.url)
            .header("authorization", "Bearer sk-bench-0123456789")
            .header("content-type", "application/json")
            .body(serde_json::to_vec(&request).unwrap())
    }

    pub async fn complete(&self) {
        let response = self.post(false).send().await.unwrap();
        let body = response.bytes().await.unwrap();
        let completion: Completion = serde_json::from_slice(&body).unwrap();
        let choice = &completion.choices[0];
        let usage = completion.usage.as_ref().unwrap();
        assert_eq!(choice.finish_reason.as_deref(), Some("stop"));
        black_box((
            &choice.message.content,
            usage.prompt_tokens,
            usage.completion_tokens,
        ));
    }

    pub async fn stream(&self) {
        let mut response = self.post(true).send().await.unwrap();
        let limits = FrameLimits {
            frame_bytes: 1 << 20,
        };
        let mut decoder = Decoder::new(Framing::ServerSentEvents, limits);
        let mut frames = Vec::new();
        let mut seen = 0;
        while let Some(piece) = response.chunk().await.unwrap() {
            decoder.push(&piece, &mut frames).unwrap();
            for frame in frames.drain(..) {
                let Frame::Event(event) = frame else { continue };
                if event.data == "[DONE]" {
                    continue;
                }
                let chunk: Chunk = serde_json::from_str(&event.data).unwrap();
                for choice in chunk.choices {
                    seen += usize::from(choice.delta.content.is_some());
                    black_box((choice.delta.content, choice.finish_reason));
                }
                black_box(chunk.usage);
            }
        }
        assert_eq!(seen, crate::upstream::CHUNKS);
    }
}
