//! Token counts, wherever a vendor puts them.

use serde::Deserialize;
use tidegate_guest::types;

use super::Count;

/// The `usage` of an answer.
///
/// | figure | where |
/// |---|---|
/// | input | `prompt_tokens` |
/// | output | `completion_tokens` |
/// | cache read | `prompt_tokens_details.cached_tokens`, `prompt_cache_hit_tokens` (DeepSeek), `cached_tokens`, `num_cached_tokens` (Mistral) |
/// | cache write | `prompt_tokens_details.cache_write_tokens` (OpenRouter) |
/// | reasoning | `completion_tokens_details.reasoning_tokens`, `reasoning_tokens` |
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Usage {
    prompt_tokens: Count,
    completion_tokens: Count,
    prompt_tokens_details: Option<PromptDetails>,
    completion_tokens_details: Option<CompletionDetails>,
    prompt_cache_hit_tokens: Count,
    cached_tokens: Count,
    num_cached_tokens: Count,
    reasoning_tokens: Count,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PromptDetails {
    cached_tokens: Count,
    cache_write_tokens: Count,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CompletionDetails {
    reasoning_tokens: Count,
}

/// Groq's own object.
#[derive(Debug, Deserialize)]
pub struct XGroq<'a> {
    /// As elsewhere.
    #[serde(borrow)]
    pub usage: Option<&'a serde_json::value::RawValue>,
}

impl Usage {
    /// The figures of a `usage` object; `None` where it is none or says nothing.
    pub fn read(json: &str) -> Option<types::Usage> {
        let usage: Usage = serde_json::from_str(json).ok()?;
        let prompt = usage.prompt_tokens_details.unwrap_or_default();
        let completion = usage.completion_tokens_details.unwrap_or_default();
        let usage = types::Usage {
            input: usage.prompt_tokens.0,
            cache_read: prompt
                .cached_tokens
                .0
                .or(usage.prompt_cache_hit_tokens.0)
                .or(usage.cached_tokens.0)
                .or(usage.num_cached_tokens.0),
            cache_write: prompt.cache_write_tokens.0,
            output: usage.completion_tokens.0,
            reasoning: completion.reasoning_tokens.0.or(usage.reasoning_tokens.0),
            raw: None,
        };
        (usage != types::Usage::default()).then(|| types::Usage {
            raw: Some(json.into()),
            ..usage
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn cached_tokens_are_found_where_each_vendor_puts_them() {
        for json in [
            r#"{"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": 4}}"#,
            r#"{"prompt_tokens": 9, "prompt_cache_hit_tokens": 4, "prompt_cache_miss_tokens": 5}"#,
            r#"{"prompt_tokens": 9, "prompt_tokens_details": null, "cached_tokens": 4}"#,
            r#"{"prompt_tokens": 9, "num_cached_tokens": 4}"#,
        ] {
            let usage = Usage::read(json).unwrap();
            assert_eq!((usage.input, usage.cache_read), (Some(9), Some(4)));
            assert_eq!(usage.raw.as_deref(), Some(json));
        }
    }

    #[test]
    fn usage_that_says_nothing_is_none() {
        assert_eq!(Usage::read("{}"), None);
        assert_eq!(Usage::read("[]"), None);
    }
}
