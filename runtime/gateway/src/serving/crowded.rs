//! What a client hears when there are too many.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Whoever takes longer to listen is not waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// The same for all dialects: official clients decide by the status, and all of them find a message
/// at `error.message`.
const ANSWER: &str = concat!(
    "HTTP/1.1 503 Service Unavailable\r\n",
    "content-type: application/json\r\n",
    "content-length: 115\r\n",
    "retry-after: 1\r\n",
    "connection: close\r\n\r\n",
    r#"{"error":{"message":"the gateway has as many connections as it takes (`gateway.connections`)","type":"overloaded"}}"#
);

/// Says so, and hangs up.
pub async fn turn_away(mut socket: TcpStream) {
    let telling = async {
        socket.write_all(ANSWER.as_bytes()).await?;
        socket.shutdown().await?;
        // A socket that is closed with something unread in it resets the connection, and the client
        // may never see the answer.
        let mut unread = [0; 4096];
        while socket.read(&mut unread).await? > 0 {}
        std::io::Result::Ok(())
    };
    // Nothing depends on it.
    let _ = tokio::time::timeout(PATIENCE, telling).await;
}

#[cfg(test)]
mod tests {
    use super::ANSWER;

    #[test]
    fn the_length_is_that_of_the_body() {
        let body = ANSWER.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        assert!(ANSWER.contains(&format!("content-length: {}\r\n", body.len())));
    }
}
