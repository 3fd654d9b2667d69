//! `tidegate record`: a real call, written down as a fixture.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tidegate_host::grants::Secret;
use tidegate_host::json::from_json;
use tidegate_host::types::{ChatRequest, Message, Operation};
use tidegate_host::{Component, Runtime};
use tidegate_kit::fixture::{Case, Fixture};
use tidegate_kit::{Recording, RecordingError};

use crate::arguments::RecordArguments;
use crate::failure::{Exit, Failure, print_note};
use crate::setup::Setup;
use crate::terminal::Output;

/// For a fixture that was given no name.
const NAME: &str = "recorded";

/// A part of a secret that is looked for by itself has so many bytes at least.
const SHORTEST: usize = 6;

pub async fn run(setup: Setup, arguments: RecordArguments) -> Result<Exit, Failure> {
    let operation = operation(&arguments)?;
    let (runtime, name) = setup.runtime_for(&arguments.model).await?;
    setup.begin_call();
    let recording = record(&setup, &runtime, &name, operation).await?;
    let text = serde_json::to_string_pretty(&recording.fixture).map_err(std::io::Error::other)?;
    check_secrets(&setup, &name, &text).await?;
    let path = write(&arguments, &format!("{text}\n"))?;
    Output::new().line(&path.display().to_string())?;
    let component = runtime.provider(&name)?.version().component().clone();
    match unsteady(&path, &component).await {
        None => Ok(Exit::Done),
        Some(report) => {
            print_note(&format!(
                "the fixture does not hold when it is played again; see what of `{}` is by chance\n{report}",
                path.display()
            ));
            Ok(Exit::No)
        }
    }
}

async fn record(
    setup: &Setup,
    runtime: &Runtime,
    name: &str,
    operation: Operation,
) -> Result<Recording, Failure> {
    let provider = runtime.provider(name)?;
    let version = provider.version();
    let info = version.component().info();
    let about = format!(
        "Recorded from a real call, through {} {}.",
        info.name, info.version
    );
    let source = info.documentation.clone().unwrap_or_default();
    let recording = Recording::of(&provider, operation, &about, &source).await;
    recording.map_err(|error| match error {
        RecordingError::Call(error) => setup.failed(name, error),
        error => {
            let text = error.to_string();
            let (message, hint) = text.split_once("\nhint: ").unwrap_or((&text, ""));
            Failure::usage(message, hint)
        }
    })
}

/// What is to be asked: a prompt, or what a file says.
fn operation(arguments: &RecordArguments) -> Result<Operation, Failure> {
    let (_, model) = arguments.model.split_once('/').unwrap_or_default();
    let Some(path) = &arguments.operation else {
        let prompt = arguments.prompt.clone().unwrap_or_default();
        let mut request = ChatRequest::new(model, vec![Message::user(prompt)]);
        request.stream = !arguments.whole;
        return Ok(Operation::Chat(request));
    };
    let wrong = |problem: String, hint: &str| {
        Failure::usage(format!("`{}` {problem}", path.display()), hint)
    };
    let text = fs::read_to_string(path)
        .map_err(|error| wrong(format!("cannot be read: {error}"), "check the path"))?;
    let form = "an operation is written as in fixtures, `{\"chat\": {\"model\": \"m\", \"messages\": […]}}`";
    let mut json: Value =
        serde_json::from_str(&text).map_err(|error| wrong(format!("is no JSON: {error}"), form))?;
    let requests = json.as_object_mut().into_iter();
    for request in requests.flat_map(|members| members.values_mut()) {
        if let Some(members) = request.as_object_mut() {
            members.insert("model".into(), model.into());
        }
    }
    from_json(&json).map_err(|error| {
        let hint = error.hint().unwrap_or(form).to_owned();
        let text = error.to_string();
        let message = text.split("\nhint: ").next().unwrap_or_default();
        wrong(format!("is no operation: {message}"), &hint)
    })
}

/// The last look before anything is written: whatever came about, a secret is not in it.
async fn check_secrets(setup: &Setup, name: &str, text: &str) -> Result<(), Failure> {
    let loaded = setup.load(name).await?;
    let written: Value = serde_json::from_str(text).unwrap_or(Value::String(text.into()));
    let mut secrets = loaded.config.secrets.iter();
    let stands = |secret: &Secret| forms(secret).iter().any(|form| holds(&written, form));
    match secrets.find(|it| it.value.secrets().into_iter().any(stands)) {
        None => Ok(()),
        Some(secret) => Err(Failure::usage(
            format!(
                "the secret `{}` stands in what was recorded; nothing was written",
                secret.name
            ),
            "leave it out of the prompt and of the settings",
        )),
    }
}

/// A secret, and what is secret of it by itself: a password behind its user, the key in the file of an account.
fn forms(secret: &Secret) -> Vec<String> {
    let text = secret.expose();
    let password = text
        .split_once(':')
        .map(|(_, password)| password.to_owned());
    let account: Option<Value> = serde_json::from_str(text).ok();
    let key = account.and_then(|file| Some(file.get("private_key")?.as_str()?.to_owned()));
    // A password of a few letters would be found in any text.
    let parts = [password, key].into_iter().flatten();
    let parts = parts.filter(|part| part.len() >= SHORTEST);
    let mut forms: Vec<String> = parts.chain([text.to_owned()]).collect();
    forms.retain(|form| !form.is_empty());
    // The texts of a stream are JSON themselves.
    let escaped = forms
        .iter()
        .map(|form| Value::from(form.as_str()).to_string());
    let escaped: Vec<String> = escaped
        .map(|form| form.trim_matches('"').to_owned())
        .collect();
    forms.extend(escaped);
    forms
}

/// Whether a text of it, without its escapes, has this in it.
fn holds(json: &Value, form: &str) -> bool {
    match json {
        Value::String(text) => text.contains(form),
        Value::Array(items) => items.iter().any(|item| holds(item, form)),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| name.contains(form) || holds(value, form)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Never over a file that is there.
fn write(arguments: &RecordArguments, text: &str) -> Result<PathBuf, Failure> {
    let folder = &arguments.out;
    let failed = |path: &Path, error: std::io::Error| {
        let message = format!("`{}` cannot be written: {error}", path.display());
        Failure::usage(
            message,
            "`--out` names a folder, `--name` a fixture that is not there yet",
        )
    };
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    for number in 1_u32.. {
        let name = match (&arguments.name, number) {
            (Some(name), _) => name.clone(),
            (None, 1) => NAME.into(),
            (None, number) => format!("{NAME}-{number}"),
        };
        let path = folder.join(format!("{name}.json"));
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        match file {
            Ok(mut file) => {
                file.write_all(text.as_bytes())
                    .map_err(|error| failed(&path, error))?;
                return Ok(path);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists && arguments.name.is_none() => {}
            Err(error) => return Err(failed(&path, error)),
        }
    }
    Err(failed(folder, ErrorKind::AlreadyExists.into()))
}

/// What does not come again when the fixture is played.
async fn unsteady(path: &Path, component: &Component) -> Option<String> {
    let case = Case {
        name: path.file_stem().unwrap_or_default().display().to_string(),
        fixture: Fixture::read(path),
    };
    let report = case.run(component.clone()).await;
    (!report.failures.is_empty()).then(|| report.to_string())
}
