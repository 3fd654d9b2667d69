//! CPU time per chunk of a stream whose 1,000 chunks come all at once.

use std::time::Duration;

use anyhow::Result;

use super::Stage;
use crate::answers::{BURST, BURSTING};
use crate::contenders::Contender;
use crate::load::{Load, request};
use crate::rounds::Figures;

pub const NAME: &str = "chunks";
const CONNECTIONS: usize = 16;

pub async fn run(stage: &Stage) -> Result<()> {
    let mut figures = Figures::new();
    let measure = async |contender: &Contender| {
        let address = contender.process.address;
        let request = request(address, &format!("{}{BURSTING}", contender.prefix), true);
        let load = Load::new(CONNECTIONS, Duration::ZERO, address, request, BURST);
        stage.cpu_per_word(contender, load).await
    };
    figures
        .measure(stage.rounds, &stage.contenders, Contender::name, measure)
        .await?;
    figures.print("chunks: CPU time per chunk, 1,000 at once", "µs");
    Ok(())
}
