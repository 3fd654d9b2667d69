//! Versions change under load, as an operator changes them: no request fails, every stream ends on the
//! version that it began with, and nothing of the old versions is left.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use futures::future::join_all;
use serde_json::{Value, json};
use tidegate_tests::upstream::{Answer, Upstream, Valve};
use tokio::sync::Semaphore;

use super::support::{Operated, good};
use crate::support::{Answered, events};

const PATH: &str = "/v1/chat/completions";
const SWAPS: usize = 200;
const CALLERS: usize = 64;
/// One more stream is opened after so many swaps, and held to the end.
const HELD_EVERY: usize = 25;
/// Calls that end between two swaps.
const BETWEEN: u32 = 4;

fn question(upstream: &Upstream, path: &str) -> Value {
    let model = format!("chameleon/{}", upstream.url(path));
    json!({"model": model, "stream": true, "messages": [{"role": "user", "content": ""}]})
}

/// The version that a stream began on, and the one that it ended on.
fn versions(text: &str) -> (String, String) {
    let events = events(text);
    assert_eq!(events.last().map(String::as_str), Some("[DONE]"), "{text}");
    let pieces = events.iter().filter(|event| *event != "[DONE]");
    let said: String = pieces
        .map(|event| {
            let event: Value = serde_json::from_str(event).unwrap();
            assert_eq!(event["error"], Value::Null, "{event}");
            let content = &event["choices"][0]["delta"]["content"];
            content.as_str().unwrap_or_default().to_owned()
        })
        .collect();
    let (begun, ended) = said.split_once(" … ").expect("what was fetched");
    (begun.into(), ended.into())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_swaps_fail_nobody() {
    let valve = Valve::shut();
    let quick = Answer::stream("text/plain", [" … "]);
    let held = quick.clone().drip(&valve);
    let upstream = Upstream::start(move |request| match request.path() {
        "/held" => held.clone(),
        _ => quick.clone(),
    });
    let operated = Arc::new(Operated::chameleon_at(&upstream).await);
    let provider = operated.served.runtime.provider("chameleon").unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let done = Arc::new(Semaphore::new(0));
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (operated, over, done) = (operated.clone(), over.clone(), done.clone());
            let question = question(&upstream, "/quick");
            tokio::spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    let answer = Answered::of(operated.served.post(PATH, &question)).await;
                    assert_eq!(answer.status, 200, "{}", answer.text);
                    let (begun, ended) = versions(&answer.text);
                    assert_eq!(begun, ended, "one call, one version");
                    done.add_permits(1);
                }
            })
        })
        .collect();
    let mut streams = Vec::new();
    let mut made = vec![Arc::downgrade(&provider.version())];
    for swap in 0..SWAPS {
        if swap % HELD_EVERY == 0 {
            let request = operated.served.post(PATH, &question(&upstream, "/held"));
            let mut answer = request.send().await.unwrap();
            let first = answer.chunk().await.unwrap().unwrap();
            streams.push((provider.version().number(), first.to_vec(), answer));
        }
        done.acquire_many(BETWEEN).await.unwrap().forget();
        let name = format!("bundled:version-{}", 2 - swap % 2);
        let swapped = good(operated.swap_to("chameleon", &name)).await;
        assert_eq!(swapped["changed"], true);
        made.push(Arc::downgrade(&provider.version()));
    }
    over.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.await.unwrap();
    }
    assert_eq!(provider.version().number(), 1 + SWAPS as u64);
    assert_eq!(provider.calls(), SWAPS / HELD_EVERY);

    valve.open();
    let ends = streams
        .into_iter()
        .map(async |(number, mut text, mut answer)| {
            while let Some(piece) = answer.chunk().await.unwrap() {
                text.extend_from_slice(&piece);
            }
            (number, versions(&String::from_utf8(text).unwrap()))
        });
    for (number, (begun, ended)) in join_all(ends).await {
        assert_eq!(begun, ended, "one stream, one version");
        // Odd numbers were `version-1`.
        assert_eq!(begun, format!("version-{}", 2 - number % 2));
    }
    operated.served.until_calls("chameleon", 0).await;
    assert_eq!(operated.get("/admin/calls").await, json!({ "calls": [] }));
    // The current one, and the one that a rollback goes back to.
    let alive = made.iter().filter_map(Weak::upgrade);
    let mut alive: Vec<u64> = alive.map(|version| version.number()).collect();
    alive.sort_unstable();
    assert_eq!(alive, [SWAPS as u64, 1 + SWAPS as u64]);
}
