//! The contract's types, as the rest of the host and its callers use them.
//!
//! They are those of the newest contract version. When an older one is spoken too, its bindings are
//! translated to these at the seam.

pub use crate::bindings::v0_1::exports::llm::provider::provider::*;

impl ChatRequest {
    /// A request with nothing but a model and messages.
    pub fn new(model: impl Into<String>, messages: Vec<Message>) -> Self {
        ChatRequest {
            model: model.into(),
            messages,
            stream: false,
            sampling: Sampling::default(),
            choices: None,
            tools: Vec::new(),
            tool_choice: None,
            parallel_tool_calls: None,
            response_format: None,
            reasoning: None,
            service_tier: None,
            prompt_cache_key: None,
            user: None,
            metadata: Vec::new(),
            extra: None,
        }
    }
}

impl TextRequest {
    /// A request with nothing but a model and one text.
    pub fn new(model: impl Into<String>, prompt: impl Into<String>) -> Self {
        TextRequest {
            model: model.into(),
            prompts: vec![prompt.into()],
            suffix: None,
            stream: false,
            sampling: Sampling::default(),
            choices: None,
            echo: None,
            user: None,
            extra: None,
        }
    }
}

impl EmbedRequest {
    /// A request with nothing but a model and texts.
    pub fn new<T: Into<String>>(
        model: impl Into<String>,
        texts: impl IntoIterator<Item = T>,
    ) -> Self {
        EmbedRequest {
            model: model.into(),
            inputs: texts
                .into_iter()
                .map(|text| EmbedInput::Text(text.into()))
                .collect(),
            dimensions: None,
            purpose: None,
            user: None,
            extra: None,
        }
    }
}

impl Message {
    /// A turn of one text.
    pub fn text(role: Role, text: impl Into<String>) -> Self {
        Message {
            role,
            parts: vec![PartContent::Text(text.into()).into()],
            name: None,
            metadata: None,
        }
    }

    /// A turn of the person's.
    pub fn user(text: impl Into<String>) -> Self {
        Message::text(Role::User, text)
    }
}

impl From<PartContent> for Part {
    fn from(content: PartContent) -> Self {
        Part {
            content,
            cache: None,
            metadata: None,
        }
    }
}

#[expect(
    clippy::derivable_impls,
    reason = "the type is generated, and not all generated types could derive it"
)]
impl Default for Sampling {
    fn default() -> Self {
        Sampling {
            temperature: None,
            top_p: None,
            top_k: None,
            frequency_penalty: None,
            presence_penalty: None,
            seed: None,
            stop: Vec::new(),
            max_output_tokens: None,
            logprobs: None,
        }
    }
}

impl Output {
    /// Whether it says nothing of the answer yet. Providers warn before they ask their upstream, and
    /// upstreams that accept a request may still refuse it in the next line: neither is a success, nor
    /// takes away the chance of another attempt.
    pub(crate) fn comes_before_the_answer(&self) -> bool {
        matches!(
            self,
            Output::Event(
                StreamEvent::Answer(_)
                    | StreamEvent::Warning(_)
                    | StreamEvent::Usage(_)
                    | StreamEvent::Metadata(_)
            )
        )
    }
}

impl Usage {
    /// Tokens of input and output together, where either is known.
    pub fn total(&self) -> Option<u32> {
        match (self.input, self.output) {
            (None, None) => None,
            (input, output) => {
                let input = input.unwrap_or_default();
                Some(input.saturating_add(output.unwrap_or_default()))
            }
        }
    }
}

impl Error {
    /// An error that did not come from an upstream.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error {
            kind,
            message: message.into(),
            status: None,
            retry_after_ms: None,
            code: None,
            body: None,
        }
    }

    /// Whether the same thing may work at another time. The one place that decides it.
    pub fn is_retryable(&self) -> bool {
        match self.kind {
            // Not cured by time, whatever the status says.
            ErrorKind::QuotaExceeded | ErrorKind::Denied | ErrorKind::Unreachable => false,
            // A redirect, which is never followed, stays where it is.
            ErrorKind::Upstream => !matches!(self.status, Some(300..400)),
            ErrorKind::RateLimited | ErrorKind::Overloaded | ErrorKind::Timeout => true,
            _ => matches!(self.status, Some(408 | 409 | 429 | 500..)),
        }
    }
}

impl Operation {
    /// Which operation this is.
    pub fn name(&self) -> &str {
        match self {
            Operation::Other(operation) => &operation.name,
            known => known.kind_name(),
        }
    }

    /// The same; `other` for all that this version of the contract does not know.
    pub(crate) fn kind_name(&self) -> &'static str {
        match self {
            Operation::Chat(_) => "chat",
            Operation::Complete(_) => "complete",
            Operation::Embed(_) => "embed",
            Operation::Rerank(_) => "rerank",
            Operation::ListModels => "list-models",
            Operation::CountTokens(_) => "count-tokens",
            Operation::Check => "check",
            Operation::Other(_) => "other",
        }
    }

    /// The model that is asked, where one is.
    pub fn model(&self) -> Option<&String> {
        match self {
            Operation::Chat(request) | Operation::CountTokens(request) => Some(&request.model),
            Operation::Complete(request) => Some(&request.model),
            Operation::Embed(request) => Some(&request.model),
            Operation::Rerank(request) => Some(&request.model),
            Operation::ListModels | Operation::Check | Operation::Other(_) => None,
        }
    }

    /// The same, to be changed.
    pub(crate) fn model_mut(&mut self) -> Option<&mut String> {
        match self {
            Operation::Chat(request) | Operation::CountTokens(request) => Some(&mut request.model),
            Operation::Complete(request) => Some(&mut request.model),
            Operation::Embed(request) => Some(&mut request.model),
            Operation::Rerank(request) => Some(&mut request.model),
            Operation::ListModels | Operation::Check | Operation::Other(_) => None,
        }
    }

    /// Whether the answer is made of events and must finish.
    pub(crate) fn is_generation(&self) -> bool {
        matches!(self, Operation::Chat(_) | Operation::Complete(_))
    }
}

impl ErrorKind {
    /// The name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            ErrorKind::InvalidRequest => "invalid-request",
            ErrorKind::Unauthorized => "unauthorized",
            ErrorKind::Forbidden => "forbidden",
            ErrorKind::NotFound => "not-found",
            ErrorKind::RateLimited => "rate-limited",
            ErrorKind::QuotaExceeded => "quota-exceeded",
            ErrorKind::ContextLengthExceeded => "context-length-exceeded",
            ErrorKind::ContentFiltered => "content-filtered",
            ErrorKind::Unsupported => "unsupported",
            ErrorKind::Timeout => "timeout",
            ErrorKind::Overloaded => "overloaded",
            ErrorKind::Unreachable => "unreachable",
            ErrorKind::Denied => "denied",
            ErrorKind::Upstream => "upstream",
            ErrorKind::Internal => "internal",
        }
    }
}
