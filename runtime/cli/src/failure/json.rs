//! A failure for programs. `README.md` has the shape.

use serde_json::{Value, json};
use tidegate_config::{ConfigError, Problem};
use tidegate_host::{Error, types};
use tidegate_kit::fixture::FixtureError;

use super::Failure;
use crate::terminal::Output;

impl Failure {
    /// Prints it to standard output, where a program waits for JSON.
    pub fn print_json(&self) {
        // Standard error has the failure in any case; there is nobody else to tell.
        let _ = Output::new().line(&json!({ "error": self.json() }).to_string());
    }

    /// What went wrong, for whom to act on, and what would be right.
    pub fn json(&self) -> Value {
        let mut json = match self {
            Failure::Config(error) => of_config(error),
            Failure::Call {
                provider,
                error: Error::Provider(error),
            } => of_provider(provider, error),
            Failure::Refused(refused) => json!({
                "message": refused.message,
                "hint": refused.hint,
                "problems": refused.problems,
            }),
            Failure::Fixtures(errors) => {
                let problems: Vec<Value> = errors.iter().map(of_fixture).collect();
                let mut json = problems.first().cloned().unwrap_or_default();
                json["problems"] = problems.into();
                json
            }
            _ => {
                let text = self.texts(false).join("\n");
                let (message, hint) = match text.rsplit_once("\nhint: ") {
                    Some((message, hint)) => (message, Some(hint)),
                    None => (text.as_str(), None),
                };
                json!({ "message": message, "hint": hint })
            }
        };
        json["kind"] = self.kind().into();
        json["exit-code"] = self.code().into();
        if let Failure::Interrupted = self {
            json["message"] = "interrupted".into();
        }
        json
    }

    /// The contract's kinds of error, and a few that only a command can meet.
    fn kind(&self) -> &str {
        match self {
            Failure::Usage { .. } => "usage",
            Failure::Config(_) | Failure::Gateway(_) => "configuration",
            Failure::Host(error) | Failure::Call { error, .. } => match error {
                Error::Load(_) => "component",
                Error::Config { .. } | Error::Wants { .. } => "configuration",
                Error::UnknownProvider { .. } | Error::BareModel { .. } => "usage",
                error => error.kind().name(),
            },
            Failure::Denied(_) => "denied",
            Failure::Refused(refused) => &refused.kind,
            Failure::Demo(_) => "internal",
            Failure::Fixtures(_) => "fixture",
            Failure::Output(_) => "output",
            Failure::Interrupted => "interrupted",
        }
    }
}

/// The first problem, as if there were no other, and all of them.
fn of_config(error: &ConfigError) -> Value {
    let problems = error.problems();
    let first = problems.first();
    json!({
        "message": first.map(Problem::message),
        "hint": first.and_then(Problem::hint),
        "problems": problems.iter().map(json_of_problem).collect::<Vec<Value>>(),
    })
}

/// One problem of a configuration.
pub fn json_of_problem(problem: &Problem) -> Value {
    json!({
        "message": problem.message(),
        "hint": problem.hint(),
        "file": problem.file(),
        "line": problem.line(),
        "column": problem.column(),
    })
}

fn of_fixture(error: &FixtureError) -> Value {
    json!({
        "message": error.message(),
        "hint": error.hint(),
        "file": error.file().map(|file| file.display().to_string()),
        "line": error.place().map(|place| place.line),
        "column": error.place().map(|place| place.column),
    })
}

fn of_provider(provider: &str, error: &types::Error) -> Value {
    json!({
        "message": error.message,
        "hint": super::hint(provider, error, true),
        "provider": provider,
        "status": error.status,
        "code": error.code,
        "retry-after-ms": error.retry_after_ms,
        "body": error.body,
    })
}
