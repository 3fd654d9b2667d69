//! What a provider can do: ask the host for things and hand things over.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use crate::types::*;
use crate::{Response, Result};

/// The provider's side of an exchange. Cloning gives another handle to the same exchange.
#[derive(Clone)]
pub struct Io {
    state: Rc<State>,
}

struct State {
    context: Context,
    /// Asked for, not yet handed to the host.
    actions: RefCell<Vec<Action>>,
    /// What happened, not yet looked at. Frames are spread out so that a provider reads one by one.
    inbox: RefCell<VecDeque<Arrival>>,
}

/// One thing to look at.
pub(crate) enum Arrival {
    Response(crate::types::Response),
    Chunk(Vec<u8>),
    Frame(Frame),
    End,
    Failed(FetchFailure),
    Elapsed,
}

impl Io {
    pub(crate) fn new(context: Context) -> Self {
        Io {
            state: Rc::new(State {
                context,
                actions: RefCell::default(),
                inbox: RefCell::default(),
            }),
        }
    }

    /// What surrounds the exchange: time, seed, settings.
    pub fn context(&self) -> &Context {
        &self.state.context
    }

    /// A setting's value, if it has one.
    pub fn setting(&self, name: &str) -> Option<&str> {
        let settings = &self.context().settings;
        let setting = settings.iter().find(|setting| setting.name == name)?;
        Some(&setting.value)
    }

    /// Sends a request and waits for the head of the answer, or all of it, as `delivery` says.
    ///
    /// What is left of an earlier answer is abandoned.
    pub async fn fetch(&self, request: HttpRequest) -> Result<Response> {
        self.state.inbox.borrow_mut().clear();
        self.act(Action::Fetch(request));
        match self.arrival().await {
            Arrival::Response(response) => Ok(Response::new(response, self.clone())),
            Arrival::Failed(failure) => Err(failure.into()),
            _ => Err(out_of_turn("a request was sent")),
        }
    }

    /// Lets time pass. It counts against the exchange's timeout.
    pub async fn wait(&self, milliseconds: u32) -> Result<()> {
        self.state.inbox.borrow_mut().clear();
        self.act(Action::Wait(milliseconds));
        match self.arrival().await {
            Arrival::Elapsed => Ok(()),
            _ => Err(out_of_turn("a wait began")),
        }
    }

    /// Hands something to the caller.
    pub fn emit(&self, output: Output) {
        self.act(Action::Emit(output));
    }

    /// Hands a piece of an answer to the caller.
    pub fn event(&self, event: StreamEvent) {
        self.emit(Output::Event(event));
    }

    /// Says that something was asked for and could not be honoured. `subject` is the field of the
    /// request, `sampling.top-k` for example.
    pub fn warn(&self, subject: &str, message: impl Into<String>) {
        self.event(StreamEvent::Warning(Warning {
            subject: Some(subject.into()),
            message: message.into(),
        }));
    }

    /// Writes to the operator's log. Never put request content in it.
    pub fn log(&self, level: LogLevel, message: impl Into<String>) {
        self.act(Action::Log(LogRecord {
            level,
            message: message.into(),
        }));
    }

    pub(crate) fn act(&self, action: Action) {
        self.state.actions.borrow_mut().push(action);
    }

    pub(crate) fn take_actions(&self) -> Vec<Action> {
        self.state.actions.take()
    }

    /// Puts an input where the provider will look for it.
    pub(crate) fn arrive(&self, input: Input) {
        let mut inbox = self.state.inbox.borrow_mut();
        match input {
            Input::Response(response) => inbox.push_back(Arrival::Response(response)),
            Input::Body(bytes) => inbox.push_back(Arrival::Chunk(bytes)),
            Input::Frames(frames) => inbox.extend(frames.into_iter().map(Arrival::Frame)),
            Input::End => inbox.push_back(Arrival::End),
            Input::Failed(failure) => inbox.push_back(Arrival::Failed(failure)),
            Input::Elapsed => inbox.push_back(Arrival::Elapsed),
            // Nothing of ours asks for `again`, and the contract says to ignore the unknown.
            Input::Again | Input::Other(_) => {}
        }
    }

    pub(crate) async fn arrival(&self) -> Arrival {
        poll_fn(|_| match self.state.inbox.borrow_mut().pop_front() {
            Some(arrival) => Poll::Ready(arrival),
            None => Poll::Pending,
        })
        .await
    }
}

pub(crate) fn out_of_turn(when: &str) -> Error {
    Error::new(
        ErrorKind::Internal,
        format!("the host answered out of turn after {when}"),
    )
}
