//! An upstream that sends the secret back does not hand it to the guest, in whatever form and
//! however it is cut; and in all of the guest's memory there is no trace of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tidegate_host::{ProviderConfig, Runtime};
use tidegate_tests::calls::runtime_with;
use tidegate_tests::courier::{self, Errand, Seen, all_text};
use tidegate_tests::upstream::{Answer, Request, Split, Upstream};

const SECRET: &str = "sk-Tq7vXw2LmZr9KdPe4Yb";
const PUBLIC: &str = "a-header-that-is-no-secret";

/// Says back all that it was told, in its headers and its body.
fn echo(request: &Request) -> Answer {
    let head = String::from_utf8_lossy(&request.head).into_owned();
    let mut answer = Answer::new(200).header("content-type", "text/plain");
    for (name, value) in &request.headers {
        answer = answer.header(&format!("x-echo-{name}"), value);
    }
    answer.header("x-echo-target", &request.target).body(head)
}

async fn courier(upstream: &Upstream, credential: &str, secret: &str) -> Runtime {
    let config = ProviderConfig::new()
        .allow(upstream.url("/*"))
        .secret(credential, secret);
    runtime_with("courier", config).await
}

fn errand(upstream: &Upstream) -> Errand {
    Errand::get(upstream.url("/")).header("x-public", PUBLIC)
}

/// Neither whole nor in part: nothing of it that is longer than chance.
#[track_caller]
fn assert_absent(haystack: &[u8], secret: &str) {
    for needle in secret.as_bytes().windows(10) {
        let found = haystack
            .windows(needle.len())
            .any(|window| window == needle);
        assert!(!found, "`{}` is there", String::from_utf8_lossy(needle));
    }
}

fn assert_present(haystack: &[u8], text: &str) {
    let found = haystack
        .windows(text.len())
        .any(|window| window == text.as_bytes());
    assert!(found, "`{text}` is not there, so nothing is proven");
}

#[tokio::test]
async fn a_guests_whole_memory_does_not_hold_the_secret() {
    for (credential, secret) in [
        ("bearer", SECRET.to_owned()),
        ("header", SECRET.to_owned()),
        ("query", SECRET.to_owned()),
        ("basic", format!("user-of-it:{SECRET}")),
    ] {
        let upstream = Upstream::start(echo);
        let runtime = courier(&upstream, credential, &secret).await;
        let errands = ["whole", "chunks", "lines"].map(|it| errand(&upstream).delivered(it));
        let (seen, memory) = courier::run_and_dump(&runtime, errands).await;
        assert!(upstream.requests().len() == 3, "{seen:?}");
        assert!(memory.len() > 64 << 10);
        for haystack in [memory.as_slice(), all_text(&seen).as_bytes()] {
            assert_present(haystack, PUBLIC);
            assert_absent(haystack, SECRET);
            assert_absent(haystack, &STANDARD.encode(&secret));
        }
    }
}

#[tokio::test]
async fn each_byte_of_it_is_masked_in_headers_and_body() {
    let upstream = Upstream::start(echo);
    let runtime = courier(&upstream, "bearer", SECRET).await;
    let seen = errand(&upstream).run(&runtime).await;
    let Seen::Response { headers, body, .. } = &seen[0] else {
        panic!("{seen:?}");
    };
    let masked = format!("Bearer {}", "*".repeat(SECRET.len()));
    assert!(
        headers.contains(&("x-echo-authorization".into(), masked.clone())),
        "{headers:?}"
    );
    assert!(
        body.as_ref()
            .unwrap()
            .contains(&format!("authorization: {masked}\r\n")),
        "{body:?}"
    );
}

#[tokio::test]
async fn it_is_masked_however_the_body_is_cut() {
    let body = format!("{{\"key\":\"{SECRET}\"}}\n{SECRET}{SECRET} sk-Tq7vXw2-public sk-Tq");
    for split in [
        Split::EveryByte,
        Split::Every(7),
        Split::Every(SECRET.len()),
        Split::Whole,
    ] {
        for delivery in ["whole", "chunks", "lines"] {
            let answer = Answer::stream("text/plain", [body.clone()]).split(split.clone());
            let upstream = Upstream::answering(answer);
            let runtime = courier(&upstream, "bearer", SECRET).await;
            let seen = errand(&upstream).delivered(delivery).run(&runtime).await;
            let text = text(&seen);
            assert_absent(text.as_bytes(), "2LmZr9KdPe4Yb");
            // What only begins like it arrives.
            let stars = "*".repeat(SECRET.len());
            assert!(
                text.contains(&format!("{stars}{stars} sk-Tq7vXw2-public")),
                "{text}"
            );
            assert!(text.ends_with("sk-Tq"), "{text}");
        }
    }
}

