//! One operation from request to last output: the guest says what it wants, this does it.
//!
//! Everything an exchange holds (instance, upstream connection, timers) is in one value, so that
//! dropping it cancels the guest and the upstream at once.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use crate::budget::Holding;
use crate::delivery::{self, OpenAnswer, Stuck};
use crate::egress::{Outbound, Payload};
use crate::engine::TICK;
use crate::error::{Error, Fault};
use crate::framing::{Decoder, FrameLimits, Framing};
use crate::logs::GuestLog;
use crate::meter::Meter;
use crate::printable::excerpt;
use crate::progress::Progress;
use crate::reuse::Lease;
use crate::tap::Tap;
use crate::timer::Timer;
use crate::types::{
    self, Action, Content, Context, Delivery, HttpRequest, Input, Operation, Output,
};
use crate::version::Version;

/// Actions that are carried out in well under a microsecond.
const SHORT: usize = 16;

/// One operation under way.
pub(crate) struct Exchange {
    work: Work,
    deadline: Timer,
    /// How long the deadline was away at the beginning.
    timeout: Duration,
    /// Counts this call against `limits.concurrency` for as long as it lives.
    _permit: OwnedSemaphorePermit,
}

/// What the deadline holds for.
struct Work {
    version: Arc<Version>,
    request_id: Arc<str>,
    lease: Lease,
    turn: Turn,
    answer: Option<OpenAnswer>,
    outputs: VecDeque<Output>,
    /// What is charged to the engine's budget: a body until it is sent, an answer until the guest has
    /// taken it, then the outputs that came of it until the caller has taken them all.
    held: Holding,
    tap: Option<Tap>,
    log: GuestLog,
    /// Whether the operation must end with a finish.
    must_finish: bool,
    progress: Progress,
    /// Whether it has come to an answer and its end.
    done: bool,
    fetches: u32,
    agains: u32,
    /// The CPU time charged when others last had their turn.
    yielded_at: Duration,
}

/// What is to be done next.
enum Turn {
    Start(Box<(Arc<Operation>, Context)>),
    Deliver,
    Input(Input),
    Fetch(Box<HttpRequest>),
    Wait(Duration),
    Fail(Error),
    Over,
}

impl Exchange {
    pub(crate) fn new(
        version: Arc<Version>,
        lease: Lease,
        permit: OwnedSemaphorePermit,
        operation: Arc<Operation>,
        context: Context,
        deadline: Instant,
        timeout: Duration,
    ) -> Self {
        let limits = version.limits();
        Exchange {
            work: Work {
                request_id: context.request_id.as_str().into(),
                lease,
                must_finish: operation.is_generation(),
                turn: Turn::Start(Box::new((operation, context))),
                answer: None,
                outputs: VecDeque::new(),
                held: Holding::new(version.component().engine().budget.clone()),
                tap: None,
                log: GuestLog::new(version.way_out.access.provider.clone(), limits.log),
                progress: Progress::default(),
                done: false,
                fetches: 0,
                agains: 0,
                yielded_at: Duration::ZERO,
                version,
            },
            deadline: Timer::new(deadline),
            timeout,
            _permit: permit,
        }
    }

    /// Lets somebody listen to its requests and their answers.
    pub(crate) fn tapped(mut self, tap: Option<Tap>) -> Self {
        self.work.tap = tap;
        self
    }

    /// The next outputs, one at least; `None` at the end. After an error there is only the end.
    pub(crate) async fn next(&mut self) -> Option<Result<VecDeque<Output>, Error>> {
        let work = &mut self.work;
        loop {
            if !work.outputs.is_empty() {
                return Some(Ok(std::mem::take(&mut work.outputs)));
            }
            // Those of before have been taken by the caller.
            work.held.clear();
            // Should this future be dropped half-way, the exchange is over: the guest may be
            // suspended in the middle of a call.
            match std::mem::replace(&mut work.turn, Turn::Over) {
                Turn::Over => return None,
                Turn::Fail(error) => return Some(Err(error)),
                turn => {
                    // A guest that is never waited for must not hold a thread for longer than a tick,
                    // nor miss the deadline.
                    let used = work.lease.instance.meter().cost().cpu;
                    if used.saturating_sub(work.yielded_at) > TICK {
                        work.yielded_at = used;
                        tokio::task::yield_now().await;
                    }
                    let taken = match self.deadline.is_over() {
                        true => None,
                        false => self.deadline.limit(work.take(turn)).await,
                    };
                    let timeout = self.timeout;
                    let taken = taken.unwrap_or_else(|| Err(Fault::Timeout(timeout).into()));
                    if let Err(stop) = taken {
                        work.answer = None;
                        work.turn = Turn::Fail(stop.into_error(work.version.name()));
                    }
                }
            }
        }
    }

