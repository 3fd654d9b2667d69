//! How a command ends: its exit code, and what is printed when it failed.

mod json;

pub use json::json_of_problem;

use std::io::{self, Write as _};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use tidegate_config::ConfigError;
use tidegate_host::types::{self, ErrorKind};
use tidegate_host::{Error, LoadError};
use tidegate_kit::fixture::FixtureError;

use crate::journal;
use crate::terminal::printable;

/// The longest piece of an upstream's body that is shown.
const LONGEST_BODY: usize = 2_000;

/// How a command ends that did what it should.
#[derive(Debug, Clone, Copy)]
pub enum Exit {
    Done,
    /// The answer to a question is no.
    No,
    /// Some of it failed and has been reported: the code of the first failure.
    Reported(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::No => 1,
            Exit::Reported(code) => code,
        })
    }
}

/// Why a command did not do what it should.
#[derive(Debug)]
pub enum Failure {
    /// The command line makes no sense.
    Usage { message: String, hint: String },
    /// The configuration makes no sense.
    Config(ConfigError),
    /// The host refuses, or a component does not load.
    Host(Error),
    /// A call of a provider failed.
    Call { provider: String, error: Error },
    /// A call failed because of a request that the grant does not allow. The sentence is the host's.
    Denied(String),
    /// The demonstration did not show what it should; a sentence for each thing.
    Demo(Vec<String>),
    /// Fixtures that cannot be read, one at least.
    Fixtures(Vec<FixtureError>),
    /// Input cannot be read or output not be written.
    Output(io::Error),
    /// The gateway does not start.
    Gateway(tidegate_gateway::Error),
    /// A process that was asked over its admin API refuses, or is not there.
    Refused(Refused),
    /// Ctrl-C.
    Interrupted,
}

/// What a process said over its admin API.
#[derive(Debug)]
pub struct Refused {
    /// What happened.
    pub message: String,
    /// What would be right.
    pub hint: Option<String>,
    /// The kind, as the API calls it.
    pub kind: String,
    /// Everything that is wrong, where the configuration is.
    pub problems: serde_json::Value,
}

