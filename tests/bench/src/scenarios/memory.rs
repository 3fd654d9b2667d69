//! Memory: idle with ten providers, after load, with many open streams, and after these.
//!
//! Resident memory is the strict figure. It counts a page as often as it is mapped, and every instance
//! maps the pages of its component's image: proportional memory, below it, has them once.

use std::time::Duration;

use anyhow::Result;

use super::Stage;
use crate::answers::{HOLDING, WHOLE};
use crate::load::{Load, open, request};
use crate::machine::{Memory, memory};

pub const NAME: &str = "memory";
/// How long a gateway gets to notice that its clients are gone.
const SETTLING: Duration = Duration::from_secs(3);

pub async fn run(stage: &Stage) -> Result<()> {
    println!("\nmemory: resident, and below it proportional, MiB");
    println!(
        "  {:<34} {:>8} {:>10} {:>14} {:>8}",
        "",
        "idle",
        "after load",
        format!("{} streams", stage.streams),
        "after"
    );
    let mut seen = Vec::new();
    for contender in &stage.contenders {
        let id = contender.process.id();
        // Several ways of asking share a process; the first one stands for them.
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        let address = contender.process.address;
        let idle = memory(id)?;
        let whole = request(address, &format!("{}{WHOLE}", contender.prefix), false);
        let load = Load::new(stage.connections, Duration::ZERO, address, whole, 1);
        tokio::time::sleep(stage.measured).await;
        load.end().await?;
        tokio::time::sleep(SETTLING).await;
        let loaded = memory(id)?;
        let held = request(address, &format!("{}{HOLDING}", contender.prefix), true);
        let mut streams = Vec::new();
        for _ in 0..stage.streams {
            streams.push(open(address, &held).await?);
        }
        let open = memory(id)?;
        drop(streams);
        tokio::time::sleep(SETTLING).await;
        let seen = [idle, loaded, open, memory(id)?];
        print(contender.name(), seen.map(|memory: Memory| memory.resident));
        print("", seen.map(|memory: Memory| memory.proportional));
    }
    Ok(())
}

fn print(name: &str, [idle, loaded, open, after]: [f64; 4]) {
    println!("  {name:<34} {idle:>8.1} {loaded:>10.1} {open:>14.1} {after:>8.1}");
}
