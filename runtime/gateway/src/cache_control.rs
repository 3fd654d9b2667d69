//! Marks for caching a prompt, in the form that Anthropic gave them and that other gateways take too.

use tidegate_host::types::CacheMark;

use crate::json::{Misread, Strays, Text, object};

object! {
    /// A mark for caching.
    pub struct CacheControl<'a> {
        "type" => kind: Text<'a>,
        "ttl" => ttl: Text<'a>,
    }
}

/// A mark for caching, as Anthropic writes it.
pub fn cache_mark(control: CacheControl<'_>, strays: &mut Strays) -> Result<CacheMark, Misread> {
    strays.note(&control.rest);
    let ttl_seconds = match control.ttl.as_deref() {
        None => None,
        Some("5m") => Some(300),
        Some("1h") => Some(3600),
        Some(other) => {
            let problem = format!(
                "`{}` is no time to live; there are `5m` and `1h`",
                other.escape_debug()
            );
            return Err(Misread::new(problem).within("ttl"));
        }
    };
    Ok(CacheMark { ttl_seconds })
}
