//! Which operation is sent where, and what reads the answer.

use serde::Serialize;
use tidegate_guest::types::{
    ChatRequest, Delivery, EmbedRequest, Embeddings, Error, ErrorKind, Header, HttpRequest,
    ModelInfo, TextRequest,
};
use tidegate_guest::{Io, Result, json};

use crate::profile::{Completions, Profile};
use crate::request::{ChatBody, TextBody};
use crate::warnings::Warnings;
use crate::{answer, embeddings, models};

/// One service that speaks this dialect.
#[derive(Clone, Debug)]
pub struct Dialect {
    /// Its quirks.
    pub profile: Profile,
    /// What stands before `/chat/completions`, without a slash at its end.
    pub base_url: String,
    /// Headers it wants on every request.
    pub headers: Vec<Header>,
}

impl Dialect {
    /// The service at the setting `base-url`, or at `default` where that is not set.
    pub fn from_settings(profile: Profile, default: Option<&str>, io: &Io) -> Result<Self> {
        let base_url = io.setting("base-url").or(default).ok_or_else(|| {
            Error::new(
                ErrorKind::Internal,
                "the setting `base-url` is missing\nhint: set it to what stands before `/chat/completions`",
            )
        })?;
        Ok(Dialect {
            profile,
            base_url: base_url.trim_end_matches('/').into(),
            headers: Vec::new(),
        })
    }

    /// Adds a header to every request, if the setting of this name has a value.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: Option<&str>) -> Self {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.headers.push(Header {
                name: name.into(),
                value: value.into(),
            });
        }
        self
    }

    /// `POST /chat/completions`.
    ///
    /// <https://platform.openai.com/docs/api-reference/chat/create>
    pub async fn chat(&self, request: &ChatRequest, io: &Io) -> Result<()> {
        let mut warnings = Warnings::default();
        let body = ChatBody::new(request, &self.profile, &mut warnings)?;
        let http = self.post("/chat/completions", &body, &request.extra, request.stream)?;
        self.answer(http, &request.extra, warnings, io).await
    }

    /// `POST /completions`, or whatever endpoint of the service continues texts.
    ///
    /// <https://platform.openai.com/docs/api-reference/completions/create>,
    /// <https://docs.mistral.ai/api/endpoint/fim>
    pub async fn complete(&self, request: &TextRequest, io: &Io) -> Result<()> {
        let mut warnings = Warnings::default();
        let body = TextBody::new(request, &self.profile, &mut warnings)?;
        let path = match self.profile.completions {
            Completions::Completions => "/completions",
            Completions::FillInTheMiddle => "/fim/completions",
        };
        let http = self.post(path, &body, &request.extra, request.stream)?;
        self.answer(http, &request.extra, warnings, io).await
    }

    /// `POST /embeddings`.
    ///
    /// <https://platform.openai.com/docs/api-reference/embeddings/create>
    pub async fn embed(&self, request: &EmbedRequest, io: &Io) -> Result<Embeddings> {
        let mut warnings = Warnings::default();
        let body = embeddings::EmbedBody::new(request, &self.profile, &mut warnings)?;
        let http = self.post("/embeddings", &body, &request.extra, false)?;
        let response = io.fetch(http).await?.error_for_status()?;
        embeddings::read(&response, request.inputs.len(), warnings)
    }

    /// `GET /models`.
    ///
    /// <https://platform.openai.com/docs/api-reference/models/list>
    pub async fn list_models(&self, io: &Io) -> Result<Vec<ModelInfo>> {
        let mut http = json::get(&format!("{}/models", self.base_url));
        http.headers.extend_from_slice(&self.headers);
        let response = io.fetch(http).await?.error_for_status()?;
        models::read(&response)
    }

    fn post(
        &self,
        path: &str,
        body: &impl Serialize,
        extra: &Option<String>,
        stream: bool,
    ) -> Result<HttpRequest> {
        let url = format!("{}{path}", self.base_url);
        let mut http = json::post_with_extra(&url, body, extra.as_deref())?;
        http.headers.extend_from_slice(&self.headers);
        if stream {
            http.delivery = Delivery::ServerSentEvents;
        }
        Ok(http)
    }

    async fn answer(
        &self,
        http: HttpRequest,
        extra: &Option<String>,
        warnings: Warnings,
        io: &Io,
    ) -> Result<()> {
        let response = io.fetch(http).await?.error_for_status()?;
        warnings.emit(io);
        answer::read(response, extra.as_deref(), io).await
    }
}
