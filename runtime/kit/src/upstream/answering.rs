//! The test's side of the conversation: a request in, a script out, and panics kept for the test.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::answer::Answer;
use super::journal::Journal;
use super::request::Request;
use super::script::{self, Step};

/// The function that a test gave, called for each request.
pub(super) struct Answering {
    answer: Box<dyn FnMut(&Request) -> Answer + Send>,
    journal: Journal,
}

impl Answering {
    pub(super) fn new(
        answer: impl FnMut(&Request) -> Answer + Send + 'static,
        journal: Journal,
    ) -> Answering {
        Answering {
            answer: Box::new(answer),
            journal,
        }
    }

    /// What to do on the wire about `request`.
    ///
    /// A panic, be it a failed assertion of the test or an offset outside the body, would otherwise
    /// end this thread's task and look to the test like a vendor that hung up. It is answered with
    /// status 500 and passed on when the test drops the upstream.
    pub(super) fn script(&mut self, request: &Request) -> Vec<Step> {
        let answer = &mut self.answer;
        catch_unwind(AssertUnwindSafe(|| {
            script::script(&answer(request), request)
        }))
        .unwrap_or_else(|panic| {
            let message = format!(
                "the answer to `{request}` panicked: {}",
                text(panic.as_ref())
            );
            self.journal.panicked(message.clone());
            script::script(
                &Answer::json(500, serde_json::json!({"error": {"message": message}})),
                request,
            )
        })
    }
}

/// The message of a panic: `panic!` with and without arguments give different types.
fn text(panic: &(dyn Any + Send)) -> &str {
    let borrowed = panic.downcast_ref::<&str>().copied();
    borrowed
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
