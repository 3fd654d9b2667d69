//! What is measured, one file per question.

mod requests;
mod chunks;
mod paced;
mod latency;
mod memory;
mod cold_start;
mod swaps;

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use tokio::net::TcpListener;
use tokio::task::spawn_local;

use crate::contenders::{self, Contender, Gateway};
use crate::load::Load;
use crate::{Arguments, machine, upstream};

/// Everything that scenarios work on.
struct Stage {
    upstream: SocketAddr,
    contenders: Vec<Contender>,
    gateways: Vec<Gateway>,
    connections: usize,
    rounds: usize,
    /// How long load lasts before it counts, and while it does.
    warm: Duration,
    measured: Duration,
    /// How many streams are held open at once.
    streams: usize,
    /// How often a provider is replaced under load.
    swaps: usize,
}

/// Runs what was asked for.
pub async fn run(arguments: &Arguments) -> Result<()> {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let raised = rustix::process::Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, raised)?;
    machine::pin(machine::OTHERS);
    let folder = tempfile::tempdir()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let upstream = listener.local_addr()?;
    spawn_local(upstream::serve(listener));
    spawn_local(stay_awake());
    let (contenders, gateways) = contenders::start(arguments, upstream, folder.path())?;
    let stage = Stage {
        upstream,
        contenders,
        gateways,
        connections: arguments.connections,
        rounds: if arguments.once { 1 } else { arguments.rounds },
        warm: Duration::from_millis(if arguments.once { 50 } else { 200 }),
        measured: Duration::from_millis(if arguments.once { 100 } else { 500 }),
        streams: if arguments.once { 50 } else { 2_000 },
        swaps: if arguments.once { 4 } else { 200 },
    };
    let wanted = |name: &str| {
        let only = arguments.only.as_ref();
        only.is_none_or(|word| name.contains(word.as_str()))
    };
    // Memory first, while nothing has been asked for yet.
    if wanted(memory::NAME) {
        memory::run(&stage).await?;
    }
    if wanted(requests::NAME) {
        requests::run(&stage).await?;
    }
    if wanted(chunks::NAME) {
        chunks::run(&stage).await?;
    }
    if wanted(paced::NAME) {
        paced::run(&stage).await?;
    }
    if wanted(latency::NAME) {
        latency::run(&stage).await?;
    }
    if wanted(swaps::NAME) {
        swaps::run(&stage, folder.path(), arguments.component.as_deref()).await?;
    }
    if wanted(cold_start::NAME) {
        cold_start::run(&stage).await?;
    }
    Ok(())
}

/// Keeps the core of load and upstream from falling asleep. A contender that writes to a sleeping
/// core has to wake it, which in a virtual machine costs it more than the write itself; and the slower a
/// contender is, the more often its peers fall asleep.
async fn stay_awake() {
    loop {
        tokio::task::yield_now().await;
    }
}

impl Stage {
    /// CPU time of a contender in microseconds per word that its clients read.
    async fn cpu_per_word(&self, contender: &Contender, load: Load) -> Result<f64> {
        let id = contender.process.id();
        tokio::time::sleep(self.warm).await;
        let (words, cpu) = (load.words(), machine::cpu(id)?);
        tokio::time::sleep(self.measured).await;
        let (words, cpu) = (load.words() - words, machine::cpu(id)? - cpu);
        load.end().await?;
        Ok(cpu.as_secs_f64() * 1e6 / words as f64)
    }
}
