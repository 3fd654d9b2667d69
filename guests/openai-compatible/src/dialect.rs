//! Which operation is sent where, and what reads the answer.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;
use serde_json::value::RawValue;
use tidegate_guest::types::{
    ChatRequest, Delivery, EmbedRequest, Embeddings, Error, ErrorKind, Header, HttpRequest,
    ModelInfo, TextRequest, TokenCount,
};
use tidegate_guest::{Io, Result, json};

use crate::profile::{Completions, Profile};
use crate::request::{ChatBody, TextBody};
use crate::responses::{self, Extra, Thinking};
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
    /// What stands behind the `?` of every URL, if anything.
    pub query: Option<String>,
    /// Members it wants in every body, beside those of the dialect. They win over those of a caller.
    pub members: BTreeMap<&'static str, Box<RawValue>>,
}

/// A body, and the members beside those of the dialect.
#[derive(Serialize)]
struct WithMembers<'a, B> {
    #[serde(flatten)]
    body: &'a B,
    #[serde(flatten)]
    members: &'a BTreeMap<&'static str, Box<RawValue>>,
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
        Ok(Dialect::new(profile, base_url))
    }

    /// The service at this URL.
    pub fn new(profile: Profile, base_url: &str) -> Self {
        Dialect {
            profile,
            base_url: base_url.trim_end_matches('/').into(),
            headers: Vec::new(),
            query: None,
            members: BTreeMap::new(),
        }
    }

    /// Adds a member to every body, if the setting of this name has a value, which is JSON.
    pub fn with_member(mut self, name: &'static str, setting: Option<&str>) -> Result<Self> {
        if let Some(json) = setting.filter(|json| !json.trim().is_empty()) {
            let value = RawValue::from_string(json.into()).map_err(|error| {
                Error::new(
                    ErrorKind::Internal,
                    format!("the setting for `{name}` is no JSON: {error}"),
                )
            })?;
            self.members.insert(name, value);
        }
        Ok(self)
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

    /// `POST /responses`. `model` is what the vendor calls the model, where the service calls it by another
    /// name.
    ///
    /// <https://platform.openai.com/docs/api-reference/responses/create>
    pub async fn respond(&self, request: &ChatRequest, model: &str, io: &Io) -> Result<()> {
        let mut warnings = Warnings::default();
        let extra = Extra::read(request.extra.as_deref())?;
        let thinking = Thinking::of(model);
        let body = responses::Body::new(request, &extra, thinking, &self.profile, &mut warnings)?;
        let http = self.post("/responses", &body, &extra.rest, request.stream)?;
        let response = io.fetch(http).await?.error_for_status()?;
        warnings.emit(io);
        responses::read(response, io).await
    }

    /// `POST /responses/input_tokens`.
    ///
    /// <https://platform.openai.com/docs/api-reference/responses/input-tokens>
    pub async fn count_tokens(&self, request: &ChatRequest, io: &Io) -> Result<TokenCount> {
        #[derive(Deserialize)]
        struct Count {
            input_tokens: u32,
        }
        let mut warnings = Warnings::default();
        let extra = Extra::read(request.extra.as_deref())?;
        let thinking = Thinking::of(&request.model);
        let body = responses::Body::new(request, &extra, thinking, &self.profile, &mut warnings)?;
        let body = body.for_counting();
        let http = self.post("/responses/input_tokens", &body, &extra.rest, false)?;
        let response = io.fetch(http).await?.error_for_status()?;
        let count: Count = json::read(&response)?;
        Ok(TokenCount {
            input: count.input_tokens,
            estimated: false,
        })
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
        let mut http = json::get(&self.url("/models"));
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
        let (url, members) = (self.url(path), &self.members);
        let mut http = match members.is_empty() {
            true => json::post_with_extra(&url, body, extra.as_deref())?,
            false => json::post_with_extra(&url, &WithMembers { body, members }, extra.as_deref())?,
        };
        http.headers.extend_from_slice(&self.headers);
        if stream {
            http.delivery = Delivery::ServerSentEvents;
        }
        Ok(http)
    }

    fn url(&self, path: &str) -> String {
        match &self.query {
            Some(query) => format!("{}{path}?{query}", self.base_url),
            None => format!("{}{path}", self.base_url),
        }
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
