//! The body of a request to continue a text.
//!
//! <https://platform.openai.com/docs/api-reference/completions/create>

use tidegate_host::types::{Sampling, TextRequest, Warning};

use crate::extra::Extra;
use crate::json::{self, Content, Misread, Strays, object};
use crate::openai::generation;

object! {
    /// The body. What is not here goes to the provider as it is: `best_of`, `logit_bias`, …
    pub struct Continue<'a> {
        "model" => model: String,
        "prompt" => prompt: Content<'a, String>,
        "suffix" => suffix: String,
        "stream" => stream: bool,
        "stream_options" => stream_options: generation::StreamOptions<'a>,
        "temperature" => temperature: f64,
        "top_p" => top_p: f64,
        "top_k" => top_k: i64,
        "frequency_penalty" => frequency_penalty: f64,
        "presence_penalty" => presence_penalty: f64,
        "seed" => seed: i64,
        "stop" => stop: Content<'a, String>,
        "max_tokens" => max_tokens: u32,
        "logprobs" => logprobs: u32,
        "n" => n: u32,
        "echo" => echo: bool,
        "user" => user: String,
    }
}

impl Continue<'_> {
    /// The contract's request, whether a stream ends with usage, and what cannot be honoured.
    pub fn read(
        self,
    ) -> Result<(TextRequest, bool, impl Iterator<Item = Warning> + use<>), Misread> {
        let mut strays = Strays::default();
        let include_usage = generation::include_usage(self.stream_options, &mut strays)?;
        let prompt = json::needed(self.prompt, "prompt")?;
        let prompts = strays.texts("prompt", Some(prompt))?;
        if prompts.is_empty() {
            return Err(Misread::new("there is nothing in it").within("prompt"));
        }
        let request = TextRequest {
            model: json::needed_text(self.model, "model")?,
            prompts,
            suffix: self.suffix,
            stream: self.stream.unwrap_or_default(),
            sampling: Sampling {
                temperature: self.temperature,
                top_p: self.top_p,
                top_k: generation::top_k(self.top_k),
                frequency_penalty: self.frequency_penalty,
                presence_penalty: self.presence_penalty,
                seed: self.seed,
                stop: strays.texts("stop", self.stop)?,
                max_output_tokens: self.max_tokens,
                logprobs: self.logprobs,
            },
            choices: self.n,
            echo: self.echo,
            user: self.user,
            extra: Extra::new(&self.rest, &mut strays).json(),
        };
        Ok((request, include_usage, strays.into_warnings()))
    }
}
