//! About how much memory an output holds.
//!
//! Every text and list counts, whatever its field: what is not counted is what a guest would use.
//! The patterns name all fields, so that a new one does not compile until it has been thought of.

use crate::types::*;

/// Beside its texts: the value itself, its place in a queue, and what folding it makes of it.
const REST: usize = 256;

/// The weight of an output, in bytes.
pub(crate) fn weight(output: &Output) -> usize {
    let content = match output {
        Output::Event(event) => event_weight(event),
        Output::Embeddings(Embeddings {
            model,
            vectors,
            usage,
            warnings,
        }) => {
            let numbers = |vector: &Vec<f32>| vector.len() * size_of::<f32>() + REST;
            text(model) + sum(vectors, numbers) + used(usage) + sum(warnings, warned)
        }
        Output::Ranking(Ranking {
            model,
            results,
            usage,
            warnings,
        }) => {
            text(model) + results.len() * size_of::<Ranked>() + used(usage) + sum(warnings, warned)
        }
        Output::Models(models) => sum(models, model),
        Output::Tokens(TokenCount {
            input: _,
            estimated: _,
        }) => 0,
        Output::Health(Health { message }) => message.len(),
        Output::Other(other) => named(other),
    };
    content + REST
}

fn event_weight(event: &StreamEvent) -> usize {
    match event {
        StreamEvent::TextDelta(delta)
        | StreamEvent::ReasoningDelta(delta)
        | StreamEvent::ReasoningSignature(delta)
        | StreamEvent::ReasoningRedacted(delta)
        | StreamEvent::ToolCallDelta(delta)
        | StreamEvent::RefusalDelta(delta) => delta.text.len(),
        StreamEvent::ToolCallStart(ToolCallStart {
            choice: _,
            part: _,
            id,
            name,
        }) => id.len() + name.len(),
        StreamEvent::ToolCallEnd(PartIndex { choice: _, part: _ }) => 0,
        StreamEvent::File(GeneratedFile {
            choice: _,
            part: _,
            media,
        }) => {
            let Media {
                source,
                media_type,
                name,
                detail,
            } = media;
            let bytes = match source {
                MediaSource::Bytes(bytes) => bytes.len(),
                MediaSource::Url(text) | MediaSource::Id(text) => text.len(),
            };
            bytes + text(media_type) + text(name) + text(detail)
        }
        StreamEvent::Metadata(Metadata {
            choice: _,
            part: _,
            json,
        }) => json.len(),
        StreamEvent::Logprobs(Logprobs {
            choice: _,
            tokens,
            refusal: _,
        }) => sum(tokens, |TokenLogprob { token, top }| {
            candidate(token) + sum(top, candidate)
        }),
        StreamEvent::Source(source) => {
            let Source {
                choice: _,
                part: _,
                id,
                url,
                title,
                quote,
                metadata,
            } = source;
            text(id) + text(url) + text(title) + text(quote) + text(metadata)
        }
        StreamEvent::Answer(AnswerInfo {
            id,
            model,
            created_ms: _,
        }) => text(id) + text(model),
        StreamEvent::Finish(Finish {
            choice: _,
            reason: _,
            raw,
        }) => text(raw),
        StreamEvent::Usage(usage) => usage_weight(usage),
        StreamEvent::Warning(warning) => warned(warning),
        StreamEvent::Raw(json) => json.len(),
        StreamEvent::Other(other) => named(other),
    }
}

fn model(model: &ModelInfo) -> usize {
    let ModelInfo {
        id,
        name,
        created_ms: _,
        owner,
        context_window: _,
        max_output_tokens: _,
        input_modalities,
        output_modalities,
        operations,
        features,
        prices,
        raw,
    } = model;
    let modality = |name: &String| name.len() + size_of::<String>();
    let currency = prices.as_ref().map_or(0, |prices| prices.currency.len());
    id.len()
        + text(name)
        + text(owner)
        + sum(input_modalities, modality)
        + sum(output_modalities, modality)
        + operations.len()
        + features.len()
        + currency
        + text(raw)
        + REST
}

fn candidate(
    Candidate {
        token,
        logprob: _,
        bytes,
    }: &Candidate,
) -> usize {
    token.len() + bytes.as_ref().map_or(0, Vec::len) + size_of::<TokenLogprob>()
}

fn warned(Warning { subject, message }: &Warning) -> usize {
    text(subject) + message.len() + size_of::<Warning>()
}

fn used(usage: &Option<Usage>) -> usize {
    usage.as_ref().map_or(0, usage_weight)
}

fn usage_weight(usage: &Usage) -> usize {
    let Usage {
        input: _,
        cache_read: _,
        cache_write: _,
        output: _,
        reasoning: _,
        raw,
    } = usage;
    text(raw)
}

fn named(NamedJson { name, json }: &NamedJson) -> usize {
    name.len() + json.len()
}

fn text(text: &Option<String>) -> usize {
    text.as_ref().map_or(0, String::len)
}

fn sum<T>(items: &[T], weight: impl Fn(&T) -> usize) -> usize {
    items.iter().map(weight).sum()
}
