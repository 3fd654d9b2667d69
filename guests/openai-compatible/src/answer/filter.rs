//! What Azure's filter thinks of an answer.
//!
//! <https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter-annotations>
//!
//! A stream brings the findings with every chunk, about the text since the chunk before. What was found
//! once stays found.

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

/// The findings so far, by category.
#[derive(Debug, Default)]
pub struct Filter {
    findings: Map<String, Value>,
    /// The text read last: most chunks repeat it.
    last: String,
}

impl Filter {
    /// Takes the findings of a chunk, or of a whole answer.
    pub fn read(&mut self, raw: &RawValue) {
        if raw.get() == self.last {
            return;
        }
        raw.get().clone_into(&mut self.last);
        let findings: Map<String, Value> = serde_json::from_str(raw.get()).unwrap_or_default();
        for (category, finding) in findings {
            match self.findings.get(&category) {
                Some(known) if is_hit(known) && !is_hit(&finding) => {}
                _ => {
                    self.findings.insert(category, finding);
                }
            }
        }
    }

    /// The findings as metadata of the message; `None` where there are none.
    pub fn metadata(self) -> Option<String> {
        let findings = self.findings;
        (!findings.is_empty()).then(|| json!({ "content_filter_results": findings }).to_string())
    }
}

fn is_hit(finding: &Value) -> bool {
    let says = |name| finding.get(name) == Some(&Value::Bool(true));
    says("filtered") || says("detected")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn metadata(chunks: &[&str]) -> Option<Value> {
        let mut filter = Filter::default();
        for chunk in chunks {
            filter.read(&RawValue::from_string((*chunk).into()).unwrap());
        }
        let metadata = filter.metadata()?;
        Some(serde_json::from_str::<Value>(&metadata).unwrap()["content_filter_results"].take())
    }

    #[test]
    fn what_was_found_once_stays_found() {
        let found = metadata(&[
            r#"{"hate": {"filtered": false, "severity": "safe"}}"#,
            r#"{"protected_material_text": {"detected": true, "filtered": false}}"#,
            r#"{"hate": {"filtered": true, "severity": "high"}}"#,
            r#"{"hate": {"filtered": false, "severity": "low"}}"#,
        ]);
        let expected = json!({
            "hate": {"filtered": true, "severity": "high"},
            "protected_material_text": {"detected": true, "filtered": false},
        });
        assert_eq!(found, Some(expected));
    }

    #[test]
    fn no_findings_are_no_metadata() {
        assert_eq!(metadata(&["{}", "null", "7"]), None);
    }
}
