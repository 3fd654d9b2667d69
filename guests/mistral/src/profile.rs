//! What Mistral wants to be sent. It refuses bodies with members that it does not know.

use tidegate_openai_compatible::{
    Audio, Completions, EmbeddingLength, Files, Profile, ReasoningHistory, ReasoningRequest, Seed,
    ToolCallIds,
};

const MISTRAL: Profile = Profile {
    // The last chunk of a stream has the usage without being asked for it.
    stream_usage: false,
    top_k: false,
    seed: Seed::RandomSeed,
    openai_members: false,
    required_tool: "any",
    tool_call_ids: ToolCallIds::NineAlphanumerics,
    answer_prefix: true,
    after_tools: Some("OK"),
    files: Files::DocumentUrl,
    audio: Audio::Bare,
    reasoning_request: ReasoningRequest::HighOrNone,
    reasoning_history: ReasoningHistory::ThinkingChunks,
    vendor_state: false,
    embedding_length: EmbeddingLength::OutputDimension,
    completions: Completions::FillInTheMiddle,
    ..Profile::COMPATIBLE
};

/// Models that were made to reason, and take no word on how much.
const ALWAYS_REASONS: &str = "magistral-";

/// What a model wants to be sent (<https://docs.mistral.ai/capabilities/reasoning/>).
pub fn of(model: &str) -> Profile {
    match model.starts_with(ALWAYS_REASONS) {
        true => Profile {
            reasoning_request: ReasoningRequest::PromptMode,
            ..MISTRAL
        },
        false => MISTRAL,
    }
}
