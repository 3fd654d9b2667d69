//! Where services that speak this dialect differ in what they want to be sent. Answers need no such
//! table: every known variant of them is read, whoever sends it.

/// The quirks of one service, as plain data.
///
/// ```
/// use tidegate_openai_compatible::{MaxTokens, Profile};
///
/// const OPENAI: Profile = Profile {
///     max_tokens: MaxTokens::MaxCompletionTokens,
///     top_k: false,
///     ..Profile::COMPATIBLE
/// };
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Profile {
    /// The member that holds `sampling.max-output-tokens`.
    pub max_tokens: MaxTokens,
    /// Whether the role `developer` is known; otherwise it is sent as `system`.
    pub developer_role: bool,
    /// Whether `stream_options` is understood; without it most services stream no usage.
    pub stream_usage: bool,
    /// Whether `top_k` is understood.
    pub top_k: bool,
    /// How reasoning is asked for.
    pub reasoning_request: ReasoningRequest,
    /// How reasoning of earlier turns is handed back.
    pub reasoning_history: ReasoningHistory,
    /// Whether state that came in `metadata` events (`reasoning_details`, `extra_content`) is handed
    /// back. A service that does not know these members may refuse them.
    pub vendor_state: bool,
    /// What to ask for as `encoding_format` of embeddings. Both forms are read in any case.
    pub embedding_encoding: Option<&'static str>,
}

/// The member that holds the token limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MaxTokens {
    /// `max_tokens`, understood nearly everywhere.
    MaxTokens,
    /// `max_completion_tokens`, the only one OpenAI's reasoning models take.
    MaxCompletionTokens,
}

/// How reasoning is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ReasoningRequest {
    /// `reasoning_effort`: OpenAI, Groq, xAI, Perplexity, Cerebras.
    Effort,
    /// `reasoning: { effort, max_tokens }`: OpenRouter.
    Object,
    /// `thinking: { type }`, on or off: Z.ai.
    Thinking,
    /// `thinking: { type }`, and `reasoning_effort` beside it: DeepSeek.
    ThinkingEffort,
}

/// How reasoning of earlier turns is handed back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ReasoningHistory {
    /// Not at all.
    Dropped,
    /// As `reasoning_content` of the message: DeepSeek, Z.ai, vLLM, llama.cpp.
    ReasoningContent,
    /// As `reasoning` of the message: OpenRouter, Groq, Cerebras.
    Reasoning,
    /// As chunks of type `thinking` in the content: Mistral.
    ThinkingChunks,
}

impl Profile {
    /// What most services understand.
    pub const COMPATIBLE: Profile = Profile {
        max_tokens: MaxTokens::MaxTokens,
        developer_role: false,
        stream_usage: true,
        top_k: true,
        reasoning_request: ReasoningRequest::Effort,
        reasoning_history: ReasoningHistory::Dropped,
        vendor_state: true,
        embedding_encoding: None,
    };
}
