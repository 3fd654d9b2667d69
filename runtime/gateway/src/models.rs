//! The models of all providers, asked for and remembered for a while.
//!
//! Lists are asked for by everybody who may ask for anything, and a provider is asked once for all of
//! them: who comes while it is being asked waits for what it says, and that it has failed is
//! remembered too, so that one that is down does not cost every client the time to find out. There is
//! one list per provider that exists, each as long as its `limits` let it be.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use futures::future::join_all;
use tidegate_host::types::{ErrorKind, ModelInfo, OperationKind, Warning};
use tidegate_host::{Provider, Runtime, Version};
use tokio::time::Instant;

use crate::failure::{Failure, FailureKind};

/// Longer names are nobody's slip of the finger, and comparing them takes time.
const LONGEST: usize = 128;

/// How long a failure is remembered. Long enough that clients in a loop make no storm of it, and short
/// enough that nobody waits for a provider that has come back.
const FAILED_FOR: Duration = Duration::from_secs(5);

/// Lists of models, by provider.
#[derive(Default)]
pub struct Models(Mutex<HashMap<String, Arc<Entry>>>);

/// What a provider has said.
#[derive(Default)]
struct Entry {
    /// Held by whoever asks it.
    asking: tokio::sync::Mutex<()>,
    last: Mutex<Option<List>>,
}

struct List {
    since: Instant,
    /// Who said it: another version, or another provider of the same name, may have other models.
    version: Weak<Version>,
    models: Result<Arc<Vec<ModelInfo>>, Failure>,
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
        name: &str,
        timeout: Duration,
        age: Duration,
    ) -> Result<Arc<Vec<ModelInfo>>, Failure> {
        let arrived = Instant::now();
        let version = runtime.provider(name)?.version();
        let entry = self.entry(runtime, name);
        if let Some(models) = entry.recall(&version, |list| list.is_fresh(age)) {
            return models;
        }
        let late = || {
            let message = format!("provider `{name}` did not list its models within {timeout:?}");
            Failure {
                is_retryable: true,
                ..Failure::new(FailureKind::Call(ErrorKind::Timeout), message)
            }
        };
        let asking = tokio::time::timeout(timeout, entry.asking.lock()).await;
        let _asking = asking.map_err(|_| late())?;
        // What was said to somebody else in the meantime is as new as what would be said now.
        let is_new = |list: &List| list.is_fresh(age) || list.since >= arrived;
        if let Some(models) = entry.recall(&version, is_new) {
            return models;
        }
        let models = match tokio::time::timeout(timeout, runtime.models(name)).await {
            Ok(Ok(models)) => Ok(Arc::new(models.into_iter().map(without_raw).collect())),
            Ok(Err(error)) => Err(error.into()),
            Err(_) => Err(late()),
        };
        *entry.last() = Some(List {
            since: Instant::now(),
            version: Arc::downgrade(&version),
            models: models.clone(),
        });
        models
    }

    /// The model that was probably meant by a name that leads nowhere: one of that name at some
    /// provider, or one whose name is much alike. Only of lists that are there already: a bad
    /// request never makes an upstream work.
    pub fn nearest(
        &self,
        runtime: &Runtime,
        wanted: &str,
        allowed: impl Fn(&str) -> bool,
    ) -> Option<String> {
        let providers = runtime.providers();
        let all = providers.flat_map(|provider| {
            let near = self.near(&provider, |id, name| {
                let whole = distance(wanted, name);
                whole.into_iter().chain(distance(wanted, id)).min()
            });
            near.unwrap_or_default()
        });
        let meant = all.filter(|(_, name)| allowed(name)).min();
        meant.map(|(_, name)| name)
    }

    /// The same for a provider that does not know the model. `None` where it lists it all the same:
    /// then something else is not there.
    pub fn nearest_of(
        &self,
        runtime: &Runtime,
        provider: &str,
        wanted: &str,
        allowed: impl Fn(&str) -> bool,
    ) -> Option<String> {
        let provider = runtime.provider(provider).ok()?;
        let near = self.near(&provider, |id, _| distance(wanted, id))?;
        let (distance, name) = near.into_iter().filter(|(_, name)| allowed(name)).min()?;
        (distance > 0).then_some(name)
    }

    /// The models of a provider that are near, each with how near it is; `None` where its models are
    /// not known.
    fn near(
        &self,
        provider: &Provider,
        distance: impl Fn(&str, &str) -> Option<usize>,
    ) -> Option<Vec<(usize, String)>> {
        let entry = self.entries().get(provider.name())?.clone();
        let models = entry.recall(&provider.version(), |_| true)?.ok()?;
        let near = models.iter().filter_map(|model| {
            let name = format!("{}/{}", provider.name(), model.id);
            Some((distance(&model.id, &name)?, name))
        });
        Some(near.collect())
    }

    /// What is known of a provider. Where that is nothing yet, what is known of providers that have
    /// gone is forgotten.
    fn entry(&self, runtime: &Runtime, name: &str) -> Arc<Entry> {
        let mut entries = self.entries();
        if let Some(entry) = entries.get(name) {
            return entry.clone();
        }
        entries.retain(|known, _| runtime.provider(known).is_ok());
        entries.entry(name.into()).or_default().clone()
    }

    /// Whether a provider has listed a model, when it was last asked for a list.
    pub fn lists(&self, provider: &str, model: &str) -> bool {
        let Some(entry) = self.entries().get(provider).cloned() else {
            return false;
        };
        let last = entry.last();
        let said = last.as_ref().map(|list| &list.models);
        matches!(said, Some(Ok(models)) if models.iter().any(|it| it.id == model))
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<String, Arc<Entry>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    /// What was said, if this version said it and it will do.
    fn recall(
        &self,
        version: &Arc<Version>,
        will_do: impl Fn(&List) -> bool,
    ) -> Option<Result<Arc<Vec<ModelInfo>>, Failure>> {
        let last = self.last();
        let list = last.as_ref()?;
        let same = list.version.as_ptr() == Arc::as_ptr(version);
        (same && will_do(list)).then(|| list.models.clone())
    }

    fn last(&self) -> MutexGuard<'_, Option<List>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl List {
    fn is_fresh(&self, age: Duration) -> bool {
        let age = match self.models {
            Ok(_) => age,
            Err(_) => age.min(FAILED_FOR),
        };
        self.since.elapsed() < age
    }
}

/// What the vendor says beside is most of a list, and no dialect gives it out.
fn without_raw(model: ModelInfo) -> ModelInfo {
    ModelInfo { raw: None, ..model }
}

/// How many letters differ; `None` if that is more than a third of those that were wanted.
fn distance(wanted: &str, name: &str) -> Option<usize> {
    if wanted.len() > LONGEST {
        return None;
    }
    let letters = wanted.chars().count();
    // What is much longer or shorter need not be compared.
    if name.chars().count().abs_diff(letters) * 3 > letters {
        return None;
    }
    let distance = strsim::osa_distance(wanted, name);
    (distance * 3 <= letters).then_some(distance)
}
