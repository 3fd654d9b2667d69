//! What the provider says of itself, and the models it has: one that works and those that fail.

use tidegate_guest::Result;
use tidegate_guest::types::*;

const OPERATIONS: [OperationKind; 7] = [
    OperationKind::Chat,
    OperationKind::Complete,
    OperationKind::Embed,
    OperationKind::Rerank,
    OperationKind::ListModels,
    OperationKind::CountTokens,
    OperationKind::Check,
];

const FEATURES: [Feature; 8] = [
    Feature::Streaming,
    Feature::Tools,
    Feature::ParallelToolCalls,
    Feature::Json,
    Feature::JsonSchema,
    Feature::Reasoning,
    Feature::Logprobs,
    Feature::Choices,
];

pub fn provider() -> ProviderInfo {
    ProviderInfo {
        name: "echo".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        description: "Answers with what it was told, without any network".into(),
        vendor: "Tidegate".into(),
        documentation: None,
        wants: vec![],
        credentials: vec![],
        settings: vec![
            SettingInfo {
                name: "prefix".into(),
                description: "Stands before every text that is echoed".into(),
                kind: SettingKind::Text,
                default: Some(String::new()),
                required: false,
            },
            SettingInfo {
                name: "pace-ms".into(),
                description: "Milliseconds to wait before each word of a stream".into(),
                kind: SettingKind::Integer,
                default: Some("0".into()),
                required: false,
            },
        ],
        operations: OPERATIONS.into(),
        features: FEATURES.into(),
    }
}

pub fn model() -> ModelInfo {
    ModelInfo {
        id: "echo-1".into(),
        name: Some("Echo".into()),
        owner: Some("Tidegate".into()),
        context_window: Some(1_000_000),
        input_modalities: vec!["text".into()],
        output_modalities: vec!["text".into()],
        operations: OPERATIONS.into(),
        features: FEATURES.into(),
        prices: Some(Prices {
            currency: "USD".into(),
            input: Some(0.0),
            output: Some(0.0),
            cache_read: Some(0.0),
            cache_write: Some(0.0),
        }),
        ..ModelInfo::default()
    }
}

/// Fails where the model's name is `echo-error-<kind>`. Every other name will do.
pub fn fail_at_once(model: &str) -> Result<()> {
    fail(model, "echo-error-")
}

/// Fails where the model's name is `echo-late-<kind>`: once the text is out.
pub fn fail_late(model: &str) -> Result<()> {
    fail(model, "echo-late-")
}

fn fail(model: &str, prefix: &str) -> Result<()> {
    let Some(name) = model.strip_prefix(prefix) else {
        return Ok(());
    };
    let Some(kind) = error_kind(name) else {
        return Err(Error::new(
            ErrorKind::NotFound,
            format!("no model `{model}`: `{name}` is no kind of error"),
        ));
    };
    let later = matches!(kind, ErrorKind::RateLimited | ErrorKind::Overloaded);
    Err(Error {
        retry_after_ms: later.then_some(1_000),
        code: Some("echo".into()),
        ..Error::new(kind, format!("the model `{model}` always fails"))
    })
}

fn error_kind(name: &str) -> Option<ErrorKind> {
    Some(match name {
        "invalid-request" => ErrorKind::InvalidRequest,
        "unauthorized" => ErrorKind::Unauthorized,
        "forbidden" => ErrorKind::Forbidden,
        "not-found" => ErrorKind::NotFound,
        "rate-limited" => ErrorKind::RateLimited,
        "quota-exceeded" => ErrorKind::QuotaExceeded,
        "context-length-exceeded" => ErrorKind::ContextLengthExceeded,
        "content-filtered" => ErrorKind::ContentFiltered,
        "unsupported" => ErrorKind::Unsupported,
        "timeout" => ErrorKind::Timeout,
        "overloaded" => ErrorKind::Overloaded,
        "unreachable" => ErrorKind::Unreachable,
        "denied" => ErrorKind::Denied,
        "upstream" => ErrorKind::Upstream,
        "internal" => ErrorKind::Internal,
        _ => return None,
    })
}

/// A warning for each of the fields that is there and that nothing can be done with.
pub fn useless(fields: &[(&str, bool)]) -> Vec<Warning> {
    let present = fields.iter().filter(|(_, present)| *present);
    present
        .map(|(field, _)| Warning {
            subject: Some((*field).into()),
            message: format!("an echo has no use for `{field}`"),
        })
        .collect()
}