#[tokio::test]
async fn it_is_masked_in_events_in_errors_and_in_compressed_answers() {
    let packed = zstd::encode_all(SECRET.as_bytes(), 3).unwrap();
    for answer in [
        Answer::sse([json!({"key": SECRET}).to_string()]).split(Split::EveryByte),
        Answer::json(
            401,
            json!({"error": {"message": format!("bad key `{SECRET}`")}}),
        ),
        Answer::new(200)
            .header("content-encoding", "zstd")
            .body(packed),
    ] {
        let upstream = Upstream::answering(answer);
        let runtime = courier(&upstream, "bearer", SECRET).await;
        let errand = errand(&upstream).delivered("server-sent-events");
        let seen = all_text(&errand.run(&runtime).await);
        assert_absent(seen.as_bytes(), SECRET);
    }
}

#[tokio::test]
async fn a_failure_does_not_repeat_it() {
    // In the URL it is nearest to what an HTTP client says of its failures.
    let absent = Upstream::absent();
    let config = ProviderConfig::new()
        .allow(format!("{}/*", absent.origin()))
        .secret("query", SECRET);
    let runtime = runtime_with("courier", config).await;
    let (kind, message) = Errand::get(absent.origin() + "/").failure(&runtime).await;
    assert_eq!(kind, "unreachable");
    assert_absent(message.as_bytes(), SECRET);
    for answer in [
        Answer::new(200).stall_before_head(),
        Answer::new(200).close_before_head(),
        Answer::new(200).reset_before_head(),
        Answer::new(200).body("abc").stall_after(1),
        Answer::new(200).body("abc").cut_after(1),
        Answer::new(200).body("abc").reset_after(1),
        Answer::new(200)
            .header("content-encoding", "gzip")
            .body("no gzip"),
        Answer::new(200)
            .header("content-encoding", SECRET)
            .body("abc"),
        Answer::raw(format!("no HTTP, but {SECRET}\r\n\r\n")),
    ] {
        let upstream = Upstream::answering(answer.clone());
        let runtime = courier(&upstream, "query", SECRET).await;
        let errand = errand(&upstream).first_byte_ms(200).idle_ms(200);
        let (_, message) = errand.failure(&runtime).await;
        assert_absent(message.as_bytes(), SECRET);
    }
}

#[tokio::test]
async fn basic_credentials_are_masked_in_every_form() {
    let secret = format!("user-of-it:{SECRET}");
    let encoded = STANDARD.encode(&secret);
    let body = format!("{secret} {encoded} {SECRET}");
    let upstream = Upstream::answering(Answer::new(200).body(body));
    let runtime = courier(&upstream, "basic", &secret).await;
    let seen = text(&errand(&upstream).run(&runtime).await);
    assert_absent(seen.as_bytes(), SECRET);
    assert_absent(seen.as_bytes(), &encoded);
}

#[tokio::test]
async fn every_configured_secret_is_masked_whichever_was_sent() {
    // The first request tells the upstream one secret; it says it back to a request that carries
    // the other.
    let upstream =
        Upstream::answering(Answer::new(200).body(format!("{SECRET} sk-8NcHu5GfJs3BaWoEi6Q")));
    let config = ProviderConfig::new()
        .allow(upstream.url("/*"))
        .secret("bearer", SECRET)
        .secret("header", "sk-8NcHu5GfJs3BaWoEi6Q");
    let runtime = runtime_with("courier", config).await;
    for name in ["bearer", "header"] {
        let seen = text(&errand(&upstream).credential(name).run(&runtime).await);
        assert_absent(seen.as_bytes(), SECRET);
        assert_absent(seen.as_bytes(), "sk-8NcHu5GfJs3BaWoEi6Q");
    }
}

#[tokio::test]
async fn a_secret_cannot_be_had_in_parts() {
    // What it is told comes back, as much of it as is asked for.
    let upstream = Upstream::start(|request| {
        let head = String::from_utf8_lossy(&request.head).into_owned();
        let Some(range) = request.header("range") else {
            return Answer::new(200).body(head);
        };
        let (_, range) = range.split_once('=').unwrap();
        let (first, last) = range.split_once('-').unwrap();
        let range = first.parse::<usize>().unwrap()..=last.parse().unwrap();
        Answer::new(206).body(head.get(range).unwrap_or_default().to_owned())
    });
    let runtime = courier(&upstream, "bearer", SECRET).await;
    let mut parts = String::new();
    let mut last = String::new();
    for first in (0..400).step_by(12) {
        let range = format!("bytes={first}-{}", first + 11);
        let seen = errand(&upstream)
            .header("range", &range)
            .run(&runtime)
            .await;
        parts += &text(&seen);
        last = kind(&seen);
    }
    assert_absent(parts.as_bytes(), SECRET);
    assert_eq!(last, "invalid-request");
    assert_eq!(upstream.connections(), 0);
}

/// The kind of the failure it came to; empty where it came to none.
fn kind(seen: &[Seen]) -> String {
    match seen.last() {
        Some(Seen::Failed { kind, .. }) => kind.clone(),
        _ => String::new(),
    }
}

/// All bodies, put together.
fn text(seen: &[Seen]) -> String {
    seen.iter()
        .map(|input| match input {
            Seen::Response {
                body: Some(body), ..
            }
            | Seen::Body(body) => body.clone(),
            Seen::Frames(frames) => frames.join("\n"),
            _ => String::new(),
        })
        .collect()
}
