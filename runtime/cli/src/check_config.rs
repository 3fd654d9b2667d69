//! `tidegate check-config`: everything that is wrong with the configuration, or what it amounts to.

mod json;
mod text;

mod warnings;

use tidegate_config::{Config, ConfigError, Examined, find};

use crate::arguments::{CheckConfigArguments, Common};
use crate::failure::{Exit, Failure, print_warning};
use crate::loaded::Loaded;
use crate::setup::{Setup, environment};
use crate::terminal::Output;

/// What was found out.
struct Checked {
    file: String,
    /// What could be read; `None` where nothing could.
    config: Option<Config>,
    /// The providers whose components load.
    providers: Vec<Loaded>,
    problems: Option<ConfigError>,
    warnings: Vec<Warning>,
}

/// Something that may be meant, and that an operator should know of.
struct Warning {
    message: String,
    hint: String,
}

pub async fn run(common: Common, arguments: CheckConfigArguments) -> Result<Exit, Failure> {
    let environment = environment();
    let path = find(common.config.as_deref(), &environment).ok_or_else(|| {
        Failure::usage(
            "there is no configuration to check",
            "name it with `--config FILE`, or run in the folder of a `tidegate.toml`",
        )
    })?;
    let verbose = common.verbose;
    let file = path.display().to_string();
    let checked = match Config::examine(&path, &environment) {
        Ok(examined) => {
            let setup = Setup::with(common, Some(path), Some(examined.config.clone()))?;
            check(file, &setup, examined, arguments.without_secrets).await
        }
        Err(error) => Checked {
            file,
            config: None,
            providers: vec![],
            problems: Some(error),
            warnings: vec![],
        },
    };
    let mut output = Output::new();
    if arguments.json {
        output.line(&format!("{:#}", json::of(&checked)))?;
    } else if checked.problems.is_none() {
        output.text(&text::of(&checked))?;
    }
    for warning in &checked.warnings {
        print_warning(&format!("{}\nhint: {}", warning.message, warning.hint));
    }
    let Some(problems) = checked.problems else {
        return Ok(Exit::Done);
    };
    let failure = Failure::Config(problems);
    let _ = failure.report(verbose);
    Ok(Exit::Reported(failure.code()))
}

/// Asks the components and the host too: what they would refuse later is a problem now.
async fn check(
    file: String,
    setup: &Setup,
    mut examined: Examined,
    without_secrets: bool,
) -> Checked {
    let config = examined.config.clone();
    let egress = setup.runtime([]);
    if let Err(error) = &egress {
        examined.add_egress_error(error);
    }
    let mut providers = vec![];
    for (name, entry) in &config.providers {
        match setup.component(&entry.component).await {
            Err(error) => examined.add_component_error(name, &error),
            Ok(component) => {
                let declared = config.check(name, component.info());
                let is_good = declared.is_ok() && egress.is_ok();
                examined.add(declared);
                let loaded = Loaded::of_entry(name, entry, component);
                // What is wrong already would be told twice.
                if is_good && let Err(error) = setup.runtime([loaded.clone()]) {
                    examined.add_component_error(name, error);
                }
                providers.push(loaded);
            }
        }
    }
    if !without_secrets {
        examined.add(config.require_all_secrets());
    }
    Checked {
        file,
        warnings: warnings::of(&config, &providers),
        problems: examined.finish().err(),
        config: Some(config),
        providers,
    }
}
