//! What must hold between sections: names that keys may ask for, and what these cost; addresses, secrets.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::admin::Admin;
use crate::gateway::Gateway;
use crate::key::GatewayKey;
use crate::listen::collide;
use crate::models::ModelRoute;
use crate::nearest;
use crate::problem::Problems;
use crate::provider::ProviderEntry;
use crate::secret::Secrets;
use crate::target::Names;
use tidegate_grants::ModelPattern;

/// Every model that a key may ask for is one that can be asked for.
pub(crate) fn check_models(keys: &[GatewayKey], names: &Names, problems: &mut Problems) {
    for key in keys {
        for (pattern, place) in key.models.iter().zip(&key.model_places) {
            check_model(key, pattern, place, names, problems);
        }
    }
}

fn check_model(
    key: &GatewayKey,
    pattern: &ModelPattern,
    place: &Range<usize>,
    names: &Names,
    problems: &mut Problems,
) {
    let Names { providers, aliases } = names;
    let of_provider = |provider: &&str| pattern.may_match_below(&format!("{provider}/"));
    let is_known = aliases.iter().any(|alias| pattern.matches(alias))
        || providers.iter().any(of_provider)
        || pattern.begins().is_empty();
    if is_known {
        return;
    }
    let wanted = pattern.begins();
    let hint = match wanted.split_once('/') {
        _ if providers.contains(&wanted) => {
            format!("`{wanted}` is a provider; write `{wanted}/*` for all its models")
        }
        Some((provider, _)) => match nearest::nearest(provider, providers.iter().copied()) {
            Some(nearest) => {
                let model = pattern.as_str().strip_prefix(provider);
                format!("did you mean `{nearest}{}`?", model.unwrap_or_default())
            }
            None => nearest::hint(provider, "the providers are", providers.iter().copied()),
        },
        None => nearest::hint(wanted, "the names in `models` are", aliases.iter().copied()),
    };
    problems.add(
        place,
        format!(
            "the key `{}` may ask for `{pattern}`, which nothing is called",
            key.name
        ),
        hint,
    );
}

/// A key with a budget may use models whose price is known: there is one that it may ask for.
pub(crate) fn check_budgets(
    keys: &[GatewayKey],
    providers: &BTreeMap<String, ProviderEntry>,
    models: &BTreeMap<String, ModelRoute>,
    problems: &mut Problems,
) {
    let has_price = |provider: &str, model: &str| {
        let entry = providers.get(provider);
        entry.is_some_and(|entry| entry.prices.contains_key(model))
    };
    let routes = models.iter().filter(|(_, route)| {
        let mut targets = route.route.iter();
        targets.all(|entry| has_price(&entry.provider, &entry.model))
    });
    let priced = providers.iter().flat_map(|(name, entry)| {
        let models = entry.prices.keys();
        models.map(move |model| format!("{name}/{model}"))
    });
    let usable: Vec<String> = routes
        .map(|(alias, _)| alias.clone())
        .chain(priced)
        .collect();
    for key in keys.iter().filter(|key| key.budget != Default::default()) {
        let may_ask = |name: &String| key.models.iter().any(|pattern| pattern.matches(name));
        if !usable.iter().any(may_ask) {
            problems.add(
                &key.place,
                format!(
                    "the key `{}` has a budget, and nothing that it may ask for has a price",
                    key.name
                ),
                "add `providers.NAME.prices` for its models, for each one of a route: what has no price cannot be charged to a budget",
            );
        }
    }
}

/// Two listeners have two addresses.
pub(crate) fn check_listeners(gateway: &Gateway, admin: Option<&Admin>, problems: &mut Problems) {
    let Some(admin) = admin else { return };
    if collide(gateway.listen, admin.listen) {
        // The gateway listens somewhere even where the file says nothing about it.
        problems.add(
            &admin.place,
            format!(
                "`admin` listens on `{}`, and `gateway` on `{}`",
                admin.listen, gateway.listen
            ),
            "give one of them another port: whoever may call need not be who may change things",
        );
    }
}

/// A secret says who somebody is, so that no two are the same.
pub(crate) fn check_secrets(keys: &[GatewayKey], admin: Option<&Admin>, problems: &mut Problems) {
    let keys = keys
        .iter()
        .map(|key| (format!("the key `{}`", key.name), &key.secret, &key.place));
    let admin = admin.map(|admin| ("`admin.key`".to_owned(), &admin.key, &admin.key_place));
    let mut before: Vec<(String, &Secrets)> = Vec::new();
    for (who, secrets, place) in keys.chain(admin) {
        if let Some((other, _)) = before.iter().find(|(_, other)| share(secrets, other)) {
            problems.add(
                place,
                format!("{who} has the same secret as {other}"),
                "give each a secret of its own: it says who is calling",
            );
        }
        before.push((who, secrets));
    }
}

fn share(one: &Secrets, other: &Secrets) -> bool {
    let mut values = one.values.iter();
    values.any(|value| other.values.iter().any(|it| it.expose() == value.expose()))
}
