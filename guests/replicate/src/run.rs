//! Runs a prediction: create, follow or wait and look again, finish.

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_guest::types::*;
use tidegate_guest::{Choice, Io, Result, time};

use crate::api::{self, Order};
use crate::describe::POLL_MILLISECONDS;
use crate::failure;
use crate::output::Shown;
use crate::patience::Patience;
use crate::prediction::{Prediction, Status};
use crate::stream::{self, Seen};

/// How often in a row looking at a prediction may fail.
const STUMBLES: u32 = 3;

/// How long to look, in milliseconds, for the usage of a prediction whose stream is done.
const AFTERWARDS_MS: u32 = 2_000;

/// A prediction to be run.
pub struct Run<'a> {
    pub order: Order<'a>,
    /// The number of the answer.
    pub choice: u32,
    /// What to hand over before the output.
    pub before: &'a str,
}

/// Tokens, by models that count them.
#[derive(Deserialize)]
struct Metrics {
    input_token_count: Option<f64>,
    output_token_count: Option<f64>,
}

/// Runs a prediction and hands over its output. Returns `used` with what it has used on top.
pub async fn run(run: &Run<'_>, used: Usage, io: &Io) -> Result<Usage> {
    let mut prediction = api::create(&run.order, io).await?;
    io.event(StreamEvent::Answer(AnswerInfo {
        id: Some(prediction.id.clone()),
        model: prediction.model.clone(),
        created_ms: prediction.created_at.as_deref().and_then(time::rfc3339_ms),
    }));
    let mut choice = Choice::new(io, run.choice);
    choice.text(run.before);
    let mut shown = Shown::new(choice);

    let mut seen = Seen::Nothing;
    if run.order.stream
        && prediction.status == Status::Underway
        && let Some(url) = prediction.urls.stream.take()
    {
        seen = stream::follow(&url, &mut shown, io).await;
    }
    let looked_at = prediction.id.clone();
    prediction = match settle(prediction, run.order.stream, seen, &mut shown, io).await {
        Ok(prediction) => prediction,
        // All there is has been handed over; what is missing is the usage.
        Err(error) if seen == Seen::All => {
            let kind = error.kind;
            io.log(
                LogLevel::Warn,
                format!("the prediction went unseen after its stream: {kind:?}"),
            );
            shown.choice.finish(FinishReason::Stop, None);
            return Ok(used);
        }
        Err(error) => {
            if error.kind == ErrorKind::Timeout {
                // It runs on and costs on, if it is not told.
                drop(api::cancel(&looked_at, io).await);
            }
            return Err(error);
        }
    };

    if prediction.status != Status::Succeeded {
        let error = prediction.error.as_ref();
        return Err(failure::of_prediction(prediction.status, error));
    }
    let whole = match &prediction.output {
        Some(output) => shown.rest(output),
        None => shown.is_empty(),
    };
    if !whole && seen != Seen::All {
        return Err(Error::new(
            ErrorKind::Upstream,
            "the stream of the prediction broke off, and its output does not go on from there",
        ));
    }
    let used = usage(prediction.metrics.as_deref(), used, io);
    shown.choice.finish(FinishReason::Stop, Some("succeeded"));
    Ok(used)
}

/// Looks at a prediction until it is over: at once after a stream, otherwise after a wait. For
/// callers that want the answer as it is made, hands over what there is of it meanwhile.
async fn settle(
    mut prediction: Prediction,
    stream: bool,
    seen: Seen,
    shown: &mut Shown,
    io: &Io,
) -> Result<Prediction> {
    let left = match seen {
        Seen::All => Some(AFTERWARDS_MS),
        Seen::Nothing | Seen::Part => io.context().timeout_ms,
    };
    let first = io.setting("poll-milliseconds").unwrap_or(POLL_MILLISECONDS);
    let mut patience = Patience::new(first.parse().unwrap_or(0), left);
    let mut at_once = seen != Seen::Nothing;
    let mut stumbles = 0;
    let mut at_least = 0;
    while prediction.status == Status::Underway {
        if !std::mem::take(&mut at_once) {
            let wait = patience.wait_ms(at_least).ok_or_else(too_long)?;
            io.wait(wait).await?;
        }
        match api::get(&prediction.id, io).await {
            Ok(now) => {
                prediction = now;
                stumbles = 0;
                at_least = 0;
            }
            Err(error) if failure::passes(&error) && stumbles < STUMBLES => {
                stumbles += 1;
                at_least = error.retry_after_ms.unwrap_or(0);
            }
            Err(error) => return Err(error),
        }
        if let Some(output) = &prediction.output
            && stream
            && seen != Seen::All
        {
            shown.rest(output);
        }
    }
    Ok(prediction)
}

fn too_long() -> Error {
    Error::new(
        ErrorKind::Timeout,
        "the prediction took longer than the exchange may; it was canceled",
    )
}

fn usage(metrics: Option<&RawValue>, used: Usage, io: &Io) -> Usage {
    let Some(metrics) = metrics else {
        return used;
    };
    let Ok(counted) = serde_json::from_str::<Metrics>(metrics.get()) else {
        return used;
    };
    let used = Usage {
        input: sum(used.input, counted.input_token_count),
        output: sum(used.output, counted.output_token_count),
        raw: Some(metrics.get().into()),
        ..Usage::default()
    };
    io.event(StreamEvent::Usage(used.clone()));
    used
}

fn sum(before: Option<u32>, now: Option<f64>) -> Option<u32> {
    // `as` saturates.
    let now = now.map(|tokens| tokens as u32);
    match (before, now) {
        (Some(before), Some(now)) => Some(before.saturating_add(now)),
        (before, now) => before.or(now),
    }
}
