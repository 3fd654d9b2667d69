//! What a gateway adds to the time of a whole completion, one at a time.

use std::net::SocketAddr;
use std::time::Instant;

use anyhow::{Result, ensure};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::Stage;
use crate::answers::{WHOLE, WORD};
use crate::contenders::Contender;
use crate::load::request;
use crate::rounds::{Figures, median};
use crate::wire::Answers;

pub const NAME: &str = "latency";

pub async fn run(stage: &Stage) -> Result<()> {
    let mut figures = Figures::new();
    let requests = (stage.measured.as_millis() / 2).max(10) as usize;
    let measure = async |contender: &Contender| {
        let address = contender.process.address;
        let through = request(address, &format!("{}{WHOLE}", contender.prefix), false);
        let through = half(address, &through, requests).await?;
        // Beside it, in the same round: the machine's speed drifts.
        let direct = half(
            stage.upstream,
            &request(stage.upstream, WHOLE, false),
            requests,
        )
        .await?;
        Ok(through - direct)
    };
    figures
        .measure(stage.rounds, &stage.contenders, Contender::name, measure)
        .await?;
    figures.print("latency: added to the median, one request at a time", "µs");
    Ok(())
}

/// Half of the requests take less than this, in microseconds.
async fn half(address: SocketAddr, request: &[u8], requests: usize) -> Result<f64> {
    let socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    let mut answers = Answers::new(socket);
    let mut times = Vec::with_capacity(requests);
    for _ in 0..requests {
        let began = Instant::now();
        answers.socket.write_all(request).await?;
        let head = answers.head().await?;
        ensure!(head.status == 200, "status {}", head.status);
        answers.body(head, WORD.as_bytes(), |_| ()).await?;
        times.push(began.elapsed().as_secs_f64() * 1e6);
    }
    Ok(median(&times))
}
