//! Endpoints that clients know and this gateway does not have.

use crate::failure::{Failure, FailureKind};

/// What to say at such a path; `None` where nobody would expect anything.
pub fn lacking(path: &str) -> Option<Failure> {
    let rest = path.strip_prefix("/v1/messages/")?;
    let what = match rest.split('/').next()? {
        "batches" => "batches of messages",
        _ => "this",
    };
    Some(Failure::new(
        FailureKind::Lacking,
        format!(
            "this gateway does not do {what} (`{}`)\nhint: it has `/v1/messages` and `/v1/messages/count_tokens`; ask the vendor directly for the rest",
            path.escape_debug()
        ),
    ))
}
