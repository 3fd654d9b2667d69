//! Which names of models are meant: a pattern that says something.

use tidegate_grants::ModelPattern;

use crate::problem::Problems;
use crate::table::Value;

/// Reads a pattern.
pub(crate) fn read(value: &Value, problems: &mut Problems) -> Option<ModelPattern> {
    let text = value.text(r#""openai/*""#, problems)?;
    if text.is_empty() {
        problems.add(
            &value.span,
            format!("`{}` is empty, which names no models", value.path),
            "write a name, `\"*\"`, or a name with `*` in place of what may differ",
        );
        return None;
    }
    Some(ModelPattern::new(text))
}
