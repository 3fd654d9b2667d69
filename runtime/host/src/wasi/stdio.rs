//! What a guest prints, line by line, as log records.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};

use crate::limits::Limits;
use crate::logs::GuestLog;
use crate::types::{LogLevel, LogRecord};
use crate::wasi::Caller;

/// The longest line that is waited for; a longer one is cut.
const LINE: usize = 8 << 10;

/// Standard output and error of one call, together.
#[derive(Clone)]
pub(crate) struct Log(Arc<Mutex<Printed>>);

struct Printed {
    log: GuestLog,
    request_id: String,
    line: Vec<u8>,
}

impl Log {
    pub(crate) fn new(caller: Option<&Caller>) -> Self {
        let (name, limit, request_id) = match caller {
            Some(caller) => (
                caller.version.name(),
                caller.version.limits().log,
                caller.request_id.to_string(),
            ),
            None => ("describe", Limits::default().log, String::new()),
        };
        Log(Arc::new(Mutex::new(Printed {
            log: GuestLog::new(name, limit),
            request_id,
            line: Vec::new(),
        })))
    }
}

impl Printed {
    fn print(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if byte == b'\n' || self.line.len() >= LINE {
                self.end_line();
            }
            if byte != b'\n' {
                self.line.push(byte);
            }
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            return;
        }
        let record = LogRecord {
            level: LogLevel::Info,
            message: String::from_utf8_lossy(&line).into_owned(),
        };
        self.log.write(&self.request_id, &record);
    }
}

impl Drop for Printed {
    fn drop(&mut self) {
        self.end_line();
    }
}

impl IsTerminal for Log {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Log {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }
}

impl AsyncWrite for Log {
    fn poll_write(
        self: Pin<&mut Self>,
        _task: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut printed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        printed.print(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _task: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _task: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
