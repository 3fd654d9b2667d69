//! Resident memory: idle with ten providers, after load, with many open streams, and after these.

use std::time::Duration;

use anyhow::Result;

use super::Stage;
use crate::answers::{HOLDING, WHOLE};
use crate::load::{Load, open, request};
use crate::machine::resident;

pub const NAME: &str = "memory";
/// How long a gateway gets to notice that its clients are gone.
const SETTLING: Duration = Duration::from_secs(3);

pub async fn run(stage: &Stage) -> Result<()> {
    println!("\nmemory: resident, MiB");
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
        let idle = resident(id)?;
        let whole = request(address, &format!("{}{WHOLE}", contender.prefix), false);
        let load = Load::new(stage.connections, Duration::ZERO, address, whole, 1);
        tokio::time::sleep(stage.measured).await;
        load.end().await?;
        tokio::time::sleep(SETTLING).await;
        let loaded = resident(id)?;
        let held = request(address, &format!("{}{HOLDING}", contender.prefix), true);
        let mut streams = Vec::new();
        for _ in 0..stage.streams {
            streams.push(open(address, &held).await?);
        }
        let open = resident(id)?;
        drop(streams);
        tokio::time::sleep(SETTLING).await;
        println!(
            "  {:<34} {idle:>8.1} {loaded:>10.1} {open:>14.1} {:>8.1}",
            contender.name(),
            resident(id)?
        );
    }
    Ok(())
}
