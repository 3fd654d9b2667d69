//! From the start of the process to its first answer, with components compiled before.

use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::Stage;
use crate::contenders::Gateway;
use crate::rounds::Figures;
use crate::wire::Answers;

pub const NAME: &str = "cold start";

pub async fn run(stage: &Stage) -> Result<()> {
    let mut figures = Figures::new();
    let measure = async |gateway: &Gateway| {
        let began = Instant::now();
        let process = gateway.start()?;
        let mut answers = Answers::new(TcpStream::connect(process.address).await?);
        let request = format!("GET /readyz HTTP/1.1\r\nhost: {}\r\n\r\n", process.address);
        answers.socket.write_all(request.as_bytes()).await?;
        answers.head().await?;
        let taken = began.elapsed();
        // The next one starts on a machine that is done with this one.
        drop(process);
        tokio::time::sleep(Duration::from_millis(50)).await;
        Ok(taken.as_secs_f64() * 1e3)
    };
    let name = |_| "tidegate serve, ten providers";
    figures
        .measure(stage.rounds, &stage.gateways, name, measure)
        .await?;
    figures.print("cold start: to the first answer, compile cache warm", "ms");
    Ok(())
}
