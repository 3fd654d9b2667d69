//! OpenRouter's `reasoning_details`: reasoning with the proof that it is the vendor's own.
//!
//! <https://openrouter.ai/docs/use-cases/reasoning-tokens#preserving-reasoning-blocks>
//!
//! The service wants the list back as it would have been without streaming, so that fragments are
//! joined before they go out as metadata.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::wire::Text;

/// An element of the list, as far as it is shown to the caller.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ReasoningDetail<'a> {
    /// Of the type `reasoning.text`.
    #[serde(borrow)]
    pub text: Text<'a>,
    /// Of the type `reasoning.summary`.
    #[serde(borrow)]
    pub summary: Text<'a>,
    /// Of the type `reasoning.encrypted`.
    #[serde(borrow)]
    pub data: Text<'a>,
    /// Proves that the text is the vendor's own.
    #[serde(borrow)]
    pub signature: Text<'a>,
}

/// The lists of all chunks, one after the other, as they came.
#[derive(Debug, Default)]
pub struct ReasoningDetails(String);

impl ReasoningDetails {
    /// Adds the list of one chunk.
    pub fn push(&mut self, list: &str) {
        self.0.push_str(list);
        self.0.push('\n');
    }

    /// The metadata to hand back with the message; `None` where there is none.
    pub fn metadata(&self) -> Option<String> {
        let mut joined: Vec<Map<String, Value>> = Vec::new();
        let lists = serde_json::Deserializer::from_str(&self.0).into_iter::<Vec<Map<_, _>>>();
        // A list that is none of objects ends this: then nothing after it can be trusted either.
        for detail in lists.map_while(Result::ok).flatten() {
            match joined.last_mut() {
                Some(last) if continues(last, &detail) => join(last, detail),
                _ => joined.push(detail),
            }
        }
        (!joined.is_empty()).then(|| json!({ "reasoning_details": joined }).to_string())
    }
}

/// A fragment belongs to the one before it if both have the same type and number. Two that are
/// complete by themselves never share these.
fn continues(last: &Map<String, Value>, detail: &Map<String, Value>) -> bool {
    let same = |name| last.get(name) == detail.get(name);
    let id = |detail: &Map<String, Value>| detail.get("id").filter(|id| !id.is_null()).cloned();
    let one_answer = match (id(last), id(detail)) {
        (Some(last), Some(next)) => last == next,
        _ => true,
    };
    same("type") && same("index") && last.contains_key("index") && one_answer
}

fn join(last: &mut Map<String, Value>, detail: Map<String, Value>) {
    for (name, value) in detail {
        let appended = matches!(name.as_str(), "text" | "summary" | "data");
        match (last.get_mut(&name), value) {
            (_, Value::Null) => {}
            (Some(Value::String(text)), Value::String(more)) if appended => text.push_str(&more),
            (_, value) => {
                last.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn fragments_are_joined_and_parts_kept_apart() {
        let mut details = ReasoningDetails::default();
        details.push(r#"[{"type":"reasoning.text","text":"Let me","index":0}]"#);
        details.push(r#"[{"type":"reasoning.text","text":" see","index":0}]"#);
        details.push(r#"[{"type":"reasoning.text","signature":"c2ln","index":0}]"#);
        details.push(r#"[{"type":"reasoning.encrypted","data":"b3A=","index":1}]"#);
        let metadata: Value = serde_json::from_str(&details.metadata().unwrap()).unwrap();
        assert_eq!(
            metadata["reasoning_details"],
            json!([
                { "type": "reasoning.text", "text": "Let me see", "signature": "c2ln", "index": 0 },
                { "type": "reasoning.encrypted", "data": "b3A=", "index": 1 },
            ])
        );
    }

    #[test]
    fn details_without_a_number_are_complete_by_themselves() {
        let mut details = ReasoningDetails::default();
        details.push(r#"[{"type":"reasoning.summary","summary":"A"},{"type":"reasoning.summary","summary":"B"}]"#);
        let metadata: Value = serde_json::from_str(&details.metadata().unwrap()).unwrap();
        assert_eq!(metadata["reasoning_details"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn no_details_are_no_metadata() {
        let mut details = ReasoningDetails::default();
        assert_eq!(details.metadata(), None);
        details.push("[]");
        details.push("17");
        assert_eq!(details.metadata(), None);
    }
}
