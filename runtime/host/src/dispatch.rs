//! One call over the targets of a route, until one begins to answer. What to do after a failure is
//! decided in `router/`; this does it.

use std::collections::VecDeque;
use std::sync::Arc;

use futures::StreamExt as _;
use tokio::time::Instant;

use crate::error::{Error, Result};
use crate::provider::{CallOptions, Outputs, Provider, request_id};
use crate::router::{Attempts, Course, Next, Step, Verdict};
use crate::table::{Lanes, Target};
use crate::types::{Operation, Output};

/// A call that is being answered.
pub(crate) struct Begun {
    /// By whom.
    pub(crate) provider: Arc<Provider>,
    /// Outputs that were waited for, to know that it is being answered. They come first.
    pub(crate) held: VecDeque<Output>,
    /// The others.
    pub(crate) outputs: Outputs,
}

/// Calls one target, once; nothing is waited for.
pub(crate) async fn once(
    target: Target,
    mut operation: Arc<Operation>,
    options: CallOptions,
) -> Result<Begun> {
    name(&mut operation, &target.model);
    let outputs = target.provider.call(operation, options).await?;
    Ok(Begun {
        provider: target.provider,
        held: VecDeque::new(),
        outputs,
    })
}

/// Calls one target after the other, until one begins to answer. When none does, the error is the
/// last of those that leave the caller the most hope.
pub(crate) async fn over(
    lanes: &Lanes,
    mut operation: Arc<Operation>,
    mut options: CallOptions,
) -> Result<Begun> {
    // Before there is more than one handle: a request with pictures in it is not copied for a retry.
    if let [target] = lanes.targets.as_slice() {
        name(&mut operation, &target.model);
    }
    let timeout = match (options.timeout, lanes.route.timeout) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    // Past what the clock can count, there is none.
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    options.request_id.get_or_insert_with(request_id);
    let attempts = options.attempts.get_or_insert_with(Attempts::new).clone();
    let by = deadline.map(Instant::into_std);
    let course = Course::new(&lanes.route, lanes.order(), by);
    let mut course = course.ok_or_else(|| Error::Config {
        message: "a route has no target".into(),
        hint: "add a `provider/model` to it".into(),
    })?;
    let mut failure: Option<Error> = None;
    loop {
        let place = course.current();
        let Some(target) = lanes.targets.get(place) else {
            break;
        };
        let began = Instant::now();
        options.timeout = deadline.map(|deadline| deadline.saturating_duration_since(began));
        let error = match attempt(target.clone(), operation.clone(), options.clone()).await {
            Ok(begun) => {
                lanes.learn(place, began.elapsed(), true);
                return Ok(begun);
            }
            Err(error) => error,
        };
        let next = Verdict::of(&error).next;
        if next != Next::Nowhere {
            lanes.learn(place, began.elapsed(), false);
        }
        let (now, retry_after) = (Instant::now().into_std(), error.retry_after());
        let step = course.after_failure(next, retry_after, now, &mut fastrand::Rng::new());
        failure = match failure {
            Some(earlier) if next != Next::Nowhere && hope(&earlier) > hope(&error) => {
                Some(earlier)
            }
            _ => Some(error),
        };
        match step {
            Step::Try { wait, .. } if wait.is_zero() => {}
            Step::Try { wait, .. } => {
                tokio::time::sleep(wait).await;
                attempts.waited(wait);
            }
            Step::GiveUp => break,
        }
    }
    Err(failure.unwrap_or_else(|| Error::Config {
        message: "a route has no target".into(),
        hint: "add a `provider/model` to it".into(),
    }))
}

/// Makes a model what is asked for.
fn name(operation: &mut Arc<Operation>, model: &str) {
    if operation.model().is_some_and(|asked| asked != model)
        && let Some(asked) = Arc::make_mut(operation).model_mut()
    {
        model.clone_into(asked);
    }
}

/// Calls a target, and waits until its answer begins.
async fn attempt(target: Target, operation: Arc<Operation>, options: CallOptions) -> Result<Begun> {
    let mut begun = once(target, operation, options).await?;
    while let Some(output) = begun.outputs.next().await {
        let output = output?;
        let begins = !output.comes_before_the_answer();
        begun.held.push_back(output);
        if begins {
            break;
        }
    }
    Ok(begun)
}

/// How much hope an error leaves: that the upstream may do it at another time says more than that
/// the host leaves it alone for now, and this more than that it refused.
fn hope(error: &Error) -> u8 {
    match error {
        Error::Resting { .. } => 1,
        error if error.is_retryable() => 2,
        _ => 0,
    }
}
