//! A provider that answers with what it was told: no network, no key, always the same.
//!
//! For first steps, for tests of clients and gateways, and for measuring what everything around a
//! provider costs. `README.md` says what to ask it for.

mod catalog;
mod reply;
mod schema;
mod speech;
mod vector;
mod words;

use tidegate_guest::types::*;
use tidegate_guest::{Io, Provider, Result};

use reply::Reply;
use speech::Speech;

/// More choices than vendors give, few enough for a large text.
const CHOICES: u32 = 128;
/// The longest vector, longer than those of any vendor.
const DIMENSIONS: u32 = 16_384;

/// The provider.
#[derive(Default)]
pub struct Echo;

impl Provider for Echo {
    fn describe(&self) -> ProviderInfo {
        catalog::provider()
    }

    async fn chat(&self, mut request: ChatRequest, io: &Io) -> Result<()> {
        catalog::fail_at_once(&request.model)?;
        let input = size(&request);
        let choices = choices(request.choices)?;
        warn(
            io,
            &[
                ("messages", has_media(&request)),
                (
                    "tools",
                    request
                        .tools
                        .iter()
                        .any(|tool| matches!(tool, Tool::Other(_))),
                ),
                ("service-tier", request.service_tier.is_some()),
                ("extra", request.extra.is_some()),
            ],
        );
        let prefix = io.setting("prefix").unwrap_or("");
        let warn = |field: &str, message| io.warn(field, message);
        let mut reply = reply::reply(&mut request, prefix, warn)?;

        let mut speech = Speech::new(io, &request.model, &request.sampling, request.stream)?;
        let thinks = request.reasoning.filter(|options| {
            options.budget_tokens != Some(0) && options.effort.as_deref() != Some("none")
        });
        for last in (0..choices).rev().map(|left| left == 0) {
            let mut choice = speech.choice();
            if let Some(options) = &thinks {
                speech.reasoning(&mut choice, options.budget_tokens).await?;
            }
            match &mut reply {
                Reply::Text(text) if last => speech.text(&choice, std::mem::take(text)).await?,
                Reply::Text(text) => speech.text(&choice, text.clone()).await?,
                Reply::Calls(calls) => speech.calls(&mut choice, calls),
                Reply::Refusal(text) => speech.refusal(&mut choice, text).await?,
            }
        }
        speech.finish(input)
    }

    async fn complete(&self, request: TextRequest, io: &Io) -> Result<()> {
        catalog::fail_at_once(&request.model)?;
        let choices = choices(request.choices)?;
        warn(
            io,
            &[
                ("suffix", request.suffix.is_some()),
                ("extra", request.extra.is_some()),
            ],
        );
        let prefix = io.setting("prefix").unwrap_or("");
        let mut speech = Speech::new(io, &request.model, &request.sampling, request.stream)?;
        for prompt in &request.prompts {
            let before = match request.echo {
                Some(true) => prompt.as_str(),
                _ => "",
            };
            for _ in 0..choices {
                let choice = speech.choice();
                speech
                    .text(&choice, format!("{before}{prefix}{prompt}"))
                    .await?;
            }
        }
        speech.finish(
            request
                .prompts
                .iter()
                .map(|prompt| words::count(prompt))
                .sum(),
        )
    }

    async fn embed(&self, request: EmbedRequest, _io: &Io) -> Result<Embeddings> {
        catalog::fail_at_once(&request.model)?;
        let dimensions = match request.dimensions.unwrap_or(8) {
            dimensions @ 1..=DIMENSIONS => dimensions as usize,
            other => {
                return Err(invalid(format!(
                    "`dimensions` is {other}, not 1 to {DIMENSIONS}"
                )));
            }
        };
        let mut vectors = vec![];
        let mut input = 0;
        for item in &request.inputs {
            let (vector, size) = match item {
                EmbedInput::Text(text) => (vector::of_text(text, dimensions), words::count(text)),
                EmbedInput::Tokens(tokens) => {
                    let size = u32::try_from(tokens.len()).unwrap_or(u32::MAX);
                    (vector::of_tokens(tokens, dimensions), size)
                }
                EmbedInput::Media(_) => {
                    let problem = "an echo turns text and tokens into vectors, not media";
                    return Err(Error::new(ErrorKind::Unsupported, problem));
                }
            };
            vectors.push(vector);
            input += size;
        }
        Ok(Embeddings {
            model: Some(request.model),
            vectors,
            usage: Some(usage(input)),
            warnings: catalog::useless(&[
                ("purpose", request.purpose.is_some()),
                ("extra", request.extra.is_some()),
            ]),
        })
    }

