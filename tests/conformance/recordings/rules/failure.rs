//! Rules for an answer that failed, at once or in its middle.

use serde_json::Value;

use super::Rules;
use crate::recordings::semantic;

impl Rules<'_> {
    /// A stream that broke off, or that said in its middle that it failed.
    pub(super) fn damaged(&mut self) {
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
    pub(super) fn error(&mut self) {
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
        // An error inside a stream may say neither: then that it is one is all there is to compare.
        if let Some(meaning) = expected["semantic"].as_str().or(expected["kind"].as_str()) {
            let kinds = semantic::kinds(meaning);
            if !kinds.iter().any(|kind| got["kind"] == **kind) {
                self.differ("error.kind", kinds.join(" or "), got.to_string());
            }
        }
        // Where there is no vendor's sentence, the recording describes what is wrong.
        let is_description = expected["semantic"].is_null() && expected["code"].is_null();
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
        // The recordings go by the status alone; a quota that is used up is not cured by time.
        let is_used_up = got["kind"] == "quota-exceeded";
        if let Some(retryable) = expected["retryable"].as_bool()
            && !is_used_up
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
}
