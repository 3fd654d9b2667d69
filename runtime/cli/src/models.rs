//! `tidegate models`: what can be asked for.

use serde_json::{Value, json};
use tidegate_host::json::to_json;
use tidegate_host::types::{ModelInfo, OperationKind};

use crate::arguments::ModelsArguments;
use crate::failure::{Exit, Failure, print_note};
use crate::loaded::Loaded;
use crate::setup::Setup;
use crate::table::columns;
use crate::terminal::Output;

/// What came of asking for models.
#[derive(Default)]
struct Found {
    models: Vec<(String, ModelInfo)>,
    /// The providers that failed, of those that somebody wants.
    failures: Vec<(String, Failure)>,
}

pub async fn run(setup: Setup, arguments: ModelsArguments) -> Result<Exit, Failure> {
    let found = match &arguments.provider {
        Some(name) => Found {
            models: of_one(&setup, name).await?,
            failures: vec![],
        },
        None => of_all(&setup).await,
    };
    let mut output = Output::new();
    match arguments.json {
        true => output.line(&json_of(&found)?.to_string())?,
        false => output.text(&columns(
            &found.models.iter().map(row).collect::<Vec<_>>(),
            "",
        ))?,
    }
    Ok(match found.failures.first() {
        Some((_, failure)) => Exit::Reported(failure.code()),
        None => Exit::Done,
    })
}

async fn of_one(setup: &Setup, name: &str) -> Result<Vec<(String, ModelInfo)>, Failure> {
    let loaded = setup.load(name).await?;
    setup.check_callable(&loaded)?;
    of_provider(setup, loaded).await
}

async fn of_all(setup: &Setup) -> Found {
    let mut found = Found::default();
    for name in setup.used() {
        let models = match setup.load(&name).await {
            Ok(loaded) => match skipped(&loaded) {
                Some(why) => {
                    if setup.common.verbose || loaded.is_configured {
                        print_note(&format!("provider `{name}` {why}"));
                    }
                    continue;
                }
                None => of_provider(setup, loaded).await,
            },
            Err(failure) => Err(failure),
        };
        match models {
            Ok(models) => found.models.extend(models),
            Err(failure) => {
                report(setup, &name, &failure);
                if setup.is_configured() {
                    found.failures.push((name, failure));
                }
            }
        }
    }
    found
}

/// A failure of one provider does not hide the models of the others. One that nobody configured and
/// nobody asked for (a local server that is not running) is worth a note and no more.
fn report(setup: &Setup, name: &str, failure: &Failure) {
    if setup.is_configured() || setup.common.verbose {
        let _ = failure.report(setup.common.verbose);
    } else {
        print_note(&format!(
            "provider `{name}` does not answer; `tidegate models {name}` says why"
        ));
    }
}

fn skipped(loaded: &Loaded) -> Option<String> {
    let info = &loaded.info;
    if !info.operations.contains(&OperationKind::ListModels) {
        return Some("does not list its models".into());
    }
    if let Some(secret) = loaded.missing.first() {
        return Some(format!("has no `{}`: {}", secret.name, secret.reason));
    }
    if let Some(credential) = loaded.missing_credentials().next() {
        return Some(format!("has no `{}`", credential.name));
    }
    let needed = loaded.missing_settings().next();
    needed.map(|setting| format!("needs the setting `{}`", setting.name))
}

async fn of_provider(setup: &Setup, loaded: Loaded) -> Result<Vec<(String, ModelInfo)>, Failure> {
    let name = loaded.name.clone();
    let runtime = setup.runtime([loaded])?;
    setup.begin_call();
    let models = runtime.models(&name).await;
    let mut models = models.map_err(|error| setup.failed(&name, error))?;
    models.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(models
        .into_iter()
        .map(|model| (name.clone(), model))
        .collect())
}

fn row((provider, model): &(String, ModelInfo)) -> [String; 3] {
    let window = model
        .context_window
        .map(|tokens| format!("{tokens} tokens"));
    [
        format!("{provider}/{}", model.id),
        window.unwrap_or_default(),
        model.name.clone().unwrap_or_default(),
    ]
}

/// One list: a program that looks for `model` finds those there are, whatever failed.
fn json_of(found: &Found) -> Result<Value, Failure> {
    let models = found.models.iter().map(|(provider, model)| {
        let model = to_json(model).map_err(std::io::Error::other)?;
        Ok(json!({ "provider": provider, "model": model }))
    });
    let failures = found.failures.iter();
    let failures = failures
        .map(|(provider, failure)| Ok(json!({ "provider": provider, "error": failure.json() })));
    models.chain(failures).collect()
}
