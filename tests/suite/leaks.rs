//! Ten thousand calls, good ones and bad ones, leave no memory and no handles behind. Measured in a
//! process of its own, because the tests around it come and go in this one.

use std::fs;
use std::process::Command;

use tidegate_host::{CallOptions, Isolation, Limits, ProviderConfig, Runtime};
use tidegate_tests::calls::{ask, builder_with, fault, question, stream};
use tidegate_tests::guests::component;
use tidegate_tests::upstream::Upstream;

use crate::answers::{hello, openai_at};

#[test]
fn ten_thousand_calls_leave_nothing_behind() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "leaks::in_a_process_of_its_own",
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

#[test]
#[ignore = "run by the test above, in a process of its own"]
fn in_a_process_of_its_own() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let upstream = Upstream::answering(hello());
    let limits = Limits {
        memory: 4 << 20,
        ..Limits::default()
    };
    let runtime = builder_with("openai", openai_at(&upstream))
        .await
        .provider("echo", component("echo").await, ProviderConfig::new())
        .provider(
            "shared",
            component("echo").await,
            ProviderConfig::new().isolation(Isolation::Caller),
        )
        .provider(
            "rogue",
            component("rogue").await,
            ProviderConfig::new().limits(limits),
        )
        .build()
        .unwrap();
    // What is kept on purpose (slots of the pool, connections, the allocator's own) is there first.
    calls(&runtime, 1_000).await;
    let before = (resident(), handles());
    calls(&runtime, 10_000).await;
    let after = (resident(), handles());
    println!("KiB resident and handles: {before:?}, then {after:?}");
    // A leak of one page a call would be 40 MB.
    assert!(
        after.0 < before.0 + 16 * 1024,
        "memory: {before:?}, then {after:?}"
    );
    assert!(
        after.1 <= before.1 + 2,
        "handles: {before:?}, then {after:?}"
    );
    for provider in runtime.providers() {
        assert_eq!(provider.calls(), 0);
    }
}

/// Mostly echoes, half of them in used instances; now and then an answer of an upstream, a trap, and too much memory.
async fn calls(runtime: &Runtime, count: usize) {
    let text = "four words of text ".repeat(50);
    for call in 0..count {
        match call % 100 {
            25 => {
                let answer = stream(runtime, "openai/gpt-5-mini", "Hi").await.unwrap();
                answer.complete().await.unwrap();
            }
            50 => drop(fault(ask(runtime, "rogue/panic-in-step", "").await)),
            75 => drop(fault(ask(runtime, "rogue/hoard", "").await)),
            _ if call % 2 == 0 => {
                let options = CallOptions {
                    caller: Some(format!("caller-{}", call % 7).into()),
                    ..CallOptions::default()
                };
                let answer = runtime.chat(question("shared/echo-1", &text), options);
                answer.await.unwrap().complete().await.unwrap();
            }
            _ => {
                ask(runtime, "echo/echo-1", &text).await.unwrap();
            }
        }
    }
}

/// Resident memory, in KiB.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    let digits: String = line.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

/// Open files, sockets included.
fn handles() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}
