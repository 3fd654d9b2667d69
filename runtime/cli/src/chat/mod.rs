//! `tidegate chat`: one answer, or a conversation.

mod conversation;

mod answer;
mod image;

use std::io::IsTerminal as _;

pub use answer::show_usage;
use tidegate_host::types::{ChatRequest, Message, Part, PartContent, ReasoningOptions, Role};
use tidegate_host::{CallOptions, Runtime};

use crate::arguments::ChatArguments;
use crate::failure::{Exit, Failure};
use crate::input;
use crate::interrupt::Interrupt;
use crate::setup::Setup;
use crate::terminal::Output;

/// What an answer is made with, the same for all turns.
struct Talk {
    setup: Setup,
    runtime: Runtime,
    provider: String,
    output: Output,
    json: bool,
    /// With `json`: events instead of the completion.
    stream: bool,
}

pub async fn run(
    setup: Setup,
    arguments: ChatArguments,
    mut interrupt: Interrupt,
) -> Result<Exit, Failure> {
    let prompt = match &arguments.prompt {
        Some(prompt) => Some(prompt.clone()),
        None if std::io::stdin().is_terminal() => None,
        None => Some(interrupt.ends(input::text()).await?),
    };
    if let (None, true) = (&prompt, arguments.json) {
        return Err(Failure::usage(
            "`--json` needs a prompt",
            "give it as an argument or on standard input",
        ));
    }
    if prompt
        .as_ref()
        .is_some_and(|prompt| prompt.trim().is_empty())
        && arguments.image.is_empty()
    {
        return Err(Failure::usage(
            "the prompt is empty",
            "give it as an argument or on standard input",
        ));
    }
    let mut request = request(&arguments);
    let images = images(&arguments)?;
    let (runtime, provider) = interrupt.ends(setup.runtime_for(&arguments.model)).await?;
    let mut talk = Talk {
        setup,
        runtime,
        provider,
        output: Output::new(),
        json: arguments.json,
        stream: arguments.stream || !arguments.json,
    };
    match prompt {
        Some(prompt) => {
            request.messages.push(user(prompt, images));
            interrupt.ends(talk.answer(request)).await?;
            Ok(Exit::Done)
        }
        None => conversation::hold(talk, request, images, interrupt).await,
    }
}

impl Talk {
    /// Answers the request on standard output; gives the turn to remember.
    async fn answer(&mut self, mut request: ChatRequest) -> Result<Message, Failure> {
        request.stream = self.stream;
        let began = std::time::Instant::now();
        self.setup.begin_call();
        let stream = self.runtime.chat(request, CallOptions::default()).await;
        let stream = stream.map_err(|error| self.setup.failed(&self.provider, error))?;
        match (self.json, self.stream) {
            (true, false) => self.print_completion(stream).await,
            (true, true) => self.print_events(stream).await,
            (false, _) => self.print_text(stream, began).await,
        }
    }
}

fn request(arguments: &ChatArguments) -> ChatRequest {
    let system = arguments.system.iter();
    let messages = system
        .map(|text| Message::text(Role::System, text))
        .collect();
    let mut request = ChatRequest::new(&arguments.model, messages);
    request.sampling.temperature = arguments.temperature;
    request.sampling.max_output_tokens = arguments.max_tokens;
    request.reasoning = arguments.reasoning.clone().map(|effort| ReasoningOptions {
        effort: Some(effort),
        budget_tokens: None,
        // So that there is something to show on a terminal.
        summary: None,
    });
    request
}

fn images(arguments: &ChatArguments) -> Result<Vec<Part>, Failure> {
    let images = arguments.image.iter().map(|image| image::read(image));
    images.collect()
}

fn user(text: String, images: Vec<Part>) -> Message {
    let mut message = Message::user(text);
    if message
        .parts
        .iter()
        .any(|part| matches!(&part.content, PartContent::Text(text) if text.is_empty()))
    {
        message.parts.clear();
    }
    message.parts.extend(images);
    message
}
