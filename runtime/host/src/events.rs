//! The events of one answer, on their way to the caller.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll, ready};

use futures::{Stream, StreamExt as _};

use crate::completion::{Completion, Fold};
use crate::dispatch::Begun;
use crate::error::{Error, Fault, Result};
use crate::meter::Cost;
use crate::provider::Outputs;
use crate::router::Attempt;
use crate::types::{Output, StreamEvent};
use crate::version::Version;

/// The events of an answer as they come. Dropping it cancels the guest and the upstream.
///
/// It ends after a `finish`, or with an error as its last item: an answer that was cut is never
/// taken for a whole one.
pub struct EventStream {
    provider: String,
    held: VecDeque<Output>,
    outputs: Outputs,
    failed: bool,
}

impl EventStream {
    pub(crate) fn new(begun: Begun) -> Self {
        EventStream {
            provider: begun.provider.name().into(),
            held: begun.held,
            outputs: begun.outputs,
            failed: false,
        }
    }

    /// The version of the provider that answers.
    pub fn version(&self) -> &Arc<Version> {
        self.outputs.version()
    }

    /// What the call has cost so far; attempts that failed are not counted.
    pub fn cost(&self) -> Cost {
        self.outputs.cost()
    }

    /// What was tried for this call, oldest first; the last one is the one that answers.
    pub fn attempts(&self) -> Vec<Attempt> {
        self.outputs.attempts()
    }

    /// Folds what is left into a completion.
    pub async fn complete(mut self) -> Result<Completion> {
        // Whether it is one shows when it is put together.
        self.outputs.await_verdict();
        let mut fold = Fold::default();
        while let Some(event) = self.next().await {
            // Events that are there already are no reason to keep a thread.
            tokio::task::coop::consume_budget().await;
            fold.push(event?)
                .map_err(|problem| self.contract(problem))?;
        }
        let completion = fold.complete().map_err(|problem| self.contract(problem))?;
        self.outputs.succeed();
        Ok(completion)
    }

    fn contract(&mut self, problem: impl Into<String>) -> Error {
        let error = Error::guest(&self.provider, Fault::Contract(problem.into()));
        self.outputs.fail(&error);
        error
    }
}

impl Stream for EventStream {
    type Item = Result<StreamEvent>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Option<Self::Item>> {
        if self.failed {
            return Poll::Ready(None);
        }
        let output = match self.held.pop_front() {
            Some(output) => Some(Ok(output)),
            None => ready!(self.outputs.poll_next_unpin(task)),
        };
        let event = output.map(|output| match output? {
            Output::Event(event) => Ok(event),
            _ => Err(self.contract("it emitted something other than an event")),
        });
        self.failed = matches!(event, Some(Err(_)));
        Poll::Ready(event)
    }
}
