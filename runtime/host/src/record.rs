//! One record per attempt to answer a call: what metrics, traces and bills are made of.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::digest::Digest;
use crate::meter::Cost;
use crate::router::AttemptOutcome;
use crate::sinks::Sinks;
use crate::types::{Operation, Usage};

/// One attempt of a provider to answer a call, when it is over.
///
/// Making one allocates nothing: texts are shared with the call.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CallRecord {
    /// The provider's name in the configuration.
    pub provider: Arc<str>,
    /// The number of its version.
    pub version: u64,
    /// The component of that version.
    pub digest: Digest,
    /// The call that this was an attempt for.
    pub request_id: Arc<str>,
    /// What was asked for, `chat` for example; `other` for what this version of the contract has no
    /// name for.
    pub operation: &'static str,
    /// The vendor's name of the model; empty for operations without one. Callers write it: whoever
    /// counts by it has to bound how many there can be.
    pub model: Arc<str>,
    /// Whether the upstream was asked to stream.
    pub streamed: bool,
    /// Counts the attempts for the call from 1.
    pub attempt: usize,
    /// When it began.
    pub started: SystemTime,
    /// How long it took.
    pub duration: Duration,
    /// How long it took until something of the answer came.
    pub first_output: Option<Duration>,
    /// How it ended. `Abandoned`: the caller had gone.
    pub outcome: AttemptOutcome,
    /// What it used, as far as the provider has said so; `raw` is left out.
    pub usage: Option<Usage>,
    /// What it cost by the model's price, in the currency of the prices; `None` where no price is known.
    pub cost: Option<f64>,
    /// Whether tokens were guessed for that, because the provider did not say, or not to the end.
    pub cost_is_estimated: bool,
    /// What it used of this machine.
    pub resources: Cost,
}

/// Receives every record of a call, at the moment the attempt is over. Must not block.
pub type CallSink = Arc<dyn Fn(&CallRecord) + Send + Sync>;

/// Those who receive them.
pub(crate) type CallSinks = Sinks<dyn Fn(&CallRecord) + Send + Sync>;

/// Whether the upstream is asked to stream.
pub(crate) fn is_streamed(operation: &Operation) -> bool {
    match operation {
        Operation::Chat(request) => request.stream,
        Operation::Complete(request) => request.stream,
        _ => false,
    }
}
