//! Compressed answers: undone before the guest sees them, bounded by what they unpack to, and
//! refused where they are not what they say.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use tidegate_host::{Limits, ProviderConfig, Runtime};
use tidegate_tests::calls::{ask, runtime_with};
use tidegate_tests::courier::{Errand, Seen};
use tidegate_tests::upstream::{Answer, Framing, Split, Upstream};

use crate::answers::openai_at;

const TEXT: &str = "the same words, the same words, the same words ☀\n";

async fn courier(upstream: &Upstream, limits: Limits) -> Runtime {
    let config = ProviderConfig::new()
        .allow(upstream.url("/*"))
        .limits(limits);
    runtime_with("courier", config).await
}

fn packed(encoding: &str, body: &[u8]) -> Vec<u8> {
    match encoding {
        "gzip" => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(body).unwrap();
            encoder.finish().unwrap()
        }
        // What HTTP calls so is zlib's format.
        "deflate" => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(body).unwrap();
            encoder.finish().unwrap()
        }
        "br" => {
            let mut packed = Vec::new();
            let mut encoder = brotli::CompressorWriter::new(&mut packed, 4096, 5, 22);
            encoder.write_all(body).unwrap();
            drop(encoder);
            packed
        }
        "zstd" => zstd::encode_all(body, 3).unwrap(),
        other => panic!("`{other}`"),
    }
}

fn answer(encoding: &str, body: &[u8]) -> Answer {
    Answer::new(200)
        .header("content-encoding", encoding)
        .body(packed(encoding, body))
}

const ENCODINGS: [&str; 4] = ["gzip", "deflate", "br", "zstd"];

#[tokio::test]
async fn each_encoding_is_offered_and_undone() {
    for encoding in ENCODINGS {
        for split in [Split::Whole, Split::EveryByte] {
            let answer = answer(encoding, TEXT.as_bytes())
                .framed(Framing::Chunked)
                .split(split);
            let upstream = Upstream::answering(answer);
            let runtime = courier(&upstream, Limits::default()).await;
            let seen = Errand::get(upstream.url("/")).run(&runtime).await;
            let Seen::Response { headers, body, .. } = &seen[0] else {
                panic!("{encoding}: {seen:?}");
            };
            assert_eq!(body.as_deref(), Some(TEXT), "{encoding}");
            let named = |name: &str| headers.iter().any(|(header, _)| header == name);
            assert!(
                !named("content-encoding") && !named("content-length"),
                "{headers:?}"
            );
            let offered = upstream.requests()[0]
                .header("accept-encoding")
                .unwrap()
                .to_owned();
            assert!(offered.contains(encoding), "{offered}");
        }
    }
}

#[tokio::test]
async fn a_stream_of_events_may_be_compressed() {
    let events = [
        r#"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"Hello ☀"},"finish_reason":"stop"}]}"#,
        "[DONE]",
    ];
    let body: String = events
        .iter()
        .map(|event| format!("data: {event}\n\n"))
        .collect();
    for encoding in ENCODINGS {
        let answer = answer(encoding, body.as_bytes()).header("content-type", "text/event-stream");
        let upstream = Upstream::answering(answer.framed(Framing::Chunked).split(Split::Every(7)));
        let runtime = runtime_with("openai", openai_at(&upstream)).await;
        let request = tidegate_tests::calls::stream(&runtime, "openai/m", "Hi")
            .await
            .unwrap();
        assert_eq!(
            request.complete().await.unwrap().text(),
            "Hello ☀",
            "{encoding}"
        );
    }
}

#[tokio::test]
async fn a_bomb_is_stopped_by_what_it_unpacks_to() {
    let limits = Limits {
        response: 1 << 20,
        ..Limits::default()
    };
    // 64 MiB of zeros, in some 64 KiB and less.
    let zeros = vec![0; 64 << 20];
    for encoding in ENCODINGS {
        let upstream = Upstream::answering(answer(encoding, &zeros));
        for delivery in ["whole", "chunks", "server-sent-events"] {
            let runtime = courier(&upstream, limits.clone()).await;
            let errand = Errand::get(upstream.url("/")).delivered(delivery);
            let (kind, message) = errand.failure(&runtime).await;
            assert_eq!(kind, "too-large", "{encoding} {delivery}");
            assert_eq!(message, "the answer has more than 1048576 bytes");
        }
    }
}

#[tokio::test]
async fn an_encoding_that_nobody_asked_for_is_malformed() {
    for encoding in [
        "compress",
        "exi",
        "gzip, gzip",
        "gzip, br",
        "identity, gzip",
    ] {
        let body = packed("gzip", TEXT.as_bytes());
        let answer = Answer::new(200)
            .header("content-encoding", encoding)
            .body(body);
        let upstream = Upstream::answering(answer);
        let runtime = courier(&upstream, Limits::default()).await;
        let (kind, message) = Errand::get(upstream.url("/")).failure(&runtime).await;
        assert_eq!(kind, "malformed", "{encoding}: {message}");
    }
}

#[tokio::test]
async fn what_is_not_encoded_as_it_says_is_malformed() {
    for encoding in ENCODINGS {
        let whole = packed(encoding, TEXT.as_bytes());
        let half = whole[..whole.len() / 2].to_vec();
        for body in [TEXT.as_bytes().to_vec(), half] {
            let answer = Answer::new(200)
                .header("content-encoding", encoding)
                .body(body);
            let upstream = Upstream::answering(answer);
            let runtime = courier(&upstream, Limits::default()).await;
            let (kind, message) = Errand::get(upstream.url("/")).failure(&runtime).await;
            assert!(
                ["malformed", "interrupted"].contains(&kind.as_str()),
                "{encoding}: {kind}: {message}"
            );
        }
    }
}

#[tokio::test]
async fn an_error_that_is_compressed_can_be_read() {
    let error = br#"{"error":{"message":"no such model","code":"model_not_found"}}"#;
    let answer = Answer::new(404)
        .header("content-type", "application/json")
        .header("content-encoding", "gzip")
        .body(packed("gzip", error));
    let upstream = Upstream::answering(answer);
    let runtime = runtime_with("openai", openai_at(&upstream)).await;
    let error = ask(&runtime, "openai/gpt-17", "Hi").await.unwrap_err();
    assert_eq!(error.to_string(), "no such model");
}

/// A decoder sets aside as much as the answer says it needs, before a byte of it is decoded. RFC 9659
/// allows 8 MiB.
#[tokio::test]
async fn a_window_larger_than_http_allows_is_refused() {
    for (window_log, accepted) in [(23, true), (24, false), (27, false)] {
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(window_log).unwrap();
        encoder.write_all(TEXT.as_bytes()).unwrap();
        let answer = Answer::new(200)
            .header("content-encoding", "zstd")
            .body(encoder.finish().unwrap());
        let upstream = Upstream::answering(answer);
        let runtime = courier(&upstream, Limits::default()).await;
        let seen = Errand::get(upstream.url("/")).run(&runtime).await;
        match seen.as_slice() {
            [Seen::Response { body, .. }] => {
                assert!(accepted, "{window_log}");
                assert_eq!(body.as_deref(), Some(TEXT));
            }
            [Seen::Failed { kind, .. }] => {
                assert!(!accepted, "{window_log}");
                assert_eq!(kind, "malformed");
            }
            other => panic!("{other:?}"),
        }
    }
}
