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

pub async fn run(setup: Setup, arguments: ModelsArguments) -> Result<Exit, Failure> {
    let mut found: Vec<(String, ModelInfo)> = vec![];
    let mut exit = Exit::Done;
    match &arguments.provider {
        Some(name) => {
            let loaded = setup.load(name).await?;
            loaded.check_complete()?;
            found = of_provider(&setup, loaded).await?;
        }
        None => {
            for name in setup.names() {
                let loaded = match setup.load(&name).await {
                    Ok(loaded) => loaded,
                    Err(failure) => {
                        exit = report(&setup, &name, failure, exit);
                        continue;
                    }
                };
                if let Some(why) = skipped(&loaded) {
                    if setup.common.verbose || loaded.is_configured {
                        print_note(&format!("provider `{name}` {why}"));
                    }
                    continue;
                }
                match of_provider(&setup, loaded).await {
                    Ok(models) => found.extend(models),
                    Err(failure) => exit = report(&setup, &name, failure, exit),
                }
            }
        }
    }
    let mut output = Output::new();
    match arguments.json {
        true => output.line(&json_of(&found)?.to_string())?,
        false => output.text(&columns(&found.iter().map(row).collect::<Vec<_>>(), ""))?,
    }
    Ok(exit)
}

/// A failure of one provider does not hide the models of the others. One that nobody configured and
/// nobody asked for (a local server that is not running) is worth a note and no more.
fn report(setup: &Setup, name: &str, failure: Failure, exit: Exit) -> Exit {
    if !setup.is_configured() {
        if setup.common.verbose {
            let _ = failure.report(true);
        } else {
            print_note(&format!(
                "provider `{name}` does not answer; `tidegate models {name}` says why"
            ));
        }
        return exit;
    }
    let _ = failure.report(setup.common.verbose);
    match exit {
        Exit::Done => Exit::Reported(failure.code()),
        exit => exit,
    }
}

fn skipped(loaded: &Loaded) -> Option<String> {
    let info = loaded.component.info();
    if !info.operations.contains(&OperationKind::ListModels) {
        return Some("does not list its models".into());
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

fn json_of(found: &[(String, ModelInfo)]) -> Result<Value, Failure> {
    let models = found.iter().map(|(provider, model)| {
        let model = to_json(model).map_err(std::io::Error::other)?;
        Ok(json!({ "provider": provider, "model": model }))
    });
    models.collect()
}
