//! Names that others chose: those of OpenTelemetry's semantic conventions, all in one file, because that
//! of generative AI still moves.
//!
//! | names | from |
//! |---|---|
//! | `gen_ai.*` | <https://github.com/open-telemetry/semantic-conventions-genai>, `docs/gen-ai/gen-ai-spans.md` and `gen-ai-metrics.md`, in development, as of semantic conventions 1.40 |
//! | `error.type`, `http.*`, `url.path` | <https://opentelemetry.io/docs/specs/semconv/>, stable |
//!
//! Prometheus has no dots in names: they become underscores there, and the unit follows.

/// What is asked for; the values are those of [`operation`].
pub const OPERATION: &str = "gen_ai.operation.name";
/// Who is asked: the provider's name in the configuration.
pub const PROVIDER: &str = "gen_ai.provider.name";
/// The model that is asked.
pub const REQUEST_MODEL: &str = "gen_ai.request.model";
/// The model that answered.
pub const RESPONSE_MODEL: &str = "gen_ai.response.model";
/// The vendor's id of the answer.
pub const RESPONSE_ID: &str = "gen_ai.response.id";
/// Seconds until the answer began.
pub const TIME_TO_FIRST_CHUNK: &str = "gen_ai.response.time_to_first_chunk";
/// Tokens of input, those of the cache included.
pub const INPUT_TOKENS: &str = "gen_ai.usage.input_tokens";
/// Tokens of output, those of reasoning included.
pub const OUTPUT_TOKENS: &str = "gen_ai.usage.output_tokens";
/// Of the input, read from a cache.
pub const CACHE_READ_TOKENS: &str = "gen_ai.usage.cache_read.input_tokens";
/// Of the input, written to a cache.
pub const CACHE_WRITE_TOKENS: &str = "gen_ai.usage.cache_creation.input_tokens";
/// Of the output, spent on reasoning.
pub const REASONING_TOKENS: &str = "gen_ai.usage.reasoning.output_tokens";
/// `input` or `output`, of metrics.
pub const TOKEN_TYPE: &str = "gen_ai.token.type";

/// Why something failed.
pub const ERROR_TYPE: &str = "error.type";
/// `POST` for example.
pub const HTTP_METHOD: &str = "http.request.method";
/// The path of an endpoint.
pub const HTTP_ROUTE: &str = "http.route";
/// What was answered.
pub const HTTP_STATUS: &str = "http.response.status_code";

/// A histogram, in seconds.
pub const CLIENT_DURATION: &str = "gen_ai.client.operation.duration";
/// A histogram, in seconds.
pub const CLIENT_TIME_TO_FIRST_CHUNK: &str = "gen_ai.client.operation.time_to_first_chunk";
/// A histogram, in tokens.
pub const CLIENT_TOKEN_USAGE: &str = "gen_ai.client.token.usage";
/// A histogram, in seconds.
pub const SERVER_DURATION: &str = "http.server.request.duration";

/// Bounds of buckets that the conventions ask for, in seconds.
pub const DURATION_BUCKETS: [f64; 14] = [
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];
/// Bounds of buckets that the conventions ask for, in seconds.
pub const FIRST_CHUNK_BUCKETS: [f64; 16] = [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];
/// Bounds of buckets that the conventions ask for, in tokens.
pub const TOKEN_BUCKETS: [f64; 14] = [
    1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0, 16384.0, 65536.0, 262144.0, 1048576.0, 4194304.0,
    16777216.0, 67108864.0,
];

/// An operation of the contract, as the conventions call it where they have a word for it.
pub fn operation(name: &'static str) -> &'static str {
    match name {
        "complete" => "text_completion",
        "embed" => "embeddings",
        "list-models" => "list_models",
        "count-tokens" => "count_tokens",
        name => name,
    }
}
