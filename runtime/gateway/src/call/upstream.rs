//! The calls themselves. The only file that asks the runtime for anything on behalf of a client.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use futures::TryFutureExt as _;
use futures::future::BoxFuture;
use tidegate_host::types::{
    ChatRequest, EmbedRequest, Embeddings, ErrorKind, ModelInfo, Ranking, RerankRequest,
    TextRequest, TokenCount, Warning,
};
use tidegate_host::{Attempts, CallOptions, Error, EstimateTokens, EventStream, Version};

use super::Call;
use crate::auth::Key;
use crate::failure::{Failure, FailureKind};
use crate::headers::TIMEOUT;
use crate::models::Found;
use crate::shared::Shared;

/// A request that takes one of a key's requests and none of its tokens.
struct NoTokens;

impl EstimateTokens for NoTokens {
    fn estimate_tokens(&self) -> u32 {
        0
    }
}

/// A call under way to its first events.
pub type Opening = BoxFuture<'static, Result<EventStream, Failure>>;

impl Call {
    /// Answers a conversation as events.
    pub fn chat(&self, request: ChatRequest) -> Result<Opening, Failure> {
        let options = self.begin(&request.model, &request)?;
        let runtime = self.gateway.runtime.clone();
        Ok(self.opening(Box::pin(
            async move { runtime.chat(request, options).await },
        )))
    }

    /// Continues a text, as events.
    pub fn complete_text(&self, request: TextRequest) -> Result<Opening, Failure> {
        let options = self.begin(&request.model, &request)?;
        let runtime = self.gateway.runtime.clone();
        Ok(self.opening(Box::pin(async move {
            runtime.complete_text(request, options).await
        })))
    }

    /// Turns inputs into vectors.
    pub async fn embed(&self, request: EmbedRequest) -> Result<Embeddings, Failure> {
        let options = self.begin(&request.model, &request)?;
        let embeddings = self.gateway.runtime.embed_with(request, options).await;
        embeddings.map_err(|error| self.failed(error))
    }

    /// Orders documents by relevance.
    pub async fn rerank(&self, request: RerankRequest) -> Result<Ranking, Failure> {
        let options = self.begin(&request.model, &request)?;
        let ranking = self.gateway.runtime.rerank_with(request, options).await;
        ranking.map_err(|error| self.failed(error))
    }

    /// Counts the input tokens of a conversation.
    pub async fn count_tokens(&self, request: ChatRequest) -> Result<TokenCount, Failure> {
        let options = self.begin(&request.model, &NoTokens)?;
        let runtime = &self.gateway.runtime;
        let count = runtime.count_tokens_with(request, options).await;
        count.map_err(|error| self.failed(error))
    }

    /// What has to be true before anything is asked for, once for each thing.
    fn begin(&self, model: &str, cost: &impl EstimateTokens) -> Result<CallOptions, Failure> {
        self.entry.asks(model);
        let admitted = self.admit_model(model, cost);
        if let (Some(key), Err(failure)) = (&self.key, &admitted) {
            self.gateway.telemetry.refused(key.name(), failure.kind);
        }
        admitted
    }

    fn admit_model(&self, model: &str, cost: &impl EstimateTokens) -> Result<CallOptions, Failure> {
        self.check(model)?;
        self.check_budget(model)?;
        let options = self.options()?;
        self.reserve(cost)?;
        Ok(options)
    }

    /// Whether the key may spend, and it is known what.
    fn check_budget(&self, model: &str) -> Result<(), Failure> {
        let Some(key) = self.key.as_ref().filter(|key| key.budget().is_limited()) else {
            return Ok(());
        };
        // Nothing is asked of a budget that could not be charged.
        if let Some(target) = self.gateway.runtime.unpriced(model) {
            return Err(Failure {
                parameter: Some("model".into()),
                ..Failure::new(
                    FailureKind::Model,
                    format!(
                        "the key `{}` has a budget, and nobody has said what `{}` costs\nhint: add its price to `providers.NAME.prices` in `tidegate.toml`",
                        key.name(),
                        target.escape_debug(),
                    ),
                )
            });
        }
        key.check_budget()
    }

    /// A call that outlives the handler which began it. In its box already: it is a large one, and would
    /// be copied into whatever is put around it.
    fn opening(
        &self,
        beginning: BoxFuture<'static, tidegate_host::Result<EventStream>>,
    ) -> Opening {
        let words = self.words();
        Box::pin(beginning.map_err(move |error| words.explain(error)))
    }

    /// The version that has answered, for answers that do not say it themselves. It is the provider's
    /// current one: a version that was replaced in this very moment is not looked up.
    pub fn version(&self) -> Option<Arc<Version>> {
        let attempts = self.attempts.list();
        let attempt = attempts.last()?;
        let provider = self.gateway.runtime.provider(&attempt.provider).ok()?;
        Some(provider.version()).filter(|version| version.number() == attempt.version)
    }

