//! All providers of a process behind one set of calls: a model name in, an answer out.

mod operating;

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use futures::StreamExt as _;

use crate::audit::AuditSink;
use crate::builder::RuntimeBuilder;
use crate::completion::Completion;
use crate::dispatch::{self, Begun};
use crate::engine::EngineUsage;
use crate::error::{Error, Fault, Result};
use crate::events::EventStream;
use crate::provider::{CallOptions, Provider};
use crate::record::CallSink;
use crate::router::Route;
use crate::table::{Lanes, Table, Target, Way};
use crate::types::*;

/// Providers and routes under their names. Cloning gives another handle.
#[derive(Clone)]
pub struct Runtime(Arc<Shared>);

struct Shared {
    table: ArcSwap<Table>,
    /// Serialises changes of the table.
    changing: Mutex<()>,
}

impl RuntimeBuilder {
    /// The runtime. Errors name what is wrong in the configuration of which provider or route.
    pub fn build(self) -> Result<Runtime> {
        Ok(Runtime(Arc::new(Shared {
            table: ArcSwap::from_pointee(self.first()?),
            changing: Mutex::new(()),
        })))
    }
}

impl Runtime {
    /// A runtime without providers, to be added to.
    pub fn builder() -> RuntimeBuilder {
        RuntimeBuilder::default()
    }

    /// Makes the runtime what the builder says, while calls are under way; those end as they began.
    ///
    /// A provider whose configuration and component are as they were stays what it is, with its
    /// versions, breaker and counters. One with another component is swapped, as by
    /// [`Provider::swap`]; one with another configuration begins anew. What somebody has swapped in
    /// stays all the same, until this names another component than it did then ([`Source`]); so does
    /// the word whether a provider takes calls. Should anything be wrong, nothing changes. The
    /// resolver, the sinks and the audit tail are those that the runtime has, whatever the builder
    /// says.
    ///
    /// [`Source`]: crate::Source
    pub fn apply(&self, builder: RuntimeBuilder) -> Result<()> {
        let _changing = self.changing();
        let plan = builder.after(&self.0.table.load())?;
        self.0.table.store(Arc::new(plan.carry_out()));
        Ok(())
    }

    /// Replaces all routes. Calls under way stay on those that they began on.
    pub fn set_routes(&self, routes: impl IntoIterator<Item = (String, Route)>) -> Result<()> {
        let _changing = self.changing();
        let table = Table::clone(&self.0.table.load());
        let table = table.with_routes(routes.into_iter().collect())?;
        self.0.table.store(Arc::new(table));
        Ok(())
    }

    /// Tells one more listener of every attempt to answer a call, from now on.
    pub fn watch_calls(&self, sink: CallSink) {
        self.0.table.load().outside.calls.add(sink);
    }

    /// Tells one more listener of every outbound request, from now on.
    pub fn watch_requests(&self, sink: AuditSink) {
        self.0.table.load().outside.audit.sinks.add(sink);
    }

    /// What the engine that the providers run on is used for; `None` without a provider.
    pub fn usage(&self) -> Option<EngineUsage> {
        let table = self.0.table.load();
        let provider = table.providers.values().next()?;
        Some(provider.version().component().engine().usage())
    }

    /// All providers, by name.
    pub fn providers(&self) -> impl Iterator<Item = Arc<Provider>> + use<> {
        let table = self.0.table.load();
        let providers: Vec<_> = table.providers.values().cloned().collect();
        providers.into_iter()
    }

    /// The provider of this name.
    pub fn provider(&self, name: &str) -> Result<Arc<Provider>> {
        self.0.table.load().provider(name).cloned()
    }

    /// Whether the configuration names a model of a provider: as a target of a route, or with a price.
    pub fn names_model(&self, provider: &str, model: &str) -> bool {
        let table = self.0.table.load();
        let priced = table.providers.get(provider);
        let is_target = |lanes: &Arc<Lanes>| {
            let mut targets = lanes.targets.iter();
            targets.any(|it| it.model == model && it.provider.name() == provider)
        };
        priced.is_some_and(|it| it.price(model).is_some()) || table.routes.values().any(is_target)
    }

    /// A model that this name may lead to and whose price is not known, as `provider/model`. Names that
    /// lead nowhere have none.
    pub fn unpriced(&self, model: &str) -> Option<String> {
        let way = self.0.table.load().resolve(model).ok()?;
        let lacks = |target: &Target| target.provider.price(&target.model).is_none();
        let name = |target: &Target| format!("{}/{}", target.provider.name(), target.model);
        match way {
            Way::Direct(target) => lacks(&target).then(|| name(&target)),
            Way::Route(lanes) => lanes.targets.iter().find(|it| lacks(it)).map(name),
        }
    }

