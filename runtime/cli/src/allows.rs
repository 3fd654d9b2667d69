//! `tidegate allows`: would a grant let this request through?

use tidegate_host::grants::{AddressPolicy, Grant, Target};

use crate::arguments::{AllowsArguments, Common};
use crate::failure::{Exit, Failure};
use crate::setup::{Setup, configuration};
use crate::terminal::Output;

pub async fn run(common: Common, arguments: AllowsArguments) -> Result<Exit, Failure> {
    let method = arguments.method.as_deref().unwrap_or("GET");
    let grant = match &arguments.provider {
        Some(name) => of_provider(name, common).await?,
        None => Grant::parse(&arguments.allow).map_err(wrong_pattern)?,
    };
    let mut output = Output::new();
    let refusal = match Target::parse(method, &arguments.url) {
        // No grant allows what can be read in two ways.
        Err(error) => error.to_string(),
        Ok(target) => match grant.check(&target) {
            Ok(rule) => {
                output.line(&format!("allowed by `{rule}`"))?;
                output.line(&format!("  {}", addresses(rule.address_policy())))?;
                return Ok(Exit::Done);
            }
            Err(denied) => match &arguments.provider {
                Some(name) => denied.for_provider(name).to_string(),
                None => denied.to_string(),
            },
        },
    };
    output.line(&format!("denied: {refusal}"))?;
    Ok(Exit::No)
}

async fn of_provider(name: &str, common: Common) -> Result<Grant, Failure> {
    let config = match configuration(&common)?.1 {
        // What is configured needs no component to be told.
        Some(config) if config.providers.contains_key(name) => {
            config.providers.get(name).map(|entry| entry.config.clone())
        }
        _ => None,
    };
    let config = match config {
        Some(config) => config,
        None => Setup::new(common)?.load(name).await?.config,
    };
    let grant = Grant::parse(&config.allow).map_err(wrong_pattern)?;
    Ok(grant.with_private(config.private))
}

fn wrong_pattern(error: impl ToString) -> Failure {
    let text = error.to_string();
    let (message, hint) = text
        .split_once("\nhint: ")
        .unwrap_or((&text, "see the forms in `tidegate.toml`"));
    Failure::usage(message, hint)
}

fn addresses(policy: AddressPolicy) -> String {
    match policy {
        AddressPolicy::Public => "if the name leads to a public address".into(),
        AddressPolicy::Private => {
            "if the name leads to a public, private or loopback address".into()
        }
        AddressPolicy::Loopback => "on this machine only".into(),
        AddressPolicy::Only(address) => format!("at `{address}` only"),
    }
}
