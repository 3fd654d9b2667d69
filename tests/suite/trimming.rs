//! What a burst of calls leaves behind is given back, and no call notices: neither one that is under
//! way, nor one that finds the pool nearly full.

use std::fs;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use futures::StreamExt as _;
use tidegate_host::{
    Component, Engine, EngineConfig, EventStream, Limits, ProviderConfig, Runtime,
};
use tidegate_tests::calls::{ask, stream};
use tidegate_tests::guests::bytes;
use tidegate_tests::upstream::{Upstream, Valve};

use crate::answers::{hello, openai_at};

/// A runtime with `echo` and `openai`, on an engine of its own.
async fn runtime(engine: &Engine, upstream: &Upstream) -> Runtime {
    let load = async |name| {
        let component = Component::from_bytes(engine, name, bytes(name)).await;
        component.unwrap()
    };
    let many = ProviderConfig::new().limits(Limits {
        concurrency: 1_024,
        ..Limits::default()
    });
    Runtime::builder()
        .provider("echo", load("echo").await, many)
        .provider("openai", load("openai").await, openai_at(upstream))
        .build()
        .unwrap()
}

fn engine(instances: u32) -> Engine {
    Engine::new(EngineConfig {
        instances,
        ..EngineConfig::default()
    })
    .unwrap()
}

/// So many streams of `echo` that have begun.
async fn begin(runtime: &Runtime, count: usize) -> Vec<EventStream> {
    let mut streams = Vec::new();
    for _ in 0..count {
        let mut stream = stream(runtime, "echo/echo-1", "Hello").await.unwrap();
        stream.next().await.unwrap().unwrap();
        streams.push(stream);
    }
    streams
}

#[tokio::test]
async fn what_a_burst_leaves_behind_is_given_back_and_calls_under_way_go_on() {
    let valve = Valve::shut();
    let upstream = Upstream::answering(hello().drip(&valve));
    let engine = engine(1_024);
    let runtime = runtime(&engine, &upstream).await;
    let before = engine.idle_memory();
    let burst = begin(&runtime, 400).await;
    // It lies among them in the pool.
    let mut under_way = stream(&runtime, "openai/gpt-5-mini", "Hi").await.unwrap();
    valve.release(1);
    under_way.next().await.unwrap().unwrap();
    drop(burst);
    let after_burst = engine.idle_memory();
    assert!(after_burst.slots >= 400, "{after_burst:?}");
    assert!(
        after_burst.bytes > 8 * before.bytes.max(64 << 10),
        "{before:?}, {after_burst:?}"
    );

    engine.trim();
    let trimmed = engine.idle_memory();
    // Some tens of warm slots are kept, of 400.
    assert!(trimmed.bytes > 0, "{trimmed:?}");
    assert!(
        trimmed.bytes < after_burst.bytes / 4,
        "{after_burst:?}, {trimmed:?}"
    );
    valve.open();
    let answer = under_way.complete().await.unwrap();
    assert!(answer.text().ends_with("lo ☀"), "{answer:?}");
}

#[test]
fn what_is_given_back_is_the_systems_again() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "trimming::in_a_process_of_its_own",
            "--ignored",
            "--nocapture",
        ])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[tokio::test]
#[ignore = "run by the test above, in a process of its own: the tests around it come and go in this one"]
async fn in_a_process_of_its_own() {
    let upstream = Upstream::answering(hello());
    // Too few for it to happen by itself.
    let engine = engine(1_024);
    let runtime = runtime(&engine, &upstream).await;
    drop(begin(&runtime, 400).await);
    let (idle, resident) = (engine.idle_memory(), anonymous());
    engine.trim();
    let freed = idle.bytes - engine.idle_memory().bytes;
    let returned = resident.saturating_sub(anonymous());
    assert!(
        returned > freed / 4 * 3,
        "{returned} bytes of {freed} were given back"
    );
}

/// Resident bytes of this process that no file has.
fn anonymous() -> usize {
    let rollup = fs::read_to_string("/proc/self/smaps_rollup").unwrap();
    let line = rollup.lines().find(|line| line.starts_with("Anonymous:"));
    let kib: usize = line
        .unwrap()
        .split_whitespace()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    kib << 10
}

#[tokio::test]
async fn a_second_burst_is_given_back_like_the_first() {
    let upstream = Upstream::answering(hello());
    let engine = engine(1_024);
    let runtime = runtime(&engine, &upstream).await;
    let mut left = Vec::new();
    for burst in [400, 150, 500] {
        drop(begin(&runtime, burst).await);
        engine.trim();
        left.push(engine.idle_memory().bytes);
    }
    // About the same number of slots is kept each time.
    let (least, most) = (left.iter().min().unwrap(), left.iter().max().unwrap());
    assert!(*least > 0 && *most < 4 * least, "{left:?}");
}

#[tokio::test]
async fn slots_are_clean_after_a_trim() {
    let upstream = Upstream::answering(hello());
    let engine = engine(512);
    let runtime = runtime(&engine, &upstream).await;
    for _ in 0..3 {
        let burst = begin(&runtime, 200).await;
        for stream in burst {
            assert_eq!(stream.complete().await.unwrap().text(), "Hello");
        }
        engine.trim();
    }
    // Another component in a slot that was one's of `echo`.
    let answer = stream(&runtime, "openai/gpt-5-mini", "Hi").await.unwrap();
    let answer = answer.complete().await.unwrap();
    assert!(answer.text().ends_with("lo ☀"), "{answer:?}");
}

#[tokio::test]
async fn calls_find_room_while_memory_is_given_back() {
    let upstream = Upstream::answering(hello());
    let engine = engine(200);
    let runtime = runtime(&engine, &upstream).await;
    // All of the pool has been used, and half of it is.
    let mut open = begin(&runtime, 200).await;
    open.truncate(100);
    let over = Arc::new(AtomicBool::new(false));
    let trimming = thread::spawn({
        let (engine, over) = (engine.clone(), over.clone());
        move || {
            let mut rounds = 0;
            while !over.load(Relaxed) {
                engine.trim();
                rounds += 1;
            }
            rounds
        }
    });
    let mut refused = 0;
    for _ in 0..200 {
        refused += usize::from(ask(&runtime, "echo/echo-1", "Hello").await.is_err());
    }
    over.store(true, Relaxed);
    let rounds = trimming.join().unwrap();
    assert!(refused == 0, "{refused} calls failed in {rounds} trims");
    for stream in open {
        stream.complete().await.unwrap();
    }
}
