//! What a runtime is at one moment: its providers, its routes, and which of them a name means.
//!
//! A table never changes; a changed configuration is another table. A call takes what it needs of
//! the one it meets and keeps it to its end.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::audit::Books;
use crate::egress::{ClientConfig, Egress, Resolver};
use crate::error::{Error, Result};
use crate::nearest::nearest;
use crate::printable::excerpt;
use crate::provider::Provider;
use crate::record::CallSinks;
use crate::roster::Roster;
use crate::router::{self, Backoff, Latency, Route, Signals, check_routes};

/// Providers and routes under their names.
#[derive(Clone)]
pub(crate) struct Table {
    pub(crate) providers: BTreeMap<String, Arc<Provider>>,
    pub(crate) routes: BTreeMap<String, Arc<Lanes>>,
    /// Of models that are called by their own name.
    pub(crate) retries: u32,
    pub(crate) backoff: Backoff,
    pub(crate) outside: Arc<Outside>,
}

/// What all providers share on their way out.
pub(crate) struct Outside {
    pub(crate) resolver: Arc<dyn Resolver>,
    pub(crate) audit: Books,
    pub(crate) calls: Arc<CallSinks>,
    pub(crate) client: ClientConfig,
    pub(crate) egress: Arc<Egress>,
    /// Not on the way out, but shared as well.
    pub(crate) roster: Arc<Roster>,
}

/// A route with the providers that it leads to, and what its calls have taught so far.
pub(crate) struct Lanes {
    pub(crate) route: Route,
    pub(crate) targets: Vec<Target>,
    traffic: Arc<Traffic>,
}

/// One model of one provider.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) provider: Arc<Provider>,
    /// The vendor's name of it.
    pub(crate) model: String,
}

/// The calls of a route so far.
struct Traffic {
    turns: AtomicUsize,
    latencies: Mutex<Vec<Latency>>,
}

/// What a model's name means.
pub(crate) enum Way {
    /// A model of a provider.
    Direct(Target),
    /// A route.
    Route(Arc<Lanes>),
}

impl Table {
    /// The way that a model's name means: an alias wins, else the provider stands before the first
    /// `/`.
    pub(crate) fn resolve(&self, model: &str) -> Result<Way> {
        if let Some(route) = self.routes.get(model) {
            return Ok(Way::Route(route.clone()));
        }
        let Some((provider, rest)) = model.split_once('/') else {
            return Err(Error::BareModel {
                suggestion: self.suggest_model(model),
                name: excerpt(model),
            });
        };
        Ok(Way::Direct(Target {
            provider: self.provider(provider)?.clone(),
            model: rest.into(),
        }))
    }

    /// The provider of this name.
    pub(crate) fn provider(&self, name: &str) -> Result<&Arc<Provider>> {
        self.providers
            .get(name)
            .ok_or_else(|| Error::UnknownProvider {
                name: excerpt(name),
                suggestion: nearest(name, self.providers.keys().map(String::as_str))
                    .map(Into::into),
            })
    }

    fn suggest_model(&self, name: &str) -> Option<String> {
        let providers = self.providers.keys().map(String::as_str);
        let aliases = self.routes.keys().map(String::as_str);
        let nearest = nearest(name, aliases.chain(providers))?;
        Some(match self.routes.contains_key(nearest) {
            true => nearest.into(),
            false => format!("{nearest}/…"),
        })
    }

    /// The same table with other routes. What their calls have taught stays with routes that are as
    /// they were.
    pub(crate) fn with_routes(mut self, routes: Vec<(String, Route)>) -> Result<Table> {
        let names: Vec<&str> = self.providers.keys().map(String::as_str).collect();
        check_routes(&routes, &names)?;
        let before = std::mem::take(&mut self.routes);
        for (alias, route) in routes {
            let mut targets = Vec::with_capacity(route.targets.len());
            for target in &route.targets {
                let (provider, model) = target.parts().unwrap_or_default();
                targets.push(Target {
                    provider: self.provider(provider)?.clone(),
                    model: model.into(),
                });
            }
            let same = before.get(&alias).filter(|lanes| lanes.route == route);
            let traffic = match same {
                Some(lanes) => lanes.traffic.clone(),
                None => Arc::new(Traffic {
                    turns: AtomicUsize::new(0),
                    latencies: Mutex::new(vec![Latency::default(); targets.len()]),
                }),
            };
            let lanes = Lanes {
                route,
                targets,
                traffic,
            };
            self.routes.insert(alias, Arc::new(lanes));
        }
        Ok(self)
    }
}

impl Lanes {
    /// In which order the next call asks the targets.
    pub(crate) fn order(&self) -> Vec<usize> {
        let price = |target: &Target| Some(target.provider.price(&target.model)?.blended());
        let prices: Vec<Option<f64>> = self.targets.iter().map(price).collect();
        let latencies = self.traffic.latencies.lock();
        let latencies = latencies.unwrap_or_else(PoisonError::into_inner);
        let signals = Signals {
            turn: self.traffic.turns.fetch_add(1, Ordering::Relaxed),
            latencies: &latencies,
            prices: &prices,
        };
        router::order(&self.route, &signals, &mut fastrand::Rng::new())
    }

    /// A target began to answer, or failed, after this time.
    pub(crate) fn learn(&self, target: usize, after: Duration, began: bool) {
        let latencies = self.traffic.latencies.lock();
        let mut latencies = latencies.unwrap_or_else(PoisonError::into_inner);
        if let Some(latency) = latencies.get_mut(target) {
            match began {
                true => latency.note(after),
                false => latency.note_failure(after),
            }
        }
    }

    /// The only lane of a model that is called by its own name.
    pub(crate) fn single(target: Target, retries: u32, backoff: Backoff) -> Lanes {
        let model = format!("{}/{}", target.provider.name(), target.model);
        Lanes {
            route: Route::new([model]).retries(retries).backoff(backoff),
            targets: vec![target],
            traffic: Arc::new(Traffic {
                turns: AtomicUsize::new(0),
                latencies: Mutex::default(),
            }),
        }
    }
}
