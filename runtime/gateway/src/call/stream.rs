//! Events to bytes, as they come.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::task::{Context as Task, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::{FutureExt as _, StreamExt as _};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http_body::Frame;
use tidegate_host::types::{StreamEvent, Warning};
use tidegate_host::{Attempts, EventStream, Version};
use tokio::time::{Instant, Sleep};

use super::upstream::Words;
use super::whole::describe;
use super::{Call, Opening, RequestId, Response, Writer};
use crate::auth::Reservation;
use crate::failure::Failure;
use crate::headers;
use crate::serving::AnswerBody;
use crate::telemetry::{Entry, Prompts};

const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");
/// Proxies (nginx, for one) must not collect a stream before they pass it on.
const BUFFERING: http::HeaderName = http::HeaderName::from_static("x-accel-buffering");

/// A frame is sent at this size though more events may be ready.
const FRAME: usize = 64 << 10;
/// How many events in a row may come to nothing on the wire before others have their turn.
const EVENTS: usize = 256;

impl Call {
    /// An answer that is sent as it is made.
    ///
    /// Its head waits for the first event, so that a call that fails at once is answered with the
    /// status of its failure; a call that takes long to begin, at a silent upstream or at one after
    /// the other, gets its head, and signs of life.
    pub async fn stream(
        &mut self,
        opening: Opening,
        mut writer: impl Writer,
    ) -> Result<Response, Failure> {
        let mut warnings = std::mem::take(&mut self.warnings);
        let mut out = BytesMut::new();
        for warning in &warnings {
            writer.event(StreamEvent::Warning(warning.clone()), &mut out);
        }
        let reservation = self
            .reservation
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let reservation = reservation.take();
        let keep_alive = self.gateway.config.keep_alive;
        let told = Told {
            entry: self.entry.clone(),
            words: self.words(),
            attempts: self.attempts.clone(),
            id: self.id.clone(),
            prompts: self.prompts(),
        };
        let mut answer = Answer::new(opening, (reservation, told), writer, out, keep_alive);
        let begun = tokio::time::timeout(answer.keep_alive, answer.begin());
        if let Ok(begun) = begun.await {
            warnings.append(&mut begun?);
        }
        let version = answer.version.clone();
        let mut response = Response::new(AnswerBody::streamed(answer));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, EVENT_STREAM);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(BUFFERING, HeaderValue::from_static("no"));
        describe(&self.gateway, headers, version.as_deref(), &warnings);
        Ok(response)
    }
}

/// Where the events come from.
enum Events {
    Opening(Opening),
    Open(EventStream),
    /// The answer is over.
    Over,
}

/// What is told of a streamed answer. After its events, whose end says what there is to tell.
struct Told {
    /// Held to the end.
    #[expect(
        dead_code,
        reason = "dropped at the end of the answer, which is what it is for"
    )]
    entry: Arc<Entry>,
    words: Words,
    attempts: Attempts,
    id: RequestId,
    prompts: Prompts,
}

/// A streamed answer under way. Dropping it, as happens when the client is gone, ends the call.
struct Answer<W> {
    events: Events,
    /// Who answers, once that is known.
    version: Option<Arc<Version>>,
    /// Of the key's rates; after the events, whose end says what was used.
    _reservation: Option<Reservation>,
    told: Told,
    writer: W,
    /// What is to be sent next.
    out: BytesMut,
    keep_alive: Duration,
    /// When there was last something to send.
    spoke: Instant,
    /// Goes into the timer wheel once, not for every piece of the stream: it looks, when it fires,
    /// whether there really was silence for so long.
    silence: Option<Pin<Box<Sleep>>>,
}

impl<W: Writer> Answer<W> {
    fn new(
        opening: Opening,
        (reservation, told): (Option<Reservation>, Told),
        writer: W,
        out: BytesMut,
        keep_alive: Duration,
    ) -> Self {
        Answer {
            events: Events::Opening(opening),
            version: None,
            _reservation: reservation,
            told,
            writer,
            out,
            keep_alive,
            spoke: Instant::now(),
            silence: None,
        }
    }

