//! URLs and origins of the web, as texts that are known to be some.

use tidegate_grants::Target;

use crate::problem::Problems;
use crate::table::Value;

/// An absolute `http` or `https` URL, as it is written.
pub(crate) fn url(value: &Value, example: &str, problems: &mut Problems) -> Option<String> {
    let text = value.text(&format!("\"{example}\""), problems)?;
    match Target::parse("GET", text) {
        Ok(_) => Some(text.into()),
        Err(_) => {
            problems.add(
                &value.span,
                format!("`{}` is no URL with `http://` or `https://`", value.path),
                format!("write it like `\"{example}\"`"),
            );
            None
        }
    }
}

/// `*`, or an origin in the form in which browsers send it: `https://app.example.com`.
pub(crate) fn origin(value: &Value, problems: &mut Problems) -> Option<String> {
    let example = "https://app.example.com";
    let text = value.text(&format!("\"{example}\""), problems)?;
    if text == "*" {
        return Some(text.into());
    }
    let parsed = Target::parse("GET", text).ok();
    let origin = parsed.map(|target| target.origin().to_string());
    if origin.as_deref() == Some(text) {
        return origin;
    }
    let hint = match origin {
        Some(origin) => {
            format!("write `\"{origin}\"`: browsers send it so, and it is compared as it is")
        }
        None => format!("write it like `\"{example}\"`, or `\"*\"` for all"),
    };
    problems.add(
        &value.span,
        format!(
            "`{}` is `{}`, which is no origin",
            value.path,
            text.escape_debug()
        ),
        hint,
    );
    None
}
