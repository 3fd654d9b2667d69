//! What the command does for the operators of the gateway that it serves.

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tidegate_config::{ComponentSource, nearest};
use tidegate_gateway::{AdminProblem, Program, Refusal, RefusalKind, Reloaded};
use tidegate_host::Component;
use tokio::sync::{mpsc, oneshot};

use crate::failure::Failure;
use crate::setup::Setup;

/// Somebody wants the configuration read again, and to be told what came of it.
pub type Asked = oneshot::Sender<Result<Reloaded, Refusal>>;

/// The command, as the admin API knows it.
pub struct ServingProgram {
    setup: Setup,
    reloads: mpsc::Sender<Asked>,
}

impl ServingProgram {
    /// And where those come out who want the configuration read again.
    pub fn new(setup: Setup) -> (Self, mpsc::Receiver<Asked>) {
        // They are answered one after the other; more than a few would be a mistake.
        let (reloads, asked) = mpsc::channel(4);
        (ServingProgram { setup, reloads }, asked)
    }
}

impl Program for ServingProgram {
    fn component(&self, source: String) -> BoxFuture<'static, Result<Component, Refusal>> {
        let setup = self.setup.clone();
        async move {
            let source = setup.source(&source);
            if let ComponentSource::Bundled(name) = &source {
                let mut names = setup.environment.bundled_names();
                if !names.any(|bundled| bundled == name) {
                    return Err(not_bundled(&setup, name));
                }
            }
            Ok(setup.component(&source).await?)
        }
        .boxed()
    }

    fn reload(&self) -> BoxFuture<'static, Result<Reloaded, Refusal>> {
        let reloads = self.reloads.clone();
        async move {
            let (answer, answered) = oneshot::channel();
            let stopping = || Refusal::new(RefusalKind::Conflict, "the process is about to stop");
            reloads.send(answer).await.map_err(|_| stopping())?;
            answered.await.map_err(|_| stopping())?
        }
        .boxed()
    }
}

fn not_bundled(setup: &Setup, name: &str) -> Refusal {
    let message = format!("no component `{}` is bundled", name.escape_debug());
    let names: Vec<&str> = setup.environment.bundled_names().collect();
    let refusal = Refusal::new(RefusalKind::Component, message);
    match nearest(name, names.iter().copied()) {
        Some(nearest) => refusal.hint(format!("did you mean `bundled:{nearest}`?")),
        None => refusal.hint(format!("this program bundles {}", names.join(", "))),
    }
}

/// What went wrong, for an operator who is not at the terminal.
pub fn refusal(failure: &Failure) -> Refusal {
    let kind = match failure.code() {
        3 => RefusalKind::Component,
        _ => RefusalKind::Configuration,
    };
    let Failure::Config(error) = failure else {
        return Refusal::saying(kind, &failure.texts(false).join("\n"));
    };
    let problems = error.problems().iter().map(|problem| AdminProblem {
        message: problem.message().into(),
        hint: problem.hint().map(Into::into),
        file: problem.file().map(Into::into),
        line: problem.line(),
        column: problem.column(),
    });
    let problems: Vec<AdminProblem> = problems.collect();
    let first = problems.first();
    Refusal {
        message: first.map_or_else(String::new, |first| first.message.clone()),
        hint: first.and_then(|first| first.hint.clone()),
        kind,
        wants: Vec::new(),
        problems,
    }
}