    /// Waits until there is something to send, then takes all that is ready. What it warns of is
    /// still in time for the head.
    ///
    /// Providers warn before they ask their upstream, so an event alone is no sign of success.
    async fn begin(&mut self) -> Result<Vec<Warning>, Failure> {
        let mut warnings = Vec::new();
        if let Events::Opening(opening) = &mut self.events {
            let events = opening.await?;
            self.version = Some(events.version().clone());
            self.events = Events::Open(events);
        }
        while let Events::Open(events) = &mut self.events
            && self.out.len() < FRAME
        {
            let event = match self.out.is_empty() {
                true => events.next().await,
                false => match events.next().now_or_never() {
                    Some(event) => event,
                    None => break,
                },
            };
            match event {
                Some(Ok(event)) => {
                    if let StreamEvent::Warning(warning) = &event {
                        warnings.push(warning.clone());
                    }
                    self.writer.event(event, &mut self.out);
                }
                Some(Err(error)) if self.out.is_empty() => {
                    return Err(self.told.words.explain(error));
                }
                Some(Err(error)) => self.fail(self.told.words.explain(error)),
                None => self.end(),
            }
        }
        Ok(warnings)
    }

    fn end(&mut self) {
        self.events = Events::Over;
        // The head is long gone. Clients skip comments, and look no further than the last event.
        if let Some(cost) = self.told.attempts.cost() {
            let comment = format!(": {}: {}\n\n", headers::COST, headers::decimals(cost));
            self.out.extend_from_slice(comment.as_bytes());
        }
        self.writer.end(&mut self.out);
    }

    fn fail(&mut self, failure: Failure) {
        self.events = Events::Over;
        self.writer.failure(&failure, &mut self.out);
    }

    /// Takes events until none is ready, or there is enough to send.
    fn gather(&mut self, task: &mut Task<'_>) {
        if let Events::Opening(opening) = &mut self.events {
            match opening.as_mut().poll(task) {
                Poll::Ready(Ok(events)) => self.events = Events::Open(events),
                Poll::Ready(Err(failure)) => return self.fail(failure),
                Poll::Pending => return,
            }
        }
        for _ in 0..EVENTS {
            let Events::Open(events) = &mut self.events else {
                return;
            };
            match events.poll_next_unpin(task) {
                Poll::Ready(Some(Ok(event))) => self.writer.event(event, &mut self.out),
                Poll::Ready(Some(Err(error))) => self.fail(self.told.words.explain(error)),
                Poll::Ready(None) => self.end(),
                Poll::Pending => return,
            }
            if self.out.len() >= FRAME {
                return;
            }
        }
        // Nobody else will wake this task for what is ready already.
        task.waker().wake_by_ref();
    }

    /// A sign of life after a silence.
    fn break_silence(&mut self, task: &mut Task<'_>) {
        let (spoke, keep_alive) = (self.spoke, self.keep_alive);
        let silence = self
            .silence
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(spoke + keep_alive)));
        while silence.as_mut().poll(task).is_ready() {
            let due = self.spoke + keep_alive;
            if silence.deadline() >= due {
                self.writer.keep_alive(&mut self.out);
                self.spoke = Instant::now();
                silence.as_mut().reset(self.spoke + keep_alive);
            } else {
                silence.as_mut().reset(due);
            }
        }
    }
}

impl<W: Writer> http_body::Body for Answer<W> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let answer = &mut *self;
        // What `begin` has gathered goes out before anything is waited for.
        if answer.out.is_empty() {
            answer.gather(task);
        }
        match answer.out.is_empty() {
            false => answer.spoke = Instant::now(),
            true if matches!(answer.events, Events::Over) => return Poll::Ready(None),
            true => answer.break_silence(task),
        }
        if answer.out.is_empty() {
            return Poll::Pending;
        }
        let frame = answer.out.split().freeze();
        answer.told.prompts.answered(&answer.told.id, &frame);
        Poll::Ready(Some(Ok(Frame::data(frame))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.events, Events::Over) && self.out.is_empty()
    }
}
