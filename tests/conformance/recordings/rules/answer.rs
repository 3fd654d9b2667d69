//! Rules for an answer that came to its end.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tidegate_tests::fixture::Comparison;

use super::Rules;

impl Rules<'_> {
    /// An answer that came to its end.
    pub(super) fn whole(&mut self) {
        if !self.got("error").is_null() {
            return self.differ("error", "no error", self.got("error").to_string());
        }
        self.text();
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

    /// As text, with the plan that some models make before they call tools, or as the plan alone.
    fn text(&mut self) {
        let expected = self.expects("text").as_str().unwrap_or_default();
        let plan = self.expects("tool_plan").as_str().unwrap_or_default();
        let got = self.got("text").as_str().unwrap_or_default();
        if plan.is_empty() || (got != plan && got != format!("{plan}{expected}")) {
            self.same("text", self.expects("text").clone());
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
        let ids: BTreeSet<_> = got.iter().map(|call| call["id"].as_str()).collect();
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
}
