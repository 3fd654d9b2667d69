//! `POST /v1/responses/input_tokens`: how long a conversation is.
//!
//! <https://platform.openai.com/docs/api-reference/responses/input-tokens>

use serde::Serialize;
use tidegate_host::types::{ErrorKind, Warning};

use super::request::Create;
use crate::call::{Call, Response, guessed};
use crate::failure::{Failure, FailureKind};
use crate::json;
use crate::openai::warnings::Remarks;

#[derive(Serialize)]
struct Count<'a> {
    object: &'static str,
    input_tokens: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    tidegate: Option<Remarks<'a>>,
}

/// Counts the input tokens of a request that is not made.
pub async fn count(mut call: Call) -> Result<Response, Failure> {
    let body = call.body().await?;
    let (request, _, strays) = json::read::<Create>(&body)?.read()?;
    let mut warnings: Vec<Warning> = strays.collect();
    drop(body);
    let count = call.count_tokens(request).await?;
    warnings.extend(guessed(&count));
    let answer = Count {
        object: "response.input_tokens",
        input_tokens: count.input,
        tidegate: Remarks::new(&warnings),
    };
    let body = serde_json::to_vec(&answer)
        .map_err(|error| Failure::new(FailureKind::Call(ErrorKind::Internal), error.to_string()))?;
    Ok(call.whole(body, call.version().as_deref(), &warnings))
}
