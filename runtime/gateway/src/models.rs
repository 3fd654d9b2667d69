//! The models of all providers, asked for and remembered for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::join_all;
use tidegate_host::types::{ErrorKind, ModelInfo, OperationKind, Warning};
use tidegate_host::{Provider, Runtime};
use tokio::time::Instant;

use crate::failure::{Failure, FailureKind};

/// Longer names are nobody's slip of the finger, and comparing them takes time.
const LONGEST: usize = 128;

/// Lists of models, by provider.
#[derive(Default)]
pub struct Models(Mutex<HashMap<String, List>>);

struct List {
    since: Instant,
    models: Arc<Vec<ModelInfo>>,
}

/// The models that could be asked for, and what was wrong with the rest.
#[derive(Default)]
pub struct Found {
    /// By provider.
    pub models: Vec<(String, Arc<Vec<ModelInfo>>)>,
    /// One for every provider that is left out.
    pub warnings: Vec<Warning>,
    /// The first failure, for when there is nothing else to say.
    pub failure: Option<Failure>,
}

impl Models {
    /// The models of those of these providers that list them. One that fails is left out, with a warning:
    /// it must not hide the models of the others.
    pub async fn all(
        &self,
        runtime: &Runtime,
        providers: impl Iterator<Item = Arc<Provider>>,
        timeout: Duration,
        age: Duration,
    ) -> Found {
        let listing = providers.filter(|provider| {
            let version = provider.version();
            let operations = &version.component().info().operations;
            operations.contains(&OperationKind::ListModels)
        });
        let asking = listing.map(|provider| async move {
            let models = self.of(runtime, provider.name(), timeout, age).await;
            (provider, models)
        });
        let mut found = Found::default();
        for (provider, models) in join_all(asking).await {
            let name = provider.name();
            match models {
                Ok(models) => found.models.push((name.into(), models)),
                Err(failure) => {
                    found.warnings.push(Warning {
                        subject: Some(name.into()),
                        message: format!(
                            "the models of `{name}` are left out: {}",
                            failure.message
                        ),
                    });
                    found.failure.get_or_insert(failure);
                }
            }
        }
        found
    }

    /// The models of one provider.
    pub async fn of(
        &self,
        runtime: &Runtime,
        provider: &str,
        timeout: Duration,
        age: Duration,
    ) -> Result<Arc<Vec<ModelInfo>>, Failure> {
        if let Some(list) = self.remembered().get(provider)
            && list.since.elapsed() < age
        {
            return Ok(list.models.clone());
        }
        let asked = tokio::time::timeout(timeout, runtime.models(provider)).await;
        let models = Arc::new(asked.map_err(|_| {
            let message =
                format!("provider `{provider}` did not list its models within {timeout:?}");
            Failure {
                is_retryable: true,
                ..Failure::new(FailureKind::Call(ErrorKind::Timeout), message)
            }
        })??);
        let list = List {
            since: Instant::now(),
            models: models.clone(),
        };
        self.remembered().insert(provider.into(), list);
        Ok(models)
    }

    /// Whether a provider has listed a model, when it was last asked for a list.
    pub fn lists(&self, provider: &str, model: &str) -> bool {
        let lists = self.remembered();
        let list = lists.get(provider);
        list.is_some_and(|list| list.models.iter().any(|it| it.id == model))
    }

    /// The model that was probably meant by a name that leads nowhere: one of that name at some
    /// provider, or one whose name is much alike. Only of lists that are there already: a bad
    /// request never makes an upstream work.
    pub fn nearest(&self, wanted: &str, allowed: impl Fn(&str) -> bool) -> Option<String> {
        if wanted.len() > LONGEST {
            return None;
        }
        let letters = wanted.chars().count();
        let lists = self.remembered();
        let all = lists.iter().flat_map(|(provider, list)| {
            list.models.iter().map(move |model| (provider, &model.id))
        });
        all.map(|(provider, id)| (id, format!("{provider}/{id}")))
            .filter(|(_, name)| allowed(name))
            .map(|(id, name)| {
                let whole = strsim::osa_distance(wanted, &name);
                (whole.min(strsim::osa_distance(wanted, id)), name)
            })
            .min()
            .filter(|(distance, _)| distance * 3 <= letters)
            .map(|(_, name)| name)
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, HashMap<String, List>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
