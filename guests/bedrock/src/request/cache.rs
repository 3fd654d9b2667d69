//! [Cache points](https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html): blocks of
//! their own, which follow what may be cached.

use serde::Serialize;
use tidegate_guest::types::CacheMark;

use tidegate_guest::Warnings;

/// How long the vendor keeps a prompt unless asked otherwise, in seconds.
const DEFAULT: u32 = 300;

/// How long it keeps one at most.
const LONGEST: u32 = 3_600;

/// The prompt up to here may be cached.
#[derive(Serialize)]
pub struct CachePoint {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<&'static str>,
}

impl CachePoint {
    /// The API keeps a prompt for five minutes or an hour, whichever is no less than asked for. The
    /// first is left unsaid, because older models do not know the field.
    pub fn new(mark: &CacheMark, subject: &'static str, warnings: &mut Warnings) -> Self {
        let seconds = mark.ttl_seconds.unwrap_or(DEFAULT);
        let kept = match seconds {
            ..=DEFAULT => DEFAULT,
            _ => LONGEST,
        };
        if seconds != kept {
            warnings.add(
                subject,
                format!("{seconds} seconds are cached for {} minutes", kept / 60),
            );
        }
        CachePoint {
            r#type: "default",
            ttl: (kept == LONGEST).then_some("1h"),
        }
    }
}
