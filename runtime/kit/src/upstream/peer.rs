//! The socket of one connection, with what was read ahead and what was written.

use std::io;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::pace::Pace;

/// The client at the other end.
pub(super) struct Peer {
    pub(super) stream: TcpStream,
    /// What it sent and nobody has taken yet.
    pub(super) inbox: BytesMut,
    pub(super) pace: Pace,
}

impl Peer {
    pub(super) fn new(stream: TcpStream) -> Peer {
        // Without it, a piece waits for the acknowledgement of the one before, and pieces melt
        // together. On a connection that is reset already it fails, and does not matter.
        let _ = stream.set_nodelay(true);
        let pace = Pace::of(&stream);
        Peer {
            stream,
            inbox: BytesMut::new(),
            pace,
        }
    }

    /// Reads more into the inbox. The end of the connection is an error.
    pub(super) async fn fill(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.inbox).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// Takes the next `length` bytes.
    pub(super) async fn take(&mut self, length: usize) -> io::Result<Bytes> {
        while self.inbox.len() < length {
            self.fill().await?;
        }
        Ok(self.inbox.split_to(length).freeze())
    }

    /// Takes bytes up to and including the next line feed.
    pub(super) async fn line(&mut self) -> io::Result<Bytes> {
        loop {
            if let Some(end) = self.inbox.iter().position(|byte| *byte == b'\n') {
                return Ok(self.inbox.split_to(end + 1).freeze());
            }
            self.fill().await?;
        }
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.pace.wrote(bytes.len());
        Ok(())
    }

    /// Sends FIN, then reads until the client closes too. A socket closed with unread bytes in it
    /// sends RST instead, which the test did not ask for.
    pub(super) async fn part(&mut self) {
        if self.stream.shutdown().await.is_ok() {
            while self.fill().await.is_ok() {
                self.inbox.clear();
            }
        }
    }
}
