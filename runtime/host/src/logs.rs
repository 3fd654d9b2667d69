//! What guests write for the operator: bounded, and sent to `tracing`.

use std::sync::Arc;

use crate::printable::printable;
use crate::types::{LogLevel, LogRecord};

/// What a line costs beside its message: an empty one is a line of the operator's log, too.
const LINE: usize = 64;

/// The log of one call.
pub(crate) struct GuestLog {
    provider: Arc<str>,
    /// Bytes that may still be written.
    left: usize,
    dropped: u64,
}

impl GuestLog {
    pub(crate) fn new(provider: Arc<str>, limit: usize) -> Self {
        GuestLog {
            provider,
            left: limit,
            dropped: 0,
        }
    }

    pub(crate) fn write(&mut self, request_id: &str, record: &LogRecord) {
        let size = record.message.len().saturating_add(LINE);
        let Some(left) = self.left.checked_sub(size) else {
            // Once something is missing nothing follows: a log with holes misleads.
            self.left = 0;
            self.dropped += 1;
            return;
        };
        self.left = left;
        let provider = &*self.provider;
        let message = printable(&record.message);
        macro_rules! write_at {
            ($level:ident) => {
                tracing::$level!(target: "tidegate::guest", provider, request_id, "{message}")
            };
        }
        match record.level {
            LogLevel::Debug => write_at!(debug),
            LogLevel::Info => write_at!(info),
            LogLevel::Warn => write_at!(warn),
            LogLevel::Error => write_at!(error),
        }
    }
}

impl Drop for GuestLog {
    fn drop(&mut self) {
        if self.dropped > 0 {
            tracing::warn!(
                target: "tidegate::guest",
                provider = &*self.provider,
                dropped = self.dropped,
                "log lines were dropped (`limits.log`)"
            );
        }
    }
}
