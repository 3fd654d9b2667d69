//! The first scenes: load, stream, the audit, and a provider that tries to break out.

use std::time::{Duration, Instant};

use futures::StreamExt as _;
use tidegate_host::types::{ChatRequest, ErrorKind, Message, StreamEvent};
use tidegate_host::{CallOptions, Engine, Error, EventStream, Fault, Outcome};

use super::screen::{Screen, Tone, duration, size};
use super::{Result, Stage, load};

const QUESTION: &str = "Why run an LLM provider in a sandbox?";

/// Loads the components and sets the stage.
pub(super) async fn load(screen: &mut Screen, engine: Engine) -> Result<Stage> {
    screen.scene(
        "Three components are loaded. None imports anything: no files, no clock, no network.",
    );
    let began = Instant::now();
    let (stage, components) = Stage::set(engine).await?;
    let rows: Vec<_> = components
        .iter()
        .map(|component| {
            let imports = match component.imports() {
                [] => "nothing".to_owned(),
                imports => imports.join(", "),
            };
            let how = match component.from_cache() {
                true => "from cache",
                false => "compiled",
            };
            let compiled = format!("{how} in {}", duration(component.compiled_in()));
            let row = vec![
                component.info().name.clone(),
                size(usize::try_from(component.size()).unwrap_or(usize::MAX)),
                imports,
                component.digest().short(),
                compiled,
            ];
            (Tone::Plain, row)
        })
        .collect();
    screen.table(&["provider", "size", "imports", "sha-256", ""], &rows);
    screen.line(
        Tone::Faint,
        &format!(
            "Each is granted one scripted upstream, {}, and nothing else.",
            stage.upstream.origin()
        ),
    );
    screen.space();
    screen.cost("load three components", duration(began.elapsed()));
    Ok(stage)
}

/// One question to two providers, streamed.
pub(super) async fn stream(screen: &mut Screen, stage: &Stage) -> Result<()> {
    screen.scene("One question, two vendors' wire formats, one form of answer.");
    screen.line(Tone::Faint, &format!("> {QUESTION}"));
    for model in ["openai/gpt-demo", "anthropic/claude-demo"] {
        screen.piece(&format!("   {} ", screen.paint(Tone::Strong, model)));
        let began = Instant::now();
        let request = ChatRequest::new(model, vec![Message::user(QUESTION)]);
        let mut answer = stage.runtime.stream(request).await?;
        let (mut first, mut events) = (None, 0);
        while let Some(event) = answer.next().await {
            events += 1;
            if let StreamEvent::TextDelta(delta) = event? {
                first.get_or_insert_with(|| began.elapsed());
                screen.piece(&delta.text);
            }
        }
        screen.space();
        if first.is_none() {
            screen.problem(format!("the answer of `{model}` has no text"));
        }
        let cost = answer.cost();
        screen.cost(
            &format!("{model}, {events} events, the first call"),
            format!(
                "{} of CPU in the sandbox, {} of memory; first word after {}",
                duration(cost.cpu),
                size(cost.memory),
                duration(first.unwrap_or_default())
            ),
        );
    }
    screen.space();
    Ok(())
}

/// What went out, as the operator sees it.
pub(super) fn audit(screen: &mut Screen, stage: &Stage) {
    screen.scene(
        "What left the process. The keys were added by the host; no component has seen one.",
    );
    let rows: Vec<_> = stage
        .take_audit()
        .into_iter()
        .map(|record| {
            let (tone, outcome) = match &record.outcome {
                Outcome::Complete => (Tone::Good, "allowed".to_owned()),
                Outcome::Abandoned => (Tone::Plain, "allowed, not read to its end".to_owned()),
                Outcome::Denied(_) => (Tone::Bad, "denied".to_owned()),
                Outcome::Failed(kind) => (Tone::Bad, format!("failed: {kind:?}")),
            };
            let status = record
                .status
                .map_or("-".into(), |status| status.to_string());
            let row = vec![
                record.provider.to_string(),
                record.method,
                format!("{}{}", record.origin, record.path),
                status,
                format!("{} out, {} in", record.sent, record.received),
                outcome,
            ];
            (tone, row)
        })
        .collect();
    screen.table(
        &["provider", "method", "url", "status", "bytes", "verdict"],
        &rows,
    );
    for provider in stage.runtime.providers() {
        for rule in provider.version().grant().rules() {
            screen.line(
                Tone::Faint,
                &format!("granted to {}: {rule}", provider.name()),
            );
        }
    }
    screen.space();
}

