//! Where the tasks of a model are.
//!
//! | base URL is | texts | vectors |
//! |---|---|---|
//! | the router | `/hf-inference/models/NAME` | `/hf-inference/models/NAME/pipeline/feature-extraction` |
//! | an endpoint | `/` | `/` |
//!
//! <https://huggingface.co/docs/inference-providers/providers/hf-inference>

use tidegate_guest::types::{Error, ErrorKind};
use tidegate_guest::{Io, Result};

use crate::settings::{BASE_URL, ENDPOINT};

/// The only provider that has these tasks by this way.
const PROVIDER: &str = "hf-inference";

/// The URL of a model's task; the empty one is what the model is for.
pub fn url(model: &str, task: &str, io: &Io) -> Result<String> {
    let base_url = io.setting("base-url").unwrap_or(BASE_URL);
    let base_url = base_url.trim_end_matches('/');
    if io.setting(ENDPOINT) == Some("true") {
        return Ok(format!("{base_url}/"));
    }
    let name = match model.split_once(':') {
        None | Some((_, PROVIDER)) => model.split(':').next().unwrap_or_default(),
        Some((_, provider)) => {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "texts and vectors come from `{PROVIDER}` only, not from `{provider}`\nhint: leave `:{provider}` out"
                ),
            ));
        }
    };
    // A name becomes part of a path that others have been granted too.
    let is_plain = |part: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        !part.is_empty() && part.bytes().all(allowed) && !part.bytes().all(|byte| byte == b'.')
    };
    if name.split('/').count() > 2 || !name.split('/').all(is_plain) {
        return Err(Error::new(
            ErrorKind::InvalidRequest,
            "the model is not the name of a repository\nhint: write it as `OWNER/NAME`",
        ));
    }
    Ok(format!("{base_url}/{PROVIDER}/models/{name}{task}"))
}