    /// The names of routes that the client may use in place of a model.
    pub fn aliases(&self) -> Vec<String> {
        let routes = self.gateway.runtime.routes().into_iter();
        let aliases = routes.map(|(alias, _)| alias);
        aliases.filter(|alias| self.may_use(alias)).collect()
    }

    /// The models of providers that the client may use something of, and what is wrong with the rest
    /// of these. Others are not asked, and no word of them is told.
    async fn models(&self) -> Found {
        let config = &self.gateway.config;
        let providers = self.gateway.runtime.providers().filter(|provider| {
            let key = self.key.as_ref();
            key.is_none_or(|key| key.allows_some_of(provider.name()))
        });
        let (runtime, models) = (&self.gateway.runtime, &self.gateway.models);
        models
            .all(runtime, providers, config.models_timeout, config.models_age)
            .await
    }

    /// What the client may ask for: routes, and models with what is wrong with the rest. Only where
    /// there is nothing to list, a failure is one.
    pub async fn listed(&self) -> Result<(Vec<String>, Found), Failure> {
        let mut found = self.models().await;
        let aliases = self.aliases();
        match found.failure.take() {
            Some(failure) if found.models.is_empty() && aliases.is_empty() => Err(failure),
            _ => Ok((aliases, found)),
        }
    }

    /// The models of one provider.
    pub async fn models_of(&self, provider: &str) -> Result<Arc<Vec<ModelInfo>>, Failure> {
        let (config, runtime) = (&self.gateway.config, &self.gateway.runtime);
        runtime
            .provider(provider)
            .map_err(|error| self.failed(error))?;
        let models = &self.gateway.models;
        models
            .of(runtime, provider, config.models_timeout, config.models_age)
            .await
    }

    /// An error of the host, for the client.
    pub(super) fn failed(&self, error: Error) -> Failure {
        self.words().explain(error)
    }

    /// What an error of this call is explained with, also after the call.
    pub(super) fn words(&self) -> Words {
        Words {
            gateway: self.gateway.clone(),
            key: self.key.clone(),
            attempts: self.attempts.clone(),
        }
    }

    fn check(&self, model: &str) -> Result<(), Failure> {
        if self.may_use(model) {
            return Ok(());
        }
        let name = self.key.as_ref().map_or("", |key| key.name());
        Err(Failure {
            parameter: Some("model".into()),
            ..Failure::new(
                FailureKind::Model,
                format!(
                    "the key `{name}` may not use the model `{}`\nhint: `GET /v1/models` lists those that it may use",
                    model.escape_debug()
                ),
            )
        })
    }

    fn reserve(&self, request: &impl EstimateTokens) -> Result<(), Failure> {
        if let Some(key) = &self.key {
            let taken = key.reserve(request, &self.attempts)?;
            let mut reservation = self
                .reservation
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            *reservation = taken;
        }
        Ok(())
    }

    fn options(&self) -> Result<CallOptions, Failure> {
        Ok(CallOptions {
            timeout: self.timeout()?,
            request_id: Some(self.id.as_str().into()),
            attempts: Some(self.attempts.clone()),
            span: self.entry.span(),
            caller: self.key.as_ref().map(|key| key.caller()),
            ..CallOptions::default()
        })
    }

    /// How long the client is willing to wait.
    fn timeout(&self) -> Result<Option<Duration>, Failure> {
        let Some(value) = self.headers.get(TIMEOUT) else {
            return Ok(None);
        };
        let milliseconds = value.to_str().ok().and_then(|text| text.parse().ok());
        match milliseconds {
            Some(milliseconds @ 1..) => Ok(Some(Duration::from_millis(milliseconds))),
            _ => Err(Failure {
                parameter: Some(TIMEOUT.as_str().into()),
                ..Failure::new(
                    FailureKind::Body,
                    format!("the header `{TIMEOUT}` is no positive number of milliseconds"),
                )
            }),
        }
    }
}

/// What is to be said of a number of tokens that nobody has counted.
pub fn guessed(count: &TokenCount) -> Option<Warning> {
    count.estimated.then(|| Warning {
        subject: None,
        message: "the number is the provider's guess, not the vendor's count".into(),
    })
}

/// What errors of the host are explained with.
pub(super) struct Words {
    gateway: Arc<Shared>,
    key: Option<Arc<Key>>,
    attempts: Attempts,
}

impl Words {
    /// An error of the host, with the model that was probably meant.
    pub(super) fn explain(&self, error: Error) -> Failure {
        let may_use = |model: &str| self.key.as_ref().is_none_or(|key| key.allows(model));
        let (runtime, models) = (&self.gateway.runtime, &self.gateway.models);
        let meant = match &error {
            Error::BareModel { name, .. } => models.nearest(runtime, name, may_use),
            Error::Provider(error) if error.kind == ErrorKind::NotFound => {
                let last = self.attempts.list().pop();
                last.and_then(|it| models.nearest_of(runtime, &it.provider, &it.model, may_use))
            }
            _ => None,
        };
        let mut failure = Failure::from(error);
        if let Some(model) = meant {
            let hint = format!("\nhint: there is a model `{model}`");
            failure.message.push_str(&hint);
        }
        failure
    }
}
