//! What a guest prints, line by line, as log records.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

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
                caller.way_out.access.provider.clone(),
                caller.way_out.access.limits.log,
                caller.request_id.to_string(),
            ),
            None => ("describe".into(), Limits::default().log, String::new()),
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
    /// wasmtime's own adapter would write from a task of its own, which is gone with the call: the
    /// last lines would be lost, and every byte would be in its debug log, past all limits.
    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }

    /// For WASI 0.3, which is not linked.
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(tokio::io::sink())
    }
}

impl OutputStream for Log {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        let mut printed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        printed.print(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(LINE)
    }
}

#[async_trait]
impl Pollable for Log {
    async fn ready(&mut self) {}
}
