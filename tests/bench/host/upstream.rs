//! The upstream: answers every request with one of two fixed bodies, as fast as it can.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

pub const ARGUMENT: &str = "--upstream";
pub const CHUNKS: usize = 1_000;

/// The upstream's process; ends with this value.
pub struct Process {
    child: Child,
    pub origin: String,
}

impl Process {
    pub fn start() -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg(ARGUMENT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut origin = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut origin)
            .unwrap();
        Process {
            child,
            origin: origin.trim().into(),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves until its standard input ends, which it does with the benchmark.
pub fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    for connection in listener.incoming().flatten() {
        std::thread::spawn(move || answer(connection));
    }
}

fn answer(connection: TcpStream) {
    connection.set_nodelay(true).unwrap();
    let mut writer = connection.try_clone().unwrap();
    let mut reader = BufReader::new(connection);
    let whole = whole();
    let stream = stream();
    loop {
        let mut length = 0;
        let mut line = String::new();
        loop {
            line.clear();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let body = String::from_utf8_lossy(&body);
        if body.contains("hold") {
            // One chunk, and then nothing: an open stream.
            let first = stream.len().min(600);
            if writer.write_all(&stream[..first]).is_err() {
                return;
            }
            continue;
        }
        let answer = if body.contains(r#""stream":true"#) {
            &stream
        } else {
            &whole
        };
        if writer.write_all(answer).is_err() {
            return;
        }
    }
}

fn whole() -> Vec<u8> {
    let body = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1760000000,"model":"gpt-5-mini","choices":[{"index":0,"message":{"role":"assistant","content":"The tide comes in twice a day, and a gate decides what comes with it.","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":42,"completion_tokens":17,"total_tokens":59,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"service_tier":"default","system_fingerprint":null}"#;
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into()
}

fn stream() -> Vec<u8> {
    let mut answer = Vec::new();
    answer.extend_from_slice(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n",
    );
    let mut chunk = |event: String| {
        let data = format!("data: {event}\n\n");
        answer.extend_from_slice(format!("{:x}\r\n{data}\r\n", data.len()).as_bytes());
    };
    for index in 0..CHUNKS {
        chunk(format!(
            r#"{{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1760000000,"model":"gpt-5-mini","service_tier":"default","system_fingerprint":null,"choices":[{{"index":0,"delta":{{"content":" word{index}"}},"logprobs":null,"finish_reason":null}}],"usage":null}}"#
        ));
    }
    chunk(r#"{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1760000000,"model":"gpt-5-mini","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}"#.into());
    chunk(r#"{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1760000000,"model":"gpt-5-mini","choices":[],"usage":{"prompt_tokens":42,"completion_tokens":1000,"total_tokens":1042}}"#.into());
    chunk("[DONE]".into());
    answer.extend_from_slice(b"0\r\n\r\n");
    answer
}
