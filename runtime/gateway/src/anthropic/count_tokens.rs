//! `POST /v1/messages/count_tokens`.
//!
//! <https://platform.claude.com/docs/en/api/messages/count_tokens>

use serde::Serialize;
use tidegate_host::types::ErrorKind;

use super::beta;
use super::messages::Messages;
use super::remarks::Remarks;
use crate::call::{Call, Response, guessed};
use crate::failure::{Failure, FailureKind};
use crate::json;

#[derive(Serialize)]
struct Count<'a> {
    input_tokens: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    tidegate: Option<Remarks<'a>>,
}

/// Counts the input tokens of a conversation.
pub async fn handle(mut call: Call) -> Result<Response, Failure> {
    let body = call.body().await?;
    let (request, strays) = json::read::<Messages>(&body)?.read_for_counting()?;
    drop(body);
    let mut warnings = beta::warnings(call.headers());
    warnings.extend(strays);
    let count = call.count_tokens(request).await?;
    warnings.extend(guessed(&count));
    let remarks = Remarks {
        warnings: &warnings,
        ..Remarks::default()
    };
    let answer = Count {
        input_tokens: count.input,
        tidegate: remarks.if_any(),
    };
    let body = serde_json::to_vec(&answer)
        .map_err(|error| Failure::new(FailureKind::Call(ErrorKind::Internal), error.to_string()))?;
    Ok(call.whole(body, call.version().as_deref(), &warnings))
}
