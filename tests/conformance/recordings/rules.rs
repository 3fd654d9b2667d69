//! The recordings' rules of comparison, section "Comparing" of their README.

use serde_json::{Value, json};
use tidegate_tests::fixture::{Comparison, Mismatch, Outcome};

use super::index::Recording;
use super::semantic;

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
    /// An answer that came to its end.
    fn whole(&mut self) {
        if !self.got("error").is_null() {
            return self.differ("error", "no error", self.got("error").to_string());
        }
        self.same("text", self.expects("text").clone());
        self.refusal();
        self.tool_calls();
        self.finish();
        self.usage();
        let words = |text: &Value| {
            let text = text.as_str().unwrap_or_default();
            text.split_whitespace().collect::<String>()
        };
        let (expected, got) = (
            words(self.expects("reasoning")),
            words(self.got("reasoning")),
        );
        if expected != got {
            self.differ("reasoning", expected, got);
        }
        if let Some(choices) = self.expects("choices").as_u64() {
            self.same("choices", choices.into());
        }
    }

    /// As `refusal` or as text.
    fn refusal(&mut self) {
        let expected = self.expects("refusal");
        let delivered = [self.got("refusal"), self.got("text")];
        if !matches!(expected.as_str(), None | Some("")) && !delivered.contains(&expected) {
            self.same("refusal", expected.clone());
        }
    }

    /// In order; arguments as JSON, or to the letter where they are none.
    fn tool_calls(&mut self) {
        let expected = self
            .expects("tool_calls")
            .as_array()
            .cloned()
            .unwrap_or_default();
        let got = self
            .got("tool-calls")
            .as_array()
            .cloned()
            .unwrap_or_default();
        if expected.len() != got.len() {
            return self.same("tool-calls", self.expects("tool_calls").clone());
        }
        let ids: std::collections::BTreeSet<_> =
            got.iter().map(|call| call["id"].as_str()).collect();
        if ids.len() != got.len() || ids.contains(&Some("")) {
            self.differ(
                "tool-calls",
                "ids that are there and unique",
                format!("{ids:?}"),
            );
        }
        for (index, (expected, got)) in expected.iter().zip(&got).enumerate() {
            let field = format!("tool-calls[{index}]");
            let is_text = expected["arguments_invalid_json"] == true || expected["custom"] == true;
            let (form, wanted) = match (&expected["arguments"], is_text) {
                (arguments, true) => ("arguments-raw", arguments.clone()),
                (Value::Null, _) => ("arguments", json!({})),
                (Value::String(text), _) if text.is_empty() => ("arguments", json!({})),
                (arguments, _) => ("arguments", arguments.clone()),
            };
            let mut compare = |name: &str, expected: &Value| {
                let field = format!("{field}.{name}");
                let mismatches = Comparison::EXACT.mismatches(&field, expected, &got[name]);
                self.mismatches.extend(mismatches);
            };
            compare("name", &expected["name"]);
            compare(form, &wanted);
            if !expected["id"].is_null() {
                compare("id", &expected["id"]);
            }
        }
    }

    fn finish(&mut self) {
        let expected = self
            .expects("finish")
            .as_str()
            .unwrap_or_default()
            .replace('_', "-");
        let refused = !matches!(self.expects("refusal").as_str(), None | Some(""));
        let got = self.got("finish").as_str().unwrap_or_default();
        let accepted = expected == got || refused && expected == "content-filter" && got == "stop";
        if !accepted {
            self.same("finish", expected.into());
        }
    }

    fn usage(&mut self) {
        let expected = self.expects("usage").clone();
        if expected.is_null() {
            return;
        }
        let usage = self.got("usage").clone();
        for (name, reported) in [
            ("input", "input_as_reported"),
            ("output", "output_as_reported"),
        ] {
            let got = &usage[name];
            let accepted = [&expected[name], &expected[reported]].contains(&got);
            if !accepted && !expected[name].is_null() {
                self.differ(
                    &format!("usage.{name}"),
                    expected[name].to_string(),
                    got.to_string(),
                );
            }
        }
        for (name, recorded) in [("cache-read", "cached"), ("reasoning", "reasoning")] {
            let wanted = &expected[recorded];
            if wanted.as_u64().is_some_and(|tokens| tokens > 0) && *wanted != usage[name] {
                self.differ(
                    &format!("usage.{name}"),
                    wanted.to_string(),
                    usage[name].to_string(),
                );
            }
        }
    }

    /// A stream that broke off, or that said in its middle that it failed.
    fn damaged(&mut self) {
        let expected = self.expects("error").clone();
        let text = self.got("text").as_str().unwrap_or_default().to_owned();
        let whole = self
            .expects("text_prefix_of")
            .as_str()
            .or(self.expects("text").as_str());
        let whole = whole.unwrap_or_default().to_owned();
        if !whole.starts_with(&text) {
            self.differ(
                "text",
                format!("a beginning of {whole:?}"),
                format!("{text:?}"),
            );
        }
        let most = self.expects("tool_calls_complete_max").as_u64();
        let calls = self.got("tool-calls").as_array().map_or(0, Vec::len);
        if most.is_some_and(|most| calls as u64 > most) {
            self.differ("tool-calls", format!("at most {most:?}"), calls.to_string());
        }
        // A filter that ends an answer may be told as the finish it is.
        let filtered = expected["semantic"] == "content_filter";
        if filtered && *self.got("finish") == "content-filter" {
            return;
        }
        self.failed_as(&expected);
    }

    /// An answer that must fail.
    fn error(&mut self) {
        let expected = self.expects("error").clone();
        let empty = self.got("error").is_null() && *self.got("text") == "";
        if empty && self.expects("or_empty_text") == true {
            return;
        }
        self.failed_as(&expected);
        // A vendor's status is the caller's, and its advice too.
        if self.recording.status >= 400 {
            self.same("error.status", self.recording.status.into());
        }
        if let Some(seconds) = self.expects("retry_after").as_f64() {
            let got = self.got("error")["retry-after-ms"]
                .as_f64()
                .unwrap_or_default();
            // Recorded in whole seconds; some vendors say it in milliseconds as well.
            if got <= (seconds - 1.0) * 1000.0 || got > seconds * 1000.0 {
                self.differ(
                    "error.retry-after-ms",
                    format!("{seconds} s"),
                    got.to_string(),
                );
            }
        }
    }

    fn failed_as(&mut self, expected: &Value) {
        let got = self.got("error").clone();
        if got.is_null() {
            return self.differ("error", expected.to_string(), "no error");
        }
        let meaning = expected["semantic"].as_str().or(expected["kind"].as_str());
        let kinds = semantic::kinds(meaning.unwrap_or_default());
        if !kinds.iter().any(|kind| got["kind"] == **kind) {
            self.differ("error.kind", kinds.join(" or "), got.to_string());
        }
        // Where there is no vendor's sentence, the recording describes what is wrong.
        let is_description = expected["semantic"].is_null();
        let message = expected["message"]
            .as_str()
            .filter(|_| !is_description)
            .unwrap_or_default();
        if !got["message"]
            .as_str()
            .unwrap_or_default()
            .contains(message)
        {
            self.differ("error.message", message, got["message"].to_string());
        }
        if let Some(retryable) = expected["retryable"].as_bool()
            && self.retryable != Some(retryable)
        {
            let got = format!("{:?} for {got}", self.retryable);
            self.differ(
                "whether another attempt may help",
                retryable.to_string(),
                got,
            );
        }
    }

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
