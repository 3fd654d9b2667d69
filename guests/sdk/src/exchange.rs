//! Drives a provider: inputs in, actions out. One future, polled once per input.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context as Task, Poll, Waker};

use crate::provider::perform;
use crate::types::*;
use crate::{Io, Provider, Result};

/// One operation under way, inside a component or in a test.
pub struct Exchange {
    io: Io,
    /// Gone once it is complete.
    future: Option<Pin<Box<dyn Future<Output = Result<()>>>>>,
}

impl Exchange {
    /// Begins an operation and returns the first actions.
    pub fn start<P: Provider + 'static>(
        provider: P,
        operation: Operation,
        context: Context,
    ) -> (Self, Vec<Action>) {
        let io = Io::new(context);
        let future = Box::pin(perform(provider, operation, io.clone()));
        let mut exchange = Exchange {
            io,
            future: Some(future),
        };
        let actions = exchange.run();
        (exchange, actions)
    }

    /// Takes one input and returns what is to be done next: at the end `done` or `fail`.
    pub fn step(&mut self, input: Input) -> Vec<Action> {
        self.io.arrive(input);
        self.run()
    }

    /// Whether it has said `done` or `fail`.
    pub fn is_over(&self) -> bool {
        self.future.is_none()
    }

    fn run(&mut self) -> Vec<Action> {
        let Some(future) = &mut self.future else {
            return vec![Action::Fail(Error::new(
                ErrorKind::Internal,
                "the exchange is over",
            ))];
        };
        // Nothing wakes this future but the next input, so there is nobody to tell.
        let mut task = Task::from_waker(Waker::noop());
        if let Poll::Ready(result) = future.as_mut().poll(&mut task) {
            self.future = None;
            self.io.act(match result {
                Ok(()) => Action::Done,
                Err(error) => Action::Fail(error),
            });
        }
        self.io.take_actions()
    }
}
