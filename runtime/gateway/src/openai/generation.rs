//! What requests for an answer of a model have in common, whichever endpoint they are for.

use crate::json::{Misread, Strays, object};

object! {
    /// What a stream is to contain.
    pub struct StreamOptions<'a> {
        /// A last chunk with the number of tokens; where an endpoint always says it, there is nothing
        /// to be done for it.
        "include_usage" => include_usage: bool,
        /// Random padding against listeners. There is none here, so "no" is easily honoured.
        "include_obfuscation" => include_obfuscation: bool,
    }
}

/// Whether the number of tokens is wanted.
pub fn include_usage(
    options: Option<StreamOptions<'_>>,
    strays: &mut Strays,
) -> Result<bool, Misread> {
    let options = options.unwrap_or_default();
    strays.within("stream_options", |strays| {
        strays.note(&options.rest);
        Ok(options.include_usage.unwrap_or_default())
    })
}

/// `top_k`, which is not OpenAI's but taken by most servers that speak this dialect; -1 is "off" there.
pub fn top_k(top_k: Option<i64>) -> Option<u32> {
    top_k.and_then(|top_k| u32::try_from(top_k).ok())
}
