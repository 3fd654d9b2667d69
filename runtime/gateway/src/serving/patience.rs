//! A socket that is not waited for without end: hyper bounds how long a request's head takes, and
//! neither how long a client takes to begin nor how long it leaves an answer unread.

use std::io;
use std::pin::Pin;
use std::task::{Context as Task, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use super::preface::Preface;

/// A socket with limits in time.
pub struct Patience {
    socket: TcpStream,
    /// Until it is known which HTTP this is.
    opening: Option<(Preface, Pin<Box<Sleep>>)>,
    write_timeout: Duration,
    /// Runs while a write waits for the client to read.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Patience {
    /// `opening` is how long the client may take to begin, `write` how long it may leave what is
    /// sent to it unread.
    pub fn new(socket: TcpStream, opening: Duration, write: Duration) -> Self {
        Patience {
            socket,
            opening: Some((Preface::default(), Box::pin(sleep(opening)))),
            write_timeout: write,
            stalled: None,
        }
    }

    fn limit<T>(&mut self, task: &mut Task<'_>, write: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if write.is_ready() {
            self.stalled = None;
            return write;
        }
        let timeout = self.write_timeout;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(timeout)));
        ready!(stalled.as_mut().poll(task));
        Poll::Ready(Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "the client does not read its answer",
        )))
    }
}

impl AsyncRead for Patience {
    fn poll_read(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.socket).poll_read(task, buffer);
        let Some((preface, limit)) = &mut self.opening else {
            return read;
        };
        match read {
            Poll::Ready(_) => {
                let bytes = buffer.filled().get(before..).unwrap_or_default();
                if bytes.is_empty() || preface.push(bytes) {
                    self.opening = None;
                }
                read
            }
            Poll::Pending => {
                ready!(limit.as_mut().poll(task));
                Poll::Ready(Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "the client does not begin",
                )))
            }
        }
    }
}

impl AsyncWrite for Patience {
    fn poll_write(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let write = Pin::new(&mut self.socket).poll_write(task, bytes);
        self.limit(task, write)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let write = Pin::new(&mut self.socket).poll_write_vectored(task, slices);
        self.limit(task, write)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(task)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(task)
    }
}
