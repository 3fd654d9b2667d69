//! CPU time per chunk of 200 streams, each of which has a chunk every 20 ms.

use anyhow::Result;

use super::Stage;
use crate::answers::{PACE, PACED, PACING};
use crate::contenders::Contender;
use crate::load::{Load, request};
use crate::rounds::Figures;

pub const NAME: &str = "paced";
const STREAMS: usize = 200;

pub async fn run(stage: &Stage) -> Result<()> {
    let mut figures = Figures::new();
    let measure = async |contender: &Contender| {
        let address = contender.process.address;
        let request = request(address, &format!("{}{PACING}", contender.prefix), true);
        // Spread over the pause between two chunks, as streams of strangers are.
        let load = Load::new(STREAMS, PACE, address, request, PACED);
        stage.cpu_per_word(contender, load).await
    };
    figures
        .measure(stage.rounds, &stage.contenders, Contender::name, measure)
        .await?;
    figures.print(
        "paced: CPU time per chunk, 200 streams, one each 20 ms",
        "µs",
    );
    Ok(())
}