/// A way of the hostile component to break out.
struct Deed {
    model: &'static str,
    what: &'static str,
    /// Whether this is how it must end.
    is_stopped: fn(&Error) -> bool,
}

const DEEDS: [Deed; 3] = [
    Deed {
        model: "steal",
        what: "sends the conversation to a host of its own",
        is_stopped: |error| matches!(error, Error::Provider(error) if error.kind == ErrorKind::Denied),
    },
    Deed {
        model: "spin",
        what: "never returns",
        is_stopped: |error| matches!(fault(error), Some(Fault::Cpu(_))),
    },
    Deed {
        model: "hoard",
        what: "takes all the memory there is",
        is_stopped: |error| matches!(fault(error), Some(Fault::Memory(_))),
    },
];

fn fault(error: &Error) -> Option<&Fault> {
    match error {
        Error::Guest { fault, .. } => Some(fault),
        _ => None,
    }
}

/// Three ways to break out, and what becomes of each, while a healthy provider goes on answering.
pub(super) async fn hostile(screen: &mut Screen, stage: &Stage) -> Result<()> {
    screen.scene("A hostile component is run, three times. The others go on answering meanwhile.");
    let bystander = load::Load::start(&stage.runtime, "openai/fast", 4);
    for Deed {
        model,
        what,
        is_stopped,
    } in DEEDS
    {
        screen.line(Tone::Strong, &format!("hostile/{model}: {what}"));
        let began = Instant::now();
        let request = ChatRequest::new(
            format!("hostile/{model}"),
            vec![Message::user("My password is hunter2.")],
        );
        let mut answer = stage.runtime.chat(request, CallOptions::default()).await?;
        let error = error(&mut answer).await;
        let verdict = match &error {
            Some(Error::Provider(error)) => format!("{}: {}", error.kind.name(), error.message),
            Some(error) => error.to_string(),
            None => "an answer".into(),
        };
        screen.line(Tone::Bad, &format!("  the caller sees: {verdict}"));
        if !error.as_ref().is_some_and(is_stopped) {
            screen.problem(format!(
                "`hostile/{model}` was not stopped as it should be: {verdict}"
            ));
        }
        let denied = stage
            .take_audit()
            .into_iter()
            .find_map(|record| match record.outcome {
                Outcome::Denied(sentence) => Some(sentence),
                _ => None,
            });
        if let Some(sentence) = denied {
            for line in sentence.lines() {
                screen.line(Tone::Faint, &format!("  the operator sees: {line}"));
            }
        }
        let cost = answer.cost();
        screen.cost(
            &format!("hostile/{model}, until it was stopped"),
            format!(
                "{} of CPU, {} of memory, {} in all",
                duration(cost.cpu),
                size(cost.memory),
                duration(began.elapsed())
            ),
        );
    }
    let report = bystander.finish(Duration::ZERO).await;
    screen.line(
        report.tone(),
        &format!(
            "Meanwhile: {} calls of another provider, {} failed.",
            report.calls,
            report.failures.len()
        ),
    );
    report.check(screen, "while the hostile component ran");
    screen.space();
    Ok(())
}

/// The error that an answer ends with.
async fn error(answer: &mut EventStream) -> Option<Error> {
    while let Some(event) = answer.next().await {
        if let Err(error) = event {
            return Some(error);
        }
    }
    None
}
