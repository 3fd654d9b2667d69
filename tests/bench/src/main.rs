//! What a gateway costs, as a process: CPU time per request and per chunk, added latency, memory,
//! cold start; beside the same work without a sandbox, and beside nginx where it is installed.
//!
//!     cargo run --release -p tidegate-bench
//!
//! The upstream and the load are this process, on one core; what is measured runs on another, and is
//! built first as it is shipped (the profile `dist`). What is compared takes turns, and the medians are printed: the machine's
//! speed drifts, and the ratio of neighbours does not.
//!
//!     cargo run --release -p tidegate-bench -- --only requests --binary old/tidegate --binary new/tidegate
//!
//! compares two builds.

#[cfg(target_os = "linux")]
mod scenarios;

#[cfg(target_os = "linux")]
mod contenders;

#[cfg(target_os = "linux")]
mod rounds;

#[cfg(target_os = "linux")]
mod load;

#[cfg(target_os = "linux")]
mod wire;

#[cfg(target_os = "linux")]
mod native;

#[cfg(target_os = "linux")]
mod upstream;

#[cfg(target_os = "linux")]
mod answers;

#[cfg(target_os = "linux")]
mod machine;

use std::path::PathBuf;

use clap::Parser;

/// As in the command, for the native contender's sake.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the gateway as a process.
#[derive(Parser)]
pub struct Arguments {
    /// Only scenarios that have this word in their name.
    #[arg(long, value_name = "WORD")]
    only: Option<String>,
    /// Only contenders that have this word in their name.
    #[arg(long, value_name = "WORD")]
    contender: Option<String>,
    /// Connections that ask at once, where whole completions are measured.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// How often everything is measured; the median counts.
    #[arg(long, default_value_t = 11)]
    rounds: usize,
    /// Everything once and briefly: says whether it works, and nothing else.
    #[arg(long)]
    once: bool,
    /// A `tidegate` to measure in place of the one that is built here; several are compared.
    #[arg(long, value_name = "PATH")]
    binary: Vec<PathBuf>,
    /// A component to measure in place of `bundled:openai`.
    #[arg(long, value_name = "PATH")]
    component: Option<PathBuf>,
    /// Serves as the native contender, asking this origin. For this program itself.
    #[arg(long, value_name = "ORIGIN", hide = true)]
    native: Option<String>,
}

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        // Looks at the sockets often, for it never sleeps while it measures.
        .event_interval(7)
        .build()?;
    let local = tokio::task::LocalSet::new();
    match &arguments.native {
        Some(origin) => runtime.block_on(contenders::serve_natively(origin)),
        None => local.block_on(&runtime, scenarios::run(&arguments)),
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    let _ = Arguments::parse();
    eprintln!("what a process costs is read from `/proc`, which only Linux has");
}