    /// To be called when `next` has said that this is the end. An exchange that is dropped instead takes
    /// its instance with it.
    pub(crate) fn end(self) {
        if self.work.done {
            let Work { version, lease, .. } = self.work;
            lease.give_back(version.reuse.as_ref());
        }
    }

    /// The version that the call runs on.
    pub(crate) fn version(&self) -> &Arc<Version> {
        &self.work.version
    }

    /// What the call is called.
    pub(crate) fn request_id(&self) -> &Arc<str> {
        &self.work.request_id
    }

    /// The account of this call.
    pub(crate) fn meter(&self) -> Meter {
        self.work.lease.instance.meter()
    }
}

impl Work {
    async fn take(&mut self, turn: Turn) -> Result<(), Stop> {
        let input = match turn {
            Turn::Start(begin) => {
                let (operation, context) = *begin;
                let actions = self.lease.instance.start(&operation, &context).await?;
                return self.perform_charged(actions);
            }
            Turn::Deliver => self.deliver().await?,
            Turn::Input(input) => input,
            Turn::Fetch(request) => self.fetch(*request).await?,
            Turn::Wait(duration) => {
                tokio::time::sleep(duration).await;
                Input::Elapsed
            }
            Turn::Fail(_) | Turn::Over => return Ok(()),
        };
        let actions = self.lease.instance.step(&input).await?;
        drop(input);
        self.held.clear();
        self.perform_charged(actions)
    }

    /// The host's work on a long list of actions is the guest's doing. On a short one it is less than
    /// reading the clock would be.
    fn perform_charged(&mut self, actions: Result<Vec<Action>, types::Error>) -> Result<(), Stop> {
        if actions.as_ref().is_ok_and(|actions| actions.len() <= SHORT) {
            return self.perform(actions);
        }
        let meter = self.lease.instance.meter();
        meter.charge_for(|| self.perform(actions))
    }

    /// Carries out what the guest asked for, as far as it takes no time.
    fn perform(&mut self, actions: Result<Vec<Action>, types::Error>) -> Result<(), Stop> {
        let version = self.version.clone();
        let limits = version.limits();
        let actions = actions.map_err(Stop::Provider)?;
        let mut next = None;
        let mut again = false;
        for action in actions {
            if next.is_some() {
                return Err(contract(
                    "an action stands after `fetch`, `wait`, `again`, `done` or `fail`",
                ));
            }
            match action {
                Action::Emit(output) => {
                    let weight = self.progress.note(&output, limits)?;
                    self.held.add(weight)?;
                    self.outputs.push_back(output);
                }
                Action::Log(record) => self.log.write(&self.request_id, &record),
                Action::Fetch(request) => {
                    self.fetches += 1;
                    if self.fetches > limits.fetches {
                        let (method, url) = (&request.method, &request.url);
                        version.way_out.record_excess(&self.request_id, method, url);
                        return Err(Fault::Fetches(limits.fetches).into());
                    }
                    self.answer = None;
                    next = Some(Turn::Fetch(Box::new(request)));
                }
                Action::Wait(milliseconds) => {
                    self.answer = None;
                    next = Some(Turn::Wait(Duration::from_millis(milliseconds.into())));
                }
                Action::Again => {
                    again = true;
                    next = Some(Turn::Input(Input::Again));
                }
                Action::Done => {
                    self.answer = None;
                    let missing = self.progress.missing().filter(|_| self.must_finish);
                    next = Some(match missing {
                        Some(missing) => {
                            Turn::Fail(contract(missing).into_error(self.version.name()))
                        }
                        None => Turn::Over,
                    });
                }
                Action::Fail(error) => {
                    self.answer = None;
                    next = Some(Turn::Fail(Error::Provider(error)));
                }
                Action::Other(action) => {
                    return Err(contract(format!(
                        "it asked for `{}`, which this host does not know",
                        excerpt(&action.name)
                    )));
                }
            }
        }
        self.agains = if again { self.agains + 1 } else { 0 };
        if self.agains > limits.again {
            return Err(Fault::Again(limits.again).into());
        }
        self.done = matches!(next, Some(Turn::Over)) && self.progress.has_begun();
        self.turn = match next {
            Some(next) => next,
            None if self.answer.is_some() => Turn::Deliver,
            None => {
                return Err(contract("it asked for nothing while nothing was under way"));
            }
        };
        Ok(())
    }

