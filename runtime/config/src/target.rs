//! A model of a provider as a route names it, `provider/model`.

use crate::nearest;
use crate::problem::Problems;
use crate::table::Value;

/// All that the file calls by names, entries with problems too.
pub(crate) struct Names<'a> {
    pub(crate) providers: Vec<&'a str>,
    pub(crate) aliases: Vec<&'a str>,
}

/// `provider/model`, split at the first `/`: the rest is the vendor's and may hold more.
/// `alias` is the name under which it is to answer.
pub(crate) fn read(
    text: &str,
    value: &Value,
    alias: &str,
    names: &Names,
    problems: &mut Problems,
) -> Option<(String, String)> {
    let shown = text.escape_debug();
    let mut problem = |message: String, hint: String| {
        problems.add(&value.span, message, hint);
        None
    };
    let Some((provider, model)) = text.split_once('/') else {
        let hint = match (
            names.aliases.contains(&text),
            names.providers.contains(&text),
        ) {
            (true, _) => format!(
                "`{shown}` is a name of yours; a route leads to models of providers, `provider/model`"
            ),
            (_, true) => format!("write `{shown}/` and the vendor's name of a model"),
            _ => "write `provider/model`".into(),
        };
        return problem(
            format!(
                "`{}` is `{shown}`, which names no model of a provider",
                value.path
            ),
            hint,
        );
    };
    // A route may take the place of a model that it leads to, and fall back to others.
    if text != alias && names.aliases.contains(&text) {
        return problem(
            format!("`{}` is `{shown}`, which is a name of yours", value.path),
            format!("a route leads to models of providers; name those of `models.{shown}` instead"),
        );
    }
    if !names.providers.contains(&provider) {
        return problem(
            format!(
                "`{}` names the provider `{}`, which is not configured",
                value.path,
                provider.escape_debug()
            ),
            nearest::hint(
                provider,
                "the providers are",
                names.providers.iter().copied(),
            ),
        );
    }
    if model.is_empty() {
        return problem(
            format!(
                "`{}` is `{shown}`, which names a provider and no model",
                value.path
            ),
            format!(
                "write the vendor's name of a model behind the `/`; `tidegate models {provider}` lists them"
            ),
        );
    }
    Some((provider.into(), model.into()))
}
