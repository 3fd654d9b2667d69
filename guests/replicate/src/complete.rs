//! `complete`: a text as the prompt of a prediction, one per text.

use tidegate_guest::types::*;
use tidegate_guest::{Io, Result};

use crate::api::Order;
use crate::family::Family;
use crate::input::{self, Input};
use crate::run::{self, Run};

pub async fn complete(request: &TextRequest, io: &Io) -> Result<()> {
    for (subject, given, message) in [
        (
            "choices",
            request.choices.is_some_and(|choices| choices > 1),
            "a prediction makes one answer",
        ),
        (
            "suffix",
            request.suffix.is_some(),
            "models on Replicate fill no gaps",
        ),
        (
            "user",
            request.user.is_some(),
            "Replicate knows no end users",
        ),
    ] {
        if given {
            io.warn(subject, message);
        }
    }
    let family = Family::of(&request.model);
    let mut settings = Input::new();
    input::sampling(&mut settings, &request.sampling, family, io);
    let mut used = Usage::default();
    for (choice, prompt) in (0..).zip(&request.prompts) {
        let mut input = settings.clone();
        input.insert("prompt".into(), prompt.as_str().into());
        let run = Run {
            order: Order {
                model: &request.model,
                input,
                stream: request.stream,
                extra: request.extra.as_deref(),
            },
            choice,
            before: if request.echo == Some(true) {
                prompt
            } else {
                ""
            },
        };
        used = run::run(&run, used, io).await?;
    }
    Ok(())
}
