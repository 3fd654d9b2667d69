//! What most providers say of themselves in the same words.

use crate::types::*;

impl Want {
    /// A pattern, and the reason in one sentence.
    pub fn new(pattern: impl Into<String>, reason: impl Into<String>) -> Self {
        Want {
            pattern: pattern.into(),
            reason: reason.into(),
        }
    }
}

impl SettingInfo {
    /// A setting that need not be set.
    pub fn optional(
        name: &str,
        kind: SettingKind,
        default: Option<&str>,
        description: &str,
    ) -> Self {
        SettingInfo {
            name: name.into(),
            description: description.into(),
            kind,
            default: default.map(Into::into),
            required: false,
        }
    }
}
