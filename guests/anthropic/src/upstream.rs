//! Requests to the API: its address and the headers that every request carries.

use serde::Serialize;
use tidegate_guest::types::{Header, HttpRequest};
use tidegate_guest::{Io, Result, json};

use crate::info::{DEFAULT_BASE_URL, setting};

/// The only [version](https://platform.claude.com/docs/en/api/versioning) there has been since
/// 2023; what is new since then comes with new fields or beta names.
const VERSION: &str = "2023-06-01";

/// The beta name under which messages may refer to
/// [uploaded files](https://platform.claude.com/docs/en/build-with-claude/files).
const FILES_BETA: &str = "files-api-2025-04-14";

/// Where requests go, and with which beta features.
pub struct Upstream {
    base_url: String,
    beta: Vec<String>,
}

impl Upstream {
    /// As the operator has set it.
    pub fn new(io: &Io) -> Self {
        let base_url = io.setting(setting::BASE_URL).unwrap_or(DEFAULT_BASE_URL);
        let beta = io.setting(setting::BETA).unwrap_or_default();
        let names = beta.split(',').map(str::trim);
        Upstream {
            base_url: base_url.trim_end_matches('/').into(),
            beta: names
                .filter(|name| !name.is_empty())
                .map(Into::into)
                .collect(),
        }
    }

    /// A message that names an uploaded file is refused without the beta name for it.
    pub fn with_files(mut self, named: bool) -> Self {
        if named && !self.beta.iter().any(|name| name.starts_with("files-api-")) {
            self.beta.push(FILES_BETA.into());
        }
        self
    }

    /// A `GET` below the base URL.
    pub fn get(&self, path: &str) -> HttpRequest {
        self.with_headers(json::get(&format!("{}/{path}", self.base_url)))
    }

    /// A `POST` below the base URL. `output_config` of `extra` joins ours member by member, as format
    /// and effort are set independently.
    pub fn post(
        &self,
        path: &str,
        body: &impl Serialize,
        extra: Option<&str>,
    ) -> Result<HttpRequest> {
        let url = format!("{}/{path}", self.base_url);
        let request = json::post_with_extra_in(&url, body, extra, "output_config")?;
        Ok(self.with_headers(request))
    }

    fn with_headers(&self, mut request: HttpRequest) -> HttpRequest {
        request.headers.push(header("anthropic-version", VERSION));
        if !self.beta.is_empty() {
            let beta = self.beta.join(",");
            request.headers.push(header("anthropic-beta", &beta));
        }
        request
    }
}

fn header(name: &str, value: &str) -> Header {
    Header {
        name: name.into(),
        value: value.into(),
    }
}
