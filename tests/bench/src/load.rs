//! Clients: connections that ask, read the answer, check it, and ask again.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::task::{JoinHandle, spawn_local};

use crate::answers::WORD;
use crate::wire::Answers;

/// The key that clients use at a gateway.
pub const KEY: &str = "tg-bench-0123456789";

/// A request, ready to be sent again and again.
pub fn request(address: SocketAddr, model: &str, streamed: bool) -> Vec<u8> {
    let stream = match streamed {
        true => r#","stream":true,"stream_options":{"include_usage":true}"#,
        false => "",
    };
    let body = format!(
        r#"{{"model":"{model}","messages":[{{"role":"system","content":"You are a lock-keeper. Answer in one sentence."}},{{"role":"user","content":"When does the water come in, and who decides what comes with it?"}}]{stream}}}"#
    );
    format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {KEY}\r\ncontent-type: application/json\r\naccept: application/json\r\nuser-agent: tidegate-bench\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Connections under load.
pub struct Load {
    /// How often the word of an answer has been read: once per whole answer, once per chunk.
    words: Rc<Cell<u64>>,
    /// How long each answer took, in microseconds.
    times: Rc<RefCell<Vec<f64>>>,
    stop: Rc<Cell<bool>>,
    clients: Vec<JoinHandle<Result<()>>>,
}

impl Load {
    /// So many clients, that begin over a while and ask without pause. An answer has `expected` words.
    pub fn new(
        clients: usize,
        over: Duration,
        address: SocketAddr,
        request: Vec<u8>,
        expected: usize,
    ) -> Self {
        let words = Rc::new(Cell::new(0));
        let times = Rc::new(RefCell::new(Vec::new()));
        let stop = Rc::new(Cell::new(false));
        let request = Rc::new(request);
        let client = |index: usize| {
            let (words, stop, request) = (words.clone(), stop.clone(), request.clone());
            let times = times.clone();
            let delay = over.mul_f64(index as f64 / clients as f64);
            spawn_local(async move {
                tokio::time::sleep(delay).await;
                let socket = TcpStream::connect(address).await?;
                socket.set_nodelay(true)?;
                let mut answers = Answers::new(socket);
                while !stop.get() {
                    let began = Instant::now();
                    answers.socket.write_all(&request).await?;
                    let head = answers.head().await?;
                    ensure!(head.status == 200, "status {}", head.status);
                    let mut read = 0;
                    answers
                        .body(head, WORD.as_bytes(), |found| {
                            read += found;
                            words.set(words.get() + found as u64);
                        })
                        .await?;
                    ensure!(read == expected, "{read} words in place of {expected}");
                    let taken = began.elapsed().as_secs_f64() * 1e6;
                    times.borrow_mut().push(taken);
                }
                Ok(())
            })
        };
        Load {
            clients: (0..clients).map(client).collect(),
            words,
            times,
            stop,
        }
    }

    pub fn words(&self) -> u64 {
        self.words.get()
    }

    /// How long the answers since the last time took, in microseconds.
    pub fn times(&self) -> Vec<f64> {
        self.times.take()
    }

    /// Lets all answers under way end. Fails if any client was not answered as expected.
    pub async fn end(self) -> Result<()> {
        self.stop.set(true);
        for client in self.clients {
            client.await??;
        }
        Ok(())
    }
}

/// A stream that has begun, and stays open for as long as this is kept.
pub async fn open(address: SocketAddr, request: &[u8]) -> Result<Answers> {
    let mut answers = Answers::new(TcpStream::connect(address).await?);
    answers.socket.write_all(request).await?;
    let head = answers.head().await?;
    ensure!(head.status == 200, "status {}", head.status);
    while answers.chunk(WORD.as_bytes()).await? == Some(0) {}
    Ok(answers)
}