impl From<tidegate_gateway::Error> for Failure {
    fn from(error: tidegate_gateway::Error) -> Self {
        Failure::Gateway(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Host(error)
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        Failure::Host(error.into())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Failure::Config(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Output(error)
    }
}

impl Failure {
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Failure::Usage {
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// What a process said over its admin API, or why it said nothing.
    pub fn refused(kind: &str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Failure::Refused(Refused {
            message: message.into(),
            hint: Some(hint.into()),
            kind: kind.into(),
            problems: serde_json::Value::Null,
        })
    }

    /// The exit code; `--help` lists them.
    pub fn code(&self) -> u8 {
        match self {
            Failure::Usage { .. }
            | Failure::Config(_)
            | Failure::Gateway(_)
            | Failure::Fixtures(_) => 2,
            Failure::Host(error) | Failure::Call { error, .. } => match error {
                Error::Load(_) => 3,
                Error::Config { .. }
                | Error::Wants { .. }
                | Error::UnknownProvider { .. }
                | Error::BareModel { .. } => 2,
                error if error.kind() == ErrorKind::Denied => 4,
                _ => 1,
            },
            Failure::Denied(_) => 4,
            Failure::Refused(refused) => match refused.kind.as_str() {
                "component" => 3,
                "wants" => 4,
                "unauthorized" | "not-found" | "configuration" => 2,
                _ => 1,
            },
            Failure::Demo(_) => 1,
            // Whoever closed the pipe has seen enough.
            Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
            Failure::Output(_) => 1,
            Failure::Interrupted => 130,
        }
    }

    /// Prints it and gives the exit code.
    pub fn report(&self, verbose: bool) -> ExitCode {
        for text in self.texts(verbose) {
            print_error(&text);
        }
        ExitCode::from(self.code())
    }

    /// What is printed, one text for each thing that is wrong.
    pub fn texts(&self, verbose: bool) -> Vec<String> {
        match self {
            Failure::Usage { message, hint } => vec![format!("{message}\nhint: {hint}")],
            Failure::Config(error) => error.problems().iter().map(ToString::to_string).collect(),
            Failure::Call {
                provider,
                error: Error::Provider(error),
            } => vec![of_provider(provider, error, verbose)],
            Failure::Host(error) | Failure::Call { error, .. } => vec![error.to_string()],
            Failure::Gateway(error) => vec![error.to_string()],
            Failure::Denied(sentence) => vec![sentence.clone()],
            Failure::Refused(Refused { message, hint, .. }) => vec![match hint {
                Some(hint) => format!("{message}\nhint: {hint}"),
                None => message.clone(),
            }],
            Failure::Demo(problems) => problems.clone(),
            Failure::Fixtures(errors) => errors.iter().map(ToString::to_string).collect(),
            Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => vec![],
            Failure::Output(error) => vec![error.to_string()],
            Failure::Interrupted => vec![],
        }
    }
}

/// What a provider or its upstream says, and the facts beside it.
fn of_provider(provider: &str, error: &types::Error, verbose: bool) -> String {
    // Lines that the upstream wrote are set apart, so that none of them passes for a hint of ours.
    let message = error.message.trim().replace('\n', "\n  ");
    let mut text = format!("provider `{provider}`: {message}\n  {}", error.kind.name());
    if let Some(status) = error.status {
        text.push_str(&format!(", status {status}"));
    }
    if let Some(code) = &error.code {
        text.push_str(&format!(", `{}`", code.replace('\n', " ")));
    }
    if let Some(milliseconds) = error.retry_after_ms {
        text.push_str(&format!(
            ", try again in {:.1} s",
            f64::from(milliseconds) / 1000.0
        ));
    }
    if let (true, Some(body)) = (verbose, &error.body) {
        let body: String = body.trim().chars().take(LONGEST_BODY).collect();
        text.push_str(&format!("\n  {}", body.replace('\n', "\n  ")));
    }
    match hint(provider, error, verbose) {
        Some(hint) => format!("{text}\nhint: {hint}"),
        None => text,
    }
}

/// What to do about it, where there is something to do on the command line.
fn hint(provider: &str, error: &types::Error, verbose: bool) -> Option<String> {
    match error.kind {
        ErrorKind::NotFound => Some(format!("`tidegate models {provider}` lists the models")),
        ErrorKind::Unreachable => Some(format!(
            "`tidegate inspect {provider}` shows what it wants to reach, and its settings"
        )),
        ErrorKind::Upstream if !verbose && error.body.is_some() => {
            Some("`-v` shows what the upstream answered".into())
        }
        _ => None,
    }
}

/// Prints an error: what happened in bold, its hint set apart.
pub fn print_error(text: &str) {
    print("error", AnsiColor::Red, text);
}

/// Prints something worth knowing.
pub fn print_note(text: &str) {
    print("note", AnsiColor::Blue, text);
}

/// Prints what could not be honoured.
pub fn print_warning(text: &str) {
    print("warning", AnsiColor::Yellow, text);
}

fn print(label: &str, color: AnsiColor, text: &str) {
    let text = printable(text);
    if journal::takes(label, &text) {
        return;
    }
    let label_style = Style::new().bold().fg_color(Some(color.into()));
    let hint_style = Style::new().bold().fg_color(Some(AnsiColor::Cyan.into()));
    let mut stream = anstream::stderr().lock();
    let mut printed = write!(stream, "{label_style}{label}{label_style:#}:");
    for (index, line) in text.lines().enumerate() {
        let written = match line.strip_prefix("hint:") {
            Some(hint) => writeln!(stream, "{hint_style}hint{hint_style:#}:{hint}"),
            None if index == 0 => writeln!(stream, " {line}"),
            None => writeln!(stream, "{line}"),
        };
        printed = printed.and(written);
    }
    // Nobody is left to be told that standard error is closed.
    let _ = printed;
}
