//! [Cache breakpoints](https://platform.claude.com/docs/en/build-with-claude/prompt-caching).

use serde::Serialize;
use tidegate_guest::types::CacheMark;

use tidegate_guest::Warnings;

/// The prompt up to here may be cached.
#[derive(Serialize)]
pub struct CacheControl {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<&'static str>,
}

impl CacheControl {
    /// The API keeps a prompt for five minutes or an hour, whichever is no less than asked for.
    pub fn new(mark: &CacheMark, subject: &'static str, warnings: &mut Warnings) -> Self {
        let ttl = mark.ttl_seconds.map(|seconds| match seconds {
            ..=300 => "5m",
            _ => "1h",
        });
        if let Some(seconds) = mark.ttl_seconds.filter(|ttl| ![300, 3600].contains(ttl)) {
            let ttl = ttl.unwrap_or_default();
            warnings.add(subject, format!("{seconds} seconds are cached for {ttl}"));
        }
        CacheControl {
            r#type: "ephemeral",
            ttl,
        }
    }
}
