//! What an answer is to look like.

/// What of a request matters to the answer's form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shape {
    /// A last chunk with the number of tokens is wanted.
    pub include_usage: bool,
    /// Log probabilities come with the text they are of.
    pub logprobs: bool,
    /// Calls are wanted in the older form.
    pub functions: bool,
    /// Sound is wanted.
    pub audio: bool,
}
