//! CPU time per whole completion, many connections at once.

use std::time::Duration;

use anyhow::Result;

use super::Stage;
use crate::answers::WHOLE;
use crate::contenders::Contender;
use crate::load::{Load, request};
use crate::rounds::Figures;

pub const NAME: &str = "requests";

pub async fn run(stage: &Stage) -> Result<()> {
    let mut figures = Figures::new();
    let measure = async |contender: &Contender| {
        let address = contender.process.address;
        let request = request(address, &format!("{}{WHOLE}", contender.prefix), false);
        let load = Load::new(stage.connections, Duration::ZERO, address, request, 1);
        stage.cpu_per_word(contender, load).await
    };
    figures
        .measure(stage.rounds, &stage.contenders, Contender::name, measure)
        .await?;
    let title = format!(
        "requests: CPU time per request, {} connections",
        stage.connections
    );
    figures.print(&title, "µs");
    Ok(())
}