    /// All routes, by name.
    pub fn routes(&self) -> Vec<(String, Route)> {
        let table = self.0.table.load();
        let routes = table.routes.iter();
        routes
            .map(|(alias, lanes)| (alias.clone(), lanes.route.clone()))
            .collect()
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
    ///
    /// Where the model is a route or may be retried, this waits until the answer begins: until then
    /// another attempt can be made. An error is that of the last attempt, or of an earlier one that
    /// leaves more hope; `options.attempts` has them all.
    pub async fn chat(&self, request: ChatRequest, options: CallOptions) -> Result<EventStream> {
        let begun = self.begin(Operation::Chat(request), options).await?;
        Ok(EventStream::new(begun))
    }

    /// Continues a text, as events.
    pub async fn complete_text(
        &self,
        request: TextRequest,
        options: CallOptions,
    ) -> Result<EventStream> {
        let begun = self.begin(Operation::Complete(request), options).await?;
        Ok(EventStream::new(begun))
    }

    /// Turns inputs into vectors, one for each.
    pub async fn embed(&self, request: EmbedRequest) -> Result<Embeddings> {
        self.embed_with(request, CallOptions::default()).await
    }

    /// The same, with options.
    pub async fn embed_with(
        &self,
        request: EmbedRequest,
        options: CallOptions,
    ) -> Result<Embeddings> {
        let inputs = request.inputs.len();
        let begun = self.begin(Operation::Embed(request), options).await?;
        only(begun, |output| match output {
            Output::Embeddings(embeddings) if embeddings.vectors.len() == inputs => Ok(embeddings),
            Output::Embeddings(embeddings) => Err(format!(
                "{inputs} inputs came back as {} vectors",
                embeddings.vectors.len()
            )),
            _ => Err(OTHER.into()),
        })
        .await
    }

    /// Orders documents by relevance.
    pub async fn rerank(&self, request: RerankRequest) -> Result<Ranking> {
        self.rerank_with(request, CallOptions::default()).await
    }

    /// The same, with options.
    pub async fn rerank_with(
        &self,
        request: RerankRequest,
        options: CallOptions,
    ) -> Result<Ranking> {
        let documents = request.documents.len();
        let stray =
            |ranked: &&Ranked| usize::try_from(ranked.index).is_ok_and(|it| it >= documents);
        let begun = self.begin(Operation::Rerank(request), options).await?;
        only(begun, |output| match output {
            Output::Ranking(ranking) => match ranking.results.iter().find(stray) {
                None => Ok(ranking),
                Some(ranked) => Err(format!(
                    "it ranks document {}, and there are {documents}",
                    ranked.index
                )),
            },
            _ => Err(OTHER.into()),
        })
        .await
    }

    /// Counts the input tokens of a conversation.
    pub async fn count_tokens(&self, request: ChatRequest) -> Result<TokenCount> {
        self.count_tokens_with(request, CallOptions::default())
            .await
    }

    /// The same, with options.
    pub async fn count_tokens_with(
        &self,
        request: ChatRequest,
        options: CallOptions,
    ) -> Result<TokenCount> {
        let begun = self.begin(Operation::CountTokens(request), options).await?;
        only(begun, |output| match output {
            Output::Tokens(count) => Ok(count),
            _ => Err(OTHER.into()),
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
                _ => {
                    let problem = "it emitted something other than models".into();
                    return Err(Error::guest(provider.name(), Fault::Contract(problem)));
                }
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
        let begun = Begun {
            provider,
            held: Default::default(),
            outputs,
        };
        only(begun, |output| match output {
            Output::Health(health) => Ok(health),
            _ => Err(OTHER.into()),
        })
        .await
    }

    /// Begins a call of whatever the operation's model means.
    async fn begin(&self, operation: Operation, options: CallOptions) -> Result<Begun> {
        let operation = Arc::new(operation);
        let model = operation.model().map_or("", String::as_str);
        let (way, retries, backoff) = {
            let table = self.0.table.load();
            (table.resolve(model)?, table.retries, table.backoff)
        };
        match way {
            Way::Direct(target) if retries == 0 => dispatch::once(target, operation, options).await,
            Way::Direct(target) => {
                let lanes = Lanes::single(target, retries, backoff);
                dispatch::over(&lanes, operation, options).await
            }
            Way::Route(lanes) => dispatch::over(&lanes, operation, options).await,
        }
    }

    fn changing(&self) -> std::sync::MutexGuard<'_, ()> {
        self.0
            .changing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

const OTHER: &str = "it emitted something other than was asked for";

/// The one output that an operation comes to, if `pick` finds nothing wrong with it.
async fn only<T>(
    mut begun: Begun,
    pick: impl Fn(Output) -> std::result::Result<T, String>,
) -> Result<T> {
    let mut found = None;
    loop {
        let output = match begun.held.pop_front() {
            Some(output) => output,
            None => match begun.outputs.next().await {
                Some(output) => output?,
                None => break,
            },
        };
        let problem = match pick(output) {
            Ok(_) if found.is_some() => "it emitted its answer twice".into(),
            Ok(output) => {
                found = Some(output);
                continue;
            }
            Err(problem) => problem,
        };
        return Err(contract(&mut begun, problem));
    }
    found.ok_or_else(|| contract(&mut begun, "it is done without an answer".into()))
}

fn contract(begun: &mut Begun, problem: String) -> Error {
    let error = Error::guest(begun.provider.name(), Fault::Contract(problem));
    begun.outputs.fail(&error);
    error
}
