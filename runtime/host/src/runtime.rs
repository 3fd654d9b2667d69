//! All providers of a process behind one set of calls: a model name in, an answer out.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll, ready};

use futures::{Stream, StreamExt as _};

use crate::audit::AuditSink;
use crate::completion::{Completion, Fold};
use crate::component::Component;
use crate::egress::{ClientConfig, Egress, Resolver, SystemResolver};
use crate::error::{Error, Fault, Result};
use crate::meter::Cost;
use crate::nearest::nearest;
use crate::printable::excerpt;
use crate::provider::{CallOptions, Outputs, Provider};
use crate::types::*;
use crate::version::{ProviderConfig, Version};

/// Providers under their names. Cloning gives another handle.
#[derive(Clone)]
pub struct Runtime(Arc<BTreeMap<String, Provider>>);

/// What a runtime is made of.
#[derive(Default)]
pub struct RuntimeBuilder {
    providers: Vec<(String, Component, ProviderConfig)>,
    resolver: Option<Arc<dyn Resolver>>,
    client: ClientConfig,
    audit: Option<AuditSink>,
}

impl RuntimeBuilder {
    /// Adds a provider under a name, which is what stands before the `/` of a model.
    pub fn provider(
        mut self,
        name: impl Into<String>,
        component: Component,
        config: ProviderConfig,
    ) -> Self {
        self.providers.push((name.into(), component, config));
        self
    }

    /// Resolves host names in another way than by asking the operating system.
    pub fn resolver(mut self, resolver: Arc<dyn Resolver>) -> Self {
        self.resolver = Some(resolver);
        self
    }

    /// Sets what outbound connections trust and go through.
    pub fn client(mut self, client: ClientConfig) -> Self {
        self.client = client;
        self
    }

    /// Receives a record of every outbound request.
    pub fn audit(mut self, sink: AuditSink) -> Self {
        self.audit = Some(sink);
        self
    }

    /// The runtime. Errors name what is wrong in the configuration of which provider.
    pub fn build(self) -> Result<Runtime> {
        let resolver = self.resolver.unwrap_or_else(|| Arc::new(SystemResolver));
        let egress = Arc::new(Egress::new(resolver, self.client, self.audit)?);
        let mut providers = BTreeMap::new();
        for (name, component, config) in self.providers {
            if name.is_empty() || name.contains('/') {
                return Err(Error::Config {
                    message: format!("a provider cannot be called `{name}`"),
                    hint: "the name stands before the `/` of a model".into(),
                });
            }
            let provider = Provider::new(&name, component, config, egress.clone())?;
            if providers.insert(name.clone(), provider).is_some() {
                return Err(Error::Config {
                    message: format!("there are two providers called `{name}`"),
                    hint: "give one of them another name".into(),
                });
            }
        }
        Ok(Runtime(Arc::new(providers)))
    }
}

impl Runtime {
    /// A runtime without providers, to be added to.
    pub fn builder() -> RuntimeBuilder {
        RuntimeBuilder::default()
    }

