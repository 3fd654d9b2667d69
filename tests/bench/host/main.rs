//! What the sandbox costs, in CPU time, beside the same work done without it.
//!
//!     cargo bench -p tidegate-bench --bench host
//!
//! The upstream is a process of its own (this binary, started again), so that its work is not
//! counted. What is compared runs in turn, round by round, and the medians are printed: the
//! machine's speed drifts, and the ratio of neighbours does not.
//!
//!     cargo bench -p tidegate-bench --bench host -- --only sandboxed
//!
//! runs what has that word in its name for half a minute, for a profiler to look at. With `--once`
//! everything runs once, which says whether it works and nothing else.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot run has nothing to say"
)]

mod clock;
mod native;
mod rounds;
mod sandbox;
mod upstream;

use std::time::Duration;

use rounds::{Round, compare};

/// As in the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Long enough for a profile, short enough to wait for.
const HALF_A_MINUTE: Duration = Duration::from_secs(30);

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments
        .iter()
        .any(|argument| argument == upstream::ARGUMENT)
    {
        clock::pin(1);
        return upstream::serve();
    }
    let only = arguments
        .iter()
        .skip_while(|argument| *argument != "--only")
        .nth(1);
    clock::pin(0);
    let upstream = upstream::Process::start();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let sandbox = runtime.block_on(sandbox::Sandbox::new(&upstream.origin));
    let native = native::Native::new(&upstream.origin);
    let mut comparisons = [
        (
            "instances and calls without network",
            vec![
                Round::new("fresh instance", 2_000, || {
                    runtime.block_on(sandbox.instantiate())
                }),
                Round::new("echo, 4 KiB", 2_000, || {
                    runtime.block_on(sandbox.echo(4 << 10))
                }),
                Round::new("echo, 100 KiB", 500, || {
                    runtime.block_on(sandbox.echo(100 << 10))
                }),
                Round::new("echo, 1,000 events", 100, || {
                    runtime.block_on(sandbox.echo_events(1_000))
                }),
                Round::new("1,000 steps", 20, || runtime.block_on(sandbox.steps())),
            ],
        ),
        (
            "a whole completion over HTTP",
            vec![
                Round::new("native: reqwest and serde_json", 500, || {
                    runtime.block_on(native.complete())
                }),
                Round::new("sandboxed: openai", 500, || {
                    runtime.block_on(sandbox.complete())
                }),
            ],
        ),
        (
            "sixteen whole completions at once",
            vec![
                Round::new("native, sixteen: reqwest and serde_json", 50, || {
                    runtime.block_on(futures::future::join_all(
                        (0..16).map(|_| native.complete()),
                    ));
                }),
                Round::new("sandboxed, sixteen: openai", 50, || {
                    runtime.block_on(futures::future::join_all(
                        (0..16).map(|_| sandbox.complete()),
                    ));
                }),
            ],
        ),
        (
            "a stream of 1,000 chunks over HTTP, all at once",
            vec![
                Round::new("native stream: reqwest and serde_json", 10, || {
                    runtime.block_on(native.stream())
                }),
                Round::new("sandboxed stream: openai", 10, || {
                    runtime.block_on(sandbox.stream())
                }),
            ],
        ),
    ];
    if let Some(word) = only {
        let mut rounds = comparisons.iter_mut().flat_map(|(_, rounds)| rounds);
        let round = rounds.find(|round| round.name.contains(word.as_str()));
        return round
            .expect("a name that is printed")
            .run_for(HALF_A_MINUTE);
    }
    if arguments.iter().any(|argument| argument == "--once") {
        let rounds = comparisons.iter_mut().flat_map(|(_, rounds)| rounds);
        rounds.for_each(Round::run_once);
        drop(comparisons);
        return runtime.block_on(sandbox.open_streams(1));
    }
    println!("CPU time per call, medians of interleaved rounds, one pinned core");
    for (title, contenders) in &mut comparisons {
        compare(title, contenders);
    }
    drop(comparisons);
    runtime.block_on(sandbox.open_streams(500));
}
