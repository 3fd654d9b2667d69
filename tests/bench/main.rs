//! What the sandbox costs, in CPU time, beside the same work done without it.
//!
//!     cargo bench -p tidegate-tests --bench host
//!
//! The upstream is a process of its own (this binary, started again), so that its work is not
//! counted. What is compared runs in turn, round by round, and the medians are printed: the
//! machine's speed drifts, and the ratio of neighbours does not.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot run has nothing to say"
)]

mod clock;
mod native;
mod rounds;
mod sandbox;
mod upstream;

use rounds::{Round, compare};

fn main() {
    if std::env::args().any(|argument| argument == upstream::ARGUMENT) {
        return upstream::serve();
    }
    clock::pin();
    let upstream = upstream::Process::start();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let sandbox = runtime.block_on(sandbox::Sandbox::new(&upstream.origin));
    let native = native::Native::new(&upstream.origin);

    println!("CPU time per call, medians of interleaved rounds, one pinned core");
    compare(
        "instances and calls without network",
        &mut [
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
    );
    compare(
        "a whole completion over HTTP",
        &mut [
            Round::new("native: reqwest and serde_json", 500, || {
                runtime.block_on(native.complete())
            }),
            Round::new("sandboxed: openai", 500, || {
                runtime.block_on(sandbox.complete())
            }),
        ],
    );
    compare(
        "a stream of 1,000 chunks over HTTP, all at once",
        &mut [
            Round::new("native: reqwest and serde_json", 10, || {
                runtime.block_on(native.stream())
            }),
            Round::new("sandboxed: openai", 10, || {
                runtime.block_on(sandbox.stream())
            }),
        ],
    );
    runtime.block_on(sandbox.open_streams(500));
}