    /// All providers, by name.
    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.0.values()
    }

    /// The provider of this name.
    pub fn provider(&self, name: &str) -> Result<&Provider> {
        self.0.get(name).ok_or_else(|| Error::UnknownProvider {
            name: excerpt(name),
            suggestion: self.suggest(name),
        })
    }

    /// Answers a conversation, whole. `request.model` is `provider/model`.
    pub async fn complete(&self, request: ChatRequest) -> Result<Completion> {
        let stream = self.chat(request, CallOptions::default()).await?;
        stream.complete().await
    }

    /// Answers a conversation as events. `request.model` is `provider/model`; the upstream is asked
    /// to stream. Dropping the stream cancels the guest and the upstream.
    pub async fn stream(&self, mut request: ChatRequest) -> Result<EventStream> {
        request.stream = true;
        self.chat(request, CallOptions::default()).await
    }

    /// Answers a conversation as events; `request.stream` says what to ask the upstream for.
    pub async fn chat(
        &self,
        mut request: ChatRequest,
        options: CallOptions,
    ) -> Result<EventStream> {
        let provider = self.route(&mut request.model)?;
        let outputs = provider.call(Operation::Chat(request), options).await?;
        Ok(EventStream::new(provider, outputs))
    }

    /// Continues a text, as events.
    pub async fn complete_text(
        &self,
        mut request: TextRequest,
        options: CallOptions,
    ) -> Result<EventStream> {
        let provider = self.route(&mut request.model)?;
        let outputs = provider.call(Operation::Complete(request), options).await?;
        Ok(EventStream::new(provider, outputs))
    }

    /// Turns inputs into vectors, one for each.
    pub async fn embed(&self, mut request: EmbedRequest) -> Result<Embeddings> {
        let provider = self.route(&mut request.model)?;
        let inputs = request.inputs.len();
        let outputs = provider
            .call(Operation::Embed(request), CallOptions::default())
            .await?;
        let embeddings = only(provider, outputs, |output| match output {
            Output::Embeddings(embeddings) => Some(embeddings),
            _ => None,
        })
        .await?;
        match embeddings.vectors.len() == inputs {
            true => Ok(embeddings),
            false => Err(contract(
                provider,
                format!(
                    "{inputs} inputs came back as {} vectors",
                    embeddings.vectors.len()
                ),
            )),
        }
    }

    /// Orders documents by relevance.
    pub async fn rerank(&self, mut request: RerankRequest) -> Result<Ranking> {
        let provider = self.route(&mut request.model)?;
        let documents = request.documents.len();
        let outputs = provider
            .call(Operation::Rerank(request), CallOptions::default())
            .await?;
        let ranking = only(provider, outputs, |output| match output {
            Output::Ranking(ranking) => Some(ranking),
            _ => None,
        })
        .await?;
        let stray =
            |ranked: &&Ranked| usize::try_from(ranked.index).is_ok_and(|it| it >= documents);
        match ranking.results.iter().find(stray) {
            None => Ok(ranking),
            Some(ranked) => Err(contract(
                provider,
                format!(
                    "it ranks document {}, and there are {documents}",
                    ranked.index
                ),
            )),
        }
    }

    /// Counts the input tokens of a conversation.
    pub async fn count_tokens(&self, mut request: ChatRequest) -> Result<TokenCount> {
        let provider = self.route(&mut request.model)?;
        let outputs = provider
            .call(Operation::CountTokens(request), CallOptions::default())
            .await?;
        only(provider, outputs, |output| match output {
            Output::Tokens(count) => Some(count),
            _ => None,
        })
        .await
    }

    /// The models of one provider.
    pub async fn models(&self, provider: &str) -> Result<Vec<ModelInfo>> {
        let provider = self.provider(provider)?;
        let mut outputs = provider
            .call(Operation::ListModels, CallOptions::default())
            .await?;
        let mut models = Vec::new();
        while let Some(output) = outputs.next().await {
            match output? {
                Output::Models(more) => models.extend(more),
                _ => return Err(contract(provider, "it emitted something other than models")),
            }
        }
        Ok(models)
    }

    /// Whether a provider's upstream and credentials work.
    pub async fn check(&self, provider: &str) -> Result<Health> {
        let provider = self.provider(provider)?;
        let outputs = provider
            .call(Operation::Check, CallOptions::default())
            .await?;
        only(provider, outputs, |output| match output {
            Output::Health(health) => Some(health),
            _ => None,
        })
        .await
    }

    /// Makes `component` the version that new calls of a provider run on; see [`Provider::swap`].
    pub fn swap(&self, provider: &str, component: Component) -> Result<Arc<Version>> {
        self.provider(provider)?.swap(component)
    }

    /// Goes back to the version before the last swap.
    pub fn rollback(&self, provider: &str) -> Result<Arc<Version>> {
        self.provider(provider)?.rollback()
    }

    /// The provider that a model name begins with; the name keeps the rest.
    fn route(&self, model: &mut String) -> Result<&Provider> {
        let Some((provider, rest)) = model.split_once('/') else {
            return Err(Error::BareModel {
                suggestion: self.suggest(model).map(|provider| format!("{provider}/…")),
                name: excerpt(model),
            });
        };
        let provider = self.provider(provider)?;
        *model = rest.into();
        Ok(provider)
    }

    fn suggest(&self, name: &str) -> Option<String> {
        nearest(name, self.0.keys().map(String::as_str)).map(Into::into)
    }
}

/// The events of an answer as they come. Dropping it cancels the guest and the upstream.
///
/// It ends after a `finish`, or with an error as its last item: an answer that was cut is never
/// taken for a whole one.
pub struct EventStream {
    provider: String,
    outputs: Outputs,
    failed: bool,
}

impl EventStream {
    fn new(provider: &Provider, outputs: Outputs) -> Self {
        EventStream {
            provider: provider.name().into(),
            outputs,
            failed: false,
        }
    }

    /// The version of the provider that answers.
    pub fn version(&self) -> &Arc<Version> {
        self.outputs.version()
    }

    /// What the call has cost so far.
    pub fn cost(&self) -> Cost {
        self.outputs.cost()
    }

    /// Folds what is left into a completion.
    pub async fn complete(mut self) -> Result<Completion> {
        let mut fold = Fold::default();
        while let Some(event) = self.next().await {
            // Events that are there already are no reason to keep a thread.
            tokio::task::coop::consume_budget().await;
            fold.push(event?)
                .map_err(|problem| self.contract(problem))?;
        }
        fold.complete().map_err(|problem| self.contract(problem))
    }

    fn contract(&self, problem: impl Into<String>) -> Error {
        Error::guest(&self.provider, Fault::Contract(problem.into()))
    }
}

impl Stream for EventStream {
    type Item = Result<StreamEvent>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Option<Self::Item>> {
        if self.failed {
            return Poll::Ready(None);
        }
        let output = ready!(self.outputs.poll_next_unpin(task));
        let event = output.map(|output| match output? {
            Output::Event(event) => Ok(event),
            _ => Err(self.contract("it emitted something other than an event")),
        });
        self.failed = matches!(event, Some(Err(_)));
        Poll::Ready(event)
    }
}

/// The one output that an operation comes to.
async fn only<T>(
    provider: &Provider,
    mut outputs: Outputs,
    pick: impl Fn(Output) -> Option<T>,
) -> Result<T> {
    let mut found = None;
    while let Some(output) = outputs.next().await {
        match pick(output?) {
            Some(output) if found.is_none() => found = Some(output),
            Some(_) => return Err(contract(provider, "it emitted its answer twice")),
            None => {
                return Err(contract(
                    provider,
                    "it emitted something other than was asked for",
                ));
            }
        }
    }
    found.ok_or_else(|| contract(provider, "it is done without an answer"))
}

fn contract(provider: &Provider, problem: impl Into<String>) -> Error {
    Error::guest(provider.name(), Fault::Contract(problem.into()))
}
