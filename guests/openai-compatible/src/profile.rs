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
    /// The member that holds `sampling.seed`.
    pub seed: Seed,
    /// Whether members are understood that OpenAI has and few others: `user`, `service_tier`,
    /// `logprobs`, names of participants, refusals. Services that check bodies refuse a request for
    /// one of them.
    pub openai_members: bool,
    /// The word that makes a model call some tool.
    pub required_tool: &'static str,
    /// What ids of tool calls may look like.
    pub tool_call_ids: ToolCallIds,
    /// Whether a conversation that ends with the assistant has to say that its answer goes on
    /// from there.
    pub answer_prefix: bool,
    /// What the assistant is made to say between a tool and the user, for services that let nobody
    /// else speak after a tool.
    pub after_tools: Option<&'static str>,
    /// How files are sent.
    pub files: Files,
    /// How sound is sent.
    pub audio: Audio,
    /// How reasoning is asked for.
    pub reasoning_request: ReasoningRequest,
    /// How reasoning of earlier turns is handed back.
    pub reasoning_history: ReasoningHistory,
    /// Whether state that came in `metadata` events (`reasoning_details`, `extra_content`) is handed
    /// back. A service that does not know these members may refuse them.
    pub vendor_state: bool,
    /// What to ask for as `encoding_format` of embeddings. Both forms are read in any case.
    pub embedding_encoding: Option<&'static str>,
    /// The member that says how long vectors are to be.
    pub embedding_length: EmbeddingLength,
    /// The endpoint that continues texts.
    pub completions: Completions,
}

/// The member that holds the token limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MaxTokens {
    /// `max_tokens`, understood nearly everywhere.
    MaxTokens,
    /// `max_completion_tokens`, the only one OpenAI's reasoning models take.
    MaxCompletionTokens,
}

/// The member that holds the seed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Seed {
    /// `seed`.
    Seed,
    /// `random_seed`: Mistral.
    RandomSeed,
}

/// What ids of tool calls may look like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ToolCallIds {
    /// Like anything.
    Any,
    /// Nine letters and digits: Mistral. Ids that came from elsewhere become such.
    NineAlphanumerics,
}

/// How files are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Files {
    /// `file`, with data or an id.
    File,
    /// `document_url`, which may be a `data:` URL, or `file_id`: Mistral.
    DocumentUrl,
}

/// How sound is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Audio {
    /// `input_audio: { data, format }`.
    Object,
    /// `input_audio` is the data itself, or a URL: Mistral.
    Bare,
}

/// The member that says how long vectors are to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EmbeddingLength {
    /// `dimensions`.
    Dimensions,
    /// `output_dimension`: Mistral.
    OutputDimension,
}

/// The endpoint that continues texts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Completions {
    /// `/completions`, OpenAI's older one.
    Completions,
    /// `/fim/completions`, which fills the gap between one text and another: Mistral.
    FillInTheMiddle,
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
    /// `reasoning_effort`, `high` or `none`: Mistral's models that can do both.
    HighOrNone,
    /// `prompt_mode`, `reasoning` or `null`: Mistral's models that always think, with their own
    /// instructions for it or without.
    PromptMode,
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
        seed: Seed::Seed,
        openai_members: true,
        required_tool: "required",
        tool_call_ids: ToolCallIds::Any,
        answer_prefix: false,
        after_tools: None,
        files: Files::File,
        audio: Audio::Object,
        reasoning_request: ReasoningRequest::Effort,
        reasoning_history: ReasoningHistory::Dropped,
        vendor_state: true,
        embedding_encoding: None,
        embedding_length: EmbeddingLength::Dimensions,
        completions: Completions::Completions,
    };
}
