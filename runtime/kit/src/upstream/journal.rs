//! What the upstream has seen so far, written by its connections and read by the test.

use std::fmt;

use tokio::sync::watch;

use super::request::Request;

/// Everything seen since the start.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) requests: Vec<Request>,
    pub(super) accepted: usize,
    pub(super) closed: usize,
    pub(super) abandoned: usize,
    pub(super) panics: Vec<String>,
}

/// The record, shared.
#[derive(Clone, Debug, Default)]
pub(super) struct Journal(watch::Sender<Record>);

impl Journal {
    /// Counts a connection and returns its number, the first being 1.
    pub(super) fn accepted(&self) -> usize {
        self.0.send_modify(|record| record.accepted += 1);
        self.read(|record| record.accepted)
    }

    pub(super) fn arrived(&self, request: Request) {
        self.0.send_modify(|record| record.requests.push(request));
    }

    pub(super) fn abandoned(&self) {
        self.0.send_modify(|record| record.abandoned += 1);
    }

    pub(super) fn closed(&self) {
        self.0.send_modify(|record| record.closed += 1);
    }

    pub(super) fn panicked(&self, message: String) {
        self.0.send_modify(|record| record.panics.push(message));
    }

    pub(super) fn read<T>(&self, look: impl FnOnce(&Record) -> T) -> T {
        look(&self.0.borrow())
    }

    /// Returns once the record is as wanted.
    pub(super) async fn until(&self, reached: impl Fn(&Record) -> bool) {
        // An error would mean that no sender is left, and `self` is one.
        let _ = self.0.subscribe().wait_for(reached).await;
    }
}

impl fmt::Display for Record {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Record {
            requests,
            accepted,
            closed,
            abandoned,
            panics,
        } = self;
        write!(
            formatter,
            "{accepted} connections, {closed} of them closed; {abandoned} answers abandoned; "
        )?;
        write!(formatter, "{} requests", requests.len())?;
        for request in requests {
            write!(
                formatter,
                "\n    {request} on connection {}",
                request.connection
            )?;
        }
        for panic in panics {
            write!(formatter, "\n    {panic}")?;
        }
        Ok(())
    }
}
