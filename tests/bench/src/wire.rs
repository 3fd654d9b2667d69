//! As much HTTP/1 as a load generator needs, and no more: one answer after the other from a socket.

use anyhow::{Context as _, Result, bail};
use bytes::{Buf as _, BytesMut};
use memchr::memmem;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

/// How a body ends.
enum Extent {
    /// So many bytes are missing.
    Length(usize),
    /// With its last chunk.
    Chunked,
}

/// What is read of an answer's head.
pub struct Head {
    pub status: u16,
    extent: Extent,
}

/// Reads answers from a socket.
pub struct Answers {
    pub socket: TcpStream,
    buffer: BytesMut,
}

impl Answers {
    pub fn new(socket: TcpStream) -> Self {
        Answers {
            socket,
            buffer: BytesMut::with_capacity(64 << 10),
        }
    }

    pub async fn head(&mut self) -> Result<Head> {
        let end = loop {
            if let Some(end) = memmem::find(&self.buffer, b"\r\n\r\n") {
                break end;
            }
            self.more().await?;
        };
        let text = std::str::from_utf8(&self.buffer[..end])?;
        let status = text.get(9..12).context("no status")?.parse()?;
        let header = |name: &str| {
            text.lines().skip(1).find_map(|line| {
                let (key, value) = line.split_once(':')?;
                key.eq_ignore_ascii_case(name).then(|| value.trim())
            })
        };
        let extent = match header("content-length") {
            Some(length) => Extent::Length(length.parse()?),
            None => Extent::Chunked,
        };
        self.buffer.advance(end + 4);
        Ok(Head { status, extent })
    }

    /// Reads a body to its end, and tells piece by piece how often something occurs in it.
    pub async fn body(
        &mut self,
        head: Head,
        needle: &[u8],
        mut found: impl FnMut(usize),
    ) -> Result<()> {
        match head.extent {
            Extent::Length(length) => {
                while self.buffer.len() < length {
                    self.more().await?;
                }
                found(memmem::find_iter(&self.buffer[..length], needle).count());
                self.buffer.advance(length);
            }
            Extent::Chunked => {
                while let Some(count) = self.chunk(needle).await? {
                    found(count);
                }
            }
        }
        Ok(())
    }

    /// The next chunk of a chunked body: how often something occurs in it, or that it was the last.
    pub async fn chunk(&mut self, needle: &[u8]) -> Result<Option<usize>> {
        let line = loop {
            if let Some(end) = memmem::find(&self.buffer, b"\r\n") {
                break end;
            }
            self.more().await?;
        };
        let size = std::str::from_utf8(&self.buffer[..line])?;
        let size = usize::from_str_radix(size, 16).context("the size of a chunk")?;
        let whole = line + 2 + size + 2;
        while self.buffer.len() < whole {
            self.more().await?;
        }
        let found = memmem::find_iter(&self.buffer[line + 2..whole - 2], needle).count();
        self.buffer.advance(whole);
        Ok((size > 0).then_some(found))
    }

    async fn more(&mut self) -> Result<()> {
        self.buffer.reserve(16 << 10);
        if self.socket.read_buf(&mut self.buffer).await? == 0 {
            bail!("the connection ended within an answer");
        }
        Ok(())
    }
}