    async fn rerank(&self, request: RerankRequest, _io: &Io) -> Result<Ranking> {
        catalog::fail_at_once(&request.model)?;
        let mut results: Vec<Ranked> = (0..)
            .zip(&request.documents)
            .map(|(index, document)| Ranked {
                index,
                score: vector::overlap(&request.query, document),
            })
            .collect();
        // Stable, so that documents of the same score keep their order.
        results.sort_by(|a, b| b.score.total_cmp(&a.score));
        results.truncate(request.top_n.map_or(usize::MAX, |most| most as usize));
        let texts = request.documents.iter().chain([&request.query]);
        Ok(Ranking {
            model: Some(request.model),
            results,
            usage: Some(usage(texts.map(|text| words::count(text)).sum())),
            warnings: catalog::useless(&[("extra", request.extra.is_some())]),
        })
    }

    async fn list_models(&self, _io: &Io) -> Result<Vec<ModelInfo>> {
        Ok(vec![catalog::model()])
    }

    async fn count_tokens(&self, request: ChatRequest, _io: &Io) -> Result<TokenCount> {
        catalog::fail_at_once(&request.model)?;
        Ok(TokenCount {
            input: size(&request),
            estimated: false,
        })
    }

    async fn check(&self, _io: &Io) -> Result<Health> {
        Ok(Health {
            message: "nothing to reach, nothing to go wrong".into(),
        })
    }
}

/// Whether there is something in the conversation that has no words.
fn has_media(request: &ChatRequest) -> bool {
    let mut parts = request.messages.iter().flat_map(|message| &message.parts);
    parts.any(|part| match &part.content {
        PartContent::Image(_)
        | PartContent::Audio(_)
        | PartContent::File(_)
        | PartContent::Other(_) => true,
        PartContent::ToolResult(result) => {
            let mut parts = result.parts.iter();
            parts.any(|part| !matches!(part, ResultPart::Text(_)))
        }
        _ => false,
    })
}

fn warn(io: &Io, fields: &[(&str, bool)]) {
    for warning in catalog::useless(fields) {
        io.event(StreamEvent::Warning(warning));
    }
}

/// The words of a conversation.
fn size(request: &ChatRequest) -> u32 {
    let parts = request.messages.iter().flat_map(|message| &message.parts);
    parts
        .map(|part| match &part.content {
            PartContent::Text(text) | PartContent::Refusal(text) => words::count(text),
            PartContent::Reasoning(reasoning) => words::count(&reasoning.text),
            PartContent::ToolCall(call) => 1 + words::count(&call.arguments),
            PartContent::ToolResult(result) => {
                let texts = result.parts.iter().map(|part| match part {
                    ResultPart::Text(text) => words::count(text),
                    _ => 0,
                });
                texts.sum()
            }
            _ => 0,
        })
        .sum()
}

fn choices(wanted: Option<u32>) -> Result<u32> {
    match wanted.unwrap_or(1) {
        choices @ 1..=CHOICES => Ok(choices),
        other => Err(invalid(format!("`choices` is {other}, not 1 to {CHOICES}"))),
    }
}

fn usage(input: u32) -> Usage {
    Usage {
        input: Some(input),
        ..Usage::default()
    }
}

fn invalid(problem: String) -> Error {
    Error::new(ErrorKind::InvalidRequest, problem)
}

tidegate_guest::export!(Echo);

#[cfg(test)]
mod tests;
