//! The recordings' rules of comparison, section "Comparing" of their README.

mod answer;
mod failure;

use serde_json::Value;
use tidegate_tests::fixture::{Comparison, Mismatch, Outcome};

use super::index::Recording;

/// Everything in which an outcome is not as recorded.
pub fn mismatches(recording: &Recording, outcome: &Outcome) -> Vec<Mismatch> {
    let mut rules = Rules {
        recording,
        view: Value::Object(outcome.view()),
        retryable: outcome.error.as_ref().map(|failed| failed.retryable),
        mismatches: Vec::new(),
    };
    let expects_error = !recording.expects("error").is_null();
    match recording.expects("kind").as_str() {
        Some("error") => rules.error(),
        Some("embeddings") => rules.embeddings(),
        Some("models") => rules.models(),
        _ if recording.expects("lenient") == true => rules.lenient(),
        _ if expects_error => rules.damaged(),
        _ => rules.whole(),
    }
    rules.mismatches
}

/// An outcome beside what was recorded.
struct Rules<'a> {
    recording: &'a Recording,
    view: Value,
    retryable: Option<bool>,
    mismatches: Vec<Mismatch>,
}

impl Rules<'_> {
    /// Something that may be read or refused.
    fn lenient(&mut self) {
        let any = self
            .expects("text_any_of")
            .as_array()
            .cloned()
            .unwrap_or_default();
        let read = any.contains(self.got("text")) && self.got("error").is_null();
        let refused = !self.got("error").is_null() && self.expects("error_also_ok") == true;
        if !read && !refused {
            self.differ("text", format!("one of {any:?}"), self.view.to_string());
        }
    }

    fn embeddings(&mut self) {
        let Some(vectors) = self.got("embeddings").as_array().cloned() else {
            return self.differ("embeddings", "vectors", self.got("error").to_string());
        };
        let dims: Vec<usize> = vectors
            .iter()
            .map(|it| it.as_array().map_or(0, Vec::len))
            .collect();
        let expected = self.expects("count").as_u64().unwrap_or_default();
        if dims.len() as u64 != expected {
            self.differ(
                "embeddings.count",
                expected.to_string(),
                dims.len().to_string(),
            );
        }
        let expected = self.expects("dims").clone();
        if dims.iter().any(|dims| expected != *dims) {
            self.differ("embeddings.dims", expected.to_string(), format!("{dims:?}"));
        }
        let first = vectors.iter().take(3).map(|vector| {
            vector
                .as_array()
                .into_iter()
                .flatten()
                .take(3)
                .cloned()
                .collect::<Value>()
        });
        let first: Value = first.collect();
        let expected = self.expects("first").clone();
        let mismatches = Comparison::PARTIAL.mismatches("embeddings", &expected, &first);
        self.mismatches.extend(mismatches);
        let input = self.expects("usage")["input"].clone();
        if !input.is_null() && input != self.got("usage")["input"] {
            self.differ(
                "usage.input",
                input.to_string(),
                self.got("usage").to_string(),
            );
        }
    }

    fn models(&mut self) {
        let models = self.got("models").as_array().cloned().unwrap_or_default();
        let count = self.expects("count").clone();
        if count != models.len() {
            let got = format!("{}; {}", models.len(), self.got("error"));
            return self.differ("models.count", count.to_string(), got);
        }
        let expected = self.expects("ids").clone();
        let ids = expected.as_array().map_or(0, Vec::len);
        let first: Value = models.into_iter().take(ids).collect();
        let mismatches = Comparison::PARTIAL.mismatches("models", &expected, &first);
        self.mismatches.extend(mismatches);
    }

    fn expects(&self, name: &str) -> &Value {
        self.recording.expects(name)
    }

    fn got(&self, name: &str) -> &Value {
        self.view.get(name).unwrap_or(&Value::Null)
    }

    fn same(&mut self, path: &str, expected: Value) {
        let got = path
            .split('.')
            .fold(&self.view, |value, name| &value[name])
            .clone();
        self.mismatches
            .extend(Comparison::EXACT.mismatches(path, &expected, &got));
    }

    fn differ(&mut self, field: &str, expected: impl Into<String>, got: impl Into<String>) {
        self.mismatches.push(Mismatch::new(field, expected, got));
    }
}
