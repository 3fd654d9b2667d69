//! What a provider implements.

use crate::types::*;
use crate::{Io, Result};

/// A provider. Implement the operations that `describe` lists; the others answer `unsupported`.
///
/// Nothing here is `Send`: a component has one thread.
#[expect(
    async_fn_in_trait,
    reason = "a component has one thread, so there is no `Send` to promise"
)]
pub trait Provider {
    /// Says what this provider is. Must depend on nothing but the provider itself.
    fn describe(&self) -> ProviderInfo;

    /// Answers a conversation by events, with one `finish` per choice.
    async fn chat(&self, _request: ChatRequest, _io: &Io) -> Result<()> {
        Err(unsupported("chat"))
    }

    /// Continues a text by events, with one `finish` per choice.
    async fn complete(&self, _request: TextRequest, _io: &Io) -> Result<()> {
        Err(unsupported("complete"))
    }

    /// Turns inputs into vectors.
    async fn embed(&self, _request: EmbedRequest, _io: &Io) -> Result<Embeddings> {
        Err(unsupported("embed"))
    }

    /// Orders documents by relevance.
    async fn rerank(&self, _request: RerankRequest, _io: &Io) -> Result<Ranking> {
        Err(unsupported("rerank"))
    }

    /// Lists models.
    async fn list_models(&self, _io: &Io) -> Result<Vec<ModelInfo>> {
        Err(unsupported("list-models"))
    }

    /// Counts input tokens.
    async fn count_tokens(&self, _request: ChatRequest, _io: &Io) -> Result<TokenCount> {
        Err(unsupported("count-tokens"))
    }

    /// Finds out cheaply whether upstream and credentials work. Lists the models unless a provider
    /// knows a cheaper way.
    async fn check(&self, io: &Io) -> Result<Health> {
        let models = self.list_models(io).await?;
        Ok(Health {
            message: format!("{} models", models.len()),
        })
    }

    /// An operation that this version of the contract does not know.
    async fn other(&self, operation: NamedJson, _io: &Io) -> Result<NamedJson> {
        Err(unsupported(&operation.name))
    }
}

fn unsupported(operation: &str) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!("this provider does not implement `{operation}`"),
    )
}

/// Runs one operation and emits what it returns.
pub(crate) async fn perform<P: Provider>(provider: P, operation: Operation, io: Io) -> Result<()> {
    let output = match operation {
        Operation::Chat(request) => return provider.chat(request, &io).await,
        Operation::Complete(request) => return provider.complete(request, &io).await,
        Operation::Embed(request) => Output::Embeddings(provider.embed(request, &io).await?),
        Operation::Rerank(request) => Output::Ranking(provider.rerank(request, &io).await?),
        Operation::ListModels => Output::Models(provider.list_models(&io).await?),
        Operation::CountTokens(request) => {
            Output::Tokens(provider.count_tokens(request, &io).await?)
        }
        Operation::Check => Output::Health(provider.check(&io).await?),
        Operation::Other(operation) => Output::Other(provider.other(operation, &io).await?),
    };
    io.emit(output);
    Ok(())
}
