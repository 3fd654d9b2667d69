//! The upstream: answers by the model that it is asked for, in two dialects, as cheaply as it can.

use std::rc::Rc;

use anyhow::{Context as _, Result};
use bytes::{Buf as _, BytesMut};
use memchr::memmem;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep_until};

use crate::answers::{Answers, BURSTING, HOLDING, PACE, PACED, PACING};

/// Serves for as long as it is polled.
pub async fn serve(listener: TcpListener) -> Result<()> {
    let dialects = Rc::new((Answers::openai(), Answers::anthropic()));
    loop {
        let (socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        let dialects = dialects.clone();
        // A connection that ends is a client that is gone.
        spawn_local(async move { connection(socket, &dialects).await.ok() });
    }
}

async fn connection(mut socket: TcpStream, dialects: &(Answers, Answers)) -> Result<()> {
    let mut buffer = BytesMut::with_capacity(16 << 10);
    loop {
        let head = loop {
            if let Some(end) = memmem::find(&buffer, b"\r\n\r\n") {
                break end + 4;
            }
            if socket.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        let length = length(&buffer[..head])?;
        while buffer.len() < head + length {
            if socket.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        let is_anthropic = memmem::find(&buffer[..head], b"/messages").is_some();
        let answers = if is_anthropic {
            &dialects.1
        } else {
            &dialects.0
        };
        let body = &buffer[head..head + length];
        let asks_for = |model: &str| memmem::find(body, model.as_bytes()).is_some();
        if asks_for(BURSTING) {
            socket.write_all(&answers.burst).await?;
        } else if asks_for(PACING) {
            let mut due = Instant::now();
            socket.write_all(&answers.opening).await?;
            for _ in 0..PACED {
                due += PACE;
                sleep_until(due).await;
                socket.write_all(&answers.chunk).await?;
            }
            socket.write_all(&answers.ending).await?;
        } else if asks_for(HOLDING) {
            // An open stream: a chunk, and then nothing until whoever asked is gone.
            socket.write_all(&answers.opening).await?;
            socket.write_all(&answers.chunk).await?;
            while socket.read_buf(&mut buffer).await? > 0 {}
            return Ok(());
        } else {
            socket.write_all(&answers.whole).await?;
        }
        buffer.advance(head + length);
    }
}

fn length(head: &[u8]) -> Result<usize> {
    let head = std::str::from_utf8(head)?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim())
    });
    Ok(length
        .context("a request without content-length")?
        .parse()?)
}
