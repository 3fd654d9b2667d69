//! A route: several targets under one name, and what has to be true of it.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::nearest::nearest;
use crate::router::backoff::Backoff;

/// Several targets that answer to one name.
///
/// ```
/// use tidegate_host::{Route, RouteTarget, Strategy};
///
/// let route = Route::new(["first/large", "second/small"])
///     .strategy(Strategy::LeastLatency)
///     .retries(2);
/// assert_eq!(route.targets[1], RouteTarget::new("second/small"));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Route {
    /// The targets, best first where the strategy is to fall back.
    pub targets: Vec<RouteTarget>,
    /// Which of them is asked first.
    pub strategy: Strategy,
    /// How often a target that failed is asked again, over all targets. Asking one that was not
    /// asked yet is no retry.
    pub retries: u32,
    /// How long to wait before.
    pub backoff: Backoff,
    /// The whole call, all attempts and the answer included. `limits.first-byte` of the targets'
    /// providers should be a part of it, so that a silent one leaves time for the others.
    pub timeout: Option<Duration>,
}

/// One model of a route.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RouteTarget {
    /// `provider/model`.
    pub model: String,
    /// Its share of the calls, where the strategy is weighted. 0: only when the others fail.
    pub weight: u32,
}

/// Which target of a route is asked first; the others follow when it fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Strategy {
    /// The first one; the others in their order.
    #[default]
    Fallback,
    /// By chance, each as often as its weight says.
    Weighted,
    /// Each in turn.
    RoundRobin,
    /// The one whose first event comes soonest.
    LeastLatency,
    /// The one with the lowest price; those without a price come last.
    Cheapest,
}

impl Route {
    /// A route that falls back from one target to the next, without retries.
    pub fn new<T: Into<RouteTarget>>(targets: impl IntoIterator<Item = T>) -> Self {
        Route {
            targets: targets.into_iter().map(Into::into).collect(),
            strategy: Strategy::default(),
            retries: 0,
            backoff: Backoff::default(),
            timeout: None,
        }
    }

    /// Sets which target is asked first.
    pub fn strategy(mut self, strategy: Strategy) -> Self {
        self.strategy = strategy;
        self
    }

    /// Sets how often targets that failed are asked again.
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// Sets how long to wait before a target is asked again.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Sets how long the whole call may take.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }
}

impl RouteTarget {
    /// A target of weight 1.
    pub fn new(model: impl Into<String>) -> Self {
        RouteTarget {
            model: model.into(),
            weight: 1,
        }
    }

    /// Sets its weight.
    pub fn weight(mut self, weight: u32) -> Self {
        self.weight = weight;
        self
    }

    /// The provider, and the vendor's name of the model.
    pub(crate) fn parts(&self) -> Option<(&str, &str)> {
        let parts = self.model.split_once('/');
        parts.filter(|(_, model)| !model.is_empty())
    }
}

impl<T: Into<String>> From<T> for RouteTarget {
    fn from(model: T) -> Self {
        RouteTarget::new(model)
    }
}

/// Whether routes make sense together, given the names of the providers.
pub(crate) fn check_routes(routes: &[(String, Route)], providers: &[&str]) -> Result<()> {
    let mut seen = BTreeSet::new();
    let aliases: BTreeSet<&str> = routes.iter().map(|(alias, _)| alias.as_str()).collect();
    for (alias, route) in routes {
        let wrong = |message: String, hint: String| Err(Error::Config { message, hint });
        if alias.is_empty() {
            return wrong(
                "a route has no name".into(),
                "callers ask for it by its name, as if it were a model".into(),
            );
        }
        if !seen.insert(alias) {
            return wrong(
                format!("there are two routes called `{alias}`"),
                "give one of them another name".into(),
            );
        }
        if route.targets.is_empty() {
            return wrong(
                format!("route `{alias}` has no target"),
                format!("add a `provider/model` to `models.{alias}.route`"),
            );
        }
        if route.targets.iter().all(|target| target.weight == 0) {
            return wrong(
                format!("all targets of route `{alias}` have weight 0"),
                "give at least one of them a weight of 1 or more".into(),
            );
        }
        for target in &route.targets {
            let model = &target.model;
            // A route may take the place of one of its own targets: calls of that model then have
            // something to fall back to.
            if model != alias && aliases.contains(model.as_str()) {
                return wrong(
                    format!("route `{alias}` leads to `{model}`, which is a route itself"),
                    "name the targets of that route instead".into(),
                );
            }
            let Some((provider, _)) = target.parts() else {
                return wrong(
                    format!("route `{alias}` leads to `{model}`, which is no model"),
                    "write `provider/model`".into(),
                );
            };
            if !providers.contains(&provider) {
                let hint = match nearest(provider, providers.iter().copied()) {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => format!("configure `providers.{provider}`"),
                };
                return wrong(
                    format!(
                        "route `{alias}` leads to `{model}`, and there is no provider `{provider}`"
                    ),
                    hint,
                );
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(routes: &[(&str, Route)], expected: &str) {
        let routes: Vec<(String, Route)> = routes
            .iter()
            .map(|(alias, route)| ((*alias).to_owned(), route.clone()))
            .collect();
        let found = match check_routes(&routes, &["second", "first"]) {
            Ok(()) => "fine".to_owned(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected);
    }

    fn fine() -> Route {
        Route::new(["first/llama", "second/small"])
    }

    #[test]
    fn what_a_route_has_to_be() {
        check(&[("fast", fine()), ("second/large", fine())], "fine");
        check(&[("second/small", fine())], "fine");
        check(
            &[("fast", fine()), ("fast", fine())],
            "there are two routes called `fast`\nhint: give one of them another name",
        );
        check(
            &[("", fine())],
            "a route has no name\nhint: callers ask for it by its name, as if it were a model",
        );
        check(
            &[("fast", Route::new(Vec::<RouteTarget>::new()))],
            "route `fast` has no target\nhint: add a `provider/model` to `models.fast.route`",
        );
        let weightless = Route::new([RouteTarget::new("first/llama").weight(0)]);
        check(
            &[("fast", weightless)],
            "all targets of route `fast` have weight 0\nhint: give at least one of them a weight of 1 or more",
        );
        check(
            &[("fast", fine()), ("faster", Route::new(["fast"]))],
            "route `faster` leads to `fast`, which is a route itself\nhint: name the targets of that route instead",
        );
        for bare in ["llama", "first/"] {
            check(
                &[("fast", Route::new([bare]))],
                &format!(
                    "route `fast` leads to `{bare}`, which is no model\nhint: write `provider/model`"
                ),
            );
        }
        check(
            &[("fast", Route::new(["secnd/gpt-5"]))],
            "route `fast` leads to `secnd/gpt-5`, and there is no provider `secnd`\nhint: did you mean `second`?",
        );
        check(
            &[("fast", Route::new(["third/large"]))],
            "route `fast` leads to `third/large`, and there is no provider `third`\nhint: configure `providers.third`",
        );
    }
}
