//! `safe_prompt`: the vendor's instructions against harm, before those of the caller
//! (<https://docs.mistral.ai/capabilities/guardrailing/>).

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use tidegate_guest::Io;

use crate::describe::setting;

/// Adds the member where the operator wants it. A caller who says it for himself in `extra` has the
/// last word.
pub fn add(extra: Option<String>, io: &Io) -> Option<String> {
    const MEMBER: &str = "safe_prompt";
    if io.setting(setting::SAFE_PROMPT) != Some("true") {
        return extra;
    }
    let text = extra.as_deref().unwrap_or("{}");
    let members: Result<BTreeMap<String, &RawValue>, _> = serde_json::from_str(text);
    // What is no object is refused where the request is put together.
    let Ok(mut members) = members else {
        return extra;
    };
    let wanted = RawValue::from_string("true".into()).ok();
    if let Some(wanted) = wanted.as_deref() {
        members.entry(MEMBER.into()).or_insert(wanted);
    }
    serde_json::to_string(&members).ok()
}