    async fn fetch(&mut self, request: HttpRequest) -> Result<Input, Stop> {
        let body: Bytes = match request.body {
            Some(Content::Text(text)) => text.into(),
            Some(Content::Bytes(bytes)) => bytes.into(),
            None => Bytes::new(),
        };
        self.held.add(body.len())?;
        let outbound = Outbound {
            method: request.method,
            url: request.url,
            headers: request.headers,
            payload: Payload::Ready(body),
            credential: request.credential,
            limits: request.limits,
            tap: self.tap.clone(),
        };
        let sent = self.version.way_out.send(&self.request_id, outbound);
        let mut answer = match sent.await {
            Ok(answer) => answer,
            Err(failure) => return Ok(Input::Failed(failure)),
        };
        self.held.clear();
        let mut head = types::Response {
            status: answer.status(),
            headers: answer.headers(),
            body: None,
        };
        let frame_bytes = self.version.limits().frame;
        let framed = |framing| Some(Decoder::new(framing, FrameLimits { frame_bytes }));
        let whole =
            request.delivery == Delivery::Whole || is_whole_by_nature(&head, request.delivery);
        let decoder = match request.delivery {
            _ if whole => None,
            Delivery::Whole | Delivery::Chunks => None,
            Delivery::Lines => framed(Framing::Lines),
            Delivery::ServerSentEvents => framed(Framing::ServerSentEvents),
            Delivery::AwsEventStream => framed(Framing::AwsEventStream),
        };
        if whole {
            match delivery::whole(&mut answer, &mut self.held).await {
                Ok(body) => head.body = Some(content(body)),
                Err(Stuck::Answer(failure)) => return Ok(Input::Failed(failure)),
                Err(Stuck::Host(fault)) => return Err(fault.into()),
            }
            return Ok(Input::Response(head));
        }
        self.answer = Some(OpenAnswer::new(answer, decoder));
        Ok(Input::Response(head))
    }

    /// The next input of the open answer: all that has arrived.
    async fn deliver(&mut self) -> Result<Input, Stop> {
        let Some(open) = &mut self.answer else {
            return Ok(Input::End);
        };
        let last = match open.next(&mut self.held).await {
            Ok(Some(input)) => return Ok(input),
            Ok(None) => Input::End,
            Err(Stuck::Answer(failure)) => Input::Failed(failure),
            Err(Stuck::Host(fault)) => return Err(fault.into()),
        };
        self.answer = None;
        Ok(last)
    }
}

/// Whether an answer comes whole although it was asked for in pieces: an error body never meets a
/// framing, and neither does a JSON document or a page where events were expected.
fn is_whole_by_nature(head: &types::Response, delivery: Delivery) -> bool {
    let framed = matches!(
        delivery,
        Delivery::ServerSentEvents | Delivery::AwsEventStream
    );
    let content_type = head
        .headers
        .iter()
        .find(|header| header.name == "content-type");
    let essence = content_type.map(|header| header.value.split(';').next().unwrap_or_default());
    let is_document = essence.is_some_and(|essence| {
        matches!(
            essence.trim().to_ascii_lowercase().as_str(),
            "application/json" | "application/problem+json" | "text/html"
        )
    });
    head.status >= 400 || (framed && is_document)
}

/// Text whenever it is valid UTF-8.
fn content(body: Vec<u8>) -> Content {
    match String::from_utf8(body) {
        Ok(text) => Content::Text(text),
        Err(error) => Content::Bytes(error.into_bytes()),
    }
}

/// Why an exchange stops.
enum Stop {
    Fault(Fault),
    Provider(types::Error),
}

fn contract(what: impl Into<String>) -> Stop {
    Stop::Fault(Fault::Contract(what.into()))
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Stop::Fault(fault)
    }
}

impl Stop {
    fn into_error(self, provider: &str) -> Error {
        match self {
            Stop::Fault(fault) => Error::guest(provider, fault),
            Stop::Provider(error) => Error::Provider(error),
        }
    }
}
